"""Diagrams nobody would draw are as deterministic as those that ship: the same facts and states, reloaded or not."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.process.definition import ProcessDefinition
from engine.process.model import Node
from engine.process.release import Reading
from tests.engine.process.drawing import NOW, Office, draw, many
from tests.engine.process.strolls import carried_out_again, stroll
from tests.hostile.test_random import CONDITIONS, NODES, TOLD, joined

INNER = (
    '<process id="inner"><startEvent id="begin"/><userTask id="answer"/><intermediateCatchEvent id="later">'
    "<timerEventDefinition><timeDuration>P2D</timeDuration></timerEventDefinition></intermediateCatchEvent>"
    '<sequenceFlow sourceRef="begin" targetRef="answer"/><sequenceFlow sourceRef="answer" targetRef="later"/>'
    '<endEvent id="over"/><sequenceFlow sourceRef="later" targetRef="over"/></process>'
)
SUB = (
    '<startEvent id="{id}s"/><userTask id="{id}t"/><endEvent id="{id}e"/>'
    '<sequenceFlow id="{id}1" sourceRef="{id}s" targetRef="{id}t"/>'
    '<sequenceFlow id="{id}2" sourceRef="{id}t" targetRef="{id}e"/>'
)
MORE = (
    *("callActivity {id} calledElement=inner", f"subProcess {{id}} {{{{{SUB}}}}}", "eventBasedGateway {id}"),
    *(f"userTask {{id}} {{{{{many('3', sequential)}}}}}" for sequential in (False, True)),
)


@st.composite
def diagrams(draw_: Any) -> bytes:
    kinds = draw_(st.lists(st.sampled_from((*NODES, *MORE)), min_size=2, max_size=8))
    names = [f"n{number}" for number in range(len(kinds))]
    ends = st.tuples(st.sampled_from(["s", *names]), st.sampled_from(names), st.sampled_from(CONDITIONS))
    drawn = draw_(st.lists(ends, min_size=1, max_size=14))
    return draw(*joined(kinds, drawn), more=INNER + TOLD)


def compiled(raw: bytes) -> ProcessDefinition | None:
    reading = Reading({"x.bpmn": raw}, None)
    reading.read(bare=True)
    return None if reading.has_errors else reading.compile(bare=True).get("p")


def fields(node: Node, chance: Random) -> dict[str, Any]:
    return {"x": chance.randrange(4), "y": chance.random() < 0.5}


# Most of what is drawn by chance is refused by the guard.
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(diagrams(), st.integers(0, 1000))
def test_a_random_diagram_carried_out_again_gives_the_same_facts_and_states(raw: bytes, seed: int) -> None:
    process = compiled(raw)
    assume(process is not None)
    assert process is not None
    lines = stroll(process, NOW, Office(), {}, fields, seed, 30)
    for reload in (False, True):
        assert carried_out_again(process, lines, reload=reload) == len(lines)
