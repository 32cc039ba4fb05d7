"""Half-sentences by which a message of `forms.messages` says why something was refused, Vietnamese and English."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

CANNOT_OPEN: Words = {
    "unreachable": ("không kết nối được tới cơ sở dữ liệu", "the database cannot be reached"),
    "other_database": (
        "chỉ dùng được cơ sở dữ liệu SQLite, hoặc PostgreSQL với địa chỉ postgresql+psycopg://",
        "only SQLite, and PostgreSQL by postgresql+psycopg://, can be used",
    ),
    "proxies": ("KHENTHUONG_PROXIES phải là một số từ 0 đến 9", "KHENTHUONG_PROXIES must be a number from 0 to 9"),
    "writes": ("KHENTHUONG_WRITES phải là một số từ 0 đến 99999", "KHENTHUONG_WRITES must be a number from 0 to 99999"),
    "uploads": ("KHENTHUONG_UPLOADS phải là một số từ 0 đến 99999", "KHENTHUONG_UPLOADS must be a number 0 to 99999"),
    "exports": ("KHENTHUONG_EXPORTS phải là một số từ 0 đến 99999", "KHENTHUONG_EXPORTS must be a number 0 to 99999"),
    "bad_key": ("tệp khóa trong thư mục keys bị hỏng", "a key file in the folder keys is damaged"),
    "open_to_others": (
        "người khác vào được thư mục dữ liệu; hãy dùng một thư mục riêng, hoặc chạy chmod 700 với thư mục này",
        "others may enter the data folder; use a folder of its own, or run chmod 700 on it",
    ),
    "full": (
        "đĩa của máy chủ đã đầy; vẫn xem được, chưa ghi được",
        "the disk of the server is full: reading goes on, nothing can be written",
    ),
    "newer": ("dữ liệu do phiên bản mới hơn của phần mềm tạo ra", "the data was written by a newer version"),
    "rolled_back": (
        "dữ liệu ít hơn mốc niêm phong đã ký, có thể do phục hồi bản sao lưu cũ; hãy kiểm tra bằng khenthuong verify",
        "the data holds less than its signed heads, as after restoring an old backup; check with khenthuong verify",
    ),
    "not_upgraded": ("dữ liệu cần được nâng cấp bằng lệnh khenthuong db upgrade", "run khenthuong db upgrade first"),
    "read_only": (
        "chương trình không có quyền ghi vào thư mục dữ liệu; hãy cấp quyền, hoặc chép thư mục sang nơi ghi được",
        "the program may not write to the data folder; give it the right, or copy the folder to where it may",
    ),
    "in_use": ("một tiến trình khác đang dùng dữ liệu này", "another process is using this data"),
    "damaged": (
        "dữ liệu bị hỏng; hãy phục hồi từ bản sao lưu bằng khenthuong restore",
        "the data is damaged; go back to a backup by khenthuong restore",
    ),
    "not_verified": (
        "bản sao lưu đã bị sửa: nội dung không khớp với nhật ký; hãy dùng bản khác",
        "the copy was changed: what it holds does not follow from its journal; take another one",
    ),
    "bad_heads": (
        "tệp heads.jsonl có dòng không phải là mốc niêm phong đã ký; hãy chép lại tệp này từ bản giữ ở máy khác",
        "the file heads.jsonl has a line that is no signed head; take it from the copy on another machine",
    ),
    "bad_copy": (
        "tệp này không phải là bản sao lưu, hoặc đã bị hỏng; hãy dùng bản khác",
        "this file is no copy of an office, or it is damaged; take another one",
    ),
    "file_exists": ("tệp này đã có; hãy đặt tên khác", "the file is there already; give another name"),
    "no_pg_tools": (
        "máy này thiếu pg_dump và pg_restore của PostgreSQL",
        "this machine lacks pg_dump and pg_restore of PostgreSQL",
    ),
    "no_demo_here": ("tài khoản trình diễn chỉ dùng với dữ liệu trình diễn", "demo accounts belong to the demo only"),
    "exists": ("thư mục này đã có dữ liệu", "the folder holds data already"),
    "mail_settings": ("tệp mail.toml không dùng được", "the file mail.toml cannot be used"),
    "other_key": (
        "mốc niêm phong đã được ký bằng khóa khác; hãy chép keys/head.ed25519 từ máy chủ đã ký",
        "the heads were signed with another key; copy keys/head.ed25519 from the host that signed them",
    ),
    "one_process": ("SQLite chỉ chạy bằng lệnh khenthuong serve", "SQLite is served by khenthuong serve alone"),
    "no_release": ("không có bản phát hành quy trình trong thư mục", "the folder holds no release"),
    "": ("dữ liệu chưa dùng được", "the data cannot be used"),
}

ERASING: Words = {
    "not_ended": (
        "trường hợp còn đang xét; hãy rút hoặc xét xong trước",
        "the nomination is still open; withdraw or finish it first",
    ),
    "awarded": (
        "hồ sơ đã được khen phải lưu trữ; muốn xóa phải có số văn bản của cơ quan có thẩm quyền (--order)",
        "what was awarded must be archived; erasing it needs the number of the paper that orders it (--order)",
    ),
    "in_paper": (
        "trường hợp còn nằm trong một văn bản chưa kết thúc",
        "the nomination stands in a paper that is not finished",
    ),
    "still_member": ("người này còn giữ vai trò trong đơn vị", "the person still holds a role"),
    "account_open": (
        "tài khoản của người này chưa khóa; hãy khóa bằng khenthuong user disable",
        "the account is open; close it with khenthuong user disable",
    ),
    "name_in_reason": (
        "lý do không được ghi tên hoặc số định danh của người được xóa",
        "the reason must not hold the name or number of who is erased",
    ),
    "": ("chưa xóa được", "it cannot be erased"),
}

DIRECTORY: Words = {
    "citizen_id_malformed": (
        "số định danh cá nhân gồm đúng 12 chữ số",
        "a personal identification number has exactly 12 digits",
    ),
    "citizen_id_taken": ("số định danh này đã ghi cho người khác", "this number belongs to somebody else"),
    "unit_id_malformed": ("mã đơn vị chỉ gồm chữ hoa không dấu và chữ số", "a unit's id is capital letters and digits"),
    "unit_exists": ("đơn vị này đã có", "the unit exists already"),
    "unknown_unit": ("không có đơn vị này", "there is no such unit"),
    "unknown_kind": ("không có loại đơn vị này", "there is no such kind of unit"),
    "unit_ended_before": ("đơn vị này đã kết thúc hoạt động trước đó", "the unit has ended before"),
    "successor_not_there": (
        "đơn vị kế thừa chưa có hoặc không còn hoạt động vào ngày kế tiếp",
        "a successor does not exist on the day after",
    ),
    "person_id_malformed": ("mã của người này không đúng dạng", "the person's id is malformed"),
    "person_exists": ("người này đã có", "the person exists already"),
    "unknown_person": ("không có người này", "there is no such person"),
    "unknown_role": ("không có vai trò này", "there is no such role"),
    "role_not_in_unit": ("loại đơn vị này không có vai trò đó", "units of this kind have no such role"),
    "outside_unit": ("thời gian giữ vai trò nằm ngoài thời gian hoạt động của đơn vị", "the unit does not exist then"),
    "already_member": ("người này đang giữ vai trò đó ở đơn vị", "the person has that role there already"),
    "system_role_apart": (
        "quản trị, thanh tra không kiêm vai trò xử lý hồ sơ",
        "administrators and auditors hold no role that acts on nominations",
    ),
    "unknown_membership": ("không có lần giữ vai trò này", "there is no such membership"),
    "membership_ended_before": ("vai trò này đã kết thúc trước đó", "the membership has ended before"),
    "unknown_day_kind": ("ngày chỉ có thể là ngày nghỉ hoặc ngày làm bù", "a day is either off or worked"),
    "period_reversed": ("ngày kết thúc trước ngày bắt đầu", "the last day is before the first"),
    "title_missing": ("tên đơn vị để trống hoặc quá dài", "the unit's name is empty or too long"),
    "name_missing": ("họ tên để trống hoặc quá dài", "the person's name is empty or too long"),
    "document_missing": ("số văn bản để trống hoặc quá dài", "the paper's number is empty or too long"),
    "username_malformed": ("tên đăng nhập không đúng dạng", "the user name is malformed"),
    "username_taken": ("tên đăng nhập này đã có người dùng", "the user name is taken"),
    "account_exists": ("người này đã có tài khoản", "the person has an account already"),
    "account_disabled": ("tài khoản này đã ngừng sử dụng", "the account is disabled"),
    "no_account": ("người này chưa có tài khoản", "the person has no account"),
    "": ("thay đổi này trái với dữ liệu hiện có", "the change contradicts what is recorded"),
}

ROUND: Words = {  # RoundRefuses
    "round_needed": (
        "hình thức khen thưởng này chỉ được đề nghị trong một đợt xét",
        "this award is proposed in a round alone",
    ),
    "round_closed": ("đợt xét này đã đóng", "the round is closed"),
    "deadline_past": (
        "đã quá hạn nộp hồ sơ của đợt xét, cần ghi lý do nộp muộn",
        "the deadline of the round is past; a reason for coming late is needed",
    ),
    "award_not_open": ("đợt xét này không xét hình thức khen thưởng đó", "the round does not take this award"),
    "kind_not_open": ("đợt xét này không xét đối tượng đó", "the round does not take such nominees"),
    "award_in_use": (
        "đã có đề nghị theo hình thức vừa bỏ chọn, nên hình thức đó phải được giữ",
        "something was nominated for an award that was taken out; it has to stay",
    ),
    "kind_in_use": (
        "đã có đề nghị cho đối tượng vừa bỏ chọn, nên đối tượng đó phải được giữ",
        "something was nominated of a kind that was taken out; it has to stay",
    ),
    "nobody_to_remind": ("tất cả các đơn vị đã nộp hồ sơ", "all units have submitted"),
    "": ("đợt xét không cho phép", "the round does not allow it"),
}
