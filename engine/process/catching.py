"""Who catches what a token throws: signals everywhere, errors and escalations in the scopes around it.

An error or escalation is looked for scope by scope from the inside out: first the event subprocesses of a scope,
then the boundary events of the activity that holds it. One with the same code goes before one that catches all.
A signal reaches everything in the instance that waits for it at that moment, and nothing later.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process.model import Event
from engine.process.places import Place, Places
from engine.process.spiff.tasks import BoundarySplit, EventGateway, MultiInstance, StandardLoop, Trigger, Wait
from engine.process.spiff.workflow import Subprocess, Workflow
from engine.process.state import Open, OpenTimer
from engine.process.timers import rounds_of

THROWN = frozenset({"message", "signal", "error", "escalation", "cancel"})
THROWS = frozenset({"endEvent", "intermediateThrowEvent", "sendTask"})


def waiting_for_signal(workflow: Workflow, places: Places, name: str) -> list[Task]:
    """Return the tokens that wait for a signal, oldest first."""
    found = []
    for task in workflow.all_tasks():
        if isinstance(task.task_spec, Wait) and task.state == TaskState.WAITING:
            event = places.at(task).node.event
            if event and event.kind == "signal" and event.name == name:
                found.append(task)
    return sorted(found, key=lambda task: task.id.int)


def catcher_of(task: Task, places: Places, kind: str, code: str) -> Task | None:
    """Return the token that catches an error or escalation thrown where `task` stands; None if nothing does."""
    tree = task.workflow
    inside = ""
    while True:
        found = list(_matching(_triggers(tree, places, inside), places, kind, code))
        if not found and isinstance(tree, Subprocess):
            found = list(_matching(_beside(places.caller(tree)), places, kind, code))
        if found:
            return min(found, key=lambda task: (places.at(task).node.event.name == "", task.id.int))  # type: ignore[union-attr]
        if not isinstance(tree, Subprocess):
            return None
        caller = places.caller(tree)
        inside = caller.task_spec.element
        tree = caller.workflow


def _triggers(tree: Workflow | Subprocess, places: Places, inside: str) -> Iterator[Task]:
    """Yield what starts the event subprocesses of a scope, but not the one that something comes out of."""
    for task in tree.tasks.values():
        if isinstance(task.task_spec, Trigger) and places.at(task).node.scope != inside:
            yield task


def _beside(activity: Task) -> Iterator[Task]:
    """Yield the boundary events of an activity, also of one that runs several times."""
    parent = activity.parent
    if isinstance(parent.task_spec, MultiInstance | StandardLoop) and _is_within(activity):
        parent = parent.parent
    if isinstance(parent.task_spec, BoundarySplit) and not isinstance(parent.task_spec, EventGateway):
        yield from (task for task in parent.children if isinstance(task.task_spec, Wait))


def _is_within(task: Task) -> bool:
    return "item" in task.internal_data or "round" in task.internal_data


def _matching(tasks: Iterator[Task], places: Places, kind: str, code: str) -> Iterator[Task]:
    for task in tasks:
        event = places.at(task).node.event
        if task.state == TaskState.WAITING and event and event.kind == kind and event.name in ("", code):
            yield task


def set_again(place: Place, item: Open | None) -> dict[str, Any] | None:
    """Return what a waiting event that does not interrupt is set again with; None: it is not set again."""
    timer = place.node.event.timer if place.node.event else None
    if place.node.event and place.node.event.kind == "conditional":
        return {"held": True}  # It must cease to hold before it can begin to hold again.
    if timer is None:
        return {} if place.node.kind in ("boundaryEvent", "startEvent") else None
    data = place.task.internal_data
    left = data["rounds"] if "rounds" in data else rounds_of(timer)
    if left is not None:
        left -= 1
    return {"rounds": left, "last": item.due_at} if left != 0 and isinstance(item, OpenTimer) else None


def thrown_by(place: Place) -> Event | None:
    event, spec = place.node.event, place.task.task_spec
    if event is None or place.node.kind not in THROWS or event.kind not in THROWN:
        return None
    # A send task that runs several times throws once for each of its instances, not as a whole.
    return event if spec.shown and not isinstance(spec, MultiInstance) else None
