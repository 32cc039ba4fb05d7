"""Diagrams nobody would draw: whatever the tokens meet, the walk ends in one of its four ways."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.process.walk import walk
from tests.engine.process.drawing import MESSAGE, draw, timer


def throwing(behavior: str) -> str:
    return (
        f"<multiInstanceLoopCharacteristics behavior='{behavior}' {behavior.lower()}BehaviorEventRef='told'>"
        "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    )


TOLD = '<messageEventDefinition id="told" messageRef="letter"/>'
NODES = (
    *("task {id}", "userTask {id}", "exclusiveGateway {id}", "parallelGateway {id}", "inclusiveGateway {id}"),
    *("endEvent {id}", "endEvent {id} {{<errorEventDefinition/>}}", "endEvent {id} {{<terminateEventDefinition/>}}"),
    *(f"intermediateCatchEvent {{id}} {{{{{event}}}}}" for event in (MESSAGE, timer("P1D"))),
    "userTask {id} {{<standardLoopCharacteristics loopMaximum='2'/>}}",
    *(
        f"intermediateCatchEvent {{id}}{kind} {{{{{MESSAGE}{timer('P1D')}}}}}"
        for kind in ("", " parallelMultiple=true")
    ),
    f"intermediateCatchEvent {{id}} {{{{{timer('R2/P1D', 'timeCycle')}}}}}",
    *(f"userTask {{id}} {{{{{throwing(behavior)}}}}}" for behavior in ("None", "One")),
)
CONDITIONS = ("", "", " if true", " if x > 1", " if ${y}")


def joined(kinds: list[str], drawn: list[tuple[str, str, str]]) -> tuple[str, ...]:
    """Return the lines of a diagram with these nodes and flows, and what the rules of the standard ask for beside."""
    names = [f"n{number}" for number in range(len(kinds))]
    kind_of = dict(zip(names, kinds, strict=True))
    flows = [flow for flow in drawn if not kind_of.get(flow[0], "").startswith("endEvent")]
    flows += [("s", name, "") for name in names if name not in {target for _, target, _ in flows}]
    for name, kind in kind_of.items():
        leaving = [condition for source, _, condition in flows if source == name]
        if not leaving and not kind.startswith("endEvent"):
            flows.append((name, "end", ""))
        elif len(leaving) == 1 and leaving[0] and "Gateway" not in kind:
            flows.append((name, "end", " if x > 2"))
        entering = sum(target == name for _, target, _ in flows)
        if "Gateway" in kind and len(leaving) < 2 and entering < 2:
            flows.append(("s", name, ""))
    nodes = [kind.format(id=name) for name, kind in kind_of.items()]
    flows += [("s", "end", "")]
    return ("startEvent s", *nodes, "endEvent end", *(f"{a} -> {b}{condition}" for a, b, condition in flows))


@st.composite
def diagrams(draw_):
    kinds = draw_(st.lists(st.sampled_from(NODES), min_size=1, max_size=7))
    names = [f"n{number}" for number in range(len(kinds))]
    ends = st.tuples(st.sampled_from(["s", *names]), st.sampled_from(names), st.sampled_from(CONDITIONS))
    return draw(*joined(kinds, draw_(st.lists(ends, max_size=12))), more=TOLD)


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
