"""Papers as people see them: the page of one, the list of all that may be seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Row, select

from engine.canonical import time_of
from engine.errors import NotFound
from engine.office import access
from engine.office.papers import kinds, once
from engine.office.papers.kinds import PaperKind
from engine.office.papers.numbers import Number, next_number, series_of
from engine.office.queries.case import CasePage
from engine.office.queries.lists import page_of
from engine.office.queries.reading import NOMINATION, PAPER, Reading
from engine.office.views import (
    FileView,
    Listing,
    PaperHand,
    PaperLineView,
    PaperRow,
    PaperVersionView,
    PaperView,
    TaskRow,
)
from engine.process.context import PAPER_ROLES
from engine.process.model import Node
from engine.store import tables

LINE = tables.paper_line.c
DOCUMENT = tables.paper_document.c


class PaperPage(CasePage):
    """One paper as one person may see it."""

    subject = tables.paper.name

    @classmethod
    def find(cls, reading: Reading, name: str) -> PaperPage:
        """Return the page of a paper by code or id; NotFound where there is none or it may not be seen."""
        row = reading.find(tables.paper, name)
        if row is None:
            raise NotFound(kind="paper", id=name)
        return cls(reading, row)

    @cached_property
    def kind(self) -> PaperKind:
        return kinds.kind_of(self.release, self.row.kind)

    def unit_of(self, node: Node) -> str | None:
        bodies = {"issuing_body": self.row.unit, "receiving_body": self.row.receiving_unit}
        return bodies.get(node.unit_scope or "")

    def role_of(self, node: Node) -> str | None:
        return self.kind.roles.get(node.role or "", node.role)

    # --- the list and its versions

    @cached_property
    def lines(self) -> tuple[PaperLineView, ...]:
        joined = tables.nomination.join(tables.paper_line, NOMINATION.id == LINE.nomination_id)
        query = select(tables.nomination, LINE.position).select_from(joined).where(LINE.paper_id == self.row.id)
        return tuple(
            PaperLineView(
                position=row.position,
                nomination=row.id,
                code=row.code,
                nominee=row.nominee,
                award=row.award,
                kind=row.kind,
                unit_title=self.reading.unit_title(row.unit),
                status=row.status,
            )
            for row in self.reading.connection.execute(query.order_by(LINE.position))
        )

    @cached_property
    def versions(self) -> tuple[PaperVersionView, ...]:
        """Return every version, the latest first."""
        found: list[PaperVersionView] = []
        before: list[str] = []
        names = self._names
        for entry in self.entries:
            for fact in entry.body["facts"]:
                if fact["fact"] not in ("PaperStarted", "PaperRevised"):
                    continue
                lines = fact["lines"]
                version = fact.get("version", 1)
                found.append(
                    PaperVersionView(
                        version=version,
                        at=entry.at,
                        by=self.reading.person(entry.body["actor"]),
                        why=fact.get("why", "started"),
                        lines=len(lines),
                        dropped=_only_in(before, lines, names) if found else (),
                        added=_only_in(lines, before, names) if found else (),
                        moved=_moved(before, lines),
                        document=self.documents.get(version),
                    )
                )
                before = lines
        return tuple(reversed(found))

    @cached_property
    def _names(self) -> dict[str, str]:
        ids: set[str] = set()
        for entry in self.entries:
            for fact in entry.body["facts"]:
                if fact["fact"] in ("PaperStarted", "PaperRevised"):
                    ids |= set(fact["lines"])
        query = select(NOMINATION.id, NOMINATION.nominee).where(NOMINATION.id.in_(ids))
        return {row.id: row.nominee for row in self.reading.connection.execute(query)}

    @cached_property
    def documents(self) -> dict[int, FileView]:
        """The files that were written, by version."""
        query = select(tables.paper_document).where(DOCUMENT.paper_id == self.row.id)
        return {
            row.version: FileView(
                id=str(row.version),
                name=f"{self.row.code}-{row.version}.docx",
                media_type=row.media_type,
                size=row.size,
                sha256=row.sha256,
                at=time_of(row.at),
                by=None,
            )
            for row in self.reading.connection.execute(query)
        }

    # --- who does what

    @cached_property
    def hands(self) -> tuple[PaperHand, ...]:
        last: dict[str, TaskRow] = {task.element: task for task in self.task_rows if task.state != "cancelled"}
        return tuple(
            self._hand(node, last.get(node.id))
            for node in self.definition.user_tasks.values()
            if node.role in PAPER_ROLES
        )

    def _hand(self, node: Node, task: TaskRow | None) -> PaperHand:
        done = task if task and task.state == "done" else None
        return PaperHand(
            element=node.id,
            step=node.name,
            role=self.role_of(node),
            unit_title=self.reading.unit_title(self.unit_of(node)) if self.unit_of(node) else "",
            by=done.done_by if done else task.assignee if task else None,
            at=done.done_at if done else None,
        )

    @property
    def drafts(self) -> bool:
        return access.group_of(self.kind.roles["drafter"], self.row.unit) in self.reading.actor.groups

    def may(self) -> frozenset[str]:
        """Return the acts on the whole paper that are open to the reader."""
        row, acts = self.row, set[str]()
        if self.acts:
            acts.add("attach")
            if row.reached == kinds.AT_SIGNATURE and not row.ended_at and row.version not in self.documents:
                acts.add("produce")
        if self.drafts and once.may_give_up(self.reading.connection, kinds.kinds_of(self.release), row):
            acts |= {"withdraw", "edit"} if row.reached == kinds.DRAFTING else {"withdraw"}
        return frozenset(acts)

    @cached_property
    def next_number(self) -> int | None:
        s, n = tables.number_series.c, tables.paper_number.c
        execute = self.reading.connection.execute
        if execute(select(s.unit).where(s.unit == self.row.unit, s.type == self.kind.type)).first() is None:
            return None
        series = series_of(self.row.unit, self.kind.type, self.reading.today)
        rows = execute(select(n.number, n.letter, n.day).where(n.series == series))
        return next_number(Number(row.number, row.letter, date.fromisoformat(row.day)) for row in rows)

    def view(self) -> PaperView:
        row, plain = self.row, _plain(self.reading, self.row)
        return PaperView(
            **plain,
            receiver_title=self.reading.unit_title(row.receiving_unit) if row.receiving_unit else None,
            dossier=row.dossier_id,
            stage=self.open_tasks[0].stage if self.open_tasks else "",
            regime=row.regime,
            process=row.process,
            next_number=None if row.number else self.next_number,
            ended_at=time_of(row.ended_at) if row.ended_at else None,
            suspended=bool(row.suspended),
            lines=self.lines,
            versions=self.versions,
            hands=self.hands,
            document=self.documents.get(row.version),
            tasks=self.open_tasks,
            history=self.history,
            expected=self.expected,
            files=self.files,
            visited=self.trace.visited,
            current=self.current,
            flows=self.trace.flows,
            repeats=self.trace.repeats,
            incidents=self.incidents,
            may=self.may(),
        )


def _only_in(these: Sequence[str], those: Sequence[str], names: dict[str, str]) -> tuple[tuple[int, str], ...]:
    others = set(those)
    return tuple((place, names.get(id, "")) for place, id in enumerate(these, 1) if id not in others)


def _moved(before: Sequence[str], lines: Sequence[str]) -> int:
    """Return how many of those in both lists do not stand in the order they stood in."""
    kept, now = set(before) & set(lines), set(lines) & set(before)
    pairs = zip([id for id in before if id in kept], [id for id in lines if id in now], strict=True)
    return sum(one != other for one, other in pairs)


def _plain(reading: Reading, row: Row[Any]) -> dict[str, Any]:
    """Return what the list and the page of a paper say alike."""
    return {
        "id": row.id,
        "code": row.code,
        "kind": row.kind,
        "title": row.title,
        "award": row.award,
        "count": row.lines,
        "unit": row.unit,
        "unit_title": reading.unit_title(row.unit),
        "round": row.round,
        "status": row.status,
        "version": row.version,
        "number": row.number,
        "issued_on": date.fromisoformat(row.issued_on) if row.issued_on else None,
        "opened_at": time_of(row.opened_at),
        "release": row.release,
    }


def row(reading: Reading, of: Row[Any]) -> PaperRow:
    """Return the view of one row of `paper`."""
    return PaperRow(**_plain(reading, of))


def paper(reading: Reading, name: str) -> PaperView:
    return PaperPage.find(reading, name).view()


def papers(
    reading: Reading,
    *,
    status: str | None = None,
    kind: str | None = None,
    award: str | None = None,
    unit: str | None = None,
    q: str | None = None,
    limit: int = 25,
    after_token: str | None = None,
) -> Listing:
    """Return papers the reader may see, the latest first."""
    given = ((PAPER.status, status), (PAPER.kind, kind), (PAPER.award, award), (PAPER.unit, unit))
    query = select(tables.paper).where(reading.may_see_paper(), *(c == value for c, value in given if value))
    query = query.where(*reading.found_by(q, PAPER.search, PAPER.unit))
    rows, more = page_of(reading, query, PAPER.opened_at, PAPER.id, limit, after_token)
    return Listing(tuple(row(reading, each) for each in rows), more)


def document(reading: Reading, name: str, version: int) -> tuple[FileView, bytes]:
    """Return the file of a version; NotFound where none was written or its bytes were erased."""
    found = PaperPage.find(reading, name).documents.get(version)
    content = reading.reader.blob(found.sha256) if found else None
    if found is None or content is None:
        raise NotFound(kind="document", id=name)
    return found, content


def file(reading: Reading, name: str, file: str) -> tuple[FileView, bytes]:
    return PaperPage.find(reading, name).file(file)


def diagram(reading: Reading, name: str) -> bytes:
    return PaperPage.find(reading, name).diagram()
