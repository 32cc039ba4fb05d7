"""A decision and its evaluation: what goes in, which rows match, what comes out, and why.

Evaluation is pure and total: it reads its inputs and nothing else, and what cannot be computed becomes null with a
`Problem`. Hit policies are those of DMN 1.3 §8.2.10. Reading files is `reader`, static checks are `analysis`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from unicodedata import normalize

from engine.errors import Problem
from engine.process.decisions.feel import Expression, Notes, UnaryTests
from engine.process.decisions.findings import finding
from engine.process.decisions.functions import Failed, call
from engine.process.decisions.values import ANY, equal, from_json, kind_of, to_text


@dataclass(frozen=True)
class Type:
    """What a typeRef stands for: a FEEL type, perhaps a list of it or a context, perhaps with allowed values."""

    kind: str = ANY
    allowed: UnaryTests | None = None
    lists: int = 0  # how many lists stand around it
    parts: Mapping[str, Type] = field(default_factory=dict)

    def read(self, value: Any) -> Any:
        """Return the FEEL value of JSON; ValueError if it is of another type."""
        if value is None:
            return None
        if self.lists:
            return [self.item.read(item) for item in _listed(value)]
        if self.parts:
            if not isinstance(value, Mapping):
                raise ValueError
            return {name: self.parts.get(name, _ANYTHING).read(item) for name, item in value.items()}
        return from_json(value, self.kind)

    @property
    def item(self) -> Type:
        """What one item of the list is."""
        return replace(self, lists=self.lists - 1)

    def fit(self, value: Any) -> Any:
        """Return a result as this type holds it (DMN 1.3 §10.3.2.9.4); ValueError if it is of another one."""
        if value is None or (self.kind == ANY and not self.lists):
            return value
        if self.lists:
            return [self.item.fit(item) for item in _listed(value)]
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if value is not None and not self.parts and kind_of(value) != self.kind:
            raise ValueError
        return value

    def permits(self, value: Any) -> bool:
        """Return whether an allowed value was given; null always is."""
        if isinstance(value, list) and self.lists:
            return all(self.item.permits(item) for item in value)
        if isinstance(value, dict):
            return all(part.permits(value.get(name)) for name, part in self.parts.items())
        return value is None or self.allowed is None or self.allowed.met(value, {}, Notes()) is True


_ANYTHING = Type()
_AGGREGATES = {"C+": "sum", "C<": "min", "C>": "max", "C#": "count"}


@dataclass(frozen=True)
class InputData:
    name: str
    type: Type


@dataclass(frozen=True)
class Input:
    """A column of conditions."""

    label: str
    expression: Expression
    type: Type
    line: int


@dataclass(frozen=True)
class Output:
    """A column of results. `order` holds its allowed values, highest priority first."""

    name: str
    type: Type
    default: Expression | None
    order: tuple[Any, ...]
    line: int


@dataclass(frozen=True)
class Rule:
    """A row; `number` starts at 1."""

    number: int
    id: str
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]
    line: int


@dataclass(frozen=True)
class Table:
    """`policy` is one of U A P F R O C C+ C< C> C#."""

    policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class TestExplained:
    """One condition of a row: the value it saw, and whether that met it (None: cannot be said, as when missing)."""

    __test__ = False  # Not a class of tests, whatever pytest thinks of its name.
    input: str
    value: Any
    test: str
    met: bool | None


@dataclass(frozen=True)
class RuleExplained:
    """One row of a table that was looked at. `outputs` is None where it did not match."""

    decision: str
    rule: int
    id: str
    matched: bool
    tests: tuple[TestExplained, ...]
    outputs: Mapping[str, Any] | None


@dataclass(frozen=True)
class DecisionResult:
    """What a decision gave.

    `outputs` is a dict of output name -> value ({} when no row matched), or a list of such dicts where the hit
    policy is R, O or C without aggregation. Numbers are Decimals, dates dates; `value` is the same as FEEL sees it.
    `matched_rules` are the numbers of the rows that made the outputs, in their order.
    """

    outputs: dict[str, Any] | list[dict[str, Any]]
    matched_rules: tuple[int, ...]
    explanation: tuple[RuleExplained, ...]
    problems: tuple[Problem, ...]
    value: Any


@dataclass(frozen=True, eq=False)
class Decision:
    """One decision of a file. `order` names the decisions it needs, each after those it needs itself."""

    id: str
    name: str
    variable: str
    type: Type
    logic: Table | Expression
    file: str
    line: int
    inputs: Mapping[str, InputData]
    order: tuple[Decision, ...] = ()

    def evaluate(self, inputs: Mapping[str, Any]) -> DecisionResult:
        """Return the result for JSON-like `inputs`, by name of the input data.

        Dates come as ISO text or date, numbers as int or Decimal. What is absent, None, of the wrong type or
        outside the allowed values is null.
        """
        run = _Run(self, inputs)
        for decision in self.order:
            if decision.variable not in run.scope:  # Whoever gives its result wants to see what follows from it.
                run.scope[decision.variable] = run.decide(decision).value
        return run.decide(self)


class _Run:
    """One evaluation of a decision and of those it requires."""

    def __init__(self, decision: Decision, inputs: Mapping[str, Any]) -> None:
        self.problems: list[Problem] = []
        self.explained: list[RuleExplained] = []
        self.scope = self._read(decision, inputs)

    def decide(self, decision: Decision) -> DecisionResult:
        notes = Notes()
        outputs: dict[str, Any] | list[dict[str, Any]]
        if isinstance(decision.logic, Table):
            outputs, value, matched = _Hits(self, decision, decision.logic, notes).outcome()
        else:
            value, matched = decision.logic.evaluate(self.scope, notes), []
            outputs = {}
        value = self._typed(decision, decision.type, decision.variable, value, decision.line)
        if not isinstance(decision.logic, Table):
            outputs = {decision.variable: value}
        for code, detail in notes.found:
            self.note(decision, code, decision.line, detail)
        return DecisionResult(outputs, tuple(matched), tuple(self.explained), tuple(self.problems), value)

    def note(self, decision: Decision, code: str, line: int, detail: str) -> None:
        # A null that FEEL gives too is a warning; one that it would not give must not pass for a result.
        severity: Literal["error", "warning"] = "error" if code == "dmn_beyond" else "warning"
        self.problems.append(finding(code, decision.file, line, decision.id, detail, severity))

    def _read(self, decision: Decision, inputs: Mapping[str, Any]) -> dict[str, Any]:
        scope: dict[str, Any] = {}
        for given, raw in inputs.items():
            name = normalize("NFC", given)
            declared = decision.inputs.get(name, InputData(name, _ANYTHING))
            try:
                value = declared.type.read(raw)
            except (ValueError, TypeError):
                self.note(decision, "dmn_input_type", decision.line, name)
                value = None
            if not declared.type.permits(value):
                self.note(decision, "dmn_input_value", decision.line, name)
                value = None
            scope[name] = value
        return scope

    def _typed(self, decision: Decision, wanted: Type, name: str, value: Any, line: int) -> Any:
        """Return `value`, or None with a problem when it is not of its declared type."""
        try:
            return wanted.fit(value)
        except ValueError:
            self.note(decision, "dmn_output_type", line, name)
            return None

    def row(self, decision: Decision, table: Table, rule: Rule, notes: Notes) -> dict[str, Any]:
        """Return the outputs of a row."""
        row = {}
        for output, cell in zip(table.outputs, rule.outputs, strict=True):
            value = cell.evaluate(self.scope, notes)
            value = self._typed(decision, output.type, output.name, value, rule.line)
            if not output.type.permits(value):
                self.note(decision, "dmn_value_not_allowed", rule.line, to_text(value))
            row[output.name] = value
        return row


class _Hits:
    """The rows of a table that match, and what its hit policy makes of them."""

    def __init__(self, run: _Run, decision: Decision, table: Table, notes: Notes) -> None:
        self.run, self.decision, self.table, self.notes = run, decision, table, notes
        self.rows: list[tuple[int, dict[str, Any]]] = []
        self._met: dict[tuple[int, str], bool | None] = {}  # the same cell stands in many rows of a column
        values = [self._column(column) for column in table.inputs]
        for rule in table.rules:
            self._look_at(rule, values)

    def outcome(self) -> tuple[dict[str, Any] | list[dict[str, Any]], Any, list[int]]:
        """Return outputs, FEEL value and the numbers of the rows they come from."""
        policy = self.table.policy
        many = policy in ("R", "O", "C")
        if not self.rows and (defaults := self._defaults()):
            return ([defaults], [self._value(defaults)], []) if many else (defaults, self._value(defaults), [])
        if policy in _AGGREGATES:
            return self._aggregated(_AGGREGATES[policy])
        if policy in ("P", "O"):
            self.rows.sort(key=lambda row: self._priority(row[1]))
        if many:
            rows = [row for _, row in self.rows]
            return rows, [self._value(row) for row in rows], [number for number, _ in self.rows]
        return self._single(policy)

    def _column(self, column: Input) -> Any:
        value = column.expression.evaluate(self.run.scope, self.notes)
        if not column.type.permits(value):
            self.run.note(self.decision, "dmn_input_value", column.line, column.label)
            return None
        return value

    def _look_at(self, rule: Rule, values: Sequence[Any]) -> None:
        tests = []
        matched = True
        for at, test in enumerate(rule.tests):
            if not test.trees:
                continue
            column, value, key = self.table.inputs[at], values[at], (at, test.text)
            if key not in self._met:
                self._met[key] = test.met(value, self.run.scope, self.notes)
            met = self._met[key]
            tests.append(TestExplained(column.label, value, test.text, met))
            matched = matched and met is True
        outputs = None
        if matched and not (self.table.policy == "F" and self.rows):
            outputs = self.run.row(self.decision, self.table, rule, self.notes)
            self.rows.append((rule.number, outputs))
        explained = RuleExplained(self.decision.id, rule.number, rule.id, matched, tuple(tests), outputs)
        self.run.explained.append(explained)

    def _defaults(self) -> dict[str, Any]:
        if not any(output.default for output in self.table.outputs):
            return {}
        scope, notes = self.run.scope, self.notes
        return {o.name: o.default.evaluate(scope, notes) if o.default else None for o in self.table.outputs}

    def _value(self, row: Mapping[str, Any]) -> Any:
        return dict(row) if len(self.table.outputs) > 1 else next(iter(row.values()))

    def _single(self, policy: str) -> tuple[dict[str, Any], Any, list[int]]:
        matched = [number for number, _ in self.rows]
        if not matched:
            return {}, None, []
        first = self.rows[0][1]
        differ = any(_differ(first, row) for _, row in self.rows[1:])
        code = "dmn_several_match" if policy == "U" else "dmn_results_differ"
        if (policy == "U" and len(matched) > 1) or (policy == "A" and differ):
            self.run.note(self.decision, code, self.decision.line, ", ".join(map(str, matched)))
            return {}, None, matched
        return first, self._value(first), matched if policy == "A" else matched[:1]

    def _aggregated(self, function: str) -> tuple[dict[str, Any], Any, list[int]]:
        [output] = self.table.outputs
        values = [row[output.name] for _, row in self.rows]
        try:
            value = call(function, [values])
        except Failed:
            self.run.note(self.decision, "dmn_failed", self.decision.line, f"{function}()")
            value = None
        return {output.name: value}, value, [number for number, _ in self.rows]

    def _priority(self, row: Mapping[str, Any]) -> tuple[int, ...]:
        return tuple(_place(output.order, row[output.name]) for output in self.table.outputs if output.order)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _differ(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return any(equal(left[name], right[name]) is not True for name in left)


def _place(order: Sequence[Any], value: Any) -> int:
    return next((at for at, item in enumerate(order) if equal(item, value) is True), len(order))
