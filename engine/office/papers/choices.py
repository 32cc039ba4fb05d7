"""What an actor can draft a paper over now, and how a selection must be split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from engine.office import directory
from engine.office.act import Sight
from engine.office.papers import kinds, lines
from engine.office.papers.kinds import PaperKind
from engine.office.papers.split import Part
from engine.office.views import PaperChoice, PaperPart
from engine.store import tables

NOMINATION = tables.nomination.c
WAIT = tables.message_subscription.c


def choices(sight: Sight) -> tuple[PaperChoice, ...]:
    """Return, for each kind of paper that the actor drafts, the nominations that wait for it, split into papers."""
    release = sight.releases.in_force(sight.tx, sight.today)
    found = []
    for kind in kinds.kinds_of(release).values():
        if kind.message is None or not any(m.role == kind.roles["drafter"] for m in sight.actor.memberships):
            continue
        rows = _waiting_for(sight, kind)
        if rows:
            found.append(PaperChoice(kind.id, kind.title, _parts(sight, kind, rows)))
    return tuple(found)


def split(sight: Sight, kind_id: str, codes: Sequence[str]) -> tuple[PaperPart, ...]:
    """Return the papers that a selection needs; NotFound where the actor drafts no such paper on one of them."""
    kind = kinds.kind_of(sight.releases.in_force(sight.tx, sight.today), kind_id)
    return _parts(sight, kind, lines.find(sight, kind, codes))


def _waiting_for(sight: Sight, kind: PaperKind) -> list[Row[Any]]:
    """Return the nominations that wait for a paper of this kind and stand in none, of bodies the actor drafts for."""
    joined = tables.nomination.join(tables.message_subscription, WAIT.case_id == NOMINATION.id)
    listed = select(tables.paper.c.id).join(tables.paper_line, tables.paper_line.c.paper_id == tables.paper.c.id)
    open_paper = listed.where(
        tables.paper_line.c.nomination_id == NOMINATION.id,
        tables.paper.c.kind == kind.id,
        tables.paper.c.ended_at.is_(None),
        tables.paper.c.reached.not_in((kinds.ISSUED, kinds.RECEIVED)),
    )
    query = select(tables.nomination).select_from(joined)
    query = query.where(WAIT.message == kind.message, NOMINATION.suspended == 0, ~open_paper.exists())
    rows = [
        row
        for row in sight.tx.execute(query.order_by(NOMINATION.code))
        if kind.may_hold(row.award, lines.regime_of(sight, row))
    ]
    waiting = lines.waiting(sight, kind, rows)
    return [r for r in rows if r.id in waiting and lines.may_draft(sight, kind, lines.issuing_body(sight, kind, r))]


def _parts(sight: Sight, kind: PaperKind, rows: Sequence[Row[Any]]) -> tuple[PaperPart, ...]:
    names = {row.code: row.nominee for row in rows}
    units = directory.all_units(sight.tx.connection)
    return tuple(_part(part, names, units) for part in lines.split(sight, kind, rows))


def _part(part: Part, names: dict[str, str], units: dict[str, Any]) -> PaperPart:
    return PaperPart(
        unit=part.unit,
        unit_title=units[part.unit].title if part.unit in units else part.unit,
        authority=part.authority,
        type=part.type,
        regime=part.regime,
        nominations=tuple((code, names[code]) for code in part.nominations),
    )
