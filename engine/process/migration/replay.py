"""Recorded moves made again on another drawing, each as soon as it is possible there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from engine.canonical import time_of
from engine.facts import MessageAwaited, StepOpened, TimerScheduled
from engine.process.context import Context, Lookups
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.migration.history import Decisions, History, Opened, element_of, name_of
from engine.process.migration.records import RecordedMove, StartRecord
from engine.process.model import Node
from engine.process.moves import Complete, Deliver, FireTimer, Move, Resume, Retry, Withdraw
from engine.process.state import Incident, Open, OpenStep, OpenTimer, OpenWait

ANSWERS: dict[type[Move], type[Open]] = {Complete: OpenStep, FireTimer: OpenTimer, Deliver: OpenWait}
OPENS: dict[type[Opened], type[Open]] = {StepOpened: OpenStep, TimerScheduled: OpenTimer, MessageAwaited: OpenWait}
MANUAL = frozenset({"userTask", "manualTask"})
Item = TypeVar("Item", OpenStep, OpenTimer, OpenWait, Open, Incident)


def nodes_of(definition: ProcessDefinition) -> dict[str, Node]:
    """Return every element of a process and of those it calls, by id."""
    return {node.id: node for process in definition.owners.values() for node in process.nodes.values()}


def opens_as(node: Node | None, kind: type[Open]) -> bool:
    """Whether an element, if it is drawn at all, opens as a step, a timer or a wait."""
    if node is None or kind is OpenStep:
        return node is not None and node.kind in MANUAL
    return node.event is not None and (node.event.timer is not None) == (kind is OpenTimer)


def open_items(instance: Instance) -> dict[str, Open]:
    return {item.key: item for item in instance.open_items}


def find(key: str, items: Iterable[Item]) -> Item | None:
    """Return the item of exactly this key, or else the only one of the same element."""
    listed = {item.key: item for item in items}
    same = [item for item in listed.values() if name_of(item.key) == name_of(key)]
    return listed.get(key) or (same[0] if len(same) == 1 else None)


class Replay:
    """The instance as it comes about; `held` waits for its turn, `skipped` has no place in the drawing."""

    def __init__(
        self,
        definition: ProcessDefinition,
        nodes: Mapping[str, Node],
        instance_id: UUID,
        history: History,
        decisions: Decisions,
        lookups: Lookups | None,
    ) -> None:
        self._nodes = nodes
        self._decisions = decisions
        self._lookups = lookups
        context = self._context(history.start)
        decisions.withhold(history.start.facts)
        self.instance, facts = Instance.start(definition, instance_id, context, history.start.variables, decisions)
        self.start = replace(history.start, context=context.recorded(), facts=facts)
        self.effective: list[RecordedMove] = []
        self.held: list[RecordedMove] = []
        self.skipped: list[RecordedMove] = []
        self.reordered: list[RecordedMove] = []

    def copy(self) -> Replay:
        """Return another one to try things with."""
        other = object.__new__(Replay)
        instance = Instance.restore(self.instance.definition, self.instance.snapshot())
        lists = {name: list(getattr(self, name)) for name in ("effective", "held", "skipped", "reordered")}
        vars(other).update(vars(self) | lists | {"instance": instance, "_decisions": self._decisions.copy()})
        return other

    def take(self, step: RecordedMove) -> None:
        """Make a recorded move now, or hold it until it is possible, or skip it for good."""
        kind = ANSWERS.get(type(step.move))
        if kind and not opens_as(self._nodes.get(element_of(key_of(step.move))), kind):
            self.skipped.append(step)
        elif self._make(step):
            self.retry()
        elif kind:
            self.held.append(step)

    def retry(self) -> bool:
        """Make whatever is held and has become possible; return whether anything had."""
        made = False
        while step := next((step for step in self.held if self._make(step)), None):
            self.held.remove(step)
            self.reordered.append(step)
            made = True
        return made

    def _make(self, step: RecordedMove) -> bool:
        move = self._fitting(step)
        if move is None:
            return False
        self.make(replace(step, move=move))
        return True

    def make(self, step: RecordedMove) -> None:
        context = self._context(step)
        self._decisions.withhold(step.facts)
        facts = self.instance.handle(step.move, context, self._decisions)
        self.effective.append(replace(step, context=context.recorded(), facts=facts))

    def _fitting(self, record: RecordedMove) -> Move | None:
        """Return the move in terms of what is open now; None while it is not possible."""
        move, instance = record.move, self.instance
        if instance.ended or (instance.suspended and not isinstance(move, Resume | Withdraw)):
            return None
        if isinstance(move, Complete):
            step = find(move.key, instance.open_steps)
            return replace(move, key=step.key) if step else None
        if isinstance(move, FireTimer):
            timer = find(move.key, instance.timers)
            is_due = timer is not None and time_of(timer.due_at) <= record.now
            return FireTimer(timer.key, timer.due_at) if timer and is_due else None
        if isinstance(move, Deliver):
            wait = find(move.key or "", instance.waits)
            return replace(move, key=wait.key, message=wait.message) if wait else None
        if isinstance(move, Retry):
            incident = find(move.key, instance.incidents)
            return Retry(incident.key) if incident else None
        return None if isinstance(move, Resume) and not instance.suspended else move

    def _context(self, record: StartRecord | RecordedMove) -> Context:
        # A limit that nobody was told yet begins today, not when the move was made.
        forgotten = {"due_on"} if self._lookups else set()
        recorded = {name: answers for name, answers in record.context.items() if name not in forgotten}
        return Context.from_recorded(record.now, recorded, self._lookups)


def key_of(move: Move) -> str:
    return str(getattr(move, "key", ""))
