"""How much is let through for one person in a minute or an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import TooMany, TooManyExports, TooManyUploads, TooManyWrites
from engine.office import pace
from engine.store.database import Database

NOON = datetime(2025, 12, 1, 5, 0, tzinfo=UTC)


def send(database: Database, count: int, at: datetime, person: str = "mai", kind: pace.Kind = "writes") -> None:
    for _each in range(count):
        with database.write() as tx:
            pace.admit(tx.connection, person, kind, 3, at)


def test_what_is_over_the_count_waits_until_the_minute_is_over(database: Database) -> None:
    send(database, 2, NOON)
    send(database, 1, NOON + timedelta(seconds=10))

    with pytest.raises(TooManyWrites) as refused:
        send(database, 1, NOON + timedelta(seconds=20))

    assert refused.value.params == {"seconds": 40, "minutes": 1}
    send(database, 3, NOON + timedelta(seconds=60))


def test_a_refused_write_does_not_make_the_wait_longer(database: Database) -> None:
    send(database, 3, NOON)
    for second in range(1, 60):
        with pytest.raises(TooManyWrites) as refused:
            send(database, 1, NOON + timedelta(seconds=second))
        assert refused.value.params["seconds"] == 60 - second


def test_a_clock_that_was_a_day_ahead_lets_nobody_wait_for_that_day(database: Database) -> None:
    send(database, 3, NOON + timedelta(days=1))
    send(database, 3, NOON)
    with pytest.raises(TooManyWrites) as refused:
        send(database, 1, NOON)
    assert refused.value.params["seconds"] == 60


def test_each_person_has_a_count_of_their_own(database: Database) -> None:
    send(database, 3, NOON)
    send(database, 3, NOON, "son")


@pytest.mark.parametrize(("kind", "error"), [("uploads", TooManyUploads), ("exports", TooManyExports)])
def test_files_are_counted_by_the_hour_and_apart_from_commands(
    database: Database, kind: pace.Kind, error: type[TooMany]
) -> None:
    send(database, 3, NOON)
    send(database, 3, NOON, kind=kind)

    with pytest.raises(error) as refused:
        send(database, 1, NOON + timedelta(seconds=59 * 60 - 1), kind=kind)

    assert refused.value.params == {"seconds": 61, "minutes": 2}
    send(database, 1, NOON + timedelta(hours=1), kind=kind)
