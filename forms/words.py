"""The office's word for every code a page shows, Vietnamese and English.

Two kinds of entries: words shown as they are (states, roles, award forms), and half-sentences that a message of
`forms.messages` carries (`cannot_open`, `directory`, `duty`). The entry "" of a kind stands for codes not listed.
"""

from __future__ import annotations

from forms.migrations import ASPECT, VERDICT
from forms.refusals import CANNOT_OPEN, DIRECTORY, ERASING, ROUND

Words = dict[str, tuple[str, str]]

STATUS: Words = {  # of a nomination (DOMAIN §3.9)
    "NHAP": ("Bản nháp", "Draft"),
    "DE_NGHI": ("Đang đề nghị", "Proposed"),
    "DU_DK": ("Đủ điều kiện", "Eligible"),
    "KHONG_DU_DK": ("Không đủ điều kiện", "Not eligible"),
    "BO_SUNG": ("Cần bổ sung", "Supplement needed"),
    "TAM_DUNG": ("Tạm dừng xét", "Suspended"),
    "HA_HINH_THUC": ("Chuyển hình thức thấp hơn", "Moved to a lower form"),
    "DUOC_KHEN": ("Được khen thưởng", "Awarded"),
    "KHONG_DUOC_KHEN": ("Không được khen thưởng", "Not awarded"),
    "BI_HUY": ("Quyết định bị hủy bỏ", "Decision revoked"),
    "RUT": ("Đã rút", "Withdrawn"),
}

DOSSIER_STATUS: Words = {
    "NHAP": ("Bản nháp", "Draft"),
    "BINH_XET": ("Đang bình xét tại đơn vị", "Under review at the unit"),
    "CHO_KY_DV": ("Chờ ký tại đơn vị", "Awaiting signature at the unit"),
    "DA_NOP": ("Đã nộp", "Submitted"),
    "CA_TONG_HOP": ("Công an tỉnh tổng hợp", "Consolidation by the provincial police"),
    "SNV_TIEP_NHAN": ("Sở Nội vụ tiếp nhận", "Received by Home Affairs"),
    "YC_BO_SUNG": ("Yêu cầu bổ sung", "Supplement requested"),
    "THAM_DINH": ("Đang thẩm định", "Under appraisal"),
    "LAY_Y_KIEN": ("Đang lấy ý kiến", "Consultation"),
    "CONG_KHAI": ("Đang công khai", "Publication"),
    "CHO_HOI_DONG": ("Chờ Hội đồng", "Awaiting the council"),
    "TRINH_CT": ("Trình Chủ tịch", "Submitted to the chairman"),
    "DA_QD_TINH": ("Đã có quyết định cấp tỉnh", "Decided by the province"),
    "DA_TRINH_TW": ("Đã trình Trung ương", "Submitted to the central authority"),
    "KQ_TW": ("Có kết quả của Trung ương", "Central result received"),
    "HOAN_TAT": ("Hoàn tất", "Completed"),
    "TRA_HO_SO": ("Đã trả hồ sơ", "Returned"),
    "RUT": ("Đã rút", "Withdrawn"),
    "TAM_DUNG": ("Tạm dừng xét", "Suspended"),
    "HUY_QD": ("Quyết định bị hủy bỏ", "Decision revoked"),
}

CLOCK: Words = {
    "started": ("Bắt đầu tính thời hạn", "The limit begins"),
    "paused": ("Tạm dừng tính thời hạn", "The limit is paused"),
    "resumed": ("Tiếp tục tính thời hạn", "The limit runs on"),
    "stopped": ("Đã có kết quả", "There is a result"),
}

ROLE: Words = {  # DOMAIN §3.1
    "CN_DX": ("Cá nhân, đại diện tập thể được đề nghị", "Nominee or representative"),
    "CB_TDKT_DV": ("Cán bộ thi đua, khen thưởng của đơn vị", "Award officer of the unit"),
    "HD_DV": ("Hội đồng Thi đua - Khen thưởng cơ sở", "Council of the unit"),
    "TT_DV": ("Thủ trưởng đơn vị", "Head of the unit"),
    "VT": ("Văn thư", "Registry clerk"),
    "CA_TH": ("Cán bộ tổng hợp, Công an tỉnh", "Consolidating officer, provincial police"),
    "CA_LD": ("Lãnh đạo Công an tỉnh", "Provincial police director"),
    "SNV_TN": ("Bộ phận tiếp nhận hồ sơ", "Front desk"),
    "SNV_CV": ("Chuyên viên thẩm định, Sở Nội vụ", "Appraising specialist, Home Affairs"),
    "SNV_TP": ("Trưởng phòng Thi đua - Khen thưởng, Sở Nội vụ", "Head of the award section, Home Affairs"),
    "SNV_GD": ("Lãnh đạo Sở Nội vụ", "Director of Home Affairs"),
    "CQ_HY": ("Cơ quan được lấy ý kiến", "Consulted body"),
    "HD_TINH": ("Hội đồng Thi đua - Khen thưởng tỉnh", "Provincial council"),
    "TK_HD": ("Thư ký Hội đồng", "Council secretary"),
    "VP_CV": ("Chuyên viên Văn phòng UBND tỉnh", "Specialist, Office of the People's Committee"),
    "VP_LD": ("Lãnh đạo Văn phòng UBND tỉnh", "Head, Office of the People's Committee"),
    "CT_UBND": ("Chủ tịch UBND tỉnh", "Provincial chairman"),
    "BTV_TU": ("Ban Thường vụ Tỉnh ủy", "Standing party committee"),
    "TW_TDKT": ("Ban Thi đua - Khen thưởng Trung ương", "Central award board"),
    "TTG": ("Thủ tướng Chính phủ", "Prime Minister"),
    "CTN": ("Chủ tịch nước", "State President"),
    "QT": ("Quản trị hệ thống", "Administrator"),
    "KT": ("Thanh tra, kiểm tra", "Auditor"),
}

AWARD: Words = {  # DOMAIN §2.1
    "HCLD_1": ("Huân chương Lao động hạng Nhất", "Labour Order, 1st class"),
    "HCLD_2": ("Huân chương Lao động hạng Nhì", "Labour Order, 2nd class"),
    "HCLD_3": ("Huân chương Lao động hạng Ba", "Labour Order, 3rd class"),
    "BK_TTG": ("Bằng khen của Thủ tướng Chính phủ", "Certificate of Merit of the Prime Minister"),
    "BK_TINH": ("Bằng khen của Chủ tịch UBND tỉnh", "Certificate of Merit of the provincial chairman"),
    "GK_SO": (
        "Giấy khen của Thủ trưởng cơ quan chuyên môn thuộc UBND tỉnh và tương đương",
        "Commendation of the head of a provincial department",
    ),
    "GK_HUYEN": ("Giấy khen của Chủ tịch UBND huyện", "Commendation of the district chairman"),
    "GK_XA": ("Giấy khen của Chủ tịch UBND xã", "Commendation of the commune chairman"),
    "GK_DN": (
        "Giấy khen của Giám đốc doanh nghiệp, Chủ tịch Hội đồng quản trị hợp tác xã",
        "Commendation of the head of a company or co-operative",
    ),
}

KIND: Words = {
    "ca_nhan": ("Cá nhân", "Individual"),
    "tap_the": ("Tập thể", "Collective"),
    "ho_gia_dinh": ("Hộ gia đình", "Household"),
}

REGIME: Words = {  # DOMAIN §1.1: which law, and from when
    "R1": (
        "Luật Thi đua, khen thưởng năm 2003 và Nghị định 91/2017/NĐ-CP (đến hết ngày 31/12/2023)",
        "Law of 2003 and Decree 91/2017/NĐ-CP (until 31/12/2023)",
    ),
    "R2": (
        "Luật Thi đua, khen thưởng năm 2022 và Nghị định 98/2023/NĐ-CP (từ ngày 01/01/2024)",
        "Law of 2022 and Decree 98/2023/NĐ-CP (from 01/01/2024)",
    ),
    "R3": (
        "Luật Thi đua, khen thưởng năm 2022 và Nghị định 152/2025/NĐ-CP (từ ngày 01/07/2025)",
        "Law of 2022 and Decree 152/2025/NĐ-CP (from 01/07/2025)",
    ),
    "R4": (
        "Luật Thi đua, khen thưởng năm 2022, sửa đổi năm 2026 (từ ngày 01/10/2026)",
        "Law of 2022 as amended in 2026 (from 01/10/2026)",
    ),
}

NAME_OF: Words = {  # what the name of a nominee is called, by the kind of nominee
    "ca_nhan": ("Họ và tên", "Full name"),
    "tap_the": ("Tên tập thể", "Name of the collective"),
    "ho_gia_dinh": ("Họ và tên chủ hộ", "Name of the head of the household"),
}

ACT: Words = {  # engine.office.views.HistoryLine
    "started": ("Lập đề nghị khen thưởng", "Nominated"),
    "completed": ("Hoàn thành bước", "Completed the step"),
    "message": ("Ghi nhận kết quả, ý kiến từ bên ngoài", "Entered what came from outside"),
    "claimed": ("Nhận xử lý", "Took over the task"),
    "released": ("Trả lại phòng", "Gave the task back"),
    "assigned": ("Phân công xử lý", "Assigned the task"),
    "decided_by_table": ("Đối chiếu với bảng tiêu chí", "Checked against the criteria"),
    "withdrawn": ("Rút đề nghị", "Withdrew the nomination"),
    "suspended": ("Tạm dừng xét", "Suspended"),
    "resumed": ("Xét tiếp", "Resumed"),
    "incident": ("Đang chờ quản trị xử lý", "Waiting for the administrator"),
    "retried": ("Tiếp tục xử lý sau khi khắc phục", "Continued after repair"),
    "timer": ("Đã hết thời hạn chờ", "The waiting period ended"),
    "ended": ("Kết thúc quá trình xét", "Ended"),
    "file": ("Đính kèm tệp", "Attached a file"),
    "paper_started": ("Lập văn bản", "Drafted the paper"),
    "paper_lines": ("Sửa danh sách", "Changed the list"),
    "paper_arrived": ("Văn bản đã phát hành", "The paper was issued"),
    "paper_withdrawn": ("Hủy văn bản", "Gave the paper up"),
    "document": ("Tạo tệp văn bản", "The file was written"),
    "engine_upgraded": ("Chương trình được nâng cấp", "The program was upgraded"),
    "erased": ("Đã xóa dữ liệu cá nhân", "Personal data were erased"),
    "migrated": ("Chuyển sang bản phát hành mới", "Moved to another release"),
    "taken_out": ("Danh sách bớt một trường hợp", "A name was taken out of the list"),
}

RESULT: Words = {  # of a criterion (DOMAIN §5)
    "DAT": ("Đạt", "Met"),
    "KHONG_DAT": ("Không đạt", "Not met"),
    "THIEU_MINH_CHUNG": ("Thiếu minh chứng", "Evidence missing"),
    "KHONG_AP_DUNG": ("Không áp dụng", "Does not apply"),
}

BOX: Words = {
    "mine": ("Đang xử lý", "In progress"),
    "group": ("Chờ phân công", "To be assigned"),
    "overdue": ("Quá hạn", "Overdue"),
    "elsewhere": ("Chờ đơn vị khác", "With other units"),
    "done": ("Đã xử lý", "Done"),
}

TASK_STATE: Words = {
    "open": ("Chờ xử lý", "Open"),
    "done": ("Đã xử lý", "Done"),
    "cancelled": ("Không còn phải xử lý", "No longer needed"),
    "frozen": ("Tạm dừng", "Suspended"),
}

WHY: Words = {  # engine.office.views.WhyBox: why this task is here
    "claimed": ("Ông/bà đã nhận xử lý việc này", "You have taken over this task"),
    "assigned": ("Việc này được phân công cho ông/bà", "This task was assigned to you"),
    "member": ("Vai trò của ông/bà ở đơn vị được giao bước này", "Your role in the unit is in charge of this step"),
    "reader": ("Ông/bà chỉ xem: bước này do người khác xử lý", "You may only read: others handle this step"),
}

BOOL: Words = {"co": ("Có", "Yes"), "khong": ("Không", "No")}

ROUND_KIND: Words = {
    "hang_nam": ("Hằng năm", "Yearly"),
    "so_ket": ("Sơ kết", "Interim"),
    "tong_ket": ("Tổng kết", "Summary"),
}

ROUND_STATUS: Words = {"open": ("Đang mở", "Open"), "closed": ("Đã đóng", "Closed")}

PROGRESS: Words = {  # of a unit in a round
    "chua_nop": ("Chưa nộp", "Not submitted"),
    "dang_lap": ("Đang lập", "Being drafted"),
    "da_nop": ("Đã nộp", "Submitted"),
    "nop_muon": ("Nộp muộn", "Submitted late"),
    "bi_tra": ("Bị trả", "Returned"),
}

HINT: Words = {  # what the hints of a round speak against
    "many_collectives": ("Số tập thể vượt gợi ý", "More collectives than hinted"),
    "many_individuals": ("Số cá nhân vượt gợi ý", "More individuals than hinted"),
    "few_non_leaders": ("Ít người không giữ chức vụ lãnh đạo", "Few of them lead nothing"),
}

TIER: Words = {
    "tinh": ("Tập thể cấp tỉnh", "Provincial bodies"),
    "huyen": ("Tập thể cấp huyện", "Districts"),
    "xa": ("Tập thể cấp xã", "Communes"),
    "ca_nhan": ("Cá nhân", "Individuals"),
}

DURATION: Words = {  # cach_tinh_thoi_gian
    "da_thuc_hien": ("Thời gian đã thực hiện đến ngày xét", "Time elapsed until the review"),
    "theo_ke_hoach": ("Thời gian theo kế hoạch", "Time as planned"),
}

LAUNCHER: Words = {
    "CTN": ("Chủ tịch nước", "State President"),
    "TTG": ("Thủ tướng Chính phủ", "Prime Minister"),
    "BO": ("Bộ, ngành Trung ương", "Ministry"),
    "TINH": ("Tỉnh", "Province"),
    "KHAC": ("Cấp khác", "Other"),
}

DUTY: Words = {  # SeparationOfDuties
    "S1": ("người đã lập hoặc xử lý bước trước không quyết định ở bước này", "nobody approves what they drafted"),
    "S2": ("người được đề nghị không xử lý hồ sơ của chính mình", "nobody acts on their own nomination"),
    "S2_vote": (
        "không bỏ phiếu do có liên quan, vì người này chính là người được đề nghị",
        "no vote because concerned: this person is the nominee",
    ),
    "": ("một người không vừa đề nghị vừa quyết định", "nobody both proposes and decides"),
}

INCIDENT: Words = {  # for administrators: why a token is parked
    "no_flow_true": ("không có đường nối nào thỏa điều kiện để đi tiếp", "no outgoing flow holds"),
    "deadlock": ("các nhánh chờ nhau, không nhánh nào đi tiếp được", "branches wait for each other"),
    "token_limit": ("số nhánh chạy song song vượt giới hạn", "too many tokens"),
    "step_limit": ("số bước tự động liên tiếp vượt giới hạn", "too many automatic steps"),
    "instance_limit": ("số lần lặp song song vượt giới hạn", "too many parallel instances"),
    "instance_keys": ("danh sách lặp song song bị trùng hoặc sai", "the list of parallel instances is wrong"),
    "decision_failed": ("bảng quyết định không cho kết quả", "the decision table gave no result"),
    "decision_value": ("bảng quyết định cho kết quả không dùng được", "the decision's result cannot be used"),
    "cel_value_missing": ("điều kiện cần một giá trị chưa có", "a condition needs a value that is not there"),
    "": ("quy trình chưa đi tiếp được", "the process cannot go on"),
}

PAPER_STATUS: Words = {  # of a paper, in its order
    "soan": ("Đang soạn", "Being drafted"),
    "xem_xet": ("Đang xem xét", "Under review"),
    "trinh_ky": ("Trình ký", "At signature"),
    "da_ky": ("Đã ký, chờ cấp số", "Signed, to be numbered"),
    "da_cap_so": ("Đã cấp số, chờ phát hành", "Numbered, to be issued"),
    "da_phat_hanh": ("Đã phát hành", "Issued"),
    "da_nhan": ("Nơi nhận đã nhận", "Received"),
    "TAM_DUNG": ("Tạm dừng", "Suspended"),
    "RUT": ("Đã hủy", "Given up"),
}

PAPER_LINE: Words = {  # why a nomination cannot stand in a paper
    "none": ("danh sách chưa có trường hợp nào", "the list is empty"),
    "too_many": ("danh sách quá dài", "the list is too long"),
    "twice": ("có trường hợp được ghi hai lần", "some stand in it twice"),
    "suspended": ("có trường hợp đang tạm dừng xét", "some are suspended"),
    "other_award": ("có hình thức khen thưởng không thuộc loại văn bản này", "some are for an award it may not hold"),
    "not_waiting": ("có trường hợp chưa hoặc không còn chờ loại văn bản này", "some do not wait for such a paper"),
    "in_other_paper": ("có trường hợp đã nằm trong văn bản khác", "some stand in another paper"),
    "awarded_before": (
        "có trường hợp đã được tặng hình thức khác trong cùng phong trào, hoặc được ghi hai lần dưới hai mã",
        "some were awarded in this movement already, or stand in it twice under two codes",
    ),
    "left_out": (
        "mỗi hồ sơ chỉ yêu cầu bổ sung một lần, nên phải có mọi trường hợp của hồ sơ cần bổ sung",
        "a dossier is asked once, so all of its nominations that lack something belong in it",
    ),
    "not_judged": (
        "mỗi hồ sơ chỉ yêu cầu bổ sung một lần, mà còn trường hợp của hồ sơ chưa xử lý xong bước này",
        "a dossier is asked once, and others of its nominations are not judged yet at this step",
    ),
}

PAPER_WHY: Words = {  # why a version began
    "started": ("Lập văn bản", "Drafted"),
    "edited": ("Sửa danh sách", "List changed"),
    "returned": ("Trả lại để sửa", "Returned for change"),
    "suspended": ("Có trường hợp bị tạm dừng xét", "A nomination was suspended"),
    "withdrawn": ("Có trường hợp được rút", "A nomination was withdrawn"),
}

COMMENDATION_TYPE: Words = {
    "phong_trao": ("Khen thưởng theo phong trào thi đua", "For an emulation movement"),
    "thuong_xuyen": ("Khen thưởng thường xuyên", "On merit"),
}

COUNCIL: Words = {  # by the role of its secretary
    "HD_DV": ("Hội đồng TĐKT của đơn vị", "Council of the unit"),
    "TK_HD": ("Hội đồng TĐKT tỉnh", "Council of the province"),
}

SESSION_STATUS: Words = {
    "open": ("đang họp", "open"),
    "closed": ("đã kết thúc", "closed"),
    "cancelled": ("đã hủy", "cancelled"),
}
ATTENDANCE: Words = {
    "co_mat": ("Có mặt", "Present"),
    "van_ban": ("Gửi ý kiến bằng văn bản", "In writing"),
    "vang_mat": ("Vắng mặt", "Absent"),
}

FINDING: Words = {  # what `verify` found wrong (engine.store.verify, engine.office.reexecution)
    "entry_missing": ("thiếu lần ghi", "the entry is missing"),
    "entry_changed": ("nội dung lần ghi đã bị sửa", "the entry was changed"),
    "chain_broken": ("lần ghi không nối tiếp lần ghi trước", "the entry does not follow the one before it"),
    "unreadable": ("nội dung không đọc được", "it cannot be read"),
    "form_data_emptied": ("nội dung biểu mẫu bị xóa không theo lệnh", "what was filed was emptied without an order"),
    "form_data_changed": ("nội dung biểu mẫu đã bị sửa", "what was filed was changed"),
    "form_data_missing": ("thiếu nội dung biểu mẫu", "what was filed is missing"),
    "blob_emptied": ("tệp bị xóa không theo lệnh", "a file was emptied without an order"),
    "blob_changed": ("tệp đã bị sửa", "a file was changed"),
    "blob_missing": ("thiếu tệp", "a file is missing"),
    "command_changed": ("lệnh đã ghi nhận bị sửa", "the recorded command was changed"),
    "command_missing": ("thiếu lệnh đã ghi nhận", "the recorded command is missing"),
    "erasure_unknown": ("nội dung bị xóa mà không có lệnh xóa", "something was erased that no entry ordered"),
    "release_changed": ("tệp của bản phát hành đã bị sửa", "files of the release were changed"),
    "log_out_of_order": ("sổ niêm phong sai thứ tự", "the sealed log is out of order"),
    "log_differs": ("lần ghi khác với sổ niêm phong", "the entry differs from the sealed log"),
    "head_unreadable": (
        "tệp heads.jsonl có dòng không phải là mốc niêm phong đã ký",
        "the file heads.jsonl has a line that is no signed head",
    ),
    "head_missing": (
        "thiếu mốc ngay trước đó, hoặc mốc ấy đã bị thay",
        "the head before it is missing or was replaced",
    ),
    "head_unsigned": ("chữ ký của mốc niêm phong không đúng", "the signature of a sealed head is wrong"),
    "head_differs": (
        "mốc niêm phong trong cơ sở dữ liệu khác với bản được giữ",
        "a sealed head in the database differs from the copy kept",
    ),
    "rolled_back": ("dữ liệu ít hơn mốc niêm phong đã ký", "the data holds less than a sealed head"),
    "rewritten": ("dữ liệu khác với mốc niêm phong đã ký", "the data differs from a sealed head"),
    "derived": ("dữ liệu hiển thị khác với nhật ký", "what is shown differs from the journal"),
    "": ("thực hiện lại không cho cùng kết quả", "carrying it out again gives another result"),
}
STREAM: Words = {  # what a stream of the journal is about
    "nomination": ("trường hợp", "nomination"),
    "paper": ("văn bản", "paper"),
    "dossier": ("hồ sơ", "dossier"),
    "round": ("đợt xét", "round"),
    "session": ("phiên họp", "session"),
    "person": ("người dùng", "person"),
    "unit": ("đơn vị", "unit"),
    "release": ("bản phát hành quy trình", "release"),
    "calendar": ("lịch làm việc", "calendar"),
    "heads": ("mốc niêm phong", "sealed head"),
    "": ("dữ liệu", "the data"),
}

WALK_OUTCOME: Words = {
    "completed": ("đi tới cuối quy trình", "reached the end"),
    "waiting": ("đang chờ người xử lý hoặc thông điệp", "waits for somebody or something"),
    "incident": ("dừng vì sự cố", "stopped at an incident"),
    "rejected": ("sơ đồ chưa dùng được", "the diagram cannot be used"),
}
FILE_CHANGE: Words = {
    "added": ("thêm", "added"),
    "removed": ("bỏ", "removed"),
    "changed": ("sửa", "changed"),
}

WORDS: dict[str, Words] = {
    "walk_outcome": WALK_OUTCOME,
    "file_change": FILE_CHANGE,
    "finding": FINDING,
    "stream": STREAM,
    "council": COUNCIL,
    "session_status": SESSION_STATUS,
    "attendance": ATTENDANCE,
    "status": STATUS,
    "dossier_status": DOSSIER_STATUS,
    "clock": CLOCK,
    "role": ROLE,
    "award": AWARD,
    "kind": KIND,
    "act": ACT,
    "criterion_result": RESULT,
    "box": BOX,
    "task_state": TASK_STATE,
    "why": WHY,
    "bool": BOOL,
    "cannot_open": CANNOT_OPEN,
    "state_unreadable": {
        "damaged": ("dữ liệu trạng thái bị hỏng", "the kept state is damaged"),
        "format": ("trạng thái do phiên bản phần mềm khác ghi", "another version of the program wrote it"),
    },
    "directory": DIRECTORY,
    "erasing": ERASING,
    "round": ROUND,
    "round_kind": ROUND_KIND,
    "round_status": ROUND_STATUS,
    "progress": PROGRESS,
    "hint": HINT,
    "tier": TIER,
    "duration": DURATION,
    "launcher": LAUNCHER,
    "duty": DUTY,
    "incident": INCIDENT,
    "name_of": NAME_OF,
    "regime": REGIME,
    "paper_status": PAPER_STATUS,
    "paper_line": PAPER_LINE,
    "paper_why": PAPER_WHY,
    "commendation_type": COMMENDATION_TYPE,
    "verdict": VERDICT,
    "aspect": ASPECT,
}
