"""Refilling the derived tables from the journal, and telling whether they had differed from it.

`fold` is the one way from the journal to the tables; `verify` uses it on a copy in memory, `rebuild` in place.
Snapshots are refilled by a function the office brings, which executes the entries of a case again. Operational
tables stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, text, update

from engine.store.database import Database
from engine.store.journal import Entry, entry_of
from engine.store.projections import project
from engine.store.reader import Reader, Snapshot
from engine.store.statements import Statement, execute
from engine.store.tables import DERIVED, merkle_leaf, stream
from engine.store.transaction import Transaction

CASES = ("nomination:", "paper:")  # streams that can be executed again
_HEAD = ("stream", "seq", "hash", "engine_version")

# Gives what must take the place of the snapshot of a case; None if it is right, or the entries lead to none.
Mend = Callable[[Reader, str, list[Entry]], Snapshot | None]


def rebuild(database: Database, *, mend: Mend | None = None) -> list[str]:
    """Refill the derived tables in one transaction; return the names of those that had differed.

    Args:
        mend: executes the entries of a case again; None leaves the snapshots as they are.
    """
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
        _set_sequenced(tx.connection)
        after = digests(tx.connection)
        mended = _refill_snapshots(tx, mend) if mend else False
    return [name for name in before if before[name] != after[name]] + ["snapshot"] * mended


def _set_sequenced(target: Connection) -> None:
    """Say of each stream up to which entry the log holds it, or the sealer would put a stream into it again."""
    logged = select(merkle_leaf.c.stream, func.max(merkle_leaf.c.seq)).group_by(merkle_leaf.c.stream)
    for name, seq in target.execute(logged).all():
        target.execute(update(stream).where(stream.c.stream == name).values(sequenced=seq))


def _refill_snapshots(tx: Transaction, mend: Mend) -> bool:
    """Put right the snapshots that differ from what their entries lead to; return whether any did."""
    mended = False
    for name in tx.execute(select(stream.c.stream).order_by(stream.c.stream)).scalars().all():
        if name.startswith(CASES) and (right := mend(tx, name, list(tx.entries(name)))):
            kept = {"snapshot": right.content, "snapshot_seq": right.seq}
            tx.execute(update(stream).where(stream.c.stream == name).values(kept))
            mended = True
    return mended


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
