"""Servers are killed again and again while programs work; nothing they had answered is lost, nothing is done twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from threading import Event
from typing import Any

import pytest

from tests.e2e.house import ROOT, House
from tests.faults.calls import Calls, Client, check

CLIENTS = 8
BETWEEN = 8  # answers from one kill to the next, at most


class Forked:
    """The processes of `forking`, which `kill` ends and starts anew."""

    def __init__(self, house: House, children: int) -> None:
        command = [sys.executable, "-m", "tests.faults.forking", str(house.data), house.database or "-", str(children)]
        self._program = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=house.environment
        )
        self.address = f"http://127.0.0.1:{self._said()}"

    def kill(self, which: str) -> None:
        assert self._program.stdin is not None
        self._program.stdin.write(f"{which}\n")
        self._program.stdin.flush()
        assert self._said() == "up"

    def _said(self) -> str:
        assert self._program.stdout is not None
        return self._program.stdout.readline().strip()

    def end(self) -> None:
        self._program.communicate()


@contextmanager
def forked(house: House, children: int) -> Iterator[Forked]:
    program = Forked(house, children)
    try:
        yield program
    finally:
        program.end()


def survive(home: tuple[House, dict[str, str]], children: int, kills: int) -> dict[str, Any]:
    house, tokens = home
    calls, over, chance = Calls(), Event(), Random(kills)
    with forked(house, children) as program, ThreadPoolExecutor(CLIENTS) as threads:
        clients = [Client(lambda: program.address, tokens, calls, over) for _ in range(CLIENTS)]
        working = [threads.submit(client.work) for client in clients]
        try:
            for _ in range(kills):
                calls.wait_for(chance.randint(1, BETWEEN))
                program.kill(chance.choice(("all", "one")))
        finally:
            over.set()
        for each in working:
            each.result()
    return check(house, calls, [code for client in clients for code in client.codes])


COUNTS = [8, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]


@pytest.mark.parametrize("kills", COUNTS)
def test_nothing_is_lost_or_done_twice_when_the_server_on_sqlite_is_killed(
    home: tuple[House, dict[str, str]], kills: int, seen: Callable[..., None]
) -> None:
    seen(kills=kills, **survive(home, 1, kills))


@pytest.mark.postgres
@pytest.mark.parametrize("kills", COUNTS)
def test_nothing_is_lost_or_done_twice_when_servers_on_postgresql_are_killed(
    postgres_home: tuple[House, dict[str, str]], kills: int, seen: Callable[..., None]
) -> None:
    seen(kills=kills, **survive(postgres_home, 3, kills))
