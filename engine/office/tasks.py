"""Commands on user tasks: claim, release, assign. Completing them: engine.office.completing.

Each function carries out one command inside its transaction and returns the answer. The pattern is the same
everywhere: lock the nomination, look, ask engine.office.access, let engine.process move, append one entry.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from engine.canonical import time_of
from engine.commands import AssignTask, ClaimTask, ReleaseTask
from engine.errors import (
    NotAllowed,
    NotFound,
    StaleTask,
    TaskAlreadyCompleted,
    TaskHeld,
    TaskNotClaimed,
    TaskNotOpen,
)
from engine.facts import Fact, TaskAssigned, TaskClaimed, TaskReleased
from engine.office import access, directory, moving
from engine.office.act import Act, Sight
from engine.store import tables

TASK = tables.user_task.c

Answer = dict[str, Any]


def claim(act: Act, command: ClaimTask) -> Answer:
    """Take a free task of one's group. Taking what one holds already changes nothing but is no error."""
    task = _task(act, command.task)
    check_open(act, task)
    check_may_act(act, task)
    check_not_held(act, task)
    check_version(act, task, command.expected_version)
    _note(act, task, TaskClaimed(key=task.key, by=act.actor.person.id))
    return {"task": task.id, "version": task.version + 1}


def release(act: Act, command: ReleaseTask) -> Answer:
    """Give a task that one holds back to the group."""
    task = _task(act, command.task)
    check_open(act, task)
    if task.assignee != act.actor.person.id and not access.may_assign(act.actor, task.unit):
        raise TaskNotClaimed(task_name=name_of(act, task))
    check_version(act, task, command.expected_version)
    _note(act, task, TaskReleased(key=task.key))
    return {"task": task.id, "version": task.version + 1}


def assign(act: Act, command: AssignTask) -> Answer:
    """Hand a task to a named person of its candidate group."""
    task = _task(act, command.task)
    check_open(act, task)
    if not access.may_assign(act.actor, task.unit):
        raise NotAllowed(action="assign")
    to = directory.actor(act.tx.connection, command.to, act.today)
    if not access.may_act(to, task.candidate_group, None):
        raise NotAllowed(action="assign_outside_group")
    check_version(act, task, command.expected_version)
    _note(act, task, TaskAssigned(key=task.key, to=command.to))
    return {"task": task.id, "version": task.version + 1}


def _task(act: Act, task_id: str) -> Row[Any]:
    """Return the task, its case locked; NotFound alike where there is none and where it may not be seen."""
    query = select(tables.user_task).where(TASK.id == task_id)
    row = act.tx.execute(query).first()
    if row is None or not access.may_see_nomination(act.actor, row.proposing_unit, {row.candidate_group}):
        raise NotFound(kind="task", id=task_id)
    act.tx.lock([moving.stream_of(row.subject, row.case_id)])
    return act.tx.execute(query).one()


def name_of(sight: Sight, task: Row[Any]) -> str:
    node = sight.releases.get(sight.tx, task.release).process(task.process).node(task.element)
    return node.name if node else ""


def _who(sight: Sight, person: str | None) -> str:
    view = directory.person_view(sight.tx.connection, person) if person else None
    return view.full_name if view else ""


def check_open(sight: Sight, task: Row[Any]) -> None:
    if task.state == "done":
        by = _who(sight, task.done_by)
        raise TaskAlreadyCompleted(task_name=name_of(sight, task), by=by, at=time_of(task.done_at))
    if task.state != "open":
        raise TaskNotOpen(task_name=name_of(sight, task), state=task.state)


def check_may_act(sight: Sight, task: Row[Any]) -> None:
    if not access.may_act(sight.actor, task.candidate_group, task.assignee):
        raise NotAllowed(action="complete")


def check_not_held(sight: Sight, task: Row[Any]) -> None:
    if task.assignee not in (None, sight.actor.person.id):
        raise TaskHeld(task_name=name_of(sight, task), by=_who(sight, task.assignee), at=time_of(task.claimed_at))


def check_version(sight: Sight, task: Row[Any], expected: int) -> None:
    if task.version != expected:
        raise StaleTask(task_name=name_of(sight, task), expected=expected, version=task.version)


def _note(act: Act, task: Row[Any], fact: Fact) -> None:
    """Append a fact that moves nothing: the state of the process stays what it was."""
    act.append(moving.stream_of(task.subject, task.case_id), [fact])
