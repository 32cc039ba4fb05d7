"""What is found in a table before anybody uses it."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.process.decisions.dmn import a_table, decided, problems_of

TWO = {"x": "number", "ok": "boolean"}


def found(*arguments: Any, **options: Any) -> list[tuple[str, str, str]]:
    """Return (code, severity, what stands in quotes or at the end) of every finding."""
    problems = problems_of(a_table(*arguments, **options))
    return [(problem.code, problem.severity, problem.message_en) for problem in problems]


@pytest.mark.parametrize(
    ("rules", "options", "codes"),
    [
        ([("< 20", '"a"'), (">= 20", '"b"')], {}, []),
        ([("< 20", '"a"'), ("> 20", '"b"')], {}, ["dmn_gap"]),
        ([("<= 20", '"a"'), (">= 20", '"b"')], {}, ["dmn_overlap"]),
        ([("[0..5]", '"a"'), ("]5..9]", '"b"')], {"default": '"c"'}, []),
        ([("[0..5]", '"a"'), ("[5..9]", '"b"')], {"default": '"c"'}, ["dmn_overlap"]),
        ([("-", '"a"'), ("null", '"b"')], {}, ["dmn_overlap"]),
        ([("not(1, 2)", '"a"'), ("1, 2", '"b"')], {}, []),
        ([("5", '"a"'), ("not(5)", '"b"')], {}, []),
        ([("[5..1]", '"a"'), ("-", '"b"')], {}, ["dmn_never"]),
        ([("(1..1)", '"a"'), ("-", '"b"')], {"policy": "FIRST"}, ["dmn_never"]),
        ([("-", '"a"'), ("> 5", '"b"')], {"policy": "FIRST"}, ["dmn_hidden"]),
        ([("> 5", '"a"'), ("<= 5, null", '"b"'), ("-", '"c"')], {"policy": "FIRST"}, ["dmn_hidden"]),
        ([("> 5", '"a"'), ("<= 5", '"b"'), ("-", '"c"')], {"policy": "FIRST"}, []),
        ([("> 5", '"a"'), ("> 3", '"a"'), ("<= 3", '"b"')], {"policy": "ANY"}, []),
        ([("> 5", '"a"'), ("> 3", '"b"'), ("<= 3", '"b"')], {"policy": "ANY"}, ["dmn_overlap"]),
        ([("> 5", '"a"'), ("> 3", '"b"')], {"policy": "COLLECT"}, []),
        ([("> 5", '"a"'), ("> 3", '"b"')], {"policy": "RULE ORDER"}, []),
    ],
)
def test_rows_over_numbers(rules: list[tuple[str, ...]], options: dict[str, Any], codes: list[str]) -> None:
    assert [code for code, _, _ in found(rules, **options)] == codes


@pytest.mark.parametrize(
    ("kind", "rules", "codes"),
    [
        ("boolean", [("true", '"a"'), ("false", '"b"')], []),
        ("boolean", [("true", '"a"')], ["dmn_gap"]),
        ("string", [('"a"', '"a"'), ('not("a")', '"b"')], []),
        ("string", [('"a"', '"a"'), ('"b"', '"b"')], ["dmn_gap"]),
        ("string", [('"a", "b"', '"a"'), ('"b"', '"b"'), ('not("a", "b")', '"c"')], ["dmn_overlap"]),
        ("date", [('< date("2026-01-01")', '"a"'), ('> date("2025-12-31")', '"b"')], []),
        ("date", [('< date("2026-01-01")', '"a"'), ('> date("2026-01-01")', '"b"')], ["dmn_gap"]),
        ("date", [('<= @"2026-01-01"', '"a"'), ('>= @"2026-01-01"', '"b"')], ["dmn_overlap"]),
        ("time", [('< time("12:00:00")', '"a"'), ('>= time("12:00:00")', '"b"')], []),
        ("dayTimeDuration", [('< @"PT1H"', '"a"'), ('> @"PT1H"', '"b"')], ["dmn_gap"]),
        ("yearMonthDuration", [('< @"P1Y"', '"a"'), ('> @"P11M"', '"b"')], []),
        ("dateTime", [('< @"2026-01-01T00:00:00"', '"a"'), ('>= @"2026-01-01T00:00:00"', '"b"')], []),
    ],
)
def test_rows_over_other_types(kind: str, rules: list[tuple[str, ...]], codes: list[str]) -> None:
    assert [code for code, _, _ in found(rules, inputs={"x": kind})] == codes


def test_allowed_values_close_the_domain() -> None:
    rules = [('"a"', '"1"'), ('"b"', '"2"')]

    assert found(rules, inputs={"x": "string"}, allowed={"x": '"a", "b"'}) == []


def test_values_outside_the_allowed_ones_are_found() -> None:
    codes = found(
        [('"c"', '"1"'), ("-", '"9"')],
        inputs={"x": "string"},
        allowed={"x": '"a", "b"', "y": '"1", "2"'},
        policy="FIRST",
    )

    assert [(code, severity) for code, severity, _ in codes] == [
        ("dmn_never", "warning"),
        ("dmn_value_not_allowed", "warning"),
        ("dmn_value_not_allowed", "error"),
    ]


def test_a_gap_is_told_as_a_case() -> None:
    [(code, severity, message)] = found([("< 20", "-", '"a"'), (">= 20", "true", '"b"')], inputs=TWO)

    assert (code, severity) == ("dmn_gap", "warning")
    assert message == "No row matches the case: x = 20, ok = false."


def test_an_overlap_names_both_rows() -> None:
    [(code, severity, message)] = found(
        [("< 20", "-", '"a"'), ("-", "true", '"b"'), (">= 20", "false", '"c"')], inputs=TWO
    )

    assert (code, severity, message) == ("dmn_overlap", "error", "Rows 1, 2 can match at the same time.")


def test_cells_that_test_themselves_are_left_alone() -> None:
    assert found([("? > 1", '"a"'), ("? > 2", '"b"')]) == []


def test_cells_that_read_other_inputs_are_left_alone() -> None:
    assert found([("> limit", "-", '"a"'), ("> 2", "1", '"b"')], inputs={"x": "number", "limit": "number"}) == []


def test_a_table_too_large_for_the_search_says_so() -> None:
    columns = {f"c{n}": "number" for n in range(30)}
    mixed = Random(230)
    rules = [(*(f"not({mixed.randrange(7)})" for _ in columns), '"a"') for _ in range(40)]
    no_gap = (*("-" for _ in columns), '"a"')

    codes = found([*rules, no_gap], inputs=columns, policy="PRIORITY", allowed={"y": '"a"'})

    assert [code for code, _, _ in codes] == ["dmn_not_analysed"]


CELLS = ["-", "< 2", "<= 2", "2", "> 2", "[1..3]", "(1..3)", "not(2)", "1, 3", "null"]
FLAGS = ["-", "true", "false", "null"]


@settings(max_examples=150)
@given(rules=st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(FLAGS)), min_size=1, max_size=5))
def test_findings_agree_with_trying_every_case(rules: list[tuple[str, str]]) -> None:
    xml = a_table([(*rule, f'"{number}"') for number, rule in enumerate(rules)], inputs=TWO)
    codes = [problem.code for problem in problems_of(xml)]
    decision = decided(xml.replace('"UNIQUE"', '"COLLECT"'))

    numbers = [None, 0, 1, 1.5, 2, 2.5, 3, 4]
    matches = {
        (x, ok): decision.evaluate({"x": x, "ok": ok}).matched_rules for x, ok in product(numbers, [None, True, False])
    }

    assert ("dmn_overlap" in codes) == any(len(rows) > 1 for rows in matches.values())
    assert ("dmn_gap" in codes) == any(not rows for case, rows in matches.items() if None not in case)
    assert codes.count("dmn_never") == len(
        set(range(1, len(rules) + 1)) - {row for rows in matches.values() for row in rows}
    )
