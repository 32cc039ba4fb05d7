"""What comes next, as far as it can be known."""

from dataclasses import replace

import pytest

from engine.process.outlook import expected_steps, ways_on, what_follows
from tests.engine.process.drawing import definition, unproved
from tests.workflows.journeys import shipped

LINES = (
    *("startEvent s", "userTask a", "exclusiveGateway g default=d", "userTask b", "userTask c", "endEvent e"),
    *("parallelGateway both", "userTask x", "userTask y"),
    *("s -> a", "a -> g", "g -> b if a.outcome == 'yes'", "g -> both if a.outcome == 'both'", "d: g -> c"),
    *("b -> e", "c -> e", "both -> x", "both -> y"),
)


@pytest.mark.parametrize(
    ("outcome", "follows", "certain"),
    [("yes", "b", True), ("no", "c", True), ("both", None, False), (None, "b", False)],
)
def test_an_outcome_leads_where_its_condition_says(outcome, follows, certain):
    node, sure = what_follows(definition(*LINES), "a", outcome, {})
    assert (node.id if node else None, sure) == (follows, certain)


def test_what_an_earlier_visit_said_does_not_count_for_this_one():
    assert what_follows(definition(*LINES), "a", None, {"a.outcome": "no", "a.visited": True})[1] is False


def test_what_another_step_said_is_known():
    lines = ("startEvent s", "userTask a", "userTask b", "exclusiveGateway g default=d", "userTask c", "userTask d_")
    flows = ("s -> a", "a -> b", "b -> g", "g -> c if a.ok", "d: g -> d_")
    process = definition(*lines, *flows)
    node, certain = what_follows(process, "b", None, {"a.ok": False, "a.visited": True})
    assert node
    assert (node.id, certain) == ("d_", True)


def test_where_the_answers_of_a_step_decide_every_way_is_named_by_question_and_answer():
    lines = ("startEvent s", "userTask a", "exclusiveGateway g default=d", "userTask b", "userTask c", "endEvent e")
    flows = ("s -> a", "a -> g", "many: g -> b if a.ok", "d: g -> c", "b -> e", "c -> e")
    process = definition(*lines, *flows)
    process.flows["many"] = replace(process.flows["many"], name="Quá nửa")
    process.nodes["g"] = replace(process.nodes["g"], name="Phiếu đồng ý?")
    ways = ways_on(process, "a", None, {})
    given = ("Phiếu đồng ý: Quá nửa",)
    assert [(way.node.id, way.certain, way.given) for way in ways] == [("b", False, given), ("c", False, ())]


def test_what_the_office_arranges_is_not_named_to_those_who_judge():
    process = shipped("R3").process("nomination")
    ways = ways_on(process, "appraisal", "dat", {})
    assert [way.node.id for way in ways] == ["opinions", "publication", "council", "appraisal_letter"]
    assert not any(way.given or way.certain for way in ways)


def test_a_choice_that_rules_a_way_out_does_so_whatever_else_is_unknown():
    process = shipped("R3").process("nomination")
    assert what_follows(process, "appraisal", "khong_dat", {}) == (process.nodes["ineligible_notice"], True)
    [way] = ways_on(process, "appraisal", "khong_dat", {})
    assert way.given == ()


def test_whether_a_supplement_was_asked_for_before_is_known():
    process = shipped("R3").process("nomination")
    [first] = ways_on(process, "appraisal", "bo_sung", {})
    [again] = ways_on(process, "appraisal", "bo_sung", {"supplement.visited": True})
    assert (first.node.id, again.node.id) == ("supplement_request", "supplement_override")


def test_what_a_table_said_before_is_likely_and_not_certain_when_it_is_asked_again():
    process = shipped("R3").process("unit_commendation")
    known = {"self_assessment.visited": True, "criteria.result": "DAT", "criteria.visited": True}
    ways = [(way.node.id, way.given) for way in ways_on(process, "supplement", None, known)]
    assert ways == [
        ("head_decision_final", ("Kết quả tiêu chí: Đã bổ sung",)),
        ("not_eligible_notice", ("Kết quả tiêu chí: Không đạt",)),
    ]


def test_two_ways_to_one_step_are_one_way():
    lines = ("startEvent s", "userTask a", "exclusiveGateway g default=d", "userTask b", "endEvent e")
    process = definition(*lines, "s -> a", "a -> g", "g -> b if a.ok", "d: g -> b", "b -> e")
    [way] = ways_on(process, "a", None, {})
    assert (way.node.id, way.certain) == ("b", False)


def test_the_steps_to_expect_end_with_the_process_or_where_it_turns_back():
    assert [node.id for node in expected_steps(definition(*LINES), "a", {}, 5)] == ["b", "e"]
    loop = ("startEvent s", "exclusiveGateway m", "userTask a", "userTask b", "s -> m", "m -> a", "a -> b", "b -> m")
    assert [node.id for node in expected_steps(unproved(*loop), "a", {}, 5)] == ["b"]


def test_looking_ahead_steps_into_a_subprocess():
    inner = '<startEvent id="i"/><task id="t"/><sequenceFlow sourceRef="i" targetRef="t"/>'
    process = definition("startEvent s", "userTask a", f"subProcess sub {{{inner}}}", "s -> a", "a -> sub")
    assert what_follows(process, "a", None, {}) == (None, False)
