"""Finished tasks that nothing open needs leave the tree, so a nomination returned 1,000 times stays small.

What still needs a finished task: an unfinished parent (a multi-instance counts its children) and an open
boundary or event-based gateway, whose children end each other. Joins count the tokens that wait at them and
need no ancestors. The root stays.
"""

from __future__ import annotations

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process.spiff.tasks import UNFINISHED, BoundarySplit
from engine.process.spiff.workflow import Subprocess, Workflow

FINISHED = TaskState.FINISHED_MASK


def prune(workflow: Workflow) -> None:
    """Splice out every finished task that is not needed, and drop the trees of finished calls."""
    for tree in workflow.trees():
        for task in list(tree.tasks.values()):
            if is_spent(task):
                splice(task)
    drop_ended(workflow)


def drop_ended(workflow: Workflow) -> None:
    """Drop the trees of calls that are not open any more."""
    # A cancelled multi-instance takes its children away without a word to what these had called.
    alive = {task.id for task in workflow.all_tasks() if task.has_state(UNFINISHED)}
    ended = [task_id for task_id in workflow.subprocesses if task_id not in alive]
    while ended:
        for task_id in ended:
            gone: Subprocess = workflow.subprocesses.pop(task_id)
            alive -= gone.tasks.keys()
        ended = [task_id for task_id in workflow.subprocesses if task_id not in alive]


def is_spent(task: Task) -> bool:
    """Whether a task may leave the tree now."""
    parent = task.parent
    if parent is None or not task.has_state(FINISHED) or not parent.has_state(FINISHED):
        return False
    # Nothing is handed to a split: its children end each other. Once all have finished, it leaves before them.
    return not isinstance(parent.task_spec, BoundarySplit) and not _is_open(task)


def _is_open(task: Task) -> bool:
    return isinstance(task.task_spec, BoundarySplit) and any(child.has_state(UNFINISHED) for child in task.children)


def splice(task: Task) -> None:
    """Take `task` out and hand its children to its parent, kept in the order they were made."""
    parent = task.parent
    for child in task.children:
        child._parent = parent.id
    parent._children = sorted([*(i for i in parent._children if i != task.id), *task._children])
    del task.workflow.tasks[task.id]
