"""A nomination floats until it is received: which law it is under, and on which release it goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Row, select

from engine.commands import SYSTEM, EndUnit
from engine.office.reexecution import Reexecution
from engine.store import tables as t
from engine.store.database import Database
from engine.store.journal import Entry
from tests.builders import ASSESSMENT, RELEASES, VOTE, new_id
from tests.front_desk import CHECKED, FrontDesk

JUNE_20 = datetime(2025, 6, 20, 2, 0, tzinfo=UTC)
JULY_10 = datetime(2025, 7, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def office(database: Database) -> FrontDesk:
    """June 2025: R2 is in force, R3 is published and will be."""
    return FrontDesk(database, JUNE_20)


def row(office: FrontDesk, code: str) -> Row[Any]:
    with office.engine.database.read() as reader:
        return reader.execute(select(t.nomination).where(t.nomination.c.code == code)).one()


def entries(office: FrontDesk, code: str) -> list[Entry]:
    with office.engine.database.read() as reader:
        return list(reader.entries(f"nomination:{row(office, code).id}"))


def migrations(office: FrontDesk, code: str) -> list[dict[str, Any]]:
    return [f for entry in entries(office, code) for f in entry.body["facts"] if f["fact"] == "Migrated"]


def test_what_is_handed_in_under_the_new_law_goes_on_on_its_release(office: FrontDesk) -> None:
    [code] = office.voted()
    assert (row(office, code).release, row(office, code).regime) == ("R2", "R2")
    office.clock.at = JULY_10

    office.hand_in([code])

    moved = row(office, code)
    assert (moved.release, moved.regime, moved.receipt, moved.kept) == ("R3", "R3", None, None)
    [fact] = migrations(office, code)
    assert (fact["left"], fact["release"], fact["verdict"]) == ("R2", "R3", "moves")
    task = office.only_task(code).task
    assert (task.element, task.unit) == ("consolidator_check", "CAT")
    office.consolidate([code])
    office.receive(code.partition("/")[0])
    assert row(office, code).receipt is not None
    report = office.engine.verify()
    assert (report.ok, report.not_reexecuted, report.first_error) == (True, 0, None)
    assert office.engine.rebuild() == []


def test_what_is_received_moves_then_if_it_did_not_before(office: FrontDesk) -> None:
    codes = office.voted(2)
    office.hand_in(codes)
    office.consolidate(codes)
    assert [row(office, code).release for code in codes] == ["R2", "R2"]
    office.clock.at = JULY_10

    answer = office.receive(codes[0].partition("/")[0])

    assert answer["received"] == codes
    assert {(row(office, code).release, row(office, code).regime) for code in codes} == {("R3", "R3")}
    assert office.only_task(codes[0]).task.element == "appraisal"
    assert office.engine.verify().ok


def test_what_was_received_before_stays_under_the_law_of_that_day(office: FrontDesk) -> None:
    codes = office.received()
    office.clock.at = JULY_10
    office.appraise(codes[0])
    assert (row(office, codes[0]).release, row(office, codes[0]).regime) == ("R2", "R2")
    assert migrations(office, codes[0]) == []


def test_one_received_in_time_but_written_down_later_stays_under_the_law_of_the_day_of_receipt(
    office: FrontDesk,
) -> None:
    codes = office.at_front_desk()
    office.clock.at = JULY_10
    office.receive(codes[0].partition("/")[0], day=date(2025, 6, 30))
    assert row(office, codes[0]).regime == "R2"


def test_what_came_through_a_district_moves_although_the_new_release_knows_no_district(office: FrontDesk) -> None:
    office.add_unit("H2536", "Huyện Sơn Dương", "huyen")
    office.add_unit("X9001", "Xã Tân Thanh", "xa", superior="H2536")
    below = office.person("Ma Văn Tý", "CB_TDKT_DV", unit="X9001")
    code = office.propose_for_province(by=below)
    office.complete(code, below, ASSESSMENT)
    office.complete(code, office.person("Lò Thị Nga", "HD_DV", unit="X9001"), VOTE | {"ngay_hop": "20/06/2025"})
    people = [office.person(f"Người {role}", role, unit="X9001") for role in ("HD_DV", "TT_DV", "VT")]
    office.issue("to_trinh_xa", [code], by=(below, *people), type="TTr")
    district = [office.person(f"Huyện {role}", role, unit="H2536") for role in ("CB_TDKT_DV", "HD_DV", "TT_DV", "VT")]
    office.complete(code, district[0], CHECKED)
    office.issue("to_trinh_huyen", [code], by=district, type="TTr")
    office.consolidate([code])
    office.clock.at = JULY_10

    office.receive(code.partition("/")[0])

    found = row(office, code)
    assert (found.receipt is not None, found.release, found.kept) == (True, "R3", None)
    assert office.engine.verify().ok


def test_a_giay_khen_floats_until_its_council_takes_it(office: FrontDesk) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT)
    assert row(office, code).release == "R2"
    office.clock.at = JULY_10
    office.complete(code, office.council, VOTE | {"ngay_hop": "10/07/2025"})
    assert (row(office, code).release, row(office, code).regime) == ("R3", "R3")
    assert row(office, code).receipt is not None
    assert office.engine.verify().ok


def test_t2_a_district_received_in_june_is_decided_in_july_under_r2_and_its_successor_signs(office: FrontDesk) -> None:
    office.add_unit("H2536", "Huyện Sơn Dương", "huyen")
    of_district = [
        office.person(f"Huyện {role}", role, unit="H2536") for role in ("CB_TDKT_DV", "HD_DV", "TT_DV", "VT")
    ]
    officer, council, *_ = of_district
    code = office.propose_for_province(by=officer)
    office.complete(code, officer, ASSESSMENT)
    office.complete(code, council, VOTE | {"ngay_hop": "20/06/2025"})
    office.issue("to_trinh_don_vi", [code], by=of_district, type="TTr")
    office.consolidate([code])
    dossier = code.partition("/")[0]
    assert office.receive(dossier)["receipts"] == [f"{dossier}-TN1"]
    office.ask(code)
    office.request([code])

    office.add_unit("X2536", "Xã Sơn Dương", "xa", valid_from=date(2025, 7, 1))
    office.engine.end_unit(
        EndUnit(command_id=new_id(), actor=SYSTEM, unit="H2536", valid_to=date(2025, 6, 30), successors=("X2536",))
    )
    office.clock.at = JULY_10
    successor = office.person("Lý Thị Mến", "CB_TDKT_DV", unit="X2536", since=date(2025, 7, 1))
    assert not office.engine.actor(officer.person.id).memberships
    office.complete(code, successor, ASSESSMENT)
    office.appraise(code)

    assert (row(office, code).release, row(office, code).regime) == ("R2", "R2")
    done = [line.step for line in office.engine.history(office.auditor, code) if line.act == "completed"]
    assert done[-2:] == ["Bổ sung hồ sơ", "Thẩm định"]
    assert office.engine.verify().ok


def test_a_migration_that_was_changed_afterwards_does_not_follow(office: FrontDesk) -> None:
    [code] = office.voted()
    office.clock.at = JULY_10
    office.hand_in([code])
    written = entries(office, code)
    place = next(n for n, entry in enumerate(written) if any(f["fact"] == "Migrated" for f in entry.body["facts"]))
    fact = written[place].body["facts"][0]
    fact["effective"][1]["move"]["variables"]["dong_y"] = 1
    with office.engine.database.read() as reader:
        finding = Reexecution(RELEASES)(reader, written[0].stream, written)
    assert finding is not None
    assert (finding.seq, finding.why) == (place + 1, "other_facts_follow")
