"""The pages and the API of rounds, in a browser without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lxml import html

from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import NOMINEE, new_id
from tests.movers import ROUND, Movers
from tests.web.conftest import Program, Visitor

Visit = Callable[[Actor], Visitor]


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Movers]:
    database = Database(sqlite_url)
    yield Movers(database)
    database.close()


def text_of(page: str) -> str:
    return " ".join(html.document_fromstring(page).find(".//main").text_content().split())


def address(office: Movers, code: str) -> str:
    return f"/rounds/{office.round(code).id}"


# --- reading -----------------------------------------------------------------------------------------------------


def test_the_menu_leads_everyone_to_the_rounds(office: Movers, visit: Visit) -> None:
    office.open()
    for person in (office.officer, office.consolidator, office.auditor):
        visitor = visit(person)
        visitor.get("/rounds")
        assert 'aria-current="page">Đợt xét</a>' in visitor.page
        assert ROUND["ten"] in visitor.page


def test_a_round_says_its_guidance_deadline_and_hints(office: Movers, visit: Visit) -> None:
    visitor = visit(office.officer)
    visitor.get(address(office, office.open()))

    said = text_of(visitor.page)
    for words in ("12/HD-CAT ngày 10/11/2026", "Hạn 30/11/2026", "Công an tỉnh", "Bằng khen của Chủ tịch UBND tỉnh",
                  "nhiều nhất 2 cá nhân", "nên đạt ít nhất 50 %", "Tập thể, Cá nhân"):  # fmt: skip
        assert words in said


def test_a_unit_sees_its_own_line_and_no_button_of_those_who_run_the_round(office: Movers, visit: Visit) -> None:
    officer = visit(office.officer)
    officer.get(address(office, office.open()))

    said = text_of(officer.page)
    assert "Xã Tân Trào" in said and "Xã Hùng Lợi" not in said
    assert not any(words in said for words in ("Đôn đốc", "Sửa đợt xét", "Đóng đợt xét", "Tất cả"))


def test_the_board_is_counted_and_filtered_by_the_address(office: Movers, visit: Visit) -> None:
    code = office.open()
    office.propose(code)
    lead = visit(office.consolidator)

    lead.get(address(office, code) + "?progress=dang_lap")
    assert re.search(r"Đang lập\s*<span class=\"count\">1</span>", lead.page)
    assert "Xã Tân Trào" in lead.page and "Xã Hùng Lợi" not in lead.page

    lead.get(address(office, code) + "?q=hung+loi")
    assert "Xã Hùng Lợi" in lead.page and "Xã Tân Trào" not in lead.page

    lead.get(address(office, code) + "?q=khong+co+xa+nay")
    assert "Không có đơn vị khớp" in lead.page


def test_hints_that_are_passed_are_said_at_the_unit_and_for_all(office: Movers, visit: Visit) -> None:
    code = office.open(ty_le_khong_lanh_dao="100", toi_da_ca_nhan="0")
    office.propose(code, form=nominee(leads=True))
    lead = visit(office.consolidator)
    lead.get(address(office, code))

    said = text_of(lead.page)
    assert "Số cá nhân vượt gợi ý" in said
    assert said.count("Ít người không giữ chức vụ lãnh đạo") == 2
    assert "0 % (0/1)" in said


def nominee(*, leads: bool) -> dict[str, Any]:
    return NOMINEE | {"la_lanh_dao": "co" if leads else "khong"}


# --- running a round ---------------------------------------------------------------------------------------------


def test_the_lead_body_opens_changes_reminds_and_closes_a_round(office: Movers, visit: Visit) -> None:
    lead = visit(office.consolidator)
    lead.get("/rounds/new?movement=kh230")
    begins_with = html.document_fromstring(lead.page)
    assert begins_with.xpath("//input[@name='doi_tuong'][@checked]/@value") == ["tap_the", "ca_nhan"]
    assert begins_with.xpath("//*[@name='co_quan_chu_tri'][@checked]/@value") == ["CAT"]
    assert begins_with.xpath("//*[@name='tieu_chi_xa'][@checked]/@value") == ["commune_criteria"]

    opened = lead.post("/rounds/new?movement=kh230", ROUND)
    assert opened.status_code == 303
    page = opened.location
    lead.get(page)
    assert "Đã mở đợt xét DX-2026-01." in lead.page

    lead.get(f"{page}/change")
    changed = lead.post(f"{page}/change", ROUND | {"ten": "Khen thưởng năm 2026, gia hạn", "han_nop": "15/12/2026"})
    assert changed.status_code == 303
    lead.get(page)
    assert "Khen thưởng năm 2026, gia hạn" in lead.page and "Hạn 15/12/2026" in lead.page

    reminded = re.search(r"Đôn đốc (\d+) đơn vị chưa nộp", text_of(lead.page))
    assert reminded is not None
    assert lead.post(f"{page}/remind").status_code == 303
    lead.get(page)
    assert f"Đã ghi nhận đôn đốc {reminded[1]} đơn vị chưa nộp." in lead.page
    assert "đã đôn đốc 1 lần, gần nhất 16/11/2026" in lead.page

    lead.get(f"{page}/close")
    assert "không mở lại được" in lead.page
    assert lead.post(f"{page}/close").status_code == 303
    lead.get(page)
    assert "Đã đóng" in lead.page and "Sửa đợt xét" not in lead.page
    assert lead.get(f"{page}/change").status_code == 404


def test_the_form_of_a_round_comes_back_as_it_holds(office: Movers, visit: Visit) -> None:
    code = office.open()
    lead = visit(office.consolidator)
    lead.get(address(office, code) + "/change")

    page = html.document_fromstring(lead.page)
    assert page.xpath("//input[@name='ten']/@value") == [ROUND["ten"]]
    assert page.xpath("//input[@name='han_nop']/@value") == ["30/11/2026"]
    assert page.xpath("//input[@name='hinh_thuc'][@checked]/@value") == ["BK_TINH", "GK_XA"]
    assert page.xpath("//input[@name='ty_le_khong_lanh_dao']/@value") == ["50"]


def test_a_refused_form_says_why_and_gives_back_what_was_typed(office: Movers, visit: Visit) -> None:
    lead = visit(office.consolidator)
    lead.get("/rounds/new?movement=kh230")
    refused = lead.post("/rounds/new?movement=kh230", ROUND | {"han_nop": "31/02/2027", "hinh_thuc": ["GK_XA"]})

    assert refused.status_code == 422
    page = html.document_fromstring(lead.page)
    assert page.xpath("//*[@role='alert']//a/@href") == ["#f-han_nop"]
    assert page.xpath("//input[@name='han_nop']/@value") == ["31/02/2027"]
    assert page.xpath("//input[@name='hinh_thuc'][@checked]/@value") == ["GK_XA"]


def test_strangers_find_no_form_of_a_round(office: Movers, visit: Visit) -> None:
    page = address(office, office.open())
    for person in (office.officer, office.head, office.auditor):
        visitor = visit(person)
        assert visitor.get("/rounds/new?movement=kh230").status_code == 403
        for act in ("change", "close", "remind"):
            assert visitor.post(f"{page}/{act}", ROUND).status_code == 403


def test_another_body_that_leads_rounds_cannot_touch_this_one(office: Movers, visit: Visit) -> None:
    page = address(office, office.open())
    other = visit(office.person("Lê Văn Quang", "CA_TH", unit="TTT"))
    for act in ("change", "close"):
        assert other.get(f"{page}/{act}").status_code == 404
        assert other.post(f"{page}/{act}", ROUND).status_code == 404
    assert other.post("/rounds/new?movement=kh230", ROUND).status_code == 403


def test_home_affairs_enters_a_movement_and_changes_it(office: Movers, visit: Visit) -> None:
    form = {
        "ten": "Phong trào thi đua xóa nhà tạm, nhà dột nát",
        "so_ky_hieu": "45/KH-UBND",
        "ngay_ban_hanh": "05/02/2025",
        "cap_phat_dong": "TTG",
        "ngay_bat_dau": "05/02/2025",
        "ngay_ket_thuc": "31/12/2025",
    }
    organiser = visit(office.organiser)
    organiser.get("/movements/new")
    action = html.document_fromstring(organiser.page).xpath("//main//form/@action")[0]

    assert organiser.post(action, form | {"ten": "Ngắn"}).status_code == 422
    assert organiser.post(action, form).status_code == 303
    organiser.get("/rounds")
    assert "45/KH-UBND ngày 05/02/2025" in text_of(organiser.page)
    organiser.get(action)
    assert html.document_fromstring(organiser.page).xpath("//input[@name='ten']/@value") == [form["ten"]]


# --- nominating in a round -----------------------------------------------------------------------------------------


def test_nominating_begins_with_the_rounds_that_take_the_award(office: Movers, visit: Visit) -> None:
    code = office.open()
    officer = visit(office.officer)
    officer.get("/nominations/new")
    said = text_of(officer.page)
    assert f"{ROUND['ten']} ({code}) hạn nộp 30/11/2026" in said and "Không thuộc đợt xét nào" in said

    officer.get(f"/nominations/new?unit=X2545&award=GK_XA&kind=ca_nhan&round={code}")
    answer = officer.post(f"/nominations/new?unit=X2545&award=GK_XA&kind=ca_nhan&round={code}", nominee(leads=False))
    assert answer.status_code == 303
    assert office.standing(code).nominations == 1


def test_after_the_deadline_the_page_asks_why(office: Movers, visit: Visit) -> None:
    code = office.open()
    office.clock.move(days=20)
    place = f"/nominations/new?unit=X2545&award=GK_XA&kind=ca_nhan&round={code}"
    officer = visit(office.officer)
    officer.get(place)
    assert 'name="late_reason"' in officer.page

    refused = officer.post(place, nominee(leads=False))
    assert refused.status_code == 422
    assert "cần ghi lý do nộp muộn" in officer.page
    short = officer.post(place, nominee(leads=False) | {"late_reason": "lũ quét"})
    assert short.status_code == 422 and ">lũ quét</textarea>" in officer.page
    reason = "Lũ quét làm mất điện, mất mạng bốn ngày."
    assert officer.post(place, nominee(leads=False) | {"late_reason": reason}).status_code == 303

    officer.get(f"/nominations/{office.engine.nomination(office.officer, 'KT-2026-0001/01').id}")
    assert f"Đợt xét {code} lập sau hạn nộp" in text_of(officer.page) and reason in officer.page


# --- the API -----------------------------------------------------------------------------------------------------


def test_a_program_opens_a_round_and_reads_it(office: Movers, program: Callable[[Actor], Program]) -> None:
    lead = program(office.consolidator)
    body = {"command_id": new_id(), "movement": "kh230", "form": ROUND}

    opened = lead.post("/rounds", body)
    assert (opened.status_code, opened.json["code"]) == (201, "DX-2026-01")
    assert lead.post("/rounds", body).json == opened.json

    assert [each["code"] for each in lead.get("/rounds").json["items"]] == ["DX-2026-01"]
    round = lead.get("/rounds/DX-2026-01").json
    assert (round["lead"], round["deadline"], round["awards"]) == ("CAT", "2026-11-30", ["BK_TINH", "GK_XA"])
    assert (round["non_leaders"], round["criteria"]) == (5000, {"xa": "commune_criteria"})
    assert {line["unit"]: line["progress"] for line in round["board"]}["X2545"] == "chua_nop"


def test_a_program_of_a_unit_reads_its_own_line_alone(office: Movers, program: Callable[[Actor], Program]) -> None:
    code = office.open()
    officer = program(office.officer)

    assert [line["unit"] for line in officer.get(f"/rounds/{code}").json["board"]] == ["X2545"]
    assert officer.get("/rounds/DX-2026-99").status_code == 404
    refused = officer.post("/rounds", {"command_id": new_id(), "movement": "kh230", "form": ROUND})
    assert (refused.status_code, refused.json["code"]) == (403, "not_allowed")


def test_a_program_gives_the_reason_for_coming_late(office: Movers, program: Callable[[Actor], Program]) -> None:
    code = office.open()
    office.clock.move(days=20)
    officer = program(office.officer)
    body = {
        "unit": "X2545",
        "round": code,
        "award": "GK_XA",
        "kind": "ca_nhan",
        "form": nominee(leads=False),
    }

    refused = officer.post("/nominations", body | {"command_id": new_id()})
    assert (refused.status_code, refused.json["code"]) == (422, "round_refuses")
    reason = "Lũ quét làm mất điện, mất mạng bốn ngày."
    started = officer.post("/nominations", body | {"command_id": new_id(), "late_reason": reason})
    nomination = officer.get(f"/nominations/{started.json['code']}").json
    assert (nomination["round"], nomination["late"]) == (code, True)
    dossier = officer.get(f"/dossiers/{nomination['dossier']}").json
    assert (dossier["round"], dossier["authority"]) == (code, "TT_DV")
