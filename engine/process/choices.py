"""What expressions decide where a token stands: flows, instances of a multi-instance, rounds of a loop.

An expression without a value, or one that leads nowhere, parks the token; it is never guessed.
"""

from __future__ import annotations

import re
from typing import Any

from engine.process.decided import Decided
from engine.process.definition import COMPLETION, CONDITION, COUNTERS, LOOP, THROWN, values_of
from engine.process.expressions import ExpressionFailed, Program
from engine.process.model import Event, Flow
from engine.process.places import Place, Places
from engine.process.spiff.tasks import UNFINISHED
from engine.process.state import State

MAX_INSTANCES = 1_000
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_KEY = re.compile(r"[\w.:-]{1,100}")


class Parked(Exception):
    """A token cannot go on. `why` is a code, `detail` never holds what a person typed."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.detail = detail


class Choices:
    """Answers for the tokens of one instance; what was decided before is answered the same."""

    def __init__(self, places: Places, state: State, decided: Decided) -> None:
        self._places = places
        self._state = state
        self._decided = decided

    def flows(self, place: Place) -> list[str]:
        """Return the flows a token takes: one out of an exclusive gateway, of others every flow that holds."""
        flows = place.owner.outgoing(place.node)
        if recorded := self._decided.flows(self._places.key(place.task), flows):
            return recorded
        exclusive = place.node.kind == "exclusiveGateway"
        chosen: list[str] = []
        for flow in flows:
            if flow.id != place.node.default and flow.condition and self._holds(place, flow):
                chosen.append(flow.id)
                if exclusive:
                    break
        if not chosen and place.node.default:
            chosen = [place.node.default]
        # Behind an activity a flow without condition is always taken; a gateway has none.
        chosen += [flow.id for flow in flows if not flow.condition and flow.id != place.node.default]
        if not chosen:
            raise Parked("no_flow_true")
        return [flow.id for flow in flows if flow.id in chosen]

    def _holds(self, place: Place, flow: Flow) -> bool:
        return bool(self._evaluate(place.owner.programs[flow.id], place))

    def _evaluate(self, program: Program, place: Place, counters: dict[str, int] | None = None) -> Any:
        variables = self._state.variables.get(place.frame, {})
        return program.evaluate(values_of(place.owner, variables, program.names) | (counters or {}))

    def becomes_true(self, place: Place) -> bool:
        """Say whether the condition an event waits for holds and did not before; a name without a value: not yet."""
        data = place.task.internal_data
        held = bool(data.get("held"))
        try:
            data["held"] = bool(self._evaluate(place.owner.programs[f"{place.node.id}{CONDITION}"], place))
        except ExpressionFailed as failed:
            if failed.code != "cel_value_missing":
                raise
            data["held"] = False
        return data["held"] and not held

    def instances(self, place: Place) -> list[str]:
        """Return the keys of the instances of a multi-instance."""
        value = self._evaluate(place.owner.programs[place.node.id], place)
        if isinstance(value, list):
            keys = [str(item) for item in value]
            if len(set(keys)) < len(keys) or not all(_KEY.fullmatch(key) for key in keys):
                if not place.owner.bare:
                    raise Parked("instance_keys")
                keys = [str(number + 1) for number in range(len(keys))]
        else:
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_INSTANCES:
                raise Parked("instance_limit", str(MAX_INSTANCES))
            keys = [str(number + 1) for number in range(value)]
        if len(keys) > MAX_INSTANCES:
            raise Parked("instance_limit", str(MAX_INSTANCES))
        return keys

    def enough(self, place: Place) -> bool:
        """Say whether the completion condition of a multi-instance holds; asked after each of its instances."""
        data = place.task.internal_data
        program = place.owner.programs.get(f"{place.node.id}{COMPLETION}")
        return program is not None and "left" in data and bool(self._evaluate(program, place, _counters(place)))

    def thrown(self, place: Place) -> list[Event]:
        """Return what a multi-instance throws because an instance of it is done; asked after each of them."""
        loop, data = place.node.loop, place.task.internal_data
        if loop is None or not loop.throws or "left" not in data:
            return []
        counters = _counters(place)
        if loop.behavior == "One" and counters[COUNTERS[0][2]] > 1:
            return []
        programs = [place.owner.programs.get(f"{place.node.id}{THROWN}{number}") for number in range(len(loop.throws))]
        return [
            event
            for event, program in zip(loop.throws, programs, strict=True)
            if program is None or self._evaluate(program, place, counters)
        ]

    def again(self, place: Place) -> bool:
        """Say whether a standard loop runs once more."""
        loop = place.node.loop
        count = place.task.internal_data.get("count", 0)
        if loop is None or (loop.maximum and count >= int(loop.maximum)):
            return False
        if loop.condition is None or (count == 0 and not loop.before):
            return True
        return bool(self._evaluate(place.owner.programs[f"{place.node.id}{LOOP}"], place))


def _counters(place: Place) -> dict[str, int]:
    """Return how many instances a multi-instance has, how many are going on and how many are done, by name."""
    data = place.task.internal_data
    total = len(data["keys"])
    active = sum(task.has_state(UNFINISHED) for task in place.task.children if "item" in task.internal_data)
    counts = (total, active, total - active - len(data["left"]))
    return {name: counts[number] for names in COUNTERS for number, name in enumerate(names)}


def chooses(place: Place) -> bool:
    """Whether a gateway chooses among flows here."""
    flows = place.owner.outgoing(place.node)
    return place.node.kind in CHOOSING and (len(flows) > 1 or any(flow.condition for flow in flows))
