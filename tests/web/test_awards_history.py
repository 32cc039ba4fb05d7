"""What a nominee was given before, on the pages of those who judge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store.database import Database
from tests.province import APPRAISED, COMMUNE, Province
from tests.web.conftest import COOKIE, Visitor, open_session

HISTORY = "Quá trình khen thưởng"
WARNING = "Đã được tặng Bằng khen của Chủ tịch UBND tỉnh trong cùng phong trào"


@pytest.fixture
def province(sqlite_url: str) -> Iterator[Province]:
    database = Database(sqlite_url)
    yield Province(database)
    database.close()


def visiting(province: Province, who: tuple[str, str]) -> Visitor:
    visitor = Visitor(province.app)
    visitor.client.set_cookie(COOKIE, open_session(province, province.people[who]))
    return visitor


def test_an_earlier_award_is_pointed_out_wherever_somebody_judges_and_refused_where_it_is_decided(
    province: Province,
) -> None:
    province.awarded([province.propose_for("BK_TINH")])
    again = province.propose_for("BK_TINH", "Ma Văn Tuấn")
    id = province.nomination(again)["id"]
    officer = visiting(province, ("CB_TDKT_DV", COMMUNE))
    officer.get(f"/nominations/{id}")
    assert WARNING in officer.page and "04/QĐ-VP" in officer.page
    province.to_appraisal([again])

    appraiser = visiting(province, ("SNV_CV", "SNV"))
    task = province.task(("SNV_CV", "SNV"), again, "appraisal")
    appraiser.get(f"/tasks/{task['id']}")
    assert WARNING in appraiser.page and HISTORY in appraiser.page
    appraiser.get("/tasks/table?step=appraisal&release=R3")
    assert "đã được tặng Bằng khen của Chủ tịch UBND tỉnh trong cùng phong trào" in appraiser.page
    form = APPRAISED | {"expected_version": str(task["version"]), "nhan_xet": "Đã xem kỹ hồ sơ."}
    answer = appraiser.post(f"/tasks/{task['id']}/complete", form)
    assert answer.status_code == 422
    assert "Một thành tích chỉ được khen một lần" in appraiser.page and "Đã xem kỹ hồ sơ." in appraiser.page


def test_awards_of_other_movements_are_for_those_who_judge_alone(province: Province) -> None:
    province.awarded([province.propose_for("BK_TINH")])
    other = province.propose_for("BK_TINH", round=province.open_national_round())
    id = province.nomination(other)["id"]
    province.at_unit([other])

    officer, lead = visiting(province, ("CB_TDKT_DV", COMMUNE)), visiting(province, ("CA_TH", "CAT"))
    officer.get(f"/nominations/{id}")
    assert HISTORY not in officer.page
    lead.get(f"/nominations/{id}")
    assert HISTORY in lead.page and WARNING not in lead.page
