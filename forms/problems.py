"""What may be wrong with a form definition, in Vietnamese and English, for those who draw forms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class FormProblem:
    """One finding. `field` is the field's name, or "" for the form as a whole; `line` 0 where it is not known."""

    file: str
    line: int
    field: str
    code: str
    message: str
    mend: str
    message_en: str
    mend_en: str


# code: (what is wrong, how to mend it, the same in English). `{key}` is the key of the definition concerned.
TEXTS: dict[str, tuple[str, str, str, str]] = {
    "too_big": (
        "Tệp biểu mẫu lớn hơn 1 MB.",
        "Bớt nội dung của biểu mẫu.",
        "The form file is larger than 1 MB.",
        "Make the form smaller.",
    ),
    "not_json": (
        "Tệp không phải là JSON đúng quy cách (UTF-8).",
        "Kiểm tra dấu ngoặc, dấu phẩy ở dòng này hoặc dòng trước đó.",
        "The file is not well-formed JSON in UTF-8.",
        "Check brackets and commas on this line or the one before.",
    ),
    "duplicate_key": (
        "Khóa “{key}” được ghi hai lần trong cùng một mục.",
        "Giữ lại một lần.",
        "The key '{key}' stands twice in one object.",
        "Keep one of them.",
    ),
    "not_object": (
        "Mục “{key}” phải là một đối tượng JSON.",
        "Xem mẫu trong forms/definition.schema.json.",
        "'{key}' must be a JSON object.",
        "See forms/definition.schema.json.",
    ),
    "missing_key": (
        "Thiếu “{key}”.",
        "Bổ sung “{key}”.",
        "'{key}' is missing.",
        "Add '{key}'.",
    ),
    "unknown_key": (
        "Không có thuộc tính “{key}” trong định nghĩa biểu mẫu.",
        "Xóa hoặc sửa lại tên thuộc tính.",
        "A form definition has no '{key}'.",
        "Remove it or correct its name.",
    ),
    "wrong_kind": (
        "Giá trị của “{key}” không đúng kiểu.",
        "Xem kiểu của “{key}” trong forms/definition.schema.json.",
        "The value of '{key}' has the wrong type.",
        "See '{key}' in forms/definition.schema.json.",
    ),
    "empty_text": (
        "“{key}” để trống hoặc quá dài.",
        "Ghi nội dung từ 1 đến 1.000 ký tự.",
        "'{key}' is empty or too long.",
        "Write 1 to 1,000 characters.",
    ),
    "bad_name": (
        "Tên “{key}” không hợp lệ.",
        "Dùng chữ thường không dấu, chữ số và gạch dưới, bắt đầu bằng chữ, tối đa 60 ký tự.",
        "The name '{key}' is not allowed.",
        "Use lower-case ASCII letters, digits and single underscores, a letter first, at most 60 characters.",
    ),
    "reserved_name": (
        "Tên “{key}” dành riêng cho hệ thống.",
        "Đặt tên khác cho trường này.",
        "The name '{key}' is reserved.",
        "Give the field another name.",
    ),
    "duplicate_name": (
        "Có hai trường cùng tên “{key}”.",
        "Đổi tên một trong hai trường.",
        "Two fields are named '{key}'.",
        "Rename one of them.",
    ),
    "key_differs": (
        "Khóa “{key}” khác tên tệp.",
        "Đặt khóa của biểu mẫu trùng với tên tệp.",
        "The key '{key}' differs from the file's name.",
        "Give the form the name of its file as key.",
    ),
    "empty_form": (
        "Biểu mẫu không có trường nào và không có kết luận nào.",
        "Thêm ít nhất một trường hoặc một kết luận.",
        "The form has neither fields nor outcomes.",
        "Add a field or an outcome.",
    ),
    "unknown_type": (
        "Không có loại trường “{key}”.",
        "Chọn một loại có trong forms/definition.schema.json.",
        "There is no field type '{key}'.",
        "Choose a type of forms/definition.schema.json.",
    ),
    "unknown_reader": (
        "Không có nhóm người đọc “{key}”.",
        "Chọn noi_bo, don_vi, cong_khai hoặc han_che.",
        "There is no reader class '{key}'.",
        "Choose noi_bo, don_vi, cong_khai or han_che.",
    ),
    "choices_missing": (
        "Trường lựa chọn chưa có phương án.",
        "Thêm ít nhất hai phương án.",
        "A choice has no choices.",
        "Add at least two choices.",
    ),
    "choices_not_here": (
        "Loại trường này không có phương án lựa chọn.",
        "Bỏ “choices” hoặc đổi loại trường thành choice.",
        "This type of field takes no choices.",
        "Remove 'choices' or make the field a choice.",
    ),
    "bad_choice": (
        "Mã phương án “{key}” không hợp lệ, hoặc trùng, hoặc lẫn chữ với số.",
        "Dùng mã không dấu khác nhau (chữ, số, gạch nối), hoặc toàn bộ là số nguyên từ 0.",
        "The choice value '{key}' is not allowed, is repeated, or mixes codes and numbers.",
        "Use different ASCII codes (letters, digits, hyphens), or whole numbers from 0 throughout.",
    ),
    "limit_not_possible": (
        "Loại trường này không đặt được “{key}”.",
        "Bỏ “{key}”.",
        "This type of field takes no '{key}'.",
        "Remove '{key}'.",
    ),
    "limit_not_length": (
        "“{key}” phải là số ký tự, từ 1 đến 100.000.",
        "Sửa lại giới hạn.",
        "'{key}' must be a number of characters, 1 to 100,000.",
        "Correct the limit.",
    ),
    "limit_not_date": (
        "“{key}” phải là ngày dạng 2026-01-31, “today” hoặc “today-18y”.",
        "Sửa lại giới hạn.",
        "'{key}' must be a day like 2026-01-31, 'today' or 'today-18y'.",
        "Correct the limit.",
    ),
    "limit_not_count": (
        "“{key}” phải là số nguyên từ 0.",
        "Sửa lại giới hạn.",
        "'{key}' must be a whole number from 0.",
        "Correct the limit.",
    ),
    "limit_not_percent": (
        "“{key}” phải là tỷ lệ phần trăm, tối đa hai chữ số thập phân.",
        "Sửa lại giới hạn.",
        "'{key}' must be a percentage with at most two decimals.",
        "Correct the limit.",
    ),
    "limits_crossed": (
        "Giới hạn dưới lớn hơn giới hạn trên.",
        "Sửa “min” hoặc “max”.",
        "The lower limit is above the upper one.",
        "Correct 'min' or 'max'.",
    ),
    "variable_not_possible": (
        "Trường loại này không dùng làm biến của quy trình được: nội dung do người nhập không ghi vào nhật ký.",
        "Bỏ “variable”.",
        "A field of this type can't be a variable: what a person writes stays out of the journal.",
        "Remove 'variable'.",
    ),
    "variable_personal": (
        "Dữ liệu cá nhân không dùng làm biến của quy trình.",
        "Bỏ “variable” hoặc bỏ “personal”.",
        "Personal data can't be a variable.",
        "Remove 'variable' or 'personal'.",
    ),
    "when_unknown_field": (
        "Điều kiện hiện trường này nhắc đến “{key}” không đứng trước nó trong biểu mẫu.",
        "Chọn một trường loại có/không hoặc lựa chọn đứng trước, “outcome”, hoặc <bước>.<trường> của bước trước.",
        "'when' names '{key}', which doesn't stand before this field.",
        "Name an earlier yes/no or choice field, 'outcome', or <element>.<field> of an earlier step.",
    ),
    "when_bad_value": (
        "Điều kiện hiện trường này có giá trị mà “{key}” không nhận được.",
        "Sửa danh sách “in”.",
        "'when' lists a value that '{key}' can't have.",
        "Correct the list 'in'.",
    ),
    "rule_unclear": (
        "Quy tắc phải là một trong năm dạng: sum/equals, at_most, not_after, not_before, is.",
        "Viết lại quy tắc.",
        "A rule must be one of: sum/equals, at_most, not_after, not_before, is.",
        "Rewrite the rule.",
    ),
    "rule_unknown_field": (
        "Quy tắc nhắc đến trường “{key}” không có trong biểu mẫu.",
        "Sửa tên trường trong quy tắc.",
        "A rule names the field '{key}', which the form doesn't have.",
        "Correct the name in the rule.",
    ),
    "rule_wrong_type": (
        "Quy tắc không áp dụng được cho loại của trường “{key}”.",
        "Cộng và so sánh dùng cho số; not_after, not_before dùng cho ngày; is dùng cho có/không và lựa chọn.",
        "The rule doesn't fit the type of the field '{key}'.",
        "Sums and at_most need numbers, not_after and not_before need dates, is needs a yes/no or a choice.",
    ),
    "display_not_text": (
        "“display” phải là tên một trường loại text, bắt buộc nhập và luôn hiện.",
        "Sửa “display”.",
        "'display' must name a required text field that is always asked.",
        "Correct 'display'.",
    ),
}


def problem(file: str, line: int, field: str, code: str, key: str = "") -> FormProblem:
    """Return the finding `code` with its sentences filled."""
    return FormProblem(file, line, field, code, *(text.replace("{key}", key) for text in TEXTS[code]))
