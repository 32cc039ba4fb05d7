"""Commands on user tasks: claim, release, assign. Completing them: engine.office.completing.

Each function carries out one command inside its transaction and returns the answer. The pattern is the same
everywhere: lock the nomination, look, ask engine.office.access, let engine.process move, append one entry.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from engine.office import access, directory, moving, nominees
from engine.office.act import Act, Sight
from engine.store import tables
from engine.store.statements import ListStatement

TASK = tables.user_task.c
_GROUPS = ListStatement(lambda ids: select(TASK.case_id, TASK.candidate_group).where(TASK.case_id.in_(ids)).distinct())

Answer = dict[str, Any]


def claim(act: Act, command: ClaimTask) -> Answer:
    """Take a free task of one's group. Taking what one holds already changes nothing but is no error."""
    task = _task(act, command.task)
    check_open(act, task)
    check_may_act(act, task)
    nominees.check_other(task, nominees.cases_of(act, [task.case_id], act.actor))
    check_not_held(act, task)
    check_version(act, task, command.expected_version)
    _note(act, task, TaskClaimed(key=task.key, by=act.actor.person.id))
    return {"task": task.id, "version": task.version + 1}


def release(act: Act, command: ReleaseTask) -> Answer:
    """Give a task that one holds back to the group."""
    task = _task(act, command.task)
    check_open(act, task)
    if task.assignee != act.actor.person.id and not access.may_assign(act.actor, task.unit):
        check_may_act(act, task)
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
    nominees.check_other(task, nominees.cases_of(act, [task.case_id], to))
    check_version(act, task, command.expected_version)
    _note(act, task, TaskAssigned(key=task.key, to=command.to))
    return {"task": task.id, "version": task.version + 1}


def _task(act: Act, task_id: str) -> Row[Any]:
    """Return the task, its case locked; NotFound alike where there is none and where it may not be seen."""
    query = select(tables.user_task).where(TASK.id == task_id)
    found = seen(act, act.tx.execute(query).all())
    if not found:
        raise NotFound(kind="task", id=task_id)
    [row] = found
    act.tx.lock([moving.stream_of(row.subject, row.case_id)])
    return act.tx.execute(query).one()


def seen(sight: Sight, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return the tasks that the actor may know of: those of cases that they may see, whichever group a task is for."""
    groups = {row.case_id: {row.candidate_group} for row in rows}
    far = [
        row.case_id
        for row in rows
        if not access.may_see_nomination(sight.actor, row.proposing_unit, groups[row.case_id])
    ]
    for row in _GROUPS(sight.tx.connection, far):
        groups[row.case_id].add(row.candidate_group)
    return [row for row in rows if access.may_see_nomination(sight.actor, row.proposing_unit, groups[row.case_id])]


def groups_of(sight: Sight, case: str) -> set[str]:
    """Return the candidate groups of all tasks of a case, open or done."""
    query = select(TASK.candidate_group).where(TASK.case_id == case).distinct()
    return {group for group in sight.tx.execute(query).scalars() if group}


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
