"""No two papers of one movement carry the same nominee (DOMAIN §2.3 P1): asked again at signature and at issue.

Between drafting and issue another paper may have awarded somebody it names. Who signs or issues locks the movement
first, and then each nominee, so of two papers issued at the same moment the second sees the first, and a paper sees the
decision of a head, who is not held up by the papers of others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, select

from engine.errors import AwardedElsewhere
from engine.office import awards_history
from engine.office.act import Act
from engine.office.papers import kinds
from engine.office.papers.kinds import PaperKind
from engine.store import tables
from engine.store.statements import ListStatement

NOMINATION, ROUND = tables.nomination.c, tables.round.c
PAPER, LINE = tables.paper.c, tables.paper_line.c


def _carried(ids: list[BindParameter[str]]) -> Select[Any]:
    other, ours, theirs = tables.nomination.alias(), tables.round.alias(), tables.round.alias()
    return (
        select(NOMINATION.id, PAPER.code, PAPER.kind, PAPER.reached, PAPER.number, PAPER.issued_on)
        .select_from(tables.nomination)
        .join(ours, ours.c.code == NOMINATION.round)
        .join(other, (other.c.identity == NOMINATION.identity) & (other.c.id != NOMINATION.id))
        .join(theirs, (theirs.c.code == other.c.round) & (theirs.c.movement == ours.c.movement))
        .join(tables.paper_line, LINE.nomination_id == other.c.id)
        .join(tables.paper, PAPER.id == LINE.paper_id)
        .where(NOMINATION.id.in_(ids), other.c.ended_at.is_(None))
        .order_by(NOMINATION.id, PAPER.code)
    )


_CARRIED = ListStatement(_carried)


def check(act: Act, kind: PaperKind, all_kinds: dict[str, PaperKind], rows: Sequence[Row[Any]]) -> None:
    """Lock the movement of these nominations and see that no other paper carries one of their nominees.

    Raises:
        AwardedElsewhere: one does, for the first in the list.
    """
    if not kind.once_in_movement:
        return
    held = {f"movement:{movement}" for movement in _movements(act, {row.round for row in rows if row.round})}
    act.hold(held)  # behind all other streams, and nobody who holds a movement waits for anything but what follows
    act.claim(awards_history.CLAIMS, [row.id for row in rows])  # as whoever decides for one nominee does
    found = elsewhere(act.tx.connection, all_kinds, [row.id for row in rows])
    for row in rows:
        if row.id in found:
            raise AwardedElsewhere(nomination=row.code, name=row.nominee, **found[row.id])


def elsewhere(
    connection: Connection, all_kinds: dict[str, PaperKind], nominations: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Return by what other paper the nominees of these nominations (ids) are carried: number, day and code of each.

    That is one that awarded them, or one that is issued and whose nomination has not ended: the centre may award yet.
    """
    once = {each.id for each in all_kinds.values() if each.once_in_movement}
    found = {
        row.id: {"paper": row.code, "number": row.number or "–", "day": _day(row.issued_on)}
        for row in _CARRIED(connection, sorted(nominations))
        if row.kind in once and row.reached in (kinds.ISSUED, kinds.RECEIVED)
    }
    for id, standing in awards_history.of(connection, nominations).items():
        if standing.barred_by:
            said = standing.barred_by.said()
            found.setdefault(id, {"paper": "", "number": said["number"], "day": said["day"]})
    return found


def may_give_up(connection: Connection, all_kinds: dict[str, PaperKind], paper: Row[Any]) -> bool:
    """Whether a paper may be given up: until it is signed, and then while it cannot be issued."""
    if paper.ended_at or paper.reached in kinds.UNSIGNED:
        return not paper.ended_at
    if paper.reached not in kinds.SIGNED_NOT_ISSUED or not all_kinds[paper.kind].once_in_movement:
        return False
    held = connection.execute(select(LINE.nomination_id).where(LINE.paper_id == paper.id)).scalars().all()
    return bool(elsewhere(connection, all_kinds, held))


def _day(iso: str | None) -> str:
    return "/".join(reversed(iso.split("-"))) if iso else "–"


def _movements(act: Act, rounds: Collection[str]) -> list[str]:
    query = select(ROUND.movement).where(ROUND.code.in_(sorted(rounds))).distinct()
    return list(act.tx.execute(query).scalars())
