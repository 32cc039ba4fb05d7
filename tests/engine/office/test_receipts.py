"""Receiving a dossier, and the statutory clock that begins with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Row, select

from engine.commands import RequestSupplement
from engine.errors import InvalidForm, NothingToReceive, PaperLinesRefused
from engine.store import tables as t
from engine.store.database import Database
from tests.builders import ASSESSMENT, VOTE, new_id
from tests.front_desk import LACKS, FrontDesk


@pytest.fixture
def office(database: Database) -> FrontDesk:
    return FrontDesk(database)


def row(office: FrontDesk, table: Any, code: str) -> Row[Any]:
    with office.engine.database.read() as reader:
        return reader.execute(select(table).where(table.c.code == code)).one()


def facts_of(office: FrontDesk, dossier: str) -> list[dict[str, Any]]:
    with office.engine.database.read() as reader:
        entries = list(reader.entries(f"dossier:{row(office, t.dossier, dossier).id}"))
    return [fact for entry in entries for fact in entry.body["facts"] if fact["fact"] != "NominationAdded"][1:]


def test_the_front_desk_receives_all_that_has_arrived_of_a_dossier_in_one_act(office: FrontDesk) -> None:
    codes = office.at_front_desk(3)
    dossier = codes[0].partition("/")[0]

    answer = office.receive(dossier)

    receipt = f"{dossier}-TN1"
    assert answer == {"dossier": dossier, "receipts": [receipt], "received": codes, "returned": []}
    assert {row(office, t.nomination, code).receipt for code in codes} == {receipt}
    assert {office.only_task(code).task.element for code in codes} == {"appraisal"}
    assert office.dossier(dossier).status == "THAM_DINH"
    received, started = facts_of(office, dossier)
    assert (received["receipt"], received["regime"], len(received["nominations"])) == (receipt, "R3", 3)
    assert (started["days"], started["on"], started["due_on"]) == (25, "2025-10-06", "2025-11-10")
    with pytest.raises(NothingToReceive):
        office.receive(dossier)
    assert office.engine.verify().ok
    assert office.engine.rebuild() == []


def test_who_lacks_something_is_sent_back_by_the_same_act_and_comes_under_the_same_receipt(office: FrontDesk) -> None:
    first, second = office.at_front_desk(2)
    dossier = first.partition("/")[0]

    answer = office.receive(dossier, rows={second: {"outcome": "bo_sung", "noi_dung_bo_sung": LACKS}})

    assert (answer["received"], answer["returned"]) == ([first], [second])
    assert (row(office, t.nomination, second).receipt, row(office, t.dossier, dossier).clock) == (None, "running")
    office.request([second])
    office.complete(second, office.officer, ASSESSMENT)
    office.clock.move(days=3)
    assert office.receive(dossier)["receipts"] == [f"{dossier}-TN1"]
    assert row(office, t.nomination, second).receipt == f"{dossier}-TN1"
    assert row(office, t.receipt, f"{dossier}-TN1").nominations == 2
    assert row(office, t.dossier, dossier).due_on == "2025-11-10"
    assert office.engine.verify().ok


def test_a_dossier_is_not_received_on_a_day_before_it_was_handed_in(office: FrontDesk) -> None:
    [code] = office.at_front_desk()
    with pytest.raises(InvalidForm) as refused:
        office.receive(code.partition("/")[0], day=date(2025, 10, 3))
    assert refused.value.params["fields"] == {"ngay_tiep_nhan": [("date_too_early", {"min": "06/10/2025"})]}


def test_t17_the_clock_stands_still_while_the_unit_supplements_and_the_days_left_are_kept(office: FrontDesk) -> None:
    first, second = office.received(2)
    dossier = first.partition("/")[0]
    office.clock.move(days=2)
    for code in (first, second):
        office.ask(code)
    assert row(office, t.dossier, dossier).clock == "running"

    office.request([first, second])
    paused = row(office, t.dossier, dossier)
    assert (paused.clock, paused.days_left, paused.status) == ("paused", 23, "YC_BO_SUNG")

    office.clock.move(days=12)
    office.complete(first, office.officer, ASSESSMENT)
    assert row(office, t.dossier, dossier).clock == "paused"
    office.complete(second, office.officer, ASSESSMENT)
    resumed = row(office, t.dossier, dossier)
    assert (resumed.clock, resumed.due_on, resumed.days_left) == ("running", "2025-11-20", None)
    assert [fact["fact"] for fact in facts_of(office, dossier)][2:] == ["ClockPaused", "ClockResumed"]
    assert office.engine.verify().ok
    assert office.engine.rebuild() == []


def test_the_clock_of_a_giay_khen_begins_when_the_council_takes_it_and_stops_with_its_result(office: FrontDesk) -> None:
    code = office.nominate()["code"]
    dossier = code.partition("/")[0]
    office.complete(code, office.officer, ASSESSMENT)
    assert row(office, t.nomination, code).submitted_on == "2025-10-06"
    office.complete(code, office.council, VOTE | {"ngay_hop": "06/10/2025"})
    begun = row(office, t.dossier, dossier)
    assert (begun.clock, begun.due_on, row(office, t.nomination, code).receipt) == (
        "running",
        "2025-10-20",
        f"{dossier}-TN1",
    )

    refusal = {"outcome": "khong_dong_y", "ly_do": "Thành tích chưa nổi trội so với các trường hợp khác."}
    office.complete(code, office.head, refusal)

    assert row(office, t.dossier, dossier).clock == "stopped"
    assert office.engine.verify().ok


def test_t12_a_dossier_is_asked_once_and_a_second_time_only_with_the_leave_of_the_supervisor(office: FrontDesk) -> None:
    first, second = office.received(2)
    dossier = first.partition("/")[0]
    office.ask(first)
    asks = RequestSupplement(command_id=new_id(), actor=office.organiser.person.id, dossier=dossier)
    with pytest.raises(PaperLinesRefused) as refused:
        office.engine.request_supplement(asks)
    assert refused.value.params == {"why": "not_judged", "nominations": [second]}

    office.appraise(second)
    office.request([first])
    office.complete(first, office.officer, ASSESSMENT)
    office.ask(first)

    task = office.only_task(first).task
    assert (task.element, task.role) == ("supplement_override", "SNV_TP")
    no = {"outcome": "khong_cho_phep", "ly_do": "Nội dung này đã có thể yêu cầu ngay lần đầu."}
    office.complete(first, office.section, no)
    assert office.only_task(first).task.element == "appraisal"
    office.ask(first)
    yes = {"outcome": "cho_phep", "ly_do": "Văn bản mới của Sở Khoa học và Công nghệ đến sau."}
    office.complete(first, office.section, yes)
    office.request([first])
    assert office.only_task(first).task.element == "supplement"
    assert office.engine.verify().ok


def test_t12_a_sibling_that_lacks_something_after_the_dossier_was_asked_needs_that_leave_too(office: FrontDesk) -> None:
    first, second = office.at_front_desk(2)
    dossier = first.partition("/")[0]
    office.receive(dossier, rows={second: {"outcome": "bo_sung", "noi_dung_bo_sung": LACKS}})
    office.request([second])
    office.ask(first)
    assert office.only_task(first).task.element == "supplement_override"
    assert office.engine.verify().ok


def test_the_request_names_everybody_of_the_dossier_who_lacks_something(office: FrontDesk) -> None:
    codes = office.received(2)
    for code in codes:
        office.ask(code)
    with pytest.raises(PaperLinesRefused) as refused:
        office.request(codes[:1])
    assert refused.value.params == {"why": "left_out", "nominations": codes[1:]}
    asks = {"actor": office.organiser.person.id, "dossier": codes[0].partition("/")[0]}
    paper = office.engine.request_supplement(RequestSupplement(command_id=new_id(), **asks))["code"]
    assert [line.code for line in office.engine.paper(office.auditor, paper).lines] == codes
    with pytest.raises(PaperLinesRefused):
        office.engine.request_supplement(RequestSupplement(command_id=new_id(), **asks))
