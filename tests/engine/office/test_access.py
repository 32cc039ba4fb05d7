"""Every right against every role, in its own unit and in another: what is not written here is refused."""

from __future__ import annotations

from datetime import date

import pytest

from engine.office import access
from engine.office.views import Actor, MembershipView, PersonView
from engine.process.guard import ROLES

EVERYBODY = frozenset(ROLES) | {access.ADMINISTRATOR, access.AUDITOR}
HERE, ELSEWHERE = "X2545", "X2455"


def actor(*memberships: tuple[str, str], id: str = "p1") -> Actor:
    held = (MembershipView("", unit, "", role, date(2025, 7, 1), None) for role, unit in memberships)
    return Actor(PersonView(id, "", ""), "", tuple(held))


def may_suspend_own(actor: Actor, unit: str) -> bool:
    return access.may_suspend(actor, unit, ())


def may_suspend_on_the_way(actor: Actor, unit: str) -> bool:
    """Suspend a nomination of some other unit that went through the hands of this one."""
    return access.may_suspend(actor, "X1", {access.group_of("SNV_CV", unit)})


def may_suspend_as_its_head(actor: Actor, unit: str) -> bool:
    return access.may_suspend(actor, "X1", {access.group_of("TT_DV", unit)})


NOBODY = actor()
OFFICIAL = frozenset({"CB_TDKT_DV"})
SUSPENDERS = frozenset({"CA_TH", "CA_LD", "SNV_CV", "SNV_TP", "SNV_GD", "TK_HD", "VP_CV", "VP_LD", "CT_UBND"})
HEADS = frozenset({"TT_DV", "SNV_TP", "CA_LD", "VP_LD"})
# Right -> roles that have it in the unit it is about, and roles that have it whatever the unit.
RIGHTS = {
    access.may_nominate: (OFFICIAL, frozenset()),
    access.may_run_round: ({"CA_TH", "CA_LD"}, {"SNV_CV", "SNV_TP"}),
    access.may_see_board: (
        {"CA_TH", "CA_LD"},
        {"SNV_CV", "SNV_TP", "SNV_GD", "TK_HD", "VP_CV", "VP_LD", "CT_UBND", "KT"},
    ),
    access.may_hold_session: ({"HD_DV", "TK_HD"}, frozenset()),
    access.may_see_session: ({"HD_DV", "TK_HD", "HD_TINH", "TT_DV"}, {"KT"}),
    access.may_assign: (HEADS, frozenset()),
    may_suspend_own: ({"TT_DV"}, frozenset()),
    may_suspend_on_the_way: (SUSPENDERS, frozenset()),
    may_suspend_as_its_head: (SUSPENDERS | {"TT_DV"}, frozenset()),
}
CASES = [(right, role) for right in RIGHTS for role in sorted(EVERYBODY)]


@pytest.mark.parametrize(("right", "role"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_right_belongs_to_some_roles_and_to_no_other(right, role):
    in_unit, anywhere = RIGHTS[right]

    assert right(actor((role, HERE)), HERE) == (role in in_unit or role in anywhere)
    assert right(actor((role, ELSEWHERE)), HERE) == (role in anywhere)


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.__name__)
def test_who_has_no_role_has_no_right(right):
    assert not right(NOBODY, HERE)


def test_one_membership_among_several_is_enough():
    both = actor(("VT", ELSEWHERE), ("CB_TDKT_DV", HERE))
    assert access.may_nominate(both, HERE)
    assert not access.may_nominate(both, ELSEWHERE)


WITHOUT_UNIT = {
    access.is_auditor: {"KT"},
    access.runs_rounds: {"CA_TH", "CA_LD", "SNV_CV", "SNV_TP"},
    access.may_set_movement: {"SNV_CV", "SNV_TP"},
}


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_what_concerns_no_unit_belongs_to_some_roles_alone(role):
    for right, roles in WITHOUT_UNIT.items():
        assert right(actor((role, HERE))) == (role in roles)


def test_the_group_of_a_role_is_that_of_one_unit():
    assert access.group_of("TT_DV", HERE) == f"TT_DV:{HERE}"
    assert access.group_of("TT_DV", HERE) in actor(("TT_DV", HERE)).groups


# --- tasks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("assignee", [None, "p1", "p2"])
def test_a_task_of_a_group_is_for_its_members_whoever_holds_it(assignee):
    assert access.may_act(actor(("TT_DV", HERE)), f"TT_DV:{HERE}", assignee)
    for other in (actor(("TT_DV", ELSEWHERE)), actor(("HD_DV", HERE)), actor(("KT", HERE)), NOBODY):
        assert not access.may_act(other, f"TT_DV:{HERE}", assignee)


def test_a_task_without_a_group_is_for_who_holds_it_alone():
    assert access.may_act(actor(id="p1"), None, "p1")
    assert not access.may_act(actor(("TT_DV", HERE), id="p2"), None, "p1")
    assert not access.may_act(actor(id="p1"), None, None)


def test_who_did_what_this_step_is_kept_apart_from_may_not_do_it():
    assert access.breaks_separation(("start", "vote"), {"start"}) == "start"
    assert access.breaks_separation(("start", "vote"), {"vote", "check"}) == "vote"
    assert access.breaks_separation(("start", "vote"), ()) is None
    assert access.breaks_separation(("vote", "never_done"), {"start"}) is None
    assert access.breaks_separation((), {"start"}) is None


@pytest.mark.parametrize(("council", "sits"), access.PRESIDING.items())
def test_a_session_is_that_of_one_council(council, sits):
    for role in EVERYBODY - {access.AUDITOR}:
        assert access.may_hold_session(actor((role, HERE)), HERE, council) == (role == council)
        assert access.may_see_session(actor((role, HERE)), HERE, council) == (role in {council, sits})


# --- what may be known -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_nomination_is_known_to_its_unit_to_those_with_a_task_in_it_and_to_auditors(role):
    auditor = role == "KT"
    assert access.may_see_nomination(actor((role, HERE)), HERE, set()) == (role != "QT")
    assert access.may_see_nomination(actor((role, ELSEWHERE)), HERE, set()) == auditor
    assert access.may_see_nomination(actor((role, ELSEWHERE)), HERE, {f"{role}:{ELSEWHERE}"})
    assert access.may_see_nomination(actor((role, ELSEWHERE)), HERE, {f"{role}:{HERE}"}) == auditor
    assert not access.may_see_nomination(NOBODY, HERE, {f"{role}:{HERE}"})


JUDGES = frozenset(
    ["HD_DV", "TT_DV", "CA_TH", "CA_LD", "SNV_CV", "SNV_TP", "SNV_GD", "TK_HD", "HD_TINH", "VP_CV", "VP_LD", "CT_UBND"]
)
# Reader class -> whether it may be read, by (role judges, is of the proposing unit, acts on it); auditors apart.
READERS = {
    "cong_khai": lambda judges, own, acts: True,
    "don_vi": lambda judges, own, acts: own or acts,
    "noi_bo": lambda judges, own, acts: judges and acts,
    "han_che": lambda judges, own, acts: acts,
    "a class nobody knows": lambda judges, own, acts: acts,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_field_is_read_by_its_class_alone(reader, role):
    for unit, own in ((HERE, True), (ELSEWHERE, False)):
        for acts in (False, True):
            expected = READERS[reader](role in JUDGES, own, acts)
            if role == "KT" and reader in ("don_vi", "noi_bo"):
                expected = True
            assert access.may_read(actor((role, unit)), reader, unit=HERE, acts=acts) == expected


def test_those_who_suspended_go_on_and_those_of_another_body_do_not():
    suspender = actor(("SNV_CV", "SNV"), ("VT", "VP")).memberships
    assert access.may_resume(actor(("SNV_TP", "SNV")), suspender)
    assert not access.may_resume(actor(("VT", "SNV")), suspender)
    assert not access.may_resume(actor(("VP_LD", "VP")), suspender)  # a registry clerk there suspends nothing
    assert not access.may_resume(NOBODY, suspender)


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_nomination_is_resumed_by_the_body_that_suspended_it(role):
    suspender = actor(("VP_CV", HERE)).memberships
    resumes = role in SUSPENDERS | {"TT_DV"}
    assert access.may_resume(actor((role, HERE)), suspender) == resumes
    assert not access.may_resume(actor((role, ELSEWHERE)), suspender)
    assert access.may_resume(actor(("CA_LD", HERE)), actor((role, HERE)).memberships) == resumes


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_officials_of_a_body_see_the_cases_of_their_colleagues(role):
    own, beside = f"{role}:{HERE}", {f"{each}:{HERE}" for each in SUSPENDERS | {"SNV_TN"}}
    assert access.groups_in_sight(actor((role, HERE))) == ({own} | beside if role in SUSPENDERS else {own})
