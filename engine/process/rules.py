"""Business-rule tasks: which variables go into a decision, and which variables it sets.

A mapping `in:<input>` names a variable, `percent(<variable>)` for one in hundredths, or several separated by "|":
then the first counts whose step was visited, so that a table reads the supplement once there is one. "-" says that
nobody is asked for this input and it never has a value, so that none is forgotten without a warning. What a
decision judges row by row (a collect table with the output `ket_qua`) becomes one `result`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.process.decisions import Decision, DecisionResult, Table
from engine.process.moves import Scalar

VERDICT = "ket_qua"
UNASKED = "-"
DAT, KHONG_DAT, THIEU_MINH_CHUNG, KHONG_AP_DUNG = "DAT", "KHONG_DAT", "THIEU_MINH_CHUNG", "KHONG_AP_DUNG"

_SOURCE = re.compile(r"(?P<percent>percent\()?\s*(?P<names>[\w.]+(?:\s*\|\s*[\w.]+)*)\s*(?(percent)\))")


class RuleFailed(Exception):
    """A decision gave nothing to go on with. `detail` holds codes of findings, never a value."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Source:
    """Where an input comes from: the first of `names` whose step was visited, the last one otherwise."""

    names: tuple[str, ...]
    percent: bool

    @classmethod
    def parse(cls, text: str) -> Source:
        """Read what stands in a mapping; ValueError if it is neither a variable nor `percent(...)` of one."""
        found = _SOURCE.fullmatch(text.strip())
        if not found:
            raise ValueError(text)
        return cls(tuple(name.strip() for name in found["names"].split("|")), bool(found["percent"]))

    def read(self, variables: Mapping[str, Scalar]) -> Scalar | None:
        for name in self.names[:-1]:
            if variables.get(f"{name.rpartition('.')[0]}.visited"):
                return variables.get(name)
        return variables.get(self.names[-1])

    def convert(self, value: Scalar | None) -> Any:
        if self.percent and isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value).scaleb(-2)
        return value


@dataclass(frozen=True)
class Rule:
    """A decision bound to one business-rule task."""

    decision_id: str
    decision: Decision
    sources: Mapping[str, Source]

    def evaluate(self, variables: Mapping[str, Scalar]) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
        """Return inputs as read, the rows that matched, and the fields to set; all JSON.

        Raises:
            RuleFailed: several rows match where one may, or a result is of the wrong kind.
        """
        inputs = {name: source.read(variables) for name, source in self.sources.items()}
        result = self.decision.evaluate({name: self.sources[name].convert(value) for name, value in inputs.items()})
        if result.problems:
            raise RuleFailed("decision_failed", " ".join(sorted({problem.code for problem in result.problems})))
        rows = [self._row(result, at) for at in range(len(_outputs(result)))]
        given = {name: value for name, value in inputs.items() if value is not None}
        return given, rows, _fields(result, rows)

    def _row(self, result: DecisionResult, at: int) -> dict[str, Any]:
        """Return the outputs of a row, with the rule that gave them and the inputs it looked at."""
        plain = ((name, _plain(value)) for name, value in _outputs(result)[at].items())
        row = {name: value for name, value in plain if value is not None}
        table = self.decision.logic
        if isinstance(table, Table) and at < len(result.matched_rules):
            rule = table.rules[result.matched_rules[at] - 1]
            tested = (column for column, test in zip(table.inputs, rule.tests, strict=True) if test.trees)
            names = [name for column in tested for name in sorted(column.expression.names & self.sources.keys())]
            row |= {"rule": rule.id or str(rule.number), "inputs": names}
        return row


def _outputs(result: DecisionResult) -> list[dict[str, Any]]:
    if isinstance(result.outputs, list):
        return result.outputs
    return [result.outputs] if result.outputs else []


def _fields(result: DecisionResult, rows: list[dict[str, Any]]) -> dict[str, Any]:
    if not isinstance(result.outputs, list):
        return {name: value for name, value in (rows[0] if rows else {}).items() if name in result.outputs}
    if not any(VERDICT in row for row in rows):
        return {}
    verdicts = [row.get(VERDICT) for row in rows if row.get(VERDICT) != KHONG_AP_DUNG]
    failed = verdicts.count(KHONG_DAT)
    if failed:
        return {"result": KHONG_DAT, "failed": failed}
    met = all(verdict == DAT for verdict in verdicts)
    return {"result": DAT if met else THIEU_MINH_CHUNG, "failed": 0}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        if value != value.to_integral_value():
            return str(value)
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    raise RuleFailed("decision_value", type(value).__name__)
