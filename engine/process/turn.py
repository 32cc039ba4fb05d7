"""One move, carried out: what it allows, how far the tokens run, and every fact on the way.

A turn ends when nothing is left but user tasks, timers and messages. An expression without a value, a gateway
without a true flow or a table that fails parks its token as an incident: the move itself stands (decision 12).
Choices written in `decided` are taken as they were, not made again (decision 24).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import facts as f
from engine.canonical import time_of, time_text
from engine.errors import NominationClosed, NotFound, TaskNotOpen
from engine.process.catching import catcher_of, set_again, thrown_by, waiting_for_signal
from engine.process.choices import Choices, Parked, chooses
from engine.process.context import Context
from engine.process.decided import Decided
from engine.process.definition import ITEM, PASSED_ON, ProcessDefinition
from engine.process.expressions import ExpressionFailed
from engine.process.model import Event, Node, Timer
from engine.process.moves import Broadcast, Complete, Deliver, FireTimer, Move, Resume, Retry, Scalar, Suspend, Withdraw
from engine.process.places import Place, Places
from engine.process.rules import RuleFailed
from engine.process.spiff.prune import drop_ended, is_spent, prune, splice
from engine.process.spiff.tasks import (
    UNFINISHED,
    Call,
    Choice,
    Compensate,
    Join,
    MultiInstance,
    StandardLoop,
    UserTask,
    Wait,
)
from engine.process.spiff.workflow import Workflow
from engine.process.state import Incident, Open, OpenStep, OpenTimer, OpenWait, State
from engine.process.timers import day_after, due_at, next_round, passed_on
from engine.process.undoing import next_undone, remember

MAX_TOKENS = 1_000
MAX_STEPS = 5_000  # in one turn; the longest chain of steps without a person


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
        self._places = Places(workflow, state, definition)
        self._choices = Choices(self._places, state, self._decided)
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
        place = self._places.at(self._places.task(step.task))
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
        self._catch(self._places.task(timer.task))
        self._advance()

    def _deliver(self, move: Deliver) -> None:
        key = move.key
        if key is None:
            waits = [wait for wait in self._waits("message") if wait.message == move.message]
            if not waits:
                raise NotFound(kind="message", id=move.message)
            key = waits[0].key
        wait = self._opened(key, OpenWait)
        if wait.message != move.message or wait.kind != "message":
            raise NotFound(kind="message", id=move.message)
        self._catch(self._places.task(wait.task), move.variables)
        self._advance()

    def _broadcast(self, move: Broadcast) -> None:
        if not any(wait.message == move.signal for wait in self._waits("signal")):
            raise NotFound(kind="signal", id=move.signal)
        self._spread(move.signal, move.variables)
        self._advance()

    def _waits(self, kind: str) -> list[OpenWait]:
        return [item for item in self._state.open.values() if isinstance(item, OpenWait) and item.kind == kind]

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
            free = [task for task in tasks if task.id.int not in parked]
            if self._catch_conditions(free):
                continue
            ready = [task for task in free if task.state == TaskState.READY and not task.task_spec.manual]
            if not ready:
                break
            place = self._places.at(min(ready, key=lambda task: task.id.int))
            if len(tasks) > MAX_TOKENS:
                self._park(place, "token_limit", str(MAX_TOKENS), halts=True)
            elif self._steps >= MAX_STEPS:
                self._park(place, "step_limit", str(MAX_STEPS), halts=True)
            else:
                self._steps += 1
                self._step(place)
        self._settle()

    def _catch_conditions(self, tasks: list[Task]) -> bool:
        """Let the first token go on whose condition has begun to hold."""
        for task in tasks:
            place = self._places.at(task)
            if isinstance(task.task_spec, Wait) and place.node.events and place.node.events[0].condition:
                try:
                    if not self._choices.becomes_true(place):
                        continue
                    self._catch(task)
                except ExpressionFailed as failed:
                    self._park(place, failed.code, failed.detail)
                return True
        return False

    def _step(self, place: Place) -> None:
        """Run one token that needs no person, or park it."""
        try:
            self._prepare(place)
            self._emit(place, self._choices.thrown(place))
        except Parked as parked:
            self._park(place, parked.why, parked.detail)
            return
        except (ExpressionFailed, RuleFailed) as failed:
            self._park(place, failed.code, failed.detail)
            return
        if place.task.state != TaskState.READY:
            return  # What caught an event of its instances took it away.
        thrown = thrown_by(place)
        if thrown and place.task.internal_data.get("next") is None:
            self._throw(place, thrown)
            return
        self._run(place)
        if place.task.state == TaskState.COMPLETED:
            self._pass(place)

    def _pass(self, place: Place) -> None:
        if not place.node.id or not place.task.task_spec.shown:
            return
        if place.node.kind == "endEvent" and place.task.workflow is self._workflow:
            self._state.last_end = place.node.id
        self.facts.append(f.NodePassed(key=self._places.key(place.task), element=place.node.id))
        if place.node.dossier_status_after:
            self.facts.append(f.DossierStatusReached(status=place.node.dossier_status_after))

    def _prepare(self, place: Place) -> None:
        node, spec = place.node, place.task.task_spec
        if isinstance(spec, MultiInstance):
            if "keys" not in place.task.internal_data:
                place.task.internal_data["keys"] = self._choices.instances(place)
            place.task.internal_data["done"] = self._choices.enough(place)
        elif isinstance(spec, StandardLoop):
            place.task.internal_data["again"] = self._choices.again(place)
        elif isinstance(spec, Compensate):
            if undo := next_undone(place):
                self.facts.append(f.NodePassed(key=self._places.next_key(place.path, undo.id), element=undo.id))
            place.task.internal_data["next"] = undo and undo.handler
        elif isinstance(spec, Choice) or chooses(place):
            chosen = self._choices.flows(place)
            place.task.internal_data["chosen"] = chosen
            for flow in chosen:
                self.facts.append(f.FlowTaken(key=self._places.key(place.task), element=node.id, flow=flow))
        elif node.kind == "businessRuleTask":
            self._decide(place)
        elif isinstance(spec, Call):
            self._leave_call(place)
        if node.kind == "endEvent":
            self._reach_status(node)

    def _throw(self, place: Place, event: Event) -> None:
        """Let a token throw what is drawn; an end event is passed even if what catches it takes its token away."""
        task = place.task
        catcher = None
        if event.kind in ("error", "escalation", "cancel"):
            catcher = catcher_of(task, self._places, event.kind, event.name)
            if catcher is None and event.kind == "error":
                self._park(place, "error_not_caught", event.name)
                return
        self._pass(place)
        self._emit(place, place.node.events)
        if catcher is not None:
            self._catch(catcher)
        if task.state == TaskState.READY:
            self._run(place)

    def _emit(self, place: Place, events: Iterable[Event]) -> None:
        for event in events:
            if event.kind == "message":
                key, unit = self._places.key(place.task), self._unit(place)
                self.facts.append(f.MessageSent(key=key, element=place.node.id, message=event.name, unit=unit))
            elif event.kind == "signal":
                self._spread(event.name, {})

    def _spread(self, signal: str, variables: Mapping[str, Scalar]) -> None:
        for task in waiting_for_signal(self._workflow, self._places, signal):
            if task.state == TaskState.WAITING:
                self._catch(task, variables)

    def _catch(self, task: Task, variables: Mapping[str, Scalar] | None = None) -> None:
        """Let a waiting token go on at once, with whatever it interrupts taken away."""
        place = self._places.at(task)
        if variables:
            self._set(place, variables)
        item = self._state.open.pop(self._places.key(task), None)
        if isinstance(item, OpenTimer):
            self.facts.append(f.TimerEnded(key=item.key, element=item.element, fired=True))
            if place.node.limit is not None:
                self._set(place, {PASSED_ON: passed_on(time_of(item.due_at)).isoformat()})
        elif isinstance(item, OpenWait):
            self.facts.append(f.MessageEnded(key=item.key, element=item.element, received=True))
        if not task.task_spec.interrupting and (again := set_again(place, item)) is not None:
            task.internal_data["again"] = again
        task.task_spec.fire(task)
        self._steps += 1
        self._step(place)
        drop_ended(self._workflow)

    def _run(self, place: Place) -> None:
        place.task.run()
        whole = "item" not in place.task.internal_data and place.task.task_spec.shown
        if whole and place.task.state == TaskState.COMPLETED:
            if place.node.kind in VISITED:
                self._state.variables.setdefault(place.frame, {})[f"{place.node.id}.visited"] = True
            self._take_over(place)
            remember(place)
        # At once, so that a loop without waiting points stays small as well.
        if is_spent(place.task):
            splice(place.task)

    def _take_over(self, place: Place) -> None:
        """Carry what `sets:<name>` maps from a field into a variable of the whole nomination."""
        variables = self._state.variables.setdefault(place.frame, {})
        for name, source in sorted(place.node.mapping("sets:").items()):
            if source in variables and variables.get(name) != variables[source]:
                variables[name] = variables[source]
                self.facts.append(f.VariableSet(variable=name, value=variables[source]))

    def _decide(self, place: Place) -> None:
        key, rule = self._places.key(place.task), place.owner.rules[place.node.id]
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
            self._open_step(self._places.at(task))
        elif isinstance(spec, Wait) and task.state == TaskState.WAITING:
            self._open_wait(self._places.at(task))
        elif isinstance(spec, Call):
            self._enter_call(self._places.at(task))

    def _open_step(self, place: Place) -> None:
        node, key = place.node, self._places.key(place.task)
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

    def _unit(self, place: Place) -> str | None:
        scope, item = place.node.unit_scope, self._places.item(place.task)
        if scope == "consulted_body" and (body := item or place.node.properties.get("body")):
            scope = f"{scope}@{body}"
        return self._context.unit(scope) if scope else None

    def _open_wait(self, place: Place) -> None:
        node, key, number = place.node, self._places.key(place.task), place.task.id.int
        assert node.event is not None
        self._reach_status(node)
        if node.event.timer:
            recorded = self._decided.timer(key)
            due = recorded.due_at if recorded else self._timer_due(place, node.event.timer)
            self._state.open[key] = OpenTimer(key, node.id, number, due)
            self.facts.append(f.TimerScheduled(key=key, element=node.id, due_at=due))
        elif node.event.kind in ("message", "signal", "conditional"):
            self._state.open[key] = OpenWait(key, node.id, number, node.event.name, node.event.kind)
            kind = None if node.event.kind == "message" else node.event.kind
            self.facts.append(f.MessageAwaited(key=key, element=node.id, message=node.event.name, kind=kind))

    def _timer_due(self, place: Place, timer: Timer) -> str:
        node = place.node
        if last := place.task.internal_data.get("last"):
            return time_text(next_round(timer, time_of(last)))
        if node.limit is None:
            return time_text(due_at(timer, self._context.now))
        return time_text(day_after(self._context.due_on(node.limit, node.count_first).due_on))

    def _enter_call(self, place: Place) -> None:
        key = self._places.key(place.task)
        if place.node.kind != "callActivity":
            return
        called = self._definition.owners[place.node.called or ""]
        outer = self._state.variables.get(place.frame, {})
        inner = {name: value for name, value in outer.items() if name.startswith("nomination.")}
        if "item" in place.task.internal_data:
            inner[f"{called.start.id}.{ITEM}"] = place.task.internal_data["item"]
        for name, source in place.node.mapping("in:").items():
            if source in outer:
                inner[f"{called.start.id}.{name}"] = outer[source]
                if called.bare:
                    inner[name] = outer[source]
        if called.bare and not place.node.mapping("in:"):
            inner = dict(outer)
        self._state.variables[key] = inner

    def _leave_call(self, place: Place) -> None:
        if place.node.kind != "callActivity":
            return
        inner = self._state.variables.get(self._places.key(place.task), {})
        mapping = place.node.mapping("out:")
        self._set(place, {name: inner[source] for name, source in mapping.items() if source in inner})
        if place.owner.bare and not mapping:
            self._state.variables[place.frame].update(inner)

    def _reach_status(self, node: Node) -> None:
        if node.status and node.status != self._state.status:
            self._state.status = node.status
            self.facts.append(f.StatusReached(status=node.status))
        if node.dossier_status:
            self.facts.append(f.DossierStatusReached(status=node.dossier_status))

    # --- what has ended ------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Report what was taken away, drop what is spent, and see whether all has ended or nothing can go on."""
        state = self._state
        drop_ended(self._workflow)
        alive = {task.id.int for task in self._workflow.all_tasks() if task.has_state(UNFINISHED)}
        for item in [item for item in state.open.values() if item.task not in alive]:
            del state.open[item.key]
            self.facts.append(_taken_away(item))
        for incident in [incident for incident in state.incidents.values() if incident.task not in alive]:
            del state.incidents[incident.key]
            self.facts.append(f.IncidentResolved(key=incident.key, element=incident.element))
        prune(self._workflow)
        paths = {self._places.path(tree) for tree in self._workflow.trees()}
        state.forget(paths)
        if state.ended:
            return
        if not alive:
            state.ended = True
            self.facts.append(f.ProcessEnded(element=state.last_end))
        elif not state.open and not state.incidents:
            waiting = [task for task in self._workflow.all_tasks() if task.has_state(UNFINISHED)]
            stuck = next((task for task in waiting if isinstance(task.task_spec, Join)), waiting[0])
            self._park(self._places.at(stuck), "deadlock")

    def _park(self, place: Place, why: str, detail: str = "", halts: bool = False) -> None:
        key = self._places.key(place.task)
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

    def _set(self, place: Place, fields: Any) -> None:
        item = place.task.internal_data.get("item")
        element = place.node.id if item is None else f"{place.node.id}@{item}"
        self._state.set_fields(place.frame, element, fields)
        if place.owner.bare:
            self._state.variables[place.frame].update(fields)


VISITED = frozenset({"userTask", "manualTask", "callActivity"})

_APPLY: dict[type[Move], Callable[[Turn, Any], None]] = {
    Complete: Turn._complete,
    FireTimer: Turn._fire,
    Deliver: Turn._deliver,
    Broadcast: Turn._broadcast,
    Suspend: Turn._suspend,
    Resume: Turn._resume,
    Withdraw: Turn._withdraw,
    Retry: Turn._retry,
}


def _taken_away(item: Open) -> f.Fact:
    if isinstance(item, OpenStep):
        return f.StepCancelled(key=item.key, element=item.element)
    if isinstance(item, OpenTimer):
        return f.TimerEnded(key=item.key, element=item.element, fired=False)
    return f.MessageEnded(key=item.key, element=item.element, received=False)
