"""Numbers and dates of papers, as they stand in the register of the issuing body (DOMAIN §9.1).

The office copies what the registry clerk entered there; it gives no numbers of its own, except in a series that a
body declared its own, which has no gaps. A number is used once per body, type and calendar year, and dates do not go
back within a series. Pure: the register is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_SYMBOL = re.compile(r"(?P<number>[0-9]{1,6})(?P<letter>[a-zA-Z]?)/(?P<rest>[^\s/]+)")


class NumberRefused(Exception):
    """`code` and `params` of the sentence; `field` is number or day."""

    def __init__(self, field: str, code: str, **params: object) -> None:
        super().__init__(code)
        self.field = field
        self.code = code
        self.params = params


@dataclass(frozen=True, order=True)
class Number:
    """A line of a register: 15a is number 15, letter a, put in between 15 and 16."""

    number: int
    letter: str
    day: date


def parse(symbol: str, type: str) -> tuple[int, str]:
    """Return number and letter of a symbol as 15/TTr-SNV.

    Args:
        type: abbreviation of the kind of paper; "" for a letter, whose symbol names the body alone (45/UBND-NC).

    Raises:
        NumberRefused: no number and symbol, or that of another type.

    >>> parse("07/BB-HĐTĐKT", "BB")
    (7, '')
    """
    found = _SYMBOL.fullmatch(symbol)
    if found is None or not int(found["number"]):
        raise NumberRefused("number", "document_number_format")
    if type and not found["rest"].startswith(f"{type}-"):
        raise NumberRefused("number", "number_type", type=type)
    return int(found["number"]), found["letter"].lower()


def series_of(unit: str, type: str, day: date) -> str:
    """Return the series of a number: body, type and calendar year.

    >>> series_of("SNV", "TTr", date(2026, 1, 5))
    'SNV:TTr:2026'
    """
    return f"{unit}:{type}:{day.year}"


def check(new: Number, register: Iterable[Number], *, own: bool) -> None:
    """Refuse a number that cannot stand in the register beside those that do.

    Args:
        register: the numbers of the same series.
        own: the body numbers this series here, so the next number is the only one.

    Raises:
        NumberRefused: used already, out of order by its date, or not the next one.
    """
    others = sorted(register)
    if any((each.number, each.letter) == (new.number, new.letter) for each in others):
        raise NumberRefused("number", "number_taken")
    following = next_number(others)
    if own and (new.number, new.letter) != (following, ""):
        raise NumberRefused("number", "number_not_next", next=following)
    before = [each for each in others if (each.number, each.letter) < (new.number, new.letter)]
    behind = [each for each in others if (each.number, each.letter) > (new.number, new.letter)]
    if before and new.day < max(each.day for each in before):
        raise NumberRefused("day", "number_day_early", day=max(each.day for each in before))
    if behind and new.day > min(each.day for each in behind):
        raise NumberRefused("day", "number_day_late", day=min(each.day for each in behind))


def next_number(register: Iterable[Number]) -> int:
    """Return the number behind the last one.

    >>> next_number([])
    1
    """
    return max((each.number for each in register), default=0) + 1
