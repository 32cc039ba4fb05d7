"""Changes of the directory: a command and what is known become facts, or a DirectoryError. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize
from uuid import NAMESPACE_URL, UUID, uuid5

from engine.commands import AddMembership, AddPerson, AddUnit, EndMembership, EndUnit, IdentifyPerson, SetDay
from engine.errors import DirectoryError
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
from engine.office.directory.model import Membership, Role, RoleBook, Unit, Units
from engine.office.workdays import KINDS

LONGEST_NAME = 200
CITIZEN_ID = re.compile(r"[0-9]{12}")
UNIT_ID = re.compile(r"[A-Z][A-Z0-9-]{1,39}")


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
    role = check_role(command.role, book)
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


def check_role(code: str, book: RoleBook) -> Role:
    """Return a role by its code; DirectoryError, why unknown_role, where there is none."""
    role = book.roles.get(code)
    if role is None:
        raise DirectoryError(why="unknown_role", role=code)
    return role


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


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
