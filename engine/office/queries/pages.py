"""The page of a nomination, cut down to what the reader may see."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import bindparam, select

from engine.canonical import time_of
from engine.errors import NotFound
from engine.office import access, awards_history, directory
from engine.office.awards_history import PastAward
from engine.office.queries.case import CasePage
from engine.office.queries.criteria import judged
from engine.office.queries.lists import nomination_rows
from engine.office.queries.reading import NOMINATION, Reading
from engine.office.views import CriterionView, FieldView, NominationRow, NominationView
from engine.process.model import Node
from engine.store import tables
from engine.store.statements import Statement

MOST_SHOWN = 10

_DOSSIER = Statement(select(tables.dossier.c.code).where(tables.dossier.c.id == bindparam("dossier")))


class NominationPage(CasePage):
    """One nomination as one person may see it."""

    subject = tables.nomination.name

    @classmethod
    def find(cls, reading: Reading, name: str) -> NominationPage:
        """Return the page of a nomination by code or id; NotFound where there is none or it may not be seen."""
        row = reading.find(tables.nomination, name)
        if row is None:
            raise NotFound(kind="nomination", id=name)
        return cls(reading, row)

    # --- parts

    @property
    def audits(self) -> bool:
        return access.is_auditor(self.reading.actor)

    @cached_property
    def acts(self) -> bool:
        """Whether the reader is in the group of one of its tasks, open or done, or nominated it."""
        return super().acts or access.may_nominate(self.reading.actor, self.row.unit)

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
        if not self.may_read("don_vi"):
            return ()
        return judged((entry.body for entry in self.entries), self.definition, self.form)

    @property
    def same_person(self) -> tuple[NominationRow, ...]:
        """Other nominations of the same nominee in the same round, or in none in the same year; those withdrawn
        and those the reader may not see are left out."""
        if not self.row.identity:
            return ()
        same = (NOMINATION.identity == self.row.identity, NOMINATION.round.is_not_distinct_from(self.row.round))
        others = (NOMINATION.id != self.row.id, NOMINATION.status != "RUT", self.reading.may_see_nomination())
        query = select(tables.nomination).where(*same, *others)
        if self.row.round is None:
            query = query.where(NOMINATION.opened_at.startswith(self.row.opened_at[:4]))
        found = list(self.reading.connection.execute(query.order_by(NOMINATION.code).limit(MOST_SHOWN)))
        return tuple(nomination_rows(self.reading, found))

    @cached_property
    def awards(self) -> tuple[PastAward, ...]:
        """What the nominee was given before: those who judge read all of it, others what bars this nomination."""
        standing = awards_history.of(self.reading.connection, [self.row.id])[self.row.id]
        return standing.awards if self.may_read("noi_bo") else tuple(each for each in standing.awards if each.bars)

    def may(self) -> frozenset[str]:
        """Return the acts on the whole nomination that are open to the reader."""
        actor, row = self.reading.actor, self.row
        if row.ended_at:
            return frozenset()
        acts = set()
        if access.may_nominate(actor, row.unit):
            acts |= {"withdraw", "attach"}
        if row.suspended:
            if access.may_resume(actor, directory.suspender(self.reading.connection, row)):
                acts.add("resume")
        elif access.may_suspend(actor, row.unit, self.groups):
            acts.add("suspend")
        if self.acts:
            acts.add("attach")
        return frozenset(acts)

    # --- wholes

    def view(self) -> NominationView:
        reading, row = self.reading, self.row
        dossier = _DOSSIER(reading.connection, dossier=row.dossier_id).scalar()
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
            stage=self.open_tasks[0].stage if self.open_tasks else "",
            round=row.round,
            late=bool(row.late),
            same_person=self.same_person,
            waits=self.waits,
            awards=self.awards,
            regime=row.regime,
            release=row.release,
            process=row.process,
            opened_at=time_of(row.opened_at),
            ended_at=time_of(row.ended_at) if row.ended_at else None,
            suspended=bool(row.suspended),
            values=self.values,
            criteria=self.criteria,
            tasks=self.open_tasks,
            history=self.history,
            expected=self.expected,
            files=self.files,
            visited=self.trace.visited,
            current=self.current,
            diagrams=self.diagrams,
            flows=self.trace.flows,
            repeats=self.trace.repeats,
            incidents=self.incidents,
            may=self.may(),
        )

    def unit_of(self, node: Node) -> str | None:
        return self.row.unit if node.unit_scope == "proposing_unit" else None


def nomination(reading: Reading, name: str) -> NominationView:
    return NominationPage.find(reading, name).view()
