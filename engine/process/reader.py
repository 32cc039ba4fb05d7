"""BPMN files into plain models of their processes; the diagram's layout is never looked at.

What is drawn is read as it is, right or wrong: only what has no place in a model (an element nobody knows, a
flow that leads nowhere, an id used twice) is reported here. What may run is for engine.process.guard to say.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from engine.errors import Problem
from engine.process.findings import finding
from engine.process.model import ACTIVITIES, GATEWAYS, Event, Flow, Loop, Node, ProcessModel, Timer
from engine.process.xml import InvalidXml, parse_xml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

EVENTS = frozenset(["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"])
NODES = ACTIVITIES | GATEWAYS | EVENTS
# Drawn for the reader, or read elsewhere; they move no token.
SILENT = frozenset(
    {
        *("documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group", "incoming"),
        *("outgoing", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "script"),
    }
)
_EVENT = "EventDefinition"


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
    return reader.processes, sorted(reader.problems)


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
        self._names = {
            child.get("id"): child.get("name") or child.get("id")
            for child in root
            if _local(child) in ("message", "signal", "error", "escalation")
        }
        self._lanes: dict[str, str] = {}
        for lane in root.iter(f"{{{BPMN}}}lane"):
            for ref in lane.findall(f"{{{BPMN}}}flowNodeRef"):
                self._lanes[_text(ref)] = lane.get("name") or lane.get("id") or ""

    def read(self) -> None:
        for child in self.root:
            if _local(child) == "process":
                self._process(child)
            elif _local(child) == "import":
                self._report("element_unsupported", child, tag="import")
        if not self.processes:
            self._report("bpmn_no_process", self.root)
        self._duplicates()

    def _report(self, code: str, element: Any, element_id: str | None = None, **params: Any) -> None:
        named = element.get("id", "") if element_id is None else element_id
        self.problems.append(finding(code, self.file, _line(element), named, **params))

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
                self.problems.append(finding("id_duplicate", self.file, at[1], element_id, lines=listed))

    def _process(self, element: Any) -> None:
        process_id = element.get("id")
        if not process_id:
            self._report("id_missing", element, tag="process")
            return
        process = ProcessModel(process_id, self.file, element.get("name") or process_id, _line(element))
        flows: list[Any] = []
        self._scope(process, element, process_id, None, flows)
        self._flows(process, flows)
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
        node_id = child.get("id")
        if not node_id:
            self._report("id_missing", child, tag=tag)
            return
        lane = self._lanes.get(node_id, lane)
        properties, decision, scripts = self._extensions(child)
        if child.find(f"{{{BPMN}}}script") is not None:
            scripts.append("script")
        process.nodes[node_id] = Node(
            id=node_id,
            kind=tag,
            scope=scope,
            name=child.get("name") or "",
            line=_line(child),
            lane=lane,
            default=child.get("default"),
            events=self._events(child, tag),
            attached_to=child.get("attachedToRef"),
            interrupting=child.get("cancelActivity", "true") != "false",
            called=child.get("calledElement"),
            decision=decision,
            loop=self._loop(child, properties),
            properties=properties,
            scripts=tuple(scripts),
        )
        if tag == "subProcess":
            if child.get("triggeredByEvent") == "true":
                self._report("element_unsupported", child, tag="subProcess triggeredByEvent")
            self._scope(process, child, node_id, lane, flows)

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

    def _events(self, element: Any, tag: str) -> tuple[Event, ...]:
        if tag == "receiveTask":
            return (Event("message", self._name_of(element.get("messageRef"), element)),)
        events = []
        for child in element:
            kind = _local(child)
            if not kind.endswith(_EVENT):
                continue
            kind = kind.removesuffix(_EVENT)
            timer = self._timer(child) if kind == "timer" else None
            events.append(Event(kind, self._name_of(child.get(f"{kind}Ref"), element), timer))
        return tuple(events)

    def _name_of(self, ref: str | None, element: Any) -> str:
        return self._names.get(ref) or element.get("name") or element.get("id") or ""

    def _timer(self, element: Any) -> Timer | None:
        for kind in ("timeDate", "timeDuration", "timeCycle"):
            if (found := element.find(f"{{{BPMN}}}{kind}")) is not None:
                return Timer(kind, _text(found))
        return None

    def _loop(self, element: Any, properties: dict[str, str]) -> Loop | None:
        if element.find(f"{{{BPMN}}}standardLoopCharacteristics") is not None:
            return Loop(sequential=True, standard=True)
        found = element.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
        if found is None:
            return None
        parts = {_local(child): _text(child) for child in found}
        return Loop(
            sequential=found.get("isSequential") == "true",
            cardinality=parts.get("loopCardinality"),
            collection=parts.get("loopDataInputRef") or properties.get("loopKeys"),
            completion=parts.get("completionCondition"),
        )

    def _flows(self, process: ProcessModel, flows: list[Any]) -> None:
        unnamed: Counter[str] = Counter()
        for scope, element in flows:
            source, target = element.get("sourceRef") or "", element.get("targetRef") or ""
            flow_id = element.get("id")
            if not flow_id:
                # ">" cannot stand in an id of the file, so this one is free.
                unnamed[f"{source}>{target}"] += 1
                flow_id = f"{source}>{target}>{unnamed[f'{source}>{target}']}"
            ends_known = True
            for code, end in (("flow_source_unknown", source), ("flow_target_unknown", target)):
                if end not in process.nodes:
                    self._report(code, element, flow_id, ref=end)
                    ends_known = False
            if not ends_known:
                continue
            if {process.nodes[source].scope, process.nodes[target].scope} != {scope}:
                self._report("flow_crosses_border", element, flow_id)
                continue
            condition = element.find(f"{{{BPMN}}}conditionExpression")
            text = None if condition is None else " ".join((condition.text or "").split()) or None
            name, line = element.get("name") or "", _line(element)
            process.flows[flow_id] = Flow(flow_id, source, target, name, text, line)
        for flow in process.flows.values():
            leaving, entering = process.nodes[flow.source], process.nodes[flow.target]
            process.nodes[flow.source] = replace(leaving, outgoing=(*leaving.outgoing, flow.id))
            entering = process.nodes[flow.target]
            process.nodes[flow.target] = replace(entering, incoming=(*entering.incoming, flow.id))
