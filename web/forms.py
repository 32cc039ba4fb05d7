"""Forms of a release on a page: what stands in them, and what of it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import InvalidForm
from forms.compiler import compile_form
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


def typed_texts(definition: Mapping[str, Any], typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and text of everything that was typed, to be copied by hand."""
    shown = form_view(compile_form(definition), typed, lang=language())
    chosen = {
        field.name: next((each.label for each in field.choices if each.checked and each.value), "")
        for field in shown.fields
    }
    texts = [(field.label, chosen[field.name] or field.value) for field in shown.fields]
    return [(label, text) for label, text in texts if text]
