"""BPMN files into plain models of their processes; the diagram's layout is never looked at.

What is drawn is read as it is, right or wrong: only what has no place in a model (an element nobody knows, a
flow that leads nowhere, an id used twice) is reported here. What may run is for engine.process.guard to say.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any, Literal

from engine.errors import Problem
from engine.process.findings import finding
from engine.process.model import ACTIVITIES, EVENTS, GATEWAYS, Event, Flow, Loop, Node, ProcessModel, Timer
from engine.process.schema import check_schema
from engine.process.standard import check_standard
from engine.process.vendors import Extras
from engine.process.xml import InvalidXml, parse_xml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

# Read, so that what leads to them is no second fault, and refused by the guard.
REFUSED_NODES = frozenset(
    {
        *("complexGateway", "adHocSubProcess", "implicitThrowEvent", "event"),
        *("callChoreography", "subChoreography", "choreographyTask", "callConversation"),
    }
)
NODES = ACTIVITIES | GATEWAYS | EVENTS | REFUSED_NODES | {"transaction"}
# What a call activity may name instead of a process, and the task it then is.
GLOBAL_TASKS = {
    "globalTask": "task",
    "globalManualTask": "manualTask",
    "globalUserTask": "userTask",
    "globalScriptTask": "scriptTask",
}
# Drawn for the reader, or read elsewhere; they move no token.
SILENT = frozenset(
    {
        *("documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group", "incoming"),
        *("outgoing", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "script", "auditing"),
        *("monitoring", "categoryValueRef", "dataObject", "dataObjectReference", "dataStoreReference", "property"),
        *("ioSpecification", "ioBinding", "dataInputAssociation", "dataOutputAssociation", "dataInput", "dataOutput"),
        *("inputSet", "outputSet", "resourceRole", "performer", "humanPerformer", "potentialOwner", "rendering"),
        *("correlationSubscription", "supportedInterfaceRef", "eventDefinitionRef"),
    }
)
# Beside the processes: what is needed by reference, or only told to the reader.
ROOTS = frozenset(
    {
        *("process", "collaboration", "message", "signal", "error", "escalation", "itemDefinition", "interface"),
        *("resource", "dataStore", "category", "endPoint", "partnerRole", "partnerEntity", "extension"),
        *("relationship", "documentation", "extensionElements", "correlationProperty"),
        *GLOBAL_TASKS,
    }
)
_EVENT = "EventDefinition"
_WORD = re.compile(r"\w*")
_ID = re.compile(r"[^\W\d][\w.-]{0,254}")


def parse_processes(raw: bytes, file: str) -> tuple[list[ProcessModel], list[Problem]]:
    """Return the processes of a BPMN file, in its order, and what is wrong with it; never raises for bad input."""
    try:
        root = parse_xml(raw, file)
    except InvalidXml as error:
        return [], [error.problem]
    if root.tag != f"{{{BPMN}}}definitions":
        return [], [finding("bpmn_namespace", file, _line(root), "")]
    reader = _Reader(root, file)
    reader.read()
    return reader.processes, sorted([*reader.problems, *check_schema(root, file), *check_standard(root, file)])


def _local(element: Any) -> str:
    """Return the tag without namespace; "" for what is not BPMN."""
    tag = str(element.tag)
    return tag[len(BPMN) + 2 :] if tag.startswith(f"{{{BPMN}}}") else ""


def _line(element: Any) -> int:
    return element.sourceline or 0


def _text(element: Any) -> str:
    return "" if element is None else (element.text or "").strip()


class _Reader:
    def __init__(self, root: Any, file: str) -> None:
        self.root = root
        self.file = file
        self.processes: list[ProcessModel] = []
        self.problems: list[Problem] = []
        self._roots = {child.get("id"): child for child in root if _is_root(_local(child)) and child.get("id")}
        self._drawn: dict[str, Any] = {}  # the elements of the nodes read
        associations = list(root.iter(f"{{{BPMN}}}association"))
        self._associated = {a.get("sourceRef"): _unprefixed(a.get("targetRef")) for a in associations}
        self._lanes: dict[str, str] = {}
        for lane in root.iter(f"{{{BPMN}}}lane"):
            for ref in lane.findall(f"{{{BPMN}}}flowNodeRef"):
                self._lanes[_text(ref)] = lane.get("name") or lane.get("id") or ""

    def read(self) -> None:
        for child in self.root:
            tag = _local(child)
            if tag == "process":
                self._process(child)
            elif tag and not _is_root(tag):
                self._report("element_unsupported", child, tag=tag)
        if not self.processes:
            self._report("bpmn_no_process", self.root)
        for child in self.root:
            if _local(child) == "collaboration":
                self._collaboration(child)
        self._duplicates()

    def _report(
        self, code: str, element: Any, element_id: str | None = None, *, warn: bool = False, **params: Any
    ) -> None:
        named = element.get("id", "") if element_id is None else element_id
        severity: Literal["error", "warning"] = "warning" if warn else "error"
        self.problems.append(finding(code, self.file, _line(element), named[:255], severity, **params))

    def _duplicates(self) -> None:
        lines: dict[str, list[int]] = {}
        for child in self.root:
            if _local(child):
                for element in child.iter():
                    if _local(element) and element.get("id"):
                        lines.setdefault(element.get("id"), []).append(_line(element))
        for element_id, at in lines.items():
            if len(at) > 1:
                listed = ", ".join(map(str, at))
                self.problems.append(finding("id_duplicate", self.file, at[1], element_id[:255], lines=listed))

    def _id(self, element: Any, tag: str) -> str | None:
        """Return the id of an element; one that is missing or no XML name would not work as a part of a key."""
        found: str | None = element.get("id")
        if not found:
            self._report("id_missing", element, tag=tag)
        elif not _ID.fullmatch(found):
            self._report("id_invalid", element, "", tag=tag)
        else:
            return found
        return None

    def _process(self, element: Any) -> None:
        process_id = self._id(element, "process")
        if not process_id:
            return
        process = ProcessModel(process_id, self.file, element.get("name") or process_id, _line(element))
        process.executable = element.get("isExecutable") != "false"
        flows: list[Any] = []
        self._scope(process, element, process_id, None, flows)
        self._flows(process, flows)
        self._complex_splits(process)
        self._ends_agree(process)
        self._links(process)
        self.processes.append(process)

    def _scope(self, process: ProcessModel, element: Any, scope: str, lane: str | None, flows: list[Any]) -> None:
        for child in element:
            tag = _local(child)
            if tag in NODES:
                self._node(process, child, tag, scope, lane, flows)
            elif tag == "sequenceFlow":
                flows.append((scope, child))
            elif tag and tag not in SILENT and not tag.endswith(_EVENT):
                self._report("element_unsupported", child, tag=tag)

    def _node(self, process: ProcessModel, child: Any, tag: str, scope: str, lane: str | None, flows: Any) -> None:
        node_id = self._id(child, tag)
        if not node_id:
            return
        lane = self._lanes.get(node_id, lane)
        properties, decision, scripts = self._extensions(child)
        extras = Extras(child)
        called = _unprefixed(child.get("calledElement")) or extras.called
        task = self._roots.get(called) if tag == "callActivity" else None
        kind = "subProcess" if tag == "transaction" else GLOBAL_TASKS.get(_local(task) if task is not None else "", tag)
        if tag == "receiveTask" and child.get("instantiate") in ("true", "1"):
            kind = "startEvent"  # Such a task is what a message start event is.
        for name in extras.ignored:
            self._report("vendor_ignored", child, warn=True, name=name)
        properties = extras.properties | properties
        if not all(_is_inert(owner.find(f"{{{BPMN}}}script")) for owner in (child, task) if owner is not None):
            scripts.append("script")
        self._attributes(child, tag)
        self._drawn[node_id] = child
        process.nodes[node_id] = Node(
            id=node_id,
            kind=kind,
            scope=scope,
            name=child.get("name") or "",
            line=_line(child),
            lane=lane,
            default=child.get("default"),
            events=self._events(child, tag),
            waits_for_all=child.get("parallelMultiple") in ("true", "1"),
            attached_to=child.get("attachedToRef"),
            interrupting=child.get("isInterrupting" if tag == "startEvent" else "cancelActivity") not in ("false", "0"),
            triggered=child.get("triggeredByEvent") in ("true", "1"),
            for_compensation=child.get("isForCompensation") in ("true", "1"),
            handler=self._associated.get(node_id) if tag == "boundaryEvent" else None,
            transaction=tag == "transaction",
            start_quantity=self._quantity(child, tag, "startQuantity"),
            completion_quantity=self._quantity(child, tag, "completionQuantity"),
            called=None if kind in GLOBAL_TASKS.values() else called,
            decision=decision or extras.decision,
            loop=self._loop(child, properties, extras),
            properties=properties,
            scripts=(*scripts, *extras.scripts),
        )
        if kind == "subProcess":
            self._scope(process, child, node_id, lane, flows)
        elif tag not in REFUSED_NODES:
            for inner in child:
                inner_tag = _local(inner)
                if inner_tag and inner_tag not in SILENT and not inner_tag.endswith(_EVENT):
                    self._report("element_unsupported", inner, node_id, tag=inner_tag)

    def _attributes(self, element: Any, tag: str) -> None:
        """Refuse what changes how an element runs and is not done here."""
        for name, harmless in _MUST_BE.items():
            value = element.get(name)
            if value is not None and value not in harmless:
                self._report("attribute_unsupported", element, name=name, value=value[:40], tag=tag)
        if tag == "eventBasedGateway" and element.get("instantiate") in ("true", "1"):
            self._report("attribute_unsupported", element, name="instantiate", value="true", tag=tag)
        for part in ("assignment", "transformation"):
            if element.find(f"{{{BPMN}}}dataInputAssociation/{{{BPMN}}}{part}") is not None:
                self._report("data_ignored", element, warn=True, tag=part)

    def _quantity(self, element: Any, tag: str, name: str) -> int:
        text = element.get(name, "1")
        if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) > 0:
            return int(text)
        self._report("attribute_unsupported", element, name=name, value=text[:40], tag=tag)
        return 1

    def _extensions(self, element: Any) -> tuple[dict[str, str], str | None, list[str]]:
        properties: dict[str, str] = {}
        decision = None
        scripts = []
        for extension in element.findall(f"{{{BPMN}}}extensionElements/*"):
            if extension.tag == f"{{{SPIFF}}}properties":
                for item in extension.findall(f"{{{SPIFF}}}property"):
                    properties[item.get("name") or ""] = item.get("value") or ""
            elif extension.tag == f"{{{SPIFF}}}calledDecisionId":
                decision = _text(extension) or None
            elif extension.tag in (f"{{{SPIFF}}}preScript", f"{{{SPIFF}}}postScript"):
                scripts.append(extension.tag.rpartition("}")[2])
        return properties, decision, scripts

    # --- events, loops ---------------------------------------------------------------------------------------------

    def _events(self, element: Any, tag: str) -> tuple[Event, ...]:
        if tag in ("receiveTask", "sendTask"):
            return (Event("message", self._name_of("message", element.get("messageRef"), element)),)
        events = []
        for child in element:
            kind = _local(child)
            if kind == "eventDefinitionRef":
                ref = _unprefixed(_text(child)) or ""
                child = self._roots.get(ref)
                kind = "" if child is None else _local(child)
                if not kind.endswith(_EVENT):
                    self._report("reference_unknown", element, name="eventDefinitionRef", ref=ref[:100])
            if not kind.endswith(_EVENT):
                continue
            events.append(self._event(child, element))
        return tuple(events)

    def _event(self, definition: Any, element: Any) -> Event:
        kind = _local(definition).removesuffix(_EVENT)
        timer = self._timer(definition) if kind == "timer" else None
        condition = _text(definition.find(f"{{{BPMN}}}condition")) or None
        return Event(kind, self._event_name(kind, definition, element), timer, condition)

    def _event_name(self, kind: str, definition: Any, element: Any) -> str:
        if kind == "link":
            return definition.get("name") or element.get("name") or ""
        if kind == "compensate":
            if definition.get("waitForCompletion") in ("false", "0") and element.get("attachedToRef") is None:
                self._report(
                    "attribute_unsupported", element, name="waitForCompletion", value="false", tag=_local(definition)
                )
            return _unprefixed(definition.get("activityRef")) or ""
        return self._name_of(kind, definition.get(f"{kind}Ref"), element)

    def _name_of(self, kind: str, ref: str | None, element: Any) -> str:
        """Return what a throwing and a catching event have in common: a name, or the code of an error."""
        coded = kind in ("error", "escalation", "cancel")
        if not ref:
            return "" if coded else element.get("name") or element.get("id") or ""
        target = self._roots.get(ref)
        if target is None:
            ref = _unprefixed(ref) or ref
            target = self._roots.get(ref)
        if target is None or _local(target) != kind:
            if kind in ("message", "signal", "error", "escalation"):
                self._report("reference_unknown", element, name=f"{kind}Ref", ref=ref[:100])
            return ref
        return target.get(f"{kind}Code" if coded else "name") or ref

    def _timer(self, element: Any) -> Timer | None:
        for kind in ("timeDate", "timeDuration", "timeCycle"):
            if (found := element.find(f"{{{BPMN}}}{kind}")) is not None:
                return Timer(kind, _text(found))
        return None

    def _loop(self, element: Any, properties: dict[str, str], extras: Extras) -> Loop | None:
        standard = element.find(f"{{{BPMN}}}standardLoopCharacteristics")
        if standard is not None:
            return Loop(
                sequential=True,
                standard=True,
                condition=_text(standard.find(f"{{{BPMN}}}loopCondition")) or None,
                maximum=standard.get("loopMaximum"),
                before=standard.get("testBefore") in ("true", "1"),
            )
        found = element.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
        if found is None:
            return None
        parts = {_local(child): _text(child) for child in found}
        return Loop(
            sequential=found.get("isSequential") in ("true", "1"),
            cardinality=parts.get("loopCardinality"),
            collection=extras.collection or parts.get("loopDataInputRef") or properties.get("loopKeys"),
            completion=parts.get("completionCondition"),
            behavior=found.get("behavior") or "All",
            throws=self._thrown_by_instances(found, element),
        )

    def _thrown_by_instances(self, found: Any, element: Any) -> tuple[Event, ...]:
        behavior = found.get("behavior", "All")
        if behavior in ("None", "One"):
            ref = found.get(f"{behavior.lower()}BehaviorEventRef")
            definition = self._roots.get(_unprefixed(ref) or "")
            return () if definition is None else (self._event(definition, element),)
        thrown = []
        for part in found.findall(f"{{{BPMN}}}complexBehaviorDefinition") if behavior == "Complex" else ():
            condition = _text(part.find(f"{{{BPMN}}}condition")) or None
            for event in part.findall(f"{{{BPMN}}}event"):
                thrown += [replace(each, condition=condition) for each in self._events(event, "event")]
        return tuple(thrown)

    # --- flows ---------------------------------------------------------------------------------------------------

    def _flows(self, process: ProcessModel, flows: list[Any]) -> None:
        unnamed: Counter[str] = Counter()
        for scope, element in flows:
            source, target = element.get("sourceRef") or "", element.get("targetRef") or ""
            flow_id = element.get("id")
            if flow_id and not _ID.fullmatch(flow_id):
                self._report("id_invalid", element, "", tag="sequenceFlow")
                continue
            if not flow_id:
                # ">" cannot stand in an id of the file, so this one is free.
                unnamed[f"{source}>{target}"] += 1
                flow_id = f"{source}>{target}>{unnamed[f'{source}>{target}']}"
            ends_known = True
            for code, end in (("flow_source_unknown", source), ("flow_target_unknown", target)):
                if end not in process.nodes:
                    self._report(code, element, flow_id, ref=end[:100])
                    ends_known = False
            if not ends_known:
                continue
            if {process.nodes[source].scope, process.nodes[target].scope} != {scope}:
                self._report("flow_crosses_border", element, flow_id)
                continue
            condition = element.find(f"{{{BPMN}}}conditionExpression")
            text = None if condition is None else " ".join((condition.text or "").split()) or None
            if text and not _speaks_ours(language := condition.get("language", "")):
                self._report("expression_language", element, flow_id, language=language[:60])
            _connect(process, Flow(flow_id, source, target, element.get("name") or "", text, _line(element)))

    def _complex_splits(self, process: ProcessModel) -> None:
        """Read a complex gateway that only splits as an inclusive one, since it takes every flow that holds."""
        for node in process.nodes.values():
            waits = self._drawn[node.id].find(f"{{{BPMN}}}activationCondition") is not None
            if node.kind == "complexGateway" and len(node.incoming) < 2 and not waits:
                process.nodes[node.id] = replace(node, kind="inclusiveGateway", complex=True)

    def _ends_agree(self, process: ProcessModel) -> None:
        """Say where a node lists flows that end elsewhere, for the flow counts; refuse a direction that is not."""
        for node in process.nodes.values():
            element = self._drawn[node.id]
            for tag, own in (("incoming", node.incoming), ("outgoing", node.outgoing)):
                for said in element.findall(f"{{{BPMN}}}{tag}"):
                    ref = _unprefixed(_text(said)) or ""
                    if ref not in own:
                        self._report("flow_end_contradicted", said, node.id, warn=True, tag=tag, ref=ref[:100])
            enters, leaves = len(node.incoming) > 1, len(node.outgoing) > 1
            wrong = {"Converging": leaves, "Diverging": enters, "Mixed": not (enters and leaves)}
            if wrong.get(direction := element.get("gatewayDirection", "")):
                self._report("gateway_direction", element, direction=direction)

    def _links(self, process: ProcessModel) -> None:
        """Join each throwing link to the catching link of its name in the same scope, as if a flow were drawn."""
        catches = {
            (node.scope, event.name): node.id
            for node in process.nodes.values()
            for event in node.events
            if event.kind == "link" and node.kind == "intermediateCatchEvent"
        }
        for node in list(process.nodes.values()):
            for event in node.events:
                target = catches.get((node.scope, event.name))
                if event.kind == "link" and node.kind == "intermediateThrowEvent" and target:
                    _connect(process, Flow(f"{node.id}>{target}>link", node.id, target, "", None, node.line))

    def _collaboration(self, element: Any) -> None:
        """Give each process the ends of the message flows that leave it."""
        owner = {node: process.id for process in self.processes for node in process.nodes}
        for participant in element.findall(f"{{{BPMN}}}participant"):
            ref = _unprefixed(participant.get("processRef"))
            if ref and any(process.id == ref for process in self.processes):
                owner[participant.get("id") or ""] = owner[ref] = ref
            elif ref:
                self._report("reference_unknown", participant, name="processRef", ref=ref[:100])
        listed = {process.id: process for process in self.processes}
        pools = {participant.get("id") for participant in element.findall(f"{{{BPMN}}}participant")}
        for flow in element.findall(f"{{{BPMN}}}messageFlow"):
            source, target = (_unprefixed(flow.get(name)) or "" for name in ("sourceRef", "targetRef"))
            for name, end in (("sourceRef", source), ("targetRef", target)):
                if end not in owner and end not in pools:
                    self._report("reference_unknown", flow, name=name, ref=end[:100])
                elif not _takes_messages(listed, end, name):
                    self._report("message_flow_end", flow, name=name, ref=end[:100])
            if source in owner and target in owner:
                if owner[source] == owner[target]:
                    self._report("message_flow_within", flow)
                process = listed[owner[source]]
                process.sends[source] = (*process.sends.get(source, ()), (owner[target], target))


# Attributes that change how an element runs, with the values that mean what is done here anyway.
_MUST_BE = {"eventGatewayType": ("Exclusive",)}


def _is_root(tag: str) -> bool:
    return tag in ROOTS or tag.endswith(_EVENT)


def _is_inert(script: Any) -> bool:
    """Return whether a script can do nothing: it is empty, or one plain word, which calls and sets nothing (0032)."""
    return script is None or (len(script) == 0 and _WORD.fullmatch(_text(script)) is not None)


def _speaks_ours(language: str) -> bool:
    return not language or any(name in language.lower() for name in ("cel", "juel", "feel", "python"))


def _takes_messages(processes: dict[str, ProcessModel], end: str, name: str) -> bool:
    """Return whether a message flow may have this end: events that send or receive one, activities, pools."""
    node = next((process.nodes[end] for process in processes.values() if end in process.nodes), None)
    if node is None or node.kind in ACTIVITIES or node.kind in REFUSED_NODES:
        return True
    sends = node.kind in ("endEvent", "intermediateThrowEvent")
    return node.kind in EVENTS and sends == (name == "sourceRef") and any(e.kind == "message" for e in node.events)


def _unprefixed(ref: str | None) -> str | None:
    """Return a reference without the prefix of its namespace: all that is meant stands in this file."""
    return ref.rpartition(":")[2] if ref else None


def _connect(process: ProcessModel, flow: Flow) -> None:
    if flow.id in process.flows:
        return  # Reported as a duplicate id.
    process.flows[flow.id] = flow
    leaving = process.nodes[flow.source]
    process.nodes[flow.source] = replace(leaving, outgoing=(*leaving.outgoing, flow.id))
    entering = process.nodes[flow.target]
    process.nodes[flow.target] = replace(entering, incoming=(*entering.incoming, flow.id))
