"""What moves a case without a form: BPMN timers, by the command with which one runs out, and another try.

Time limits of tasks are no timers (decision 11). Nothing fires a timer but `FireTimer`. Its id follows from the timer,
so that however many workers find one due, and however often they die over it, it fires once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, literal, select

from engine.canonical import time_text
from engine.commands import SYSTEM, FireTimer, RetryIncident
from engine.errors import NotAllowed, NotFound
from engine.facts import Fact, StatusReached
from engine.office import access, moving
from engine.office.act import Act
from engine.office.papers import kinds, reading
from engine.process import moves
from engine.process.context import Context
from engine.process.instance import Instance
from engine.store import tables
from engine.store.reader import Reader

Answer = dict[str, Any]
TIMER = tables.timer.c
NOMINATION = tables.nomination.c

_NAMES = UUID("0c2f1c4e-5a0e-4f5b-9d36-8a53e1f3b1d2")
# States of a paper that ask something of whoever brings it there; a timer has nothing to give.
_ASKING = frozenset({kinds.SIGNED, kinds.NUMBERED, kinds.ISSUED})
_AS_CASE = (
    literal("nomination").label("subject"),
    NOMINATION.id.label("case_id"),
    NOMINATION.unit.label("proposing_unit"),
)


def command_of(stream: str, key: str, due_at: str) -> FireTimer:
    """Return the one command that fires a timer.

    >>> command_of("nomination:7d", "wait#1", "2026-11-30T17:00:00.000000Z").command_id
    '2e94a0a5-8df6-5f12-aee3-2f1ea712ffeb'
    """
    command_id = str(uuid5(_NAMES, f"{stream} {key} {due_at}"))
    return FireTimer(command_id=command_id, actor=SYSTEM, stream=stream, key=key, due_at=due_at)


def due(reader: Reader, now: datetime, limit: int, besides: Collection[str] = ()) -> list[FireTimer]:
    """Return the commands that fire what is due, the earliest first; those with an id in `besides` are left out."""
    query = select(tables.timer).where(TIMER.due_at <= time_text(now), TIMER.frozen == 0)
    rows = reader.execute(query.order_by(TIMER.due_at, TIMER.case_id, TIMER.key).limit(limit + len(besides)))
    commands = [command_of(moving.stream_of(row.subject, row.case_id), row.key, row.due_at) for row in rows]
    return [command for command in commands if command.command_id not in besides][:limit]


def fire(act: Act, command: FireTimer) -> Answer:
    """Let the case go on behind a timer that is due; one that cannot go on is parked (decision 12)."""
    if act.person != SYSTEM:
        raise NotAllowed(action="fire")
    instance = _go_on(act, command.stream, moves.FireTimer(command.key, command.due_at), "fire")
    return {"fired": command.key, "incident": bool(instance.incidents)}


def retry(act: Act, command: RetryIncident) -> Answer:
    """Let a case try again where it could not go on; an administrator's act, on the process alone."""
    if access.ADMINISTRATOR not in act.actor.roles:
        raise NotAllowed(action="retry")
    instance = _go_on(act, _stream(act, command.case), moves.Retry(command.key), "retry")
    return {"case": command.case, "incident": bool(instance.incidents)}


def _stream(act: Act, code: str) -> str:
    for subject, table in moving.CASES.items():
        found = act.tx.execute(select(table.c.id).where(table.c.code == code)).scalar()
        if found:
            return moving.stream_of(subject, found)
    raise NotFound(kind="case", id=code)


def _go_on(act: Act, stream: str, move: moves.Move, action: str) -> Instance:
    """Let a case handle a move that nobody filled in a form for, and return its instance."""
    act.tx.lock([stream])
    case, context = _case(act, stream)
    release = act.releases.get(act.tx, case.release)
    instance = moving.restore(act, case, release)
    facts = instance.handle(move, context)
    _check_paper(case, facts, action)
    moving.keep(act, stream, facts, release, instance, context, move)
    return instance


def _case(act: Act, stream: str) -> tuple[Row[Any], Context]:
    """Return a locked case with the columns that `moving` reads, and what it may ask the office."""
    subject, _, id = stream.partition(":")
    if subject == tables.paper.name:
        paper = reading.row(act, id)
        return paper, reading.context(act, paper)
    row = act.tx.execute(select(tables.nomination, *_AS_CASE).where(NOMINATION.id == id)).first()
    if row is None:
        raise NotFound(kind="case", id=stream)
    return row, moving.context_of(act, row.proposing_unit, row.round)


def _check_paper(case: Row[Any], facts: list[Fact], action: str) -> None:
    """Refuse what would sign, number or issue a paper: that takes a file, a number, a person."""
    reached = {fact.status for fact in facts if isinstance(fact, StatusReached)}
    if case.subject == tables.paper.name and (reached & _ASKING or (case.reached == kinds.DRAFTING and reached)):
        raise NotAllowed(action=action)
