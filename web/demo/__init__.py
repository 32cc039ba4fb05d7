"""The demo: an office in the middle of its work. `make_demo` is its door.

Everything is made by the same commands officials send, on a clock that runs from August to December 2025; so the
journal of the demo is as good as any other. Its data folder keeps that clock: whoever opens it goes on from there.
Passwords are random and stand in demo-accounts.json; the accounts are marked and refused outside the demo.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

from sqlalchemy import inspect

from engine.errors import CannotOpen
from engine.office.passwords import FOR_DEMO
from engine.store.database import Database, told_apart
from engine.store.opening import FILE_NAME, url_of
from engine.store.private import private_folder
from web.demo import province, small
from web.demo.acting import Acting
from web.demo.clock import DemoClock
from web.office import Place, prepare

BEGINS = datetime(2025, 8, 1, 1, 5, tzinfo=UTC)
SIZES = {"small": small.tell, "round": province.tell}


def holds_an_office(place: Place) -> bool:
    """Whether something is kept there already, to which no demo must be added."""
    if place.on_sqlite:
        return (place.data / FILE_NAME).exists()
    database = Database(url_of(place.url))
    try:
        with told_apart(), database.reader.connect() as connection:
            return bool(inspect(connection).get_table_names())
    finally:
        database.close()


def make_demo(place: Place, size: str = "small") -> list[dict[str, str]]:
    """Make the demo and return its accounts.

    Args:
        size: small, a dozen units with something at every step; round, 200 units with 1,500 nominations.

    Raises:
        CannotOpen: the folder holds an office already (exists), or as engine.store.opening.
    """
    if holds_an_office(place):
        raise CannotOpen(why="exists")
    clock = DemoClock(BEGINS)
    try:
        engine = prepare(place, clock=clock, passwords=FOR_DEMO)
        accounts = SIZES[size](Acting(engine, clock))
        engine.database.close()
    except BaseException:
        if place.on_sqlite:  # half a demo would look like a whole office
            for file in place.data.glob(f"{FILE_NAME}*"):
                file.unlink()
        raise
    private_folder(place.data)  # on PostgreSQL nothing else has been put there
    file = place.data / "demo-accounts.json"
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(accounts, out, ensure_ascii=False, indent=2)
    return accounts
