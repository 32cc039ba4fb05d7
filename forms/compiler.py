"""Turns a form definition into a marshmallow Schema and checks what was typed with it.

`compile_form` is cached by the definition's content. `CompiledForm.load` gives clean data or `InvalidValues`, for
any JSON whatever; it never raises anything else.

A field that is not asked (its `when` does not hold) is not required, and what was typed there is dropped: pages
without JavaScript show all fields, and an answer changed later hides what was typed before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

import marshmallow
import orjson

from forms.definition import spec_of
from forms.fields import TYPES, Refusal, Refused
from forms.spec import OUTCOME, FieldSpec, FormSpec, Rule, Scalar, outcome_field

FORM = ""  # the name under which errors of the form as a whole are reported
MAX_FIELDS = 2_000

Errors = dict[str, list[Refusal]]


class InvalidValues(Exception):
    """Values were refused. `fields`: field name -> why; `FORM` for the form as a whole."""

    def __init__(self, fields: Errors) -> None:
        super().__init__({name: [refusal.code for refusal in refusals] for name, refusals in fields.items()})
        self.fields = fields


@dataclass(frozen=True)
class Variable:
    """A field that conditions and tables may read. `type`: BOOL, INT, STRING, DATE or PERCENT."""

    name: str
    type: str
    optional: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """Clean values: `variables` for the journal, `payload` is everything. Absent means not answered."""

    variables: dict[str, Scalar]
    payload: dict[str, Scalar]


class TypedField(marshmallow.fields.Field[Scalar]):
    """A marshmallow field over one of our types. An empty answer counts as no answer."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(allow_none=True, metadata={"label": spec.label, "hint": spec.hint, "type": spec.type})
        self.spec = spec

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        if value is None or value is marshmallow.missing:
            return marshmallow.missing
        try:
            kept = TYPES[self.spec.type].parse(self.spec, value)
        except Refused as refused:
            raise marshmallow.ValidationError([refused.refusal]) from None
        return marshmallow.missing if kept is None else kept


class _Values(marshmallow.Schema):
    class Meta:
        unknown = marshmallow.RAISE


class CompiledForm:
    """A form definition, ready to load values and to be shown."""

    def __init__(self, spec: FormSpec, sha256: str) -> None:
        self.spec = spec
        self.sha256 = sha256
        # The outcome stands last on the page, but first here: fields may hang on it.
        self.asked_in_order = ((outcome_field(spec),) if spec.outcomes else ()) + spec.fields
        self.schema = _Values.from_dict({each.name: TypedField(each) for each in self.asked_in_order})()

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Return what a completion of this form sets, `outcome` included where the form has outcomes."""
        return tuple(
            Variable(
                name=each.name,
                type=TYPES[each.type].type_in_conditions(each) or "",
                optional=not each.required or each.when is not None,
                choices=tuple(str(value) for value in TYPES[each.type].values(each)),
            )
            for each in self.asked_in_order
            if each.variable
        )

    def asked(self, clean: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, FieldSpec]:
        """Return the fields asked for, given clean values and variables of earlier steps."""
        values = dict(known)
        asked: dict[str, FieldSpec] = {}
        for each in self.asked_in_order:
            if each.when is None or each.when.holds(values):
                asked[each.name] = each
                if each.name in clean:
                    values[each.name] = clean[each.name]
        return asked

    def clean(self, values: Any) -> tuple[dict[str, Scalar], Errors]:
        """Return what could be read of `values`, and why the rest could not; what is no form at all is refused."""
        if not isinstance(values, Mapping):
            raise InvalidValues({FORM: [Refusal("form_not_object")]})
        if len(values) > MAX_FIELDS:
            raise InvalidValues({FORM: [Refusal("too_many_fields", {"max": MAX_FIELDS})]})
        known_names = {name: value for name, value in values.items() if name in self.schema.fields}
        errors = {_safe_name(name): [Refusal("unknown_field")] for name in values if name not in known_names}
        try:
            return self.schema.load(known_names), errors
        except marshmallow.ValidationError as refused:
            return cast(dict[str, Scalar], refused.valid_data), errors | cast(Errors, refused.messages)

    def load(self, values: Any, *, known: Mapping[str, Any], today: date) -> Loaded:
        """Return the clean values of a form that was sent.

        Args:
            values: what was typed or sent, any JSON.
            known: variables of earlier steps as `element.field`, for `when` and rules.
            today: local date, for limits that say "today".

        Raises:
            InvalidValues: with every reason, in the order of the page.
        """
        clean, errors = self.clean(values)
        asked = self.asked(clean, known)
        for name in self.schema.fields:
            if name not in asked:
                clean.pop(name, None)
                errors.pop(name, None)
        for name, each in asked.items():
            if name in clean:
                if refusal := TYPES[each.type].check(each, clean[name], today) or _not_offered(
                    each, clean[name], known
                ):
                    errors[name] = [refusal]
            elif each.required and name not in errors:
                errors[name] = [Refusal(_missing(each, known))]
        for rule in self.spec.rules:
            if not errors.keys() & {*rule.fields, rule.other} and (refusal := self._broken(rule, {**known, **clean})):
                errors.setdefault(rule.shown_at if rule.shown_at in asked else rule.fields[0], []).append(refusal)
        if errors:
            raise InvalidValues(self._in_page_order(errors))
        return Loaded(
            variables={name: clean[name] for name, each in asked.items() if each.variable and name in clean},
            payload={name: clean[name] for name in asked if name in clean},
        )

    def _broken(self, rule: Rule, values: Mapping[str, Any]) -> Refusal | None:
        named = (*rule.fields, rule.other) if rule.other else rule.fields
        if any(name not in values for name in named) or (rule.when and not rule.when.holds(values)):
            return None
        first, limit = values[rule.fields[0]], values.get(rule.other)
        try:
            good = {
                "sum": lambda: sum(values[name] for name in rule.fields) == limit,
                "at_most": lambda: first <= limit,
                "not_after": lambda: first <= limit,  # ISO days compare as text
                "not_before": lambda: first >= limit,
                "is": lambda: first == rule.value,
                "is_not": lambda: first != rule.value,
            }[rule.kind]()
        except TypeError:  # an earlier step's variable of another type than this form was drawn for
            good = False
        if good:
            return None
        day = date.fromisoformat(str(limit)) if rule.kind == "not_before" and "." in rule.other else None
        if rule.message:
            return Refusal("rule_message", {"text": rule.message.replace(DAY, f"{day:%d/%m/%Y}" if day else DAY)})
        labels = [self.label(name) for name in rule.fields]
        if day:
            return Refusal("rule_not_before_day", {"field": labels[0], "day": day})
        return Refusal(f"rule_{rule.kind}", {"fields": labels, "field": labels[0], "other": self.label(rule.other)})

    def label(self, name: str) -> str:
        """Return the label of a field, its name where it belongs to an earlier step."""
        field = self.spec.by_name.get(name)
        return field.label if field else name

    def _in_page_order(self, errors: Errors) -> Errors:
        order = [FORM, *(each.name for each in self.spec.fields), OUTCOME]
        known = {name: errors[name] for name in order if name in errors}
        return known | {name: errors[name] for name in sorted(errors.keys() - known.keys())}


DAY = "{day}"  # in the sentence of a rule `not_before`: the day of the earlier step
CHOSEN = ("bool", "choice", "several", "criterion")


def _missing(spec: FieldSpec, known: Mapping[str, Any]) -> str:
    """Return the code of what is said of a required field that was not answered."""
    if spec.choices and not any(choice.offered(known) for choice in spec.choices):
        return "choice_none_offered"
    return "choice_required" if spec.type in CHOSEN else "required"


def _not_offered(spec: FieldSpec, value: Scalar, known: Mapping[str, Any]) -> Refusal | None:
    chosen = next((choice for choice in spec.choices if choice.value == value), None)
    return Refusal("choice_unknown") if chosen and not chosen.offered(known) else None


def _safe_name(name: Any) -> str:
    """Return an unknown name only if it is harmless to repeat."""
    return name if isinstance(name, str) and name.isascii() and name.isidentifier() and len(name) <= 64 else FORM


def compile_form(definition: Mapping[str, Any]) -> CompiledForm:
    """Return the compiled form of a definition, the same object for the same content.

    Raises:
        InvalidDefinition: the definition has errors; a release that was taken has none.
    """
    try:
        content = orjson.dumps(definition, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # numbers and letters that no good definition has
        content = json.dumps(definition, sort_keys=True).encode()
    return _compile(content)


@lru_cache(maxsize=512)
def _compile(content: bytes) -> CompiledForm:
    return CompiledForm(spec_of(json.loads(content)), hashlib.sha256(content).hexdigest())
