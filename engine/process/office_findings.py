"""What can be wrong with what the office asks of a diagram: limits, roles, forms, decisions, calls, the release.

Part of engine.process.findings, which fills the sentences in.
"""

from __future__ import annotations

OFFICE_SENTENCES = {
    "limit_invalid": (
        "Thời hạn “{text}” không phải là số ngày làm việc từ 0 đến 3650.",
        "Nhập số ngày làm việc.",
        "The limit “{text}” is no number of working days from 0 to 3650.",
        "Enter a number of working days.",
    ),
    "count_first_invalid": (
        "countFirstDay phải là true hoặc false.",
        "Chọn có hoặc không tính ngày đầu.",
        "countFirstDay must be true or false.",
        "Choose whether the first day counts.",
    ),
    "role_missing": (
        "Bước này không ghi vai trò xử lý.",
        "Chọn vai trò.",
        "This step names no role.",
        "Choose a role.",
    ),
    "role_unknown": (
        "Không có vai trò “{ref}”.",
        "Chọn một vai trò trong danh mục.",
        "There is no role “{ref}”.",
        "Choose a role of the list.",
    ),
    "unit_scope_unknown": (
        "Không có phạm vi đơn vị “{ref}”.",
        "Chọn một phạm vi trong danh mục.",
        "There is no unit scope “{ref}”.",
        "Choose a scope of the list.",
    ),
    "milestone_unknown": (
        "Không có mốc “{ref}” của trường hợp đề nghị.",
        "Ghi submission (nộp hồ sơ) hoặc receipt (tiếp nhận).",
        "There is no milestone “{ref}” of a nomination.",
        "Write submission or receipt.",
    ),
    "dossier_status_unknown": (
        "Không có trạng thái hồ sơ “{ref}”.",
        "Chọn một trạng thái trong danh mục.",
        "There is no state “{ref}” of a dossier.",
        "Choose a state of the list.",
    ),
    "separate_from_unknown": (
        "Không có bước “{ref}” để tách biệt nhiệm vụ.",
        "Ghi mã của một bước trong quy trình, hoặc start.",
        "There is no step “{ref}” to keep apart from.",
        "Name a user task of this process, or start.",
    ),
    "form_unknown": (
        "Không có biểu mẫu “{ref}”.",
        "Chọn một biểu mẫu của bản phát hành.",
        "There is no form “{ref}”.",
        "Choose a form of the release.",
    ),
    "form_broken": (
        "Tệp biểu mẫu không phải là JSON hợp lệ.",
        "Xuất lại tệp từ trình soạn biểu mẫu.",
        "The form file is no valid JSON.",
        "Export the file again from the form editor.",
    ),
    "form_key": (
        "Tên tệp và khóa “{key}” của biểu mẫu khác nhau.",
        "Đặt tên tệp là {key}.json.",
        "The file is not named after its key “{key}”.",
        "Name the file {key}.json.",
    ),
    "decision_missing": (
        "Bước xét theo bảng chưa gắn bảng quyết định.",
        "Chọn bảng quyết định.",
        "No decision is bound to this task.",
        "Choose a decision.",
    ),
    "decision_unknown": (
        "Không có bảng quyết định “{ref}”.",
        "Chọn một bảng quyết định của bản phát hành.",
        "There is no decision “{ref}”.",
        "Choose a decision of the release.",
    ),
    "decision_duplicate": (
        "Mã bảng quyết định này đã có trong tệp {other}.",
        "Đặt mã khác cho một trong hai bảng.",
        "This decision id is already used in {other}.",
        "Give one of the two decisions another id.",
    ),
    "mapping_invalid": (
        "Không đọc được “{text}” ở ánh xạ “{name}”.",
        "Ghi tên một biến, ví dụ self_assessment.hieu_qua_cao hoặc percent(...).",
        "Mapping “{name}” holds “{text}”, which is no variable.",
        "Name a variable, for example self_assessment.hieu_qua_cao or percent(...).",
    ),
    "mapping_unknown": (
        "Ánh xạ “{name}” nhắc tới biến “{ref}”, nhưng không có biến đó.",
        "Chọn biến của một bước đứng trước.",
        "Mapping “{name}” names “{ref}”, which is no variable here.",
        "Choose a variable of an earlier step.",
    ),
    "mapping_no_input": (
        "Bảng quyết định không có đầu vào “{name}”.",
        "Chọn lại đầu vào của bảng.",
        "The decision has no input “{name}”.",
        "Choose an input of the decision.",
    ),
    "mapping_input_missing": (
        "Đầu vào “{name}” của bảng quyết định chưa được gắn với biến nào.",
        "Gắn một biến cho đầu vào này.",
        "Input “{name}” of the decision is bound to no variable.",
        "Bind a variable to it.",
    ),
    "decision_lists": (
        "Bảng quyết định trả về một danh sách dòng; điều kiện không đọc được danh sách này.",
        "Dùng chính sách khớp U, A, P, F hoặc C có phép gộp, nếu điều kiện cần kết quả.",
        "The decision gives a list of rows, which conditions cannot read.",
        "Use hit policy U, A, P, F or C with an aggregation if a condition needs the result.",
    ),
    "mapping_percent": (
        "percent(...) chỉ dùng cho trường tỷ lệ phần trăm; “{ref}” là {kind}.",
        "Bỏ percent(...), hoặc chọn một trường tỷ lệ.",
        "percent(...) is for percentages only; “{ref}” is {kind}.",
        "Drop percent(...), or choose a percentage.",
    ),
    "set_invalid": (
        "Không đặt được “{name}” bằng một giá trị kiểu {kind}.",
        "Chỉ đặt biến có tên nomination.<tên>, luôn với cùng một kiểu giá trị.",
        "“{name}” cannot be set to a {kind}.",
        "Set only variables named nomination.<name>, always with the same kind of value.",
    ),
    "called_missing": (
        "Bước gọi chưa ghi quy trình được gọi.",
        "Chọn quy trình được gọi.",
        "The call activity names no process.",
        "Choose the called process.",
    ),
    "called_unknown": (
        "Không có quy trình được gọi “{ref}”.",
        "Chọn một quy trình của bản phát hành.",
        "The called process “{ref}” is unknown.",
        "Choose a process of the release.",
    ),
    "called_in_circle": (
        "Các quy trình gọi nhau thành vòng: {circle}.",
        "Bỏ một lời gọi trong vòng này.",
        "Processes call each other in a circle: {circle}.",
        "Remove one of the calls.",
    ),
    "release_missing": (
        "Thư mục không có tệp release.toml.",
        "Thêm tệp release.toml.",
        "The folder has no release.toml.",
        "Add release.toml.",
    ),
    "release_broken": (
        "Không đọc được release.toml: {what}.",
        "Sửa tệp theo mẫu của bản phát hành trước.",
        "release.toml cannot be read: {what}.",
        "Mend the file after the release before.",
    ),
    "table_broken": (
        "Không đọc được tệp này: {what}.",
        "Sửa tệp theo mẫu của bản phát hành trước.",
        "The file cannot be read: {what}.",
        "Mend the file after the release before.",
    ),
    "release_process_unknown": (
        "Hình thức {award} dùng quy trình “{ref}”, nhưng không có quy trình đó.",
        "Chọn một quy trình của bản phát hành.",
        "Award {award} uses process “{ref}”, which is not in the release.",
        "Choose a process of the release.",
    ),
    "file_unknown": (
        "Bản phát hành không dùng tệp loại này.",
        "Xóa tệp khỏi thư mục.",
        "A release has no use for this file.",
        "Remove the file.",
    ),
}
