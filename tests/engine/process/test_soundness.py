"""What can get stuck is found on the drawing, before any case does."""

import pytest

from engine.process.release import check_files
from tests.engine.process.drawing import AnyForm, draw

STUCK = {"cannot_end", "deadlock", "unsynchronised", "loop_without_wait", "not_proved"}


def found(*lines: str, bare: bool = False) -> list[tuple[str, str, str]]:
    files = {"x.bpmn": draw(*lines), "forms/any.json": b'{"key": "any"}'}
    problems = check_files(files, AnyForm(), bare=bare)
    return [(problem.severity, problem.code, problem.element) for problem in problems if problem.code in STUCK]


TWO = ("startEvent s", "userTask a", "userTask b", "endEvent e", "a -> j", "b -> j", "j -> e")
XOR = ("exclusiveGateway g default=d", "s -> g", "g -> a if true", "d: g -> b")
AND = ("parallelGateway g", "s -> g", "g -> a", "g -> b")

CASES = {
    "alternatives joined in parallel": ([*TWO, *XOR, "parallelGateway j"], [("error", "deadlock", "j")]),
    "parallel branches merged as alternatives": (
        [*TWO[:-1], *AND, "exclusiveGateway j", "userTask c", "j -> c", "c -> e"],
        [("warning", "unsynchronised", "j")],
    ),
    "alternatives merged": ([*TWO, *XOR, "exclusiveGateway j"], []),
    "parallel branches joined": ([*TWO, *AND, "parallelGateway j"], []),
    "inclusive branches joined": (
        [*TWO, "inclusiveGateway g default=d", "s -> g", "g -> a if true", "d: g -> b", "inclusiveGateway j"],
        [],
    ),
    "loop without a way out": (
        ["startEvent s", "userTask a", "userTask b", "endEvent e", "s -> a", "a -> b", "b -> a"],
        [("error", "cannot_end", "b")],
    ),
    "loop that a terminate end stops": (
        [
            *("startEvent s", "parallelGateway g", "userTask a", "userTask b"),
            *("endEvent e {<terminateEventDefinition/>}", "exclusiveGateway m", "s -> g", "g -> m", "m -> a"),
            *("a -> m", "g -> b", "b -> e"),
        ],
        [],
    ),
    "automatic loop": (
        [
            *("startEvent s", "exclusiveGateway g default=z", "task t", "endEvent e", "s -> g", "g -> t if true"),
            *("t -> g", "z: g -> e"),
        ],
        [("error", "loop_without_wait", "t")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_can_get_stuck_is_named(name):
    lines, expected = CASES[name]
    assert found(*lines) == expected


def test_in_a_foreign_diagram_it_is_a_warning():
    assert found(*CASES["automatic loop"][0], bare=True) == [("warning", "loop_without_wait", "t")]


def test_many_parallel_branches_are_proved_by_one_order_of_moves():
    branches = [f"userTask b{i}{k}" for i in range(10) for k in range(4)]
    flows = [
        f"{'g' if k == 0 else f'b{i}{k - 1}'} -> {'j' if k == 4 else f'b{i}{k}'}" for i in range(10) for k in range(5)
    ]
    lines = ["startEvent s", "parallelGateway g", *branches, "parallelGateway j", "endEvent e", "s -> g", *flows]
    assert found(*lines, "j -> e") == []


def test_beyond_the_limit_nothing_is_claimed():
    lines = ["startEvent s", "parallelGateway g0", "endEvent e", "s -> g0", "parallelGateway join", "join -> e"]
    for i in range(14):
        lines += [f"exclusiveGateway x{i} default=d{i}", f"userTask a{i}", f"userTask c{i}", f"g0 -> x{i}"]
        lines += [f"x{i} -> a{i} if true", f"d{i}: x{i} -> c{i}", f"a{i} -> m{i}", f"c{i} -> m{i}"]
        lines += [f"exclusiveGateway m{i}", f"m{i} -> join"]
    assert {code for _, code, _ in found(*lines)} <= {"not_proved"}
