"""Opening a database that is fit for this version, and bringing an older one up to it.

Nothing is mended silently: a database that is newer, older, damaged or out of reach is refused with the reason.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg.pq import Conninfo
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import CannotOpen, NoDataHere
from engine.store.database import Database, told_apart
from engine.store.private import close_to_others, make_folder, private_file, private_folder

FILE_NAME = "khenthuong.db"
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
_UPGRADE_LOCK = 2300230  # of PostgreSQL's advisory locks, held by the one process that upgrades


def url_of(place: str | Path) -> str:
    """Return the database URL of a data folder; a URL stays as it is.

    >>> url_of("data")
    'sqlite:///data/khenthuong.db'
    """
    return str(place) if "://" in str(place) else f"sqlite:///{(Path(place) / FILE_NAME).as_posix()}"


def open_database(place: str | Path, **options: Any) -> Database:
    """Open a database URL or the SQLite database of a data folder; `options` are those of `Database`.

    Raises:
        CannotOpen: unreachable | not_upgraded | newer | damaged | open_to_others | read_only.
        NoDataHere: the folder holds no database.
    """
    url = url_of(place)
    file = _file(url)
    if file is not None and not file.is_file():
        raise NoDataHere(folder=str(file.parent.resolve()))
    if file is not None:
        _close(file)
        if not all(os.access(place, os.W_OK) for place in (file, file.parent)):
            raise CannotOpen(why="read_only", folder=str(file.parent.resolve()))
    database = Database(url, **options)
    try:
        with told_apart(), database.reader.begin() as connection:
            _check(connection)
    except CannotOpen:
        database.close()
        raise
    return database


def refuse_damaged(database: Database) -> None:
    """Refuse an SQLite database whose pages do not hang together; PostgreSQL watches over its own.

    Every page is read once, a second of processor time for a gigabyte: it is for who begins to serve, or restores.

    Raises:
        CannotOpen: damaged.
    """
    with database.read() as reader:
        if reader.connection.dialect.name != "sqlite":
            return
        if reader.execute(text("PRAGMA quick_check(1)")).scalar() != "ok":
            raise CannotOpen(why="damaged")


def upgrade(place: str | Path) -> None:
    """Make the database, or bring it up to this version; nothing happens if it is.

    Raises:
        CannotOpen: unreachable | newer | damaged | in_use | open_to_others.
    """
    url = url_of(place)
    if file := _file(url):
        (private_folder if file.name == FILE_NAME else make_folder)(file.parent)
        private_file(file)
        _close(file)
    database = Database(url)
    try:
        with told_apart(), database.writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
            if _revision(connection) is not None:
                _refuse_newer(connection)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        database.close()


def _file(url: str) -> Path | None:
    """Return the file of an SQLite database, None for PostgreSQL."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise CannotOpen(why="other_database") from None
    if parsed.drivername not in DRIVERS:
        raise CannotOpen(why="other_database")
    if parsed.get_backend_name() == "sqlite":
        return Path(parsed.database or "")
    if not parsed.query.keys() <= {option.keyword.decode() for option in Conninfo.get_defaults()}:
        raise CannotOpen(why="other_database")
    return None


def _close(file: Path) -> None:
    """Let nobody else read a database, nor what SQLite keeps beside it; the folder too if it is a data folder."""
    beside = [file.with_name(file.name + end) for end in ("", "-wal", "-shm", "-journal")]
    close_to_others(*beside, *([file.parent] if file.name == FILE_NAME else []))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    revision = _revision(connection)
    try:
        ScriptDirectory.from_config(_config()).get_revision(revision or "base")
    except CommandError:
        raise CannotOpen(why="newer", revision=revision) from None


def _check(connection: Connection) -> None:
    _refuse_newer(connection)
    if _revision(connection) != ScriptDirectory.from_config(_config()).get_current_head():
        raise CannotOpen(why="not_upgraded")
