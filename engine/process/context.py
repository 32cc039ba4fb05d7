"""What a move may ask about the world: the time, working-day limits, units and the roles of a paper.

Nothing below `engine.process` reads a clock, a calendar or a directory. It asks a Context, which notes each
answer; the journal keeps the notes, so that the same move can be executed again and give the same state
(ARCHITECTURE §2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class DueDate:
    """The last day of a limit in working days, with the days that did not count and why."""

    due_on: date
    left_out: tuple[tuple[date, str], ...] = ()


# Roles of paper.bpmn: each kind of paper has its own people for them. All other roles stand for themselves.
PAPER_ROLES = frozenset({"drafter", "reviewer", "signer", "registry"})


class Lookups(Protocol):
    """Answers of the office, live: see engine.office."""

    def due_on(self, days: int, count_first: bool) -> DueDate:
        """Return when a limit of `days` working days ends that begins now."""

    def unit(self, scope: str) -> str | None:
        """Return the unit that a unit scope names for this nomination or paper; None: there is none."""

    def role(self, name: str) -> str:
        """Return the role that one of PAPER_ROLES stands for in this kind of paper."""


class Context:
    """The time of a move and the answers it got.

    Args:
        now: with a zone; the one time everything in this move happens at.
        lookups: asked once for each question; None where every answer must have been recorded.
    """

    def __init__(self, now: datetime, lookups: Lookups | None = None) -> None:
        if now.tzinfo is None:
            raise ValueError("now needs a time zone")
        self.now = now
        self._lookups = lookups
        self._due: dict[str, DueDate] = {}
        self._units: dict[str, str | None] = {}
        self._roles: dict[str, str] = {}

    @classmethod
    def from_recorded(cls, now: datetime, recorded: Mapping[str, Any], fallback: Lookups | None = None) -> Context:
        """Return a context that answers as recorded; what was never asked goes to `fallback`."""
        context = cls(now, fallback)
        for question, (due_on, left_out) in recorded.get("due_on", {}).items():
            days_left_out = tuple((date.fromisoformat(day), why) for day, why in left_out)
            context._due[question] = DueDate(date.fromisoformat(due_on), days_left_out)
        context._units.update(recorded.get("unit", {}))
        context._roles.update(recorded.get("role", {}))
        return context

    def due_on(self, days: int, count_first: bool) -> DueDate:
        """Return when a limit of `days` working days ends that begins now.

        Raises:
            LookupError: nothing was recorded and there is nobody to ask.
        """
        question = f"{days}/{int(count_first)}"
        if question not in self._due:
            self._due[question] = self._ask().due_on(days, count_first)
        return self._due[question]

    def unit(self, scope: str) -> str | None:
        """Return the unit that `scope` names here.

        Raises:
            LookupError: nothing was recorded and there is nobody to ask.
        """
        if scope not in self._units:
            self._units[scope] = self._ask().unit(scope)
        return self._units[scope]

    def role(self, name: str) -> str:
        """Return the role that `name` stands for here; one that is none of PAPER_ROLES is its own answer.

        Raises:
            LookupError: nothing was recorded and there is nobody to ask.
        """
        if name not in PAPER_ROLES:
            return name
        if name not in self._roles:
            self._roles[name] = self._ask().role(name)
        return self._roles[name]

    def recorded(self) -> dict[str, Any]:
        """Return every answer given, as JSON for the journal; empty when nothing was asked."""
        recorded: dict[str, Any] = {}
        if self._due:
            recorded["due_on"] = {
                question: [due.due_on.isoformat(), [[day.isoformat(), why] for day, why in due.left_out]]
                for question, due in sorted(self._due.items())
            }
        if self._units:
            recorded["unit"] = dict(sorted(self._units.items()))
        if self._roles:
            recorded["role"] = dict(sorted(self._roles.items()))
        return recorded

    def _ask(self) -> Lookups:
        if self._lookups is None:
            raise LookupError("the recorded context holds no answer to this question")
        return self._lookups
