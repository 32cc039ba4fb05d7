"""The way a token takes through each supported element: every node, in the order it is completed."""

from typing import Any

import pytest

from engine.process.walk import walk
from tests.engine.process.drawing import HEAD, MESSAGE, body, draw, many, timer

ROOTS = (
    '<signal id="sig" name="alarm"/><error id="err" errorCode="E1"/><error id="other" errorCode="E2"/>'
    '<escalation id="esc" escalationCode="X1"/>'
    '<signalEventDefinition id="shared" signalRef="sig"/><globalTask id="mark"/><signal id="second" name="bell"/>'
)
SIGNAL = '<signalEventDefinition signalRef="sig"/>'
ERROR = '<errorEventDefinition errorRef="err"/>'
ESCALATION = '<escalationEventDefinition escalationRef="esc"/>'
THREE, BEFORE = 'loopMaximum="3"', 'testBefore="true"'
CYCLE = timer("R3/PT1H", "timeCycle")


def sub(*lines: str) -> str:
    return "{" + body(lines) + "}"


def loop(attributes: str = "", condition: str = "") -> str:
    inner = f"<loopCondition>{condition}</loopCondition>" if condition else ""
    return f"<standardLoopCharacteristics {attributes}>{inner}</standardLoopCharacteristics>"


def until(cardinality: str, condition: str, sequential: str = "false") -> str:
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
        f"<loopCardinality>{cardinality}</loopCardinality>"
        f"<completionCondition>{condition}</completionCondition></multiInstanceLoopCharacteristics>"
    )


SHARED = "<eventDefinitionRef>shared</eventDefinitionRef>"
OVER = "<conditionalEventDefinition><condition>x &gt; 5</condition></conditionalEventDefinition>"
THREE_STEPS = sub(
    *("startEvent i", "userTask p1", "userTask p2", "userTask p3", "endEvent j"),
    *("i -> p1", "p1 -> p2", "p2 -> p3", "p3 -> j"),
)
UNDO = "<compensateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"
CANCELLING = sub("startEvent i", "task w", f"endEvent bad {{{CANCEL}}}", "i -> w", "w -> bad")
FAILING = sub("startEvent i", "task work", f"endEvent bad {{{ERROR}}}", "i -> work", "work -> bad")
Case = tuple[tuple[str, ...], dict[str, Any], str, str]

CASES: dict[str, Case] = {
    "plain tasks": (
        ("startEvent s", "task a", "manualTask b", "endEvent e", "s -> a", "a -> b", "b -> e"),
        {},
        "completed",
        "s a b e",
    ),
    "send task and throwing message": (
        (
            "startEvent s",
            "sendTask a messageRef=letter",
            f"intermediateThrowEvent b {{{MESSAGE}}}",
            f"endEvent e {{{MESSAGE}}}",
            *("s -> a", "a -> b", "b -> e"),
        ),
        {},
        "completed",
        "s a b e",
    ),
    "receive task": (
        ("startEvent s", "receiveTask a messageRef=letter", "endEvent e", "s -> a", "a -> e"),
        {"messages": ["thu"]},
        "completed",
        "s a e",
    ),
    "conditions behind a task": (
        (
            *("startEvent s", "userTask a default=d", "task b", "task c", "task d_", "endEvent e"),
            *("s -> a", "a -> b if x > 1", "a -> c if x > 2", "d: a -> d_", "b -> e", "c -> e", "d_ -> e"),
        ),
        {"user": {"a": {"x": 3}}},
        "completed",
        "s a b c e e",
    ),
    "default flow behind a task": (
        (
            *("startEvent s", "userTask a default=d", "task b", "task d_", "endEvent e"),
            *("s -> a", "a -> b if x > 1", "d: a -> d_", "b -> e", "d_ -> e"),
        ),
        {"user": {"a": {"x": 1}}},
        "completed",
        "s a d_ e",
    ),
    "no condition behind a task holds": (
        ("startEvent s", "userTask a", "endEvent e", "endEvent f", "s -> a", "a -> e if x > 1", "a -> f if x > 2"),
        {"user": {"a": {"x": 1}}},
        "incident",
        "s a",
    ),
    "script that can do nothing": (
        ("startEvent s", "scriptTask a {<script>MARK</script>}", "endEvent e", "s -> a", "a -> e"),
        {},
        "completed",
        "s a e",
    ),
    "two tokens, then one for two": (
        (
            *("startEvent s", "task a completionQuantity=2", "task b", "task c startQuantity=2", "endEvent e"),
            *("s -> a", "a -> b", "b -> c", "c -> e"),
        ),
        {},
        "completed",
        "s a b b c e",
    ),
    "two tokens wanted and one there": (
        ("startEvent s", "task a", "task b startQuantity=2", "endEvent e", "s -> a", "a -> b", "b -> e"),
        {},
        "incident",
        "s a",
    ),
    "call of a global task": (
        ("startEvent s", "callActivity a calledElement=mark", "endEvent e", "s -> a", "a -> e"),
        {},
        "completed",
        "s a e",
    ),
    "event definition by reference": (
        (
            *("startEvent s", "parallelGateway g", f"intermediateCatchEvent c {{{SHARED}}}", "userTask a"),
            *(f"intermediateThrowEvent t {{{SHARED}}}", "endEvent e", "endEvent f", "s -> g", "g -> c", "g -> a"),
            *("a -> t", "t -> e", "c -> f"),
        ),
        {"user": {"a": {}}},
        "completed",
        "s g a t c f e",
    ),
    "two signals thrown by one event": (
        (
            *("startEvent s", "parallelGateway g", f"intermediateCatchEvent c {{{SIGNAL}}}"),
            *('intermediateCatchEvent d {<signalEventDefinition signalRef="second"/>}', "userTask a"),
            f'intermediateThrowEvent t {{{SIGNAL}<signalEventDefinition signalRef="second"/>}}',
            *("endEvent e", "endEvent f", "endEvent h", "s -> g", "g -> c", "g -> d", "g -> a"),
            *("a -> t", "t -> e", "c -> f", "d -> h"),
        ),
        {"user": {"a": {}}},
        "completed",
        "s g a t c d f h e",
    ),
    "condition that holds at once": (
        ("startEvent s", f"intermediateCatchEvent c {{{OVER}}}", "endEvent e", "s -> c", "c -> e"),
        {"user": {"s": {"x": 6}}},
        "completed",
        "s c e",
    ),
    "condition that does not hold": (
        ("startEvent s", f"intermediateCatchEvent c {{{OVER}}}", "endEvent e", "s -> c", "c -> e"),
        {"user": {"s": {"x": 5}}},
        "waiting",
        "s",
    ),
    "condition that begins to hold takes an activity away": (
        (
            *("startEvent s", "parallelGateway g", "userTask a", f"boundaryEvent b attachedToRef=a {{{OVER}}}"),
            *("userTask k", "endEvent e", "endEvent f", "endEvent h", "s -> g", "g -> a", "g -> k"),
            *("a -> e", "b -> f", "k -> h"),
        ),
        {"user": {"k": {"x": 6}}},
        "completed",
        "s g k b h f",
    ),
    "condition that holds on happens once, and again after it did not hold": (
        (
            *("startEvent s", f"boundaryEvent b attachedToRef=w cancelActivity=false {{{OVER}}}"),
            *("subProcess w " + THREE_STEPS, "endEvent e", "endEvent f", "s -> w", "w -> e", "b -> f"),
        ),
        {"user": {"p1": {"x": 6}, "p2": {"x": 1}, "p3": {"x": 7}}},
        "completed",
        "s i p1 b f p2 p3 b j w f e",
    ),
    "condition that starts an event subprocess": (
        (
            *("startEvent s", "userTask a", "endEvent e", "s -> a", "a -> e"),
            "subProcess u triggeredByEvent=true " + sub(f"startEvent i {{{OVER}}}", "endEvent j", "i -> j"),
        ),
        {"user": {"s": {"x": 6}}},
        "completed",
        "s i j u",
    ),
    "compensation at the end": (
        (
            *("startEvent s", "task a", f"boundaryEvent b attachedToRef=a {{{UNDO}}}", "task h isForCompensation=true"),
            *("association u sourceRef=b targetRef=h", f"endEvent e {{{UNDO}}}", "s -> a", "a -> e"),
        ),
        {},
        "completed",
        "s a b h e",
    ),
    "what was done last is undone first, and waited for": (
        (
            *("startEvent s", "task a", f"boundaryEvent b attachedToRef=a {{{UNDO}}}"),
            *("task c", f"boundaryEvent d attachedToRef=c {{{UNDO}}}", "task never"),
            *(f"boundaryEvent n attachedToRef=never {{{UNDO}}}", "task o isForCompensation=true"),
            *("userTask h isForCompensation=true", "task i isForCompensation=true"),
            *("association u sourceRef=b targetRef=h", "association v sourceRef=d targetRef=i"),
            *("association w sourceRef=n targetRef=o", f"intermediateThrowEvent t {{{UNDO}}}", "endEvent e"),
            *("exclusiveGateway g default=f1", "s -> a", "a -> c", "c -> g", "f1: g -> t", "g -> never if false"),
            *("never -> t", "t -> e"),
        ),
        {"user": {"h": {}}},
        "completed",
        "s a c g d i b h t e",
    ),
    "only the activity that is named is undone": (
        (
            *("startEvent s", "task a", f"boundaryEvent b attachedToRef=a {{{UNDO}}}", "task h isForCompensation=true"),
            *("task c", f"boundaryEvent d attachedToRef=c {{{UNDO}}}", "task i isForCompensation=true"),
            *("association u sourceRef=b targetRef=h", "association v sourceRef=d targetRef=i"),
            "intermediateThrowEvent t {<compensateEventDefinition activityRef='a'/>}",
            *("endEvent e", "s -> a", "a -> c", "c -> t", "t -> e"),
        ),
        {},
        "completed",
        "s a c b h t e",
    ),
    "a cancelled transaction undoes what it has done and stops the rest": (
        (
            "startEvent s",
            "transaction x "
            + sub(
                *("startEvent i", "task w", f"boundaryEvent b attachedToRef=w {{{UNDO}}}"),
                *("task h isForCompensation=true", "association u sourceRef=b targetRef=h", "parallelGateway g"),
                *("userTask rest", f"endEvent bad {{{CANCEL}}}", "i -> w", "w -> g", "g -> bad", "g -> rest"),
            ),
            *(
                f"boundaryEvent c attachedToRef=x {{{CANCEL}}}",
                "endEvent e",
                "endEvent f",
                "s -> x",
                "x -> e",
                "c -> f",
            ),
        ),
        {},
        "completed",
        "s i w g b h bad c f",
    ),
    "transaction that ends": (
        (
            "startEvent s",
            "transaction x " + sub("startEvent i", "task w", "endEvent j", "i -> w", "w -> j"),
            *("endEvent e", "s -> x", "x -> e"),
        ),
        {},
        "completed",
        "s i w j x e",
    ),
    "transaction that is cancelled": (
        (
            *("startEvent s", "transaction x " + CANCELLING, f"boundaryEvent b attachedToRef=x {{{CANCEL}}}"),
            *("task k", "endEvent e", "endEvent f", "s -> x", "x -> e", "b -> k", "k -> f"),
        ),
        {},
        "completed",
        "s i w bad b k f",
    ),
    "link": (
        (
            *("startEvent s", "intermediateThrowEvent t {<linkEventDefinition name='x'/>}"),
            *("intermediateCatchEvent c {<linkEventDefinition name='x'/>}", "endEvent e", "s -> t", "c -> e"),
        ),
        {},
        "completed",
        "s t c e",
    ),
    "signal to a parallel branch": (
        (
            *("startEvent s", "parallelGateway g", f"intermediateCatchEvent c {{{SIGNAL}}}", "userTask a"),
            *(f"intermediateThrowEvent t {{{SIGNAL}}}", "endEvent e", "endEvent f", "s -> g", "g -> c", "g -> a"),
            *("a -> t", "t -> e", "c -> f"),
        ),
        {"user": {"a": {}}},
        "completed",
        "s g a t c f e",
    ),
    "signal from outside": (
        ("startEvent s", f"intermediateCatchEvent c {{{SIGNAL}}}", "endEvent e", "s -> c", "c -> e"),
        {"signals": ["alarm"]},
        "completed",
        "s c e",
    ),
    "signal end reaches a boundary": (
        (
            *("startEvent s", "parallelGateway g", "userTask a", f"boundaryEvent b attachedToRef=a {{{SIGNAL}}}"),
            *("userTask k", f"endEvent e {{{SIGNAL}}}", "endEvent f", "s -> g", "g -> a", "g -> k", "k -> e", "b -> f"),
        ),
        {"user": {"k": {}}},
        "completed",
        "s g k e b f",
    ),
    "error caught at the border": (
        (
            *("startEvent s", f"subProcess p1 {FAILING}", f"boundaryEvent b attachedToRef=p1 {{{ERROR}}}"),
            *("task mend", "endEvent e", "endEvent f", "s -> p1", "p1 -> e", "b -> mend", "mend -> f"),
        ),
        {},
        "completed",
        "s i work bad b mend f",
    ),
    "error of another code is not caught": (
        (
            *("startEvent s", f"subProcess p1 {FAILING}", "endEvent e", "endEvent f", "s -> p1", "p1 -> e", "b -> f"),
            "boundaryEvent b attachedToRef=p1 {<errorEventDefinition errorRef='other'/>}",
        ),
        {},
        "incident",
        "s i work",
    ),
    "error caught two scopes up": (
        (
            *("startEvent s", "subProcess p1 " + sub("startEvent o", f"subProcess p2 {FAILING}", "o -> p2")),
            *("boundaryEvent b attachedToRef=p1 {<errorEventDefinition/>}", "endEvent f", "s -> p1", "b -> f"),
        ),
        {},
        "completed",
        "s o i work bad b f",
    ),
    "escalation that does not interrupt": (
        (
            "startEvent s",
            "subProcess p1 "
            + sub("startEvent i", f"intermediateThrowEvent t {{{ESCALATION}}}", "task w", "i -> t", "t -> w"),
            f"boundaryEvent b attachedToRef=p1 cancelActivity=false {{{ESCALATION}}}",
            *("endEvent e", "endEvent f", "s -> p1", "p1 -> e", "b -> f"),
        ),
        {},
        "completed",
        "s i t b f w p1 e",
    ),
    "escalation end that interrupts": (
        (
            *("startEvent s", "subProcess p1 " + sub("startEvent i", f"endEvent t {{{ESCALATION}}}", "i -> t")),
            *(f"boundaryEvent b attachedToRef=p1 {{{ESCALATION}}}", "endEvent e", "endEvent f"),
            *("s -> p1", "p1 -> e", "b -> f"),
        ),
        {},
        "completed",
        "s i t b f",
    ),
    "escalation nobody catches is passed": (
        ("startEvent s", f"endEvent e {{{ESCALATION}}}", "s -> e"),
        {},
        "completed",
        "s e",
    ),
    "event subprocess is not run unasked": (
        (
            *("startEvent s", "task a", "endEvent e", "s -> a", "a -> e"),
            "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{ERROR}}}", "endEvent xe", "xs -> xe"),
        ),
        {},
        "completed",
        "s a e",
    ),
    "event subprocess catches an error": (
        (
            *("startEvent s", f"endEvent e {{{ERROR}}}", "s -> e"),
            "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{ERROR}}}", "endEvent xe", "xs -> xe"),
        ),
        {},
        "completed",
        "s e xs xe x",
    ),
    "event subprocess interrupts": (
        (
            *("startEvent s", "userTask a", "endEvent e", "s -> a", "a -> e"),
            "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{MESSAGE}}}", "endEvent xe", "xs -> xe"),
        ),
        {"messages": ["thu"]},
        "completed",
        "s xs xe x",
    ),
    "event subprocess beside": (
        (
            *("startEvent s", "userTask a", "endEvent e", "s -> a", "a -> e"),
            "subProcess x triggeredByEvent=true "
            + sub(f"startEvent xs isInterrupting=false {{{MESSAGE}}}", "endEvent xe", "xs -> xe"),
        ),
        {"messages": ["thu", "thu"], "user": {"a": {}}},
        "completed",
        "s xs xe x xs xe x a e",
    ),
    "event subprocess by a timer": (
        (
            *("startEvent s", "userTask a", "endEvent e", "s -> a", "a -> e"),
            "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{timer('P1D')}}}", "endEvent xe", "xs -> xe"),
        ),
        {"timers": ["xs"]},
        "completed",
        "s xs xe x",
    ),
    "event subprocess in a subprocess": (
        (
            "startEvent s",
            "subProcess p1 "
            + sub(
                *("startEvent i", "userTask a", "endEvent j", "i -> a", "a -> j"),
                "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{SIGNAL}}}", "endEvent xe", "xs -> xe"),
            ),
            *("endEvent e", "s -> p1", "p1 -> e"),
        ),
        {"signals": ["alarm"]},
        "completed",
        "s i xs xe x p1 e",
    ),
    "cycle that does not interrupt": (
        (
            *("startEvent s", "userTask a", f"boundaryEvent b attachedToRef=a cancelActivity=false {{{CYCLE}}}"),
            *("task remind", "endEvent e", "endEvent f", "s -> a", "a -> e", "b -> remind", "remind -> f"),
        ),
        {"timers": ["b", "b", "b", "b"], "user": {"a": {}}},
        "completed",
        "s b remind f b remind f b remind f a e",
    ),
    "loop with a maximum": (
        ("startEvent s", f"task a {{{loop(THREE)}}}", "endEvent e", "s -> a", "a -> e"),
        {},
        "completed",
        "s a a a e",
    ),
    "loop with a condition": (
        ("startEvent s", f"userTask a {{{loop('', 'more')}}}", "endEvent e", "s -> a", "a -> e"),
        {"user": {"a": [{"more": True}, {"more": False}]}},
        "completed",
        "s a a e",
    ),
    "loop asked before": (
        (
            *("startEvent s", "userTask q", f"userTask a {{{loop(BEFORE, 'more')}}}", "endEvent e"),
            *("s -> q", "q -> a", "a -> e"),
        ),
        {"user": {"q": {"more": False}}},
        "completed",
        "s q e",
    ),
    "loop of a subprocess": (
        (
            "startEvent s",
            "subProcess p1 {" + body(("startEvent i", "task w", "i -> w")) + loop('loopMaximum="2"') + "}",
            *("endEvent e", "s -> p1", "p1 -> e"),
        ),
        {},
        "completed",
        "s i w p1 i w p1 e",
    ),
    "enough instances": (
        (
            *("startEvent s", f"userTask v {{{until('5', 'nrOfCompletedInstances >= 3')}}}", "endEvent e"),
            *("s -> v", "v -> e"),
        ),
        {"user": {"v": {}}},
        "completed",
        "s v v v e",
    ),
    "enough instances one after the other": (
        (
            *("startEvent s", f"userTask v {{{until('5', 'ok == false', 'true')}}}", "endEvent e"),
            *("s -> v", "v -> e"),
        ),
        {"user": {"v": [{"ok": True}, {"ok": False}, {"ok": True}]}},
        "completed",
        "s v v e",
    ),
    "several subprocesses": (
        (
            "startEvent s",
            "subProcess p1 {" + body(("startEvent i", "task w", "i -> w")) + many("2", sequential=True) + "}",
            *("endEvent e", "s -> p1", "p1 -> e"),
        ),
        {},
        "completed",
        "s i w p1 i w p1 e",
    ),
    "error out of one of several": (
        (
            "startEvent s",
            "subProcess p1 {"
            + body(("startEvent i", "userTask w", f"endEvent bad {{{ERROR}}}", "i -> w", "w -> bad"))
            + many("3")
            + "}",
            *(f"boundaryEvent b attachedToRef=p1 {{{ERROR}}}", "endEvent e", "endEvent f"),
            *("s -> p1", "p1 -> e", "b -> f"),
        ),
        {"user": {"w": [{}]}},
        "completed",
        "s i i i w bad b f",
    ),
    "started by a message": (
        (f"startEvent s {{{MESSAGE}}}", "endEvent e", "s -> e"),
        {"messages": ["thu"]},
        "completed",
        "s e",
    ),
    "started by whichever comes": (
        (
            *(f"startEvent s {{{MESSAGE}}}", f"startEvent t {{{SIGNAL}}}", "task a", "task b", "endEvent e"),
            *("s -> a", "t -> b", "a -> e", "b -> e"),
        ),
        {"signals": ["alarm"]},
        "completed",
        "t b e",
    ),
    "terminated within a subprocess": (
        (
            "startEvent s",
            "subProcess p1 "
            + sub(
                *("startEvent i", "parallelGateway g", "userTask a", "endEvent t {<terminateEventDefinition/>}"),
                *("i -> g", "g -> a", "g -> t"),
            ),
            *("endEvent e", "s -> p1", "p1 -> e"),
        ),
        {},
        "completed",
        "s i g t p1 e",
    ),
    "every true way of an inclusive gateway": (
        (
            *("startEvent s", "userTask a", "inclusiveGateway g default=d", "task b", "task c", "task f"),
            *("inclusiveGateway j", "endEvent e", "s -> a", "a -> g", "g -> b if a.n > 1", "g -> c if a.n > 2"),
            *("d: g -> f", "b -> j", "c -> j", "f -> j", "j -> e"),
        ),
        {"user": {"a": {"n": 3}}},
        "completed",
        "s a g b c j e",
    ),
    "the first event behind a gateway wins": (
        (
            *("startEvent s", "eventBasedGateway g", f"intermediateCatchEvent m {{{MESSAGE}}}"),
            *(f"intermediateCatchEvent t {{{timer('P1D')}}}", "endEvent x", "endEvent y"),
            *("s -> g", "g -> m", "g -> t", "m -> x", "t -> y"),
        ),
        {"messages": ["thu"], "timers": ["t"]},
        "completed",
        "s g m x",
    ),
    "the time comes first": (
        (
            *("startEvent s", "eventBasedGateway g", f"intermediateCatchEvent m {{{MESSAGE}}}"),
            *(f"intermediateCatchEvent t {{{timer('P1D')}}}", "endEvent x", "endEvent y"),
            *("s -> g", "g -> m", "g -> t", "m -> x", "t -> y"),
        ),
        {"timers": ["t"]},
        "completed",
        "s g t y",
    ),
    "a message breaks a task off": (
        (
            *(
                "startEvent s",
                "userTask a",
                f"boundaryEvent b attachedToRef=a {{{MESSAGE}}}",
                "endEvent x",
                "endEvent y",
            ),
            *("s -> a", "a -> x", "b -> y"),
        ),
        {"messages": ["thu"]},
        "completed",
        "s b y",
    ),
    "an escalation starts an event subprocess": (
        (
            *("startEvent s", f"intermediateThrowEvent t {{{ESCALATION}}}", "intermediateThrowEvent n", "endEvent e"),
            *("s -> t", "t -> n", "n -> e"),
            "subProcess x triggeredByEvent=true "
            + sub(f"startEvent xs isInterrupting=false {{{ESCALATION}}}", "endEvent xe", "xs -> xe"),
        ),
        {},
        "completed",
        "s t xs n xe x e",
    ),
    "conditions of other tools": (
        (
            *("startEvent s", "userTask a", "exclusiveGateway g default=d", "task b", "task c", "endEvent e"),
            *("s -> a", "a -> g", "g -> b if ${ok and n gt 3}", "d: g -> c", "b -> e", "c -> e"),
        ),
        {"user": {"a": {"ok": True, "n": 4}}},
        "completed",
        "s a g b e",
    ),
}


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
