"""The clock of a demo: it moves with the acts of its people, in office hours, and never back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from engine.office.clock import LOCAL

OPENS, CLOSES, SATURDAY = 7, 17, 5


class DemoClock:
    """Stands still until somebody acts."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_by(self, time: timedelta) -> None:
        """Let time go by; who would then act outside office hours acts the next working morning.

        >>> clock = DemoClock(datetime(2025, 11, 7, 9, 50, tzinfo=UTC))  # a Friday, ten to five in the province
        >>> clock.pass_by(timedelta(minutes=20))
        >>> clock.at
        datetime.datetime(2025, 11, 10, 0, 10, tzinfo=datetime.timezone.utc)
        """
        self.at += time
        local = self.at.astimezone(LOCAL)
        while local.weekday() >= SATURDAY or not OPENS <= local.hour < CLOSES:
            next_day = local + timedelta(days=1) if local.hour >= CLOSES or local.weekday() >= SATURDAY else local
            local = next_day.replace(hour=OPENS, minute=local.minute)
        self.at = local.astimezone(UTC)

    def go_to(self, day: date) -> None:
        """Wait until the morning of this day; where it has come already nothing happens."""
        morning = datetime(day.year, day.month, day.day, OPENS, 30, tzinfo=LOCAL).astimezone(UTC)
        self.at = max(self.at, morning)
