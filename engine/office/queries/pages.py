"""The pages of a nomination, a task and a dossier, cut down to what the reader may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Row, select

from engine.canonical import time_of
from engine.errors import NotFound
from engine.office import access, directory, history
from engine.office.citations import citation
from engine.office.queries.reading import NOMINATION, TASK, Reading
from engine.office.views import (
    Consequence,
    CriterionView,
    FieldView,
    FileView,
    HistoryLine,
    NominationView,
    TaskRow,
    TaskView,
    WhyBox,
)
from engine.process.instance import Instance
from engine.process.model import Node
from engine.process.outlook import expected_steps, what_follows
from engine.store import tables
from engine.store.journal import Entry

STEPS_AHEAD = 2


class NominationPage:
    """One nomination as one person may see it. Each part is read once, when it is asked for."""

    def __init__(self, reading: Reading, row: Row[Any]) -> None:
        self.reading = reading
        self.row = row
        self.release = reading.release(row.release)
        self.definition = self.release.process(row.process)

    @classmethod
    def find(cls, reading: Reading, name: str) -> NominationPage:
        """Return the page of a nomination by code or id; NotFound where there is none or it may not be seen."""
        by_name = (NOMINATION.code == name) | (NOMINATION.id == name)
        row = reading.connection.execute(select(tables.nomination).where(by_name, reading.may_see_nomination())).first()
        if row is None:
            raise NotFound(kind="nomination", id=name)
        return cls(reading, row)

    # --- parts

    @cached_property
    def entries(self) -> list[Entry]:
        return list(self.reading.reader.entries(f"nomination:{self.row.id}"))

    @cached_property
    def task_rows(self) -> tuple[TaskRow, ...]:
        query = select(tables.user_task).where(TASK.case_id == self.row.id).order_by(TASK.opened_at, TASK.key)
        return tuple(self.reading.task_row(row) for row in self.reading.connection.execute(query))

    @cached_property
    def acts(self) -> bool:
        """Whether the reader is in the group of one of its tasks, open or done, or nominated it."""
        groups = {access.group_of(t.role, t.unit) for t in self.task_rows if t.role and t.unit}
        return bool(groups & self.reading.actor.groups) or access.may_nominate(self.reading.actor, self.row.unit)

    def may_read(self, reader: str) -> bool:
        return access.may_read(self.reading.actor, reader, unit=self.row.unit, acts=self.acts)

    def form(self, key: str | None) -> Mapping[str, Any] | None:
        return self.release.form(key) if key else None

    @cached_property
    def history(self) -> tuple[HistoryLine, ...]:
        reader = history.Reader(self.reading.person, self.reading.reader.form_data, self.may_read, self.form)
        return history.lines(self.entries, self.definition, reader)

    @cached_property
    def instance(self) -> Instance:
        snapshot = self.reading.reader.snapshot(f"nomination:{self.row.id}")
        if snapshot is None:
            raise NotFound(kind="snapshot", id=self.row.code)
        return Instance.restore(self.definition, snapshot.content)

    @cached_property
    def values(self) -> tuple[FieldView, ...]:
        form = self.release.form(self.row.form)
        payload = self.reading.reader.form_data(self.row.form_data) or {}
        return tuple(
            FieldView(f["name"], f["label"], payload[f["name"]], f)
            for f in form["fields"]
            if f["name"] in payload and self.may_read(f.get("reader", "don_vi"))
        )

    @cached_property
    def criteria(self) -> tuple[CriterionView, ...]:
        """The last judgement of the criteria table, row by row."""
        made = [f for entry in self.entries for f in entry.body["facts"] if f["fact"] == "DecisionMade"]
        if not made or not self.may_read("don_vi"):
            return ()
        declared, asked = made[-1]["inputs"], self._asked(made[-1]["element"])
        return tuple(
            CriterionView(
                code=row["ma"],
                title=row.get("noi_dung", row["ma"]),
                result=row["ket_qua"],
                declared={name: declared[name] for name in row.get("inputs", ()) if name in declared},
                rule=str(row.get("rule", "")),
                ground=row.get("can_cu", ""),
                fields=tuple(
                    FieldView(name, asked[name]["label"], declared[name], asked[name])
                    for name in row.get("inputs", ())
                    if name in declared and name in asked
                ),
            )
            for row in made[-1]["rows"]
            if "ma" in row and "ket_qua" in row
        )

    def _asked(self, element: str) -> dict[str, Mapping[str, Any]]:
        """Return, for each input of a criteria table, the field in which the unit declared it.

        What the start form says of the nominee only tells which criteria apply; it declares nothing.
        """
        asked: dict[str, Mapping[str, Any]] = {}
        for name, source in self.definition.rules[element].sources.items():
            step, _, field = source.names[-1].rpartition(".")
            node = self.definition.nodes.get(step)
            if node is None or node.kind == "startEvent":
                continue
            fields = {f["name"]: f for f in (self.form(node.form) or {}).get("fields", ())}
            if field in fields:
                asked[name] = fields[field]
        return asked

    @cached_property
    def files(self) -> tuple[FileView, ...]:
        f = tables.case_file.c
        query = select(tables.case_file).where(f.case_id == self.row.id).order_by(f.at, f.id)
        return tuple(
            FileView(r.id, r.name, r.media_type, r.size, r.sha256, time_of(r.at), self.reading.person(r.by))
            for r in self.reading.connection.execute(query)
        )

    @cached_property
    def incidents(self) -> tuple[tuple[str, str], ...]:
        i = tables.incident.c
        query = select(i.element, i.why).where(i.case_id == self.row.id).order_by(i.key)
        return tuple((row.element, row.why) for row in self.reading.connection.execute(query))

    def may(self) -> frozenset[str]:
        """Return the acts on the whole nomination that are open to the reader."""
        actor, row = self.reading.actor, self.row
        if row.ended_at:
            return frozenset()
        acts = set()
        if access.may_nominate(actor, row.unit):
            acts |= {"withdraw", "attach"}
        if access.may_suspend(actor, row.unit):
            acts.add("resume" if row.suspended else "suspend")
        if self.acts:
            acts.add("attach")
        return frozenset(acts)

    # --- wholes

    def view(self) -> NominationView:
        reading, row = self.reading, self.row
        trace = history.trace(self.entries, self.definition)
        open_tasks = tuple(t for t in self.task_rows if t.state in ("open", "frozen"))
        dossier = reading.connection.execute(
            select(tables.dossier.c.code).where(tables.dossier.c.id == row.dossier_id)
        ).scalar_one()
        return NominationView(
            id=row.id,
            code=row.code,
            dossier=dossier,
            dossier_id=row.dossier_id,
            nominee=row.nominee,
            award=row.award,
            kind=row.kind,
            unit=row.unit,
            unit_title=reading.unit_title(row.unit),
            status=row.status,
            stage=open_tasks[0].stage if open_tasks else "",
            regime=row.regime,
            release=row.release,
            process=row.process,
            opened_at=time_of(row.opened_at),
            ended_at=time_of(row.ended_at) if row.ended_at else None,
            suspended=bool(row.suspended),
            values=self.values,
            criteria=self.criteria,
            tasks=open_tasks,
            history=self.history,
            expected=self._expected(open_tasks),
            files=self.files,
            visited=trace.visited,
            current=tuple(t.element for t in open_tasks) + tuple(element for element, _ in self.incidents),
            flows=trace.flows,
            repeats=trace.repeats,
            incidents=self.incidents,
            may=self.may(),
        )

    def _expected(self, open_tasks: tuple[TaskRow, ...]) -> tuple[Consequence, ...]:
        if not open_tasks:
            return ()
        ahead = expected_steps(self.definition, open_tasks[0].element, self.instance.variables, STEPS_AHEAD)
        return tuple(self.consequence("", "", node, certain=False) for node in ahead)

    def consequence(self, value: str, label: str, node: Node | None, *, certain: bool) -> Consequence:
        unit = self._unit_of(node)
        return Consequence(
            value=value,
            label=label,
            next_step=node.name if node else "",
            next_role=node.role if node else None,
            next_unit_title=self.reading.unit_title(unit) if unit else None,
            limit=node.limit if node else None,
            ends=node is None or node.kind == "endEvent",
            certain=certain,
        )

    def _unit_of(self, node: Node | None) -> str | None:
        return self.row.unit if node and node.unit_scope == "proposing_unit" else None


def nomination(reading: Reading, name: str) -> NominationView:
    return NominationPage.find(reading, name).view()


def task(reading: Reading, task_id: str) -> TaskView:
    """Return what the page of a task shows; NotFound where there is none or it may not be seen."""
    row = reading.connection.execute(select(tables.user_task).where(TASK.id == task_id)).first()
    if row is None:
        raise NotFound(kind="task", id=task_id)
    page = NominationPage.find(reading, row.code)
    shown = reading.task_row(row)
    form = page.form(shown.form)
    acts = _task_acts(reading, shown)
    return TaskView(
        task=shown,
        nomination=page.view(),
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


def _values(reading: Reading, page: NominationPage, row: Row[Any]) -> dict[str, Any]:
    """Return the reader's draft; else what the same form held when it was last filed for this nomination."""
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


def _why(reading: Reading, page: NominationPage, task: TaskRow, row: Row[Any]) -> WhyBox:
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


def _consequences(page: NominationPage, task: TaskRow) -> tuple[Consequence, ...]:
    """Return one line per choice of the form, or one for going on where there is nothing to choose."""
    form = page.form(task.form)
    outcomes = [(o["value"], o["label"]) for o in (form or {}).get("outcomes", ())] or [("", "")]
    lines = []
    for value, label in outcomes:
        node, certain = what_follows(page.definition, task.element, value or None, page.instance.variables)
        lines.append(page.consequence(value, label, node, certain=certain))
    return tuple(lines)
