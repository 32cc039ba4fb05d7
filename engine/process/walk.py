"""Walk through one diagram with given answers, to see where it goes: `khenthuong walk`.

Takes foreign files too: roles and forms need not be known, and a condition may read a field by its plain name.
Nothing is stored and nobody is asked; due times are those of the answers' order, not of a clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from engine.canonical import time_of
from engine.errors import Problem
from engine.facts import DecisionMade, Fact, NodePassed, StepCompleted
from engine.process.context import Context, DueDate
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.moves import Complete, Deliver, FireTimer, Move
from engine.process.release import Reading

_START = datetime(2026, 1, 1, tzinfo=UTC)


class _Nobody:
    """Lookups where there is no office: no units, limits end at once."""

    def due_on(self, days: int, count_first: bool) -> DueDate:
        return DueDate(date(2026, 1, 1))

    def unit(self, scope: str) -> str | None:
        return None

    def role(self, name: str) -> str:
        return name


@dataclass
class Walk:
    """Where a walk went. `outcome` is completed, waiting, incident or rejected."""

    outcome: str = "rejected"
    trace: list[str] = field(default_factory=list)
    waiting: list[dict[str, str]] = field(default_factory=list)
    incident: dict[str, str] | None = None
    problems: list[Problem] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return vars(self) | {"problems": [problem.to_json() for problem in self.problems]}


def walk(
    raw: bytes,
    answers: Mapping[str, Any],
    *,
    file: str = "",
    max_steps: int = 1_000,
    tables: Mapping[str, bytes] | None = None,
) -> Walk:
    """Walk through the first process of a BPMN file that no other calls.

    Args:
        answers: "user": element -> fields, or a list with one entry per visit; "messages" and "timers": names or
            element ids in the order they come, each alone or as {"name", "data"}. People answer before messages,
            messages before timers. A message or timer that nobody waits for is left until somebody does. What stands
            under the start event is known from the beginning.
        max_steps: how many answers are taken at most.
        tables: DMN files the diagram needs, by name.
    """
    reading = Reading({file or "diagram.bpmn": raw, **(tables or {})}, None)
    reading.read(bare=True)
    processes = reading.compile(bare=True)
    walked = Walk(problems=sorted(set(reading.problems)))
    if processes and not reading.has_errors:
        called = {node.called for process in processes.values() for node in process.nodes.values()}
        first = next(process for process in processes.values() if process.id not in called)
        _Walker(first, answers, walked).go(max_steps)
    return walked


class _Walker:
    def __init__(self, process: ProcessDefinition, answers: Mapping[str, Any], walked: Walk) -> None:
        self._process = process
        self._answers = answers
        self._walked = walked
        self._taken: Counter[str] = Counter()
        self._messages = list(answers.get("messages", ()))
        self._timers = list(answers.get("timers", ()))
        self._now = _START

    def go(self, max_steps: int) -> None:
        known = _flat(self._answers.get("user", {}).get(self._process.start.id) or {})
        instance, facts = Instance.start(self._process, UUID(int=0), Context(self._now, _Nobody()), known)
        self._note(facts)
        for _ in range(max_steps):
            move = self._next(instance)
            if move is None:
                break
            self._note(instance.handle(move, Context(self._now, _Nobody())))
        self._conclude(instance)

    def _next(self, instance: Instance) -> Move | None:
        return self._user(instance) or self._message(instance) or self._timer(instance)

    def _user(self, instance: Instance) -> Move | None:
        users = self._answers.get("user", {})
        for step in instance.open_steps:
            answer = users.get(step.element)
            if isinstance(answer, list):
                answer = next(iter(answer[self._taken[step.element] :]), None)
            if answer is not None:
                self._taken[step.element] += 1
                self._walked.data.update(answer)
                return Complete(step.key, _flat(answer))
        return None

    def _message(self, instance: Instance) -> Move | None:
        for item in self._messages:
            name, data = _named(item)
            for wait in instance.waits:
                if name in (wait.message, wait.element):
                    self._messages.remove(item)
                    self._walked.data.update(data)
                    return Deliver(wait.message, wait.key, _flat(data))
        return None

    def _timer(self, instance: Instance) -> Move | None:
        for item in self._timers:
            for timer in instance.timers:
                if _named(item)[0] == timer.element:
                    self._timers.remove(item)
                    self._now = max(self._now, time_of(timer.due_at))
                    return FireTimer(timer.key, timer.due_at)
        return None

    def _note(self, facts: list[Fact]) -> None:
        for fact in facts:
            if isinstance(fact, StepCompleted) or (isinstance(fact, NodePassed) and not self._is_whole(fact)):
                self._walked.trace.append(fact.element)
            elif isinstance(fact, DecisionMade):
                self._walked.data[fact.element] = fact.result

    def _is_whole(self, fact: NodePassed) -> bool:
        """Whether this is a multi-instance as a whole: its instances stand in the trace already."""
        nodes = (process.nodes.get(fact.element) for process in self._process.owners.values())
        looped = any(node and node.loop for node in nodes)
        return looped and "@" not in fact.key.rpartition("/")[2] and fact.element in self._walked.trace

    def _conclude(self, instance: Instance) -> None:
        walked = self._walked
        walked.waiting = [
            {"key": item.key, "element": item.element, "kind": kind}
            for kind, items in (("user", instance.open_steps), ("message", instance.waits), ("timer", instance.timers))
            for item in items
        ]
        if instance.incidents:
            first = instance.incidents[0]
            walked.incident = {"key": first.key, "element": first.element, "why": first.why, "detail": first.detail}
        walked.outcome = "completed" if instance.ended else "incident" if instance.incidents else "waiting"


def _named(item: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(item, Mapping):
        return str(item.get("name") or item.get("element") or ""), dict(item.get("data") or item.get("payload") or {})
    return str(item), {}


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return values by flat dotted names, whole decimals as integers."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, Decimal) and value == value.to_integral_value():
            flat[f"{prefix}{name}"] = int(value)
        else:
            flat[f"{prefix}{name}"] = value
    return flat
