"""Whether an office can work now: its database takes writes, and its entries get their heads."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from engine.canonical import time_text
from engine.errors import CannotOpen
from engine.store import tables
from engine.store.database import Database

LONGEST_UNSEALED = timedelta(minutes=10)


def unfit(database: Database, now: datetime) -> str | None:
    """Return why no work could be done now: `database`, or `heads` if entries wait too long; or None.

    The database is asked for the right to write, as every command does; nothing is written.
    """
    stream, journal = tables.stream, tables.journal
    waiting = stream.c.sequenced.is_(None) | (stream.c.sequenced < stream.c.seq)
    next_entry = (journal.c.stream == stream.c.stream) & (journal.c.seq == func.coalesce(stream.c.sequenced, 0) + 1)
    oldest = select(func.min(journal.c.at)).select_from(stream.join(journal, next_entry)).where(waiting)
    try:
        with database.write() as tx:
            at = tx.execute(oldest).scalar()
    except CannotOpen:
        return "database"
    return "heads" if at is not None and at < time_text(now - LONGEST_UNSEALED) else None
