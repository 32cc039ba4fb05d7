"""A process that is ready to run: its model with everything compiled that a move needs.

Made by engine.process.release once for each release and shared by all its instances, which never change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from engine.process.expressions import Program
from engine.process.model import Node, ProcessModel
from engine.process.moves import Scalar
from engine.process.rules import Rule
from engine.process.spiff.build import build
from engine.process.spiff.tasks import ProcessSpec

# What the office says of a nomination or paper when it starts; one that it does not give is false.
FLAGS = frozenset({"nomination.own_of_consolidator", "nomination.under_district", "paper.receiver_outside"})

# What the timer of a working-day limit sets once it has passed: the first day after it.
PASSED_ON = "passed_on"
# What a call that runs once for each key of a list hands over: the key it runs for, as a variable of its start event.
ITEM = "item"

# Where the programs of a loop lie beside that of its element, and what a completion condition may count by.
COMPLETION, CONDITION, LOOP, THROWN = "[completion]", "[condition]", "[loop]", "[thrown]"
COUNTERS = (
    ("nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"),
    ("numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances"),
)


@dataclass
class ProcessDefinition(ProcessModel):
    """`programs` are the conditions by flow id and the cardinalities by element id."""

    declared: dict[str, str] = field(default_factory=dict)
    bare: bool = False  # foreign: fields are variables under their plain names too
    given: frozenset[str] = frozenset()  # names that say whether a field that may stay empty was filled in
    collected: frozenset[str] = frozenset()  # names that list the values of a multi-instance
    programs: dict[str, Program] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    specs: dict[str, ProcessSpec] = field(default_factory=dict)  # its own, those it may call included
    owners: dict[str, ProcessDefinition] = field(default_factory=dict)  # specification -> whose it is

    @classmethod
    def of(cls, model: ProcessModel) -> ProcessDefinition:
        return cls(**{item.name: getattr(model, item.name) for item in fields(ProcessModel)})

    @property
    def spec(self) -> ProcessSpec:
        return self.specs[self.id]

    def node(self, element: str) -> Node | None:
        """Return a node by its id, of this process or one called from it: ids are unique in a release."""
        return self.owner_of(element).nodes.get(element)

    def owner_of(self, element: str) -> ProcessDefinition:
        """Return the process that a node is drawn in: this one, or one called from it."""
        return next((process for process in self.owners.values() if element in process.nodes), self)

    def link(self, processes: Mapping[str, ProcessDefinition]) -> None:
        """Build the specifications, with those of every process that can be called from here."""
        todo, seen = [self.id], {self.id}
        while todo:
            process = processes[todo.pop()]
            for name, spec in build(process).items():
                self.specs[name] = spec
                self.owners[name] = process
            called = {node.called for node in process.nodes.values() if node.called} - seen
            seen |= called
            todo += sorted(called)


def values_of(definition: ProcessDefinition, variables: Mapping[str, Scalar], names: Iterable[str]) -> dict[str, Any]:
    """Return what an expression that reads `names` is given; what is not there stays away.

    `.visited`, `.asked_before` and `_given` always have a value; a field of a multi-instance lists those of its
    instances.
    """
    values: dict[str, Any] = {}
    for name in names:
        if name in variables:
            values[name] = variables[name]
        elif name in definition.given:
            values[name] = name.removesuffix("_given") in variables
        elif name in definition.collected:
            element, _, last = name.rpartition(".")
            given = [key for key in variables if key.startswith(f"{element}@") and key.endswith(f".{last}")]
            # By key, never by who was first; numbers count as numbers.
            values[name] = [variables[key] for key in sorted(given, key=lambda key: (len(key), key))]
        elif name.endswith((".visited", ".asked_before")) or name in FLAGS:
            values[name] = False
    return values
