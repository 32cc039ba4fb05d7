"""Projections of what is told to those outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from engine import facts
from engine.canonical import canonical
from engine.store import tables as t
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

_TELL = Statement(insert(t.outbox))


def tell(scene: Scene, kind: str, unit: str, about: Mapping[str, Any], step: str = "") -> None:
    """Put a message to a unit into the outbox; an entry has at most one for each unit, or for each step that sends."""
    key = f"{scene.kind}:{scene.subject}/{scene.seq}/{unit}{step and '/' + step}"
    scene.run(_TELL, key=key, kind=kind, unit=unit, about=canonical(about), at=scene.at)


@projects(facts.TasksReminded)
def _tasks_reminded(scene: Scene, fact: facts.TasksReminded) -> None:
    for unit, (overdue, soon) in sorted(fact.units.items()):
        tell(scene, "overdue", unit, {"day": fact.day, "overdue": overdue, "soon": soon})


@projects(facts.MessageSent)
def _message_sent(scene: Scene, fact: facts.MessageSent) -> None:
    if fact.unit:
        about = {scene.kind: scene.subject, "message": fact.message}
        tell(scene, "of_case", fact.unit, about, fact.key)
