"""The master data a new database begins with: bodies, calendar overrides, movements and the book of roles.

Read from workflows/seeds. Bodies, overrides and movements become commands, in the same order and with the same ids
each time, so that importing twice changes nothing. The book of roles and the register of grounds
(engine.office.citations) are read from their files whenever they are asked for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from engine.commands import SYSTEM, AddUnit, Command, EndUnit, SetDay, SetMovement
from engine.office.directory import Role, RoleBook
from engine.office.workdays import WorkCalendar

SEEDS = Path(__file__).parents[2] / "workflows" / "seeds"


def master_data(folder: Path = SEEDS) -> list[Command]:
    """Return all commands of the first import: bodies before the end of bodies, then the calendar, then movements."""
    return [*unit_commands(folder), *calendar_commands(folder), *movement_commands(folder)]


def unit_commands(folder: Path = SEEDS) -> list[AddUnit | EndUnit]:
    """Return one AddUnit per body, then one EndUnit per abolished body, each in the order of the file."""
    rows = list(_units(folder))
    added = [
        AddUnit(
            command_id=_id("add", row["id"]),
            actor=SYSTEM,
            unit=row["id"],
            title=row["title"],
            kind=row["kind"],
            valid_from=row["valid_from"],
            superior=row.get("superior"),
        )
        for row in rows
    ]
    ended = [
        EndUnit(
            command_id=_id("end", row["id"]),
            actor=SYSTEM,
            unit=row["id"],
            valid_to=row["valid_to"],
            successors=tuple(row.get("successors", ())),
        )
        for row in rows
        if "valid_to" in row
    ]
    return [*added, *ended]


def calendar_commands(folder: Path = SEEDS) -> list[SetDay]:
    """Return one SetDay per override of the calendar."""
    return [
        SetDay(
            command_id=_id("day", row["day"].isoformat()),
            actor=SYSTEM,
            day=row["day"],
            kind=row["kind"],
            document=row["document"],
        )
        for row in _load(folder, "calendar.toml")["day"]
    ]


def movement_commands(folder: Path = SEEDS) -> list[SetMovement]:
    """Return one SetMovement per movement."""
    return [
        SetMovement(
            command_id=_id("movement", row["id"]),
            actor=SYSTEM,
            movement=row["id"],
            form={name: str(value) for name, value in row["form"].items()},
        )
        for row in _load(folder, "movements.toml")["movement"]
    ]


def usual_round(movement: str, folder: Path = SEEDS) -> dict[str, str]:
    """Return what a round of this movement is most often like: answers that its form begins with."""
    rows = _load(folder, "movements.toml")["movement"]
    return dict(next((row.get("round", {}) for row in rows if row["id"] == movement), {}))


def calendar(folder: Path = SEEDS) -> WorkCalendar:
    """Return the calendar as it ships, for when there is no office to ask."""
    return WorkCalendar.of((command.day, command.kind, command.document) for command in calendar_commands(folder))


@lru_cache(maxsize=8)
def role_book(folder: Path = SEEDS) -> RoleBook:
    """Return the kinds of units and the roles of the office."""
    data = _load(folder, "roles.toml")
    roles = [
        Role(**(row | {"kinds": tuple(row["kinds"]), "units": tuple(row.get("units", ()))})) for row in data["role"]
    ]
    return RoleBook(kinds=data["kinds"], roles={role.code: role for role in roles})


def _units(folder: Path) -> Iterator[dict[str, Any]]:
    for group in _load(folder, "units.toml")["group"]:
        common = {key: value for key, value in group.items() if key != "units"}
        for row in group["units"]:
            yield common | row


def _load(folder: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


def _id(act: str, what: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"khenthuong:seed:{act}:{what}"))
