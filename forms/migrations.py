"""What an edited release means for a nomination, in words: reasons, changes and aspects of engine.process.migration."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "migration_must_pass_first": (
        "Theo quy trình mới, trường hợp này phải qua “{name}” trước.",
        "Under the new procedure it would first have to pass “{name}”.",
    ),
    "migration_value_missing": (
        "Chưa biết kết quả của “{name}” nên chưa xác định được bước tiếp theo.",
        "What “{name}” would have said is not known, so the next step cannot be told.",
    ),
    "migration_open_step_removed": (
        "Việc đang làm ở “{name}” không còn trong quy trình mới.",
        "“{name}” is under way and is not in the new procedure.",
    ),
    "migration_open_step_closes": (
        "Việc đang làm ở “{name}” sẽ đóng lại vì quy trình mới không đi tới đó.",
        "“{name}” is under way and would close: the new procedure does not lead there.",
    ),
    "migration_step_reopens": (
        "“{name}” đã kết thúc nhưng sẽ mở lại.",
        "“{name}” has ended and would be under way again.",
    ),
    "migration_decision_gone": (
        "Nhánh đã chọn tại “{name}” không còn trong quy trình mới.",
        "The way that was taken at “{name}” is not in the new procedure.",
    ),
    "migration_decision_differs": (
        "Kết quả đã có tại “{name}” được giữ nguyên, nhưng xét theo quy trình mới sẽ khác.",
        "What was decided at “{name}” stands, but would be another under the new procedure.",
    ),
    "migration_decision_fails": (
        "Kết quả đã có tại “{name}” được giữ nguyên, nhưng xét theo quy trình mới thì không xác định được.",
        "What was decided at “{name}” stands, but could not be decided under the new procedure.",
    ),
    "migration_step_without_place": (
        "Việc đã làm ở “{name}” không có chỗ trong trình tự mới.",
        "“{name}” was done and has no place in the new order.",
    ),
    "migration_cannot_go_on": (
        "Theo quy trình mới, trường hợp này không đi tiếp được tại “{name}”.",
        "Under the new procedure it could not go on at “{name}”.",
    ),
    "migration_process_gone": (
        "Bản phát hành mới không còn quy trình này.",
        "The new release does not have this procedure.",
    ),
    "migration_role_changed": (
        "Việc đang làm ở “{name}” sẽ chuyển sang người khác theo quy trình mới.",
        "“{name}” is under way and would belong to somebody else under the new procedure.",
    ),
    "migration_step_skipped": (
        "“{name}” đã làm, không còn trong quy trình mới.",
        "“{name}” was done and is not in the new procedure.",
    ),
    "migration_other_order": (
        "“{name}” đã làm theo thứ tự khác với quy trình mới.",
        "“{name}” was done in another order than the new procedure has.",
    ),
    "migration_step_opens": ("“{name}” mở thêm.", "“{name}” opens in addition."),
    "migration_event_removed": ("Không còn chờ “{name}”.", "“{name}” is not waited for any more."),
    "migration_due_date_kept": (
        "“{name}” giữ nguyên hạn đã giao.",
        "“{name}” keeps the day it was given.",
    ),
    "migration_key_changed": (
        "“{name}” giữ nguyên người đang xử lý và bản nháp.",
        "“{name}” keeps who has taken it over and the draft.",
    ),
    "migration_status_changed": (
        "Trạng thái thành: {now:status}.",
        "The status becomes: {now:status}.",
    ),
    "migration_incident_resolved": (
        "Không còn phải chờ quản trị tại “{name}”.",
        "“{name}” need not wait for the administrator any more.",
    ),
    "migration_element_added": ("Phía trước có thêm “{name}”.", "“{name}” is new ahead."),
    "migration_element_removed": ("Phía trước không còn “{name}”.", "“{name}” is gone ahead."),
    "migration_element_changed": ("“{name}” thay đổi: {what:aspect}.", "“{name}” changes: {what:aspect}."),
}

VERDICT: dict[str, tuple[str, str]] = {
    "untouched": ("Không ảnh hưởng", "Untouched"),
    "moves": ("Chuyển được", "Moves"),
    "needs_choice": ("Cần lựa chọn", "Needs a choice"),
    "must_stay": ("Giữ quy trình cũ", "Must stay"),
}

ASPECT: dict[str, tuple[str, str]] = {
    "id": ("mã", "id"),
    "label": ("tên gọi", "name"),
    "kind": ("loại", "kind"),
    "place": ("vị trí trong quy trình con", "process it stands in"),
    "lane": ("làn", "lane"),
    "role": ("vai trò xử lý", "role"),
    "unit": ("đơn vị xử lý", "unit"),
    "limit": ("thời hạn", "time limit"),
    "form": ("biểu mẫu", "form"),
    "status": ("trạng thái", "status"),
    "separation": ("người không được cùng xử lý", "separation of duties"),
    "ways": ("hướng đi tiếp", "where it leads"),
    "event": ("thời điểm hoặc thông báo phải chờ", "timer or message"),
    "loop": ("số lần thực hiện", "number of instances"),
    "called": ("quy trình con", "called process"),
    "table": ("bảng tiêu chí", "decision table"),
    "properties": ("căn cứ hoặc dữ liệu kèm theo", "legal basis or data"),
}
