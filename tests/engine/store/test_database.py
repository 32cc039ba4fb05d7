"""Transactions: all or nothing, once, in line; and the truth cannot be changed."""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count as count_up
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from engine import facts
from engine.canonical import hash_of
from engine.errors import CannotOpen, CommandReused, StaleTask
from engine.store import tables as t
from engine.store.database import Database, Transaction
from engine.store.journal import ENGINE_VERSION
from tests.engine.store import acts
from tests.sent import sent_to

DAY = facts.DaySet(day="2026-01-02", kind="nghi", document="CV 123")


def count(database: Database, table: Any) -> int:
    with database.read() as reader:
        return reader.execute(select(func.count()).select_from(table)).scalar_one()


def test_entries_of_a_stream_are_numbered_and_chained(database: Database) -> None:
    for number in range(1, 4):
        acts.act(database, f"c{number}", {"calendar": [DAY]}, at=acts.minutes(number))

    with database.read() as reader:
        entries = list(reader.entries("calendar"))
        head = reader.head("calendar")
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.prev_hash for entry in entries] == ["", entries[0].hash, entries[1].hash]
    assert all(entry.hash == entry.expected_hash() for entry in entries)
    assert head == (3, entries[-1].hash, ENGINE_VERSION)
    assert entries[0].at == acts.minutes(1)
    assert entries[0].facts == [DAY]


def test_entries_behind_a_number_leave_out_the_earlier_ones(database: Database) -> None:
    for number in range(1, 4):
        acts.act(database, f"c{number}", {"calendar": [DAY]})

    with database.read() as reader:
        assert [entry.seq for entry in reader.entries("calendar", after=2)] == [3]


def test_the_same_command_gives_the_first_answer_and_changes_nothing(database: Database) -> None:
    first = acts.act(database, "c1", {"calendar": [DAY]}, answer={"code": "KT-2026-0001"})

    again = acts.act(database, "c1", {"calendar": [DAY]}, answer={"code": "another"})

    assert again == first == {"code": "KT-2026-0001"}
    assert count(database, t.journal) == 1


def test_a_repeated_command_gets_its_first_answer_even_if_it_would_now_be_refused(database: Database) -> None:
    acts.act(database, "c1", {"calendar": [DAY]})

    for refusal in (StaleTask(task_name="x", expected=1, version=2), ZeroDivisionError()):

        def refuse(tx: Transaction, refusal: Exception = refusal) -> dict[str, Any]:
            raise refusal

        assert database.once("c1", acts.OFFICIAL, hash_of("c1"), refuse) == {"done": "c1"}
        with pytest.raises(type(refusal)):
            database.once("c2", acts.OFFICIAL, hash_of("c2"), refuse)


def test_a_command_id_with_another_body_is_refused(database: Database) -> None:
    acts.act(database, "c1", {"calendar": [DAY]})

    def work(tx: Transaction) -> dict[str, Any]:
        return {"other": True}

    with pytest.raises(CommandReused):
        database.once("c1", acts.OFFICIAL, hash_of("another body"), work)
    with database.read() as reader:
        assert reader.seen("c1", hash_of("c1")) == {"done": "c1"}
        assert reader.seen("c2", hash_of("c2")) is None


def test_a_command_that_fails_leaves_nothing(database: Database) -> None:
    called = []

    def work(tx: Transaction) -> dict[str, Any]:
        tx.lock(["calendar"])
        tx.put_form_data({"ho_ten": "Đỗ Thị Hường"})
        tx.put_blob(b"scan")
        tx.after_commit(lambda: called.append("committed"))
        acts.append(tx, "c1", "calendar", DAY)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.once("c1", acts.OFFICIAL, hash_of("c1"), work)
    assert not called
    assert {table.name: count(database, table) for table in (*t.TRUTH, *t.DERIVED) if count(database, table)} == {}


def test_an_entry_without_an_answer_to_its_command_is_not_committed(database: Database) -> None:
    def write() -> None:
        with database.write() as tx:
            tx.lock(["calendar"])
            acts.append(tx, "c1", "calendar", DAY)

    with pytest.raises(RuntimeError, match="without an answer"):
        write()
    assert count(database, t.journal) == 0


def test_only_a_locked_stream_can_be_appended_to(database: Database) -> None:
    with pytest.raises(KeyError), database.write() as tx:
        acts.append(tx, "c1", "calendar", DAY)


def test_a_stream_locked_again_after_an_entry_goes_on_from_that_entry(database: Database) -> None:
    def work(tx: Transaction) -> dict[str, Any]:
        tx.lock(["calendar"])
        acts.append(tx, "c1", "calendar", DAY)
        assert tx.lock(["calendar"])["calendar"].seq == 1
        acts.append(tx, "c1", "calendar", DAY)
        return {}

    database.once("c1", "a", "b", work)
    acts.act(database, "c2", {"calendar": [DAY]})
    with database.read() as reader:
        assert [entry.seq for entry in reader.entries("calendar")] == [1, 2, 3]


def test_what_waits_for_the_commit_is_called_after_it(database: Database) -> None:
    seen = []

    def work(tx: Transaction) -> dict[str, Any]:
        tx.lock(["calendar"])
        acts.append(tx, "c1", "calendar", DAY)
        tx.after_commit(lambda: seen.append(count(database, t.journal)))
        return {}

    database.once("c1", acts.OFFICIAL, hash_of("c1"), work)

    assert seen == [1]


def test_form_data_is_found_by_its_salted_hash_and_the_same_data_twice_has_two(database: Database) -> None:
    payload = {"ho_ten": "Đỗ Thị Hường", "typename": {"__class__": ["x", 1, None, True]}}
    with database.write() as tx:
        first, second = tx.put_form_data(payload), tx.put_form_data(payload)

    assert first != second
    with database.read() as reader:
        assert reader.form_data(first) == reader.form_data(second) == payload
        assert reader.form_data("0" * 64) is None


def test_salts_brought_along_make_the_same_hashes_again(sqlite_url: str) -> None:
    def filed() -> list[str]:
        numbers = count_up(1)
        database = Database(sqlite_url, salt=lambda: next(numbers).to_bytes(16))
        with contextlib.suppress(ZeroDivisionError), database.write() as tx:
            hashes = [tx.put_form_data({"ho_ten": "x"}) for _ in range(2)]
            raise ZeroDivisionError  # so that the next one finds the same empty store
        database.close()
        return hashes

    assert filed() == filed()


def test_bytes_are_stored_once(database: Database) -> None:
    with database.write() as tx:
        first, second = tx.put_blob(b"\x00scan\xff"), tx.put_blob(b"\x00scan\xff")

    assert first == second
    with database.read() as reader:
        assert reader.blob(first) == b"\x00scan\xff"
    assert count(database, t.blob) == 1


def test_the_latest_snapshot_of_a_stream_is_kept_beside_its_head(database: Database) -> None:
    acts.open_dossier(database)
    stream = acts.nominate(database)

    def work(tx: Transaction) -> dict[str, Any]:
        head = tx.lock([stream])[stream]
        assert tx.snapshot(stream) == (1, b"snapshot")
        entry = acts.append(tx, "c9", stream, acts.completed_step("self_assessment"))
        tx.put_snapshot(stream, entry.seq, b"later")
        assert tx.snapshot(stream) == (head.seq + 1, b"later")
        return {}

    database.once("c9", acts.OFFICIAL, hash_of("c9"), work)
    with database.read() as reader:
        assert reader.snapshot(stream) == (2, b"later")
        assert reader.head(stream).seq == 2
        assert reader.snapshot("nomination:none") is None


def test_release_files_are_given_back_by_path(database: Database) -> None:
    files = {"release.toml": b'id = "R3"', "bpmn/a.bpmn": b"<x/>"}
    published = facts.ReleasePublished(release="R3", sha256="0" * 64, in_force_from="2025-07-01", regime="R3")

    def work(tx: Transaction) -> dict[str, Any]:
        tx.lock(["release"])
        tx.put_release_files("R3", files)
        acts.append(tx, "c1", "release", published)
        return {}

    database.once("c1", acts.OFFICIAL, hash_of("c1"), work)
    with database.read() as reader:
        assert reader.release_files("R3") == files
        assert reader.release_files("R4") == {}
        assert [(row.id, row.in_force_from, row.published_seq) for row in reader.releases()] == [
            ("R3", "2025-07-01", 1)
        ]


@pytest.mark.parametrize("table", t.TRUTH, ids=lambda table: table.name)
def test_the_database_itself_refuses_to_change_or_delete_the_truth(database: Database, table: Any) -> None:
    fill_every_truth_table(database)
    column = list(table.columns)[-1]

    for statement in (update(table).values({column.name: table.c[column.name]}), delete(table)):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as tx:
            tx.execute(statement)


@pytest.mark.postgres
def test_the_truth_cannot_be_truncated(empty_postgres_url: str) -> None:
    database = Database(empty_postgres_url)
    with pytest.raises(DBAPIError, match="append-only"), database.write() as tx:
        tx.execute(text("TRUNCATE journal"))
    database.close()


@pytest.mark.parametrize(("table", "key", "content"), [(t.form_data, "hash", "payload"), (t.blob, "sha256", "content")])
def test_content_that_an_erasure_names_may_be_emptied_and_nothing_else(
    database: Database, table: Any, key: str, content: str
) -> None:
    fill_every_truth_table(database)
    with database.write() as tx:
        name = tx.put_form_data({"ho_ten": "x"}) if table is t.form_data else tx.put_blob(b"x")
        tx.execute(t.erasure.insert().values(hash=name, stream="calendar", seq=1))

    row = table.c[key] == name
    for values in ({content: b"y" if table is t.blob else "y"}, {key: "0" * 64, content: None}):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as tx:
            tx.execute(update(table).where(row).values(values))
    with database.write() as tx:
        tx.execute(update(table).where(row).values({content: None}))
    with database.read() as reader:
        assert (reader.form_data(name) if table is t.form_data else reader.blob(name)) is None


def fill_every_truth_table(database: Database) -> None:
    acts.act(database, "c1", {"calendar": [DAY]})
    with database.write() as tx:
        tx.put_form_data({"ho_ten": "Đỗ Thị Hường"})
        tx.put_blob(b"scan")
        tx.put_release_files("R3", {"release.toml": b""})
        tx.execute(t.erasure.insert().values(hash="0" * 64, stream="calendar", seq=1))
        tx.execute(t.merkle_leaf.insert().values(index=0, stream="calendar", seq=1, entry_hash="0" * 64))
        head = {"root": "", "at": "", "prev": "", "key": "", "signature": ""}
        tx.execute(t.merkle_head.insert().values(size=1, **head))


def test_a_completion_takes_at_most_eight_statements(database: Database) -> None:
    acts.open_dossier(database)
    stream = acts.nominate(database)

    def work(tx: Transaction) -> dict[str, Any]:
        tx.lock([stream])
        tx.execute(select(t.user_task).where(t.user_task.c.case_id == acts.nomination_id(1)))
        filed = tx.put_form_data({"ghi_chu": "đủ"})
        form = facts.FormFiled(key="self_assessment#1", form="self_assessment", form_data=filed)
        moved = [acts.completed_step("self_assessment"), acts.opened_step("council")]
        entry = acts.append(tx, "c9", stream, form, *moved)
        tx.put_snapshot(stream, entry.seq, b"later")
        return {}

    with sent_to(database) as sent:
        database.once("c9", acts.OFFICIAL, hash_of("c9"), work)

    assert len(sent) <= 8, "\n".join(sent)


# --- at the same time --------------------------------------------------------------------------------------------


def in_parallel(number: int, act: Callable[[int], Any]) -> list[Any]:
    barrier = threading.Barrier(number)

    def start(index: int) -> Any:
        barrier.wait()
        return act(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(start, range(number)))


def test_threads_that_write_one_stream_leave_one_unbroken_chain(database: Database) -> None:
    def write(thread: int) -> None:
        for turn in range(5):
            acts.act(database, f"c{thread}-{turn}", {"calendar": [DAY], f"unit:{thread}": []})

    in_parallel(8, write)

    with database.read() as reader:
        entries = list(reader.entries("calendar"))
    assert [entry.seq for entry in entries] == list(range(1, 41))
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(entries))


def test_one_command_sent_by_many_at_once_happens_once_and_all_get_the_same_answer(database: Database) -> None:
    answers = in_parallel(
        8, lambda thread: acts.act(database, "c1", {"calendar": [DAY]}, answer={"by": "the one that won"})
    )

    assert answers == [{"by": "the one that won"}] * 8
    assert count(database, t.journal) == 1


def test_commands_that_lock_the_same_streams_in_any_order_do_not_wait_for_each_other(database: Database) -> None:
    names = [f"unit:{number}" for number in range(6)]

    def write(thread: int) -> None:
        for turn in range(4):
            order = names if (thread + turn) % 2 else names[::-1]
            acts.act(database, f"c{thread}-{turn}", {name: [] for name in order})

    in_parallel(6, write)

    assert count(database, t.journal) == 6 * 4 * 6


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    acts.act(database, "c1", {"calendar": [DAY]})
    with database.read() as reader:
        before = reader.head("calendar")
        acts.act(database, "c2", {"calendar": [DAY]})
        assert reader.head("calendar") == before
    with database.read() as reader:
        assert reader.head("calendar").seq == 2


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises((DBAPIError, CannotOpen)), database.read() as reader:
        reader.execute(t.calendar_day.insert().values(day="2026-01-01", kind="nghi", document=""))


def test_two_nominations_that_end_at_once_close_their_dossier(database: Database) -> None:
    acts.open_dossier(database)
    streams = [acts.nominate(database, line) for line in range(1, 7)]

    in_parallel(6, lambda i: acts.act(database, f"end {i}", {streams[i]: [facts.ProcessEnded(element="awarded")]}))

    with database.read() as reader:
        assert reader.execute(select(t.dossier.c.status)).scalar_one() == "HOAN_TAT"


def write_from_another_process(url: str, name: str) -> None:
    database = Database(url)
    for turn in range(10):
        acts.act(database, f"{name}-{turn}", {"calendar": [DAY]})
    database.close()


def test_two_processes_that_write_one_stream_leave_one_unbroken_chain(database: Database, database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=write_from_another_process, args=(database_url, name)) for name in ("one", "two")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0, 0]
    with database.read() as reader:
        entries = list(reader.entries("calendar"))
    assert [entry.seq for entry in entries] == list(range(1, 21))


# --- out of reach ------------------------------------------------------------------------------------------------


def test_a_writer_that_waits_too_long_is_told_that_the_database_is_in_use(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.database.BUSY_SECONDS", 0.05)
    first, second = Database(sqlite_url), Database(sqlite_url)
    with (
        first.write(),
        pytest.raises(CannotOpen) as refused,
        second.write(),
    ):
        pass
    assert refused.value.params["why"] == "in_use"
    first.close()
    second.close()


def test_a_server_that_is_not_there_is_unreachable() -> None:
    database = Database("postgresql+psycopg://postgres@127.0.0.1:1/none")
    with pytest.raises(CannotOpen) as refused, database.read():
        pass
    assert refused.value.params["why"] == "unreachable"
    database.close()


@pytest.mark.postgres
def test_a_connection_that_the_server_drops_is_unreachable_once_and_then_made_anew(empty_postgres_url: str) -> None:
    database, other = Database(empty_postgres_url), Database(empty_postgres_url)

    def lose_the_connection() -> None:
        with database.write() as tx:
            process = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with other.write() as killer:
                killer.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
            tx.lock(["calendar"])

    with pytest.raises(CannotOpen) as refused:
        lose_the_connection()
    assert refused.value.params["why"] == "unreachable"

    acts.act(database, "c1", {"calendar": [DAY]})

    assert count(database, t.journal) == 1
    database.close()
    other.close()


@pytest.mark.postgres
def test_a_command_that_met_a_deadlock_is_carried_out_again(empty_postgres_url: str) -> None:
    database = Database(empty_postgres_url)
    acts.act(database, "c0", {"unit:1": [], "unit:2": []})
    both_hold_one, tries = threading.Barrier(2), []

    def cross(thread: int) -> dict[str, Any]:
        order = ["unit:1", "unit:2"][:: 1 if thread else -1]

        def work(tx: Transaction) -> dict[str, Any]:
            tries.append(thread)
            tx.lock(order[:1])
            if len(tries) <= 2:
                both_hold_one.wait()
            tx.lock(order[1:])
            acts.append(tx, f"c{thread + 1}", order[1])
            return {"thread": thread}

        return database.once(f"c{thread + 1}", acts.OFFICIAL, hash_of(thread), work)

    assert in_parallel(2, cross) == [{"thread": 0}, {"thread": 1}]
    assert len(tries) >= 3  # one of them was given up for the other; on a busy machine both may be
    database.close()
