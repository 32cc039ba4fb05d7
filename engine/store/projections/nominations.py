"""Projections of dossiers and nominations. Form data read here: the nominating form."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, insert, select, update

from engine import facts
from engine.process.model import DOSSIER_STATES
from engine.store import tables as t
from engine.store.folding import folded
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

_INSERT_DOSSIER = Statement(insert(t.dossier))
_ADD_LINE = Statement(update(t.dossier).where(t.dossier.c.id == bindparam("dossier")).values(lines=bindparam("line")))
_INSERT_NOMINATION = Statement(insert(t.nomination))
_SET_AWARD = Statement(
    update(t.nomination).where(t.nomination.c.id == bindparam("nomination")).values(award=bindparam("award"))
)
_DOSSIER_OF = select(t.nomination.c.dossier_id).where(t.nomination.c.id == bindparam("nomination")).scalar_subquery()
_HOLD_DOSSIER = Statement(update(t.dossier).where(t.dossier.c.id == _DOSSIER_OF).values(status=t.dossier.c.status))
_FIRST_STATE = "BINH_XET"
_IN_DOSSIER = select(t.nomination.c.id).where(t.nomination.c.dossier_id == t.dossier.c.id)
_STATE = case(dict(enumerate(DOSSIER_STATES)), value=t.nomination.c.place)
_FARTHEST_BEHIND = (
    select(case((t.nomination.c.suspended == 1, "TAM_DUNG"), else_=_STATE))
    .where(t.nomination.c.dossier_id == t.dossier.c.id, t.nomination.c.ended_at.is_(None))
    .order_by(t.nomination.c.suspended, t.nomination.c.place)
    .limit(1)
    .scalar_subquery()
)
_DONE = case((_IN_DOSSIER.where(t.nomination.c.status != "RUT").exists(), "HOAN_TAT"), else_="RUT")
_DOSSIER_STATUS = Statement(
    update(t.dossier).where(t.dossier.c.id == _DOSSIER_OF).values(status=func.coalesce(_FARTHEST_BEHIND, _DONE))
)
_REACH_PLACE = Statement(
    update(t.nomination).where(t.nomination.c.id == bindparam("nomination")).values(place=bindparam("reached"))
)


@projects(facts.DossierOpened)
def _dossier_opened(scene: Scene, fact: facts.DossierOpened) -> None:
    scene.run(
        _INSERT_DOSSIER,
        id=fact.dossier,
        code=fact.code,
        status=_FIRST_STATE,
        unit=fact.unit,
        award=fact.award,
        authority=fact.authority,
        type=fact.type,
        round=fact.round,
        year=fact.year,
        number=fact.number,
        lines=0,
        opened_at=scene.at,
        received_on=None,
        clock=None,
        due_on=None,
        days_left=None,
    )


@projects(facts.NominationAdded)
def _nomination_added(scene: Scene, fact: facts.NominationAdded) -> None:
    scene.change(_ADD_LINE, dossier=fact.dossier, line=fact.line)


@projects(facts.NominationStarted)
def _nomination_started(scene: Scene, fact: facts.NominationStarted) -> None:
    filed = scene.filed(fact.form_data)
    nominee = str(filed.get(fact.display) or "")
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
        late=int(bool(fact.late)),
        leader=_leads(fact.variables),
        regime=fact.regime,
        release=fact.release,
        process=fact.process,
        starter=fact.starter,
        nominee=nominee,
        search=folded(f"{nominee} {fact.code}"),
        identity=_identity(fact, filed, nominee),
        form=fact.form,
        form_data=fact.form_data,
        opened_at=scene.at,
        ended_at=None,
        suspended=0,
        suspended_at=None,
        suspended_by=None,
        place=DOSSIER_STATES.index(_FIRST_STATE),
        submitted_on=None,
        receipt=None,
        kept=None,
        kept_at=None,
    )
    judge_dossier(scene)


@projects(facts.VariableSet)
def _variable_set(scene: Scene, fact: facts.VariableSet) -> None:
    if fact.variable == "nomination.award":
        scene.change(_SET_AWARD, nomination=scene.subject, award=str(fact.value))


_OF_NOMINATION = {name: t.nomination.c[name] for name in ("identity", "round", "unit")}
_GRANTED: dict[str, ColumnElement[Any]] = {"nomination_id": t.nomination.c.id} | {
    name: bindparam(name, type_=t.nominee_award.c[name].type)
    for name in ("award", "authority", "paper_id", "number", "day", "granted_at")
}
_GRANT = Statement(
    insert(t.nominee_award).from_select(
        [*_OF_NOMINATION, *_GRANTED],
        select(*_OF_NOMINATION.values(), *_GRANTED.values()).where(t.nomination.c.id == bindparam("nomination")),
    )
)


@projects(facts.AwardGranted)
def _award_granted(scene: Scene, fact: facts.AwardGranted) -> None:
    filed = scene.filed(fact.form_data) if fact.form_data else {}
    scene.change(
        _GRANT,
        nomination=scene.subject,
        award=fact.award,
        authority=fact.authority,
        paper_id=fact.paper,
        number=fact.number or filed.get(fact.number_field or ""),
        day=fact.day or filed.get(fact.day_field or ""),
        granted_at=scene.at,
    )


_FORGET_NOMINEE = Statement(
    update(t.nomination)
    .where(t.nomination.c.id == bindparam("nomination"))
    .values(nominee="", identity=None, search=func.lower(t.nomination.c.code))
)


_FORGET_AWARD = Statement(
    update(t.nominee_award)
    .where(t.nominee_award.c.nomination_id == bindparam("nomination"))
    .values(
        identity=None,
        # What a form held is gone with it; a paper keeps number and day.
        number=case((t.nominee_award.c.paper_id.is_(None), None), else_=t.nominee_award.c.number),
        day=case((t.nominee_award.c.paper_id.is_(None), None), else_=t.nominee_award.c.day),
    )
)


def forget_nominee(scene: Scene) -> None:
    scene.change(_FORGET_NOMINEE, nomination=scene.subject)
    scene.run(_FORGET_AWARD, nomination=scene.subject)


@projects(facts.DossierStatusReached)
def _dossier_status_reached(scene: Scene, fact: facts.DossierStatusReached) -> None:
    scene.change(_REACH_PLACE, nomination=scene.subject, reached=DOSSIER_STATES.index(fact.status))
    judge_dossier(scene)


def _identity(fact: facts.NominationStarted, filed: dict[str, Any], nominee: str) -> str | None:
    """Return what tells the nominee from others: of a person the citizen id, of a collective its unit and name."""
    if fact.kind == "tap_the":
        return f"{fact.unit} {folded(nominee)}" if nominee else None
    return filed.get(fact.identity) if fact.identity else None


def _leads(variables: dict[str, Any]) -> int | None:
    """Return whether the nominee leads others, as the start form asks it; None where it does not."""
    said = next((value for name, value in variables.items() if name.endswith(".la_lanh_dao")), None)
    return None if said is None else int(said)


def judge_dossier(scene: Scene) -> None:
    # Two nominations of a dossier may end at once: the row is held first, so that the second one to count sees
    # the end of the first. Inside one statement PostgreSQL would count from before the wait.
    scene.change(_HOLD_DOSSIER, nomination=scene.subject)
    scene.change(_DOSSIER_STATUS, nomination=scene.subject)
