"""Movements and their rounds: who leads them, until when, for which awards, and how far the units are.

The first half turns what was filed and what is known into facts, or refuses it; it is pure. The second half reads the
derived tables. Commands: engine.office.movements.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, case, func, not_, select, true

from engine.canonical import time_of
from engine.errors import InvalidForm, RoundRefuses
from engine.facts import Fact, MovementSet, RoundClosed, RoundOpened, RoundSet, UnitsReminded
from engine.office.access import NOMINATORS, UNIT_ROLES
from engine.office.awards import is_above_unit
from engine.office.clock import local_day
from engine.office.directory import RoleBook, Unit, Units
from engine.office.own_forms import TIERS
from engine.store import tables

DISTRICT = "huyen"
Progress = Literal["chua_nop", "dang_lap", "da_nop", "nop_muon", "bi_tra"]
PROGRESS: tuple[Progress, ...] = ("chua_nop", "dang_lap", "da_nop", "nop_muon", "bi_tra")
NOT_SUBMITTED = frozenset({"chua_nop", "dang_lap"})

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Movement:
    """A movement (phong trào). `number` is that of the plan that launched it; `legal_basis` a citation id."""

    id: str
    number: str
    title: str
    issued_on: date
    launcher: str
    starts_on: date
    planned_end: date
    legal_basis: str | None = None


@dataclass(frozen=True)
class Round:
    """A round of a movement (đợt xét). `lead` consolidates; `collectives` and so on are hints, never limits."""

    id: str
    code: str
    status: str  # open | closed
    movement: str
    kind: str
    title: str
    lead: str
    deadline: date
    awards: tuple[str, ...]
    kinds: tuple[str, ...]
    cach_tinh_thoi_gian: str
    opened_at: datetime
    criteria: Mapping[str, str] = field(default_factory=dict)
    guidance_number: str | None = None
    guidance_on: date | None = None
    collectives: int | None = None
    individuals: int | None = None
    non_leaders: int | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    def last_day(self, today: date) -> date:
        """Return the day by which its units are known: today, or the day it was closed."""
        return local_day(self.closed_at) if self.closed_at else today


@dataclass(frozen=True)
class Standing:
    """What a unit has in a round; withdrawn nominations do not count. `asked`: of how many it is known who leads."""

    nominations: int = 0
    collectives: int = 0
    individuals: int = 0
    asked: int = 0
    leaders: int = 0
    late: int = 0
    submitted: int = 0
    returned: int = 0
    last_submitted: datetime | None = None

    def progress(self, deadline: date) -> Progress:
        """Return how far the unit is: what it has to do next counts more than what it did."""
        if not self.nominations:
            return "chua_nop"
        if self.returned:
            return "bi_tra"
        if self.submitted < self.nominations or self.last_submitted is None:
            return "dang_lap"
        return "nop_muon" if local_day(self.last_submitted) > deadline else "da_nop"

    def warnings(self, round: Round) -> tuple[str, ...]:
        """Return codes of what the hints of the round speak against."""
        many = (
            ("many_collectives", self.collectives, round.collectives),
            ("many_individuals", self.individuals, round.individuals),
        )
        found = [code for code, count, most in many if most is not None and count > most]
        if below_share(self.asked, self.leaders, round.non_leaders):
            found.append("few_non_leaders")
        return tuple(found)


def below_share(asked: int, leaders: int, wanted: int | None) -> bool:
    """Return whether the share of people who lead nothing is below `wanted`, in hundredths of a per cent.

    >>> below_share(10, 6, 4000), below_share(10, 7, 4000), below_share(0, 0, 4000)
    (False, True, False)
    """
    return wanted is not None and (asked - leaders) * 100_00 < wanted * asked


# --- commands into facts -----------------------------------------------------------------------------------------


def filed_apart(payload: Payload, number: str) -> dict[str, Any]:
    """Return what `form_data` keeps of a movement or a round: its name, and the number under `number`."""
    return {"title": payload["ten"]} | ({"number": payload[number]} if number in payload else {})


def set_movement(movement: str, payload: Payload, form_data: str) -> list[Fact]:
    return [
        MovementSet(
            movement=movement,
            issued_on=payload["ngay_ban_hanh"],
            launcher=payload["cap_phat_dong"],
            starts_on=payload["ngay_bat_dau"],
            planned_end=payload["ngay_ket_thuc"],
            legal_basis=payload.get("can_cu"),
            form_data=form_data,
        )
    ]


def movement_values(movement: Movement) -> dict[str, Any]:
    """Return the answers of the form `movement` as they hold now."""
    given = {
        "ten": movement.title,
        "so_ky_hieu": movement.number,
        "ngay_ban_hanh": movement.issued_on.isoformat(),
        "cap_phat_dong": movement.launcher,
        "ngay_bat_dau": movement.starts_on.isoformat(),
        "ngay_ket_thuc": movement.planned_end.isoformat(),
        "can_cu": movement.legal_basis,
    }
    return {name: value for name, value in given.items() if value is not None}


def settings(payload: Payload, form_data: str) -> RoundSet:
    """Return what holds for a round from now on, from the clean values of the form `round`."""
    return RoundSet(
        kind=payload["loai"],
        lead=payload["co_quan_chu_tri"],
        deadline=payload["han_nop"],
        awards=payload["hinh_thuc"].split(),
        kinds=payload["doi_tuong"].split(),
        criteria={tier: payload[f"tieu_chi_{tier}"] for tier in TIERS if f"tieu_chi_{tier}" in payload},
        cach_tinh_thoi_gian=payload["cach_tinh_thoi_gian"],
        guidance_on=payload.get("ngay_huong_dan"),
        collectives=payload.get("toi_da_tap_the"),
        individuals=payload.get("toi_da_ca_nhan"),
        non_leaders=payload.get("ty_le_khong_lanh_dao"),
        form_data=form_data,
    )


def values(round: Round) -> dict[str, Any]:
    """Return the answers of the form `round` as they hold now; `settings` of them says the same again."""
    given = {
        "ten": round.title,
        "loai": round.kind,
        "co_quan_chu_tri": round.lead,
        "so_huong_dan": round.guidance_number,
        "ngay_huong_dan": round.guidance_on.isoformat() if round.guidance_on else None,
        "han_nop": round.deadline.isoformat(),
        "hinh_thuc": " ".join(round.awards),
        "doi_tuong": " ".join(round.kinds),
        "cach_tinh_thoi_gian": round.cach_tinh_thoi_gian,
        "toi_da_tap_the": round.collectives,
        "toi_da_ca_nhan": round.individuals,
        "ty_le_khong_lanh_dao": round.non_leaders,
    } | {f"tieu_chi_{tier}": table for tier, table in round.criteria.items()}
    return {name: value for name, value in given.items() if value is not None}


def open_round(opened: RoundOpened, wanted: RoundSet, today: date) -> list[Fact]:
    """Open a round; InvalidForm if its deadline is over before it begins."""
    if date.fromisoformat(wanted.deadline) < today:
        raise InvalidForm(fields={"han_nop": [("date_past", {})]})
    return [opened, wanted]


def change_round(round: Round, wanted: RoundSet, nominated: Collection[tuple[str, str]]) -> list[Fact]:
    """Change what holds for an open round.

    Args:
        nominated: award form and kind of everything nominated in it; these stay allowed.

    Raises:
        RoundRefuses: why is round_closed, award_in_use or kind_in_use.
    """
    _check_open(round)
    for award, kind in sorted(nominated):
        if award not in wanted.awards:
            raise RoundRefuses(why="award_in_use", round=round.code, award=award)
        if kind not in wanted.kinds:
            raise RoundRefuses(why="kind_in_use", round=round.code, kind=kind)
    return [wanted]


def close_round(round: Round) -> list[Fact]:
    _check_open(round)
    return [RoundClosed()]


def remind(round: Round, behind: Iterable[str], today: date) -> list[Fact]:
    """Remind the units that are behind.

    Raises:
        RoundRefuses: why is round_closed or nobody_to_remind.
    """
    _check_open(round)
    units = sorted(behind)
    if not units:
        raise RoundRefuses(why="nobody_to_remind", round=round.code)
    return [UnitsReminded(units=units, day=today.isoformat())]


def check_open_to(round: Round | None, award: str, kind: str, today: date, late_reason: str | None) -> bool:
    """Check that one may nominate for this award in this round today; return whether it is late.

    Raises:
        RoundRefuses: why is round_needed, round_closed, award_not_open, kind_not_open or deadline_past (no reason was
            given for coming late).
    """
    if round is None:
        if is_above_unit(award):
            raise RoundRefuses(why="round_needed", award=award)
        return False
    _check_open(round)
    if award not in round.awards:
        raise RoundRefuses(why="award_not_open", round=round.code, award=award)
    if kind not in round.kinds:
        raise RoundRefuses(why="kind_not_open", round=round.code, kind=kind)
    late = today > round.deadline
    if late and not late_reason:
        raise RoundRefuses(why="deadline_past", round=round.code, deadline=round.deadline)
    return late


def _check_open(round: Round) -> None:
    if not round.is_open:
        raise RoundRefuses(why="round_closed", round=round.code)


# --- what a nomination starts with ---------------------------------------------------------------------------------


def variables(unit: str, units: Units, round: Round | None, movement: Movement | None) -> dict[str, bool | str]:
    """Return what a process may know of the unit, the round and the movement of a nomination; see its BUILT_IN."""
    known = units[unit]
    superior = units.get(known.superior or "")
    given: dict[str, bool | str] = {
        "nomination.unit_kind": known.kind,
        "nomination.under_district": superior is not None and superior.kind == DISTRICT,
        "nomination.own_of_consolidator": round is not None and is_below(unit, round.lead, units),
    }
    if round and movement:
        given |= {
            "movement.launcher": movement.launcher,
            "movement.start_date": movement.starts_on.isoformat(),
            "movement.planned_end_date": movement.planned_end.isoformat(),
            "movement.cach_tinh_thoi_gian": round.cach_tinh_thoi_gian,
        }
    return given


def is_below(unit: str, other: str, units: Units) -> bool:
    """Return whether a unit is the other one or anywhere below it."""
    seen: set[str] = set()
    at: str | None = unit
    while at is not None and at not in seen:
        if at == other:
            return True
        seen.add(at)
        at = units[at].superior if at in units else None
    return False


def proposing(units: Iterable[Unit], book: RoleBook, on: date) -> list[Unit]:
    """Return the units that may propose on a day: those where somebody may hold a role that nominates."""
    roles = [book.roles[role] for role in sorted(NOMINATORS)]
    return [unit for unit in units if unit.exists_on(on) and any(role.open_to(unit) for role in roles)]


# --- readers -----------------------------------------------------------------------------------------------------


def movements(reader: Connection) -> dict[str, Movement]:
    """Return every movement by id, the latest first."""
    m = tables.movement.c
    rows = reader.execute(select(tables.movement).order_by(m.issued_on.desc(), m.id))
    return {row.id: _movement(row) for row in rows}


def movement(reader: Connection, id: str) -> Movement | None:
    row = reader.execute(select(tables.movement).where(tables.movement.c.id == id)).first()
    return _movement(row) if row else None


def rounds(reader: Connection) -> list[Round]:
    """Return every round, the latest first."""
    r = tables.round.c
    return [_round(row) for row in reader.execute(select(tables.round).order_by(r.year.desc(), r.number.desc()))]


def round_named(reader: Connection, name: str) -> Round | None:
    """Return a round by its code or its id."""
    r = tables.round.c
    row = reader.execute(select(tables.round).where((r.code == name) | (r.id == name))).first()
    return _round(row) if row else None


def nominated_in(reader: Connection, code: str) -> set[tuple[str, str]]:
    """Return award form and kind of everything nominated in a round."""
    n = tables.nomination.c
    return {(row.award, row.kind) for row in reader.execute(select(n.award, n.kind).where(n.round == code).distinct())}


def standings(reader: Connection, code: str, units: Collection[str] | None = None) -> dict[str, Standing]:
    """Return what each unit, or each of `units`, has in a round; one query over its nominations and their tasks.

    A nomination is submitted when a step of it first opened outside its unit, or when it ended inside; it is returned
    while a step waits inside after that. What the lead body or the appraisers do on their own nominees is outside.
    """
    n, t = tables.nomination.c, tables.user_task.c
    inside = and_(t.unit == n.unit, func.coalesce(t.role, "").in_(UNIT_ROLES))
    outside = case((and_(t.unit.is_not(None), not_(inside)), t.opened_at))
    waits_inside = case((and_(t.state.in_(tables.WAITING), inside), 1), else_=0)
    one = (
        select(
            n.id,
            n.unit,
            n.kind,
            n.leader,
            n.late,
            func.coalesce(func.min(outside), n.ended_at).label("submitted"),
            func.max(waits_inside).label("inside"),
        )
        .join_from(tables.nomination, tables.user_task, t.case_id == n.id, isouter=True)
        .where(n.round == code, n.status != "RUT", true() if units is None else n.unit.in_(units))
        .group_by(n.id)
        .subquery()
    )
    c = one.c
    people = case((c.kind == "ca_nhan", c.leader))
    query = select(
        c.unit,
        func.count().label("nominations"),
        func.sum(case((c.kind == "tap_the", 1), else_=0)).label("collectives"),
        func.sum(case((c.kind == "ca_nhan", 1), else_=0)).label("individuals"),
        func.count(people).label("asked"),
        func.coalesce(func.sum(people), 0).label("leaders"),
        func.sum(c.late).label("late"),
        func.count(c.submitted).label("submitted"),
        func.sum(case((and_(c.submitted.is_not(None), c.inside == 1), 1), else_=0)).label("returned"),
        func.max(c.submitted).label("last_submitted"),
    ).group_by(c.unit)
    return {row.unit: _standing(row) for row in reader.execute(query)}


def reminders(reader: Connection, round: str) -> dict[str, tuple[int, date]]:
    """Return how often each unit was reminded in a round, and on which day last."""
    r = tables.round_reminder.c
    rows = reader.execute(select(r.unit, r.times, r.day).where(r.round_id == round))
    return {row.unit: (row.times, date.fromisoformat(row.day)) for row in rows}


def _standing(row: Row[Any]) -> Standing:
    found = dict(row._mapping)
    unit, last = found.pop("unit"), found.pop("last_submitted")
    assert unit
    counts = {name: int(value or 0) for name, value in found.items()}
    return Standing(**counts, last_submitted=time_of(last) if last else None)


def _movement(row: Row[Any]) -> Movement:
    days = {name: date.fromisoformat(getattr(row, name)) for name in ("issued_on", "starts_on", "planned_end")}
    return Movement(**row._asdict() | days)


def _round(row: Row[Any]) -> Round:
    told = row._asdict() | {
        "deadline": date.fromisoformat(row.deadline),
        "awards": tuple(row.awards.split()),
        "kinds": tuple(row.kinds.split()),
        "criteria": json.loads(row.criteria),
        "guidance_on": date.fromisoformat(row.guidance_on) if row.guidance_on else None,
        "opened_at": time_of(row.opened_at),
        "closed_at": time_of(row.closed_at) if row.closed_at else None,
    }
    return Round(**{name: value for name, value in told.items() if name not in ("year", "number")})
