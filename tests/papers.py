"""An office that writes papers: nominations that wait for the tờ trình of their unit, and the people of that paper.

The diagram of papers is the one that ships; that of the nominations is the shortest that waits for one.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from engine.commands import SYSTEM, AddUnit, CompleteTask, PublishRelease, SetPaperLines, StartNomination, StartPaper
from engine.office.views import Actor, PaperView, TaskView
from engine.ports import PaperText
from engine.store.database import Database
from tests.builders import NOMINEE, WORKFLOWS, Office, new_id

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="t">'
)
NOMINATIONS = f"""{HEAD}<message id="m" name="unit_letter"/><process id="short">
<startEvent id="nominated"><extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="formKey" value="nominate"/></spiffworkflow:properties></extensionElements></startEvent>
<sequenceFlow id="f1" sourceRef="nominated" targetRef="letter"/>
<intermediateCatchEvent id="letter" name="Chờ"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
<sequenceFlow id="f2" sourceRef="letter" targetRef="whose"/>
<exclusiveGateway id="whose" default="f3"/>
<sequenceFlow id="f3" sourceRef="whose" targetRef="check"/>
<sequenceFlow id="f4" sourceRef="whose" targetRef="end">
<conditionExpression>nominated.doi_tuong == "nguoi_dan" &amp;&amp; check.lech == 1</conditionExpression></sequenceFlow>
<userTask id="check" name="Kiểm tra"><extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="candidateRole" value="TT_DV"/><spiffworkflow:property name="formKey" value="checked"/>
<spiffworkflow:property name="unitScope" value="proposing_unit"/>
</spiffworkflow:properties></extensionElements></userTask>
<sequenceFlow id="f5" sourceRef="check" targetRef="end"/><endEvent id="end"/></process></definitions>"""
CHECKED = """{"key": "checked", "title": "Kiểm tra", "fields": [
{"name": "lech", "type": "count", "label": "Số chỗ lệch", "variable": true}]}"""
RELEASE = """id = "PAPERS"
regime = "R3"
legal_basis = "luat-tdkt"
in_force_from = 2026-01-01
[processes]
GK_XA = "short"
GK_SO = "short"
"""
KINDS = """[kinds.to_trinh]
title = "Tờ trình"
type = "TTr"
issuing_body = "proposing_unit"
receiving_body = "appraiser"
drafter = "CB_TDKT_DV"
reviewer = "HD_DV"
signer = "TT_DV"
registry = "VT"
message = "unit_letter"
[kinds.phieu]
title = "Phiếu trình"
issuing_body = "proposing_unit"
drafter = "CB_TDKT_DV"
reviewer = "HD_DV"
signer = "TT_DV"
registry = "VT"
"""
DRAFT = {
    "trich_yeu": "Về việc đề nghị tặng thưởng Giấy khen",
    "kinh_gui": "Chủ tịch Ủy ban nhân dân xã Tân Trào",
    "noi_dung": "Căn cứ kết quả bình xét, đơn vị kính đề nghị khen thưởng các trường hợp có tên trong danh sách.",
    "noi_nhan": "Như trên\nSở Nội vụ",
}
PASSES = {"outcome": "dong_y"}
RETURNS = {"outcome": "sua", "noi_dung_sua": "Sửa lại phần căn cứ của tờ trình."}
SIGNS = {"outcome": "ky"}
ISSUES = {"ngay_phat_hanh": "16/11/2026", "cach_gui": "ban_giay"}
RECEIVES = {"ngay_nhan": "16/11/2026", "so_den": "120"}


def number(symbol: str = "15/TTr-UBND", day: str = "16/11/2026") -> dict[str, str]:
    return {"so_van_ban": symbol, "ngay_van_ban": day}


class PlainRenderer:
    """Writes the names of a paper, one a line; `fails` is raised instead once it is set."""

    media_type = "text/plain"
    suffix = "txt"

    def __init__(self) -> None:
        self.fails: Exception | None = None
        self.written = 0

    def render(self, text: PaperText) -> bytes:
        if self.fails:
            raise self.fails
        self.written += 1
        return "\n".join([text.title, *(name.name for name in text.names)]).encode()


class PaperOffice(Office):
    """People of xã Tân Trào beside those of Office: clerk (its registry), and desk (registry of Sở Nội vụ)."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database)
        self.renderer = PlainRenderer()
        self.engine.renderer = self.renderer
        write_release(folder)
        self.engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(folder)))
        self.clerk = self.person("Ma Thị Hạnh", "VT")
        home_affairs = {"unit": "SNV", "title": "Sở Nội vụ", "kind": "so", "valid_from": date(2025, 7, 1)}
        self.engine.add_unit(AddUnit(command_id=new_id(), actor=SYSTEM, **home_affairs))
        self.desk = self.person("Trần Văn Bình", "VT", unit="SNV")

    def nominations(self, count: int, **form: Any) -> list[str]:
        """Nominate so many, in one dossier; return their codes."""
        codes: list[str] = []
        dossier = None
        for place in range(1, count + 1):
            command = StartNomination(
                command_id=new_id(),
                actor=self.officer.person.id,
                unit="X2545",
                award="GK_XA",
                kind="ca_nhan",
                dossier=dossier,
                form=NOMINEE | {"ten": f"Người thứ {place}"} | form,
            )
            answer = self.engine.start_nomination(command)
            dossier = answer["dossier"]
            codes.append(answer["code"])
        return codes

    def draft(self, codes: list[str], by: Actor | None = None, kind: str = "to_trinh") -> str:
        actor = by or self.officer
        command = StartPaper(command_id=new_id(), actor=actor.person.id, kind=kind, nominations=tuple(codes))
        return str(self.engine.start_paper(command)["code"])

    def paper(self, code: str, by: Actor | None = None) -> PaperView:
        return self.engine.paper(by or self.auditor, code)

    def listed(self, code: str) -> list[str]:
        return [line.code for line in self.paper(code).lines]

    def set_lines(self, code: str, codes: list[str], version: int = 1, by: Actor | None = None) -> dict[str, Any]:
        actor = by or self.officer
        command = SetPaperLines(
            command_id=new_id(), actor=actor.person.id, paper=code, expected_version=version, nominations=tuple(codes)
        )
        return self.engine.set_paper_lines(command)

    def paper_task(self, code: str, by: Actor) -> TaskView:
        [row] = self.paper(code).tasks
        return self.engine.task(by, row.id)

    def step(self, code: str, by: Actor, form: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Complete the one task a paper waits for."""
        task = self.paper_task(code, by).task
        values: dict[str, Any] = {"command_id": new_id(), "expected_version": task.version} | more
        return self.engine.complete_task(CompleteTask(actor=by.person.id, task=task.id, form=form, **values))

    def at_signature(self, codes: list[str]) -> str:
        code = self.draft(codes)
        self.step(code, self.officer, DRAFT)
        self.step(code, self.council, PASSES)
        return code

    def signed(self, codes: list[str]) -> str:
        code = self.at_signature(codes)
        self.step(code, self.head, SIGNS)
        return code

    def numbered(self, codes: list[str], **form: str) -> str:
        code = self.signed(codes)
        self.step(code, self.clerk, number(**form))
        return code

    def issued(self, codes: list[str], **form: str) -> str:
        code = self.numbered(codes, **form)
        self.step(code, self.clerk, ISSUES)
        return code


def write_release(folder: Path) -> None:
    """Write a release with the shipped diagram of papers and a short one of nominations."""
    for name in ("bpmn", "forms"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(WORKFLOWS / "bpmn" / "paper.bpmn", folder / "bpmn")
    for form in [*(WORKFLOWS / "forms").glob("paper_*.json"), WORKFLOWS / "forms" / "nominate.json"]:
        shutil.copy(form, folder / "forms")
    (folder / "forms" / "checked.json").write_text(CHECKED, "utf-8")
    (folder / "bpmn" / "short.bpmn").write_text(NOMINATIONS, "utf-8")
    (folder / "release.toml").write_text(RELEASE, "utf-8")
    (folder / "papers.toml").write_text(KINDS, "utf-8")
