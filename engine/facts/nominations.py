"""Facts of a nomination and its dossier: written by engine.office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.facts.base import Fact


@dataclass(frozen=True, kw_only=True)
class NumberTaken(Fact):
    """The next number of a series. One entry of the series' stream takes one number, so none is taken twice."""

    series: str
    number: int


@dataclass(frozen=True, kw_only=True)
class DossierOpened(Fact):
    """One unit, one deciding authority, one type of commendation, one round. `award` is the form it was opened for."""

    dossier: str
    code: str
    unit: str
    award: str
    year: int
    number: int
    authority: str = "TT_DV"
    type: str = "phong_trao"
    round: str | None = None


@dataclass(frozen=True, kw_only=True)
class NominationAdded(Fact):
    dossier: str
    nomination: str
    code: str
    line: int


@dataclass(frozen=True, kw_only=True)
class NominationStarted(Fact):
    """`form_data` is the salted hash of the nominee's data; `starter` a person id."""

    nomination: str
    code: str
    dossier: str
    unit: str
    award: str
    kind: str
    regime: str
    release: str
    process: str
    form: str
    form_data: str
    starter: str
    display: str  # the field of the form that holds the nominee's name
    variables: dict[str, Any]  # what the process started with
    identity: str | None = None  # the field of the form that holds the nominee's citizen id
    round: str | None = None
    late: bool | None = None  # nominated after the deadline of the round, for a reason given


@dataclass(frozen=True, kw_only=True)
class NominationSubmitted(Fact):
    """Its unit handed it in on this day."""

    on: str


@dataclass(frozen=True, kw_only=True)
class NominationReceived(Fact):
    """The appraising body took it in: regime and release are fixed from now on (decision 19)."""

    receipt: str
    received_on: str
    regime: str
    release: str


@dataclass(frozen=True, kw_only=True)
class AwardGranted(Fact):
    """It was decided for: the nominee holds this award. `authority` is the role that decides on it.

    The decision is the paper with its number and day, or the form it was entered in: `form_data` by salted hash, with
    the names of the fields that hold number and day.
    """

    award: str
    authority: str
    paper: str | None = None
    number: str | None = None
    day: str | None = None
    form_data: str | None = None
    number_field: str | None = None
    day_field: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReleaseKept(Fact):
    """It could not move to the release in force and stays on its own. `why`: a reason of engine.process.migration."""

    release: str  # it did not move to
    verdict: str
    why: str
    step: str | None = None


@dataclass(frozen=True, kw_only=True)
class FormFiled(Fact):
    """A completed form: what is no variable, by salted hash."""

    key: str
    form: str
    form_data: str


@dataclass(frozen=True, kw_only=True)
class ReasonGiven(Fact):
    """Why a nomination was late, withdrawn, suspended or resumed, by salted hash."""

    form_data: str


@dataclass(frozen=True, kw_only=True)
class TaskClaimed(Fact):
    key: str
    by: str


@dataclass(frozen=True, kw_only=True)
class TaskReleased(Fact):
    key: str


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(Fact):
    key: str
    to: str


@dataclass(frozen=True, kw_only=True)
class FileAttached(Fact):
    """`name_data` is the salted hash of the file's name."""

    file: str
    sha256: str
    size: int
    media_type: str
    name_data: str
