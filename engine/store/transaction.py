"""Writing the store: one accepted command, one transaction, all or nothing.

The order of a command: `lock` its streams once, decide, `put_form_data`, `append` one entry per stream, `answer`.
Every entry is chained to the one before it and projected into the derived tables. What is written waits until
something is read, or until the end, and goes to the database together; heads and snapshots come last. Nothing here
commits: see `Database.write` and `Database.once`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, insert, select, text, update

from engine.canonical import canonical, hash_of
from engine.errors import StateUnreadable
from engine.facts import EngineUpgraded
from engine.store.gathering import Gathering
from engine.store.journal import INSERT_ENTRY, Entry, Head, format_of
from engine.store.projections import project
from engine.store.reader import Reader, Snapshot
from engine.store.statements import ListStatement, Statement
from engine.store.tables import blob, command, erasure, form_data, release_file, stream

_NEW_STREAM = Statement(
    text(
        """INSERT INTO stream (stream, seq, hash, engine_version) VALUES (:stream, 0, '', '')
        ON CONFLICT (stream) DO NOTHING"""
    )
)
_HEAD: dict[str, BindParameter[Any]] = {
    "seq": bindparam("new_seq"),
    "hash": bindparam("new_hash"),
    "engine_version": bindparam("new_version"),
}
_SNAPSHOT: dict[str, BindParameter[Any]] = {"snapshot": bindparam("content"), "snapshot_seq": bindparam("content_seq")}
_SET_HEAD = Statement(update(stream).where(stream.c.stream == bindparam("name")).values(**_HEAD))
_SET_HEAD_AND_SNAPSHOT = Statement(
    update(stream).where(stream.c.stream == bindparam("name")).values(**_HEAD, **_SNAPSHOT)
)
_INSERT_COMMAND = Statement(insert(command))
_INSERT_FORM_DATA = Statement(insert(form_data))
_INSERT_BLOB = Statement(
    text("INSERT INTO blob (sha256, content) VALUES (:sha256, :content) ON CONFLICT (sha256) DO NOTHING")
)
_INSERT_RELEASE_FILE = Statement(insert(release_file))
_INSERT_ERASURE = Statement(insert(erasure))
_EMPTY_FORM_DATA = Statement(update(form_data).where(form_data.c.hash == bindparam("name")).values(payload=None))
_EMPTY_BLOB = Statement(update(blob).where(blob.c.sha256 == bindparam("name")).values(content=None))


def _lock(names: list[BindParameter[str]]) -> Select[Any]:
    # One order for all commands, so that no two of them wait for each other.
    query = select(stream.c.stream, stream.c.seq, stream.c.hash, stream.c.engine_version)
    query = query.where(stream.c.stream.in_(names))
    return query.order_by(stream.c.stream).with_for_update()


_LOCK = ListStatement(_lock)


class Transaction(Reader):
    """One write transaction, as `Database.write` gives it."""

    def __init__(self, connection: Connection, *, salt: Callable[[], bytes], engine_version: str) -> None:
        self._connection = connection
        self._salt = salt
        self._engine_version = engine_version
        self._heads: dict[str, Head] = {}
        self._moved: set[str] = set()
        self._snapshots: dict[str, Snapshot] = {}
        self._unanswered: set[str] = set()
        self._after_commit: list[Callable[[], object]] = []
        self._waiting = Gathering()
        self._waiting_data: dict[str, str] = {}  # hash -> what is filed under it, as long as it waits

    @property
    def connection(self) -> Connection:  # type: ignore[override]
        """The connection, everything written so far sent over it: to be asked for anew each time, not kept."""
        self._send()
        return self._connection

    def _send(self) -> None:
        self._waiting.send(self._connection)
        self._waiting_data = {}

    def lock(self, streams: Collection[str]) -> dict[str, Head]:
        """Lock streams until the end of the transaction and return their heads; what is read now stays true.

        A command names all its streams in one call: a second call could wait for someone who waits for this one.
        """
        names = sorted(set(streams))
        found = self._lock(names)
        missing = [name for name in names if name not in found]
        if missing:
            _NEW_STREAM.send(self.connection, [{"stream": name} for name in missing])
            found = self._lock(names)
        self.locked(found)
        return {name: self._heads[name] for name in names}

    def locked(self, heads: Mapping[str, Head]) -> None:
        """Take over streams that a query of the caller has locked, by name; one that this transaction moved is further
        on than the database says."""
        self._heads |= {stream: head for stream, head in heads.items() if stream not in self._moved}

    def _lock(self, names: list[str]) -> dict[str, Head]:
        return {row.stream: Head(*row[1:]) for row in _LOCK(self.connection, names)}

    def append(self, stream: str, body: dict[str, Any], at: datetime, state_hash: str | None = None) -> Entry:
        """Write the next entry of a locked stream and everything that is derived from it.

        `body` holds command, command_id, actor and facts (JSON of `engine.facts`); never a name, an id number or
        free text. The command must be answered in the same transaction.
        """
        head = self._heads[stream]
        if head.seq and head.engine_version != self._engine_version:
            head = self._checkpoint(stream, head, body, at)
        entry = Entry(stream, head.seq + 1, at, body, head.hash, "", state_hash, self._engine_version).sealed()
        self.put(stream, INSERT_ENTRY, entry.row(), one=True)
        project(self, entry)
        self._heads[stream] = Head(entry.seq, entry.hash, entry.engine_version)
        self._moved.add(stream)
        self._unanswered.add(body["command_id"])
        return entry

    def _checkpoint(self, stream: str, head: Head, body: dict[str, Any], at: datetime) -> Head:
        """Write down the state as an earlier version of the engine left it, if the stream has one (decision 2).

        Raises:
            StateUnreadable: a version with a newer format wrote it; nothing is put behind what cannot be read here.
        """
        if (left_in := format_of(head.engine_version)) > format_of(self._engine_version):
            raise StateUnreadable(why="format", format=left_in)
        left = super().snapshots([stream]).get(stream)
        if left is None:
            return head
        fact = EngineUpgraded(engine_version=self._engine_version, snapshot=self.put_blob(left.content))
        who = {name: body[name] for name in ("command", "command_id", "actor")}
        self._heads[stream] = head._replace(engine_version=self._engine_version)
        entry = self.append(stream, who | {"facts": [fact.to_json()]}, at)
        return Head(entry.seq, entry.hash, entry.engine_version)

    def put(self, line: str, statement: Statement, values: Mapping[str, Any], *, one: bool) -> None:
        """Write by a statement, behind what was written before in its line; `one`: it must concern exactly one row."""
        self._waiting.add(line, statement, values, one=one)

    @contextmanager
    def mixed(self) -> Iterator[None]:
        """Let the entries of different streams that are appended inside be sent by kind, many rows at a time.

        Whoever appends many entries reads before, not between: each time something is read they are sent.
        """
        self._send()
        before, self._waiting = self._waiting, Gathering(mixed=True)
        try:
            yield
            self._send()
        finally:
            self._waiting = before

    def answer(self, command_id: str, actor: str, body_hash: str, answer: dict[str, Any]) -> None:
        """Keep what the command is answered, for every time it comes again.

        `body_hash` covers everything the command asks, the actor included.
        """
        row = {"command_id": command_id, "actor": actor, "body_hash": body_hash, "answer": canonical(answer)}
        self.put("", _INSERT_COMMAND, row | {"digest": hash_of(row)}, one=True)
        self._unanswered.discard(command_id)

    def put_form_data(self, payload: Mapping[str, Any]) -> str:
        """Store what may not stand in the journal and return the salted hash that names it there."""
        filed = canonical({"data": payload, "salt": self._salt().hex()})
        name = sha256(filed.encode()).hexdigest()
        self.put(name, _INSERT_FORM_DATA, {"hash": name, "payload": filed}, one=True)
        self._waiting_data[name] = filed
        return name

    def form_data(self, hash: str) -> dict[str, Any] | None:
        filed = self._waiting_data.get(hash)
        return json.loads(filed)["data"] if filed else super().form_data(hash)

    def put_blob(self, content: bytes) -> str:
        """Store bytes once and return their SHA-256."""
        name = sha256(content).hexdigest()
        self.put(name, _INSERT_BLOB, {"sha256": name, "content": content}, one=False)
        return name

    def put_release_files(self, release: str, files: Mapping[str, bytes]) -> None:
        """Store the files of a release that is published in this transaction."""
        for path, content in files.items():
            row = {"release": release, "path": path, "content": content}
            self.put("", _INSERT_RELEASE_FILE, row, one=True)

    def erase(self, entry: Entry, data: Collection[str], blobs: Collection[str]) -> None:
        """Empty form data and blobs on the order of an entry that names them all; their hashes stay."""
        where = {"stream": entry.stream, "seq": entry.seq}
        for name in (*data, *blobs):
            self._waiting_data.pop(name, None)
            self.put("", _INSERT_ERASURE, {"hash": name} | where, one=True)
        for statement, names in ((_EMPTY_FORM_DATA, data), (_EMPTY_BLOB, blobs)):
            for name in names:
                self.put("", statement, {"name": name}, one=False)

    def put_snapshot(self, stream: str, seq: int, content: bytes) -> None:
        """Keep the state of the instance of a locked stream after entry `seq`."""
        self._snapshots[stream] = Snapshot(seq, content)
        self._moved.add(stream)

    def snapshots(self, streams: Sequence[str]) -> dict[str, Snapshot]:
        kept = {name: self._snapshots[name] for name in streams if name in self._snapshots}
        return super().snapshots([name for name in streams if name not in kept]) | kept

    def after_commit(self, act: Callable[[], object]) -> None:
        """Call `act` once everything is durable; never if the transaction fails."""
        self._after_commit.append(act)

    def finish(self) -> list[Callable[[], object]]:
        """Write heads and snapshots; return what to call after the commit. Called by `Database.write` alone."""
        if self._unanswered:
            raise RuntimeError(f"entries of commands without an answer: {sorted(self._unanswered)}")
        for name in sorted(self._moved, key=lambda name: (name in self._snapshots, name)):
            head = self._heads[name]
            row: dict[str, Any] = {"name": name, "new_seq": head.seq, "new_hash": head.hash}
            row["new_version"] = head.engine_version
            if name in self._snapshots:
                kept = self._snapshots[name]
                row |= {"content": kept.content, "content_seq": kept.seq}
            self.put(name, _SET_HEAD_AND_SNAPSHOT if name in self._snapshots else _SET_HEAD, row, one=True)
        self._send()
        return self._after_commit
