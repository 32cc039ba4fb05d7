"""Twenty diagrams that SpiffWorkflow alone takes and then does something else with than they show, and here.

`python -m tests.hostile.bare` writes docs/BARE.md; a test holds the page against both programs. Each diagram is run by
SpiffWorkflow in a process of its own with a limit of processor time, for some of them never end.
"""

from __future__ import annotations

import itertools
import multiprocessing
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from engine.process.walk import walk
from tests.engine.process.drawing import timer
from tests.hostile.bpmn import ROWS, drawn

PAGE = Path(__file__).parents[2] / "docs" / "BARE.md"
SECONDS = 1  # of the processor
ENDLESS = "does not stop"
_YEARS = '"P9999999Y"'  # quoted, as SpiffWorkflow wants it
DMN = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"'


@dataclass(frozen=True)
class Case:
    """`shows` is what a reader of the diagram expects."""

    shows: str
    raw: bytes
    tables: dict[str, bytes] = field(default_factory=dict)


def _decided(policy: str) -> Case:
    """Two rows of a table match."""
    rows = "".join(
        f'<rule id="r{n}"><inputEntry id="i{n}"><text>&gt; {n}</text></inputEntry>'
        f'<outputEntry id="o{n}"><text>"{value}"</text></outputEntry></rule>'
        for n, value in enumerate("ab", 1)
    )
    table = (
        f'<definitions {DMN} id="f" name="f" namespace="t"><decision id="t" name="t"><variable id="v" name="t"/>'
        f'<decisionTable id="dt" hitPolicy="{policy}"><input id="c" label="x"><inputExpression id="x"><text>7</text>'
        f'</inputExpression></input><output id="out" name="r" typeRef="string"/>{rows}</decisionTable></decision>'
        "</definitions>"
    )
    asked = "<extensionElements><spiffworkflow:calledDecisionId>t</spiffworkflow:calledDecisionId></extensionElements>"
    flows = ("startEvent s", f"businessRuleTask d {{{asked}}}", "endEvent e", "f1: s -> d", "f2: d -> e")
    shows = {
        "UNIQUE": "a table where one row may match, and two do",
        "RULE ORDER": "a table that lists every row that matches",
    }
    return Case(shows[policy], drawn(*flows), {"t.dmn": table.encode()})


def _by_height() -> bytes:
    """Two conditions hold; the flow drawn first in the file leads to `x`, the shape of `y` stands higher."""
    space = 'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    shapes = "".join(
        f'<di:BPMNShape {space} id="d{name}" bpmnElement="{name}"><dc:Bounds x="0" y="{y}" width="9" height="9"/>'
        "</di:BPMNShape>"
        for name, y in (("s", 0), ("g", 0), ("x", 900), ("y", 10))
    )
    plane = f'<di:BPMNPlane id="dp" bpmnElement="p">{shapes}</di:BPMNPlane>'
    layout = f'<di:BPMNDiagram {space} id="dd">{plane}</di:BPMNDiagram>'
    return drawn(*_fork("1 == 1", "2 == 2"), more=layout)


def _fork(*conditions: str) -> tuple[str, ...]:
    ends = (("x", "f1"), ("y", "f2"))
    flows = (f"{flow}: g -> {end} if {test}" for (end, flow), test in zip(ends, conditions, strict=True))
    return ("startEvent s", "exclusiveGateway g", "f0: s -> g", "endEvent x", "endEvent y", *flows)


def _named(row: str) -> bytes:
    """Return a hostile diagram with an id for each flow: without one SpiffWorkflow would see no flow at all."""
    count = itertools.count(1)
    return re.sub(rb"<sequenceFlow (?=sourceRef)", lambda _: b'<sequenceFlow id="n%d" ' % next(count), ROWS[row].raw)


def _straight(task: str) -> bytes:
    return drawn("startEvent s", task, "endEvent e", "f1: s -> a", "f2: a -> e")


def _stuck() -> bytes:
    nodes = ("startEvent s", "exclusiveGateway g default=d", "task a", "task b", "parallelGateway j", "endEvent e")
    return drawn(*nodes, "f1: s -> g", "f2: g -> a if 1 == 1", "d: g -> b", "f3: a -> j", "f4: b -> j", "f5: j -> e")


def _row(count: int) -> bytes:
    tasks = [f"task t{n}" for n in range(count)]
    flows = [f"f{n}: t{n - 1} -> t{n}" for n in range(1, count)]
    return drawn("startEvent s", *tasks, "endEvent e", "f0: s -> t0", *flows, f"last: t{count - 1} -> e")


CASES = (
    Case("a condition", drawn(*_fork("__import__('os').getpid() > 0", "1 == 2"))),
    Case("a step", _straight("scriptTask a {<script>import os; pid = os.getpid()</script>}")),
    Case("start, step, end; the flows have no id, which is legal", ROWS["B03"].raw),
    Case("two tasks with one id", _named("B01")),
    Case("a flow from nowhere into the task", _named("B04")),
    Case("a flow that may only be taken if 1 = 2", _named("B13")),
    Case("what to do if there is an error; there is none", _named("B23")),
    Case("a link from one end of the page to the other", _named("B22")),
    Case("a step that only undoes another", _straight("task a isForCompensation=true")),
    Case("a process that calls itself", _named("B14")),
    Case("a circle of steps nobody has to do", _named("B17")),
    Case("a circle that doubles its tokens each time", _named("B18")),
    Case("a task for each of a thousand million", _named("B21")),
    Case("a wait of 9,999,999 years", _straight(f"intermediateCatchEvent a {{{timer(_YEARS, 'timeDuration')}}}")),
    Case("one way chosen, then both waited for", _stuck()),
    Case("600 steps in a row", _row(600)),
    Case("a wait of one second, as the standard writes it", _named("D07")),
    Case("two ways whose conditions both hold; the shapes were moved", _by_height()),
    _decided("UNIQUE"),
    _decided("RULE ORDER"),
)


# --- SpiffWorkflow alone -------------------------------------------------------------------------------------------


def bare(case: Case) -> str:
    """Return what SpiffWorkflow does with a diagram, in one line."""
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, case), daemon=True)
    child.start()
    theirs.close()
    try:
        return str(ours.recv())
    except EOFError:
        return ENDLESS
    finally:
        child.join()
        ours.close()


def _child(answer: Any, case: Case) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        said = _run(case)
    except SystemExit:
        said = "ends the program"
    except Exception as error:
        said = f"`{type(error).__name__}`"
    answer.send(said)
    answer.close()


def _run(case: Case) -> str:
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
    from SpiffWorkflow.util.task import TaskState

    parser = SpiffBpmnParser()
    for table in case.tables.values():
        parser.add_dmn_xml(etree.fromstring(table))
    parser.add_bpmn_xml(etree.fromstring(case.raw))
    workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
    workflow.do_engine_steps()
    while ready := workflow.get_tasks(state=TaskState.READY, manual=True):
        ready[0].run()
        workflow.do_engine_steps()
    done = [task for task in workflow.get_tasks(state=TaskState.COMPLETED) if getattr(task.task_spec, "bpmn_id", None)]
    way = _way([task.task_spec.bpmn_id for task in done])
    result = f", `r` = {workflow.data.get('r')!r}" if case.tables else ""
    if workflow.is_completed():
        return f"completes: {way}{result}"
    return f"stays open without a word: {way}"


# --- here ----------------------------------------------------------------------------------------------------------


def here(case: Case) -> str:
    """Return what becomes of it here, in one line."""
    walked = walk(case.raw, {}, tables=case.tables)
    errors = [problem for problem in walked.problems if problem.severity == "error"]
    if errors:
        return f"refused, line {errors[0].line}: `{errors[0].code}`. {errors[0].message_en}"
    told = "".join(f"; warning `{problem.code}`" for problem in walked.problems)
    if walked.incident:
        return f"incident at {walked.incident['element']}: `{walked.incident['why']}`{told}"
    end = "completes" if walked.outcome == "completed" else "waits"
    result = f", {walked.data['d']}" if case.tables else ""
    return f"{end}: {_way(walked.trace)}{result}{told}"


def _way(elements: list[str]) -> str:
    return " → ".join(elements if len(elements) < 10 else [*elements[:2], "…", *elements[-2:]])


HEADER = f"""# SpiffWorkflow alone, and here

Twenty diagrams that SpiffWorkflow 3.2.0 takes and then does something else with than they show. It is run as it is
installed, with {SECONDS} second of processor time for each; the last column is what `check --bare` and `walk`
say. `python -m tests.hostile.bare` writes this page, tests/hostile/test_bare.py holds it against both.

"""


def page() -> str:
    """Return docs/BARE.md."""
    rows = "".join(f"| {n} | {case.shows} | {bare(case)} | {here(case)} |\n" for n, case in enumerate(CASES, 1))
    return HEADER + "| | the diagram shows | SpiffWorkflow alone | here |\n|---|---|---|---|\n" + rows


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
