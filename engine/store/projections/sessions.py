"""Projections of the sessions of councils."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, update

from engine import facts
from engine.store import tables as t
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

_INSERT = Statement(insert(t.session))
_THIS = update(t.session).where(t.session.c.id == bindparam("subject"))
_NEXT_VERSION = t.session.c.version + 1
_RECORDED = ("day", "total", "present", "written", "form_data")
_RECORD = Statement(_THIS.values({name: bindparam(f"new_{name}") for name in _RECORDED} | {"version": _NEXT_VERSION}))
_END = Statement(_THIS.values(status=bindparam("ended_as"), ended_at=bindparam("at"), version=_NEXT_VERSION))
_FORGET_TASKS = Statement(delete(t.session_task).where(t.session_task.c.session_id == bindparam("subject")))
_INSERT_TASK = Statement(insert(t.session_task))


@projects(facts.SessionOpened)
def _opened(scene: Scene, fact: facts.SessionOpened) -> None:
    plain = {"id": fact.session, "unit": fact.unit, "council": fact.council, "day": fact.day, "status": "open"}
    nobody = {"version": 1, "total": 0, "present": 0, "written": 0, "form_data": None}
    scene.run(_INSERT, **plain, **nobody, opened_at=scene.at, ended_at=None)
    _set_tasks(scene, fact.tasks)


@projects(facts.SessionRecorded)
def _recorded(scene: Scene, fact: facts.SessionRecorded) -> None:
    scene.change(_RECORD, subject=scene.subject, **{f"new_{name}": getattr(fact, name) for name in _RECORDED})
    scene.run(_FORGET_TASKS, subject=scene.subject)
    _set_tasks(scene, fact.tasks)


@projects(facts.SessionClosed)
def _closed(scene: Scene, fact: facts.SessionClosed) -> None:
    scene.change(_END, subject=scene.subject, ended_as="closed", at=scene.at)


@projects(facts.SessionCancelled)
def _cancelled(scene: Scene, fact: facts.SessionCancelled) -> None:
    scene.change(_END, subject=scene.subject, ended_as="cancelled", at=scene.at)


def _set_tasks(scene: Scene, tasks: list[str]) -> None:
    for position, task in enumerate(tasks):
        scene.run(_INSERT_TASK, session_id=scene.subject, task=task, position=position)
