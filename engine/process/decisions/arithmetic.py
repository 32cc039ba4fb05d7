"""Arithmetic over numbers, texts, dates and durations, and the parts of dates and durations.

`compute` raises where FEEL knows no such operation; the caller makes that a null.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.process.decisions.values import (
    ARITHMETIC,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NUMBER,
    STRING,
    TIME,
    Months,
    add_months,
    kind_of,
)

_NUMBERS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": ARITHMETIC.add,
    "-": ARITHMETIC.subtract,
    "*": ARITHMETIC.multiply,
    "/": ARITHMETIC.divide,
    "**": ARITHMETIC.power,
}


def compute(operator: str, a: Any, b: Any) -> Any:
    """Return `a operator b`; KeyError or TypeError where FEEL knows no such operation."""
    kinds = (kind_of(a), kind_of(b))
    if kinds == (NUMBER, NUMBER):
        return _NUMBERS[operator](a, b)
    if kinds == (STRING, STRING):
        return {"+": a + b}[operator]
    if BOOLEAN in kinds or STRING in kinds:
        raise TypeError
    if isinstance(a, Months) or isinstance(b, Months):
        return _compute_months(operator, a, b)
    if isinstance(a, date) and isinstance(b, date) and operator == "-":
        # A date alone is its midnight in UTC (DMN 1.3 §10.3.2.3.6): two dates agree, one beside a local time does not.
        return _midnight(a) - _midnight(b)
    if isinstance(a, time) and isinstance(b, time) and operator == "-":
        return datetime.combine(date(2000, 1, 1), a) - datetime.combine(date(2000, 1, 1), b)
    if isinstance(a, date) and isinstance(b, timedelta) and not isinstance(a, datetime):
        moved = datetime.combine(a, time()) + {"+": b, "-": -b}[operator]
        return moved.date()
    if isinstance(a, time) and isinstance(b, timedelta):
        return (datetime.combine(date(2000, 1, 1), a) + {"+": b, "-": -b}[operator]).timetz()
    if isinstance(a, timedelta) and isinstance(b, date | time) and operator == "+":
        return compute("+", b, a)
    if isinstance(a, timedelta) and isinstance(b, Decimal):
        return {"*": lambda: _scaled(a, b), "/": lambda: _scaled(a, ARITHMETIC.divide(Decimal(1), b))}[operator]()
    if isinstance(a, Decimal) and isinstance(b, timedelta) and operator == "*":
        return _scaled(b, a)
    if isinstance(a, timedelta) and isinstance(b, timedelta) and operator == "/":
        return ARITHMETIC.divide(_micros(a), _micros(b))
    if kinds not in ((DATE_TIME, DAYS), (DAYS, DATE_TIME), (DAYS, DAYS)):
        raise TypeError
    return {"+": lambda: a + b, "-": lambda: a - b}[operator]()


def _compute_months(operator: str, a: Any, b: Any) -> Any:
    if isinstance(a, Months) and isinstance(b, Months):
        pair = (Decimal(a.months), Decimal(b.months))
        return (
            _NUMBERS["/"](*pair)
            if operator == "/"
            else Months({"+": sum(map(int, pair)), "-": int(pair[0] - pair[1])}[operator])
        )
    if isinstance(a, date):
        return add_months(a, {"+": b.months, "-": -b.months}[operator])
    if isinstance(b, date) and operator == "+":
        return add_months(b, a.months)
    if isinstance(a, Months) and isinstance(b, Decimal) and operator in "*/":
        return Months(int(_NUMBERS[operator](Decimal(a.months), b)))
    if isinstance(a, Decimal) and isinstance(b, Months) and operator == "*":
        return Months(int(ARITHMETIC.multiply(a, Decimal(b.months))))
    raise TypeError


def _midnight(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time(tzinfo=UTC))


def _micros(length: timedelta) -> Decimal:
    return Decimal(length // timedelta(microseconds=1))


def _scaled(length: timedelta, factor: Decimal) -> timedelta:
    return timedelta(microseconds=int(ARITHMETIC.multiply(_micros(length), factor).to_integral_value()))


_DATE_PARTS: dict[str, Callable[[Any], Any]] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": lambda value: value.isoweekday(),
}
_TIME_PARTS: dict[str, Callable[[Any], Any]] = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": lambda value: value.second,
    "time offset": lambda value: value.utcoffset(),
}
_DAYS_PARTS: dict[str, Callable[[Any], Any]] = {
    "days": lambda value: abs(value).days * _sign(value),
    "hours": lambda value: abs(value).seconds // 3600 * _sign(value),
    "minutes": lambda value: abs(value).seconds // 60 % 60 * _sign(value),
    "seconds": lambda value: abs(value).seconds % 60 * _sign(value),
}
_MONTHS_PARTS: dict[str, Callable[[Any], Any]] = {
    "years": lambda value: int(value.months / 12),
    "months": lambda value: value.months - int(value.months / 12) * 12,
}
PARTS = {
    (kind, part): reader
    for kind, parts in {
        DATE: _DATE_PARTS,
        DATE_TIME: _DATE_PARTS | _TIME_PARTS,
        TIME: _TIME_PARTS,
        DAYS: _DAYS_PARTS,
        MONTHS: _MONTHS_PARTS,
    }.items()
    for part, reader in parts.items()
} | {
    ("interval", "start"): lambda value: value.low,
    ("interval", "end"): lambda value: value.high,
    ("interval", "start included"): lambda value: value.low_closed,
    ("interval", "end included"): lambda value: value.high_closed,
}


def _sign(length: timedelta) -> int:
    return -1 if length < timedelta() else 1
