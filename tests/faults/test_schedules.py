"""Random schedules of retries, stale forms and double clicks, against a model of one task in a dozen lines."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.commands import ClaimTask, Command, CompleteTask, ReleaseTask
from engine.errors import CommandReused, EngineError
from engine.store.database import Database
from tests.builders import ASSESSMENT, Office, new_id

KINDS = ("claim", "release", "complete")


@dataclass
class Model:
    """What must come of a command on the one task of a nomination: the code of a refusal, or None."""

    version: int = 1
    holder: str | None = None
    done: bool = False

    def refusal(self, kind: str, person: str, version: int, in_group: bool) -> str | None:
        if self.done:
            return "task_already_completed"
        if not in_group:
            return "not_allowed"
        if kind == "release" and self.holder != person:
            return "task_not_claimed"
        if kind != "release" and self.holder not in (None, person):
            return "task_held"
        return None if version == self.version else "stale_task"

    def follow(self, kind: str, person: str) -> None:
        if kind == "complete":
            self.done = True
        else:
            self.version += 1
            self.holder = person if kind == "claim" else None


@dataclass(frozen=True)
class Click:
    """A click: what is asked, by whom, on a form how many versions old; `again`: an earlier one is sent once more."""

    kind: str
    who: int
    stale: int
    again: int | None  # the same command, or with another body if `changed`
    changed: bool
    double: bool


CLICKS = st.builds(
    Click,
    kind=st.sampled_from(KINDS),
    who=st.integers(0, 2),
    stale=st.sampled_from([0, 0, 0, 1]),
    again=st.one_of(st.none(), st.integers(0, 20)),
    changed=st.booleans(),
    double=st.booleans(),
)


class Desk:
    """One nomination, its model, and every command that was sent with what came of it."""

    def __init__(self, office: Office, people: list[Any]) -> None:
        self.office = office
        self.people = people
        code = office.nominate()["code"]
        self.code = code
        self.task = office.only_task(code).task.id
        self.model = Model()
        self.sent: list[tuple[str, Command, dict[str, Any] | None]] = []

    def send(self, command: Command) -> dict[str, Any] | str:
        try:
            return self.office.engine.execute(command)
        except EngineError as refused:
            return refused.code

    def click(self, click: Click, pool: ThreadPoolExecutor) -> None:
        earlier = self.sent[click.again % len(self.sent)] if click.again is not None and self.sent else None
        if earlier:
            kind, command, answer = earlier
            if click.changed:
                command = replace(command, expected_version=command.expected_version + 7)  # type: ignore[attr-defined,call-arg]
        else:
            kind, command, answer = click.kind, self.command(click), None
        results = list(pool.map(self.send, [command] * (2 if click.double else 1)))
        if answer is not None:
            assert results == [CommandReused.code if click.changed else answer] * len(results)
            return
        person = self.people[[p.person.id for p in self.people].index(command.actor)]
        in_group = "CB_TDKT_DV:X2545" in person.groups
        expected = self.model.refusal(kind, command.actor, command.expected_version, in_group)  # type: ignore[attr-defined]
        if expected:
            assert results == [expected] * len(results)
        else:
            assert isinstance(results[0], dict)
            assert results == [results[0]] * len(results)
            self.model.follow(kind, command.actor)
            self.sent.append((kind, command, results[0]))

    def command(self, click: Click) -> Command:
        what: dict[str, Any] = {"command_id": new_id(), "actor": self.people[click.who].person.id, "task": self.task}
        what["expected_version"] = self.model.version - click.stale
        if click.kind == "claim":
            return ClaimTask(**what)
        return ReleaseTask(**what) if click.kind == "release" else CompleteTask(form=ASSESSMENT, **what)

    def check(self) -> None:
        acts = [line.act for line in self.office.engine.history(self.office.auditor, self.code)]
        names = {"claim": "claimed", "release": "released", "complete": "completed"}
        assert acts == ["started", *(names[kind] for kind, _command, _answer in self.sent)]


@pytest.mark.parametrize("schedules", [20, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])])
def test_every_schedule_ends_as_the_model_says(sqlite_url: str, schedules: int, seen: Callable[..., None]) -> None:
    database = Database(sqlite_url)
    office = Office(database)
    people = [office.officer, office.person("Lương Thị Lan", "CB_TDKT_DV"), office.council]
    clicks = 0

    @settings(max_examples=schedules, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(CLICKS, min_size=1, max_size=12))
    def run(schedule: list[Click]) -> None:
        nonlocal clicks
        desk = Desk(office, people)
        with ThreadPoolExecutor(2) as pool:
            for click in schedule:
                desk.click(click, pool)
                clicks += 1
        desk.check()

    run()
    report = office.engine.verify()
    assert report.ok, report
    database.close()
    seen(schedules=schedules, clicks=clicks)
