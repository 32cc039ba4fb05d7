"""The large demo: the round of the whole province, 200 units with 1,500 nominations, at every step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from engine.commands import AddUnit, EndUnit
from engine.office import seeds
from web.demo.acting import Acting
from web.demo.campaign import LEAD, STAGES, Campaign, Proposed, Unit
from web.demo.people import OFFICE, UNIT_ROLES, Member, names
from web.demo.unit_awards import UnitAwards

UNITS, NOMINATIONS = 200, 1_500
STEP = timedelta(seconds=50)
CHANCE = 230  # the same province every time
# How many of a hundred units stay at each stage, in the order of STAGES.
SHARES = (4, 4, 4, 6, 10, 6, 8, 12, 8, 6, 5, 4, 4, 3, 16)
MORE_UNITS = (
    ("truong", "THPT", "Trường Trung học phổ thông {}", 14),
    ("su_nghiep", "TTYT", "Trung tâm Y tế khu vực {}", 12),
    ("dn", "CTCP", "Công ty Cổ phần {}", 12),
)
PLACES = (
    *(
        "Sơn Nam",
        "Kim Xuyên",
        "Hòa Phú",
        "Xuân Huy",
        "Ỷ La",
        "Tân Hà",
        "Tháng 10",
        "Thượng Lâm",
        "Minh Quang",
        "Phù Lưu",
    ),
    *("Thái Hòa", "Đông Thọ", "Quang Bình", "Việt Vinh"),
)
# Bodies that take part in judging, or are asked, propose nobody here.
NOT_PROPOSING = frozenset({"UBND", "HDTDKT", "VP", "TU"})


def tell(acting: Acting) -> list[dict[str, str]]:
    """Make the province and let it work; return the accounts."""
    acting.step = STEP
    chance = Random(CHANCE)
    accounts = acting.enter(OFFICE)
    units = list(_units(acting, chance))
    acting.enter(_staff(units, names(chance)))
    Campaign(acting, units).run()
    UnitAwards(acting).tell()
    return accounts


def _units(acting: Acting, chance: Random) -> Iterator[Unit]:
    """Return the units of the round, with whom they nominate."""
    found = _bodies(acting)
    stages = [stage for stage, share in zip(STAGES, SHARES, strict=True) for _ in range(share)]
    some_name = names(chance)
    number = 1_000
    for place, (unit, title, kind) in enumerate(found):
        count = NOMINATIONS // len(found) + (place < NOMINATIONS % len(found))
        stage = "appraisal" if unit == LEAD else stages[place * 37 % len(stages)]
        proposed = tuple(_proposed(kind, title, number + each, each, next(some_name)) for each in range(count))
        number += count
        yield Unit(unit, title, stage, proposed, variety=place, late=place % 23 == 5)


def _bodies(acting: Acting) -> list[tuple[str, str, str]]:
    """Return (id, title, kind) of so many bodies as the round has: those of the province, and schools and companies."""
    commands = seeds.unit_commands()
    ended = {command.unit for command in commands if isinstance(command, EndUnit)}
    found = [
        (command.unit, command.title, command.kind)
        for command in commands
        if isinstance(command, AddUnit)
        and command.valid_from <= acting.today
        and command.unit not in ended | NOT_PROPOSING
    ]
    for kind, short, title, count in MORE_UNITS:
        for place in range(count):
            if len(found) < UNITS:
                unit = f"{short}{place + 1:02d}"
                acting.add_unit(unit, title.format(PLACES[place]), kind)
                found.append((unit, title.format(PLACES[place]), kind))
    return found


def _proposed(kind: str, title: str, number: int, place: int, name: str) -> Proposed:
    """Return whom a unit nominates in a place of its list: first itself, then people; a few for the State level."""
    award = {4: "BK_TTG", 6: "HCLD_3"}.get(place, "BK_TINH") if number % 3 == 0 else "BK_TINH"
    if place == 0:
        group = {"xa": "tap_the_xa", "phuong": "tap_the_xa", "dn": "doanh_nghiep"}.get(kind, "tap_the_tinh")
        return Proposed(f"Tập thể {title}", number, award, group, title, lacks="A8.3" if number % 5 == 0 else "")
    group = "nguoi_dan" if kind in ("xa", "phuong") and place % 3 == 2 else "cong_chuc_vien_chuc"
    if kind == "dn":
        group = "nguoi_lao_dong"
    return Proposed(name, number, award, group, title, "Công chức", "D1" if number % 29 == 4 else "")


def _staff(units: list[Unit], some_name: Iterator[str]) -> Iterator[Member]:
    """Return those without an account who hold the roles of the units."""
    held = {(member.role, member.unit) for member in OFFICE}
    for unit in units:
        for role, title in UNIT_ROLES.items():
            if (role, unit.id) not in held:
                yield Member(None, next(some_name), f"{title}, {unit.title}", role, unit.id)
