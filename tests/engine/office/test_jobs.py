"""Jobs do what is due, whoever calls them and however often; what fails stops nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine.commands import RemindUnits
from engine.errors import CannotOpen, NotAllowed
from engine.office import messages
from engine.office.failures import PAUSES, TRIES
from engine.office.jobs import Jobs
from engine.ports import Message
from engine.store import tables
from engine.store.database import Database
from tests.builders import Office, new_id
from tests.movers import Movers
from tests.waiting import WaitingOffice


class Sink:
    """Takes messages; `fails` is raised after one was taken, as by a sender that dies before it can write that down."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.fails: Exception | None = None
        self.nowhere = False

    def send(self, message: Message) -> bool:
        self.taken.append(message)
        if self.fails:
            raise self.fails
        return not self.nowhere


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def office(database: Database, tmp_path: Path) -> WaitingOffice:
    return WaitingOffice(database, tmp_path / "release")


@pytest.fixture
def jobs(office: WaitingOffice, tmp_path: Path) -> Jobs:
    return Jobs(office.engine, tmp_path)


def elements(office: Office, codes: list[str]) -> list[list[str]]:
    return [[task.element for task in office.engine.nomination(office.auditor, code).tasks] for code in codes]


# --- timers


def test_all_timers_that_are_due_fire_once(office: WaitingOffice, jobs: Jobs) -> None:
    codes = [office.waiting() for _ in range(5)]
    assert jobs.fire_timers() == 0
    office.clock.move(days=1)
    assert jobs.fire_timers() == 5
    assert jobs.fire_timers() == 0
    assert elements(office, codes) == [["check"]] * 5


def test_timers_fire_once_when_the_clock_goes_back_a_day_and_forth_again(office: WaitingOffice, jobs: Jobs) -> None:
    first = office.waiting()
    office.clock.move(days=1)
    assert jobs.fire_timers() == 1
    office.clock.move(days=-1)
    second = office.waiting()
    assert jobs.fire_timers() == 0
    office.clock.move(days=1)
    assert jobs.fire_timers() == 1
    assert elements(office, [first, second]) == [["check"]] * 2
    assert office.engine.verify().ok


def spoil(office: WaitingOffice, code: str) -> None:
    """Make the state of a nomination unreadable, as a defect of ours or of the disk would."""
    stream = f"nomination:{office.engine.nomination(office.auditor, code).id}"
    with office.engine.database.write() as tx:
        tx.execute(update(tables.stream).where(tables.stream.c.stream == stream).values(snapshot=b"no state"))


def test_one_timer_that_cannot_fire_stops_no_other_and_is_given_up_after_three_tries(
    office: WaitingOffice, jobs: Jobs
) -> None:
    bad, *good = [office.waiting() for _ in range(4)]
    spoil(office, bad)
    office.clock.move(days=1)
    assert jobs.fire_timers() == 3
    assert elements(office, good) == [["check"]] * 3
    assert office.engine.job_failures() == []
    for pause in PAUSES:
        assert jobs.fire_timers() == 0
        office.clock.at += pause
        assert jobs.fire_timers() == 0
    [given_up] = office.engine.job_failures()
    assert (given_up.job, given_up.tries) == ("timers", TRIES)
    office.clock.move(days=30)
    jobs.fire_timers()
    assert office.engine.job_failures() == [given_up]


def test_what_was_given_up_is_done_once_an_administrator_mended_it(office: WaitingOffice, jobs: Jobs) -> None:
    code = office.waiting()
    stream = tables.stream.c
    name = f"nomination:{office.engine.nomination(office.auditor, code).id}"
    with office.engine.database.read() as reader:
        kept = reader.execute(select(stream.snapshot).where(stream.stream == name)).scalar_one()
    spoil(office, code)
    office.clock.move(days=1)
    for pause in (timedelta(0), *PAUSES):
        office.clock.at += pause
        jobs.fire_timers()
    [given_up] = office.engine.job_failures()
    with office.engine.database.write() as tx:
        tx.execute(update(tables.stream).where(stream.stream == name).values(snapshot=kept))
    assert jobs.fire_timers() == 0
    office.engine.retry_job(given_up.job, given_up.item)
    assert jobs.fire_timers() == 1
    assert office.engine.job_failures() == []
    assert elements(office, [code]) == [["check"]]


# --- all of them


def test_a_job_that_breaks_stops_no_other(office: WaitingOffice, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    code = office.waiting()
    office.clock.move(days=1)

    def broken() -> int:
        raise RuntimeError

    monkeypatch.setitem(jobs._all, "documents", broken)
    monkeypatch.setitem(jobs._all, "reminders", broken)
    assert jobs.run_all(urgent=True) == 1
    assert elements(office, [code]) == [["check"]]
    with office.engine.database.read() as reader:
        assert reader.execute(select(tables.merkle_head)).all()


def test_while_the_database_is_away_jobs_say_so_and_nothing_counts_as_tried(
    office: WaitingOffice, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.waiting()
    office.clock.move(days=1)

    def away(_: object) -> None:
        raise CannotOpen(why="unreachable")

    with monkeypatch.context() as patched:
        patched.setattr(office.engine, "fire_timer", away)
        with pytest.raises(CannotOpen):
            jobs.run_all()
    assert jobs.fire_timers() == 1


# --- reminders and messages


@pytest.fixture
def movers(database: Database) -> Movers:
    return Movers(database)


def waiting(office: Office) -> list[Message]:
    with office.engine.database.read() as reader:
        return messages.waiting(reader, office.clock.now(), 1000)


def remind_round(movers: Movers) -> str:
    code = movers.open()
    command = RemindUnits(command_id=new_id(), actor=movers.consolidator.person.id, round=code)
    movers.engine.remind_units(command)
    return code


def test_a_reminder_of_a_round_is_in_the_outbox_by_the_same_transaction_and_sent_once(
    movers: Movers, sink: Sink, tmp_path: Path
) -> None:
    code = remind_round(movers)
    before = waiting(movers)
    jobs = Jobs(movers.engine, tmp_path, sink)
    assert jobs.send_messages() == len(before) > 0
    assert jobs.send_messages() == 0
    assert {message.about["code"] for message in sink.taken} == {code}
    assert [message.key for message in sink.taken] == [message.key for message in before]
    assert movers.engine.rebuild() == []
    assert movers.engine.verify().ok
    assert waiting(movers) == []


def test_a_sender_that_dies_after_sending_sends_again_under_the_same_key(
    movers: Movers, sink: Sink, tmp_path: Path
) -> None:
    remind_round(movers)
    jobs = Jobs(movers.engine, tmp_path, sink)
    sink.fails = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        jobs.send_messages()
    sink.fails = None
    jobs.send_messages()
    assert sink.taken[0].key == sink.taken[1].key
    assert len({message.key for message in sink.taken}) == len(sink.taken) - 1


def test_a_mail_server_that_refuses_is_asked_three_times(movers: Movers, sink: Sink, tmp_path: Path) -> None:
    remind_round(movers)
    jobs = Jobs(movers.engine, tmp_path, sink)
    sink.fails = ConnectionRefusedError()
    for pause in (timedelta(0), *PAUSES, timedelta(days=1)):
        movers.clock.at += pause
        assert jobs.send_messages() == 0
    assert len(sink.taken) == TRIES * len(waiting(movers))
    assert {failure.job for failure in movers.engine.job_failures()} == {"messages"}


def test_a_unit_without_an_address_is_not_asked_for_one_again(movers: Movers, sink: Sink, tmp_path: Path) -> None:
    remind_round(movers)
    jobs = Jobs(movers.engine, tmp_path, sink)
    sink.nowhere = True
    jobs.send_messages()
    count = len(sink.taken)
    assert (jobs.send_messages(), len(sink.taken)) == (0, count)


def test_old_messages_are_not_sent_when_mail_is_turned_on(movers: Movers, sink: Sink, tmp_path: Path) -> None:
    remind_round(movers)
    movers.clock.move(days=8)
    assert Jobs(movers.engine, tmp_path, sink).send_messages() == 0


def test_units_are_told_once_a_workday_what_is_over_or_near_its_limit(
    database: Database, sink: Sink, tmp_path: Path
) -> None:
    office = Office(database)
    office.nominate()
    due = office.only_task(office.nominate()["code"]).task.due
    assert due is not None
    jobs = Jobs(office.engine, tmp_path, sink)
    office.clock.at = datetime.combine(due.due_on, datetime.min.time(), office.clock.at.tzinfo) + timedelta(days=14)
    while office.clock.at.weekday() != 5:
        office.clock.move(days=1)
    assert jobs.remind() == 0  # a Saturday
    office.clock.move(days=1, hours=18)
    assert jobs.remind() == 0  # one o'clock on Monday morning
    office.clock.move(hours=8)
    assert jobs.remind() == 1
    assert jobs.remind() == 0
    jobs.send_messages()
    [message] = sink.taken
    assert (message.kind, message.unit, message.about["overdue"], message.about["soon"]) == ("overdue", "X2545", 2, 0)
    assert office.engine.verify().ok


def test_without_mail_nobody_is_reminded(office: WaitingOffice, jobs: Jobs) -> None:
    office.clock.move(hours=3)
    assert (jobs.remind(), jobs.send_messages()) == (0, 0)


def test_nobody_but_the_jobs_reminds_of_limits(office: WaitingOffice) -> None:
    command = messages.command_of(office.engine.today())
    with pytest.raises(NotAllowed):
        office.engine.remind_overdue(type(command)(**vars(command) | {"actor": office.head.person.id}))
