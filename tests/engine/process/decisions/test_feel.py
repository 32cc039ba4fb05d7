"""What stands in cells: every form of S-FEEL, its values, and what is refused by name."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.process.decisions.feel import FeelError, Notes, parse_expression, parse_tests
from engine.process.decisions.values import Months, from_json, to_json, to_text

SCOPE: dict[str, Any] = {
    "n": Decimal(5),
    "s": "Xét duyệt",
    "yes": True,
    "no": False,
    "missing": None,
    "day": date(2026, 11, 23),
    "Ngày xét": date(2025, 12, 16),
    "Tỷ lệ số hóa (%)": Decimal("24.50"),
    "list": [Decimal(1), Decimal(2), Decimal(3)],
    "person": {"tuổi": Decimal(41), "Full Name": "A"},
}

VALUES: dict[str, Any] = {
    "1 + 2 * 3": Decimal(7),
    "(1 + 2) * 3": Decimal(9),
    "2 ** 3 ** 2": Decimal(64),
    "-2 ** 2": Decimal(4),
    "10 / 4": Decimal("2.5"),
    "0.1 + 0.2": Decimal("0.3"),
    "1 / 3 * 3": Decimal("0.9999999999999999999999999999999999"),
    ".5 + 1.25e1": Decimal(13),
    "--n": Decimal(5),
    '"a" + "b"': "ab",
    '"dòng\\n\\"hai\\" \\u0041"': 'dòng\n"hai" A',
    "true": True,
    "null": None,
    "s": "Xét duyệt",
    "Tỷ lệ số hóa (%) * 2": Decimal("49.00"),
    "Tỷ  lệ số\nhóa (%) > 24": True,
    "Ngày xét < day": True,
    "person.tuổi + 1": Decimal(42),
    "person.Full Name": "A",
    "person.nobody": None,
    "missing.anything": None,
    "unknown": None,
    "n = 5.00": True,
    "n != 5": False,
    "n = null": False,
    "missing = null": True,
    "missing != null": False,
    "missing > 1": None,
    "missing + 1": None,
    'n = "5"': None,
    'n < "5"': None,
    "yes < no": None,
    "n between 1 and 5": True,
    "n between 6 and 9": False,
    "missing between 1 and 5": None,
    "n in [1..5)": False,
    "n in (1, 5)": True,
    "n in (< 3, > 4)": True,
    "n in (> 5)": False,
    "n in list": False,
    "yes and missing": None,
    "no and missing": False,
    "yes or missing": True,
    "no or missing": None,
    "missing and missing": None,
    'yes and "text"': None,
    "not(yes)": False,
    "not(missing)": None,
    'if n > 3 then "lớn" else "nhỏ"': "lớn",
    "if missing > 3 then 1 else 2": Decimal(2),
    "[1, 2, 3] = list": True,
    "[]": [],
    'date("2026-11-23") = day': True,
    "date(2026, 11, 23)": date(2026, 11, 23),
    '@"2026-11-23"': date(2026, 11, 23),
    '@"PT36H"': timedelta(hours=36),
    'date("2026-02-30")': None,
    "day.year * 100 + day.month": Decimal(202611),
    "day.weekday": Decimal(1),
    'day + duration("P10D")': date(2026, 12, 3),
    'day - duration("P1Y2M")': date(2025, 9, 23),
    'date("2024-01-31") + duration("P1M")': date(2024, 2, 29),
    'day - date("2026-11-20") = duration("P3D")': True,
    '(day - date("2026-11-20")).days': Decimal(3),
    'time("10:20:30").minute': Decimal(20),
    'time("23:00:00") + duration("PT2H")': time(1, 0),
    'date and time("2026-11-23T10:20:30")': datetime(2026, 11, 23, 10, 20, 30),
    'date and time(day, time("08:00:00")) - duration("PT1H")': datetime(2026, 11, 23, 7),
    'date and time("2026-11-23T10:00:00+07:00") = date and time("2026-11-23T03:00:00Z")': True,
    'date and time("2026-11-23T10:00:00+07:00") < date and time("2026-11-23T03:00:00")': None,
    'years and months duration(date("2022-12-16"), date("2025-12-15"))': Months(35),
    'years and months duration(date("2022-12-16"), Ngày xét).years': Decimal(3),
    'duration("P1Y") + duration("P2M")': Months(14),
    'duration("P1Y") / duration("P2M")': Decimal(6),
    'duration("P1D") * 1.5': timedelta(days=1, hours=12),
    'duration("PT1H") / duration("PT30M")': Decimal(2),
    '-duration("P1D") < duration("PT1S")': True,
    "min(3, 1, 2)": Decimal(1),
    "max(list)": Decimal(3),
    "max([])": None,
    'max("a", 1)': None,
    "sum(list)": Decimal(6),
    "sum(1.1, 2.2)": Decimal("3.3"),
    "mean(list)": Decimal(2),
    "count(list)": Decimal(3),
    "list contains(list, 2)": True,
    "all([yes, missing])": None,
    "any([yes, missing])": True,
    "floor(-1.5)": Decimal(-2),
    "ceiling(1.2)": Decimal(2),
    "decimal(2.345, 2)": Decimal("2.34"),
    "modulo(-7, 2)": Decimal(1),
    "abs(-3)": Decimal(3),
    'number("1.500,25", ".", ",")': Decimal("1500.25"),
    'number("x")': None,
    'number("NaN")': None,
    "string(24.50)": "24.50",
    "string length(s)": Decimal(9),
    'upper case("xét")': "XÉT",
    'lower case("XÉT")': "xét",
    'contains(s, "duyệt")': True,
    'starts with(s, "Xét")': True,
    'ends with(s, "x")': False,
    "substring(s, 5)": "duyệt",
    "substring(s, -5, 2)": "du",
    "substring(s, 0)": None,
    'substring before(s, " ")': "Xét",
    'substring after(s, " ")': "duyệt",
    "count(missing)": None,
    "1 / 0": None,
    "9e6000 * 9e6000": None,
    "2 ** 999999999": None,
    "s + 1": None,
    "yes + no": None,
    "day + day": None,
    "1 // a comment": Decimal(1),
    "1 /* a\ncomment */ + 1": Decimal(2),
}

REFUSED = {
    "": "feel_syntax",
    "1 +": "feel_syntax",
    "a b": "feel_syntax",
    "1..5": "feel_syntax",
    '"open': "feel_syntax",
    "`n`": "feel_syntax",
    "n == 5": "feel_syntax",
    "n && yes": "feel_syntax",
    "${n}": "feel_unsupported",
    '@"2026-13-01"': "feel_syntax",
    "for i in list return i": "feel_unsupported",
    "some i in list satisfies i > 1": "feel_unsupported",
    "every i in list satisfies i > 1": "feel_unsupported",
    "function(a) a + 1": "feel_unsupported",
    "{a: 1}": "feel_unsupported",
    "list[1]": "feel_unsupported",
    "list[item > 1]": "feel_unsupported",
    "n instance of number": "feel_unsupported",
    '__import__("os")': "feel_function",
    'eval("1")': "feel_function",
    "now()": "feel_function",
    "matches(s, s)": "feel_function",
    "n.__class__.__mro__()": "feel_syntax",
    "(" * 100 + "1" + ")" * 100 + "+": "feel_syntax",
    "+".join(["1"] * 200): "feel_too_deep",
    "-" * 200 + "1": "feel_too_deep",
    "1" * 4001: "feel_too_long",
}


def evaluate(text: str) -> Any:
    return parse_expression(text, [*SCOPE, "Full Name"]).evaluate(SCOPE, Notes())


@pytest.mark.parametrize(("text", "expected"), VALUES.items())
def test_an_expression_has_one_value(text: str, expected: Any) -> None:
    value = evaluate(text)

    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_what_is_not_supported_is_refused_when_it_is_read(text: str, code: str) -> None:
    with pytest.raises(FeelError) as refused:
        evaluate(text)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("cell", "met", "missed", "unknown"),
    [
        ("5", [5], [4], []),
        ("< 5", [4, Decimal("4.99")], [5], [None, "4"]),
        (">= 20", [20], [19], [None]),
        ("!= 5", [4], [5], []),
        ("[1..5]", [1, 5], [0, 6], [None, "3"]),
        ("[1..5)", [1], [5], [None]),
        ("(1..5]", [5], [1], [None]),
        ("(1..5)", [2], [1, 5], [None]),
        ("]1..5[", [2], [1, 5], [None]),
        ("]1..5]", [5], [1], [None]),
        ("[1..5[", [1], [5], [None]),
        ("[-5..-1]", [-3], [0], [None]),
        ("1, 3, [5..7], > 100", [1, 3, 6, 101], [2, 8], []),
        ("not(1, 3)", [2], [1, 3], []),
        ("not([1..5])", [6], [3], [None]),
        ("-", [1, None, "x", True], [], []),
        ("", [1, None], [], []),
        ("null", [None], [1, "x"], []),
        ("not(null)", [1], [None], []),
        ("true", [True], [False], [1]),
        ("not(true)", [False, None], [True], []),
        ("true, null", [True, None], [False], []),
        ('"a", "b"', ["a", "b"], ["c"], []),
        ('not("a")', ["b", None], ["a"], []),
        ('["a".."f"]', ["c"], ["g"], [None]),
        ('<= date("2023-06-01")', [date(2023, 6, 1)], [date(2023, 6, 2)], [None]),
        ('[date("2022-12-01")..@"2023-06-01")', [date(2023, 1, 1)], [date(2023, 6, 1)], [None]),
        ("n", [5], [4], []),
        ("> n * 2", [11], [10], [None]),
        ("list", [2], [4], []),
        ("? > 3 and ? < 6", [5], [7], [None]),
        ('contains(?, "a")', ["xa"], ["b"], [None, 1]),
        ("-5", [-5], [5], []),
        ("not(yes) = ?", [False], [True], []),
    ],
)
def test_a_cell_is_met_missed_or_unknown(cell: str, met: list[Any], missed: list[Any], unknown: list[Any]) -> None:
    tests = parse_tests(cell, SCOPE)

    def results(values: list[Any]) -> list[bool | None]:
        return [
            tests.met(from_json(value) if not isinstance(value, date) else value, SCOPE, Notes()) for value in values
        ]

    assert results(met) == [True] * len(met)
    assert results(missed) == [False] * len(missed)
    assert results(unknown) == [None] * len(unknown)


def test_what_cannot_be_computed_is_null_with_a_reason_and_what_is_missing_without() -> None:
    notes = Notes()
    parse_expression('1 / 0 + floor("x")').evaluate({}, notes)
    assert notes.found == [("dmn_failed", "/"), ("dmn_failed", "floor()")]

    notes = Notes()
    parse_expression("missing / 0 + floor(missing)").evaluate({}, notes)
    assert notes.found == []


numbers = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)


@given(a=numbers, b=numbers)
def test_decimal_arithmetic_is_exact(a: Decimal, b: Decimal) -> None:
    scope = {"a": a, "b": b}

    for operator, exact in {
        "+": Fraction(a) + Fraction(b),
        "-": Fraction(a) - Fraction(b),
        "*": Fraction(a) * Fraction(b),
    }.items():
        assert Fraction(parse_expression(f"a {operator} b").evaluate(scope, Notes())) == exact


@given(number=numbers)
def test_a_number_survives_text_and_json(number: Decimal) -> None:
    assert parse_expression(to_text(number)).evaluate({}, Notes()) == number
    assert from_json(to_json(number)) == number


@given(length=st.timedeltas(min_value=timedelta(days=-(10**6)), max_value=timedelta(days=10**6)))
def test_a_duration_survives_text(length: timedelta) -> None:
    assert from_json(to_text(length), "days and time duration") == length


@given(day=st.dates(), months=st.integers(-1200, 1200))
def test_moving_a_date_by_months_never_skips_a_month(day: date, months: int) -> None:
    moved = parse_expression("day + length").evaluate({"day": day, "length": Months(months)}, Notes())

    if moved is None:  # Before year 1 or after year 9999.
        assert not 12 <= day.year * 12 + day.month - 1 + months < 120_000
        return
    assert moved.year * 12 + moved.month == day.year * 12 + day.month + months


@given(text=st.text(alphabet='nas12.()[],"<>=!-+*/?@{}` \tif', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_expression, parse_tests):
        try:
            parsed = parse(text, ["n a", "s"])
        except FeelError:
            continue
        if hasattr(parsed, "evaluate"):
            parsed.evaluate({"s": Decimal(1)}, Notes())
        else:
            parsed.met(Decimal(1), {"s": Decimal(1)}, Notes())


@pytest.mark.parametrize("raw", [float("inf"), float("nan"), Decimal("NaN")])
def test_a_number_that_is_none_is_no_value(raw: Any) -> None:
    with pytest.raises(ValueError, match="not finite"):
        from_json(raw)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 in [[5..7], [1..3]]", True),  # a list of ranges is met by what lies in one of them
        ("[1,2] in [[1,2,3], [1,2]]", True),
        ('date and time("2021-01-02T10:00:00Z") - date("2021-01-01")', timedelta(days=1, hours=10)),
        ('date("2021-01-02") - date and time("2021-01-01T10:00:00")', None),  # one has a zone, the other has none
        ('time("10:10:10") - time("09:10:10")', timedelta(hours=1)),
        ("[10] + [10]", None),
        ("abs(true)", None),
        ('time("10:30:00.1") = time("10:30:00.2")', True),
        ('number("1,000.00", ",", ",")', None),
        ('number("1.000,5", ".", ",")', Decimal("1000.5")),
        ("time(11, 59, 45, null)", time(11, 59, 45)),
        ('time("13:20:00+19:00")', None),
        ("[1..10).end", Decimal(10)),
        ("[1..10).end included", False),
        ('string length("\\uD83D\\uDCA9")', Decimal(1)),
        ('"\\U01F40E"', "\U0001f40e"),
        ('string(time("11:22:33.440"))', "11:22:33.44"),
    ],
)
def test_values_are_those_of_the_dmn_compliance_suite(text: str, expected: Any) -> None:
    assert parse_expression(text).evaluate({}, Notes()) == expected


@pytest.mark.parametrize(
    "text",
    [
        *('date("-2017-12-31")', 'date("99999-12-31")', "date(12345, 1, 1)", 'time("00:01:00@Etc/UTC")'),
        *('time("11:22:33.123456789")', 'duration("P99999999999Y")', 'time("11:59:45+02:45:55")'),
    ],
)
def test_what_FEEL_has_and_we_cannot_compute_is_said_and_never_a_plain_null(text: str) -> None:
    notes = Notes()

    assert parse_expression(text).evaluate({}, notes) is None

    assert [code for code, _ in notes.found] == ["dmn_beyond"]


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("decimal(n:15/7, scale:3)", "feel_unsupported", "n:"),
        ("round half up(5.5, 0)", "feel_function", "round half up"),
        ("[1,2,3][1]", "feel_unsupported", "["),
        ("(< 10).end", "feel_unsupported", "(<"),
        ('"\\uD83D"', "feel_syntax", '"\\uD83D"'),
        ('@"2021-01-01T10:10:10@Europe/Paris"', "feel_unsupported", '@"2021-01-01T10:10:10@Europe/Paris"'),
    ],
)
def test_what_is_refused_is_named(text: str, code: str, detail: str) -> None:
    with pytest.raises(FeelError) as refused:
        parse_expression(text)

    assert (refused.value.code, refused.value.detail) == (code, detail)
