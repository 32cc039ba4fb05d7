"""Small diagrams for tests, written as lines: `userTask a`, `exclusiveGateway g default=f2`, `f1: a -> b if a.ok`.

What a line cannot say (event definitions, loops, properties) goes into braces as raw XML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from engine.errors import Problem
from engine.facts import Fact
from engine.ports import FormVariable, LoadedForm
from engine.process.context import Context, DueDate
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.release import Reading, Release

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="t">'
)
MESSAGE = '<messageEventDefinition messageRef="letter"/>'
NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
ID = UUID(int=7)

_FLOW = re.compile(r"(?:(?P<id>[\w-]+): )?(?P<source>[\w-]+) -> (?P<target>[\w-]+)(?: if (?P<condition>.+))?")
_NODE = re.compile(r"(?P<tag>\w+) (?P<id>[\w-]+)(?P<attributes>(?: [\w]+=\S+)*)(?: \{(?P<inner>.*)\})?", re.DOTALL)


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def many(cardinality: str, sequential: bool = False) -> str:
    """A multi-instance, as the braces of an activity."""
    kind = ' isSequential="true"' if sequential else ""
    inner = f"<loopCardinality>{cardinality}</loopCardinality>"
    return f"<multiInstanceLoopCharacteristics{kind}>{inner}</multiInstanceLoopCharacteristics>"


def properties(**values: str) -> str:
    listed = "".join(
        f"<spiffworkflow:property name={quoteattr(name.replace('__', ':'))} value={quoteattr(value)}/>"
        for name, value in values.items()
    )
    return f"<extensionElements><spiffworkflow:properties>{listed}</spiffworkflow:properties></extensionElements>"


def body(lines: Sequence[str]) -> str:
    """Return the XML of nodes and flows. User tasks get a role, so that the guard has nothing to say."""
    return "".join(_flow(line) if _FLOW.fullmatch(line) else _node(line) for line in lines)


def _flow(line: str) -> str:
    found = _FLOW.fullmatch(line)
    assert found, line
    condition = found["condition"]
    inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
    given = f' id="{found["id"]}"' if found["id"] else ""
    return f'<sequenceFlow{given} sourceRef="{found["source"]}" targetRef="{found["target"]}">{inner}</sequenceFlow>'


def _node(line: str) -> str:
    found = _NODE.fullmatch(line)
    assert found, line
    attributes = "".join(
        f" {name}={quoteattr(value)}" for name, value in re.findall(r" (\w+)=(\S+)", found["attributes"])
    )
    inner = found["inner"] or ""
    if found["tag"] == "userTask" and "extensionElements" not in inner:
        inner += properties(candidateRole="HD_DV", formKey="any")
    return f'<{found["tag"]} id="{found["id"]}"{attributes}>{inner}</{found["tag"]}>'


def draw(*lines: str, process: str = "p", more: str = "") -> bytes:
    """Return a BPMN file with one process; `more` is the XML of further elements beside it."""
    message = '<message id="letter" name="thu"/>'
    return f'{HEAD}{message}<process id="{process}">{body(lines)}</process>{more}</definitions>'.encode()


class AnyForm:
    """Forms whose variables are declared by the test: field name -> kind; optional ones end in "?"."""

    def __init__(self, **kinds: str) -> None:
        self.kinds = kinds or {"outcome": "STRING", "ok": "BOOL", "count": "INT"}

    def check(self, file: str, raw: bytes) -> list[Problem]:
        return []

    def variables(self, definition: Mapping[str, Any]) -> Sequence[FormVariable]:
        return [FormVariable(name, kind.rstrip("?"), kind.endswith("?")) for name, kind in self.kinds.items()]

    def load(
        self, definition: Mapping[str, Any], values: Mapping[str, Any], *, known: Mapping[str, Any], today: date
    ) -> LoadedForm:
        raise NotImplementedError


def release(*files: bytes, tables: Sequence[bytes] = (), **kinds: str) -> Release:
    listed = {"release.toml": b'id="T"\nregime="R3"\nlegal_basis="x"\nin_force_from=2026-01-01\n[processes]\n'}
    listed |= {f"bpmn/{number}.bpmn": raw for number, raw in enumerate(files)}
    listed |= {f"dmn/{number}.dmn": raw for number, raw in enumerate(tables)}
    return Release.from_files(listed | {"forms/any.json": b'{"key": "any"}'}, AnyForm(**kinds))


def definition(*lines: str, more: str = "", **kinds: str) -> ProcessDefinition:
    return release(draw(*lines, more=more), **kinds).process("p")


def unproved(*lines: str) -> ProcessDefinition:
    """Return a process that can get stuck: with warnings alone, as a foreign one."""
    reading = Reading({"x.bpmn": draw(*lines)}, None)
    reading.read(bare=True)
    return reading.compile(bare=True)["p"]


@dataclass
class Office:
    """Answers as an office would; `days` are counted as calendar days."""

    today: date = date(2026, 5, 4)

    def due_on(self, days: int, count_first: bool) -> DueDate:
        return DueDate(self.today + timedelta(days=days - count_first), ((date(2026, 5, 1), "le"),))

    def unit(self, scope: str) -> str | None:
        return {"proposing_unit": "X2545"}.get(scope)


def context(now: datetime = NOW) -> Context:
    return Context(now, Office())


def start(process: ProcessDefinition, **variables: Any) -> tuple[Instance, list[Fact]]:
    return Instance.start(process, ID, context(), variables)


def open_keys(instance: Instance) -> list[str]:
    return [step.key for step in instance.open_steps]


def named(facts: Sequence[Fact], *names: str) -> list[Fact]:
    return [fact for fact in facts if fact.name in names]


def passed(facts: Sequence[Fact]) -> list[str]:
    """Return the elements in the order they were completed."""
    return [fact.element for fact in named(facts, "StepCompleted", "NodePassed")]  # type: ignore[attr-defined]
