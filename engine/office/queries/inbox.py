"""The inbox: which user tasks lie in which box of a person.

mine: held by the person. group: free, for a candidate group of the person. overdue: one of both, past its limit.
elsewhere: of nominations of the person's units, waiting for someone else. done: completed by the person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from engine.office.queries.reading import TASK, Reading, behind, is_one_of, named, names_of, parts_of, token
from engine.office.views import GridChoice, InboxPage
from engine.store import tables
from engine.store.statements import Statement

BOXES = ("mine", "group", "overdue", "elsewhere", "done")
TABLED = ("mine", "group")  # boxes whose tasks may be handled as a table
COUNTED_TO = 100
LOOKED_AT = 1_000  # tasks of each part of a box whose steps and award forms one can choose from
LARGEST_PAGE = 200
FILTERS = {"step": TASK.element, "award": TASK.award, "unit": TASK.proposing_unit, "round": TASK.round}

Parts = list[ColumnElement[bool]]


class Reach(NamedTuple):
    """How many groups and units a reader has: the text of a query depends on that, who it is are values."""

    groups: int
    units: int


def inbox(
    reading: Reading,
    box: str = "mine",
    *,
    step: str | None = None,
    award: str | None = None,
    unit: str | None = None,
    round: str | None = None,
    q: str | None = None,
    limit: int = 25,
    after_token: str | None = None,
) -> InboxPage:
    """Return one page of a box, nearest limit first (done: latest first), with the counts of all boxes."""
    limit = max(1, min(limit, LARGEST_PAGE))
    filters = {"step": step, "award": award, "unit": unit, "round": round}
    rows = listed(reading, box, filters, q=q, count=limit + 1, after_token=after_token)
    shown, last = rows[:limit], rows[limit - 1] if len(rows) > limit else None
    steps, awards, judged = _offered(reading, box)
    return InboxPage(
        items=reading.task_rows(shown),
        next=token(last.done_at if box == "done" else last.due_on, last.id) if last else None,
        counts=counts(reading),
        steps=steps,
        awards=awards,
        tables=judged,
    )


def listed(
    reading: Reading,
    box: str,
    filters: Mapping[str, str | None],
    *,
    q: str | None = None,
    count: int = 26,
    after_token: str | None = None,
) -> Sequence[Any]:
    """Return the first rows of `user_task` that lie in a box, or the first behind a token."""
    values = {"limit": count} | {name: value for name, value in filters.items() if value}
    asked = (_reach(reading), box if box in BOXES else None, tuple(filter(values.get, FILTERS)), bool(after_token))
    values |= _values(reading) | dict(zip(("first", "second"), parts_of(after_token), strict=True))
    found_by = reading.found_by(q, TASK.search, TASK.proposing_unit)
    if found_by:
        return reading.connection.execute(_list(*asked, found_by), values).all()
    return _listing(*asked)(reading.connection, **values)


def counts(reading: Reading) -> dict[str, int]:
    """Return how many tasks each box holds, exact to 99."""
    [found] = _counting(_reach(reading))(reading.connection, **_values(reading))
    return {name: min(count, COUNTED_TO) for name, count in zip(BOXES, found, strict=True)}


# --- values and parts


def _reach(reading: Reading) -> Reach:
    return Reach(len(reading.groups), len(reading.own_units))


def _values(reading: Reading) -> dict[str, Any]:
    who = {"me": reading.actor.person.id, "today": reading.today.isoformat()}
    return who | named("group", reading.groups) | named("unit", reading.own_units)


@cache
def _boxes(reach: Reach) -> dict[str, Parts]:
    """Return the parts of each box: no task lies in two; each is one stretch of an index, in the order of the box."""
    me: BindParameter[str] = bindparam("me")
    groups, units = names_of("group", reach.groups), names_of("unit", reach.units)
    mine = and_(tables.OPEN, TASK.assignee == me)
    free = [and_(tables.OPEN, tables.FREE, TASK.candidate_group == group) for group in groups]
    past = TASK.due_on < bindparam("today")
    elsewhere = and_(
        tables.OPEN,
        is_one_of(TASK.proposing_unit, units),
        or_(tables.FREE, TASK.assignee != me),
        or_(TASK.assignee.is_not(None), TASK.candidate_group.is_(None), not_(is_one_of(TASK.candidate_group, groups))),
    )
    return {
        "mine": [mine],
        "group": free or [false()],
        "overdue": [and_(part, past) for part in (mine, *free)],
        "elsewhere": [elsewhere],
        "done": [and_(tables.DONE, TASK.done_by == me)],
    }


def _first_of(parts: Parts, columns: Sequence[ColumnElement[Any]], order: Sequence[Any], count: Any) -> Subquery:
    """Return the first so many tasks of each part of a box (there is one at least); no others are looked at."""
    firsts = (select(*columns).where(part).order_by(*order).limit(count).subquery() for part in parts)
    return union_all(*(select(first) for first in firsts)).subquery()


def _columns(down: bool) -> tuple[ColumnElement[str], ColumnElement[str]]:
    return (TASK.done_at if down else TASK.due_on), TASK.id


def _order(down: bool) -> Sequence[ColumnElement[str]]:
    return [column.desc() if down else column for column in _columns(down)]


# --- statements, each made once for all readers with as many groups and units


@cache
def _listing(reach: Reach, box: str | None, given: tuple[str, ...], after: bool) -> Statement:
    return Statement(_list(reach, box, given, after, ()))


def _list(
    reach: Reach, box: str | None, given: tuple[str, ...], after: bool, found_by: Sequence[ColumnElement[bool]]
) -> Select[Any]:
    down = box == "done"
    order = _order(down)
    wanted = [*(FILTERS[name] == bindparam(name) for name in given), *found_by]
    if after:
        wanted.append(behind(bindparam("first"), bindparam("second"), *_columns(down), down=down))
    parts = _boxes(reach)[box] if box else [false()]
    limit = bindparam("limit", type_=Integer)
    found = _first_of([and_(part, *wanted) for part in parts], [TASK.id], order, limit)
    return select(tables.user_task).join(found, found.c.id == TASK.id).order_by(*order).limit(limit)


@cache
def _counting(reach: Reach) -> Statement:
    found: list[ColumnElement[Any]] = [_count(parts) for parts in _boxes(reach).values()]
    return Statement(select(*found))


def _count(parts: Parts) -> ColumnElement[int]:
    return select(func.count()).select_from(_first_of(parts, [TASK.id], (), COUNTED_TO)).scalar_subquery()


# --- what one can choose from


def _offered(reading: Reading, box: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...], tuple[GridChoice, ...]]:
    """Return what the first tasks of a box lead to: steps (element and name), award forms, and tables.

    A table is one step of which the reader may complete several tasks; the most frequent come first, counted among
    the first thousand that the reader has and the first thousand free ones of each group: as many as one act takes.
    """
    if box not in BOXES:
        return (), (), ()
    names: dict[str, str] = {}
    awards: set[str] = set()
    judged: Counter[tuple[str, str, str]] = Counter()
    for row in _offering(_reach(reading), box)(reading.connection, **_values(reading)):
        if row.here:
            node = reading.node(row.release, row.process, row.element)
            names[row.element] = node.name if node else row.element
            awards.add(row.award)
        judged[row.release, row.process, row.element] += row.judged
    steps = tuple(sorted(names.items(), key=lambda item: item[1]))
    return steps, tuple(sorted(awards - {None})), _tables(reading, judged)


def _tables(reading: Reading, judged: Counter[tuple[str, str, str]]) -> tuple[GridChoice, ...]:
    found = []
    for (release, process, element), count in judged.items():
        node = reading.node(release, process, element)
        if count > 1 and node and node.form:
            form = dict(reading.release(release).form(node.form))
            found.append(GridChoice(element, release, node.name, form, count))
    return tuple(sorted(found, key=lambda choice: (-choice.count, choice.name)))


@cache
def _offering(reach: Reach, box: str) -> Statement:
    # What may be done at once is the same in both boxes that have tables. Counted is within each part: counting all
    # of them together costs half as much again.
    asked, boxes = TABLED if box in TABLED else (box,), _boxes(reach)
    parts = [_offers(part, reach, box, name == box) for name in asked for part in boxes[name]]
    return Statement(select(union_all(*parts).subquery()))


def _offers(part: ColumnElement[bool], reach: Reach, box: str, here: bool) -> Select[Any]:
    kept = (TASK.element, TASK.award, TASK.process, TASK.release)
    first = _first_of([part], [*kept, TASK.subject, TASK.candidate_group], _order(box == "done"), LOOKED_AT).c
    groups = names_of("group", reach.groups)
    may = and_(first.subject == literal_column("'nomination'"), is_one_of(first.candidate_group, groups))
    keys = [first[column.name] for column in kept]
    judged = func.count().filter(may) if box in TABLED else literal_column("0")
    return select(*keys, literal_column("1" if here else "0").label("here"), judged.label("judged")).group_by(*keys)
