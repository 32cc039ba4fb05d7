"""What a form definition says, as plain frozen data. `forms.definition` makes these from JSON and checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Scalar = str | int | bool

OUTCOME = "outcome"  # the variable that holds the chosen outcome

# Names a request carries beside the fields, and names that would shadow something of ours or of Python's.
CONTROL_NAMES = frozenset({"command_id", "expected_version", "csrf_token", "next", "file"})
RESERVED_NAMES = CONTROL_NAMES | {OUTCOME, "typename"}

DEFAULT_READER = "don_vi"


@dataclass(frozen=True)
class When:
    """The field is asked only if `field` (of this form, or `element.field` of an earlier step) is one of `values`."""

    field: str
    values: tuple[Scalar, ...]

    @property
    def earlier_step(self) -> bool:
        return "." in self.field

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether it holds; a value that is not there never fits. True is not 1 here."""
        value = values.get(self.field)
        return any(type(value) is type(wanted) and value == wanted for wanted in self.values)


@dataclass(frozen=True)
class Choice:
    """One answer of a choice or one outcome. `danger`: shown as an act that refuses something.

    `when` names what was answered earlier: the answer is offered unless that speaks against it.
    """

    value: Scalar
    label: str
    danger: bool = False
    when: When | None = None

    def offered(self, known: Mapping[str, Any]) -> bool:
        return self.when is None or self.when.field not in known or self.when.holds(known)


@dataclass(frozen=True)
class Rule:
    """A condition between fields; checked only where every value it names is there.

    sum: the `fields` add up to `other`. at_most: the one field is not above `other`; not_after, not_before: not later,
    not earlier. is, is_not: the one field has, has not `value`. `other` may be `element.field` of an earlier step, or
    what the office says of the nomination. `when`: it counts only where that holds. `message` is the author's own
    sentence in place of the usual one; in that of a `not_before` "{day}" stands for the day of the earlier step.
    """

    kind: Literal["sum", "at_most", "not_after", "not_before", "is", "is_not"]
    fields: tuple[str, ...]
    other: str = ""
    value: Scalar | None = None
    message: str = ""
    when: When | None = None

    @property
    def shown_at(self) -> str:
        """The field that carries the error: the total of a sum, otherwise the field itself."""
        return self.other if self.kind == "sum" else self.fields[0]


@dataclass(frozen=True)
class FieldSpec:
    """One field. `min` and `max` are limits in the unit of the type: characters, days, a count, per cent."""

    name: str
    type: str
    label: str
    hint: str = ""
    required: bool = False
    when: When | None = None
    min: Any = None
    max: Any = None
    choices: tuple[Choice, ...] = ()
    variable: bool = False
    personal: bool = False
    reader: str = DEFAULT_READER


@dataclass(frozen=True)
class FormSpec:
    """One form. `display` names the field that holds the nominee's name, "" where there is none."""

    key: str
    title: str
    fields: tuple[FieldSpec, ...]
    outcomes: tuple[Choice, ...] = ()
    rules: tuple[Rule, ...] = ()
    display: str = ""
    by_name: Mapping[str, FieldSpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {each.name: each for each in self.fields})


def outcome_field(form: FormSpec) -> FieldSpec:
    """Return the outcomes of a form as the required choice they are."""
    return FieldSpec(OUTCOME, "choice", "Kết luận", required=True, choices=form.outcomes, variable=True)
