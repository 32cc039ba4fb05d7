"""Two acts at once, the second held back by the first: what a lock is for, without leaving it to chance."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import text

from engine.store.database import Database


def somebody_waits(database: Database) -> bool:
    """Whether a transaction waits for another one; on SQLite every writer does, before it has begun."""
    if database.url.startswith("sqlite:"):
        return True
    with database.read() as reader:
        return bool(reader.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def one_while_the_other_waits(
    database: Database, first: Callable[[], Any], second: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Return what the second answers, which wants the same case before the first has committed."""
    begun = Event()
    usual = database._work

    def work(command_id: str, actor: str, body_hash: str, does: Callable[[Any], Any]) -> Any:
        def slowly(tx: Any) -> Any:
            if begun.is_set():
                return does(tx)
            done = does(tx)
            begun.set()
            until = monotonic() + 30
            while not somebody_waits(database) and monotonic() < until:
                sleep(0.01)
            return done

        return usual(command_id, actor, body_hash, slowly)

    monkeypatch.setattr(database, "_work", work)
    with ThreadPoolExecutor() as pool:
        before = pool.submit(first)
        begun.wait(timeout=30)
        after = pool.submit(second)
        before.result(timeout=30)
        return after.exception(timeout=30) or after.result()
