"""What is wrong with a definition file is said with field, line and how to mend it; nothing half-right is taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import forms
from forms.compiler import compile_form
from forms.definition import READERS, InvalidDefinition, check_definition
from forms.fields import TYPES
from forms.problems import TEXTS

TEXT = {"name": "ten", "type": "text", "label": "Tên"}
COUNT = {"name": "so", "type": "count", "label": "Số"}
YES = {"name": "co_khong", "type": "bool", "label": "Có không"}
DAY = {"name": "ngay", "type": "date", "label": "Ngày"}
KEYS = ["key", "title", "fields", "outcomes", "rules", "name", "type", "label", "when", "in", "min", "max", "choices"]
TWO = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]


def a_form(*fields, **more):
    return {"key": "mau", "title": "Mẫu", "fields": list(fields), **more}


def found(definition):
    raw = definition if isinstance(definition, bytes) else json.dumps(definition).encode()
    return check_definition("forms/mau.json", raw)


def codes(definition):
    return {problem.code for problem in found(definition)}


WRONG = [
    ("too_big", b" " * 1_000_001),
    ("not_json", b'{"key": '),
    ("not_json", b"\xff\xfe"),
    ("not_json", b"[" * 100_000),
    ("not_json", b'{"key": NaN}'),
    ("duplicate_key", b'{"key": "a", "key": "b"}'),
    ("not_object", b"[]"),
    ("not_object", a_form("ten")),
    ("not_object", a_form(TEXT | {"when": []})),
    ("missing_key", a_form({"name": "ten", "type": "text"})),
    ("unknown_key", a_form(TEXT | {"pattern": ".*"})),
    ("unknown_key", a_form(TEXT, script="import os")),
    ("wrong_kind", a_form(TEXT | {"required": "true"})),
    ("wrong_kind", a_form(TEXT | {"max": 10.5})),
    ("wrong_kind", a_form(COUNT | {"max": True})),
    ("wrong_kind", a_form() | {"fields": {}}),
    ("wrong_kind", a_form(TEXT | {"when": {"field": "outcome", "in": []}})),
    ("empty_text", a_form(TEXT | {"label": " "})),
    ("bad_name", a_form(TEXT | {"name": "tên"})),
    ("bad_name", a_form(TEXT | {"name": "a.b"})),
    ("bad_name", a_form(TEXT | {"name": "__class__"})),
    ("bad_name", a_form(TEXT | {"name": "a" * 61})),
    ("reserved_name", a_form(TEXT | {"name": "outcome"})),
    ("reserved_name", a_form(TEXT | {"name": "csrf_token"})),
    ("reserved_name", a_form(TEXT | {"name": "typename"})),
    ("reserved_name", a_form(TEXT | {"name": "in"})),
    ("reserved_name", a_form(TEXT | {"name": "so_given"})),
    ("duplicate_name", a_form(TEXT, TEXT)),
    ("key_differs", a_form(TEXT) | {"key": "khac"}),
    ("empty_form", a_form()),
    ("unknown_type", a_form(TEXT | {"type": "regex"})),
    ("unknown_reader", a_form(TEXT | {"reader": "moi_nguoi"})),
    ("choices_missing", a_form(TEXT | {"type": "choice"})),
    ("choices_missing", a_form(TEXT, outcomes=[])),
    ("choices_not_here", a_form(TEXT | {"choices": TWO})),
    ("bad_choice", a_form(TEXT | {"type": "choice", "choices": [*TWO, {"value": "a", "label": "A"}]})),
    ("bad_choice", a_form(TEXT | {"type": "choice", "choices": [*TWO, {"value": 1, "label": "1"}]})),
    ("bad_choice", a_form(TEXT | {"type": "choice", "choices": [*TWO, {"value": "có", "label": "C"}]})),
    ("bad_choice", a_form(TEXT, outcomes=[{"value": 1, "label": "1"}])),
    ("limit_not_possible", a_form(YES | {"min": 1})),
    ("limit_not_length", a_form(TEXT | {"max": 0})),
    ("limit_not_date", a_form(DAY | {"max": "31/12/2025"})),
    ("limit_not_date", a_form(DAY | {"max": 2025})),
    ("limit_not_count", a_form(COUNT | {"min": -1})),
    ("limit_not_percent", a_form(COUNT | {"type": "percent", "max": "rất nhiều"})),
    ("limits_crossed", a_form(DAY | {"min": "2026-01-02", "max": "2026-01-01"})),
    ("variable_not_possible", a_form(TEXT | {"variable": True})),
    ("variable_not_possible", a_form(TEXT | {"type": "document_number", "variable": True})),
    ("variable_not_possible", a_form(TEXT | {"type": "citizen_id", "variable": True})),
    ("variable_personal", a_form(DAY | {"variable": True, "personal": True})),
    ("when_unknown_field", a_form(TEXT | {"when": {"field": "co_khong", "in": [True]}}, YES)),
    ("when_unknown_field", a_form(TEXT | {"when": {"field": "outcome", "in": ["dat"]}})),
    ("when_unknown_field", a_form(COUNT, TEXT | {"when": {"field": "so", "in": [1]}})),
    ("when_bad_value", a_form(YES, TEXT | {"when": {"field": "co_khong", "in": ["co"]}})),
    ("when_bad_value", a_form(TEXT | {"when": {"field": "outcome", "in": ["c"]}}, outcomes=TWO)),
    ("rule_unclear", a_form(COUNT, rules=[{"field": "so"}])),
    ("rule_unclear", a_form(COUNT, rules=[{"field": "so", "at_most": "so", "is": 1}])),
    ("rule_unknown_field", a_form(COUNT, rules=[{"field": "so", "at_most": "khac"}])),
    ("rule_wrong_type", a_form(COUNT, TEXT, rules=[{"field": "so", "at_most": "ten"}])),
    ("rule_wrong_type", a_form(COUNT, DAY, rules=[{"field": "so", "not_after": "ngay"}])),
    ("rule_wrong_type", a_form(YES, rules=[{"field": "co_khong", "is": "co"}])),
    ("display_not_text", a_form(COUNT, display="so")),
    ("display_not_text", a_form(TEXT, display="ten")),
]


@pytest.mark.parametrize(("code", "definition"), WRONG)
def test_what_is_wrong_is_found(code, definition):
    assert code in codes(definition)


def test_every_finding_has_an_example_here_and_sentences_in_both_languages():
    assert {code for code, _ in WRONG} == set(TEXTS)
    for problem in (each for _, definition in WRONG for each in found(definition)):
        assert all((problem.message, problem.mend, problem.message_en, problem.mend_en))
        assert "{" not in problem.message + problem.mend + problem.message_en + problem.mend_en


def test_a_finding_names_the_field_and_its_line():
    raw = (
        b'{"key": "mau", "title": "M",\n"fields": [\n{"name": "ten", "type": "text", "label": "T", "variable": true}]}'
    )
    [problem] = found(raw)
    assert (problem.file, problem.field, problem.line) == ("forms/mau.json", "ten", 3)


def test_broken_json_is_found_on_its_line():
    [problem] = found(b'{\n"key": "mau",\n"title" "M"}')
    assert (problem.code, problem.line) == ("not_json", 3)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(KEYS),
                inner,
                max_size=6,
            )
        ),
    )
)
def test_any_json_is_either_a_definition_or_has_findings(definition):
    raw = json.dumps(definition).encode()
    if not check_definition("mau.json", raw):
        compile_form(definition)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_failing(raw):
    check_definition("mau.json", raw)


def test_a_definition_with_errors_is_never_compiled():
    with pytest.raises(InvalidDefinition, match="variable"):
        compile_form(a_form(TEXT | {"variable": True}))


def test_the_schema_for_editors_names_the_same_types_and_readers():
    schema = json.loads((Path(forms.__file__).parent / "definition.schema.json").read_text("utf-8"))
    field = schema["$defs"]["field"]["properties"]
    assert set(field["type"]["enum"]) == set(TYPES)
    assert tuple(field["reader"]["enum"]) == READERS


def test_the_schema_for_editors_names_every_key_of_a_field():
    from forms.definition import _ChoiceShape, _FieldShape, _FormShape

    schema = json.loads((Path(forms.__file__).parent / "definition.schema.json").read_text("utf-8"))
    for shape, node in (
        (_FormShape, schema),
        (_FieldShape, schema["$defs"]["field"]),
        (_ChoiceShape, schema["$defs"]["choice"]),
    ):
        assert {field.data_key or name for name, field in shape().fields.items()} == set(node["properties"])
