"""Which files are read, and what each broken one is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.process.decisions import parse_decisions
from tests.engine.process.decisions.dmn import a_file, a_table, codes_of, decided, outputs_for, problems_of

GOOD = a_table([("< 20", '"a"'), (">= 20", '"b"'), ("null", '"c"')])


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_dmn_is_read(namespace: str) -> None:
    raw = a_file(GOOD, namespace)

    assert codes_of(raw) == []
    assert outputs_for(decided(raw), x=1) == {"y": "a"}


def a_literal(text: str, id: str = "d", extra: str = "") -> str:
    return (
        f'<decision id="{id}" name="{id}">{extra}<literalExpression><text>{text}</text></literalExpression></decision>'
    )


def needs(id: str) -> str:
    return f'<informationRequirement><requiredDecision href="#{id}"/></informationRequirement>'


REFUSED = {
    "no XML": (b"x", ["xml_not_xml"]),
    "another vocabulary": (b"<definitions xmlns='http://example.org'/>", ["dmn_namespace"]),
    "a diagram": (b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>", ["dmn_namespace"]),
    "a decision without logic": (a_file('<decision id="d" name="d"/>'), ["dmn_no_logic"]),
    "a decision without id and name": (a_file("<decision/>"), ["dmn_no_id"]),
    "an id used twice": (a_file(GOOD + a_literal("1")), ["dmn_duplicate_id"]),
    "an import": (a_file('<import namespace="x" locationURI="file:///etc/passwd"/>' + GOOD), ["dmn_unsupported"]),
    "a boxed context": (a_file('<decision id="d" name="d"><context/></decision>'), ["dmn_unsupported"]),
    "a boxed invocation": (a_file('<decision id="d" name="d"><invocation/></decision>'), ["dmn_unsupported"]),
    "a boxed function": (a_file('<decision id="d" name="d"><functionDefinition/></decision>'), ["dmn_unsupported"]),
    "a required function": (a_file(a_literal("1", extra="<knowledgeRequirement/>")), ["dmn_unsupported"]),
    "Java in a cell": (
        a_file(
            '<decision id="d" name="d"><literalExpression expressionLanguage="juel"><text>1</text>'
            "</literalExpression></decision>"
        ),
        ["dmn_language"],
    ),
    "an unknown hit policy": (a_file(a_table([("-", "1")], policy="BEST")), ["dmn_hit_policy"]),
    "an aggregation where none can be": (a_file(a_table([("-", "1")], aggregation="SUM")), ["dmn_hit_policy"]),
    "an aggregation of two columns": (
        a_file(a_table([("-", "1", "2")], outputs={"y": "Any", "z": "Any"}, policy="COLLECT", aggregation="SUM")),
        ["dmn_aggregation"],
    ),
    "priority without an order": (a_file(a_table([("-", "1")], policy="PRIORITY")), ["dmn_priority_values"]),
    "a table without output": (a_file(a_table([("-",)], outputs={})), ["dmn_no_output"]),
    "two outputs of one name": (
        a_file(a_table([("-", '"1"', '"2"')], outputs={"y": "string", "z": "string"}).replace('"z"', '"y"')),
        ["dmn_output_name"],
    ),
    "a row with a cell too few": (a_file(a_table([("-",)])), ["dmn_cells"]),
    "an empty result": (a_file(a_table([("-", "")])), ["dmn_empty_cell"]),
    "a type nobody declared": (a_file(a_table([("-", "1")], inputs={"x": "tMoney"})), ["dmn_type"]),
    "a type made of itself": (
        a_file('<itemDefinition name="tA"><typeRef>tA</typeRef></itemDefinition>' + a_table([], inputs={"x": "tA"})),
        ["dmn_type"],
    ),
    "a misspelt cell": (a_file(a_table([("< < 5", "1")])), ["feel_syntax"]),
    "Python in a cell": (a_file(a_table([("-", 'open("/etc/passwd")')])), ["feel_function"]),
    "a loop in a cell": (a_file(a_table([("-", "for i in [1] return i")])), ["feel_unsupported"]),
    "a name that is nothing": (a_file(a_literal("nobody + 1")), ["dmn_unknown_name"]),
    "a requirement outside the file": (a_file(a_literal("1", extra=needs("other"))), ["dmn_reference"]),
    "a circle": (
        a_file(a_literal("e", extra=needs("e")) + a_literal("d", "e", needs("d"))),
        ["dmn_cycle", "dmn_cycle"],
    ),
}


@pytest.mark.parametrize(("raw", "codes"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_supported_is_refused_by_name(raw: bytes, codes: list[str]) -> None:
    decisions, problems = parse_decisions(raw, "dmn/t.dmn")

    problems = [problem for problem in problems if not problem.code.startswith("xsd")]
    assert [problem.code for problem in problems] == codes
    for problem in problems:
        assert (problem.severity, problem.file) == ("error", "dmn/t.dmn")
        for sentence in (problem.message, problem.mend, problem.message_en, problem.mend_en):
            assert sentence
            assert "{detail}" not in sentence
    assert "d" not in decisions or codes in (["dmn_duplicate_id"], ["dmn_unsupported"])


def test_a_problem_names_line_and_element() -> None:
    [problem] = problems_of(a_file("\n\n" + a_literal("1 +")))

    assert (problem.line, problem.element) == (4, "d")


def test_a_decision_that_needs_a_broken_one_is_left_out_with_it() -> None:
    decisions, problems = parse_decisions(
        a_file(a_literal("1 +", "broken") + a_literal("broken", extra=needs("broken")) + a_literal("2", "whole")), "t"
    )

    assert list(decisions) == ["whole"]
    assert [problem.code for problem in problems] == ["feel_syntax"]


def test_a_column_may_be_named_by_words_in_a_file_without_input_data() -> None:
    table = a_table([("> 1", '"a"')], inputs={"Customer Type": "number"})

    assert outputs_for(decided(table), **{"Customer Type": 2}) == {"y": "a"}


def test_comments_and_other_vocabularies_do_no_harm() -> None:
    body = GOOD.replace("<decisionTable", '<!-- x --><x:mark xmlns:x="http://example.org"/><decisionTable').replace(
        "<text>&lt; 20</text>", "<text>&lt; <!-- not 10 -->20</text>"
    )

    assert codes_of(body) == []
    assert outputs_for(decided(body), x=15) == {"y": "a"}


def test_prefixed_types_of_dmn_1_1_are_read() -> None:
    assert codes_of(a_table([("-", "1")], inputs={"x": "feel:number"}, outputs={"y": "feel:number"})) == []


@settings(max_examples=150)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_but_never_crashes(data: st.DataObject) -> None:
    raw = bytearray(a_file(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 12))] = data.draw(
            st.sampled_from([b"", b"<", b'"', b"x", b"\xff", b"1"])
        )

    decisions, problems = parse_decisions(bytes(raw), "t")

    assert all(problem.code and problem.message for problem in problems)
    for decision in decisions.values():
        decision.evaluate({"x": 1})
