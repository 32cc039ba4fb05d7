"""What is refused, by name and at its line, and what is let through with a warning."""

import pytest

from engine.errors import InvalidRelease
from engine.process.reader import parse_processes
from engine.process.release import check_files
from tests.engine.process.drawing import HEAD, MESSAGE, AnyForm, draw, many, properties, release, timer

OK = ("startEvent s", "userTask a", "endEvent e", "s -> a", "a -> e")


THREE = "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"


def found(raw: bytes, bare: bool = False):
    problems = check_files({"x.bpmn": raw, "forms/any.json": b'{"key": "any"}'}, AnyForm(), bare=bare)
    return [(problem.severity, problem.code, problem.element) for problem in problems]


def task(**values: str) -> str:
    return f"userTask a {{{properties(**{'candidateRole': 'HD_DV', **values})}}}"


def with_task(line: str):
    return draw("startEvent s", line, "endEvent e", "s -> a", "a -> e")


def test_a_sound_diagram_has_no_findings():
    assert found(draw(*OK)) == []


CASES = {
    "script task": (
        draw("startEvent s", "scriptTask a {<script>import os</script>}", "endEvent e", "s -> a", "a -> e"),
        [("error", "element_unsupported", "a"), ("error", "script_forbidden", "a")],
    ),
    "script beside a task": (
        with_task(
            "userTask a {<extensionElements><spiffworkflow:preScript>x=1</spiffworkflow:preScript></extensionElements>}"
        ),
        [("error", "role_missing", "a"), ("error", "script_forbidden", "a")],
    ),
    "service task": (with_task("serviceTask a"), [("error", "element_unsupported", "a")]),
    "complex gateway that joins": (
        draw(*OK[:4], "complexGateway c", "task b", "s -> b", "a -> c", "b -> c", "c -> e"),
        [("error", "element_unsupported", "c")],
    ),
    "compensation end": (
        draw("startEvent s", "endEvent e {<compensateEventDefinition/>}", "s -> e"),
        [("error", "compensation_unbound", "e"), ("error", "event_unsupported", "e")],
    ),
    "event subprocess that waits for nothing": (
        draw(*OK, "subProcess x triggeredByEvent=true {<startEvent id='y'/><endEvent id='z'/>}"),
        [
            ("error", "event_subprocess_start", "x"),
            ("warning", "end_implicit", "y"),
            ("error", "std_outgoing", "y"),
            ("error", "std_incoming", "z"),
            ("warning", "unreachable", "z"),
        ],
    ),
    "cancel end outside a transaction": (
        draw("startEvent s", "endEvent e {<cancelEventDefinition/>}", "s -> e"),
        [("error", "cancel_misplaced", "e")],
    ),
    "no token starts a task": (
        draw("startEvent s", "task a startQuantity=0", "endEvent e", "s -> a", "a -> e"),
        [("error", "attribute_unsupported", "a")],
    ),
    "tokens of ours are not counted": (
        draw("startEvent s", "task a completionQuantity=2", "endEvent e", "s -> a", "a -> e"),
        [("error", "attribute_unsupported", "a")],
    ),
    "a node that lists a flow which ends elsewhere": (
        draw(*OK, "task b {<incoming>f</incoming>}", "endEvent z", "f: a -> z"),
        [("warning", "flow_end_contradicted", "b"), ("warning", "unreachable", "b")],
    ),
    "a gateway that says it only divides, and joins": (
        draw(*OK, "parallelGateway g gatewayDirection=Diverging", "endEvent z", "a -> g", "a -> g", "g -> z"),
        [("error", "gateway_direction", "g")],
    ),
    "a condition in a language nobody here speaks": (
        draw(*OK, "endEvent z", "f: a -> z").replace(
            b'targetRef="z">',
            b'targetRef="z"><conditionExpression language="http://www.java.com/java">return x;</conditionExpression>',
        ),
        [("error", "expression_language", "f"), ("error", "xsd_attribute", "f")],
    ),
    "start by a message": (
        draw(f"startEvent s {{{MESSAGE}}}", "endEvent e", "s -> e"),
        [("error", "event_unsupported", "s")],
    ),
    "error nobody catches": (
        draw("startEvent s", "endEvent e {<errorEventDefinition/>}", "s -> e"),
        [("warning", "error_uncaught", "e")],
    ),
    "instances that throw nothing named": (
        draw("startEvent s", "task a {<multiInstanceLoopCharacteristics behavior='None'>" + THREE + "}", *OK[2:]),
        [("error", "loop_unsupported", "a")],
    ),
    "instances that throw an error": (
        draw(
            "startEvent s",
            "task a {<multiInstanceLoopCharacteristics behavior='One' oneBehaviorEventRef='bad'>" + THREE + "}",
            *OK[2:],
            more='<errorEventDefinition id="bad"/>',
        ),
        [("error", "loop_unsupported", "a")],
    ),
    "several events, one of them an error": (
        draw(*OK, f"boundaryEvent b attachedToRef=a {{{MESSAGE}<errorEventDefinition/>}}", "b -> e"),
        [("error", "event_unsupported", "b")],
    ),
    "a cycle without end between start and end": (
        draw("startEvent s", f"intermediateCatchEvent a {{{timer('R/PT1H', 'timeCycle')}}}", *OK[2:]),
        [("error", "cycle_misplaced", "a")],
    ),
    "a receive task that starts the process and is led to": (
        draw(*OK, "receiveTask r messageRef=letter instantiate=true", "a -> r", "r2: r -> e"),
        [("error", "flow_into_start", "a>r>1"), ("error", "event_unsupported", "r")],
    ),
    "link to nowhere": (
        draw("startEvent s", "intermediateThrowEvent t {<linkEventDefinition name='x'/>}", "endEvent e", "s -> t"),
        [("error", "std_incoming", "e"), ("warning", "unreachable", "e"), ("error", "link_unpaired", "t")],
    ),
    "compensation handler": (
        draw("startEvent s", "task a isForCompensation=true", "endEvent e", "s -> a", "a -> e"),
        [("error", "compensation_unbound", "a")],
    ),
    "message that is not there": (
        draw("startEvent s", 'intermediateCatchEvent a {<messageEventDefinition messageRef="gone"/>}', "s -> a"),
        [("error", "reference_unknown", "a"), ("error", "std_outgoing", "a"), ("warning", "end_missing", "p")],
    ),
    "id that is no name": (draw(*OK).replace(b'id="a"', b'id="a/b#1"'), None),
    "import": (
        draw(*OK, more='<import importType="x" location="http://127.0.0.1:9/x" namespace="n"/>'),
        [("error", "element_unsupported", "")],
    ),
    "id used twice": (draw(*OK, "userTask a"), [("error", "id_duplicate", "a")]),
    "flow from nowhere": (draw(*OK, "f9: gone -> a"), [("error", "flow_source_unknown", "f9")]),
    "flow to nowhere": (draw(*OK, "f9: a -> gone"), [("error", "flow_target_unknown", "f9")]),
    "no start": (
        draw("userTask a", "endEvent e", "a -> e"),
        [("warning", "unreachable", "a"), ("warning", "unreachable", "e"), ("error", "start_missing", "p")],
    ),
    "two starts": (draw(*OK, "startEvent t", "t -> a"), [("error", "start_several", "t")]),
    "no end": (draw("startEvent s", "userTask a", "s -> a"), [("warning", "end_missing", "p")]),
    "orphan": (draw(*OK, "task lonely"), [("warning", "unreachable", "lonely")]),
    "flow without condition": (
        draw(*OK, "exclusiveGateway g", "a -> g", "f1: g -> e", "f2: g -> e if true"),
        [("error", "gateway_condition_missing", "f1")],
    ),
    "no default": (
        draw("startEvent s", "exclusiveGateway g", "endEvent e", "s -> g", "g -> e if true", "g -> e if false"),
        [("warning", "gateway_no_default", "g")],
    ),
    "unknown default": (
        draw("startEvent s", "exclusiveGateway g default=zz", "endEvent e", "s -> g", "g -> e"),
        [("error", "default_unknown", "g"), ("error", "std_gateway", "g")],
    ),
    "condition behind a start": (
        draw("startEvent s", "task a", "endEvent e", "f1: s -> a if true", "a -> e"),
        [("error", "condition_misplaced", "f1")],
    ),
    "condition on the default": (
        draw(
            "startEvent s",
            "exclusiveGateway g default=d",
            "endEvent e",
            "s -> g",
            "g -> e if true",
            "d: g -> e if false",
        ),
        [("error", "condition_misplaced", "d")],
    ),
    "condition in another language": (
        draw(
            "startEvent s", "exclusiveGateway g default=d", "endEvent e", "s -> g", "f1: g -> e if ${ok}", "d: g -> e"
        ),
        [("error", "cel_undeclared", "f1"), ("warning", "expression_translated", "f1")],
    ),
    "condition over a name nobody sets": (
        draw("startEvent s", "exclusiveGateway g default=d", "endEvent e", "s -> g", "f1: g -> e if x.y", "d: g -> e"),
        [("error", "cel_undeclared", "f1")],
    ),
    "condition that is no yes or no": (
        draw(
            *("startEvent s", "userTask a", "exclusiveGateway g default=d", "endEvent e"),
            *("s -> a", "a -> g", "f1: g -> e if a.count", "d: g -> e"),
        ),
        [("error", "cel_result", "f1")],
    ),
    "unknown role": (with_task(task(candidateRole="BOSS")), [("error", "role_unknown", "a")]),
    "no role": (with_task(f"userTask a {{{properties(stage='x')}}}"), [("error", "role_missing", "a")]),
    "unknown unit scope": (with_task(task(unitScope="moon")), [("error", "unit_scope_unknown", "a")]),
    "unknown milestone": (with_task(task(milestone="half")), [("error", "milestone_unknown", "a")]),
    "unknown state of a dossier": (with_task(task(dossierStatus="HALF")), [("error", "dossier_status_unknown", "a")]),
    "unknown form": (with_task(task(formKey="gone")), [("error", "form_unknown", "a")]),
    "apart from a step that is not there": (
        with_task(task(separateFrom="start zz")),
        [("error", "separate_from_unknown", "a")],
    ),
    "limit in words": (with_task(task(limitWorkingDays="mười")), [("error", "limit_invalid", "a")]),
    "negative limit": (with_task(task(limitWorkingDays="-1")), [("error", "limit_invalid", "a")]),
    "endless limit": (with_task(task(limitWorkingDays="9999")), [("error", "limit_invalid", "a")]),
    "first day maybe": (with_task(task(countFirstDay="maybe")), [("error", "count_first_invalid", "a")]),
    "table missing": (with_task("businessRuleTask a"), [("error", "decision_missing", "a")]),
    "called process missing": (
        with_task("callActivity a calledElement=../../etc/passwd"),
        [("error", "called_unknown", "a")],
    ),
    "calls itself": (with_task("callActivity a calledElement=p"), [("error", "called_in_circle", "a")]),
    "standard loop": (
        with_task(f"userTask a {{<standardLoopCharacteristics/>{properties(candidateRole='HD_DV')}}}"),
        [("error", "loop_unsupported", "a")],
    ),
    "boundary event on nothing": (
        draw(*OK, f"boundaryEvent b attachedToRef=zz {{{MESSAGE}}}", "b -> e"),
        [("error", "boundary_unattached", "b"), ("warning", "unreachable", "b")],
    ),
    "gateway that waits for a task": (
        draw("startEvent s", "eventBasedGateway g", "userTask a", "endEvent e", "s -> g", "g -> a", "a -> e"),
        [("error", "event_gateway_target", "g"), ("error", "std_gateway", "g")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_run_as_it_reads_is_named(name):
    raw, expected = CASES[name]
    if expected is None:
        assert "id_invalid" in {code for _, code, _ in found(raw)}
    else:
        assert found(raw) == expected


@pytest.mark.parametrize(
    "text", ["99999-01-01T00:00:00", "0000-01-01", "P9999999Y", "-P1D", "P", "PT", "2026-02-30", "soon"]
)
def test_a_timer_that_cannot_be_read_is_named_before_it_runs(text):
    kind = "timeDate" if text[0].isdigit() else "timeDuration"
    raw = with_task(f"intermediateCatchEvent a {{{timer(text, kind)}}}")
    assert found(raw) == [("error", "timer_invalid", "a")]


@pytest.mark.parametrize("text", ["P10D", "PT2H", "P2W", "P1M", "P1Y", "P1DT12H", "'P30D'"])
def test_plain_durations_are_the_normal_form(text):
    assert found(with_task(f"intermediateCatchEvent a {{{timer(text)}}}")) == []


def test_processes_that_call_each_other_are_refused():
    call = '<callActivity id="c" calledElement="p"/><sequenceFlow sourceRef="b" targetRef="c"/>'
    other = f'<process id="q"><startEvent id="b"/>{call}</process>'
    codes = {code for _, code, _ in found(draw("startEvent s", "callActivity a calledElement=q", "s -> a", more=other))}
    assert "called_in_circle" in codes


def test_a_flow_out_of_a_subprocess_is_refused():
    inner = '<startEvent id="i"/><task id="t"/><sequenceFlow id="x" sourceRef="i" targetRef="t"/>'
    raw = draw("startEvent s", f"subProcess sub {{{inner}}}", "endEvent e", "s -> sub", "sub -> e", "f9: t -> e")
    assert ("error", "flow_crosses_border", "f9") in found(raw)


def test_a_foreign_diagram_needs_no_roles_forms_or_declared_names():
    raw = draw(
        *(
            "startEvent s",
            f"userTask a {{{properties(formKey='theirs')}}}",
            "exclusiveGateway g default=d",
            "endEvent e",
        ),
        *("s -> a", "a -> g", "g -> e if approved", "d: g -> e"),
    )
    assert [code for _, code, _ in found(raw, bare=True)] == ["name_undeclared"]
    assert found(raw) != []


def test_ids_that_spiffworkflow_uses_itself_are_ordinary_ids():
    assert found(draw("startEvent Start", "userTask Root", "endEvent End", "Start -> Root", "Root -> End")) == []


def test_flows_without_id_get_the_same_one_every_time():
    read = [parse_processes(draw(*OK), "x.bpmn")[0][0].flows for _ in range(2)]
    assert read[0] == read[1]
    assert list(read[0]) == ["s>a>1", "a>e>1"]


def test_a_problem_names_file_line_and_element_in_two_languages():
    raw = b"\n".join(
        [HEAD.encode(), b'<process id="p"><startEvent id="s"/>', b'<scriptTask id="x"/></process></definitions>']
    )
    [problem] = [p for p in check_files({"x.bpmn": raw}, AnyForm()) if p.code == "element_unsupported"]
    assert (problem.file, problem.line, problem.element) == ("x.bpmn", 3, "x")
    assert problem.message == "Không hỗ trợ phần tử “scriptTask”."
    assert problem.message_en == "Element “scriptTask” is not supported."
    assert problem.mend
    assert problem.mend_en


def test_a_release_with_one_error_is_not_taken():
    with pytest.raises(InvalidRelease) as refused:
        release(draw(*OK), draw("userTask a", process="q"))
    assert "start_missing" in {problem.code for problem in refused.value.params["problems"]}


def test_a_release_must_say_what_it_is():
    assert [problem.code for problem in check_files({"release.toml": b"id = 1 2"}, AnyForm())] == ["release_broken"]
    assert [problem.code for problem in check_files({"release.toml": b'id = "x"'}, AnyForm())] == ["release_broken"]


def test_two_processes_of_one_name_are_refused():
    files = {"a.bpmn": draw(*OK), "b.bpmn": draw(*OK), "forms/any.json": b'{"key": "any"}'}
    assert "process_duplicate" in {problem.code for problem in check_files(files, AnyForm())}


def test_instances_are_counted_by_a_whole_number():
    assert found(with_task(f"userTask a {{{many('true')}{properties(candidateRole='HD_DV')}}}")) == [
        ("error", "cel_result", "a")
    ]


FOREIGN = {
    "several events": (f"intermediateCatchEvent a {{{MESSAGE}{timer('P1D')}}}", "event_unsupported"),
    "a cycle": (f"intermediateCatchEvent a {{{timer('R3/PT1H', 'timeCycle')}}}", "cycle_misplaced"),
    "instances that throw": (
        "userTask a {<multiInstanceLoopCharacteristics behavior='One' oneBehaviorEventRef='m'>" + THREE + "}",
        "loop_unsupported",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_only_foreign_files_may_hold_is_refused_in_ours(name):
    line, code = FOREIGN[name]
    raw = draw("startEvent s", line, *OK[2:], more='<messageEventDefinition id="m" messageRef="letter"/>')

    assert (code, "a") in {(code, element) for _, code, element in found(raw)}
    assert "error" not in {severity for severity, _, _ in found(raw, bare=True)}
