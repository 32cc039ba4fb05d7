"""What tables and batch acts show: many tasks of one step, and what each row of an act leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.office.awards_history import PastAward
from engine.office.views import CriterionView, TaskRow


@dataclass(frozen=True)
class GridRow:
    """One task in the table of its step. `criteria` as the decision table judged them, all of them."""

    task: TaskRow
    criteria: tuple[CriterionView, ...]
    barred_by: PastAward | None = None  # the award of the same movement that forbids another one

    @property
    def odd(self) -> tuple[CriterionView, ...]:
        """The criteria that someone should look at."""
        return tuple(each for each in self.criteria if each.result not in ("DAT", "KHONG_AP_DUNG"))


@dataclass(frozen=True)
class GridView:
    """A page of the open tasks of one step that the reader may complete; `total` counts those of all pages."""

    step: str
    release: str
    name: str
    stage: str
    form: dict[str, Any] | None
    rows: tuple[GridRow, ...]
    next: str | None
    total: int
    awards: dict[str, int]
    units: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NextStep:
    """A user task that opens when a row of a batch act is carried out."""

    task: str
    element: str
    name: str
    role: str | None
    unit: str | None
    due_on: str | None


@dataclass(frozen=True)
class BatchRow:
    """What a batch act does with one task, or why it cannot: then `refusal` says so and the rest is empty."""

    task: str
    nomination: str | None  # code; None where the task may not be seen
    refusal: EngineError | None = None
    next: tuple[NextStep, ...] = ()
    awaits: tuple[str, ...] = ()  # names of the messages and papers it waits for
    status: str | None = None
    ended: bool = False
    incident: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the row as it is kept in an answer; one that was refused is never kept."""
        plain = {name: value for name, value in vars(self).items() if name != "refusal"}
        return plain | {"next": [dict(vars(step)) for step in self.next], "awaits": list(self.awaits)}


@dataclass(frozen=True)
class AwaitedRow:
    """A nomination that waits for a message from outside."""

    nomination: str  # id
    code: str
    nominee: str
    award: str
    unit: str
    suspended: bool


@dataclass(frozen=True)
class Awaited:
    """A message from outside that the reader may enter, with its form and who waits for it."""

    message: str
    element: str
    release: str
    name: str
    form: dict[str, Any]
    rows: tuple[AwaitedRow, ...]
