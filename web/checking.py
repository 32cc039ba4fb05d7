"""Files somebody uploaded are read in a child process, with limits of time and memory, whatever door they came by.

What comes back is plain data: the findings of `check_files`, where `walk` went, what a table decided. A child that
takes too long or too much is ended and that is the finding; the process that asked is never in danger.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from engine.errors import Problem
from engine.process.decisions import Decision, DecisionResult, parse_decisions
from engine.process.findings import finding
from engine.process.release import check_files
from engine.process.walk import Walk
from engine.process.walk import walk as walk_file
from engine.process.xml import MAX_BYTES
from web.catalog import Catalog

SECONDS = 8  # of the processor
WALL_SECONDS = 20  # on a machine with other work
MEMORY = 2 * 1024**3


class Stopped(Exception):
    """The child was ended. `code` is that of the finding."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def problem(self, file: str) -> Problem:
        return finding(self.code, file, 0, "", limit=SECONDS)


def check(files: Mapping[str, bytes], *, bare: bool = False, seconds: int = SECONDS) -> list[Problem]:
    """Return what is wrong with these files, in a stable order; see `engine.process.release.check_files`."""
    try:
        found: list[Problem] = _in_child(_check, seconds, dict(files), bare)
    except Stopped as stopped:
        return [stopped.problem(min(files, default=""))]
    return found


def walk(raw: bytes, answers: Mapping[str, Any], *, file: str, seconds: int = SECONDS, **options: Any) -> Walk:
    """Walk through a diagram; see `engine.process.walk`."""
    try:
        walked: Walk = _in_child(_walk, seconds, raw, answers, {"file": file, **options})
    except Stopped as stopped:
        return Walk(problems=[stopped.problem(file)])
    return walked


def decide(
    raw: bytes, inputs: Mapping[str, Any], *, file: str, decision: str | None = None, seconds: int = SECONDS
) -> tuple[DecisionResult | None, list[Problem]]:
    """Return what a decision of a DMN file gives, and what is wrong with the file.

    There is no result where the file has an error, or no decision of that id; without an id the one is meant that no
    other of the file needs.
    """
    try:
        decided: tuple[DecisionResult | None, list[Problem]] = _in_child(_decide, seconds, raw, inputs, file, decision)
    except Stopped as stopped:
        return None, [stopped.problem(file)]
    return decided


def read(path: Path) -> bytes:
    """Return a file, or as much of it as shows that it is too large."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _check(files: dict[str, bytes], bare: bool) -> list[Problem]:
    return check_files(files, Catalog(), bare=bare)


def _walk(raw: bytes, answers: Mapping[str, Any], options: dict[str, Any]) -> Walk:
    return walk_file(raw, answers, **options)


def _decide(
    raw: bytes, inputs: Mapping[str, Any], file: str, decision: str | None
) -> tuple[DecisionResult | None, list[Problem]]:
    decisions, problems = parse_decisions(raw, file)
    chosen = decisions.get(decision) if decision else _last(decisions)
    if chosen is None or any(problem.severity == "error" for problem in problems):
        return None, problems
    return chosen.evaluate(inputs), problems


def _last(decisions: Mapping[str, Decision]) -> Decision | None:
    """Return the decision that no other of the file needs, if there is just one."""
    needed = {other.id for decision in decisions.values() for other in decision.order}
    free = [decision for decision in decisions.values() if decision.id not in needed]
    return free[0] if len(free) == 1 else None


def _in_child(work: Callable[..., Any], seconds: int, *arguments: Any) -> Any:
    # A fork of a process with threads may take over a lock that is never given back.
    alone = sys.platform == "linux" and threading.active_count() == 1
    context: Any = multiprocessing.get_context("fork" if alone else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(theirs, seconds, work, arguments), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(WALL_SECONDS):
            raise Stopped("check_too_long")
        outcome, result = ours.recv()
    except EOFError:
        child.join(1)
        too_long = child.exitcode == -signal.SIGXCPU
        raise Stopped("check_too_long" if too_long else "check_too_large") from None
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()
    if outcome == "stopped":
        raise Stopped(result)
    return result


def _run(answer: Connection, seconds: int, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    _limit(seconds)
    try:
        result = ("done", work(*arguments))
    except MemoryError:
        result = ("stopped", "check_too_large")
    answer.send(result)
    answer.close()


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Not on Windows.
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
