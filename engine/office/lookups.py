"""What a nomination needs to know of the world while it moves: time limits and units.

`LiveLookups` answers from the calendar and the directory; `engine.process.context.Context` records every
answer in the journal entry, so that re-execution needs neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from engine.office.workdays import WorkCalendar
from engine.process.context import DueDate

# One body each in the whole province; who leads a round's consolidation is a field of the round (CH-12).
BODIES = {"front_desk": "SNV", "appraiser": "SNV", "council": "SNV", "office": "VP", "chairman": "VP"}


class LiveLookups:
    """Answers for one nomination on one day.

    Args:
        calendar: working days with the overrides in force.
        today: local date from which limits run.
        unit: id of the proposing unit.
        superior: id of its superior unit, None where it has none.
        lead: id of the unit that consolidates in its round, None where it has none.
        bodies: gives the table bodies.toml of the release in force, code -> row; asked only for a consulted body.
    """

    def __init__(
        self,
        calendar: WorkCalendar,
        today: date,
        unit: str,
        superior: str | None = None,
        lead: str | None = None,
        bodies: Callable[[], Mapping[str, Mapping[str, str]]] = dict,
    ) -> None:
        self._calendar = calendar
        self._today = today
        self._bodies = bodies
        self._units = {"proposing_unit": unit, "superior_unit": superior, "consolidator": lead, **BODIES}

    def due_on(self, days: int, count_first: bool) -> DueDate:
        limit = self._calendar.last_day(self._today, days, count_first=count_first)
        return DueDate(due_on=limit.last_day, left_out=tuple(limit.left_out))

    def unit(self, scope: str) -> str | None:
        _, _, body = scope.partition("@")
        if not body:
            return self._units.get(scope)
        row = self._bodies().get(body, {})
        return row.get("unit") or self._units.get(row.get("scope", ""))

    def role(self, name: str) -> str:
        raise LookupError(f"{name} is a role of papers alone")
