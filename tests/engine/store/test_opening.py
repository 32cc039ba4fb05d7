"""What may be opened, what is refused, and why."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from engine.errors import CannotOpen, NoDataHere
from engine.store.database import Database
from engine.store.lock import ServeLock
from engine.store.opening import FILE_NAME, open_database, refuse_damaged, upgrade, url_of
from engine.store.tables import draft, metadata


def why_refused(place: str | Path) -> object:
    with pytest.raises(CannotOpen) as refused:
        open_database(place)
    return refused.value.params["why"]


def execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_an_upgraded_database_opens_and_upgrading_it_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)

    database = open_database(database_url)

    with database.read() as reader:
        assert reader.releases() == []
    database.close()


def test_a_data_folder_is_made_by_the_upgrade(tmp_path: Path) -> None:
    upgrade(tmp_path / "new" / "data")

    open_database(tmp_path / "new" / "data").close()


def test_the_tables_of_the_migrations_are_those_the_code_uses(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_folder_without_a_database_is_named_and_nothing_is_made_in_it(tmp_path: Path) -> None:
    with pytest.raises(NoDataHere) as refused:
        open_database(tmp_path)
    assert refused.value.params["folder"] == str(tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- for its owner alone -----------------------------------------------------------------------------------------


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def _generous() -> Iterator[None]:
    """A process whose new files everybody may read, as is usual."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_generous")
def test_nobody_else_can_read_a_new_database_or_enter_its_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    upgrade(data)
    database = open_database(data)
    with database.write() as tx:
        tx.execute(text("CREATE TABLE something (id INTEGER)"))

    assert mode(data) == 0o700
    assert {file.name: oct(mode(file)) for file in data.iterdir()} == {
        FILE_NAME + end: "0o600" for end in ("", "-wal", "-shm")
    }
    database.close()


@pytest.mark.usefixtures("_generous")
def test_data_that_others_could_read_is_closed_to_them_when_it_is_opened(tmp_path: Path) -> None:
    data = tmp_path / "data"
    upgrade(data)
    data.chmod(0o755)
    for file in data.iterdir():
        file.chmod(0o644)

    open_database(data).close()

    assert (mode(data), mode(data / FILE_NAME)) == (0o700, 0o600)


def test_a_folder_that_holds_other_things_for_others_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    (shared / "letter.txt").write_text("x", encoding="utf-8")

    with pytest.raises(CannotOpen) as refused:
        upgrade(shared)

    assert refused.value.params["why"] == "open_to_others"
    assert mode(shared) == 0o755 and [file.name for file in shared.iterdir()] == ["letter.txt"]


@pytest.mark.usefixtures("_generous")
def test_a_database_by_its_url_is_closed_to_others_and_the_folder_it_stands_in_is_let_be(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    place.chmod(0o755)
    (place / "letter.txt").write_text("x", encoding="utf-8")

    upgrade(f"sqlite:///{place}/office.db")

    assert (mode(place), mode(place / "office.db")) == (0o755, 0o600)


def test_a_database_without_a_version_must_be_upgraded_first(tmp_path: Path) -> None:
    execute(url_of(tmp_path), "CREATE TABLE something (id INTEGER)")

    assert why_refused(tmp_path) == "not_upgraded"


def test_a_database_of_a_newer_version_is_neither_opened_nor_upgraded(sqlite_url: str) -> None:
    execute(sqlite_url, "UPDATE alembic_version SET version_num = '9999'")

    assert why_refused(sqlite_url) == "newer"
    with pytest.raises(CannotOpen) as refused:
        upgrade(sqlite_url)
    assert refused.value.params["why"] == "newer"


@pytest.mark.postgres
def test_a_newer_postgresql_database_is_refused(empty_postgres_url: str) -> None:
    engine = create_engine(empty_postgres_url)
    with engine.begin() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    engine.dispose()
    execute(empty_postgres_url, "UPDATE alembic_version SET version_num = '9999'")
    try:
        assert why_refused(empty_postgres_url) == "newer"
    finally:
        execute(empty_postgres_url, f"UPDATE alembic_version SET version_num = '{version}'")


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database " * 100)

    assert why_refused(tmp_path) == "damaged"


def with_broken_pages(url: str) -> Path:
    """Break the last pages of a database, which hold rows that nobody looks at when it is opened; return its file."""
    database = Database(url)
    with database.write() as tx:
        rows = [{"person": f"p{n}", "place": "t", "payload": "x" * 300, "saved_at": ""} for n in range(300)]
        tx.execute(draft.insert(), rows)
    database.close()
    file = Path(url.removeprefix("sqlite:///"))
    content = bytearray(file.read_bytes())
    content[-5 * 4096 :] = b"\xaa" * (5 * 4096)
    file.write_bytes(content)
    return file


def test_pages_that_are_broken_are_found_before_work_begins(sqlite_url: str) -> None:
    with_broken_pages(sqlite_url)
    database = open_database(sqlite_url)

    with pytest.raises(CannotOpen) as refused:
        refuse_damaged(database)
    assert refused.value.params["why"] == "damaged"
    database.close()


def test_a_sound_database_is_not_said_to_be_damaged(database_url: str) -> None:
    database = open_database(database_url)
    refuse_damaged(database)
    database.close()


def test_a_folder_that_cannot_be_made_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(CannotOpen) as refused:
        upgrade(tmp_path / "file" / "data")
    assert refused.value.params["why"] == "unreachable"


def test_a_server_that_is_not_there_is_unreachable() -> None:
    assert why_refused("postgresql+psycopg://postgres@127.0.0.1:1/none") == "unreachable"


@pytest.mark.parametrize(
    "url",
    ["mysql://x", "oracle9://somewhere", "://", "postgresql+nothing://x", "postgresql://x", "sqlite+pysqlcipher://",
     "postgresql+psycopg://host:port/x", "postgresql+psycopg://host/x?colour=red"],
)  # fmt: skip
def test_what_is_no_address_of_a_database_we_know_is_refused_before_it_is_tried(url: str) -> None:
    assert why_refused(url) == "other_database"


def test_writers_of_sqlite_wait_and_every_commit_is_synced(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.write() as tx:
        found = [tx.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous")]
        waits = tx.execute(text("PRAGMA busy_timeout")).scalar_one()
    database.close()
    assert (found, waits) == (["wal", 2], 10_000)


# --- one serve ---------------------------------------------------------------------------------------------------

HOLD = (
    "import sys, time; from engine.store.lock import ServeLock; "
    "lock = ServeLock(sys.argv[1]); print(flush=True); time.sleep(60)"
)


def test_a_second_serve_on_the_same_data_is_refused_and_told_who_serves(tmp_path: Path) -> None:
    with ServeLock(tmp_path), pytest.raises(CannotOpen) as refused:
        ServeLock(tmp_path)
    assert refused.value.params["why"] == "in_use"
    assert int(refused.value.params["process"]) > 0


def test_the_data_is_free_again_when_serve_ends(tmp_path: Path) -> None:
    ServeLock(tmp_path).release()

    ServeLock(tmp_path).release()


def test_the_data_is_free_again_when_serve_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(CannotOpen):
            ServeLock(tmp_path)
        holder.kill()
        holder.wait()

    ServeLock(tmp_path).release()


def test_a_folder_that_may_not_be_written_is_refused_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(tmp_path / "data")
    monkeypatch.setattr("engine.store.opening.os.access", lambda *_: False)  # root may always write
    assert why_refused(tmp_path / "data") == "read_only"
