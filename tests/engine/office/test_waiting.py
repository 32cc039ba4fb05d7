"""Two acts on one case: the second one waits for the first and judges what that one left."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import text

from engine.commands import ClaimTask, CompleteTask
from engine.errors import TaskAlreadyCompleted, TaskHeld
from engine.store.database import Database
from tests.builders import ASSESSMENT, Office, new_id


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def somebody_waits(database: Database) -> bool:
    """Whether a transaction waits for another one; on SQLite every writer does, before it has begun."""
    if database.url.startswith("sqlite:"):
        return True
    with database.read() as reader:
        return bool(reader.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def one_while_the_other_waits(
    office: Office, first: Callable[[], Any], second: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Return what the second answers, which wants the same case before the first has committed."""
    begun = Event()
    usual = office.engine.database._work

    def work(command_id: str, actor: str, body_hash: str, does: Callable[[Any], Any]) -> Any:
        def slowly(tx: Any) -> Any:
            if begun.is_set():
                return does(tx)
            done = does(tx)
            begun.set()
            until = monotonic() + 30
            while not somebody_waits(office.engine.database) and monotonic() < until:
                sleep(0.01)
            return done

        return usual(command_id, actor, body_hash, slowly)

    monkeypatch.setattr(office.engine.database, "_work", work)
    with ThreadPoolExecutor() as pool:
        before = pool.submit(first)
        begun.wait(timeout=30)
        after = pool.submit(second)
        before.result(timeout=30)
        return after.exception(timeout=30) or after.result()


def test_who_comes_second_to_a_task_is_told_that_it_is_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    task = office.only_task(office.nominate()["code"]).task
    complete = {"actor": office.officer.person.id, "task": task.id, "expected_version": task.version}

    def act() -> Any:
        return office.engine.complete_task(CompleteTask(command_id=new_id(), form=ASSESSMENT, **complete))

    assert isinstance(one_while_the_other_waits(office, act, act, monkeypatch), TaskAlreadyCompleted)
    assert office.engine.verify().ok


def test_a_task_claimed_meanwhile_is_not_completed_by_another(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    colleague = office.person("Lương Văn Tài", "CB_TDKT_DV")
    task = office.only_task(office.nominate()["code"]).task

    def claim() -> Any:
        return office.engine.claim_task(
            ClaimTask(command_id=new_id(), actor=colleague.person.id, task=task.id, expected_version=task.version)
        )

    def complete() -> Any:
        return office.engine.complete_task(
            CompleteTask(
                command_id=new_id(),
                actor=office.officer.person.id,
                task=task.id,
                expected_version=task.version,
                form=ASSESSMENT,
            )
        )

    assert isinstance(one_while_the_other_waits(office, claim, complete, monkeypatch), TaskHeld)
