"""Reading the store: entries, form data, snapshots, releases. Changes nothing.

Pages and lists are queries over `engine.store.tables`; they go through `execute`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Result, Row, Select, bindparam, func, select
from sqlalchemy.sql.base import Executable

from engine.canonical import time_of
from engine.errors import CommandReused
from engine.store.journal import ENTRIES_AFTER, ENTRIES_OF_STREAM, PAGE, Entry, Head, entry_of
from engine.store.statements import ListStatement, Rows, Statement
from engine.store.tables import blob, command, form_data, journal, release, release_file, stream

_COMMAND = Statement(
    select(command.c.body_hash, command.c.answer).where(command.c.command_id == bindparam("command_id"))
)
_FORM_DATA = Statement(select(form_data.c.payload).where(form_data.c.hash == bindparam("hash")))
_BLOB = Statement(select(blob.c.content).where(blob.c.sha256 == bindparam("sha256")))
_HEAD = Statement(
    select(stream.c.seq, stream.c.hash, stream.c.engine_version).where(stream.c.stream == bindparam("stream"))
)


def _snapshots(names: list[BindParameter[str]]) -> Select[Any]:
    query = select(stream.c.stream, stream.c.snapshot_seq, stream.c.snapshot)
    return query.where(stream.c.stream.in_(names), stream.c.snapshot.is_not(None))


_SNAPSHOTS = ListStatement(_snapshots)


class Snapshot(NamedTuple):
    """The state of an instance after entry `seq` of its stream."""

    seq: int
    content: bytes


class Reader:
    """One consistent view of the store, as `Database.read` gives it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def execute(self, query: Executable, values: Any = None) -> Result[Any]:
        """Execute a Core query over `engine.store.tables`."""
        return self.connection.execute(query, values)

    def run(self, statement: Statement, **values: Any) -> Rows:
        """Execute a compiled query."""
        return statement(self.connection, **values)

    def seen(self, command_id: str, body_hash: str) -> dict[str, Any] | None:
        """Return the answer this command got before, None if it is new.

        Raises:
            CommandReused: the id was used with another body.
        """
        row = self.run(_COMMAND, command_id=command_id).first()
        if row is None:
            return None
        if row.body_hash != body_hash:
            raise CommandReused(command_id=command_id)
        return json.loads(row.answer)  # type: ignore[no-any-return]

    def is_answered(self, command_id: str) -> bool:
        """Return whether a command was carried out, whatever it asked."""
        return self.run(_COMMAND, command_id=command_id).first() is not None

    def head(self, stream: str) -> Head:
        """Return the head of a stream without locking it."""
        row = self.run(_HEAD, stream=stream).first()
        return Head(*row) if row else Head()

    def entries(self, stream: str, after: int = 0) -> Iterator[Entry]:
        """Return the entries of a stream behind number `after`, oldest first."""
        return map(entry_of, self.run(ENTRIES_OF_STREAM, stream=stream, after=after))

    def last_entry_at(self) -> datetime | None:
        """Return when the latest entry of all was written; it looks at every entry."""
        at = self.execute(select(func.max(journal.c.at))).scalar()
        return time_of(at) if at else None

    def rows_of_journal(self) -> Iterator[Row[Any]]:
        """Return all rows of the journal, stream by stream, each in its order."""
        place: dict[str, Any] = {"stream": "", "seq": -(2**63)}  # before every entry, whoever put it there
        while rows := self.run(ENTRIES_AFTER, **place):
            yield from rows
            if len(rows) < PAGE:
                return
            place = {"stream": rows[-1].stream, "seq": rows[-1].seq}

    def form_data(self, hash: str) -> dict[str, Any] | None:
        """Return what was filed under a salted hash; None if it was erased or is not there."""
        payload = self.run(_FORM_DATA, hash=hash).scalar()
        return json.loads(payload)["data"] if payload is not None else None

    def blob(self, sha256: str) -> bytes | None:
        """Return stored bytes; None if they were erased or are not there."""
        content: bytes | None = self.run(_BLOB, sha256=sha256).scalar()
        return content

    def snapshot(self, stream: str) -> Snapshot | None:
        """Return the latest snapshot of the instance of a stream."""
        return self.snapshots([stream]).get(stream)

    def snapshots(self, streams: Sequence[str]) -> dict[str, Snapshot]:
        """Return the latest snapshots of the instances of streams, of those that have one."""
        rows = _SNAPSHOTS(self.connection, streams)
        return {row.stream: Snapshot(row.snapshot_seq, row.snapshot) for row in rows}

    def releases(self) -> list[Row[Any]]:
        """Return id, sha256, regime, in_force_from, published_at and published_seq of all releases, oldest first."""
        return list(self.execute(select(release).order_by(release.c.published_seq)))

    def release_files(self, release: str) -> dict[str, bytes]:
        """Return the files of a release by path; empty if there is no such release."""
        query = select(release_file.c.path, release_file.c.content).where(release_file.c.release == release)
        return {row.path: row.content for row in self.execute(query.order_by(release_file.c.path))}
