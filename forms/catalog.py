"""The front door of forms: check a definition file, name its variables, load values.

It has the shape of `engine.ports.FormCatalog` but its own result types, since forms and engine are strangers;
`web.catalog.Catalog` wraps it and speaks the engine's types. A definition is the parsed JSON of one file in
workflows/forms/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from forms.compiler import Loaded, Variable, compile_form
from forms.definition import check_definition
from forms.problems import FormProblem


class Catalog:
    """Understands form definitions. It keeps nothing of its own; compiled forms are cached by content."""

    def check(self, file: str, raw: bytes) -> list[FormProblem]:
        """Return what is wrong with a definition file; empty when it is good."""
        return check_definition(file, raw)

    def variables(self, definition: Mapping[str, Any]) -> Sequence[Variable]:
        """Return the variables a form sets, `outcome` included where the form has outcomes."""
        return compile_form(definition).variables

    def load(self, definition: Mapping[str, Any], values: Any, *, known: Mapping[str, Any], today: date) -> Loaded:
        """Return clean values; raises forms.compiler.InvalidValues with every reason."""
        return compile_form(definition).load(values, known=known, today=today)
