"""The shipped tables against the plan: DOMAIN §2.2, §5.0 to §5.4 and the scenarios T4, T5, T8, T9."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.process.decisions import Decision, parse_decisions

DMN = Path(__file__).parents[4] / "workflows" / "dmn"
RESULTS = {"DAT", "KHONG_DAT", "THIEU_MINH_CHUNG", "KHONG_AP_DUNG"}
LAM_SACH = [f"lam_sach_{kind}" for kind in ("tiem_chung", "bao_tro", "tre_em", "ho_tich", "hoi_doan_the")]
COMMON = {"co_ket_qua_san_pham_cu_the": True, "dat_hoac_vuot_tien_do": True}
PERSON = COMMON | {"guong_mau_chap_hanh": True, "vneid_muc": 2, "da_kich_hoat": True}
COMMUNE = (
    COMMON
    | {"da_phat_dong_phong_trao": True, "da_lap_to_cong_tac": True, "ngay_bat_dau_so_hoa": "2023-06-01"}
    | {"ty_le_so_hoa_bpmc_xa": 100, "ty_le_thon_hop_dan": Decimal("100.00")}
    | dict.fromkeys(LAM_SACH, True)
)
# The best case of every kind of nominee, with the criteria the plan sets for it.
BEST: dict[str, tuple[dict[str, Any], list[str]]] = {
    "cong_chuc_vien_chuc": (
        PERSON | {"so_sang_kien_de_an_06": 1, "hieu_qua_cao": True},
        ["G1", "G2", "D0.1", "D0.2", "D1"],
    ),
    "nguoi_lao_dong": (
        PERSON | {"so_sang_kien_de_an_06": 3, "hieu_qua_cao": True},
        ["G1", "G2", "D0.1", "D0.2", "D1"],
    ),
    "doanh_nhan": (PERSON | {"co_ho_tro_nguon_luc": True}, ["G1", "G2", "D0.1", "D0.2", "D2"]),
    "nguoi_dan": (
        PERSON | {"su_dung_dvctt": True, "van_dong_tuyen_truyen": True, "gop_y_phan_anh": True},
        ["G1", "G2", "D0.1", "D0.2", "D3.1", "D3.2", "D3.3"],
    ),
    "tap_the_xa": (COMMUNE, ["G1", "G2", "G3", "C1", "C2", "C3.1", "C3.2"]),
}


def shipped(name: str) -> Decision:
    decisions, problems = parse_decisions((DMN / f"{name}.dmn").read_bytes(), f"dmn/{name}.dmn")
    assert problems == []
    return decisions[name]


CRITERIA = shipped("unit_commendation_criteria")
PROVINCIAL = shipped("provincial_criteria")
DISTRICT = shipped("district_criteria")
COMMUNE_TABLE = shipped("commune_criteria")
MOVEMENT = shipped("movement_duration")


def judged(decision: Decision, inputs: dict[str, Any]) -> dict[str, str]:
    """Return criterion -> result, every criterion once."""
    rows = decision.evaluate(inputs).outputs
    assert isinstance(rows, list)
    results = {row["ma"]: row["ket_qua"] for row in rows}
    assert len(results) == len(rows)
    return results


def of(doi_tuong: str, **changed: Any) -> dict[str, str]:
    return judged(CRITERIA, BEST[doi_tuong][0] | {"doi_tuong": doi_tuong} | changed)


@pytest.mark.parametrize("doi_tuong", BEST)
def test_who_meets_everything_has_exactly_the_criteria_of_the_plan_met(doi_tuong: str) -> None:
    assert of(doi_tuong) == dict.fromkeys(BEST[doi_tuong][1], "DAT")


@pytest.mark.parametrize("doi_tuong", BEST)
def test_nothing_known_is_missing_evidence_and_never_failure(doi_tuong: str) -> None:
    assert judged(CRITERIA, {"doi_tuong": doi_tuong}) == dict.fromkeys(BEST[doi_tuong][1], "THIEU_MINH_CHUNG")


@pytest.mark.parametrize(
    ("doi_tuong", "variable", "criterion", "failing"),
    [
        ("cong_chuc_vien_chuc", "co_ket_qua_san_pham_cu_the", "G1", [False]),
        ("nguoi_dan", "dat_hoac_vuot_tien_do", "G2", [False]),
        ("tap_the_xa", "da_phat_dong_phong_trao", "G3", [False]),
        ("nguoi_lao_dong", "guong_mau_chap_hanh", "D0.1", [False]),
        ("doanh_nhan", "vneid_muc", "D0.2", [0]),
        ("nguoi_dan", "da_kich_hoat", "D0.2", [False]),
        ("cong_chuc_vien_chuc", "so_sang_kien_de_an_06", "D1", [0]),
        ("nguoi_lao_dong", "hieu_qua_cao", "D1", [False]),
        ("doanh_nhan", "co_ho_tro_nguon_luc", "D2", [False]),
        ("nguoi_dan", "su_dung_dvctt", "D3.1", [False]),
        ("nguoi_dan", "van_dong_tuyen_truyen", "D3.2", [False]),
        ("nguoi_dan", "gop_y_phan_anh", "D3.3", [False]),
        *[("tap_the_xa", variable, "C1", [False]) for variable in LAM_SACH],
        ("tap_the_xa", "ty_le_so_hoa_bpmc_xa", "C2", [Decimal("99.99"), 0]),
        ("tap_the_xa", "ngay_bat_dau_so_hoa", "C2", ["2023-06-02", "2026-01-01"]),
        ("tap_the_xa", "ty_le_thon_hop_dan", "C3.1", [Decimal("99.99")]),
        ("tap_the_xa", "da_lap_to_cong_tac", "C3.2", [False]),
    ],
)
def test_each_criterion_fails_and_lacks_evidence_by_its_own_variable_alone(
    doi_tuong: str, variable: str, criterion: str, failing: list[Any]
) -> None:
    for value in failing:
        assert of(doi_tuong, **{variable: value}) == of(doi_tuong) | {criterion: "KHONG_DAT"}
    assert of(doi_tuong, **{variable: None}) == of(doi_tuong) | {criterion: "THIEU_MINH_CHUNG"}


def test_a_part_that_fails_decides_even_when_another_part_is_missing() -> None:
    assert of("nguoi_dan", vneid_muc=None, da_kich_hoat=False)["D0.2"] == "KHONG_DAT"
    assert of("nguoi_lao_dong", so_sang_kien_de_an_06=0, hieu_qua_cao=None)["D1"] == "KHONG_DAT"
    assert of("tap_the_xa", lam_sach_tiem_chung=None, lam_sach_hoi_doan_the=False)["C1"] == "KHONG_DAT"


def test_without_the_kind_of_nominee_nothing_can_pass() -> None:
    assert judged(CRITERIA, PERSON)["DOI_TUONG"] == "THIEU_MINH_CHUNG"
    assert judged(CRITERIA, PERSON | {"doi_tuong": "ai_do"})["DOI_TUONG"] == "THIEU_MINH_CHUNG"


@pytest.mark.parametrize("criterion", ["C1", "C2", "C3.1", "C3.2"])
def test_only_a_person_declares_a_criterion_not_applicable(criterion: str) -> None:
    variable = "khong_ap_dung_" + criterion.lower().replace(".", "_")

    assert of("tap_the_xa", **{variable: True}) == of("tap_the_xa") | {criterion: "KHONG_AP_DUNG"}
    assert of("tap_the_xa", **{variable: False}) == of("tap_the_xa")


def test_each_result_names_its_section_of_the_plan_and_the_row_says_why() -> None:
    result = CRITERIA.evaluate(
        BEST["cong_chuc_vien_chuc"][0] | {"doi_tuong": "cong_chuc_vien_chuc", "so_sang_kien_de_an_06": 0}
    )

    [failed] = [row for row in result.explanation if row.matched and (row.outputs or {})["ket_qua"] == "KHONG_DAT"]
    assert failed.outputs is not None
    assert failed.outputs["can_cu"] == "KH 230 mục II.2.2"
    assert [(test.value, test.test, test.met) for test in failed.tests][1:] == [(Decimal(0), "< 1", True)]


maybe = st.sampled_from([None, True, False])
percent = st.none() | st.decimals(0, 100, places=2)
day = st.none() | st.dates()
COMMUNE_INPUTS = st.fixed_dictionaries(
    dict.fromkeys([*LAM_SACH, "da_phat_dong_phong_trao", "da_lap_to_cong_tac", *COMMON], maybe)
    | {"ty_le_so_hoa_bpmc_xa": percent, "ty_le_thon_hop_dan": percent, "ngay_bat_dau_so_hoa": day}
)
PERSON_BOOLS = [
    *COMMON,
    "guong_mau_chap_hanh",
    "da_kich_hoat",
    "hieu_qua_cao",
    "co_ho_tro_nguon_luc",
    "su_dung_dvctt",
    "van_dong_tuyen_truyen",
    "gop_y_phan_anh",
]
PERSON_INPUTS = st.fixed_dictionaries(
    dict.fromkeys(PERSON_BOOLS, maybe)
    | {"vneid_muc": st.sampled_from([None, 0, 1, 2]), "so_sang_kien_de_an_06": st.none() | st.integers(0, 50)}
)


def joined(*parts: bool | None) -> str:
    """Return what a criterion of several parts must give."""
    return "KHONG_DAT" if False in parts else "THIEU_MINH_CHUNG" if None in parts else "DAT"


def at_least(value: Any, least: Any) -> bool | None:
    return None if value is None else value >= least


@given(inputs=COMMUNE_INPUTS)
def test_a_commune_gets_one_result_per_criterion_whatever_is_known(inputs: dict[str, Any]) -> None:
    started = inputs["ngay_bat_dau_so_hoa"]

    assert judged(CRITERIA, inputs | {"doi_tuong": "tap_the_xa"}) == {
        "G1": joined(inputs["co_ket_qua_san_pham_cu_the"]),
        "G2": joined(inputs["dat_hoac_vuot_tien_do"]),
        "G3": joined(inputs["da_phat_dong_phong_trao"]),
        "C1": joined(*(inputs[name] for name in LAM_SACH)),
        "C2": joined(
            at_least(inputs["ty_le_so_hoa_bpmc_xa"], 100),
            None if started is None else started.isoformat() <= "2023-06-01",
        ),
        "C3.1": joined(at_least(inputs["ty_le_thon_hop_dan"], 100)),
        "C3.2": joined(inputs["da_lap_to_cong_tac"]),
    }


@given(inputs=PERSON_INPUTS, doi_tuong=st.sampled_from([kind for kind in BEST if kind != "tap_the_xa"]))
def test_a_person_gets_one_result_per_criterion_whatever_is_known(inputs: dict[str, Any], doi_tuong: str) -> None:
    expected = {
        "G1": joined(inputs["co_ket_qua_san_pham_cu_the"]),
        "G2": joined(inputs["dat_hoac_vuot_tien_do"]),
        "D0.1": joined(inputs["guong_mau_chap_hanh"]),
        "D0.2": joined(at_least(inputs["vneid_muc"], 1), inputs["da_kich_hoat"]),
        "D1": joined(at_least(inputs["so_sang_kien_de_an_06"], 1), inputs["hieu_qua_cao"]),
        "D2": joined(inputs["co_ho_tro_nguon_luc"]),
        "D3.1": joined(inputs["su_dung_dvctt"]),
        "D3.2": joined(inputs["van_dong_tuyen_truyen"]),
        "D3.3": joined(inputs["gop_y_phan_anh"]),
    }

    assert judged(CRITERIA, inputs | {"doi_tuong": doi_tuong}) == {name: expected[name] for name in BEST[doi_tuong][1]}


# --- the tables of the other levels -------------------------------------------------------------------------------

TABLE_A = {
    "A1.1": ("ha_tang_cntt_hoan_thanh", True, False),
    "A1.2": ("htgq_tthc_hop_nhat_1552", True, False),
    "A1.3": ("an_toan_ket_noi_csdldc", True, False),
    "A1.4": ("ty_le_dvctt_tich_hop_cdvcqg", 100, Decimal("99.9")),
    "A2.1": ("da_ket_noi_csdldc", True, False),
    "A2.2": ("da_lam_giau_csdldc", True, False),
    "A3": ("bao_dam_nguon_luc", True, False),
    "A4.1": ("chuan_hoa_danh_muc_tthc", True, False),
    "A4.2": ("dien_tu_hoa_bieu_mau", True, False),
    "A5.1": ("ty_le_so_hoa_tthc_tinh", 100, 99),
    "A5.2": ("ty_le_so_hoa_dvc_thiet_yeu", 100, 99),
    "A6": ("da_ra_soat_kien_nghi_cu_tru", True, False),
    "A7.1": ("ty_le_kcb_dung_cccd", 100, 99),
    "A7.2": ("ty_le_luu_tru_vneid", 100, 99),
    "A8.1": ("so_dvc_bca_100_truc_tuyen", 11, 10),
    "A8.2": ("so_dvc_bn_dat_50", 14, 13),
    "A8.3": ("min_ty_le_dvc_con_lai", 20, Decimal("19.99")),
    "A9": ("da_dang_ky_tai_khoan_ket_noi", True, False),
}
TABLE_B = {
    "B1": ("doi_moi_mot_cua_468_107", True, False),
    "B2": ("bao_dam_nguon_luc", True, False),
    "B5": ("so_mo_hinh_diem_dat", 5, 4),
    "B6.1": ("da_giao_chi_tieu_dinh_danh", True, False),
    "B6.2": ("ty_le_dat_chi_tieu_dinh_danh", Decimal("104.5"), 99),
    "B7.1": ("ty_le_kcb_dung_cccd", 100, 99),
    "B7.2": ("ty_le_luu_tru_vneid", 100, 99),
}
DISTRICT_DATES = {"ty_le_so_hoa_bpmc_huyen": 100, "ngay_bat_dau_so_hoa": "2022-12-01"} | dict.fromkeys(LAM_SACH, True)


@pytest.mark.parametrize("criterion", TABLE_A)
def test_each_criterion_of_the_provincial_level(criterion: str) -> None:
    best = COMMON | {"da_phat_dong_phong_trao": True} | {name: good for name, good, _ in TABLE_A.values()}
    variable, _, bad = TABLE_A[criterion]
    not_applicable = {"khong_ap_dung_" + criterion.lower().replace(".", "_"): True}
    all_met = dict.fromkeys(["G1", "G2", "G3", *TABLE_A], "DAT")

    assert judged(PROVINCIAL, best) == all_met
    assert judged(PROVINCIAL, best | {variable: bad}) == all_met | {criterion: "KHONG_DAT"}
    assert judged(PROVINCIAL, best | {variable: None}) == all_met | {criterion: "THIEU_MINH_CHUNG"}
    assert judged(PROVINCIAL, best | not_applicable) == all_met | {criterion: "KHONG_AP_DUNG"}


def test_t9_other_services_at_24_percent_pass_by_the_row_of_the_minimum() -> None:
    row = PROVINCIAL.evaluate({"min_ty_le_dvc_con_lai": 24})
    matched = {rule.id for rule in row.explanation if rule.matched}

    assert "A8_3_dat_toi_thieu" in matched
    assert judged(PROVINCIAL, {"min_ty_le_dvc_con_lai": 30})["A8.3"] == "DAT"


@pytest.mark.parametrize("criterion", TABLE_B)
def test_each_criterion_of_the_district_level(criterion: str) -> None:
    best = (
        COMMON | DISTRICT_DATES | {"da_phat_dong_phong_trao": True} | {name: good for name, good, _ in TABLE_B.values()}
    )
    variable, _, bad = TABLE_B[criterion]
    all_met = dict.fromkeys(["G1", "G2", "G3", "B3", "B4", *TABLE_B], "DAT")

    assert judged(DISTRICT, best) == all_met
    assert judged(DISTRICT, best | {variable: bad}) == all_met | {criterion: "KHONG_DAT"}
    assert judged(DISTRICT, best | {variable: None}) == all_met | {criterion: "THIEU_MINH_CHUNG"}


def test_t8_a_district_that_began_on_15_december_2022_fails_b3() -> None:
    assert judged(DISTRICT, DISTRICT_DATES)["B3"] == "DAT"
    assert judged(DISTRICT, DISTRICT_DATES | {"ngay_bat_dau_so_hoa": "2022-12-15"})["B3"] == "KHONG_DAT"


@given(inputs=COMMUNE_INPUTS)
def test_the_table_of_communes_alone_says_what_the_table_of_all_says(inputs: dict[str, Any]) -> None:
    assert judged(COMMUNE_TABLE, inputs) == judged(CRITERIA, inputs | {"doi_tuong": "tap_the_xa"})


# --- duration of the movement -------------------------------------------------------------------------------------

PLAN_230 = {"launcher": "TINH", "start_date": "2022-12-16", "planned_end_date": "2030-12-31"}


def movement(**inputs: Any) -> str:
    result = MOVEMENT.evaluate(PLAN_230 | inputs)
    assert result.problems == ()
    assert isinstance(result.outputs, dict)
    return str(result.outputs["ket_qua"])


@pytest.mark.parametrize(
    ("review_date", "reading", "result"),
    [
        ("2025-12-01", "da_thuc_hien", "KHONG_DAT"),
        ("2025-12-15", "da_thuc_hien", "KHONG_DAT"),
        ("2025-12-16", "da_thuc_hien", "DAT"),
        ("2025-12-17", "da_thuc_hien", "DAT"),
        ("2025-12-01", "theo_ke_hoach", "DAT"),
        ("2025-12-17", "theo_ke_hoach", "DAT"),
        ("2025-12-01", None, "KHONG_DAT"),
        (None, "da_thuc_hien", "THIEU_MINH_CHUNG"),
    ],
)
def test_t4_a_certificate_of_the_prime_minister_wants_three_years(review_date: Any, reading: Any, result: str) -> None:
    asked = {"award_form": "BK_TTG", "nominee_kind": "tap_the", "review_date": review_date}

    assert movement(**asked, cach_tinh_thoi_gian=reading) == result


def test_t5_a_labour_order_wants_five_years_and_lower_forms_stay_open() -> None:
    asked = {"nominee_kind": "ca_nhan", "review_date": "2025-12-20"}

    assert movement(award_form="HCLD_3", **asked) == "KHONG_DAT"
    assert movement(award_form="HCLD_3", nominee_kind="ca_nhan", review_date="2027-12-16") == "DAT"
    assert movement(award_form="BK_TTG", **asked) == "DAT"
    assert movement(award_form="BK_TINH", **asked) == "DAT"


def test_a_movement_of_the_state_asks_for_no_duration_of_a_collective() -> None:
    for form in ("HCLD_1", "HCLD_2", "HCLD_3", "BK_TTG", "BK_TINH"):
        asked = {"award_form": form, "nominee_kind": "tap_the", "review_date": "2023-01-01"}
        assert movement(**asked, launcher="TTG") == "DAT"
    for form in ("HCLD_1", "HCLD_2"):
        assert movement(award_form=form, nominee_kind="ca_nhan", launcher="TTG") == "KHONG_DAT"
        assert movement(award_form=form, nominee_kind="tap_the") == "KHONG_DAT"


def test_every_case_of_the_movement_table_has_a_result() -> None:
    for form in (None, "HCLD_1", "HCLD_2", "HCLD_3", "BK_TTG", "BK_TINH"):
        for kind in (None, "ca_nhan", "tap_the"):
            for launcher in (None, "CTN", "TTG", "BO", "TINH", "KHAC"):
                for day in (None, "2023-01-01", "2028-01-01"):
                    asked = {"award_form": form, "nominee_kind": kind, "launcher": launcher, "review_date": day}
                    assert movement(**asked) in RESULTS
