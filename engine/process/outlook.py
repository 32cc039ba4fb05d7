"""What comes next, for the reader of a page: every step an outcome may lead to, and the steps to expect.

Walks the flows and evaluates conditions with what is known; where a gateway is not decided by that, each of its flows
is a way of its own. It changes nothing and promises nothing: a way is `certain` only where nothing had to be guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.process.choices import CHOOSING
from engine.process.definition import ProcessDefinition, values_of
from engine.process.expressions import ExpressionFailed
from engine.process.model import Flow, Node
from engine.process.moves import Scalar
from engine.process.rules import VERDICT

MOST_WAYS = 12
VERDICTS = frozenset({"result", VERDICT})  # what a table says of the criteria, in all or of one
ASKED = "asked_before"
STOPS = frozenset({"userTask", "manualTask", "endEvent", "intermediateCatchEvent", "receiveTask"})


@dataclass(frozen=True)
class Way:
    """Where a path stops next: a user task, a wait or an end event; None where it goes on in several directions.

    `given` names, with the questions of the diagram, the flows that the answers of this step or a table of criteria
    will choose; where there are none and the way is not `certain`, it depends on what only the office knows.
    """

    node: Node | None
    certain: bool = True
    given: tuple[str, ...] = ()


def ways_on(
    definition: ProcessDefinition, element: str, outcome: str | None, variables: Mapping[str, Scalar]
) -> list[Way]:
    """Return every way that may follow if `element` is completed with `outcome`.

    In front stands the way that the values of earlier visits would choose, else the one drawn first.
    """
    definition = definition.owner_of(element)
    known = {name: value for name, value in variables.items() if name.rpartition(".")[0] != element}
    asked = f"{element}.{ASKED}"
    said: dict[str, Scalar] = {f"{element}.visited": True, asked: variables.get(asked, False)}
    if outcome is not None:
        said[f"{element}.outcome"] = outcome
    # What else the form of this step will say is not known yet.
    start = _Path(definition.nodes[element], frozenset({element}), frozenset({element}), element)
    found: dict[str | None, Way] = {}
    for way in _Ahead(definition, known | said, frozenset(said)).ways(start):
        stop = way.node.id if way.node else None
        # Two ways to one step: no single label says when it is reached.
        found[stop] = replace(way, given=()) if stop in found else way
        if len(found) == MOST_WAYS:
            break
    return list(found.values())


def answered(gateway: Node, flow: Flow) -> str:
    """Return the question of a gateway with one of its answers: `Đủ tỷ lệ phiếu: Không đủ`."""
    question = gateway.name.rstrip("? ")
    return f"{question}: {flow.name}" if question else flow.name


def what_follows(
    definition: ProcessDefinition, element: str, outcome: str | None, variables: Mapping[str, Scalar]
) -> tuple[Node | None, bool]:
    """Return where the path stops next on the likeliest way, and whether it is certain to go there."""
    first = ways_on(definition, element, outcome, variables)[0]
    return first.node, first.certain


def expected_steps(
    definition: ProcessDefinition, element: str, variables: Mapping[str, Scalar], count: int = 2
) -> list[Node]:
    """Return up to `count` user tasks or ends to come after `element` on the way that looks most likely."""
    steps: list[Node] = []
    at = element
    while len(steps) < count:
        node, _ = what_follows(definition, at, None, variables)
        if node is None or node in steps or node.id == element:
            break
        steps.append(node)
        if node.kind == "endEvent":
            break
        at = node.id
    return steps


@dataclass(frozen=True)
class _Path:
    """How far a look ahead has come.

    `unknown`: elements whose variables are not known yet; `answering`: the user task whose form is being filled in.
    """

    node: Node
    seen: frozenset[str]
    unknown: frozenset[str]
    answering: str | None = None
    certain: bool = True
    given: tuple[str, ...] = ()

    def stop(self, node: Node | None, certain: bool = True) -> Way:
        return Way(node, self.certain and certain, self.given)


class _Ahead:
    """`said` names the variables that the completion in question sets for certain."""

    def __init__(self, definition: ProcessDefinition, variables: dict[str, Scalar], said: frozenset[str]) -> None:
        self.definition = definition
        self.variables = variables
        self.said = said

    def ways(self, path: _Path) -> Iterator[Way]:
        """Yield every way on from the node a path has come to."""
        flows = self.definition.outgoing(path.node)
        if path.node.kind in CHOOSING and len(flows) > 1:
            flows = self._possible(path, flows)
        elif len(flows) != 1:
            yield path.stop(None, certain=False)
            return
        for flow in flows:
            guessed = len(flows) > 1
            told = guessed and flow.name and self._tells(path, flows)
            label = (answered(path.node, flow),) if told else ()
            yield from self._along(flow, replace(path, certain=path.certain and not guessed, given=path.given + label))

    def _along(self, flow: Flow, path: _Path) -> Iterator[Way]:
        node = self.definition.nodes[flow.target]
        if node.kind in STOPS:
            yield path.stop(node)
        elif node.id in path.seen:
            yield path.stop(None)
        elif node.kind in ("callActivity", "subProcess"):
            yield path.stop(self._first_inside(node), certain=False)
        else:
            unknown = path.unknown | {node.id} if node.kind == "businessRuleTask" else path.unknown
            yield from self.ways(replace(path, node=node, seen=path.seen | {node.id}, unknown=unknown))

    def _tells(self, path: _Path, flows: list[Flow]) -> bool:
        """Return whether an official knows these flows: their answers or a verdict on criteria choose among them."""
        programs = (self.definition.programs.get(flow.id) for flow in flows)
        names = {name for program in programs if program for name in program.names}
        return any(self._is_answer(name, path) for name in names)

    def _is_answer(self, name: str, path: _Path) -> bool:
        element, _, last = name.rpartition(".")
        if element == path.answering:
            return name not in self.said
        return element in self.definition.rules and last in VERDICTS

    def _possible(self, path: _Path, flows: list[Flow]) -> list[Flow]:
        """Return the flows that may be taken, the likeliest first, else as they are drawn."""
        possible = []
        for flow in flows:
            holds = flow.id != path.node.default and self._holds(flow, path.unknown)
            if holds is not False:
                possible.append(flow)
            if holds:
                break
        else:
            possible += [flow for flow in flows if flow.id == path.node.default]
        likely = next((flow for flow in possible if self._holds(flow, frozenset())), None)
        return sorted(possible, key=lambda flow: (flow is not likely, flows.index(flow)))

    def _holds(self, flow: Flow, unknown: frozenset[str]) -> bool | None:
        program = self.definition.programs.get(flow.id)
        if program is None:
            return None
        # What is not known stays unbound: `false && unknown` is false all the same.
        names = [name for name in program.names if name in self.said or name.rpartition(".")[0] not in unknown]
        try:
            return bool(program.evaluate(values_of(self.definition, self.variables, names)))
        except ExpressionFailed:
            return None

    def _first_inside(self, node: Node) -> Node | None:
        if node.kind == "callActivity":
            return node
        start = self.definition.start_of(node.id)
        return next((way.node for way in self.ways(_Path(start, frozenset({start.id}), frozenset()))), None)
