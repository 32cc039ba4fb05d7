"""What comes from outside, entered on pages: the same answer for all names that are ticked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store.database import Database
from tests.builders import ASSESSMENT
from tests.province import COMMUNE, Province
from tests.web.conftest import COOKIE, Visitor, open_session

ANSWER = {"outcome": "dong_y", "so_van_ban": "1520/QĐ-TTg", "ngay_van_ban": "01/10/2025"}


@pytest.fixture
def province(sqlite_url: str) -> Iterator[Province]:
    database = Database(sqlite_url)
    yield Province(database)
    database.close()


def test_the_answer_of_the_centre_is_entered_on_a_page_and_refused_with_what_was_typed(province: Province) -> None:
    codes = [province.propose_for("BK_TTG")]
    province.to_council(codes)
    province.approved(codes)
    province.paper("to_trinh_ttg", codes)
    visitor = Visitor(province.app)
    visitor.client.set_cookie(COOKIE, open_session(province, province.people["SNV_CV", "SNV"]))

    visitor.get("/incoming")
    assert "Chờ kết quả Trung ương" in visitor.page
    address = "/incoming/central_answer/R3"
    visitor.get(address)
    assert codes[0] in visitor.page
    assert visitor.post(address, ANSWER).status_code == 422 and "1520/QĐ-TTg" in visitor.page
    wrong = ANSWER | {"ngay_van_ban": "01/10/2099", "pick": codes[0]}
    assert visitor.post(address, wrong).status_code == 422 and "01/10/2099" in visitor.page
    assert visitor.post(address, ANSWER | {"pick": codes[0]}).status_code == 303
    assert province.status(codes[0]) == "DUOC_KHEN"

    stranger = Visitor(province.app)
    stranger.client.set_cookie(COOKIE, open_session(province, province.people["TK_HD", "SNV"]))
    assert stranger.get("/incoming").status_code == 403


def test_the_page_of_a_nomination_says_what_it_waits_for_while_it_is_nobodys_task(province: Province) -> None:
    code = province.propose_for("BK_TINH")
    auditor = Visitor(province.app)
    auditor.client.set_cookie(COOKIE, open_session(province, province.auditor))
    id = province.nomination(code)["id"]
    province.do(("CB_TDKT_DV", COMMUNE), code, "self_assessment", **ASSESSMENT)
    auditor.get(f"/nominations/{id}")
    assert "Đang chờ" not in auditor.page

    province.do(("HD_DV", COMMUNE), code, "unit_council", **province.vote(9, 9))
    auditor.get(f"/nominations/{id}")
    assert "Đang chờ: tờ trình của đơn vị." in auditor.page and "Quy trình đã kết thúc." not in auditor.page
