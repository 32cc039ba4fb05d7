"""Workers are killed while timers are due, and the clock jumps by days: each timer fires once, none is forgotten."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select

from engine.store import tables
from engine.store.database import Database
from engine.store.opening import url_of
from engine.store.queue import upgrade_queue
from tests.e2e.house import ROOT
from tests.waiting import WaitingOffice

EACH = 20  # timers of one nomination
PATIENCE = 300  # rounds without any news
COUNTS = [(40, 3), pytest.param((10_000, 50), marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]


class Workers:
    def __init__(self, data: Path, url: str, children: int) -> None:
        database = "-" if url.startswith("sqlite") else url
        command = [sys.executable, "-m", "tests.faults.workers", str(data), database, str(children)]
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self._up()

    def kill(self) -> None:
        assert self._program.stdin is not None
        self._program.stdin.write("kill\n")
        self._program.stdin.flush()
        self._up()

    def _up(self) -> None:
        assert self._program.stdout is not None
        assert self._program.stdout.readline() == "up\n"

    def end(self) -> None:
        self._program.communicate()


def left(database: Database) -> int:
    with database.read() as reader:
        return int(reader.execute(select(func.count()).select_from(tables.timer)).scalar_one())


def wait_for(database: Database, most: int) -> None:
    """Return when no more than so many timers are left; as long as some fire there is hope."""
    pause, before, silent = Event(), left(database), 0
    while (now := left(database)) > most:
        silent = 0 if now < before else silent + 1
        assert silent < PATIENCE, f"{now} timers are left"
        before = now
        pause.wait(0.2)


def fired(database: Database) -> Counter[tuple[str, str]]:
    """Return how often each timer of each nomination fired, by the journal."""
    journal = tables.journal.c
    with database.read() as reader:
        rows = reader.execute(select(journal.stream, journal.body).where(journal.stream.like("nomination:%"))).all()
    return Counter(
        (row.stream, fact["key"])
        for row in rows
        for fact in json.loads(row.body)["facts"]
        if fact["fact"] == "TimerEnded" and fact["fired"]
    )


def survive(database: Database, folder: Path, counts: tuple[int, int], children: int) -> WaitingOffice:
    timers, kills = counts
    office = WaitingOffice(database, folder / "release", EACH)
    office.clock.at = datetime.now(UTC)
    for _ in range(timers // EACH):
        office.waiting()
    assert left(database) == timers
    workers = Workers(folder / "data", database.url, children)
    try:
        for number in range(1, kills + 1):
            wait_for(database, timers - number * timers // (kills + 2))
            workers.kill()
        wait_for(database, 0)
    finally:
        workers.end()
    assert set(fired(database).values()) == {1}
    assert fired(database).total() == timers
    assert office.engine.job_failures() == []
    office.clock.at = datetime.now(UTC)
    report = office.engine.verify()
    assert report.ok, report
    return office


@pytest.mark.parametrize("counts", COUNTS)
def test_timers_fire_once_on_sqlite_though_the_one_who_fires_them_is_killed(
    sqlite_url: str, tmp_path: Path, counts: tuple[int, int], seen: Callable[..., None]
) -> None:
    database = Database(url_of(tmp_path / "data"))
    survive(database, tmp_path, counts, 1)
    database.close()
    seen(timers=counts[0], kills=counts[1], workers=1)


@pytest.mark.postgres
@pytest.mark.parametrize("counts", COUNTS)
def test_timers_fire_once_on_postgresql_though_four_workers_are_killed(
    empty_postgres_url: str, tmp_path: Path, counts: tuple[int, int], seen: Callable[..., None]
) -> None:
    upgrade_queue(empty_postgres_url)
    database = Database(empty_postgres_url)
    survive(database, tmp_path, counts, 4)
    database.close()
    seen(timers=counts[0], kills=counts[1], workers=4)
