"""From our model of a process to SpiffWorkflow specifications.

Built directly, not by SpiffWorkflow's parser: that one drops a flow without id, orders the flows of a gateway by
the height of the shapes, runs scripts beside a task, and recurses once for each step of a chain. Here flows keep
the order of the file, whatever the picture.
"""

from __future__ import annotations

from engine.process.model import ACTIVITIES, Flow, Node, ProcessModel
from engine.process.spiff.tasks import (
    BoundarySplit,
    Call,
    Choice,
    Compensate,
    EventGateway,
    Gather,
    InclusiveJoin,
    Join,
    MultiInstance,
    ProcessSpec,
    StandardLoop,
    StartEvent,
    TaskSpec,
    Terminate,
    Trigger,
    UserTask,
    Wait,
)

MANUAL = frozenset({"userTask", "manualTask"})
# What is built for one activity beside itself.
PARTS = ("[start]", "[boundary]", "[]", "[loop]", "[flows]", "[several]")
WAITS = frozenset({"intermediateCatchEvent", "boundaryEvent", "receiveTask"})


def build(process: ProcessModel) -> dict[str, ProcessSpec]:
    """Return the specification of a process that passed the guard, and of each subprocess embedded in it."""
    scopes = [process.id, *(node.id for node in process.nodes.values() if node.kind == "subProcess")]
    return {spec_name(process, scope): _build_scope(process, scope) for scope in scopes}


def spec_name(process: ProcessModel, scope: str) -> str:
    """Name a specification; "/" keeps an embedded subprocess apart from a process with its id."""
    return scope if scope == process.id else f"{process.id}/{scope}"


def _build_scope(process: ProcessModel, scope: str) -> ProcessSpec:
    spec = ProcessSpec(spec_name(process, scope))
    nodes = {node.id: node for node in process.in_scope(scope)}
    flows = [flow for node in nodes.values() for flow in process.outgoing(node)]
    entries, exits = {}, {}
    for node in nodes.values():
        entries[node.id] = exits[node.id] = _build_node(process, spec, node)
        if node.kind == "intermediateCatchEvent" and node.catches_several:
            entries[node.id] = _before_several(spec, node)
        if node.kind in ACTIVITIES and any(flow.condition for flow in process.outgoing(node)):
            exits[node.id] = _choice(spec, node, exits[node.id])
    for node in nodes.values():
        if node.kind == "boundaryEvent" and node.attached_to in nodes and not node.compensates:
            _attach(spec, node, entries)
    undoing = [name for name, task_spec in entries.items() if isinstance(task_spec, Compensate)]
    for node in nodes.values():
        if node.for_compensation:
            spec.spec(node.id)._inputs = list(undoing)
        exits[node.id].copies = node.completion_quantity
        if node.start_quantity > 1:
            entries[node.id] = _gather(spec, node, entries[node.id])
    for flow in flows:
        # A flow into an activity with boundary events leads to the split before it.
        exits[flow.source].flow_to(flow.id, entries[flow.target])
    for node in nodes.values():
        if node.kind == "inclusiveGateway" and len(node.incoming) > 1:
            _set_reach(spec, node, nodes, flows)
    spec.start = _begin(process, spec, scope)
    for node in process.event_subprocesses(scope):
        spec.start.flow_to("", _trigger(process, spec, node, entries[node.id]))
    return spec


def _begin(process: ProcessModel, spec: ProcessSpec, scope: str) -> TaskSpec:
    """Return the root: the plain start event, or what stands before those that wait for something."""
    start = process.start_of(scope)
    owner = process.nodes.get(scope)
    if not start.events or (owner and owner.triggered):
        return spec.spec(start.id)
    root = StartEvent(spec, "[start]")
    root.element = ""
    gateway = EventGateway(spec, "[starts]")
    gateway.element = ""
    root.flow_to("", gateway)
    for node in process.starts_of(scope):
        for wait in _waits(spec, node):
            gateway.flow_to("", wait)
    return root


def _trigger(process: ProcessModel, spec: ProcessSpec, node: Node, target: TaskSpec) -> Trigger:
    start = process.start_of(node.id)
    trigger = Trigger(spec, f"{start.id}[trigger]")
    trigger.element = trigger.label = start.id
    trigger.shown = False
    trigger.interrupting = start.interrupting
    trigger.flow_to("", target)
    return trigger


def _choice(spec: ProcessSpec, node: Node, activity: TaskSpec) -> Choice:
    choice = Choice(spec, f"{node.id}[flows]")
    choice.element = node.id
    choice.shown = False
    activity.flow_to("", choice)
    return choice


def _build_node(process: ProcessModel, spec: ProcessSpec, node: Node) -> TaskSpec:
    if node.loop is None:
        return _build_plain(process, spec, node, node.id)
    # "[" cannot stand in an id of the file, so the names are free.
    inner = _build_plain(process, spec, node, f"{node.id}[]")
    inner.element = inner.label = node.id
    if node.loop.standard:
        loop = StandardLoop(spec, f"{node.id}[loop]", inner)
        loop.element = node.id
        loop.shown = False
        return loop
    many = MultiInstance(spec, node.id, inner, node.loop.sequential)
    many.asks = node.loop.completion is not None or bool(node.loop.throws)
    return many


def _build_plain(process: ProcessModel, spec: ProcessSpec, node: Node, name: str) -> TaskSpec:
    kind = node.kind
    if node.catches_several:
        return _build_several(spec, node, name)
    if kind == "startEvent":
        owner = process.nodes.get(node.scope)
        return Wait(spec, name) if node.events and not (owner and owner.triggered) else StartEvent(spec, name)
    if kind in MANUAL:
        return UserTask(spec, name)
    undoes = node.event is not None and node.event.kind in ("compensate", "cancel")
    if undoes and kind != "boundaryEvent":
        undo = Compensate(spec, name)
        undo.clears = node.event is not None and node.event.kind == "cancel"
        return undo
    if kind in WAITS and not (node.event and node.event.kind in ("link", "compensate")):
        wait = Wait(spec, name)
        cycle = kind == "intermediateCatchEvent" and node.event and node.event.timer and node.event.timer.is_cycle
        wait.interrupting = node.interrupting and not cycle
        return wait
    if kind == "callActivity":
        return Call(spec, name, node.called or "")
    if kind == "subProcess":
        return Call(spec, name, spec_name(process, node.id))
    if kind == "endEvent" and node.event and node.event.kind == "terminate":
        return Terminate(spec, name)
    if kind == "eventBasedGateway":
        return EventGateway(spec, name)
    if len(node.incoming) > 1 and kind in ("parallelGateway", "inclusiveGateway"):
        return (Join if kind == "parallelGateway" else InclusiveJoin)(spec, name, frozenset(node.incoming))
    return TaskSpec(spec, name)


def _build_several(spec: ProcessSpec, node: Node, name: str) -> TaskSpec:
    """Return what is passed once one of the events has come, or all of them, with a wait for each before it."""
    flows = [f"{name}>{number}" for number in range(len(node.events))]
    after = Join(spec, name, frozenset(flows)) if node.waits_for_all else TaskSpec(spec, name)
    for number, flow in enumerate(flows):
        wait = Wait(spec, f"{name}[{number}]")
        wait.element = wait.label = name
        wait.number, wait.shown, wait.interrupting = number, False, node.interrupting
        wait.flow_to(flow, after)
    return after


def _waits(spec: ProcessSpec, node: Node) -> list[TaskSpec]:
    """Return what waits for the events of a node."""
    if not node.catches_several:
        return [spec.spec(node.id)]
    return [spec.spec(f"{node.id}[{number}]") for number in range(len(node.events))]


def _before_several(spec: ProcessSpec, node: Node) -> TaskSpec:
    before = (TaskSpec if node.waits_for_all else EventGateway)(spec, f"{node.id}[several]")
    before.element, before.shown = node.id, False
    for wait in _waits(spec, node):
        before.flow_to("", wait)
    return before


def _gather(spec: ProcessSpec, node: Node, entry: TaskSpec) -> TaskSpec:
    gather = Gather(spec, f"{node.id}[start]", node.start_quantity)
    gather.element = node.id
    gather.shown = False
    gather.flow_to("", entry)
    return gather


def _attach(spec: ProcessSpec, event: Node, entries: dict[str, TaskSpec]) -> None:
    activity = event.attached_to or ""
    split = entries[activity]
    if not isinstance(split, BoundarySplit):
        split = BoundarySplit(spec, f"{activity}[boundary]")
        split.element = ""
        split.flow_to("", entries[activity])
        entries[activity] = split
    for wait in _waits(spec, event):
        split.flow_to("", wait)


def _set_reach(spec: ProcessSpec, join: Node, nodes: dict[str, Node], flows: list[Flow]) -> None:
    before: dict[str, set[str]] = {node: set() for node in nodes}
    for flow in flows:
        before[flow.target].add(flow.source)
    for node in nodes.values():
        if node.attached_to in nodes:
            before[node.id].add(node.attached_to)
    reach = {}
    for flow in flows:
        if flow.target != join.id:
            continue
        found, todo = {flow.source}, [flow.source]
        while todo:
            for source in before[todo.pop()] - found - {join.id}:
                found.add(source)
                todo.append(source)
        # A token may stand before an activity, in an instance of it, or behind it, and at one of several events.
        names = {f"{node}{part}" for node in found for part in ("", *PARTS)}
        names |= {f"{node}[{number}]" for node in found for number in range(len(nodes[node].events))}
        reach[flow.id] = frozenset(names)
    gateway = spec.spec(join.id)
    assert isinstance(gateway, InclusiveJoin)
    gateway.reach = reach
