"""Every sentence an official reads about a refusal, by code, and every word for a code.

Sentences say what happened and what to do next; they hold no code, no blame and, in Vietnamese, no English.
In a sentence `{status:status}` puts the word of kind `status` for the value. Days and times are written as the
office writes them, at the local time of Việt Nam; whole numbers with a thousands point.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from forms.fields import thousands
from forms.migrations import SENTENCES as _MIGRATION
from forms.words import WORDS

LANGUAGES = ("vi", "en")
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

_ENGINE: dict[str, tuple[str, str]] = {
    "engine_error": (
        "Chưa thực hiện được yêu cầu này. Xin ông/bà thử lại; nếu vẫn không được, hãy báo quản trị viên.",
        "The request could not be carried out. Please try again, or tell the administrator.",
    ),
    "not_found": (
        "Không tìm thấy nội dung này. Xin kiểm tra lại địa chỉ, hoặc mở từ danh sách việc cần xử lý.",
        "There is nothing here. Check the address, or open it from your tasks.",
    ),
    "not_allowed": (
        "Việc này không thuộc quyền của ông/bà. Nếu cần, hãy đề nghị quản trị viên phân quyền.",
        "You may not do this. Ask the administrator if you need to.",
    ),
    "separation_of_duties": (
        "Việc này phải do người khác xử lý: {rule:duty}. Hãy chuyển cho người cùng vai trò trong đơn vị.",
        "Somebody else must do this: {rule:duty}. Hand it to a colleague of the same role.",
    ),
    "invalid_form": (
        "Chưa gửi được vì còn nội dung cần sửa. Xin xem lời nhắc ở từng mục.",
        "Not sent yet: some answers need correcting. See the note at each field.",
    ),
    "task_already_completed": (
        "Nhiệm vụ “{task_name}” đã được {by} xử lý lúc {at}. Hãy tải lại hộp việc để xem bước tiếp theo.",
        "“{task_name}” was completed by {by} at {at}. Reload your tasks to see the next step.",
    ),
    "task_not_open": (
        "Nhiệm vụ “{task_name}” hiện không xử lý được ({state:task_state}). Hãy xem diễn biến của trường hợp này.",
        "“{task_name}” cannot be handled now ({state:task_state}). Open the nomination to see what happened.",
    ),
    "task_held": (
        "{by} đã nhận xử lý nhiệm vụ “{task_name}” lúc {at}. Hãy chọn việc khác, hoặc trao đổi với người đang xử lý.",
        "{by} took over “{task_name}” at {at}. Choose another task, or talk to them.",
    ),
    "task_not_claimed": (
        "Ông/bà chưa nhận xử lý nhiệm vụ “{task_name}”. Hãy nhận xử lý trước.",
        "You have not taken over “{task_name}”. Do that first.",
    ),
    "message_not_awaited": (
        "Trường hợp {nomination} hiện không chờ kết quả hoặc ý kiến này. Hãy xem diễn biến của trường hợp.",
        "{nomination} does not wait for this now. Open it to see what happened.",
    ),
    "stale_task": (
        "Nhiệm vụ “{task_name}” đã thay đổi sau khi ông/bà mở trang. Nội dung đã nhập vẫn còn; xin xem lại và gửi lại.",
        "“{task_name}” changed after you opened the page. What you typed is kept; check it and send again.",
    ),
    "batch_size": (
        "Mỗi lần xử lý từ 1 đến {max} trường hợp; ông/bà đã gửi {count}. Hãy chia thành nhiều lần.",
        "One act takes 1 to {max} nominations; you sent {count}. Split them.",
    ),
    "row_twice": (
        "Trường hợp {nomination} đã có ở một dòng khác của lần xử lý này. Hãy bỏ bớt một dòng.",
        "Nomination {nomination} stands in another row of this act. Leave one of them out.",
    ),
    "batch_refused": (
        "Chưa ghi dòng nào vì còn {count} dòng cần xem lại. Xin xem lời nhắc ở từng dòng.",
        "Nothing was recorded: {count} rows need another look. See the note at each of them.",
    ),
    "stale_session": (
        "Nội dung phiên họp đã được người khác cập nhật sau khi ông/bà mở trang. Xin xem lại rồi lưu lại.",
        "Somebody else updated the record of the council after you opened the page. Look it over and save again.",
    ),
    "session_ended": (
        "Phiên họp này {status:session_status}, không cập nhật được nữa.",
        "The meeting was {status:session_status}; it can no longer be changed.",
    ),
    "nomination_closed": (
        "Trường hợp {nomination} đã kết thúc ({status:status}), không xử lý tiếp được. Hãy xem diễn biến.",
        "Nomination {nomination} has ended ({status:status}); nothing more can be done on it. See its history.",
    ),
    "dossier_closed": (
        "Hồ sơ {dossier} không nhận thêm trường hợp ({status:dossier_status}). Hãy chọn hồ sơ khác hoặc lập hồ sơ mới.",
        "Dossier {dossier} takes no more nominations ({status:dossier_status}). Choose another, or start a new one.",
    ),
    "cannot_erase": (
        "Chưa xóa dữ liệu: {why:erasing}. Chưa có gì bị thay đổi.",
        "Nothing was erased: {why:erasing}. Nothing was changed.",
    ),
    "round_refuses": (
        "Chưa thực hiện được: {why:round}. Xin xem lại đợt xét.",
        "Not done: {why:round}. See the round again.",
    ),
    "paper_lines": (
        "Chưa lập được danh sách của văn bản: {why:paper_line}. {nominations}",
        "The list of the paper cannot be so: {why:paper_line}. {nominations}",
    ),
    "awarded_elsewhere": (
        "{name} ({nomination}) đã có trong văn bản số {number} ngày {day} của cùng phong trào. Một thành tích chỉ được "
        "khen một lần: hãy trả lại dự thảo để bỏ tên này, hoặc hủy văn bản đã ký và lập lại.",
        "{name} ({nomination}) stands in paper {number} of {day}, of the same movement. One achievement is awarded "
        "once: return the draft so that the name is left out, or give the signed paper up and draft another.",
    ),
    "mixed_paper": (
        "Các trường hợp đã chọn cần nhiều văn bản: tách theo cấp quyết định, loại hình khen thưởng và chế độ pháp lý.",
        "These nominations need several papers: one per deciding authority, type of commendation and regime.",
    ),
    "paper_signed": (
        "Trường hợp này có tên trong văn bản {paper} đã ký, chưa phát hành. Hãy đợi phát hành xong rồi thực hiện lại.",
        "The nomination stands in paper {paper}, which is signed and not yet issued. Wait until it is issued.",
    ),
    "paper_not_in_drafting": (
        "Văn bản {paper} đang ở trạng thái “{status:paper_status}” nên không sửa được. Hãy xem diễn biến của văn bản.",
        "Paper {paper} is in state “{status:paper_status}” and cannot be changed. See its history.",
    ),
    "stale_paper": (
        "Danh sách của văn bản {paper} đã thay đổi sau khi ông/bà mở trang. Xin xem lại danh sách rồi thực hiện lại.",
        "The list of paper {paper} changed after you opened the page. Check it and do it again.",
    ),
    "document_pending": (
        "Tệp của văn bản {paper} đang được tạo; chưa ký được. Hãy bấm “Tạo tệp văn bản” hoặc đợi ít phút rồi ký.",
        "The file of paper {paper} is still being written. Press “Write the file” or wait a little, then sign.",
    ),
    "command_reused": (
        "Yêu cầu này đã được gửi trước đó với nội dung khác. Hãy tải lại trang rồi thực hiện lại.",
        "This request was sent before with other content. Reload the page and do it again.",
    ),
    "no_process_for_award": (
        "Chưa có quy trình xét {award:award} cho đối tượng này. Hãy chọn lại, hoặc báo quản trị viên.",
        "No procedure gives this award ({award:award}) to such a nominee. Choose again, or tell the administrator.",
    ),
    "nothing_to_request": (
        "Hồ sơ {dossier} không có trường hợp nào chờ văn bản yêu cầu bổ sung của ông/bà.",
        "No nomination of dossier {dossier} waits for a request for supplements that you draft.",
    ),
    "nothing_to_receive": (
        "Hồ sơ {dossier} không còn trường hợp nào chờ tiếp nhận. Hãy tải lại trang để xem ai đã tiếp nhận.",
        "Nothing of dossier {dossier} waits to be received. Reload the page to see who received it.",
    ),
    "directory_error": (
        "Chưa ghi được thay đổi: {why:directory}. Xin kiểm tra lại thông tin đã nhập.",
        "The change was not recorded: {why:directory}. Check what you entered.",
    ),
    "invalid_duration": (
        "Số ngày làm việc phải từ 0 đến 3.650. Xin nhập lại.",
        "The number of working days must be 0 to 3,650. Enter it again.",
    ),
    "unknown_year": (
        "Chỉ tính được thời hạn bắt đầu từ năm {first} đến năm {last}; năm {year} chưa có lịch nghỉ lễ.",
        "A time limit can begin in the years {first} to {last}; the holidays of {year} are not known.",
    ),
    "too_large": (
        "Tệp lớn hơn {megabytes} MB nên chưa được nhận. Hãy giảm dung lượng, ví dụ quét lại ở độ phân giải thấp hơn.",
        "The file is larger than {megabytes} MB and was not taken. Make it smaller, such as by a coarser scan.",
    ),
    "login_failed": (
        "Tên đăng nhập hoặc mật khẩu chưa đúng. Xin nhập lại.",
        "User name or password is wrong. Enter them again.",
    ),
    "too_many_tries": (
        "Đã thử đăng nhập nhiều lần. Xin đợi {seconds} giây rồi thử lại.",
        "Too many tries. Wait {seconds} seconds and try again.",
    ),
    "too_many_writes": (
        "Phần mềm gửi quá nhiều lệnh trong một phút. Xin gửi lại sau {seconds} giây.",
        "The program sends too many commands in a minute. Send this one again in {seconds} seconds.",
    ),
    "too_many_uploads": (
        "Ông/bà đã đính kèm nhiều tệp trong một giờ. Xin đợi {minutes} phút rồi đính kèm tiếp.",
        "You attached many files in an hour. Wait {minutes} minutes and go on.",
    ),
    "too_many_exports": (
        "Ông/bà đã tải nhiều tệp văn bản trong một giờ. Xin đợi {minutes} phút rồi tải tiếp; vẫn xem được trên trang.",
        "You fetched many files of papers in an hour. Wait {minutes} minutes; they can still be read on the page.",
    ),
    "cannot_open": (
        "Chưa mở được dữ liệu: {why:cannot_open}. Chưa có gì bị thay đổi; hãy báo quản trị viên.",
        "The data cannot be opened: {why:cannot_open}. Nothing was changed; tell the administrator.",
    ),
    "state_unreadable": (
        "Chưa đọc được trạng thái của trường hợp này: {why:state_unreadable}. Mọi việc đã làm vẫn còn trong nhật ký. "
        "Hãy báo quản trị viên chạy khenthuong rebuild.",
        "The state of this case cannot be read: {why:state_unreadable}. All that was done is whole in the journal; "
        "tell the administrator to run khenthuong rebuild.",
    ),
    "no_data": (
        "Không có dữ liệu trong thư mục {folder}. Xin kiểm tra lại --data; để tạo dữ liệu mới tại đó, hãy chạy "
        "khenthuong db upgrade.",
        "There is no data in the folder {folder}. Check --data; khenthuong db upgrade makes a new office there.",
    ),
    "invalid_release": (
        "Bản phát hành quy trình còn lỗi nên chưa được nhận. Hãy sửa theo danh sách lỗi rồi thử lại.",
        "The release has errors and was not taken. Mend what is listed and try again.",
    ),
}

_FIELDS: dict[str, tuple[str, str]] = {
    "required": ("Cần nhập nội dung này.", "Enter this."),
    "choice_required": ("Cần chọn một phương án.", "Choose one."),
    "choice_none_offered": (
        "Trường hợp này không còn phương án nào để chọn ở mục liên quan. Hãy chọn kết luận khác.",
        "Nothing is left to choose here for this nomination. Choose another outcome.",
    ),
    "unknown_field": (
        "Mục này không thuộc biểu mẫu. Hãy tải lại trang rồi nhập lại.",
        "This is not part of the form. Reload the page and fill it in again.",
    ),
    "form_not_object": (
        "Không đọc được nội dung biểu mẫu. Hãy tải lại trang rồi nhập lại.",
        "The form could not be read. Reload the page and fill it in again.",
    ),
    "too_many_fields": (
        "Biểu mẫu có quá nhiều mục (tối đa {max}). Hãy tải lại trang rồi nhập lại.",
        "The form has too many fields (at most {max}). Reload the page and fill it in again.",
    ),
    "not_text": ("Cần nhập một giá trị dạng chữ.", "Enter one value, as text."),
    "not_number": ("Cần nhập một số.", "Enter a number."),
    "control_character": (
        "Nội dung có ký tự không dùng được, thường do sao chép từ nơi khác. Xin gõ lại đoạn đó.",
        "There is a character that cannot be used, often from copying. Type that part again.",
    ),
    "too_long": ("Nội dung dài quá {max} ký tự. Xin rút gọn.", "Longer than {max} characters. Shorten it."),
    "too_short": ("Nội dung cần ít nhất {min} ký tự. Xin ghi rõ hơn.", "Write at least {min} characters."),
    "text_length": (
        "Nội dung cần từ {min} đến {max} ký tự. Xin ghi lại.",
        "Write {min} to {max} characters.",
    ),
    "not_canonical": (
        "Nội dung có ký tự hoặc số không lưu được. Xin gõ lại.",
        "There are characters or numbers that cannot be kept. Type them again.",
    ),
    "file_empty": (
        "Tệp không có nội dung. Xin kiểm tra lại tệp rồi đính kèm lại.",
        "The file is empty. Check it and attach it again.",
    ),
    "file_kind": (
        "Chỉ nhận tệp PDF, ảnh (JPG, PNG, TIFF), Word, Excel và OpenDocument. Xin chuyển sang PDF rồi đính kèm lại.",
        "Only PDF, pictures (JPG, PNG, TIFF), Word, Excel and OpenDocument are taken. Make it a PDF and attach that.",
    ),
    "file_not_its_kind": (
        "Nội dung tệp không đúng với đuôi tên “.{suffix}”. Xin mở lại tệp, lưu đúng định dạng rồi đính kèm lại.",
        "The content of the file is not what “.{suffix}” says. Open it, save it in that format and attach it again.",
    ),
    "file_holds_too_much": (
        "Tệp nén bên trong quá nhiều nội dung: hơn {megabytes} MB hoặc hơn {parts} phần. Xin chuyển sang PDF rồi "
        "đính kèm lại.",
        "The file holds too much: more than {megabytes} MB or {parts} parts. Make it a PDF and attach that.",
    ),
    "file_secret": (
        "Tên tệp ghi mức độ mật nên tệp chưa được nhận. Tài liệu bí mật nhà nước lập bằng hồ sơ giấy theo quy định.",
        "The name of the file bears a secrecy stamp, so it was not taken. State secrets are kept on paper alone.",
    ),
    "password_too_short": ("Mật khẩu cần ít nhất {min} ký tự.", "A password has at least {min} characters."),
    "password_too_long": ("Mật khẩu có nhiều nhất {max} ký tự.", "A password has at most {max} characters."),
    "password_common": (
        "Mật khẩu này dễ đoán. Xin chọn mật khẩu khác, ví dụ ghép vài từ không liên quan.",
        "This password is easy to guess. Choose another, such as a few unrelated words.",
    ),
    "citizen_id_format": (
        "Số định danh cá nhân gồm đúng 12 chữ số. Xin kiểm tra lại theo thẻ căn cước.",
        "A personal identification number has exactly 12 digits. Check it against the card.",
    ),
    "citizen_id_unreal": (
        "Không có số định danh như vậy: ba số đầu là mã tỉnh, số thứ tư từ 0 đến 3. Xin xem lại thẻ căn cước.",
        "There is no such number: three digits name a province, the fourth is 0 to 3. Check it against the card.",
    ),
    "date_format": (
        "Nhập ngày theo dạng ngày/tháng/năm, ví dụ 05/01/2026.",
        "Write the day as day/month/year, such as 05/01/2026.",
    ),
    "date_not_real": ("Không có ngày này trong lịch. Xin kiểm tra lại.", "There is no such day. Check it."),
    "date_too_early": ("Ngày phải từ {min} trở đi.", "The day must be {min} or later."),
    "date_too_late": ("Ngày không được sau {max}.", "The day must not be after {max}."),
    "date_past": ("Ngày không được trước hôm nay.", "The day must not be before today."),
    "date_future": ("Ngày không được sau hôm nay.", "The day must not be after today."),
    "count_format": (
        "Nhập một số nguyên từ 0, ví dụ 12 hoặc 1.234.",
        "Enter a whole number from 0, such as 12 or 1.234.",
    ),
    "number_too_small": ("Số phải từ {min} trở lên.", "The number must be {min} or more."),
    "number_too_large": ("Số không được lớn hơn {max}.", "The number must be {max} or less."),
    "percent_format": (
        "Nhập tỷ lệ phần trăm, ví dụ 24,5 hoặc 100.",
        "Enter a percentage, such as 24,5 or 100.",
    ),
    "percent_decimals": (
        "Tỷ lệ chỉ ghi tối đa hai chữ số sau dấu phẩy, ví dụ 24,55.",
        "At most two digits after the comma, such as 24,55.",
    ),
    "percent_too_small": ("Tỷ lệ phải từ {min}% trở lên.", "The percentage must be {min}% or more."),
    "percent_too_large": ("Tỷ lệ không được lớn hơn {max}%.", "The percentage must be {max}% or less."),
    "choice_unknown": ("Cần chọn một trong các phương án đã cho.", "Choose one of the given answers."),
    "document_number_format": (
        "Nhập số và ký hiệu văn bản, ví dụ 15/QĐ-UBND hoặc 01/TTr-SNV.",
        "Enter number and symbol of the paper, such as 15/QĐ-UBND or 01/TTr-SNV.",
    ),
    "number_type": (
        "Ký hiệu phải đúng loại văn bản này, ví dụ 15/{type}-UBND.",
        "The symbol must be of this type of paper, such as 15/{type}-UBND.",
    ),
    "number_taken": (
        "Số này đã cấp cho văn bản khác cùng loại trong năm. Xin kiểm tra lại sổ đăng ký.",
        "This number was given to another paper of this type in that year. Check the register.",
    ),
    "number_not_next": ("Số tiếp theo của sổ này là {next}.", "The next number of this register is {next}."),
    "number_day_early": (
        "Ngày không được trước {day}: số nhỏ hơn đã mang ngày đó.",
        "The day must not be before {day}: a smaller number bears that day.",
    ),
    "number_day_late": (
        "Ngày không được sau {day}: số lớn hơn đã mang ngày đó.",
        "The day must not be after {day}: a larger number bears that day.",
    ),
    "too_many_ballots": (
        "Số phiếu phát ra không được lớn hơn {max}: số thành viên có mặt hoặc được lấy ý kiến bằng văn bản, trừ "
        "thành viên liên quan.",
        "No more than {max} ballots: members who are there or were asked in writing, without those concerned.",
    ),
    "awarded_before": (
        "Đã được tặng {award:award} trong cùng phong trào (quyết định {number}, {day}). Một thành tích chỉ được khen "
        "một lần, nên không chọn được kết quả này.",
        "Was given {award:award} in the same movement (decision {number}, {day}). One achievement is awarded once, so "
        "this cannot be chosen.",
    ),
    "awarded_here": (
        "Một trường hợp khác của đối tượng này trong cùng phong trào cũng được quyết định khen ở lần xử lý này. Hãy "
        "chọn một trường hợp.",
        "Another nomination of this nominee in the same movement is awarded by this act as well. Choose one of them.",
    ),
    "not_in_council": (
        "{name} không có trong danh sách thành viên Hội đồng. Xin ghi đúng như ở phần điểm danh.",
        "{name} is not in the roll call. Write the name as it stands there.",
    ),
    "member_twice": (
        "{name} được ghi hai lần trong danh sách thành viên. Hãy bỏ bớt một dòng, hoặc ghi thêm để phân biệt.",
        "{name} stands twice in the roll call. Leave one out, or add what tells them apart.",
    ),
    "rule_sum": (
        "Tổng của {fields} phải bằng “{other}”. Xin kiểm tra lại các số.",
        "The sum of {fields} must equal “{other}”. Check the figures.",
    ),
    "rule_at_most": (
        "“{field}” không được lớn hơn “{other}”. Xin kiểm tra lại hai số này.",
        "“{field}” must not be above “{other}”. Check both figures.",
    ),
    "rule_not_after": (
        "“{field}” không được sau “{other}”. Xin kiểm tra lại hai ngày này.",
        "“{field}” must not be after “{other}”. Check both days.",
    ),
    "rule_not_before": (
        "“{field}” không được trước “{other}”. Xin kiểm tra lại hai ngày này.",
        "“{field}” must not be before “{other}”. Check both days.",
    ),
    "rule_not_before_day": (
        "“{field}” không được trước ngày {day} của bước trước. Xin kiểm tra lại ngày này.",
        "“{field}” must not be before {day}, the day of an earlier step. Check it.",
    ),
    "rule_is": (
        "Chưa gửi được với câu trả lời này ở mục “{field}”. Xin kiểm tra lại.",
        "It cannot be sent with this answer to “{field}”. Check it.",
    ),
    "rule_is_not": (
        "Chưa gửi được với câu trả lời này ở mục “{field}”. Xin kiểm tra lại.",
        "It cannot be sent with this answer to “{field}”. Check it.",
    ),
    "rule_message": ("{text}", "{text}"),
}

_PAGE: dict[str, tuple[str, str]] = {
    "form_required": ("bắt buộc", "required"),
    "form_summary": ("Có {count} nội dung cần sửa", "Answers to correct: {count}"),
    "form_no_answer": ("Chưa có thông tin", "No information yet"),
    "form_choose": ("– Chọn –", "– Choose –"),
    "form_outcome": ("Kết luận", "Outcome"),
    "form_when": ("Chỉ trả lời khi mục “{field}” là {values}.", "Answer only if “{field}” is {values}."),
    "form_or": ("hoặc", "or"),
    "hint_date": ("Ghi ngày/tháng/năm, ví dụ 05/01/2026.", "Day/month/year, such as 05/01/2026."),
    "hint_citizen_id": ("12 chữ số trên thẻ căn cước.", "The 12 digits on the identity card."),
    "hint_document_number": ("Ví dụ 15/QĐ-UBND.", "Such as 15/QĐ-UBND."),
    "hint_at_least": ("Ít nhất {min} ký tự.", "At least {min} characters."),
}

MESSAGES: dict[str, tuple[str, str]] = {**_ENGINE, **_FIELDS, **_PAGE, **_MIGRATION}


def message(code: str, params: Mapping[str, Any] | None = None, lang: str = "vi") -> str:
    """Return the sentence of a code with its parameters filled in; for an unknown code a general one.

    >>> message("too_long", {"max": 5000})
    'Nội dung dài quá 5.000 ký tự. Xin rút gọn.'
    """
    pattern = MESSAGES.get(code, MESSAGES["engine_error"])[LANGUAGES.index(lang)]
    return _Sentence(lang).vformat(pattern, (), dict(params or {}))


def word(kind: str, code: str, lang: str = "vi") -> str:
    """Return the office's word for a code; the code itself only where nobody ever gave it a word.

    >>> word("award", "BK_TINH")
    'Bằng khen của Chủ tịch UBND tỉnh'
    """
    known = WORDS[kind]
    both = known.get(code) or known.get("")
    return both[LANGUAGES.index(lang)] if both else code


def words(kind: str, lang: str = "vi") -> dict[str, str]:
    """Return all words of a kind by code, in the order of the office."""
    return {code: both[LANGUAGES.index(lang)] for code, both in WORDS[kind].items() if code}


class _Sentence(string.Formatter):
    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "…")

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec:
            return word(format_spec, str(value), self.lang)
        if isinstance(value, datetime):
            local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(LOCAL)
            return local.strftime("%H:%M, %d/%m/%Y")
        if isinstance(value, date):
            return value.strftime("%d/%m/%Y")
        if isinstance(value, list):
            return ", ".join(f"“{each}”" for each in value)
        return thousands(value) if type(value) is int else str(value)
