"""Sessions of councils: the list, one session with what its counts lead to, and the votes that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select, tuple_

from engine.errors import NotFound
from engine.office import access, voting
from engine.office.act import Trial
from engine.office.completing import Desk, judge_all
from engine.office.queries.reading import TASK, Reading
from engine.office.releases import Releases
from engine.office.session_views import Council, SessionRow, SessionView, VoteLine
from engine.office.views import TaskRow
from engine.office.voting import Member, Record
from engine.store import tables

SESSION, LINE = tables.session.c, tables.session_task.c
LISTED = 200


def sessions(reading: Reading) -> tuple[SessionRow, ...]:
    """Return the sessions the reader may see, the latest first."""
    query = select(tables.session).order_by(SESSION.day.desc(), SESSION.id.desc()).limit(LISTED)
    if not access.is_auditor(reading.actor):
        sits = [(m.unit, each) for m in reading.actor.memberships for each in sorted(access.SECRETARIES)]
        seen = [of for of in sits if access.may_see_session(reading.actor, *of)]
        query = query.where(tuple_(SESSION.unit, SESSION.council).in_(sorted(set(seen))))
    rows = list(reading.connection.execute(query))
    counts = select(LINE.session_id, func.count()).where(LINE.session_id.in_([row.id for row in rows]))
    found = {row[0]: row[1] for row in reading.connection.execute(counts.group_by(LINE.session_id))}
    return tuple(_row(reading, row, found.get(row.id, 0)) for row in rows)


def councils(reading: Reading) -> tuple[Council, ...]:
    """Return the councils whose sessions the reader may call together."""
    kept = sorted({(m.unit, m.role) for m in reading.actor.memberships if m.role in access.SECRETARIES})
    return tuple(
        Council(unit, reading.unit_title(unit), council, _waiting(reading, unit, council, ())) for unit, council in kept
    )


def session(reading: Reading, releases: Releases, now: datetime, name: str) -> SessionView:
    """Return a session with what its counts would lead to; NotFound where there is none or it may not be seen."""
    row = reading.connection.execute(select(tables.session).where(SESSION.id == name)).first()
    if row is None or not access.may_see_session(reading.actor, row.unit, row.council):
        raise NotFound(kind="session", id=name)
    may_hold = row.status == "open" and access.may_hold_session(reading.actor, row.unit, row.council)
    query = select(LINE.task).where(LINE.session_id == row.id).order_by(LINE.position)
    tasks = list(reading.connection.execute(query).scalars())
    filed = reading.reader.form_data(row.form_data) if row.form_data else None
    record = Record.read(filed) if filed else None
    trial = Trial(reading.reader, reading.actor.person.id, now, releases)
    return SessionView(
        row=_row(reading, row, len(tasks)),
        version=row.version,
        record=record,
        members=record.members if record else _last_members(reading, row.unit, row.council),
        lines=_lines(reading, trial, tasks, record, try_out=may_hold),
        waiting=_waiting(reading, row.unit, row.council, tasks) if may_hold else (),
        may=frozenset(("record", "close", "cancel") if may_hold else ()),
    )


def _row(reading: Reading, row: Row[Any], nominations: int) -> SessionRow:
    plain = {name: getattr(row, name) for name in ("id", "unit", "council", "status", "total", "present", "written")}
    title, day = reading.unit_title(row.unit), date.fromisoformat(row.day)
    return SessionRow(**plain, unit_title=title, day=day, nominations=nominations)


def _last_members(reading: Reading, unit: str, council: str) -> tuple[Member, ...]:
    """Return the roll call of the council's last session: most members stay the same."""
    of = (SESSION.unit == unit, SESSION.council == council)
    held = select(SESSION.form_data).where(*of, SESSION.form_data.is_not(None))
    last = reading.connection.execute(held.order_by(SESSION.day.desc(), SESSION.id.desc()).limit(1)).scalar()
    filed = reading.reader.form_data(last) if last else None
    return Record.read(filed).members if filed else ()


def _waiting(reading: Reading, unit: str, council: str, taken: Sequence[str]) -> tuple[TaskRow, ...]:
    """Return the open votes of a council that stand in no open session."""
    called = select(LINE.task).join(tables.session, SESSION.id == LINE.session_id).where(SESSION.status == "open")
    votes = (TASK.state == "open", TASK.candidate_group == access.group_of(council, unit))
    query = select(tables.user_task).where(*votes, TASK.id.not_in(called), TASK.id.not_in(taken))
    found = reading.connection.execute(query.order_by(TASK.due_on, TASK.id).limit(voting.MOST_LISTED))
    return tuple(reading.task_row(row) for row in found if voting.is_vote(_form(reading, row)))


def _form(reading: Reading, task: Row[Any]) -> dict[str, Any] | None:
    node = reading.node(task.release, task.process, task.element)
    return dict(reading.release(task.release).form(node.form)) if node and node.form else None


def _lines(
    reading: Reading, trial: Trial, tasks: list[str], record: Record | None, *, try_out: bool
) -> tuple[VoteLine, ...]:
    rows = reading.connection.execute(select(tables.user_task).where(TASK.id.in_(tasks)))
    found = {row.id: row for row in rows}
    values: dict[str, Any] = {}
    results: dict[str, Any] = {}
    verdicts: dict[str, voting.Verdict] = {}
    if record:
        desk = Desk(trial, tasks)
        items, refused = voting.items_of(record, desk)
        values = {item.task: item.form for item in items}
        if try_out:
            by_count = voting.Verdicts(desk)
            for result, judged in judge_all(items, desk, refused):
                results[result.task] = result
                if judged:
                    verdicts[result.task] = by_count.of(judged)
    return tuple(
        VoteLine(
            task=reading.task_row(found[task]),
            form=_form(reading, found[task]) or {},
            values=values.get(task, {}),
            result=results.get(task),
            verdict=verdicts.get(task),
        )
        for task in tasks
        if task in found
    )
