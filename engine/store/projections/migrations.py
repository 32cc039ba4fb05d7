"""Projections of moving to another release, and of staying. What opens or ends by it is told by other facts."""

from __future__ import annotations

from uuid import UUID, uuid5

from sqlalchemy import bindparam, update

from engine import facts
from engine.store import tables as t
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

_NOMINATION = update(t.nomination).where(t.nomination.c.id == bindparam("nomination"))
_MOVE = Statement(
    _NOMINATION.values(
        release=bindparam("to_release"), regime=bindparam("to_regime"), process=bindparam("to_process"),
        kept=None, kept_at=None,
    )
)  # fmt: skip
_STAY = Statement(_NOMINATION.values(kept=bindparam("why"), kept_at=bindparam("step")))
_STEP = Statement(
    update(t.user_task)
    .where(t.user_task.c.case_id == bindparam("case"), t.user_task.c.key == bindparam("was"))
    .values(
        id=bindparam("to_id"),
        key=bindparam("to_key"),
        element=bindparam("to_element"),
        occurrence=bindparam("to_occurrence"),
        role=bindparam("to_role"),
        unit=bindparam("to_unit"),
        candidate_group=bindparam("to_group"),
        release=bindparam("to_release"),
        process=bindparam("to_process"),
    )
)
_KEYS = [
    Statement(
        update(table)
        .where(table.c.case_id == bindparam("case"), table.c.key == bindparam("was"))
        .values(key=bindparam("to_key"))
    )
    for table in (t.timer, t.message_subscription)
]


@projects(facts.Migrated)
def _migrated(scene: Scene, fact: facts.Migrated) -> None:
    to = {"to_release": fact.release, "to_process": fact.process}
    scene.change(_MOVE, nomination=scene.subject, to_regime=fact.regime, **to)
    for step in fact.steps:
        role, unit = step["role"], step["unit"]
        scene.change(
            _STEP,
            case=scene.subject,
            was=step["was"],
            to_id=str(uuid5(UUID(scene.subject), step["key"])),
            to_key=step["key"],
            to_element=step["element"],
            to_occurrence=step["occurrence"],
            to_role=role,
            to_unit=unit,
            to_group=f"{role}:{unit}" if role and unit else None,
            **to,
        )
    for was, key in fact.keys.items():
        for statement in _KEYS:
            scene.run(statement, case=scene.subject, was=was, to_key=key)


@projects(facts.ReleaseKept)
def _release_kept(scene: Scene, fact: facts.ReleaseKept) -> None:
    scene.change(_STAY, nomination=scene.subject, why=fact.why, step=fact.step)
