"""What goes into a migration and what comes out: plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.canonical import time_of, time_text
from engine.facts import Fact
from engine.facts import from_json as fact_from_json
from engine.process.context import Context
from engine.process.instance import Instance
from engine.process.moves import Move, Scalar, move_from_json, move_to_json


@dataclass(frozen=True)
class StartRecord:
    """How an instance was started; `context` holds the recorded answers."""

    variables: Mapping[str, Scalar]
    now: datetime
    context: Mapping[str, Any]
    facts: Sequence[Fact]

    def to_json(self) -> dict[str, Any]:
        return {"variables": dict(self.variables)} | _occasion(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StartRecord:
        return cls(data["variables"], **_occasion_from(data))


@dataclass(frozen=True)
class RecordedMove:
    """A move as the journal holds it."""

    move: Move
    now: datetime
    context: Mapping[str, Any]
    facts: Sequence[Fact]

    def to_json(self) -> dict[str, Any]:
        return {"move": move_to_json(self.move)} | _occasion(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RecordedMove:
        return cls(move_from_json(data["move"]), **_occasion_from(data))


def _occasion(record: StartRecord | RecordedMove) -> dict[str, Any]:
    facts = [fact.to_json() for fact in record.facts]
    return {"at": time_text(record.now), "context": dict(record.context), "facts": facts}


def _occasion_from(data: Mapping[str, Any]) -> dict[str, Any]:
    facts = [fact_from_json(fact) for fact in data["facts"]]
    return {"now": time_of(data["at"]), "context": data["context"], "facts": facts}


def context_of(record: StartRecord | RecordedMove) -> Context:
    return Context.from_recorded(record.now, record.context)


class Verdict(StrEnum):
    """Worst last."""

    UNTOUCHED = "untouched"
    MOVES = "moves"
    NEEDS_CHOICE = "needs_choice"
    MUST_STAY = "must_stay"


# Why an instance does not simply move. Each has a sentence in forms.messages under "migration_<code>".
REASONS = {
    "must_pass_first": Verdict.NEEDS_CHOICE,  # a step lies before the place where it stands
    "value_missing": Verdict.NEEDS_CHOICE,  # and what that step would have said is needed to go on
    "open_step_removed": Verdict.NEEDS_CHOICE,  # what is under way is not drawn any more
    "open_step_closes": Verdict.NEEDS_CHOICE,  # what is under way is not reached any more
    "step_reopens": Verdict.NEEDS_CHOICE,  # what has ended is under way again
    "decision_gone": Verdict.NEEDS_CHOICE,  # the flow that was taken is not drawn any more
    "decision_differs": Verdict.NEEDS_CHOICE,  # it stands, but would be another today
    "decision_fails": Verdict.NEEDS_CHOICE,  # it stands, but could not be taken today
    "step_without_place": Verdict.MUST_STAY,  # what was done cannot be done in the new order
    "cannot_go_on": Verdict.MUST_STAY,  # an incident that was not there before
}

# What is different all the same. Sentences as above.
CHANGES = frozenset(
    {
        "step_skipped",  # was done, is not drawn any more
        "other_order",  # was done in another order than drawn
        "step_opens",  # opens in addition
        "event_removed",  # a timer or a message beside a step is not waited for any more
        "due_date_kept",  # the drawing has another limit, the open step keeps its day
        "key_changed",  # an open step is known by another key
        "status_changed",
        "incident_resolved",
        "element_added",  # ahead
        "element_removed",
        "element_changed",  # `what` says in which respect
    }
)


@dataclass(frozen=True)
class Note:
    """A reason or a change: a stable code and what it concerns, the element id as `step`, its name as `name`."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code} | dict(self.params)


@dataclass(frozen=True)
class Migration:
    """What an edit means for one instance.

    `instance` is where it stands after the fold; with `needs_choice` that is where it would stand if nobody chose
    otherwise, with `must_stay` None. `start` and `effective` are its history in the words of the new drawing.
    `keys` are those of everything open: old key -> new key, so that drafts, claims and links follow.
    """

    verdict: Verdict
    reasons: tuple[Note, ...] = ()
    changes: tuple[Note, ...] = ()
    instance: Instance | None = None
    start: StartRecord | None = None
    effective: tuple[RecordedMove, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
