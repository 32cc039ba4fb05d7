"""Instances at every place of a diagram, with the records a journal would hold of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.canonical import time_of
from engine.facts import StepCompleted
from engine.process.context import Context
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.migration import Migration, RecordedMove, StartRecord, fold, reexecute
from engine.process.moves import Complete, Deliver, FireTimer, Move
from tests.engine.process.drawing import ID, NOW, Office

LATER = Office(date(2027, 1, 4))
Answer = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Position:
    """One instance: its history, where it stands, and in words of the diagram what was done and is open."""

    name: str
    start: StartRecord
    steps: tuple[RecordedMove, ...]
    instance: Instance
    done: tuple[str, ...]
    open: frozenset[str]

    @property
    def ended(self) -> bool:
        return self.instance.ended


class Recorder:
    """Drives an instance and keeps what a journal would; every move comes a day after the last, or when due."""

    def __init__(self, definition: ProcessDefinition, **variables: Any) -> None:
        self.definition = definition
        context = Context(NOW, Office())
        self.instance, facts = Instance.start(definition, ID, context, variables)
        self.start = StartRecord(variables, NOW, _kept(context.recorded()), facts)
        self.steps: list[RecordedMove] = []

    def make(self, move: Move) -> None:
        now = (self.steps[-1].now if self.steps else NOW) + timedelta(days=1)
        if isinstance(move, FireTimer):
            now = max(now, time_of(move.due_at))
        context = Context(now, Office(now.date()))
        facts = self.instance.handle(move, context)
        self.steps.append(RecordedMove(move, now, _kept(context.recorded()), facts))

    def answer(self, element: str, fields: Mapping[str, Any]) -> None:
        self.make(move_for(self.instance, element, fields))

    def position(self, name: str) -> Position:
        done = [fact.element for step in self.steps for fact in step.facts if isinstance(fact, StepCompleted)]
        instance = self.instance
        elements = [item.element for item in (*instance.open_steps, *instance.waits)]
        restored = Instance.restore(self.definition, instance.snapshot())
        return Position(name, self.start, tuple(self.steps), restored, tuple(done), frozenset(elements))


def _kept(recorded: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(json.dumps(recorded))
    return kept


def move_for(instance: Instance, element: str, fields: Mapping[str, Any]) -> Move:
    """Return the move that answers the oldest open item of an element, or of a key."""
    for step in instance.open_steps:
        if element in (step.element, step.key):
            return Complete(step.key, fields)
    for timer in instance.timers:
        if timer.element == element:
            return FireTimer(timer.key, timer.due_at)
    wait = next(wait for wait in instance.waits if wait.element == element)
    return Deliver(wait.message, wait.key, fields)


def positions(
    definition: ProcessDefinition, journeys: Mapping[str, Sequence[Answer]], **variables: Any
) -> Iterator[Position]:
    """Yield an instance for every place on every journey; a beginning that two share counts once."""
    begun: set[str] = set()
    for name, answers in journeys.items():
        recorder = Recorder(definition, **variables)
        if not begun:
            yield recorder.position(f"{name} 0")
        for number, (element, fields) in enumerate(answers, 1):
            recorder.answer(element, fields)
            so_far = repr(answers[:number])
            if so_far not in begun:
                begun.add(so_far)
                yield recorder.position(f"{name} {number} {element}")


def migrated(
    old: ProcessDefinition, new: ProcessDefinition, at: Position, renames: Mapping[str, str] | None = None
) -> Migration:
    """Fold, and hold the result to what every fold must keep."""
    migration = fold(old, new, ID, at.start, at.steps, renames=renames, lookups=LATER)
    assert (migration.instance is None) == (migration.verdict == "must_stay")
    if migration.instance and migration.start:
        again = reexecute(new, ID, through_json(migration.start), [through_json(step) for step in migration.effective])
        assert again.state_hash() == migration.instance.state_hash()
        assert again.snapshot() == migration.instance.snapshot()
    if migration.verdict in ("untouched", "moves"):
        promised_is_kept(at.instance, migration)
    return migration


def through_json(record: Any) -> Any:
    return type(record).from_json(json.loads(json.dumps(record.to_json())))


def promised_is_kept(before: Instance, migration: Migration) -> None:
    """Whatever is open is found again under its key and keeps its due date."""
    assert migration.instance
    steps = {step.key: step for step in migration.instance.open_steps}
    timers = {timer.key: timer for timer in migration.instance.timers}
    for step in before.open_steps:
        assert steps[migration.keys[step.key]].due_on == step.due_on
    for timer in before.timers:
        if timer.key in migration.keys:
            assert timers[migration.keys[timer.key]].due_at == timer.due_at


def runs_to_its_end(instance: Instance, answers: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether an instance ends if people go on answering."""
    recorder_now = NOW + timedelta(days=400)
    for _ in range(60):
        if instance.ended:
            return True
        items = [*instance.open_steps, *instance.waits]
        if instance.incidents or not items:
            return False
        element = items[0].element
        move = move_for(
            instance, items[0].key if items[0] in instance.open_steps else element, answers.get(element, {})
        )
        instance.handle(move, Context(recorder_now, LATER))
    return False
