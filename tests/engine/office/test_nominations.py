"""A Giấy khen from nomination to its end, through the front door, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from engine.commands import AssignTask, AttachFile, ClaimTask, CompleteTask, ReleaseTask, WithdrawNomination
from engine.errors import (
    CommandReused,
    InvalidForm,
    NoFormHere,
    NominationClosed,
    NotAllowed,
    NotFound,
    SeparationOfDuties,
    StaleTask,
    TaskAlreadyCompleted,
    TaskHeld,
)
from engine.store.database import Database
from tests.builders import (
    AGREES,
    ASSESSMENT,
    NOTICE,
    PDF,
    REFUSES,
    VOTE,
    WANTS_MORE,
    WHY_NOT,
    Office,
    new_id,
)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_a_nomination_runs_to_the_award_and_verifies(office: Office) -> None:
    code = office.awarded()

    view = office.engine.nomination(office.auditor, code)
    assert (view.status, view.tasks) == ("DUOC_KHEN", ())
    assert [line.element for line in view.history if line.act == "completed"] == [
        "self_assessment",
        "council",
        "head_decision",
        "award_notice",
    ]
    report = office.engine.verify()
    assert (report.ok, report.reexecuted, report.not_reexecuted) == (True, 1, 0), report


def test_one_without_an_initiative_is_not_eligible_and_told_why(office: Office) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT | {"so_sang_kien_de_an_06": "0"})

    task = office.only_task(code, office.council)
    failed = [c.code for c in task.nomination.criteria if c.result == "KHONG_DAT"]
    assert (task.task.element, failed) == ("not_eligible_notice", ["D1"])

    office.complete(code, office.council, NOTICE | WHY_NOT)
    assert office.engine.nomination(office.auditor, code).status == "KHONG_DU_DK"


def test_missing_evidence_is_left_to_the_council_and_never_counts_as_failed(office: Office) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, {k: v for k, v in ASSESSMENT.items() if k != "so_sang_kien_de_an_06"})

    task = office.only_task(code, office.council)
    assert task.task.element == "council"
    assert {c.result for c in task.nomination.criteria if c.code == "D1"} == {"THIEU_MINH_CHUNG"}


def test_the_head_may_return_a_nomination_once(office: Office) -> None:
    code = office.at_head()
    office.complete(code, office.head, WANTS_MORE)
    assert office.engine.nomination(office.auditor, code).status == "BO_SUNG"
    office.complete(code, office.officer, ASSESSMENT)

    final = office.only_task(code, office.head)
    assert [o["value"] for o in (final.form or {})["outcomes"]] == ["dong_y", "khong_dong_y"]
    with pytest.raises(InvalidForm):
        office.complete(code, office.head, WANTS_MORE)
    office.complete(code, office.head, AGREES)
    office.complete(code, office.officer, NOTICE)
    assert office.engine.nomination(office.auditor, code).status == "DUOC_KHEN"
    assert office.engine.verify().ok


def test_a_refused_nominee_is_told_in_writing(office: Office) -> None:
    code = office.at_head()
    office.complete(code, office.head, REFUSES)
    office.complete(code, office.officer, NOTICE | WHY_NOT)
    assert office.engine.nomination(office.auditor, code).status == "KHONG_DUOC_KHEN"


def test_half_of_the_council_is_no_majority(office: Office) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT)
    office.complete(code, office.council, VOTE | {"tong_so": "10", "dong_y": "5", "khong_dong_y": "4"})
    assert office.only_task(code).task.element == "refusal_notice"


def test_nominations_of_one_dossier_are_numbered_in_order(office: Office) -> None:
    first = office.nominate()
    second = office.nominate(dossier=first["dossier"], ten="Trần Thị Nụ")
    third = office.nominate(ten="Lò Văn Páo")

    assert [n["code"] for n in (first, second, third)] == ["KT-2026-0001/01", "KT-2026-0001/02", "KT-2026-0002/01"]
    dossier = office.engine.dossier(office.officer, first["dossier"])
    assert [n.nominee for n in dossier.nominations] == ["Ma Văn Tuấn", "Trần Thị Nụ"]


def test_the_same_command_gives_the_same_answer_and_changes_nothing(office: Office) -> None:
    code = office.nominate()["code"]
    task = office.only_task(code, office.officer).task
    command = CompleteTask(
        command_id=new_id(),
        actor=office.officer.person.id,
        task=task.id,
        expected_version=task.version,
        form=ASSESSMENT,
    )
    answer = office.engine.complete_task(command)
    before = len(office.engine.history(office.auditor, code))
    assert office.engine.complete_task(command) == answer
    assert len(office.engine.history(office.auditor, code)) == before


def test_the_same_command_id_with_another_body_is_refused(office: Office) -> None:
    id = new_id()
    task = office.only_task(office.nominate()["code"], office.officer).task
    same = {"command_id": id, "actor": office.officer.person.id, "task": task.id, "expected_version": 1}
    office.engine.complete_task(CompleteTask(form=ASSESSMENT, **same))
    with pytest.raises(CommandReused):
        office.engine.complete_task(CompleteTask(form=ASSESSMENT | {"da_kich_hoat": "khong"}, **same))


def test_a_wrong_value_saves_nothing_and_names_its_field(office: Office) -> None:
    code = office.nominate()["code"]
    with pytest.raises(InvalidForm) as refused:
        office.complete(code, office.officer, ASSESSMENT | {"so_sang_kien_de_an_06": "một"})
    assert set(refused.value.fields) == {"so_sang_kien_de_an_06"}
    assert [line.act for line in office.engine.history(office.auditor, code)] == ["started"]


def test_a_task_someone_else_finished_is_said_with_name_and_time(office: Office) -> None:
    colleague = office.person("Nguyễn Văn Bách", "CB_TDKT_DV")
    code = office.nominate()["code"]
    task = office.only_task(code, colleague).task
    office.complete(code, office.officer, ASSESSMENT)
    with pytest.raises(TaskAlreadyCompleted) as refused:
        office.engine.complete_task(
            CompleteTask(
                command_id=new_id(),
                actor=colleague.person.id,
                task=task.id,
                expected_version=task.version,
                form=ASSESSMENT,
            )
        )
    assert (refused.value.params["by"], refused.value.params["at"]) == ("Hoàng Thị Mai", office.clock.now())


def test_a_claimed_task_is_held_until_it_is_released(office: Office) -> None:
    colleague = office.person("Nguyễn Văn Bách", "CB_TDKT_DV")
    code = office.nominate()["code"]
    held = office.claim(code, office.officer).task
    take = {"actor": colleague.person.id, "task": held.id, "expected_version": held.version}
    with pytest.raises(TaskHeld):
        office.engine.claim_task(ClaimTask(command_id=new_id(), **take))

    give = ReleaseTask(command_id=new_id(), actor=office.officer.person.id, task=held.id, expected_version=held.version)
    office.engine.release_task(give)
    with pytest.raises(StaleTask):
        office.engine.claim_task(ClaimTask(command_id=new_id(), **take))
    office.engine.claim_task(ClaimTask(command_id=new_id(), **take | {"expected_version": held.version + 1}))


def test_the_head_hands_a_task_to_a_member_of_its_group_alone(office: Office) -> None:
    code = office.nominate()["code"]
    task = office.only_task(code, office.head).task
    hand = {"actor": office.head.person.id, "task": task.id, "expected_version": task.version}
    with pytest.raises(NotAllowed):
        office.engine.assign_task(AssignTask(command_id=new_id(), to=office.council.person.id, **hand))
    office.engine.assign_task(AssignTask(command_id=new_id(), to=office.officer.person.id, **hand))
    assert [row.id for row in office.engine.inbox(office.officer, "mine").items] == [task.id]


def test_who_nominated_does_not_decide(office: Office) -> None:
    both = office.person("Vi Văn Thắng", "TT_DV")
    code = office.at_head()
    office.complete(code, office.head, WANTS_MORE)
    office.complete(code, office.officer, ASSESSMENT)
    assert office.only_task(code, both).may >= {"complete"}

    officer_and_head = office.person("Quan Thị Vân", "CB_TDKT_DV")
    from engine.commands import SYSTEM, AddMembership

    office.engine.add_membership(
        AddMembership(
            command_id=new_id(),
            actor=SYSTEM,
            person=officer_and_head.person.id,
            unit="X2545",
            role="TT_DV",
            valid_from=date(2025, 7, 1),
        )
    )
    acts_twice = office.engine.actor(officer_and_head.person.id)
    own = office.nominate(by=acts_twice)["code"]
    office.complete(own, office.officer, ASSESSMENT)
    office.complete(own, office.council, VOTE)
    with pytest.raises(SeparationOfDuties):
        office.complete(own, acts_twice, AGREES)


def test_another_unit_sees_a_nomination_no_more_than_one_that_does_not_exist(office: Office) -> None:
    code = office.nominate()["code"]
    task = office.only_task(code).task
    for name in (code, "KT-2026-9999/01"):
        with pytest.raises(NotFound):
            office.engine.nomination(office.other, name)
    with pytest.raises(NotFound):
        office.engine.claim_task(
            ClaimTask(command_id=new_id(), actor=office.other.person.id, task=task.id, expected_version=1)
        )
    assert office.engine.nominations(office.other).items == ()


def test_an_auditor_reads_but_never_acts(office: Office) -> None:
    code = office.nominate()["code"]
    task = office.only_task(code, office.auditor)
    assert task.may == frozenset()
    with pytest.raises(NotAllowed):
        office.complete(code, office.auditor, ASSESSMENT)


def test_a_nomination_is_withdrawn_with_a_reason_and_stays_closed(office: Office) -> None:
    code = office.at_head()
    asked = {"actor": office.officer.person.id, "nomination": code}
    with pytest.raises(InvalidForm):
        office.engine.withdraw_nomination(WithdrawNomination(command_id=new_id(), reason=" ", **asked))
    reason = "Đơn vị rút để lập lại hồ sơ cấp tỉnh."
    office.engine.withdraw_nomination(WithdrawNomination(command_id=new_id(), reason=reason, **asked))

    view = office.engine.nomination(office.officer, code)
    assert (view.status, view.tasks, view.history[-1].note) == ("RUT", (), reason)
    with pytest.raises(NominationClosed):
        office.engine.withdraw_nomination(WithdrawNomination(command_id=new_id(), reason=reason, **asked))
    assert office.engine.verify().ok


def test_an_award_of_another_kind_of_unit_is_refused(office: Office) -> None:
    from engine.commands import StartNomination
    from tests.builders import NOMINEE

    command = StartNomination(
        command_id=new_id(),
        actor=office.officer.person.id,
        unit="X2545",
        award="GK_SO",
        kind="ca_nhan",
        form=NOMINEE,
    )
    with pytest.raises(NoFormHere):
        office.engine.start_nomination(command)


def test_a_file_stays_with_its_nomination_byte_for_byte(office: Office) -> None:
    code = office.nominate()["code"]
    content = PDF + "Quyết định công nhận sáng kiến".encode()
    answer = office.engine.attach_file(
        AttachFile(
            command_id=new_id(),
            actor=office.officer.person.id,
            nomination=code,
            file_name="Sáng kiến Ma Văn Tuấn.pdf",
            content=content,
        )
    )
    view, stored = office.engine.file(office.council, code, answer["file"])
    assert (view.name, stored) == ("Sáng kiến Ma Văn Tuấn.pdf", content)
    assert office.engine.verify().ok


def test_no_name_or_number_of_a_person_is_in_the_journal(office: Office, database: Database) -> None:
    office.awarded()
    with database.read() as reader:
        bodies = " ".join(row.body for row in reader.rows_of_journal())
    for typed in ("Ma Văn Tuấn", "008090001234", "Hoàng Thị Mai", "kích hoạt tài khoản", "1990-09-02"):
        assert typed not in bodies


def test_limits_are_counted_in_working_days_from_the_day_a_step_opens(office: Office) -> None:
    code = office.nominate()["code"]
    due = office.only_task(code).task.due
    assert due is not None
    assert (due.due_on, due.days_left) == (date(2026, 11, 23), 5)
