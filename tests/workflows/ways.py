"""The ways through nomination.bpmn, put together from parts that people of the office would name."""

from __future__ import annotations

from typing import Any

from tests.workflows.journeys import Act, comes, done

Way = list[Act]

PERSON = {
    "co_ket_qua_san_pham_cu_the": True,
    "dat_hoac_vuot_tien_do": True,
    "guong_mau_chap_hanh": True,
    "vneid_muc": 2,
    "da_kich_hoat": True,
    "so_sang_kien_de_an_06": 1,
    "hieu_qua_cao": True,
}
NO_INITIATIVE = PERSON | {"so_sang_kien_de_an_06": 0, "hieu_qua_cao": False}
RESULTS = {"co_ket_qua_san_pham_cu_the": True, "dat_hoac_vuot_tien_do": True, "da_phat_dong_phong_trao": True}
CLEAN = {f"lam_sach_{kind}": True for kind in ("tiem_chung", "bao_tro", "tre_em", "ho_tich", "hoi_doan_the")}
COMMUNE = (
    RESULTS
    | CLEAN
    | {"ty_le_so_hoa_bpmc_xa": 10000, "ngay_bat_dau_so_hoa": "2023-06-01"}
    | {"ty_le_thon_hop_dan": 10000, "da_lap_to_cong_tac": True}
)
DISTRICT = (
    RESULTS
    | CLEAN
    | {"doi_moi_mot_cua_468_107": True, "bao_dam_nguon_luc": True, "ty_le_so_hoa_bpmc_huyen": 10000}
    | {"ngay_bat_dau_so_hoa": "2022-12-01", "so_mo_hinh_diem_dat": 5, "da_giao_chi_tieu_dinh_danh": True}
    | {"ty_le_dat_chi_tieu_dinh_danh": 10000, "ty_le_kcb_dung_cccd": 10000, "ty_le_luu_tru_vneid": 10000}
)
DEPARTMENT = RESULTS | {
    **dict.fromkeys(("ha_tang_cntt_hoan_thanh", "htgq_tthc_hop_nhat_1552", "an_toan_ket_noi_csdldc"), True),
    **dict.fromkeys(("da_ket_noi_csdldc", "da_lam_giau_csdldc", "bao_dam_nguon_luc", "chuan_hoa_danh_muc_tthc"), True),
    **dict.fromkeys(("dien_tu_hoa_bieu_mau", "da_ra_soat_kien_nghi_cu_tru", "da_dang_ky_tai_khoan_ket_noi"), True),
    **dict.fromkeys(("ty_le_dvctt_tich_hop_cdvcqg", "ty_le_so_hoa_tthc_tinh", "ty_le_so_hoa_dvc_thiet_yeu"), 10000),
    **dict.fromkeys(("ty_le_kcb_dung_cccd", "ty_le_luu_tru_vneid"), 10000),
    "so_dvc_bca_100_truc_tuyen": 11,
    "so_dvc_bn_dat_50": 14,
    "min_ty_le_dvc_con_lai": 3000,
}


def nominee(award: str = "BK_TINH", doi_tuong: str = "cong_chuc_vien_chuc", **more: Any) -> dict[str, Any]:
    """Return what a nomination of plan 230 starts with."""
    collective = doi_tuong.startswith("tap_the") or doi_tuong == "doanh_nghiep"
    return {
        "doi_tuong": doi_tuong,
        "la_nganh_doc": False,
        "thu_tuc_don_gian": False,
        "khong_bi_mat": True,
        **({} if collective else {"la_lanh_dao": False, "dien_quan_ly": False}),
        "nomination.award": award,
        "nomination.kind": "tap_the" if collective else "ca_nhan",
        "nomination.regime": "R3",
        "movement.launcher": "TINH",
        "movement.start_date": "2022-12-16",
        "movement.planned_end_date": "2030-12-31",
        "movement.cach_tinh_thoi_gian": "da_thuc_hien",
    } | {name.replace("__", "."): value for name, value in more.items()}


def votes(agree: int, of: int, **more: Any) -> dict[str, Any]:
    counts = {"tong_so": of, "co_mat": of, "phieu_phat_ra": of, "phieu_thu_ve": of, "khong_hop_le": 0}
    return counts | {"dong_y": agree, "khong_dong_y": of - agree} | more


def province_votes(agree: int, of: int = 17, instead: str = "khong", instead_agree: int = 0) -> dict[str, Any]:
    counts = votes(agree, of, khong_bo_phieu_do_lien_quan=0, hinh_thuc_thay_the=instead)
    if instead == "khong":
        return counts
    other = {"thay_the_thu_ve": of, "thay_the_dong_y": instead_agree, "thay_the_khong_hop_le": 0}
    return counts | other | {"thay_the_khong_dong_y": of - instead_agree}


def at_unit(report: dict[str, Any] = PERSON, vote: dict[str, Any] | None = None) -> Way:
    return [done("self_assessment", **report), done("unit_council", **(vote or votes(9, 9)))]


UNIT_LETTER = [comes("unit_letter")]
CHECKED: Way = [done("consolidator_check", outcome="dat")]
CONSOLIDATED: Way = [*CHECKED, comes("consolidation_letter")]


def received(day: str = "2025-10-01") -> Way:
    return [done("receive", outcome="tiep_nhan", ngay_tiep_nhan=day)]


RECEIVED = received()
INCOMPLETE: Way = [done("receive", outcome="bo_sung", ngay_tiep_nhan="2025-10-01")]
APPRAISED: Way = [done("appraisal", outcome="dat")]
ASKED: Way = [done("appraisal", outcome="bo_sung")]
REQUESTED: Way = [comes("supplement_request"), done("supplement", **PERSON)]
VOTED: Way = [done("council", **province_votes(17))]
LETTER: Way = [comes("appraisal_letter")]
SUBMITTED: Way = [*LETTER, done("office_check", outcome="dat")]
APPROVED: Way = [*SUBMITTED, done("chairman", outcome="dong_y")]
NOTICE: Way = [comes("result_notice")]
DECIDED: Way = [comes("decision"), *NOTICE]
TO_RECEIPT = [*at_unit(), *UNIT_LETTER, *CONSOLIDATED]
TO_APPRAISAL = [*TO_RECEIPT, *RECEIVED]
TO_COUNCIL = [*TO_APPRAISAL, *APPRAISED]
TO_CHAIRMAN = [*TO_COUNCIL, *VOTED, *SUBMITTED]
STRAIGHT = [*TO_COUNCIL, *VOTED, *APPROVED, *DECIDED]


def lowered(to: str, agree: bool = True) -> Way:
    """The appraiser proposes a lower form; the unit answers."""
    asked = done("appraisal", outcome="chuyen_hinh_thuc", hinh_thuc_moi=to)
    return [asked, done("lower_form_consent", outcome="dong_y" if agree else "khong_dong_y")]
