"""The page of a dossier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from engine.canonical import time_of
from engine.office.citations import VERIFIED, citation
from engine.office.dossier_views import ClockLine, ClockView, DossierPage, ReceiptView
from engine.office.papers import kinds
from engine.office.queries import lists
from engine.office.queries import papers as paper_pages
from engine.office.queries.reading import NOMINATION, PAPER, TASK, Reading
from engine.office.views import DossierView, DueView, PaperRow, TaskRow
from engine.process.model import RECEIPT
from engine.store import tables

CLOCK = {"ClockStarted": "started", "ClockPaused": "paused", "ClockResumed": "resumed", "ClockStopped": "stopped"}
DOSSIER = tables.dossier.c
RECEIPTS = tables.receipt.c
LINE = tables.paper_line.c
WAIT = tables.message_subscription.c


def page(reading: Reading, name: str) -> DossierPage:
    """Return a dossier by code or id as the reader may see it; NotFound where there is none or none of it is seen."""
    dossier = lists.dossier(reading, name)
    papers = _papers(reading, dossier.id)
    arrived = _arrived(reading, dossier.id)
    may = {act for act, open in (("receive", arrived), ("request", _asks(reading, dossier.id))) if open}
    first = arrived[0] if arrived else None
    form = reading.release(_release_of(reading, first)).form(first.form) if first and first.form else None
    return DossierPage(
        dossier=dossier,
        receipts=_receipts(reading, dossier),
        clock=_clock(reading, dossier.id),
        papers=tuple(row for row, _ in papers),
        requests=tuple(row for row, asks in papers if asks),
        arrived=arrived,
        form=form,
        may=frozenset(may),
    )


def _receipts(reading: Reading, dossier: DossierView) -> tuple[ReceiptView, ...]:
    query = select(NOMINATION.receipt, NOMINATION.code).where(
        NOMINATION.dossier_id == dossier.id, NOMINATION.receipt.is_not(None), reading.may_see_nomination()
    )
    codes: dict[str, list[str]] = {}
    for row in reading.connection.execute(query.order_by(NOMINATION.code)):
        codes.setdefault(row.receipt, []).append(row.code)
    given = select(tables.receipt).where(RECEIPTS.dossier_id == dossier.id).order_by(RECEIPTS.at, RECEIPTS.code)
    return tuple(
        ReceiptView(
            code=row.code,
            received_on=date.fromisoformat(row.received_on),
            regime=row.regime,
            body=_receiving_body(reading, row),
            by=reading.person(row.by),
            at=time_of(row.at),
            nominations=tuple(codes.get(row.code, ())),
        )
        for row in reading.connection.execute(given)
        if row.code in codes
    )


def _receiving_body(reading: Reading, receipt: Row[Any]) -> str:
    """Return the title of the body whose task it was to receive."""
    of_receipt = select(NOMINATION.id).where(NOMINATION.receipt == receipt.code)
    received = (TASK.case_id.in_(of_receipt), TASK.done_by == receipt.by, TASK.done_at == receipt.at)
    return reading.unit_title(reading.connection.execute(select(TASK.unit).where(*received)).scalar())


# --- the clock ---------------------------------------------------------------------------------------------------


def _clock(reading: Reading, dossier: str) -> ClockView | None:
    row = reading.connection.execute(
        select(DOSSIER.clock, DOSSIER.due_on, DOSSIER.days_left).where(DOSSIER.id == dossier)
    ).one()
    if row.clock is None:
        return None
    facts = [
        fact
        for entry in reading.reader.entries(f"dossier:{dossier}")
        for fact in entry.body["facts"]
        if fact["fact"] in CLOCK
    ]
    started = next(fact for fact in reversed(facts) if fact["fact"] == "ClockStarted")
    runs = next(fact for fact in reversed(facts) if "due_on" in fact)
    due_on = date.fromisoformat(row.due_on)
    left_out = tuple((date.fromisoformat(day), why) for day, why in runs["left_out"])
    left = reading.calendar.days_left(reading.today, due_on) if row.days_left is None else row.days_left
    ground = citation(started["legal_basis"])
    return ClockView(
        state=row.clock,
        days=started["days"],
        started_on=date.fromisoformat(started["on"]),
        due=DueView(due_on, left, left_out) if row.clock == "running" else None,
        days_left=left,
        legal_basis=started["legal_basis"],
        legal_text=f"{ground.title}: {ground.text}" if ground else None,
        unverified=ground is None or ground.status != VERIFIED,
        lines=tuple(_lines(facts)),
    )


def _lines(facts: list[dict[str, Any]]) -> Iterator[ClockLine]:
    for fact in facts:
        due = fact.get("due_on")
        yield ClockLine(
            act=CLOCK[fact["fact"]],
            on=date.fromisoformat(fact["on"]),
            due_on=date.fromisoformat(due) if due else None,
            days_left=fact.get("days_left"),
        )


# --- papers and what can be done ---------------------------------------------------------------------------------


def _papers(reading: Reading, dossier: str) -> list[tuple[PaperRow, bool]]:
    """Return the papers that name somebody of a dossier, and whether each asks for supplements."""
    listed = select(LINE.paper_id).where(LINE.nomination_id == NOMINATION.id, NOMINATION.dossier_id == dossier)
    query = select(tables.paper).where(PAPER.id.in_(listed), reading.may_see_paper())
    found = []
    for row in reading.connection.execute(query.order_by(PAPER.opened_at, PAPER.id)):
        kind = kinds.kinds_of(reading.release(row.release)).get(row.kind)
        found.append((paper_pages.row(reading, row), bool(kind and kind.per_dossier)))
    return found


def _arrived(reading: Reading, dossier: str) -> tuple[TaskRow, ...]:
    """Return the open tasks of receipt of a dossier at a desk where the reader sits."""
    of = select(NOMINATION.id).where(NOMINATION.dossier_id == dossier)
    query = select(tables.user_task).where(
        TASK.case_id.in_(of), TASK.state == "open", TASK.candidate_group.in_(reading.groups)
    )
    found = []
    for row in reading.connection.execute(query.order_by(TASK.code)):
        node = reading.node(row.release, row.process, row.element)
        if node and node.milestone == RECEIPT and "receivedIf" in node.properties:
            found.append(reading.task_row(row))
    return tuple(found)


def _release_of(reading: Reading, task: TaskRow) -> str:
    return str(reading.connection.execute(select(TASK.release).where(TASK.id == task.id)).scalar_one())


def _asks(reading: Reading, dossier: str) -> bool:
    """Whether somebody of the dossier waits for a request for supplements that the reader drafts."""
    drafted = {
        kind.message
        for kind in kinds.kinds_of(reading.release_in_force()).values()
        if kind.per_dossier and any(m.role == kind.roles["drafter"] for m in reading.actor.memberships)
    }
    of = select(NOMINATION.id).where(NOMINATION.dossier_id == dossier, reading.may_see_nomination())
    query = select(WAIT.case_id).where(WAIT.case_id.in_(of), WAIT.message.in_(drafted)).limit(1)
    return bool(drafted) and reading.connection.execute(query).first() is not None
