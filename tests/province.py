"""A whole province on the release that ships, driven by the JSON API: everybody whom the way of plan 230 passes.

`Province.do` completes a task as the person of its role; `paper` drafts, signs, numbers and issues a paper over many
nominations. Days are those of the office's clock, which tests move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from werkzeug.test import TestResponse

from engine.commands import SYSTEM, AddUnit, OpenRound, SetMovement
from engine.office import timers
from engine.office.clock import local_day
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import ASSESSMENT, NOMINEE, new_id
from tests.movers import ROUND as MOVERS_ROUND
from tests.movers import Movers
from tests.papers import DRAFT, PASSES, SIGNS, PlainRenderer
from web.app import create_app

OCTOBER = datetime(2025, 10, 1, 2, 0, tzinfo=UTC)
COMMUNE = "X2545"
BODIES = (
    ("VP", "Văn phòng Ủy ban nhân dân tỉnh", "so", None),
    ("TU", "Tỉnh ủy", "co_quan_dang", None),
    ("CTHUE", "Cục Thuế tỉnh", "nganh_doc", None),
    ("BHXH", "Bảo hiểm xã hội tỉnh", "nganh_doc", None),
    ("SNNMT", "Sở Nông nghiệp và Môi trường", "so", None),
    ("DN1", "Công ty Cổ phần Chè Mỹ Lâm", "dn", None),
)
ROLES = {
    "CAT": ("CA_TH", "CA_LD", "VT", "CB_TDKT_DV", "HD_DV", "TT_DV"),
    "SNV": ("SNV_TN", "SNV_CV", "SNV_TP", "SNV_GD", "TK_HD", "VT"),
    "VP": ("VP_CV", "VP_LD", "CT_UBND", "VT"),
    "CTHUE": ("CQ_HY",),
    "BHXH": ("CQ_HY",),
    "SNNMT": ("CQ_HY",),
    "TU": ("BTV_TU",),
    "DN1": ("CB_TDKT_DV", "HD_DV", "TT_DV", "VT"),
    COMMUNE: ("VT",),
}
ROUND = {
    "loai": "tong_ket",
    "ten": "Tổng kết phong trào thi đua Đề án 06 giai đoạn 2022 - 2025",
    "ngay_huong_dan": "01/08/2025",
    "han_nop": "31/12/2026",
    "hinh_thuc": ["GK_XA", "BK_TINH", "BK_TTG", "HCLD_3"],
    "tieu_chi_tinh": "provincial_criteria",
    "toi_da_ca_nhan": "20",
}
NATIONAL = {
    "ten": "Phong trào thi đua cả nước thực hiện Đề án 06",
    "so_ky_hieu": "12/KH-TTg",
    "ngay_ban_hanh": "05/02/2024",
    "cap_phat_dong": "TTG",
    "ngay_bat_dau": "05/02/2024",
    "ngay_ket_thuc": "31/12/2025",
}
PROVINCIAL = {"dien_quan_ly": "khong", "la_nganh_doc": "khong", "thu_tuc_don_gian": "khong"}
CLEAN = {f"lam_sach_{kind}": "co" for kind in ("tiem_chung", "bao_tro", "tre_em", "ho_tich", "hoi_doan_the")}
REPORT = {name: ASSESSMENT[name] for name in ("co_ket_qua_san_pham_cu_the", "dat_hoac_vuot_tien_do")} | {
    "da_phat_dong_phong_trao": "co",
    "bao_cao_thanh_tich": ASSESSMENT["bao_cao_thanh_tich"],
}
OF_COMMUNE = REPORT | CLEAN | {
    "ngay_bat_dau_so_hoa": "01/06/2023",
    "ty_le_so_hoa_bpmc_xa": "100",
    "ty_le_thon_hop_dan": "100",
    "da_lap_to_cong_tac": "co",
}  # fmt: skip
FITS = {
    "dung_doi_tuong": "co", "dung_tham_quyen": "co", "du_ho_so": "co", "trung_lap": "khong", "can_cu_tam_dung": "khong",
}  # fmt: skip
CHECKED = {"outcome": "dat", "da_doi_chieu": "co", "trung_lap": "khong", "can_cu_tam_dung": "khong"}
APPRAISED = {"outcome": "dat"} | FITS
BARRED = {
    "outcome": "tam_dung",
    "can_cu_tam_dung": "don_thu",
    "ly_do": "Đơn tố cáo ngày 01/10/2025 đang được Thanh tra tỉnh xác minh.",
}
REASON = "Đơn phản ánh nhận hôm nay, chuyển Thanh tra tỉnh xác minh."
CONCLUSION = "Thanh tra tỉnh kết luận nội dung phản ánh không có cơ sở."


class Refused(Exception):
    """The API refused what a test expected to pass, or was asked to refuse: `answer` is what it said."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__(answer.status_code, answer.get_data(as_text=True)[:1500])
        self.status = answer.status_code
        self.body: dict[str, Any] = answer.get_json()


class Province(Movers):
    """People by (role, unit); those of xã Tân Trào are those of Office."""

    round_form = ROUND
    superiors: Mapping[str, str] = {}  # of the units that hand in through another one

    def __init__(self, database: Database, at: datetime = OCTOBER) -> None:
        super().__init__(database, at)
        self.engine.renderer = PlainRenderer()
        for unit, title, kind, superior in BODIES:
            self.engine.add_unit(
                AddUnit(
                    command_id=new_id(), actor=SYSTEM, unit=unit, title=title, kind=kind, superior=superior,
                    valid_from=self.since,
                )
            )  # fmt: skip
        self.people: dict[tuple[str, str], Actor] = {
            ("CB_TDKT_DV", COMMUNE): self.officer,
            ("HD_DV", COMMUNE): self.council,
            ("TT_DV", COMMUNE): self.head,
            ("KT", "TTT"): self.auditor,
        }
        for unit, roles in ROLES.items():
            for role in roles:
                self.people[role, unit] = self.person(f"{role} {unit}", role, unit, f"{role}.{unit}".lower())
        self.app = create_app(self.engine, "secret of the tests", loopback_demo=True)
        self._tokens: dict[str, str] = {}
        self.numbers = 0
        self.code_of_round = self.open(by=self.people["CA_TH", "CAT"], **self.round_form)

    def open_national_round(self) -> str:
        """Open a round of a movement of the Prime Minister beside plan 230, and return its code."""
        by = self.organiser.person.id
        self.engine.set_movement(SetMovement(command_id=new_id(), actor=by, movement="da06", form=NATIONAL))
        opening = OpenRound(command_id=new_id(), actor=by, movement="da06", form=MOVERS_ROUND | ROUND)
        return str(self.engine.open_round(opening)["code"])

    # --- the API as one person -------------------------------------------------------------------------------------

    def ask(self, who: tuple[str, str], path: str, **query: Any) -> dict[str, Any]:
        answer = self.app.test_client().get(f"/api/v1{path}", headers=self._headers(who), query_string=query)
        return self._good(answer)

    def send(self, who: tuple[str, str], path: str, **body: Any) -> dict[str, Any]:
        command = {"command_id": new_id()} | body
        return self._good(self.app.test_client().post(f"/api/v1{path}", headers=self._headers(who), json=command))

    def _headers(self, who: tuple[str, str]) -> dict[str, str]:
        person = self.people[who]
        if person.person.id not in self._tokens:
            self._tokens[person.person.id] = self.engine.issue_token(self._account(person))
        return {"Authorization": f"Bearer {self._tokens[person.person.id]}"}

    def _account(self, person: Actor) -> str:
        from tests.web.conftest import account_of

        return account_of(self, person)

    @staticmethod
    def _good(answer: TestResponse) -> dict[str, Any]:
        if answer.status_code not in (200, 201):
            raise Refused(answer)
        found: dict[str, Any] = answer.get_json()
        return found

    # --- steps -----------------------------------------------------------------------------------------------------

    @property
    def day(self) -> str:
        return f"{local_day(self.clock.now()):%d/%m/%Y}"

    def at(self, day: str) -> None:
        """Let it be nine in the morning of a day, written as 2025-09-03."""
        self.clock.at = datetime.fromisoformat(f"{day}T02:00:00+00:00")

    def propose_for(self, award: str, ten: str = "Ma Văn Tuấn", unit: str = COMMUNE, **more: Any) -> str:
        """Nominate in the round and return the code; `id_number` tells people apart."""
        collective = more.get("doi_tuong", "").startswith(("tap_the", "doanh_nghiep"))
        form = {**NOMINEE, **PROVINCIAL, "ten": ten} | {k: v for k, v in more.items() if k not in ("dossier", "round")}
        if collective:
            for name in ("so_dinh_danh", "ngay_sinh", "chuc_vu", "la_lanh_dao", "dien_quan_ly"):
                form.pop(name)
        body = {
            "unit": unit, "round": more.get("round", self.code_of_round), "award": award,
            "kind": "tap_the" if collective else "ca_nhan", "dossier": more.get("dossier"), "form": form,
        }  # fmt: skip
        return str(self.send(("CB_TDKT_DV", unit), "/nominations", **body)["code"])

    def task(self, who: tuple[str, str], code: str, element: str) -> dict[str, Any]:
        found = self.ask(who, "/tasks", box="group", q=code, limit=50)["items"]
        named = [task for task in found if code in (task["nomination"], task["paper"]) and task["element"] == element]
        assert len(named) == 1, (code, element, [(t["nomination"], t["paper"], t["element"]) for t in found])
        return named[0]

    def do(self, who: tuple[str, str], code: str, element: str, **form: Any) -> dict[str, Any]:
        task = self.task(who, code, element)
        return self.send(who, f"/tasks/{task['id']}/complete", expected_version=task["version"], form=form)

    def vote(self, agree: int, of: int) -> dict[str, Any]:
        counts = {"tong_so": of, "co_mat": of, "phieu_phat_ra": of, "phieu_thu_ve": of, "khong_hop_le": 0}
        said = counts | {"dong_y": agree, "khong_dong_y": of - agree}
        return {"ngay_hop": self.day} | {name: str(count) for name, count in said.items()}

    def paper(self, kind: str, codes: Sequence[str], *, until: str = "issue") -> str:
        """Draft a paper and take it to its issue, or `until` draft, review, sign, number."""
        made = self.engine.releases.in_force
        with self.engine.database.read() as reader:
            table = made(reader, self.engine.today()).tables["papers.toml"]["kinds"][kind]
            proposing = self._unit_of(codes[0])
            bodies = {
                "appraiser": "SNV", "council": "SNV", "office": "VP", "chairman": "VP", "consolidator": "CAT",
                "proposing_unit": proposing, "superior_unit": self.superiors.get(proposing),
            }  # fmt: skip
        unit = bodies[table["issuing_body"]]
        drafter, reviewer, signer, clerk = (
            (table[role], unit) for role in ("drafter", "reviewer", "signer", "registry")
        )
        code = str(self.send(drafter, "/papers", kind=kind, nominations=list(codes))["code"])
        return self.finish_paper(code, drafter, reviewer, signer, clerk, table.get("type", ""), until)

    def finish_paper(
        self, code: str, drafter: Any, reviewer: Any, signer: Any, clerk: Any, type: str, until: str = "issue"
    ) -> str:
        self.numbers += 1
        symbol = f"{self.numbers}/{type}-{clerk[1]}" if type else f"{self.numbers}/{clerk[1]}"
        steps = (
            ("draft", drafter, DRAFT),
            ("review", reviewer, PASSES),
            ("sign", signer, SIGNS),
            ("number", clerk, {"so_van_ban": symbol, "ngay_van_ban": self.day}),
            ("issue", clerk, {"ngay_phat_hanh": self.day, "cach_gui": "ban_giay"}),
        )
        for name, who, form in steps:
            if until == f"before {name}":
                return code
            [task] = [t for t in self.ask(who, "/tasks", box="group", q=code)["items"] if t["paper"] == code]
            self.send(who, f"/tasks/{task['id']}/complete", expected_version=task["version"], form=form)
            if name == until:
                return code
        return code

    def _unit_of(self, code: str) -> str:
        return str(self.ask(("KT", "TTT"), f"/nominations/{code}")["unit"])

    def nomination(self, code: str) -> dict[str, Any]:
        return self.ask(("KT", "TTT"), f"/nominations/{code}")

    def status(self, code: str) -> str:
        return str(self.nomination(code)["status"])

    # --- stretches of the way --------------------------------------------------------------------------------------

    def at_unit(self, codes: Sequence[str], unit: str = COMMUNE, **report: Any) -> None:
        """Self-assessment, the vote of the unit and its tờ trình."""
        for code in codes:
            self.do(("CB_TDKT_DV", unit), code, "self_assessment", **(report or ASSESSMENT))
            self.do(("HD_DV", unit), code, "unit_council", **self.vote(9, 9))
        self.paper("to_trinh_don_vi", codes)

    def consolidated(self, codes: Sequence[str]) -> None:
        for code in codes:
            self.do(("CA_TH", "CAT"), code, "consolidator_check", **CHECKED)
        self.paper("de_xuat_tong_hop", codes)

    def received(self, codes: Sequence[str]) -> None:
        for code in codes:
            self.do(("SNV_TN", "SNV"), code, "receive", outcome="tiep_nhan", ngay_tiep_nhan=self.day)

    def appraised(self, codes: Sequence[str]) -> None:
        for code in codes:
            self.do(("SNV_CV", "SNV"), code, "appraisal", **APPRAISED)

    def to_appraisal(self, codes: Sequence[str], unit: str = COMMUNE, **report: Any) -> None:
        self.at_unit(codes, unit, **report)
        self.consolidated(codes)
        self.received(codes)

    def to_council(self, codes: Sequence[str], unit: str = COMMUNE, **report: Any) -> None:
        self.to_appraisal(codes, unit, **report)
        self.appraised(codes)

    def voted(self, code: str, agree: int = 17, of: int = 17, **more: Any) -> None:
        plain = {"khong_bo_phieu_do_lien_quan": "0", "hinh_thuc_thay_the": "khong"}
        self.do(("TK_HD", "SNV"), code, "council", **(self.vote(agree, of) | plain | more))

    def to_chairman(self, codes: Sequence[str]) -> None:
        """The vote of the council, the tờ trình of Sở Nội vụ, the check of the office."""
        for code in codes:
            self.voted(code)
        self.paper("to_trinh_snv", codes)
        for code in codes:
            self.do(("VP_CV", "VP"), code, "office_check", outcome="dat")

    def approved(self, codes: Sequence[str]) -> None:
        self.to_chairman(codes)
        for code in codes:
            self.do(("CT_UBND", "VP"), code, "chairman", outcome="dong_y")

    def awarded(self, codes: Sequence[str]) -> None:
        """From nomination to the notice of the award, for the award of the chairman."""
        self.to_council(codes)
        self.approved(codes)
        self.paper("quyet_dinh", codes)
        self.paper("thong_bao_ket_qua", codes)

    def on_whole(self, who: tuple[str, str], code: str, act: str, reason: str = REASON) -> None:
        self.send(who, f"/nominations/{code}/{act}", reason=reason)

    # --- jobs and proof --------------------------------------------------------------------------------------------

    def timers_pass(self) -> int:
        """Fire what is due, as the jobs of the office do."""
        with self.engine.database.read() as reader:
            due = timers.due(reader, self.clock.now(), 1_000)
        for command in due:
            self.engine.fire_timer(command)
        return len(due)

    def check_proof(self) -> None:
        """Every entry executes again and gives the same, and a rebuild finds nothing to mend."""
        report = self.engine.verify()
        assert report.ok and not report.not_reexecuted, report
        assert self.engine.rebuild() == []
