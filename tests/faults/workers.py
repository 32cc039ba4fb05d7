"""A program that does the jobs of an office in child processes, which it kills and forks anew when told to.

On PostgreSQL they are `khenthuong worker`s, on SQLite the one thread of `serve`. Each new child lives on another day
than the one before: today, tomorrow, the day after.

    python -m tests.faults.workers DATA DATABASE CHILDREN      (DATABASE "-": SQLite)

It prints "up" when the children were made, and again for each line of its input, which kills the oldest of them.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from engine.office.clock import AssumedClock
from engine.office.service import Engine
from engine.store.lock import ServeLock
from web import worker
from web.office import Place, open_engine
from web.serving import working

DAYS = (1, 0, 2)
DAYS_ALONE = (1, 2)  # today nothing is due yet: one alone would wait for ever


def child(place: Place, engine: Engine, days: int) -> int:
    """Return the number of a new process that does the jobs of a day until it is killed."""
    number = os.fork()
    if number:
        return number
    engine.clock = AssumedClock(datetime.now(UTC) + timedelta(days=days))
    if not place.on_sqlite:
        worker.open_engine = lambda _place: engine  # type: ignore[assignment]
        worker.work(place, lambda _line: None, lambda line: print(line, file=sys.stderr))
        os._exit(0)
    with ExitStack() as held:
        held.enter_context(ServeLock(place.data))
        held.enter_context(working(engine, place))
        signal.pause()
    os._exit(0)


def main(data: str, database: str, count: int) -> None:
    place = Place(Path(data), None if database == "-" else database)
    engine = open_engine(place)
    with engine.database.read() as reader:
        engine.releases.in_force(reader, engine.today())
    engine.database.close()
    days = cycle(DAYS if count > 1 else DAYS_ALONE)
    children = [child(place, engine, next(days)) for _ in range(count)]
    print("up", flush=True)
    for _line in sys.stdin:
        doomed = children.pop(0)
        os.kill(doomed, signal.SIGKILL)
        os.waitpid(doomed, 0)
        children.append(child(place, engine, next(days)))
        print("up", flush=True)
    for number in children:
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
