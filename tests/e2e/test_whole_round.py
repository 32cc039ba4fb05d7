"""The summary round of plan 230 in a browser, with every role: from its guidance to the results of the Chairman and of
the State level (DOMAIN §10, T1, and one person for the Prime Minister's certificate, which asks no duration of people).

It is November 2025 in this office, under the regime of that time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser

from engine.office.passwords import FOR_DEMO
from tests.e2e.house import House, Server
from tests.e2e.visitor import Visitor
from web.demo.acting import Acting
from web.demo.answers import fill, typed
from web.demo.campaign import Proposed
from web.demo.clock import DemoClock
from web.demo.people import OFFICE, Member
from web.office import Place, prepare

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

TODAY = date(2025, 11, 3)
COLLECTIVE = Proposed("Cán bộ, nhân dân xã Tân Trào", 101, "BK_TINH", "tap_the_xa", "xã Tân Trào")
ELIGIBLE = Proposed("Ma Thị Sinh", 102, "BK_TINH", "cong_chuc_vien_chuc", "UBND xã Tân Trào", "Công chức")
CITIZEN = Proposed("Hoàng Xuân Việt", 103, "BK_TINH", "nguoi_dan", "thôn Tân Lập", "Trưởng thôn")
LACKING = Proposed("Nông Đức Toàn", 104, "BK_TINH", "cong_chuc_vien_chuc", "UBND xã Tân Trào", "Công chức", "D1")
STATE = Proposed("Lý Thanh Mai", 120, "BK_TTG", "cong_chuc_vien_chuc", "UBND xã Tân Trào", "Phó Chủ tịch")
ALL = (COLLECTIVE, ELIGIBLE, CITIZEN, LACKING, STATE)
PROVINCE = (COLLECTIVE, ELIGIBLE, CITIZEN)
HERE = "X2545"
MEMBERS = 17
FOUND = (HERE, "CAT", "SNV", "VP", "TTT")  # whose people take part


class Round:
    """The people of the office, each in a browser of their own, and what they do there."""

    def __init__(self, browser: Browser, server: Server, passwords: dict[str, str]) -> None:
        self._browser, self._server, self._passwords = browser, server, passwords
        self._visitors: dict[str, Visitor] = {}
        self.numbers: dict[str, int] = {}

    def who(self, role: str, unit: str) -> Visitor:
        [username] = [m.username for m in PEOPLE if (m.role, m.unit) == (role, unit)]
        assert username
        if username not in self._visitors:
            visitor = Visitor(self._browser, self._server)
            self._visitors[username] = visitor.log_in(username, self._passwords[username])
        return self._visitors[username]

    def close(self) -> None:
        for visitor in self._visitors.values():
            visitor.close()

    def handle(self, person: Visitor, name: str, form: dict[str, str], button: str = "Gửi") -> None:
        """Open a task out of the group's box, by the name of its nominee or paper, and send its form."""
        person.go("/tasks?box=group")
        person.follow(name)
        person.fill(form)
        person.press(button)
        assert "Đã gửi kết quả" in person.reads()

    def paper(self, role: str, unit: str, kind: str, title: str, signers: tuple[str, str], to: str = "") -> None:
        """Draft a paper over all that waits for it, and bring it to those who receive it.

        Args:
            kind, title: of papers.toml.
            signers: roles that review and sign.
            to: the unit whose registry acknowledges it; "" where the receiver is outside.
        """
        drafter = self.who(role, unit)
        drafter.go("/papers/new")
        form = drafter.main.locator(f'form:has(input[name="kind"][value="{kind}"])').first
        with drafter.page.expect_navigation():
            form.get_by_role("button").click()
        drafter.look()
        clerk = self.who("VT", unit)
        self.handle(drafter, title, fill("paper_draft", TODAY))
        self.handle(self.who(signers[0], unit), title, fill("paper_review", TODAY, outcome="dong_y"))
        self.handle(self.who(signers[1], unit), title, fill("paper_sign", TODAY, outcome="ky"))
        self.handle(clerk, title, {"so_van_ban": self._number(unit, kind), "ngay_van_ban": typed(TODAY)})
        self.handle(clerk, title, fill("paper_issue", TODAY))
        if to:
            self.handle(self.who("VT", to), title, fill("paper_acknowledge", TODAY))

    def _number(self, unit: str, kind: str) -> str:
        type = {"quyet_dinh": "QĐ", "thong_bao_ket_qua": "TB", "thong_bao_tong_hop": "TB"}.get(kind, "TTr")
        self.numbers[unit + type] = self.numbers.get(unit + type, 0) + 1
        letter = f"{unit}-TĐ" if kind in LETTERS else f"{type}-{unit}"
        return f"{self.numbers[unit + type]:02d}/{letter}"

    def table(self, person: Visitor, step: str, form: dict[str, str]) -> None:
        """Judge all tasks of a step in one table: the same for all of them."""
        person.go("/tasks?box=group")
        person.follow(step)
        for name, value in form.items():
            cell = person.page.locator(f'[name="all.{name}"]')
            if cell.evaluate("cell => cell.tagName") == "SELECT":
                cell.select_option(value)
            else:
                cell.fill(value)
        person.press("Kiểm tra trước")
        person.press("Xác nhận, ghi kết quả")


LETTERS = ("de_xuat_tong_hop",)
COLLEAGUES = ("quyet.cat", "binh.snv")  # a second one of a role is not needed here
PEOPLE = (
    *(member for member in OFFICE if member.unit in FOUND and member.username not in COLLEAGUES),
    Member("an.tantrao", "Vương Thị An", "Thư ký", "HD_DV", "CAT"),
)


@pytest.fixture
def round_in_november(house: House, chromium: Browser) -> Iterator[tuple[House, Round]]:
    clock = DemoClock(datetime(2025, 11, 3, 1, 5, tzinfo=UTC))
    engine = prepare(Place(house.data), clock=clock, passwords=FOR_DEMO)
    accounts = Acting(engine, clock).enter(PEOPLE)
    engine.database.close()
    with house.serving() as server:
        people = Round(chromium, server, {each["username"]: each["password"] for each in accounts})
        yield house, people
        people.close()


def test_a_round_goes_from_its_guidance_to_the_results_of_the_chairman_and_of_the_state_level(
    round_in_november: tuple[House, Round],
) -> None:
    house, people = round_in_november

    opens_the_round(people)
    nominates(people)
    for each in ALL:
        people.handle(people.who("HD_DV", HERE), each.name, unit_vote())
    for _authority in ("the Chairman", "the Prime Minister"):  # a letter each: one deciding authority
        people.paper("CB_TDKT_DV", HERE, "to_trinh_don_vi", "Tờ trình của đơn vị", ("HD_DV", "TT_DV"), to="CAT")

    people.table(people.who("CA_TH", "CAT"), "Kiểm tra, tổng hợp", check("dat"))
    for _authority in ("the Chairman", "the Prime Minister"):
        people.paper("CA_TH", "CAT", "de_xuat_tong_hop", "Văn bản đề nghị tổng hợp", ("CA_LD", "CA_LD"), to="SNV")

    receives(people)
    appraises(people)
    meets(people)
    for _authority in ("the Chairman", "the Prime Minister"):
        people.paper("SNV_CV", "SNV", "to_trinh_snv", "Tờ trình của Sở Nội vụ", ("SNV_TP", "SNV_GD"), to="VP")
    people.table(people.who("VP_CV", "VP"), "Văn phòng UBND tỉnh kiểm tra", {"outcome": "dat"})
    people.table(people.who("CT_UBND", "VP"), "Chủ tịch cho ý kiến", {"outcome": "dong_y"})
    people.paper("VP_CV", "VP", "quyet_dinh", "Quyết định tặng Bằng khen", ("VP_LD", "CT_UBND"), to="SNV")
    people.paper("VP_CV", "VP", "to_trinh_ttg", "Tờ trình Thủ tướng Chính phủ", ("VP_LD", "CT_UBND"))
    the_centre_answers(people)
    while_something_waits_for_its_result(people)

    auditor = people.who("KT", "TTT")
    for each in (*PROVINCE, STATE):
        assert "Được khen thưởng" in standing(auditor, each.name), each.name
    told = standing(auditor, LACKING.name)
    assert "Không đủ điều kiện" in told and "sáng kiến" in told
    report = house.json("verify", "--all", "--strict")
    assert (report["ok"], report["not_reexecuted"], report["first_error"]) == (True, 0, None)


# --- what they do ------------------------------------------------------------------------------------------------


def opens_the_round(people: Round) -> None:
    leader = people.who("CA_LD", "CAT")
    leader.go("/rounds")
    leader.follow("Mở đợt")
    form = {
        "ten": "Tổng kết phong trào thi đua thực hiện Đề án 06 giai đoạn 2022 - 2025",
        "loai": "tong_ket",
        "so_huong_dan": "215/HD-CAT",
        "ngay_huong_dan": typed(TODAY),
        "han_nop": "28/11/2025",
        "hinh_thuc": "BK_TTG BK_TINH",
    }
    leader.fill(form)
    leader.press("Mở đợt")
    assert "DX-2025-01" in leader.reads()


def nominates(people: Round) -> None:
    officer = people.who("CB_TDKT_DV", HERE)
    for each in ALL:
        officer.go("/nominations/new")
        word = {"BK_TINH": "Bằng khen của Chủ tịch UBND tỉnh", "BK_TTG": "Bằng khen của Thủ tướng Chính phủ"}[
            each.award
        ]
        card = officer.main.locator(f'form:has(h2:has-text("{word}"))').first
        kind = "tap_the" if each.group.startswith("tap_the") else "ca_nhan"
        card.locator(f'[name="kind"][value="{kind}"]').check()
        if each.award == "BK_TINH" and card.locator('[name="dossier"]').count():
            card.locator('[name="dossier"]').select_option(index=1)
        with officer.page.expect_navigation():
            card.get_by_role("button").click()
        officer.look()
        officer.fill(each.form(TODAY))
        officer.press("Gửi: Lập đề nghị")
        assert "Đã lập đề nghị KT-" in officer.reads()
        officer.fill(each.report(TODAY))
        officer.press("Gửi")


def unit_vote() -> dict[str, str]:
    counts = dict.fromkeys(("tong_so", "co_mat", "phieu_phat_ra", "phieu_thu_ve", "dong_y"), "9")
    return fill("council_vote", TODAY, **counts)


def check(outcome: str) -> dict[str, str]:
    return fill("check", TODAY, outcome=outcome)


def receives(people: Round) -> None:
    """The front desk receives dossier by dossier; each gets a slip, and its statutory clock begins."""
    desk = people.who("SNV_TN", "SNV")
    for code in ("KT-2025-0001", "KT-2025-0002"):
        desk.go("/dossiers")
        desk.follow(code)
        desk.follow("Tiếp nhận")
        desk.fill({"ngay_tiep_nhan": typed(TODAY)})
        desk.press("Tiếp nhận")
        assert "Đã tiếp nhận" in desk.reads() and f"{code}-TN1" in desk.reads()


def appraises(people: Round) -> None:
    """Each by themselves: the automatic check found one who lacks the initiative that D1 asks."""
    appraiser = people.who("SNV_CV", "SNV")
    for each in ALL:
        outcome = "khong_dat" if each is LACKING else "dat"
        people.handle(appraiser, each.name, fill("appraisal", TODAY, outcome=outcome))
    notice = "Thông báo kết quả xét khen thưởng"
    people.paper("SNV_CV", "SNV", "thong_bao_ket_qua", notice, ("SNV_TP", "SNV_GD"), to=HERE)


def meets(people: Round) -> None:
    """The council of the province votes on all of them in one session."""
    secretary = people.who("TK_HD", "SNV")
    secretary.go("/sessions/new")
    secretary.press("Mở phiên họp")
    while secretary.page.locator(f'[name="member.{MEMBERS - 1}.name"]').count() == 0:
        names = secretary.page.locator('[name^="member."][name$=".name"]').count()
        secretary.fill({f"member.{n}.name": f"Ủy viên {n + 1}" for n in range(names)})
        secretary.press("Lưu và kiểm tra")
    for n in range(MEMBERS):
        secretary.fill({f"member.{n}.name": f"Ủy viên {n + 1}", f"member.{n}.attendance": "co_mat"})
    counts = {"phieu_phat_ra": "17", "phieu_thu_ve": "17", "dong_y": "14", "khong_dong_y": "3", "khong_hop_le": "0"}
    tasks = [box.input_value() for box in secretary.page.locator('[name="pick"]').all()]
    secretary.fill({f"{task}.{name}": value for task in tasks for name, value in counts.items()})
    secretary.press("Lưu và kiểm tra")
    assert "82,35 %" in secretary.reads()  # 14 of 17 (T7)
    secretary.press("Kết thúc phiên họp")


def the_centre_answers(people: Round) -> None:
    """The Prime Minister's decision came by post: the Department of Home Affairs enters it."""
    appraiser = people.who("SNV_CV", "SNV")
    appraiser.go("/incoming")
    appraiser.follow("Ghi nhận")
    appraiser.page.locator('[name="pick"]').check()
    appraiser.fill(fill("central_answer", TODAY, outcome="dong_y", so_van_ban="2120/QĐ-TTg"))
    appraiser.press("Ghi nhận cho các trường hợp đã chọn")
    assert "Đã ghi kết quả 1 trường hợp" in appraiser.reads()


def while_something_waits_for_its_result(people: Round) -> None:
    """Tell the units: one notice for each part that waits."""
    appraiser = people.who("SNV_CV", "SNV")
    while True:
        appraiser.go("/papers/new")
        if "Thông báo kết quả xét khen thưởng" not in appraiser.reads():
            return
        notice = "Thông báo kết quả xét khen thưởng"
        people.paper("SNV_CV", "SNV", "thong_bao_ket_qua", notice, ("SNV_TP", "SNV_GD"), to=HERE)


def standing(person: Visitor, name: str) -> str:
    person.go("/nominations")
    person.follow(name)
    return person.reads()
