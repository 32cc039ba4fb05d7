"""What the XML Schemas find: what would be lost without a word is an error, what only other tools mind a warning."""

from pathlib import Path

import pytest

from engine.process.decisions import parse_decisions
from engine.process.reader import parse_processes
from tests.engine.process.decisions.dmn import DMN_13 as DMN
from tests.engine.process.drawing import HEAD, draw

SHIPPED = Path(__file__).parents[3] / "workflows"


def found(raw: bytes):
    return [
        (problem.severity, problem.code, problem.element, problem.line) for problem in parse_processes(raw, "x.bpmn")[1]
    ]


def with_task(task: str, flow: str = "<sequenceFlow id='g' sourceRef='a' targetRef='e'/>") -> bytes:
    return (
        f"{HEAD}\n<process id='p'>\n<startEvent id='s'/>\n{task}\n<endEvent id='e'/>\n"
        f"<sequenceFlow id='f' sourceRef='s' targetRef='a'/>\n{flow}\n</process></definitions>"
    ).encode()


CASES = {
    "a misspelt attribute": (
        with_task("<userTask id='a' isForCompensaton='true'/>"),
        [("error", "xsd_attribute", "a", 4)],
    ),
    "a misspelt condition, which would be no condition": (
        with_task(
            "<task id='a'/>", "<sequenceFlow id='g' sourceRef='a' targetRef='e'><conditionExpresion/></sequenceFlow>"
        ),
        [("error", "xsd_element", "g", 7)],
    ),
    "a value that is none": (
        with_task("<subProcess id='a' triggeredByEvent='sometimes'/>"),
        [("error", "xsd_value", "a", 4)],
    ),
    "an element in another place than the standard's": (
        with_task("<task id='a'><outgoing>g</outgoing><documentation>x</documentation></task>"),
        [("warning", "xsd_order", "a", 4)],
    ),
    "no target namespace": (
        draw("startEvent s", "endEvent e", "s -> e").replace(b' targetNamespace="t"', b""),
        [("warning", "xsd_incomplete", "", 1)],
    ),
    "a reference that is no name of XML": (
        with_task("<task id='a'><property id='p1' itemSubjectRef='a b'/></task>"),
        [("error", "std_reference", "p1", 4), ("warning", "xsd_spelling", "p1", 4)],
    ),
    "extensions of another tool, whatever they hold": (
        with_task(
            "<task id='a'><extensionElements><x:y xmlns:x='urn:x' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'"
            " i:type='x:Z' any='thing'/></extensionElements></task>"
        ),
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_schema_says_what_and_where(case):
    raw, expected = CASES[case]

    assert found(raw) == expected


def test_a_file_with_a_thousand_faults_of_one_kind_gets_a_list_one_can_read():
    tasks = "".join(f"<task id='t{number}' wrong='1'/>" for number in range(1_000))

    assert len(found(with_task(f"<task id='a'/>{tasks}"))) == 100


def test_a_table_with_an_attribute_nobody_knows_is_refused_too():
    raw = (
        f'<definitions xmlns="{DMN}" id="d" name="d" namespace="t">\n<decision id="x" name="x" isCollection="true">'
        "<literalExpression><text>1</text></literalExpression></decision></definitions>"
    ).encode()

    assert [(p.code, p.element, p.line) for p in parse_decisions(raw, "x.dmn")[1]] == [("xsd_attribute", "x", 2)]


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.bpmn")), ids=lambda path: "/".join(path.parts[-3:]))
def test_the_shipped_diagrams_keep_to_the_standard(path):
    assert [code for _, code, *_ in found(path.read_bytes()) if code.startswith("xsd")] == []
