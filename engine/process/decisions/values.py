"""The values of decision tables: numbers are Decimals, dates are dates, what is missing is None.

Comparison is three-valued: None where FEEL says null, as between values of two types or with what is missing.
`from_json` and `to_json` are the only ways in and out; a float never gets in as a float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any
from unicodedata import normalize

# IEEE 754-2008 decimal128, as DMN 1.3 §10.3.2.3.1 asks: 34 digits, exact within them.
ARITHMETIC = Context(prec=34, Emax=6144, Emin=-6143, traps=[DivisionByZero, InvalidOperation, Overflow])

NUMBER, STRING, BOOLEAN = "number", "string", "boolean"
DATE, TIME, DATE_TIME = "date", "time", "date and time"
DAYS, MONTHS = "days and time duration", "years and months duration"
ANY = "Any"
# How the types are spelt in typeRef, over all versions of DMN.
TYPES = {name: name for name in (NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAYS, MONTHS, ANY)} | {
    "dateTime": DATE_TIME,
    "dayTimeDuration": DAYS,
    "yearMonthDuration": MONTHS,
    "integer": NUMBER,
    "long": NUMBER,
    "double": NUMBER,
    "decimal": NUMBER,
}

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?")
_DAYS = re.compile(
    r"(-)?P(?:([0-9]{1,7})D)?(?:T(?:([0-9]{1,7})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,7})(?:\.([0-9]{0,6}))?S)?)?"
)
_MONTHS = re.compile(r"(-)?P(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?")
_LARGEST_OFFSET = timedelta(hours=18)
# Years before 1 or after 9999, named time zones, parts of a microsecond: FEEL has them, we have not.
_BEYOND = re.compile(
    r"-?(?:-[0-9]{4}|-?[0-9]{5,9})-[0-9]{2}-[0-9]{2}.*|.*@[\w/+-]+|[0-9T:-]*\.[0-9]{7,}.*|.*[+-][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"|-?P.*(?:[0-9]{8}[DHMS]|\.[0-9]{7,}S)|-?P.*[0-9]{10}[YM]"
)


class Beyond(ValueError):
    """A date, time or duration of FEEL that is finer, larger or otherwise placed than what is computed here."""


@dataclass(frozen=True, order=True)
class Months:
    """A years and months duration."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = "P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return "-" + text if self.months < 0 else text


@dataclass(frozen=True)
class Interval:
    """A range of ordered values; `None` as an end is missing, not endless."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool

    def contains(self, value: Any) -> bool | None:
        above = compare(">=" if self.low_closed else ">", value, self.low)
        below = compare("<=" if self.high_closed else "<", value, self.high)
        return conjunction(above, below)


def kind_of(value: Any) -> str:
    """Return the FEEL type of a value; "null" for None."""
    if value is None:
        return "null"
    for kind, python in _KINDS:
        if isinstance(value, python):
            return kind
    raise TypeError(type(value).__name__)


# bool before Decimal is needless here, datetime before date is not: a datetime is a date to Python.
_KINDS: tuple[tuple[str, type], ...] = (
    (BOOLEAN, bool),
    (NUMBER, Decimal),
    (STRING, str),
    (DATE_TIME, datetime),
    (DATE, date),
    (TIME, time),
    (DAYS, timedelta),
    (MONTHS, Months),
    ("list", list),
    ("context", dict),
    ("interval", Interval),
)
_ORDERED = frozenset({NUMBER, STRING, DATE, DATE_TIME, TIME, DAYS, MONTHS})
SCALARS = _ORDERED | {BOOLEAN}


def conjunction(left: Any, right: Any) -> bool | None:
    """Return `left and right` of three-valued logic; what is no boolean counts as null."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def disjunction(left: Any, right: Any) -> bool | None:
    """Return `left or right` of three-valued logic."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def negation(value: Any) -> bool | None:
    """Return `not(value)` of three-valued logic."""
    return not value if isinstance(value, bool) else None


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """Return `left operator right`: None between two types, or where an order is asked and one is missing.

    >>> compare("<=", Decimal("24.50"), Decimal("24.5")), compare("<", None, Decimal(1)), compare("=", None, None)
    (True, None, True)
    """
    if operator == "!=":
        return negation(equal(left, right))
    if operator == "=":
        return equal(left, right)
    kind = kind_of(left)
    if kind != kind_of(right) or kind not in _ORDERED:
        return None
    try:
        if operator[0] == "<":
            return bool(left < right or (operator == "<=" and left == right))
        return bool(left > right or (operator == ">=" and left == right))
    except TypeError:  # One has a time zone, the other has none.
        return None


def equal(left: Any, right: Any) -> bool | None:
    """Return whether two values are equal: None when they are of two types, neither of them null."""
    if left is None or right is None:
        return left is right
    if kind_of(left) != kind_of(right):
        return None
    if isinstance(left, datetime | time):
        # Equal in every property, and `second` is a whole number (DMN 1.3 §10.3.2.13, table 54).
        return bool(left.replace(microsecond=0) == right.replace(microsecond=0))
    return bool(left == right)


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or the last day of a shorter one.

    >>> add_months(date(2024, 2, 29), 12)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return day.replace(year=year, month=month + 1, day=min(day.day, (first_of_next - timedelta(days=1)).day))


# --- reading and writing -----------------------------------------------------------------------------------------


def read_date(text: str) -> date:
    """Return the ISO date; ValueError for anything else."""
    if not _DATE.fullmatch(text):
        raise _not_read(text)
    return date.fromisoformat(text)


def read_time(text: str) -> time:
    """Return the ISO time, with or without an offset; ValueError for anything else."""
    found = _TIME.fullmatch(text)
    if not found:
        raise _not_read(text)
    zone = (found[3] or "").replace("Z", "+00:00")
    read = time.fromisoformat(found[1] + ((found[2] or "") + "000000")[:7] * bool(found[2]) + zone)
    if abs(read.utcoffset() or timedelta()) > _LARGEST_OFFSET:
        raise ValueError
    return read


def read_date_time(text: str) -> datetime:
    """Return the ISO date and time; a date alone is its midnight. ValueError for anything else."""
    day, _, clock = text.partition("T")
    if _BEYOND.fullmatch(text):
        raise Beyond(text)
    return datetime.combine(read_date(day), read_time(clock) if clock else time())


def _not_read(text: str) -> ValueError:
    return Beyond(text) if _BEYOND.fullmatch(text) else ValueError(text)


def read_duration(text: str) -> timedelta | Months:
    """Return the ISO duration: of years and months, or of days and less. ValueError for anything else."""
    if (found := _MONTHS.fullmatch(text)) and (found[2] or found[3]):
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return Months(-months if found[1] else months)
    found = _DAYS.fullmatch(text)
    if not found or not any(found.groups()[1:]) or text.endswith("T"):
        raise _not_read(text)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:5])
    micros = int(((found[6] or "") + "000000")[:6])
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micros)
    return -length if found[1] else length


_READERS = {DATE: read_date, TIME: read_time, DATE_TIME: read_date_time, DAYS: read_duration, MONTHS: read_duration}


def from_json(value: Any, kind: str = ANY) -> Any:
    """Return the value that JSON `value` stands for, where `kind` is expected.

    Raises:
        ValueError: it is of another type.

    >>> from_json("2023-06-01", "date"), from_json(100, "number"), from_json("100", "string")
    (datetime.date(2023, 6, 1), Decimal('100'), '100')
    """
    if isinstance(value, str):
        value = normalize("NFC", value)
        if kind in _READERS:
            value = _READERS[kind](value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        value = Decimal(str(value))
    elif isinstance(value, list | tuple):
        value = [from_json(item) for item in value]
    elif isinstance(value, Mapping):
        value = {normalize("NFC", str(name)): from_json(item) for name, item in value.items()}
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("not finite")
    if value is not None and kind != ANY and kind_of(value) != kind:
        raise ValueError(f"not a {kind}")
    return value


def to_text(value: Any) -> str:
    """Return a value as FEEL's `string()` writes it.

    >>> to_text(Decimal("24.50")), to_text(Decimal("1E+2")), to_text(True), to_text(Months(14))
    ('24.50', '100', 'true', 'P1Y2M')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | time):
        # A fraction of a second without the zeros Python fills it up with.
        return re.sub(r"(\.[0-9]*[1-9])0+", r"\1", value.isoformat()).replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return _days_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(to_text, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {to_text(item)}" for name, item in value.items()) + "}"
    return str(value)


def to_json(value: Any) -> Any:
    """Return plain data without floats: whole numbers as int, others as Decimal, dates and durations as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {name: to_json(item) for name, item in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else to_text(value)


def _days_text(length: timedelta) -> str:
    sign, length = ("-", -length) if length < timedelta() else ("", length)
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{length.microseconds:06}".rstrip("0") if length.microseconds else ""
    clock = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{seconds}{fraction}S" if seconds or fraction else "")
    )
    days = f"{length.days}D" if length.days else ""
    return f"{sign}P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"
