"""The tasks of one step, as a table in which many are judged at once (Bảng xét)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, func, or_, select

from engine.errors import NotFound
from engine.office import awards_history
from engine.office.batch_views import GridRow, GridView
from engine.office.queries.criteria import judged
from engine.office.queries.reading import TASK, Reading, after, token
from engine.office.views import CriterionView
from engine.store import tables
from engine.store.statements import ListStatement


def _decisions(streams: list[BindParameter[str]]) -> Select[Any]:
    j = tables.journal.c
    decided = j.body.contains('"fact":"DecisionMade"')
    return select(j.stream, j.body).where(j.stream.in_(streams), decided).order_by(j.stream, j.seq)


_DECISIONS = ListStatement(_decisions)


def grid(
    reading: Reading,
    step: str,
    release: str,
    *,
    award: str | None = None,
    unit: str | None = None,
    q: str | None = None,
    tasks: Collection[str] | None = None,
    limit: int = 200,
    after_token: str | None = None,
) -> GridView:
    """Return a page of the open tasks of a step that the reader holds or may take, nearest limit first.

    Args:
        step: element id; `release` the id of the release it stands in.
        tasks: ids, where only these are asked for; tasks that are closed by now are left out.

    Raises:
        NotFound: nobody of the reader's groups has such a task.
    """
    here = _here(reading, step, release)
    wanted = [here, *_filters(award, unit), *reading.found_by(q, TASK.search, TASK.proposing_unit)]
    if tasks is not None:
        wanted.append(TASK.id.in_(tasks))
    query = select(tables.user_task).where(*wanted, after(after_token, TASK.due_on, TASK.id))
    found = list(reading.connection.execute(query.order_by(TASK.due_on, TASK.id).limit(limit + 1)))
    rows = found[:limit]
    some = rows[0] if rows else reading.connection.execute(select(tables.user_task).where(here).limit(1)).first()
    if some is None:
        raise NotFound(kind="step", id=step)
    first = reading.task_row(some)
    return GridView(
        step=step,
        release=release,
        name=first.name,
        stage=first.stage,
        form=dict(reading.release(release).form(first.form)) if first.form else None,
        rows=_rows(reading, rows),
        next=token(rows[-1].due_on, rows[-1].id) if len(found) > limit else None,
        total=reading.connection.execute(select(func.count()).where(*wanted)).scalar_one(),
        awards=_counted(reading, here, TASK.award),
        units=tuple((each, reading.unit_title(each)) for each in _counted(reading, here, TASK.proposing_unit)),
    )


def _here(reading: Reading, step: str, release: str) -> ColumnElement[bool]:
    me = reading.actor.person.id
    mine = or_(TASK.assignee == me, TASK.assignee.is_(None))
    of_group = TASK.candidate_group.in_(reading.groups)
    of_step = and_(TASK.element == step, TASK.release == release, TASK.subject == "nomination")
    return and_(of_step, tables.OPEN, mine, of_group)


def _filters(award: str | None, unit: str | None) -> list[ColumnElement[bool]]:
    return [column == value for column, value in ((TASK.award, award), (TASK.proposing_unit, unit)) if value]


def _counted(reading: Reading, here: ColumnElement[bool], column: ColumnElement[Any]) -> dict[str, int]:
    query = select(column, func.count()).where(here).group_by(column).order_by(column)
    return {value: count for value, count in reading.connection.execute(query) if value}


def _rows(reading: Reading, rows: list[Row[Any]]) -> tuple[GridRow, ...]:
    bodies: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    streams = sorted(f"nomination:{row.case_id}" for row in rows)
    for entry in _DECISIONS(reading.connection, streams):
        bodies[entry.stream.partition(":")[2]].append(json.loads(entry.body))
    standings = awards_history.of(reading.connection, [row.case_id for row in rows])
    return tuple(
        GridRow(reading.task_row(row), _criteria(reading, row, bodies[row.case_id]), standings[row.case_id].barred_by)
        for row in rows
    )


def _criteria(reading: Reading, row: Row[Any], bodies: list[dict[str, Any]]) -> tuple[CriterionView, ...]:
    release = reading.release(row.release)
    return judged(bodies, release.process(row.process), lambda key: release.form(key) if key else None)
