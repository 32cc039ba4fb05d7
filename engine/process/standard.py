"""Rules of BPMN 2.0 that its XML Schema cannot say: one function each that finds what breaks it, listed in RULES.

Held against the file as it is written, so that also data and message ends are seen, which no model of ours keeps.
What only an executable process must have is asked of one that says `isExecutable="true"`. Rules that a model is
held against stand in engine.process.guard; what is refused by name needs none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from engine.errors import Problem
from engine.process.model import ACTIVITIES, GATEWAYS

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
THROWS = frozenset({"endEvent", "intermediateThrowEvent"})
# What a reference must name, by the attribute or element that holds it.
REFERENCES = {
    **dict.fromkeys(("itemSubjectRef", "itemRef"), "itemDefinition"),
    "dataObjectRef": "dataObject",
    "dataStoreRef": "dataStore",
    "operationRef": "operation",
    **dict.fromkeys(("inMessageRef", "outMessageRef"), "message"),
    **dict.fromkeys(("dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs"), "dataInput"),
    **dict.fromkeys(("dataOutputRefs", "optionalOutputRefs", "whileExecutingOutputRefs"), "dataOutput"),
    "inputSetRefs": "inputSet",
    "outputSetRefs": "outputSet",
}

# code -> message, mend, message_en, mend_en
_SENTENCES = {
    "std_outgoing": (
        "Không có đường nối nào đi ra từ phần tử “{tag}” này.",
        "Vẽ đường nối từ phần tử này tới bước tiếp theo.",
        "No sequence flow leaves this “{tag}”.",
        "Draw a flow from it to what comes next.",
    ),
    "std_incoming": (
        "Không có đường nối nào đi vào phần tử “{tag}” này.",
        "Vẽ đường nối tới phần tử này, hoặc xóa nó.",
        "No sequence flow leads to this “{tag}”.",
        "Draw a flow to it, or remove it.",
    ),
    "std_gateway": (
        "Cổng này không rẽ nhánh và không nhập nhánh (vào {entering}, ra {leaving}).",
        "Vẽ thêm nhánh, hoặc xóa cổng.",
        "The gateway neither splits nor joins ({entering} in, {leaving} out).",
        "Draw a further flow, or remove the gateway.",
    ),
    "std_condition_alone": (
        "Đường nối duy nhất đi ra từ bước này lại có điều kiện.",
        "Bỏ điều kiện, hoặc vẽ thêm đường nối cho trường hợp ngược lại.",
        "The only flow out of this activity has a condition.",
        "Remove the condition, or draw a flow for when it does not hold.",
    ),
    "std_code": (
        "Sự kiện phát ra “{kind}” nhưng không ghi mã.",
        "Chọn một định nghĩa có mã.",
        "The event throws an {kind} without a code.",
        "Choose a definition that has a code.",
    ),
    "std_unnamed": (
        "Sự kiện “{kind}” không ghi gửi hoặc nhận gì.",
        "Chọn văn bản hoặc tín hiệu của sự kiện.",
        "The {kind} event does not say what is sent or received.",
        "Choose its message or signal.",
    ),
    "std_reference": (
        "“{name}” nhắc tới “{ref}”, nhưng không có “{tag}” nào như vậy.",
        "Chọn một phần tử có trong tệp.",
        "“{name}” names “{ref}”, and there is no such “{tag}”.",
        "Name an element of the file.",
    ),
    "std_subprocess_data": (
        "Quy trình con không được có “ioSpecification”.",
        "Chuyển phần dữ liệu này vào các bước bên trong.",
        "A subprocess may have no “ioSpecification”.",
        "Move the data to the steps inside.",
    ),
    "std_not_in_set": (
        "“{tag}” này không thuộc tập dữ liệu nào.",
        "Ghi nó vào một inputSet hoặc outputSet.",
        "This “{tag}” is in no set.",
        "Name it in an inputSet or outputSet.",
    ),
    "std_sets": (
        "inputSet và outputSet không nhắc tới nhau: {ref}.",
        "Ghi quan hệ ở cả hai tập.",
        "An inputSet and an outputSet do not name each other: {ref}.",
        "Name each in the other.",
    ),
    "std_sources": (
        "Phép nối dữ liệu có {count} nguồn mà không có phép biến đổi.",
        "Giữ một nguồn, hoặc thêm phép biến đổi.",
        "The data association has {count} sources and no transformation.",
        "Keep one source, or add a transformation.",
    ),
    "std_items": (
        "Hai đầu của phép nối dữ liệu khác kiểu: {source} và {target}.",
        "Dùng cùng một kiểu ở hai đầu.",
        "The ends of the data association have different types: {source} and {target}.",
        "Give both ends one type.",
    ),
    "std_collection": (
        "“isCollection” của phần tử này khác với định nghĩa “{ref}”.",
        "Ghi “isCollection” giống nhau ở cả hai nơi.",
        "“isCollection” differs from that of its definition “{ref}”.",
        "Write “isCollection” alike in both.",
    ),
    "std_multiplicity": (
        "Số bên tham gia không hợp lệ: ít nhất {minimum}, nhiều nhất {maximum}.",
        "Ghi số ít nhất từ 0 và số nhiều nhất không nhỏ hơn nó, từ 1 trở lên.",
        "The number of participants cannot be: at least {minimum}, at most {maximum}.",
        "Let the minimum be 0 or more, and the maximum 1 or more and not below it.",
    ),
    "std_race": (
        "Sau cổng sự kiện có cả bước nhận và sự kiện nhận văn bản.",
        "Chỉ dùng một trong hai loại.",
        "Receive tasks and message events stand behind one event-based gateway.",
        "Use one of the two kinds.",
    ),
}


def check_standard(root: Any, file: str) -> list[Problem]:
    """Return which rules a tree of `parse_xml` breaks, each with line and id of the element; all are errors."""
    drawing = _Drawing(root)
    return [_finding(code, element, file, params) for code, rule in RULES.items() for element, params in rule(drawing)]


def _finding(code: str, element: Any, file: str, params: dict[str, Any]) -> Problem:
    around = (element, *element.iterancestors())
    named = next((str(item.get("id")) for item in around if item.get("id")), "")
    message, mend, message_en, mend_en = (sentence.format(**params) for sentence in _SENTENCES[code])
    return Problem(file, element.sourceline or 0, named[:255], code, "error", message, mend, message_en, mend_en)


class _Drawing:
    """The elements of a file by tag and by id, and the flows at the ends of each."""

    def __init__(self, root: Any) -> None:
        self._tags: dict[str, list[Any]] = {}
        self.named: dict[str, Any] = {}
        for element in root.iter(f"{BPMN}*"):
            self._tags.setdefault(_tag(element), []).append(element)
            if element.get("id"):
                self.named.setdefault(element.get("id"), element)

    def all(self, *tags: str) -> Iterator[Any]:
        for tag in tags:
            yield from self._tags.get(tag, ())

    @cached_property
    def entering(self) -> Counter[str]:
        return Counter(flow.get("targetRef") for flow in self.all("sequenceFlow"))

    @cached_property
    def leaving(self) -> dict[str, list[Any]]:
        leaving: dict[str, list[Any]] = {}
        for flow in self.all("sequenceFlow"):
            leaving.setdefault(flow.get("sourceRef"), []).append(flow)
        return leaving

    def target(self, ref: str | None) -> Any:
        """Return what a reference names, None if it is not in the file; a prefix is that of the file's namespace."""
        found = self.named.get(ref or "")
        return self.named.get((ref or "").rpartition(":")[2]) if found is None else found


Found = Iterator[tuple[Any, dict[str, Any]]]


def _events_lead_on(drawing: _Drawing) -> Found:
    for event in drawing.all("startEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"):
        last = {"boundaryEvent": "compensate", "intermediateThrowEvent": "link"}.get(_tag(event))
        if event.get("id") not in drawing.leaving and last not in _kinds(drawing, event):
            yield event, {"tag": _tag(event)}


def _events_are_led_to(drawing: _Drawing) -> Found:
    for event in drawing.all("endEvent", "intermediateThrowEvent", "intermediateCatchEvent"):
        linked = _tag(event) == "intermediateCatchEvent" and "link" in _kinds(drawing, event)
        if not drawing.entering[event.get("id")] and not linked:
            yield event, {"tag": _tag(event)}


def _gateways_split_or_join(drawing: _Drawing) -> Found:
    for gateway in drawing.all(*sorted(GATEWAYS), "complexGateway"):
        entering, leaving = drawing.entering[gateway.get("id")], len(drawing.leaving.get(gateway.get("id"), ()))
        if leaving < 2 and (entering < 2 or _tag(gateway) == "eventBasedGateway"):
            yield gateway, {"entering": entering, "leaving": leaving}


def _conditions_have_another_way(drawing: _Drawing) -> Found:
    for activity in drawing.all(*sorted(ACTIVITIES), "transaction", "adHocSubProcess"):
        flows = drawing.leaving.get(activity.get("id"), [])
        if len(flows) == 1 and flows[0].find(f"{BPMN}conditionExpression") is not None:
            yield flows[0], {}


def _thrown_codes_are_there(drawing: _Drawing) -> Found:
    for kind in ("error", "escalation"):
        for definition in drawing.all(f"{kind}EventDefinition"):
            thrown = drawing.target(definition.get(f"{kind}Ref"))
            thrower = definition.getparent()
            coded = thrown is not None and thrown.get(f"{kind}Code")
            if _tag(thrower) in THROWS and _is_executable(thrower) and not coded:
                yield thrower, {"kind": kind}


def _messages_are_named(drawing: _Drawing) -> Found:
    for kind in ("message", "signal"):
        for definition in drawing.all(f"{kind}EventDefinition"):
            named = definition.get(f"{kind}Ref") or definition.find(f"{BPMN}operationRef") is not None
            if not named and _is_executable(definition):
                yield definition, {"kind": kind}


def _references_lead_somewhere(drawing: _Drawing) -> Found:
    for element in drawing.named.values():
        held = [(name, value) for name, value in element.attrib.items() if name in REFERENCES]
        held += [(_tag(child), (child.text or "").strip()) for child in element if _tag(child) in REFERENCES]
        for name, ref in held:
            target = drawing.target(ref)
            # What another namespace defines, as xsd:string, is not looked for here.
            foreign = target is None and ":" in ref
            if not foreign and (target is None or _tag(target) != REFERENCES[name]):
                yield element, {"name": name, "ref": ref[:100], "tag": REFERENCES[name]}


def _subprocesses_hold_no_data(drawing: _Drawing) -> Found:
    for subprocess in drawing.all(*sorted(SUBPROCESSES)):
        if subprocess.find(f"{BPMN}ioSpecification") is not None:
            yield subprocess, {}


def _data_is_in_a_set(drawing: _Drawing) -> Found:
    for tag, holder in (("dataInput", "inputSet"), ("dataOutput", "outputSet")):
        listed = {ref for owner in drawing.all(holder) for ref in _texts(owner, f"{tag}Refs")}
        for data in drawing.all(tag):
            if data.get("id") not in listed:
                yield data, {"tag": tag}


def _sets_name_each_other(drawing: _Drawing) -> Found:
    for tag, own, other in (
        ("inputSet", "outputSetRefs", "inputSetRefs"),
        ("outputSet", "inputSetRefs", "outputSetRefs"),
    ):
        for owner in drawing.all(tag):
            for ref in _texts(owner, own):
                named = drawing.target(ref)
                if named is not None and owner.get("id") not in _texts(named, other):
                    yield owner, {"ref": ref[:100]}


def _associations_have_one_source(drawing: _Drawing) -> Found:
    for association in drawing.all("dataInputAssociation", "dataOutputAssociation"):
        count = len(association.findall(f"{BPMN}sourceRef"))
        if count > 1 and association.find(f"{BPMN}transformation") is None:
            yield association, {"count": count}


def _associated_items_agree(drawing: _Drawing) -> Found:
    for association in drawing.all("dataInputAssociation", "dataOutputAssociation"):
        if association.find(f"{BPMN}transformation") is None:
            source, target = (_structure(drawing, _texts(association, name)) for name in ("sourceRef", "targetRef"))
            if source and target and source != target:
                yield association, {"source": source[:60], "target": target[:60]}


def _structure(drawing: _Drawing, refs: list[str]) -> str:
    """Return the type of what is named, "" where it has none."""
    item = drawing.target(refs[0]) if refs else None
    for name in ("dataObjectRef", "dataStoreRef"):
        if item is not None and item.get(name):
            item = drawing.target(item.get(name))
    definition = drawing.target(item.get("itemSubjectRef")) if item is not None else None
    return definition.get("structureRef", "") if definition is not None else ""


def _collections_agree(drawing: _Drawing) -> Found:
    for item in drawing.all("dataObject", "dataInput", "dataOutput"):
        definition = drawing.target(item.get("itemSubjectRef"))
        if definition is not None and _is_true(item, "isCollection") != _is_true(definition, "isCollection"):
            yield item, {"ref": definition.get("id")}


def _multiplicities_can_be(drawing: _Drawing) -> Found:
    for count in drawing.all("participantMultiplicity"):
        minimum, maximum = count.get("minimum", "0"), count.get("maximum", "")
        try:
            least, most = int(minimum), int(maximum or max(1, int(minimum)))
        except ValueError:
            continue  # The schema has said so.
        if least < 0 or most < max(1, least):
            yield count, {"minimum": minimum[:20], "maximum": (maximum or "1")[:20]}


def _races_are_of_one_kind(drawing: _Drawing) -> Found:
    for gateway in drawing.all("eventBasedGateway"):
        targets = [drawing.target(flow.get("targetRef")) for flow in drawing.leaving.get(gateway.get("id"), ())]
        events = [t for t in targets if t is not None and _tag(t) != "receiveTask" and "message" in _kinds(drawing, t)]
        if events and any(target is not None and _tag(target) == "receiveTask" for target in targets):
            yield gateway, {}


RULES: dict[str, Callable[[_Drawing], Found]] = {
    "std_outgoing": _events_lead_on,
    "std_incoming": _events_are_led_to,
    "std_gateway": _gateways_split_or_join,
    "std_condition_alone": _conditions_have_another_way,
    "std_code": _thrown_codes_are_there,
    "std_unnamed": _messages_are_named,
    "std_reference": _references_lead_somewhere,
    "std_subprocess_data": _subprocesses_hold_no_data,
    "std_not_in_set": _data_is_in_a_set,
    "std_sets": _sets_name_each_other,
    "std_sources": _associations_have_one_source,
    "std_items": _associated_items_agree,
    "std_collection": _collections_agree,
    "std_multiplicity": _multiplicities_can_be,
    "std_race": _races_are_of_one_kind,
}


def _tag(element: Any) -> str:
    """Return the tag without namespace; "" for what is no element."""
    return str(element.tag).removeprefix(BPMN) if isinstance(element.tag, str) else ""


def _texts(element: Any, tag: str) -> list[str]:
    return [(child.text or "").strip() for child in element.findall(f"{BPMN}{tag}")]


def _is_true(element: Any, name: str) -> bool:
    return element.get(name) in ("true", "1")


def _is_executable(element: Any) -> bool:
    return any(_tag(owner) == "process" and _is_true(owner, "isExecutable") for owner in element.iterancestors())


def _kinds(drawing: _Drawing, event: Any) -> set[str]:
    """Return the kinds of the definitions of an event, those named by reference included."""
    named = [drawing.target(ref) for ref in _texts(event, "eventDefinitionRef")]
    definitions = [*event, *(target for target in named if target is not None)]
    return {_tag(d).removesuffix("EventDefinition") for d in definitions if _tag(d).endswith("EventDefinition")}
