"""A paper from its draft to the body that receives it, through the front door, on both databases."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from engine.commands import SYSTEM, AddMembership, CompleteTask, ProduceDocument, StartPaper, WithdrawPaper
from engine.errors import (
    DocumentPending,
    InvalidForm,
    NotAllowed,
    NotFound,
    PaperNotInDrafting,
    SeparationOfDuties,
)
from engine.office import moving
from engine.office.jobs import Jobs
from engine.store.database import Database
from tests.builders import new_id
from tests.papers import DRAFT, ISSUES, PASSES, RECEIVES, RETURNS, SIGNS, PaperOffice, number


def states(office: PaperOffice, codes: list[str]) -> set[tuple[str, ...]]:
    return {tuple(t.element for t in office.engine.nomination(office.auditor, code).tasks) for code in codes}


def test_a_paper_runs_to_its_receiver_and_moves_its_nominations_on(office: PaperOffice) -> None:
    codes = office.nominations(3)
    code = office.issued(codes)

    assert (office.paper(code).status, office.paper(code).number) == ("da_phat_hanh", "15/TTr-UBND")
    assert states(office, codes) == {("check",)}
    assert office.step(code, office.desk, RECEIVES)["ended"]
    assert office.paper(code).status == "da_nhan"
    report = office.engine.verify()
    assert (report.ok, report.reexecuted, report.not_reexecuted) == (True, 4, 0), report


def test_each_state_is_reached_by_the_step_before_it(office: PaperOffice) -> None:
    code = office.draft(office.nominations(1))
    seen = [office.paper(code).status]
    steps = [(office.officer, DRAFT), (office.council, PASSES), (office.head, SIGNS), (office.clerk, number())]
    for by, form in [*steps, (office.clerk, ISSUES), (office.desk, RECEIVES)]:
        office.step(code, by, form)
        seen.append(office.paper(code).status)
    assert seen == ["soan", "xem_xet", "trinh_ky", "da_ky", "da_cap_so", "da_phat_hanh", "da_nhan"]


def test_three_hundred_nominations_are_one_row_to_sign_and_one_transaction_to_issue(office: PaperOffice) -> None:
    codes = office.nominations(300)
    code = office.at_signature(codes)
    [row] = [row for row in office.engine.inbox(office.head, "group").items if row.subject == "paper"]
    assert (row.title, row.award, row.lines) == ("Tờ trình", "GK_XA", 300)

    office.step(code, office.head, SIGNS)
    office.step(code, office.clerk, number())
    office.step(code, office.clerk, ISSUES)

    assert states(office, [codes[0], codes[-1]]) == {("check",)}
    assert len(office.engine.inbox(office.head, "group", step="check", limit=200).items) == 200
    with office.engine.database.read() as reader:
        streams = [f"nomination:{line.nomination}" for line in office.paper(code).lines]
        last = {list(reader.entries(stream))[-1].body["command_id"] for stream in streams}
    assert len(last) == 1


def test_an_issue_that_fails_at_the_last_name_leaves_nothing(office: PaperOffice) -> None:
    codes = office.nominations(4)
    code = office.numbered(codes)
    kept, calls = moving.keep, []

    def fails_at_the_third(*args: object, **more: object) -> None:
        calls.append(args[1])
        if len(calls) == 4:  # the paper itself, then three of its four nominations
            raise RuntimeError("the power fails")
        kept(*args, **more)  # type: ignore[arg-type]

    with patch.object(moving, "keep", fails_at_the_third), pytest.raises(RuntimeError):
        office.step(code, office.clerk, ISSUES)

    assert (office.paper(code).status, states(office, codes)) == ("da_cap_so", {()})
    assert office.engine.verify().ok
    office.step(code, office.clerk, ISSUES)
    assert states(office, codes) == {("check",)}


def test_the_same_issue_sent_twice_is_one(office: PaperOffice) -> None:
    codes = office.nominations(2)
    code = office.numbered(codes)
    again = {"command_id": new_id(), "expected_version": 1}
    task = office.paper_task(code, office.clerk).task.id
    first = office.step(code, office.clerk, ISSUES, **again)
    command = CompleteTask(actor=office.clerk.person.id, task=task, form=ISSUES, **again)
    assert office.engine.complete_task(command) == first
    assert states(office, codes) == {("check",)}


def test_a_name_whose_process_cannot_go_on_counts_as_done(office: PaperOffice) -> None:
    good = office.nominations(1)
    parked = office.nominations(1, doi_tuong="nguoi_dan")
    code = office.issued(good + parked)

    assert office.paper(code).status == "da_phat_hanh"
    assert office.engine.nomination(office.auditor, parked[0]).incidents
    assert states(office, good) == {("check",)}
    assert office.engine.verify().ok


def test_returned_by_its_reviewer_it_is_the_next_version_and_is_written_anew(office: PaperOffice) -> None:
    code = office.draft(office.nominations(2))
    office.step(code, office.officer, DRAFT)
    office.step(code, office.council, RETURNS)
    view = office.paper(code)
    assert (view.status, view.version, view.versions[0].why) == ("soan", 2, "returned")

    office.step(code, office.officer, DRAFT)
    office.step(code, office.council, PASSES)
    office.step(code, office.head, {"outcome": "tra_lai", "ly_do": "Thiếu căn cứ pháp lý."})
    office.step(code, office.officer, DRAFT)
    office.step(code, office.council, PASSES)
    versions = office.paper(code).versions
    assert [(v.version, v.document is not None) for v in versions] == [(3, True), (2, True), (1, False)]
    assert office.engine.verify().ok


def test_who_drafted_does_not_sign(office: PaperOffice) -> None:
    command = {"actor": SYSTEM, "unit": "X2545", "valid_from": office.officer.memberships[0].valid_from}
    office.engine.add_membership(
        AddMembership(command_id=new_id(), person=office.officer.person.id, role="TT_DV", **command)
    )
    both = office.engine.actor(office.officer.person.id)
    code = office.at_signature(office.nominations(1))
    with pytest.raises(SeparationOfDuties):
        office.step(code, both, SIGNS)


def test_signing_waits_for_the_file_and_the_completion_before_it_stands(office: PaperOffice, tmp_path: Path) -> None:
    office.renderer.fails = RuntimeError("no template")
    code = office.at_signature(office.nominations(1))
    assert (office.paper(code).status, office.paper(code).document) == ("trinh_ky", None)
    with pytest.raises(DocumentPending):
        office.step(code, office.head, SIGNS)
    office.step(code, office.head, {"outcome": "tra_lai", "ly_do": "Thiếu căn cứ pháp lý."})
    office.step(code, office.officer, DRAFT)
    office.step(code, office.council, PASSES)

    office.renderer.fails = None
    jobs = Jobs(office.engine, tmp_path)
    assert jobs.write_documents() == 1
    assert jobs.write_documents() == 0
    office.step(code, office.head, SIGNS)
    assert office.paper(code).status == "da_ky"


def test_a_file_is_written_once_and_a_signed_one_never_again(office: PaperOffice) -> None:
    code = office.at_signature(office.nominations(1))
    ask = {"actor": office.head.person.id, "paper": code}
    first = office.engine.produce_document(ProduceDocument(command_id=new_id(), **ask))
    assert office.engine.produce_document(ProduceDocument(command_id=new_id(), **ask)) == first
    kept = office.engine.paper_document(office.head, code, 1)[1]

    office.step(code, office.head, SIGNS)
    with pytest.raises(PaperNotInDrafting):
        office.engine.produce_document(ProduceDocument(command_id=new_id(), **ask))
    assert office.engine.paper_document(office.head, code, 1)[1] == kept


def test_no_name_is_in_the_journal_of_a_paper(office: PaperOffice, database: Database) -> None:
    code = office.issued(office.nominations(2))
    assert "Người thứ 1" in office.engine.paper_document(office.head, code, 1)[1].decode()
    with database.read() as reader:
        bodies = " ".join(row.body for row in reader.rows_of_journal())
    for typed in ("Người thứ", "Về việc đề nghị", "Như trên"):
        assert typed not in bodies


def test_another_unit_sees_a_paper_no_more_than_one_that_does_not_exist(office: PaperOffice) -> None:
    codes = office.nominations(1)
    code = office.draft(codes)
    for name in (code, "VB-2026-99999"):
        with pytest.raises(NotFound):
            office.engine.paper(office.other, name)
    assert office.engine.papers(office.other).items == ()
    start = StartPaper(command_id=new_id(), actor=office.other.person.id, kind="to_trinh", nominations=tuple(codes))
    with pytest.raises(NotFound):
        office.engine.start_paper(start)


def test_only_its_roles_do_its_steps(office: PaperOffice) -> None:
    code = office.draft(office.nominations(1))
    for stranger in (office.council, office.head, office.clerk, office.auditor):
        with pytest.raises(NotAllowed):
            office.step(code, stranger, DRAFT)
    office.step(code, office.officer, DRAFT)
    office.step(code, office.council, PASSES)
    with pytest.raises(NotAllowed):
        office.step(code, office.clerk, SIGNS)


def test_a_paper_is_given_up_before_it_is_signed_and_its_names_wait_for_another(office: PaperOffice) -> None:
    codes = office.nominations(2)
    code = office.at_signature(codes)
    ask = {"actor": office.officer.person.id, "paper": code}
    with pytest.raises(InvalidForm):
        office.engine.withdraw_paper(WithdrawPaper(command_id=new_id(), reason=" ", **ask))
    office.engine.withdraw_paper(WithdrawPaper(command_id=new_id(), reason="Lập lại theo mẫu mới.", **ask))
    assert (office.paper(code).status, office.paper(code).tasks) == ("RUT", ())

    other = office.signed(codes)
    withdraw = WithdrawPaper(command_id=new_id(), reason="Lập lại theo mẫu mới.", **ask | {"paper": other})
    with pytest.raises(PaperNotInDrafting):
        office.engine.withdraw_paper(withdraw)
    assert office.engine.verify().ok


def test_what_can_be_drafted_is_what_waits_and_stands_in_no_paper(office: PaperOffice) -> None:
    codes = office.nominations(3)
    [choice] = office.engine.paper_choices(office.officer)
    assert [code for part in choice.parts for code, _ in part.nominations] == codes
    office.draft(codes[:2])
    [choice] = office.engine.paper_choices(office.officer)
    assert [part.nominations for part in choice.parts] == [((codes[2], "Người thứ 3"),)]
    assert office.engine.paper_choices(office.head) == ()
