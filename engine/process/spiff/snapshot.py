"""The trees of tasks as plain JSON, without the specifications, and back.

An ordered array: callers before the called, and in each tree parents before children, for a mapping may come
back in another order. What a task carries is data alone; nothing in it names a class.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process.spiff.chance import Counter, counting
from engine.process.spiff.tasks import Call, ProcessSpec
from engine.process.spiff.workflow import Subprocess, Workflow

Json = Any


def encode(workflow: Workflow) -> Json:
    """Return the trees as JSON; `decode` is the exact inverse."""
    return [_encode_tree(tree) for tree in workflow.trees()]


def decode(data: Json, spec: ProcessSpec, called: dict[str, ProcessSpec]) -> Workflow:
    """Return the workflow that `data` describes.

    Raises:
        KeyError: a task is of a specification that is not in this release.
    """
    with counting(Counter()):
        workflow = Workflow(spec, called, deserializing=True)
        _decode_tree(workflow, data[0])
        for tree in data[1:]:
            owner = workflow.get_task_from_id(UUID(int=tree["task"]))
            owner_spec: Call = owner.task_spec
            subprocess = Subprocess(called[owner_spec.spec], owner.id, workflow, deserializing=True)
            workflow.subprocesses[owner.id] = subprocess
            _decode_tree(subprocess, tree)
            owner_spec.listen(owner, subprocess)
    return workflow


def _encode_tree(tree: Workflow | Subprocess) -> Json:
    encoded: dict[str, Json] = {
        "completed": tree.completed,
        "tasks": [_encode_task(task) for task in tree.tasks.values()],
    }
    if isinstance(tree, Subprocess):
        encoded["task"] = tree.parent_task_id.int
    return encoded


def _encode_task(task: Task) -> Json:
    parent = None if task._parent is None else task._parent.int
    return [task.id.int, parent, task.task_spec.name, task.state, task.internal_data]


def _decode_tree(tree: Workflow | Subprocess, data: Json) -> None:
    for task_id, parent_id, name, state, internal_data in data["tasks"]:
        parent = None if parent_id is None else tree.tasks[UUID(int=parent_id)]
        task = Task(tree, tree.spec.task_specs[name], parent, TaskState.ANY_MASK & state, UUID(int=task_id))
        task.internal_data = internal_data
    tree.task_tree = next(iter(tree.tasks.values()))
    tree.completed = data["completed"]
