"""The history of an instance in the words of the new drawing, and the decisions in it.

Everything is renamed once, at the border; after that old and new speak of the same keys. A key is that of a step,
a timer, a message or a gateway, as "opinions#1/answer@tax#2".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from engine import facts as f
from engine.process.decided import Decided
from engine.process.definition import ProcessDefinition
from engine.process.migration.records import RecordedMove, StartRecord
from engine.process.model import Flow
from engine.process.moves import Complete, Deliver, FireTimer, Move, Retry, Scalar

Opened = f.StepOpened | f.TimerScheduled | f.MessageAwaited

_NAMESPACE = re.compile(r"\b([A-Za-z_]\w*)(?=\.)")


def name_of(key: str) -> str:
    """Return what a key names, whatever its round and whoever called it: element and instance, "answer@tax"."""
    return key.rpartition("/")[2].partition("#")[0]


def element_of(key: str) -> str:
    return name_of(key).partition("@")[0]


class Renames:
    """Old id -> new id, of elements and flows."""

    def __init__(self, renames: Mapping[str, str]) -> None:
        self._new = dict(renames)

    def id(self, old: str) -> str:
        return self._new.get(old, old)

    def key(self, key: str) -> str:
        return "/".join(self._part(part) for part in key.split("/"))

    def text(self, text: str) -> str:
        """Rename the elements whose variables an expression or a mapping reads."""
        return _NAMESPACE.sub(lambda found: self.id(found[1]), text) if self._new else text

    def variables(self, variables: Mapping[str, Scalar]) -> dict[str, Scalar]:
        return {self.text(name): value for name, value in variables.items()}

    def start(self, record: StartRecord) -> StartRecord:
        return replace(record, variables=self.variables(record.variables), facts=self._facts(record.facts))

    def move(self, record: RecordedMove) -> RecordedMove:
        return replace(record, move=self._move(record.move, record.facts), facts=self._facts(record.facts))

    def _part(self, part: str) -> str:
        name, _, occurrence = part.partition("#")
        element, at, item = name.partition("@")
        return f"{self.id(element)}{at}{item}#{occurrence}"

    def _facts(self, facts: Iterable[f.Fact]) -> list[f.Fact]:
        return [self._fact(fact) for fact in facts]

    def _fact(self, fact: f.Fact) -> f.Fact:
        changed: dict[str, Any] = {}
        for name, rename in (("key", self.key), ("element", self.id), ("flow", self.id)):
            if hasattr(fact, name):
                changed[name] = rename(getattr(fact, name))
        return replace(fact, **changed) if changed and self._new else fact

    def _move(self, move: Move, facts: Iterable[f.Fact]) -> Move:
        if isinstance(move, Complete | FireTimer | Retry):
            return replace(move, key=self.key(move.key))
        if isinstance(move, Deliver):
            # Which wait got it is known by now.
            received = (fact.key for fact in facts if isinstance(fact, f.MessageEnded) and fact.received)
            return replace(move, key=self.key(next(received, move.key or "")))
        return move


class History:
    """Where the recorded facts leave the instance; all keys are new ones, `old_keys` leads back."""

    def __init__(self, start: StartRecord, steps: Sequence[RecordedMove], renames: Renames) -> None:
        self.start = renames.start(start)
        self.steps = [renames.move(step) for step in steps]
        self.open: dict[str, Opened] = {}
        self.incidents: dict[str, f.IncidentRaised] = {}
        self.opened: set[str] = set()
        self.finished: set[str] = set()
        self.status: str | None = None
        self.ended = False
        for fact in self.facts():
            self._note(fact)
        original = chain(start.facts, *(step.facts for step in steps))
        keys = (fact.key for fact in original if isinstance(fact, Opened | f.IncidentRaised))
        self.old_keys = {renames.key(key): key for key in keys}

    def facts(self) -> Iterator[f.Fact]:
        yield from self.start.facts
        for step in self.steps:
            yield from step.facts

    def _note(self, fact: f.Fact) -> None:
        if isinstance(fact, Opened):
            self.open[fact.key] = fact
            self.opened.add(name_of(fact.key))
        elif isinstance(fact, f.StepCompleted | f.StepCancelled | f.TimerEnded | f.MessageEnded):
            self.open.pop(fact.key, None)
            self.finished.add(name_of(fact.key))
        elif isinstance(fact, f.IncidentRaised):
            self.incidents[fact.key] = fact
        elif isinstance(fact, f.IncidentResolved):
            self.incidents.pop(fact.key, None)
        elif isinstance(fact, f.StatusReached):
            self.status = fact.status
        elif isinstance(fact, f.ProcessEnded | f.ProcessWithdrawn):
            self.ended = True


class Decisions(Decided):
    """Everything an instance ever settled, found by exact key or else by the oldest of the element not yet used.

    A gateway may be reached earlier or later than it was, from another call or in another round; the decision
    belongs to it all the same. A flow that was redrawn under another id is known by where it leads.
    """

    def __init__(self, history: History, old: ProcessDefinition, renames: Renames) -> None:
        super().__init__(history.facts())
        self.gone: dict[str, list[str]] = {}  # key of a gateway -> flows that are not drawn any more
        self._withheld: frozenset[str] = frozenset()
        self._used: set[tuple[str, str]] = set()
        self._targets = {
            renames.id(flow.id): renames.id(flow.target)
            for process in old.owners.values()
            for flow in process.flows.values()
        }
        self._by_name: dict[tuple[str, str], list[str]] = {}
        for kind, known in self._known().items():
            for key in known:
                self._by_name.setdefault((kind, name_of(key)), []).append(key)

    def copy(self) -> Decisions:
        other = object.__new__(Decisions)
        vars(other).update(vars(self) | {"gone": dict(self.gone), "_used": set(self._used)})
        return other

    def withhold(self, facts: Iterable[f.Fact]) -> None:
        """Where these facts raised an incident, nothing had been decided yet: it is tried now as it was then."""
        self._withheld = frozenset(fact.key for fact in facts if isinstance(fact, f.IncidentRaised))

    def flows(self, key: str, outgoing: list[Flow]) -> list[str]:
        found = self._find("flow", key)
        if found is None:
            return []
        taken = [self._drawn(flow, outgoing) for flow in self._flows[found]]
        if None in taken:
            self.gone[key] = self._flows[found]
            return []
        return [flow for flow in taken if flow]

    def table(self, key: str) -> f.DecisionMade | None:
        return self._tables.get(self._find("table", key) or "")

    def step(self, key: str) -> f.StepOpened | None:
        return self._steps.get(self._find("step", key) or "")

    def timer(self, key: str) -> f.TimerScheduled | None:
        return self._timers.get(self._find("timer", key) or "")

    def _known(self) -> dict[str, Collection[str]]:
        return {"flow": self._flows, "table": self._tables, "step": self._steps, "timer": self._timers}

    def _find(self, kind: str, key: str) -> str | None:
        if key in self._withheld:
            return None
        candidates = self._by_name.get((kind, name_of(key)), [])
        if key not in candidates:
            unused = (other for other in candidates if (kind, other) not in self._used)
            found = next(unused, None)
        else:
            found = key
        if found is not None:
            self._used.add((kind, found))
        return found

    def _drawn(self, flow: str, outgoing: list[Flow]) -> str | None:
        if any(other.id == flow for other in outgoing):
            return flow
        same = [other.id for other in outgoing if other.target == self._targets.get(flow)]
        return same[0] if len(same) == 1 else None
