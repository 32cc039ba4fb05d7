"""Scenarios of DOMAIN §10 on checks, opinions and votes, by the JSON API of the release that ships."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.commands import SYSTEM, AddUnit, PublishRelease
from engine.errors import NotFound
from engine.office import messages
from engine.office.releases import read_folder
from engine.store.database import Database
from tests.builders import new_id
from tests.province import APPRAISED, CHECKED, CLEAN, REPORT, ROUND, Province
from tests.workflows.journeys import FOLDERS, WORKFLOWS, with_expiry
from web.filings import filings

APPRAISER = ("SNV_CV", "SNV")
OF_DEPARTMENT = REPORT | {
    **dict.fromkeys(("ha_tang_cntt_hoan_thanh", "htgq_tthc_hop_nhat_1552", "an_toan_ket_noi_csdldc"), "co"),
    **dict.fromkeys(("da_ket_noi_csdldc", "da_lam_giau_csdldc", "bao_dam_nguon_luc", "chuan_hoa_danh_muc_tthc"), "co"),
    **dict.fromkeys(("dien_tu_hoa_bieu_mau", "da_ra_soat_kien_nghi_cu_tru", "da_dang_ky_tai_khoan_ket_noi"), "co"),
    **dict.fromkeys(("ty_le_dvctt_tich_hop_cdvcqg", "ty_le_so_hoa_tthc_tinh", "ty_le_so_hoa_dvc_thiet_yeu"), "100"),
    **dict.fromkeys(("ty_le_kcb_dung_cccd", "ty_le_luu_tru_vneid"), "100"),
    "so_dvc_bca_100_truc_tuyen": "11",
    "so_dvc_bn_dat_50": "14",
    "min_ty_le_dvc_con_lai": "24",
}
OF_DISTRICT = REPORT | CLEAN | {
    **dict.fromkeys(("doi_moi_mot_cua_468_107", "bao_dam_nguon_luc", "da_giao_chi_tieu_dinh_danh"), "co"),
    **dict.fromkeys(("ty_le_so_hoa_bpmc_huyen", "ty_le_dat_chi_tieu_dinh_danh"), "100"),
    **dict.fromkeys(("ty_le_kcb_dung_cccd", "ty_le_luu_tru_vneid"), "100"),
    "so_mo_hinh_diem_dat": "5",
}  # fmt: skip
LATE_START = "Bắt đầu số hóa ngày 15/12/2022, sau ngày 01/12/2022."
AGREES = {"outcome": "dong_y", "ngay_van_ban": "06/10/2025"}


@pytest.fixture
def province(database: Database) -> Province:
    return Province(database)


def test_t3_and_t9_a_nominee_of_the_lead_body_is_checked_again_and_24_percent_online_is_enough(
    province: Province,
) -> None:
    code = province.propose_for("BK_TINH", "Phòng Tham mưu Công an tỉnh", unit="CAT", doi_tuong="tap_the_tinh")
    province.at_unit([code], "CAT", **OF_DEPARTMENT)
    province.do(("CA_TH", "CAT"), code, "consolidator_check", **CHECKED)
    [task] = province.nomination(code)["tasks"]
    assert (task["element"], task["unit"], task["role"]) == ("second_check", "SNV", "SNV_CV")
    province.do(APPRAISER, code, "second_check", outcome="dat", doc_lap="co", can_cu_tam_dung="khong")
    province.paper("de_xuat_tong_hop", [code])
    province.received([code])
    results = {each["code"]: each["result"] for each in province.nomination(code)["criteria"]}
    assert results["A8.3"] == "DAT"
    province.check_proof()


@pytest.mark.parametrize(("agree", "status"), [(13, "KHONG_DUOC_KHEN"), (14, "DU_DK")])
def test_t7_of_17_members_14_must_agree_for_the_prime_minister(sqlite_url: str, agree: int, status: str) -> None:
    database = Database(sqlite_url)
    province = Province(database)
    code = province.propose_for("BK_TTG")
    province.to_council([code])
    province.voted(code, agree)
    assert province.status(code) == status
    province.check_proof()
    database.close()


def test_t15_a_company_is_asked_about_in_parallel_and_one_late_opinion_is_waited_for(province: Province) -> None:
    code = province.propose_for("BK_TINH", "Công ty Cổ phần Chè Mỹ Lâm", unit="DN1", doi_tuong="doanh_nghiep")
    province.to_council([code], "DN1", **OF_DEPARTMENT)
    province.paper("lay_y_kien", [code])
    asked = {task["unit"]: task for task in province.nomination(code)["tasks"]}
    assert set(asked) == {"CTHUE", "BHXH", "SNNMT"}
    province.at("2025-10-06")

    def answer(unit: str) -> bool:
        task = asked[unit]
        body = {"expected_version": task["version"], "form": AGREES}
        return not province.send(("CQ_HY", unit), f"/tasks/{task['id']}/complete", **body)["incident"]

    for unit in asked:
        province.ask(("CQ_HY", unit), "/tasks", box="group")  # each has its token before they answer at once
    with ThreadPoolExecutor(2) as both:
        assert all(both.map(answer, ("CTHUE", "SNNMT")))  # neither finds the other in its way

    province.at("2025-10-30")
    [late] = province.nomination(code)["tasks"]
    assert (late["unit"], late["element"], late["due_on"] < "2025-10-30") == ("BHXH", "opinion", True)
    page = province.engine.task(province.people["CQ_HY", "BHXH"], late["id"])
    assert page.task.name == "Cho ý kiến" and page.why.consequences
    assert answer("BHXH")
    summed = {"co_y_kien_trai_chieu": "khong", "tong_hop": "Ba cơ quan đều đồng ý, một cơ quan trả lời chậm."}
    province.do(APPRAISER, code, "opinions_summary", **summed)
    assert province.task(("TK_HD", "SNV"), code, "council")["element"] == "council"
    province.check_proof()


@pytest.mark.parametrize(
    ("policy", "says", "then"),
    [
        ("cho_tiep", "Chờ tiếp", "opinion"),
        ("nhac_roi_cho", "Nhắc rồi chờ", "opinion"),
        ("coi_nhu_dong_y", "Coi như đồng ý", "opinions_summary"),
    ],
)
def test_t15_what_follows_from_a_late_opinion_is_what_the_release_says_of_that_body(
    sqlite_url: str, tmp_path: Path, policy: str, says: str, then: str
) -> None:
    database = Database(sqlite_url)
    province = Province(database)
    folder = tmp_path / "release"
    for name, content in with_expiry(read_folder(WORKFLOWS), policy).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    province.engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(folder)))
    code = province.propose_for("BK_TINH", "Công ty Cổ phần Chè Mỹ Lâm", unit="DN1", doi_tuong="doanh_nghiep")
    province.to_council([code], "DN1", **OF_DEPARTMENT)
    province.paper("lay_y_kien", [code])
    province.at("2025-10-06")
    for unit in ("CTHUE", "SNNMT"):
        province.do(("CQ_HY", unit), code, "opinion", **AGREES)
    province.at("2025-10-15")
    assert province.timers_pass() == 0
    province.at("2025-10-16")
    assert province.timers_pass() == 1

    [task] = province.nomination(code)["tasks"]
    assert task["element"] == then
    view = province.engine.nomination(province.people["KT", "TTT"], code)
    stands = (
        ("body_opinion", "opinions", "nomination") if then == "opinion" else ("opinions", "nomination", "body_opinion")
    )
    assert tuple(id for id, _name in view.diagrams) == stands
    assert set(view.current) == {then, "opinions", *(["body_opinion"] if then == "opinion" else [])}
    for process in stands:
        drawn = province.engine.diagram(province.people["KT", "TTT"], code, process)
        assert f'<bpmn:process id="{process}"'.encode() in drawn
    with pytest.raises(NotFound):
        province.engine.diagram(province.people["KT", "TTT"], code, "paper")
    with database.read() as reader:
        told = [(each.kind, each.unit, dict(each.about)) for each in messages.waiting(reader, province.clock.now(), 9)]
    reminder = ("of_case", "BHXH", {"code": code, "message": "opinion_reminder"})
    assert told == ([reminder] if policy == "nhac_roi_cho" else [])
    [expired] = [line for line in province.engine.history(province.people["KT", "TTT"], code) if line.act == "timer"]
    assert (expired.step, expired.about) == ("Quá hạn trả lời", "Bảo hiểm xã hội")
    assert [each.chosen for each in expired.automatic] == [None, says]
    if then == "opinion":
        province.do(("CQ_HY", "BHXH"), code, "opinion", **AGREES | {"ngay_van_ban": "16/10/2025"})
    appraiser = province.people[APPRAISER]
    [task] = province.nomination(code)["tasks"]
    history = province.engine.task(appraiser, task["id"]).nomination.history
    answers = {each.line.about: (each.line.step, each.line.outcome_label) for each in filings(history, ())}
    assert answers["Cơ quan thuế"] == ("Cho ý kiến", "Đồng ý, không có ý kiến khác")
    late = ("Cho ý kiến", "Đồng ý, không có ý kiến khác") if then == "opinion" else ("Quá hạn trả lời", says)
    assert answers["Bảo hiểm xã hội"] == late
    province.check_proof()
    database.close()


class Before(Province):
    """The province in June 2025, under the release with districts: huyện Yên Sơn proposes collectives of its own."""

    since = date(2022, 1, 1)
    round_form = ROUND | {"ngay_huong_dan": "15/05/2025", "tieu_chi_huyen": "district_criteria"}

    def __init__(self, database: Database) -> None:
        super().__init__(database, datetime(2025, 6, 2, 2, 0, tzinfo=UTC))
        add = AddUnit(
            command_id=new_id(), actor=SYSTEM, unit="YS", title="Huyện Yên Sơn", kind="huyen", valid_from=self.since
        )
        self.engine.add_unit(add)
        for role in ("CB_TDKT_DV", "HD_DV", "TT_DV", "VT"):
            self.people[role, "YS"] = self.person(f"{role} YS", role, "YS", f"{role}.ys".lower())

    def _furnish(self) -> list[str]:
        people = super()._furnish()
        self.engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(FOLDERS["R2"])))
        return people


@pytest.mark.parametrize(("began", "result"), [("01/12/2022", "DAT"), ("15/12/2022", "KHONG_DAT")])
def test_t8_a_district_must_have_begun_to_digitise_by_1_december_2022(sqlite_url: str, began: str, result: str) -> None:
    database = Database(sqlite_url)
    province = Before(database)
    code = province.propose_for("BK_TINH", "Phòng Nội vụ huyện Yên Sơn", unit="YS", doi_tuong="tap_the_huyen")
    assert province.nomination(code)["release"] == "R2"
    province.to_appraisal([code], "YS", **OF_DISTRICT | {"ngay_bat_dau_so_hoa": began})
    results = {each["code"]: each["result"] for each in province.nomination(code)["criteria"]}
    assert results.pop("B3") == result
    assert set(results.values()) <= {"DAT", "KHONG_AP_DUNG"}
    [task] = province.nomination(code)["tasks"]
    assert task["element"] == "appraisal"
    if result == "KHONG_DAT":
        province.do(APPRAISER, code, "appraisal", **APPRAISED | {"outcome": "khong_dat", "ly_do": LATE_START})
        assert province.status(code) == "KHONG_DU_DK"
    province.check_proof()
    database.close()
