"""The clock of a demo goes on at real pace from where its data ends."""

from datetime import UTC, datetime, timedelta

from engine.office.clock import AssumedClock


def test_an_assumed_clock_begins_where_it_is_told_and_never_stands_still() -> None:
    begins = datetime(2025, 11, 20, 3, 0, tzinfo=UTC)
    clock = AssumedClock(begins)
    first, second = clock.now(), clock.now()
    assert begins <= first <= second < begins + timedelta(minutes=1)
