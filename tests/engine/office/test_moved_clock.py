"""The clock of the server is moved back or forth by a day or a year: order is by entry, never by time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.office.jobs import Jobs, heads_beside
from engine.store.database import Database
from tests.builders import ASSESSMENT, VOTE, Office


@pytest.mark.parametrize("days", [-1, 1, -400, 400])
def test_entries_keep_their_order_and_their_proof_over_a_clock_that_is_moved(
    database: Database, tmp_path: Path, days: int
) -> None:
    office = Office(database)
    jobs = Jobs(office.engine, tmp_path / "data")
    code = office.nominate()["code"]
    jobs.run_all(urgent=True)

    office.clock.at += timedelta(days=days)
    office.complete(code, office.officer, ASSESSMENT)
    jobs.run_all(urgent=True)
    office.clock.at -= timedelta(days=days)
    office.complete(code, office.council, VOTE)
    jobs.run_all(urgent=True)

    heads = heads_beside(tmp_path / "data")
    assert len(heads) == 3 and [head.size for head in heads] == sorted({head.size for head in heads})
    report = office.engine.verify(None, heads)
    assert report.ok and not report.not_reexecuted, report
    assert office.engine.rebuild() == []
    assert [line.act for line in office.engine.history(office.auditor, code)] == ["started", "completed", "completed"]
