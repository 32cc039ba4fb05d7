"""A paper as its commands need it: its row, its list, its streams locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, literal, select

from engine.commands import SYSTEM
from engine.errors import NotFound, StalePaper
from engine.office import access, moving, tasks
from engine.office.act import Act, Sight
from engine.office.papers import kinds
from engine.office.papers.context import context_of
from engine.office.papers.numbers import Number
from engine.process.context import Context
from engine.store import tables

PAPER = tables.paper.c
LINE = tables.paper_line.c

_AS_CASE = (literal("paper").label("subject"), PAPER.id.label("case_id"), PAPER.unit.label("proposing_unit"))


def row(sight: Sight, id: str) -> Row[Any]:
    """Return a paper by id, with the columns under the names that `moving` reads."""
    return sight.tx.execute(select(tables.paper, *_AS_CASE).where(PAPER.id == id)).one()


def lines(sight: Sight, paper: str) -> list[str]:
    """Return the ids of the nominations of a paper, in their order."""
    query = select(LINE.nomination_id).where(LINE.paper_id == paper).order_by(LINE.position)
    return list(sight.tx.execute(query).scalars())


def lock(act: Act, code: str, also: Sequence[str] = ()) -> tuple[Row[Any], list[str]]:
    """Return a paper that the actor may see and its lines, all locked in one call.

    Args:
        also: ids of further nominations to be locked.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        StalePaper: its list changed while it was being locked.
    """
    found = act.tx.execute(select(PAPER.id).where(PAPER.code == code)).scalar()
    if found is None:
        raise NotFound(kind="paper", id=code)
    held = lines(act, found)
    act.tx.lock([f"paper:{found}", *(moving.stream_of("nomination", id) for id in {*held, *also})])
    paper = row(act, found)
    if not may_see(act, paper):
        raise NotFound(kind="paper", id=code)
    if lines(act, found) != held:
        raise StalePaper(paper=code, expected=0, version=paper.version)
    return paper, held


def seen(sight: Sight, name: str) -> Row[Any]:
    """Return a paper by code or id; NotFound where there is none or the actor may not know of it."""
    found = sight.tx.execute(select(PAPER.id).where((PAPER.code == name) | (PAPER.id == name))).scalar()
    paper = row(sight, found) if found else None
    if paper is None or not may_see(sight, paper):
        raise NotFound(kind="paper", id=name)
    return paper


def may_see(sight: Sight, paper: Row[Any]) -> bool:
    if sight.person == SYSTEM:
        return True
    return access.may_see_nomination(sight.actor, paper.unit, tasks.groups_of(sight, paper.id))


def acts_on(sight: Sight, paper: Row[Any]) -> bool:
    """Whether the actor is in the group of one of its tasks, open or done."""
    return bool(tasks.groups_of(sight, paper.id) & sight.actor.groups)


def is_own_series(sight: Sight, unit: str, type: str) -> bool:
    """Whether a body numbers papers of this type here."""
    s = tables.number_series.c
    return sight.tx.execute(select(s.unit).where(s.unit == unit, s.type == type)).first() is not None


def register(sight: Sight, series: str) -> list[Number]:
    """Return the numbers of a series that are known here."""
    n = tables.paper_number.c
    rows = sight.tx.execute(select(n.number, n.letter, n.day).where(n.series == series))
    return [Number(row.number, row.letter, date.fromisoformat(row.day)) for row in rows]


def context(sight: Sight, paper: Row[Any]) -> Context:
    """Return what a paper may ask the office today."""
    kind = kinds.kind_of(sight.releases.get(sight.tx, paper.release), paper.kind)
    return context_of(sight, paper.unit, paper.receiving_unit, kind)
