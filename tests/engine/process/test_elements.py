"""docs/BPMN.md says what runs: its tables are those of the code, and each element has a trace."""

from pathlib import Path

from engine.process.guard import SUPPORTED
from engine.process.reader import REFUSED_NODES
from engine.process.vendors import MEANINGS
from tests.engine.process.test_traces import CASES

TEXT = (Path(__file__).parents[3] / "docs" / "BPMN.md").read_text("utf-8")


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def test_every_element_that_runs_is_listed_with_its_events():
    for kind, events in SUPPORTED.items():
        listed = ", ".join(sorted(events)) or "–"
        assert row(f"`{kind}`", listed) in TEXT


def test_every_element_that_is_refused_and_every_foreign_attribute_is_listed():
    for kind in REFUSED_NODES | {"serviceTask", "scriptTask"}:
        assert f"`{kind}`" in TEXT
    for name, meaning in MEANINGS.items():
        assert row(f"`{name}`", meaning) in TEXT


def test_every_element_that_runs_is_walked():
    drawn = " ".join(line for lines, *_ in CASES.values() for line in lines)
    elsewhere = {"businessRuleTask", "callActivity", "inclusiveGateway", "eventBasedGateway"}  # see test_turn
    assert {kind for kind in SUPPORTED if kind not in drawn} <= elsewhere
