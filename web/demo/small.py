"""The small demo: a dozen units, every role, something at every step; scenarios T1, T3, T9 and T10 among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.demo.acting import PAPER_STATES, Acting
from web.demo.campaign import LEAD, Campaign, Proposed, Unit
from web.demo.people import OFFICE, UNIT_ROLES, Member
from web.demo.unit_awards import UnitAwards

SPECIALIST = "Chuyên viên"
BUSINESS = {"group": "doanh_nhan", "place": "Công ty TNHH Minh Xuân", "position": "Giám đốc"}


def tell(acting: Acting) -> list[dict[str, str]]:
    """Make the office and let it work; return the accounts."""
    accounts = acting.enter([*OFFICE, *others()])
    campaign = Campaign(acting, UNITS)
    campaign.run()
    covering_notes(acting, campaign)
    UnitAwards(acting).tell()
    return accounts


def covering_notes(acting: Acting, campaign: Campaign) -> None:
    """Let a covering note of the office stand at each step of a paper, up to its receipt."""
    found = acting.engine.nominations(acting.actor("KT", "TTT"), status="DU_DK", limit=200).items
    at_office = [row.code for row in found if row.award == "BK_TINH" and campaign.beyond("appraisal_letter", row.code)]
    for code, state in zip(at_office, PAPER_STATES[:-1], strict=False):
        acting.paper(acting.actor("VP_CV", "VP"), "phieu_trinh", (code,), state)


def others() -> list[Member]:
    """Return those without an account who hold the roles of units that nobody of the office holds."""
    held = {(member.role, member.unit) for member in OFFICE}
    return [
        Member(None, f"{title} {within(unit.title)}", title, role, unit.id)
        for unit in UNITS
        for role, title in UNIT_ROLES.items()
        if (role, unit.id) not in held
    ]


def within(title: str) -> str:
    """Return the title of a unit as it stands within a sentence: xã Tân Trào, but Sở Nội vụ."""
    return title[0].lower() + title[1:] if title.startswith(("Xã", "Phường")) else title


def _commune(unit: str, title: str, stage: str, number: int, people: str, **more: object) -> Unit:
    """Return a commune that nominates its own collective and a few people."""
    named = within(title)
    collective = Proposed(f"Cán bộ, nhân dân {named}", number, "BK_TINH", "tap_the_xa", named)
    single = [
        Proposed(name, number + place, "BK_TINH", "cong_chuc_vien_chuc", f"UBND {named}", "Công chức")
        for place, name in enumerate(people.split(", "), start=1)
    ]
    return Unit(unit, title, stage, (collective, *single), variety=number, **more)  # type: ignore[arg-type]


def _waits(name: str, number: int, step: str, turns: Mapping[str, str] | None = None, **more: Any) -> Proposed:
    """Return somebody of phường Minh Xuân who waits at a step, and what is decided before that leads there."""
    usual: dict[str, Any] = {"award": "BK_TINH", "group": "cong_chuc_vien_chuc"}
    usual |= {"place": "UBND phường Minh Xuân", "position": "Công chức"}
    return Proposed(name=name, number=number, stays=step, turns=turns or {}, **usual | more)


UNITS = (
    # T1: one collective and three people, one of whom has no initiative; it goes the whole way.
    Unit(
        "X2545",
        "Xã Tân Trào",
        "end",
        (
            Proposed("Cán bộ, nhân dân xã Tân Trào", 101, "BK_TINH", "tap_the_xa", "xã Tân Trào"),
            Proposed("Ma Thị Sinh", 102, "BK_TINH", "cong_chuc_vien_chuc", "UBND xã Tân Trào", "Công chức Văn hóa"),
            Proposed("Hoàng Xuân Việt", 103, "BK_TINH", "nguoi_dan", "thôn Tân Lập", "Trưởng thôn"),
            Proposed("Nông Đức Toàn", 104, "BK_TINH", "cong_chuc_vien_chuc", "UBND xã Tân Trào", "Công chức", "D1"),
            # And one for the State level, which asks no duration of a person.
            Proposed("Lý Thanh Mai", 120, "BK_TTG", "cong_chuc_vien_chuc", "UBND xã Tân Trào", "Phó Chủ tịch"),
        ),
    ),
    # T3: the lead body nominates its own; T9 at the minimum of A8.3.
    Unit(
        LEAD,
        "Công an tỉnh",
        "appraisal",
        (
            Proposed("Phòng Cảnh sát QLHC về TTXH", 130, "BK_TINH", "tap_the_tinh", "Công an tỉnh", lacks="A8.3"),
            Proposed("Phàn Quốc Kiên", 131, "BK_TINH", "cong_chuc_vien_chuc", "Công an tỉnh", "Cán bộ"),
            Proposed(
                *("Lò Thị Thương", 132, "BK_TINH", "cong_chuc_vien_chuc", "Công an tỉnh", "Cán bộ"),
                stays="second_check",
            ),
        ),
    ),
    Unit(
        "SGDDT",
        "Sở Giáo dục và Đào tạo",
        "council",
        (
            Proposed("Phòng Giáo dục phổ thông", 140, "BK_TINH", "tap_the_tinh", "Sở Giáo dục và Đào tạo"),
            Proposed("Quan Thị Huệ", 141, "BK_TTG", "cong_chuc_vien_chuc", "Sở Giáo dục và Đào tạo", SPECIALIST),
            Proposed("Lộc Minh Đạt", 142, "HCLD_3", "cong_chuc_vien_chuc", "Sở Giáo dục và Đào tạo", SPECIALIST),
        ),
    ),
    _commune("X2455", "Xã Hùng Lợi", "appraisal_letter", 150, "Bàn Thu Lan, Đặng Văn Sinh"),
    _commune("X2536", "Xã Sơn Dương", "chairman", 162, "Hứa Thị Yến"),
    # T10: a complaint about one of them came after the chairman had agreed.
    Unit(
        "X2374",
        "Xã Hàm Yên",
        "end",
        (
            Proposed("Tướng Văn Dũng", 171, "BK_TINH", "cong_chuc_vien_chuc", "UBND xã Hàm Yên", "Công chức"),
            Proposed("La Thị Minh Thảo", 172, "BK_TINH", "nguoi_dan", "xã Hàm Yên", "Trưởng thôn", complaint=True),
        ),
    ),
    _commune("X2392", "Xã Phù Lưu", "decision", 174, "Tướng Minh Đạt"),
    _commune("X2287", "Xã Chiêm Hoá", "office_check", 180, "Ma Quốc Lâm"),
    _commune("X2221", "Xã Nà Hang", "receive", 190, "Nông Thị Nhung, Hoàng Minh Khánh"),
    _commune("X694", "Phường Hà Giang 1", "consolidation_letter", 200, "Vương Xuân Hùng"),
    _commune("X715", "Xã Lũng Cú", "consolidator_check", 210, "Giàng Văn Páo, Sùng Thị Sua", late=True),
    _commune("X721", "Xã Đồng Văn", "unit_letter", 220, "Vàng Thị Pham"),
    _commune("X769", "Xã Mèo Vạc", "unit_council", 230, "Thào Minh Chiến"),
    _commune("X1108", "Xã Xín Mần", "self_assessment", 240, "Cháng Thị Mỷ, Lù Văn Sơn"),
    _commune("X1153", "Xã Bắc Quang", "notice", 250, "Phạm Thị Thu Dung"),
    # One who waits at each step that the others only pass.
    Unit(
        "X2215",
        "Phường Minh Xuân",
        "end",
        (
            _waits("Âu Thị Hồng", 301, "consolidation_override", {"consolidator_check": "bo_sung"}),
            _waits("Quan Văn Thuận", 302, "supplement_override", {"appraisal": "bo_sung"}),
            _waits("Triệu Văn Sáng", 311, "supplement", {"appraisal": "bo_sung"}),
            _waits("Hà Thị Kim Oanh", 303, "clarify", {"chairman": "yeu_cau_lam_ro"}),
            _waits("Lê Trung Hiếu", 304, "opinion", **BUSINESS),
            _waits("Vũ Thị Bích Hợp", 305, "opinions_summary", **BUSINESS),
            _waits("Trần Mạnh Hà", 306, "party_opinion", award="BK_TTG", managed=True),
            _waits("Đinh Công Tráng", 307, "central_supplement", {"central_answer": "bo_sung"}, award="BK_TTG"),
            _waits("Nông Thị Lụa", 308, "offer_lower", award="HCLD_3"),
            _waits("Ma Công Hưởng", 309, "lower_form_consent", award="HCLD_3"),
            Proposed(
                *("Cán bộ, nhân dân phường Minh Xuân", 310, "HCLD_3", "tap_the_xa", "phường Minh Xuân"),
                stays="comments_summary",
                national=True,
            ),
        ),
        variety=1,
    ),
    _commune("X1021", "Xã Hoàng Su Phì", "nothing", 260, "Triệu Văn Đạt"),
)
