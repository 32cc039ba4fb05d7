"""Scenarios of DOMAIN §10 in the middle of the way, by the JSON API of the release that ships, on both databases."""

from __future__ import annotations

import pytest

from engine.store.database import Database
from tests.province import BARRED, CONCLUSION, FITS, Province, Refused

CHAIRMAN, OFFICE = ("CT_UBND", "VP"), ("VP_CV", "VP")
APPRAISER, DIRECTOR = ("SNV_CV", "SNV"), ("SNV_GD", "SNV")
UNIT_HEAD = ("TT_DV", "X2545")


@pytest.fixture
def province(database: Database) -> Province:
    return Province(database)


def three(province: Province, award: str = "BK_TINH") -> list[str]:
    first = province.propose_for(award, "Ma Văn Tuấn", so_dinh_danh="008090001234")
    dossier = first.split("/")[0]
    others = (("Trần Thị Nụ", "008190001235"), ("Hoàng Văn Bảy", "008090001236"))
    return [first, *(province.propose_for(award, n, so_dinh_danh=i, dossier=dossier) for n, i in others)]


# --- T10: a complaint after the chairman's draft -----------------------------------------------------------------


def test_t10_a_complaint_after_the_draft_of_the_decision_suspends_one_and_its_siblings_proceed(
    province: Province,
) -> None:
    codes = three(province)
    province.to_council(codes)
    province.approved(codes)
    decision = province.paper("quyet_dinh", codes, until="review")
    accused, *siblings = codes

    province.on_whole(APPRAISER, accused, "suspend")

    assert province.status(accused) == "TAM_DUNG"
    paper = province.ask(OFFICE, f"/papers/{decision}")
    assert [line["nomination"] for line in paper["lines"]] == siblings
    assert (paper["status"], paper["version"], paper["versions"][0]["why"]) == ("soan", 2, "suspended")
    province.finish_paper(decision, OFFICE, ("VP_LD", "VP"), CHAIRMAN, ("VT", "VP"), "QĐ")
    province.paper("thong_bao_ket_qua", siblings)
    assert {province.status(code) for code in siblings} == {"DUOC_KHEN"}

    province.on_whole(DIRECTOR, accused, "resume", CONCLUSION)
    later = province.paper("quyet_dinh", [accused])
    province.paper("thong_bao_ket_qua", [accused])
    assert later != decision and province.status(accused) == "DUOC_KHEN"
    notes = [line["note"] for line in province.ask(("KT", "TTT"), f"/nominations/{accused}/history")["items"]]
    assert CONCLUSION in notes
    province.check_proof()


# --- suspension as an outcome ------------------------------------------------------------------------------------


def test_the_outcome_tam_dung_keeps_the_step_open_and_frozen_while_siblings_go_on(province: Province) -> None:
    codes = three(province)
    province.to_appraisal(codes)
    barred, *siblings = codes

    answer = province.do(APPRAISER, barred, "appraisal", **FITS | BARRED)

    assert not answer["ended"] and not answer["incident"]
    [task] = province.nomination(barred)["tasks"]
    assert (task["element"], task["state"], province.status(barred)) == ("appraisal", "frozen", "TAM_DUNG")
    with pytest.raises(Refused) as refused:
        province.send(APPRAISER, f"/tasks/{task['id']}/complete", expected_version=task["version"], form=FITS)
    assert (refused.value.status, refused.value.body["code"]) == (409, "task_not_open")
    history = province.ask(("KT", "TTT"), f"/nominations/{barred}/history")["items"]
    assert (history[-1]["act"], history[-1]["element"], history[-1]["note"]) == (
        "suspended", "appraisal", BARRED["ly_do"],
    )  # fmt: skip

    province.appraised(siblings)
    for code in siblings:
        province.voted(code)
    first = province.paper("to_trinh_snv", siblings)
    province.on_whole(APPRAISER, barred, "resume", CONCLUSION)
    province.appraised([barred])
    province.voted(barred)
    later = province.paper("to_trinh_snv", [barred])
    assert first != later
    province.check_proof()


def test_a_bar_forbids_to_find_eligible_and_must_be_named_to_suspend(province: Province) -> None:
    code = province.propose_for("BK_TINH")
    province.to_appraisal([code])
    for outcome, bar in (("dat", "ky_luat"), ("tam_dung", "khong")):
        with pytest.raises(Refused) as refused:
            province.do(APPRAISER, code, "appraisal", **FITS | BARRED | {"outcome": outcome, "can_cu_tam_dung": bar})
        assert list(refused.value.body["fields"]) == ["can_cu_tam_dung"]
    assert province.status(code) == "DE_NGHI"


def test_the_bodies_on_the_way_may_suspend_and_only_that_body_resumes(province: Province) -> None:
    code = province.propose_for("BK_TINH")
    for stranger in (APPRAISER, OFFICE, ("CA_TH", "CAT")):
        with pytest.raises(Refused) as refused:
            province.on_whole(stranger, code, "suspend")
        assert refused.value.status == 404
    province.at_unit([code])
    for body, colleague, other in (
        (UNIT_HEAD, UNIT_HEAD, ("CA_TH", "CAT")),
        (("CA_TH", "CAT"), ("CA_LD", "CAT"), UNIT_HEAD),
    ):
        province.on_whole(body, code, "suspend")
        with pytest.raises(Refused) as refused:
            province.on_whole(other, code, "resume")
        assert refused.value.status == 403
        province.on_whole(colleague, code, "resume", CONCLUSION)
    assert province.status(code) == "DE_NGHI"
    province.check_proof()


def test_who_is_suspended_in_a_batch_act_is_taken_out_of_papers_like_any_other(province: Province) -> None:
    codes = three(province)
    province.to_appraisal(codes)
    items = []
    for code in codes:
        task = province.task(APPRAISER, code, "appraisal")
        form = FITS | (BARRED if code == codes[1] else {"outcome": "dat"})
        items.append({"task": task["id"], "expected_version": task["version"], "form": form})
    preview = province.send(APPRAISER, "/tasks/batch", mode="preview", items=items)["rows"]
    assert [row["status"] for row in preview] == ["DU_DK", "TAM_DUNG", "DU_DK"]
    province.send(APPRAISER, "/tasks/batch", mode="commit", items=items)
    assert [province.status(code) for code in codes] == ["DU_DK", "TAM_DUNG", "DU_DK"]
    province.check_proof()
