"""What a diagram must be before it may run: a table of small rules over the model of a process.

SpiffWorkflow accepts much that it then runs wrongly or not at all. Here only what is known to run as it reads is
let through; the rest is refused by name. To add a rule, write a generator of findings and put it into RULES or,
where it only makes sense for our own diagrams, into OUR_RULES.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from unicodedata import category

from engine.errors import Problem
from engine.process.findings import finding
from engine.process.model import ACTIVITIES, DOSSIER_STATES, MILESTONES, Event, Flow, Loop, Node, ProcessModel
from engine.process.soundness import check_soundness
from engine.process.supported import MUST_WAIT, STARTS_PROCESS, SUPPORTED, may_have_several, may_race
from engine.process.timers import due_at, rounds_of

CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})

# DOMAIN §3.1; VT is the registry clerk of any body, and paper.bpmn has roles its kind of paper resolves.
ROLES = frozenset(
    {
        *("CN_DX", "CB_TDKT_DV", "HD_DV", "TT_DV", "VT", "CA_TH", "CA_LD", "SNV_TN", "SNV_CV", "SNV_TP", "SNV_GD"),
        *("CQ_HY", "HD_TINH", "TK_HD", "VP_CV", "VP_LD", "CT_UBND", "BTV_TU", "TW_TDKT", "TTG", "CTN"),
        *("drafter", "reviewer", "signer", "registry"),
    }
)
UNIT_SCOPES = frozenset(
    {
        *("proposing_unit", "superior_unit", "consolidator", "front_desk", "appraiser", "council", "office"),
        *("chairman", "consulted_body", "issuing_body", "receiving_body"),
    }
)
MAX_LIMIT = 3650


@dataclass(frozen=True)
class World:
    """What a diagram may refer to."""

    processes: dict[str, ProcessModel] = field(default_factory=dict)
    forms: Collection[str] = frozenset()
    decisions: Collection[str] = frozenset()
    roles: Collection[str] = ROLES


Rule = Callable[[ProcessModel, World], Iterator[Problem]]


def check_process(process: ProcessModel, world: World, *, bare: bool = False) -> list[Problem]:
    """Return what is wrong with a process. `bare`: a foreign file, which need not know our roles and forms."""
    rules = RULES if bare else [*RULES, *OUR_RULES]
    problems = {problem for rule in rules for problem in rule(process, world)}
    if not any(problem.severity == "error" for problem in problems):
        problems |= set(check_soundness(process, world.processes, strict=not bare))
    return sorted(problems)


def _at(
    code: str, process: ProcessModel, item: Node | Flow, severity: Literal["error", "warning"] = "error", **params: Any
) -> Problem:
    return finding(code, process.file, item.line, item.id, severity, **params)


def only_supported(process: ProcessModel, world: World) -> Iterator[Problem]:
    for node in process.nodes.values():
        if node.kind not in SUPPORTED:
            yield _at("element_unsupported", process, node, tag=node.kind)
            continue
        for event in node.events:
            if event.kind not in SUPPORTED[node.kind]:
                yield _at("event_unsupported", process, node, kind=event.kind, tag=node.kind)
        if len(node.events) > 1 and not may_have_several(process, node):
            yield _at("event_unsupported", process, node, kind="multiple", tag=node.kind)
        if not node.events and node.kind in MUST_WAIT:
            yield _at("event_unsupported", process, node, kind="none", tag=node.kind)


def no_scripts(process: ProcessModel, world: World) -> Iterator[Problem]:
    for node in process.nodes.values():
        if node.kind == "scriptTask" and not node.scripts:
            yield _at("script_not_run", process, node, "warning")
        for tag in node.scripts:
            yield _at("script_forbidden", process, node, tag=tag)


def loops_have_an_end(process: ProcessModel, world: World) -> Iterator[Problem]:
    for node in process.nodes.values():
        loop = node.loop
        if loop is None:
            continue
        if loop.standard:
            if loop.maximum and not _is_count(loop.maximum):
                yield _at("loop_unsupported", process, node, what=f"loopMaximum {loop.maximum[:20]}")
            elif not loop.maximum and not loop.condition:
                yield _at("loop_unsupported", process, node, what="loopCondition")
        elif loop.behavior != "All" and not _throws_well(loop):
            yield _at("loop_unsupported", process, node, what=f"behavior {loop.behavior[:20]}")
        elif bool(loop.cardinality) == bool(loop.collection):
            yield _at("loop_unsupported", process, node, what="loopCardinality")
        if node.kind not in ACTIVITIES or node.kind == "businessRuleTask" or node.triggered or node.transaction:
            yield _at("loop_unsupported", process, node, what=node.kind)


def _throws_well(loop: Loop) -> bool:
    known = all(event.kind in ("message", "signal") for event in loop.throws)
    return bool(loop.throws) and known and (loop.behavior != "Complex" or all(e.condition for e in loop.throws))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= 1_000


def scopes_begin_and_end(process: ProcessModel, world: World) -> Iterator[Problem]:
    for scope, line in _scopes(process):
        yield from _starts(process, scope, line)
        nodes = list(process.in_scope(scope))
        if not any(node.kind == "endEvent" for node in nodes):
            yield finding("end_missing", process.file, line, scope, "warning")
        for node in nodes:
            begun = bool(node.incoming) or node.kind == "startEvent"
            if begun and not node.outgoing and not _may_end(process, node) and any(n.kind == "endEvent" for n in nodes):
                yield _at("end_implicit", process, node, "warning")
            if node.kind == "startEvent" and node.incoming:
                yield _at("flow_into_start", process, process.flows[node.incoming[0]])
            if node.kind == "endEvent" and node.outgoing:
                yield _at("flow_out_of_end", process, process.flows[node.outgoing[0]])


def _may_end(process: ProcessModel, node: Node) -> bool:
    throws_link = node.kind == "intermediateThrowEvent" and any(event.kind == "link" for event in node.events)
    return node.kind == "endEvent" or node.triggered or throws_link


def _starts(process: ProcessModel, scope: str, line: int) -> Iterator[Problem]:
    starts = process.starts_of(scope)
    plain = [node for node in starts if not node.events]
    owner = process.nodes.get(scope)
    if owner and owner.triggered:
        if len(starts) != 1 or plain:
            yield _at("event_subprocess_start", process, owner)
        return
    if not starts:
        yield finding("start_missing", process.file, line, scope)
    elif len(plain) > 1 or (owner and len(starts) > 1):
        yield _at("start_several", process, starts[1], count=len(starts))
    for node in starts:
        for event in node.events:
            if owner or event.kind not in STARTS_PROCESS:
                yield _at("event_unsupported", process, node, kind=event.kind, tag="startEvent")


def event_subprocesses_stand_alone(process: ProcessModel, world: World) -> Iterator[Problem]:
    for node in process.nodes.values():
        if node.triggered:
            for flow in (*node.incoming, *node.outgoing):
                yield _at("event_subprocess_flow", process, process.flows[flow])


def only_transactions_are_cancelled(process: ProcessModel, world: World) -> Iterator[Problem]:
    cancelled = {n.attached_to for n in process.nodes.values() if n.kind == "boundaryEvent" and _cancels(n)}
    for node in filter(_cancels, process.nodes.values()):
        owner = process.nodes.get((node.attached_to if node.kind == "boundaryEvent" else node.scope) or "")
        if owner is None or not owner.transaction or owner.id not in cancelled or not node.interrupting:
            yield _at("cancel_misplaced", process, node)
        elif any(_nests_compensation(process, inner, world) for inner in process.in_scope(owner.id)):
            yield _at("compensation_unbound", process, node)


def _cancels(node: Node) -> bool:
    return any(event.kind == "cancel" for event in node.events)


def compensation_is_bound(process: ProcessModel, world: World) -> Iterator[Problem]:
    """Only what is done and undone in one scope: nothing nested, nothing that runs several times."""
    undone = {node.handler for node in process.compensations.values()}
    for node in process.nodes.values():
        if node.for_compensation and (node.id not in undone or node.incoming or node.outgoing or node.attached_to):
            yield _at("compensation_unbound", process, node)
        if not node.compensates:
            continue
        if node.kind == "boundaryEvent":
            host = process.nodes.get(node.attached_to or "")
            handler = process.nodes.get(node.handler or "")
            if host is None or handler is None or not _undoes(process, handler, host) or node.outgoing:
                yield _at("compensation_unbound", process, node)
        elif not _can_undo(process, node, world):
            yield _at("compensation_unbound", process, node)


def _undoes(process: ProcessModel, handler: Node, host: Node) -> bool:
    several = host.loop or handler.loop
    alone = handler.id not in {node.attached_to for node in process.nodes.values()}
    sole = sum(node.attached_to == host.id and node.compensates for node in process.nodes.values()) == 1
    return handler.for_compensation and handler.scope == host.scope and not several and alone and sole


def _can_undo(process: ProcessModel, thrower: Node, world: World) -> bool:
    hosts = {host for host in process.compensations if process.nodes[host].scope == thrower.scope}
    named = thrower.event.name if thrower.event else ""
    nested = any(_nests_compensation(process, node, world) for node in process.in_scope(thrower.scope))
    return bool(hosts) and (not named or named in hosts) and not nested


def _nests_compensation(process: ProcessModel, node: Node, world: World) -> bool:
    called = world.processes.get(node.called or "")
    if called and any(inner.compensates for inner in called.nodes.values()):
        return True
    inside = process.in_scope(node.id)
    return any(inner.compensates or _nests_compensation(process, inner, world) for inner in inside)


def all_reachable(process: ProcessModel, world: World) -> Iterator[Problem]:
    beside: dict[str, list[str]] = {}  # what begins with a scope or an activity
    for node in process.nodes.values():
        if node.attached_to:
            beside.setdefault(node.attached_to, []).append(node.id)
        if node.handler in process.nodes:
            beside.setdefault(node.id, []).append(node.handler)
        if node.kind == "startEvent" or node.triggered:
            beside.setdefault(node.scope, []).append(node.id)
    todo = list(beside.get(process.id, ()))
    reached = set(todo)
    while todo:
        node = process.nodes[todo.pop()]
        ahead = {flow.target for flow in process.outgoing(node)} | set(beside.get(node.id, ()))
        todo += ahead - reached
        reached |= ahead
    for node in process.nodes.values():
        if node.id not in reached:
            yield _at("unreachable", process, node, "warning")


def gateways_decide(process: ProcessModel, world: World) -> Iterator[Problem]:
    for node in process.nodes.values():
        flows = process.outgoing(node)
        if node.default and node.default not in node.outgoing:
            yield _at("default_unknown", process, node, ref=node.default)
        if node.kind not in CHOOSING:
            for flow in flows:
                if flow.condition and (node.kind not in ACTIVITIES or flow.id == node.default):
                    yield _at("condition_misplaced", process, flow)
            continue
        if len(flows) < 2 and not any(flow.condition for flow in flows):
            continue
        for flow in flows:
            if flow.condition and flow.id == node.default:
                yield _at("condition_misplaced", process, flow)
            if flow.condition is None and flow.id != node.default:
                yield _at("gateway_condition_missing", process, flow, gateway=node.id)
        if node.default is None and all(flow.condition for flow in flows):
            yield _at("gateway_no_default", process, node, "warning")


def events_wait_for_something(process: ProcessModel, world: World) -> Iterator[Problem]:
    hosts = {node.attached_to for node in process.nodes.values() if node.attached_to}
    for node in process.nodes.values():
        if node.kind == "boundaryEvent" and not _sits_well(process, node):
            yield _at("boundary_unattached", process, node)
        if node.kind == "eventBasedGateway":
            targets = [process.nodes[flow.target] for flow in process.outgoing(node)]
            if not targets or any(target.id in hosts or not may_race(target) for target in targets):
                yield _at("event_gateway_target", process, node)
        for event in node.events:
            if event.kind == "error" and not node.interrupting and node.kind in ("startEvent", "boundaryEvent"):
                name = "isInterrupting" if node.kind == "startEvent" else "cancelActivity"
                yield _at("attribute_unsupported", process, node, name=name, value="false", tag=node.kind)
            if event.kind == "conditional" and not event.condition:
                yield _at("event_unsupported", process, node, kind="conditional without condition", tag=node.kind)
            if event.kind == "timer":
                yield from _timer(process, node, event)


def _sits_well(process: ProcessModel, node: Node) -> bool:
    host = process.nodes.get(node.attached_to or "")
    return (
        host is not None
        and host.kind in ACTIVITIES
        and not host.triggered
        and host.scope == node.scope
        and not node.incoming
    )


def _timer(process: ProcessModel, node: Node, event: Event) -> Iterator[Problem]:
    text = event.timer.text if event.timer else ""
    try:
        if event.timer is None:
            raise ValueError
        # Far ahead, so that what is within bounds today will be so as long as the diagram lives.
        due_at(event.timer, datetime(2099, 1, 1, tzinfo=UTC))
    except (ValueError, OverflowError):
        yield _at("timer_invalid", process, node, text=text[:100])
        return
    if event.timer.is_cycle and node.kind == "intermediateCatchEvent" and rounds_of(event.timer) is None:
        yield _at("cycle_misplaced", process, node, text=text[:100])


def links_are_paired(process: ProcessModel, world: World) -> Iterator[Problem]:
    catches = Counter(
        (node.scope, event.name)
        for node in process.nodes.values()
        for event in node.events
        if event.kind == "link" and node.kind == "intermediateCatchEvent"
    )
    for node in process.nodes.values():
        for event in node.events:
            if event.kind != "link":
                continue
            throws = node.kind == "intermediateThrowEvent"
            drawn = [flow for flow in node.incoming if not flow.endswith(">link")]
            if catches[node.scope, event.name] != 1 or (len(node.outgoing) != 1 if throws else drawn):
                yield _at("link_unpaired", process, node, ref=event.name[:100])


def errors_are_caught(process: ProcessModel, world: World) -> Iterator[Problem]:
    called = {node.called for other in world.processes.values() for node in other.nodes.values()}
    for node in process.nodes.values():
        for event in node.events:
            uncaught = event.kind == "error" and node.kind == "endEvent" and not _catchers(process, node, event)
            if uncaught and process.id not in called:
                yield _at("error_uncaught", process, node, "warning", ref=event.name[:100])


def _catchers(process: ProcessModel, thrower: Node, event: Event) -> list[Node]:
    """Return what catches an error thrown at an end event, in the scopes around it."""
    found: list[Node] = []
    scope: str | None = thrower.scope
    inside = ""  # the event subprocess the error comes out of does not catch it again
    while scope:
        places = [n.id for n in process.event_subprocesses(scope) if n.id != inside]
        for node in process.nodes.values():
            caught = node.attached_to == scope or (node.kind == "startEvent" and node.scope in places)
            if caught and any(e.kind == "error" and e.name in ("", event.name) for e in node.events):
                found.append(node)
        inside = scope
        owner = process.nodes.get(scope)
        scope = owner.scope if owner else None
    return found


def calls_lead_somewhere(process: ProcessModel, world: World) -> Iterator[Problem]:
    for node in process.nodes.values():
        if node.kind != "callActivity":
            continue
        if not node.called:
            yield _at("called_missing", process, node)
        elif node.called not in world.processes:
            yield _at("called_unknown", process, node, ref=node.called[:100])
        elif all(start.events for start in world.processes[node.called].starts_of(node.called)):
            yield _at("called_not_startable", process, node, ref=node.called)
        elif circle := _circle(process.id, node.called, world):
            yield _at("called_in_circle", process, node, circle=" → ".join(circle))


def _circle(start: str, called: str, world: World) -> list[str]:
    """Return the way from `start` over `called` back to `start`; empty if there is none."""
    todo, seen = [[start, called]], {called}
    while todo:
        way = todo.pop()
        if way[-1] == start:
            return way
        process = world.processes.get(way[-1])
        for node in process.nodes.values() if process else ():
            if node.called and (node.called == start or node.called not in seen):
                seen.add(node.called)
                todo.append([*way, node.called])
    return []


def tasks_are_bound(process: ProcessModel, world: World) -> Iterator[Problem]:
    for node in process.nodes.values():
        if node.kind == "businessRuleTask":
            if not node.decision:
                yield _at("decision_missing", process, node)
            elif node.decision not in world.decisions:
                yield _at("decision_unknown", process, node, ref=node.decision)


def names_are_visible(process: ProcessModel, world: World) -> Iterator[Problem]:
    """Characters that turn or hide text make a name look like another."""
    for node in process.nodes.values():
        if any(category(sign) == "Cf" for sign in node.name):
            yield _at("name_hidden", process, node, "warning")


def starts_plainly(process: ProcessModel, world: World) -> Iterator[Problem]:
    """Our processes are started by the office; nothing else starts one."""
    for node in process.starts_of(process.id):
        for event in node.events:
            yield _at("event_unsupported", process, node, kind=event.kind, tag="startEvent")


def steps_are_plain(process: ProcessModel, world: World) -> Iterator[Problem]:
    """What foreign files may hold and ours need not: tasks of nobody, tokens that are more or fewer than flows."""
    for node in process.nodes.values():
        if node.kind == "scriptTask":
            yield _at("element_unsupported", process, node, tag=node.kind)
        if node.complex:
            yield _at("element_unsupported", process, node, tag="complexGateway")
        if node.catches_several:
            yield _at("event_unsupported", process, node, kind="multiple", tag=node.kind)
        if node.loop and node.loop.behavior != "All":
            yield _at("loop_unsupported", process, node, what=f"behavior {node.loop.behavior[:20]}")
        for event in node.events:
            if node.kind == "intermediateCatchEvent" and event.timer and event.timer.is_cycle:
                yield _at("cycle_misplaced", process, node, text=event.timer.text[:100])
            if event.kind in ("compensate", "conditional"):
                yield _at("event_unsupported", process, node, kind=event.kind, tag=node.kind)
        for name, quantity in (
            ("startQuantity", node.start_quantity),
            ("completionQuantity", node.completion_quantity),
        ):
            if quantity != 1:
                yield _at("attribute_unsupported", process, node, name=name, value=str(quantity), tag=node.kind)


def people_exist(process: ProcessModel, world: World) -> Iterator[Problem]:
    for node in process.nodes.values():
        if node.kind in ("userTask", "manualTask") and not node.role:
            yield _at("role_missing", process, node)
        if node.role and node.role not in world.roles:
            yield _at("role_unknown", process, node, ref=node.role)
        if node.unit_scope and node.unit_scope not in UNIT_SCOPES:
            yield _at("unit_scope_unknown", process, node, ref=node.unit_scope)
        if node.milestone and node.milestone not in MILESTONES:
            yield _at("milestone_unknown", process, node, ref=node.milestone)
        for state in (node.dossier_status, node.dossier_status_after):
            if state and state not in DOSSIER_STATES:
                yield _at("dossier_status_unknown", process, node, ref=state)
        for ref in node.separate_from:
            if ref != "start" and ref not in process.user_tasks:
                yield _at("separate_from_unknown", process, node, ref=ref)
        if node.form and node.form not in world.forms:
            yield _at("form_unknown", process, node, ref=node.form)


def limits_are_days(process: ProcessModel, world: World) -> Iterator[Problem]:
    for node in process.nodes.values():
        text = node.properties.get("limitWorkingDays", "0")
        if not (text.isascii() and text.isdecimal() and len(text) < 5 and int(text) <= MAX_LIMIT):
            yield _at("limit_invalid", process, node, text=text[:40])
        if node.properties.get("countFirstDay", "false") not in ("true", "false"):
            yield _at("count_first_invalid", process, node)


def _scopes(process: ProcessModel) -> Iterator[tuple[str, int]]:
    yield process.id, process.line
    for node in process.nodes.values():
        if node.kind == "subProcess":
            yield node.id, node.line


RULES: list[Rule] = [
    only_supported,
    no_scripts,
    loops_have_an_end,
    scopes_begin_and_end,
    event_subprocesses_stand_alone,
    only_transactions_are_cancelled,
    compensation_is_bound,
    all_reachable,
    gateways_decide,
    events_wait_for_something,
    links_are_paired,
    errors_are_caught,
    names_are_visible,
    calls_lead_somewhere,
    tasks_are_bound,
]
OUR_RULES: list[Rule] = [starts_plainly, steps_are_plain, people_exist, limits_are_days]
