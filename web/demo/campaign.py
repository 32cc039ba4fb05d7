"""The summary round of plan 230 in the second half of 2025: its guidance, what units hand in, how far each gets.

Everybody works through what waits for them, body after body and week after week. Each unit is told at which stage its
nominations stay, so that in the end something waits at every step. What is out of the usual happens to every so-many-th
nomination.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from engine.commands import (
    CloseSession,
    MessageItem,
    OpenRound,
    OpenSession,
    ReceiveDossier,
    RecordMessage,
    RecordSession,
    SetMovement,
    SuspendNomination,
)
from engine.office.views import Actor, TaskRow
from web.demo.acting import PAPER_STATES, Acting, Answers
from web.demo.answers import fill, typed

LEAD, APPRAISER, OFFICE = "CAT", "SNV", "VP"
OPENED, NOMINATED, VOTED, LETTERS = date(2025, 8, 4), date(2025, 8, 11), date(2025, 9, 3), date(2025, 9, 15)
DEADLINE, CHECKED, HANDED_OVER = date(2025, 9, 30), date(2025, 10, 6), date(2025, 10, 20)
SWEEPS = (date(2025, 11, 3), date(2025, 11, 17), date(2025, 12, 1), date(2025, 12, 11))
# Where the nominations of a unit stay, in the order of the way.
STAGES = (
    "nothing",
    "self_assessment",
    "unit_council",
    "unit_letter",
    "consolidator_check",
    "consolidation_letter",
    "receive",
    "appraisal",
    "council",
    "appraisal_letter",
    "office_check",
    "chairman",
    "decision",
    "notice",
    "end",
)
COUNCIL = 17  # members
NATIONAL = {
    "ten": "Phong trào thi đua cả nước thực hiện Đề án 06",
    "so_ky_hieu": "12/KH-TTg",
    "ngay_ban_hanh": "05/02/2024",
    "cap_phat_dong": "TTG",
    "ngay_bat_dau": "05/02/2024",
    "ngay_ket_thuc": "31/12/2025",
}


@dataclass(frozen=True)
class Proposed:
    """Somebody whom a unit nominates. `lacks`: the criterion that is not met, "" if all are.

    `stays`: the step at which this one waits, however far the unit gets. `turns`: outcomes out of the usual, by step,
    one for each time. `managed`: by the Party committee. `national`: in the movement of the Prime Minister.
    """

    name: str
    number: int
    award: str
    group: str  # doi_tuong of the form
    place: str
    position: str = ""
    lacks: str = ""
    complaint: bool = False
    stays: str = ""
    turns: Mapping[str, str] = field(default_factory=dict)
    managed: bool = False
    national: bool = False

    def outcome(self, step: str, time: int, usual: str = "dat") -> str:
        """Return what is decided about this one at a step, the first time or a later one."""
        said = self.turns.get(step, usual).split()
        return said[min(time, len(said)) - 1]

    def form(self, today: date) -> dict[str, str]:
        given = {"doi_tuong": self.group, "ten": self.name, "don_vi_cong_tac": self.place, "chuc_vu": self.position}
        given |= {"dien_quan_ly": "co"} if self.managed else {}
        return fill("nominate_province", today, **given, **self.papers)

    @property
    def papers(self) -> dict[str, str]:
        """Return what only people have."""
        year = 1968 + self.number % 32
        born = f"{self.number % 27 + 1:02d}/{self.number % 9 + 1:02d}/{year}"
        return {"ngay_sinh": born, "so_dinh_danh": f"0080{year % 100:02d}{self.number * 7919 % 1_000_000:06d}"}

    def report(self, today: date) -> dict[str, str]:
        given = {"so_sang_kien_de_an_06": "0", "hieu_qua_cao": "khong"} if self.lacks == "D1" else {}
        given |= {"min_ty_le_dvc_con_lai": "24"} if self.lacks == "A8.3" else {}  # passes at the minimum (T9)
        return fill("criteria_report", today, {"nominated.doi_tuong": self.group}, **given)


@dataclass(frozen=True)
class Unit:
    """A unit of the round, whom it nominates, and where that stays. `variety` varies what is left over by halves."""

    id: str
    title: str
    stage: str
    proposed: tuple[Proposed, ...]
    variety: int = 0
    late: bool = False

    def beyond(self, stage: str) -> bool:
        return STAGES.index(self.stage) > STAGES.index(stage)


class Campaign:
    """One round from its guidance to its results."""

    def __init__(self, acting: Acting, units: Iterable[Unit]) -> None:
        self.acting = acting
        self.engine = acting.engine
        self.units = {unit.id: unit for unit in units}
        self.rounds: dict[bool, str] = {}  # whether national -> code
        self.proposed: dict[str, tuple[Unit, Proposed]] = {}  # code -> who

    def run(self) -> None:
        self.open()
        self.in_the_units()
        self.at_the_lead_body()
        for day in SWEEPS:
            self.acting.clock.go_to(day)
            self.acting.let_timers_pass()
            self.at_home_affairs()
            self.at_the_office()
            self.look_into_complaints()
            self.after_the_decision()

    def beyond(self, stage: str, code: str) -> bool:
        return self.proposed[code][0].beyond(stage)

    # --- the units

    def open(self) -> None:
        """The lead body opens the round with its guidance."""
        self.acting.clock.go_to(OPENED)
        form = {
            "ten": "Tổng kết phong trào thi đua thực hiện Đề án 06 giai đoạn 2022 - 2025",
            "loai": "tong_ket",
            "co_quan_chu_tri": LEAD,
            "so_huong_dan": "215/HD-CAT",
            "ngay_huong_dan": typed(OPENED),
            "han_nop": typed(DEADLINE),
            "hinh_thuc": "HCLD_3 BK_TTG BK_TINH",
            "doi_tuong": "tap_the ca_nhan",
            "cach_tinh_thoi_gian": "da_thuc_hien",
            "tieu_chi_tinh": "provincial_criteria",
            "tieu_chi_huyen": "district_criteria",
            "tieu_chi_xa": "commune_criteria",
            "tieu_chi_ca_nhan": "individual_criteria",
            "toi_da_tap_the": "3",
            "toi_da_ca_nhan": "8",
            "ty_le_khong_lanh_dao": "60",
        }
        self.rounds[False] = self._open_round("kh230", form)
        if any(each.national for unit in self.units.values() for each in unit.proposed):
            by = self.acting.actor("SNV_CV", APPRAISER).person.id
            sets = SetMovement(command_id=str(uuid4()), actor=by, movement="da06", form=NATIONAL)
            self.engine.set_movement(sets)
            name = "Tổng kết phong trào thi đua cả nước thực hiện Đề án 06"
            self.rounds[True] = self._open_round("da06", form | {"ten": name, "so_huong_dan": "216/HD-CAT"})

    def _open_round(self, movement: str, form: dict[str, str]) -> str:
        by = self.acting.actor("CA_LD", LEAD).person.id
        opens = OpenRound(command_id=str(uuid4()), actor=by, movement=movement, form=form)
        return str(self.engine.open_round(opens)["code"])

    def in_the_units(self) -> None:
        """Nominate, report, vote and hand in; some units come after the deadline."""
        punctual = [unit for unit in self.units.values() if not unit.late]
        self.acting.clock.go_to(NOMINATED)
        self._nominate(punctual)
        self.acting.clock.go_to(VOTED)
        self._vote(punctual)
        self.acting.clock.go_to(LETTERS)
        self._hand_in(punctual)
        self.acting.clock.go_to(DEADLINE + timedelta(days=1))
        late = [unit for unit in self.units.values() if unit.late]
        self._nominate(late)
        self._vote(late)
        self._hand_in(late)

    def _nominate(self, units: list[Unit]) -> None:
        for unit in units:
            dossiers: dict[tuple[str, bool], str] = {}  # one deciding authority and one round each
            for each in unit.proposed if unit.beyond("nothing") else ():
                reason = "Đơn vị chờ xác nhận số liệu của Công an xã, nay mới đủ hồ sơ." if unit.late else None
                answer = self.acting.nominate(
                    unit.id,
                    each.award,
                    each.form(self.acting.today),
                    dossiers.get((each.award, each.national)),
                    round=self.rounds[each.national],
                    late_reason=reason,
                )
                dossiers[each.award, each.national] = answer["dossier"]
                self.proposed[answer["code"]] = (unit, each)
            if dossiers:
                self._file(self.acting.actor("CB_TDKT_DV", unit.id), "self_assessment", self._report)

    def _report(self, task: TaskRow) -> dict[str, str] | None:
        unit, each = self.proposed.get(task.code, (None, None))
        if unit is None or each is None:  # of another award, which this round is not about
            return None
        if not unit.beyond("self_assessment") and each.number % 2:
            return None
        return each.report(self.acting.today)

    def _vote(self, units: list[Unit]) -> None:
        for unit in units:
            if unit.beyond("unit_council"):
                secretary = self.acting.actor("HD_DV", unit.id)
                self._file(secretary, "unit_council", lambda task: self._unit_vote(task, 9))

    def _unit_vote(self, task: TaskRow, members: int) -> dict[str, str] | None:
        if task.code not in self.proposed:
            return None
        against = members // 2 if self.proposed[task.code][1].number % 47 == 0 else 0
        all_here = dict.fromkeys(("tong_so", "co_mat", "phieu_phat_ra", "phieu_thu_ve"), str(members))
        counts = {"dong_y": str(members - against), "khong_dong_y": str(against), "khong_hop_le": "0"}
        return fill("council_vote", self.acting.today, **all_here, **counts)

    def _hand_in(self, units: list[Unit]) -> None:
        for unit in units:
            if unit.beyond("unit_council"):
                until = "da_nhan" if unit.beyond("unit_letter") else PAPER_STATES[unit.variety % 6]
                self.acting.papers("CB_TDKT_DV", unit.id, "to_trinh_don_vi", until=until)

    # --- the lead body

    def at_the_lead_body(self) -> None:
        """Check all that came, have some supplemented, propose together to the Department of Home Affairs."""
        act, checker = self.acting, self.acting.actor("CA_TH", LEAD)
        act.clock.go_to(CHECKED)
        self._file(checker, "consolidator_check", self._check)
        act.papers("CA_TH", LEAD, "yeu_cau_bo_sung_tong_hop")
        self._by_units("consolidation_supplement", self._supplement)
        self._file(checker, "consolidator_check", self._check)
        self._file(act.actor("SNV_CV", APPRAISER), "second_check", lambda task: self._good(task, "consolidator_check"))
        act.papers("CA_TH", LEAD, "thong_bao_tong_hop")
        act.clock.go_to(HANDED_OVER)
        takes = self._takes("consolidation_letter")
        act.papers("CA_TH", LEAD, "de_xuat_tong_hop", takes)

    def _check(self, task: TaskRow) -> dict[str, str] | None:
        unit, each = self.proposed[task.code]
        if not unit.beyond("consolidator_check"):
            return None
        usual = {3: "bo_sung dat", 5: "khong_dat"}.get(each.number % 53, "dat")
        outcome = each.outcome("consolidator_check", task.occurrence, usual)
        return fill("check", self.acting.today, outcome=outcome)

    def _supplement(self, task: TaskRow) -> dict[str, str] | None:
        unit, each = self.proposed[task.code]
        return each.report(self.acting.today) if unit.variety % 3 else None

    def _good(self, task: TaskRow, stage: str) -> dict[str, str] | None:
        if task.code not in self.proposed or not self.beyond(stage, task.code):
            return None
        return fill(task.form or "", self.acting.today, outcome="dat")

    # --- Home Affairs, the council, the office, the chairman

    def at_home_affairs(self) -> None:
        """Receive, appraise, ask and publish, let the council vote, propose."""
        act = self.acting
        self._receive()
        self._file(act.actor("SNV_CV", APPRAISER), "offer_lower", self._offer)
        self._by_units(
            "lower_form_consent",
            self._agree,
            "HA_HINH_THUC",
            "TT_DV",
        )
        self._file(act.actor("SNV_CV", APPRAISER, 1), "appraisal", self._appraise)
        act.papers("SNV_CV", APPRAISER, "yeu_cau_bo_sung")
        self._by_units("supplement", self._supplement)
        self._ask_and_publish()
        self._meet()
        act.papers("SNV_CV", APPRAISER, "to_trinh_snv", self._takes("appraisal_letter"))

    def _receive(self) -> None:
        """The front desk receives what has arrived, dossier by dossier."""
        desk, act = self.acting.actor("SNV_TN", APPRAISER), self.acting
        arrived = [task.code for task in act.waiting(desk, "receive") if self.beyond("receive", task.code)]
        for dossier in sorted({code.partition("/")[0] for code in arrived}):
            act.clock.pass_by(act.step)
            form = fill("receive", act.today, outcome="tiep_nhan")
            self.engine.receive_dossier(
                ReceiveDossier(command_id=str(uuid4()), actor=desk.person.id, dossier=dossier, form=form)
            )

    def _offer(self, task: TaskRow) -> dict[str, str] | None:
        if not self.beyond("receive", task.code):
            return None
        return fill(task.form or "", self.acting.today, outcome="chuyen_hinh_thuc", hinh_thuc_moi="BK_TINH")

    def _agree(self, task: TaskRow) -> dict[str, str]:
        return fill(task.form or "", self.acting.today, outcome="dong_y")

    def _appraise(self, task: TaskRow) -> dict[str, str] | None:
        unit, each = self.proposed[task.code]
        if not unit.beyond("appraisal"):
            return None
        usual = "khong_dat" if each.lacks == "D1" else {7: "bo_sung dat"}.get(each.number % 53, "dat")
        return fill("appraisal", self.acting.today, outcome=each.outcome("appraisal", task.occurrence, usual))

    def _ask_and_publish(self) -> None:
        act = self.acting
        act.papers("SNV_CV", APPRAISER, "lay_y_kien", self._takes("appraisal"))
        for role, unit, step in (
            ("CQ_HY", "CTHUE", "opinion"),
            ("CQ_HY", "BHXH", "opinion"),
            ("CQ_HY", "SNNMT", "opinion"),
            ("BTV_TU", "TU", "party_opinion"),
        ):
            self._file(act.actor(role, unit), step, self._agree)
        appraiser = act.actor("SNV_CV", APPRAISER)
        for step in ("opinions_summary", "comments_summary"):
            self._file(appraiser, step, lambda task: fill(task.form or "", act.today))
        act.papers("SNV_CV", APPRAISER, "cong_khai", self._takes("appraisal"))

    def _meet(self) -> None:
        """The council of the province meets on all that waits for it and is not to stay there."""
        act, secretary = self.acting, self.acting.actor("TK_HD", APPRAISER)
        tasks = [task for task in act.waiting(secretary, "council") if self.beyond("council", task.code)][:1_000]
        if not tasks:
            return
        ids, by = tuple(task.id for task in tasks), {"actor": secretary.person.id}
        opens = OpenSession(command_id=str(uuid4()), unit=APPRAISER, day=act.today, tasks=ids, **by)
        session = str(self.engine.open_session(opens)["session"])
        act.clock.pass_by(timedelta(hours=2))
        records = RecordSession(
            command_id=str(uuid4()), session=session, expected_version=1, record=self._record(tasks), **by
        )
        version = self.engine.record_session(records)["version"]
        act.clock.pass_by(timedelta(minutes=30))
        closes = CloseSession(command_id=str(uuid4()), session=session, expected_version=version, **by)
        self.engine.close_session(closes)

    def _record(self, tasks: list[TaskRow]) -> dict[str, Any]:
        members = [
            {
                "name": f"Ủy viên thứ {n}",
                "position": "",
                "attendance": "van_ban" if n > 15 else "co_mat",
                "teller": n < 4,
            }
            for n in range(1, COUNCIL + 1)
        ]
        return {
            "day": self.acting.today.isoformat(),
            "place": "Trụ sở UBND tỉnh",
            "members": members,
            "common": {},
            "rows": {task.id: self._count(task) for task in tasks},
        }

    def _count(self, task: TaskRow) -> Mapping[str, str]:
        against = 4 if self.proposed[task.code][1].number % 59 == 1 else 0  # 13 of 17 are less than 80 %
        return {
            "phieu_phat_ra": str(COUNCIL),
            "phieu_thu_ve": str(COUNCIL),
            "dong_y": str(COUNCIL - against),
            "khong_dong_y": str(against),
            "khong_hop_le": "0",
        }

    def at_the_office(self) -> None:
        """The office checks, the chairman decides per name, the papers of that follow."""
        act = self.acting
        self._file(act.actor("VP_CV", OFFICE), "office_check", lambda task: self._good(task, "office_check"))
        self._file(act.actor("CT_UBND", OFFICE), "chairman", self._decide)
        self._file(act.actor("SNV_CV", APPRAISER), "clarify", lambda task: fill(task.form or "", act.today))

    def look_into_complaints(self) -> None:
        """A complaint about one name that came after the chairman agreed: it stands still, the others go on (T10)."""
        act, appraiser = self.acting, self.acting.actor("SNV_CV", APPRAISER)
        named = [code for code, (_, each) in self.proposed.items() if each.complaint]
        for code in named:
            view = self.engine.nomination(appraiser, code)
            if "suspend" in view.may and any(line.element == "chairman" for line in view.history):
                act.clock.pass_by(act.step)
                reason = "Đơn phản ánh nhận sau khi Chủ tịch đã cho ý kiến; tạm dừng xét để xác minh."
                by = appraiser.person.id
                self.engine.suspend_nomination(
                    SuspendNomination(command_id=str(uuid4()), actor=by, nomination=code, reason=reason)
                )
        for kind in ("quyet_dinh", "to_trinh_ttg", "to_trinh_ctn"):
            act.papers("VP_CV", OFFICE, kind, self._takes("decision"))

    def _decide(self, task: TaskRow) -> dict[str, str] | None:
        unit, each = self.proposed[task.code]
        if not unit.beyond("chairman"):
            return None
        usual = {11: "khong_dong_y dong_y", 13: "yeu_cau_lam_ro dong_y"}.get(each.number % 97, "dong_y")
        return fill("chairman", self.acting.today, outcome=each.outcome("chairman", task.occurrence, usual))

    def after_the_decision(self) -> None:
        """The centre answers for the names of units that are through, and the units are told."""
        appraiser, act = self.acting.actor("SNV_CV", APPRAISER), self.acting
        for awaited in self.engine.awaited(appraiser):
            if awaited.message != "central_answer":
                continue
            known = [row.code for row in awaited.rows if not row.suspended and self.beyond("notice", row.code)]
            act.clock.pass_by(act.step)
            items = tuple(MessageItem(nomination=code, form=self._answer(code)) for code in known)
            if items:
                by = appraiser.person.id
                command = RecordMessage(command_id=str(uuid4()), actor=by, message=awaited.message, items=items)
                self.engine.record_message(command)
        self.acting.papers("SNV_CV", APPRAISER, "thong_bao_ket_qua", self._takes("notice"))

    def _answer(self, code: str) -> dict[str, str]:
        each = self.proposed[code][1]
        outcome = each.outcome("central_answer", 1, "khong" if each.number % 11 == 0 else "dong_y")
        return fill("central_answer", self.acting.today, outcome=outcome, so_van_ban=f"{2000 + each.number}/QĐ-TTg")

    # --- what they share

    def _file(self, actor: Actor, step: str, answers: Answers) -> None:
        """Complete the tasks of a step, but for those who wait there."""

        def answer(task: TaskRow) -> dict[str, str] | None:
            found = self.proposed.get(task.code)
            return None if found and found[1].stays == step else answers(task)

        self.acting.file(actor, step, answer)

    def _by_units(self, step: str, answers: Any, status: str = "BO_SUNG", role: str = "CB_TDKT_DV") -> None:
        """Let every unit whose nominations wait in this state do their tasks of a step."""
        reader, after = self.acting.actor("KT", "TTT"), None
        units: set[str] = set()
        while True:
            page = self.engine.nominations(reader, status=status, limit=200, after=after)
            units |= {row.unit for row in page.items}
            after = page.next
            if after is None:
                break
        for unit in sorted(units & set(self.units)):
            self._file(self.acting.actor(role, unit), step, answers)

    def _takes(self, stage: str) -> Any:
        return lambda code: self.beyond(stage, code)
