"""A rebuild makes snapshots anew from the entries of their cases, and touches none that is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from engine.office.reexecution import Reexecution
from engine.office.service import Engine
from engine.store import tables as t
from engine.store.database import Database
from engine.store.reader import Snapshot
from engine.store.sealing import Sealer
from tests.builders import AGREES, CATALOG, NOTICE, QUICK, RELEASES, Office

DAMAGED: dict[str, dict[str, Any]] = {
    "gone": {"snapshot": None, "snapshot_seq": None},
    "no snapshot": {"snapshot": b"not compressed"},
    "cut short": {"snapshot": b"\x28\xb5\x2f\xfd"},
    "of another entry": {"snapshot_seq": 1},
}


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def code(office: Office) -> str:
    """A nomination that its head has claimed: the last entry left the state as it was."""
    code = office.at_head()
    office.claim(code, office.head)
    return code


def stream_of(office: Office, code: str) -> str:
    return f"nomination:{office.engine.nomination(office.auditor, code).id}"


def snapshot_of(office: Office, code: str) -> Snapshot | None:
    with office.engine.database.read() as reader:
        return reader.snapshot(stream_of(office, code))


def damage(office: Office, code: str, **values: Any) -> None:
    with office.engine.database.write() as tx:
        tx.execute(update(t.stream).where(t.stream.c.stream == stream_of(office, code)).values(values))


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_snapshot_is_made_anew_and_the_case_goes_on(office: Office, code: str, kind: str) -> None:
    was, other = snapshot_of(office, code), office.at_head(so_dinh_danh="008090004321")
    beside = snapshot_of(office, other)
    damage(office, code, **DAMAGED[kind])
    found = office.engine.verify().first_error
    assert found is not None and found.why == "derived:snapshot"

    assert office.engine.rebuild() == ["snapshot"]

    assert (snapshot_of(office, code), snapshot_of(office, other)) == (was, beside)
    assert office.engine.rebuild() == []
    office.complete(code, office.head, AGREES)
    office.complete(code, office.officer, NOTICE)
    assert office.engine.verify().ok


def test_a_snapshot_of_another_state_is_made_anew(office: Office, code: str) -> None:
    other = snapshot_of(office, office.nominate(so_dinh_danh="008090004321")["code"])
    was = snapshot_of(office, code)
    assert other is not None
    damage(office, code, snapshot=other.content)

    assert office.engine.rebuild() == ["snapshot"]

    assert snapshot_of(office, code) == was


def test_a_case_whose_row_is_gone_is_filled_with_its_snapshot_and_not_logged_twice(
    office: Office, code: str, tmp_path: Path
) -> None:
    sealer = Sealer(office.engine.database, tmp_path, office.clock)
    sealer.run(urgent=True)
    with office.engine.database.write() as tx:
        tx.execute(delete(t.stream).where(t.stream.c.stream == stream_of(office, code)))

    assert office.engine.rebuild() == ["stream", "snapshot"]

    office.complete(code, office.head, AGREES)
    sealer.run(urgent=True)
    assert office.engine.verify().ok


def test_entries_that_do_not_follow_mend_nothing(office: Office, code: str) -> None:
    stream = stream_of(office, code)
    damage(office, code, snapshot=b"damaged")
    with office.engine.database.read() as reader:
        entries = list(reader.entries(stream))
        mend = Reexecution(RELEASES).mend

        assert mend(reader, stream, [entries[0], *entries[2:]]) is None
        assert mend(reader, stream, entries) is not None


def test_a_state_that_another_version_left_is_not_made_by_this_one(office: Office, code: str) -> None:
    newer = Database(office.engine.database.url, engine_version="9/9")
    damage(office, code, snapshot=None, snapshot_seq=None)

    assert Engine(newer, CATALOG, clock=office.clock, passwords=QUICK, releases=RELEASES).rebuild() == []

    newer.close()
    with office.engine.database.read() as reader:
        assert reader.execute(select(t.stream.c.snapshot).where(t.stream.c.snapshot.is_not(None))).first() is None
