"""T11 of DOMAIN §10 and what a nominee was given before, by the JSON API of the release that ships."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.commands import WithdrawPaper
from engine.errors import PaperNotInDrafting
from engine.store import tables as t
from engine.store.database import Database
from tests.builders import ASSESSMENT, NOMINEE, VOTE, new_id
from tests.papers import DRAFT, SIGNS
from tests.province import APPRAISED, COMMUNE, Province, Refused

APPRAISER, CHAIRMAN, OFFICER = ("SNV_CV", "SNV"), ("CT_UBND", "VP"), ("CB_TDKT_DV", COMMUNE)
AGREES = {"outcome": "dong_y"}
NUMBER = "008090001234"  # of tests.builders.NOMINEE


@pytest.fixture
def province(database: Database) -> Province:
    return Province(database)


def refused(act: Any, *args: Any, **form: Any) -> dict[str, Any]:
    """Return what the API says of an act that it refuses with 422 or 409."""
    with pytest.raises(Refused) as said:
        act(*args, **form)
    assert said.value.status in (409, 422), said.value.body
    return said.value.body


def rows(province: Province) -> list[dict[str, Any]]:
    with province.engine.database.read() as reader:
        return [dict(row._mapping) for row in reader.execute(select(t.nominee_award).order_by(t.nominee_award.c.award))]


def batch(who: tuple[str, str], province: Province, codes: list[str], element: str, **form: Any) -> dict[str, Any]:
    tasks = [province.task(who, code, element) for code in codes]
    items = [{"task": task["id"], "expected_version": task["version"], "form": form} for task in tasks]
    return province.send(who, "/tasks/batch", mode="commit", items=items)


def test_t11_who_was_awarded_in_the_movement_is_pointed_out_and_cannot_be_found_eligible_again(
    province: Province,
) -> None:
    first = province.propose_for("BK_TINH")
    province.awarded([first])
    [award] = rows(province)
    assert (award["identity"], award["award"], award["authority"]) == (NUMBER, "BK_TINH", "CT_UBND")
    assert award["number"].endswith("/QĐ-VP") and award["day"] == "2025-10-01"

    second = province.propose_for("BK_TINH", "Ma Văn Tuấn")
    [warned] = province.ask(OFFICER, f"/nominations/{second}")["awards"]
    assert (warned["award"], warned["number"], warned["same_movement"]) == ("BK_TINH", award["number"], True)
    province.to_appraisal([second])

    said = refused(province.do, APPRAISER, second, "appraisal", **APPRAISED)
    assert award["number"] in said["fields"]["outcome"][0] and "01/10/2025" in said["fields"]["outcome"][0]
    said = refused(batch, APPRAISER, province, [second], "appraisal", **APPRAISED)
    assert award["number"] in str(said["rows"])
    province.do(
        APPRAISER,
        second,
        "appraisal",
        **APPRAISED | {"outcome": "khong_dat", "ly_do": "Đã được khen trong phong trào."},
    )
    assert province.status(second) == "KHONG_DU_DK"
    province.check_proof()


def test_t11_the_chairman_and_the_decision_refuse_whoever_was_awarded_meanwhile(province: Province) -> None:
    first, second, third = codes = [province.propose_for("BK_TINH") for _ in range(3)]
    province.to_council(codes)
    province.to_chairman(codes)
    for code in (first, second):
        province.do(CHAIRMAN, code, "chairman", **AGREES)

    said = refused(province.paper, "quyet_dinh", [first, second])
    assert second in said["message"] and first not in said["message"]
    late = province.paper("quyet_dinh", [second], until="before draft")
    province.paper("quyet_dinh", [first])

    said = refused(province.do, ("VP_CV", "VP"), late, "draft", **DRAFT)
    assert second in said["message"]
    said = refused(province.do, CHAIRMAN, third, "chairman", **AGREES)
    assert "Bằng khen của Chủ tịch UBND tỉnh" in said["fields"]["outcome"][0]
    province.do(CHAIRMAN, third, "chairman", outcome="khong_dong_y", ly_do="Đã được khen về cùng thành tích.")

    notice = province.paper("thong_bao_ket_qua", [first, third])
    told = province.engine.paper_text(province.people[APPRAISER], notice).names
    assert [(each.result, each.note) for each in told] == [
        ("DUOC_KHEN", ""),
        ("KHONG_DUOC_KHEN", "Đã được khen về cùng thành tích."),
    ]
    province.check_proof()


def test_t11_of_two_decisions_for_one_nominee_only_the_first_is_issued_and_the_other_is_given_up(
    province: Province,
) -> None:
    first, second, other = codes = [province.propose_for("BK_TINH") for _ in range(2)] + [
        province.propose_for("BK_TINH", "Trần Thị Nụ", so_dinh_danh="008190001235")
    ]
    province.to_council(codes)
    province.approved(codes)
    clerk, drafter = ("VT", "VP"), ("VP_CV", "VP")
    early = province.paper("quyet_dinh", [first], until="number")
    signed = province.paper("quyet_dinh", [second, other], until="number")
    issue = {"ngay_phat_hanh": province.day, "cach_gui": "ban_giay"}

    def withdraw() -> Any:
        return province.engine.withdraw_paper(
            WithdrawPaper(
                command_id=new_id(), actor=province.people[drafter].person.id, paper=signed,
                reason="Trùng tên với quyết định đã phát hành.",
            )
        )  # fmt: skip

    with pytest.raises(PaperNotInDrafting):
        withdraw()
    province.do(clerk, early, "issue", **issue)
    said = refused(province.do, clerk, signed, "issue", **issue)
    assert (said["code"], "Ma Văn Tuấn" in said["message"], second in said["message"]) == (
        "awarded_elsewhere", True, True,
    )  # fmt: skip
    assert province.ask(drafter, f"/papers/{early}")["number"] in said["message"]
    assert {province.status(code) for code in codes[1:]} == {"DU_DK"}

    withdraw()
    again = province.paper("quyet_dinh", [other])
    assert province.ask(drafter, f"/papers/{again}")["status"] == "da_phat_hanh"
    assert len(rows(province)) == 2
    province.check_proof()


def test_t11_a_decision_is_not_signed_over_a_letter_to_the_prime_minister_that_awaits_its_answer(
    province: Province,
) -> None:
    state, own = codes = [province.propose_for("BK_TTG"), province.propose_for("BK_TINH")]
    for code in codes:
        province.to_council([code])
        province.approved([code])
    late = province.paper("quyet_dinh", [own], until="review")
    letter = province.paper("to_trinh_ttg", [state])

    said = refused(province.do, CHAIRMAN, late, "sign", **SIGNS)
    assert said["code"] == "awarded_elsewhere"
    assert province.ask(("VP_CV", "VP"), f"/papers/{letter}")["number"] in said["message"]
    province.do(CHAIRMAN, late, "sign", outcome="tra_lai", ly_do="Đã trình Thủ tướng Chính phủ về cùng thành tích.")
    answer = {"outcome": "khong", "so_van_ban": "77/TB-BNV", "ngay_van_ban": "01/10/2025", "ly_do": "Chưa đủ mức."}
    province.send(APPRAISER, "/messages", message="central_answer", items=[{"nomination": state, "form": answer}])
    province.check_proof()


def test_an_award_of_the_prime_minister_bears_number_and_day_of_his_decision(province: Province) -> None:
    first = province.propose_for("BK_TTG")
    province.to_council([first])
    province.approved([first])
    province.paper("to_trinh_ttg", [first])
    answer = {"outcome": "dong_y", "so_van_ban": "1520/QĐ-TTg", "ngay_van_ban": "01/10/2025"}
    province.send(APPRAISER, "/messages", message="central_answer", items=[{"nomination": first, "form": answer}])

    second = province.propose_for("BK_TINH")
    [seen] = province.ask(OFFICER, f"/nominations/{second}")["awards"]
    assert (seen["award"], seen["authority"], seen["number"], seen["day"]) == (
        "BK_TTG", "TTG", "1520/QĐ-TTg", "2025-10-01",
    )  # fmt: skip
    province.check_proof()


def test_one_act_of_a_head_does_not_award_somebody_twice(province: Province) -> None:
    about = {"unit": COMMUNE, "round": province.code_of_round, "award": "GK_XA", "kind": "ca_nhan", "dossier": None}
    codes = [province.send(OFFICER, "/nominations", **about, form=NOMINEE)["code"] for _ in range(2)]
    for code in codes:
        province.do(OFFICER, code, "self_assessment", **ASSESSMENT)
        province.do(("HD_DV", COMMUNE), code, "council", **VOTE | {"ngay_hop": province.day})
    form = AGREES | {"so_quyet_dinh": "15/QĐ-UBND", "ngay_quyet_dinh": province.day}
    head = ("TT_DV", COMMUNE)

    said = refused(batch, head, province, codes, "head_decision", **form)
    assert [row["ok"] for row in said["rows"]] == [True, False]

    batch(head, province, codes[:1], "head_decision", **form)
    said = refused(province.do, head, codes[1], "head_decision", **form)
    assert "15/QĐ-UBND" in said["fields"]["outcome"][0]
    province.check_proof()


def test_a_collective_is_known_by_its_unit_and_name_and_another_movement_forbids_nothing(province: Province) -> None:
    name = "Nhân dân và cán bộ xã Tân Trào"
    first = province.propose_for("BK_TINH", name, doi_tuong="tap_the_xa")
    province.awarded([first])
    again = province.propose_for("BK_TINH", "NHÂN DÂN và cán bộ xã Tân Trào", doi_tuong="tap_the_xa")
    [award] = province.nomination(again)["awards"]
    assert award["same_movement"]
    other = province.propose_for("BK_TINH", name, doi_tuong="tap_the_xa", round=province.open_national_round())
    [award] = province.nomination(other)["awards"]
    assert not award["same_movement"]
    assert province.ask(OFFICER, f"/nominations/{other}")["awards"] == []
    province.to_council([other])
    province.check_proof()
