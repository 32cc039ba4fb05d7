"""Refilling the derived tables from the journal, and telling whether they had differed from it.

`fold` is the one way from the journal to the tables; `verify` uses it on a copy in memory, `rebuild` in place.
Operational tables and snapshots stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, delete, select, text, update

from engine.store.database import Database
from engine.store.journal import entry_of
from engine.store.projections import project
from engine.store.reader import Reader
from engine.store.statements import Statement, execute
from engine.store.tables import DERIVED, stream

_HEAD = ("stream", "seq", "hash", "engine_version")


def rebuild(database: Database) -> list[str]:
    """Refill the derived tables in one transaction; return the names of those that had differed."""
    with database.write() as tx:
        if tx.connection.dialect.name == "postgresql":
            # Nobody may lock a stream meanwhile: every command waits here, readers do not.
            tx.execute(text("LOCK TABLE stream IN EXCLUSIVE MODE"))
        before = digests(tx.connection)
        for table in DERIVED:
            if table is not stream:
                tx.execute(delete(table))
        tx.execute(update(stream).values(seq=0, hash="", engine_version=""))
        fold(tx, tx.connection)
        tx.execute(delete(stream).where(stream.c.seq == 0))
        after = digests(tx.connection)
    return [name for name in before if before[name] != after[name]]


def fold(source: Reader, target: Connection) -> None:
    """Project every entry of `source` into the empty derived tables of `target`, heads included."""
    store = _Fold(source, target)
    head: dict[str, Any] = {}
    for row in source.rows_of_journal():
        if head and head["stream"] != row.stream:
            _set_head(target, head)
        head = {name: row._mapping[name] for name in _HEAD}
        project(store, entry_of(row))
    if head:
        _set_head(target, head)


@dataclass(frozen=True)
class _Fold:
    source: Reader
    connection: Connection

    def put(self, line: str, statement: Statement, values: Mapping[str, Any], *, one: bool) -> None:
        execute(self.connection, statement, values, one=one)

    def form_data(self, hash: str) -> dict[str, Any] | None:
        return self.source.form_data(hash)


def _set_head(target: Connection, head: dict[str, Any]) -> None:
    if not target.execute(update(stream).where(stream.c.stream == head["stream"]).values(**head)).rowcount:
        target.execute(stream.insert().values(**head))


def rows(connection: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """Return what a rebuild fills of a table: of `stream` the heads alone."""
    if table is stream:
        heads = select(*(stream.c[name] for name in _HEAD)).where(stream.c.seq > 0)
        yield from map(tuple, connection.execute(heads))
    else:
        yield from map(tuple, connection.execute(select(table)))


def digests(connection: Connection) -> dict[str, int]:
    """Return one number per derived table, the same whatever the order of its rows.

    The sum of the rows' hashes: a table that differs in one row has another one. It is compared, never published.
    """
    return {table.name: sum(map(_digest, rows(connection, table))) for table in DERIVED}


def _digest(row: tuple[Any, ...]) -> int:
    return int.from_bytes(sha256(repr(row).encode()).digest())
