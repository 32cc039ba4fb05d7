"""Two acts on one case: the second one waits for the first and judges what that one left."""

from __future__ import annotations

from typing import Any

import pytest

from engine.commands import ClaimTask, CompleteTask
from engine.errors import TaskAlreadyCompleted, TaskHeld
from engine.store.database import Database
from tests.builders import ASSESSMENT, Office, new_id
from tests.turns import one_while_the_other_waits


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_who_comes_second_to_a_task_is_told_that_it_is_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    task = office.only_task(office.nominate()["code"]).task
    complete = {"actor": office.officer.person.id, "task": task.id, "expected_version": task.version}

    def act() -> Any:
        return office.engine.complete_task(CompleteTask(command_id=new_id(), form=ASSESSMENT, **complete))

    assert isinstance(one_while_the_other_waits(office.engine.database, act, act, monkeypatch), TaskAlreadyCompleted)
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

    assert isinstance(one_while_the_other_waits(office.engine.database, claim, complete, monkeypatch), TaskHeld)
