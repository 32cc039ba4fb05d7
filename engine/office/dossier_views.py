"""The page of a dossier as plain data: what a reader may see of its receipts, its clock, its papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.office.views import DossierView, DueView, PaperRow, PersonView, TaskRow


@dataclass(frozen=True)
class ReceiptView:
    """One receipt. `nominations` are the codes it was given for, those the reader may see."""

    code: str
    received_on: date
    regime: str
    body: str  # title of the body that received
    by: PersonView | None
    at: datetime
    nominations: tuple[str, ...]


@dataclass(frozen=True)
class ClockLine:
    """One change of the clock: started, paused, resumed or stopped."""

    act: str
    on: date
    due_on: date | None = None
    days_left: int | None = None


@dataclass(frozen=True)
class ClockView:
    """The statutory limit. `state`: running, paused or stopped; `due` is where it ends while it runs.

    `days_left` are working days, as they stood when it was paused or stopped, below 0 if it had run out.
    """

    state: str
    days: int
    started_on: date
    due: DueView | None
    days_left: int
    legal_basis: str
    legal_text: str | None
    unverified: bool
    lines: tuple[ClockLine, ...]


@dataclass(frozen=True)
class DossierPage:
    """`requests` are those of its papers that ask for supplements, `arrived` what the reader may receive now.

    `may`: receive, request.
    """

    dossier: DossierView
    receipts: tuple[ReceiptView, ...]
    clock: ClockView | None
    papers: tuple[PaperRow, ...]
    requests: tuple[PaperRow, ...]
    arrived: tuple[TaskRow, ...]
    form: Mapping[str, Any] | None  # of the receipt
    may: frozenset[str]
