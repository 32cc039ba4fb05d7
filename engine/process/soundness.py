"""Whether a process can get stuck: the game of tokens on the drawing, played in every way, without data.

Every scope is played by itself; an activity may end or be interrupted, a gateway may choose any flow. Found are joins
that can wait for ever, parallel branches that meet where nothing joins them, elements from which no way leads to an
end, and loops in which nothing waits. As conditions are not looked at, a way that only data rules out counts as
possible. The number of markings is bounded; beyond it nothing is claimed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from engine.errors import Problem
from engine.process.findings import finding
from engine.process.model import ACTIVITIES, Flow, Node, ProcessModel

MAX_MARKINGS = 5_000
MAX_SUBSETS = 5  # flows out of an inclusive gateway that are tried in every combination

WAITING = frozenset({"userTask", "manualTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway"})
Marking = tuple[tuple[str, int], ...]


def check_soundness(process: ProcessModel, processes: dict[str, ProcessModel], *, strict: bool) -> list[Problem]:
    """Return what can get stuck in a process that passed the guard.

    Args:
        processes: those it may call.
        strict: what can get stuck is an error; for foreign files it is a warning.
    """
    game = _Game(process, processes)
    problems = []
    for code, element, params in game.findings():
        node = process.nodes.get(element)
        always_warning = code in ("unsynchronised", "not_proved")
        severity = "error" if strict and not always_warning else "warning"
        line = node.line if node else process.line
        problems.append(finding(code, process.file, line, element, severity, **params))  # type: ignore[arg-type]
    return problems


Finding = tuple[str, str, dict[str, object]]


class _Game:
    def __init__(self, process: ProcessModel, processes: dict[str, ProcessModel]) -> None:
        self.process = process
        self.processes = processes
        self._boundaries: dict[str, list[Node]] = {}
        for node in process.nodes.values():
            if node.attached_to and not node.compensates:
                self._boundaries.setdefault(node.attached_to, []).append(node)
        self._budget = MAX_MARKINGS

    def findings(self) -> Iterator[Finding]:
        yield from self._without_end()
        yield from self._without_wait()
        subs = (node.id for node in self.process.nodes.values() if node.kind == "subProcess")
        for scope in (self.process.id, *subs):
            if any(_splits(self.process, node) for node in self.process.in_scope(scope)):
                yield from self._play(scope)

    # --- ways on the drawing ---------------------------------------------------------------------------------------

    def _ahead(self, node: Node) -> list[str]:
        return [flow.target for flow in self.process.outgoing(node)] + [b.id for b in self._boundaries.get(node.id, ())]

    def _without_end(self) -> Iterator[Finding]:
        before: dict[str, list[str]] = {}
        todo = []
        scopes = {node.scope for node in self.process.nodes.values()}
        stopped = {scope for scope in scopes if self._is_stopped_from_outside(scope)}
        for node in self.process.nodes.values():
            ahead = self._ahead(node)
            for target in ahead:
                before.setdefault(target, []).append(node.id)
            if not node.outgoing or node.scope in stopped:
                todo.append(node.id)
        good = set(todo)
        while todo:
            for source in before.get(todo.pop(), ()):
                if source not in good:
                    good.add(source)
                    todo.append(source)
        stuck = [node for node in self.process.nodes if node not in good]
        if stuck:
            yield "cannot_end", stuck[-1], {}

    def _is_stopped_from_outside(self, scope: str) -> bool:
        beside = [*self._boundaries.get(scope, ())]
        beside += [self.process.start_of(sub.id) for sub in self.process.event_subprocesses(scope)]
        stops = any(e.kind in ("terminate", "error", "cancel") for n in self.process.in_scope(scope) for e in n.events)
        return stops or any(node.interrupting for node in beside)

    def _without_wait(self) -> Iterator[Finding]:
        """Find a circle of elements none of which waits, by taking away what has nothing left before it."""
        automatic = {node.id for node in self.process.nodes.values() if not self._waits(node, frozenset())}
        ahead = {
            name: [flow.target for flow in self.process.outgoing(self.process.nodes[name]) if flow.target in automatic]
            for name in automatic
        }
        entering = Counter(target for targets in ahead.values() for target in targets)
        todo = [name for name in automatic if not entering[name]]
        left = set(automatic)
        while todo:
            name = todo.pop()
            left.discard(name)
            for target in ahead[name]:
                entering[target] -= 1
                if not entering[target]:
                    todo.append(target)
        circle = self._circle(left, ahead)
        if circle:
            yield "loop_without_wait", circle[0], {"circle": " → ".join([*circle, circle[0]][:12])}

    def _circle(self, left: set[str], ahead: dict[str, list[str]]) -> list[str]:
        """Return one circle among `left`, which holds all circles and what comes behind them."""
        at = next((name for name in self.process.nodes if name in left), None)
        behind = {target: name for name in self.process.nodes if name in left for target in ahead[name]}
        way: list[str] = []
        while at is not None and at not in way:
            way.append(at)
            at = behind.get(at)
        if at is None:
            return []
        circle = list(reversed(way[way.index(at) :]))
        first = min(range(len(circle)), key=lambda number: self.process.nodes[circle[number]].line)
        return circle[first:] + circle[:first]

    def _waits(self, node: Node, seen: frozenset[str]) -> bool:
        if node.kind in WAITING:
            return not (node.event and node.event.kind == "link")
        if node.kind == "subProcess":
            return any(self._waits(inner, seen) for inner in self.process.in_scope(node.id))
        called = self.processes.get(node.called or "")
        if called and called.id not in seen:
            inside = _Game(called, self.processes)
            return any(inside._waits(inner, seen | {called.id}) for inner in called.nodes.values())
        return False

    # --- markings --------------------------------------------------------------------------------------------------

    def _play(self, scope: str) -> Iterator[Finding]:
        nodes = [*self.process.in_scope(scope)]
        order = _order(self.process, scope)
        told: set[tuple[str, str]] = set()
        todo = [self._mark({}, list(start.outgoing)) for start in self.process.starts_of(scope)]
        seen = set(todo)
        inclusive = {n.id for n in nodes if n.kind == "inclusiveGateway" and len(n.incoming) > 1}
        while todo:
            marking = dict(todo.pop())
            for found in self._judge(marking, order, inclusive):
                if found[:2] not in told:
                    told.add(found[:2])
                    yield found
            for following in self._moves(marking, order, inclusive):
                if following in seen or any(count > 2 for _, count in following):
                    continue
                self._budget -= 1
                if self._budget < 0:
                    yield "not_proved", scope, {"limit": MAX_MARKINGS}
                    return
                seen.add(following)
                todo.append(following)

    def _judge(self, marking: dict[str, int], order: dict[str, int], inclusive: set[str]) -> Iterator[Finding]:
        for flow, count in marking.items():
            source = self.process.nodes[self.process.flows[flow].source]
            if count > 1 and len(source.incoming) > 1:
                yield "unsynchronised", source.id, {}
        if marking and self._next(marking, order, inclusive) is None:
            for target in {self.process.flows[flow].target for flow in marking}:
                node = self.process.nodes[target]
                arrived = sum(flow in marking for flow in node.incoming)
                yield "deadlock", target, {"detail": f"{arrived}/{len(node.incoming)}"}

    def _next(self, marking: dict[str, int], order: dict[str, int], inclusive: set[str]) -> Node | None:
        """Return the element that moves next. Each flow has one taker, so the order of takers hides no dead end."""
        targets = {self.process.flows[flow].target for flow in marking}
        free = [name for name in targets if name not in inclusive and self._is_enabled(name, marking)]
        chosen = free or [name for name in targets if name in inclusive]
        return self.process.nodes[min(chosen, key=lambda name: (order.get(name, 0), name))] if chosen else None

    def _is_enabled(self, name: str, marking: dict[str, int]) -> bool:
        node = self.process.nodes[name]
        return node.kind != "parallelGateway" or all(flow in marking for flow in node.incoming)

    def _moves(self, marking: dict[str, int], order: dict[str, int], inclusive: set[str]) -> Iterator[Marking]:
        node = self._next(marking, order, inclusive)
        if node is None:
            return
        taken = [flow for flow in node.incoming if flow in marking]
        if node.kind not in ("parallelGateway", "inclusiveGateway"):
            taken = taken[:1]
        rest = dict(marking)
        for flow in taken:
            rest[flow] -= 1
        if node.event and node.kind == "endEvent" and node.event.kind in ("terminate", "error", "cancel"):
            rest = {}
        for flows in self._ways_out(node):
            yield self._mark(rest, flows)

    def _ways_out(self, node: Node) -> Iterator[list[str]]:
        flows = self.process.outgoing(node)
        if node.kind in ("exclusiveGateway", "eventBasedGateway"):
            yield from ([flow.id] for flow in flows)
            if not flows:
                yield []
        elif node.kind == "inclusiveGateway" or any(flow.condition for flow in flows):
            yield from _subsets(flows)
        else:
            yield list(node.outgoing)
        if node.kind in ACTIVITIES:
            for event in self._boundaries.get(node.id, ()):
                if event.interrupting:
                    yield list(event.outgoing)

    def _mark(self, rest: dict[str, int], flows: list[str]) -> Marking:
        marking = Counter(rest)
        marking.update(flows)
        return tuple(sorted((flow, count) for flow, count in marking.items() if count))


def _splits(process: ProcessModel, node: Node) -> bool:
    """Whether a token can become several here, or wait for others."""
    if node.kind in ("exclusiveGateway", "eventBasedGateway"):
        return False
    joins = node.kind in ("parallelGateway", "inclusiveGateway") and len(node.incoming) > 1
    return joins or len(node.outgoing) > 1


def _subsets(flows: list[Flow]) -> Iterator[list[str]]:
    names = [flow.id for flow in flows]
    sizes = range(1, len(names) + 1) if len(names) <= MAX_SUBSETS else (1, len(names))
    for size in sizes:
        for chosen in combinations(names, size):
            yield list(chosen)
    if not names:
        yield []


def _order(process: ProcessModel, scope: str) -> dict[str, int]:
    """Number the elements so that, circles apart, each comes behind all that lead to it."""
    order: dict[str, int] = {}
    nodes = {node.id: node for node in process.in_scope(scope)}
    # Every element has its ways out on the stack before it is numbered itself, from the last one backwards.
    seen: set[str] = set()
    for start in [n.id for n in nodes.values() if not n.incoming]:
        stack = [(start, iter(process.outgoing(nodes[start])))]
        seen.add(start)
        while stack:
            name, flows = stack[-1]
            following = next((flow.target for flow in flows if flow.target not in seen), None)
            if following is None:
                order[name] = -len(order)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(process.outgoing(nodes[following]))))
    return order
