"""What was settled when a move was first made and is not settled again: choices, results of tables, due dates.

A decision taken stands, whatever a later drawing would decide (decision 24), and a due date that somebody was told
does not move. `engine.process.migration` asks the same questions of the whole history of an instance.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.facts import DecisionMade, Fact, FlowTaken, StepOpened, TimerScheduled
from engine.process.model import Flow


class Decided:
    """The settled part of some facts, by the key of the step it belongs to."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self._flows: dict[str, list[str]] = {}
        self._tables: dict[str, DecisionMade] = {}
        self._steps: dict[str, StepOpened] = {}
        self._timers: dict[str, TimerScheduled] = {}
        for fact in facts:
            if isinstance(fact, FlowTaken):
                self._flows.setdefault(fact.key, []).append(fact.flow)
            elif isinstance(fact, DecisionMade):
                self._tables[fact.key] = fact
            elif isinstance(fact, StepOpened):
                self._steps[fact.key] = fact
            elif isinstance(fact, TimerScheduled):
                self._timers[fact.key] = fact

    def flows(self, key: str, outgoing: list[Flow]) -> list[str]:
        """Return the flows that were taken, of those that lead out; empty if that must be decided now."""
        recorded = self._flows.get(key, [])
        return recorded if set(recorded) <= {flow.id for flow in outgoing} else []

    def table(self, key: str) -> DecisionMade | None:
        return self._tables.get(key)

    def step(self, key: str) -> StepOpened | None:
        """Return how a user task was opened: its due date stands, its role is that of the drawing."""
        return self._steps.get(key)

    def timer(self, key: str) -> TimerScheduled | None:
        return self._timers.get(key)
