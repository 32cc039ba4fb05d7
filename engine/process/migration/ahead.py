"""What an edit changes ahead of an instance: the two drawings compared, from where it stands on.

Compared is what is written, never where it is drawn: shapes, lines of the file and ids of flows do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.process.decisions import Decision, Table
from engine.process.definition import ProcessDefinition
from engine.process.migration.history import Renames
from engine.process.migration.records import Note
from engine.process.model import Node

Place = tuple[ProcessDefinition, Node]


class Drawing:
    """All elements an instance of `definition` can come to, by process and id."""

    def __init__(self, definition: ProcessDefinition) -> None:
        self.definition = definition
        self.processes = {process.id: process for process in definition.owners.values()}

    def place(self, process: str, element: str) -> Place | None:
        """Return an element; one that has moved to another process is found if its id is the only such one."""
        owner = self.processes.get(process)
        if owner and element in owner.nodes:
            return owner, owner.nodes[element]
        places = [(other, other.nodes[element]) for other in self.processes.values() if element in other.nodes]
        return places[0] if len(places) == 1 else None

    def ahead(self, keys: Iterable[str]) -> dict[tuple[str, str], Place]:
        """Return the elements at these keys and all that can be reached from there."""
        found: dict[tuple[str, str], Place] = {}
        todo = [step for key in keys for step in self._standing_at(key)]
        while todo:
            owner, node, within = todo.pop()
            if (owner.id, node.id) not in found:
                found[owner.id, node.id] = (owner, node)
                todo += [(*place, True) for place in self._next(owner, node, within)]
        return found

    def _standing_at(self, key: str) -> Iterator[tuple[ProcessDefinition, Node, bool]]:
        owner = self.definition
        parts = key.split("/")
        for number, part in enumerate(parts):
            node = owner.nodes[part.partition("#")[0].partition("@")[0]]
            last = number == len(parts) - 1
            yield owner, node, last
            if not last and node.kind == "callActivity":
                owner = self.processes[node.called or ""]

    def _next(self, owner: ProcessDefinition, node: Node, within: bool) -> Iterator[Place]:
        for flow in owner.outgoing(node):
            yield owner, owner.nodes[flow.target]
        for other in owner.nodes.values():
            if other.attached_to == node.id:
                yield owner, other
        if within and node.kind == "callActivity":
            called = self.processes[node.called or ""]
            yield called, called.start
        elif within and node.kind == "subProcess":
            yield owner, owner.start_of(node.id)


class Comparison:
    """Two drawings, each element compared once, however many instances ask."""

    def __init__(self, old: ProcessDefinition, new: ProcessDefinition, renames: Renames) -> None:
        self._old, self._new, self._renames = Drawing(old), Drawing(new), renames
        self._known = {renames.id(node.id): (owner, node) for owner, node in _places(self._old)}
        self._found: dict[tuple[str, str], list[Note]] = {}

    def ahead(self, old_keys: Iterable[str], new_keys: Iterable[str]) -> list[Note]:
        """Return what is added, removed or changed from where an instance stood and stands on."""
        before, after = self._old.ahead(old_keys), self._new.ahead(new_keys)
        notes: list[Note] = []
        seen: set[str] = set()
        for (process, element), (owner, node) in before.items():
            place = self._new.place(process, self._renames.id(element))
            if place is None:
                notes.append(_note("element_removed", node))
            else:
                seen.add(place[1].id)
                notes += self._compared((owner, node), place)
        for owner, node in after.values():
            if node.id not in self._known:
                notes.append(_note("element_added", node))
            elif node.id not in seen:
                notes += self._compared(self._known[node.id], (owner, node))
        return notes

    def _compared(self, old: Place, new: Place) -> list[Note]:
        key = (old[0].id, old[1].id)
        if key not in self._found:
            was, now = _Aspects(*old, self._renames), _Aspects(*new, Renames({}))
            different = (what for what, read in ASPECTS.items() if read(was) != read(now))
            self._found[key] = [_note("element_changed", new[1], what=what) for what in different]
        return self._found[key]


def _places(drawing: Drawing) -> Iterator[Place]:
    for process in drawing.processes.values():
        for node in process.nodes.values():
            yield process, node


def _note(code: str, node: Node, **params: Any) -> Note:
    return Note(code, {"step": node.id, "name": node.name or node.id} | params)


@dataclass(frozen=True)
class _Aspects:
    """One element, with everything it refers to written in the words of the new drawing."""

    owner: ProcessDefinition
    node: Node
    renames: Renames

    def ways(self) -> list[tuple[Any, ...]]:
        """Where it leads: in order, for the first flow that holds is taken."""
        return [
            (self.renames.id(flow.target), self.renames.text(flow.condition or ""), flow.id == self.node.default)
            for flow in self.owner.outgoing(self.node)
        ]

    def event(self) -> tuple[Any, ...]:
        node = self.node
        return node.events, node.interrupting, self.renames.id(node.attached_to or "")

    def loop(self) -> Any:
        loop = self.node.loop
        texts = loop and (self.renames.text(loop.cardinality or ""), self.renames.text(loop.collection or ""))
        return loop and (loop.sequential, texts)

    def table(self) -> Any:
        rule = self.owner.rules.get(self.node.id)
        return rule and (rule.decision_id, _written(rule.decision))

    def separation(self) -> tuple[str, ...]:
        return tuple(self.renames.id(step) for step in self.node.separate_from)

    def rest(self) -> dict[str, str]:
        read_elsewhere = ("formKey", "candidateRole", "unitScope", "limitWorkingDays", "countFirstDay")
        listed = {*read_elsewhere, "status", "separateFrom"}
        texts = self.node.properties.items()
        return {name: self.renames.text(text) for name, text in texts if name not in listed}


ASPECTS: dict[str, Callable[[_Aspects], Any]] = {
    "id": lambda at: at.renames.id(at.node.id) == at.node.id,
    "label": lambda at: at.node.name,
    "kind": lambda at: at.node.kind,
    "place": lambda at: (at.renames.id(at.owner.id), at.renames.id(at.node.scope)),
    "lane": lambda at: at.node.lane,
    "role": lambda at: at.node.role,
    "unit": lambda at: at.node.unit_scope,
    "limit": lambda at: (at.node.limit, at.node.count_first),
    "form": lambda at: at.node.form,
    "status": lambda at: at.node.status,
    "separation": _Aspects.separation,
    "ways": _Aspects.ways,
    "event": _Aspects.event,
    "loop": _Aspects.loop,
    "called": lambda at: at.node.called,
    "table": _Aspects.table,
    "properties": _Aspects.rest,
}


def _written(decision: Decision) -> Any:
    """Return all that a decision says, without where in the file it says it."""
    logic: Any = decision.logic
    if isinstance(logic, Table):
        rows = [([test.text for test in rule.tests], [cell.text for cell in rule.outputs]) for rule in logic.rules]
        columns = [(column.expression.text, column.type.kind) for column in logic.inputs]
        results = [(output.name, output.type.kind, output.default and output.default.text) for output in logic.outputs]
        logic = (logic.policy, columns, results, rows)
    else:
        logic = logic.text
    return decision.id, logic, [_written(needed) for needed in decision.order]
