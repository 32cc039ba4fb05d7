"""From models that passed the guard to definitions that run: names declared, expressions compiled, tables bound.

A process sees the variables of its own steps alone. What its forms, tables and calls set is declared here with
its type; a call declares in the called process what its `in:` mappings hand over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Problem
from engine.ports import FormCatalog
from engine.process.decisions import Decision
from engine.process.decisions.model import Table
from engine.process.definition import (
    COMPLETION,
    CONDITION,
    COUNTERS,
    FLAGS,
    ITEM,
    LOOP,
    PASSED_ON,
    THROWN,
    ProcessDefinition,
)
from engine.process.dialects import Untranslatable, dialect_of, to_cel
from engine.process.expressions import ExpressionError, Expressions, Program, is_name, names_in
from engine.process.findings import finding
from engine.process.model import Flow, Node, ProcessModel
from engine.process.rules import UNASKED, VERDICT, Rule, Source

# Known before the first step: given by the office when a nomination or a paper starts, see FLAGS.
BUILT_IN = {
    **dict.fromkeys(("nomination.award", "nomination.kind", "nomination.regime", "paper.kind"), "STRING"),
    "nomination.unit_kind": "STRING",
    **dict.fromkeys(("movement.launcher", "movement.cach_tinh_thoi_gian"), "STRING"),
    "nomination.opened_on": "DATE",
    **dict.fromkeys(("movement.start_date", "movement.planned_end_date"), "DATE"),
    **dict.fromkeys(FLAGS, "BOOL"),
}
COUNTED = {name: "INT" for names in COUNTERS for name in names}
_FEEL_KINDS = {"number": "INT", "string": "STRING", "boolean": "BOOL", "date": "DATE"}


def compile_processes(
    models: Mapping[str, ProcessModel],
    decisions: Mapping[str, Decision],
    forms: Mapping[str, Mapping[str, Any]],
    catalog: FormCatalog | None,
    *,
    bare: bool = False,
) -> tuple[dict[str, ProcessDefinition], list[Problem]]:
    """Return every process ready to run, and what was found; with an error among it, none of them may run.

    Args:
        catalog: None where there are no forms.
        bare: a foreign diagram: names nobody declares are variables of any type, those of a form stand alone too.
    """
    compiler = _Compiler(models, decisions, forms, catalog, bare)
    for process in compiler.processes.values():
        compiler.declare(process)
    for process in _callers_first(compiler.processes):
        compiler.declare_calls(process)
    for process in compiler.processes.values():
        compiler.declare_sets(process)
    for process in compiler.processes.values():
        compiler.compile(process)
    if not any(problem.severity == "error" for problem in compiler.problems):
        for process in compiler.processes.values():
            process.link(compiler.processes)
    return compiler.processes, compiler.problems


def _callers_first(processes: Mapping[str, ProcessDefinition]) -> list[ProcessDefinition]:
    """Return the processes so that each comes before those it calls; the guard has refused circles."""
    ordered: dict[str, ProcessDefinition] = {}

    def visit(process: ProcessDefinition) -> None:
        if process.id not in ordered:
            for node in process.nodes.values():
                if node.called:
                    visit(processes[node.called])
            ordered[process.id] = process

    for process in processes.values():
        visit(process)
    return list(reversed(ordered.values()))


@dataclass(frozen=True)
class _Text:
    """An expression of a diagram, and where its program goes. `counted`: it may count instances."""

    item: Node | Flow
    text: str
    result: str
    key: str
    counted: bool = False


def _texts(process: ProcessDefinition) -> Iterator[_Text]:
    for flow in process.flows.values():
        if flow.condition:
            yield _Text(flow, flow.condition, "BOOL", flow.id)
    for node in process.nodes.values():
        loop = node.loop
        for event in node.events:
            if event.condition:
                yield _Text(node, event.condition, "BOOL", f"{node.id}{CONDITION}")
        if loop is None:
            continue
        if loop.condition:
            yield _Text(node, loop.condition, "BOOL", f"{node.id}{LOOP}")
        if loop.cardinality:
            yield _Text(node, loop.cardinality, "INT", node.id)
        elif loop.collection:
            yield _Text(node, loop.collection, "LIST", node.id)
        if loop.completion:
            yield _Text(node, loop.completion, "BOOL", f"{node.id}{COMPLETION}", counted=True)
        for number, event in enumerate(loop.throws):
            if event.condition:
                yield _Text(node, event.condition, "BOOL", f"{node.id}{THROWN}{number}", counted=True)


class _Compiler:
    def __init__(
        self,
        models: Mapping[str, ProcessModel],
        decisions: Mapping[str, Decision],
        forms: Mapping[str, Mapping[str, Any]],
        catalog: FormCatalog | None,
        bare: bool,
    ) -> None:
        self.processes = {name: ProcessDefinition.of(model) for name, model in models.items()}
        self.problems: list[Problem] = []
        self._decisions = decisions
        self._forms = forms
        self._catalog = catalog
        self._bare = bare
        self._compiled: dict[tuple[str, bool], Expressions] = {}

    # --- names -----------------------------------------------------------------------------------------------

    def declare(self, process: ProcessDefinition) -> None:
        """Declare what the forms and tables of a process set."""
        declared, given, collected = dict(BUILT_IN), set(), set()
        for node in process.nodes.values():
            many = node.loop is not None
            if node.kind in ("userTask", "manualTask", "callActivity"):
                declared[f"{node.id}.visited"] = "BOOL"
            if node.event and node.event.timer and node.limit is not None:
                declared[f"{node.id}.{PASSED_ON}"] = "DATE"
            if node.asks:
                declared[f"{node.id}.asked_before"] = "BOOL"
            if self._catalog and node.form and node.form in self._forms:
                for variable in self._catalog.variables(self._forms[node.form]):
                    name = f"{node.id}.{variable.name}"
                    declared[name] = "LIST" if many else variable.type
                    if many:
                        collected.add(name)
                    elif variable.optional:
                        given.add(f"{name}_given")
            if node.kind == "businessRuleTask":
                outputs = _outputs(self._decisions[node.decision or ""])
                declared |= {f"{node.id}.{name}": kind for name, kind in outputs.items()}
        process.declared = declared | dict.fromkeys(given, "BOOL")
        process.bare = self._bare
        process.given, process.collected = frozenset(given), frozenset(collected)

    def declare_sets(self, process: ProcessDefinition) -> None:
        """Declare `sets:<name>`: only what is the whole nomination's may be set, and always with one kind of value."""
        mapped = [(node, *item) for node in process.nodes.values() for item in node.mapping("sets:").items()]
        for node, name, source in mapped:
            kind = self._kind(process, node, f"sets:{name}", source)
            if kind and not (name.startswith("nomination.") and process.declared.setdefault(name, kind) == kind):
                self._report("set_invalid", process.file, node, name=name, kind=kind)

    def declare_calls(self, process: ProcessDefinition) -> None:
        """Declare what calls hand over and bring back; callers come first."""
        for node in process.nodes.values():
            if node.kind != "callActivity":
                continue
            called = self.processes[node.called or ""]
            if node.loop and not node.loop.standard:
                called.declared.setdefault(f"{called.start.id}.{ITEM}", "STRING")
            for name, source in node.mapping("in:").items():
                if kind := self._kind(process, node, f"in:{name}", source):
                    called.declared.setdefault(f"{called.start.id}.{name}", kind)
            for name, source in node.mapping("out:").items():
                kind = self._kind(called, node, f"out:{name}", source, process.file)
                if kind and node.loop is None:
                    process.declared[f"{node.id}.{name}"] = kind
                elif kind:
                    process.declared[f"{node.id}.{name}"] = "LIST"
                    process.collected |= {f"{node.id}.{name}"}

    def _kind(self, seen: ProcessDefinition, node: Node, name: str, source: str, file: str = "") -> str | None:
        kind = seen.declared.get(source)
        if kind is None and self._bare:
            return "DYN"
        if kind is None:
            self._report("mapping_unknown", file or seen.file, node, name=name, ref=source)
        return kind

    # --- expressions and tables --------------------------------------------------------------------------------

    def compile(self, process: ProcessDefinition) -> None:
        texts = list(_texts(process))
        # All names first: an environment of expressions is made once for each process, not once for each name.
        known = [(text, self._in_cel(process, text)) for text in texts]
        for text, cel in known:
            if self._bare and cel is not None:
                self._declare_used(process, text.item, cel, COUNTED if text.counted else {})
        for text, cel in known:
            if cel is not None:
                self._program(process, text, cel)
        for node in process.nodes.values():
            if node.kind == "businessRuleTask":
                process.rules[node.id] = self._rule(process, node)

    def _program(self, process: ProcessDefinition, text: _Text, cel: str) -> None:
        try:
            process.programs[text.key] = self._compile(process, cel, text.result, text.counted)
        except ExpressionError as error:
            self.problems.append(error.problem(process.file, text.item.line, text.item.id))

    def _compile(self, process: ProcessDefinition, text: str, result: str, counted: bool) -> Program:
        expressions = self._expressions(process, counted)
        try:
            return expressions.compile(text, result)
        except ExpressionError as error:
            if not self._bare or error.code != "cel_result" or error.detail != "DYN":
                raise
            return expressions.compile(
                f"({text}) == true" if result == "BOOL" else text, result if result == "BOOL" else "DYN"
            )

    def _in_cel(self, process: ProcessDefinition, text: _Text) -> str | None:
        """Return a condition of another tool in CEL, with a warning that says how it was understood."""
        dialect = dialect_of(text.text)
        if dialect is None or (dialect == "python" and not self._bare):
            return text.text
        line, element = text.item.line, text.item.id
        try:
            translated = to_cel(text.text, dialect)
        except Untranslatable:
            self.problems.append(ExpressionError("cel_syntax", text.text[:20]).problem(process.file, line, element))
            return None
        told = finding("expression_translated", process.file, line, element, "warning", text=translated[:200])
        self.problems.append(told)
        return translated

    def _declare_used(self, process: ProcessDefinition, item: Node | Flow, text: str, known: Mapping[str, str]) -> None:
        """Declare what a foreign condition reads and nobody sets, as a variable of any type."""
        for name in names_in(text):
            if name not in process.declared and name not in known:
                process.declared[name] = "DYN"
                told = finding("name_undeclared", process.file, item.line, item.id, "warning", name=name[:100])
                self.problems.append(told)

    def _expressions(self, process: ProcessDefinition, counted: bool) -> Expressions:
        found = self._compiled.get((process.id, counted))
        if found is None:
            declared = {name: kind for name, kind in process.declared.items() if is_name(name)}
            found = self._compiled[process.id, counted] = Expressions(declared | (COUNTED if counted else {}))
        return found

    def _rule(self, process: ProcessDefinition, node: Node) -> Rule:
        decision = self._decisions[node.decision or ""]
        sources: dict[str, Source] = {}
        for name, text in node.mapping("in:").items():
            if text.strip() == UNASKED and name in decision.inputs:
                continue
            try:
                sources[name] = Source.parse(text)
            except ValueError:
                self._report("mapping_invalid", process.file, node, name=f"in:{name}", text=text[:100])
                continue
            if name not in decision.inputs:
                self._report("mapping_no_input", process.file, node, name=name)
            self._check_source(process, node, name, sources[name])
        if not _outputs(decision):
            self.problems.append(finding("decision_lists", process.file, node.line, node.id, "warning"))
        for name in sorted(decision.inputs.keys() - node.mapping("in:").keys()):
            # The table judges it as missing evidence; it may mean to.
            self.problems.append(
                finding("mapping_input_missing", process.file, node.line, node.id, "warning", name=name)
            )
        return Rule(decision.id, decision, sources)

    def _check_source(self, process: ProcessDefinition, node: Node, name: str, source: Source) -> None:
        for ref in source.names:
            kind = process.declared.get(ref)
            if kind is None and self._bare:
                continue
            if kind is None:
                self._report("mapping_unknown", process.file, node, name=f"in:{name}", ref=ref)
            elif source.percent != (kind == "PERCENT"):
                self._report("mapping_percent", process.file, node, ref=ref, kind=kind)

    def _report(self, code: str, file: str, node: Node, **params: Any) -> None:
        self.problems.append(finding(code, file, node.line, node.id, **params))


def _outputs(decision: Decision) -> dict[str, str]:
    """Return what a business-rule task with this decision sets: field -> kind."""
    if not isinstance(decision.logic, Table):
        return {decision.variable: _FEEL_KINDS.get(decision.type.kind, "DYN")}
    table = decision.logic
    if table.policy in ("R", "O", "C"):
        judged = any(output.name == VERDICT for output in table.outputs)
        return {"result": "STRING", "failed": "INT"} if judged else {}
    return {output.name: _FEEL_KINDS.get(output.type.kind, "DYN") for output in table.outputs}
