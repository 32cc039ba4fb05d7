"""Opening an office: its data folder, its database, its engine and the application over it.

The command line and `web.wsgi` start here; tests make their own Engine.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from flask import Flask

from engine.commands import SYSTEM, PublishRelease
from engine.errors import CannotOpen
from engine.office import accounts
from engine.office.clock import AssumedClock, SystemClock
from engine.office.pace import Limits
from engine.office.passwords import FOR_DEMO, Passwords
from engine.office.releases import Releases
from engine.office.service import Engine
from engine.ports import Clock
from engine.store.opening import open_database, upgrade
from engine.store.private import key_file
from web.app import create_app
from web.catalog import Catalog
from web.documents import Documents

RELEASE = Path(__file__).parents[1] / "workflows"
SECRET_FILE = Path("keys") / "cookie.key"
LIMITS = Limits(writes=600, uploads=300, exports=300)
SECRET_VARIABLE = "KHENTHUONG_SECRET"


@dataclass(frozen=True)
class Place:
    """Where an office keeps its data: a folder, and the URL of a database if that is not SQLite in the folder."""

    data: Path
    database: str | None = None

    @property
    def url(self) -> str | Path:
        return self.database or self.data

    @property
    def on_sqlite(self) -> bool:
        return self.database is None or self.database.startswith("sqlite:")


def open_engine(
    place: Place, *, clock: Clock | None = None, passwords: Passwords | None = None, releases: Releases | None = None
) -> Engine:
    """Return the engine over an existing, upgraded database.

    Raises:
        CannotOpen: as engine.store.opening.
    """
    database = open_database(place.url)
    engine = Engine(database, Catalog(), clock=clock, passwords=passwords, releases=releases, renderer=Documents())
    if passwords is None and is_demo(engine):
        engine.passwords = FOR_DEMO
        engine.clock = clock or _goes_on(engine)
    return engine


def _goes_on(engine: Engine) -> Clock:
    """Return the clock of a demo, whose days are its own: it goes on where its last entry was written."""
    with engine.database.read() as reader:
        last = reader.last_entry_at()
    return AssumedClock(last) if last else SystemClock()


def prepare(
    place: Place, *, clock: Clock | None = None, passwords: Passwords | None = None, release: Path = RELEASE
) -> Engine:
    """Make the database or bring it up to date, with its master data and a release: by default the one that ships.

    Raises:
        CannotOpen: as engine.store.opening.
        InvalidRelease: a file of the release has an error; nothing was made or changed.
    """
    releases = Releases(Catalog())
    releases.check(release)
    upgrade(place.url)
    if not place.on_sqlite:
        from engine.store.queue import upgrade_queue

        upgrade_queue(str(place.url))
    engine = open_engine(place, clock=clock, passwords=passwords, releases=releases)
    engine.import_seeds()
    engine.publish_release(PublishRelease(command_id=str(uuid4()), actor=SYSTEM, folder=str(release)))
    return engine


def is_demo(engine: Engine) -> bool:
    """Return whether the office holds accounts of the demo."""
    with engine.database.read() as reader:
        try:
            accounts.refuse_demo_accounts(reader.connection)
        except CannotOpen:
            return True
    return False


def secret_of(place: Place) -> str:
    """Return the key of the form cookie, made at the first start; several hosts share it by KHENTHUONG_SECRET.

    Raises:
        CannotOpen: why is bad_key, or as engine.store.private.
    """
    given = os.environ.get(SECRET_VARIABLE)
    if given:
        return given
    file = key_file(place.data, SECRET_FILE)
    if not file.exists():
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as new:
            new.write(secrets.token_hex(32))
    try:
        return file.read_text(encoding="ascii")
    except ValueError:
        raise CannotOpen(why="bad_key") from None


def limits(*, demo: bool) -> Limits:
    """Return how much is let through for one person, by KHENTHUONG_WRITES, KHENTHUONG_UPLOADS and KHENTHUONG_EXPORTS.

    In a demo it is as much as they like unless something else is asked for: only this machine reaches it.

    Raises:
        CannotOpen: why is writes, uploads or exports: its variable is no number of 0 to 99999.
    """
    return Limits(**{kind: _limit(kind, 0 if demo else usual) for kind, usual in asdict(LIMITS).items()})


def _limit(kind: str, usual: int) -> int:
    wanted = os.environ.get(f"KHENTHUONG_{kind.upper()}", str(usual))
    if not re.fullmatch("[0-9]{1,5}", wanted):
        raise CannotOpen(why=kind)
    return int(wanted)


def application(place: Place, engine: Engine, *, loopback: bool) -> Flask:
    """Return the pages and the API of an office.

    Raises:
        CannotOpen: the office holds demo accounts, and others than this machine could reach it (no_demo_here).
    """
    demo = is_demo(engine)
    if demo and not loopback:
        raise CannotOpen(why="no_demo_here")
    app = create_app(engine, secret_of(place), loopback_demo=demo, limits=limits(demo=demo))
    app.config["DATA"] = place.data if place.on_sqlite else None  # whose disk /ready looks at
    return app
