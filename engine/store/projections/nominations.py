"""Projections of dossiers and nominations. Form data read here: the nominating form."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, case, func, insert, select, update

from engine import facts
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
_UNFINISHED = t.dossier.c.unfinished + bindparam("started") - bindparam("ended")
_FINISHED = t.dossier.c.finished + bindparam("finished")
_COUNT_IN_DOSSIER = Statement(
    update(t.dossier)
    .where(t.dossier.c.id == _DOSSIER_OF)
    .values(
        unfinished=_UNFINISHED,
        finished=_FINISHED,
        status=case((_UNFINISHED > 0, "BINH_XET"), (_FINISHED > 0, "HOAN_TAT"), else_="RUT"),
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
        authority=fact.authority,
        type=fact.type,
        round=fact.round,
        year=fact.year,
        number=fact.number,
        lines=0,
        unfinished=0,
        finished=0,
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
        late=int(bool(fact.late)),
        leader=_leads(fact.variables),
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
        suspended_by=None,
    )
    count_in_dossier(scene, started=1)


@projects(facts.VariableSet)
def _variable_set(scene: Scene, fact: facts.VariableSet) -> None:
    if fact.variable == "nomination.award":
        scene.change(_SET_AWARD, nomination=scene.subject, award=str(fact.value))


_FORGET_NOMINEE = Statement(
    update(t.nomination)
    .where(t.nomination.c.id == bindparam("nomination"))
    .values(nominee="", search=func.lower(t.nomination.c.code))
)


def forget_nominee(scene: Scene) -> None:
    scene.change(_FORGET_NOMINEE, nomination=scene.subject)


def _leads(variables: dict[str, Any]) -> int | None:
    """Return whether the nominee leads others, as the start form asks it; None where it does not."""
    said = next((value for name, value in variables.items() if name.endswith(".la_lanh_dao")), None)
    return None if said is None else int(said)


def count_in_dossier(scene: Scene, *, started: int = 0, finished: int = 0) -> None:
    """Count a nomination that starts, or ends: `finished` tells the end of its process from a withdrawal."""
    # Counts, because two of a dossier may end at once: each is added to what the other one left.
    values = {"started": started, "ended": 1 - started, "finished": finished}
    scene.change(_COUNT_IN_DOSSIER, nomination=scene.subject, **values)
