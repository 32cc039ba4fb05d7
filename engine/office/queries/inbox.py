"""The inbox: which user tasks lie in which box of a person.

mine: held by the person. group: free, for a candidate group of the person. overdue: one of both, past its limit.
elsewhere: of nominations of the person's units, waiting for someone else. done: completed by the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, false, func, or_, select, union_all

from engine.office.queries.reading import TASK, Reading, after, token
from engine.office.views import InboxPage
from engine.store import tables

BOXES = ("mine", "group", "overdue", "elsewhere", "done")
COUNTED_TO = 100
LOOKED_AT = 1_000  # tasks of each part of a box whose steps and award forms one can choose from
LARGEST_PAGE = 200


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
    filters = [*_filters(step, award, unit, round), *reading.found_by(q, TASK.search, TASK.proposing_unit)]
    order = TASK.done_at if box == "done" else TASK.due_on
    direction = (order.desc(), TASK.id.desc()) if box == "done" else (order, TASK.id)
    boxes = _boxes(reading)
    parts = boxes.get(box, [false()])
    wanted = [*filters, after(after_token, order, TASK.id, down=box == "done")]
    found = first_of([and_(part, *wanted) for part in parts], [TASK.id], direction, limit + 1)
    query = select(tables.user_task).join(found, found.c.id == TASK.id).order_by(*direction).limit(limit + 1)
    rows = reading.connection.execute(query).all()
    more = token(getattr(rows[limit - 1], order.name), rows[limit - 1].id) if len(rows) > limit else None
    steps, awards = _choices(reading, parts, direction)
    return InboxPage(
        items=tuple(reading.task_row(row) for row in rows[:limit]),
        next=more,
        counts=_counts(reading, boxes),
        steps=steps,
        awards=awards,
    )


def counts(reading: Reading) -> dict[str, int]:
    """Return how many tasks each box holds, exact to 99."""
    return _counts(reading, _boxes(reading))


def first_of(
    parts: Sequence[ColumnElement[bool]],
    columns: Sequence[ColumnElement[Any]],
    order: Sequence[ColumnElement[Any]],
    count: int,
) -> Subquery:
    """Return the first so many tasks of each part of a box (there is one at least); no others are looked at."""
    firsts = (select(*columns).where(part).order_by(*order).limit(count).subquery() for part in parts)
    return union_all(*(select(first) for first in firsts)).subquery()


def mine(reading: Reading) -> ColumnElement[bool]:
    """Return what holds for an open task that the reader has."""
    return and_(tables.OPEN, TASK.assignee == reading.actor.person.id)


def free(reading: Reading) -> list[ColumnElement[bool]]:
    """Return what holds for an open task that the reader may take, for each of the reader's groups."""
    return [and_(tables.OPEN, tables.FREE, TASK.candidate_group == group) for group in reading.groups]


def _boxes(reading: Reading) -> dict[str, list[ColumnElement[bool]]]:
    """Return the parts of each box: no task lies in two; each is one stretch of an index, in the order of the box."""
    me, groups = reading.actor.person.id, reading.groups
    past = TASK.due_on < reading.today.isoformat()
    elsewhere = and_(
        tables.OPEN,
        TASK.proposing_unit.in_(reading.own_units),
        or_(tables.FREE, TASK.assignee != me),
        or_(TASK.assignee.is_not(None), TASK.candidate_group.is_(None), TASK.candidate_group.not_in(groups)),
    )
    return {
        "mine": [mine(reading)],
        "group": free(reading) or [false()],
        "overdue": [and_(part, past) for part in (mine(reading), *free(reading))],
        "elsewhere": [elsewhere],
        "done": [and_(tables.DONE, TASK.done_by == me)],
    }


def _counts(reading: Reading, boxes: dict[str, list[ColumnElement[bool]]]) -> dict[str, int]:
    found = reading.connection.execute(select(*(_count(boxes[name]).label(name) for name in BOXES))).one()
    return {name: min(count, COUNTED_TO) for name, count in found._mapping.items()}


def _count(parts: list[ColumnElement[bool]]) -> ColumnElement[int]:
    return select(func.count()).select_from(first_of(parts, [TASK.id], (), COUNTED_TO)).scalar_subquery()


def _filters(step: str | None, award: str | None, unit: str | None, round: str | None) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if step:
        filters.append(TASK.element == step)
    if award:
        filters.append(TASK.award == award)
    if unit:
        filters.append(TASK.proposing_unit == unit)
    if round:
        filters.append(TASK.round == round)
    return filters


def _choices(
    reading: Reading, parts: list[ColumnElement[bool]], order: Sequence[ColumnElement[Any]]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the steps (element and name) and the award forms to choose from, of the first tasks of the box."""
    some = first_of(parts, [TASK.release, TASK.process, TASK.element, TASK.award], order, LOOKED_AT)
    found = reading.connection.execute(select(some).distinct()).all()
    names: dict[str, str] = {}
    for row in found:
        node = reading.node(row.release, row.process, row.element)
        names[row.element] = node.name if node else row.element
    steps = tuple(sorted(names.items(), key=lambda item: item[1]))
    return steps, tuple(sorted({row.award for row in found if row.award is not None}))
