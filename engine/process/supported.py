"""Which elements run, and with which events: the tables of docs/BPMN.md."""

from __future__ import annotations

from engine.process.catching import THROWS
from engine.process.model import Node, ProcessModel

# What runs, and with which event definitions; none at all is meant where MUST_WAIT does not name it.
SUPPORTED: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"message", "signal", "timer", "error", "escalation", "conditional"}),
    "endEvent": frozenset({"terminate", "message", "signal", "error", "escalation", "cancel", "compensate"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal", "link", "conditional"}),
    "intermediateThrowEvent": frozenset({"message", "signal", "escalation", "link", "compensate"}),
    "boundaryEvent": frozenset(
        {"timer", "message", "signal", "error", "escalation", "cancel", "compensate", "conditional"}
    ),
    "userTask": frozenset(),
    "manualTask": frozenset(),
    "task": frozenset(),
    "scriptTask": frozenset(),
    "sendTask": frozenset({"message"}),
    "receiveTask": frozenset({"message"}),
    "businessRuleTask": frozenset(),
    "callActivity": frozenset(),
    "subProcess": frozenset(),
    "exclusiveGateway": frozenset(),
    "inclusiveGateway": frozenset(),
    "parallelGateway": frozenset(),
    "eventBasedGateway": frozenset(),
}
# Start events of a process itself; errors and escalations start event subprocesses alone.
STARTS_PROCESS = frozenset({"message", "signal", "timer"})
RACES = frozenset({"message", "signal", "timer"})  # behind an event-based gateway
MUST_WAIT = frozenset({"intermediateCatchEvent", "boundaryEvent", "receiveTask"})


def may_have_several(process: ProcessModel, node: Node) -> bool:
    """Whether a node may have the several events it has: thrown all, awaited the first, or all where it says so."""
    kinds = {event.kind for event in node.events}
    if node.kind in THROWS:
        return kinds <= {"message", "signal"}
    plain = kinds <= RACES and not any(event.timer and event.timer.is_cycle for event in node.events)
    starts_process = node.kind == "startEvent" and node.scope == process.id
    first = not node.waits_for_all and (node.kind == "boundaryEvent" or starts_process)
    return plain and (first or node.kind == "intermediateCatchEvent")


def may_race(target: Node) -> bool:
    """Whether an event or task may stand behind an event-based gateway."""
    kinds = [event.kind for event in target.events if not (event.timer and event.timer.is_cycle)]
    catches = target.kind == "intermediateCatchEvent" and len(target.events) == 1 and RACES.issuperset(kinds) and kinds
    return (catches or (target.kind == "receiveTask" and target.loop is None)) and len(target.incoming) == 1
