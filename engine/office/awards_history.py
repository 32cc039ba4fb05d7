"""What a nominee was given before, and that nobody is given two awards for one movement (DOMAIN §2.3 P1, §4.4).

A nominee is told by the identity of the nomination: the citizen id of a person, unit and name of a collective. Who
cannot be told apart has no history. The element property `awardsIf` names the outcome of a step that finds in favour
of the award: it is refused where the movement has awarded the nominee already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, and_, case, func, literal_column, select

from engine.canonical import time_of
from engine.store import tables
from engine.store.statements import ListStatement

NOMINATION = tables.nomination.c
AWARD = tables.nominee_award.c
ROUND = tables.round.c

IN_FAVOUR = "awardsIf"
REVOKED = "BI_HUY"


@dataclass(frozen=True)
class PastAward:
    """An award of a nominee. `number` and `day` of the decision are None where they are not known or were erased."""

    award: str
    authority: str  # the role that decided
    unit: str  # that proposed
    number: str | None
    day: date | None
    granted_at: datetime
    same_movement: bool
    valid: bool

    @property
    def year(self) -> int:
        return (self.day or self.granted_at).year

    def said(self) -> dict[str, str]:
        """Return what a sentence about it needs."""
        day = self.day.strftime("%d/%m/%Y") if self.day else str(self.year)
        return {"award": self.award, "number": self.number or "–", "day": day}

    @property
    def bars(self) -> bool:
        """Whether it forbids another award in the movement of the nomination that was asked about."""
        return self.same_movement and self.valid


@dataclass(frozen=True)
class Standing:
    """A nomination among the awards of its nominee, the latest first.

    `claim`: nominee and movement, which one award settles; None where either is not known.
    """

    claim: tuple[str, str] | None
    awards: tuple[PastAward, ...]

    @property
    def barred_by(self) -> PastAward | None:
        return next((award for award in self.awards if award.bars), None)


def _given(ids: list[BindParameter[str]]) -> Select[Any]:
    before, ours, theirs = tables.nomination.alias(), tables.round.alias(), tables.round.alias()
    others = and_(AWARD.identity == NOMINATION.identity, AWARD.nomination_id != NOMINATION.id)
    return (
        select(
            NOMINATION.id,
            NOMINATION.identity.label("nominee"),
            ours.c.movement,
            *(AWARD.award, AWARD.authority, AWARD.unit, AWARD.number, AWARD.day, AWARD.granted_at),
            case((ours.c.movement == theirs.c.movement, 1), else_=0).label("same"),
            case((before.c.reached == REVOKED, 0), else_=1).label("valid"),
        )
        .select_from(tables.nomination)
        .outerjoin(ours, ours.c.code == NOMINATION.round)
        .outerjoin(tables.nominee_award, others)
        .outerjoin(before, before.c.id == AWARD.nomination_id)
        .outerjoin(theirs, theirs.c.code == AWARD.round)
        .where(NOMINATION.id.in_(ids))
        .order_by(NOMINATION.id, AWARD.granted_at.desc(), AWARD.nomination_id)
    )


_GIVEN = ListStatement(_given)


def _claims(ids: list[BindParameter[str]]) -> Select[Any]:
    key = func.hashtextextended(NOMINATION.identity + literal_column("' '") + ROUND.movement, literal_column("230"))
    claims = (
        select(key.label("key"))
        .select_from(tables.nomination)
        .join(tables.round, ROUND.code == NOMINATION.round)
        .where(NOMINATION.id.in_(ids), NOMINATION.identity.is_not(None), ROUND.movement.is_not(None))
        .distinct()
        .order_by("key")  # everybody takes them in one order, so that nobody waits in a circle
        .subquery()
    )
    return select(func.pg_advisory_xact_lock(claims.c.key))


# Taken by `Sight.claim` behind all streams, by whoever decides in favour or issues a decision: nobody else settles then
# who is awarded of these nominees (ids) in their movements. `of` is asked afterwards.
CLAIMS = ListStatement(_claims)


def of(connection: Connection, nominations: Sequence[str]) -> dict[str, Standing]:
    """Return what the nominees of these nominations (ids) were given before, in one query."""
    rows: dict[str, list[Row[Any]]] = {}
    for row in _GIVEN(connection, sorted(set(nominations))):
        rows.setdefault(row.id, []).append(row)
    return {id: _standing(found) for id, found in rows.items()}


def _standing(rows: Sequence[Row[Any]]) -> Standing:
    first = rows[0]
    claim = (first.nominee, first.movement) if first.nominee and first.movement else None
    return Standing(claim, tuple(_past(row) for row in rows if row.award))


def _past(row: Row[Any]) -> PastAward:
    return PastAward(
        *(row.award, row.authority, row.unit, row.number),
        day=date.fromisoformat(row.day) if row.day else None,
        granted_at=time_of(row.granted_at),
        same_movement=bool(row.same),
        valid=bool(row.valid),
    )


def barred(connection: Connection, nominations: Sequence[str]) -> set[str]:
    """Return those of the nominations whose nominee may be given nothing more in the movement.

    Of several for one nominee and movement all but the first are: one list cannot award somebody twice.
    """
    standings = of(connection, nominations)
    found, claims = set(), set()
    for id in nominations:
        standing = standings[id]
        if standing.barred_by or (standing.claim and standing.claim in claims):
            found.add(id)
        claims.add(standing.claim)
    return found
