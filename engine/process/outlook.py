"""What comes next, for the reader of a page: the step an outcome leads to, and the steps to expect.

Walks the flows and evaluates conditions with what is known. It changes nothing and promises nothing: an answer is
`certain` only where no gateway on the way had to be guessed.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.process.definition import ProcessDefinition, values_of
from engine.process.expressions import ExpressionFailed
from engine.process.model import Flow, Node
from engine.process.moves import Scalar
from engine.process.turn import CHOOSING

STOPS = frozenset({"userTask", "manualTask", "endEvent", "intermediateCatchEvent", "receiveTask"})


def what_follows(
    definition: ProcessDefinition, element: str, outcome: str | None, variables: Mapping[str, Scalar]
) -> tuple[Node | None, bool]:
    """Return where the path stops next if `element` is completed with `outcome`, and whether that is certain.

    Returns:
        The next user task, wait or end event; None where the path goes on in several directions.
    """
    known = {name: value for name, value in variables.items() if name.rpartition(".")[0] != element}
    known[f"{element}.visited"] = True
    if outcome is not None:
        known[f"{element}.outcome"] = outcome
    ahead = _Ahead(definition, known)
    # What else the form of this step will say is not known yet.
    ahead.unknown = {element}
    return ahead.from_node(definition.nodes[element]), ahead.certain


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


class _Ahead:
    def __init__(self, definition: ProcessDefinition, variables: dict[str, Scalar]) -> None:
        self.definition = definition
        self.variables = variables
        self.unknown: set[str] = set()
        self.certain = True

    def from_node(self, node: Node) -> Node | None:
        seen = {node.id}
        while True:
            flow = self._flow_out_of(node)
            if flow is None:
                return None
            node = self.definition.nodes[flow.target]
            if node.kind in STOPS:
                return node
            if node.id in seen:
                return None
            seen.add(node.id)
            if node.kind == "callActivity" or node.kind == "subProcess":
                self.certain = False
                return self._first_inside(node)
            if node.kind == "businessRuleTask":
                self.unknown.add(node.id)

    def _flow_out_of(self, node: Node) -> Flow | None:
        flows = self.definition.outgoing(node)
        if node.kind in CHOOSING and len(flows) > 1:
            return self._chosen(node, flows)
        if len(flows) != 1:
            self.certain = False
            return None
        return flows[0]

    def _chosen(self, node: Node, flows: list[Flow]) -> Flow | None:
        """Return the flow taken; where that is not known, of those possible the one drawn first in the file."""
        possible = []
        for flow in flows:
            holds = flow.id != node.default and self._holds(flow)
            if holds is not False:
                possible.append(flow)
            if holds:
                break
        else:
            possible += [flow for flow in flows if flow.id == node.default]
        self.certain = self.certain and len(possible) == 1
        return min(possible, key=flows.index, default=None)

    def _holds(self, flow: Flow) -> bool | None:
        program = self.definition.programs.get(flow.id)
        if program is None:
            return None
        if any(name.rpartition(".")[0] in self.unknown and name not in self.variables for name in program.names):
            return None
        try:
            return bool(program.evaluate(values_of(self.definition, self.variables, program.names)))
        except ExpressionFailed:
            return None

    def _first_inside(self, node: Node) -> Node | None:
        if node.kind == "callActivity":
            return node
        ahead = _Ahead(self.definition, self.variables)
        return ahead.from_node(self.definition.start_of(node.id))
