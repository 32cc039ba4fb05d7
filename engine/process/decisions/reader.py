"""DMN 1.3 files (and 1.1, 1.2, 1.4, 1.5, which differ in the namespace for what is read here) as decisions.

Read are decision tables, literal expressions, input data, item definitions and information requirements. Every
other kind of logic is refused by name. A decision with an error is left out of the result, as are those that
need it; the problems say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from lxml import etree

from engine.errors import Problem
from engine.process.decisions import analysis
from engine.process.decisions.feel import Expression, FeelError, Notes, UnaryTests, parse_expression, parse_tests
from engine.process.decisions.findings import finding
from engine.process.decisions.model import Decision, Input, InputData, Output, Rule, Table, Type
from engine.process.decisions.values import TYPES
from engine.process.schema import check_schema, without_echoes
from engine.process.xml import InvalidXml, parse_xml

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
_POLICIES = {
    "UNIQUE": "U",
    "ANY": "A",
    "PRIORITY": "P",
    "FIRST": "F",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
_AGGREGATIONS = {"": "", "SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}
# What may stand in a decision beside its logic without changing what it decides. All else is refused.
_BESIDE = frozenset(
    {
        "description",
        "extensionElements",
        "question",
        "allowedAnswers",
        "variable",
        "informationRequirement",
        "authorityRequirement",
        "supportedObjective",
        "impactedPerformanceIndicator",
        "decisionMaker",
        "decisionOwner",
        "usingProcess",
        "usingTask",
    }
)
_LOGIC = frozenset({"decisionTable", "literalExpression"})


def parse_decisions(raw: bytes, file: str) -> tuple[dict[str, Decision], list[Problem]]:
    """Return the decisions of a file by id, and all that is wrong with it, static findings included.

    Args:
        raw: the file as it came.
        file: its path inside the release, for the problems only.
    """
    try:
        root = parse_xml(raw, file)
    except InvalidXml as error:
        return {}, [error.problem]
    tag = etree.QName(root)
    if tag.localname != "definitions" or tag.namespace not in NAMESPACES:
        return {}, [finding("dmn_namespace", file, _line(root), "")]
    reader = _Reader(root, tag.namespace, file)
    reader.problems += check_schema(root, file)
    decisions = reader.read()
    for decision in decisions.values():
        reader.problems += analysis.analyse(decision)
    return decisions, without_echoes(reader.problems)


class _Reader:
    """The parts of one file and the problems found in them."""

    def __init__(self, root: etree._Element, namespace: str, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._space = "{" + namespace + "}"
        self._root = root
        self._ids: dict[str, etree._Element] = {}
        self._types: dict[str, etree._Element] = {}
        self._inputs: dict[str, InputData] = {}  # by element id
        self._nodes: dict[str, etree._Element] = {}  # decisions by id
        self._bad: set[str] = set()

    def read(self) -> dict[str, Decision]:
        self._index()
        names = self._names()
        read = {id: self._decision(id, node, names) for id, node in self._nodes.items()}
        sound = {id: decision for id, decision in read.items() if decision and id not in self._bad}
        return self._connected(sound)

    # --- what is there -----------------------------------------------------------------------------------------

    def _index(self) -> None:
        for node in self._root.iter(self._space + "*"):
            if id := node.get("id"):
                if id in self._ids:
                    self._report("dmn_duplicate_id", node, str(id), str(id))
                self._ids[str(id)] = node
        for node in self._root:
            tag = etree.QName(node).localname
            if tag == "import":
                self._report("dmn_unsupported", node, "", tag)
            elif tag == "itemDefinition":
                self._types[_name(node)] = node
        for node in self._children(self._root, "inputData"):
            variable = self._child(node, "variable")
            typed = self._type(_attribute(variable, "typeRef"), node) if variable is not None else Type()
            name = _name(node) or _attribute(variable, "name")
            self._inputs[_attribute(node, "id") or name] = InputData(name, typed)
        for node in self._children(self._root, "decision"):
            id = _attribute(node, "id") or _name(node)
            if not id:
                self._report("dmn_no_id", node, "")
                continue
            self._nodes[id] = node

    def _names(self) -> set[str]:
        """Return every name an expression of this file may use."""
        names = {data.name for data in self._inputs.values()}
        names |= {self._variable(node) for node in self._nodes.values()}
        for component in self._root.iter(self._space + "itemComponent"):
            names.add(_name(component))
        return names

    def _variable(self, node: etree._Element) -> str:
        return _attribute(self._child(node, "variable"), "name") or _name(node) or _attribute(node, "id")

    # --- one decision ------------------------------------------------------------------------------------------

    def _decision(self, id: str, node: etree._Element, names: set[str]) -> Decision | None:
        self._refuse_unknown(id, node)
        table, literal = self._child(node, "decisionTable"), self._child(node, "literalExpression")
        logic: Table | Expression | None = None
        inputs = {data.name: data for data in self._inputs.values()}
        if table is not None:
            logic = self._table(id, table, names, self._variable(node), inputs)
        elif literal is not None:
            logic = self._cell(id, literal, names)
        elif id not in self._bad:
            self._report("dmn_no_logic", node, id)
        if logic is None:
            return None
        self._check_names(id, node, logic, names | inputs.keys())
        variable = self._child(node, "variable")
        typed = self._type(_attribute(variable, "typeRef"), node, id) if variable is not None else Type()
        name = _name(node) or id
        return Decision(id, name, self._variable(node), typed, logic, self.file, _line(node), inputs)

    def _refuse_unknown(self, id: str, node: etree._Element) -> None:
        for child in node:
            tag = etree.QName(child)
            if self._space == "{" + str(tag.namespace) + "}" and tag.localname not in _BESIDE | _LOGIC:
                self._report("dmn_unsupported", child, id, tag.localname)

    def _check_names(self, id: str, node: etree._Element, logic: Table | Expression, known: set[str]) -> None:
        if isinstance(logic, Table):
            used = {name for column in logic.inputs for name in column.expression.names}
            used |= {name for rule in logic.rules for cell in rule.tests for name in cell.names}
            used |= {name for rule in logic.rules for cell in rule.outputs for name in cell.names}
        else:
            used = set(logic.names)
        for name in sorted(used - known):
            self._report("dmn_unknown_name", node, id, name)

    def _table(
        self, id: str, node: etree._Element, names: set[str], variable: str, inputs: dict[str, InputData]
    ) -> Table | None:
        columns = [self._input(id, column, names, inputs) for column in self._children(node, "input")]
        known = names | inputs.keys()
        outputs = self._outputs(id, node, known, variable)
        policy = self._policy(id, node, outputs)
        rules = [
            self._rule(id, number, row, len(columns), len(outputs), known)
            for number, row in enumerate(self._children(node, "rule"), 1)
        ]
        if id in self._bad or policy is None:
            return None
        sound = (tuple(c for c in columns if c), tuple(outputs), tuple(r for r in rules if r))
        return Table(policy, *sound)

    def _policy(self, id: str, node: etree._Element, outputs: list[Output]) -> str | None:
        written = (_attribute(node, "hitPolicy") or "UNIQUE", _attribute(node, "aggregation"))
        policy = _POLICIES.get(written[0])
        if policy is None or written[1] not in _AGGREGATIONS or (written[1] and policy != "C"):
            self._report("dmn_hit_policy", node, id, " ".join(written).strip())
            return None
        policy += _AGGREGATIONS[written[1]]
        if len(policy) > 1 and len(outputs) > 1:
            self._report("dmn_aggregation", node, id, policy)
        if policy in ("P", "O") and not any(output.order for output in outputs):
            self._report("dmn_priority_values", node, id, policy)
        return policy

    def _input(self, id: str, node: etree._Element, names: set[str], inputs: dict[str, InputData]) -> Input | None:
        written = self._child(node, "inputExpression")
        text = self._text(written)
        # A file that declares no input data may still name a column by words with spaces between.
        loose = [text] if all(word.isidentifier() for word in text.split()) else []
        expression = self._cell(id, written if written is not None else node, names | set(loose))
        if expression is None:
            return None
        typed = self._type(_attribute(written, "typeRef"), node, id)
        if (values := self._child(node, "inputValues")) is not None:
            typed = replace(typed, allowed=self._tests(id, values, names))
        for name in expression.names - names:
            if expression.names == {name} and name == " ".join(text.split()):
                inputs.setdefault(name, InputData(name, replace(typed, allowed=None)))
        return Input(_attribute(node, "label") or expression.text, expression, typed, _line(node))

    def _outputs(self, id: str, node: etree._Element, names: Iterable[str], variable: str) -> list[Output]:
        columns = self._children(node, "output")
        if not columns:
            self._report("dmn_no_output", node, id)
        outputs: list[Output] = []
        for column in columns:
            name = _name(column) or (variable if len(columns) == 1 else "")
            if not name or name in {output.name for output in outputs}:
                self._report("dmn_output_name", column, id, name)
            typed = self._type(_attribute(column, "typeRef"), column, id)
            if (values := self._child(column, "outputValues")) is not None:
                typed = replace(typed, allowed=self._tests(id, values, names))
            default = self._child(column, "defaultOutputEntry")
            cell = self._cell(id, default, names) if default is not None else None
            outputs.append(Output(name, typed, cell, _in_order(typed.allowed), _line(column)))
        return outputs

    def _rule(
        self, id: str, number: int, node: etree._Element, inputs: int, outputs: int, names: Iterable[str]
    ) -> Rule | None:
        conditions, results = self._children(node, "inputEntry"), self._children(node, "outputEntry")
        if (len(conditions), len(results)) != (inputs, outputs):
            detail = f"{len(conditions)}/{inputs}, {len(results)}/{outputs}"
            self._report("dmn_cells", node, id, detail)
            return None
        tests = [self._tests(id, cell, names) for cell in conditions]
        cells = [self._cell(id, cell, names) for cell in results]
        if None in tests or None in cells:
            return None
        sound = (tuple(t for t in tests if t), tuple(c for c in cells if c))
        return Rule(number, _attribute(node, "id"), *sound, _line(node))

    # --- cells and types ---------------------------------------------------------------------------------------

    def _cell(self, id: str, node: etree._Element, names: Iterable[str]) -> Expression | None:
        text = self._text(node)
        if not self._speaks_feel(id, node):
            return None
        if not text:
            self._report("dmn_empty_cell", node, id)
            return None
        try:
            return parse_expression(text, names)
        except FeelError as error:
            self._report(error.code, node, id, error.detail)
            return None

    def _tests(self, id: str, node: etree._Element, names: Iterable[str]) -> UnaryTests | None:
        if not self._speaks_feel(id, node):
            return None
        try:
            return parse_tests(self._text(node), names)
        except FeelError as error:
            self._report(error.code, node, id, error.detail)
            return None

    def _speaks_feel(self, id: str, node: etree._Element) -> bool:
        language = _attribute(node, "expressionLanguage")
        if language and "feel" not in language.lower():
            self._report("dmn_language", node, id, language)
            return False
        return True

    def _type(self, written: str, node: etree._Element, decision: str = "", depth: int = 0) -> Type:
        """Return the type a typeRef names; prefixes, as in `feel:string` of DMN 1.1, say nothing more."""
        name = written.rpartition(":")[2].strip()
        if not name:
            return Type()
        if name in TYPES:
            return Type(TYPES[name])
        item = self._types.get(name)
        if item is None or depth > 20:
            self._report("dmn_type", node, decision, name)
            return Type()
        return self._item(item, decision, depth + 1)

    def _item(self, item: etree._Element, decision: str, depth: int) -> Type:
        parts = {_name(part): self._item(part, decision, depth + 1) for part in self._children(item, "itemComponent")}
        base = self._type(self._text(item, "typeRef"), item, decision, depth) if not parts else Type(parts=parts)
        if (values := self._child(item, "allowedValues")) is not None:
            base = replace(base, allowed=self._tests(decision, values, ()))
        return replace(base, lists=base.lists + (_attribute(item, "isCollection") == "true"))

    # --- the graph of requirements -----------------------------------------------------------------------------

    def _connected(self, decisions: Mapping[str, Decision]) -> dict[str, Decision]:
        """Return the decisions with what they require, those with a missing or circular requirement left out."""
        needs = {id: self._needs(id) for id in self._nodes}
        connected: dict[str, Decision] = {}
        waiting = dict(decisions)
        while ready := [id for id in waiting if all(need in connected for need in needs[id])]:
            for id in ready:
                order: dict[str, Decision] = {}
                for need in needs[id]:
                    order |= {before.id: before for before in (*connected[need].order, connected[need])}
                connected[id] = replace(waiting.pop(id), order=tuple(order.values()))
        for id in waiting:
            missing = [need for need in needs[id] if need not in self._nodes]
            if missing:
                self._report("dmn_reference", self._nodes[id], id, missing[0])
            elif circle := _circle(id, needs):
                self._report("dmn_cycle", self._nodes[id], id, ", ".join(circle))
        return {id: connected[id] for id in decisions if id in connected}

    def _needs(self, id: str) -> list[str]:
        needs = []
        for requirement in self._children(self._nodes[id], "informationRequirement"):
            for reference in requirement:
                href = _attribute(reference, "href").removeprefix("#")
                tag = etree.QName(reference).localname
                if tag == "requiredDecision":
                    needs.append(href)
                elif tag == "requiredInput" and href not in self._inputs:
                    self._report("dmn_reference", reference, id, href, severity="warning")
        return needs

    # --- small things ------------------------------------------------------------------------------------------

    def _report(
        self,
        code: str,
        node: etree._Element,
        decision: str,
        detail: str = "",
        *,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        if severity == "error":
            self._bad.add(decision)
        element = _attribute(node, "id") or decision
        self.problems.append(finding(code, self.file, _line(node), element, detail, severity))

    def _children(self, node: etree._Element, tag: str) -> list[etree._Element]:
        return node.findall(self._space + tag)

    def _child(self, node: etree._Element, tag: str) -> etree._Element | None:
        return node.find(self._space + tag)

    def _text(self, node: etree._Element | None, tag: str = "text") -> str:
        return "" if node is None else (node.findtext(self._space + tag) or "").strip()


def _circle(start: str, needs: Mapping[str, list[str]]) -> list[str]:
    """Return the decisions on a way from `start` back to it; empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for need in needs.get(way[-1], ()):
            if need == start:
                return way
            if need not in seen:
                seen.add(need)
                ways.append([*way, need])
    return []


def _line(node: etree._Element) -> int:
    line: Any = node.sourceline
    return int(line or 0)


def _attribute(node: etree._Element | None, name: str) -> str:
    return "" if node is None else str(node.get(name, "")).strip()


def _name(node: etree._Element) -> str:
    return " ".join(_attribute(node, "name").split())


def _in_order(allowed: UnaryTests | None) -> tuple[Any, ...]:
    if allowed is None or allowed.negated:
        return ()
    return tuple(
        Expression("", tree, frozenset()).evaluate({}, Notes()) for tree in allowed.trees if tree.data != "compares"
    )
