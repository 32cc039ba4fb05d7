"""One move, carried out: what it allows, how far the tokens run, and every fact on the way.

A turn ends when nothing is left but user tasks, timers and messages. An expression without a value, a gateway
without a true flow or a table that fails parks its token as an incident: the move itself stands (decision 12).
Choices written in `decided` are taken as they were, not made again (decision 24).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import facts as f
from engine.canonical import time_of, time_text
from engine.errors import NominationClosed, NotFound, TaskNotOpen
from engine.process.context import Context
from engine.process.decided import Decided
from engine.process.definition import ProcessDefinition, values_of
from engine.process.expressions import ExpressionFailed, Program
from engine.process.model import Flow, Node, Timer
from engine.process.moves import Complete, Deliver, FireTimer, Move, Resume, Retry, Suspend, Withdraw
from engine.process.rules import RuleFailed
from engine.process.spiff.prune import is_spent, prune, splice
from engine.process.spiff.tasks import UNFINISHED, Call, Join, MultiInstance, UserTask, Wait
from engine.process.spiff.workflow import Subprocess, Workflow
from engine.process.state import Incident, Open, OpenStep, OpenTimer, OpenWait, State
from engine.process.timers import day_after, due_at

MAX_TOKENS = 1_000
MAX_STEPS = 5_000  # in one turn; the longest chain of steps without a person
MAX_INSTANCES = 1_000

CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})


_KEY = re.compile(r"[\w.:-]{1,100}")


class _Parked(Exception):
    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.detail = detail


@dataclass(frozen=True)
class _Place:
    """Where a token stands. `path` leads to its tree, `frame` to the variables it sees; both "" at the top."""

    task: Task
    owner: ProcessDefinition
    node: Node
    path: str
    frame: str


class Turn:
    """Facts pile up in `facts`, in the order things happened. If it raises, workflow and state are spoilt."""

    def __init__(
        self,
        workflow: Workflow,
        state: State,
        definition: ProcessDefinition,
        context: Context,
        decided: Iterable[f.Fact] | Decided = (),
    ) -> None:
        self.facts: list[f.Fact] = []
        self._workflow = workflow
        self._state = state
        self._definition = definition
        self._context = context
        self._decided = decided if isinstance(decided, Decided) else Decided(decided)
        self._steps = 0

    # --- the moves -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.facts.append(f.ProcessStarted(process=self._definition.id))
        self._advance()

    def apply(self, move: Move) -> None:
        if self._state.ended:
            raise NominationClosed(nomination="", status=self._state.status)
        if self._state.suspended and not isinstance(move, Resume | Withdraw):
            raise TaskNotOpen(task_name="", state="suspended")
        _APPLY[type(move)](self, move)

    def _complete(self, move: Complete) -> None:
        step = self._opened(move.key, OpenStep)
        place = self._place(self._task(step.task))
        if place.task.state != TaskState.READY:
            raise TaskNotOpen(task_name=place.node.name, state="closed")
        variables = dict(sorted(move.variables.items()))
        self.facts.append(f.StepCompleted(key=step.key, element=step.element, variables=variables))
        self._set(place, variables)
        del self._state.open[step.key]
        self._run(place)
        self._advance()

    def _fire(self, move: FireTimer) -> None:
        timer = self._opened(move.key, OpenTimer)
        if timer.due_at != move.due_at or self._context.now < time_of(timer.due_at):
            raise TaskNotOpen(task_name=timer.element, state="not_due")
        self.facts.append(f.TimerEnded(key=timer.key, element=timer.element, fired=True))
        self._end_wait(timer)

    def _deliver(self, move: Deliver) -> None:
        key = move.key
        if key is None:
            waits = [w for w in self._state.open.values() if isinstance(w, OpenWait) and w.message == move.message]
            if not waits:
                raise NotFound(kind="message", id=move.message)
            key = waits[0].key
        wait = self._opened(key, OpenWait)
        if wait.message != move.message:
            raise NotFound(kind="message", id=move.message)
        self.facts.append(f.MessageEnded(key=wait.key, element=wait.element, received=True))
        self._set(self._place(self._task(wait.task)), move.variables)
        self._end_wait(wait)

    def _suspend(self, move: Suspend) -> None:
        self._state.suspended = True
        self.facts.append(f.ProcessSuspended())

    def _resume(self, move: Resume) -> None:
        if not self._state.suspended:
            raise TaskNotOpen(task_name="", state="not_suspended")
        self._state.suspended = False
        self.facts.append(f.ProcessResumed())

    def _withdraw(self, move: Withdraw) -> None:
        for task in list(self._workflow.all_tasks()):
            if task.has_state(UNFINISHED):
                task.cancel()
        self._state.suspended = False
        self._state.withdrawn = self._state.ended = True
        self._settle()
        self.facts.append(f.ProcessWithdrawn())

    def _retry(self, move: Retry) -> None:
        incident = self._state.incidents.pop(move.key, None)
        if incident is None:
            raise NotFound(kind="incident", id=move.key)
        self.facts.append(f.IncidentResolved(key=incident.key, element=incident.element))
        self._advance()

    # --- how far the tokens run ----------------------------------------------------------------------------------

    def _advance(self) -> None:
        while not any(incident.halts for incident in self._state.incidents.values()):
            parked = {incident.task for incident in self._state.incidents.values()}
            tasks = [task for task in self._workflow.all_tasks() if task.has_state(UNFINISHED)]
            for task in tasks:
                self._notice(task)
            ready = [task for task in tasks if _is_ready(task) and task.id.int not in parked]
            if not ready:
                break
            place = self._place(min(ready, key=lambda task: task.id.int))
            if len(tasks) > MAX_TOKENS:
                self._park(place, "token_limit", str(MAX_TOKENS), halts=True)
            elif self._steps >= MAX_STEPS:
                self._park(place, "step_limit", str(MAX_STEPS), halts=True)
            else:
                self._steps += 1
                self._step(place)
        self._settle()

    def _step(self, place: _Place) -> None:
        """Run one token that needs no person, or park it."""
        try:
            self._prepare(place)
        except _Parked as parked:
            self._park(place, parked.why, parked.detail)
            return
        except (ExpressionFailed, RuleFailed) as failed:
            self._park(place, failed.code, failed.detail)
            return
        self._run(place)
        if place.task.state == TaskState.COMPLETED and place.node.id:
            if place.node.kind == "endEvent" and place.task.workflow is self._workflow:
                self._state.last_end = place.node.id
            self.facts.append(f.NodePassed(key=self._key(place.task), element=place.node.id))

    def _prepare(self, place: _Place) -> None:
        node, spec = place.node, place.task.task_spec
        if isinstance(spec, MultiInstance):
            if "keys" not in place.task.internal_data:
                place.task.internal_data["keys"] = self._instances(place)
        elif node.kind in CHOOSING and (len(node.outgoing) > 1 or any(x.condition for x in place.owner.outgoing(node))):
            chosen = self._choose(place)
            place.task.internal_data["chosen"] = chosen
            for flow in chosen:
                self.facts.append(f.FlowTaken(key=self._key(place.task), element=node.id, flow=flow))
        elif node.kind == "businessRuleTask":
            self._decide(place)
        elif isinstance(spec, Call):
            self._leave_call(place)
        if node.kind == "endEvent":
            self._reach_status(node)

    def _run(self, place: _Place) -> None:
        place.task.run()
        whole = "item" not in place.task.internal_data
        if whole and place.task.state == TaskState.COMPLETED and place.node.kind in VISITED:
            self._state.variables.setdefault(place.frame, {})[f"{place.node.id}.visited"] = True
        if whole and place.task.state == TaskState.COMPLETED:
            self._take_over(place)
        # At once, so that a loop without waiting points stays small as well.
        if is_spent(place.task):
            splice(place.task)

    def _take_over(self, place: _Place) -> None:
        """Carry what `sets:<name>` maps from a field into a variable of the whole nomination."""
        variables = self._state.variables.setdefault(place.frame, {})
        for name, source in sorted(place.node.mapping("sets:").items()):
            if source in variables and variables.get(name) != variables[source]:
                variables[name] = variables[source]
                self.facts.append(f.VariableSet(variable=name, value=variables[source]))

    def _choose(self, place: _Place) -> list[str]:
        flows = place.owner.outgoing(place.node)
        if recorded := self._decided.flows(self._key(place.task), flows):
            return recorded
        exclusive = place.node.kind == "exclusiveGateway"
        chosen: list[str] = []
        for flow in flows:
            if flow.id != place.node.default and self._holds(place, flow):
                chosen.append(flow.id)
                if exclusive:
                    break
        if not chosen and place.node.default:
            chosen = [place.node.default]
        if not chosen:
            raise _Parked("no_flow_true")
        return chosen

    def _holds(self, place: _Place, flow: Flow) -> bool:
        return flow.condition is None or bool(self._evaluate(place.owner.programs[flow.id], place))

    def _evaluate(self, program: Program, place: _Place) -> Any:
        return program.evaluate(values_of(place.owner, self._state.variables.get(place.frame, {}), program.names))

    def _instances(self, place: _Place) -> list[str]:
        loop = place.node.loop
        assert loop is not None
        value = self._evaluate(place.owner.programs[place.node.id], place)
        if isinstance(value, list):
            keys = [str(item) for item in value]
            if len(set(keys)) < len(keys) or not all(_KEY.fullmatch(key) for key in keys):
                raise _Parked("instance_keys")
        else:
            if not 0 <= value <= MAX_INSTANCES:
                raise _Parked("instance_limit", str(MAX_INSTANCES))
            keys = [str(number + 1) for number in range(value)]
        if len(keys) > MAX_INSTANCES:
            raise _Parked("instance_limit", str(MAX_INSTANCES))
        return keys

    def _decide(self, place: _Place) -> None:
        key, rule = self._key(place.task), place.owner.rules[place.node.id]
        recorded = self._decided.table(key)
        if recorded is None:
            variables = self._state.variables.get(place.frame, {})
            inputs, rows, result = rule.evaluate(variables)
        else:
            inputs, rows, result = recorded.inputs, recorded.rows, recorded.result
        self._set(place, result)
        self.facts.append(
            f.DecisionMade(
                key=key, element=place.node.id, decision=rule.decision_id, inputs=inputs, rows=rows, result=result
            )
        )

    # --- tokens that come to a waiting point ---------------------------------------------------------------------

    def _notice(self, task: Task) -> None:
        """Open what a token has newly come to, or give a call its key and variables."""
        if "key" in task.internal_data:
            return
        spec = task.task_spec
        if isinstance(spec, UserTask) and task.state == TaskState.READY:
            self._open_step(self._place(task))
        elif isinstance(spec, Wait) and task.state == TaskState.WAITING:
            self._open_wait(self._place(task))
        elif isinstance(spec, Call):
            self._enter_call(self._place(task))

    def _open_step(self, place: _Place) -> None:
        node, key = place.node, self._key(place.task)
        self._reach_status(node)
        unit = self._unit(place)
        due_on, left_out = self._due(key, node)
        role = self._context.role(node.role) if node.role else None
        occurrence = int(key.rpartition("#")[2])
        self._state.open[key] = OpenStep(key, node.id, occurrence, place.task.id.int, role, unit, due_on)
        self.facts.append(
            f.StepOpened(
                key=key,
                element=node.id,
                occurrence=occurrence,
                role=role,
                unit=unit,
                due_on=due_on,
                left_out=left_out,
            )
        )

    def _due(self, key: str, node: Node) -> tuple[str | None, list[list[str]]]:
        if recorded := self._decided.step(key):
            return recorded.due_on, recorded.left_out
        if node.limit is None:
            return None, []
        due = self._context.due_on(node.limit, node.count_first)
        return due.due_on.isoformat(), [[day.isoformat(), why] for day, why in due.left_out]

    def _unit(self, place: _Place) -> str | None:
        scope, item = place.node.unit_scope, place.task.internal_data.get("item")
        if scope == "consulted_body" and (body := item or place.node.properties.get("body")):
            scope = f"{scope}@{body}"
        return self._context.unit(scope) if scope else None

    def _open_wait(self, place: _Place) -> None:
        node, key, number = place.node, self._key(place.task), place.task.id.int
        assert node.event is not None
        self._reach_status(node)
        if node.event.timer:
            recorded = self._decided.timer(key)
            due = recorded.due_at if recorded else self._timer_due(node, node.event.timer)
            self._state.open[key] = OpenTimer(key, node.id, number, due)
            self.facts.append(f.TimerScheduled(key=key, element=node.id, due_at=due))
        else:
            self._state.open[key] = OpenWait(key, node.id, number, node.event.name)
            self.facts.append(f.MessageAwaited(key=key, element=node.id, message=node.event.name))

    def _timer_due(self, node: Node, timer: Timer) -> str:
        if node.limit is None:
            return time_text(due_at(timer, self._context.now))
        return time_text(day_after(self._context.due_on(node.limit, node.count_first).due_on))

    def _enter_call(self, place: _Place) -> None:
        key = self._key(place.task)
        if place.node.kind != "callActivity":
            return
        called = self._definition.owners[place.node.called or ""]
        outer = self._state.variables.get(place.frame, {})
        inner = {name: value for name, value in outer.items() if name.startswith("nomination.")}
        for name, source in place.node.mapping("in:").items():
            if source in outer:
                inner[f"{called.start.id}.{name}"] = outer[source]
        self._state.variables[key] = inner

    def _leave_call(self, place: _Place) -> None:
        if place.node.kind != "callActivity":
            return
        inner = self._state.variables.get(self._key(place.task), {})
        mapping = place.node.mapping("out:")
        self._set(place, {name: inner[source] for name, source in mapping.items() if source in inner})

    def _reach_status(self, node: Node) -> None:
        if node.status and node.status != self._state.status:
            self._state.status = node.status
            self.facts.append(f.StatusReached(status=node.status))

    # --- what has ended ------------------------------------------------------------------------------------------

    def _end_wait(self, wait: OpenTimer | OpenWait) -> None:
        del self._state.open[wait.key]
        task = self._task(wait.task)
        task.task_spec.fire(task)
        self._advance()

    def _settle(self) -> None:
        """Report what was taken away, drop what is spent, and see whether all has ended or nothing can go on."""
        state = self._state
        alive = {task.id.int for task in self._workflow.all_tasks() if task.has_state(UNFINISHED)}
        for item in [item for item in state.open.values() if item.task not in alive]:
            del state.open[item.key]
            self.facts.append(_taken_away(item))
        for incident in [incident for incident in state.incidents.values() if incident.task not in alive]:
            del state.incidents[incident.key]
            self.facts.append(f.IncidentResolved(key=incident.key, element=incident.element))
        prune(self._workflow)
        paths = {self._path(tree) for tree in self._workflow.trees()}
        state.forget(paths)
        if state.ended:
            return
        if not alive:
            state.ended = True
            self.facts.append(f.ProcessEnded(element=state.last_end))
        elif not state.open and not state.incidents:
            stuck = next(
                t for t in self._workflow.all_tasks() if t.has_state(UNFINISHED) and isinstance(t.task_spec, Join)
            )
            self._park(self._place(stuck), "deadlock")

    def _park(self, place: _Place, why: str, detail: str = "", halts: bool = False) -> None:
        key = self._key(place.task)
        self._state.incidents[key] = Incident(key, place.node.id, place.task.id.int, why, detail, halts)
        self.facts.append(f.IncidentRaised(key=key, element=place.node.id, why=why, detail=detail))

    # --- places and keys -----------------------------------------------------------------------------------------

    def _opened(self, key: str, kind: type[Any]) -> Any:
        item = self._state.open.get(key)
        if isinstance(item, kind):
            return item
        if self._state.was_visited(key):
            raise TaskNotOpen(task_name=key.rpartition("/")[2].partition("#")[0], state="closed")
        raise NotFound(kind="step", id=key)

    def _task(self, number: int) -> Task:
        return self._workflow.get_task_from_id(UUID(int=number))

    def _place(self, task: Task) -> _Place:
        tree = task.workflow
        owner = self._definition.owners[tree.spec.name]
        node = owner.nodes.get(task.task_spec.element) or _NOWHERE
        return _Place(task, owner, node, self._path(tree), self._frame(tree))

    def _path(self, tree: Workflow | Subprocess) -> str:
        return self._key(self._caller(tree)) if isinstance(tree, Subprocess) else ""

    def _frame(self, tree: Workflow | Subprocess) -> str:
        if not isinstance(tree, Subprocess):
            return ""
        place = self._place(self._caller(tree))
        return self._key(place.task) if place.node.kind == "callActivity" else place.frame

    def _caller(self, tree: Subprocess) -> Task:
        return self._workflow.get_task_from_id(tree.parent_task_id)

    def _key(self, task: Task) -> str:
        data = task.internal_data
        if "key" not in data:
            path = self._path(task.workflow)
            name = task.task_spec.element or task.task_spec.name
            if "item" in data:
                # An instance counts as often as the multi-instance it belongs to.
                last = f"{name}@{data['item']}#{self._key(task.parent).rpartition('#')[2]}"
            else:
                last = f"{name}#{self._state.next_occurrence(path, name)}"
            data["key"] = f"{path}/{last}" if path else last
        return str(data["key"])

    def _set(self, place: _Place, fields: Any) -> None:
        item = place.task.internal_data.get("item")
        element = place.node.id if item is None else f"{place.node.id}@{item}"
        self._state.set_fields(place.frame, element, fields)
        if place.owner.bare:
            self._state.variables[place.frame].update(fields)


VISITED = frozenset({"userTask", "manualTask", "callActivity"})

_NOWHERE = Node("", "", "")

_APPLY: dict[type[Move], Callable[[Turn, Any], None]] = {
    Complete: Turn._complete,
    FireTimer: Turn._fire,
    Deliver: Turn._deliver,
    Suspend: Turn._suspend,
    Resume: Turn._resume,
    Withdraw: Turn._withdraw,
    Retry: Turn._retry,
}


def _is_ready(task: Task) -> bool:
    return task.state == TaskState.READY and not task.task_spec.manual


def _taken_away(item: Open) -> f.Fact:
    if isinstance(item, OpenStep):
        return f.StepCancelled(key=item.key, element=item.element)
    if isinstance(item, OpenTimer):
        return f.TimerEnded(key=item.key, element=item.element, fired=False)
    return f.MessageEnded(key=item.key, element=item.element, received=False)
