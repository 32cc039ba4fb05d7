"""Copies of the database, and going back to one.

A copy is what the database's own tools make: a whole SQLite file, or an archive of `pg_dump`. It holds everything but
the keys and `heads.jsonl`, which are kept apart on purpose. Going back refuses a copy that holds less than a head kept
beside the database was signed over: nothing that was sealed is given up silently.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, inspect
from sqlalchemy.engine import make_url

from engine.errors import CannotOpen
from engine.store import tables as t
from engine.store.database import Database, told_apart
from engine.store.heads import HEADS_FILE, read_heads
from engine.store.lock import ServeLock
from engine.store.opening import FILE_NAME, open_database, refuse_damaged, url_of
from engine.store.private import private_file
from engine.store.sealing import refuse_rollback
from engine.store.verify import verify

RESTORING = "restoring.db"


def back_up(database: Database, file: Path) -> None:
    """Write a copy of the database as it is at this moment; it may be in use meanwhile.

    Raises:
        CannotOpen: file_exists | unreachable | no_pg_tools.
    """
    if file.exists():
        raise CannotOpen(why="file_exists")
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    private_file(part)  # both tools fill the empty file they find
    if database.url.startswith("sqlite:"):
        with _sqlite(Path(make_url(database.url).database or "")) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
    else:
        _run(["pg_dump", "--format=custom", "--no-owner", f"--file={part}"], database.url)
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    part.rename(file)


def restore(data: Path, database: str | None, file: Path, now: datetime) -> Path | None:
    """Put a copy in the place of the database; return where the one before it was put, None if there was none.

    All log-ins end. On PostgreSQL the database must be empty: what it holds is not overwritten.

    Args:
        data: the folder with `heads.jsonl`, and on SQLite the database.
        database: URL of a PostgreSQL database, None for SQLite.

    Raises:
        CannotOpen: rolled_back | newer | not_upgraded | damaged | not_verified | in_use | exists | no_pg_tools.
    """
    if database is not None and not database.startswith("sqlite:"):
        _restore_postgresql(data, database, file)
        return None
    data.mkdir(parents=True, exist_ok=True)
    with ServeLock(data):
        copy = data / RESTORING
        copy.unlink(missing_ok=True)
        try:
            _take_copy(file, copy)
            _check(copy, data / HEADS_FILE)
            return _swap(copy, data / FILE_NAME, now)
        finally:
            for left in data.glob(f"{RESTORING}*"):
                left.unlink()


# --- SQLite ------------------------------------------------------------------------------------------------------


@contextmanager
def _sqlite(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            yield connection
    except sqlite3.OperationalError:
        raise CannotOpen(why="unreachable") from None
    except sqlite3.DatabaseError:
        raise CannotOpen(why="damaged") from None


def _take_copy(file: Path, copy: Path) -> None:
    with _sqlite(file) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _check(copy: Path, heads: Path) -> None:
    database = open_database(f"sqlite:///{copy.as_posix()}")
    try:
        refuse_damaged(database)
        refuse_rollback(database, heads)
        if not verify(database, heads=read_heads(heads) or None).ok:
            raise CannotOpen(why="not_verified")
        _end_sessions(database)
    finally:
        database.close()


def _end_sessions(database: Database) -> None:
    with database.write() as tx:
        tx.execute(delete(t.session_token))


def _swap(copy: Path, place: Path, now: datetime) -> Path | None:
    """Put the copy into the place; what lies there is kept beside it, with its log."""
    aside = place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}")
    kept = None
    if place.exists():
        for suffix in ("-wal", "-shm", ""):
            part = place.with_name(place.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        kept = aside
    copy.rename(place)
    folder = os.open(place.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return kept


# --- PostgreSQL --------------------------------------------------------------------------------------------------


def _restore_postgresql(data: Path, url: str, file: Path) -> None:
    database = Database(url)
    try:
        with told_apart(), database.reader.connect() as connection:
            if inspect(connection).get_table_names():
                raise CannotOpen(why="exists")
        _refuse_old_archive(file, data / HEADS_FILE, url)
        _run(
            [
                "pg_restore",
                "--no-owner",
                "--exit-on-error",
                "--single-transaction",
                f"--dbname={_plain(url)}",
                str(file),
            ],
            url,
        )
    finally:
        database.close()
    restored = open_database(url_of(url))
    try:
        _end_sessions(restored)
    finally:
        restored.close()


def _refuse_old_archive(file: Path, heads: Path, url: str) -> None:
    """Look for the last head that was kept among those in the archive, before anything is restored."""
    kept = read_heads(heads)
    listed = _run(["pg_restore", "--data-only", "--table=merkle_head", "--file=-", str(file)], url)
    if kept and f"{kept[-1].size}\t{kept[-1].root}\t" not in listed:
        raise CannotOpen(why="rolled_back", size=kept[-1].size)


def _run(command: list[str], url: str) -> str:
    """Run a program of PostgreSQL on a database; its password is in no argument.

    Raises:
        CannotOpen: no_pg_tools | damaged, for an archive that is none.
    """
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{command[0]}"), key=lambda path: float(path.parts[-3]))
    program = str(installed[-1]) if installed else shutil.which(command[0])
    if program is None:
        raise CannotOpen(why="no_pg_tools")
    target = [] if command[0] == "pg_restore" else [f"--dbname={_plain(url)}"]
    environment = os.environ | {"PGPASSWORD": make_url(url).password or os.environ.get("PGPASSWORD", "")}
    words = [program, *command[1:], *target]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise CannotOpen(why="damaged" if command[0] == "pg_restore" else "unreachable", said=done.stderr[-500:])
    return done.stdout


def _plain(url: str) -> str:
    parsed = make_url(url)
    return parsed.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
