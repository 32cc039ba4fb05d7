"""Bodies, roles and who holds which, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

EVERY_KIND = "*"


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
        return covers(self.valid_from, self.valid_to, day)


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


def covers(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)
