"""When a BPMN timer is due: ISO 8601, unquoted, as BPMN writes it.

A date without zone is meant in Asia/Ho_Chi_Minh. Months and years of a duration are those of the calendar there.
A cycle `R3/PT1H` is a duration and how often it runs out; it may begin at a date.
Statutory time limits are no timers: see `limitWorkingDays` (ARCHITECTURE, decision 11).
A timer event with `limitWorkingDays` is the one meeting of both: it is due once that many working days have passed,
and its ISO text only says about how long that is. The first day after it is its variable `<element>.passed_on`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.process.model import Timer

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
YEARS = range(2000, 2200)
MAX_DAYS = 36_525

_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})(?:[.,](?P<parts>\d{1,6}))?S)?)?"
)
_CYCLE = re.compile(r"R(?P<count>\d{0,5})/(?:(?P<start>\d[^/]*)/)?(?P<every>P[^/]*)")
MAX_ROUNDS = 10_000


def due_at(timer: Timer, now: datetime) -> datetime:
    """Return when `timer` is due if it starts at `now`, in UTC.

    Raises:
        ValueError: the text is no date or duration within bounds.

    >>> due_at(Timer("timeDuration", "P1M"), datetime(2026, 1, 31, tzinfo=UTC)).isoformat()
    '2026-02-28T00:00:00+00:00'
    >>> due_at(Timer("timeDate", "2026-05-01T08:00:00"), datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
    '2026-05-01T01:00:00+00:00'
    """
    text = _unquoted(timer.text)
    if timer.kind == "timeDate":
        return _date(text)
    if timer.kind == "timeDuration":
        return _after(text, now)
    found = _CYCLE.fullmatch(text)
    rounds = rounds_of(timer)
    if found is None or rounds == 0 or (rounds or 0) > MAX_ROUNDS or _after(found["every"], now) <= now:
        raise ValueError(text)
    return _date(found["start"]) if found["start"] else _after(found["every"], now)


def rounds_of(timer: Timer) -> int | None:
    """Return how often a timer runs out; None: without end.

    >>> [rounds_of(Timer("timeCycle", text)) for text in ("R3/PT1H", "R/P1D")], rounds_of(Timer("timeDuration", "P1D"))
    ([3, None], 1)
    """
    found = _CYCLE.fullmatch(_unquoted(timer.text)) if timer.kind == "timeCycle" else None
    if found is None:
        return 1
    return int(found["count"]) if found["count"] else None


def next_round(timer: Timer, last: datetime) -> datetime:
    """Return when a cycle runs out again after `last`."""
    found = _CYCLE.fullmatch(_unquoted(timer.text))
    if found is None:
        raise ValueError(timer.text)
    return _after(found["every"], last)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def day_after(last_day: date) -> datetime:
    """Return when a working-day limit has passed that ends on `last_day`: as the next day begins, in UTC.

    >>> day_after(date(2025, 9, 4)).isoformat()
    '2025-09-04T17:00:00+00:00'
    """
    return datetime.combine(last_day + timedelta(days=1), time(), LOCAL).astimezone(UTC)


def passed_on(due: datetime) -> date:
    """Return the first day on which a limit has passed: the local day on which its timer is due.

    >>> passed_on(day_after(date(2025, 9, 4))).isoformat()
    '2025-09-05'
    """
    return due.astimezone(LOCAL).date()


def _date(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.year not in YEARS:
        raise ValueError(text)
    return (at if at.tzinfo else at.replace(tzinfo=LOCAL)).astimezone(UTC)


def _after(text: str, now: datetime) -> datetime:
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(text)
    part = {name: int(number or 0) for name, number in found.groupdict().items()}
    part["parts"] = int((found["parts"] or "0").ljust(6, "0"))
    start = now.astimezone(LOCAL)
    months = start.month - 1 + part["months"] + 12 * part["years"]
    year, month = start.year + months // 12, months % 12 + 1
    span = timedelta(
        weeks=part["weeks"],
        days=part["days"],
        hours=part["hours"],
        minutes=part["minutes"],
        seconds=part["seconds"],
        microseconds=part["parts"],
    )
    if year not in YEARS or span.days > MAX_DAYS:
        raise ValueError(text)
    day = min(start.day, monthrange(year, month)[1])
    return (start.replace(year=year, month=month, day=day).astimezone(UTC) + span).astimezone(UTC)
