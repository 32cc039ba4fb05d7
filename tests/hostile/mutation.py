"""Twelve ways to spoil a diagram, each a small change of its XML made at one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
Mutation = Callable[[Any], bool]


def _all(root: Any, *tags: str) -> list[Any]:
    return [element for tag in tags for element in root.iter(f"{BPMN}{tag}")]


def _nodes(root: Any) -> list[Any]:
    kinds = ("userTask", "businessRuleTask", "exclusiveGateway", "endEvent", "intermediateCatchEvent", "boundaryEvent")
    return _all(root, *kinds)


def _drop(element: Any) -> None:
    element.getparent().remove(element)


def drop_flow(root: Any, at: int) -> None:
    _drop(_pick(_all(root, "sequenceFlow"), at))


def drop_node(root: Any, at: int) -> None:
    _drop(_pick(_nodes(root), at))


def drop_condition(root: Any, at: int) -> None:
    _drop(_pick(_all(root, "conditionExpression"), at))


def drop_default(root: Any, at: int) -> None:
    del _pick([node for node in _nodes(root) if node.get("default")], at).attrib["default"]


def other_target(root: Any, at: int) -> None:
    _pick(_all(root, "sequenceFlow"), at).set("targetRef", "nowhere")


def same_id(root: Any, at: int) -> None:
    nodes = _nodes(root)
    _pick(nodes, at).set("id", nodes[at - 1].get("id"))


def other_kind(root: Any, at: int) -> None:
    _pick(_nodes(root), at).tag = f"{BPMN}complexGateway"


def other_variable(root: Any, at: int) -> None:
    _pick(_all(root, "conditionExpression"), at).text = 'nobody.sets_this == "x"'


def other_language(root: Any, at: int) -> None:
    _pick(_all(root, "conditionExpression"), at).text = "${execution.getVariable('x')}"


def unknown_role(root: Any, at: int) -> None:
    _pick([p for p in root.iter("{*}property") if p.get("name") == "candidateRole"], at).set("value", "NOBODY")


def unknown_form(root: Any, at: int) -> None:
    _pick([p for p in root.iter("{*}property") if p.get("name") == "formKey"], at).set("value", "no_form")


def endless_limit(root: Any, at: int) -> None:
    _pick([p for p in root.iter("{*}property") if p.get("name") == "limitWorkingDays"], at).set("value", "P3D")


# Whoever takes these away leaves a file that must be refused; the others may leave one that runs.
FATAL = (other_target, same_id, other_kind, other_variable, other_language, unknown_role, unknown_form, endless_limit)
MUTATIONS = (drop_flow, drop_node, drop_condition, drop_default, *FATAL)


def _pick(elements: list[Any], at: int) -> Any:
    """Return one of the elements; IndexError where there are no more."""
    return elements[at]


def mutants(raw: bytes, places: int) -> Iterator[tuple[Any, bytes]]:
    """Yield each mutation at up to `places` places, with the file that comes of it."""
    root = etree.fromstring(raw)
    for mutation in MUTATIONS:
        for at in range(places):
            changed = deepcopy(root)
            try:
                mutation(changed, at)
            except IndexError:
                break
            yield mutation, etree.tostring(changed)
