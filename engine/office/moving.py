"""Moving a case: restore its instance, let it handle a move, write the entry and the state it led to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from engine.errors import NotFound
from engine.facts import Fact
from engine.office import awards
from engine.office.act import Act, Sight
from engine.office.lookups import LiveLookups
from engine.process.context import Context
from engine.process.instance import Instance, task_id
from engine.process.moves import Move
from engine.process.release import Release
from engine.store import tables

# A case is a process instance with a stream of its own.
CASES = {table.name: table for table in (tables.nomination, tables.paper)}


def stream_of(subject: str, case: str) -> str:
    """Return the stream of a case. `subject` is nomination or paper.

    >>> stream_of("nomination", "7d1c")
    'nomination:7d1c'
    """
    return f"{subject}:{case}"


def context_of(sight: Sight, unit: str, round: str | None = None) -> Context:
    """Return what a nomination of `unit` in a round (by its code) may ask the office today."""
    lead = sight.lead_of(round)
    return Context(sight.now, LiveLookups(sight.calendar, sight.today, unit, sight.superior(unit), lead, sight.bodies))


def restored(case: Row[Any], release: Release, snapshot: bytes | None = None) -> Instance:
    """Return the instance of a locked case as its last entry left it.

    Args:
        case: has case_id and process, and unless it is given besides, the snapshot.
    """
    content = snapshot or case.snapshot
    if content is None:
        raise NotFound(kind="snapshot", id=case.case_id)
    return Instance.restore(release.process(case.process), content)


class Instances:
    """The instances of locked cases; their snapshots are read in one query."""

    def __init__(self, sight: Sight, streams: Sequence[str]) -> None:
        self._snapshots = sight.tx.snapshots(streams)

    def take(self, case: Row[Any], release: Release) -> Instance:
        """Return the instance of a case. `case` has subject, case_id and process."""
        snapshot = self._snapshots.get(stream_of(case.subject, case.case_id))
        if snapshot is None:
            raise NotFound(kind="snapshot", id=case.case_id)
        return restored(case, release, snapshot.content)


def restore(act: Act, case: Row[Any], release: Release) -> Instance:
    """Return the instance of one locked case."""
    return Instances(act, [stream_of(case.subject, case.case_id)]).take(case, release)


def move(
    act: Act, case: Row[Any], release: Release, instance: Instance, wanted: Move, before: list[Fact] | None = None
) -> None:
    """Let the instance handle `wanted` and write it down. `case` has subject, case_id, proposing unit and round.

    `before` are facts of the office that belong to the same entry and come first in it.
    """
    context = context_of(act, case.proposing_unit, case.round)
    facts = instance.handle(wanted, context)
    stream = stream_of(case.subject, case.case_id)
    keep(act, stream, [*(before or []), *facts], release, instance, context, wanted)


def keep(
    act: Act,
    stream: str,
    facts: list[Fact],
    release: Release,
    instance: Instance,
    context: Context,
    wanted: Move | None = None,
) -> None:
    """Append the entry of a move and keep the state it led to."""
    grant = awards.granted(release, instance, facts)
    entry = act.append(
        stream,
        [*facts, grant] if grant else facts,
        release=release.sha256,
        move=wanted,
        context=context,
        state_hash=instance.state_hash(),
    )
    act.tx.put_snapshot(stream, entry.seq, instance.snapshot())


def open_tasks(case: str, instance: Instance) -> list[str]:
    """Return the ids of the user tasks that wait."""
    return [str(task_id(UUID(case), step.key)) for step in instance.open_steps]
