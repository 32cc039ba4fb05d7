"""Projections of cases, whatever they are: states, user tasks, timers, waits, incidents, files.

A case is a process instance with a stream of its own: a nomination or a paper. Form data read here: `{"name"}` of a
file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from engine import facts
from engine.canonical import canonical
from engine.store import tables as t
from engine.store.projections.directory import forget_person
from engine.store.projections.nominations import forget_nominee, judge_dossier
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

CASES = (t.nomination, t.paper)

# --- the case itself -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Case:
    """The statements on the table of one kind of case."""

    go: Statement
    withdraw: Statement
    suspend: Statement
    resume: Statement

    @classmethod
    def of(cls, table: Table) -> _Case:
        c, this = table.c, update(table).where(table.c.id == bindparam("case"))
        reached: BindParameter[str] = bindparam("reached")  # NULL: unchanged, as is
        ended_at: BindParameter[str] = bindparam("ended_at")
        shown = case((c.suspended == 1, c.status), else_=func.coalesce(reached, c.status))
        gone = {"reached": func.coalesce(reached, c.reached), "ended_at": func.coalesce(ended_at, c.ended_at)}
        return cls(
            go=Statement(this.values(status=shown, **gone)),
            withdraw=Statement(
                this.values(status="RUT", ended_at=bindparam("at"), suspended=0, suspended_at=None, suspended_by=None)
            ),
            suspend=Statement(
                this.values(status="TAM_DUNG", suspended=1, suspended_at=bindparam("at"), suspended_by=bindparam("by"))
            ),
            resume=Statement(this.values(status=c.reached, suspended=0, suspended_at=None, suspended_by=None)),
        )


_CASE = {table.name: _Case.of(table) for table in CASES}


@projects(facts.StatusReached)
def _status_reached(scene: Scene, fact: facts.StatusReached) -> None:
    scene.change(_CASE[scene.kind].go, case=scene.subject, reached=fact.status, ended_at=None)


@projects(facts.ProcessEnded)
def _process_ended(scene: Scene, fact: facts.ProcessEnded) -> None:
    scene.change(_CASE[scene.kind].go, case=scene.subject, reached=None, ended_at=scene.at)
    _judge_dossier_of(scene)


@projects(facts.ProcessWithdrawn)
def _process_withdrawn(scene: Scene, fact: facts.ProcessWithdrawn) -> None:
    scene.change(_CASE[scene.kind].withdraw, case=scene.subject, at=scene.at)
    _judge_dossier_of(scene)


@projects(facts.ProcessSuspended)
def _process_suspended(scene: Scene, fact: facts.ProcessSuspended) -> None:
    scene.change(_CASE[scene.kind].suspend, case=scene.subject, at=scene.at, by=scene.actor)
    scene.run(_FREEZE_TASKS, case=scene.subject)
    scene.run(_FREEZE_TIMERS, case=scene.subject)
    _judge_dossier_of(scene)


@projects(facts.ProcessResumed)
def _process_resumed(scene: Scene, fact: facts.ProcessResumed) -> None:
    scene.change(_CASE[scene.kind].resume, case=scene.subject)
    scene.run(_THAW_TASKS, case=scene.subject)
    scene.run(_THAW_TIMERS, case=scene.subject)
    _judge_dossier_of(scene)


def _judge_dossier_of(scene: Scene) -> None:
    if scene.kind == t.nomination.name:
        judge_dossier(scene)


# --- steps -------------------------------------------------------------------------------------------------------

_TASK_VALUES: dict[str, ColumnElement[Any]] = {
    name: bindparam(name, type_=t.user_task.c[name].type)
    for name in (
        "id",
        "case_id",
        "key",
        "element",
        "occurrence",
        "role",
        "unit",
        "candidate_group",
        "due_on",
        "left_out",
        "opened_at",
    )
}


def _open_task(case: Table) -> Statement:
    """Return the statement that opens a task of a case of this table, with what lists show of the case."""
    c = case.c
    values: dict[str, ColumnElement[Any]] = _TASK_VALUES | {
        "state": literal("open"),
        "version": literal(1),
        "subject": literal(case.name),
        "code": c.code,
        "title": c.nominee if case is t.nomination else c.title,
        "lines": c.lines if case is t.paper else null(),
        "kind": c.kind,
        "award": c.award,
        "round": c.round,
        "proposing_unit": c.unit,
        "release": c.release,
        "process": c.process,
        "search": c.search,
    }
    source = select(*values.values()).where(c.id == bindparam("case_id"))
    return Statement(insert(t.user_task).from_select(list(values), source, include_defaults=False))


_OPEN_TASK = {table.name: _open_task(table) for table in CASES}
_THIS_TASK = update(t.user_task).where(
    t.user_task.c.case_id == bindparam("case"), t.user_task.c.key == bindparam("step")
)
_NEXT_VERSION = t.user_task.c.version + 1
_COMPLETE = Statement(
    _THIS_TASK.values(
        state="done",
        assignee=bindparam("by"),
        done_by=bindparam("by"),
        done_at=bindparam("at"),
        version=_NEXT_VERSION,
    )
)
_CANCEL = Statement(_THIS_TASK.values(state="cancelled", version=_NEXT_VERSION))
_ASSIGN = Statement(_THIS_TASK.values(assignee=bindparam("to"), claimed_at=bindparam("at"), version=_NEXT_VERSION))
_TASKS = update(t.user_task).where(t.user_task.c.case_id == bindparam("case"))
_FREEZE_TASKS = Statement(_TASKS.where(t.user_task.c.state == "open").values(state="frozen", version=_NEXT_VERSION))
_THAW_TASKS = Statement(_TASKS.where(t.user_task.c.state == "frozen").values(state="open", version=_NEXT_VERSION))


@projects(facts.StepOpened)
def _step_opened(scene: Scene, fact: facts.StepOpened) -> None:
    scene.change(
        _OPEN_TASK[scene.kind],
        id=str(uuid5(UUID(scene.subject), fact.key)),
        case_id=scene.subject,
        key=fact.key,
        element=fact.element,
        occurrence=fact.occurrence,
        role=fact.role,
        unit=fact.unit,
        candidate_group=f"{fact.role}:{fact.unit}" if fact.role and fact.unit else None,
        due_on=fact.due_on or t.NO_DUE_DATE,
        left_out=canonical(fact.left_out),
        opened_at=scene.at,
    )


@projects(facts.StepCompleted)
def _step_completed(scene: Scene, fact: facts.StepCompleted) -> None:
    scene.change(_COMPLETE, case=scene.subject, step=fact.key, by=scene.actor, at=scene.at)


@projects(facts.StepCancelled)
def _step_cancelled(scene: Scene, fact: facts.StepCancelled) -> None:
    scene.change(_CANCEL, case=scene.subject, step=fact.key)


@projects(facts.TaskClaimed)
def _task_claimed(scene: Scene, fact: facts.TaskClaimed) -> None:
    scene.change(_ASSIGN, case=scene.subject, step=fact.key, to=fact.by, at=scene.at)


@projects(facts.TaskAssigned)
def _task_assigned(scene: Scene, fact: facts.TaskAssigned) -> None:
    scene.change(_ASSIGN, case=scene.subject, step=fact.key, to=fact.to, at=scene.at)


@projects(facts.TaskReleased)
def _task_released(scene: Scene, fact: facts.TaskReleased) -> None:
    scene.change(_ASSIGN, case=scene.subject, step=fact.key, to=None, at=None)


# --- timers, messages, incidents, files --------------------------------------------------------------------------

_INSERT_TIMER = Statement(insert(t.timer))
_END_TIMER = Statement(
    delete(t.timer).where(t.timer.c.case_id == bindparam("case"), t.timer.c.key == bindparam("step"))
)
_TIMERS = update(t.timer).where(t.timer.c.case_id == bindparam("case"))
_FREEZE_TIMERS = Statement(_TIMERS.values(frozen=1))
_THAW_TIMERS = Statement(_TIMERS.values(frozen=0))
_INSERT_SUBSCRIPTION = Statement(insert(t.message_subscription))
_END_SUBSCRIPTION = Statement(
    delete(t.message_subscription).where(
        t.message_subscription.c.case_id == bindparam("case"),
        t.message_subscription.c.key == bindparam("step"),
    )
)
_INSERT_INCIDENT = Statement(insert(t.incident))
_END_INCIDENT = Statement(
    delete(t.incident).where(t.incident.c.case_id == bindparam("case"), t.incident.c.key == bindparam("step"))
)
_INSERT_FILE = Statement(insert(t.case_file))


@projects(facts.TimerScheduled)
def _timer_scheduled(scene: Scene, fact: facts.TimerScheduled) -> None:
    due = {"key": fact.key, "element": fact.element, "due_at": fact.due_at}
    scene.run(_INSERT_TIMER, case_id=scene.subject, **due, frozen=0, subject=scene.kind)


@projects(facts.TimerEnded)
def _timer_ended(scene: Scene, fact: facts.TimerEnded) -> None:
    scene.change(_END_TIMER, case=scene.subject, step=fact.key)


@projects(facts.MessageAwaited)
def _message_awaited(scene: Scene, fact: facts.MessageAwaited) -> None:
    if fact.kind is None:
        scene.run(_INSERT_SUBSCRIPTION, case_id=scene.subject, key=fact.key, element=fact.element, message=fact.message)


@projects(facts.MessageEnded)
def _message_ended(scene: Scene, fact: facts.MessageEnded) -> None:
    scene.change(_END_SUBSCRIPTION, case=scene.subject, step=fact.key)


@projects(facts.IncidentRaised)
def _incident_raised(scene: Scene, fact: facts.IncidentRaised) -> None:
    # A retry that fails again raises the same incident anew.
    scene.run(_END_INCIDENT, case=scene.subject, step=fact.key)
    scene.run(
        _INSERT_INCIDENT,
        case_id=scene.subject,
        key=fact.key,
        element=fact.element,
        why=fact.why,
        detail=fact.detail,
        raised_at=scene.at,
    )


@projects(facts.IncidentResolved)
def _incident_resolved(scene: Scene, fact: facts.IncidentResolved) -> None:
    scene.change(_END_INCIDENT, case=scene.subject, step=fact.key)


_FORGET_FILE_NAMES = Statement(update(t.case_file).where(t.case_file.c.case_id == bindparam("case")).values(name=""))
_FORGET_TITLES = Statement(_TASKS.values(title="", search=func.lower(t.user_task.c.code)))


@projects(facts.DataErased)
def _data_erased(scene: Scene, fact: facts.DataErased) -> None:
    """Forget what was read from form data that is gone; a rebuild finds it gone from the start."""
    if scene.kind == t.nomination.name:
        forget_nominee(scene)
        scene.run(_FORGET_TITLES, case=scene.subject)
        scene.run(_FORGET_FILE_NAMES, case=scene.subject)
    else:
        forget_person(scene)


@projects(facts.FileAttached)
def _file_attached(scene: Scene, fact: facts.FileAttached) -> None:
    scene.run(
        _INSERT_FILE,
        id=fact.file,
        case_id=scene.subject,
        name=str(scene.filed(fact.name_data).get("name") or ""),
        media_type=fact.media_type,
        size=fact.size,
        sha256=fact.sha256,
        at=scene.at,
        by=scene.actor,
    )
