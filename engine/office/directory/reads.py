"""The directory as the derived tables hold it: bodies, people, memberships, the calendar."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from engine.canonical import time_of
from engine.errors import NotFound
from engine.office import access
from engine.office.clock import local_day
from engine.office.directory.model import Membership, Unit
from engine.office.views import Actor, MembershipView, PersonView
from engine.office.workdays import WorkCalendar
from engine.store import tables
from engine.store.statements import ListStatement, Statement, joined


def all_units(reader: Connection) -> dict[str, Unit]:
    """Return every body of all times by id, in order of id."""
    rows = reader.execute(select(tables.unit).order_by(tables.unit.c.id))
    return {row.id: _unit(row) for row in rows}


def titles(reader: Connection) -> dict[str, str]:
    """Return the title of every body of all times by id, in order of id."""
    return {row.id: row.title for row in _TITLES(reader)}


def units(reader: Connection, on: date) -> dict[str, Unit]:
    """Return the bodies that exist on a day by id, in order of id."""
    return {id: unit for id, unit in all_units(reader).items() if unit.exists_on(on)}


def person_exists(reader: Connection, person: str) -> bool:
    return reader.execute(select(tables.person.c.id).where(tables.person.c.id == person)).first() is not None


def person_with_number(reader: Connection, citizen_id: str) -> str | None:
    """Return the id of the person who has this identification number."""
    p = tables.person.c
    return reader.execute(select(p.id).where(p.citizen_id == citizen_id.strip(), p.citizen_id != "")).scalar()


def citizen_id(reader: Connection, person: str) -> str:
    """Return the identification number of a person, "" while it is not known."""
    p = tables.person.c
    return reader.execute(select(p.citizen_id).where(p.id == person)).scalar() or ""


def person_view(reader: Connection, person: str) -> PersonView | None:
    return people_by_id(reader, [person]).get(person)


def people_by_id(reader: Connection, people: Sequence[str]) -> dict[str, PersonView]:
    """Return the people with these ids, as many as there are."""
    return {row.id: PersonView(row.id, row.full_name, row.position) for row in _PEOPLE(reader, people)}


def all_memberships(reader: Connection, person: str) -> list[Membership]:
    """Return every membership a person ever had or will have, the oldest first."""
    m = tables.membership.c
    rows = reader.execute(select(tables.membership).where(m.person == person).order_by(m.valid_from, m.id))
    return [
        Membership(r.id, r.person, r.unit, r.role, date.fromisoformat(r.valid_from), _day(r.valid_to)) for r in rows
    ]


def memberships_of(reader: Connection, person: str, on: date) -> tuple[MembershipView, ...]:
    """Return what roles a person holds on a day; none in a body that does not exist on it."""
    m, u = tables.membership.c, tables.unit.c
    rows = reader.execute(
        select(m.id, m.unit, u.title, m.role, m.valid_from, m.valid_to)
        .join_from(tables.membership, tables.unit, u.id == m.unit)
        .where(m.person == person, *_valid_on(on.isoformat()))
        .order_by(m.unit, m.role)
    )
    return tuple(
        MembershipView(r.id, r.unit, r.title, r.role, date.fromisoformat(r.valid_from), _day(r.valid_to)) for r in rows
    )


def acting_for(reader: Connection, unit: str, on: date) -> str:
    """Return the body that acts for a unit on a day: itself, or the first of its successors once it has ended."""
    u = tables.unit.c
    row = reader.execute(select(u.valid_to, u.successors).where(u.id == unit)).first()
    ended = row is not None and row.valid_to is not None and row.valid_to < on.isoformat()
    successors = json.loads(row.successors) if row and ended else []
    return str(successors[0]) if successors else unit


def people_in(reader: Connection, group: str, on: date) -> tuple[PersonView, ...]:
    """Return who may take a task of a candidate group (`ROLE:unit`) on a day, by name; disabled accounts left out."""
    role, _, unit = group.partition(":")
    unit = acting_for(reader, unit, on)
    m, a = tables.membership.c, tables.account.c
    rows = reader.execute(
        _people()
        .join(tables.membership, m.person == tables.person.c.id)
        .join(tables.unit, tables.unit.c.id == m.unit)
        .outerjoin(tables.account, a.person == tables.person.c.id)
        .where(m.role == role, m.unit == unit, or_(a.disabled.is_(None), a.disabled == 0), *_valid_on(on.isoformat()))
        .order_by(tables.person.c.full_name, tables.person.c.id)
    )
    return tuple(PersonView(r.id, r.full_name, r.position) for r in rows)


def _valid_on(day: BindParameter[str] | str) -> tuple[ColumnElement[bool], ...]:
    return tuple(
        and_(c.valid_from <= day, or_(c.valid_to.is_(None), c.valid_to >= day))
        for c in (tables.membership.c, tables.unit.c)
    )


# Between the parts of a text that a query puts together; a name never holds these two (`_clean`).
_FIELD, _RECORD = "\x1f", "\x1e"
_BEFORE_FIELD, _BEFORE_RECORD = (literal_column(f"'{mark}'", Text) for mark in (_FIELD, _RECORD))


def _joined(*parts: ColumnElement[str]) -> ColumnElement[str]:
    text, *others = parts
    for part in others:
        text = text + _BEFORE_FIELD + part
    return text


def _took_over(ended: Any, day: BindParameter[str]) -> ColumnElement[bool]:
    """Whether the unit of a membership acts for a body that has ended: the first of its successors does."""
    named = ended.successors.like(literal('["') + tables.unit.c.id + '"%')
    roles = or_(*(tables.membership.c.role == role for role in sorted(access.UNIT_ROLES)))
    return and_(ended.valid_to < day, named, roles)


def actor_column(person: BindParameter[str], day: BindParameter[str]) -> ScalarSelect[str]:
    """Return a column that says who acts and in which roles on a day: one query can ask that beside other things.

    `actor_of` reads it. It is NULL where nobody has the id; a role in a body that does not exist on the day, and those
    of a disabled account, are left out. Who acts for a body acts for those it took over from too: what these left open
    is finished by them.
    """
    p, a, m, u = tables.person.c, tables.account.c, tables.membership.c, tables.unit.c
    acted_for = tables.unit.alias("acted_for")
    membership = _joined(
        m.id, acted_for.c.id, acted_for.c.title, m.role, m.valid_from, func.coalesce(m.valid_to, ""), m.unit
    )
    held = (
        select(joined(_BEFORE_RECORD + membership))
        .select_from(
            tables.membership.join(tables.unit, u.id == m.unit).join(
                acted_for, or_(acted_for.c.id == u.id, _took_over(acted_for.c, day))
            )
        )
        .where(m.person == p.id, or_(a.disabled.is_(None), a.disabled == 0), *_valid_on(day))
        .scalar_subquery()
    )
    text = _joined(p.full_name, p.position, func.coalesce(a.username, ""), p.citizen_id) + func.coalesce(held, "")
    source = tables.person.outerjoin(tables.account, a.person == p.id)
    return select(text).select_from(source).where(p.id == person).scalar_subquery()


def actor_of(text: str | None, person: str) -> Actor:
    """Return the actor that `actor_column` describes; NotFound where it is NULL."""
    if text is None:
        raise NotFound(kind="person", id=person)
    first, *records = text.split(_RECORD)
    full_name, position, username, citizen_id = first.split(_FIELD)
    parts = (record.split(_FIELD) for record in records)
    held = [
        (unit != own, MembershipView(id, unit, title, role, date.fromisoformat(since), _day(to or None)))
        for id, unit, title, role, since, to, own in parts
    ]
    own_first = sorted(held, key=lambda each: (each[0], each[1].unit, each[1].role))
    in_order = tuple(membership for _, membership in own_first)
    return Actor(PersonView(person, full_name, position), username, in_order, citizen_id)


_ACTOR = Statement(select(actor_column(bindparam("person"), bindparam("day"))))


def actor(reader: Connection, person: str, on: date) -> Actor:
    """Return who acts and in which roles; one whose account is disabled has none.

    Raises:
        NotFound: nobody has this id.
    """
    return actor_of(_ACTOR(reader, person=person, day=on.isoformat()).scalar(), person)


def suspender(reader: Connection, case: Row[Any]) -> tuple[MembershipView, ...]:
    """Return the memberships of who suspended a case, as they were on that day."""
    return memberships_of(reader, case.suspended_by, local_day(time_of(case.suspended_at)))


def calendar(reader: Connection) -> WorkCalendar:
    """Return the calendar with all overrides in force."""
    rows = reader.execute(select(tables.calendar_day))
    return WorkCalendar.of((date.fromisoformat(row.day), row.kind, row.document) for row in rows)


_TITLES = Statement(select(tables.unit.c.id, tables.unit.c.title).order_by(tables.unit.c.id))
_calendars: dict[str, WorkCalendar] = {}


def calendar_at(reader: Connection, head: str | None) -> WorkCalendar:
    """Return the calendar as of an entry of its stream, by the entry's hash: it is read once for each.

    The hash covers everything that came before, so it stands for the same calendar in whatever database. None: there
    is no entry yet.
    """
    if head is None:
        return WorkCalendar.of(())
    if head not in _calendars:
        known = calendar(reader)
        _calendars.clear()
        _calendars[head] = known
    return _calendars[head]


def _people() -> Select[Any]:
    p = tables.person.c
    return select(p.id, p.full_name, p.position).select_from(tables.person)


_PEOPLE = ListStatement(lambda people: _people().where(tables.person.c.id.in_(people)))


def _unit(row: Row[Any]) -> Unit:
    return Unit(
        id=row.id,
        title=row.title,
        kind=row.kind,
        valid_from=date.fromisoformat(row.valid_from),
        valid_to=_day(row.valid_to),
        superior=row.superior,
        predecessors=tuple(json.loads(row.predecessors)),
        successors=tuple(json.loads(row.successors)),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
