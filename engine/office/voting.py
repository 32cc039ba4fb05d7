"""Votes of a council: what is recorded of them, the forms they fill in, and what they lead to.

The threshold stands in no code. Which count is enough is found by letting the nomination's own process try: the
least number of votes in favour that takes the same way as a unanimous vote (DOMAIN §3.6: integers, on the total
membership).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from engine.commands import BatchItem
from engine.errors import EngineError, InvalidForm
from engine.office.act import Sight
from engine.office.completing import Desk, Judged

# Fields by which a form is known to hold the vote of a council (DOMAIN §3.6).
COUNTS = ("phieu_phat_ra", "phieu_thu_ve", "dong_y", "khong_dong_y", "khong_hop_le")
TOTAL, PRESENT, CONCERNED = "tong_so", "co_mat", "khong_bo_phieu_do_lien_quan"
FALLBACK, NO_FALLBACK = "hinh_thuc_thay_the", "khong"
FALLBACK_AGREE, FALLBACK_COLLECTED = "thay_the_dong_y", "thay_the_thu_ve"
PRESENT_HERE, IN_WRITING, ABSENT = ATTENDANCE = ("co_mat", "van_ban", "vang_mat")
MOST_MEMBERS = 200
MOST_LISTED = 1_000
LONGEST = {"name": 200, "position": 300}
LONGEST_CELL = 5_000

Form = Mapping[str, Any]


@dataclass(frozen=True)
class Member:
    """Who belongs to the council, and how they took part."""

    name: str
    position: str
    attendance: str
    teller: bool


@dataclass(frozen=True)
class Record:
    """What was written down of a session; counts stay as they were typed until the session is closed."""

    day: date
    place: str
    chair: str
    secretary: str
    minutes: str
    members: tuple[Member, ...]
    common: dict[str, str]
    rows: dict[str, dict[str, str]]  # task -> field -> text; `concerned` names who did not vote, one per line

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Record:
        """Return the record that `raw` holds.

        Raises:
            InvalidForm: a value of the roll call cannot be; of counts only the shape is looked at here.
        """
        problems: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        day = _day(raw.get("day"), problems)
        members = _members(raw.get("members"), problems)
        texts = {name: _text(raw.get(name), name, problems) for name in ("place", "chair", "secretary", "minutes")}
        common = _cells(raw.get("common"), "common", problems)
        rows = {str(task): _cells(cells, str(task), problems) for task, cells in dict(raw.get("rows") or {}).items()}
        known = {member.name for member in members}
        for task, cells in rows.items():
            strangers = [name for name in names_in(cells.get("concerned", "")) if name not in known]
            if strangers:
                problems[f"{task}.concerned"] = [("not_in_council", {"name": strangers[0]})]
        if problems:
            raise InvalidForm(fields=problems)
        return cls(day=day, members=members, common=common, rows=rows, **texts)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"day": self.day.isoformat(), "members": [asdict(member) for member in self.members]}

    def count(self, attendance: str) -> int:
        return sum(member.attendance == attendance for member in self.members)

    @property
    def total(self) -> int:
        return len(self.members)

    @property
    def present(self) -> int:
        return self.count(PRESENT_HERE)

    @property
    def written(self) -> int:
        return self.count(IN_WRITING)

    def concerned(self, task: str) -> list[str]:
        return names_in(self.rows[task].get("concerned", ""))

    def form(self, task: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form of a task is filled in with; `fields` are those it has."""
        known = {
            "ngay_hop": self.day.isoformat(),
            "bien_ban_so": self.minutes,
            TOTAL: str(self.total),
            PRESENT: str(self.present),
            CONCERNED: str(len(self.concerned(task))),
            FALLBACK: NO_FALLBACK,
        }
        given = {name: text for cells in (self.common, self.rows[task]) for name, text in cells.items() if text}
        return {name: value for name, value in (known | given).items() if name in fields and value}


def names_in(text: str) -> list[str]:
    return [name.strip() for name in text.replace(";", "\n").splitlines() if name.strip()]


def _day(raw: Any, problems: dict[str, Any]) -> date:
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        problems["day"] = [("date_format", {})]
        return date.min


def _text(raw: Any, name: str, problems: dict[str, Any], longest: int = 300) -> str:
    text = " ".join(str(raw or "").split()) if raw is None or isinstance(raw, str) else ""
    if len(text) > longest or not (raw is None or isinstance(raw, str)):
        problems[name] = [("too_long", {"max": longest})]
    return text


def _members(raw: Any, problems: dict[str, Any]) -> tuple[Member, ...]:
    members = []
    for position, each in enumerate(raw if isinstance(raw, list | tuple) else ()):
        texts = {name: _text(each.get(name), f"members.{position}", problems, LONGEST[name]) for name in LONGEST}
        if texts["name"]:
            attendance = each.get("attendance") if each.get("attendance") in ATTENDANCE else ABSENT
            members.append(Member(**texts, attendance=attendance, teller=each.get("teller") is True))
    names = [member.name for member in members]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        problems["members"] = [("member_twice", {"name": twice})]
    if not 1 <= len(members) <= MOST_MEMBERS:
        problems["members"] = [("required", {})]
    return tuple(members)


def _cells(raw: Any, place: str, problems: dict[str, Any]) -> dict[str, str]:
    cells = {str(name): value for name, value in dict(raw or {}).items()}
    if any(not isinstance(value, str) or len(value) > LONGEST_CELL for value in cells.values()):
        problems[place] = [("too_long", {"max": LONGEST_CELL})]
        return {}
    return {name: value.strip() for name, value in cells.items() if value.strip()}


# --- the forms a session fills in --------------------------------------------------------------------------------


def form_of(sight: Sight, task: Row[Any]) -> Form | None:
    """Return the form of a task. `task` has release, process and element."""
    release = sight.releases.get(sight.tx, task.release)
    node = release.process(task.process).node(task.element)
    return release.form(node.form) if node and node.form else None


def is_vote(form: Form | None) -> bool:
    """Return whether a form holds the counts of a vote."""
    return form is not None and {TOTAL, *COUNTS} <= {field["name"] for field in form["fields"]}


def items_of(stated: Record, desk: Desk) -> tuple[list[BatchItem], dict[str, EngineError]]:
    """Return the completions that a session asks for, and those it must refuse by itself."""
    items: list[BatchItem] = []
    refused: dict[str, EngineError] = {}
    for task in stated.rows:
        row = desk.tasks.get(task)
        form = form_of(desk.sight, row) if row else None
        values = stated.form(task, {field["name"]: field for field in (form or {}).get("fields", ())})
        items.append(BatchItem(task=task, expected_version=row.version if row else 0, form=values))
        if problem := _too_many_ballots(stated, task, values):
            refused[task] = problem
    return items, refused


def _too_many_ballots(stated: Record, task: str, values: Form) -> InvalidForm | None:
    """Ballots go to members who are there or are asked in writing, and are not concerned themselves."""
    handed_out = str(values.get(COUNTS[0], ""))[:9]  # what is longer, or no number, is refused by the form
    most = stated.present + stated.written - len(stated.concerned(task))
    if handed_out.isdecimal() and int(handed_out) > most:
        return InvalidForm(fields={COUNTS[0]: [("too_many_ballots", {"max": most})]})
    return None


# --- what a vote leads to ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What the process makes of a count.

    `needed` votes of `total` are enough; None where the way hangs on no count. `share` of the total membership in
    hundredths of a per cent, cut off. `fallback`: whether the other form voted in the same session goes through.
    """

    passed: bool | None
    needed: int | None
    total: int
    agree: int
    share: int
    fallback: bool | None = None


class Verdicts:
    """Verdicts on the rows of one session; thresholds are found once for rows that cannot differ."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._needed: dict[tuple[Any, ...], int | None] = {}

    def of(self, judged: Judged) -> Verdict:
        given = judged.variables
        total, agree = int(given[TOTAL]), int(given["dong_y"])
        best = self._first(judged, total)
        taken = self._desk.flows(judged.task, given)
        passed = taken[0] == best if taken and best else None
        fallback = None
        if passed is False and given.get(FALLBACK, NO_FALLBACK) != NO_FALLBACK:
            all_for = dict(given) | {FALLBACK_AGREE: total, FALLBACK_COLLECTED: total}
            fallback = self._desk.flows(judged.task, all_for) == taken
        return Verdict(passed, self._least(judged, total, best), total, agree, agree * 10_000 // total, fallback)

    def _first(self, judged: Judged, agree: int) -> str | None:
        """Return the first flow chosen if so many agreed."""
        flows = self._desk.flows(judged.task, dict(judged.variables) | {"dong_y": agree})
        return flows[0] if flows else None

    def _least(self, judged: Judged, total: int, best: str | None) -> int | None:
        key = self._key(judged, total)
        if key not in self._needed:
            self._needed[key] = self._search(judged, total, best)
        return self._needed[key]

    def _search(self, judged: Judged, total: int, best: str | None) -> int | None:
        if best is None or self._first(judged, 0) == best:
            return None
        too_few, enough = 0, total
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            if self._first(judged, middle) == best:
                enough = middle
            else:
                too_few = middle
        return enough

    def _key(self, judged: Judged, total: int) -> tuple[Any, ...]:
        """Return all that the choice behind the vote reads, beside the count itself."""
        definition, task = judged.instance.definition, judged.task
        gateways = {flow.target for flow in definition.flows.values() if flow.source == task.element}
        conditions = [flow.id for flow in definition.flows.values() if flow.source in gateways and flow.condition]
        read = {name for flow in conditions for name in definition.programs[flow].names}
        own = {name: value for name, value in judged.instance.variables.items() if name in read}
        others = {name: value for name, value in own.items() if not name.startswith(f"{task.element}.")}
        fallback = judged.variables.get(FALLBACK)
        return (task.release, task.process, task.element, total, fallback, *sorted(others.items()))
