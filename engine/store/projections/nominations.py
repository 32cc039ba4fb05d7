"""Projections of dossiers, nominations and their steps.

Form data read here: the nominating form, and `{"name"}` of a file.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, bindparam, case, delete, func, insert, literal, select, update

from engine import facts
from engine.canonical import canonical
from engine.store import tables as t
from engine.store.folding import folded
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

# --- dossiers and nominations ------------------------------------------------------------------------------------

_INSERT_DOSSIER = Statement(insert(t.dossier))
_ADD_LINE = Statement(update(t.dossier).where(t.dossier.c.id == bindparam("dossier")).values(lines=bindparam("line")))
_INSERT_NOMINATION = Statement(insert(t.nomination))
_THIS_NOMINATION = update(t.nomination).where(t.nomination.c.id == bindparam("nomination"))
_REACH = Statement(
    _THIS_NOMINATION.values(
        reached=bindparam("reached"),
        status=case((t.nomination.c.suspended == 1, t.nomination.c.status), else_=bindparam("reached")),
    )
)
_END_NOMINATION = Statement(_THIS_NOMINATION.values(ended_at=bindparam("at")))
_WITHDRAW = Statement(_THIS_NOMINATION.values(status="RUT", ended_at=bindparam("at"), suspended=0, suspended_at=None))
_SUSPEND = Statement(_THIS_NOMINATION.values(status="TAM_DUNG", suspended=1, suspended_at=bindparam("at")))
_RESUME = Statement(_THIS_NOMINATION.values(status=t.nomination.c.reached, suspended=0, suspended_at=None))
_DOSSIER_OF = select(t.nomination.c.dossier_id).where(t.nomination.c.id == bindparam("nomination")).scalar_subquery()
_HOLD_DOSSIER = Statement(update(t.dossier).where(t.dossier.c.id == _DOSSIER_OF).values(status=t.dossier.c.status))
_IN_DOSSIER = select(func.count()).where(t.nomination.c.dossier_id == t.dossier.c.id)
_DOSSIER_STATUS = Statement(
    update(t.dossier)
    .where(t.dossier.c.id == _DOSSIER_OF)
    .values(
        status=case(
            (_IN_DOSSIER.where(t.nomination.c.ended_at.is_(None)).scalar_subquery() > 0, "BINH_XET"),
            (_IN_DOSSIER.where(t.nomination.c.status != "RUT").scalar_subquery() > 0, "HOAN_TAT"),
            else_="RUT",
        )
    )
)


@projects(facts.DossierOpened)
def _dossier_opened(scene: Scene, fact: facts.DossierOpened) -> None:
    scene.run(
        _INSERT_DOSSIER,
        id=fact.dossier,
        code=fact.code,
        status="BINH_XET",
        unit=fact.unit,
        award=fact.award,
        year=fact.year,
        number=fact.number,
        lines=0,
        opened_at=scene.at,
    )


@projects(facts.NominationAdded)
def _nomination_added(scene: Scene, fact: facts.NominationAdded) -> None:
    scene.change(_ADD_LINE, dossier=fact.dossier, line=fact.line)


@projects(facts.NominationStarted)
def _nomination_started(scene: Scene, fact: facts.NominationStarted) -> None:
    nominee = str(scene.filed(fact.form_data).get(fact.display) or "")
    scene.run(
        _INSERT_NOMINATION,
        id=fact.nomination,
        code=fact.code,
        status="DE_NGHI",
        reached="DE_NGHI",
        dossier_id=fact.dossier,
        unit=fact.unit,
        award=fact.award,
        kind=fact.kind,
        round=fact.round,
        regime=fact.regime,
        release=fact.release,
        process=fact.process,
        starter=fact.starter,
        nominee=nominee,
        search=folded(f"{nominee} {fact.code}"),
        form=fact.form,
        form_data=fact.form_data,
        opened_at=scene.at,
        ended_at=None,
        suspended=0,
        suspended_at=None,
    )
    _judge_dossier(scene)


@projects(facts.StatusReached)
def _status_reached(scene: Scene, fact: facts.StatusReached) -> None:
    scene.change(_REACH, nomination=scene.subject, reached=fact.status)


@projects(facts.ProcessEnded)
def _process_ended(scene: Scene, fact: facts.ProcessEnded) -> None:
    scene.change(_END_NOMINATION, nomination=scene.subject, at=scene.at)
    _judge_dossier(scene)


@projects(facts.ProcessWithdrawn)
def _process_withdrawn(scene: Scene, fact: facts.ProcessWithdrawn) -> None:
    scene.change(_WITHDRAW, nomination=scene.subject, at=scene.at)
    _judge_dossier(scene)


@projects(facts.ProcessSuspended)
def _process_suspended(scene: Scene, fact: facts.ProcessSuspended) -> None:
    scene.change(_SUSPEND, nomination=scene.subject, at=scene.at)
    scene.run(_FREEZE_TASKS, nomination=scene.subject)
    scene.run(_FREEZE_TIMERS, nomination=scene.subject)


@projects(facts.ProcessResumed)
def _process_resumed(scene: Scene, fact: facts.ProcessResumed) -> None:
    scene.change(_RESUME, nomination=scene.subject)
    scene.run(_THAW_TASKS, nomination=scene.subject)
    scene.run(_THAW_TIMERS, nomination=scene.subject)


def _judge_dossier(scene: Scene) -> None:
    # Two nominations of a dossier may end at once: the row is held first, so that the second one to count sees
    # the end of the first. Inside one statement PostgreSQL would count from before the wait.
    scene.change(_HOLD_DOSSIER, nomination=scene.subject)
    scene.change(_DOSSIER_STATUS, nomination=scene.subject)


# --- steps -------------------------------------------------------------------------------------------------------

_TASK_VALUES: dict[str, ColumnElement[Any]] = {
    name: bindparam(name, type_=t.user_task.c[name].type)
    for name in (
        "id",
        "nomination_id",
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
} | {
    "state": literal("open"),
    "version": literal(1),
    "award": t.nomination.c.award,
    "proposing_unit": t.nomination.c.unit,
    "search": t.nomination.c.search,
}
_OPEN_TASK = Statement(
    insert(t.user_task).from_select(
        list(_TASK_VALUES),
        select(*_TASK_VALUES.values()).where(t.nomination.c.id == bindparam("nomination_id")),
        include_defaults=False,
    )
)
_THIS_TASK = update(t.user_task).where(
    t.user_task.c.nomination_id == bindparam("nomination"), t.user_task.c.key == bindparam("step")
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
_TASKS = update(t.user_task).where(t.user_task.c.nomination_id == bindparam("nomination"))
_FREEZE_TASKS = Statement(_TASKS.where(t.user_task.c.state == "open").values(state="frozen", version=_NEXT_VERSION))
_THAW_TASKS = Statement(_TASKS.where(t.user_task.c.state == "frozen").values(state="open", version=_NEXT_VERSION))


@projects(facts.StepOpened)
def _step_opened(scene: Scene, fact: facts.StepOpened) -> None:
    scene.change(
        _OPEN_TASK,
        id=str(uuid5(UUID(scene.subject), fact.key)),
        nomination_id=scene.subject,
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
    scene.change(_COMPLETE, nomination=scene.subject, step=fact.key, by=scene.actor, at=scene.at)


@projects(facts.StepCancelled)
def _step_cancelled(scene: Scene, fact: facts.StepCancelled) -> None:
    scene.change(_CANCEL, nomination=scene.subject, step=fact.key)


@projects(facts.TaskClaimed)
def _task_claimed(scene: Scene, fact: facts.TaskClaimed) -> None:
    scene.change(_ASSIGN, nomination=scene.subject, step=fact.key, to=fact.by, at=scene.at)


@projects(facts.TaskAssigned)
def _task_assigned(scene: Scene, fact: facts.TaskAssigned) -> None:
    scene.change(_ASSIGN, nomination=scene.subject, step=fact.key, to=fact.to, at=scene.at)


@projects(facts.TaskReleased)
def _task_released(scene: Scene, fact: facts.TaskReleased) -> None:
    scene.change(_ASSIGN, nomination=scene.subject, step=fact.key, to=None, at=None)


# --- timers, messages, incidents, files --------------------------------------------------------------------------

_INSERT_TIMER = Statement(insert(t.timer))
_END_TIMER = Statement(
    delete(t.timer).where(t.timer.c.nomination_id == bindparam("nomination"), t.timer.c.key == bindparam("step"))
)
_TIMERS = update(t.timer).where(t.timer.c.nomination_id == bindparam("nomination"))
_FREEZE_TIMERS = Statement(_TIMERS.values(frozen=1))
_THAW_TIMERS = Statement(_TIMERS.values(frozen=0))
_INSERT_SUBSCRIPTION = Statement(insert(t.message_subscription))
_END_SUBSCRIPTION = Statement(
    delete(t.message_subscription).where(
        t.message_subscription.c.nomination_id == bindparam("nomination"),
        t.message_subscription.c.key == bindparam("step"),
    )
)
_INSERT_INCIDENT = Statement(insert(t.incident))
_END_INCIDENT = Statement(
    delete(t.incident).where(
        t.incident.c.nomination_id == bindparam("nomination"), t.incident.c.key == bindparam("step")
    )
)
_INSERT_FILE = Statement(insert(t.nomination_file))


@projects(facts.TimerScheduled)
def _timer_scheduled(scene: Scene, fact: facts.TimerScheduled) -> None:
    scene.run(
        _INSERT_TIMER, nomination_id=scene.subject, key=fact.key, element=fact.element, due_at=fact.due_at, frozen=0
    )


@projects(facts.TimerEnded)
def _timer_ended(scene: Scene, fact: facts.TimerEnded) -> None:
    scene.change(_END_TIMER, nomination=scene.subject, step=fact.key)


@projects(facts.MessageAwaited)
def _message_awaited(scene: Scene, fact: facts.MessageAwaited) -> None:
    scene.run(
        _INSERT_SUBSCRIPTION, nomination_id=scene.subject, key=fact.key, element=fact.element, message=fact.message
    )


@projects(facts.MessageEnded)
def _message_ended(scene: Scene, fact: facts.MessageEnded) -> None:
    scene.change(_END_SUBSCRIPTION, nomination=scene.subject, step=fact.key)


@projects(facts.IncidentRaised)
def _incident_raised(scene: Scene, fact: facts.IncidentRaised) -> None:
    # A retry that fails again raises the same incident anew.
    scene.run(_END_INCIDENT, nomination=scene.subject, step=fact.key)
    scene.run(
        _INSERT_INCIDENT,
        nomination_id=scene.subject,
        key=fact.key,
        element=fact.element,
        why=fact.why,
        detail=fact.detail,
        raised_at=scene.at,
    )


@projects(facts.IncidentResolved)
def _incident_resolved(scene: Scene, fact: facts.IncidentResolved) -> None:
    scene.change(_END_INCIDENT, nomination=scene.subject, step=fact.key)


@projects(facts.FileAttached)
def _file_attached(scene: Scene, fact: facts.FileAttached) -> None:
    scene.run(
        _INSERT_FILE,
        id=fact.file,
        nomination_id=scene.subject,
        name=str(scene.filed(fact.name_data).get("name") or ""),
        media_type=fact.media_type,
        size=fact.size,
        sha256=fact.sha256,
        at=scene.at,
        by=scene.actor,
    )
