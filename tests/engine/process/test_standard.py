"""Rules of the standard that its schema cannot say: each has a file that breaks it and one that keeps it."""

from pathlib import Path

import pytest

from engine.process.reader import parse_processes
from engine.process.standard import RULES
from tests.engine.process.drawing import HEAD, MESSAGE, body

SHIPPED = sorted((Path(__file__).parents[3] / "workflows").rglob("*.bpmn"))
OK = ("startEvent s", "task a", "endEvent e", "s -> a", "a -> e")
ITEMS = '<itemDefinition id="one" structureRef="A"/><itemDefinition id="two" structureRef="B"/>'
RACE = (
    "startEvent s",
    "eventBasedGateway g",
    "s -> g",
    f"intermediateCatchEvent c {{{MESSAGE}}}",
    "endEvent e",
    "c -> e",
)
PAIR = '<dataObject id="x" itemSubjectRef="one"/><dataObject id="y" itemSubjectRef="{}"/>'


def drawn(*lines: str, inside: str = "", beside: str = "") -> bytes:
    process = f'<process id="p" isExecutable="true">{inside}{body(lines)}</process>'
    return f'{HEAD}<message id="letter" name="thu"/>{ITEMS}{beside}{process}</definitions>'.encode()


def data(sets: str) -> bytes:
    return drawn(*OK[:1], f"task a {{<ioSpecification>{sets}</ioSpecification>}}", *OK[2:])


def linked(sources: str, second: str = "one") -> bytes:
    association = f"<dataInputAssociation id='d'>{sources}<targetRef>y</targetRef></dataInputAssociation>"
    return drawn("startEvent s", f"task a {{{association}}}", *OK[2:], inside=PAIR.format(second))


def counted(limits: str) -> bytes:
    inner = f'<participant id="q" processRef="p"><participantMultiplicity id="m" {limits}/></participant>'
    return drawn(*OK, beside=f'<collaboration id="c">{inner}</collaboration>')


def thrown(definition: str, beside: str = "") -> bytes:
    return drawn("startEvent s", f"endEvent e {{{definition}}}", "s -> e", beside=beside)


SOURCE = "<sourceRef>x</sourceRef>"
INPUT = '<dataInput id="i"/>'
# code -> (the element it names, what breaks it, what keeps it)
CASES: dict[str, list[tuple[str, bytes, bytes]]] = {
    "std_outgoing": [
        ("s", drawn("startEvent s", "endEvent e"), drawn(*OK)),
        (
            "b",
            drawn(*OK, f"boundaryEvent b attachedToRef=a {{{MESSAGE}}}"),
            drawn(*OK, f"boundaryEvent b attachedToRef=a {{{MESSAGE}}}", "b -> e"),
        ),
        (
            "t",
            drawn("startEvent s", "intermediateThrowEvent t", "s -> t"),
            drawn("startEvent s", "intermediateThrowEvent t {<linkEventDefinition name='x'/>}", "s -> t"),
        ),
    ],
    "std_incoming": [
        ("f", drawn(*OK, "endEvent f"), drawn(*OK)),
        (
            "c",
            drawn(*OK, f"intermediateCatchEvent c {{{MESSAGE}}}", "c -> e"),
            drawn(*OK, "intermediateCatchEvent c {<linkEventDefinition name='x'/>}", "c -> e"),
        ),
    ],
    "std_gateway": [
        (
            "g",
            drawn("startEvent s", "parallelGateway g", "endEvent e", "s -> g", "g -> e"),
            drawn("startEvent s", "parallelGateway g", "endEvent e", "endEvent f", "s -> g", "g -> e", "g -> f"),
        ),
    ],
    "std_condition_alone": [
        (
            "f",
            drawn(*OK[:4], "f: a -> e if x > 1"),
            drawn(*OK[:4], "endEvent z", "f: a -> e if x > 1", "a -> z"),
        ),
    ],
    "std_code": [
        (
            "e",
            thrown("<errorEventDefinition errorRef='r'/>", '<error id="r"/>'),
            thrown("<errorEventDefinition errorRef='r'/>", '<error id="r" errorCode="E"/>'),
        ),
        (
            "e",
            thrown("<escalationEventDefinition/>"),
            thrown("<escalationEventDefinition escalationRef='r'/>", '<escalation id="r" escalationCode="E"/>'),
        ),
        (
            "e",
            thrown("<errorEventDefinition/>"),
            thrown("<errorEventDefinition/>").replace(b' isExecutable="true"', b""),
        ),
    ],
    "std_unnamed": [
        ("e", thrown("<messageEventDefinition/>"), thrown(MESSAGE)),
        ("e", thrown("<signalEventDefinition/>"), thrown("<signalEventDefinition signalRef='x'/>")),
    ],
    "std_reference": [
        (
            "o",
            drawn(*OK, inside='<dataObject id="o" itemSubjectRef="gone"/>'),
            drawn(*OK, inside='<dataObject id="o" itemSubjectRef="one"/><dataObject id="n" itemSubjectRef="xsd:int"/>'),
        ),
        (
            "o",
            drawn(*OK, inside='<dataObjectReference id="o" dataObjectRef="a"/>'),
            drawn(*OK, inside='<dataObject id="x"/><dataObjectReference id="o" dataObjectRef="x"/>'),
        ),
    ],
    "std_subprocess_data": [
        (
            "a",
            drawn("startEvent s", "subProcess a {<ioSpecification/>}", *OK[2:]),
            drawn("startEvent s", "task a {<ioSpecification/>}", *OK[2:]),
        ),
    ],
    "std_not_in_set": [
        ("i", data(INPUT + "<inputSet/>"), data(INPUT + "<inputSet><dataInputRefs>i</dataInputRefs></inputSet>")),
        (
            "o",
            data('<dataOutput id="o"/><outputSet/>'),
            data('<dataOutput id="o"/><outputSet><dataOutputRefs>o</dataOutputRefs></outputSet>'),
        ),
    ],
    "std_sets": [
        (
            "n",
            data('<inputSet id="n"><outputSetRefs>m</outputSetRefs></inputSet><outputSet id="m"/>'),
            data(
                '<inputSet id="n"><outputSetRefs>m</outputSetRefs></inputSet>'
                '<outputSet id="m"><inputSetRefs>n</inputSetRefs></outputSet>'
            ),
        ),
    ],
    "std_sources": [("d", linked(SOURCE * 2), linked(SOURCE))],
    "std_items": [("d", linked(SOURCE, "two"), linked(SOURCE))],
    "std_collection": [
        (
            "o",
            drawn(*OK, inside='<dataObject id="o" itemSubjectRef="one" isCollection="true"/>'),
            drawn(*OK, inside='<dataObject id="o" itemSubjectRef="one" isCollection="false"/>'),
        ),
    ],
    "std_multiplicity": [
        ("m", counted('minimum="-1"'), counted('minimum="0"')),
        ("m", counted('minimum="3" maximum="2"'), counted('minimum="2" maximum="2"')),
        ("m", counted('maximum="0"'), counted('minimum="2"')),
    ],
    "std_race": [
        (
            "g",
            drawn(*RACE, "receiveTask r messageRef=letter", "g -> c", "g -> r", "r -> e"),
            drawn(*RACE, f"intermediateCatchEvent r {{{MESSAGE}}}", "g -> c", "g -> r", "r -> e"),
        ),
    ],
}
PAIRS = [(code, *case) for code, cases in CASES.items() for case in cases]


def found(raw: bytes) -> set[tuple[str, str]]:
    problems = parse_processes(raw, "x.bpmn")[1]
    return {(problem.code, problem.element) for problem in problems if problem.severity == "error"}


def test_every_rule_has_a_file_that_breaks_it():
    assert CASES.keys() == RULES.keys()


@pytest.mark.parametrize(("code", "element", "broken", "kept"), PAIRS)
def test_a_file_is_refused_for_the_rule_it_breaks_and_for_no_other(code, element, broken, kept):
    assert (code, element) in found(broken)
    assert code not in {code for code, _ in found(kept)}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_diagrams_that_ship_keep_every_rule(path):
    assert not RULES.keys() & {problem.code for problem in parse_processes(path.read_bytes(), path.name)[1]}


def test_a_mixed_gateway_splits_and_joins():
    gateway = "parallelGateway g gatewayDirection=Mixed"
    lines = ("startEvent s", gateway, "endEvent e", "endEvent f", "s -> g", "g -> e", "g -> f")

    assert ("gateway_direction", "g") in found(drawn(*lines))
    assert ("gateway_direction", "g") not in found(drawn(*lines, "task b", "e2: b -> g"))
