"""The server is killed again and again while programs work; nothing it had answered is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from threading import Condition, Event
from typing import Any

import pytest

from tests.builders import ASSESSMENT, NOMINEE, new_id
from tests.e2e.house import AGREES_TODAY, NOTICE_TODAY, PATIENCE, VOTE_TODAY, House, today

KILLS = 5
BETWEEN = 8  # answers from one kill to the next
CLIENTS = 3
WAY = [("mai", ASSESSMENT), ("luc", VOTE_TODAY), ("son", AGREES_TODAY), ("mai", NOTICE_TODAY)]
NOMINATION = {"unit": "X2545", "award": "GK_XA", "kind": "ca_nhan", "form": NOMINEE}

Sent = tuple[str, str, dict[str, Any], dict[str, Any]]  # path, who, body, answer


class Outages:
    """A server that is killed and started again under its clients."""

    def __init__(self, house: House, tokens: dict[str, str]) -> None:
        self.house, self.tokens = house, tokens
        self.server = house.start()
        self.up, self.over = Event(), Event()
        self.up.set()
        self.answered: list[Sent] = []
        self._news = Condition()

    def ask(self, path: str, who: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask until there is an answer; a command goes under the same id each time."""
        while True:
            assert self.up.wait(PATIENCE)
            try:
                status, answer = self.server.call(path, self.tokens[who], body)
            except (OSError, HTTPException):
                continue  # killed, before or after it did the work: who asks can't tell
            assert status < 300, answer
            if body is not None:
                self._note((path, who, body, answer))
            return answer

    def _note(self, sent: Sent) -> None:
        with self._news:
            self.answered.append(sent)
            self._news.notify_all()

    def kill(self) -> None:
        """Let some commands be answered, then kill the server in the midst of the next ones and start it again."""
        with self._news:
            enough = len(self.answered) + BETWEEN
            assert self._news.wait_for(lambda: len(self.answered) >= enough, PATIENCE)
        self.up.clear()
        self.server.kill()
        self.server = self.house.start()
        self.up.set()

    def work(self) -> list[str]:
        """Be a client: take nominations from their beginning to their end; return their codes."""
        codes = []
        while not self.over.is_set():
            code = self.ask("/nominations", "mai", {"command_id": new_id()} | NOMINATION)["code"]
            codes.append(code)
            for who, form in WAY:
                [task] = self.ask(f"/nominations/{code}", who)["tasks"]
                body = {"command_id": new_id(), "expected_version": task["version"], "form": form}
                self.ask(f"/tasks/{task['id']}/complete", who, body)
        return codes


@pytest.fixture
def outages(home: tuple[House, dict[str, str]]) -> Iterator[Outages]:
    made = Outages(*home)
    yield made
    made.over.set()
    made.server.kill()


def test_nothing_answered_is_lost_or_done_twice_when_the_server_is_killed(outages: Outages) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        working = [clients.submit(outages.work) for _ in range(CLIENTS)]
        try:
            for _ in range(KILLS):
                outages.kill()
        finally:
            outages.over.set()
        codes = [code for work in working for code in work.result()]

    for path, who, body, answer in outages.answered:
        assert outages.server.call(path, outages.tokens[who], body).body == answer
    listed = {row["code"]: row["status"] for row in outages.house.json("list", "nominations")}
    assert listed == dict.fromkeys(codes, "DUOC_KHEN")
    assert sorted(listed) == [f"KT-{today().year}-{number:04d}/01" for number in range(1, len(codes) + 1)]
    for code in codes:
        lines = outages.server.call(f"/nominations/{code}/history", outages.tokens["minh"]).body["items"]
        assert [line["act"] for line in lines].count("completed") == len(WAY)
    report = outages.house.json("verify", "--all", "--strict")
    assert (report["ok"], report["reexecuted"], report["first_error"]) == (True, len(codes), None)
