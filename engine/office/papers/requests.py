"""Requests for supplements: one paper for each dossier, with every defect of its nominations (DOMAIN §3.8).

A kind of paper that is `per_dossier` lists all nominations of the dossier that wait for it, and goes out when the desk
has judged all of them. Once it has left its drafter the dossier was asked: whoever asks again at that body needs the
leave of the supervisor, which the diagram draws (`asked_before`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Row, Select, func, select

from engine.errors import PaperLinesRefused
from engine.office.act import Sight
from engine.office.papers import kinds
from engine.office.papers.kinds import PaperKind
from engine.store import tables
from engine.store.statements import ListStatement

NOMINATION = tables.nomination.c
PAPER = tables.paper.c
TASK = tables.user_task.c

Asked = frozenset[tuple[str, str | None, str | None]]


def _papers(dossiers: list[BindParameter[str]]) -> Select[Any]:
    out = (PAPER.reached != kinds.DRAFTING, PAPER.status != "RUT")
    return select(PAPER.dossier_id, PAPER.kind, PAPER.unit, PAPER.release).where(PAPER.dossier_id.in_(dossiers), *out)


_PAPERS = ListStatement(_papers)


def asked(sight: Sight, nominations: Iterable[Row[Any]]) -> Asked:
    """Return which bodies have asked for what: dossier, message and body of every request that left its drafter."""
    rows = _PAPERS(sight.tx.connection, sorted({row.dossier_id for row in nominations}))
    found = set()
    for row in rows:
        kind = kinds.kinds_of(sight.releases.get(sight.tx, row.release)).get(row.kind)
        if kind and kind.per_dossier:
            found.add((row.dossier_id, kind.message, row.unit))
    return frozenset(found)


def check_whole(sight: Sight, kind: PaperKind, rows: Sequence[Row[Any]], waiting: Sequence[Row[Any]]) -> None:
    """Refuse a request that leaves out somebody of its dossier.

    Args:
        waiting: all nominations of the dossier that wait for this kind of paper.

    Raises:
        PaperLinesRefused: some who wait are not in it (left_out), or the desk that asks has others still to judge
            (not_judged).
    """
    listed = {row.id for row in rows}
    if left_out := [row.code for row in waiting if row.id not in listed]:
        raise PaperLinesRefused(why="left_out", nominations=left_out)
    if open_still := _not_judged(sight, rows):
        raise PaperLinesRefused(why="not_judged", nominations=open_still)


def of_dossier(sight: Sight, dossier: str) -> list[Row[Any]]:
    """Return the nominations of a dossier that go on, in their order."""
    query = select(tables.nomination).where(NOMINATION.dossier_id == dossier, NOMINATION.ended_at.is_(None))
    return [row for row in sight.tx.execute(query.order_by(NOMINATION.code)) if not row.suspended]


def _not_judged(sight: Sight, rows: Sequence[Row[Any]]) -> list[str]:
    """Return the codes of nominations of the dossier that stand at a step from which these came to be asked."""
    steps = {step for row in rows for step in _last_steps(sight, row.id)}
    of = select(NOMINATION.id).where(NOMINATION.dossier_id == rows[0].dossier_id)
    query = select(TASK.code).where(TASK.case_id.in_(of), TASK.state == "open", TASK.element.in_(steps))
    return list(sight.tx.execute(query.order_by(TASK.code)).scalars())


def _last_steps(sight: Sight, nomination: str) -> list[str]:
    """Return the step that was done last; several if a clock that stood still tells no order between them."""
    done = (TASK.case_id == nomination, TASK.state == "done")
    last = select(func.max(TASK.done_at)).where(*done).scalar_subquery()
    return list(sight.tx.execute(select(TASK.element).where(*done, TASK.done_at == last)).scalars())
