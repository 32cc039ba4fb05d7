"""From models that passed the guard to definitions that run: names declared, expressions compiled, tables bound.

A process sees the variables of its own steps alone. What its forms, tables and calls set is declared here with
its type; a call declares in the called process what its `in:` mappings hand over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import Problem
from engine.ports import FormCatalog
from engine.process.decisions import Decision
from engine.process.decisions.model import Table
from engine.process.definition import FLAGS, ProcessDefinition
from engine.process.expressions import ExpressionError, Expressions
from engine.process.findings import finding
from engine.process.model import Flow, Node, ProcessModel
from engine.process.rules import VERDICT, Rule, Source

# Known before the first step: given by the office when a nomination or a paper starts, see FLAGS.
BUILT_IN = {
    **dict.fromkeys(("nomination.award", "nomination.kind", "nomination.regime", "paper.kind"), "STRING"),
    "nomination.unit_kind": "STRING",
    **dict.fromkeys(("movement.launcher", "movement.cach_tinh_thoi_gian"), "STRING"),
    **dict.fromkeys(("movement.start_date", "movement.planned_end_date"), "DATE"),
    **dict.fromkeys(FLAGS, "BOOL"),
}
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
        self._compiled: dict[str, Expressions] = {}

    # --- names -----------------------------------------------------------------------------------------------

    def declare(self, process: ProcessDefinition) -> None:
        """Declare what the forms and tables of a process set."""
        declared, given, collected = dict(BUILT_IN), set(), set()
        for node in process.nodes.values():
            many = node.loop is not None
            if node.kind in ("userTask", "manualTask", "callActivity"):
                declared[f"{node.id}.visited"] = "BOOL"
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
        for flow in process.flows.values():
            if flow.condition:
                self._program(process, flow, flow.condition, "BOOL")
        for node in process.nodes.values():
            if node.loop and node.loop.cardinality:
                self._program(process, node, node.loop.cardinality, "INT")
            elif node.loop and node.loop.collection:
                self._program(process, node, node.loop.collection, "LIST")
            if node.kind == "businessRuleTask":
                process.rules[node.id] = self._rule(process, node)

    def _program(self, process: ProcessDefinition, item: Node | Flow, text: str, result: str) -> None:
        try:
            process.programs[item.id] = self._expressions(process).compile(text, result)
        except ExpressionError as error:
            if self._bare and error.code == "cel_undeclared" and error.detail not in process.declared:
                process.declared[error.detail] = "DYN"
                self._program(process, item, text, result)
            elif self._bare and error.code == "cel_result" and error.detail == "DYN" and result == "BOOL":
                self._program(process, item, f"({text}) == true", result)
            elif self._bare and error.code == "cel_result" and error.detail == "DYN":
                process.programs[item.id] = self._expressions(process).compile(text, "DYN")
            else:
                self.problems.append(error.problem(process.file, item.line, item.id))

    def _expressions(self, process: ProcessDefinition) -> Expressions:
        found = self._compiled.get(process.id)
        if found is None or found.declared != process.declared:
            found = self._compiled[process.id] = Expressions(process.declared)
        return found

    def _rule(self, process: ProcessDefinition, node: Node) -> Rule:
        decision = self._decisions[node.decision or ""]
        sources: dict[str, Source] = {}
        for name, text in node.mapping("in:").items():
            try:
                sources[name] = Source.parse(text)
            except ValueError:
                self._report("mapping_invalid", process.file, node, name=f"in:{name}", text=text[:100])
                continue
            if name not in decision.inputs:
                self._report("mapping_no_input", process.file, node, name=name)
            self._check_source(process, node, name, sources[name])
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
