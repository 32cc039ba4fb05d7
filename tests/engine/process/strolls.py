"""Strolls: a process taken wherever chance leads, written down as the journal would, and carried out again from that.

`python -m tests.engine.process.strolls FILE` carries out what FILE says in a process of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from engine.canonical import time_of, time_text
from engine.facts import from_json
from engine.process.context import Context, Lookups
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.model import Node
from engine.process.moves import (
    Broadcast,
    Complete,
    Deliver,
    FireTimer,
    Move,
    Resume,
    Retry,
    Suspend,
    move_from_json,
    move_to_json,
)
from tests.engine.process.drawing import ID

Fields = Callable[[Node, Random], dict[str, Any]]
Line = dict[str, Any]


def stroll(
    process: ProcessDefinition,
    begins: datetime,
    office: Lookups,
    variables: Mapping[str, Any],
    fields: Fields,
    seed: int,
    length: int,
) -> list[Line]:
    """Return the entries of a stroll: the start and at most `length` moves, chosen by `seed`."""
    chance, now = Random(seed), begins
    context = Context(now, office)
    instance, facts = Instance.start(process, ID, context, variables)
    lines = [_line(None, context, facts, instance) | {"variables": dict(variables)}]
    while len(lines) <= length and not instance.ended:
        moves = list(_possible(instance, chance, fields))
        if not moves:
            break
        move = chance.choice(moves)
        now += timedelta(days=chance.randrange(3))
        if isinstance(move, FireTimer):
            now = max(now, time_of(move.due_at))
        context = Context(now, office)
        facts = instance.handle(move, context)
        lines.append(_line(move, context, facts, instance))
    return lines


def followed(
    process: ProcessDefinition,
    begins: datetime,
    office: Lookups,
    variables: Mapping[str, Any],
    way: Iterable[Callable[[Instance], Move]],
) -> list[Line]:
    """Return the entries of a way that is laid out beforehand; a day passes with every move."""
    now = begins
    context = Context(now, office)
    instance, facts = Instance.start(process, ID, context, variables)
    lines = [_line(None, context, facts, instance) | {"variables": dict(variables)}]
    for act in way:
        move = act(instance)
        now += timedelta(days=1)
        if isinstance(move, FireTimer):
            now = max(now, time_of(move.due_at))
        context = Context(now, office)
        lines.append(_line(move, context, instance.handle(move, context), instance))
    return lines


def _possible(instance: Instance, chance: Random, fields: Fields) -> Iterator[Move]:
    if instance.suspended:
        yield Resume()
        return
    node = instance.definition.node
    for step in instance.open_steps:
        found = node(step.element)
        assert found is not None
        yield from [Complete(step.key, fields(found, chance))] * 6
    yield from (FireTimer(timer.key, timer.due_at) for timer in instance.timers)
    for wait in instance.waits:
        yield Deliver(wait.message, wait.key) if wait.kind == "message" else Broadcast(wait.message)
    yield from (Retry(incident.key) for incident in instance.incidents)
    if instance.open_items:
        yield Suspend()


def _line(move: Move | None, context: Context, facts: Any, instance: Instance) -> Line:
    return {
        "move": move_to_json(move) if move else None,
        "at": time_text(context.now),
        "context": context.recorded(),
        "facts": [fact.to_json() for fact in facts],
        "state_hash": instance.state_hash(),
    }


def carried_out_again(process: ProcessDefinition, lines: list[Line], *, reload: bool) -> int:
    """Carry out the entries again and compare facts and state after each; return how many were compared.

    Args:
        reload: whether the instance is kept as a snapshot, and restored, between any two of them.
    """
    instance: Instance | None = None
    for line in lines:
        context = Context.from_recorded(time_of(line["at"]), line["context"])
        if instance is None:
            instance, facts = Instance.start(process, ID, context, line["variables"])
        else:
            if reload:
                instance = Instance.restore(process, instance.snapshot())
            facts = instance.handle(move_from_json(line["move"]), context)
        assert [fact.to_json() for fact in facts] == line["facts"]
        assert [from_json(fact) for fact in line["facts"]] == facts
        assert instance.state_hash() == line["state_hash"]
    return len(lines)


def main(file: str) -> None:
    """Carry out {"release/process": [lines, ...]} of the releases that ship."""
    from tests.workflows.journeys import shipped

    count = 0
    for name, strolls in json.loads(Path(file).read_text("utf-8")).items():
        release, process = name.split("/")
        for number, lines in enumerate(strolls):
            count += carried_out_again(shipped(release).process(process), lines, reload=bool(number % 2))
    print(count)


if __name__ == "__main__":
    main(sys.argv[1])
