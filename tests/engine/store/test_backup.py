"""Copies of the database: made while it is used, taken back whole, refused if they would lose what was sealed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from engine.errors import CannotOpen
from engine.store.backup import back_up, restore
from engine.store.database import Database
from engine.store.lock import ServeLock
from engine.store.opening import FILE_NAME, open_database, url_of
from engine.store.sealing import Sealer
from engine.store.verify import verify
from tests import postgres
from tests.engine.store import acts


class Clock:
    def now(self):
        return acts.START


@pytest.fixture
def data(sqlite_url: str, tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    acts.open_dossier(database)
    acts.nominate(database, 1)
    yield database
    database.close()


def seal(database: Database, data: Path) -> None:
    Sealer(database, data, Clock()).run(urgent=True)


def why_refused(data: Path, file: Path, url: str | None = None) -> str:
    with pytest.raises(CannotOpen) as refused:
        restore(data, url, file, acts.START)
    return str(refused.value.params["why"])


def test_a_copy_is_made_while_the_database_is_used_and_taken_back_whole(
    office: Database, data: Path, tmp_path: Path
) -> None:
    seal(office, data)
    with office.write() as tx:
        tx.execute(text("INSERT INTO session_token VALUES ('h', 'p', '', '', '', '')"))
        back_up(Database(office.url), tmp_path / "copy")
    back_up(office, tmp_path / "copy2")
    (data / FILE_NAME).write_bytes(b"the disk is broken" * 99)
    for suffix in ("-wal", "-shm"):
        (data / f"{FILE_NAME}{suffix}").unlink(missing_ok=True)

    aside = restore(data, None, tmp_path / "copy2", acts.START)

    assert aside == data / f"{FILE_NAME}.before-20261123T010000Z"
    assert aside.read_bytes().startswith(b"the disk is broken")
    restored = open_database(data)
    assert verify(restored).entries == verify(open_database(url_of(data))).entries == 3
    with restored.read() as reader:
        assert reader.execute(text("SELECT count(*) FROM session_token")).scalar_one() == 0
    acts.nominate(restored, 2)
    assert verify(restored).ok
    restored.close()


def test_a_copy_goes_into_an_empty_folder(office: Database, data: Path, tmp_path: Path) -> None:
    back_up(office, tmp_path / "copy")

    assert restore(tmp_path / "elsewhere", None, tmp_path / "copy", acts.START) is None

    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == [FILE_NAME, "serve.lock"]
    open_database(tmp_path / "elsewhere").close()


def test_no_file_is_overwritten_by_a_copy(office: Database, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("something else", "utf-8")
    with pytest.raises(CannotOpen) as refused:
        back_up(office, tmp_path / "copy")
    assert refused.value.params["why"] == "file_exists"
    assert (tmp_path / "copy").read_text("utf-8") == "something else"


def test_a_copy_older_than_a_kept_head_is_refused_and_nothing_is_changed(
    office: Database, data: Path, tmp_path: Path
) -> None:
    seal(office, data)
    back_up(office, tmp_path / "copy")
    acts.nominate(office, 2)
    seal(office, data)
    before = verify(office).entries

    assert why_refused(data, tmp_path / "copy") == "rolled_back"

    assert verify(office).entries == before
    assert not list(data.glob("restoring*"))


def test_what_is_newer_damaged_or_changed_is_refused(office: Database, data: Path, tmp_path: Path) -> None:
    back_up(office, tmp_path / "copy")
    (tmp_path / "none").write_bytes(b"no database " * 99)
    assert why_refused(data, tmp_path / "none") == "damaged"
    for name, statement in (
        ("newer", "UPDATE alembic_version SET version_num = '9999'"),
        ("not_verified", "UPDATE nomination SET status = 'DUOC_KHEN'"),
    ):
        shutil.copy(tmp_path / "copy", tmp_path / name)
        with sqlite3.connect(tmp_path / name) as connection:
            connection.execute(statement)
        connection.close()
        assert why_refused(data, tmp_path / name) == name
    cut = (tmp_path / "copy").read_bytes()
    (tmp_path / "cut").write_bytes(cut[: len(cut) // 2])
    assert why_refused(data, tmp_path / "cut") == "damaged"
    assert why_refused(data, tmp_path / "gone") == "unreachable"


def test_nothing_is_restored_under_a_running_server(office: Database, data: Path, tmp_path: Path) -> None:
    back_up(office, tmp_path / "copy")
    with ServeLock(data):
        assert why_refused(data, tmp_path / "copy") == "in_use"


# --- PostgreSQL --------------------------------------------------------------------------------------------------


@pytest.fixture
def empty_database(postgres_url: str) -> str:
    return postgres.new_database("restored_" + postgres_url.rpartition("_")[2])


@pytest.mark.postgres
def test_an_archive_of_postgresql_goes_into_an_empty_database_alone(
    empty_postgres_url: str, empty_database: str, tmp_path: Path
) -> None:
    database = Database(empty_postgres_url)
    acts.open_dossier(database)
    seal(database, tmp_path)
    back_up(database, tmp_path / "copy")

    assert why_refused(tmp_path, tmp_path / "copy", empty_postgres_url) == "exists"
    restore(tmp_path, empty_database, tmp_path / "copy", acts.START)

    restored = open_database(empty_database)
    assert verify(restored).ok and verify(restored).entries == 1
    acts.nominate(database, 1)
    seal(database, tmp_path)
    other = empty_database.replace("restored_", "another_")
    postgres.new_database(other.rpartition("/")[2].partition("?")[0])
    assert why_refused(tmp_path, tmp_path / "copy", other) == "rolled_back"
    (tmp_path / "none").write_bytes(b"no archive")
    assert why_refused(tmp_path / "empty", tmp_path / "none", other) == "damaged"
    engine = create_engine(other)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one() == 0
    engine.dispose()
    restored.close()
    database.close()


def test_a_copy_is_readable_by_its_owner_alone(database: Database, tmp_path: Path) -> None:
    acts.open_dossier(database)
    back_up(database, tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
