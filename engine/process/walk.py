"""Walk through a diagram with given answers, to see where it goes: `khenthuong walk`.

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
from engine.facts import DecisionMade, Fact, MessageSent, NodePassed, StepCompleted
from engine.process.catching import THROWS
from engine.process.context import Context, DueDate
from engine.process.definition import ProcessDefinition
from engine.process.findings import finding
from engine.process.instance import Instance
from engine.process.moves import Broadcast, Complete, Deliver, FireTimer, Move
from engine.process.release import Reading
from engine.process.schema import without_echoes

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
    """Walk through a BPMN file: its first executable process that no other calls, and those it sends messages to.

    Args:
        answers: "user": element -> fields, or a list with one entry per visit; "messages", "signals" and "timers":
            names or element ids in the order they come, each alone or as {"name", "data"}. One that nobody waits for
            is left until somebody does. What stands under the start event is known from the beginning.
            People answer first. If then something that was told never happens although it was waited for, the walk
            is made again with messages, signals and timers first.
        max_steps: how many answers are taken at most.
        tables: DMN files the diagram needs, by name.
    """
    reading = Reading({file or "diagram.bpmn": raw, **(tables or {})}, None)
    reading.read(bare=True)
    processes = reading.compile(bare=True)
    problems = without_echoes(reading.problems)
    if not processes and not reading.has_errors:  # a table or a form: nothing to walk through
        problems.append(finding("bpmn_namespace", file, 0, ""))
    if not processes or reading.has_errors:
        return Walk(problems=problems)
    first = _first(processes)
    made = _Walker(first, processes, answers)
    made.go(max_steps)
    if made.missed:
        again = _Walker(first, processes, answers, people_first=False)
        again.go(max_steps)
        if again.left < made.left:
            made = again
    made.walked.problems = problems
    return made.walked


def _first(processes: Mapping[str, ProcessDefinition]) -> ProcessDefinition:
    called = {node.called for process in processes.values() for node in process.nodes.values()}
    written = {process for other in processes.values() for ends in other.sends.values() for process, _ in ends}
    free = [process for process in processes.values() if process.id not in called] or list(processes.values())
    # Of several pools the one that starts by itself begins; the others wait for its messages.
    begins = [process for process in free if not process.start.events or process.id not in written] or free
    return next((process for process in begins if process.executable), begins[0])


def _signals(process: ProcessDefinition, thrown: bool) -> set[str]:
    nodes = [node for node in process.nodes.values() if (node.kind in THROWS) == thrown]
    return {event.name for node in nodes for event in node.events if event.kind == "signal"}


class _Walker:
    def __init__(
        self,
        process: ProcessDefinition,
        processes: Mapping[str, ProcessDefinition],
        answers: Mapping[str, Any],
        people_first: bool = True,
    ) -> None:
        self.walked = Walk()
        self.missed = False  # something told was waited for and never came
        self._process = process
        self._processes = processes
        self._people_first = people_first
        self._users = dict(answers.get("user") or {})
        self._taken: Counter[str] = Counter()
        self._told = {kind: list(answers.get(f"{kind}s") or ()) for kind in ("message", "signal", "timer")}
        self._instances: dict[str, Instance] = {}
        self._signals: list[tuple[str, str]] = []  # thrown and not yet told to the others: process, signal
        self._mail: list[tuple[str, str, str]] = []  # sent and not yet received: process, element, message
        self._now = _START

    @property
    def left(self) -> int:
        """How many answers were not taken."""
        lists = sum(len(v) - self._taken[k] for k, v in self._users.items() if isinstance(v, list))
        alone = sum(not self._taken[k] for k, v in self._users.items() if not isinstance(v, list))
        return sum(map(len, self._told.values())) + lists + alone

    def go(self, max_steps: int) -> None:
        self._start(self._process)
        for process in self._pools():
            if not process.start.events:
                self._start(process)
        for _ in range(max_steps):
            if self._signals:
                self._spread(*self._signals.pop(0))
                continue
            made = self._next()
            if made is None:
                break
            instance, move = made
            self._note(instance, instance.handle(move, self._context()))
        self._conclude()

    def _pools(self) -> list[ProcessDefinition]:
        """Return the other processes that messages and signals of the first one lead to, and theirs."""
        todo, found = [self._process], {self._process.id}
        for process in todo:
            others = {p for ends in process.sends.values() for p, _ in ends}
            others |= {
                p.id for p in self._processes.values() for ends in p.sends.values() if (process.id in dict(ends))
            }
            others |= {p.id for p in self._processes.values() if _signals(p, False) & _signals(process, True)}
            others |= {p.id for p in self._processes.values() if _signals(p, True) & _signals(process, False)}
            todo += [self._processes[other] for other in sorted(others - found)]
            found |= others
        return todo[1:]

    def _context(self) -> Context:
        return Context(self._now, _Nobody())

    def _start(self, process: ProcessDefinition) -> None:
        self._taken[process.start.id] += process.start.id in self._users
        known = _flat(self._answer(process.start.id) or {})
        instance, facts = Instance.start(process, UUID(int=len(self._instances)), self._context(), known)
        self._instances[process.id] = instance
        self._note(instance, facts)
        starts = process.starts_of(process.id)
        if len(starts) == 1 and starts[0].events and not self._is_told(instance):
            # Whoever walks a process starts it, unless it is told what starts it.
            self._pass_start(instance)

    def _is_told(self, instance: Instance) -> bool:
        return any(self._matching(kind, instance, take=False) for kind in self._told)

    def _pass_start(self, instance: Instance) -> None:
        for timer in instance.timers:
            self._now = max(self._now, time_of(timer.due_at))
            self._note(instance, instance.handle(FireTimer(timer.key, timer.due_at), self._context()))
            return
        for wait in instance.waits:
            move = Deliver(wait.message, wait.key) if wait.kind == "message" else Broadcast(wait.message)
            self._note(instance, instance.handle(move, self._context()))
            return

    def _answer(self, element: str) -> Any:
        answer = self._users.get(element)
        return (answer[0] if answer else None) if isinstance(answer, list) else answer

    # --- what comes next ---------------------------------------------------------------------------------------------

    def _next(self) -> tuple[Instance, Move] | None:
        told = [self._mailed, self._told_next]
        for source in [self._user, *told] if self._people_first else [*told, self._user]:
            if move := source():
                return move
        return None

    def _user(self) -> tuple[Instance, Move] | None:
        for instance in self._instances.values():
            for step in instance.open_steps:
                answer = self._users.get(step.element)
                if answer is None and self._is_manual(step.element):
                    return instance, Complete(step.key)  # No engine takes part in a manual task.
                if isinstance(answer, list):
                    answer = next(iter(answer[self._taken[step.element] :]), None)
                if answer is not None:
                    self._taken[step.element] += 1
                    self.walked.data.update(answer)
                    return instance, Complete(step.key, _flat(answer))
        return None

    def _is_manual(self, element: str) -> bool:
        nodes = (process.nodes.get(element) for process in self._processes.values())
        return any(node is not None and node.kind == "manualTask" for node in nodes)

    def _told_next(self) -> tuple[Instance, Move] | None:
        for kind in self._told:
            for instance in self._instances.values():
                if move := self._matching(kind, instance):
                    return instance, move
        return None

    def _matching(self, kind: str, instance: Instance, take: bool = True) -> Move | None:
        """Return what was told and is waited for, the first that was told."""
        for item in self._told[kind]:
            name, data = _named(item)
            move = self._move(kind, instance, name, _flat(data))
            if move is not None:
                if take:
                    self._told[kind].remove(item)
                    self.walked.data.update(data)
                return move
        return None

    def _move(self, kind: str, instance: Instance, name: str, data: dict[str, Any]) -> Move | None:
        for timer in instance.timers if kind == "timer" else ():
            if name in (timer.element, self._label(timer.element)):
                self._now = max(self._now, time_of(timer.due_at))
                return FireTimer(timer.key, timer.due_at)
        for wait in instance.waits:
            if wait.kind == kind and name in (wait.message, wait.element):
                return Deliver(wait.message, wait.key, data) if kind == "message" else Broadcast(wait.message, data)
        return None

    def _label(self, element: str) -> str:
        nodes = [node for process in self._processes.values() if (node := process.nodes.get(element))]
        return nodes[0].name if nodes else ""

    def _spread(self, sender: str, signal: str) -> None:
        """Tell the other processes of a signal: those that wait for it, and those it starts."""
        for process in [self._process, *self._pools()]:
            instance = self._instances.get(process.id)
            if process.id == sender:
                continue
            if instance and any(wait.kind == "signal" and wait.message == signal for wait in instance.waits):
                self._note(instance, instance.handle(Broadcast(signal), self._context()))
            for start in process.starts_of(process.id):
                if (instance is None or instance.ended) and any(
                    event.kind == "signal" and event.name == signal for event in start.events
                ):
                    self._instances.pop(process.id, None)
                    self._enter(process, start.id)

    # --- messages between the pools of a file --------------------------------------------------------------------

    def _mailed(self) -> tuple[Instance, Move] | None:
        for letter in self._mail:
            process, element, message = letter
            instance = self._instances.get(process)
            for wait in instance.waits if instance else ():
                if (
                    wait.kind == "message"
                    and element in (wait.element, process, "")
                    and (element == wait.element or message == wait.message)
                ):
                    self._mail.remove(letter)
                    assert instance is not None
                    return instance, Deliver(wait.message, wait.key)
        return None

    def _send(self, sender: Instance, fact: MessageSent) -> None:
        process = sender.definition
        ends = process.sends.get(fact.element, ())
        for other, element in ends:
            definition = self._processes[other]
            instance = self._instances.get(other)
            begins = any(start.id == element and start.events for start in definition.starts_of(other))
            if begins and (instance is None or instance.ended):
                self._instances.pop(other, None)
                self._enter(definition, element)
            else:
                self._mail.append((other, element, fact.message))
        if not ends:
            waits = [(p, w) for p, i in self._instances.items() for w in i.waits if w.kind == "message"]
            for other, wait in waits:
                if wait.message == fact.message:
                    self._mail.append((other, wait.element, fact.message))
                    break

    def _enter(self, definition: ProcessDefinition, element: str) -> None:
        """Start a pool whose start event a message leads to."""
        instance, facts = Instance.start(definition, UUID(int=len(self._instances)), self._context(), {})
        self._instances[definition.id] = instance
        self._note(instance, facts)
        wait = next(wait for wait in instance.waits if wait.element == element)
        move = Deliver(wait.message, wait.key) if wait.kind == "message" else Broadcast(wait.message)
        self._note(instance, instance.handle(move, self._context()))

    # --- what happened ---------------------------------------------------------------------------------------------

    def _note(self, instance: Instance, facts: list[Fact]) -> None:
        sent = []
        for fact in facts:
            if isinstance(fact, StepCompleted) or (isinstance(fact, NodePassed) and not self._is_whole(instance, fact)):
                self.walked.trace.append(fact.element)
            elif isinstance(fact, DecisionMade):
                self.walked.data[fact.element] = fact.result
            elif isinstance(fact, MessageSent):
                sent.append(fact)
            if isinstance(fact, NodePassed):
                node = instance.definition.nodes.get(fact.element)
                thrown = [event.name for event in node.events if event.kind == "signal"] if node else []
                if node and node.kind in THROWS:
                    self._signals += [(instance.definition.id, name) for name in thrown]
        for fact in sent:
            self._send(instance, fact)
        self.missed = self.missed or self._is_told(instance)

    def _is_whole(self, instance: Instance, fact: NodePassed) -> bool:
        """Whether this is a multi-instance as a whole: its instances stand in the trace already."""
        nodes = (process.nodes.get(fact.element) for process in instance.definition.owners.values())
        looped = any(node and node.loop and not node.loop.standard for node in nodes)
        return looped and "@" not in fact.key.rpartition("/")[2] and fact.element in self.walked.trace

    def _conclude(self) -> None:
        walked = self.walked
        # What was told and has come is not missed.
        self.missed = self.missed and any(self._told.values())
        instances = list(self._instances.values())
        walked.waiting = [
            {"key": item.key, "element": item.element, "kind": kind}
            for instance in instances
            for kind, items in _open(instance).items()
            for item in items
        ]
        incidents = [incident for instance in instances for incident in instance.incidents]
        if incidents:
            first = incidents[0]
            walked.incident = {"key": first.key, "element": first.element, "why": first.why, "detail": first.detail}
        ended = all(instance.ended for instance in instances)
        walked.outcome = "completed" if ended else "incident" if incidents else "waiting"


def _open(instance: Instance) -> dict[str, list[Any]]:
    waits: dict[str, list[Any]] = {"user": list(instance.open_steps), "message": [], "signal": [], "conditional": []}
    for wait in instance.waits:
        waits[wait.kind].append(wait)
    return waits | {"timer": list(instance.timers)}


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
