"""A paper on its way: drafted, reviewed, signed, numbered, issued, received; every flow, every return 0, 1, 2 times."""

from functools import cache
from typing import Any

import pytest

from engine.facts import Fact
from tests.workflows.journeys import FOLDERS, Journey, comes, done, outcomes, set_out, shipped, taken
from tests.workflows.ways import Way

TO_REVIEW: Way = [done("draft")]
TO_SIGN: Way = [*TO_REVIEW, done("review", outcome="dong_y")]
SIGNED: Way = [*TO_SIGN, done("sign", outcome="ky")]
ISSUED: Way = [*SIGNED, done("number", ngay_van_ban="2025-10-01"), done("issue", ngay_phat_hanh="2025-10-01")]
WHOLE: Way = [*ISSUED, done("acknowledge", ngay_nhan="2025-10-02")]
NOT_YET: Way = [*TO_REVIEW, done("review", outcome="sua")]
SENT_BACK: Way = [*TO_SIGN, done("sign", outcome="tra_lai")]
CHANGED = comes("list_changed")

WAYS: dict[str, tuple[dict[str, Any], Way, str]] = {
    "straight": ({}, WHOLE, "received_there"),
    "out of the system": ({"paper.receiver_outside": True}, ISSUED, "issued_outside"),
    "to be changed once": ({}, [*NOT_YET, *WHOLE], "received_there"),
    "to be changed twice": ({}, [*NOT_YET, *NOT_YET, *WHOLE], "received_there"),
    "not signed once": ({}, [*SENT_BACK, *WHOLE], "received_there"),
    "not signed twice": ({}, [*SENT_BACK, *SENT_BACK, *WHOLE], "received_there"),
    "a name taken out in review": ({}, [*TO_REVIEW, CHANGED, *WHOLE], "received_there"),
    "names taken out at the signer twice": ({}, [*[*TO_SIGN, CHANGED] * 2, *WHOLE], "received_there"),
}


@cache
def journey(name: str) -> Journey:
    variables, way, _ = WAYS[name]
    return set_out("paper", {"paper.kind": "to_trinh_snv"} | variables).go(way)


def states(facts: list[Fact]) -> list[str]:
    return [fact.to_json()["status"] for fact in facts if fact.name == "StatusReached"]


@pytest.mark.parametrize("name", WAYS)
def test_each_way_ends_where_it_should(name: str) -> None:
    assert (journey(name).end, journey(name).at) == (WAYS[name][2], [])


def test_the_ways_together_take_every_flow_and_choose_every_outcome() -> None:
    release = shipped()
    definition, journeys = release.process("paper"), [journey(name) for name in WAYS]
    assert set(definition.flows) - taken(definition, journeys) == set()
    forms = {node.id: release.form(node.form) for node in definition.user_tasks.values()}
    offered = {(step, outcome["value"]) for step, form in forms.items() for outcome in form.get("outcomes", ())}
    assert offered - outcomes(journeys) == set()


def test_a_paper_reaches_its_states_in_their_order() -> None:
    assert states(journey("straight").facts) == [
        *("soan", "xem_xet", "trinh_ky", "da_ky", "da_cap_so", "da_phat_hanh", "da_nhan"),
    ]
    assert states(journey("out of the system").facts)[-1] == "da_phat_hanh"


def test_a_paper_that_is_not_signed_is_drafted_again() -> None:
    assert states(journey("not signed once").facts)[:5] == ["soan", "xem_xet", "trinh_ky", "soan", "xem_xet"]


def test_a_name_taken_out_at_the_signer_sends_the_paper_back_to_drafting() -> None:
    made = set_out("paper", {}).go([*TO_SIGN, CHANGED])
    assert (made.at, made.instance.status) == (["draft"], "soan")


def test_once_signed_its_list_stands() -> None:
    assert set_out("paper", {}).go(SIGNED).at == ["number"]


@pytest.mark.parametrize("release", FOLDERS)
def test_nobody_reviews_or_signs_what_he_drafted(release: str) -> None:
    nodes = shipped(release).process("paper").nodes
    assert nodes["review"].separate_from == nodes["sign"].separate_from == ("draft",)


@pytest.mark.parametrize("release", FOLDERS)
def test_each_step_is_of_a_role_and_body_that_the_kind_of_paper_names(release: str) -> None:
    tasks = shipped(release).process("paper").user_tasks
    assert {step: (node.role, node.unit_scope) for step, node in tasks.items()} == {
        "draft": ("drafter", "issuing_body"),
        "review": ("reviewer", "issuing_body"),
        "sign": ("signer", "issuing_body"),
        "number": ("registry", "issuing_body"),
        "issue": ("registry", "issuing_body"),
        "acknowledge": ("registry", "receiving_body"),
    }
