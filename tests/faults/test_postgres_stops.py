"""PostgreSQL is stopped at once again and again under load: 503 meanwhile, nothing lost, no new start of serve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event

import pytest

from tests import postgres
from tests.e2e.house import House
from tests.faults.calls import Calls, Client, check

CLIENTS = 6
STOPS = [2, pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]

pytestmark = pytest.mark.postgres


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    """A cluster of this test alone, whose commits are durable."""
    if postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    made = postgres.Cluster.start(durable=True)
    yield made
    made.remove()


@pytest.mark.parametrize("stops", STOPS)
def test_nothing_is_lost_when_postgresql_stops_at_once_and_serve_finds_it_again(
    cluster: postgres.Cluster, tmp_path: Path, stops: int, seen: Callable[..., None]
) -> None:
    cluster.make_database("office")
    house = House(tmp_path / "data", f"{cluster.url}/office")
    tokens = house.furnish()
    calls, over, chance = Calls(), Event(), Random(stops)
    with house.serving() as server, ThreadPoolExecutor(CLIENTS) as threads:
        clients = [Client(lambda: server.address, tokens, calls, over) for _ in range(CLIENTS)]
        working = [threads.submit(client.work) for client in clients]
        try:
            for _ in range(stops):
                calls.wait_for(chance.randint(5, 15))
                cluster.stop_at_once()
                calls.wait_for_status(503)
                cluster.go_on()
        finally:
            over.set()
        for each in working:
            each.result()
        assert server.process.poll() is None
    statuses = Counter(call.status for call in calls.seen if call.kind == "info")
    unanswered = [call for call in calls.seen if call.kind == "info" and call.status == 0]
    assert unanswered == []
    assert set(statuses) == {503}
    counts = check(house, calls, [code for client in clients for code in client.codes])
    seen(stops=stops, statuses={str(status): count for status, count in statuses.items()}, **counts)
