"""A dossier in the browser and over the API: its receipt, its statutory clock, its request for supplements."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from engine.office.queries import lists
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import ASSESSMENT, new_id
from tests.front_desk import LACKS, FrontDesk
from tests.web.conftest import Program, Visitor


@pytest.fixture
def office(sqlite_url: str) -> Iterator[FrontDesk]:
    database = Database(sqlite_url)
    yield FrontDesk(database)
    database.close()


def test_a_list_of_dossiers_names_the_first_nominations_and_leads_to_the_others(
    office: FrontDesk, visit: Callable[[Actor], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, *_ = office.at_front_desk(3)
    dossier = office.dossier(code.partition("/")[0])
    front = visit(office.front)
    assert "Xem đủ" not in front.get("/dossiers").get_data(as_text=True)

    monkeypatch.setattr(lists, "NAMED", 2)

    page = front.get("/dossiers").get_data(as_text=True)
    assert "3 trường hợp" in page and "Xem đủ 3 trường hợp" in page
    assert page.count("/nominations/") == 2 and f"/dossiers/{dossier.id}" in page


def test_the_front_desk_receives_in_the_browser_and_prints_the_slip(
    office: FrontDesk, visit: Callable[[Actor], Visitor]
) -> None:
    first, second = office.at_front_desk(2)
    dossier = office.dossier(first.partition("/")[0])
    front = visit(office.front)
    assert "Tiếp nhận 2 trường hợp" in front.get(f"/dossiers/{dossier.id}").get_data(as_text=True)

    address = f"/dossiers/{dossier.id}/receive"
    assert "Còn thiếu gì" in front.get(address).get_data(as_text=True)
    wrong = front.post(address, {"ngay_tiep_nhan": "01/01/2020", f"lacks:{second}": LACKS})
    assert wrong.status_code == 422
    assert LACKS in wrong.get_data(as_text=True)
    assert "Ngày phải từ 06/10/2025 trở đi." in wrong.get_data(as_text=True)
    done = front.post(address, {"ngay_tiep_nhan": "06/10/2025", f"lacks:{second}": LACKS, f"lacks:{first}": ""})
    assert done.status_code == 303

    page = front.get(f"/dossiers/{dossier.id}").get_data(as_text=True)
    assert "25 ngày làm việc, tính từ ngày 06/10/2025" in page
    slip = front.get(f"/dossiers/{dossier.id}/receipts/{dossier.code}-TN1").get_data(as_text=True)
    assert "Người thứ 1" in slip and "Cơ quan tiếp nhận</dt><dd>Sở Nội vụ" in slip
    assert "Nghị định 152/2025/NĐ-CP (từ ngày 01/07/2025)" in slip and "R3" not in slip
    assert "Người thứ 2" not in slip
    assert front.get(f"/dossiers/{dossier.id}/receipts/{dossier.code}-TN9").status_code == 404
    officer = visit(office.organiser)
    asked = officer.post(f"/dossiers/{dossier.id}/supplement")
    assert asked.status_code == 303
    assert "/papers/" in asked.headers["Location"]
    assert "Yêu cầu bổ sung" in officer.get(f"/dossiers/{dossier.id}").get_data(as_text=True)


def test_t17_over_the_api_the_clock_is_paused_and_tells_the_days_left(
    office: FrontDesk, program: Callable[[Actor], Program]
) -> None:
    [code] = office.at_front_desk()
    dossier = code.partition("/")[0]
    front, officer = program(office.front), program(office.organiser)
    body = {"form": {"outcome": "tiep_nhan", "ngay_tiep_nhan": "06/10/2025"}}
    received = front.post(f"/dossiers/{dossier}/receive", {"command_id": new_id()} | body)
    assert (received.status_code, received.json["receipts"]) == (200, [f"{dossier}-TN1"])
    again = front.post(f"/dossiers/{dossier}/receive", {"command_id": new_id()} | body)
    assert (again.status_code, again.json["code"]) == (409, "nothing_to_receive")
    office.ask(code)
    paper = officer.post(f"/dossiers/{dossier}/supplement", {"command_id": new_id()})
    assert paper.status_code == 201
    office.bring_out(paper.json["code"], by=(office.organiser, office.section, office.director, office.snv_clerk))
    names = office.engine.paper_text(office.auditor, paper.json["code"]).names
    assert [name.note for name in names] == [LACKS]

    shown = officer.get(f"/dossiers/{dossier}").json
    assert (shown["status"], shown["clock"]["state"], shown["clock"]["days_left"]) == ("YC_BO_SUNG", "paused", 25)
    assert [request["code"] for request in shown["requests"]] == [paper.json["code"]]
    office.clock.move(days=7)
    office.complete(code, office.officer, ASSESSMENT)
    clock = officer.get(f"/dossiers/{dossier}").json["clock"]
    assert (clock["state"], clock["due_on"], clock["days_left"]) == ("running", "2025-11-17", 25)
