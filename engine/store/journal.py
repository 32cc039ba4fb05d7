"""Journal entries: what one command did to one stream, chained by hash.

An entry's hash covers everything it holds and the hash of the entry before it in its stream. This module knows
the form of an entry and its table; `engine.store.transaction` appends, `engine.store.verify` checks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, bindparam, insert, select

from engine import facts
from engine.canonical import canonical, time_of, time_text
from engine.process.state import FORMAT
from engine.store.statements import Statement
from engine.store.tables import journal

# Format of our state, and whose engine wrote it (decision 2).
ENGINE_VERSION = f"{FORMAT}/{version('SpiffWorkflow')}"


def format_of(engine_version: str) -> int:
    """Return the number of the state format an engine writes.

    >>> format_of("1/3.2.0")
    1
    """
    return int(engine_version.partition("/")[0])


class Head(NamedTuple):
    """The last entry of a stream; `Head()` while it has none."""

    seq: int = 0
    hash: str = ""
    engine_version: str = ""


_COLUMNS = tuple(column.name for column in journal.c)


@dataclass(frozen=True)
class Entry:
    """One line of the journal. `body` is plain JSON: command, command_id, actor, facts and what belongs to them."""

    stream: str
    seq: int
    at: datetime
    body: dict[str, Any]
    prev_hash: str
    hash: str
    state_hash: str | None
    engine_version: str

    @property
    def facts(self) -> list[facts.Fact]:
        return [facts.from_json(fact) for fact in self.body["facts"]]

    @property
    def kind(self) -> str:
        """What kind of thing the stream is about: the part before the colon."""
        return self.stream.partition(":")[0]

    @property
    def subject(self) -> str:
        """What the stream is about: the part behind the colon, "" for `calendar` and `release`."""
        return self.stream.partition(":")[2]

    @cached_property
    def text(self) -> str:
        """The canonical JSON of the body."""
        return canonical(self.body)

    @cached_property
    def at_text(self) -> str:
        """The time as the journal writes it."""
        return time_text(self.at)

    def expected_hash(self) -> str:
        """Return the hash this entry must have: that of the canonical JSON of everything in it but the hash."""
        others = {
            "engine_version": self.engine_version,
            "prev_hash": self.prev_hash,
            "seq": self.seq,
            "state_hash": self.state_hash,
            "stream": self.stream,
        }
        # "at" and "body" come first among the sorted keys; the body is by far the longest, so its text is used again.
        whole = f'{{"at":{canonical(self.at_text)},"body":{self.text},{canonical(others)[1:]}'
        return sha256(whole.encode()).hexdigest()

    def sealed(self) -> Entry:
        """Return this entry with its hash."""
        entry = replace(self, hash=self.expected_hash())
        vars(entry).update(text=self.text, at_text=self.at_text)
        return entry

    def row(self) -> dict[str, Any]:
        """Return the columns of this entry."""
        columns = {column: getattr(self, column) for column in _COLUMNS}
        return columns | {"at": self.at_text, "body": self.text}


def entry_of(row: Row[Any]) -> Entry:
    """Return the entry a row of `journal` holds; ValueError or TypeError if it holds none."""
    return Entry(
        stream=row.stream,
        seq=row.seq,
        at=time_of(row.at),
        body=_body_of(row.body),
        prev_hash=row.prev_hash,
        hash=row.hash,
        state_hash=row.state_hash,
        engine_version=row.engine_version,
    )


def _body_of(held: str) -> dict[str, Any]:
    # orjson reads in a third of the time, but takes whole numbers of more than 64 bits for floats, which it then writes
    # otherwise: what it does not write as it stood is read by json. Whether it stood there rightly says `Entry.text`.
    try:
        body: dict[str, Any] = orjson.loads(held)
        if orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode() == held:
            return body
    except (ValueError, TypeError):
        pass
    return json.loads(held)  # type: ignore[no-any-return]


INSERT_ENTRY = Statement(insert(journal))
ENTRIES_OF_STREAM = Statement(
    select(journal)
    .where(journal.c.stream == bindparam("stream"), journal.c.seq > bindparam("after"))
    .order_by(journal.c.seq)
)
# A page of the whole journal, stream by stream: both databases read it without holding it in memory.
PAGE = 1000
ENTRIES_AFTER = Statement(
    select(journal)
    .where(
        (journal.c.stream > bindparam("stream"))
        | ((journal.c.stream == bindparam("stream")) & (journal.c.seq > bindparam("seq")))
    )
    .order_by(journal.c.stream, journal.c.seq)
    .limit(PAGE)
)
