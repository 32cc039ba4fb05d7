"""From our model of a process to SpiffWorkflow specifications.

Built directly, not by SpiffWorkflow's parser: that one drops a flow without id, orders the flows of a gateway by
the height of the shapes, runs scripts beside a task, and recurses once for each step of a chain. Here flows keep
the order of the file, whatever the picture.
"""

from __future__ import annotations

from engine.process.model import Flow, Node, ProcessModel
from engine.process.spiff.tasks import (
    BoundarySplit,
    Call,
    EventGateway,
    InclusiveJoin,
    Join,
    MultiInstance,
    ProcessSpec,
    StartEvent,
    TaskSpec,
    Terminate,
    UserTask,
    Wait,
)

MANUAL = frozenset({"userTask", "manualTask"})
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
    entries = {node.id: _build_node(process, spec, node) for node in nodes.values()}
    for node in nodes.values():
        if node.kind == "boundaryEvent" and node.attached_to in nodes:
            _attach(spec, node, entries)
    for flow in flows:
        # A flow into an activity with boundary events leads to the split before it.
        spec.spec(flow.source).flow_to(flow.id, entries[flow.target])
    for node in nodes.values():
        if node.kind == "inclusiveGateway" and len(node.incoming) > 1:
            _set_reach(spec, node, nodes, flows)
    spec.start = spec.spec(process.start_of(scope).id)
    return spec


def _build_node(process: ProcessModel, spec: ProcessSpec, node: Node) -> TaskSpec:
    if node.loop is None:
        return _build_plain(process, spec, node, node.id)
    # "[" cannot stand in an id of the file, so the name is free.
    inner = _build_plain(process, spec, node, f"{node.id}[]")
    inner.element = node.id
    return MultiInstance(spec, node.id, inner, node.loop.sequential)


def _build_plain(process: ProcessModel, spec: ProcessSpec, node: Node, name: str) -> TaskSpec:
    kind = node.kind
    if kind == "startEvent":
        return StartEvent(spec, name)
    if kind in MANUAL:
        return UserTask(spec, name)
    if kind in WAITS:
        wait = Wait(spec, name)
        wait.interrupting = node.interrupting
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


def _attach(spec: ProcessSpec, event: Node, entries: dict[str, TaskSpec]) -> None:
    activity = event.attached_to or ""
    split = entries[activity]
    if not isinstance(split, BoundarySplit):
        split = BoundarySplit(spec, f"{activity}[boundary]")
        split.element = ""
        split.flow_to("", entries[activity])
        entries[activity] = split
    split.flow_to("", spec.spec(event.id))


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
        # An activity's token may stand at the split before it or in an instance of it.
        reach[flow.id] = frozenset(name for node in found for name in (node, f"{node}[boundary]", f"{node}[]"))
    gateway = spec.spec(join.id)
    assert isinstance(gateway, InclusiveJoin)
    gateway.reach = reach
