"""What can be wrong with a diagram or a release, in Vietnamese and English, by stable code."""

from __future__ import annotations

from typing import Any, Literal

from engine.errors import Problem
from engine.process.office_findings import OFFICE_SENTENCES

# code -> message, mend, message_en, mend_en; {names} are filled in. First what is wrong with a diagram as such.
_SENTENCES = {
    "bpmn_namespace": (
        "Tệp không phải là BPMN 2.0.",
        "Xuất tệp ở định dạng BPMN 2.0.",
        "No BPMN 2.0 process; wrong namespace.",
        "Export the file as BPMN 2.0.",
    ),
    "bpmn_no_process": (
        "Tệp không có quy trình nào.",
        "Vẽ một quy trình rồi xuất lại tệp.",
        "The file holds no process.",
        "Draw a process and export the file again.",
    ),
    "id_missing": (
        "Phần tử “{tag}” không có mã (id).",
        "Đặt mã cho phần tử.",
        "Element “{tag}” has no id.",
        "Give the element an id.",
    ),
    "id_duplicate": (
        "Mã này được dùng ở nhiều phần tử (dòng {lines}).",
        "Đặt cho mỗi phần tử một mã riêng.",
        "This id is used by several elements (lines {lines}).",
        "Give every element an id of its own.",
    ),
    "id_invalid": (
        "Mã (id) của phần tử “{tag}” có ký tự không được phép hoặc dài quá 255 ký tự.",
        "Đặt mã bắt đầu bằng chữ cái, chỉ gồm chữ, số, dấu “_”, “.”, “-”.",
        "The id of element “{tag}” holds characters that are not allowed, or more than 255.",
        "Begin the id with a letter; use letters, digits, “_”, “.”, “-” only.",
    ),
    "attribute_unsupported": (
        "Không hỗ trợ thuộc tính {name}=“{value}” ở phần tử “{tag}”.",
        "Xóa thuộc tính này, hoặc vẽ lại bằng các phần tử được hỗ trợ.",
        "Attribute {name}=“{value}” is not supported on “{tag}”.",
        "Remove the attribute, or draw it with supported elements.",
    ),
    "vendor_ignored": (
        "Thuộc tính “{name}” của phần mềm khác không có tác dụng ở đây.",
        "Dùng các thuộc tính vai trò, biểu mẫu, thời hạn của hệ thống này.",
        "“{name}” of another tool has no effect here.",
        "Use role, form and limit as they are written for this system.",
    ),
    "data_ignored": (
        "Phép gán dữ liệu ({tag}) ở bước này không có tác dụng.",
        "Khai báo biến bằng biểu mẫu hoặc ánh xạ in:, out:.",
        "The data assignment ({tag}) of this step has no effect.",
        "Declare variables by a form, or by the mappings in: and out:.",
    ),
    "name_hidden": (
        "Tên phần tử có ký tự ẩn hoặc ký tự đảo chiều chữ.",
        "Gõ lại tên.",
        "The name holds characters that are hidden or turn the text around.",
        "Type the name again.",
    ),
    "reference_unknown": (
        "{name} trỏ tới “{ref}”, nhưng tệp không có phần tử đó.",
        "Chọn lại phần tử được tham chiếu.",
        "{name} refers to “{ref}”, which is not in the file.",
        "Choose the element again.",
    ),
    "message_flow_within": (
        "Luồng thông điệp nối hai phần tử của cùng một quy trình.",
        "Dùng đường nối thường trong một quy trình.",
        "A message flow connects two elements of one process.",
        "Use a sequence flow within a process.",
    ),
    "flow_end_contradicted": (
        "Phần tử ghi “{ref}” trong {tag}, nhưng luồng này không nối với phần tử như vậy.",
        "Sửa {tag} của phần tử, hoặc hai đầu của luồng.",
        "The element lists “{ref}” as {tag}, but that flow does not end there.",
        "Correct its {tag}, or the ends of the flow.",
    ),
    "gateway_direction": (
        "Cổng ghi gatewayDirection “{direction}” nhưng có nhiều hơn một luồng ở phía kia.",
        "Sửa gatewayDirection, hoặc tách thành hai cổng.",
        "The gateway says gatewayDirection “{direction}” but has several flows on the other side.",
        "Correct gatewayDirection, or draw two gateways.",
    ),
    "message_flow_end": (
        "Luồng thông điệp không được có {name} là “{ref}”.",
        "Nối với một sự kiện thông điệp, một hoạt động hoặc cả một bên.",
        "A message flow cannot have “{ref}” as its {name}.",
        "Connect it to a message event, an activity or a pool.",
    ),
    "end_implicit": (
        "Sau bước này không có luồng nào, dù quy trình có sự kiện kết thúc.",
        "Nối bước với một sự kiện kết thúc, nếu đó không phải là chủ ý.",
        "No flow leaves this step although the process has an end event.",
        "Connect it to an end event unless this is meant.",
    ),
    "expression_language": (
        "Không hỗ trợ ngôn ngữ biểu thức “{language}”.",
        "Viết điều kiện bằng CEL, hoặc chọn kết quả và trường trong trình soạn.",
        "Expression language “{language}” is not supported.",
        "Write the condition in CEL, or pick outcome and field in the editor.",
    ),
    "link_unpaired": (
        "Liên kết “{ref}” không có đúng một điểm nhận ở cùng cấp.",
        "Vẽ đúng một sự kiện nhận liên kết cùng tên.",
        "Link “{ref}” has not exactly one catching event beside it.",
        "Draw one catching link of this name.",
    ),
    "event_subprocess_start": (
        "Quy trình con theo sự kiện phải có đúng một sự kiện bắt đầu, và sự kiện này phải chờ điều gì đó.",
        "Đặt loại cho sự kiện bắt đầu: thông điệp, tín hiệu, hẹn giờ, lỗi hoặc leo thang.",
        "An event subprocess needs exactly one start event, which must wait for something.",
        "Make it a message, signal, timer, error or escalation.",
    ),
    "event_subprocess_flow": (
        "Có đường nối đi vào hoặc đi ra khỏi quy trình con theo sự kiện.",
        "Xóa đường nối này.",
        "A flow enters or leaves an event subprocess.",
        "Remove the flow.",
    ),
    "error_uncaught": (
        "Lỗi “{ref}” không được bắt ở đâu: hồ sơ sẽ dừng chờ quản trị.",
        "Thêm sự kiện biên bắt lỗi này, hoặc dùng sự kiện kết thúc thường.",
        "Error “{ref}” is caught nowhere: the case stops for an administrator.",
        "Catch it by a boundary event, or use a plain end event.",
    ),
    "called_not_startable": (
        "Quy trình được gọi “{ref}” không có sự kiện bắt đầu thường.",
        "Thêm một sự kiện bắt đầu thường vào quy trình đó.",
        "The called process “{ref}” has no plain start event.",
        "Add a plain start event to it.",
    ),
    "cycle_misplaced": (
        "Hẹn giờ lặp lại “{text}” chỉ dùng được ở sự kiện biên, sự kiện bắt đầu hoặc quy trình con theo sự kiện.",
        "Ghi một khoảng thời gian, ví dụ P10D.",
        "The repeating timer “{text}” works only on a boundary event, a start event or an event subprocess.",
        "Write a duration, for example P10D.",
    ),
    "expression_translated": (
        "Điều kiện viết bằng ngôn ngữ khác được hiểu là: {text}",
        "Viết lại điều kiện như trên.",
        "The condition is in another language; it is read as: {text}",
        "Write it like that.",
    ),
    "name_undeclared": (
        "Không bước nào khai báo biến “{name}”; nếu không có giá trị, hồ sơ sẽ dừng chờ quản trị.",
        "Khai báo biến này trong một biểu mẫu.",
        "No step declares “{name}”; without a value the case stops for an administrator.",
        "Declare it as a field of a form.",
    ),
    "cannot_end": (
        "Từ phần tử này không có đường nào dẫn tới kết thúc.",
        "Nối phần tử tới một sự kiện kết thúc.",
        "No way leads from this element to an end.",
        "Connect it to an end event.",
    ),
    "deadlock": (
        "Cổng hợp nhất này có thể chờ mãi: không phải nhánh nào cũng luôn tới ({detail}).",
        "Dùng cổng loại trừ để hợp nhất các nhánh thay thế nhau.",
        "This join can wait for ever: not every branch always arrives ({detail}).",
        "Merge alternative branches by an exclusive gateway.",
    ),
    "unsynchronised": (
        "Nhiều nhánh song song tới đây cùng lúc, nên các bước sau sẽ chạy nhiều lần.",
        "Hợp nhất các nhánh song song bằng cổng song song.",
        "Several parallel branches arrive here, so what follows runs more than once.",
        "Join parallel branches by a parallel gateway.",
    ),
    "loop_without_wait": (
        "Vòng lặp này không có bước nào phải chờ: {circle}.",
        "Thêm một bước có người xử lý hoặc một sự kiện chờ vào vòng.",
        "This loop holds no step that waits: {circle}.",
        "Put a user task or a waiting event into it.",
    ),
    "not_proved": (
        "Quy trình có quá nhiều trạng thái để chứng minh là không bị kẹt (giới hạn {limit}).",
        "Chia quy trình thành các quy trình con.",
        "The process has too many states to prove that it cannot get stuck (limit {limit}).",
        "Divide it into subprocesses.",
    ),
    "check_too_long": (
        "Kiểm tra tệp mất hơn {limit} giây nên đã dừng.",
        "Chia tệp thành nhiều tệp nhỏ hơn.",
        "Checking the file took more than {limit} seconds and was stopped.",
        "Split it into smaller files.",
    ),
    "check_too_large": (
        "Kiểm tra tệp cần quá nhiều bộ nhớ nên đã dừng.",
        "Chia tệp thành nhiều tệp nhỏ hơn.",
        "Checking the file needed too much memory and was stopped.",
        "Split it into smaller files.",
    ),
    "process_duplicate": (
        "Mã quy trình này đã có trong tệp {other}.",
        "Đặt mã khác cho một trong hai quy trình.",
        "This process id is already used in {other}.",
        "Give one of the two processes another id.",
    ),
    "element_unsupported": (
        "Không hỗ trợ phần tử “{tag}”.",
        "Thay bằng một phần tử trong danh sách được hỗ trợ.",
        "Element “{tag}” is not supported.",
        "Replace it by one of the supported elements.",
    ),
    "event_unsupported": (
        "Không hỗ trợ sự kiện “{kind}” ở phần tử “{tag}”.",
        "Dùng một loại sự kiện trong danh sách được hỗ trợ, hoặc bỏ sự kiện này.",
        "Event “{kind}” is not supported on “{tag}”.",
        "Use a supported kind of event, or remove it.",
    ),
    "compensation_unbound": (
        "Việc bù trừ (compensation) ở đây không nối được với bước nào để hoàn lại trong cùng phạm vi.",
        "Gắn sự kiện bù trừ vào bước chạy một lần, nối bằng liên kết (association) tới bước có isForCompensation.",
        "Compensation here is not bound to what can be undone in the same scope.",
        "Attach the event to an activity that runs once; associate it with an activity that isForCompensation.",
    ),
    "script_not_run": (
        "Bước này ghi là bước chạy mã lệnh; không có mã lệnh nào được chạy, bước được đi qua.",
        "Không cần làm gì nếu bước chỉ để ghi dấu; nếu không, dùng bảng quyết định.",
        "This is a script step; no script is run, the step is passed.",
        "Nothing to do if the step only leaves a mark; otherwise use a decision table.",
    ),
    "cancel_misplaced": (
        "Sự kiện hủy chỉ được kết thúc một giao dịch (transaction) có sự kiện hủy ở biên, hoặc nằm ở biên của nó.",
        "Vẽ sự kiện kết thúc “hủy” bên trong giao dịch và một sự kiện hủy có ngắt ở biên giao dịch đó.",
        "A cancel event ends a transaction that has a cancel event at its border, or stands at that border.",
        "Draw the cancel end event inside the transaction, and one interrupting cancel event at its border.",
    ),
    "script_forbidden": (
        "Không cho phép mã lệnh “{tag}” trong quy trình.",
        "Xóa mã lệnh; dùng điều kiện hoặc bảng quyết định.",
        "Script “{tag}” is not allowed in a diagram.",
        "Remove the script; use a condition or a decision table.",
    ),
    "loop_unsupported": (
        "Không hỗ trợ kiểu lặp này ({what}).",
        "Vẽ vòng lặp bằng đường nối, hoặc dùng đa nhiệm với số lượng hoặc danh sách.",
        "This kind of loop is not supported ({what}).",
        "Draw the loop by flows, or use a multi-instance with a cardinality or a list.",
    ),
    "flow_source_unknown": (
        "Đường nối đi ra từ “{ref}”, nhưng không có phần tử đó.",
        "Nối lại đường này.",
        "The flow has the unknown source “{ref}”.",
        "Connect the flow again.",
    ),
    "flow_target_unknown": (
        "Đường nối đi tới “{ref}”, nhưng không có phần tử đó.",
        "Nối lại đường này.",
        "The flow has the unknown target “{ref}”, which is not a BPMN element here.",
        "Connect the flow again.",
    ),
    "flow_crosses_border": (
        "Đường nối đi xuyên qua ranh giới của quy trình con.",
        "Nối với chính quy trình con đó.",
        "The flow crosses the border of a subprocess.",
        "Connect it to the subprocess itself.",
    ),
    "flow_into_start": (
        "Có đường nối đi vào sự kiện bắt đầu.",
        "Nối tới bước đầu tiên.",
        "A flow leads into a start event.",
        "Connect it to the first step.",
    ),
    "flow_out_of_end": (
        "Có đường nối đi ra từ sự kiện kết thúc.",
        "Xóa đường nối này.",
        "A flow leaves an end event.",
        "Remove the flow.",
    ),
    "start_missing": (
        "Không có sự kiện bắt đầu.",
        "Thêm một sự kiện bắt đầu.",
        "There is no start event.",
        "Add a start event.",
    ),
    "start_several": (
        "Có {count} sự kiện bắt đầu.",
        "Chỉ giữ lại một sự kiện bắt đầu.",
        "There are {count} start events.",
        "Keep one start event.",
    ),
    "end_missing": (
        "Không có sự kiện kết thúc; quy trình kết thúc khi không còn bước nào.",
        "Thêm một sự kiện kết thúc.",
        "There is no end event; the process ends when no step is left.",
        "Add an end event.",
    ),
    "unreachable": (
        "Không có đường nào dẫn tới phần tử này.",
        "Nối phần tử vào quy trình hoặc xóa nó.",
        "This element can never be reached.",
        "Connect the element or remove it.",
    ),
    "gateway_condition_missing": (
        "Đường nối này của cổng “{gateway}” không có điều kiện và không phải là đường mặc định.",
        "Đặt điều kiện, hoặc chọn làm đường mặc định.",
        "This flow out of “{gateway}” has no condition and is not the default.",
        "Write a condition, or make the flow the default.",
    ),
    "gateway_no_default": (
        "Cổng này không có đường mặc định: nếu không điều kiện nào đúng, hồ sơ sẽ dừng chờ quản trị.",
        "Chọn một đường làm mặc định.",
        "This gateway has no default flow: if no condition holds, the case stops for an administrator.",
        "Make one of the flows the default.",
    ),
    "default_unknown": (
        "Đường mặc định “{ref}” không đi ra từ phần tử này.",
        "Chọn lại đường mặc định.",
        "Default flow “{ref}” does not leave this element.",
        "Choose the default flow again.",
    ),
    "condition_misplaced": (
        "Điều kiện không được đặt trên đường đi ra từ phần tử này.",
        "Thêm một cổng rẽ nhánh.",
        "A condition may not stand on a flow out of this element.",
        "Put an exclusive or inclusive gateway behind it.",
    ),
    "event_gateway_target": (
        "Sau cổng chờ sự kiện chỉ được là sự kiện trung gian.",
        "Nối cổng tới các sự kiện hẹn giờ hoặc nhận văn bản.",
        "Only catching events may follow an event-based gateway.",
        "Connect the gateway to timers or messages.",
    ),
    "boundary_unattached": (
        "Sự kiện biên không gắn vào bước nào ở cùng cấp.",
        "Gắn sự kiện vào một bước.",
        "The boundary event is attached to no activity beside it.",
        "Attach the event to an activity.",
    ),
    "timer_invalid": (
        "Không đọc được thời gian “{text}”.",
        "Viết theo ISO 8601, ví dụ P10D hoặc 2026-05-01T08:00:00+07:00.",
        "The timer “{text}” cannot be read.",
        "Write ISO 8601, for example P10D or 2026-05-01T08:00:00+07:00.",
    ),
} | OFFICE_SENTENCES


def finding(
    code: str, file: str, line: int, element: str, severity: Literal["error", "warning"] = "error", **params: Any
) -> Problem:
    """Return the problem of `code` with its sentences filled in."""
    message, mend, message_en, mend_en = (sentence.format(**params) for sentence in _SENTENCES[code])
    return Problem(file, line, element, code, severity, message, mend, message_en, mend_en)
