"""What every query needs: who reads, on which day, and the names behind the ids, each asked once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, and_, bindparam, false, or_, select, true

from engine.canonical import time_of
from engine.office import access, directory
from engine.office.releases import Releases
from engine.office.views import Actor, DueView, PersonView, TaskRow
from engine.office.workdays import WorkCalendar
from engine.process.definition import ProcessDefinition
from engine.process.model import Node
from engine.process.release import Release
from engine.store import tables
from engine.store.folding import folded
from engine.store.reader import Reader
from engine.store.statements import Statement

MOST_WORDS = 12
TASK = tables.user_task.c
NOMINATION = tables.nomination.c
PAPER = tables.paper.c


class Reading:
    """One read by one person. Rows that the person may not see never leave the database."""

    def __init__(self, reader: Reader, releases: Releases, actor: Actor, today: date) -> None:
        self.reader = reader
        self.connection = reader.connection
        self.actor = actor
        self.today = today
        self._releases = releases
        self._people: dict[str, PersonView | None] = {actor.person.id: actor.person}
        self._nodes: dict[tuple[str, str, str], Node | None] = {}
        self._limits: dict[tuple[str, str], DueView | None] = {}

    # --- names behind ids

    def person(self, person: str | None) -> PersonView | None:
        if person is None:
            return None
        if person not in self._people:
            self._people[person] = directory.person_view(self.connection, person)
        return self._people[person]

    @cached_property
    def units(self) -> Mapping[str, directory.Unit]:
        return directory.all_units(self.connection)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The titles of all bodies; `units` costs more, where there are hundreds."""
        return directory.titles(self.connection)

    def unit_title(self, unit: str | None) -> str:
        return self.titles.get(unit or "") or unit or ""

    def found_by(
        self, q: str | None, search: ColumnElement[str], unit: ColumnElement[str]
    ) -> list[ColumnElement[bool]]:
        """Return the conditions that each word typed stands in the search text of a row or in the title of its unit.

        Titles are compared here, not in the database: a renamed unit needs no row to be written again.
        """
        return [or_(search.contains(word, autoescape=True), unit.in_(self.units_named(word))) for word in words(q)]

    def units_named(self, word: str) -> list[str]:
        """Return the units with a folded word in their title."""
        return [id for id, title in self._folded_titles if word in title]

    @cached_property
    def _folded_titles(self) -> list[tuple[str, str]]:
        return [(id, folded(title)) for id, title in self.titles.items()]

    @cached_property
    def calendar(self) -> WorkCalendar:
        return directory.calendar_at(self.connection, self.reader.head("calendar").hash or None)

    def release(self, release: str) -> Release:
        return self._releases.get(self.reader, release)

    def release_in_force(self) -> Release:
        return self._releases.in_force(self.reader, self.today)

    def process(self, release: str, process: str) -> ProcessDefinition:
        return self.release(release).process(process)

    def node(self, release: str, process: str, element: str) -> Node | None:
        key = (release, process, element)
        if key not in self._nodes:
            self._nodes[key] = self.process(release, process).node(element)
        return self._nodes[key]

    # --- what may be seen

    @cached_property
    def own_units(self) -> tuple[str, ...]:
        """Units whose nominations the reader may see because of a role in them."""
        return tuple(sorted({m.unit for m in self.actor.memberships if m.role != access.ADMINISTRATOR}))

    def may_see_nomination(self) -> ColumnElement[bool]:
        """Return the condition on `nomination` under which the reader may know of it."""
        return self._may_see(tables.nomination)

    def may_see_paper(self) -> ColumnElement[bool]:
        """Return the condition on `paper` under which the reader may know of it."""
        return self._may_see(tables.paper)

    def _may_see(self, case: Table) -> ColumnElement[bool]:
        if access.is_auditor(self.actor):
            return true()
        return in_sight(case, self.own_units, self.groups_in_sight) if self.actor.memberships else false()

    def find(self, case: Table, name: str) -> Any:
        """Return the row of a nomination or a paper by code or id, None where there is none or it may not be seen."""
        if access.is_auditor(self.actor):
            return _finding(case, None)(self.connection, name=name).first()
        units, groups = named("unit", self.own_units), named("group", self.groups_in_sight)
        return _finding(case, (len(units), len(groups)))(self.connection, name=name, **units, **groups).first()

    @cached_property
    def groups_in_sight(self) -> tuple[str, ...]:
        return tuple(sorted(access.groups_in_sight(self.actor)))

    @cached_property
    def groups(self) -> tuple[str, ...]:
        return tuple(sorted(self.actor.groups))

    # --- rows

    def due(self, due_on: str, left_out: str) -> DueView | None:
        key = (due_on, left_out)
        if key not in self._limits:
            self._limits[key] = self._due(due_on, left_out)
        return self._limits[key]

    def _due(self, due_on: str, left_out: str) -> DueView | None:
        if due_on == tables.NO_DUE_DATE:
            return None
        day = date.fromisoformat(due_on)
        days = tuple((date.fromisoformat(d), why) for d, why in json.loads(left_out))
        return DueView(day, self.calendar.days_left(self.today, day), days)

    def task_rows(self, rows: Sequence[Any]) -> tuple[TaskRow, ...]:
        """Return the views of several rows of `user_task`; who holds or did them is asked once."""
        people = {person for row in rows for person in (row.assignee, row.done_by) if person is not None}
        unknown = sorted(people - self._people.keys())
        self._people |= dict.fromkeys(unknown) | directory.people_by_id(self.connection, unknown)
        return tuple(map(self.task_row, rows))

    def task_row(self, row: Any) -> TaskRow:
        """Return the view of one row of `user_task`."""
        node = self.node(row.release, row.process, row.element)
        return TaskRow(
            id=row.id,
            subject=row.subject,
            code=row.code,
            case_id=row.case_id,
            title=row.title,
            award=row.award,
            kind=row.kind,
            lines=row.lines,
            element=row.element,
            name=node.name if node else row.element,
            stage=node.stage if node else row.element,
            form=node.form if node else None,
            state=row.state,
            assignee=self.person(row.assignee),
            role=row.role,
            unit=row.unit,
            unit_title=self.unit_title(row.unit),
            proposing_unit=row.proposing_unit,
            proposing_unit_title=self.unit_title(row.proposing_unit),
            due=self.due(row.due_on, row.left_out),
            version=row.version,
            occurrence=row.occurrence,
            opened_at=time_of(row.opened_at),
            done_at=time_of(row.done_at) if row.done_at else None,
            done_by=self.person(row.done_by),
        )


def in_sight(case: Table, units: Collection[Any], groups: Collection[Any]) -> ColumnElement[bool]:
    """Return the condition that a case is of one of the units, or has a task, open or done, of one of the groups."""
    task = tables.user_task.alias()  # its own name: the query around it may read user_task as well
    of_case = task.c.case_id == case.c.id
    in_group = select(task.c.id).where(of_case, is_one_of(task.c.candidate_group, groups))
    return or_(is_one_of(case.c.unit, units), in_group.exists())


@cache
def _finding(case: Table, reach: tuple[int, int] | None) -> Statement:
    """Return the query for a case by its name, for readers with so many units and groups (None: who may see all)."""
    seen = true() if reach is None else in_sight(case, names_of("unit", reach[0]), names_of("group", reach[1]))
    name: BindParameter[str] = bindparam("name")
    return Statement(select(case).where(or_(case.c.code == name, case.c.id == name), seen))


# --- what a query made once for many readers is told of each


def named(what: str, values: Sequence[str]) -> dict[str, str]:
    """Return the values by the names of `names_of`."""
    return {f"{what}{number}": value for number, value in enumerate(values)}


def names_of(what: str, count: int) -> list[BindParameter[str]]:
    return [bindparam(f"{what}{number}") for number in range(count)]


def is_one_of(column: ColumnElement[str], values: Collection[Any]) -> ColumnElement[bool]:
    return column.in_(values) if values else false()


def words(q: str | None) -> list[str]:
    """Return the words of a search as they are looked for; of a very long one only the first.

    >>> words(" Xã  Đông Thọ")
    ['xa', 'dong', 'tho']
    """
    return folded(q or "").split()[:MOST_WORDS]


def after(
    token: str | None, first: ColumnElement[str], second: ColumnElement[str], *, down: bool = False
) -> ColumnElement[bool]:
    """Return the keyset condition of the page behind `token`, for rows ordered by two texts.

    A token that nobody issued just gives another page; it is never an error.
    """
    return behind(*parts_of(token), first, second, down=down) if token else true()


def behind(a: Any, b: Any, first: ColumnElement[str], second: ColumnElement[str], *, down: bool) -> ColumnElement[bool]:
    """Return the condition that a row stands behind the one with the texts `a` and `b`."""
    # The bound of the first text stands alone, so that an index is entered there.
    if down:
        return and_(first <= a, or_(first < a, second < b))
    return and_(first >= a, or_(first > a, second > b))


def parts_of(token: str | None) -> tuple[str, str]:
    """Return the two texts of a token."""
    a, _, b = (token or "").partition("~")
    return a, b


def token(first: str, second: str) -> str:
    return f"{first}~{second}"
