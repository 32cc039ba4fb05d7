"""The database: opening it, and its two kinds of transactions.

`read` gives one consistent view; `write` all or nothing; `once` does the work of a command exactly once.
SQLite: WAL, every commit on the disk before it counts, writers wait in line (BEGIN IMMEDIATE), readers never wait.
PostgreSQL: any number of processes; what a command touches is locked by `Transaction.lock`.
See `engine.store.opening` for `open_database` and `upgrade`.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine.errors import CannotOpen
from engine.store.journal import ENGINE_VERSION
from engine.store.reader import Reader
from engine.store.statements import send_text
from engine.store.transaction import Transaction

__all__ = ["Database", "Reader", "Transaction"]

CACHE = "cache_size=-32000"  # KiB, of each connection; the default of 2 MB holds less than the tasks of one office
BUSY_SECONDS = 10
READERS = 20  # connections kept; waitress and gunicorn run fewer threads than this
TRIES = 3


def random_salt() -> bytes:
    return secrets.token_bytes(16)


class Database:
    """One database, shared by all threads of a process.

    Args:
        url: `sqlite:///path` or `postgresql+psycopg://...`.
        salt: 16 bytes for each piece of form data; demos and tests bring their own.
        engine_version: written into every entry (decision 2).
    """

    def __init__(
        self, url: str, *, salt: Callable[[], bytes] = random_salt, engine_version: str = ENGINE_VERSION
    ) -> None:
        self.url = url
        self._salt = salt
        self.engine_version = engine_version
        if url.startswith("sqlite:"):
            # One writer at a time: threads wait in the pool's line, which is fairer and faster than SQLite's polling.
            self.writer = sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1, pool_timeout=BUSY_SECONDS)
            self.reader = sqlite_engine(url, begin="BEGIN", pool_size=READERS, read_only=True)
        else:
            # Its warnings repeat errors that are told anyhow, with values of rows.
            logging.getLogger("psycopg").setLevel(logging.ERROR)
            self.writer = create_engine(url, pool_size=READERS, hide_parameters=True)
            self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give one consistent view of the store.

        Raises:
            CannotOpen: unreachable.
        """
        with told_apart(), self.reader.begin() as connection:
            yield Reader(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Give a transaction that is committed at the end, or leaves nothing if anything is raised.

        Raises:
            CannotOpen: unreachable, or another writer did not finish within ten seconds (in_use).
        """
        with told_apart(), self.writer.begin() as connection:
            transaction = Transaction(connection, salt=self._salt, engine_version=self.engine_version)
            yield transaction
            then = transaction.finish()
        for act in then:
            act()

    def once(
        self, command_id: str, actor: str, body_hash: str, work: Callable[[Transaction], dict[str, Any]]
    ) -> dict[str, Any]:
        """Do the work of a command, unless it was done before; return its answer either way.

        The same id is looked up only when the work fails: a second try cannot succeed, for the answer is unique.
        So the usual case costs no look-up, and the first answer wins over whatever the second try met.

        Raises:
            CommandReused: the id came with another body before.
        """
        try:
            return self._work(command_id, actor, body_hash, work)
        except Exception:
            with self.read() as reader:
                earlier = reader.seen(command_id, body_hash)
            if earlier is None:
                raise
            return earlier

    def _work(
        self, command_id: str, actor: str, body_hash: str, work: Callable[[Transaction], dict[str, Any]]
    ) -> dict[str, Any]:
        for left in reversed(range(TRIES)):
            try:
                with self.write() as tx:
                    answer = work(tx)
                    tx.answer(command_id, actor, body_hash, answer)
                return answer
            except OperationalError as problem:
                if not left or not _is_conflict(problem):
                    raise
        raise AssertionError("unreachable")


def sqlite_engine(url: str, *, begin: str, read_only: bool = False, **pool: Any) -> Engine:
    """Return an engine that begins its transactions itself: the driver would do so late, and deferred."""
    options = {"paramstyle": "named", "hide_parameters": True, "connect_args": {"timeout": BUSY_SECONDS}}
    engine = create_engine(url, **options, **pool)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", CACHE):
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        send_text(connection, begin)

    return engine


@contextmanager
def told_apart() -> Iterator[None]:
    """Tell a database that cannot be reached from an error of ours."""
    try:
        yield
    except PoolTimeout:
        raise CannotOpen(why="in_use") from None
    except DBAPIError as problem:
        why = _why_closed(problem)
        if why is None:
            raise
        raise CannotOpen(why=why) from problem


def _why_closed(problem: DBAPIError) -> str | None:
    if isinstance(problem.orig, sqlite3.Error):
        name = getattr(problem.orig, "sqlite_errorname", "")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return "in_use"
        if name.startswith("SQLITE_FULL"):
            return "full"
        if name.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_READONLY")):
            return "unreachable"
        return "damaged" if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) else None
    if getattr(problem.orig, "sqlstate", None) == "53100":
        return "full"
    # psycopg names no SQLSTATE where the connection itself failed.
    lost = problem.connection_invalidated or getattr(problem.orig, "sqlstate", None) is None
    return "unreachable" if lost and isinstance(problem, OperationalError) else None


def _is_conflict(problem: OperationalError) -> bool:
    return getattr(problem.orig, "sqlstate", None) in {"40001", "40P01"}  # serialization failure, deadlock
