"""What the derived tables say after each kind of fact."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import pytest
from sqlalchemy import Row, select

from engine import facts
from engine.canonical import hash_of, time_text
from engine.store import tables as t
from engine.store.database import Database, Transaction
from engine.store.projections import PROJECTIONS
from tests.engine.store import acts

PERSON = str(uuid5(acts.SPACE, "person"))


def only(database: Database, table: Any) -> Row[Any]:
    with database.read() as reader:
        return reader.execute(select(table)).one()


def everything(database: Database, table: Any) -> list[Row[Any]]:
    with database.read() as reader:
        return list(reader.execute(select(table).order_by(*table.primary_key.columns)))


@pytest.fixture
def stream(database: Database) -> str:
    """A nomination of Đỗ Thị Hường, waiting at its first step."""
    acts.open_dossier(database)
    return acts.nominate(database)


def happens(database: Database, stream: str, *listed: facts.Fact, minute: int = 1) -> None:
    acts.act(database, f"{stream} {minute}", {stream: list(listed)}, at=acts.minutes(minute))


def test_every_fact_has_a_projection() -> None:
    assert set(PROJECTIONS) == set(facts.type_of.values())


def test_a_nomination_starts_with_name_search_text_and_first_step(database: Database, stream: str) -> None:
    nomination, task, dossier = only(database, t.nomination), only(database, t.user_task), only(database, t.dossier)

    assert (nomination.code, nomination.nominee, nomination.status) == ("KT-2026-0001/01", "Đỗ Thị Hường", "DE_NGHI")
    assert nomination.search == "do thi huong kt-2026-0001/01"
    assert (dossier.code, dossier.status, dossier.lines) == ("KT-2026-0001", "BINH_XET", 1)
    assert task.id == str(uuid5(UUID(acts.nomination_id(1)), "self_assessment#1"))
    assert (task.state, task.version, task.candidate_group) == ("open", 1, "CB_TDKT_DV:X2545")
    assert (task.award, task.proposing_unit, task.search) == ("GK_XA", "X2545", nomination.search)
    assert (task.due_on, task.assignee) == (t.NO_DUE_DATE, None)


def test_a_completed_step_tells_who_and_when_and_the_next_one_opens(database: Database, stream: str) -> None:
    happens(database, stream, acts.completed_step("self_assessment"), acts.opened_step("council", due_on="2026-12-01"))

    council, assessment = everything(database, t.user_task)
    assert (assessment.state, assessment.done_by, assessment.assignee) == ("done", acts.OFFICIAL, acts.OFFICIAL)
    assert (assessment.done_at, assessment.version) == (time_text(acts.minutes(1)), 2)
    assert (council.state, council.due_on, council.element) == ("open", "2026-12-01", "council")


def test_each_change_of_hands_is_a_new_version_of_the_task(database: Database, stream: str) -> None:
    key = "self_assessment#1"
    happens(database, stream, facts.TaskClaimed(key=key, by=acts.OFFICIAL))
    claimed = only(database, t.user_task)
    happens(database, stream, facts.TaskAssigned(key=key, to=PERSON), minute=2)
    assigned = only(database, t.user_task)
    happens(database, stream, facts.TaskReleased(key=key), minute=3)
    released = only(database, t.user_task)

    assert [row.assignee for row in (claimed, assigned, released)] == [acts.OFFICIAL, PERSON, None]
    assert [row.version for row in (claimed, assigned, released)] == [2, 3, 4]
    assert claimed.claimed_at == time_text(acts.minutes(1))
    assert released.claimed_at is None


def test_suspending_freezes_steps_and_timers_and_resuming_thaws_them(database: Database, stream: str) -> None:
    timer = facts.TimerScheduled(key="wait#1", element="wait", due_at="2026-12-01T00:00:00.000000Z")
    happens(database, stream, facts.StatusReached(status="DU_DK"), timer)
    happens(database, stream, facts.ProcessSuspended(), minute=2)

    suspended = only(database, t.nomination)
    assert (suspended.status, suspended.suspended_at) == ("TAM_DUNG", time_text(acts.minutes(2)))
    assert (only(database, t.user_task).state, only(database, t.timer).frozen) == ("frozen", 1)

    happens(database, stream, facts.ProcessResumed(), minute=3)

    assert (only(database, t.nomination).status, only(database, t.nomination).suspended) == ("DU_DK", 0)
    assert (only(database, t.user_task).state, only(database, t.timer).frozen) == ("open", 0)


def test_a_withdrawn_nomination_has_ended_and_so_has_its_dossier(database: Database, stream: str) -> None:
    cancelled = facts.StepCancelled(key="self_assessment#1", element="self_assessment")
    happens(database, stream, facts.ProcessWithdrawn(), cancelled)

    assert (only(database, t.nomination).status, only(database, t.user_task).state) == ("RUT", "cancelled")
    assert only(database, t.nomination).ended_at == time_text(acts.minutes(1))
    assert only(database, t.dossier).status == "RUT"


def test_a_dossier_is_done_when_all_its_nominations_have_ended(database: Database, stream: str) -> None:
    other = acts.nominate(database, 2)
    happens(database, stream, facts.StatusReached(status="DUOC_KHEN"), facts.ProcessEnded(element="awarded"))
    assert only(database, t.dossier).status == "BINH_XET"

    happens(database, other, facts.ProcessWithdrawn())

    assert only(database, t.dossier).status == "HOAN_TAT"
    assert [row.status for row in everything(database, t.nomination)].count("DUOC_KHEN") == 1


def test_an_award_is_kept_with_its_decision_and_forgets_the_nominee_who_is_erased(
    database: Database, stream: str
) -> None:
    collective = acts.nominate(database, 2, "Trường THPT Hàm Yên", kind="tap_the")
    decision = {"paper": "paper", "number": "15/QĐ-UBND", "day": "2026-11-16"}
    happens(database, collective, facts.AwardGranted(award="BK_TINH", authority="CT_UBND", **decision))
    row = only(database, t.nominee_award)
    assert (row.identity, row.award, row.authority) == ("X2545 truong thpt ham yen", "BK_TINH", "CT_UBND")
    assert (row.number, row.day) == ("15/QĐ-UBND", "2026-11-16")

    happens(database, collective, facts.DataErased(erased_data=[], erased_blobs=[]), minute=2)

    row = only(database, t.nominee_award)
    assert (row.identity, row.number) == (None, "15/QĐ-UBND")


def test_timers_messages_and_incidents_stand_there_until_they_end(database: Database, stream: str) -> None:
    timer = facts.TimerScheduled(key="wait#1", element="wait", due_at="2026-12-01T00:00:00.000000Z")
    message = facts.MessageAwaited(key="paper#1", element="paper", message="paper_issued")
    incident = facts.IncidentRaised(key="gate#1", element="gate", why="no_flow")
    happens(database, stream, timer, message, incident)
    happens(database, stream, incident, minute=2)

    assert only(database, t.timer).due_at == timer.due_at
    assert only(database, t.message_subscription).message == "paper_issued"
    assert (only(database, t.incident).why, only(database, t.incident).raised_at) == (
        "no_flow",
        time_text(acts.minutes(2)),
    )

    happens(
        database,
        stream,
        facts.TimerEnded(key="wait#1", element="wait", fired=True),
        facts.MessageEnded(key="paper#1", element="paper", received=True),
        facts.IncidentResolved(key="gate#1", element="gate"),
        minute=3,
    )

    assert [everything(database, table) for table in (t.timer, t.message_subscription, t.incident)] == [[], [], []]


def test_a_file_is_listed_with_its_name(database: Database, stream: str) -> None:
    def work(tx: Transaction) -> dict[str, Any]:
        tx.lock([stream])
        name = tx.put_form_data({"name": "Báo cáo.pdf"})
        content = tx.put_blob(b"scan")
        attached = facts.FileAttached(file=PERSON, sha256=content, size=4, media_type="application/pdf", name_data=name)
        acts.append(tx, "file", stream, attached)
        return {}

    database.once("file", acts.OFFICIAL, hash_of("file"), work)

    assert (only(database, t.case_file).name, only(database, t.case_file).by) == (
        "Báo cáo.pdf",
        acts.OFFICIAL,
    )


def test_a_fact_about_a_step_that_is_not_there_is_refused(database: Database, stream: str) -> None:
    with pytest.raises(RuntimeError, match="0 rows instead of one"):
        happens(database, stream, acts.completed_step("council"))


def test_people_accounts_and_memberships_follow_their_facts(database: Database) -> None:
    def work(tx: Transaction) -> dict[str, Any]:
        tx.lock([f"person:{PERSON}"])
        named = tx.put_form_data({"full_name": "Lê Văn Đức", "position": "Trưởng phòng"})
        account = tx.put_form_data({"username": "duc.lv"})
        listed = [
            facts.PersonAdded(person=PERSON, person_data=named),
            facts.AccountOpened(person=PERSON, account_data=account),
            facts.MembershipAdded(membership="m1", person=PERSON, unit="SNV", role="SNV_CV", valid_from="2026-01-01"),
        ]
        acts.append(tx, "add", f"person:{PERSON}", *listed)
        return {}

    database.once("add", acts.OFFICIAL, hash_of("add"), work)
    happens(
        database,
        f"person:{PERSON}",
        facts.PasswordSet(person=PERSON),
        facts.LoggedIn(person=PERSON),
        facts.AccountDisabled(person=PERSON),
        facts.MembershipEnded(membership="m1", person=PERSON, valid_to="2026-12-31"),
    )

    person, account, membership = (only(database, table) for table in (t.person, t.account, t.membership))
    assert (person.full_name, person.position, person.search) == ("Lê Văn Đức", "Trưởng phòng", "le van duc")
    assert (account.username, account.demo, account.disabled) == ("duc.lv", 0, 1)
    assert account.password_set_at == account.last_login_at == time_text(acts.minutes(1))
    assert (membership.role, membership.valid_to) == ("SNV_CV", "2026-12-31")


def test_units_days_and_releases_follow_their_facts(database: Database) -> None:
    added = facts.UnitAdded(unit="X1", title="Xã Tân Trào", kind="xa", valid_from="2025-07-01", predecessors=["H1"])
    ended = facts.UnitEnded(unit="X1", valid_to="2026-12-31", successors=["X2"])
    acts.act(database, "unit", {"unit:X1": [added, ended]})
    days = [facts.DaySet(day="2026-01-02", kind=kind, document="CV 1") for kind in ("nghi", "lam_bu")]
    acts.act(database, "days", {"calendar": days})
    published = facts.ReleasePublished(release="R3", sha256="0" * 64, in_force_from="2025-07-01", regime="R3")
    acts.act(database, "release", {"release": [published]})

    unit, day, release = only(database, t.unit), only(database, t.calendar_day), only(database, t.release)
    assert (unit.search, unit.valid_to, unit.predecessors, unit.successors) == (
        "xa tan trao x1",
        "2026-12-31",
        '["H1"]',
        '["X2"]',
    )
    assert (day.day, day.kind) == ("2026-01-02", "lam_bu")
    assert (release.id, release.regime, release.published_seq) == ("R3", "R3", 1)


def test_a_dossier_is_where_the_last_of_its_open_nominations_stands(database: Database, stream: str) -> None:
    other = acts.nominate(database, 2)
    happens(database, stream, facts.DossierStatusReached(status="THAM_DINH"))
    assert only(database, t.dossier).status == "BINH_XET"

    happens(database, other, facts.DossierStatusReached(status="CA_TONG_HOP"), minute=2)
    assert only(database, t.dossier).status == "CA_TONG_HOP"

    happens(database, other, facts.ProcessSuspended(), minute=3)
    assert only(database, t.dossier).status == "THAM_DINH"

    happens(database, stream, facts.ProcessEnded(element="awarded"), minute=4)
    assert only(database, t.dossier).status == "TAM_DUNG"
