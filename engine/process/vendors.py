"""What other tools write beside BPMN: each attribute gets its meaning here or is named in a warning, never dropped.

Read are Camunda 7, Flowable, Activiti and Zeebe (Camunda 8). Attributes that only say how a picture looks are not
looked at. BPMN's own potentialOwner is read here as well, for it says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
VENDORS = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://activiti.org/bpmn": "activiti",
    "http://flowable.org/bpmn": "flowable",
    "http://camunda.org/schema/zeebe/1.0": "zeebe",
}

# What has a meaning here: vendor's name -> our property. `collection` and `decision` are read by the reader.
PROPERTIES = {"formKey": "formKey", "candidateGroups": "candidateRole", "formId": "formKey"}
MEANINGS = {
    **{name: f"property `{ours}`" for name, ours in PROPERTIES.items()},
    "collection": "keys of the multi-instance",
    "inputCollection": "keys of the multi-instance",
    "decisionRef": "decision of the business-rule task",
    "decisionId": "decision of the business-rule task",
    "processId": "process that is called",
    "in": "mapping `in:` of a call, with source and target",
    "out": "mapping `out:` of a call, with source and target",
    "initiator": "nothing to do: whoever starts is always kept",
}
# Elements that only hold others which are looked at themselves.
_HOLDERS = frozenset(
    {"formDefinition", "assignmentDefinition", "calledDecision", "calledElement", "loopCharacteristics"}
)
_PLAIN = re.compile(r"[\w.:-]+")


class Extras:
    """The attributes of other tools on one element: `properties` with a meaning here, `ignored` without."""

    def __init__(self, element: Any) -> None:
        self.properties: dict[str, str] = {}
        self.collection: str | None = None
        self.decision: str | None = None
        self.called: str | None = None
        self.scripts: list[str] = []
        self.ignored: list[str] = []
        for vendor, name, value in _written(element):
            self._read(vendor, name, value)
        for owner in element.iterfind(f"{{{BPMN}}}potentialOwner"):
            text = "".join(owner.itertext()).strip()
            self._property("candidateRole", _role(text), "potentialOwner")

    def _read(self, vendor: str, name: str, value: str) -> None:
        if name in PROPERTIES:
            self._property(PROPERTIES[name], _role(value) if name == "candidateGroups" else value, f"{vendor}:{name}")
        elif name.startswith(("in:", "out:")):
            self.properties[name] = value
        elif name in ("collection", "inputCollection"):
            self.collection = value
        elif name in ("decisionRef", "decisionId"):
            self.decision = value
        elif name == "processId":
            self.called = value
        elif name in ("executionListener", "taskListener", "script"):
            self.scripts.append(f"{vendor}:{name}")
        elif name != "initiator":
            self.ignored.append(f"{vendor}:{name}")

    def _property(self, ours: str, value: str | None, written: str) -> None:
        if value is None:
            self.ignored.append(written)
        else:
            self.properties.setdefault(ours, value)


def _role(text: str) -> str | None:
    """Return one plain group; several, or one that is computed, cannot be a role here."""
    return text if _PLAIN.fullmatch(text) else None


def _written(element: Any) -> Iterator[tuple[str, str, str]]:
    yield from _attributes(element)
    inner = element.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
    if inner is not None:
        yield from _attributes(inner)
        yield from _elements(inner)
    yield from _elements(element)


def _attributes(element: Any) -> Iterator[tuple[str, str, str]]:
    for written, value in element.attrib.items():
        namespace, _, name = str(written)[1:].partition("}")
        if str(written).startswith("{") and namespace in VENDORS:
            yield VENDORS[namespace], name, value


def _elements(element: Any) -> Iterator[tuple[str, str, str]]:
    for child in element.iterfind(f"{{{BPMN}}}extensionElements/*"):
        namespace, _, name = str(child.tag)[1:].partition("}")
        if namespace not in VENDORS:
            continue
        vendor = VENDORS[namespace]
        if name in ("in", "out") and child.get("source") and child.get("target"):
            yield vendor, f"{name}:{child.get('target')}", child.get("source")
        elif name in ("in", "out") and child.get("variables") == "all":
            continue  # All of it is handed over where nothing else is said.
        elif name not in _HOLDERS:
            yield vendor, name, (child.text or "").strip()
        for attribute, value in child.attrib.items() if name in _HOLDERS else ():
            yield vendor, str(attribute), value
