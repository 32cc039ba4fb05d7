"""Figures of docs/CHECKS.md: `python -m tests.hostile.figures` prints them. Times are seconds of the processor."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.office.releases import read_folder
from engine.process.release import check_files
from engine.process.walk import walk
from tests.hostile.bpmn import ROWS, drawn
from web.catalog import Catalog

WORKFLOWS = Path(__file__).parents[2] / "workflows"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def check(raw: bytes, name: str = "x.bpmn") -> list[Any]:
    return check_files({name: raw}, Catalog(), bare=True)


def hostile() -> None:
    """Print each hostile diagram with what becomes of it."""
    for row, expected in ROWS.items():
        seconds, found = timed(lambda raw=expected.raw: check(raw))  # type: ignore[misc]
        errors = sorted({problem.code for problem in found if problem.severity == "error"})
        said = ", ".join(f"`{code}`" for code in errors) if errors else walk(expected.raw, {}).outcome
        warned = sorted({problem.code for problem in found if problem.severity == "warning"} - set(errors))
        ours = f"; ours: `{expected.strict}`" if expected.strict else ""
        print(f"| {row} | {said}{ours} | {', '.join(f'`{code}`' for code in warned)} | {seconds:.2f} |")


def large() -> bytes:
    """Return a diagram of just under 2 MB and 10,000 elements: steps, choices and ways back."""
    count = 1_600
    steps = [f"task t{n}" for n in range(count)]
    choices = [f"exclusiveGateway g{n} default=d{n}" for n in range(count)]
    ahead = [f"d{n}: g{n} -> {f't{n + 1}' if n < count - 1 else 'e'}" for n in range(count)]
    back = [f"g{n} -> t{max(0, n - 3)} if x{n} > 1" for n in range(count)]
    inner = [f"t{n} -> g{n}" for n in range(count)]
    raw = drawn("startEvent s", "endEvent e", *steps, *choices, "s -> t0", *inner, *ahead, *back)
    name = b"x" * ((2 * 1024 * 1024 - len(raw)) // count - 8)
    return raw.replace(b"<task ", b'<task name="' + name + b'" ')


def sizes() -> None:
    """Print how long the releases and a large diagram take."""
    for folder in (WORKFLOWS, WORKFLOWS / "earlier" / "r2"):
        files = read_folder(folder)
        timed(lambda files=files: check_files(files, Catalog()))  # type: ignore[misc]
        seconds, found = timed(lambda files=files: check_files(files, Catalog()))  # type: ignore[misc]
        print(f"release {folder.name}: {len(files)} files, {seconds:.2f} s")
        for problem in found:
            print(f"  {problem.severity} {problem.code} {problem.file}:{problem.line} {problem.element}")
    raw = large()
    seconds, found = timed(lambda: check(raw))
    print(f"large diagram: {len(raw)} bytes, {len(found)} findings, {seconds:.2f} s")


if __name__ == "__main__":
    hostile()
    sizes()
