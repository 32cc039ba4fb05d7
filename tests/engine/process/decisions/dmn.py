"""Small DMN files for tests, written as Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.errors import Problem
from engine.process.decisions import Decision, parse_decisions

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def a_file(body: str, namespace: str = DMN_13) -> bytes:
    return f'<definitions xmlns="{namespace}" name="t" namespace="t">\n{body}\n</definitions>'.encode()


def a_table(
    rules: Sequence[Sequence[str]],
    *,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    policy: str = "UNIQUE",
    aggregation: str = "",
    allowed: Mapping[str, str] | None = None,
    default: str = "",
    id: str = "d",
) -> str:
    """Return the XML of one decision. `inputs` and `outputs` map names to types; a rule is its cells in order."""
    inputs = {"x": "number"} if inputs is None else inputs
    outputs = {"y": "string"} if outputs is None else outputs
    allowed = allowed or {}
    values = {name: f"<text>{escape(text)}</text>" for name, text in allowed.items()}
    lines = [f'<decision id="{id}" name="{id}">']
    attribute = f' aggregation="{aggregation}"' if aggregation else ""
    lines.append(f'<decisionTable hitPolicy="{policy}"{attribute}>')
    for name, kind in inputs.items():
        lines.append(f'<input label={quoteattr(name)}><inputExpression typeRef="{kind}">')
        lines.append(f"<text>{escape(name)}</text></inputExpression>")
        lines.append(f"<inputValues>{values[name]}</inputValues></input>" if name in values else "</input>")
    for name, kind in outputs.items():
        lines.append(f'<output name={quoteattr(name)} typeRef="{kind}">')
        lines.append(f"<outputValues>{values[name]}</outputValues>" if name in values else "")
        lines.append(f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else "")
        lines.append("</output>")
    for number, cells in enumerate(rules, 1):
        lines.append(f'<rule id="{id}_{number}">')
        for at, cell in enumerate(cells):
            tag = "inputEntry" if at < len(inputs) else "outputEntry"
            lines.append(f"<{tag}><text>{escape(cell)}</text></{tag}>")
        lines.append("</rule>")
    return "\n".join([*lines, "</decisionTable>", "</decision>"])


def decided(xml: str | bytes, id: str = "d") -> Decision:
    """Return a decision of a file in which nothing is wrong but what analysis finds."""
    raw = xml if isinstance(xml, bytes) else a_file(xml)
    decisions, problems = parse_decisions(raw, "dmn/t.dmn")
    assert id in decisions, problems
    return decisions[id]


def problems_of(xml: str | bytes) -> list[Problem]:
    return parse_decisions(xml if isinstance(xml, bytes) else a_file(xml), "dmn/t.dmn")[1]


def codes_of(xml: str | bytes) -> list[str]:
    return [problem.code for problem in problems_of(xml)]


def outputs_for(decision: Decision, **inputs: Any) -> Any:
    return decision.evaluate(inputs).outputs
