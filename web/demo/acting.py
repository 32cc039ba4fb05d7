"""Acting as the people of the demo: every act is a command that somebody sends, on the clock of the demo."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from engine.commands import (
    SYSTEM,
    AddMembership,
    AddPerson,
    AddUnit,
    BatchItem,
    CompleteBatch,
    CompleteTask,
    OpenAccount,
    StartNomination,
    StartPaper,
)
from engine.office import timers
from engine.office.clock import local_day
from engine.office.service import Engine
from engine.office.views import Actor, PaperPart, TaskRow
from web.demo.answers import fill, typed
from web.demo.clock import DemoClock
from web.demo.people import Member, random_password
from web.office import RELEASE

STEP = timedelta(minutes=7)
MOST_ROWS = 1_000
SINCE = date(2025, 7, 1)  # of units and memberships that the demo enters
PAPER_STATES = ("soan", "xem_xet", "trinh_ky", "da_ky", "da_cap_so", "da_phat_hanh", "da_nhan")
# How the symbol of a number names a body; others are named by their id.
SYMBOLS = {"VP": "UBND", "CAT": "CAT-PV01"}

Answers = Callable[[TaskRow], dict[str, str] | None]


class Acting:
    """The people of an office, and what they do. Who acts is found by role and unit; several take turns."""

    def __init__(self, engine: Engine, clock: DemoClock, step: timedelta = STEP) -> None:
        self.engine = engine
        self.clock = clock
        self.step = step
        self.people: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._actors: dict[str, Actor] = {}
        self._numbers: defaultdict[tuple[str, str], int] = defaultdict(int)

    @property
    def today(self) -> date:
        return local_day(self.clock.now())

    # --- who is there

    def enter(self, members: Iterable[Member]) -> list[dict[str, str]]:
        """Enter people; return the accounts of those that have one."""
        accounts = []
        for member in members:
            person = str(uuid5(NAMESPACE_URL, f"khenthuong:demo:{member.name}:{member.role}:{member.unit}"))
            by: dict[str, Any] = {"actor": SYSTEM, "person": person}
            self.engine.add_person(AddPerson(command_id=_id(), full_name=member.name, position=member.position, **by))
            joins = AddMembership(command_id=_id(), unit=member.unit, role=member.role, valid_from=SINCE, **by)
            self.engine.add_membership(joins)
            self.people[member.role, member.unit].append(person)
            if member.username:
                password = random_password()
                opens = OpenAccount(command_id=_id(), username=member.username, password=password, demo=True, **by)
                self.engine.open_account(opens)
                row = {"username": member.username, "password": password, "role": member.role, "unit": member.unit}
                accounts.append(row)
        return accounts

    def add_unit(self, unit: str, title: str, kind: str) -> None:
        self.engine.add_unit(
            AddUnit(
                command_id=_id(), actor=SYSTEM, unit=unit, title=title, kind=kind, valid_from=SINCE, superior="UBND"
            )
        )

    def actor(self, role: str, unit: str, turn: int = 0) -> Actor:
        """Return who holds a role in a unit; with several, the one whose turn it is."""
        holders = self.people[role, unit]
        person = holders[turn % len(holders)]
        if person not in self._actors:
            self._actors[person] = self.engine.actor(person)
        return self._actors[person]

    # --- nominations

    def nominate(
        self, unit: str, award: str, form: dict[str, str], dossier: str | None = None, **more: str | None
    ) -> dict[str, Any]:
        """Nominate somebody; `more`: round, late_reason."""
        self.clock.pass_by(self.step)
        kind = "tap_the" if form["doi_tuong"].startswith(("tap_the", "doanh_nghiep")) else "ca_nhan"
        return self.engine.start_nomination(
            StartNomination(
                command_id=_id(),
                actor=self.actor("CB_TDKT_DV", unit).person.id,
                unit=unit,
                award=award,
                kind=kind,
                dossier=dossier,
                form=form,
                **more,
            )
        )

    def waiting(self, actor: Actor, step: str, **filters: str) -> Iterator[TaskRow]:
        """Return the open tasks of a step that somebody may take; those of others of the group are left to them."""
        after: str | None = None
        while True:
            page = self.engine.inbox(actor, "group", step=step, limit=200, after=after, **filters)
            yield from page.items
            after = page.next
            if after is None:
                return

    def file(self, actor: Actor, step: str, answers: Answers, **filters: str) -> int:
        """Complete the open tasks of a step in batch acts; a task without answers is left waiting."""
        items = []
        for task in list(self.waiting(actor, step, **filters)):
            form = answers(task)
            if form is not None:
                items.append(BatchItem(task=task.id, expected_version=task.version, form=form))
        for begin in range(0, len(items), MOST_ROWS):
            self.clock.pass_by(self.step)
            part = tuple(items[begin : begin + MOST_ROWS])
            self.engine.complete_batch(CompleteBatch(command_id=_id(), actor=actor.person.id, items=part))
        return len(items)

    def complete(self, actor: Actor, task: TaskRow, form: dict[str, str]) -> dict[str, Any]:
        """Complete one task."""
        self.clock.pass_by(self.step)
        command = CompleteTask(
            command_id=_id(), actor=actor.person.id, task=task.id, expected_version=task.version, form=form
        )
        return self.engine.complete_task(command)

    def let_timers_pass(self) -> None:
        """Let all that waits for a day go on, as the jobs of an office do."""
        with self.engine.database.read() as reader:
            due = timers.due(reader, self.clock.now(), MOST_ROWS)
        for command in due:
            self.engine.fire_timer(command)

    # --- papers

    def papers(
        self, role: str, unit: str, kind: str, takes: Callable[[str], bool] = bool, until: str = "da_nhan"
    ) -> list[str]:
        """Draft a paper of this kind for each part that waits for one, and bring it to a state.

        Args:
            takes: whether the paper takes a nomination, by its code.
            until: of PAPER_STATES.
        """
        drafter = self.actor(role, unit)
        parts = [part for choice in self.engine.paper_choices(drafter) if choice.kind == kind for part in choice.parts]
        return [code for part in parts if (code := self._draft(drafter, kind, part, takes, until))]

    def _draft(
        self, drafter: Actor, kind: str, part: PaperPart, takes: Callable[[str], bool], until: str
    ) -> str | None:
        codes = tuple(code for code, _nominee in part.nominations if takes(code))[:MOST_ROWS]
        if not codes:
            return None
        return self.paper(drafter, kind, codes, until)

    def paper(self, drafter: Actor, kind: str, codes: tuple[str, ...], until: str) -> str:
        """Draft a paper over these nominations and bring it to a state."""
        self.clock.pass_by(self.step)
        command = StartPaper(command_id=_id(), actor=drafter.person.id, kind=kind, nominations=codes)
        paper = str(self.engine.start_paper(command)["code"])
        self.carry(drafter, paper, until)
        return paper

    def carry(self, reader: Actor, paper: str, until: str) -> None:
        """Bring a paper to a state, each step by whose it is. `reader` is somebody who may see it."""
        while True:
            view = self.engine.paper(reader, paper)
            if not view.tasks or PAPER_STATES.index(view.status) >= PAPER_STATES.index(until):
                return
            [task] = view.tasks
            actor = self.actor(task.role or "", task.unit or "")
            self.complete(actor, task, self._paper_form(task, view.kind, view.unit))

    def _paper_form(self, task: TaskRow, kind: str, unit: str) -> dict[str, str]:
        given: dict[str, str] = {}
        if task.element == "number":
            given = {"so_van_ban": self._number(unit, kind), "ngay_van_ban": typed(self.today)}
        elif task.element in ("review", "sign"):
            given = {"outcome": {"review": "dong_y", "sign": "ky"}[task.element]}
        return fill(task.form or "", self.today, **given)

    def _number(self, unit: str, kind: str) -> str:
        """Return the next number of the register of a body: one register per type of paper and year."""
        type = _kinds()[kind].get("type", "")
        self._numbers[unit, type] += 1
        body = "UBND" if unit.startswith("X") else SYMBOLS.get(unit, unit)
        return (
            f"{self._numbers[unit, type]:02d}/{type}-{body}" if type else f"{self._numbers[unit, type]:02d}/{body}-TĐ"
        )


@cache
def _kinds() -> dict[str, Any]:
    return dict(tomllib.loads((RELEASE / "papers.toml").read_text("utf-8"))["kinds"])


def _id() -> str:
    return str(uuid4())
