"""What `verify` found, told as the office would: the case by its code, the entry by what was done in it and when.

Only the place and the act are looked up here; nothing of what is read is believed, for it may be what was changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from engine.office.history import ACT_OF_COMMAND
from engine.store import tables as t
from engine.store.journal import entry_of
from engine.store.reader import Reader
from engine.store.verify import UNREADABLE, Finding

# Kind of stream -> the column that the office calls it by.
NAMES = {
    "nomination": t.nomination.c.code,
    "paper": t.paper.c.code,
    "dossier": t.dossier.c.code,
    "round": t.round.c.code,
    "unit": t.unit.c.title,
    "person": t.person.c.full_name,
}


@dataclass(frozen=True)
class Place:
    """Where a finding is. `act` is the code of what the entry did, None where no entry tells."""

    kind: str  # of the stream: nomination, paper ...
    name: str  # as the office calls it; "" if it is known by its kind alone
    seq: int
    act: str | None
    at: datetime | None
    why: str


def place_of(reader: Reader, finding: Finding) -> Place:
    """Return where a finding is, in words of the office as far as the database still tells."""
    kind, _, id = finding.stream.partition(":")
    act, at = _entry(reader, finding)
    return Place(kind, _name(reader, kind, id), finding.seq, act, at, finding.why.partition(":")[0])


def _name(reader: Reader, kind: str, id: str) -> str:
    column = NAMES.get(kind)
    if column is None:
        return id
    query = select(column).where(column.table.c.id == id)
    try:
        return str(reader.execute(query).scalar() or id)
    except DBAPIError:
        return id


def _entry(reader: Reader, finding: Finding) -> tuple[str | None, datetime | None]:
    j = t.journal.c
    query = select(t.journal).where(j.stream == finding.stream, j.seq == finding.seq)
    try:
        row = reader.execute(query).first()
        entry = entry_of(row) if row else None
        return (ACT_OF_COMMAND.get(entry.body["command"]), entry.at) if entry else (None, None)
    except UNREADABLE:
        return None, None
