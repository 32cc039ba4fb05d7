"""Facts of a process instance: written by engine.process.instance alone.

`key` is the key of a step: call path, element id and occurrence, as "appraisal#1" or "opinions#1/answer@tax#1".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.facts.base import Fact


@dataclass(frozen=True, kw_only=True)
class ProcessStarted(Fact):
    process: str


@dataclass(frozen=True, kw_only=True)
class StepOpened(Fact):
    """A user task waits for a person. `unit` is None where no unit scope is drawn."""

    key: str
    element: str
    occurrence: int
    role: str | None = None
    unit: str | None = None
    due_on: str | None = None
    left_out: list[list[str]] = field(default_factory=list)  # [date, why] of the days not counted


@dataclass(frozen=True, kw_only=True)
class StepCompleted(Fact):
    key: str
    element: str
    variables: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StepCancelled(Fact):
    """An open user task was taken away by the path itself or by a withdrawal."""

    key: str
    element: str


@dataclass(frozen=True, kw_only=True)
class FlowTaken(Fact):
    """A gateway chose: a decision taken, replayed and never decided again (decision 24)."""

    key: str
    element: str
    flow: str


@dataclass(frozen=True, kw_only=True)
class DecisionMade(Fact):
    """A decision table was evaluated. `rows` are its outputs with the rule that matched, in table order."""

    key: str
    element: str
    decision: str
    inputs: dict[str, Any]
    rows: list[dict[str, Any]]
    result: dict[str, Any]  # the variables it set


@dataclass(frozen=True, kw_only=True)
class TimerScheduled(Fact):
    key: str
    element: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class TimerEnded(Fact):
    """`fired` is False when the timer's step ended first."""

    key: str
    element: str
    fired: bool


@dataclass(frozen=True, kw_only=True)
class MessageAwaited(Fact):
    """A message, or a signal if `kind` says so."""

    key: str
    element: str
    message: str
    kind: str | None = None


@dataclass(frozen=True, kw_only=True)
class MessageEnded(Fact):
    """`received` is False when the wait was taken away."""

    key: str
    element: str
    received: bool


@dataclass(frozen=True, kw_only=True)
class MessageSent(Fact):
    """A send task or a throwing event sent a message, to the unit of its property `unitScope` if it has one."""

    key: str
    element: str
    message: str
    unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class StatusReached(Fact):
    """The element carries the property `status`: a state of DOMAIN §3.9."""

    status: str


@dataclass(frozen=True, kw_only=True)
class DossierStatusReached(Fact):
    """The element carries `dossierStatus`: where the nomination brings its dossier, a state of DOMAIN §3.9."""

    status: str


@dataclass(frozen=True, kw_only=True)
class VariableSet(Fact):
    """A field became a value of the whole nomination (property `sets:`): `nomination.award` is its award form now."""

    variable: str
    value: bool | int | str


@dataclass(frozen=True, kw_only=True)
class NodePassed(Fact):
    """An event, gateway, or called process that is no user task was passed."""

    key: str
    element: str


@dataclass(frozen=True, kw_only=True)
class ProcessEnded(Fact):
    """No token is left. `element` is the last end event reached."""

    element: str


@dataclass(frozen=True, kw_only=True)
class IncidentRaised(Fact):
    """The engine cannot go on; the token is parked at `element` (decision 12). `why` is a code."""

    key: str
    element: str
    why: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class IncidentResolved(Fact):
    key: str
    element: str


@dataclass(frozen=True, kw_only=True)
class Migrated(Fact):
    """The case goes on on another release: its history was made again there (engine.process.migration).

    `start` and `effective` are the history in the words of that release, so that the state follows from them; `steps`
    the user tasks that go on, `keys` the timers and waits that are known by another key. What ended or opened by it
    follows as facts of its own in the same entry.
    """

    left: str  # the release it was on
    release: str
    regime: str
    process: str
    verdict: str
    changes: list[dict[str, Any]]
    snapshot: str  # sha256 of the snapshot before, kept in `blob`
    start: dict[str, Any]
    effective: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    keys: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ProcessSuspended(Fact):
    pass


@dataclass(frozen=True, kw_only=True)
class ProcessResumed(Fact):
    pass


@dataclass(frozen=True, kw_only=True)
class ProcessWithdrawn(Fact):
    pass
