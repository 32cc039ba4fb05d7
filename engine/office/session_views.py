"""What the pages of a session read: plain data, cut down to what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.office.batch_views import BatchRow
from engine.office.views import TaskRow
from engine.office.voting import Member, Record, Verdict


@dataclass(frozen=True)
class SessionRow:
    """One session in the list; `nominations` is how many it votes on."""

    id: str
    unit: str
    unit_title: str
    council: str  # role of its secretary
    day: date
    status: str  # open | closed | cancelled
    nominations: int
    total: int
    present: int
    written: int


@dataclass(frozen=True)
class VoteLine:
    """One nomination of a session: what was recorded, what it would lead to, or why it cannot be filed yet."""

    task: TaskRow
    form: dict[str, Any]
    values: dict[str, Any]  # as the form would be filled in
    result: BatchRow | None  # None: nothing was recorded, or the session has ended
    verdict: Verdict | None


@dataclass(frozen=True)
class SessionView:
    row: SessionRow
    version: int
    record: Record | None
    members: tuple[Member, ...]  # as recorded; before that those of the council's last session
    lines: tuple[VoteLine, ...]
    waiting: tuple[TaskRow, ...]  # further votes of this council that could be taken in
    may: frozenset[str]  # record, close, cancel

    @property
    def ready(self) -> bool:
        """Whether every vote can be filed."""
        return bool(self.lines) and all(line.result and not line.result.refusal for line in self.lines)


@dataclass(frozen=True)
class Council:
    """A council whose sessions the reader may call together, with the votes that wait for it."""

    unit: str
    unit_title: str
    council: str  # role of its secretary
    waiting: tuple[TaskRow, ...]
