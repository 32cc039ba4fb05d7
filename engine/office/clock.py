"""The clocks of an office. The one place, with the database's own times, where the present comes from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class AssumedClock:
    """The time of a demo: it goes on at real pace from a given moment."""

    def __init__(self, begins: datetime) -> None:
        self._ahead = begins - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


def local_day(at: datetime) -> date:
    """Return the calendar day in the province at a time with zone.

    >>> local_day(datetime(2026, 11, 23, 18, 30, tzinfo=UTC))
    datetime.date(2026, 11, 24)
    """
    return at.astimezone(LOCAL).date()
