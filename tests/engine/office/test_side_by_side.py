"""Several processes find what one finds, and one that dies is never taken for a good sign."""

from __future__ import annotations

import os
import pickle
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest
from sqlalchemy import update

from engine.errors import CannotOpen
from engine.office import side_by_side as sides
from engine.office.reexecution import Reexecution
from engine.office.side_by_side import side_by_side
from engine.store import tables as t
from engine.store.database import Database
from engine.store.journal import Head
from engine.store.verify import Finding, outcome_as_checked, verify
from tests.builders import AGREES, CATALOG, Office


@pytest.fixture
def office(database: Database) -> Office:
    """An office with five nominations."""
    made = Office(database)
    for number in range(4):
        made.nominate(so_dinh_danh=f"00809000432{number}")
    made.awarded()
    return made


def verified(office: Office, processes: int, catalog: Any = CATALOG) -> dict[str, Any]:
    """Return what is found by so many processes."""
    with side_by_side(office.engine.database, catalog, processes, fewest=1) as elsewhere:
        again = Reexecution(office.engine.releases)
        return verify(office.engine.database, reexecute=again, elsewhere=elsewhere).to_json()


def spoil_snapshots(office: Office, *places: int) -> list[str]:
    with office.engine.database.write() as tx:
        streams = sorted(row.stream for row in tx.execute(t.stream.select()) if row.stream.startswith("nomination:"))
        spoilt = [streams[place] for place in places]
        tx.execute(update(t.stream).where(t.stream.c.stream.in_(spoilt)).values(snapshot=b"spoilt"))
    return spoilt


def test_a_sound_store_gives_the_same_report(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sides, "AT_ONCE", 2)

    report = verified(office, 2)

    assert report == office.engine.verify().to_json()
    assert report["reexecuted"] == 5


def test_the_first_of_several_errors_is_found_with_the_same_counts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sides, "AT_ONCE", 1)
    first, _ = spoil_snapshots(office, 2, 3)

    report = verified(office, 3)

    assert report == office.engine.verify().to_json()
    assert (report["first_error"]["stream"], report["first_error"]["why"]) == (first, "derived:snapshot")
    assert report["reexecuted"] == 3


def test_a_process_that_dies_is_an_error(office: Office) -> None:
    with pytest.raises(BrokenProcessPool):
        verified(office, 2, Deadly())


class Deadly:
    """Ends the process that takes it over."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (0,)


def test_for_few_cases_no_process_is_started(office: Office) -> None:
    with side_by_side(office.engine.database, CATALOG, 3) as elsewhere:
        assert elsewhere([("nomination:x", Head())]) is None
    with side_by_side(office.engine.database, CATALOG, 1, fewest=1) as elsewhere:
        assert elsewhere([("nomination:x", Head())]) is None


def test_a_refusal_is_told_from_one_process_to_another() -> None:
    told = pickle.loads(pickle.dumps(CannotOpen(why="unreachable", file="x")))

    assert (type(told), told.params) == (CannotOpen, {"why": "unreachable", "file": "x"})


# --- what was checked and what is carried out again ----------------------------------------------------------------


def test_what_was_written_since_the_check_is_carried_out_as_well(office: Office) -> None:
    code = office.at_head()
    stream = f"nomination:{office.engine.nomination(office.head, code).id}"
    with office.engine.database.read() as reader:
        checked = reader.head(stream)
    office.complete(code, office.head, AGREES)

    with office.engine.database.read() as reader:
        outcome = outcome_as_checked(reader, (stream, checked), office.engine.database.engine_version, again(office))

    assert (outcome.reexecuted, outcome.finding) == (True, None)


@pytest.mark.parametrize("other", [{"hash": "0" * 64}, {"seq": 1}, {"seq": 99}], ids=["hash", "shorter", "longer"])
def test_a_case_that_is_not_what_was_checked_is_found(office: Office, other: dict[str, Any]) -> None:
    stream = f"nomination:{office.engine.nomination(office.head, office.at_head()).id}"
    with office.engine.database.read() as reader:
        checked = reader.head(stream)._replace(**other)

        outcome = outcome_as_checked(reader, (stream, checked), office.engine.database.engine_version, again(office))

    assert outcome.finding == Finding(stream, checked.seq, "entry_changed")
    assert not outcome.reexecuted


def again(office: Office) -> Reexecution:
    return Reexecution(office.engine.releases)
