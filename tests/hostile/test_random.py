"""Diagrams nobody would draw: whatever the tokens meet, the walk ends in one of its four ways."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.process.walk import walk
from tests.engine.process.drawing import MESSAGE, draw, timer

NODES = (
    *("task {id}", "userTask {id}", "exclusiveGateway {id}", "parallelGateway {id}", "inclusiveGateway {id}"),
    *("endEvent {id}", "endEvent {id} {{<errorEventDefinition/>}}", "endEvent {id} {{<terminateEventDefinition/>}}"),
    *(f"intermediateCatchEvent {{id}} {{{{{event}}}}}" for event in (MESSAGE, timer("P1D"))),
    "userTask {id} {{<standardLoopCharacteristics loopMaximum='2'/>}}",
)
CONDITIONS = ("", "", " if true", " if x > 1", " if ${y}")


@st.composite
def diagrams(draw_):
    kinds = draw_(st.lists(st.sampled_from(NODES), min_size=1, max_size=7))
    names = [f"n{number}" for number in range(len(kinds))]
    ends = st.tuples(st.sampled_from(["s", *names]), st.sampled_from(names), st.sampled_from(CONDITIONS))
    flows = [f"{source} -> {target}{condition}" for source, target, condition in draw_(st.lists(ends, max_size=12))]
    return draw("startEvent s", *(kind.format(id=name) for kind, name in zip(kinds, names, strict=True)), *flows)


@settings(max_examples=150, deadline=None)
@given(diagrams(), st.booleans())
def test_whatever_is_drawn_ends_in_one_of_four_ways(raw, told):
    users = {f"n{number}": {"x": number, "y": told} for number in range(7)}
    answers = {"user": users, "messages": ["thu"] * told, "timers": [f"n{number}" for number in range(7)] * told}
    walked = walk(raw, answers, max_steps=30)
    rejected = any(problem.severity == "error" for problem in walked.problems)
    assert walked.outcome in (["rejected"] if rejected else ["completed", "waiting", "incident"])
    assert (walked.incident is not None) or walked.outcome != "incident"
    assert walk(raw, answers, max_steps=30).to_json() == walked.to_json()
