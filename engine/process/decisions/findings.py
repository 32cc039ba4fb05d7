"""What is wrong with a decision file or with one evaluation, in Vietnamese and English, by stable code."""

from __future__ import annotations

from typing import Literal

from engine.errors import Problem

# code -> message, mend, message_en, mend_en; {detail} is filled in
_SENTENCES = {
    "dmn_namespace": (
        "Tệp không phải là DMN 1.1 đến 1.5.",
        "Xuất tệp ở định dạng DMN 1.3.",
        "The file is not DMN 1.1 to 1.5; wrong namespace.",
        "Export it as DMN 1.3.",
    ),
    "dmn_unsupported": (
        "Không hỗ trợ phần tử “{detail}”.",
        "Dùng bảng quyết định hoặc một biểu thức đơn.",
        "Element “{detail}” is not supported.",
        "Use a decision table or a literal expression.",
    ),
    "dmn_language": (
        "Không hỗ trợ ngôn ngữ biểu thức “{detail}”.",
        "Dùng FEEL.",
        "Expression language “{detail}” is not supported.",
        "Use FEEL.",
    ),
    "dmn_no_logic": (
        "Quyết định không có bảng hoặc biểu thức.",
        "Thêm bảng quyết định.",
        "The decision has neither table nor expression.",
        "Add a decision table.",
    ),
    "dmn_no_id": (
        "Quyết định không có mã (id) hoặc tên.",
        "Đặt id cho quyết định.",
        "The decision has neither id nor name.",
        "Give the decision an id.",
    ),
    "dmn_duplicate_id": (
        "Mã “{detail}” được dùng hai lần.",
        "Đặt mã khác cho một trong hai phần tử.",
        "Id “{detail}” is used twice.",
        "Give one of the two elements another id.",
    ),
    "dmn_hit_policy": (
        "Không có chính sách chọn dòng “{detail}”.",
        "Dùng U, A, P, F, R, O, C, C+, C<, C> hoặc C#.",
        "There is no hit policy “{detail}”.",
        "Use U, A, P, F, R, O, C, C+, C<, C> or C#.",
    ),
    "dmn_no_output": (
        "Bảng không có cột kết quả.",
        "Thêm cột kết quả.",
        "The table has no output column.",
        "Add an output column.",
    ),
    "dmn_output_name": (
        "Cột kết quả không có tên hoặc trùng tên “{detail}”.",
        "Đặt cho mỗi cột kết quả một tên riêng.",
        "An output column has no name, or the name “{detail}” of another.",
        "Give every output column a name of its own.",
    ),
    "dmn_aggregation": (
        "Không gộp được nhiều cột kết quả bằng “{detail}”.",
        "Chỉ giữ một cột kết quả, hoặc dùng C không gộp.",
        "“{detail}” cannot aggregate several output columns.",
        "Keep one output column, or use C without aggregation.",
    ),
    "dmn_cells": (
        "Dòng này có số ô khác số cột: {detail}.",
        "Thêm hoặc bớt ô cho khớp với số cột.",
        "The row has another number of cells than the table has columns: {detail}.",
        "Add or remove cells.",
    ),
    "dmn_empty_cell": (
        "Ô kết quả trống.",
        "Nhập giá trị; nhập null nếu không có kết quả.",
        "The output cell is empty.",
        "Enter a value; null where there is none.",
    ),
    "dmn_priority_values": (
        "Chính sách “{detail}” cần danh sách giá trị kết quả theo thứ tự ưu tiên.",
        "Nhập danh sách giá trị được phép của cột kết quả, ưu tiên cao đứng trước.",
        "Hit policy “{detail}” needs the output values in order of priority.",
        "Enter the allowed values of an output column, highest priority first.",
    ),
    "dmn_reference": (
        "Không tìm thấy “{detail}” được tham chiếu.",
        "Sửa tham chiếu hoặc thêm phần tử đó vào cùng tệp.",
        "The referenced “{detail}” is not in this file.",
        "Mend the reference, or add the element to the same file.",
    ),
    "dmn_cycle": (
        "Các quyết định yêu cầu lẫn nhau thành vòng: {detail}.",
        "Bỏ một yêu cầu thông tin trong vòng.",
        "Decisions require each other in a circle: {detail}.",
        "Remove one information requirement of the circle.",
    ),
    "dmn_type": (
        "Không có kiểu dữ liệu “{detail}”.",
        "Dùng string, number, boolean, date hoặc kiểu được khai báo trong tệp.",
        "There is no type “{detail}”.",
        "Use string, number, boolean, date or a type declared in the file.",
    ),
    "dmn_unknown_name": (
        "Không có dữ liệu nào tên là “{detail}”.",
        "Thêm dữ liệu đầu vào hoặc sửa tên.",
        "Nothing is named “{detail}”.",
        "Add the input data, or mend the name.",
    ),
    "feel_syntax": (
        "Không đọc được biểu thức tại “{detail}”.",
        'Sửa ô này; ví dụ: >= 20, [1..5], "a", "b", not(true), null.',
        "The expression cannot be read at “{detail}”.",
        'Mend this cell; for example >= 20, [1..5], "a", "b", not(true), null.',
    ),
    "feel_unsupported": (
        "Không hỗ trợ “{detail}” trong biểu thức.",
        "Viết lại bằng so sánh, khoảng, danh sách hoặc if.",
        "“{detail}” is not supported in expressions.",
        "Write it with comparisons, ranges, lists or if.",
    ),
    "feel_function": (
        "Không có hàm “{detail}”.",
        "Dùng hàm được hỗ trợ.",
        "There is no function “{detail}”.",
        "Use a supported function.",
    ),
    "feel_too_long": (
        "Biểu thức quá dài.",
        "Chia thành nhiều cột hoặc nhiều quyết định.",
        "The expression is too long.",
        "Split it into several columns or decisions.",
    ),
    "feel_too_deep": (
        "Biểu thức lồng nhau quá sâu.",
        "Chia thành nhiều cột hoặc nhiều quyết định.",
        "The expression is nested too deeply.",
        "Split it into several columns or decisions.",
    ),
    "dmn_overlap": (
        "Các dòng {detail} có thể cùng đúng một lúc.",
        "Sửa điều kiện để mỗi trường hợp chỉ khớp một dòng.",
        "Rows {detail} can match at the same time.",
        "Change their conditions so that one case matches one row.",
    ),
    "dmn_gap": (
        "Không dòng nào khớp với trường hợp: {detail}.",
        "Thêm dòng cho trường hợp này hoặc giá trị mặc định.",
        "No row matches the case: {detail}.",
        "Add a row for it, or a default value.",
    ),
    "dmn_never": (
        "Dòng {detail} không bao giờ khớp.",
        "Sửa điều kiện của dòng hoặc xóa dòng.",
        "Row {detail} can never match.",
        "Change its conditions or delete it.",
    ),
    "dmn_hidden": (
        "Dòng {detail} không bao giờ được dùng vì các dòng trước đã bao hết.",
        "Đưa dòng lên trước hoặc xóa dòng.",
        "Row {detail} is never used: earlier rows cover it.",
        "Move it up or delete it.",
    ),
    "dmn_value_not_allowed": (
        "Giá trị {detail} không nằm trong danh sách được phép của cột.",
        "Sửa giá trị hoặc danh sách.",
        "Value {detail} is not among the allowed values of the column.",
        "Change the value or the list.",
    ),
    "dmn_not_analysed": (
        "Bảng quá lớn để kiểm tra hết các trường hợp.",
        "Chia bảng thành nhiều bảng nhỏ hơn.",
        "The table is too large for every case to be checked.",
        "Split it into smaller tables.",
    ),
    "dmn_input_type": (
        "Dữ liệu đầu vào “{detail}” sai kiểu; được coi là thiếu.",
        "Nhập giá trị đúng kiểu.",
        "Input “{detail}” has the wrong type and counts as missing.",
        "Enter a value of the right type.",
    ),
    "dmn_input_value": (
        "Dữ liệu đầu vào “{detail}” nằm ngoài các giá trị được phép; được coi là thiếu.",
        "Nhập một giá trị được phép.",
        "Input “{detail}” is outside the allowed values and counts as missing.",
        "Enter an allowed value.",
    ),
    "dmn_output_type": (
        "Kết quả “{detail}” sai kiểu; được coi là không có.",
        "Sửa ô kết quả hoặc kiểu của cột.",
        "Output “{detail}” has the wrong type and counts as missing.",
        "Change the output cell or the type of the column.",
    ),
    "dmn_failed": (
        "Không tính được “{detail}”; kết quả là null.",
        "Kiểm tra kiểu và giá trị của dữ liệu đầu vào.",
        "“{detail}” cannot be computed; the result is null.",
        "Check types and values of the inputs.",
    ),
    "dmn_beyond": (
        "Giá trị “{detail}” nằm ngoài phạm vi tính được: năm 1 đến 9999, độ chính xác micro giây, múi giờ dạng +07:00.",
        "Sửa giá trị này.",
        "“{detail}” is beyond what is computed: years 1 to 9999, microseconds, zones written as +07:00.",
        "Change this value.",
    ),
    "dmn_several_match": (
        "Nhiều dòng cùng khớp ({detail}) trong bảng chỉ cho phép một.",
        "Sửa điều kiện để mỗi trường hợp chỉ khớp một dòng.",
        "Several rows match ({detail}) where only one may.",
        "Change their conditions so that one case matches one row.",
    ),
    "dmn_results_differ": (
        "Các dòng cùng khớp ({detail}) cho kết quả khác nhau.",
        "Sửa để các dòng cùng khớp cho một kết quả.",
        "Matching rows ({detail}) give different results.",
        "Make rows that match together give one result.",
    ),
}


def finding(
    code: str,
    file: str,
    line: int,
    element: str,
    detail: str = "",
    severity: Literal["error", "warning"] = "error",
) -> Problem:
    """Return the `Problem` of a code; `detail` is a name, a cell or row numbers."""
    message, mend, message_en, mend_en = (sentence.replace("{detail}", detail) for sentence in _SENTENCES[code])
    return Problem(file, line, element, code, severity, message, mend, message_en, mend_en)
