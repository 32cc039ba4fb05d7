"""Carrying cases out again in several processes at once, for who verifies a whole store from the command line.

Each process is started afresh, never forked off one that has threads, and reads the store by itself. What it carries
out again begins with the very entries that the one who asks has checked.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import chain
from multiprocessing import get_context, parent_process
from threading import Thread

from engine.office.reexecution import Reexecution
from engine.office.releases import Releases
from engine.ports import FormCatalog
from engine.store.database import Database
from engine.store.verify import Case, Elsewhere, Outcome, outcome_as_checked

AT_ONCE = 50  # cases a process is given at a time
FEWEST = 2_000  # cases of a store; for fewer of them a process costs more to start than it saves


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def side_by_side(database: Database, catalog: FormCatalog, processes: int, fewest: int = FEWEST) -> Iterator[Elsewhere]:
    """Give what carries cases out again in so many processes, this one included, which has other work meanwhile.

    It returns None where this one alone is as fast.

    Raises:
        BrokenProcessPool: while the outcomes are read: a process has died, so not all is known.
    """
    given = (database.url, database.engine_version, catalog)
    with ExitStack() as at_the_end:

        def elsewhere(cases: Sequence[Case]) -> Iterator[Outcome] | None:
            if processes < 2 or len(cases) < fewest:
                return None
            pool = ProcessPoolExecutor(processes - 1, get_context("spawn"), _begin, given)
            at_the_end.callback(pool.shutdown, cancel_futures=True)
            lots = [cases[start : start + AT_ONCE] for start in range(0, len(cases), AT_ONCE)]
            return chain.from_iterable(pool.map(_carry_out, lots))

        yield elsewhere


_database: Database
_again: Reexecution


def _begin(url: str, engine_version: str, catalog: FormCatalog) -> None:
    global _database, _again
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks is stopped, and ends this process as well
    Thread(target=_end_with_parent, daemon=True).start()
    _database = Database(url, engine_version=engine_version)
    _again = Reexecution(Releases(catalog), engine_version)


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _carry_out(cases: Sequence[Case]) -> list[Outcome]:
    with _database.read() as reader:
        return [outcome_as_checked(reader, case, _database.engine_version, _again) for case in cases]
