"""The way a token takes through each supported element: every node, in the order it is completed."""

import pytest

from engine.process.walk import walk
from tests.engine.process.drawing import HEAD, MESSAGE, body, draw
from tests.engine.process.pieces import ROOTS
from tests.engine.process.traces_of_activities import ACTIVITIES
from tests.engine.process.traces_of_events import EVENTS
from tests.engine.process.traces_of_several import SEVERAL

CASES = ACTIVITIES | EVENTS | SEVERAL


@pytest.mark.parametrize("name", CASES)
def test_a_token_takes_the_way_that_is_drawn(name):
    lines, answers, outcome, trace = CASES[name]
    walked = walk(draw(*lines, more=ROOTS), answers)
    assert [problem for problem in walked.problems if problem.severity == "error"] == []
    assert (walked.outcome, " ".join(walked.trace)) == (outcome, trace)


def test_pools_of_one_file_send_each_other_messages():
    raw = (
        f'{HEAD}<message id="letter" name="thu"/><message id="reply" name="tra_loi"/><collaboration id="c">'
        '<participant id="pool_p" processRef="p"/><participant id="pool_q" processRef="q"/>'
        '<messageFlow id="m1" sourceRef="ask" targetRef="qs"/><messageFlow id="m2" sourceRef="qe" targetRef="wait"/>'
        '</collaboration><process id="p">'
        + body(
            (
                *("startEvent s", "sendTask ask messageRef=letter", "receiveTask wait messageRef=reply", "endEvent e"),
                *("s -> ask", "ask -> wait", "wait -> e"),
            )
        )
        + '</process><process id="q">'
        + body(
            (
                f"startEvent qs {{{MESSAGE}}}",
                "endEvent qe {<messageEventDefinition messageRef='reply'/>}",
                "qs -> qe",
            )
        )
        + "</process></definitions>"
    )
    walked = walk(raw.encode(), {})
    assert (walked.outcome, walked.trace) == ("completed", ["s", "ask", "qs", "qe", "wait", "e"])


def test_a_called_process_runs_within_its_caller():
    called = f'<process id="q">{body(("startEvent qs", "task qa", "endEvent qe", "qs -> qa", "qa -> qe"))}</process>'
    caller = ("startEvent s", "callActivity c calledElement=q", "endEvent e", "s -> c", "c -> e")

    walked = walk(draw(*caller, more=called), {})

    assert (walked.outcome, walked.trace) == ("completed", ["s", "qs", "qa", "qe", "c", "e"])


def test_a_business_rule_task_decides_by_its_table_and_the_way_follows():
    called = (
        "<extensionElements><spiffworkflow:calledDecisionId>level</spiffworkflow:calledDecisionId></extensionElements>"
    )
    table = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="t">'
        '<decision id="level" name="level"><variable id="v" name="level" typeRef="string"/><literalExpression id="l">'
        '<text>if 2 &gt; 1 then "high" else "low"</text></literalExpression></decision></definitions>'
    )
    lines = (
        *(
            "startEvent s",
            f"businessRuleTask d {{{called}}}",
            "exclusiveGateway g default=f",
            "endEvent x",
            "endEvent y",
        ),
        *("s -> d", "d -> g", 'g -> x if d.level == "high"', "f: g -> y"),
    )

    walked = walk(draw(*lines), {}, tables={"level.dmn": table.encode()})

    assert (walked.outcome, walked.trace) == ("completed", ["s", "d", "g", "x"])


def test_a_message_flow_ends_where_messages_are_sent_and_received():
    raw = (
        f'{HEAD}<collaboration id="c"><participant id="pool_p" processRef="p"/><participant id="out" name="Dân"/>'
        '<messageFlow id="m1" sourceRef="s" targetRef="out"/><messageFlow id="m2" sourceRef="out" targetRef="e"/>'
        '</collaboration><process id="p">' + body(("startEvent s", "endEvent e", "s -> e")) + "</process></definitions>"
    )

    found = [(p.severity, p.code, p.element) for p in walk(raw.encode(), {}).problems]

    assert found == [("error", "message_flow_end", "m1"), ("error", "message_flow_end", "m2")]
