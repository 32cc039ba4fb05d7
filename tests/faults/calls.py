"""Clients that write down what they asked and what they were told, and what must be true of it afterwards.

A call is `invoke`, then `ok` (done), `fail` (refused: nothing was done) or `info`: no answer, or one that says nothing
(5xx). After `info` nobody knows whether it was done, so the client asks again under the same command id.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Condition, Event
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import select

from engine.store import tables
from engine.store.opening import open_database
from tests.builders import ASSESSMENT, NOMINEE, new_id
from tests.e2e.house import AGREES_TODAY, NOTICE_TODAY, VOTE_TODAY, House, today

Kind = Literal["invoke", "ok", "fail", "info"]
WAY = [("mai", ASSESSMENT), ("luc", VOTE_TODAY), ("son", AGREES_TODAY), ("mai", NOTICE_TODAY)]
NOMINATION = {"unit": "X2545", "award": "GK_XA", "kind": "ca_nhan", "form": NOMINEE}
PATIENCE = 120


class Call(NamedTuple):
    kind: Kind
    command: str  # its id, "" for a question
    status: int  # 0: no answer
    answer: dict[str, Any] | None


@dataclass
class Calls:
    """What all clients asked, in the order it became known."""

    seen: list[Call] = field(default_factory=list)
    _news: Condition = field(default_factory=Condition)

    def note(self, call: Call) -> None:
        with self._news:
            self.seen.append(call)
            self._news.notify_all()

    def wait_for(self, more: int) -> None:
        """Return once so many more calls were done."""
        with self._news:
            enough = self.done + more
            assert self._news.wait_for(lambda: self.done >= enough, PATIENCE)

    def wait_for_status(self, status: int) -> None:
        """Return once one more call was answered with this status."""
        with self._news:
            start = len(self.seen)
            assert self._news.wait_for(lambda: any(call.status == status for call in self.seen[start:]), PATIENCE)

    @property
    def done(self) -> int:
        return sum(call.kind == "ok" for call in self.seen[-100_000:])

    def counts(self) -> dict[str, int]:
        return dict(Counter(call.kind for call in self.seen))


def ask(address: str, token: str, path: str, body: Any = None, timeout: float = 30) -> tuple[int, dict[str, Any]]:
    """Ask the API once; OSError or HTTPException where there is no answer."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=timeout)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        connection.request("GET" if body is None else "POST", f"/api/v1{path}", sent, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@dataclass
class Client:
    """Takes nominations from their beginning to their end until it is told to stop."""

    address: Callable[[], str]
    tokens: dict[str, str]
    calls: Calls
    over: Event
    codes: list[str] = field(default_factory=list)

    def work(self) -> None:
        while not self.over.is_set():
            code = self.command("/nominations", "mai", NOMINATION)["code"]
            self.codes.append(code)
            for who, form in WAY:
                [task] = self.ask(f"/nominations/{code}", who)["tasks"]
                self.command(f"/tasks/{task['id']}/complete", who, {"expected_version": task["version"], "form": form})

    def command(self, path: str, who: str, body: dict[str, Any]) -> dict[str, Any]:
        id = new_id()
        return self.ask(path, who, {"command_id": id} | body, id)

    def ask(self, path: str, who: str, body: dict[str, Any] | None = None, command: str = "") -> dict[str, Any]:
        pause = Event()
        while True:
            if command:
                self.calls.note(Call("invoke", command, 0, None))
            try:
                status, answer = ask(self.address(), self.tokens[who], path, body)
            except (OSError, HTTPException) as none:
                status, answer = 0, {"why": repr(none)}
            known = 0 < status < 500
            kind: Kind = "ok" if 200 <= status < 300 else "fail" if known else "info"
            if command or kind == "info":
                self.calls.note(Call(kind, command, status, answer))
            if known:
                assert status < 300, answer
                return answer
            pause.wait(0.05)


def agrees(told: dict[str, Any] | None, kept: dict[str, Any] | None) -> bool:
    """Whether what a client was told is what was kept; the API tells some of it in words of its own."""
    if not told or not kept:
        return False
    return any(name in kept for name in told) and all(kept[name] == told[name] for name in told if name in kept)


def check(house: House, calls: Calls, codes: list[str], steps: int = len(WAY)) -> dict[str, int]:
    """Assert that everything that was answered is there, once and in order; return how much that was."""
    answered = {call.command: call.answer for call in calls.seen if call.kind == "ok"}
    asked = {call.command for call in calls.seen if call.command}
    database = open_database(house.database or house.data)
    with database.read() as reader:
        command, journal = tables.command.c, tables.journal.c
        rows = reader.execute(select(command.command_id, command.answer))
        kept = {row.command_id: json.loads(row.answer) for row in rows}
        lost = [id for id, answer in answered.items() if not agrees(answer, kept.get(id))]
        bodies = reader.execute(select(journal.stream, journal.body).where(journal.stream.like("nomination:%")))
        completed = Counter(
            (stream, fact["key"])
            for stream, body in bodies
            for fact in json.loads(body)["facts"]
            if fact["fact"] == "StepCompleted"
        )
    database.close()
    assert lost == []
    assert asked == answered.keys()
    assert [key for key, times in completed.items() if times > 1] == []
    assert len(completed) == steps * len(codes)
    listed = {row["code"]: row["status"] for row in house.json("list", "nominations")}
    assert listed == dict.fromkeys(codes, "DUOC_KHEN")
    assert sorted(listed) == sorted(f"KT-{today().year}-{number:04d}/01" for number in range(1, len(codes) + 1))
    report = house.json("verify", "--all", "--strict")
    assert (report["ok"], report["reexecuted"], report["first_error"]) == (True, len(codes), None)
    return calls.counts() | {"nominations": len(codes)}
