"""The trees of tasks of one process instance: the process itself and what it has called.

SpiffWorkflow looks for a task by walking the tree and stops at 1,000 levels, after which an open task is
invisible. These classes scan the flat table of tasks in the order the tasks were made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process.spiff.tasks import UNFINISHED, ProcessSpec, Trigger


class NoScripts(BasePythonScriptEngineEnvironment):
    """Refuses everything: SpiffWorkflow's own evaluator is Python's eval, and nothing here needs one."""

    def evaluate(self, expression: Any, context: Any, external_context: Any = None) -> Any:
        raise PermissionError("SpiffWorkflow evaluates nothing here")

    def execute(self, script: Any, context: Any, external_context: Any = None) -> Any:
        raise PermissionError("SpiffWorkflow executes nothing here")

    def call_service(self, context: Any, **kwargs: Any) -> Any:
        raise PermissionError("SpiffWorkflow calls nothing here")


SCRIPT_ENGINE = PythonScriptEngine(environment=NoScripts())


class _Flat:
    """What both kinds of tree share. A process is complete when no token is left in it."""

    tasks: dict[Any, Task]
    completed: bool
    completed_event: Any

    def get_tasks_iterator(self, first_task: Task | None = None, **kwargs: Any) -> Iterator[Task]:
        if first_task is not None:
            return super().get_tasks_iterator(first_task, **kwargs)  # type: ignore[misc, no-any-return]
        state = kwargs.get("state", TaskState.ANY_MASK)
        return iter([task for task in self.tasks.values() if task.has_state(state)])

    def update_waiting_tasks(self) -> None:
        for task in [task for task in self.tasks.values() if task.state == TaskState.WAITING]:
            if task.state == TaskState.WAITING:
                task.task_spec._update(task)

    def _task_completed_notify(self, task: Task) -> None:
        left = [task for task in self.tasks.values() if task.has_state(UNFINISHED)]
        if any(task.state != TaskState.WAITING or not isinstance(task.task_spec, Trigger) for task in left):
            self.update_waiting_tasks()
        else:
            # What an event subprocess waits for ends with its scope.
            for task in left:
                task.cancel()
            self.completed = True
            self.completed_event(self)


class Workflow(_Flat, BpmnWorkflow):
    """The tree of a process instance, which also keeps those of the processes it called."""

    def __init__(self, spec: ProcessSpec, called: dict[str, ProcessSpec], **kwargs: Any) -> None:
        super().__init__(spec, called, script_engine=SCRIPT_ENGINE, **kwargs)

    def create_subprocess(self, my_task: Task, spec_name: str) -> Subprocess:
        subprocess = Subprocess(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = subprocess
        return subprocess

    def trees(self) -> list[Workflow | Subprocess]:
        """Return every tree, callers before what they called."""
        return [self, *self.subprocesses.values()]

    def all_tasks(self) -> Iterator[Task]:
        for tree in self.trees():
            yield from tree.tasks.values()


class Subprocess(_Flat, BpmnSubWorkflow):
    """The tree of a called process or an embedded subprocess."""
