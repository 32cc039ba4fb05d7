"""The page of a user task: its form, why it is here and what follows each choice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from engine.canonical import time_of
from engine.errors import NotFound
from engine.office import access, directory, drafts
from engine.office.citations import citation
from engine.office.completing import SUSPENDS
from engine.office.queries.case import CasePage
from engine.office.queries.pages import NominationPage
from engine.office.queries.papers import PaperPage
from engine.office.queries.reading import TASK, Reading
from engine.office.views import Consequence, HistoryLine, TaskRow, TaskView, WhyBox
from engine.process.outlook import ways_on
from engine.store import tables
from engine.store.statements import Statement

PAGES: dict[str, type[NominationPage] | type[PaperPage]] = {page.subject: page for page in (NominationPage, PaperPage)}

_TASK = Statement(select(tables.user_task).where(TASK.id == bindparam("task")))


def task(reading: Reading, task_id: str) -> TaskView:
    """Return what the page of a task shows; NotFound where there is none or it may not be seen."""
    row = _TASK(reading.connection, task=task_id).first()
    if row is None:
        raise NotFound(kind="task", id=task_id)
    page = PAGES[row.subject].find(reading, row.code)
    shown = reading.task_row(row)
    form = page.form(shown.form)
    acts = _task_acts(reading, shown)
    draft = drafts.kept(reading.connection, reading.actor.person.id, row.id) if acts else None
    filed = _filed(page, shown) if acts & {"claim", "complete"} else {}
    return TaskView(
        task=shown,
        nomination=page.view() if isinstance(page, NominationPage) else None,
        paper=page.view() if isinstance(page, PaperPage) else None,
        form=dict(form) if form else None,
        values=draft.values if draft else filed,
        filed=filed,
        known=dict(page.instance.variables),
        why=_why(reading, page, shown, row),
        cause=_cause(page, row),
        may=acts,
        assignable=directory.people_in(reading.connection, row.candidate_group, reading.today)
        if "assign" in acts
        else (),
    )


def _task_acts(reading: Reading, task: TaskRow) -> frozenset[str]:
    if task.state != "open":
        return frozenset()
    acts: set[str] = set()
    me = reading.actor.person.id
    holder = task.assignee.id if task.assignee else None
    if access.may_act(reading.actor, access.group_of(task.role or "", task.unit or ""), holder):
        if holder is None:
            acts |= {"claim", "complete", "draft"}
        elif holder == me:
            acts |= {"release", "complete", "draft"}
    if access.may_assign(reading.actor, task.unit):
        acts.add("assign")
        if holder:
            acts.add("release")
    return frozenset(acts)


def _filed(page: CasePage, task: TaskRow) -> dict[str, Any]:
    """Return what the form of a task held when it was last filed for this case."""
    facts = (fact for entry in reversed(page.entries) for fact in entry.body["facts"])
    last = next((fact for fact in facts if fact["fact"] == "FormFiled" and fact["form"] == task.form), None)
    return dict(page.reading.reader.form_data(last["form_data"]) or {}) if last else {}


def _cause(page: CasePage, row: Any) -> HistoryLine | None:
    for entry, line in zip(page.entries, page.history, strict=True):
        if any(fact["fact"] == "StepOpened" and fact["key"] == row.key for fact in entry.body["facts"]):
            return line
    return None


def _why(reading: Reading, page: CasePage, task: TaskRow, row: Any) -> WhyBox:
    node = page.definition.owner_of(task.element).nodes[task.element]
    ground = citation(node.legal_basis) if node.legal_basis else None
    return WhyBox(
        step=task.name,
        stage=task.stage,
        why=_reason(reading, task),
        since=time_of(row.claimed_at) if row.claimed_at else None,
        role=task.role,
        unit_title=reading.unit_title(task.unit) if task.unit else None,
        consequences=_consequences(page, task),
        legal_basis=node.legal_basis,
        legal_text=f"{ground.title}: {ground.text}" if ground else None,
        unverified=ground is None or ground.status != "da_kiem_chung",
    )


def _reason(reading: Reading, task: TaskRow) -> str:
    if task.assignee and task.assignee.id == reading.actor.person.id:
        return "claimed"
    in_group = access.group_of(task.role or "", task.unit or "") in reading.actor.groups
    return "member" if in_group else "reader"


def _consequences(page: CasePage, task: TaskRow) -> tuple[Consequence, ...]:
    """Return a line for every way on, choice by choice of the form; all of them where there is nothing to choose."""
    form = page.form(task.form)
    outcomes = [(o["value"], o["label"]) for o in (form or {}).get("outcomes", ())] or [("", "")]
    lines = []
    for value, label in outcomes:
        if value == SUSPENDS:
            here = page.consequence(value, label, page.definition.node(task.element), certain=True)
            lines.append(replace(here, stays=True))
            continue
        for way in ways_on(page.definition, task.element, value or None, page.instance.variables):
            lines.append(page.consequence(value, label, way.node, certain=way.certain, given=way.given))
    return tuple(lines)
