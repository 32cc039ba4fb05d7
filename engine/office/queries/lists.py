"""Lists of nominations and dossiers, and what a person may nominate for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from engine.canonical import time_of
from engine.errors import NotFound
from engine.office import access, rounds
from engine.office.awards import is_above_unit, may_be_given_by
from engine.office.nominations import kinds_of, open_dossiers_of
from engine.office.queries.inbox import LARGEST_PAGE
from engine.office.queries.reading import NOMINATION, TASK, Reading, after, token, words
from engine.office.views import DossierView, Listing, NominationRow, StartChoice
from engine.process.definition import ProcessDefinition
from engine.store import tables

DOSSIER = tables.dossier.c
NAMED = 20  # nominations that a list of dossiers names of each; a dossier may hold a thousand


def nominations(
    reading: Reading,
    *,
    status: str | None = None,
    award: str | None = None,
    unit: str | None = None,
    q: str | None = None,
    limit: int = 25,
    after_token: str | None = None,
) -> Listing:
    """Return nominations the reader may see, the latest first."""
    given = ((NOMINATION.status, status), (NOMINATION.award, award), (NOMINATION.unit, unit))
    query = select(tables.nomination).where(reading.may_see_nomination(), *(c == value for c, value in given if value))
    query = query.where(*reading.found_by(q, NOMINATION.search, NOMINATION.unit))
    rows, more = page_of(reading, query, NOMINATION.opened_at, NOMINATION.id, limit, after_token)
    return Listing(tuple(nomination_rows(reading, rows)), more)


def nomination_rows(reading: Reading, rows: list[Row[Any]]) -> list[NominationRow]:
    """Return the views of rows of `nomination`; their stages are read in one query."""
    stages: dict[str, str] = {}
    waiting = TASK.state.in_(tables.WAITING)
    query = select(tables.user_task).where(TASK.case_id.in_([row.id for row in rows]), waiting)
    for row in reading.connection.execute(query.order_by(TASK.opened_at, TASK.key)):
        stages.setdefault(row.case_id, reading.task_row(row).stage)
    return [
        NominationRow(
            id=row.id,
            code=row.code,
            nominee=row.nominee,
            award=row.award,
            kind=row.kind,
            unit=row.unit,
            unit_title=reading.unit_title(row.unit),
            status=row.status,
            stage=stages.get(row.id, ""),
            opened_at=time_of(row.opened_at),
            ended_at=time_of(row.ended_at) if row.ended_at else None,
            release=row.release,
            round=row.round,
        )
        for row in rows
    ]


def dossiers(
    reading: Reading,
    *,
    status: str | None = None,
    award: str | None = None,
    unit: str | None = None,
    q: str | None = None,
    limit: int = 25,
    after_token: str | None = None,
) -> Listing:
    """Return dossiers of which the reader may see at least one nomination, the latest first; see `NAMED`."""
    given = ((DOSSIER.status, status), (DOSSIER.award, award), (DOSSIER.unit, unit))
    query = select(tables.dossier).where(_may_see_dossier(reading), *(c == value for c, value in given if value))
    found = (or_(_may_see_dossier(reading, word), DOSSIER.unit.in_(reading.units_named(word))) for word in words(q))
    query = query.where(*found)
    rows, more = page_of(reading, query, DOSSIER.opened_at, DOSSIER.id, limit, after_token)
    return Listing(tuple(_dossier(reading, row, NAMED) for row in rows), more)


def dossier(reading: Reading, name: str) -> DossierView:
    """Return a dossier by code or id; NotFound where there is none or none of it may be seen."""
    by_name = (DOSSIER.code == name) | (DOSSIER.id == name)
    row = reading.connection.execute(select(tables.dossier).where(by_name, _may_see_dossier(reading))).first()
    if row is None:
        raise NotFound(kind="dossier", id=name)
    return _dossier(reading, row)


def _may_see_dossier(reading: Reading, word: str = "") -> ColumnElement[bool]:
    """Return the condition that some nomination of a dossier may be seen, and that the word stands in it."""
    seen = select(NOMINATION.id).where(NOMINATION.dossier_id == DOSSIER.id, reading.may_see_nomination())
    return seen.where(NOMINATION.search.contains(word, autoescape=True)).exists()


def _dossier(reading: Reading, row: Row[Any], most: int | None = None) -> DossierView:
    seen = (NOMINATION.dossier_id == row.id, reading.may_see_nomination())
    query = select(tables.nomination).where(*seen).order_by(NOMINATION.code).limit(most)
    found, count = list(reading.connection.execute(query)), 0
    if len(found) == most:
        count = reading.connection.execute(select(func.count()).where(*seen)).scalar_one()
    return DossierView(
        id=row.id,
        code=row.code,
        unit=row.unit,
        unit_title=reading.unit_title(row.unit),
        award=row.award,
        status=row.status,
        opened_at=time_of(row.opened_at),
        nominations=tuple(nomination_rows(reading, found)),
        count=count or len(found),
        authority=row.authority,
        round=row.round,
    )


def page_of(
    reading: Reading,
    query: Select[Any],
    first: ColumnElement[str],
    second: ColumnElement[str],
    limit: int,
    after_token: str | None,
) -> tuple[list[Row[Any]], str | None]:
    limit = max(1, min(limit, LARGEST_PAGE))
    query = query.where(after(after_token, first, second, down=True)).order_by(first.desc(), second.desc())
    rows = list(reading.connection.execute(query.limit(limit + 1)))
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], token(last.opened_at, last.id)


def start_choices(reading: Reading) -> tuple[StartChoice, ...]:
    """Return the award forms the reader may nominate for, unit by unit and round by round."""
    release = reading.release_in_force()
    opened = [round for round in rounds.rounds(reading.connection) if round.is_open]
    choices: list[StartChoice] = []
    for unit in reading.own_units:
        if not access.may_nominate(reading.actor, unit) or not reading.units[unit].exists_on(reading.today):
            continue
        for award, process in sorted(release.processes_by_award.items()):
            if not may_be_given_by(award, reading.units[unit].kind):
                continue
            choices += _in_rounds(reading, unit, award, release.process(process), opened)
    return tuple(choices)


def _in_rounds(
    reading: Reading, unit: str, award: str, process: ProcessDefinition, opened: list[rounds.Round]
) -> Iterator[StartChoice]:
    """Return one choice per open round that takes the award, and one without a round where that may be."""
    form = reading.release_in_force().form(process.start.form)
    taking: list[rounds.Round | None] = [round for round in opened if award in round.awards]
    for round in [*taking, *([] if is_above_unit(award) else [None])]:
        kinds = tuple(kind for kind in kinds_of(process) if round is None or kind in round.kinds)
        if kinds:
            yield StartChoice(
                unit=unit,
                unit_title=reading.unit_title(unit),
                award=award,
                kinds=kinds,
                form=dict(form),
                open_dossiers=_open_dossiers(reading, unit, award, round),
                round=round.code if round else None,
                round_title=round.title if round else "",
                deadline=round.deadline if round else None,
                late=round is not None and reading.today > round.deadline,
            )


def _open_dossiers(reading: Reading, unit: str, award: str, round: rounds.Round | None) -> tuple[str, ...]:
    query = select(DOSSIER.code).where(*open_dossiers_of(unit, award, round.code if round else None))
    return tuple(reading.connection.execute(query.order_by(DOSSIER.code.desc()).limit(20)).scalars())
