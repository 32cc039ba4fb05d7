"""docs/BPMN.md says what runs: its tables are those of the code, and each element has a trace."""

from pathlib import Path

from engine.process.reader import REFUSED_NODES, parse_processes
from engine.process.supported import SUPPORTED
from engine.process.vendors import MEANINGS
from tests.engine.process.drawing import draw
from tests.engine.process.test_traces import CASES, ROOTS

TEXT = (Path(__file__).parents[3] / "docs" / "BPMN.md").read_text("utf-8")


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def test_every_element_that_runs_is_listed_with_its_events():
    for kind, events in SUPPORTED.items():
        listed = ", ".join(sorted(events)) or "–"
        assert row(f"`{kind}`", listed) in TEXT


def test_every_element_that_is_refused_and_every_foreign_attribute_is_listed():
    for kind in REFUSED_NODES | {"serviceTask"}:
        assert f"`{kind}`" in TEXT
    for name, meaning in MEANINGS.items():
        assert row(f"`{name}`", meaning) in TEXT


def walked() -> set[tuple[str, str]]:
    """Return the elements with their events that a trace passes."""
    found = set()
    for lines, _, _, trace in CASES.values():
        for process in parse_processes(draw(*lines, more=ROOTS), "x.bpmn")[0]:
            for node in process.nodes.values():
                if node.id in trace.split():
                    found |= {(node.kind, event.kind) for event in node.events} or {(node.kind, "")}
    return found


def test_every_element_that_runs_is_walked_with_each_of_its_events():
    waits = {"intermediateCatchEvent", "boundaryEvent", "receiveTask", "sendTask"}  # never without an event
    beside = {("callActivity", ""), ("businessRuleTask", "")}  # walked in tests of their own there
    wanted = {(kind, event) for kind, events in SUPPORTED.items() for event in events}
    wanted |= {(kind, "") for kind in SUPPORTED.keys() - waits}

    assert wanted - walked() == beside
