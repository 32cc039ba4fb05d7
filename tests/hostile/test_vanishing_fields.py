"""A field of a form that a condition, a table, a paper or another field reads cannot vanish without an error."""

import json
import re
from pathlib import Path

import pytest

from engine.process.release import Reading
from tests.hostile.test_mutation import ROOT, base

RELEASES = (ROOT, ROOT / "earlier" / "r2")


def used(reading: Reading, form: str, field: str) -> list[str]:
    """Return what of the release names the field by a step that shows the form."""
    steps = {node.id for model in reading.models.values() for node in model.nodes.values() if node.form == form}
    names = re.compile("|".join(rf"\b{re.escape(f'{step}.{field}')}\b" for step in sorted(steps)) or "(?!)")
    own = re.compile(rf'"(?:field|equals|at_most|not_after|display)": "{field}"|"sum": \[[^]]*"{field}"')
    elsewhere = [path for path, raw in reading.files.items() if names.search(raw.decode())]
    return elsewhere + [path for path in [f"forms/{form}.json"] if own.search(reading.files[path].decode())]


def without(release: Path, form: str, field: str) -> set[str]:
    """Return the codes of the errors there are when the field is gone."""
    whole = base(release)
    changed = json.loads(whole.files[f"forms/{form}.json"])
    changed["fields"] = [each for each in changed["fields"] if each["name"] != field]
    files = {path: raw for path, raw in whole.files.items() if not path.endswith(".dmn")}
    reading = Reading({**files, f"forms/{form}.json": json.dumps(changed).encode()}, whole.catalog)
    reading.decisions = whole.decisions
    reading.read()
    reading.compile()
    return {problem.code for problem in reading.problems if problem.severity == "error"}


def fields(release: Path):
    for path in sorted((release / "forms").glob("*.json")):
        for each in json.loads(path.read_text("utf-8"))["fields"]:
            yield path.stem, each["name"]


def hold(release: Path, forms: set[str] | None = None) -> int:
    count = 0
    for form, field in fields(release):
        readers = used(base(release), form, field) if forms is None or form in forms else []
        if readers:
            assert without(release, form, field), (form, field, readers)
            count += 1
    return count


def test_a_field_that_is_read_cannot_vanish():
    assert hold(ROOT, {"self_assessment", "council_vote", "nominate"}) > 20


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_it_is_so_for_every_form(release):
    assert hold(release) > 100
