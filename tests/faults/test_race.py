"""Many clients reach for one task at the same moment: one of them gets it, the others read who was faster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.builders import ASSESSMENT, new_id
from tests.e2e.house import House
from tests.faults.calls import NOMINATION, ask

CLIENTS = 64
ROUNDS = [3, pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]


def race(home: tuple[House, dict[str, str]], rounds: int) -> Counter[int]:
    """Return how often each status was answered over all rounds; each round is asserted by itself."""
    house, tokens = home
    answers: Counter[int] = Counter()
    with house.serving() as server, ThreadPoolExecutor(CLIENTS) as threads:
        for _ in range(rounds):
            body = {"command_id": new_id()} | NOMINATION
            code = ask(server.address, tokens["mai"], "/nominations", body)[1]["code"]
            [task] = ask(server.address, tokens["mai"], f"/nominations/{code}")[1]["tasks"]
            ready = Barrier(CLIENTS)

            def reach(number: int, task: dict[str, str] = task, ready: Barrier = ready) -> int:
                who = tokens["lan" if number % 2 else "mai"]
                mine = {"command_id": new_id(), "expected_version": task["version"], "form": ASSESSMENT}
                ready.wait()
                return ask(server.address, who, f"/tasks/{task['id']}/complete", mine, timeout=120)[0]

            told = Counter(threads.map(reach, range(CLIENTS)))
            assert told == {200: 1, 409: CLIENTS - 1}
            answers += told
    assert house.json("verify", "--all", "--strict")["ok"]
    return answers


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_64_clients_completes_a_task_on_sqlite(
    home: tuple[House, dict[str, str]], rounds: int, seen: Callable[..., None]
) -> None:
    seen(rounds=rounds, answers=race(home, rounds))


@pytest.mark.postgres
@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_64_clients_completes_a_task_on_postgresql(
    postgres_home: tuple[House, dict[str, str]], rounds: int, seen: Callable[..., None]
) -> None:
    seen(rounds=rounds, answers=race(postgres_home, rounds))
