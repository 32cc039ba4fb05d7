"""Sessions of councils: who was there, one grid of counts, and the votes of all nominations filed in one act.

A session decides nothing. It fills in the forms of the steps at which the council votes; what a count leads to,
and so the threshold, is the business of each nomination's process (see engine.office.voting).
Ballots are secret: only counts are kept, never who voted how.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select

from engine.commands import CancelSession, CloseSession, OpenSession, RecordSession
from engine.errors import InvalidForm, NotAllowed, NotFound, SessionEnded, StaleSession
from engine.facts import SessionCancelled, SessionClosed, SessionOpened, SessionRecorded
from engine.office import access, voting
from engine.office.act import Act
from engine.office.completing import MOST_ROWS, Desk, all_good, write
from engine.office.voting import Record
from engine.store import tables

SESSION = tables.session.c
TASK = tables.user_task.c

Answer = dict[str, Any]


def stream_of(session: str) -> str:
    return f"session:{session}"


def open_session(act: Act, command: OpenSession) -> Answer:
    """Call a council together on nominations that wait for its vote."""
    if not access.may_hold_session(act.actor, command.unit):
        raise NotAllowed(action="session")
    session = str(UUID(command.session)) if command.session else str(uuid4())
    act.tx.lock([stream_of(session)])
    council, tasks = _votes(act, command.unit, command.tasks)
    named = {"session": session, "unit": command.unit, "council": council}
    opened = SessionOpened(**named, day=command.day.isoformat(), tasks=tasks)
    act.append(stream_of(session), [opened])
    return {"session": session}


def record(act: Act, command: RecordSession) -> Answer:
    """Keep roll call and counts; what is not yet right in the counts is said when they are looked at."""
    session = _open(act, command.session, command.expected_version)
    read = Record.read(command.record)
    fact = SessionRecorded(
        day=read.day.isoformat(),
        total=read.total,
        present=read.present,
        written=read.written,
        tasks=_votes(act, session.unit, tuple(read.rows), session.council)[1],
        form_data=act.tx.put_form_data(read.to_json()),
    )
    act.append(stream_of(session.id), [fact])
    return {"session": session.id, "version": session.version + 1}


def close(act: Act, command: CloseSession) -> Answer:
    """File the votes of all nominations of the session, or none.

    Raises:
        BatchRefused: with the results of all rows, if one cannot be filed.
    """
    seen = _running(_seen(act, command.session))
    stated = recorded(act.tx.form_data(seen.form_data) if seen.form_data else None)
    desk = Desk(act, list(stated.rows), also=[stream_of(seen.id)])
    session = _check(act, command.session, command.expected_version)
    items, refused = voting.items_of(stated, desk)
    rows, judged = all_good(items, desk, refused)
    with act.tx.mixed():
        for each in judged:
            write(act, each)
        act.append(stream_of(session.id), [SessionClosed(tasks=[item.task for item in items])])
    return {"session": session.id, "rows": [row.to_json() for row in rows]}


def cancel(act: Act, command: CancelSession) -> Answer:
    session = _open(act, command.session, command.expected_version)
    act.append(stream_of(session.id), [SessionCancelled()])
    return {"session": session.id}


def recorded(payload: Mapping[str, Any] | None) -> Record:
    """Return what was recorded; a session of which nothing was recorded cannot be closed."""
    if not payload or not payload.get("rows"):
        raise InvalidForm(fields={"members": [("required", {})]})
    return Record.read(payload)


def _votes(act: Act, unit: str, tasks: tuple[str, ...], council: str | None = None) -> tuple[str, list[str]]:
    """Return the council and the tasks if all of them are votes of one that the actor keeps; NotFound if one is not."""
    if not 1 <= len(tasks) <= MOST_ROWS:
        raise InvalidForm(fields={"tasks": [("required", {})]})
    groups = {access.group_of(role, unit) for role in ({council} if council else access.SECRETARIES)}
    groups &= act.actor.groups
    query = select(TASK.id, TASK.role, TASK.release, TASK.process, TASK.element)
    found = {row.id: row for row in act.tx.execute(query.where(TASK.id.in_(tasks), TASK.candidate_group.in_(groups)))}
    for task in tasks:
        of_one = task in found and found[task].role == found[tasks[0]].role
        if not of_one or not voting.is_vote(voting.form_of(act, found[task])):
            raise NotFound(kind="task", id=task)
    return found[tasks[0]].role, list(dict.fromkeys(tasks))


def _seen(act: Act, session: str) -> Row[Any]:
    row = act.tx.execute(select(tables.session).where(SESSION.id == session)).first()
    if row is None or not access.may_see_session(act.actor, row.unit, row.council):
        raise NotFound(kind="session", id=session)
    if not access.may_hold_session(act.actor, row.unit, row.council):
        raise NotAllowed(action="session")
    return row


def _running(session: Row[Any]) -> Row[Any]:
    if session.status != "open":
        raise SessionEnded(status=session.status)
    return session


def _open(act: Act, session: str, expected_version: int) -> Row[Any]:
    act.tx.lock([stream_of(_seen(act, session).id)])
    return _check(act, session, expected_version)


def _check(act: Act, session: str, expected_version: int) -> Row[Any]:
    """Return the row of a locked session that is open and as the actor saw it."""
    row = _running(_seen(act, session))
    if row.version != expected_version:
        raise StaleSession(expected=expected_version, version=row.version)
    return row
