"""T2 and T12 of DOMAIN §10, around the receipt of a dossier, by the JSON API of the releases that ship."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest

from engine.commands import SYSTEM, AddUnit, EndUnit, PublishRelease
from engine.store.database import Database
from tests.builders import ASSESSMENT, WORKFLOWS, new_id
from tests.province import APPRAISED, CHECKED, CLEAN, OF_COMMUNE, REPORT, ROUND, Province, Refused

FRONT_DESK, APPRAISER, SECTION = ("SNV_TN", "SNV"), ("SNV_CV", "SNV"), ("SNV_TP", "SNV")
DISTRICT, BELOW, SUCCESSOR = "H-SON-DUONG", "X9001", "X2536"
OF_UNIT = ("CB_TDKT_DV", "HD_DV", "TT_DV", "VT")
OF_DISTRICT = REPORT | CLEAN | {
    "doi_moi_mot_cua_468_107": "co",
    "bao_dam_nguon_luc": "co",
    "ty_le_so_hoa_bpmc_huyen": "100",
    "ngay_bat_dau_so_hoa": "01/12/2022",
    "so_mo_hinh_diem_dat": "5",
    "da_giao_chi_tieu_dinh_danh": "co",
    "ty_le_dat_chi_tieu_dinh_danh": "100",
    "ty_le_kcb_dung_cccd": "100",
    "ty_le_luu_tru_vneid": "100",
}  # fmt: skip
LACKS = {"outcome": "bo_sung", "noi_dung_bo_sung": "Thiếu quyết định công nhận mô hình điểm."}
FORBIDS = {"outcome": "khong_cho_phep", "ly_do": "Nội dung này đã có thể yêu cầu ngay lần đầu."}
ALLOWS = {"outcome": "cho_phep", "ly_do": "Văn bản mới của Bộ Công an đến sau lần yêu cầu đầu."}


class ProvinceWithDistricts(Province):
    """June 2025, R2 in force: huyện Sơn Dương with a commune below it, which hands in through it."""

    since = date(2022, 1, 1)
    round_form = ROUND | {"ngay_huong_dan": "01/06/2025"}
    superiors = MappingProxyType({BELOW: DISTRICT})

    def __init__(self, database: Database) -> None:
        super().__init__(database, datetime(2025, 6, 2, 2, 0, tzinfo=UTC))
        self.add_body(DISTRICT, "Huyện Sơn Dương", "huyen", self.since)
        self.add_body(BELOW, "Xã Tân Thanh", "xa", self.since, superior=DISTRICT)

    def _furnish(self) -> list[str]:
        folder = str(WORKFLOWS / "earlier" / "r2")
        self.engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=folder))
        return super()._furnish()

    def add_body(self, unit: str, title: str, kind: str, since: date, superior: str | None = None) -> None:
        about = {"unit": unit, "title": title, "kind": kind, "superior": superior, "valid_from": since}
        self.engine.add_unit(AddUnit(command_id=new_id(), actor=SYSTEM, **about))
        for role in OF_UNIT:
            self.people[role, unit] = self.person(f"{role} {unit}", role, unit, f"{role}.{unit}".lower(), since)

    def district_ends(self) -> None:
        self.add_body(SUCCESSOR, "Xã Sơn Dương", "xa", date(2025, 7, 1))
        about = {"unit": DISTRICT, "valid_to": date(2025, 6, 30), "successors": (SUCCESSOR,)}
        self.engine.end_unit(EndUnit(command_id=new_id(), actor=SYSTEM, **about))

    def at_unit_under_district(self, code: str) -> None:
        """Self-assessment, vote, tờ trình to the district; its check and its own tờ trình."""
        self.do(("CB_TDKT_DV", BELOW), code, "self_assessment", **OF_COMMUNE)
        self.do(("HD_DV", BELOW), code, "unit_council", **self.vote(9, 9))
        self.paper("to_trinh_xa", [code])
        self.do(("CB_TDKT_DV", DISTRICT), code, "district_check", **CHECKED)
        self.paper("to_trinh_huyen", [code])

    def receive_dossier(self, code: str) -> dict[str, object]:
        dossier = code.partition("/")[0]
        form = {"outcome": "tiep_nhan", "ngay_tiep_nhan": self.day}
        return self.send(FRONT_DESK, f"/dossiers/{dossier}/receive", form=form)


# --- T2: the district tier ends while a dossier is on its way ---------------------------------------------------------


def test_t2_what_the_district_handed_in_by_june_is_decided_in_july_under_r2_and_its_successor_supplements(
    database: Database,
) -> None:
    province = ProvinceWithDistricts(database)
    own = province.propose_for("BK_TINH", "Nhân dân và cán bộ huyện Sơn Dương", DISTRICT, doi_tuong="tap_the_huyen")
    below = province.propose_for("BK_TINH", "Nhân dân và cán bộ xã Tân Thanh", BELOW, doi_tuong="tap_the_xa")
    province.at_unit([own], DISTRICT, **OF_DISTRICT)
    province.at_unit_under_district(below)
    province.consolidated([own, below])
    province.at("2025-06-20")
    for code in (own, below):
        assert province.receive_dossier(code)["received"] == [code]
    province.do(APPRAISER, own, "appraisal", **APPRAISED | LACKS)
    province.paper("yeu_cau_bo_sung", [own])

    province.district_ends()
    province.at("2025-07-02")
    assert province.ask(("CB_TDKT_DV", DISTRICT), "/tasks", box="group")["items"] == []
    province.do(("CB_TDKT_DV", SUCCESSOR), own, "supplement", **OF_DISTRICT)
    province.appraised([own, below])
    province.to_chairman([own, below])
    for code in (own, below):
        province.do(("CT_UBND", "VP"), code, "chairman", outcome="dong_y")
    province.at("2025-07-10")
    province.paper("quyet_dinh", [own, below])
    province.paper("thong_bao_ket_qua", [own])
    province.paper("thong_bao_ket_qua", [below])

    for code in (own, below):
        told = province.nomination(code)
        assert (told["status"], told["regime"], told["release"]) == ("DUOC_KHEN", "R2", "R2")
        dossier = province.ask(("KT", "TTT"), f"/dossiers/{code.partition('/')[0]}")
        assert [receipt["received_on"] for receipt in dossier["receipts"]] == ["2025-06-20"]
    done = [line["element"] for line in province.ask(("KT", "TTT"), f"/nominations/{below}/history")["items"]]
    assert "district_check" in done
    province.check_proof()


# --- T12: supplements are asked for once ------------------------------------------------------------------------------


def test_t12_a_second_request_of_the_same_desk_is_refused_unless_its_supervisor_allows_it_with_a_reason(
    database: Database,
) -> None:
    province = Province(database)
    code = province.propose_for("BK_TINH")
    dossier = code.partition("/")[0]
    province.to_appraisal([code])
    lacks, supplied = APPRAISED | LACKS, ("CB_TDKT_DV", "X2545")

    def requested() -> str:
        return str(province.send(APPRAISER, f"/dossiers/{dossier}/supplement")["code"])

    def issued(paper: str) -> None:
        province.finish_paper(paper, APPRAISER, SECTION, ("SNV_GD", "SNV"), ("VT", "SNV"), "")

    province.do(APPRAISER, code, "appraisal", **lacks)
    issued(requested())
    province.do(supplied, code, "supplement", **ASSESSMENT)

    province.do(APPRAISER, code, "appraisal", **lacks)
    with pytest.raises(Refused) as second:
        requested()
    assert second.value.status == 409
    with pytest.raises(Refused) as unreasoned:
        province.do(SECTION, code, "supplement_override", outcome="cho_phep")
    assert list(unreasoned.value.body["fields"]) == ["ly_do"]
    province.do(SECTION, code, "supplement_override", **FORBIDS)
    assert province.task(APPRAISER, code, "appraisal")["state"] == "open"

    province.do(APPRAISER, code, "appraisal", **lacks)
    province.do(SECTION, code, "supplement_override", **ALLOWS)
    issued(requested())
    assert province.task(supplied, code, "supplement")["state"] == "open"
    requests = province.ask(("KT", "TTT"), f"/dossiers/{dossier}")["requests"]
    assert len(requests) == 2
    notes = [line["note"] for line in province.ask(("KT", "TTT"), f"/nominations/{code}/history")["items"]]
    assert ALLOWS["ly_do"] in notes and FORBIDS["ly_do"] in notes
    province.do(supplied, code, "supplement", **ASSESSMENT)
    province.appraised([code])
    province.approved([code])
    province.paper("quyet_dinh", [code])
    province.paper("thong_bao_ket_qua", [code])
    assert province.status(code) == "DUOC_KHEN"
    province.check_proof()
