"""What can be seen of a table without running it: rows that overlap, cases no row matches, rows that never match.

Every column is reduced to sample values: each value its cells name, one between each two neighbours, one beyond
each end, and null. No cell can tell apart two values between the same neighbours, so trying the samples tries
everything. Tables whose cells read other variables are left alone; the search for gaps is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.errors import Problem
from engine.process.decisions.feel import Expression, Notes, UnaryTests
from engine.process.decisions.findings import finding
from engine.process.decisions.model import Decision, Input, Rule, Table, Type
from engine.process.decisions.values import BOOLEAN, SCALARS, Interval, Months, kind_of, to_text

MAX_TRIES = 200_000
MAX_VISITS = 20_000
MAX_COLUMNS = 200
MAX_REPORTS = 20


class _TooLarge(Exception):
    """The search would take too long."""


def analyse(decision: Decision) -> list[Problem]:
    """Return the static findings of a decision; none for a literal expression."""
    table = decision.logic
    if not isinstance(table, Table):
        return []
    problems = list(_outside_allowed(decision, table))
    cells = [cell for rule in table.rules for cell in rule.tests]
    if not table.rules or any(cell.names or _tests_itself(cell) for cell in cells):
        return problems
    try:
        grid = _Grid(decision, table)
        problems += grid.never()
        problems += _by_policy(decision, table, grid)
    except _TooLarge:
        problems.append(finding("dmn_not_analysed", decision.file, decision.line, decision.id, "", "warning"))
    return problems


def _by_policy(decision: Decision, table: Table, grid: _Grid) -> Iterator[Problem]:
    if len(table.inputs) > MAX_COLUMNS:
        raise _TooLarge
    if table.policy in ("U", "A"):
        yield from grid.overlaps()
    if table.policy == "F":
        yield from grid.hidden()
    if len(table.policy) > 1 or table.policy in "ROC" or any(output.default for output in table.outputs):
        return
    if (gap := grid.uncovered(grid.everything, 0, with_null=False)) is not None:
        case = ", ".join(f"{table.inputs[at].label} = {to_text(value)}" for at, value in gap)
        yield finding("dmn_gap", decision.file, decision.line, decision.id, case, "warning")


def _outside_allowed(decision: Decision, table: Table) -> Iterator[Problem]:
    for rule in table.rules:
        for column, cell in zip(table.inputs, rule.tests, strict=True):
            for tree in cell.trees:
                if tree.data in ("string", "number", "true", "false", "at") and not column.type.permits(_value(tree)):
                    yield _at(decision, rule, "dmn_value_not_allowed", to_text(_value(tree)), "warning")
        for output, result in zip(table.outputs, rule.outputs, strict=True):
            if not result.names and not output.type.permits(value := result.evaluate({}, Notes())):
                yield _at(decision, rule, "dmn_value_not_allowed", to_text(value), "error")


class _Grid:
    """Per column the sample values, each with the set of rows it meets as the bits of a number."""

    def __init__(self, decision: Decision, table: Table) -> None:
        self.decision, self.table = decision, table
        self.everything = (1 << len(table.rules)) - 1
        self._tries = self._visits = 0
        self.columns = [self._column(at, column) for at, column in enumerate(table.inputs)]

    def _column(self, at: int, column: Input) -> dict[int, Any]:
        cells = {rule.tests[at].text: rule.tests[at] for rule in self.table.rules}
        rows_of = dict.fromkeys(cells, 0)
        for row, rule in enumerate(self.table.rules):
            rows_of[rule.tests[at].text] |= 1 << row
        samples = _samples(cells.values(), _domain(self.decision, column))
        self._tries += len(samples) * sum(max(1, len(cell.trees)) for cell in cells.values())
        if self._tries > MAX_TRIES:
            raise _TooLarge
        met: dict[int, Any] = {}
        for value in samples:
            rows = sum(rows_of[text] for text, cell in cells.items() if cell.met(value, {}, Notes()) is True)
            met.setdefault(rows, value)
        return met

    def never(self) -> Iterator[Problem]:
        for at, rule in enumerate(self.table.rules):
            if any(not any(rows >> at & 1 for rows in column) for column in self.columns):
                yield _at(self.decision, rule, "dmn_never", str(rule.number), "warning")

    def overlaps(self) -> Iterator[Problem]:
        found = 0
        for at, rule in enumerate(self.table.rules):
            others = self.everything & ~((2 << at) - 1)
            for column in self.columns:
                together = 0
                for rows in column:
                    together |= rows if rows >> at & 1 else 0
                others &= together
            for other in self.table.rules[at + 1 :]:
                if not others >> (other.number - 1) & 1 or (self.table.policy == "A" and _same(rule, other)):
                    continue
                found += 1
                if found > MAX_REPORTS:
                    return
                yield _at(self.decision, other, "dmn_overlap", f"{rule.number}, {other.number}", "error")

    def hidden(self) -> Iterator[Problem]:
        for at, rule in enumerate(self.table.rules):
            if at and self.uncovered((1 << at) - 1, 1 << at, with_null=True) is None:
                yield _at(self.decision, rule, "dmn_hidden", str(rule.number), "warning")

    def uncovered(self, rows: int, within: int, *, with_null: bool) -> list[tuple[int, Any]] | None:
        """Return a case that meets none of `rows` but all rows of `within`; None when there is none."""
        seen: set[tuple[int, int]] = set()

        def search(at: int, left: int) -> list[tuple[int, Any]] | None:
            if at == len(self.columns):
                return None if left else []
            if (at, left) in seen:
                return None
            self._visits += 1
            if self._visits > MAX_VISITS:
                raise _TooLarge
            for met, value in self.columns[at].items():
                if met & within != within or (value is None and not with_null):
                    continue
                if (rest := search(at + 1, left & met)) is not None:
                    return [(at, value), *rest] if left else rest
            seen.add((at, left))
            return None

        return search(0, rows)


def _domain(decision: Decision, column: Input) -> Type:
    """Return the type of a column, with the allowed values of the input data it reads."""
    data = decision.inputs.get(column.expression.text)
    if data is None or column.type.allowed is not None:
        return column.type
    kind = column.type.kind if column.type.kind != "Any" else data.type.kind
    return replace(data.type, kind=kind)


def _samples(cells: Iterable[UnaryTests], domain: Type) -> list[Any]:
    tests = [*cells, *([domain.allowed] if domain.allowed else [])]
    operands = (value for test in tests for tree in test.trees for value in _named_by(_operand(tree)))
    named = list(dict.fromkeys((kind_of(value), value) for value in operands if kind_of(value) in SCALARS))
    kinds = {kind for kind, _ in named} | {domain.kind}
    samples = [value for _, value in named] + ([True, False] if BOOLEAN in kinds else [])
    for kind in kinds - {BOOLEAN}:
        samples += _between_and_beyond([value for known, value in named if known == kind])
    samples = [value for value in samples if domain.permits(value)]
    if not named and BOOLEAN not in kinds:
        samples.append("")  # Nothing is tested: one value stands for all.
    return [*samples, None]


def _between_and_beyond(values: list[Any]) -> Iterator[Any]:
    if not values:
        return
    values = sorted(values, key=_sortable)
    if isinstance(values[0], str):
        yield from ("", *(value + "\0" for value in values))
        return
    try:
        step = _step(values[0])
        yield from (_plus(values[0], step, -1), _plus(values[-1], step, 1))
    except (OverflowError, ValueError):
        pass
    for low, high in pairwise(values):
        if (middle := _middle(low, high)) is not None:
            yield middle


def _sortable(value: Any) -> Any:
    # Values with and without a time zone cannot be compared.
    return (value.tzinfo is not None, value) if isinstance(value, datetime | time) else value


def _step(value: Any) -> Any:
    if isinstance(value, Decimal):
        return Decimal(1)
    return Months(1) if isinstance(value, Months) else timedelta(days=1)


def _plus(value: Any, step: Any, times: int) -> Any:
    if isinstance(value, Months):
        return Months(value.months + times)
    if isinstance(value, time):
        return time.min if times < 0 else time.max
    return value + step * times


def _middle(low: Any, high: Any) -> Any:
    """Return a value between two, or None when they are neighbours."""
    if isinstance(low, Months):
        middle: Any = Months((low.months + high.months) // 2)
    elif isinstance(low, time):
        middle = low.replace(microsecond=low.microsecond + 1) if low.microsecond < 999_999 else low
    elif isinstance(low, Decimal):
        middle = (low + high) / 2
    elif isinstance(low, date) and not isinstance(low, datetime):
        middle = low + timedelta(days=(high - low).days // 2)
    else:
        try:
            middle = low + (high - low) / 2
        except TypeError:
            return None
    return middle if middle not in (low, high) else None


def _operand(tree: Any) -> Any:
    return _value(tree.children[1] if tree.data == "compares" else tree)


def _value(tree: Any) -> Any:
    return Expression("", tree, frozenset()).evaluate({}, Notes())


def _named_by(value: Any) -> list[Any]:
    if isinstance(value, Interval):
        return [value.low, value.high]
    return value if isinstance(value, list) else [value]


def _tests_itself(cell: UnaryTests) -> bool:
    return any(True for tree in cell.trees for _ in tree.find_data("tested"))


def _same(rule: Rule, other: Rule) -> bool:
    return [cell.text for cell in rule.outputs] == [cell.text for cell in other.outputs]


def _at(decision: Decision, rule: Rule, code: str, detail: str, severity: Any) -> Problem:
    return finding(code, decision.file, rule.line, rule.id or decision.id, detail, severity)
