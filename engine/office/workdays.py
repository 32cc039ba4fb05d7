"""Working-day arithmetic for statutory time limits (thời hạn tính theo ngày làm việc).

A WorkCalendar answers three questions: is this a working day, on which day does a time limit end and which days
were left out for which reason, and how many working days are left. It knows weekends and public holidays from
the package `holidays`, and the office's own overrides: days off and swapped working days that a paper orders,
often only a week before (DOMAIN §7.2). An override always wins.

It does not read the clock and does not know about steps or pauses: the caller says from which day to count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

from engine.errors import InvalidDuration, UnknownYear

MAX_DAYS = 3650
KNOWN_YEARS = range(1901, 2080)  # `holidays` computes Tết for 1901-2100; the longest limit must end before
OFF = "nghi"
WORKED = "lam_bu"
KINDS = (OFF, WORKED)

SATURDAY = 5
ONE_DAY = timedelta(days=1)
WEEKEND = {5: "Thứ Bảy", 6: "Chủ Nhật"}
SWAPPED = re.compile(r"\(thay cho ngày ([0-9/]+)\)")  # how `holidays` writes a swapped day off


@dataclass(frozen=True)
class Override:
    """One day the office set by hand. `kind` is nghi (off) or lam_bu (worked); `document` orders it."""

    kind: str
    document: str


@dataclass(frozen=True)
class Limit:
    """Where a time limit ends. `left_out`: the days on the way that do not count, each with its reason."""

    last_day: date
    left_out: tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class _Year:
    """Public holidays of one year with their Vietnamese names, and its weekend days that were swapped to work."""

    holidays: Mapping[date, str]
    worked: frozenset[date]


@lru_cache(maxsize=256)
def _year(year: int) -> _Year:
    # A swapped Saturday of December may stand in the rules of the next year, so that one is read as well.
    known = country_holidays("VN", years=(year, year + 1), language="vi")
    return _Year(
        holidays={day: _reason(name) for day, name in known.items() if day.year == year},
        worked=frozenset(day for day in known.weekend_workdays if day.year == year),
    )


def _reason(name: str) -> str:
    if swapped := SWAPPED.search(name):
        return f"Nghỉ hoán đổi, làm bù ngày {swapped[1]}"
    name = name.replace("Nguyên Đán", "Nguyên đán")
    holiday, compensated, _ = name.partition(" (nghỉ bù)")
    return f"Nghỉ bù {holiday.replace('Ngày ', 'ngày ')}" if compensated else name


@dataclass(frozen=True)
class WorkCalendar:
    """The calendar of the office on one state of its override table.

    >>> calendar = WorkCalendar()
    >>> calendar.last_day(date(2025, 8, 20), 10, count_first=True).last_day
    datetime.date(2025, 9, 4)
    """

    overrides: Mapping[date, Override] = field(default_factory=dict)

    @classmethod
    def of(cls, days: Iterable[tuple[date, str, str]]) -> WorkCalendar:
        """Return the calendar with these overrides, each (day, kind, document)."""
        return cls({day: Override(kind, document) for day, kind, document in days})

    def is_workday(self, day: date) -> bool:
        """Tell whether `day` counts in a time limit."""
        return self.why_off(day) is None

    def why_off(self, day: date) -> str | None:
        """Return the Vietnamese reason why `day` does not count; None: it is a working day."""
        override = self.overrides.get(day)
        if override is not None:
            return f"Nghỉ theo {override.document}" if override.kind == OFF else None
        year = _year(day.year)
        if day in year.worked:
            return None
        return year.holidays.get(day) or WEEKEND.get(day.weekday())

    def last_day(self, start: date, days: int, count_first: bool = False) -> Limit:
        """Return the last day of a time limit of `days` working days that begins on `start`.

        The first day isn't counted unless `count_first` says so, as public notices do (DOMAIN §7.1). The last day
        is always a working day; a limit of 0 days ends on the first working day that may end it.

        Args:
            start: local calendar date (Asia/Ho_Chi_Minh), not a datetime.
            days: number of working days, 0 to 3650.
            count_first: whether `start` is the first day counted, if it is a working day.

        Raises:
            InvalidDuration: `days` is negative or over 3650.
            UnknownYear: `start` lies outside the known years.

        >>> WorkCalendar().last_day(date(2026, 11, 23), 1)
        Limit(last_day=datetime.date(2026, 11, 25), left_out=((datetime.date(2026, 11, 24), 'Ngày Văn hóa Việt Nam'),))
        """
        if not 0 <= days <= MAX_DAYS:
            raise InvalidDuration(days=days)
        if start.year not in KNOWN_YEARS:
            raise UnknownYear(year=str(start.year), first=str(KNOWN_YEARS[0]), last=str(KNOWN_YEARS[-1]))
        left_out: list[tuple[date, str]] = []
        day = start if count_first or days == 0 else start + ONE_DAY
        to_count = max(days, 1)
        while True:
            why = self.why_off(day)
            if why is not None:
                left_out.append((day, why))
            else:
                to_count -= 1
                if to_count == 0:
                    return Limit(day, tuple(left_out))
            day += ONE_DAY

    def days_left(self, today: date, due_on: date) -> int:
        """Return how many working days after `today` remain up to `due_on`.

        0 on the last day itself. Negative when it is past: the working days gone by since, at least one, so that a
        limit that ended on Friday is past on Saturday.

        >>> WorkCalendar().days_left(date(2026, 11, 23), date(2026, 11, 25))
        1
        """
        if today > due_on:
            return -max(1, self.days_left(due_on, today))
        span = (due_on - today).days
        return sum(self.is_workday(today + timedelta(days=n)) for n in range(1, span + 1))
