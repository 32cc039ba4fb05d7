"""An office with everybody a nomination for a Bằng khen meets, from the commune to the Chairman, and their papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from engine.commands import SYSTEM, AddUnit, CompleteTask, PublishRelease, ReceiveDossier, StartNomination, StartPaper
from engine.office.views import Actor, DossierView
from engine.store.database import Database
from tests.builders import ASSESSMENT, NOMINEE, VOTE, WORKFLOWS, new_id
from tests.movers import ROUND, Movers
from tests.papers import DRAFT, PASSES, SIGNS, PlainRenderer

R2 = WORKFLOWS / "earlier" / "r2"
OCTOBER = datetime(2025, 10, 6, 2, 0, tzinfo=UTC)
PROPOSED = NOMINEE | {"dien_quan_ly": "khong", "la_nganh_doc": "khong", "thu_tuc_don_gian": "khong"}
CHECKED = {"outcome": "dat", "da_doi_chieu": "co", "trung_lap": "khong", "can_cu_tam_dung": "khong"}
APPRAISED = {
    "outcome": "dat",
    "dung_doi_tuong": "co",
    "dung_tham_quyen": "co",
    "du_ho_so": "co",
    "trung_lap": "khong",
    "can_cu_tam_dung": "khong",
}
LACKS = "Thiếu quyết định công nhận sáng kiến có xác nhận."


class FrontDesk(Movers):
    """Names of people beside those of Movers: clerk (VT of the commune), lead and cat_clerk (Công an tỉnh), front,
    section, director, snv_clerk (Sở Nội vụ). The round is open; everything happens in October 2025 under R3."""

    since = date(2022, 1, 1)

    def __init__(self, database: Database, at: datetime = OCTOBER) -> None:
        super().__init__(database)
        self.clock.at = at
        self.engine.renderer = PlainRenderer()
        self.release(R2)
        self.add_unit("VP", "Văn phòng UBND tỉnh", "so")
        self.clerk = self.person("Ma Thị Hạnh", "VT")
        self.lead = self.person("Nguyễn Văn Hùng", "CA_LD", unit="CAT")
        self.cat_clerk = self.person("Phạm Thị Thu", "VT", unit="CAT")
        self.front = self.person("Lê Thị Hoa", "SNV_TN", unit="SNV")
        self.section = self.person("Trần Văn Dũng", "SNV_TP", unit="SNV")
        self.director = self.person("Vũ Đình Hưng", "SNV_GD", unit="SNV")
        self.snv_clerk = self.person("Trần Văn Bình", "VT", unit="SNV")
        self.open_round = self._round()
        self._numbers = 0

    def _round(self) -> str:
        day = self.clock.at.date()
        form = {"hinh_thuc": ["BK_TINH"], "ngay_huong_dan": f"{day:%d/%m/%Y}", "han_nop": "31/12/2026"}
        return self.open(**ROUND | form)

    def add_unit(self, unit: str, title: str, kind: str, **more: Any) -> None:
        about = {"unit": unit, "title": title, "kind": kind, "valid_from": self.since} | more
        self.engine.add_unit(AddUnit(command_id=new_id(), actor=SYSTEM, **about))

    def release(self, folder: Path) -> None:
        self.engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(folder)))

    # --- the unit

    def propose_for_province(self, dossier: str | None = None, by: Actor | None = None, **form: Any) -> str:
        """Nominate for the Bằng khen of the Chairman; return the code."""
        by = by or self.officer
        command = StartNomination(
            command_id=new_id(),
            actor=by.person.id,
            unit=by.memberships[0].unit,
            award="BK_TINH",
            kind="ca_nhan",
            round=self.open_round,
            dossier=dossier,
            form=PROPOSED | form,
        )
        return str(self.engine.start_nomination(command)["code"])

    def voted(self, count: int = 1, dossier: str | None = None) -> list[str]:
        """Return the codes of so many nominations of one dossier that wait for the letter of their unit."""
        codes: list[str] = []
        for place in range(1, count + 1):
            code = self.propose_for_province(dossier, ten=f"Người thứ {place}")
            dossier = code.partition("/")[0]
            self.complete(code, self.officer, ASSESSMENT)
            self.complete(code, self.council, VOTE | {"ngay_hop": f"{self.clock.at:%d/%m/%Y}"})
            codes.append(code)
        return codes

    # --- papers

    def issue(self, kind: str, codes: Sequence[str], *, by: Sequence[Actor], type: str = "") -> str:
        """Draft a paper and bring it to its issue; `by`: drafter, reviewer, signer, registry."""
        command = StartPaper(command_id=new_id(), actor=by[0].person.id, kind=kind, nominations=tuple(codes))
        return self.bring_out(str(self.engine.start_paper(command)["code"]), by=by, type=type)

    def bring_out(self, paper: str, *, by: Sequence[Actor], type: str = "") -> str:
        self._numbers += 1
        today = f"{self.clock.at:%d/%m/%Y}"
        symbol = f"{self._numbers}/{type}-CQ" if type else f"{self._numbers}/CQ-VP"
        forms = [DRAFT, PASSES, SIGNS, {"so_van_ban": symbol, "ngay_van_ban": today}]
        forms.append({"ngay_phat_hanh": today, "cach_gui": "ban_giay"})
        for actor, form in zip((*by, by[-1]), forms, strict=True):
            [row] = self.engine.paper(self.auditor, paper).tasks
            self.engine.complete_task(
                CompleteTask(
                    command_id=new_id(),
                    actor=actor.person.id,
                    task=row.id,
                    expected_version=row.version,
                    form=form,
                )
            )
        return paper

    def hand_in(self, codes: Sequence[str]) -> str:
        by = (self.officer, self.council, self.head, self.clerk)
        return self.issue("to_trinh_don_vi", codes, by=by, type="TTr")

    def consolidate(self, codes: Sequence[str]) -> str:
        for code in codes:
            self.complete(code, self.consolidator, CHECKED)
        by = (self.consolidator, self.lead, self.lead, self.cat_clerk)
        return self.issue("de_xuat_tong_hop", codes, by=by)

    def at_front_desk(self, count: int = 1) -> list[str]:
        """Return the codes of so many nominations of one dossier that have arrived at the front desk."""
        codes = self.voted(count)
        self.hand_in(codes)
        self.consolidate(codes)
        return codes

    # --- Sở Nội vụ

    def receive(self, dossier: str, by: Actor | None = None, day: date | None = None, **more: Any) -> dict[str, Any]:
        """Receive what has arrived; `more`: rows of the command."""
        on = day or self.clock.at.date()
        command = ReceiveDossier(
            command_id=new_id(),
            actor=(by or self.front).person.id,
            dossier=dossier,
            form={"outcome": "tiep_nhan", "ngay_tiep_nhan": f"{on:%d/%m/%Y}"},
            **more,
        )
        return self.engine.receive_dossier(command)

    def received(self, count: int = 1) -> list[str]:
        codes = self.at_front_desk(count)
        self.receive(codes[0].partition("/")[0])
        return codes

    def appraise(self, code: str, **form: Any) -> None:
        self.complete(code, self.organiser, APPRAISED | form)

    def ask(self, code: str) -> None:
        self.appraise(code, outcome="bo_sung", noi_dung_bo_sung=LACKS)

    def request(self, codes: Sequence[str]) -> str:
        """Issue the request for supplements of Sở Nội vụ."""
        by = (self.organiser, self.section, self.director, self.snv_clerk)
        return self.issue("yeu_cau_bo_sung", codes, by=by)

    def dossier(self, code: str, by: Actor | None = None) -> DossierView:
        return self.engine.dossier(by or self.auditor, code)
