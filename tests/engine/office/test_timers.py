"""Timers fire when they are due, once, and never for a case that stands still."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.commands import FireTimer, SuspendNomination
from engine.errors import NotAllowed, NotFound, TaskNotOpen
from engine.office import timers
from engine.store import tables
from engine.store.database import Database
from tests.builders import new_id
from tests.waiting import STUCK, WaitingOffice


@pytest.fixture
def office(database: Database, tmp_path: Path) -> WaitingOffice:
    return WaitingOffice(database, tmp_path / "release")


def due(office: WaitingOffice) -> list[FireTimer]:
    with office.engine.database.read() as reader:
        return timers.due(reader, office.clock.now(), 100)


def test_nothing_is_due_before_its_time(office: WaitingOffice) -> None:
    office.waiting()
    office.clock.move(hours=23, minutes=59)
    assert due(office) == []
    office.clock.move(minutes=1)
    assert len(due(office)) == 1


def test_a_timer_that_is_due_lets_the_nomination_go_on(office: WaitingOffice) -> None:
    code = office.waiting()
    office.clock.move(days=1)
    [command] = due(office)
    office.engine.fire_timer(command)
    assert office.only_task(code).task.element == "check"
    assert due(office) == []
    assert office.engine.history(office.auditor, code)[-1].act == "timer"
    assert office.engine.verify().ok
    assert office.engine.rebuild() == []


def test_a_timer_fires_once_however_often_it_is_found(office: WaitingOffice) -> None:
    code = office.waiting()
    office.clock.move(days=1)
    [command] = due(office)
    first = office.engine.fire_timer(command)
    assert office.engine.fire_timer(command) == first
    with pytest.raises(TaskNotOpen):
        office.engine.fire_timer(replace(command, command_id=new_id()))
    assert [line.act for line in office.engine.history(office.auditor, code)] == ["started", "timer"]


def test_a_timer_that_was_set_anew_does_not_fire_for_the_old_time(office: WaitingOffice) -> None:
    office.waiting()
    office.clock.move(days=1)
    [command] = due(office)
    with pytest.raises(TaskNotOpen):
        office.engine.fire_timer(timers.command_of(command.stream, command.key, "2026-11-16T03:00:00.000000Z"))


def test_timers_of_a_suspended_nomination_wait_with_it(office: WaitingOffice) -> None:
    code = office.waiting()
    organiser = office.person("Trần Thị Hồng Nhung", "TT_DV")
    reason = "Đang xác minh đơn tố cáo."
    suspend = SuspendNomination(command_id=new_id(), actor=organiser.person.id, nomination=code, reason=reason)
    office.clock.move(days=1)
    [command] = due(office)
    office.engine.suspend_nomination(suspend)
    assert due(office) == []
    with pytest.raises(TaskNotOpen):
        office.engine.fire_timer(command)


def test_a_path_that_fails_behind_the_timer_is_parked_and_the_timer_has_fired(office: WaitingOffice) -> None:
    office.waiting(**STUCK)
    office.clock.move(days=1)
    [command] = due(office)
    assert office.engine.fire_timer(command)["incident"]
    assert due(office) == []


def test_nobody_but_the_jobs_fires_timers(office: WaitingOffice) -> None:
    office.waiting()
    office.clock.move(days=1)
    [command] = due(office)
    with pytest.raises(NotAllowed):
        office.engine.fire_timer(replace(command, command_id=new_id(), actor=office.head.person.id))


def test_a_case_that_is_not_there_has_no_timer(office: WaitingOffice) -> None:
    with pytest.raises(NotFound):
        office.engine.fire_timer(timers.command_of(f"nomination:{new_id()}", "a_day#1", "2026-11-17T02:00:00.000000Z"))


def test_the_earliest_timers_come_first_and_no_more_than_asked_for(office: WaitingOffice) -> None:
    office.waiting()
    office.clock.move(hours=1)
    office.waiting()
    office.clock.move(days=2)
    with office.engine.database.read() as reader:
        [first] = timers.due(reader, office.clock.now(), 1)
        [second] = timers.due(reader, office.clock.now(), 1, besides=[first.command_id])
        subjects = reader.execute(tables.timer.select()).all()
    assert first.due_at < second.due_at
    assert {row.subject for row in subjects} == {"nomination"}
