"""The bell by which a process asks the workers for a signed head."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text

from engine.store.queue import Bell, upgrade_queue

pytestmark = pytest.mark.postgres


@contextmanager
def closed_to_all(url: str) -> Iterator[None]:
    """Let nobody into a database meanwhile, and nobody stay."""
    name = make_url(url).database
    engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
        )
        try:
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    engine.dispose()


@pytest.mark.timeout(25)  # less than the 30 s that a pool waits for a connection unless it is told otherwise
def test_a_bell_that_cannot_be_rung_does_not_keep_who_acted_waiting(
    empty_postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    upgrade_queue(empty_postgres_url)
    bell = Bell(empty_postgres_url)
    bell.set()
    assert caplog.records == []

    with closed_to_all(empty_postgres_url):
        bell.set()
        bell.set()

    told = [record for record in caplog.records if record.name == "khenthuong"]
    assert [record.levelno for record in told] == [logging.ERROR] * 2
    bell.close()
