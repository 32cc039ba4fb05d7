"""The functions a cell or literal expression may call. All are total: wrong arguments give `Failed`, which is null.

Names are FEEL's, as in DMN 1.3 §10.3.4; those not here are refused by name when a file is read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, timezone
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from engine.process.decisions.values import (
    ARITHMETIC,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NUMBER,
    STRING,
    TIME,
    Beyond,
    Months,
    compare,
    conjunction,
    disjunction,
    equal,
    kind_of,
    negation,
    read_date,
    read_date_time,
    read_duration,
    read_time,
    to_text,
)


class Failed(Exception):
    """A computation has no result; its value is null."""


class Unsupported(Failed):
    """It has a result in FEEL, but not here. The argument is what it is about."""


def require(kind: str, *values: Any) -> None:
    """Raise Failed unless all values are of one kind."""
    if any(kind_of(value) != kind for value in values):
        raise Failed


def _date(*given: Any) -> date:
    if len(given) == 3:
        require(NUMBER, *given)
        year, month, day = map(int, given)
        if not MINYEAR <= year <= MAXYEAR:
            raise Beyond(str(year))
        return date(year, month, day)
    (value,) = given
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    require(STRING, value)
    return read_date(value)


def _time(*given: Any) -> time:
    if len(given) == 2:
        raise Failed
    if len(given) > 2:
        require(NUMBER, *given[:3])
        if len(given) == 4 and given[3] is not None:
            require(DAYS, given[3])
        hour, minute = map(int, given[:2])
        second, micros = divmod(int(given[2] * 1_000_000), 1_000_000)
        zone = timezone(given[3]) if len(given) == 4 and given[3] is not None else None
        return time(hour, minute, second, micros, zone)
    (value,) = given
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, date):
        return time(tzinfo=UTC)
    if isinstance(value, time):
        return value
    require(STRING, value)
    return read_time(value)


def _date_time(*given: Any) -> datetime:
    if len(given) == 2:
        day = _date(given[0])
        require(TIME, given[1])
        return datetime.combine(day, given[1])
    (value,) = given
    require(STRING, value)
    return read_date_time(value)


def _duration(value: Any) -> timedelta | Months:
    require(STRING, value)
    return read_duration(value)


def _months_between(start: Any, end: Any) -> Months:
    """Return the full months from `start` to `end`, as FEEL counts them."""
    if kind_of(start) not in (DATE, DATE_TIME) or kind_of(end) not in (DATE, DATE_TIME):
        raise Failed
    if _date(end) < _date(start):
        return Months(-_months_between(end, start).months)
    months = (end.year - start.year) * 12 + end.month - start.month
    return Months(months - (end.day < start.day))


def _number(value: Any, grouping: Any = None, point: Any = None) -> Decimal:
    if isinstance(value, Decimal) and grouping is None and point is None:
        return value
    require(STRING, value)
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or grouping == (point or "."):
        raise Failed
    if isinstance(grouping, str):
        value = value.replace(grouping, "")
    if isinstance(point, str):
        value = value.replace(point, ".")
    number = ARITHMETIC.create_decimal(value.strip()) if value.isascii() and "_" not in value else None
    if number is None or not number.is_finite():
        raise Failed
    return number


def _rounded(rounding: str) -> Callable[..., Decimal]:
    def round_to(value: Any, scale: Any = Decimal(0)) -> Decimal:
        require(NUMBER, value, scale)
        return value.quantize(Decimal(1).scaleb(-int(scale)), rounding=rounding, context=ARITHMETIC)  # type: ignore[no-any-return]

    return round_to


def _modulo(value: Any, divisor: Any) -> Decimal:
    require(NUMBER, value, divisor)
    quotient = ARITHMETIC.divide(value, divisor).to_integral_value(ROUND_FLOOR)
    return ARITHMETIC.subtract(value, ARITHMETIC.multiply(divisor, quotient))


def _items(given: tuple[Any, ...]) -> list[Any]:
    """Return the list given as one argument, or the arguments as a list."""
    return given[0] if len(given) == 1 and isinstance(given[0], list) else list(given)


def _extreme(operator: str) -> Callable[..., Any]:
    def extreme(*given: Any) -> Any:
        best: Any = None
        for item in _items(given):
            better = True if best is None else compare(operator, item, best)
            if better is None or item is None:
                raise Failed
            best = item if better else best
        return best

    return extreme


def _sum(*given: Any) -> Decimal | None:
    items = _items(given)
    require(NUMBER, *items)
    total = Decimal(0)
    for item in items:
        total = ARITHMETIC.add(total, item)
    return total if items else None


def _mean(*given: Any) -> Decimal | None:
    total = _sum(*given)
    return None if total is None else ARITHMETIC.divide(total, Decimal(len(_items(given))))


def _all(*given: Any) -> bool | None:
    result: bool | None = True
    for item in _items(given):
        result = conjunction(result, item)
    return result


def _any(*given: Any) -> bool | None:
    result: bool | None = False
    for item in _items(given):
        result = disjunction(result, item)
    return result


def _substring(text: Any, start: Any, length: Any = None) -> str:
    require(STRING, text)
    require(NUMBER, start, *([] if length is None else [length]))
    first = int(start) - 1 if start > 0 else len(text) + int(start)
    if start == 0 or first < 0:
        raise Failed
    return text[first:] if length is None else text[first : first + max(int(length), 0)]  # type: ignore[no-any-return]


def _on_texts(function: Callable[..., Any]) -> Callable[..., Any]:
    def on_texts(*given: Any) -> Any:
        require(STRING, *given)
        return function(*given)

    return on_texts


def _contains(items: Any, wanted: Any) -> bool:
    require("list", items)
    return any(equal(item, wanted) is True for item in items)


def _count(items: Any) -> Decimal:
    require("list", items)
    return Decimal(len(items))


def _abs(value: Any) -> Any:
    if kind_of(value) not in (NUMBER, DAYS, MONTHS):
        raise Failed
    return Months(abs(value.months)) if isinstance(value, Months) else abs(value)


# What FEEL has beside these: refused by name, which the words of the longer ones would hide.
UNKNOWN = frozenset(
    {
        *("get value", "get entries", "context put", "context merge", "insert before", "index of", "distinct values"),
        *("list replace", "string join", "round up", "round down", "round half up", "round half down", "met by"),
        *("day of year", "day of week", "month of year", "week of year", "overlaps before", "overlaps after"),
        *("finished by", "started by"),
    }
)

# name -> (function, fewest arguments, most arguments)
FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "date": (_date, 1, 3),
    "time": (_time, 1, 4),
    "date and time": (_date_time, 1, 2),
    "duration": (_duration, 1, 1),
    "years and months duration": (_months_between, 2, 2),
    "number": (_number, 1, 3),
    "string": (lambda value: None if value is None else to_text(value), 1, 1),
    "not": (negation, 1, 1),
    "string length": (_on_texts(lambda text: Decimal(len(text))), 1, 1),
    "upper case": (_on_texts(str.upper), 1, 1),
    "lower case": (_on_texts(str.lower), 1, 1),
    "contains": (_on_texts(lambda text, part: part in text), 2, 2),
    "starts with": (_on_texts(str.startswith), 2, 2),
    "ends with": (_on_texts(str.endswith), 2, 2),
    "substring": (_substring, 2, 3),
    "substring before": (_on_texts(lambda text, part: text.partition(part)[0] if part in text and part else ""), 2, 2),
    "substring after": (_on_texts(lambda text, part: text.partition(part)[2] if part else text), 2, 2),
    "floor": (_rounded(ROUND_FLOOR), 1, 2),
    "ceiling": (_rounded(ROUND_CEILING), 1, 2),
    "decimal": (_rounded(ROUND_HALF_EVEN), 2, 2),
    "abs": (_abs, 1, 1),
    "modulo": (_modulo, 2, 2),
    "min": (_extreme("<"), 1, 1000),
    "max": (_extreme(">"), 1, 1000),
    "sum": (_sum, 1, 1000),
    "mean": (_mean, 1, 1000),
    "all": (_all, 1, 1000),
    "any": (_any, 1, 1000),
    "count": (_count, 1, 1),
    "list contains": (_contains, 2, 2),
}


def call(name: str, given: list[Any]) -> Any:
    """Return the value of a function for evaluated arguments.

    Raises:
        Failed: wrong number or types of arguments, or no result.
    """
    function, fewest, most = FUNCTIONS[name]
    if not fewest <= len(given) <= most:
        raise Failed
    try:
        return function(*given)
    except Beyond as beyond:
        raise Unsupported(str(beyond)) from None
    except (ArithmeticError, ValueError, TypeError, OverflowError):
        raise Failed from None
