"""What comes out of a table: hit policies, defaults, types, the graph of requirements, and the reasons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.process.decisions import dump_json, explain, parse_decisions
from tests.engine.process.decisions.dmn import DMN_13, a_file, a_table, decided, outputs_for

BANDS = [("< 20", '"thấp"'), ("[20..30)", '"vừa"'), (">= 30", '"cao"')]
OVERLAPPING = [("> 0", '"một"'), ("> 10", '"hai"'), ("> 20", '"ba"')]
ORDER = {"y": '"ba", "hai", "một"'}
NUMBERS = [("> 0", "1.10"), ("> 10", "2.20"), ("> 20", "3")]


@pytest.mark.parametrize(
    ("policy", "x", "outputs", "rows"),
    [
        ("FIRST", 25, {"y": "một"}, (1,)),
        ("FIRST", 0, {}, ()),
        ("PRIORITY", 25, {"y": "ba"}, (3,)),
        ("PRIORITY", 15, {"y": "hai"}, (2,)),
        ("RULE ORDER", 25, [{"y": "một"}, {"y": "hai"}, {"y": "ba"}], (1, 2, 3)),
        ("OUTPUT ORDER", 25, [{"y": "ba"}, {"y": "hai"}, {"y": "một"}], (3, 2, 1)),
        ("COLLECT", 15, [{"y": "một"}, {"y": "hai"}], (1, 2)),
        ("COLLECT", 0, [], ()),
    ],
)
def test_each_hit_policy_chooses_its_rows(policy: str, x: int, outputs: Any, rows: tuple[int, ...]) -> None:
    result = decided(a_table(OVERLAPPING, policy=policy, allowed=ORDER)).evaluate({"x": x})

    assert (result.outputs, result.matched_rules, result.problems) == (outputs, rows, ())


@pytest.mark.parametrize(
    ("aggregation", "x", "value"),
    [
        ("SUM", 25, Decimal("6.30")),
        ("MIN", 25, Decimal("1.10")),
        ("MAX", 25, Decimal(3)),
        ("COUNT", 25, Decimal(3)),
        ("SUM", 0, None),
        ("COUNT", 0, Decimal(0)),
    ],
)
def test_a_collect_table_aggregates_exactly(aggregation: str, x: int, value: Any) -> None:
    table = a_table(NUMBERS, outputs={"y": "number"}, policy="COLLECT", aggregation=aggregation)

    assert outputs_for(decided(table), x=x) == {"y": value}


def test_a_unique_table_gives_the_one_row_that_matches() -> None:
    result = decided(a_table(BANDS)).evaluate({"x": Decimal("24.50"), "other": 1})

    assert (result.outputs, result.value, result.matched_rules) == ({"y": "vừa"}, "vừa", (2,))


def test_a_unique_table_with_two_matching_rows_gives_nothing_and_says_which() -> None:
    result = decided(a_table(OVERLAPPING)).evaluate({"x": 15})

    assert result.outputs == {}
    [problem] = result.problems
    assert problem.code == "dmn_several_match"
    assert "1, 2" in problem.message


def test_an_any_table_wants_matching_rows_to_agree() -> None:
    table = decided(a_table([("> 0", '"a"'), ("> 10", '"a"'), ("> 20", '"b"')], policy="ANY"))

    assert table.evaluate({"x": 15}).outputs == {"y": "a"}
    assert table.evaluate({"x": 15}).matched_rules == (1, 2)
    assert [problem.code for problem in table.evaluate({"x": 25}).problems] == ["dmn_results_differ"]


def test_priority_of_several_outputs_goes_by_the_first_column_then_the_next() -> None:
    table = a_table(
        [("> 0", '"b"', "1"), ("> 0", '"a"', "1"), ("> 0", '"a"', "2")],
        outputs={"y": "string", "z": "number"},
        allowed={"y": '"a", "b"', "z": "2, 1"},
        policy="OUTPUT ORDER",
    )

    rows = decided(table).evaluate({"x": 1}).matched_rules

    assert rows == (3, 2, 1)


def test_the_default_is_given_when_no_row_matches() -> None:
    table = a_table([("> 10", '"a"')], default='"không"')

    assert outputs_for(decided(table), x=1) == {"y": "không"}
    assert outputs_for(decided(a_table([("> 10", '"a"')], default='"k"', policy="COLLECT")), x=1) == [{"y": "k"}]


def test_a_missing_input_meets_only_a_row_that_says_null() -> None:
    table = decided(a_table([*BANDS, ("null", '"thiếu"')]))

    for inputs in ({}, {"x": None}):
        assert table.evaluate(inputs).outputs == {"y": "thiếu"}
    assert decided(a_table(BANDS)).evaluate({}).outputs == {}


def test_an_input_of_the_wrong_type_counts_as_missing_and_is_reported() -> None:
    table = decided(a_table([*BANDS, ("null", '"thiếu"')]))

    for wrong in ("24", True, {"a": 1}, float("nan")):
        result = table.evaluate({"x": wrong})
        assert result.outputs == {"y": "thiếu"}
        assert [problem.code for problem in result.problems] == ["dmn_input_type"]


def test_an_input_outside_the_allowed_values_counts_as_missing_and_is_reported() -> None:
    table = a_table(
        [('"a"', '"A"'), ("null", '"?"')], inputs={"x": "string"}, allowed={"x": '"a", "b"'}, policy="FIRST"
    )

    result = decided(table).evaluate({"x": "c"})

    assert result.outputs == {"y": "?"}
    assert [problem.code for problem in result.problems] == ["dmn_input_value"]


def test_an_iso_text_is_a_date_where_the_column_is_one() -> None:
    table = decided(a_table([('<= date("2023-06-01")', '"kịp"'), ("-", '"trễ"')], inputs={"x": "date"}, policy="FIRST"))

    assert table.evaluate({"x": "2023-06-01"}).outputs == {"y": "kịp"}
    assert table.evaluate({"x": date(2023, 6, 2)}).outputs == {"y": "trễ"}


def test_names_are_the_same_in_either_unicode_form() -> None:
    table = decided(a_table([("> 1", '"đạt"')], inputs={"Tỷ lệ số hóa": "number"}))

    assert table.evaluate({"Tỷ lệ số ho\u0301a": 2}).outputs == {"y": "đạt"}


def test_an_output_of_the_wrong_type_is_null_with_a_problem() -> None:
    result = decided(a_table([("-", '"năm"')], outputs={"y": "number"})).evaluate({"x": 1})

    assert result.outputs == {"y": None}
    assert [problem.code for problem in result.problems] == ["dmn_output_type"]


def test_what_cannot_be_computed_is_null_with_a_problem() -> None:
    result = decided(a_table([("-", "x / 0")], outputs={"y": "number"})).evaluate({"x": 1})

    assert result.outputs == {"y": None}
    [problem] = result.problems
    assert (problem.code, problem.severity, problem.element) == ("dmn_failed", "warning", "d")


GRAPH = """
<inputData id="i1" name="Lương"><variable name="Lương" typeRef="number"/></inputData>
<decision id="last" name="Kết luận">
  <variable name="Kết luận" typeRef="string"/>
  <informationRequirement><requiredDecision href="#rate"/></informationRequirement>
  <literalExpression><text>if Mức thưởng > 100 then "cao" else "thấp"</text></literalExpression>
</decision>
<decision id="rate" name="Mức thưởng">
  <informationRequirement><requiredDecision href="#base"/></informationRequirement>
  <literalExpression><text>Cơ sở * 1.5</text></literalExpression>
</decision>
<decision id="base" name="Cơ sở">
  <informationRequirement><requiredInput href="#i1"/></informationRequirement>
  <literalExpression><text>Lương / 2</text></literalExpression>
</decision>
"""


def test_required_decisions_are_made_first() -> None:
    last = decided(GRAPH, "last")

    assert [decision.id for decision in last.order] == ["base", "rate"]
    assert last.evaluate({"Lương": 200}).outputs == {"Kết luận": "cao"}
    assert last.evaluate({"Lương": 100}).outputs == {"Kết luận": "thấp"}
    assert decided(GRAPH, "rate").evaluate({"Lương": 100}).outputs == {"Mức thưởng": Decimal("75.0")}


def test_a_hundred_decisions_in_a_row_are_made() -> None:
    decisions = "".join(
        f'<decision id="d{n}" name="d{n}"><informationRequirement><requiredDecision href="#d{n - 1}"/>'
        f"</informationRequirement><literalExpression><text>d{n - 1} + 1</text></literalExpression></decision>"
        for n in range(1, 100)
    )
    first = '<decision id="d0" name="d0"><literalExpression><text>0</text></literalExpression></decision>'

    assert decided(first + decisions, "d99").evaluate({}).outputs == {"d99": 99}


def test_structured_inputs_are_read_by_their_declared_parts() -> None:
    body = """
    <itemDefinition name="tPerson">
      <itemComponent name="Ngày sinh"><typeRef>date</typeRef></itemComponent>
      <itemComponent name="điểm" isCollection="true"><typeRef>number</typeRef></itemComponent>
    </itemDefinition>
    <inputData id="p" name="Người"><variable name="Người" typeRef="tPerson"/></inputData>
    <decision id="d" name="d">
      <literalExpression><text>Người.Ngày sinh.year + sum(Người.điểm)</text></literalExpression>
    </decision>
    """

    result = decided(body).evaluate({"Người": {"Ngày sinh": "1985-02-03", "điểm": [1, 2.5]}})

    assert result.outputs == {"d": Decimal("1988.5")}


def test_the_explanation_says_for_each_row_which_test_met_which_value() -> None:
    table = a_table([("< 20", "-", '"a"'), (">= 20", "true", '"b"')], inputs={"Tỷ lệ": "number", "ok": "boolean"})

    rows = explain(decided(table).evaluate({"Tỷ lệ": Decimal("24.50")}))

    assert rows == [
        {
            "decision": "d",
            "rule": 1,
            "id": "d_1",
            "matched": False,
            "tests": [{"input": "Tỷ lệ", "value": "24.50", "test": "< 20", "met": False}],
            "outputs": None,
        },
        {
            "decision": "d",
            "rule": 2,
            "id": "d_2",
            "matched": False,
            "tests": [
                {"input": "Tỷ lệ", "value": "24.50", "test": ">= 20", "met": True},
                {"input": "ok", "value": None, "test": "true", "met": False},
            ],
            "outputs": None,
        },
    ]


def test_outputs_are_written_as_exact_json() -> None:
    table = a_table([("-", "0.10", '@"2026-11-23"', "null", '"đạt"')], outputs=dict.fromkeys("abcd", "Any"))

    result = decided(a_file(table)).evaluate({"x": 1})

    assert dump_json(result.outputs) == '{"a": 0.10, "b": "2026-11-23", "c": null, "d": "đạt"}'


def test_a_result_that_is_given_takes_the_place_of_the_decision_that_would_make_it() -> None:
    raw = f"""<definitions xmlns="{DMN_13}" id="f" name="f" namespace="t">
      <decision id="base" name="base"><variable id="v1" name="base"/><literalExpression><text>1</text>
      </literalExpression></decision>
      <decision id="top" name="top"><variable id="v2" name="top"/>
      <informationRequirement>
      <requiredDecision href="#base"/></informationRequirement>
      <literalExpression><text>base + 1</text></literalExpression>
      </decision></definitions>"""
    decisions, problems = parse_decisions(raw.encode(), "t.dmn")

    assert problems == []
    assert decisions["top"].evaluate({}).value == 2
    assert decisions["top"].evaluate({"base": 41}).value == 42
