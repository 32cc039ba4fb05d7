"""The page of a user task: its form, why it is here and what follows each choice."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, select

from engine.canonical import time_of
from engine.errors import NotFound
from engine.office import access, directory
from engine.office.citations import citation
from engine.office.queries.case import CasePage
from engine.office.queries.pages import NominationPage
from engine.office.queries.papers import PaperPage
from engine.office.queries.reading import TASK, Reading
from engine.office.views import Consequence, TaskRow, TaskView, WhyBox
from engine.process.outlook import what_follows
from engine.store import tables

PAGES: dict[str, type[NominationPage] | type[PaperPage]] = {page.subject: page for page in (NominationPage, PaperPage)}


def task(reading: Reading, task_id: str) -> TaskView:
    """Return what the page of a task shows; NotFound where there is none or it may not be seen."""
    row = reading.connection.execute(select(tables.user_task).where(TASK.id == task_id)).first()
    if row is None:
        raise NotFound(kind="task", id=task_id)
    page = PAGES[row.subject].find(reading, row.code)
    shown = reading.task_row(row)
    form = page.form(shown.form)
    acts = _task_acts(reading, shown)
    return TaskView(
        task=shown,
        nomination=page.view() if isinstance(page, NominationPage) else None,
        paper=page.view() if isinstance(page, PaperPage) else None,
        form=dict(form) if form else None,
        values=_values(reading, page, row) if "complete" in acts or "claim" in acts else {},
        known=dict(page.instance.variables),
        why=_why(reading, page, shown, row),
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


def _values(reading: Reading, page: CasePage, row: Row[Any]) -> dict[str, Any]:
    """Return the reader's draft; else what the same form held when it was last filed for this case."""
    d = tables.draft.c
    kept = select(d.payload).where(d.person == reading.actor.person.id, d.task == row.id)
    draft = reading.connection.execute(kept).scalar()
    if draft is not None:
        return dict(json.loads(draft))
    node = page.definition.nodes[row.element]
    filed = [
        f for entry in page.entries for f in entry.body["facts"] if f["fact"] == "FormFiled" and f["form"] == node.form
    ]
    return dict(reading.reader.form_data(filed[-1]["form_data"]) or {}) if filed else {}


def _why(reading: Reading, page: CasePage, task: TaskRow, row: Row[Any]) -> WhyBox:
    node = page.definition.nodes[task.element]
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
    """Return one line per choice of the form, or one for going on where there is nothing to choose."""
    form = page.form(task.form)
    outcomes = [(o["value"], o["label"]) for o in (form or {}).get("outcomes", ())] or [("", "")]
    lines = []
    for value, label in outcomes:
        node, certain = what_follows(page.definition, task.element, value or None, page.instance.variables)
        lines.append(page.consequence(value, label, node, certain=certain))
    return tuple(lines)
