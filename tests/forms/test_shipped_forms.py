"""The forms of a Giấy khen (workflows/forms): what they ask of whom, and which variables they set."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import workflows
from forms.compiler import InvalidValues, compile_form
from forms.definition import check_definition
from forms.view import form_view

FOLDER = Path(workflows.__file__).parent / "forms"
FILES = sorted(FOLDER.glob("*.json"))
TODAY = date(2026, 11, 23)
INDIVIDUALS = ("cong_chuc_vien_chuc", "nguoi_lao_dong", "doanh_nhan", "nguoi_dan")

REPORT = {"bao_cao_thanh_tich": "Đã vận động 120 hộ cài đặt định danh điện tử, vượt 20 hộ so với kế hoạch. " * 2}
COMMON = {"co_ket_qua_san_pham_cu_the": "co", "dat_hoac_vuot_tien_do": "co"} | REPORT
VOTE = {
    "ngay_hop": "20/11/2026", "tong_so": "9", "co_mat": "8", "phieu_phat_ra": "9", "phieu_thu_ve": "9",
    "dong_y": "7", "khong_dong_y": "1", "khong_hop_le": "1",
}  # fmt: skip
AGREED = {"outcome": "dong_y", "so_quyet_dinh": "7/QĐ-UBND", "ngay_quyet_dinh": "23/11/2026"}
NOTICE = {"ngay_thong_bao": "22/11/2026", "hinh_thuc_thong_bao": "truc_tiep"}
PERSON = {
    "doi_tuong": "nguoi_dan", "ten": "Nông Thị Mẫu", "so_dinh_danh": "008 190 000 001", "ngay_sinh": "2/9/1990",
    "don_vi_cong_tac": "thôn Tân Lập, xã Tân Trào", "la_lanh_dao": "khong", "khong_bi_mat": "co",
    "thanh_tich_tom_tat": "Hướng dẫn 60 hộ trong thôn dùng dịch vụ công.",
}  # fmt: skip


def a_form(key):
    return compile_form(json.loads((FOLDER / f"{key}.json").read_text("utf-8")))


def load(key, values, **known):
    return a_form(key).load(values, known={f"nominated.{name}": value for name, value in known.items()}, today=TODAY)


def refused(key, values, **known):
    with pytest.raises(InvalidValues) as error:
        load(key, values, **known)
    return {name: found[0].code for name, found in error.value.fields.items()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_definition_has_no_errors(file):
    assert check_definition(f"forms/{file.name}", file.read_bytes()) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_personal_data_and_free_text_are_no_variables(file):
    form = a_form(file.stem)
    assert not [each.name for each in form.spec.fields if each.variable and (each.personal or "text" in each.type)]


@pytest.mark.parametrize("key", ["nominate", "nominate_province"])
def test_what_is_asked_of_people_is_not_asked_of_a_collective(key):
    collective = form_view(a_form(key), None, None, {"nomination.kind": "tap_the"})
    person = form_view(a_form(key), None, None, {"nomination.kind": "ca_nhan"})
    names = {each.name for each in collective.fields}
    assert "ten" in names and not names & {"so_dinh_danh", "ngay_sinh", "la_lanh_dao"}
    assert {"so_dinh_danh", "ngay_sinh", "la_lanh_dao"} <= {each.name for each in person.fields}


def test_only_a_lower_award_can_be_proposed_and_none_where_nothing_is_lower():
    asks = {"outcome": "chuyen_hinh_thuc", "ly_do": "Phong trào mới thực hiện hơn hai năm, chưa đủ thời gian."}
    asks |= {"dung_doi_tuong": "co", "dung_tham_quyen": "co", "du_ho_so": "co", "trung_lap": "khong"}
    asks["can_cu_tam_dung"] = "khong"

    def wrong(award, **more):
        with pytest.raises(InvalidValues) as error:
            a_form("appraisal").load(asks | more, known={"nomination.award": award}, today=TODAY)
        return {name: found[0].code for name, found in error.value.fields.items()}

    assert wrong("BK_TINH") == {"hinh_thuc_moi": "choice_none_offered"}
    assert wrong("BK_TINH", hinh_thuc_moi="BK_TTG") == {"hinh_thuc_moi": "choice_unknown"}
    assert wrong("BK_TTG", hinh_thuc_moi="BK_TTG") == {"hinh_thuc_moi": "choice_unknown"}
    known = {"nomination.award": "BK_TTG"}
    assert a_form("appraisal").load(asks | {"hinh_thuc_moi": "BK_TINH"}, known=known, today=TODAY)


def test_the_variables_of_the_self_assessment_are_those_of_the_criteria_tables():
    assert {each.name: each.type for each in a_form("self_assessment").variables} == {
        "co_ket_qua_san_pham_cu_the": "BOOL",
        "dat_hoac_vuot_tien_do": "BOOL",
        "da_phat_dong_phong_trao": "BOOL",
        "guong_mau_chap_hanh": "BOOL",
        "vneid_muc": "INT",
        "da_kich_hoat": "BOOL",
        "so_sang_kien_de_an_06": "INT",
        "hieu_qua_cao": "BOOL",
        "co_ho_tro_nguon_luc": "BOOL",
        "su_dung_dvctt": "BOOL",
        "van_dong_tuyen_truyen": "BOOL",
        "gop_y_phan_anh": "BOOL",
        "ty_le_so_hoa_bpmc_xa": "PERCENT",
        "ngay_bat_dau_so_hoa": "DATE",
        "lam_sach_tiem_chung": "BOOL",
        "lam_sach_bao_tro": "BOOL",
        "lam_sach_tre_em": "BOOL",
        "lam_sach_ho_tich": "BOOL",
        "lam_sach_hoi_doan_the": "BOOL",
        "ty_le_thon_hop_dan": "PERCENT",
        "da_lap_to_cong_tac": "BOOL",
    }


@pytest.mark.parametrize(
    ("nominee", "asked", "not_asked"),
    [
        ("cong_chuc_vien_chuc", "so_sang_kien_de_an_06", "co_ho_tro_nguon_luc"),
        ("nguoi_lao_dong", "hieu_qua_cao", "su_dung_dvctt"),
        ("doanh_nhan", "co_ho_tro_nguon_luc", "so_sang_kien_de_an_06"),
        ("nguoi_dan", "van_dong_tuyen_truyen", "ty_le_thon_hop_dan"),
        ("tap_the_xa", "ty_le_so_hoa_bpmc_xa", "guong_mau_chap_hanh"),
    ],
)
def test_the_criteria_asked_are_those_of_the_kind_of_nominee(nominee, asked, not_asked):
    found = a_form("self_assessment").asked({}, {"nominated.doi_tuong": nominee})
    assert asked in found
    assert not_asked not in found


def test_missing_evidence_may_stay_open_but_the_report_may_not():
    answers = COMMON | {"guong_mau_chap_hanh": "co"}
    assert "so_sang_kien_de_an_06" not in load("self_assessment", answers, doi_tuong="nguoi_lao_dong").variables
    assert refused("self_assessment", answers | {"bao_cao_thanh_tich": "Tốt."}, doi_tuong="nguoi_dan") == {
        "bao_cao_thanh_tich": "too_short"
    }


def test_a_commune_declares_shares_in_hundredths_and_a_first_day():
    answers = COMMON | {"ty_le_so_hoa_bpmc_xa": "99,5", "ngay_bat_dau_so_hoa": "01/06/2023"}
    variables = load("self_assessment", answers, doi_tuong="tap_the_xa").variables
    assert (variables["ty_le_so_hoa_bpmc_xa"], variables["ngay_bat_dau_so_hoa"]) == (9950, "2023-06-01")


@pytest.mark.parametrize("nominee", INDIVIDUALS)
def test_an_individual_is_nominated_with_citizen_id_and_birthday(nominee):
    loaded = load("nominate", PERSON | {"doi_tuong": nominee})
    assert loaded.variables == {"doi_tuong": nominee, "la_lanh_dao": False, "khong_bi_mat": True}
    assert loaded.payload["so_dinh_danh"] == "008190000001"
    assert refused("nominate", {"doi_tuong": nominee}).keys() >= {"ten", "so_dinh_danh", "ngay_sinh"}


def test_a_collective_is_nominated_without_them():
    loaded = load("nominate", PERSON | {"doi_tuong": "tap_the_xa", "ten": "Ủy ban nhân dân xã Tân Trào"})
    assert loaded.payload.keys() == {
        "doi_tuong", "ten", "don_vi_cong_tac", "thanh_tich_tom_tat", "khong_bi_mat",
    }  # fmt: skip


@pytest.mark.parametrize("key", ["nominate", "nominate_province"])
@pytest.mark.parametrize(("kind", "nominee"), [("ca_nhan", "tap_the_xa"), ("tap_the", "nguoi_dan")])
def test_a_person_is_not_nominated_as_a_collective_nor_a_collective_as_a_person(key, kind, nominee):
    with pytest.raises(InvalidValues) as error:
        a_form(key).load(PERSON | {"doi_tuong": nominee}, known={"nomination.kind": kind}, today=TODAY)
    assert [found.code for found in error.value.fields["doi_tuong"]] == ["choice_unknown"]


@pytest.mark.parametrize(("born", "code"), [("23/11/2026", "date_too_late"), ("01/01/1905", "date_too_early")])
def test_nobody_is_nominated_who_was_born_today_or_a_hundred_and_twenty_years_ago(born, code):
    assert refused("nominate", PERSON | {"ngay_sinh": born}) == {"ngay_sinh": code}


@pytest.mark.parametrize(
    ("key", "typed", "before", "field"),
    [
        ("council_vote", VOTE | {"ngay_hop": "20/11/2020"}, "nomination.opened_on", "ngay_hop"),
        ("head_decision", AGREED | {"ngay_quyet_dinh": "22/11/2026"}, "nomination.opened_on", "ngay_quyet_dinh"),
        ("head_decision_final", AGREED | {"ngay_quyet_dinh": "22/11/2026"}, "council.ngay_hop", "ngay_quyet_dinh"),
        ("award_notice", NOTICE, "head_decision.ngay_quyet_dinh", "ngay_thong_bao"),
    ],
)  # fmt: skip
def test_no_step_is_dated_before_the_step_it_follows(key, typed, before, field):
    with pytest.raises(InvalidValues) as error:
        a_form(key).load(typed, known={before: "2026-11-23"}, today=TODAY)
    assert {name: found[0].code for name, found in error.value.fields.items()} == {field: "rule_not_before_day"}
    assert a_form(key).load(typed, known={before: "2020-01-01"}, today=TODAY)


def test_papers_with_state_secrets_are_kept_off_the_system():
    assert refused("nominate", PERSON | {"khong_bi_mat": "khong"}) == {"khong_bi_mat": "rule_message"}


def test_the_ballots_of_the_council_must_add_up():
    assert load("council_vote", VOTE).variables["dong_y"] == 7
    assert refused("council_vote", VOTE | {"dong_y": "8"}) == {"phieu_thu_ve": "rule_sum"}
    assert refused("council_vote", VOTE | {"co_mat": "10"}) == {"co_mat": "rule_at_most"}
    assert refused("council_vote", VOTE | {"co_mat": "0"}) == {"co_mat": "number_too_small"}
    assert refused("council_vote", VOTE | {"phieu_phat_ra": "10"}) == {"phieu_phat_ra": "rule_at_most"}
    assert refused("council_vote", VOTE | {"tong_so": "0"})["tong_so"] == "number_too_small"
    assert refused("council_vote", VOTE | {"ngay_hop": "24/11/2026"}) == {"ngay_hop": "date_future"}


@pytest.mark.parametrize("key", ["head_decision", "head_decision_final"])
def test_a_head_who_agrees_gives_number_and_day_of_the_decision(key):
    agreed = {"outcome": "dong_y", "so_quyet_dinh": "7/QĐ-UBND", "ngay_quyet_dinh": "23/11/2026"}
    assert load(key, agreed).payload == agreed | {"so_quyet_dinh": "07/QĐ-UBND", "ngay_quyet_dinh": "2026-11-23"}
    assert refused(key, {"outcome": "dong_y"}) == {"so_quyet_dinh": "required", "ngay_quyet_dinh": "required"}


@pytest.mark.parametrize("key", ["head_decision", "head_decision_final"])
def test_a_head_who_refuses_gives_a_reason(key):
    assert refused(key, {"outcome": "khong_dong_y", "ly_do": "Không"}) == {"ly_do": "too_short"}


def test_a_supplement_can_be_asked_for_once_only():
    wanted = {"outcome": "bo_sung", "noi_dung_bo_sung": "Bổ sung quyết định công nhận sáng kiến."}
    assert load("head_decision", wanted).variables == {"outcome": "bo_sung"}
    assert refused("head_decision_final", wanted)["outcome"] == "choice_unknown"


@pytest.mark.parametrize("key", ["not_eligible_notice", "refusal_notice", "award_notice"])
def test_a_notice_says_when_how_and_by_which_paper(key):
    notice = {"ngay_thong_bao": "23/11/2026", "hinh_thuc_thong_bao": "truc_tiep"}
    reason = {} if key == "award_notice" else {"ly_do": "Chưa có sáng kiến được công nhận."}
    assert load(key, notice | reason)
    assert refused(key, notice | reason | {"hinh_thuc_thong_bao": "van_ban"}) == {"so_van_ban": "required"}
    assert key == "award_notice" or refused(key, notice) == {"ly_do": "required"}
