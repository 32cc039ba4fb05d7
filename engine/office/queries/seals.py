"""The seal of one case: its entries checked now against chain, form data and log, and up to where heads are signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engine.canonical import time_of
from engine.office.findings import Place, place_of
from engine.store import tables as t
from engine.store.database import Database
from engine.store.reader import Reader
from engine.store.verify import Finding, verify


@dataclass(frozen=True)
class SealView:
    """`state` is good, unsigned (entries that no signed head covers yet) or broken (`wrong` says where and why)."""

    entries: int
    matching: int
    last_hash: str
    checked_at: datetime
    signed: int  # entries under a signed head
    signed_at: datetime | None  # of the last head in the database
    wrong: Place | None

    @property
    def state(self) -> str:
        if self.wrong:
            return "broken"
        return "good" if self.signed == self.entries else "unsigned"


def seal(reader: Reader, database: Database, stream: str, now: datetime) -> SealView:
    """Check the entries of a stream and return its seal."""
    head = reader.head(stream)
    found = verify(database, streams=[stream]).first_error or _differs_from_log(reader, stream)
    size, at = _last_head(reader)
    leaf = t.merkle_leaf.c
    covered = select(func.count()).select_from(t.merkle_leaf).where(leaf.stream == stream, leaf.index < size)
    return SealView(
        entries=head.seq,
        matching=max(found.seq - 1, 0) if found else head.seq,
        last_hash=head.hash,
        checked_at=now,
        signed=reader.execute(covered).scalar_one(),
        signed_at=at,
        wrong=place_of(reader, found) if found else None,
    )


def _differs_from_log(reader: Reader, stream: str) -> Finding | None:
    """Return the first entry that is not the one the sealed log holds."""
    leaf, j = t.merkle_leaf.c, t.journal.c
    other = (
        select(leaf.seq)
        .join_from(t.merkle_leaf, t.journal, (j.stream == leaf.stream) & (j.seq == leaf.seq), isouter=True)
        .where(leaf.stream == stream, func.coalesce(j.hash, "") != leaf.entry_hash)
    )
    seq = reader.execute(select(func.min(other.subquery().c.seq))).scalar()
    return None if seq is None else Finding(stream, seq, "log_differs")


def _last_head(reader: Reader) -> tuple[int, datetime | None]:
    row = reader.execute(select(t.merkle_head).order_by(t.merkle_head.c.size.desc()).limit(1)).first()
    return (row.size, time_of(row.at)) if row else (0, None)
