"""A spoilt copy of a shipped diagram is refused by name, or it shows what it now does: never a crash, never silence."""

from pathlib import Path

import pytest

from engine.process.release import check_files
from tests.hostile.mutation import FATAL, MUTATIONS, mutants
from web.catalog import Catalog

ROOT = Path(__file__).parents[2] / "workflows"
DIAGRAM = "bpmn/unit_commendation.bpmn"
FILES = {
    DIAGRAM: (ROOT / DIAGRAM).read_bytes(),
    **{f"{path.parent.name}/{path.name}": path.read_bytes() for path in sorted(ROOT.glob("dmn/*.dmn"))},
    **{f"forms/{path.name}": path.read_bytes() for path in sorted(ROOT.glob("forms/*.json"))},
}


def findings(raw: bytes):
    found = check_files({**FILES, DIAGRAM: raw}, Catalog())
    return [(problem.severity, problem.code, problem.element) for problem in found if problem.file == DIAGRAM]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_spoilt_diagram_is_refused_or_says_what_is_different(mutation):
    before = findings(FILES[DIAGRAM])
    assert not [code for severity, code, _ in before if severity == "error"]
    spoilt = [raw for made_by, raw in mutants(FILES[DIAGRAM], 4) if made_by is mutation]
    assert spoilt
    for raw in spoilt:
        found = findings(raw)
        assert found != before
        if mutation in FATAL:
            assert any(severity == "error" for severity, _, _ in found)
