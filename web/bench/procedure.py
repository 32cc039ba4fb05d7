"""The procedure that is measured: thirteen user tasks, three loops back, three opinions at once.

The same diagram is written for us, with conditions in CEL, and for SpiffWorkflow as it comes, with those in Python.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

PROCESS = "measured"
AWARD = "GK_XA"
GOES_ON = "dat"
GOES_BACK = "bo_sung"

OPINIONS = ("opinion_finance", "opinion_justice", "opinion_police")
RETURNS_TO = {"unit_check": "self_assessment", "check": "council", "appraisal": "check"}
# In order; a tuple is a split into steps that are open at once.
BEFORE_OPINIONS = ("self_assessment", "unit_check", "council", "head", "receive", "check")
AFTER_OPINIONS = ("appraisal", "office_check", "chairman", "notice")
LINE: tuple[str | tuple[str, ...], ...] = (*BEFORE_OPINIONS, OPINIONS, *AFTER_OPINIONS)
STEPS = tuple(step for part in LINE for step in (part if isinstance(part, tuple) else (part,)))
# One body acts at every step, so that all open tasks of an office lie in one box.
ACTS = {"candidateRole": "SNV_CV", "unitScope": "appraiser"}
# States of a nominee that are reached on the way.
REACHES = {"unit_check": "BO_SUNG", "council": "DU_DK", "notice": "DUOC_KHEN"}

FORM = {
    "key": "step",
    "title": "Kết quả của bước",
    "fields": [
        {"name": "ngay", "type": "date", "label": "Ngày", "required": True, "variable": True},
        {"name": "tong_so", "type": "count", "label": "Tổng số", "required": True, "variable": True},
        {"name": "dong_y", "type": "count", "label": "Đồng ý", "required": True, "variable": True},
        {"name": "bien_ban", "type": "document_number", "label": "Số biên bản"},
        {"name": "nhan_xet", "type": "longtext", "label": "Nhận xét", "required": True, "min": 10, "max": 3000},
    ],
    "outcomes": [{"value": GOES_ON, "label": "Đạt"}, {"value": GOES_BACK, "label": "Bổ sung"}],
}
FILLED = {
    "ngay": "13/11/2026",
    "tong_so": "9",
    "dong_y": "8",
    "bien_ban": "07/BB-HĐ",
    "nhan_xet": "Hồ sơ đầy đủ, thành tích rõ ràng, có minh chứng kèm theo; đề nghị các cấp xem xét, quyết định.",
}
NOMINEE = {
    "doi_tuong": "cong_chuc_vien_chuc",
    "ten": "Ma Văn Tuấn",
    "so_dinh_danh": "008090001234",
    "ngay_sinh": "02/09/1990",
    "chuc_vu": "Công chức Văn hóa - Xã hội",
    "don_vi_cong_tac": "UBND xã Tân Trào",
    "la_lanh_dao": "khong",
    "thanh_tich_tom_tat": "Hướng dẫn 1.240 người dân kích hoạt tài khoản định danh điện tử trong năm.",
    "khong_bi_mat": "co",
}


def filled(outcome: str = GOES_ON) -> dict[str, str]:
    """Return a form as an official sends it."""
    return FILLED | {"outcome": outcome}


RELEASE = f"""id = "BENCH"
regime = "R3"
legal_basis = "luat-tdkt"
in_force_from = 2025-07-01
[processes]
{AWARD} = "{PROCESS}"
"""
HEAD = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="urn:khenthuong:bench">"""


def diagram(*, python: bool = False) -> bytes:
    """Return the diagram; `python`: its conditions for SpiffWorkflow's own evaluator."""
    process = f'<bpmn:process id="{PROCESS}" isExecutable="true">{_Diagram(python).text}</bpmn:process>'
    return f"{HEAD}{process}</bpmn:definitions>".encode()


class _Diagram:
    def __init__(self, python: bool) -> None:
        self._python = python
        self._flows = 0
        self._on: dict[str, str] = {}  # gateway -> id of its default flow, which is drawn later than it
        self.text = self._node("startEvent", "nominated", formKey="nominate")
        at = "nominated"
        for part in LINE:
            at = self._steps(at, part) if isinstance(part, tuple) else self._step(at, part)
        self.text += self._node("endEvent", "done")
        self._flow(at, "done")

    def _node(self, kind: str, id: str, default: str = "", **properties: str) -> str:
        written = "".join(f'<spiffworkflow:property name="{n}" value="{v}"/>' for n, v in properties.items())
        inside = f"<spiffworkflow:properties>{written}</spiffworkflow:properties>" if written else ""
        extension = f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>" if inside else ""
        attribute = f' default="{default}"' if default else ""
        return f'<bpmn:{kind} id="{id}" name="{id}"{attribute}>{extension}</bpmn:{kind}>'

    def _flow(self, source: str, target: str, condition: str = "") -> None:
        self._flows += 1
        id = (not condition and self._on.get(source)) or f"flow_{self._flows}"
        inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
        self.text += (
            f'<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'
        )

    def _task(self, id: str) -> str:
        status = {"status": REACHES[id]} if id in REACHES else {}
        limit = {"limitWorkingDays": "5", "legalBasis": "kh230-iv-3-1-b", "stage": id}
        return self._node("userTask", id, formKey="step", **ACTS, **limit, **status)

    def _step(self, before: str, id: str) -> str:
        self.text += self._task(id)
        self._flow(before, id)
        if id not in RETURNS_TO:
            return id
        choice = f"{id}_choice"
        self._flow(id, choice)
        outcome = f"{id}['outcome'] == '{GOES_BACK}'" if self._python else f'{id}.outcome == "{GOES_BACK}"'
        self._flow(choice, RETURNS_TO[id], outcome)
        self._on[choice] = f"{choice}_on"
        self.text += self._node("exclusiveGateway", choice, self._on[choice])
        return choice

    def _steps(self, before: str, ids: tuple[str, ...]) -> str:
        split, join = "split", "join"
        self.text += self._node("parallelGateway", split) + self._node("parallelGateway", join)
        self._flow(before, split)
        for id in ids:
            self.text += self._task(id)
            self._flow(split, id)
            self._flow(id, join)
        return join


def write_release(folder: Path, shipped: Path) -> None:
    """Write the release that is measured; its nominating form is the one that ships."""
    for name in ("bpmn", "forms"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(shipped / "forms" / "nominate.json", folder / "forms")
    _write(folder / "forms" / "step.json", json.dumps(FORM, ensure_ascii=False))
    _write(folder / "bpmn" / f"{PROCESS}.bpmn", diagram().decode())
    _write(folder / "release.toml", RELEASE)


def _write(file: Path, text: Any) -> None:
    file.write_text(text, "utf-8")
