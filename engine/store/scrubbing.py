"""After an erasure: the files of the database are written anew, so that nothing erased is left in their free space.

A row that was emptied or changed lies on in free pages and in the write-ahead log until they are used again. What
lies outside the database is not reached: backups, and on PostgreSQL the log segments the server has not yet recycled.
"""

from __future__ import annotations

from sqlalchemy import text

from engine.errors import CannotOpen
from engine.store import tables as t
from engine.store.database import Database, told_apart

# Where what was filed lies, and what is derived or kept from it.
_HOLDING = (
    t.form_data,
    t.blob,
    t.nomination,
    t.nominee_award,
    t.user_task,
    t.case_file,
    t.person,
    t.account,
    t.draft,
    t.credential,
)


def scrub(database: Database) -> None:
    """Write anew whatever may hold erased data; it takes the time of copying the database.

    Raises:
        CannotOpen: in_use, if a reader stays in the way for ten seconds; what was erased is erased all the same.
    """
    with told_apart():
        if database.writer.dialect.name == "sqlite":
            _scrub_sqlite(database)
        else:
            with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for table in _HOLDING:
                    connection.execute(text(f"VACUUM (FULL) {table.name}"))


def _scrub_sqlite(database: Database) -> None:
    connection = database.writer.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        [busy, *_] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    if busy:
        raise CannotOpen(why="in_use")
