"""Decision tables (DMN 1.3) of our own: exact decimals, dates, all hit policies, and an explanation.

`parse_decisions` reads a file, `Decision.evaluate` decides, `explain` says why in plain data.
"""

from __future__ import annotations

import json
from typing import Any

from engine.process.decisions.model import Decision, DecisionResult, RuleExplained, Table, TestExplained
from engine.process.decisions.reader import parse_decisions
from engine.process.decisions.values import to_json, to_text

__all__ = [
    "Decision",
    "DecisionResult",
    "RuleExplained",
    "Table",
    "TestExplained",
    "dump_json",
    "explain",
    "parse_decisions",
]


def explain(result: DecisionResult) -> list[dict[str, Any]]:
    """Return why a decision came out as it did, row by row, in plain data for pages and for JSON.

    A test has `met` True, False, or None where the value is missing; numbers and dates are texts.
    """
    return [
        {
            "decision": rule.decision,
            "rule": rule.rule,
            "id": rule.id,
            "matched": rule.matched,
            "tests": [
                {"input": test.input, "value": _plain(test.value), "test": test.test, "met": test.met}
                for test in rule.tests
            ],
            "outputs": None if rule.outputs is None else {name: _plain(value) for name, value in rule.outputs.items()},
        }
        for rule in result.explanation
    ]


def dump_json(value: Any) -> str:
    """Return JSON for outputs, with Decimals written as exact JSON numbers.

    >>> from decimal import Decimal
    >>> dump_json({"a": [Decimal("24.50"), Decimal(3), "x", None]})
    '{"a": [24.50, 3, "x", null]}'
    """
    value = to_json(value)
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {dump_json(v)}" for name, v in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(dump_json, value)) + "]"
    return (
        json.dumps(value, ensure_ascii=False)
        if value is None or isinstance(value, bool | int | str)
        else to_text(value)
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | str) else to_text(value)
