"""Completes one task in a child process, for strace to disturb; the program is loaded once for all children.

    python -m tests.faults.one_completion

Each line of its input is JSON {"data", "code", "person", "commands", "result"}: `commands` are ids under which the task
is completed one after the other. A child prints its number, waits for SIGUSR1, does it, and writes what came of each
and whether reading went on into the file `result`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from engine.commands import CompleteTask
from engine.errors import EngineError
from engine.office.releases import Releases
from engine.office.service import Engine
from engine.office.views import Actor
from tests.builders import ASSESSMENT, QUICK
from web.catalog import Catalog
from web.office import RELEASE, Place, open_engine


def complete(engine: Engine, asked: dict[str, Any]) -> None:
    """Complete the one task of each nomination in `codes`, under the ids in `commands`; what is refused once more."""
    actor = engine.actor(asked["person"])
    acks = os.open(asked["result"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    signal.sigwait({signal.SIGUSR1})
    for code, command_id in zip(asked["codes"], asked["commands"], strict=True):
        if not tried(engine, actor, acks, code, command_id):
            tried(engine, actor, acks, code, command_id)


def tried(engine: Engine, actor: Actor, acks: int, code: str, command_id: str) -> bool:
    """Complete the task of a nomination and note what came of it; return whether it was done."""
    try:
        [row] = engine.nomination(actor, code).tasks
        command = CompleteTask(
            command_id=command_id,
            actor=actor.person.id,
            task=row.id,
            expected_version=row.version,
            form=ASSESSMENT,
        )
        engine.complete_task(command)
        said = "done"
    except EngineError as refused:
        said = f"{refused.code} {refused.params.get('why', '')}"
    reads = engine.nomination(actor, code).code == code
    os.write(acks, f"{command_id} {'reads' if reads else 'blind'} {said}\n".encode())
    return said == "done"


def set_synchronous(engine: Engine, how: str) -> None:
    """Let commits wait less for the disk than they do in earnest."""
    pragma = f"PRAGMA synchronous={how}"
    event.listen(engine.database.writer, "connect", lambda connection, _: connection.execute(pragma))


def main() -> None:
    releases = Releases(Catalog())
    releases.check(RELEASE)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    for line in sys.stdin:
        asked = json.loads(line)
        number = os.fork()
        if number == 0:
            engine = open_engine(Place(Path(asked["data"])), passwords=QUICK, releases=releases)
            if asked.get("synchronous"):
                set_synchronous(engine, asked["synchronous"])
            print(os.getpid(), flush=True)
            complete(engine, asked)
            os._exit(0)
        os.waitpid(number, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
