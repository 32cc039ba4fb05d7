"""Whether the store holds what was written to it: nothing changed, nothing missing, nothing beside it.

First the truth: every chain, every row of form data, files, releases and commands against what the journal says.
Then the derived tables against a fold of the journal in memory. Then, by a function the office brings, every
nomination carried out again. A hash chain alone does not stop someone who rewrites it consistently; the Merkle log
with its signed heads kept elsewhere does (engine.store.sealing).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, select
from sqlalchemy.exc import DBAPIError

from engine.canonical import hash_of, hash_of_files
from engine.facts import DataErased
from engine.facts.naming import blobs_named, form_data_named
from engine.store import tables as t
from engine.store.database import Database, sqlite_engine
from engine.store.gathering import NotOneRow
from engine.store.heads import SignedHead
from engine.store.journal import PAGE, Entry, Head, entry_of
from engine.store.reader import Reader
from engine.store.rebuild import CASES, digests, fold, rows
from engine.store.sealing import find_wrong, signed_heads
from engine.store.statements import ListStatement, Statement

# What reading raises where a value is not of its kind, as only somebody who owns the database can make it.
UNREADABLE = (DBAPIError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, NotOneRow)

_ROWS_OF_STREAM = Statement(
    select(t.journal).where(t.journal.c.stream == bindparam("stream")).order_by(t.journal.c.seq)
)


class _Rows:
    """The rows of a table of the truth, read without a cursor that a finding would leave open."""

    def __init__(self, table: Table) -> None:
        [key] = table.primary_key.columns
        self._key = key.name
        self._size = 1 if table is t.blob else PAGE  # files may be large: one at a time
        page = select(table).order_by(key).limit(self._size)
        self._first, self._next = Statement(page), Statement(page.where(key > bindparam("last")))
        self._named = ListStatement(lambda names: select(table).where(key.in_(names)))

    def all(self, connection: Connection) -> Iterator[Any]:
        page = self._first(connection)
        while page:
            yield from page
            page = self._next(connection, last=getattr(page[-1], self._key))

    def named(self, connection: Connection, names: Collection[str]) -> Iterator[Any]:
        wanted = list(names)
        for start in range(0, len(wanted), self._size):
            yield from list(self._named(connection, wanted[start : start + self._size]))


_ROWS = {table: _Rows(table) for table in (t.form_data, t.blob, t.command, t.erasure)}


@dataclass(frozen=True)
class Finding:
    """The first thing found wrong. `stream` may be the name of a table, `seq` 0, where no entry is concerned."""

    stream: str
    seq: int
    why: str


@dataclass
class Report:
    """What was looked at, and what was found; counts of re-execution are nominations and papers.

    `not_reexecuted` are those of which some entry could not be: it needs one of the engines in `needs_version`.
    """

    streams: int = 0
    entries: int = 0
    reexecuted: int = 0
    not_reexecuted: int = 0
    needs_version: list[str] = field(default_factory=list)
    first_error: Finding | None = None

    @property
    def ok(self) -> bool:
        return self.first_error is None

    def to_json(self) -> dict[str, Any]:
        """Return the shape of `khenthuong verify --json`, without the seconds."""
        return {"ok": self.ok} | asdict(self)


@dataclass(frozen=True)
class Outcome:
    """What carrying out a case again gave. `foreign` are the versions of other engines that wrote some of it."""

    foreign: frozenset[str]
    reexecuted: bool
    finding: Finding | None = None


Case = tuple[str, Head]  # a stream and the head up to which its chain was checked
Reexecute = Callable[[Reader, str, list[Entry]], Finding | None]
# Begins when it is called and gives the outcomes in the order of the cases; None: this process must do it.
Elsewhere = Callable[[Sequence[Case]], Iterator[Outcome] | None]


def verify(
    database: Database,
    *,
    reexecute: Reexecute | None = None,
    elsewhere: Elsewhere | None = None,
    streams: Collection[str] | None = None,
    heads: list[SignedHead] | None = None,
) -> Report:
    """Check the whole store, or the chains of some streams and what they name.

    Args:
        reexecute: carries out the entries of one nomination again and returns the first that differs.
        elsewhere: has that done by other processes, as soon as the truth is known to be whole.
        streams: the streams to check; None checks everything, the derived tables included.
        heads: signed heads kept outside the database; None takes those the database holds.
    """
    report = Report()
    with database.read() as reader:
        check = _Check(reader, report, database.engine_version)
        try:
            report.first_error = next(check.everything(streams, heads, reexecute, elsewhere), None)
        except UNREADABLE:
            report.first_error = Finding(check.place, 0, "unreadable")
    return report


class _Check:
    """One pass over the store. Every method yields findings; the first one ends the pass."""

    def __init__(self, reader: Reader, report: Report, engine_version: str) -> None:
        self._reader = reader
        self._engine_version = engine_version
        self._report = report
        self._commands: dict[str, tuple[str, int, str]] = {}  # id -> stream, seq, actor
        self._named: dict[str, dict[str, tuple[str, int]]] = {"form_data": {}, "blob": {}}  # hash -> stream, seq
        self._releases: dict[str, str] = {}  # id -> sha256
        self._heads: dict[str, Head] = {}
        self.place = "journal"

    def everything(
        self,
        streams: Collection[str] | None,
        heads: list[SignedHead] | None,
        reexecute: Reexecute | None,
        elsewhere: Elsewhere | None,
    ) -> Iterator[Finding]:
        yield from self.truth(streams)
        cases = [(stream, head) for stream, head in self._heads.items() if stream.startswith(CASES)]
        outcomes = elsewhere(cases) if elsewhere else None
        if streams is None:
            yield from self.log(heads)
            yield from self.derived()
        yield from self.again(self._outcomes(cases, reexecute) if outcomes is None else outcomes)

    def truth(self, streams: Collection[str] | None) -> Iterator[Finding]:
        yield from self._chains(self._reader.rows_of_journal() if streams is None else self._rows_of(streams))
        everything = streams is None
        yield from self._cut_short(streams or ())
        yield from self._content(t.form_data, "hash", "payload", everything)
        yield from self._content(t.blob, "sha256", "content", everything)
        yield from self._answers(everything)
        if everything:
            yield from self._erasures()
            yield from self._release_files()

    def _rows_of(self, streams: Collection[str]) -> Iterator[Row[Any]]:
        for stream in sorted(streams):
            yield from self._reader.run(_ROWS_OF_STREAM, stream=stream)

    def _chains(self, journal: Iterator[Row[Any]]) -> Iterator[Finding]:
        stream, seq, last = "", 0, ""
        for row in journal:
            if row.stream != stream:
                stream, seq, last = row.stream, 0, ""
                self._report.streams += 1
            seq += 1
            self._report.entries += 1
            entry, why = _read(row, seq, last)
            if entry is None:
                yield Finding(stream, seq, why)
                return
            last = row.hash
            self._heads[stream] = Head(seq, last, row.engine_version)
            self._note(entry)

    def _cut_short(self, streams: Collection[str]) -> Iterator[Finding]:
        # When everything is checked, the derived tables tell this too.
        for stream in streams:
            if self._reader.head(stream) != self._heads.get(stream, Head()):
                yield Finding(stream, self._reader.head(stream).seq, "entry_missing")

    def _note(self, entry: Entry) -> None:
        place = (entry.stream, entry.seq)
        self._commands[entry.body["command_id"]] = (*place, entry.body["actor"])
        for fact in entry.body["facts"]:
            for name in form_data_named(fact):
                self._named["form_data"][name] = place
            for name in blobs_named(fact):
                self._named["blob"][name] = place
            if fact["fact"] == "ReleasePublished":
                self._releases[fact["release"]] = fact["sha256"]

    def _content(self, table: Table, key: str, content: str, everything: bool) -> Iterator[Finding]:
        """Check that every row lies under its hash, and that none is missing that the journal names."""
        self.place = table.name
        missing = dict(self._named[table.name])
        erased = set(self._reader.execute(select(t.erasure.c.hash)).scalars())
        for row in self._rows(table, None if everything else missing):
            name, held = getattr(row, key), getattr(row, content)
            stream, seq = missing.pop(name, (f"{table.name}:{name}", 0))
            if held is None and name not in erased:
                yield Finding(stream, seq, f"{table.name}_emptied")
            if held is not None and sha256(held.encode() if isinstance(held, str) else held).hexdigest() != name:
                yield Finding(stream, seq, f"{table.name}_changed")
        for stream, seq in missing.values():
            yield Finding(stream, seq, f"{table.name}_missing")

    def _answers(self, everything: bool) -> Iterator[Finding]:
        self.place = "command"
        missing = dict(self._commands)
        for row in self._rows(t.command, None if everything else missing):
            stream, seq, actor = missing.pop(row.command_id, (f"command:{row.command_id}", 0, row.actor))
            held = row._asdict()
            if row.actor != actor or held.pop("digest") != hash_of(held):
                yield Finding(stream, seq, "command_changed")
        for stream, seq, _ in missing.values():
            yield Finding(stream, seq, "command_missing")

    def _erasures(self) -> Iterator[Finding]:
        self.place = "erasure"
        for row in self._rows(t.erasure, None):
            entry = next(self._reader.entries(row.stream, row.seq - 1), None)
            if entry is None or entry.seq != row.seq or row.hash not in _ordered_by(entry):
                yield Finding(row.stream, row.seq, "erasure_unknown")

    def _release_files(self) -> Iterator[Finding]:
        self.place = "release_file"
        held = set(self._reader.execute(select(t.release_file.c.release).distinct()).scalars())
        for release in sorted(held | set(self._releases)):
            if _hash_of_release(self._reader.release_files(release)) != self._releases.get(release):
                yield Finding(f"release:{release}", 0, "release_changed")

    def _rows(self, table: Table, names: Collection[str] | None) -> Iterator[Any]:
        rows, connection = _ROWS[table], self._reader.connection
        return rows.all(connection) if names is None else rows.named(connection, names)

    def log(self, heads: list[SignedHead] | None) -> Iterator[Finding]:
        """Check the Merkle log against the journal, and the heads against the log."""
        self.place = "merkle_leaf"
        held = signed_heads(self._reader)
        kept = held if heads is None else heads
        as_kept = held[: len(kept)] == kept
        # Those the database has signed since the copy was made are looked at with it; a copy it denies is believed.
        for stream, seq, why in find_wrong(self._reader, held if as_kept else kept):
            yield Finding(stream, seq, why)
        if not as_kept:
            number = next(
                (n for n, (one, other) in enumerate(zip(held, kept, strict=False)) if one != other), len(held)
            )
            yield Finding("heads", number + 1, "head_differs")

    def derived(self) -> Iterator[Finding]:
        """Compare the derived tables with a fold of the journal."""
        self.place = "derived"
        engine = sqlite_engine("sqlite://", begin="BEGIN")
        try:
            with engine.begin() as copy:
                t.metadata.create_all(copy, tables=list(t.DERIVED))
                fold(self._reader, copy)
                yield from self._differing(self._reader.connection, copy)
        finally:
            engine.dispose()

    def _differing(self, here: Connection, copy: Connection) -> Iterator[Finding]:
        held, folded = digests(here), digests(copy)
        for table in t.DERIVED:
            if held[table.name] != folded[table.name]:
                odd = set(rows(here, table)) ^ set(rows(copy, table))
                yield Finding(_stream_of(table, min(odd, key=repr)), 0, f"derived:{table.name}")

    def _outcomes(self, cases: Sequence[Case], reexecute: Reexecute | None) -> Iterator[Outcome]:
        for stream, _ in cases:
            self.place = stream
            entries = list(self._reader.entries(stream))
            yield _outcome(self._reader, stream, entries, self._engine_version, reexecute)

    def again(self, outcomes: Iterator[Outcome]) -> Iterator[Finding]:
        """Count what carrying out every nomination and paper again gave, as far as this engine's version wrote it."""
        for outcome in outcomes:
            self._report.needs_version = sorted({*self._report.needs_version, *outcome.foreign})
            self._report.reexecuted += outcome.reexecuted
            self._report.not_reexecuted += not outcome.reexecuted
            if outcome.finding:
                yield outcome.finding


def outcome_as_checked(reader: Reader, case: Case, engine_version: str, reexecute: Reexecute) -> Outcome:
    """Carry out a case again that somebody checked in another view of the store, with what was written since.

    That it is what was checked follows from its chain, which leads over the head it had then.
    """
    stream, head = case
    entries, last = [], ""
    for seq, row in enumerate(reader.run(_ROWS_OF_STREAM, stream=stream), 1):
        entry, why = _read(row, seq, last)
        if entry is None:
            return Outcome(frozenset(), False, Finding(stream, seq, why))
        last = entry.hash
        entries.append(entry)
    if len(entries) < head.seq or entries[head.seq - 1].hash != head.hash:
        return Outcome(frozenset(), False, Finding(stream, head.seq, "entry_changed"))
    return _outcome(reader, stream, entries, engine_version, reexecute)


def _outcome(
    reader: Reader, stream: str, entries: list[Entry], engine_version: str, reexecute: Reexecute | None
) -> Outcome:
    versions = frozenset(entry.engine_version for entry in entries)
    foreign = versions - {engine_version}
    finding = None
    if reexecute and foreign != versions:
        try:
            finding = reexecute(reader, stream, entries)
        except UNREADABLE:
            finding = Finding(stream, 0, "unreadable")
    return Outcome(foreign, bool(reexecute) and not foreign, finding)


def _hash_of_release(files: dict[str, bytes]) -> str | None:
    """Return the hash over the files of a release; None if one of them is no file at all."""
    try:
        return hash_of_files(files)
    except (TypeError, ValueError):
        return None


def _ordered_by(entry: Entry) -> set[str]:
    """Return the hashes whose content an entry orders to be erased."""
    erased = [fact for fact in entry.body["facts"] if fact["fact"] == DataErased.name]
    return {name for fact in erased for name in (*fact["erased_data"], *fact["erased_blobs"])}


def _read(row: Row[Any], seq: int, last: str) -> tuple[Entry | None, str]:
    """Return the entry of a row of the journal that should be number `seq` behind the hash `last`, or what is wrong."""
    if row.seq != seq:
        return None, "entry_missing"
    try:
        entry = entry_of(row)
        expected = entry.expected_hash()
        as_written = entry.text == row.body and entry.at_text == row.at
    except (ValueError, TypeError):
        return None, "unreadable"
    if row.prev_hash != last:
        return None, "chain_broken"
    return (entry, "") if as_written and row.hash == expected else (None, "entry_changed")


def _stream_of(table: Table, row: tuple[Any, ...]) -> str:
    """Return the stream a derived row belongs to, as well as its columns tell."""
    values = dict(zip(table.columns.keys(), row, strict=False))
    if table is t.stream:
        return str(values["stream"])
    for column, kind in (("case_id", values.get("subject", "nomination")), ("paper_id", "paper"), ("person", "person")):
        if column in values:
            return f"{kind}:{values[column]}"
    return f"{table.name}:{values['id']}" if "id" in values else table.name
