"""Moving a nomination: restore its instance, let it handle a move, write the entry and the state it led to."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, select

from engine.errors import NotFound
from engine.facts import Fact
from engine.office.act import Act
from engine.office.lookups import LiveLookups
from engine.process.context import Context
from engine.process.instance import Instance
from engine.process.moves import Move
from engine.process.release import Release
from engine.store import tables


def stream_of(nomination: str) -> str:
    return f"nomination:{nomination}"


def context_of(act: Act, unit: str) -> Context:
    """Return what a nomination of `unit` may ask the office today."""
    superior = act.tx.execute(select(tables.unit.c.superior).where(tables.unit.c.id == unit)).scalar()
    return Context(act.now, LiveLookups(act.calendar, act.today, unit, superior))


def restore(act: Act, nomination: str, process: str, release: Release) -> Instance:
    """Return the instance of a locked nomination as its last entry left it."""
    snapshot = act.tx.snapshot(stream_of(nomination))
    if snapshot is None:
        raise NotFound(kind="snapshot", id=nomination)
    return Instance.restore(release.process(process), snapshot.content)


def move(
    act: Act, row: Row[Any], release: Release, instance: Instance, wanted: Move, before: list[Fact] | None = None
) -> None:
    """Let the instance handle `wanted` and write it down. `row` has nomination_id and the proposing unit.

    `before` are facts of the office that belong to the same entry and come first in it.
    """
    context = context_of(act, row.proposing_unit)
    facts = instance.handle(wanted, context)
    keep(act, row.nomination_id, [*(before or []), *facts], release, instance, context, wanted)


def keep(
    act: Act,
    nomination: str,
    facts: list[Fact],
    release: Release,
    instance: Instance,
    context: Context,
    wanted: Move | None = None,
) -> None:
    """Append the entry of a move and keep the state it led to."""
    stream = stream_of(nomination)
    entry = act.append(
        stream, facts, release=release.sha256, move=wanted, context=context, state_hash=instance.state_hash()
    )
    act.tx.put_snapshot(stream, entry.seq, instance.snapshot())


def open_tasks(nomination: str, instance: Instance) -> list[str]:
    """Return the ids of the user tasks that wait."""
    return [str(uuid5(UUID(nomination), step.key)) for step in instance.open_steps]
