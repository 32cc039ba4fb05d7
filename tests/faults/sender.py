"""A program that sends what stands in the outbox and is killed at a random moment of it, again and again.

Each child dies by a timer without having been told, as by SIGKILL. What the mail server took is a line in a file; it is
taken before the child can write down that it was.

    python -m tests.faults.sender DATA DATABASE TAKEN KILLS      (DATABASE "-": SQLite)
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from random import Random

from engine.office.jobs import Jobs
from engine.office.service import Engine
from engine.ports import Message
from web.office import Place, open_engine

LONGEST = 0.015  # seconds a child lives after it sent its first message


class Taken:
    """A mail server that keeps the keys of what it took; with the first message the time of its sender begins."""

    def __init__(self, file: str) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.left = 0.0  # seconds; 0: no end

    def send(self, message: Message) -> bool:
        os.write(self._file, f"{message.key}\n".encode())
        if self.left:
            signal.setitimer(signal.ITIMER_REAL, self.left)
            self.left = 0
        return True


def killed(engine: Engine, place: Place, taken: Taken, after: float) -> bool:
    """Send in a child process, for so many seconds at most (0: to the end); return whether it was killed."""
    taken.left = after
    number = os.fork()
    if number:
        return os.WIFSIGNALED(os.waitpid(number, 0)[1])
    jobs = Jobs(engine, place.data, taken)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    while jobs.send_messages():
        pass
    os._exit(0)


def main(data: str, database: str, file: str, kills: int) -> None:
    place, chance, done = Place(Path(data), None if database == "-" else database), Random(kills), 0
    engine, taken = open_engine(place), Taken(file)
    engine.database.close()  # each child makes its own connections
    while done < kills and killed(engine, place, taken, chance.uniform(0.0001, LONGEST)):
        done += 1
    assert not killed(engine, place, taken, 0)
    print(done)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
