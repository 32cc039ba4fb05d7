"""Forms of a release on a page: what stands in them, and what of it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import InvalidForm
from engine.office.views import FieldView
from forms.compiler import compile_form
from forms.fields import TYPES
from forms.messages import word, words
from forms.spec import FieldSpec
from forms.view import FormView, form_view
from web.texts import language


def shown_form(
    definition: Mapping[str, Any],
    values: Mapping[str, Any],
    known: Mapping[str, Any],
    errors: InvalidForm | None,
    buttons: Mapping[str, str],
) -> FormView:
    """Return a form for the macros of _form.html.

    Args:
        definition: as in its file.
        values: what was typed, or what was kept.
        known: variables of earlier steps, for `when`.
        errors: the refusal of what was typed.
        buttons: outcome -> what the main button says while it is chosen.
    """
    return form_view(
        compile_form(definition), values, errors.fields if errors else {}, known, buttons=buttons, lang=language()
    )


def named_for(definition: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """Return a form that calls the name of the nominee as it is called for this kind of nominee."""
    label = words("name_of", language()).get(kind)
    if label is None:
        return definition
    fields = [f | {"label": label} if f["name"] == definition.get("display") else f for f in definition["fields"]]
    return {**definition, "fields": fields}


def typed_texts(definition: Mapping[str, Any], typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and text of everything that was typed, to be copied by hand."""
    shown = form_view(compile_form(definition), typed, lang=language())
    chosen = {
        field.name: next((each.label for each in field.choices if each.checked and each.value), "")
        for field in shown.fields
    }
    texts = [(field.label, chosen[field.name] or field.value) for field in shown.fields]
    return [(label, text) for label, text in texts if text]


def value_text(field: FieldView) -> str:
    """Return a kept value as an official would say it: a date by day, a choice by its label."""
    kind = field.definition.get("type", "text")
    choices = {str(each["value"]): str(each["label"]) for each in field.definition.get("choices", ())}
    shown = TYPES[kind].show(FieldSpec(field.name, kind, field.label), field.value)
    if kind == "bool":
        return word("bool", shown, language())
    if kind == "criterion":
        return word("criterion_result", shown, language())
    if kind == "percent":
        return f"{shown} %"
    return choices.get(str(field.value), shown)
