"""The Merkle log and its signed heads: what an insider with the database cannot do unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, select, text, update

from engine.canonical import hash_of, time_text
from engine.store import tables as t
from engine.store.database import Database
from engine.store.heads import HEADS_FILE, KEY_FILE, SignedHead, Signer, read_heads
from engine.store.merkle import Tree
from engine.store.sealing import ENTRIES_PER_HEAD, Sealer
from engine.store.verify import verify
from tests.engine.store import acts


class Clock:
    def __init__(self) -> None:
        self.at = acts.START

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sealer(database: Database, tmp_path: Path, clock: Clock) -> Sealer:
    return Sealer(database, tmp_path, clock)


def some_entries(database: Database, lines: int = 3) -> None:
    acts.open_dossier(database)
    for line in range(1, lines + 1):
        acts.nominate(database, line)


def heads_in(tmp_path: Path) -> list[SignedHead]:
    return read_heads(tmp_path / HEADS_FILE)


def without_guards(url: str, *statements: object) -> None:
    """Do to the database what its owner can do to it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if url.startswith("sqlite:"):
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]
    engine.dispose()


def test_every_entry_gets_one_place_in_the_log_in_the_order_of_its_stream(
    database: Database, sealer: Sealer, tmp_path: Path
) -> None:
    some_entries(database)
    sealer.run()
    with database.read() as reader:
        leaves = reader.execute(select(t.merkle_leaf).order_by(t.merkle_leaf.c["index"])).all()
        entries = {(row.stream, row.seq): row.hash for row in reader.rows_of_journal()}
    assert {(leaf.stream, leaf.seq): leaf.entry_hash for leaf in leaves} == entries
    assert Tree([leaf.entry_hash for leaf in leaves]).root() == heads_in(tmp_path)[-1].root
    assert verify(database).ok


def test_a_head_is_signed_after_a_hundred_entries_or_five_minutes_or_when_asked(
    database: Database, sealer: Sealer, clock: Clock
) -> None:
    some_entries(database, 1)
    assert sealer.run() is not None
    assert sealer.run(urgent=True) is None
    acts.nominate(database, 2)
    assert sealer.run() is None
    assert sealer.run(urgent=True) is not None
    acts.nominate(database, 3)
    clock.at += timedelta(minutes=5)
    assert sealer.run() is not None
    for line in range(4, 4 + ENTRIES_PER_HEAD // 2):
        acts.nominate(database, line)
    assert sealer.run() is not None


def test_two_sequencers_never_give_one_place_twice(database: Database, tmp_path: Path, clock: Clock) -> None:
    one, other = Sealer(database, tmp_path, clock), Sealer(database, tmp_path, clock)
    some_entries(database, 2)
    one.run()
    acts.nominate(database, 3)
    other.run(urgent=True)
    acts.nominate(database, 4)
    one.run(urgent=True)
    assert verify(database, heads=heads_in(tmp_path)).ok
    assert [head.size for head in heads_in(tmp_path)] == [5, 7, 9]


def test_a_rewrite_with_all_hashes_recomputed_is_found_by_a_head(
    database: Database, database_url: str, sealer: Sealer, tmp_path: Path
) -> None:
    some_entries(database)
    sealer.run()
    stream = acts.stream_of(3)
    with database.read() as reader:
        entry = next(iter(reader.entries(stream)))
    body = entry.body | {"actor": "somebody-else"}
    forged = replace(entry, body=body)
    forged = replace(forged, hash=forged.expected_hash())
    row = {name: value for name, value in forged.row().items() if name not in ("stream", "seq")}
    j, c, leaf = t.journal.c, t.command.c, t.merkle_leaf.c
    with database.read() as reader:
        held = dict(reader.execute(select(t.command).where(c.command_id == body["command_id"])).one()._mapping)
    held |= {"actor": "somebody-else"}
    held["digest"] = hash_of({name: value for name, value in held.items() if name != "digest"})
    without_guards(
        database_url,
        update(t.journal).where(j.stream == stream, j.seq == 1).values(row),
        update(t.stream).where(t.stream.c.stream == stream).values(hash=forged.hash),
        update(t.command).where(c.command_id == body["command_id"]).values(held),
        update(t.merkle_leaf).where(leaf.stream == stream, leaf.seq == 1).values(entry_hash=forged.hash),
        delete(t.merkle_head),
    )
    assert verify(database, heads=[]).ok, "the chain alone sees nothing"
    found = verify(database, heads=heads_in(tmp_path)).first_error
    assert found is not None
    assert found.why == "rewritten"


def test_an_older_backup_is_found_by_a_newer_head(
    database: Database, database_url: str, sealer: Sealer, tmp_path: Path
) -> None:
    some_entries(database)
    sealer.run()
    for table in (t.merkle_leaf, t.merkle_head):
        without_guards(database_url, table.delete())
    found = verify(database, heads=heads_in(tmp_path)).first_error
    assert found is not None
    assert found.why == "rolled_back"


def test_a_head_signed_by_another_key_is_no_head(database: Database, sealer: Sealer, tmp_path: Path) -> None:
    some_entries(database)
    head = sealer.run()
    assert head is not None
    (tmp_path / KEY_FILE).unlink()
    other = Signer.of(tmp_path)
    forged = other.sign(head.size, head.root, acts.START, head)
    found = verify(database, heads=[head, forged]).first_error
    assert found is not None
    assert found.why == "head_unsigned"


def test_the_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    Signer.of(tmp_path)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_a_head_that_is_not_yet_in_the_file_is_written_at_the_next_run(
    database: Database, sealer: Sealer, tmp_path: Path
) -> None:
    some_entries(database)
    sealer.run()
    kept = heads_in(tmp_path)
    (tmp_path / HEADS_FILE).unlink()
    sealer.run()
    assert heads_in(tmp_path) == kept
    assert kept[0].at == time_text(acts.START)


def test_a_head_gets_a_line_of_its_own_though_the_last_one_has_no_end(
    database: Database, sealer: Sealer, tmp_path: Path
) -> None:
    some_entries(database)
    first = sealer.run(urgent=True)
    file = tmp_path / HEADS_FILE
    file.write_text(file.read_text("ascii").rstrip("\n"), "ascii")
    acts.nominate(database, 9)
    second = sealer.run(urgent=True)
    assert heads_in(tmp_path) == [first, second]
