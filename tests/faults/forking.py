"""A program that serves an office in child processes, which it kills and forks anew when told to.

The program is loaded once, so a new child answers within moments and hundreds of kills are affordable. All children
share one listening socket that stays open: whoever asks meanwhile waits. On SQLite the one child is all that
`khenthuong serve` is, jobs and lock included; on PostgreSQL there are several.

    python -m tests.faults.forking DATA DATABASE CHILDREN      (DATABASE "-": SQLite)

It prints its port, then for each line of its input ("all", "one") kills children, forks new ones and prints "up".
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

from flask import Flask

from engine.office.service import Engine
from engine.store.lock import ServeLock
from web.office import Place, application, open_engine
from web.serving import listen, server_of, working


def child(place: Place, bound: socket.socket, app: Flask, engine: Engine) -> int:
    """Return the number of a new process that serves until it is killed."""
    number = os.fork()
    if number:
        return number
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ExitStack() as held:
        if place.on_sqlite:
            held.enter_context(ServeLock(place.data))
            held.enter_context(working(engine, place))
        server_of(app, bound).run()
    os._exit(0)


def main(data: str, database: str, count: int) -> None:
    place = Place(Path(data), None if database == "-" else database)
    bound = listen("127.0.0.1", 0)
    engine = open_engine(place)
    app = application(place, engine, loopback=True)
    with engine.database.read() as reader:
        engine.releases.in_force(reader, engine.today())  # read here once for all children
    engine.database.close()  # each child makes its own connections
    children = [child(place, bound, app, engine) for _ in range(count)]
    print(bound.getsockname()[1], flush=True)
    for line in sys.stdin:
        doomed = children if line.strip() == "all" else children[:1]
        for number in doomed:
            os.kill(number, signal.SIGKILL)
        for number in doomed:
            os.waitpid(number, 0)
        children = children[len(doomed) :] + [child(place, bound, app, engine) for _ in doomed]
        print("up", flush=True)
    for number in children:
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
