"""What a page shows of a form: everything typed is given back, everything is named and described."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forms.compiler import compile_form
from forms.view import form_view

FORM = {
    "key": "mau",
    "title": "Mẫu",
    "fields": [
        {"name": "ghi_chu", "type": "text", "label": "Ghi chú"},
        {"name": "ngay", "type": "date", "label": "Ngày ký", "hint": "Ngày trên quyết định.", "required": True,
         "when": {"field": "outcome", "in": ["dong_y", "mot_phan"]}},
        {"name": "ty_le", "type": "percent", "label": "Tỷ lệ"},
        {"name": "co_khong", "type": "bool", "label": "Đã họp dân"},
        {"name": "bao_cao", "type": "longtext", "label": "Báo cáo", "min": 100},
        {"name": "cua_doanh_nhan", "type": "bool", "label": "Hỗ trợ",
         "when": {"field": "nominated.doi_tuong", "in": ["doanh_nhan"]}},
        {"name": "phan_loai", "type": "choice", "label": "Phân loại",
         "choices": [{"value": number, "label": f"Loại {number}"} for number in range(9)]},
    ],
    "outcomes": [
        {"value": "dong_y", "label": "Đồng ý"},
        {"value": "mot_phan", "label": "Đồng ý một phần"},
        {"value": "khong", "label": "Không đồng ý", "danger": True},
    ],
}  # fmt: skip


def view(values=None, errors=None, known=None, **more):
    return form_view(compile_form(FORM), values, errors, known, **more)


def field(shown, name):
    return next(each for each in shown.fields if each.name == name)


def test_the_outcome_stands_before_the_fields_that_hang_on_it():
    assert [each.name for each in view().fields][:3] == ["ghi_chu", "outcome", "ngay"]


def test_a_field_of_another_kind_of_nominee_is_left_out():
    assert all(each.name != "cua_doanh_nhan" for each in view(known={"nominated.doi_tuong": "nguoi_dan"}).fields)
    assert field(view(known={"nominated.doi_tuong": "doanh_nhan"}), "cua_doanh_nhan")


def test_a_field_that_hangs_on_an_answer_of_the_page_says_when():
    shown = field(view(), "ngay")
    assert (shown.when, shown.when_values) == ("outcome", "dong_y mot_phan")
    assert shown.when_note == "Chỉ trả lời khi mục “Kết luận” là “Đồng ý” hoặc “Đồng ý một phần”."


@given(st.text())
def test_what_was_typed_comes_back_as_typed(typed):
    assert field(view({"ghi_chu": typed, "ty_le": typed}), "ghi_chu").value == typed
    assert field(view({"ghi_chu": typed, "ty_le": typed}), "ty_le").value == typed


def test_kept_values_come_back_as_a_person_would_type_them():
    shown = view({"ngay": "2026-01-05", "ty_le": 2450, "co_khong": False})
    assert field(shown, "ngay").value == "05/01/2026"
    assert field(shown, "ty_le").value == "24,5"
    assert [each.value for each in field(shown, "co_khong").choices if each.checked] == ["khong"]


def test_a_question_that_may_stay_open_has_an_answer_for_that():
    assert [each.label for each in field(view(), "co_khong").choices] == ["Có", "Không", "Chưa có thông tin"]
    assert [each.checked for each in field(view(), "co_khong").choices] == [False, False, True]


def test_many_choices_become_a_list():
    assert field(view(), "phan_loai").widget == "list"
    assert field(view(), "outcome").widget == "radios"


def test_hints_tell_how_to_write_a_day_and_how_long_a_text_must_be():
    assert field(view(), "ngay").hints == ("Ngày trên quyết định.", "Ghi ngày/tháng/năm, ví dụ 05/01/2026.")
    assert field(view(), "bao_cao").hints == ("Ít nhất 100 ký tự.",)


def test_every_error_is_listed_once_and_leads_to_its_field():
    errors = {
        "": [("unknown_field", {})],
        "status": [("unknown_field", {})],
        "outcome": [("choice_required", {})],
        "ngay": [("date_format", {})],
    }
    shown = view(errors=errors)
    assert shown.summary == (
        ("", "Mục này không thuộc biểu mẫu. Hãy tải lại trang rồi nhập lại."),
        ("f-outcome-0", "Kết luận: Cần chọn một phương án."),
        ("f-ngay", "Ngày ký: Nhập ngày theo dạng ngày/tháng/năm, ví dụ 05/01/2026."),
    )
    assert field(shown, "ngay").described_by == "f-ngay-hint f-ngay-error"


def test_the_main_button_learns_what_each_outcome_brings():
    shown = field(view(buttons={"dong_y": "Gửi: Đồng ý → Thông báo"}), "outcome")
    assert [each.button for each in shown.choices] == ["Gửi: Đồng ý → Thông báo", "", ""]
    assert [each.danger for each in shown.choices] == [False, False, True]


def test_words_around_the_fields_are_there_in_english_too():
    shown = view(lang="en")
    assert [each.label for each in field(shown, "co_khong").choices] == ["Yes", "No", "No information yet"]
