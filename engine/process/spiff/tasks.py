"""One SpiffWorkflow task specification for each BPMN element that runs.

A task in the tree is a token. A specification never predicts: its outgoing tokens are made when it has run, each
marked with the sequence flow it came by, so the tree holds what is open and nothing that may come. Which flow a
gateway chooses, which instances a multi-instance has and when an event fires is written into the task by
`engine.process.instance` before it runs; nothing here evaluates anything.
"""

from __future__ import annotations

from typing import Any, cast

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

UNFINISHED = TaskState.NOT_FINISHED_MASK


class ProcessSpec(WorkflowSpec):
    """The specification of a process or an embedded subprocess; `start` is its start event."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.data_objects: dict[str, Any] = {}

    def spec(self, name: str) -> TaskSpec:
        return cast(TaskSpec, self.task_specs[name])


class TaskSpec(BpmnTaskSpec):
    """Runs at once and sends a token down each outgoing flow, or down those written under `chosen`."""

    def __init__(self, process: ProcessSpec, name: str, **kwargs: Any) -> None:
        super().__init__(process, name, **kwargs)
        self.element = name  # whose behaviour this is; "" where nothing is drawn
        self.label = name  # what its key is made of
        self.shown = True  # whether passing it is passing the element
        self.number: int | None = None  # which of several events of its element it waits for
        self.copies = 1  # tokens down each flow
        self.flows: list[tuple[str, str]] = []  # (flow id, name of the specification it leads to)

    def flow_to(self, flow: str, target: TaskSpec) -> None:
        self.flows.append((flow, target.name))
        if not isinstance(target, StartEvent):
            self.connect(target)

    def _predict(self, my_task: Task, *args: Any, **kwargs: Any) -> None:
        """Nothing: the tree holds no guesses."""

    def _run(self, my_task: Task) -> bool | None:
        result = cast("bool | None", super()._run(my_task))
        if result:
            self._send_tokens(my_task)
        return result

    def _send_tokens(self, my_task: Task) -> None:
        chosen = my_task.internal_data.get("chosen")
        for flow, target in self.flows * self.copies:
            if chosen is None or flow in chosen:
                child = my_task._add_child(self._wf_spec.task_specs[target], TaskState.FUTURE)
                child.internal_data["flow"] = flow

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        parent = my_task.parent
        if parent is not None and isinstance(parent.task_spec, Guardian):
            parent.task_spec.child_completed(parent, my_task)


class Guardian(TaskSpec):
    """Has children that end each other or are waited for: they stay where they are until all have finished."""

    def child_completed(self, my_task: Task, child: Task) -> None:
        raise NotImplementedError


class StartEvent(TaskSpec, StartTask):
    """The root of the tree."""

    def test(self) -> None:
        """Nothing: a start that leads nowhere ends at once, as it is drawn."""


class UserTask(TaskSpec):
    """Waits for a person."""

    def __init__(self, process: ProcessSpec, name: str) -> None:
        super().__init__(process, name, manual=True)


class Choice(TaskSpec):
    """Stands behind an activity some of whose flows have conditions."""


class Wait(TaskSpec):
    """A catching event: goes on once it was fired. With `again` it is set once more, with what is written there."""

    interrupting = True

    def _update_hook(self, my_task: Task) -> bool:
        super()._update_hook(my_task)
        if my_task.internal_data.get("fired"):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def fire(self, my_task: Task) -> None:
        my_task.internal_data["fired"] = True
        self._update(my_task)

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        if (again := my_task.internal_data.get("again")) is not None:
            task = my_task.parent._add_child(self, TaskState.FUTURE)
            task.internal_data = {"flow": my_task.internal_data.get("flow", ""), **again}
            self._update(task)


class Trigger(Wait):
    """Waits as long as its scope lives, and then starts an event subprocess in it."""

    def _run_hook(self, my_task: Task) -> bool | None:
        if self.interrupting:
            for task in list(my_task.workflow.tasks.values()):
                if task is not my_task and task.has_state(UNFINISHED):
                    task.cancel()
        return cast("bool | None", super()._run_hook(my_task))


class Terminate(TaskSpec):
    """A terminate end event: every other token of its process is taken away."""

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        for task in list(my_task.workflow.tasks.values()):
            if task.has_state(UNFINISHED):
                task.cancel()


class Join(TaskSpec):
    """A parallel gateway: one token from each incoming flow, no matter how many rounds there were before."""

    def __init__(self, process: ProcessSpec, name: str, incoming: frozenset[str]) -> None:
        super().__init__(process, name)
        self.incoming = incoming

    def _update_hook(self, my_task: Task) -> bool:
        arrived: dict[str, Task] = {my_task.internal_data["flow"]: my_task}
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task.state == TaskState.WAITING:
                arrived.setdefault(task.internal_data["flow"], task)
        if not self._complete(my_task, arrived):
            my_task._set_state(TaskState.WAITING)
            return False
        for task in arrived.values():
            if task is not my_task:
                task.cancel()
        return True

    def _complete(self, my_task: Task, arrived: dict[str, Task]) -> bool:
        return self.incoming <= arrived.keys()


class Gather(Join):
    """Stands before an activity with a start quantity: so many tokens start it once, by whichever flow they come."""

    def __init__(self, process: ProcessSpec, name: str, quantity: int) -> None:
        super().__init__(process, name, frozenset())
        self.quantity = quantity

    def _update_hook(self, my_task: Task) -> bool:
        waiting = [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self and task.state == TaskState.WAITING and task is not my_task
        ]
        if len(waiting) < self.quantity - 1:
            my_task._set_state(TaskState.WAITING)
            return False
        for task in waiting[: self.quantity - 1]:
            task.cancel()
        return True


class InclusiveJoin(Join):
    """An inclusive gateway waits for every token that can still come (BPMN 2.0, 13.4.3).

    `reach` says for each incoming flow which specifications can send a token down it without passing here.
    """

    reach: dict[str, frozenset[str]]

    def _complete(self, my_task: Task, arrived: dict[str, Task]) -> bool:
        empty = frozenset().union(*(self.reach[flow] for flow in self.incoming - arrived.keys()))
        filled = frozenset().union(*(self.reach[flow] for flow in arrived))
        return not any(
            task.has_state(UNFINISHED)
            and task.task_spec is not self
            and task.task_spec.name in empty
            and task.task_spec.name not in filled
            for task in my_task.workflow.tasks.values()
        )


class BoundarySplit(Guardian):
    """Stands before an activity with boundary events and sends a token to it and to each of them."""

    def child_completed(self, my_task: Task, child: Task) -> None:
        if isinstance(child.task_spec, Wait) and not child.task_spec.interrupting:
            return
        for task in my_task.children:
            if task is not child and task.has_state(UNFINISHED):
                task.cancel()


class EventGateway(BoundarySplit):
    """An event-based gateway: the first event that fires takes the others away."""


class MultiInstance(Guardian):
    """Runs `inner` once for each of the keys written under `keys`, all at once or one after the other.

    `asks`: it comes back after each instance, to be told by `done` whether the rest is still wanted.
    """

    asks = False

    def __init__(self, process: ProcessSpec, name: str, inner: TaskSpec, sequential: bool) -> None:
        super().__init__(process, name)
        self.inner = inner
        self.sequential = sequential
        inner._inputs = [name]

    def _run_hook(self, my_task: Task) -> bool | None:
        data = my_task.internal_data
        if "left" not in data:
            data["left"] = list(data["keys"])
            self._start_next(my_task)
            return None if my_task.children else True
        open_ = [task for task in my_task.children if task.has_state(UNFINISHED)]
        if data.get("done"):
            for task in open_:
                task.cancel()
        elif open_:
            return None
        elif data["left"]:
            self._start_next(my_task)
            return None
        return True

    def _start_next(self, my_task: Task) -> None:
        left = my_task.internal_data["left"]
        count = 1 if self.sequential else len(left)
        my_task.internal_data["left"] = left[count:]
        for key in left[:count]:
            child = my_task._add_child(self.inner, TaskState.FUTURE)
            child.internal_data["item"] = key
            self.inner._update(child)

    def child_completed(self, my_task: Task, child: Task) -> None:
        if "item" not in child.internal_data:
            return  # A token that has gone on from here.
        if self.asks:
            my_task._set_state(TaskState.READY)
        elif my_task.internal_data["left"]:
            self._start_next(my_task)
        elif not any(task.has_state(UNFINISHED) for task in my_task.children):
            my_task._set_state(TaskState.READY)


class Compensate(Guardian):
    """Undoes what its scope has done, one after the other; `next` is written before it runs: what to start, or None.

    `clears`: it first takes away whatever else is still going on in the scope.
    """

    clears = False

    def _run_hook(self, my_task: Task) -> bool | None:
        data = my_task.internal_data
        if self.clears and "undone" not in data:
            for task in list(my_task.workflow.tasks.values()):
                if task is not my_task and task.has_state(UNFINISHED):
                    task.cancel()
        if data["next"] is None:
            return True
        data["undone"] = data.get("undone", 0) + 1
        spec = self._wf_spec.task_specs[data["next"]]
        child = my_task._add_child(spec, TaskState.FUTURE)
        child.internal_data["undoes"] = data["undone"]
        spec._update(child)
        return None

    def child_completed(self, my_task: Task, child: Task) -> None:
        if "undoes" in child.internal_data:
            my_task._set_state(TaskState.READY)


class StandardLoop(Guardian):
    """Runs `inner` again and again while `again` is written before it runs itself; `count` says how often it did."""

    def __init__(self, process: ProcessSpec, name: str, inner: TaskSpec) -> None:
        super().__init__(process, name)
        self.inner = inner
        inner._inputs = [name]

    def _run_hook(self, my_task: Task) -> bool | None:
        data = my_task.internal_data
        if not data.pop("again"):
            return True
        data["count"] = data.get("count", 0) + 1
        child = my_task._add_child(self.inner, TaskState.FUTURE)
        child.internal_data["round"] = data["count"]
        self.inner._update(child)
        return None

    def child_completed(self, my_task: Task, child: Task) -> None:
        if "round" in child.internal_data:
            my_task._set_state(TaskState.READY)


class Call(SubWorkflowTask, TaskSpec):
    """A call activity or an embedded subprocess: a tree of its own, without its data being copied around."""

    def __init__(self, process: ProcessSpec, name: str, called: str) -> None:
        super().__init__(process, name, subworkflow_spec=called)

    def start_workflow(self, my_task: Task) -> None:
        self.listen(my_task, my_task.workflow.top_workflow.create_subprocess(my_task, self.spec))

    def listen(self, my_task: Task, subprocess: Any) -> None:
        subprocess.completed_event.connect(self._on_subworkflow_completed, my_task)

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        """Nothing: variables are not SpiffWorkflow's."""
