"""One nomination whose state cannot be read stops neither the others nor the lists it stands in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from engine.errors import StateUnreadable
from engine.office.failures import PAUSES, TRIES
from engine.office.jobs import Jobs
from engine.store import tables
from engine.store.database import Database
from tests.waiting import WaitingOffice

COUNTS = [40, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]


@pytest.mark.parametrize("count", COUNTS)
def test_one_poisoned_nomination_stops_no_other(
    database: Database, tmp_path: Path, count: int, seen: Callable[..., None]
) -> None:
    office = WaitingOffice(database, tmp_path / "release")
    jobs = Jobs(office.engine, tmp_path)
    bad, *good = [office.waiting() for _ in range(count)]
    stream = f"nomination:{office.engine.nomination(office.auditor, bad).id}"
    with database.write() as tx:
        tx.execute(update(tables.stream).where(tables.stream.c.stream == stream).values(snapshot=b"no state"))
    office.clock.move(days=1)
    fired = 0
    while done := jobs.fire_timers():
        fired += done
    assert fired == len(good)
    for pause in PAUSES:
        office.clock.at += pause
        assert jobs.fire_timers() == 0
    [given_up] = office.engine.job_failures()
    assert given_up.tries == TRIES
    listed, after = [], None
    while True:
        page = office.engine.inbox(office.head, "group", after=after, limit=200)
        listed += [row.code for row in page.items]
        after = page.next
        if after is None:
            break
    assert sorted(listed) == sorted(good)
    with pytest.raises(StateUnreadable):
        office.engine.nomination(office.auditor, bad)
    office.complete(good[0], office.head, {"lech": "0"})
    seen(nominations=count, poisoned=1, others_done=fired, tries=given_up.tries)
