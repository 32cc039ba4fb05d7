"""Facts of movements and rounds: written by engine.office.movements and rounds."""

from __future__ import annotations

from dataclasses import dataclass

from engine.facts.base import Fact


@dataclass(frozen=True, kw_only=True)
class MovementSet(Fact):
    """What holds for a movement from now on. `form_data` is the salted hash of its name and the number of its plan."""

    movement: str
    issued_on: str
    launcher: str  # CTN | TTG | BO | TINH | KHAC
    starts_on: str
    planned_end: str
    form_data: str
    legal_basis: str | None = None


@dataclass(frozen=True, kw_only=True)
class RoundOpened(Fact):
    """What holds for it follows as `RoundSet` in the same entry."""

    round: str
    code: str
    movement: str
    year: int
    number: int


@dataclass(frozen=True, kw_only=True)
class RoundSet(Fact):
    """What holds for a round from now on. `form_data` is the salted hash of its name and the number of its guidance.

    `collectives` and `individuals` hint at how many a unit may propose, `non_leaders` at the share of people who lead
    nothing, in hundredths of a per cent.
    """

    kind: str  # hang_nam | so_ket | tong_ket
    lead: str  # the unit that consolidates
    deadline: str
    awards: list[str]
    kinds: list[str]
    criteria: dict[str, str]  # tier -> id of a decision table
    cach_tinh_thoi_gian: str  # da_thuc_hien | theo_ke_hoach
    form_data: str
    guidance_on: str | None = None
    collectives: int | None = None
    individuals: int | None = None
    non_leaders: int | None = None


@dataclass(frozen=True, kw_only=True)
class RoundClosed(Fact):
    pass


@dataclass(frozen=True, kw_only=True)
class TasksReminded(Fact):
    """These units had tasks over or near their limits on this day: unit -> [overdue, due soon]."""

    day: str
    units: dict[str, list[int]]


@dataclass(frozen=True, kw_only=True)
class UnitsReminded(Fact):
    """These units had not submitted on this day."""

    units: list[str]
    day: str
