"""Business-rule tasks: what goes into a table and what a diagram can read of its result."""

from decimal import Decimal

import pytest

from engine.errors import InvalidRelease
from engine.process.moves import Complete
from engine.process.release import check_files
from engine.process.rules import Source
from engine.process.walk import walk
from tests.engine.process.drawing import AnyForm, context, draw, named, open_keys, properties, release, start

DMN = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"'


def table(policy: str, outputs: tuple[str, ...], *rules: tuple[str, ...]) -> bytes:
    columns = "".join(
        f'<output id="o_{name}" name="{name}" typeRef="{kind}"/>' for name, kind in (o.split(":") for o in outputs)
    )
    rows = "".join(
        f'<rule id="r{number}"><inputEntry><text>{cells[0]}</text></inputEntry>'
        + "".join(f"<outputEntry><text>{cell}</text></outputEntry>" for cell in cells[1:])
        + "</rule>"
        for number, cells in enumerate(rules, 1)
    )
    return (
        f'<definitions {DMN} id="d" name="d" namespace="n"><inputData id="i" name="rate">'
        '<variable id="v" name="rate" typeRef="number"/></inputData><decision id="judge" name="judge">'
        '<informationRequirement id="q"><requiredInput href="#i"/></informationRequirement>'
        f'<decisionTable id="t" hitPolicy="{policy}"><input id="c"><inputExpression id="x" typeRef="number">'
        f"<text>rate</text></inputExpression></input>{columns}{rows}</decisionTable></decision></definitions>"
    ).encode()


GRADE = table("UNIQUE", ("grade:string",), ("&gt;= 24.5", '"good"'), ("&lt; 24.5", '"poor"'))
JUDGED = table(
    "COLLECT",
    ("ma:string", "ket_qua:string"),
    ("&gt;= 24.5", '"A"', '"DAT"'),
    ("&lt; 24.5", '"A"', '"KHONG_DAT"'),
    ("null", '"A"', '"THIEU_MINH_CHUNG"'),
    ("-", '"B"', '"KHONG_AP_DUNG"'),
)


def judging(dmn: bytes, condition: str, mapping: str = "percent(a.rate)"):
    bound = "<spiffworkflow:calledDecisionId>judge</spiffworkflow:calledDecisionId>"
    extensions = properties(in__rate=mapping).removeprefix("<extensionElements>")
    rule = f"businessRuleTask judge {{<extensionElements>{bound}{extensions}}}"
    lines = ("startEvent s", "userTask a", rule, "exclusiveGateway g default=o", "userTask b", "userTask c")
    flows = ("s -> a", "a -> judge", "judge -> g", f"g -> b if {condition}", "o: g -> c")
    return release(draw(*lines, *flows), tables=[dmn], rate="PERCENT?", ok="BOOL").process("p")


@pytest.mark.parametrize(("rate", "opened"), [(2450, "b#1"), (2449, "c#1")])
def test_hundredths_reach_the_table_as_exact_percentages(rate, opened):
    instance, _ = start(judging(GRADE, "judge.grade == 'good'"))
    facts = instance.handle(Complete("a#1", {"rate": rate}), context())
    assert open_keys(instance) == [opened]
    [made] = named(facts, "DecisionMade")
    assert made.inputs == {"rate": rate}


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"rate": 3000}, {"result": "DAT", "failed": 0}),
        ({"rate": 100}, {"result": "KHONG_DAT", "failed": 1}),
        ({}, {"result": "THIEU_MINH_CHUNG", "failed": 0}),
    ],
)
def test_criteria_judged_row_by_row_become_one_result(fields, result):
    instance, _ = start(judging(JUDGED, "judge.result == 'DAT'"))
    [made] = named(instance.handle(Complete("a#1", fields), context()), "DecisionMade")
    assert made.result == result
    assert [row["ma"] for row in made.rows] == ["A", "B"]
    assert made.rows[0]["inputs"] == ["rate"]
    assert {f"judge.{name}": value for name, value in result.items()}.items() <= instance.variables.items()


def test_a_recorded_judgement_is_taken_and_not_made_again():
    process = judging(JUDGED, "judge.result == 'DAT'")
    decided = named(start(process)[0].handle(Complete("a#1", {"rate": 3000}), context()), "DecisionMade")
    instance, _ = start(process)
    instance.handle(Complete("a#1", {"rate": 1}), context(), decided)
    assert open_keys(instance) == ["b#1"]


def test_a_table_that_cannot_compute_its_result_parks_the_token():
    inverse = table("UNIQUE", ("grade:number",), ("-", "1 / rate"))
    instance, _ = start(judging(inverse, "judge.grade == 1"))
    facts = instance.handle(Complete("a#1", {"rate": 0}), context())
    assert [fact.why for fact in named(facts, "IncidentRaised")] == ["decision_failed"]


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ("a.rate", "mapping_percent"),
        ("percent(a.ok)", "mapping_percent"),
        ("gone.rate", "mapping_unknown"),
        ("1 + 1", "mapping_invalid"),
    ],
)
def test_a_mapping_that_cannot_be_right_is_refused(mapping, code):
    with pytest.raises(InvalidRelease) as refused:
        judging(GRADE, "judge.grade == 'good'", mapping)
    assert code in {problem.code for problem in refused.value.params["problems"]}


def test_of_several_sources_the_first_whose_step_was_visited_counts_even_where_it_is_silent():
    source = Source.parse("percent(later.rate | early.rate)")
    assert source.percent
    assert source.read({"early.rate": 1}) == 1
    assert source.read({"early.rate": 1, "later.visited": True}) is None
    assert source.read({"early.rate": 1, "later.visited": True, "later.rate": 2}) == 2
    assert source.convert(2450) == Decimal("24.50")


def test_an_input_nobody_is_asked_for_is_said_to_be_so_and_needs_no_variable():
    task = "businessRuleTask d {<extensionElements>%s</extensionElements>}"
    called = "<spiffworkflow:calledDecisionId>t</spiffworkflow:calledDecisionId>"
    inner = '<spiffworkflow:properties><spiffworkflow:property name="in:x" value="-"/></spiffworkflow:properties>'
    lines = ("startEvent s", task % (called + inner), "endEvent e", "s -> d", "d -> e")
    table = f"""<definitions {DMN} id="f" name="f" namespace="t">
      <inputData id="i" name="x"><variable name="x"/></inputData>
      <decision id="t" name="t"><variable name="t"/><informationRequirement><requiredInput href="#i"/>
      </informationRequirement><literalExpression><text>x = null</text></literalExpression></decision></definitions>"""

    found = check_files({"x.bpmn": draw(*lines), "x.dmn": table.encode()}, AnyForm())

    assert found == []
    assert walk(draw(*lines), {}, tables={"x.dmn": table.encode()}).data == {"d": {"t": True}}


def test_a_table_whose_rows_no_condition_can_read_is_pointed_out():
    called = "<spiffworkflow:calledDecisionId>judge</spiffworkflow:calledDecisionId>"
    task = f"businessRuleTask d {{<extensionElements>{called}%s"
    lines = ("startEvent s", task % f"{properties(in__rate='-')[19:]}}}", "endEvent e", "s -> d", "d -> e")
    rows = table("RULE ORDER", ("mark:string",), (">= 1", '"a"'), (">= 2", '"b"'))

    found = check_files({"x.bpmn": draw(*lines), "x.dmn": rows}, AnyForm())

    assert [(p.severity, p.code, p.element) for p in found if p.file == "x.bpmn"] == [
        ("warning", "decision_lists", "d")
    ]
