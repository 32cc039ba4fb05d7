"""What would be decided today: the same moves once more, every choice left to the drawing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from engine.facts import DecisionMade, Fact, FlowTaken, IncidentRaised, StepOpened, TimerScheduled
from engine.process.context import Context, DueDate
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.migration.records import RecordedMove, StartRecord


class _Anybody:
    """Answers for a way that is not taken: what opens there is looked at by nobody."""

    def due_on(self, days: int, count_first: bool) -> DueDate:
        return DueDate(date.max)

    def unit(self, scope: str) -> str | None:
        return None

    def role(self, name: str) -> str:
        return name


@dataclass(frozen=True)
class Difference:
    """`was` and `now` are flow ids, or what a table set; `now` is None where `why` says it cannot be decided."""

    key: str
    was: Any
    now: Any
    why: str = ""


def differences(
    definition: ProcessDefinition, instance_id: UUID, start: StartRecord, steps: Sequence[RecordedMove]
) -> list[Difference]:
    """Return the decisions that would be others today, each seen from where the others stand as they were taken."""
    found: dict[str, Difference] = {}
    # Beyond a difference the way is another, so that decision is pinned and the run begun again.
    while difference := _first(definition, instance_id, start, steps, found.keys()):
        found[difference.key] = difference
    return list(found.values())


def _first(
    definition: ProcessDefinition,
    instance_id: UUID,
    start: StartRecord,
    steps: Sequence[RecordedMove],
    pinned: Collection[str],
) -> Difference | None:
    settled = _settled(start.facts, pinned)
    instance, facts = Instance.start(definition, instance_id, _context(start), start.variables, settled)
    difference = _compare(start.facts, facts)
    for step in steps:
        if difference:
            return difference
        facts = instance.handle(step.move, _context(step), _settled(step.facts, pinned))
        difference = _compare(step.facts, facts)
    return difference


def _context(record: StartRecord | RecordedMove) -> Context:
    return Context.from_recorded(record.now, record.context, _Anybody())


def _settled(facts: Sequence[Fact], pinned: Collection[str]) -> list[Fact]:
    return [
        fact
        for fact in facts
        if isinstance(fact, StepOpened | TimerScheduled)
        or (isinstance(fact, FlowTaken | DecisionMade) and fact.key in pinned)
    ]


def _compare(recorded: Sequence[Fact], fresh: Sequence[Fact]) -> Difference | None:
    now = dict(_choices(fresh))
    for key, was in _choices(recorded):
        if now.get(key) != was:
            why = next((fact.why for fact in fresh if isinstance(fact, IncidentRaised) and fact.key == key), "")
            return Difference(key, was, now.get(key), why)
    return None


def _choices(facts: Sequence[Fact]) -> Iterator[tuple[str, Any]]:
    flows: dict[str, list[str]] = {}
    for fact in facts:
        if isinstance(fact, FlowTaken):
            flows.setdefault(fact.key, []).append(fact.flow)
            yield fact.key, flows[fact.key]
        elif isinstance(fact, DecisionMade):
            yield fact.key, fact.result
