"""A process that is ready to run: its model with everything compiled that a move needs.

Made by engine.process.release once for each release and shared by all its instances, which never change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from engine.process.expressions import Program
from engine.process.model import ProcessModel
from engine.process.rules import Rule
from engine.process.spiff.build import build
from engine.process.spiff.tasks import ProcessSpec


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
