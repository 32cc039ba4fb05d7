"""A compiled form takes what fits its definition whole, or says for every field why not."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.compiler import FORM, InvalidValues, Variable, compile_form

TODAY = date(2026, 11, 23)

HEAD = {
    "key": "head",
    "title": "Quyết định",
    "fields": [
        {"name": "so", "type": "document_number", "label": "Số", "required": True,
         "when": {"field": "outcome", "in": ["dong_y"]}},
        {"name": "ly_do", "type": "longtext", "label": "Lý do", "required": True, "min": 10,
         "when": {"field": "outcome", "in": ["khong"]}},
        {"name": "ghi_chu", "type": "text", "label": "Ghi chú"},
    ],
    "outcomes": [{"value": "dong_y", "label": "Đồng ý"}, {"value": "khong", "label": "Không"}],
}  # fmt: skip

VOTE = {
    "key": "vote",
    "title": "Biểu quyết",
    "fields": [
        {"name": name, "type": "count", "label": name, "required": True, "variable": True}
        for name in ("phat_ra", "thu_ve", "dong_y", "khong_dong_y")
    ],
    "rules": [
        {"field": "thu_ve", "at_most": "phat_ra"},
        {"sum": ["dong_y", "khong_dong_y"], "equals": "thu_ve"},
    ],
}


def a_form(*fields, **more):
    return {"key": "mau", "title": "Mẫu", "fields": list(fields), **more}


def load(definition, values, known=None):
    return compile_form(definition).load(values, known=known or {}, today=TODAY)


def refused(definition, values, known=None):
    with pytest.raises(InvalidValues) as error:
        load(definition, values, known)
    return {name: [refusal.code for refusal in found] for name, found in error.value.fields.items()}


def test_one_definition_is_compiled_once_and_another_one_anew():
    assert compile_form(HEAD) is compile_form(json.loads(json.dumps(HEAD)))
    assert compile_form(HEAD) is not compile_form(HEAD | {"title": "Khác"})


def test_variables_are_codes_counts_and_the_outcome():
    assert compile_form(HEAD).variables == (Variable("outcome", "STRING", False, ("dong_y", "khong")),)
    assert [each.name for each in compile_form(VOTE).variables] == ["phat_ra", "thu_ve", "dong_y", "khong_dong_y"]


def test_a_variable_that_may_stay_empty_or_unasked_is_optional():
    form = a_form(
        {"name": "a", "type": "bool", "label": "A", "variable": True},
        {"name": "b", "type": "percent", "label": "B", "variable": True, "required": True},
        {"name": "c", "type": "date", "label": "C", "variable": True, "required": True,
         "when": {"field": "a", "in": [True]}},
        {"name": "d", "type": "choice", "label": "D", "variable": True, "required": True,
         "choices": [{"value": 0, "label": "0"}, {"value": 1, "label": "1"}]},
    )  # fmt: skip
    assert [(each.name, each.type, each.optional) for each in compile_form(form).variables] == [
        ("a", "BOOL", True),
        ("b", "PERCENT", False),
        ("c", "DATE", True),
        ("d", "INT", False),
    ]


def test_variables_go_to_the_journal_and_everything_to_the_payload():
    loaded = load(HEAD, {"outcome": "dong_y", "so": "5/QĐ-UBND", "ghi_chu": ""})
    assert loaded.variables == {"outcome": "dong_y"}
    assert loaded.payload == {"outcome": "dong_y", "so": "05/QĐ-UBND"}


def test_a_field_is_required_only_when_it_is_asked():
    assert refused(HEAD, {"outcome": "dong_y"}) == {"so": ["required"]}
    assert refused(HEAD, {"outcome": "khong", "ly_do": "ngắn"}) == {"ly_do": ["too_short"]}
    assert refused(HEAD, {}) == {"outcome": ["choice_required"]}


def test_what_was_typed_into_a_field_that_is_not_asked_is_dropped_even_if_wrong():
    loaded = load(HEAD, {"outcome": "dong_y", "so": "05/QĐ-UBND", "ly_do": "\x00"})
    assert "ly_do" not in loaded.payload


def test_a_field_that_hangs_on_a_field_not_asked_is_not_asked_either():
    form = a_form(
        {"name": "a", "type": "bool", "label": "A", "required": True},
        {"name": "b", "type": "bool", "label": "B", "required": True, "when": {"field": "a", "in": [True]}},
        {"name": "c", "type": "text", "label": "C", "required": True, "when": {"field": "b", "in": [True]}},
    )
    assert load(form, {"a": False, "b": True, "c": "x"}).payload == {"a": False}
    assert refused(form, {"a": True, "b": "co"}) == {"c": ["required"]}


def test_a_field_may_hang_on_what_an_earlier_step_found():
    form = a_form(
        {"name": "a", "type": "text", "label": "A", "required": True,
         "when": {"field": "nominated.doi_tuong", "in": ["doanh_nhan"]}},
    )  # fmt: skip
    assert refused(form, {}, {"nominated.doi_tuong": "doanh_nhan"}) == {"a": ["required"]}
    assert load(form, {"a": "x"}, {"nominated.doi_tuong": "nguoi_dan"}).payload == {}
    assert load(form, {}).payload == {}


def test_true_is_not_one_where_a_field_hangs_on_a_number():
    form = a_form({"name": "a", "type": "text", "label": "A", "when": {"field": "x.muc", "in": [1]}})
    assert load(form, {"a": "x"}, {"x.muc": True}).payload == {}


def test_a_no_is_an_answer_and_an_empty_required_question_is_not():
    form = a_form({"name": "a", "type": "bool", "label": "A", "required": True, "variable": True})
    assert load(form, {"a": "khong"}).variables == {"a": False}
    assert refused(form, {"a": ""}) == refused(form, {"a": None}) == {"a": ["choice_required"]}


def test_the_counts_of_a_vote_must_agree():
    good = {"phat_ra": "9", "thu_ve": 8, "dong_y": "5", "khong_dong_y": "3"}
    assert load(VOTE, good).variables == {"phat_ra": 9, "thu_ve": 8, "dong_y": 5, "khong_dong_y": 3}
    assert refused(VOTE, good | {"dong_y": "6"}) == {"thu_ve": ["rule_sum"]}
    assert refused(VOTE, good | {"phat_ra": "7"}) == {"thu_ve": ["rule_at_most"]}


def test_counts_are_not_compared_while_one_of_them_is_missing_or_wrong():
    assert refused(VOTE, {"phat_ra": "9", "thu_ve": "x", "dong_y": "5"}) == {
        "thu_ve": ["count_format"],
        "khong_dong_y": ["required"],
    }


def test_days_are_compared_and_a_rule_may_bring_its_own_sentence():
    form = a_form(
        {"name": "a", "type": "date", "label": "Ngày họp"},
        {"name": "b", "type": "date", "label": "Ngày ký"},
        rules=[{"field": "a", "not_after": "b", "message": "Ký sau khi họp."}],
    )
    assert load(form, {"a": "01/02/2026", "b": "2026-02-01"})
    with pytest.raises(InvalidValues) as error:
        load(form, {"a": "02/02/2026", "b": "01/02/2026"})
    assert error.value.fields["a"][0].params == {"text": "Ký sau khi họp."}


def test_what_an_answer_must_be_can_depend_on_the_outcome():
    bar = {"value": "khong", "label": "Không"}, {"value": "don_thu", "label": "Đơn thư"}
    form = a_form(
        {"name": "bar", "type": "choice", "label": "Căn cứ", "choices": list(bar)},
        outcomes=[{"value": "dat", "label": "Đạt"}, {"value": "tam_dung", "label": "Tạm dừng"}],
        rules=[
            {"field": "bar", "is": "khong", "when": {"field": "outcome", "in": ["dat"]}, "message": "Còn đơn thư."},
            {"field": "bar", "is_not": "khong", "when": {"field": "outcome", "in": ["tam_dung"]}},
        ],
    )
    assert load(form, {"bar": "khong", "outcome": "dat"}) and load(form, {"bar": "don_thu", "outcome": "tam_dung"})
    for answers in ({"bar": "don_thu", "outcome": "dat"}, {"bar": "khong", "outcome": "tam_dung"}):
        with pytest.raises(InvalidValues) as error:
            load(form, answers)
        assert list(error.value.fields) == ["bar"]


def test_a_confirmation_can_be_demanded():
    form = a_form(
        {"name": "a", "type": "bool", "label": "Không có bí mật nhà nước", "required": True},
        rules=[{"field": "a", "is": True}],
    )
    assert load(form, {"a": "co"}).payload == {"a": True}
    assert refused(form, {"a": "khong"}) == {"a": ["rule_is"]}


def test_unknown_fields_are_refused_and_odd_names_are_not_repeated():
    values = {"outcome": "khong", "ly_do": "đủ mười ký tự", "status": "approved", "__proto__": "x", "<b>": 1, "": 2}
    assert refused(HEAD, values) == {
        FORM: ["unknown_field"],
        "__proto__": ["unknown_field"],
        "status": ["unknown_field"],
    }


@pytest.mark.parametrize("values", [None, [], "x", 5, True, [{"outcome": "khong"}]])
def test_what_is_no_form_is_refused_as_a_whole(values):
    assert refused(HEAD, values) == {FORM: ["form_not_object"]}


def test_ten_thousand_fields_are_refused_at_once():
    assert refused(HEAD, {f"f{number}": 1 for number in range(10_000)}) == {FORM: ["too_many_fields"]}


def test_a_refusal_never_repeats_what_was_typed():
    secret = "008123456789123"
    with pytest.raises(InvalidValues) as error:
        load(a_form({"name": "a", "type": "citizen_id", "label": "A"}), {"a": secret})
    assert secret not in repr(error.value) + repr(error.value.fields)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["dong_y", "khong", "05/QĐ-X"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["outcome", "so", "ly_do", "ghi_chu"]) | st.text(), JSON_VALUES) | JSON_VALUES)
def test_any_json_is_loaded_clean_or_refused_with_reasons(values):
    try:
        loaded = load(HEAD, values)
    except InvalidValues as error:
        reasons = error.fields
    else:
        reasons = {FORM: ["none needed"]}
        assert load(HEAD, loaded.payload).payload == loaded.payload
        json.dumps(loaded.payload, allow_nan=False).encode()
    assert reasons
    assert all(reasons.values())


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("phat_ra", "thu_ve", "dong_y", "khong_dong_y"), JSON_VALUES)))
def test_any_counts_that_are_taken_agree(values):
    try:
        found = load(VOTE, values).variables
    except InvalidValues:
        return
    assert found["dong_y"] + found["khong_dong_y"] == found["thu_ve"] <= found["phat_ra"]
