"""Whoever watches the server asks two pages, without an account, and is told no more than that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from engine.errors import CannotOpen
from engine.office import readiness
from engine.office.jobs import Jobs
from engine.store.database import Database
from tests.builders import Office


def test_a_process_that_answers_is_alive(app: Flask) -> None:
    answer = app.test_client().get("/live")
    assert (answer.status_code, answer.json) == (200, {"live": True})


def test_an_office_that_can_write_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/ready")
    assert (answer.status_code, answer.json) == (200, {"ready": True})


def test_without_a_database_the_process_lives_but_is_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise CannotOpen(why="unreachable")

    monkeypatch.setattr(Database, "write", away)
    answer = app.test_client().get("/ready")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "why": "database"})
    assert app.test_client().get("/live").status_code == 200


def test_a_full_disk_is_told_before_it_refuses_work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.config["DATA"] = "."
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(total=1000, used=950, free=50))
    answer = app.test_client().get("/ready")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "why": "disk"})


def test_entries_that_wait_too_long_for_their_head_are_told(database: Database, tmp_path: Path) -> None:
    office = Office(database)
    office.nominate()
    now = office.clock.now()
    assert readiness.unfit(database, now) is None
    late = now + readiness.LONGEST_UNSEALED + timedelta(seconds=1)
    assert readiness.unfit(database, late) == "heads"
    Jobs(office.engine, tmp_path).seal(urgent=True)
    assert readiness.unfit(database, late) is None
