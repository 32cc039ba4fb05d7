"""Rebuilding and verifying: the tables follow from the journal, and no change goes unseen."""

from __future__ import annotations

import dataclasses
import random
from hashlib import sha256
from typing import Any
from uuid import uuid5

import pytest
from sqlalchemy import Table, delete, select, text, update

from engine import facts
from engine.canonical import canonical, hash_of, hash_of_files
from engine.store import tables as t
from engine.store.database import Database, Reader, Transaction
from engine.store.journal import ENGINE_VERSION, Entry
from engine.store.rebuild import digests, rebuild
from engine.store.verify import Finding, verify
from tests.engine.store import acts


@pytest.fixture
def filled(database: Database) -> Database:
    """A store with something in every truth table and most others, its triggers dropped."""
    acts.open_dossier(database)
    streams = [acts.nominate(database, line, nominee) for line, nominee in enumerate(("Đỗ Thị Hường", "Lê Đức"), 1)]
    moved = [acts.completed_step("self_assessment"), acts.opened_step("council"), facts.StatusReached(status="DU_DK")]
    for number, stream in enumerate(streams):
        acts.act(database, f"move {number}", {stream: moved}, at=acts.minutes(number))
    acts.act(database, "end", {streams[0]: [facts.ProcessWithdrawn()]})
    acts.act(database, "unit", {"unit:X2545": [unit()]})
    database.once("file", acts.OFFICIAL, hash_of("file"), lambda tx: attach_and_erase(tx, streams[1]))
    database.once("release", acts.OFFICIAL, hash_of("release"), publish)
    drop_triggers(database)
    return database


def unit() -> facts.UnitAdded:
    return facts.UnitAdded(unit="X2545", title="Xã Tân Trào", kind="xa", valid_from="2025-07-01")


def attach_and_erase(tx: Transaction, stream: str) -> dict[str, Any]:
    tx.lock([stream])
    name, erased = tx.put_form_data({"name": "Báo cáo.pdf"}), tx.put_form_data({"reason": "nhầm"})
    attached = facts.FileAttached(
        file=str(uuid5(acts.SPACE, "file")),
        sha256=tx.put_blob(b"\x00scan\xff"),
        size=6,
        media_type="application/pdf",
        name_data=name,
    )
    acts.append(tx, "file", stream, attached, facts.ReasonGiven(form_data=erased))
    ordered = acts.append(tx, "file", stream, facts.DataErased(erased_data=[erased], erased_blobs=[]))
    tx.erase(ordered, [erased], [])
    return {}


def publish(tx: Transaction) -> dict[str, Any]:
    files = {"release.toml": b'id = "R3"', "forms/nominate.json": b"{}"}
    tx.lock(["release"])
    tx.put_release_files("R3", files)
    published = facts.ReleasePublished(
        release="R3", sha256=hash_of_files(files), in_force_from="2025-07-01", regime="R3"
    )
    acts.append(tx, "release", "release", published)
    return {}


def drop_triggers(database: Database) -> None:
    with database.write() as tx:
        if tx.connection.dialect.name == "sqlite":
            for name in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
                tx.execute(text(f"DROP TRIGGER {name}"))


def change(database: Database, statement: Any) -> None:
    """Execute a statement as someone would who owns the database."""
    with database.write() as tx:
        if tx.connection.dialect.name == "postgresql":
            tx.execute(text("SET LOCAL session_replication_role = replica"))
        tx.execute(statement)


# --- rebuild -----------------------------------------------------------------------------------------------------


def test_a_rebuild_of_sound_tables_changes_nothing(filled: Database) -> None:
    with filled.read() as reader:
        before = digests(reader.connection)

    assert rebuild(filled) == []

    with filled.read() as reader:
        assert digests(reader.connection) == before
        assert reader.snapshot(acts.stream_of()) is not None


def test_a_rebuild_mends_what_differs_and_names_it(filled: Database) -> None:
    change(filled, update(t.nomination).where(t.nomination.c.code.like("%/01")).values(status="DUOC_KHEN"))
    change(filled, delete(t.unit))
    change(filled, delete(t.stream).where(t.stream.c.stream == acts.stream_of(2)))

    assert sorted(rebuild(filled)) == ["nomination", "stream", "unit"]
    assert verify(filled).ok


def test_a_store_goes_on_after_a_rebuild(filled: Database) -> None:
    rebuild(filled)

    acts.act(filled, "later", {acts.stream_of(2): [acts.completed_step("council")]})

    assert verify(filled).ok


def test_operational_tables_outlive_a_rebuild(filled: Database) -> None:
    with filled.write() as tx:
        tx.execute(t.draft.insert().values(person="p", place="t", payload="{}", saved_at=""))

    rebuild(filled)

    with filled.read() as reader:
        assert reader.execute(select(t.draft.c.place)).scalar_one() == "t"


# --- verify ------------------------------------------------------------------------------------------------------


def test_a_sound_store_verifies(filled: Database) -> None:
    report = verify(filled)

    assert report.to_json() == {
        "ok": True,
        "streams": 5,
        "entries": 12,
        "reexecuted": 0,
        "not_reexecuted": 2,
        "needs_version": [],
        "first_error": None,
    }


def test_an_empty_store_verifies(database: Database) -> None:
    assert verify(database).ok


def test_a_tampered_journal_entry_is_reported_with_its_number(filled: Database) -> None:
    third = (t.journal.c.stream == acts.stream_of(2)) & (t.journal.c.seq == 2)
    change(filled, update(t.journal).where(third).values(at="2020-01-01T00:00:00.000000Z"))

    assert verify(filled).first_error == Finding(acts.stream_of(2), 2, "entry_changed")
    assert not verify(filled, streams=[acts.stream_of(2)]).ok
    assert verify(filled, streams=[acts.stream_of(1)]).ok


def test_an_entry_deleted_in_the_middle_is_reported_by_its_number(filled: Database) -> None:
    change(filled, delete(t.journal).where(t.journal.c.stream == acts.stream_of(2), t.journal.c.seq == 2))

    assert verify(filled).first_error == Finding(acts.stream_of(2), 2, "entry_missing")


@pytest.mark.parametrize("whole", [True, False], ids=["store", "stream"])
def test_an_entry_put_before_the_first_is_found(filled: Database, whole: bool) -> None:
    with filled.read() as reader:
        [first] = reader.execute(select(t.journal).where(t.journal.c.stream == acts.stream_of(), t.journal.c.seq == 1))
    change(filled, t.journal.insert().values(first._asdict() | {"seq": 0}))

    found = verify(filled, streams=None if whole else [acts.stream_of()]).first_error

    assert found == Finding(acts.stream_of(), 1, "entry_missing")


def test_a_number_that_no_entry_may_hold_is_found_however_well_it_is_chained(filled: Database) -> None:
    last = (t.journal.c.stream == acts.stream_of(2)) & (t.journal.c.seq == 4)
    with filled.read() as reader:
        entry = list(reader.entries(acts.stream_of(2)))[-1]
    body = canonical(entry.body)[:-1] + ',"x":1.5}'
    whole = canonical(entry.row() | {"body": None}).replace('"body":null', f'"body":{body}')
    whole = whole.replace(f'"hash":"{entry.hash}",', "")
    change(filled, update(t.journal).where(last).values(body=body, hash=sha256(whole.encode()).hexdigest()))

    assert verify(filled).first_error == Finding(acts.stream_of(2), 4, "unreadable")


@pytest.mark.parametrize(
    "fact",
    [
        {"fact": "UnitEnded", "unit": "nobody", "valid_to": "2026-12-31", "successors": []},
        {"fact": "UnitAdded", "unit": "X1", "title": 2**64, "kind": "xa", "valid_from": "2025-07-01"},
    ],
    ids=["of nothing", "too large a number"],
)
def test_a_fact_that_leads_to_no_table_is_found_however_well_it_is_chained(
    filled: Database, fact: dict[str, Any]
) -> None:
    with filled.read() as reader:
        [entry] = reader.entries("unit:X2545")
    forged = dataclasses.replace(entry, body=entry.body | {"facts": [fact]}).sealed()
    one = t.journal.c.stream == "unit:X2545"
    change(filled, update(t.journal).where(one).values(body=forged.text, hash=forged.hash))

    assert verify(filled).first_error == Finding("derived", 0, "unreadable")


def test_a_stream_cut_at_its_end_is_found_by_its_head(filled: Database) -> None:
    acts.act(filled, "day", {"calendar": []})
    acts.act(filled, "next day", {"calendar": []})
    change(filled, delete(t.journal).where(t.journal.c.stream == "calendar", t.journal.c.seq == 2))
    change(filled, delete(t.command).where(t.command.c.command_id == "next day"))

    assert verify(filled).first_error == Finding("calendar", 0, "derived:stream")
    assert verify(filled, streams=["calendar"]).first_error == Finding("calendar", 2, "entry_missing")


def test_text_that_cannot_even_be_read_is_a_finding(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    acts.act(database, "day", {"calendar": []})
    drop_triggers(database)
    change(database, text("UPDATE journal SET body = CAST(x'ff' AS TEXT)"))

    assert verify(database).first_error == Finding("journal", 0, "unreadable")
    database.close()


def test_a_derived_row_that_differs_is_reported_with_its_nomination(filled: Database) -> None:
    change(filled, update(t.user_task).where(t.user_task.c.state == "done", OF_FIRST).values(done_by="someone else"))

    assert verify(filled).first_error == Finding(acts.stream_of(1), 0, "derived:user_task")


OF_FIRST = t.user_task.c.case_id == acts.nomination_id(1)


def rows_of(database: Database, table: Table) -> list[dict[str, Any]]:
    with database.read() as reader:
        return [dict(row._mapping) for row in reader.execute(select(table))]


def replace(database: Database, table: Table, row: dict[str, Any], other: dict[str, Any] | None) -> None:
    """Put another row, or none, in the place of a row."""
    change(database, delete(table).where(*(column == row[column.name] for column in table.primary_key.columns)))
    if other:
        change(database, table.insert().values(other))


@pytest.mark.parametrize("table", t.TRUTH, ids=lambda table: table.name)
def test_a_missing_row_of_the_truth_is_found(filled: Database, table: Table) -> None:
    for row in rows_of(filled, table):
        replace(filled, table, row, None)
        assert not verify(filled).ok, row
        change(filled, table.insert().values(row))
    assert verify(filled).ok


@pytest.mark.parametrize("table", t.TRUTH, ids=lambda table: table.name)
def test_one_changed_byte_anywhere_in_the_truth_is_found(filled: Database, table: Table) -> None:
    chance = random.Random(table.name)
    for row in rows_of(filled, table):
        for column in row:
            other = row | {column: changed(row[column], chance)}
            replace(filled, table, row, other)
            assert not verify(filled).ok, f"{column}: {row[column]!r} -> {other[column]!r}"
            replace(filled, table, other, row)
    assert verify(filled).ok


def changed(held: Any, chance: random.Random) -> Any:
    """Return `held` with one byte changed; something where there was nothing."""
    if held is None:
        return "x"
    if isinstance(held, int):
        return held + 1000
    if isinstance(held, bytes):
        place = chance.randrange(len(held)) if held else 0
        return held[:place] + bytes([(held[place] + 1) % 256 if held else 0]) + held[place + 1 :]
    place = chance.randrange(len(held)) if held else 0
    return held[:place] + ("~" if held[place : place + 1] != "~" else "!") + held[place + 1 :]


# --- re-execution ------------------------------------------------------------------------------------------------


def test_every_nomination_is_carried_out_again_once_the_rest_is_sound(filled: Database) -> None:
    given: list[tuple[str, int]] = []

    def reexecute(reader: Reader, stream: str, entries: list[Entry]) -> Finding | None:
        given.append((stream, len(entries)))
        return None

    report = verify(filled, reexecute=reexecute)

    assert report.ok
    assert (report.reexecuted, report.not_reexecuted) == (2, 0)
    assert sorted(given) == sorted([(acts.stream_of(1), 3), (acts.stream_of(2), 4)])


def test_what_the_re_execution_finds_is_the_first_error(filled: Database) -> None:
    report = verify(filled, reexecute=lambda reader, stream, entries: Finding(stream, entries[-1].seq, "state_differs"))

    assert report.first_error is not None
    assert report.first_error.why == "state_differs"


def test_entries_of_another_engine_version_are_not_carried_out_again_but_named(database_url: str) -> None:
    older = Database(database_url, engine_version="0/3.1")
    acts.open_dossier(older)
    acts.nominate(older)

    now = Database(database_url)
    report = verify(now, reexecute=lambda reader, stream, entries: Finding(stream, 0, "must not be called"))

    assert report.ok
    assert (report.reexecuted, report.not_reexecuted, report.needs_version) == (0, 1, ["0/3.1"])
    assert ENGINE_VERSION not in report.needs_version
    older.close()
    now.close()
