"""Projections of movements and rounds. Form data read here: `{"title", "number"}` of a movement or a round."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, text, update

from engine import facts
from engine.canonical import canonical
from engine.store import tables as t
from engine.store.projections.outbox import tell
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

_DELETE_MOVEMENT = Statement(delete(t.movement).where(t.movement.c.id == bindparam("movement")))
_INSERT_MOVEMENT = Statement(insert(t.movement))
_INSERT_ROUND = Statement(insert(t.round))
_THIS_ROUND = update(t.round).where(t.round.c.id == bindparam("subject"))
# Texts that are never missing once a round is set, and what may stay open.
_ALWAYS = ("kind", "title", "lead", "deadline", "awards", "kinds", "criteria", "cach_tinh_thoi_gian")
_MAYBE = ("guidance_number", "guidance_on", "collectives", "individuals", "non_leaders")
_SET_ROUND = Statement(_THIS_ROUND.values({name: bindparam(f"new_{name}") for name in (*_ALWAYS, *_MAYBE)}))
_CLOSE_ROUND = Statement(_THIS_ROUND.values(status="closed", closed_at=bindparam("at")))
_REMIND = Statement(
    text(
        "INSERT INTO round_reminder (round_id, unit, times, day) VALUES (:round_id, :unit, 1, :day) "
        "ON CONFLICT (round_id, unit) DO UPDATE SET times = round_reminder.times + 1, day = excluded.day"
    )
)


@projects(facts.MovementSet)
def _movement_set(scene: Scene, fact: facts.MovementSet) -> None:
    filed = scene.filed(fact.form_data)
    scene.run(_DELETE_MOVEMENT, movement=fact.movement)
    scene.run(
        _INSERT_MOVEMENT,
        id=fact.movement,
        number=str(filed.get("number") or ""),
        title=str(filed.get("title") or ""),
        issued_on=fact.issued_on,
        launcher=fact.launcher,
        starts_on=fact.starts_on,
        planned_end=fact.planned_end,
        legal_basis=fact.legal_basis,
    )


@projects(facts.RoundOpened)
def _round_opened(scene: Scene, fact: facts.RoundOpened) -> None:
    unset: dict[str, str | None] = {**dict.fromkeys(_ALWAYS, ""), **dict.fromkeys(_MAYBE)}
    scene.run(
        _INSERT_ROUND,
        id=fact.round,
        code=fact.code,
        status="open",
        movement=fact.movement,
        year=fact.year,
        number=fact.number,
        opened_at=scene.at,
        closed_at=None,
        **unset,
    )


@projects(facts.RoundSet)
def _round_set(scene: Scene, fact: facts.RoundSet) -> None:
    filed = scene.filed(fact.form_data)
    settings = {
        "kind": fact.kind,
        "title": str(filed.get("title") or ""),
        "lead": fact.lead,
        "deadline": fact.deadline,
        "awards": " ".join(fact.awards),
        "kinds": " ".join(fact.kinds),
        "criteria": canonical(fact.criteria),
        "cach_tinh_thoi_gian": fact.cach_tinh_thoi_gian,
        "guidance_number": filed.get("number"),
        "guidance_on": fact.guidance_on,
        "collectives": fact.collectives,
        "individuals": fact.individuals,
        "non_leaders": fact.non_leaders,
    }
    scene.change(_SET_ROUND, subject=scene.subject, **{f"new_{name}": value for name, value in settings.items()})


@projects(facts.RoundClosed)
def _round_closed(scene: Scene, fact: facts.RoundClosed) -> None:
    scene.change(_CLOSE_ROUND, subject=scene.subject, at=scene.at)


@projects(facts.UnitsReminded)
def _units_reminded(scene: Scene, fact: facts.UnitsReminded) -> None:
    for unit in fact.units:
        scene.run(_REMIND, round_id=scene.subject, unit=unit, day=fact.day)
        tell(scene, "round_reminder", unit, {"round": scene.subject})
