"""`khenthuong walk`: the shape of its answer, and foreign diagrams with plain names."""

from decimal import Decimal

import pytest

from engine.process.walk import walk
from tests.engine.process.decisions.dmn import a_file
from tests.engine.process.decisions.test_reader import GOOD
from tests.engine.process.drawing import MESSAGE, body, draw, many, timer

ALARM = '<signalEventDefinition signalRef="sig"/>'
ASK = (
    "startEvent s",
    "userTask a",
    "exclusiveGateway g default=f3",
    "task b",
    "endEvent yes",
    "endEvent no",
    "s -> a",
    "a -> g",
    "f2: g -> b if approved && order.total > 10",
    "f3: g -> no",
    "b -> yes",
)


def test_a_foreign_diagram_reads_fields_by_their_plain_names():
    walked = walk(draw(*ASK), {"user": {"a": {"approved": True, "order": {"total": Decimal(11)}}}})
    assert {problem.code for problem in walked.problems} == {"name_undeclared"}
    assert walked.to_json() | {"problems": []} == {
        "outcome": "completed",
        "trace": ["s", "a", "g", "b", "yes"],
        "waiting": [],
        "incident": None,
        "problems": [],
        "data": {"approved": True, "order": {"total": Decimal(11)}},
    }


def test_a_step_nobody_answers_is_waited_for():
    walked = walk(draw(*ASK), {})
    assert walked.outcome == "waiting"
    assert walked.waiting == [{"key": "a#1", "element": "a", "kind": "user"}]


def test_a_value_that_is_missing_is_an_incident():
    walked = walk(draw(*ASK), {"user": {"a": {"approved": True}}})
    assert walked.outcome == "incident"
    assert walked.incident == {"key": "g#1", "element": "g", "why": "cel_value_missing", "detail": "order.total"}


def test_a_broken_diagram_is_rejected_with_its_problems():
    walked = walk(b"<definitions/>", {}, file="x.bpmn")
    assert walked.outcome == "rejected"
    assert [(problem["code"], problem["file"]) for problem in walked.to_json()["problems"]] == [
        ("bpmn_namespace", "x.bpmn")
    ]


@pytest.mark.parametrize("raw", [a_file(GOOD), b"{}"], ids=["a decision table", "a form"])
def test_a_file_that_is_no_diagram_is_rejected_and_says_so(raw):
    walked = walk(raw, {}, file="x.json" if raw == b"{}" else "x.dmn")
    assert walked.outcome == "rejected"
    assert "bpmn_namespace" in [problem.code for problem in walked.problems if problem.severity == "error"]


def test_a_list_answers_one_visit_after_the_other():
    loop = draw(
        *("startEvent s", "exclusiveGateway m", "userTask a", "exclusiveGateway g default=o", "endEvent e"),
        *("s -> m", "m -> a", "a -> g", "g -> m if again", "o: g -> e"),
    )
    walked = walk(loop, {"user": {"a": [{"again": True}, {"again": True}, {"again": False}]}})
    assert walked.trace == ["s", "m", "a", "g", "m", "a", "g", "m", "a", "g", "e"]


def test_the_number_of_answers_is_bounded():
    loop = draw("startEvent s", "exclusiveGateway m", "userTask a", "s -> m", "m -> a", "a -> m")
    assert walk(loop, {"user": {"a": {}}}, max_steps=5).trace.count("a") == 5


@pytest.mark.parametrize(
    ("answers", "end"),
    [
        ({"messages": ["thu"]}, "answered"),
        ({"messages": [{"name": "thu", "data": {"x": 1}}]}, "answered"),
        ({"timers": ["late"]}, "overdue"),
    ],
)
def test_messages_and_timers_come_as_told(answers, end):
    race = draw(
        *("startEvent s", "eventBasedGateway g", f"intermediateCatchEvent late {{{timer('P1D')}}}"),
        *(f"intermediateCatchEvent letter_in {{{MESSAGE}}}", "endEvent overdue", "endEvent answered"),
        *("s -> g", "g -> late", "g -> letter_in", "late -> overdue", "letter_in -> answered"),
    )
    walked = walk(race, answers)
    assert walked.outcome == "completed"
    assert walked.trace[-1] == end


def test_each_instance_of_a_multi_instance_stands_in_the_trace_once():
    vote = draw("startEvent s", f"userTask v {{{many('3')}}}", "endEvent e", "s -> v", "v -> e")
    assert walk(vote, {"user": {"v": {"x": 1}}}).trace == ["s", "v", "v", "v", "e"]


def test_a_signal_starts_the_other_process_of_a_file_and_reaches_one_that_waits():
    roots = '<signal id="sig" name="alarm"/>'
    begun = body([f"startEvent s2 {{{ALARM}}}", "endEvent e2", "s2 -> e2"])
    waits = body(["startEvent s3", f"intermediateCatchEvent c3 {{{ALARM}}}", "endEvent e3", "s3 -> c3", "c3 -> e3"])
    more = f'{roots}<process id="p2">{begun}</process><process id="p3">{waits}</process>'

    walked = walk(draw("startEvent s", f"endEvent e {{{ALARM}}}", "s -> e", more=more), {})

    assert walked.outcome == "completed"
    assert walked.trace == ["s", "e", "s3", "s2", "e2", "c3", "e3"]


def test_what_a_subprocess_did_is_not_undone_outside_it():
    undo, bound = "<compensateEventDefinition/>", "association u sourceRef=b targetRef=h"
    inside = ["startEvent i", "task w", f"boundaryEvent b attachedToRef=w {{{undo}}}", "task h isForCompensation=true"]
    nested = body([*inside, bound, "endEvent j", "i -> w", "w -> j"])

    walked = walk(draw("startEvent s", f"subProcess x {{{nested}}}", f"endEvent e {{{undo}}}", "s -> x", "x -> e"), {})

    assert [(p.code, p.element) for p in walked.problems if p.severity == "error"] == [("compensation_unbound", "e")]
