"""The directory: bodies with validity and successors, people, and who holds which role where and when.

The first half turns a command and what is known into facts, or refuses it with a DirectoryError; it is pure.
The second half reads the derived tables. What a role lets one do is not decided here but in engine.office.access;
accounts and passwords are in engine.office.accounts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize
from uuid import NAMESPACE_URL, UUID, uuid5

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
from engine.commands import AddMembership, AddPerson, AddUnit, EndMembership, EndUnit, IdentifyPerson, SetDay
from engine.errors import DirectoryError, NotFound
from engine.facts import (
    DaySet,
    Fact,
    MembershipAdded,
    MembershipEnded,
    PersonAdded,
    PersonIdentified,
    UnitAdded,
    UnitEnded,
)
from engine.office import access
from engine.office.clock import local_day
from engine.office.views import Actor, MembershipView, PersonView
from engine.office.workdays import KINDS, WorkCalendar
from engine.store import tables
from engine.store.statements import Statement, joined

EVERY_KIND = "*"
LONGEST_NAME = 200
CITIZEN_ID = re.compile(r"[0-9]{12}")
UNIT_ID = re.compile(r"[A-Z][A-Z0-9-]{1,39}")


@dataclass(frozen=True)
class Unit:
    """A body. `valid_to` is the last day it exists, None: no end is known; `successors` take over from it."""

    id: str
    title: str
    kind: str
    valid_from: date
    valid_to: date | None = None
    superior: str | None = None
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()

    def exists_on(self, day: date) -> bool:
        return _covers(self.valid_from, self.valid_to, day)


@dataclass(frozen=True)
class Role:
    """A role of DOMAIN §3.1. `kinds` of units may have it, `units` alone where that is given.

    `system`: administers or audits and is never held beside a role that acts. `external`: nobody here holds it.
    """

    code: str
    title: str
    kinds: tuple[str, ...]
    units: tuple[str, ...] = ()
    system: bool = False
    external: bool = False

    def open_to(self, unit: Unit) -> bool:
        if self.external or (self.units and unit.id not in self.units):
            return False
        return EVERY_KIND in self.kinds or unit.kind in self.kinds


@dataclass(frozen=True)
class RoleBook:
    """The kinds of units (code -> Vietnamese title) and the roles by code, as workflows/seeds/roles.toml tells."""

    kinds: Mapping[str, str]
    roles: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True)
class Membership:
    """That a person holds a role in a unit from one day to another, both included."""

    id: str
    person: str
    unit: str
    role: str
    valid_from: date
    valid_to: date | None = None

    def overlaps(self, first: date, last: date | None) -> bool:
        return (last is None or self.valid_from <= last) and (self.valid_to is None or first <= self.valid_to)


Units = Mapping[str, Unit]


# --- commands into facts -----------------------------------------------------------------------------------------


def add_unit(command: AddUnit, units: Units, book: RoleBook) -> list[Fact]:
    """Found a body.

    Raises:
        DirectoryError: why is unit_id_malformed, unit_exists, title_missing, unknown_kind, period_reversed or
            unknown_unit (the superior or a predecessor).
    """
    if not UNIT_ID.fullmatch(command.unit):
        raise DirectoryError(why="unit_id_malformed", unit=command.unit)
    if command.unit in units:
        raise DirectoryError(why="unit_exists", unit=command.unit)
    title = _name(command.title, "title_missing")
    if command.kind not in book.kinds:
        raise DirectoryError(why="unknown_kind", kind=command.kind)
    _check_period(command.valid_from, command.valid_to)
    _check_known(units, (command.superior, *command.predecessors))
    return [
        UnitAdded(
            unit=command.unit,
            title=title,
            kind=command.kind,
            valid_from=command.valid_from.isoformat(),
            valid_to=_iso(command.valid_to),
            superior=command.superior,
            predecessors=list(command.predecessors),
        )
    ]


def end_unit(command: EndUnit, units: Units) -> list[Fact]:
    """Abolish a body after `valid_to` and name who takes over.

    Raises:
        DirectoryError: why is unknown_unit, unit_ended_before, period_reversed, or successor_not_there (a successor
            is the body itself or does not exist on the day after).
    """
    unit = _known(units, command.unit)
    if unit.valid_to is not None:
        raise DirectoryError(why="unit_ended_before", unit=unit.id, valid_to=unit.valid_to.isoformat())
    _check_period(unit.valid_from, command.valid_to)
    day_after = command.valid_to + timedelta(days=1)
    for successor in command.successors:
        if successor == unit.id or not _known(units, successor).exists_on(day_after):
            raise DirectoryError(why="successor_not_there", unit=successor, day=day_after.isoformat())
    return [UnitEnded(unit=unit.id, valid_to=command.valid_to.isoformat(), successors=list(command.successors))]


def personal_data(command: AddPerson) -> dict[str, Any]:
    """Return what `form_data` keeps of a person, so that the journal names it by salted hash alone."""
    return {"full_name": _name(command.full_name, "name_missing"), "position": _clean(command.position)}


def add_person(command: AddPerson, *, exists: bool, person_data: str) -> list[Fact]:
    """Enter a person. `person_data` is the salted hash under which `personal_data` was filed.

    Raises:
        DirectoryError: why is person_id_malformed or person_exists.
    """
    try:
        UUID(command.person)
    except ValueError:
        raise DirectoryError(why="person_id_malformed") from None
    if exists:
        raise DirectoryError(why="person_exists", person=command.person)
    return [PersonAdded(person=command.person, person_data=person_data)]


def identity_data(command: IdentifyPerson) -> dict[str, Any]:
    """Return what `form_data` keeps of an identification number.

    Raises:
        DirectoryError: why is citizen_id_malformed: not 12 digits.
    """
    if not CITIZEN_ID.fullmatch(command.citizen_id.strip()):
        raise DirectoryError(why="citizen_id_malformed")
    return {"citizen_id": command.citizen_id.strip()}


def identify(command: IdentifyPerson, *, exists: bool, holder: str | None, identity_data: str) -> list[Fact]:
    """Note the identification number of a person; a later one replaces it.

    Args:
        holder: the id of the person who has this number already, None if nobody has.
        identity_data: the salted hash under which `identity_data` was filed.

    Raises:
        DirectoryError: why is unknown_person or citizen_id_taken.
    """
    if not exists:
        raise DirectoryError(why="unknown_person", person=command.person)
    if holder not in (None, command.person):
        raise DirectoryError(why="citizen_id_taken")
    return [PersonIdentified(person=command.person, identity_data=identity_data)]


def add_membership(
    command: AddMembership, units: Units, book: RoleBook, held: Iterable[Membership], *, person_exists: bool
) -> list[Fact]:
    """Give a person a role in a unit for a period.

    Args:
        held: all memberships of the person, past and future ones too.

    Raises:
        DirectoryError: why is unknown_person, unknown_unit, unknown_role, role_not_in_unit, period_reversed,
            outside_unit (the unit does not exist at that time), already_member, or system_role_apart (one who
            administers or audits holds no role that acts, DOMAIN §3.1).
    """
    if not person_exists:
        raise DirectoryError(why="unknown_person", person=command.person)
    unit = _known(units, command.unit)
    role = book.roles.get(command.role)
    if role is None:
        raise DirectoryError(why="unknown_role", role=command.role)
    if not role.open_to(unit):
        raise DirectoryError(why="role_not_in_unit", role=role.code, unit=unit.id)
    _check_period(command.valid_from, command.valid_to)
    if not unit.exists_on(command.valid_from) or (command.valid_to and not unit.exists_on(command.valid_to)):
        raise DirectoryError(why="outside_unit", unit=unit.id)
    for other in held:
        if not other.overlaps(command.valid_from, command.valid_to):
            continue
        if (other.unit, other.role) == (unit.id, role.code):
            raise DirectoryError(why="already_member", role=role.code, unit=unit.id)
        if role.system != book.roles[other.role].system:
            raise DirectoryError(why="system_role_apart", role=role.code, held=other.role)
    return [
        MembershipAdded(
            membership=str(uuid5(NAMESPACE_URL, f"membership:{command.command_id}")),
            person=command.person,
            unit=unit.id,
            role=role.code,
            valid_from=command.valid_from.isoformat(),
            valid_to=_iso(command.valid_to),
        )
    ]


def end_membership(command: EndMembership, held: Iterable[Membership]) -> list[Fact]:
    """End a membership after `valid_to`. It may be shortened again, never prolonged: that is a new membership.

    Raises:
        DirectoryError: why is unknown_membership, period_reversed or membership_ended_before.
    """
    membership = next((m for m in held if m.id == command.membership and m.person == command.person), None)
    if membership is None:
        raise DirectoryError(why="unknown_membership", membership=command.membership)
    _check_period(membership.valid_from, command.valid_to)
    if membership.valid_to is not None and command.valid_to >= membership.valid_to:
        raise DirectoryError(why="membership_ended_before", valid_to=membership.valid_to.isoformat())
    return [
        MembershipEnded(membership=membership.id, person=command.person, valid_to=command.valid_to.isoformat()),
    ]


def set_day(command: SetDay) -> list[Fact]:
    """Override one day of the calendar; a later override of the same day replaces it.

    Raises:
        DirectoryError: why is unknown_day_kind or document_missing.
    """
    if command.kind not in KINDS:
        raise DirectoryError(why="unknown_day_kind", kind=command.kind)
    document = _name(command.document, "document_missing")
    return [DaySet(day=command.day.isoformat(), kind=command.kind, document=document)]


def _clean(text: str) -> str:
    return " ".join(normalize("NFC", text).split())


def _name(text: str, why: str) -> str:
    cleaned = _clean(text)
    if not 0 < len(cleaned) <= LONGEST_NAME:
        raise DirectoryError(why=why)
    return cleaned


def _known(units: Units, unit: str) -> Unit:
    if unit not in units:
        raise DirectoryError(why="unknown_unit", unit=unit)
    return units[unit]


def _check_known(units: Units, named: Iterable[str | None]) -> None:
    for unit in named:
        if unit is not None:
            _known(units, unit)


def _check_period(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise DirectoryError(why="period_reversed", valid_from=first.isoformat(), valid_to=last.isoformat())


def _covers(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


# --- readers -----------------------------------------------------------------------------------------------------


def all_units(reader: Connection) -> dict[str, Unit]:
    """Return every body of all times by id, in order of id."""
    rows = reader.execute(select(tables.unit).order_by(tables.unit.c.id))
    return {row.id: _unit(row) for row in rows}


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
    row = reader.execute(select(tables.person).where(tables.person.c.id == person)).first()
    return None if row is None else PersonView(row.id, row.full_name, row.position)


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
