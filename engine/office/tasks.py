"""Commands on user tasks: claim, release, assign, complete.

Each function carries out one command inside its transaction and returns the answer. The pattern is the same
everywhere: lock the nomination, look, ask engine.office.access, let engine.process move, append one entry.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from engine.canonical import time_of
from engine.commands import AssignTask, ClaimTask, CompleteTask, ReleaseTask
from engine.errors import (
    InvalidForm,
    NotAllowed,
    NotFound,
    SeparationOfDuties,
    StaleTask,
    TaskAlreadyCompleted,
    TaskHeld,
    TaskNotClaimed,
    TaskNotOpen,
)
from engine.facts import Fact, FormFiled, TaskAssigned, TaskClaimed, TaskReleased
from engine.office import access, directory, moving
from engine.office.act import Act
from engine.process.moves import Complete
from engine.store import tables

TASK = tables.user_task.c

Answer = dict[str, Any]


def claim(act: Act, command: ClaimTask) -> Answer:
    """Take a free task of one's group. Taking what one holds already changes nothing but is no error."""
    task = _task(act, command.task)
    _check_open(act, task)
    _check_may_act(act, task)
    _check_not_held(act, task)
    _check_version(act, task, command.expected_version)
    _note(act, task, TaskClaimed(key=task.key, by=act.actor.person.id))
    return {"task": task.id, "version": task.version + 1}


def release(act: Act, command: ReleaseTask) -> Answer:
    """Give a task that one holds back to the group."""
    task = _task(act, command.task)
    _check_open(act, task)
    if task.assignee != act.actor.person.id and not access.may_assign(act.actor, task.unit):
        raise TaskNotClaimed(task_name=_name(act, task))
    _check_version(act, task, command.expected_version)
    _note(act, task, TaskReleased(key=task.key))
    return {"task": task.id, "version": task.version + 1}


def assign(act: Act, command: AssignTask) -> Answer:
    """Hand a task to a named person of its candidate group."""
    task = _task(act, command.task)
    _check_open(act, task)
    if not access.may_assign(act.actor, task.unit):
        raise NotAllowed(action="assign")
    to = directory.actor(act.tx.connection, command.to, act.today)
    if not access.may_act(to, task.candidate_group, None):
        raise NotAllowed(action="assign_outside_group")
    _check_version(act, task, command.expected_version)
    _note(act, task, TaskAssigned(key=task.key, to=command.to))
    return {"task": task.id, "version": task.version + 1}


def complete(act: Act, command: CompleteTask) -> Answer:
    """Complete a user task; one that nobody holds is claimed by it."""
    task = _task(act, command.task)
    _check_open(act, task)
    _check_may_act(act, task)
    _check_not_held(act, task)
    _check_version(act, task, command.expected_version)
    release = act.releases.get(act.tx, task.release)
    node = release.process(task.process).nodes[task.element]
    _check_separation(act, task, node.separate_from)
    instance = moving.restore(act, task, release)
    facts: list[Fact] = []
    variables: dict[str, Any] = {}
    if task.assignee is None:
        facts.append(TaskClaimed(key=task.key, by=act.actor.person.id))
    if node.form:
        form = release.form(node.form)
        loaded = release.catalog.load(form, command.form, known=instance.variables, today=act.today)
        variables = loaded.variables
        facts.append(FormFiled(key=task.key, form=form["key"], form_data=act.tx.put_form_data(loaded.payload)))
    elif command.form:
        raise InvalidForm(fields={name: [("unknown_field", {})] for name in command.form})
    moving.move(act, task, release, instance, Complete(task.key, variables), before=facts)
    return {
        "task": task.id,
        task.subject: task.code,
        "tasks": moving.open_tasks(task.case_id, instance),
        "ended": instance.ended,
        "incident": bool(instance.incidents),
    }


def _task(act: Act, task_id: str) -> Row[Any]:
    """Return the task, its case locked; NotFound alike where there is none and where it may not be seen."""
    query = select(tables.user_task).where(TASK.id == task_id)
    row = act.tx.execute(query).first()
    if row is None or not access.may_see_nomination(act.actor, row.proposing_unit, {row.candidate_group}):
        raise NotFound(kind="task", id=task_id)
    act.tx.lock([moving.stream_of(row.subject, row.case_id)])
    return act.tx.execute(query).one()


def _name(act: Act, task: Row[Any]) -> str:
    return act.releases.get(act.tx, task.release).process(task.process).nodes[task.element].name


def _who(act: Act, person: str | None) -> str:
    view = directory.person_view(act.tx.connection, person) if person else None
    return view.full_name if view else ""


def _check_open(act: Act, task: Row[Any]) -> None:
    if task.state == "done":
        raise TaskAlreadyCompleted(task_name=_name(act, task), by=_who(act, task.done_by), at=time_of(task.done_at))
    if task.state != "open":
        raise TaskNotOpen(task_name=_name(act, task), state=task.state)


def _check_may_act(act: Act, task: Row[Any]) -> None:
    if not access.may_act(act.actor, task.candidate_group, task.assignee):
        raise NotAllowed(action="complete")


def _check_not_held(act: Act, task: Row[Any]) -> None:
    if task.assignee not in (None, act.actor.person.id):
        raise TaskHeld(task_name=_name(act, task), by=_who(act, task.assignee), at=time_of(task.claimed_at))


def _check_version(act: Act, task: Row[Any], expected: int) -> None:
    if task.version != expected:
        raise StaleTask(task_name=_name(act, task), expected=expected, version=task.version)


def _check_separation(act: Act, task: Row[Any], separate_from: tuple[str, ...]) -> None:
    if not separate_from:
        return
    case = moving.CASES[task.subject].c
    starter = act.tx.execute(select(case.starter).where(case.id == task.case_id)).scalar_one()
    done: dict[str, set[str]] = {"start": {starter}}
    query = select(TASK.element, TASK.done_by).where(TASK.case_id == task.case_id, TASK.state == "done")
    for row in act.tx.execute(query):
        done.setdefault(row.element, set()).add(row.done_by)
    broken = access.breaks_separation(act.actor.person.id, separate_from, done)
    if broken:
        process = act.releases.get(act.tx, task.release).process(task.process)
        raise SeparationOfDuties(rule="S1", did=process.nodes.get(broken, process.start).name)


def _note(act: Act, task: Row[Any], fact: Fact) -> None:
    """Append a fact that moves nothing: the state of the process stays what it was."""
    act.append(moving.stream_of(task.subject, task.case_id), [fact])
