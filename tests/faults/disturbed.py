"""strace around one completion: to kill it at one of its writes, to let a write fail, or to write all of them down."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.store.opening import FILE_NAME
from tests.e2e.house import ROOT

MISSING = "needs strace, and the right to trace (Debian: apt install strace)"


def may_trace() -> bool:
    """Whether strace is here and may follow a process that runs already."""
    if shutil.which("strace") is None:
        return False
    with subprocess.Popen(["sleep", "30"]) as victim:
        command = ["strace", "-o", os.devnull, "-p", str(victim.pid)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            attached = "attached" in tracer.stderr.readline()
            victim.kill()
    return attached


needs_strace = pytest.mark.skipif(not may_trace(), reason=MISSING)


class Came(NamedTuple):
    """What came of each completion, in order: "done", or the code of the refusal and why; and whether reads went on."""

    said: list[str]
    reads: bool
    trace: str


class Disturber:
    """Runs completions under strace; made by `disturber`."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program

    def complete(self, data: Path, asked: dict[str, Any], *options: str) -> Came:
        """Complete tasks of an office in a child process, disturbed by what the options of strace say."""
        result, trace = data / "result", data / "trace"
        result.unlink(missing_ok=True)
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps({"data": str(data), "result": str(result)} | asked) + "\n")
        self._program.stdin.flush()
        number = int(self._line())
        files = [str(data / name) for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-journal", "result")]
        paths = [word for file in files for word in ("-P", file)]
        command = ["strace", "-f", "-q", "-o", str(trace), *paths, *options, "-p", str(number)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            _wait_until_traced(number)
            os.kill(number, signal.SIGUSR1)
            assert self._line() == "ended"
            tracer.wait()
        lines = result.read_text("utf-8").splitlines() if result.exists() else []
        words = [line.split(" ", 2) for line in lines]
        return Came([w[2].strip() for w in words], all(w[1] == "reads" for w in words), trace.read_text("utf-8"))

    def _line(self) -> str:
        assert self._program.stdout is not None
        line = self._program.stdout.readline().strip()
        assert line, "the program ended"
        return line


def _wait_until_traced(number: int) -> None:
    status = Path(f"/proc/{number}/status")
    while "TracerPid:\t0" in status.read_text("ascii"):
        os.sched_yield()


@contextmanager
def disturber() -> Iterator[Disturber]:
    command = [sys.executable, "-m", "tests.faults.one_completion"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        yield Disturber(program)
