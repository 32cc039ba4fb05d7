"""Where a token stands: its element, its key, and the variables it sees.

The key of a step is made once, when a token first needs one, and counts the visits of an element on its call path
(decision 25). It lies with the token, so that it never changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from SpiffWorkflow.task import Task

from engine.process.definition import ProcessDefinition
from engine.process.model import Node
from engine.process.spiff.workflow import Subprocess, Workflow
from engine.process.state import State

_NOWHERE = Node("", "", "")


@dataclass(frozen=True)
class Place:
    """`path` leads to the tree a token stands in, `frame` to the variables it sees; both "" at the top."""

    task: Task
    owner: ProcessDefinition
    node: Node
    path: str
    frame: str


class Places:
    """Answers for the tokens of one instance."""

    def __init__(self, workflow: Workflow, state: State, definition: ProcessDefinition) -> None:
        self._workflow = workflow
        self._state = state
        self._definition = definition

    def task(self, number: int) -> Task:
        return self._workflow.get_task_from_id(UUID(int=number))

    def at(self, task: Task) -> Place:
        tree = task.workflow
        owner = self._definition.owners[tree.spec.name]
        node = owner.nodes.get(task.task_spec.element) or _NOWHERE
        number = task.task_spec.number
        if number is not None:
            node = replace(node, events=(node.events[number],))
        return Place(task, owner, node, self.path(tree), self._frame(tree))

    def path(self, tree: Workflow | Subprocess) -> str:
        return self.key(self.caller(tree)) if isinstance(tree, Subprocess) else ""

    def _frame(self, tree: Workflow | Subprocess) -> str:
        if not isinstance(tree, Subprocess):
            return ""
        place = self.at(self.caller(tree))
        return self.key(place.task) if place.node.kind == "callActivity" else place.frame

    def caller(self, tree: Subprocess) -> Task:
        return self._workflow.get_task_from_id(tree.parent_task_id)

    def item(self, task: Task) -> str | None:
        """Return the key of the instance of a multi-instance that a token is, or stands in."""
        while "item" not in task.internal_data:
            if not isinstance(task.workflow, Subprocess):
                return None
            task = self.caller(task.workflow)
        return str(task.internal_data["item"])

    def key(self, task: Task) -> str:
        data = task.internal_data
        if "key" not in data:
            path = self.path(task.workflow)
            name = task.task_spec.label
            if "item" in data:
                # An instance counts as often as the multi-instance it belongs to.
                last = f"{name}@{data['item']}#{self.key(task.parent).rpartition('#')[2]}"
                data["key"] = f"{path}/{last}" if path else last
            else:
                data["key"] = self.next_key(path, name)
        return str(data["key"])

    def next_key(self, path: str, name: str) -> str:
        """Make the key of the next visit of an element."""
        last = f"{name}#{self._state.next_occurrence(path, name)}"
        return f"{path}/{last}" if path else last
