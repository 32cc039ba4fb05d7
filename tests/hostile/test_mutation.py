"""A spoilt copy of a shipped diagram is refused by name, or it says what it now does: never a crash, never silence."""

from functools import cache
from pathlib import Path

import pytest

from engine.process.release import Reading
from tests.hostile.mutation import FATAL, MUTATIONS, mutants
from web.catalog import Catalog

ROOT = Path(__file__).parents[2] / "workflows"
DIAGRAMS = sorted(ROOT.rglob("*.bpmn"))
EVERYWHERE = 1_000  # more places than any diagram has


@cache
def base(release: Path) -> Reading:
    """The release without the diagram under test; it is the same for all its mutants."""
    reading = Reading({path.relative_to(release).as_posix(): path.read_bytes() for path in _files(release)}, Catalog())
    reading.read()
    assert not reading.has_errors
    return reading


def _files(release: Path) -> list[Path]:
    return [path for kind in ("bpmn", "dmn", "forms") for path in sorted((release / kind).iterdir())]


def findings(diagram: Path, raw: bytes):
    whole = base(diagram.parents[1])
    name = diagram.relative_to(diagram.parents[1]).as_posix()
    others = {path: file for path, file in whole.files.items() if path.endswith(".bpmn") and path != name}
    reading = Reading({**others, name: raw}, whole.catalog)
    reading.decisions, reading.forms = whole.decisions, whole.forms
    reading.read()
    reading.compile()
    return {(problem.severity, problem.code, problem.element, problem.message) for problem in reading.problems}


def hold(diagram: Path, places: int) -> int:
    raw = diagram.read_bytes()
    before = findings(diagram, raw)
    count = 0
    for mutation, spoilt in mutants(raw, places):
        found = findings(diagram, spoilt)
        refused = any(severity == "error" for severity, *_ in found)
        assert refused or (found != before and mutation not in FATAL), (mutation.__name__, count)
        count += 1
    return count


@pytest.mark.parametrize("diagram", sorted(ROOT.glob("bpmn/*.bpmn")), ids=lambda path: path.name)
def test_a_spoilt_diagram_is_refused_or_says_what_is_different(diagram):
    assert hold(diagram, 1) >= len(MUTATIONS) // 2


@pytest.mark.slow
@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: "/".join(path.parts[-3:]))
def test_it_is_so_wherever_the_diagram_is_spoilt(diagram):
    assert hold(diagram, EVERYWHERE) > 30
