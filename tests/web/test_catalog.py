"""web.catalog gives the engine what engine.ports.FormCatalog promises."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import InvalidForm, Problem
from engine.ports import FormCatalog, FormVariable, LoadedForm
from web.catalog import Catalog

FORM = {
    "key": "mau",
    "title": "Mẫu",
    "fields": [{"name": "so", "type": "count", "label": "Số", "max": 9, "variable": True}],
}


def test_values_are_loaded_in_the_engine_s_own_types():
    catalog: FormCatalog = Catalog()
    assert catalog.load(FORM, {"so": "7"}, known={}, today=date(2026, 11, 23)) == LoadedForm({"so": 7}, {"so": 7})
    assert catalog.variables(FORM) == [FormVariable("so", "INT", True)]


def test_refused_values_are_the_engine_s_refusal_with_codes_and_parameters():
    with pytest.raises(InvalidForm) as refused:
        Catalog().load(FORM, {"so": "10"}, known={}, today=date(2026, 11, 23))
    assert refused.value.fields == {"so": [("number_too_large", {"max": 9})]}


def test_what_is_wrong_with_a_file_is_a_problem_of_the_release():
    [problem] = Catalog().check("forms/mau.json", b'{\n"key": }')
    assert isinstance(problem, Problem)
    assert (problem.file, problem.line, problem.code, problem.severity) == (
        "forms/mau.json",
        2,
        "form_not_json",
        "error",
    )
