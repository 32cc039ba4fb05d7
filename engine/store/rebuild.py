"""Refilling the derived tables from the journal, and telling whether they had differed from it.

`fold` is the one way from the journal to the tables; `verify` uses it on a copy in memory, `rebuild` in place.
Snapshots are refilled by a function the office brings, which executes the entries of a case again. Operational
tables stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, select, text, update

from engine.store.database import Database
from engine.store.gathering import Gathering
from engine.store.journal import PAGE, Entry, entry_of
from engine.store.projections import project
from engine.store.reader import Reader, Snapshot
from engine.store.statements import Statement
from engine.store.tables import DERIVED, merkle_leaf, stream
from engine.store.transaction import Transaction

CASES = ("nomination:", "paper:")  # streams that can be executed again
_HEAD = ("stream", "seq", "hash", "engine_version")
_SET_HEAD = Statement(
    text(
        """INSERT INTO stream (stream, seq, hash, engine_version) VALUES (:stream, :seq, :hash, :engine_version)
        ON CONFLICT (stream) DO UPDATE SET seq = :seq, hash = :hash, engine_version = :engine_version"""
    )
)

_SET_SEQUENCED = Statement(
    update(stream).where(stream.c.stream == bindparam("name")).values(sequenced=bindparam("logged"))
)

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
    if rows := [{"name": name, "logged": seq} for name, seq in target.execute(logged)]:
        _SET_SEQUENCED.send(target, rows)


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
    for _, entries in groupby(source.rows_of_journal(), attrgetter("stream")):
        for row in entries:
            project(store, entry_of(row))
        store.put(row.stream, _SET_HEAD, {name: getattr(row, name) for name in _HEAD}, one=True)
    store.send()


class _Fold:
    """Writes what is projected by kind, many rows at a time: each stream stands for itself (see `projections`)."""

    def __init__(self, source: Reader, target: Connection) -> None:
        self._source = source
        self._target = target
        self._waiting = Gathering(mixed=True)
        self._count = 0

    def put(self, line: str, statement: Statement, values: Mapping[str, Any], *, one: bool) -> None:
        self._waiting.add(line, statement, values, one=one)
        self._count += 1
        if self._count == PAGE:
            self.send()

    def send(self) -> None:
        self._waiting.send(self._target)
        self._count = 0

    def form_data(self, hash: str) -> dict[str, Any] | None:
        return self._source.form_data(hash)


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
