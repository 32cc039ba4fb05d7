"""The inbox: which user tasks lie in which box of a person.

mine: held by the person. group: free, for a candidate group of the person. overdue: one of both, past its limit.
elsewhere: of nominations of the person's units, waiting for someone else. done: completed by the person.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select

from engine.office.queries.reading import TASK, Reading, after, token
from engine.office.views import InboxPage
from engine.store import tables

BOXES = ("mine", "group", "overdue", "elsewhere", "done")
COUNTED_TO = 100
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
    query = select(tables.user_task).where(_in_box(reading, box), *filters)
    query = query.where(after(after_token, order, TASK.id, down=box == "done"))
    direction = (order.desc(), TASK.id.desc()) if box == "done" else (order, TASK.id)
    rows = reading.connection.execute(query.order_by(*direction).limit(limit + 1)).all()
    more = token(getattr(rows[limit - 1], order.name), rows[limit - 1].id) if len(rows) > limit else None
    return InboxPage(
        items=tuple(reading.task_row(row) for row in rows[:limit]),
        next=more,
        counts=counts(reading),
        steps=_steps(reading, box),
        awards=_awards(reading, box),
    )


def counts(reading: Reading) -> dict[str, int]:
    """Return how many tasks each box holds, exact to 99."""
    return {name: _count(reading, name) for name in BOXES}


def _in_box(reading: Reading, box: str) -> ColumnElement[bool]:
    me, groups = reading.actor.person.id, reading.groups
    mine = TASK.assignee == me
    free = and_(TASK.assignee.is_(None), TASK.candidate_group.in_(groups))
    conditions: dict[str, ColumnElement[bool]] = {
        "mine": and_(TASK.state == "open", mine),
        "group": and_(TASK.state == "open", free),
        "overdue": and_(TASK.state == "open", or_(mine, free), TASK.due_on < reading.today.isoformat()),
        "elsewhere": and_(
            TASK.state == "open",
            TASK.proposing_unit.in_(reading.own_units),
            or_(TASK.assignee.is_(None), TASK.assignee != me),
            or_(TASK.assignee.is_not(None), TASK.candidate_group.is_(None), TASK.candidate_group.not_in(groups)),
        ),
        "done": and_(TASK.state == "done", TASK.done_by == me),
    }
    return conditions.get(box, false())


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


def _count(reading: Reading, box: str) -> int:
    some: Select[Any] = select(literal(1)).select_from(tables.user_task).where(_in_box(reading, box)).limit(COUNTED_TO)
    return reading.connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def _steps(reading: Reading, box: str) -> tuple[tuple[str, str], ...]:
    query = select(TASK.release, TASK.process, TASK.element).distinct()
    names: dict[str, str] = {}
    for row in reading.connection.execute(query.where(_in_box(reading, box))):
        node = reading.node(row.release, row.process, row.element)
        names[row.element] = node.name if node else row.element
    return tuple(sorted(names.items(), key=lambda item: item[1]))


def _awards(reading: Reading, box: str) -> tuple[str, ...]:
    query = select(TASK.award).distinct().where(_in_box(reading, box)).order_by(TASK.award)
    return tuple(reading.connection.execute(query).scalars())
