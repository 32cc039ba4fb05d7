"""An official in front of the pages, over HTTP on the loopback address."""

from __future__ import annotations

import gc
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Thread
from urllib.parse import urlencode
from uuid import uuid4

from waitress.server import create_server

from engine.office import accounts
from web.app import create_app
from web.bench import procedure
from web.bench.house import House
from web.serving import THREADS, settle

COOKIE = "khenthuong"
CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


class Official:
    """A browser that is logged in; it keeps its connection and its cookies."""

    def __init__(self, port: int, session: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port)
        self._cookies = {COOKIE: session}
        self._csrf = ""

    def look(self, task: str) -> None:
        """Open the page of a task."""
        self._csrf = self._found(self._ask("GET", f"/tasks/{task}", 200))

    def inbox(self) -> None:
        self._ask("GET", "/tasks?box=group", 200)

    def complete(self, task: str, version: int) -> None:
        """Send the form of the page that was looked at."""
        hidden = {"csrf_token": self._csrf, "command_id": str(uuid4()), "expected_version": str(version)}
        self._ask("POST", f"/tasks/{task}/complete", 303, urlencode(hidden | procedure.filled()))

    def _ask(self, method: str, path: str, expected: int, body: str | None = None) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        if answer.status != expected:
            raise RuntimeError(f"{method} {path} was answered {answer.status}")
        return page

    def _found(self, page: str) -> str:
        token = CSRF.search(page)
        return token[1] if token else ""

    def close(self) -> None:
        self._connection.close()


@contextmanager
def served(house: House) -> Iterator[Official]:
    """Serve an office on a free port and give its official, logged in."""
    app = create_app(house.engine, secrets.token_hex(16), loopback_demo=True)
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    with house.database.write() as tx:
        session = accounts.open_session(tx.connection, house.official.person.id, house.engine.clock.now())
    official = Official(int(server.effective_port), session)
    settle()  # as `serve` does
    try:
        yield official
    finally:
        gc.unfreeze()
        official.close()
        # First whoever answers; then, in its own thread, the loop: what is closed under who waits for it is a bad file
        # descriptor there.
        server.task_dispatcher.shutdown()
        server.trigger.pull_trigger(server.close)
        thread.join(timeout=10)
