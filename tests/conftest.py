"""What all tests share: an empty database of each kind, and one PostgreSQL cluster for the whole run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from engine.store.database import Database
from engine.store.opening import FILE_NAME, upgrade, url_of
from engine.store.tables import metadata
from tests import postgres

pytest_plugins = ["tests.browser", "tests.no_skips"]


# A rule holds or fails whoever runs its test: the same examples each time, and none of them is timed. New ones are
# looked for by `make test-slow`.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("new", deadline=None, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("new" if "slow" in config.option.markexpr else "same")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        postgres.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        postgres.end_run()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long, unless it is asked for by `-m`."""
    if "slow" in config.option.markexpr:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database, made once and copied by every test."""
    folder = tmp_path_factory.mktemp("template")
    upgrade(folder)
    return folder / FILE_NAME


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """An upgraded PostgreSQL database of this worker."""
    if postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    url = postgres.new_database("test_" + os.environ.get("PYTEST_XDIST_WORKER", "main"))
    upgrade(url)
    return url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty SQLite database of this test."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(sqlite_template, data / FILE_NAME)
    return url_of(data)


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> str:
    """The PostgreSQL database of this worker, emptied."""
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        # The triggers that keep the truth append-only stand aside for this one transaction.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names}"))
    engine.dispose()
    return postgres_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, upgraded database: each test that asks for one runs on both kinds."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "empty_postgres_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()
