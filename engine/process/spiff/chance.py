"""SpiffWorkflow's two sources of chance, taken over: the ids of tasks and the time.

SpiffWorkflow offers no hook for either, so the names its module `task` uses are replaced. Inside `counting` a
task gets the next number as its id and the time stands still: nothing we use of SpiffWorkflow asks how late it
is, and due times come with a move. Outside of `counting` SpiffWorkflow behaves as it came.

`tests/engine/process/spiff/test_chance.py` fails when a version reads time or randomness anywhere else.
"""

from __future__ import annotations

import time as system_time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID
from uuid import uuid4 as system_uuid4

from SpiffWorkflow import task as spiff_task


class Counter:
    """The number of the last task made in one process instance."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def next_id(self) -> UUID:
        self.last += 1
        return UUID(int=self.last)


_counter: ContextVar[Counter | None] = ContextVar("task_counter", default=None)


@contextmanager
def counting(counter: Counter) -> Iterator[None]:
    """Number the tasks made inside; they never leave the instance, so its own numbers suffice."""
    token = _counter.set(counter)
    try:
        yield
    finally:
        _counter.reset(token)


def _uuid4() -> UUID:
    counter = _counter.get()
    return system_uuid4() if counter is None else counter.next_id()


class _Time:
    @staticmethod
    def time() -> float:
        return system_time.time() if _counter.get() is None else 0.0


_collect_log_extras = spiff_task.Task.collect_log_extras


def _log_extras(task: Any, extras: dict[str, Any] | None = None) -> dict[str, Any]:
    # SpiffWorkflow builds a record of each change of state even when nobody logs: a third of a step's time.
    return _collect_log_extras(task, extras) if _counter.get() is None else {}


spiff_task.uuid4 = _uuid4
spiff_task.time = _Time
spiff_task.Task.collect_log_extras = _log_extras
