"""The list of names of a paper: its order, its changes, and who is taken out of it."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from engine.commands import ResumeNomination, SuspendNomination, WithdrawNomination
from engine.errors import (
    MixedPaper,
    NotAllowed,
    PaperLinesRefused,
    PaperNotInDrafting,
    PaperSigned,
    StalePaper,
)
from engine.office.papers import lines
from engine.office.papers.split import Part
from tests.builders import new_id
from tests.papers import DRAFT, ISSUES, PASSES, SIGNS, PaperOffice, number

REASON = "Có đơn phản ánh, cần xác minh."


def suspend(office: PaperOffice, code: str) -> None:
    command = SuspendNomination(command_id=new_id(), actor=office.head.person.id, nomination=code, reason=REASON)
    office.engine.suspend_nomination(command)


def test_the_order_is_the_drafters_and_is_kept_to_the_issue(office: PaperOffice) -> None:
    codes = office.nominations(5)
    wanted = [codes[i] for i in (3, 0, 4, 1, 2)]
    code = office.draft(wanted)
    assert office.listed(code) == wanted
    moved = [codes[4], *codes[:4]]
    office.set_lines(code, moved)
    for by, form in [(office.officer, DRAFT), (office.council, PASSES), (office.head, SIGNS), (office.clerk, number())]:
        office.step(code, by, form)
    office.step(code, office.clerk, ISSUES)
    assert office.listed(code) == moved
    names = office.engine.paper_document(office.head, code, 2)[1].decode().splitlines()[1:]
    assert names[0] == "Người thứ 5"


def test_each_change_is_a_version_that_says_what_changed(office: PaperOffice) -> None:
    codes = office.nominations(4)
    code = office.draft(codes)
    office.set_lines(code, [codes[0], codes[2], codes[3]])
    office.set_lines(code, [codes[2], codes[0], codes[3]], version=2)
    assert office.set_lines(code, [codes[2], codes[0], codes[3]], version=3) == {"paper": code, "version": 3}

    third, second, first = office.paper(code).versions
    assert (second.dropped, second.moved) == (((2, "Người thứ 2"),), 0)
    assert (third.dropped, third.moved) == ((), 2)
    assert (first.why, first.lines) == ("started", 4)
    [row] = office.paper(code).tasks
    assert row.lines == 3


def test_a_list_that_changed_meanwhile_is_not_overwritten(office: PaperOffice) -> None:
    codes = office.nominations(3)
    code = office.draft(codes)
    office.set_lines(code, codes[:2])
    with pytest.raises(StalePaper):
        office.set_lines(code, codes[1:], version=1)
    assert office.listed(code) == codes[:2]


def test_the_list_is_closed_once_the_paper_goes_on(office: PaperOffice) -> None:
    codes = office.nominations(2)
    code = office.draft(codes)
    with pytest.raises(NotAllowed):
        office.set_lines(code, codes[:1], by=office.head)
    office.step(code, office.officer, DRAFT)
    with pytest.raises(PaperNotInDrafting):
        office.set_lines(code, codes[:1])


@pytest.mark.parametrize("wrong", ["none", "twice", "in_other_paper", "not_waiting", "suspended"])
def test_who_cannot_stand_in_a_paper_is_named(office: PaperOffice, wrong: str) -> None:
    codes = office.nominations(3)
    asked = list(codes)
    if wrong == "none":
        asked = []
    elif wrong == "twice":
        asked = [*codes, codes[0]]
    elif wrong == "in_other_paper":
        office.draft(codes[:1])
    elif wrong == "not_waiting":
        office.issued(codes[:1])
    else:
        suspend(office, codes[0])
    with pytest.raises(PaperLinesRefused) as refused:
        office.draft(asked)
    assert refused.value.params == {"why": wrong, "nominations": [] if wrong == "none" else codes[:1]}


@pytest.mark.parametrize("at", ["soan", "xem_xet", "trinh_ky"])
def test_a_name_suspended_before_signing_leaves_the_paper_which_goes_back_to_be_drafted(
    office: PaperOffice, at: str
) -> None:
    codes = office.nominations(3)
    code = office.draft(codes)
    steps = [(office.officer, DRAFT), (office.council, PASSES)]
    for by, form in steps[: ["soan", "xem_xet", "trinh_ky"].index(at)]:
        office.step(code, by, form)
    assert office.paper(code).status == at

    suspend(office, codes[1])

    view = office.paper(code)
    assert (view.status, view.version, view.count) == ("soan", 2, 2)
    assert office.listed(code) == [codes[0], codes[2]]
    assert (view.versions[0].why, view.versions[0].dropped) == ("suspended", ((2, "Người thứ 2"),))
    for by, form in [*steps, (office.head, SIGNS)]:
        office.step(code, by, form)
    assert office.paper(code).status == "da_ky"
    assert office.engine.verify().ok


def test_a_withdrawn_name_leaves_the_paper_too_and_an_empty_one_does_not_go_on(office: PaperOffice) -> None:
    [only] = office.nominations(1)
    code = office.at_signature([only])
    asked = {"actor": office.officer.person.id, "nomination": only, "reason": "Đơn vị rút để lập lại hồ sơ."}
    office.engine.withdraw_nomination(WithdrawNomination(command_id=new_id(), **asked))
    view = office.paper(code)
    assert (view.status, view.count, view.versions[0].why) == ("soan", 0, "withdrawn")
    with pytest.raises(PaperLinesRefused):
        office.step(code, office.officer, DRAFT)


def test_a_name_in_a_signed_paper_is_not_suspended_until_it_is_issued(office: PaperOffice) -> None:
    codes = office.nominations(2)
    code = office.signed(codes)
    with pytest.raises(PaperSigned) as refused:
        suspend(office, codes[0])
    assert refused.value.params == {"paper": code}
    assert not office.engine.nomination(office.auditor, codes[0]).suspended

    office.step(code, office.clerk, number())
    office.step(code, office.clerk, ISSUES)
    suspend(office, codes[0])
    assert office.listed(code) == codes
    assert office.engine.verify().ok


def test_one_who_is_resumed_can_be_listed_again(office: PaperOffice) -> None:
    codes = office.nominations(2)
    code = office.draft(codes)
    suspend(office, codes[0])
    resumes = {"actor": office.head.person.id, "nomination": codes[0], "reason": "Đã xác minh, không có vi phạm."}
    office.engine.resume_nomination(ResumeNomination(command_id=new_id(), **resumes))
    office.set_lines(code, codes, version=2)
    assert office.listed(code) == codes
    assert office.paper(code).versions[0].added == ((1, "Người thứ 1"),)


def test_a_mixed_selection_is_refused_with_the_papers_it_needs(office: PaperOffice) -> None:
    communal = office.nominations(1)
    parts = (Part("X2545", "TT_DV", "thuong_xuyen", "R3", ("a",)), Part("X2545", "TTG", "thuong_xuyen", "R3", ("b",)))
    with patch.object(lines, "split", return_value=parts), pytest.raises(MixedPaper) as refused:
        office.draft(communal)
    assert refused.value.params == {"parts": [["a"], ["b"]]}
