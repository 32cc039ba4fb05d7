"""The history of a case, as the journal holds it, in the form that engine.process.migration makes again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.facts import Fact
from engine.facts import from_json as fact_from_json
from engine.office.reexecution import OFFICE_FACTS
from engine.process.migration import RecordedMove, StartRecord
from engine.process.moves import move_from_json
from engine.store.journal import Entry


@dataclass(frozen=True)
class Recorded:
    """How a case was started and every move made on it since."""

    start: StartRecord
    steps: tuple[RecordedMove, ...]


def recorded(entries: Iterable[Entry]) -> Recorded:
    """Return the history in the entries of a nomination or paper, oldest first."""
    first, *later = entries
    variables = first.body["facts"][0]["variables"]
    start = StartRecord(variables, first.at, first.body.get("context", {}), _facts(first))
    steps = (
        RecordedMove(move_from_json(entry.body["move"]), entry.at, entry.body.get("context", {}), _facts(entry))
        for entry in later
        if "move" in entry.body
    )
    return Recorded(start, tuple(steps))


def _facts(entry: Entry) -> list[Fact]:
    """Return what happened in the process; what the office noted beside it moves nothing."""
    return [fact_from_json(fact) for fact in entry.body["facts"] if fact["fact"] not in OFFICE_FACTS]
