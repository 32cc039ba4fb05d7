"""Prepares a compiled form for the page: what each field shows, with ids, hints, errors and choices.

Templates only print it (web/templates/_form.html). What was typed comes back as typed; a kept value comes back as
a person would type it. A field that hangs on an earlier step and is not asked is left out here; one that hangs on
another field of the page stays, and says when it is to be answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.compiler import FORM, CompiledForm
from forms.fields import CRITERION_RESULTS, NO, TYPES, YES
from forms.messages import message, word
from forms.spec import OUTCOME, FieldSpec, When, outcome_field

RADIOS_AT_MOST = 7  # more choices than that become a list to pick from

Errors = Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]]


@dataclass(frozen=True)
class ChoiceView:
    id: str
    value: str
    label: str
    checked: bool
    danger: bool = False
    button: str = ""  # what the main button says while this outcome is chosen


@dataclass(frozen=True)
class FieldView:
    """One field. `widget`: line, lines, radios, ticks or list. `target`: the id an error links to."""

    name: str
    id: str
    widget: str
    type: str
    label: str
    required: bool
    value: str
    hints: tuple[str, ...]
    errors: tuple[str, ...]
    choices: tuple[ChoiceView, ...] = ()
    when: str = ""
    when_values: str = ""
    when_note: str = ""

    @property
    def target(self) -> str:
        return self.choices[0].id if self.widget in ("radios", "ticks") else self.id

    @property
    def described_by(self) -> str:
        parts = ((self.hints, f"{self.id}-hint"), (self.errors, f"{self.id}-error"))
        return " ".join(each for shown, each in parts if shown)


@dataclass(frozen=True)
class FormView:
    """A form on a page. `summary`: (id of the field or "", sentence), in the order of the page."""

    title: str
    fields: tuple[FieldView, ...]
    summary: tuple[tuple[str, str], ...]
    lang: str

    def say(self, code: str, **params: Any) -> str:
        return message(code, params, self.lang)


def form_view(
    form: CompiledForm,
    values: Mapping[str, Any] | None = None,
    errors: Errors | None = None,
    known: Mapping[str, Any] | None = None,
    *,
    buttons: Mapping[str, str] | None = None,
    lang: str = "vi",
) -> FormView:
    """Return what a page shows of a form.

    Args:
        form: the compiled form.
        values: what was typed, or kept values (a draft, an earlier filing).
        errors: field name -> (message code, params) of what was refused, as `engine.errors.InvalidForm.fields`.
        known: variables of earlier steps as `element.field`.
        buttons: outcome -> what the main button says while it is chosen.
        lang: vi or en, for everything but the form's own labels.
    """
    values, errors, known = values or {}, errors or {}, known or {}
    shown = [each for each in form.spec.fields if not each.when or not each.when.earlier_step or each.when.holds(known)]
    if form.spec.outcomes:
        # Before the fields that hang on it: an official decides first and then gives number, date or reason.
        hanging = (index for index, each in enumerate(shown) if each.when and each.when.field == OUTCOME)
        shown.insert(next(hanging, len(shown)), outcome_field(form.spec))
    maker = _Maker(form, values, errors, known, buttons or {}, lang)
    fields = tuple(maker.field(each) for each in shown if maker.may_be_asked(each))
    by_name = {each.name: each for each in fields}
    summary = [("", message(code, params, lang)) for code, params in errors.get(FORM, ())]
    summary += [(each.target, f"{each.label}: {text}") for each in fields for text in each.errors]
    for name, found in errors.items():
        if name != FORM and name not in by_name:
            summary += [("", message(code, params, lang)) for code, params in found]
    return FormView(form.spec.title, fields, tuple(dict.fromkeys(summary)), lang)


@dataclass(frozen=True)
class _Maker:
    form: CompiledForm
    values: Mapping[str, Any]
    errors: Errors
    known: Mapping[str, Any]
    buttons: Mapping[str, str]
    lang: str

    def field(self, spec: FieldSpec) -> FieldView:
        value = TYPES[spec.type].show(spec, self.values.get(spec.name))
        own = spec.when if spec.when and not spec.when.earlier_step else None
        choices = self.choices(spec, value)
        return FieldView(
            name=spec.name,
            id=f"f-{spec.name}",
            widget=self.widget(spec, choices),
            type=spec.type,
            label=message("form_outcome", lang=self.lang) if spec.name == OUTCOME else spec.label,
            required=spec.required,
            value=value,
            hints=tuple(self.hints(spec)),
            errors=tuple(message(code, params, self.lang) for code, params in self.errors.get(spec.name, ())),
            choices=choices,
            when=own.field if own else "",
            when_values=" ".join(self.typed(own)) if own else "",
            when_note=self.when_note(own) if own else "",
        )

    def widget(self, spec: FieldSpec, choices: tuple[ChoiceView, ...]) -> str:
        if spec.type == "longtext":
            return "lines"
        if spec.type == "several":
            return "ticks"
        if not choices:
            return "line"
        return "radios" if len(choices) <= RADIOS_AT_MOST or spec.name == OUTCOME else "list"

    def hints(self, spec: FieldSpec) -> list[str]:
        hints = [spec.hint] if spec.hint else []
        if spec.type in ("date", "citizen_id", "document_number"):
            hints.append(message(f"hint_{spec.type}", lang=self.lang))
        if spec.type in ("text", "longtext") and spec.min and spec.min > 1:
            hints.append(message("hint_at_least", {"min": spec.min}, self.lang))
        return hints

    def choices(self, spec: FieldSpec, value: str) -> tuple[ChoiceView, ...]:
        answers = [(code, label) for code, label in self.answers(spec)]
        if answers and not spec.required and spec.type != "several" and len(answers) <= RADIOS_AT_MOST:
            # A ticked radio can't be unticked without scripts: no answer is an answer of its own.
            answers.append(("", message("form_no_answer", lang=self.lang)))
        danger = {str(choice.value) for choice in spec.choices if choice.danger}
        ticked = value.split() if spec.type == "several" else [value]
        return tuple(
            ChoiceView(
                id=f"f-{spec.name}-{position}",
                value=code,
                label=label,
                checked=code in ticked,
                danger=code in danger,
                button=self.buttons.get(code, "") if spec.name == OUTCOME else "",
            )
            for position, (code, label) in enumerate(answers)
        )

    def answers(self, spec: FieldSpec) -> list[tuple[str, str]]:
        if spec.type == "bool":
            return [(code, word("bool", code, self.lang)) for code in (YES, NO)]
        if spec.type == "criterion":
            return [(code, word("criterion_result", code, self.lang)) for code in CRITERION_RESULTS]
        return [(str(choice.value), choice.label) for choice in spec.choices if choice.offered(self.known)]

    def controlling(self, when: When) -> FieldSpec:
        return outcome_field(self.form.spec) if when.field == OUTCOME else self.form.spec.by_name[when.field]

    def typed(self, when: When) -> list[str]:
        other = self.controlling(when)
        return [TYPES[other.type].show(other, value) for value in when.values]

    def may_be_asked(self, spec: FieldSpec) -> bool:
        """Whether an answer that the field hangs on is offered here, and any answer of its own."""
        if spec.choices and not self.answers(spec):
            return False
        return spec.when is None or spec.when.earlier_step or bool(self.alternatives(spec.when))

    def alternatives(self, when: When) -> list[str]:
        """Return the labels of the answers that a field hangs on, those that are offered."""
        labels = dict(self.answers(self.controlling(when)))
        return [labels[each] for each in self.typed(when) if each in labels]

    def when_note(self, when: When) -> str:
        other = self.controlling(when)
        alternatives = f" {message('form_or', lang=self.lang)} ".join(f"“{each}”" for each in self.alternatives(when))
        label = message("form_outcome", lang=self.lang) if other.name == OUTCOME else other.label
        return message("form_when", {"field": label, "values": alternatives}, self.lang)
