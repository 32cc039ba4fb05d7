"""The sequencer: puts committed entries into the Merkle log, and signs heads over it.

`Sealer.run` does what is due and may be called as often as one likes, by any process: one of them at a time appends,
the order within a stream is kept, and a head is signed at least every 100 entries or five minutes, or at once when
asked. `find_wrong` is the other side: what `verify` asks of log and heads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, text, update

from engine.canonical import time_of
from engine.errors import CannotOpen
from engine.ports import Clock
from engine.store import tables as t
from engine.store.database import Database
from engine.store.heads import HEADS_FILE, KEY_FILE, SignedHead, Signer, append_heads, read_heads
from engine.store.journal import PAGE
from engine.store.merkle import Frontier
from engine.store.reader import Reader
from engine.store.statements import Statement
from engine.store.transaction import Transaction

ENTRIES_PER_HEAD = 100
LONGEST_UNSIGNED = timedelta(minutes=5)
STREAMS_AT_ONCE = 500
_ADVISORY_LOCK = 2300231  # of PostgreSQL's advisory locks: one sequencer at a time


def _leaves_beside_entries() -> Select[Any]:
    leaf, j = t.merkle_leaf.c, t.journal.c
    query = select(leaf.index.label("place"), leaf.stream, leaf.seq, leaf.entry_hash, j.hash)
    query = query.outerjoin(t.journal, (j.stream == leaf.stream) & (j.seq == leaf.seq))
    return query.order_by(leaf.index).limit(PAGE)


_LEAVES = Statement(_leaves_beside_entries())
_LEAVES_AFTER = Statement(_leaves_beside_entries().where(t.merkle_leaf.c.index > bindparam("place")))


class Sealer:
    """Appends and signs for one data folder. Not to be shared between threads."""

    def __init__(self, database: Database, data: Path, clock: Clock) -> None:
        self._database = database
        self._file = data / HEADS_FILE
        self._signer = Signer.of(data)
        self._clock = clock
        self._frontier = Frontier()

    def refuse_other_key(self) -> None:
        """Refuse to sign for an office whose heads another key signed: of several hosts, all that sign have one key.

        Raises:
            CannotOpen: why is other_key.
        """
        with self._database.read() as reader:
            last = _last_head(reader)
        if last is not None and last.key != self._signer.key:
            raise CannotOpen(why="other_key", file=KEY_FILE.name)

    def run(self, *, urgent: bool = False) -> SignedHead | None:
        """Append every committed entry, sign a head if one is due, and return it.

        Args:
            urgent: sign over whatever is unsigned, as after a decision of the Chairman.
        """
        while self._append():
            pass
        with self._database.write() as tx:
            _only_one(tx)
            self._catch_up(tx)
            head = self._sign(tx, urgent)
        self._publish()
        return head

    def _append(self) -> bool:
        """Append one lot of entries; return whether there may be more."""
        with self._database.write() as tx:
            _only_one(tx)
            self._catch_up(tx)
            s = t.stream.c
            behind = (s.seq > func.coalesce(s.sequenced, 0), s.seq > 0)
            query = select(s.stream, s.seq, func.coalesce(s.sequenced, 0).label("done")).where(*behind)
            streams = tx.execute(query.order_by(s.stream).limit(STREAMS_AT_ONCE)).all()
            leaves = []
            for row in streams:
                j = t.journal.c
                found = select(j.seq, j.hash).where(j.stream == row.stream, j.seq > row.done, j.seq <= row.seq)
                for entry in tx.execute(found.order_by(j.seq)):
                    leaf = {"index": self._frontier.size, "stream": row.stream, "seq": entry.seq}
                    leaves.append(leaf | {"entry_hash": entry.hash})
                    self._frontier.append(entry.hash)
                tx.execute(update(t.stream).where(s.stream == row.stream).values(sequenced=row.seq))
            if leaves:
                tx.execute(insert(t.merkle_leaf), leaves)
        return len(streams) == STREAMS_AT_ONCE

    def _catch_up(self, tx: Transaction) -> None:
        """Bring the edge of the tree up to what other processes, or earlier runs, appended."""
        leaf = t.merkle_leaf.c
        last = tx.execute(select(func.max(leaf.index))).scalar()
        if self._frontier.size > (-1 if last is None else last) + 1:
            self._frontier = Frontier()  # a transaction of ours was rolled back after it had counted
        query = select(leaf.entry_hash).where(leaf.index >= self._frontier.size).order_by(leaf.index)
        for entry_hash in tx.execute(query).scalars():
            self._frontier.append(entry_hash)

    def _sign(self, tx: Transaction, urgent: bool) -> SignedHead | None:
        last = _last_head(tx)
        unsigned = self._frontier.size - (last.size if last else 0)
        now = self._clock.now()
        overdue = last is None or now - time_of(last.at) >= LONGEST_UNSIGNED
        if not unsigned or not (urgent or unsigned >= ENTRIES_PER_HEAD or overdue):
            return None
        head = self._signer.sign(self._frontier.size, self._frontier.root(), now, last)
        tx.execute(insert(t.merkle_head).values(**asdict(head)))
        return head

    def _publish(self) -> None:
        """Write the heads to the file that are in the database and not yet there; a crash in between loses none."""
        held = read_heads(self._file)
        size = held[-1].size if held else 0
        with self._database.read() as reader:
            rows = reader.execute(
                select(t.merkle_head).where(t.merkle_head.c.size > size).order_by(t.merkle_head.c.size)
            )
            append_heads(self._file, [SignedHead(**row._mapping) for row in rows])


def refuse_rollback(database: Database, file: Path) -> None:
    """Refuse a database that holds less than a head outside it was signed over: an old backup, or a cut.

    Raises:
        CannotOpen: why is rolled_back.
    """
    heads = read_heads(file)
    if not heads:
        return
    with database.read() as reader:
        known = reader.execute(select(t.merkle_head.c.root).where(t.merkle_head.c.size == heads[-1].size)).scalar()
    if known != heads[-1].root:
        raise CannotOpen(why="rolled_back", size=heads[-1].size)


def _only_one(tx: Transaction) -> None:
    if tx.connection.dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


def _last_head(reader: Reader) -> SignedHead | None:
    row = reader.execute(select(t.merkle_head).order_by(t.merkle_head.c.size.desc()).limit(1)).first()
    return SignedHead(**row._mapping) if row else None


def signed_heads(reader: Reader) -> list[SignedHead]:
    """Return the heads the database itself holds, in order."""
    return [SignedHead(**row._mapping) for row in reader.execute(select(t.merkle_head).order_by(t.merkle_head.c.size))]


def find_wrong(reader: Reader, heads: list[SignedHead]) -> Iterator[tuple[str, int, str]]:
    """Yield (stream, seq, why) for what does not fit between journal, log and heads, the log's order first.

    Args:
        heads: those kept outside the database. They are believed before what the database says of itself.
    """
    frontier, roots, last_seq = Frontier(), {0: Frontier().root()}, dict[str, int]()
    wanted = {head.size for head in heads}
    for row in _leaves(reader):
        if row.place != frontier.size or row.seq != last_seq.get(row.stream, 0) + 1:
            yield row.stream, row.seq, "log_out_of_order"
            return
        if row.hash != row.entry_hash:
            yield row.stream, row.seq, "log_differs" if row.hash else "entry_missing"
            return
        last_seq[row.stream] = row.seq
        frontier.append(row.entry_hash)
        if frontier.size in wanted:
            roots[frontier.size] = frontier.root()
    yield from _wrong_heads(heads, roots, frontier.size)


def _leaves(reader: Reader) -> Iterator[Any]:
    # No cursor is left open when something wrong ends the reading.
    page = reader.run(_LEAVES)
    while page:
        yield from page
        page = reader.run(_LEAVES_AFTER, place=page[-1].place)


def _wrong_heads(heads: list[SignedHead], roots: dict[int, str], size: int) -> Iterator[tuple[str, int, str]]:
    before: SignedHead | None = None
    for number, head in enumerate(heads, 1):
        key = before.key if before else head.key
        if not head.holds(key):
            yield "heads", number, "head_unsigned"
        elif head.prev != (before.hash if before else ""):
            yield "heads", number, "head_missing"
        elif head.size > size:
            yield "heads", number, "rolled_back"  # the head was signed over entries the database no longer has
        elif roots.get(head.size) != head.root:
            yield "heads", number, "rewritten"
        else:
            before = head
            continue
        return
