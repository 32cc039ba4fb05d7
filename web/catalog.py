"""`engine.ports.FormCatalog` over `forms.catalog`: forms and engine are strangers, so web translates between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.errors import InvalidForm, Problem
from engine.ports import FormVariable, LoadedForm
from forms import catalog
from forms.compiler import InvalidValues


class Catalog:
    """What an Engine is made with, so that no entry point can skip validation."""

    def __init__(self) -> None:
        self._forms = catalog.Catalog()

    def check(self, file: str, raw: bytes) -> list[Problem]:
        return [
            Problem(
                file=found.file,
                line=found.line,
                element=found.field,
                code=f"form_{found.code}",
                severity="error",
                message=found.message,
                mend=found.mend,
                message_en=found.message_en,
                mend_en=found.mend_en,
            )
            for found in self._forms.check(file, raw)
        ]

    def variables(self, definition: Mapping[str, Any]) -> Sequence[FormVariable]:
        return [
            FormVariable(each.name, each.type, each.optional, each.choices)
            for each in self._forms.variables(definition)
        ]

    def load(
        self, definition: Mapping[str, Any], values: Mapping[str, Any], *, known: Mapping[str, Any], today: date
    ) -> LoadedForm:
        try:
            loaded = self._forms.load(definition, values, known=known, today=today)
        except InvalidValues as refused:
            fields = {
                name: [(refusal.code, refusal.params) for refusal in found] for name, found in refused.fields.items()
            }
            raise InvalidForm(fields=fields) from None
        return LoadedForm(variables=dict(loaded.variables), payload=dict(loaded.payload))
