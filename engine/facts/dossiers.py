"""Facts of the receipt of a dossier and of its statutory clock: written by engine.office.dossiers.

The clock is these facts and nothing else (decision 11): where the limit ends, which days were left out, when it stood
still and how many working days were left then.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.facts.base import Fact


@dataclass(frozen=True, kw_only=True)
class DossierReceived(Fact):
    """These nominations were received under one receipt; `joined`: it was there already."""

    dossier: str
    receipt: str
    received_on: str
    regime: str
    nominations: list[str]
    joined: bool = False


@dataclass(frozen=True, kw_only=True)
class ClockStarted(Fact):
    """The statutory limit of so many working days begins behind the day of receipt."""

    on: str
    days: int
    due_on: str
    left_out: list[list[str]]  # [date, why] of the days not counted
    legal_basis: str


@dataclass(frozen=True, kw_only=True)
class ClockPaused(Fact):
    """It stands still from this day on. `days_left` are working days; below 0 it had run out."""

    on: str
    days_left: int


@dataclass(frozen=True, kw_only=True)
class ClockResumed(Fact):
    on: str
    due_on: str
    left_out: list[list[str]]


@dataclass(frozen=True, kw_only=True)
class ClockStopped(Fact):
    """Nothing of the dossier waits for its result any more."""

    on: str
    days_left: int
