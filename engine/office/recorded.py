"""The history of a case, as the journal holds it, in the form that engine.process.migration makes again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine import facts
from engine.facts import Fact
from engine.facts import from_json as fact_from_json
from engine.process.migration import RecordedMove, StartRecord
from engine.process.moves import move_from_json
from engine.store.journal import Entry

# What the office notes beside a move, or instead of one: it moves nothing in the process.
OFFICE_FACTS = frozenset(
    fact.__name__
    for fact in (
        facts.NominationStarted,
        facts.NominationSubmitted,
        facts.NominationReceived,
        facts.ReleaseKept,
        facts.AwardGranted,
        facts.Migrated,
        facts.FormFiled,
        facts.ReasonGiven,
        facts.TaskClaimed,
        facts.TaskReleased,
        facts.TaskAssigned,
        facts.FileAttached,
        facts.PaperStarted,
        facts.PaperRevised,
        facts.PaperNumbered,
        facts.PaperArrived,
        facts.DocumentProduced,
        facts.DataErased,
    )
)


@dataclass(frozen=True)
class Recorded:
    """How a case was started and every move made on it since."""

    start: StartRecord
    steps: tuple[RecordedMove, ...]


def recorded(entries: Iterable[Entry]) -> Recorded:
    """Return the history in the entries of a nomination or paper, oldest first.

    What lies before a migration stands in its entry, in the words of the release it goes on on.
    """
    first, *later = entries
    start = StartRecord(first.body["facts"][0]["variables"], first.at, first.body.get("context", {}), _facts(first))
    steps: list[RecordedMove] = []
    for entry in later:
        if migrated := migration_in(entry):
            start = StartRecord.from_json(migrated["start"])
            steps = [RecordedMove.from_json(step) for step in migrated["effective"]]
        elif "move" in entry.body:
            move = move_from_json(entry.body["move"])
            steps.append(RecordedMove(move, entry.at, entry.body.get("context", {}), _facts(entry)))
    return Recorded(start, tuple(steps))


def migration_in(entry: Entry) -> dict[str, Any] | None:
    """Return the fact that says that a case goes on on another release, if this entry says so."""
    return next((fact for fact in entry.body["facts"] if fact["fact"] == facts.Migrated.name), None)


def _facts(entry: Entry) -> list[Fact]:
    """Return what happened in the process; what the office noted beside it moves nothing."""
    return [fact_from_json(fact) for fact in entry.body["facts"] if fact["fact"] not in OFFICE_FACTS]
