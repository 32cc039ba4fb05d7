"""What pages and the API read of movements and rounds: plain data, already cut down to what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.office.views import DueView


@dataclass(frozen=True)
class MovementView:
    id: str
    number: str
    title: str
    issued_on: date
    launcher: str
    starts_on: date
    planned_end: date
    legal_text: str | None
    unverified: bool


@dataclass(frozen=True)
class RoundRow:
    """A round in a list. `due`: None once it is closed; `nominations`: None if not to be seen."""

    id: str
    code: str
    title: str
    kind: str
    status: str
    movement: str
    movement_number: str
    lead: str
    lead_title: str
    deadline: date
    due: DueView | None
    awards: tuple[str, ...]
    nominations: int | None


@dataclass(frozen=True)
class RoundList:
    movements: tuple[MovementView, ...]
    rounds: tuple[RoundRow, ...]
    may: frozenset[str]  # open, set_movement


@dataclass(frozen=True)
class BoardRow:
    """How far one unit is. `asked`: people of whom it is known whether they lead; `leaders`: those who do."""

    unit: str
    title: str
    kind: str
    progress: str  # chua_nop | dang_lap | da_nop | nop_muon | bi_tra
    nominations: int
    collectives: int
    individuals: int
    submitted: int
    returned: int
    late: int
    last_submitted: datetime | None
    asked: int
    leaders: int
    warnings: tuple[str, ...]
    reminded: int
    reminded_on: date | None


@dataclass(frozen=True)
class BoardTotals:
    """Of the lines the reader sees. `share` of people who lead nothing, in hundredths of a per cent."""

    nominations: int
    collectives: int
    individuals: int
    asked: int
    non_leaders: int
    share: int | None
    few_non_leaders: bool


@dataclass(frozen=True)
class RoundView:
    row: RoundRow
    movement: MovementView
    kinds: tuple[str, ...]
    guidance_number: str | None
    guidance_on: date | None
    criteria: tuple[tuple[str, str], ...]  # tier, name of its table
    tables: dict[str, str]  # tier -> id of its table
    cach_tinh_thoi_gian: str
    collectives: int | None
    individuals: int | None
    non_leaders: int | None  # hundredths of a per cent
    board: tuple[BoardRow, ...]
    counts: dict[str, int]  # progress -> units, whatever the filter
    totals: BoardTotals
    values: dict[str, Any]  # answers of the form `round`
    may: frozenset[str]  # board, change, close, remind
