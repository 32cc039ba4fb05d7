"""Reads form definitions (JSON files of a release) and says all that is wrong with them.

The shape is checked by marshmallow schemas (`definition.schema.json` describes the same for editors), then what
one schema cannot see: names, limits against types, `when` and rules against fields. Authors write no code and no
regular expression.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Literal

import marshmallow
from marshmallow import fields

from forms.fields import TODAY, TYPES, Refused
from forms.problems import FormProblem, problem
from forms.spec import DEFAULT_READER, OUTCOME, RESERVED_NAMES, Choice, FieldSpec, FormSpec, Rule, When

MAX_BYTES = 1_000_000
READERS = ("noi_bo", "don_vi", "cong_khai", "han_che")
# Words the condition language keeps for itself; `visited` and `…_given` are made by the engine.
_CEL_WORDS = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop"}
    | {"namespace", "null", "package", "return", "true", "var", "visited", "void", "while"}
)
_RULES: dict[frozenset[str], str] = {
    frozenset({"sum", "equals"}): "sum",
    frozenset({"field", "at_most"}): "at_most",
    frozenset({"field", "not_after"}): "not_after",
    frozenset({"field", "not_before"}): "not_before",
    frozenset({"field", "is"}): "is",
    frozenset({"field", "is_not"}): "is_not",
}
_RULE_TYPES = {
    "sum": ("count",),
    "at_most": ("count", "percent"),
    "not_after": ("date",),
    "not_before": ("date",),
    "is": ("bool", "choice", "criterion"),
    "is_not": ("bool", "choice", "criterion"),
}

EARLIER = re.compile(r"[A-Za-z]\w*\.[a-z]\w*", re.ASCII)  # a variable of an earlier step, or of the office

Finding = tuple[str, str, str]  # field, code, key


class InvalidDefinition(Exception):
    """A definition was used that has errors."""

    def __init__(self, problems: list[FormProblem]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.message_en}" for each in problems))
        self.problems = problems


# --- the shape -------------------------------------------------------------------------------------------------


class _Shape(marshmallow.Schema):
    """Base: messages are codes, unknown keys are refused."""

    error_messages: dict[str, Any] = {"unknown": "unknown_key", "type": "not_object"}  # noqa: RUF012 - as marshmallow wants it

    class Meta:
        unknown = marshmallow.RAISE


class _Key(fields.Field[Any]):
    """A key whose value is exactly of one of the Python types, without conversion."""

    default_error_messages: dict[str, Any] = {"required": "missing_key", "null": "wrong_kind"}  # noqa: RUF012

    def __init__(self, *types: type, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.types = types

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if type(value) not in self.types:
            raise marshmallow.ValidationError("wrong_kind")
        return value


class _Words(_Key):
    """Text for people, 1 to 1,000 characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(str, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip() or len(text) > 1_000:
            raise marshmallow.ValidationError("empty_text")
        return text


class _Scalars(_Key):
    """A list of codes, numbers or booleans that is not empty."""

    def __init__(self, *types: type, **kwargs: Any) -> None:
        super().__init__(list, **kwargs)
        self.inner = types

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        listed = super()._deserialize(value, attr, data, **kwargs)
        if not listed or any(type(each) not in self.inner for each in listed):
            raise marshmallow.ValidationError("wrong_kind")
        return listed


def _parts(schema: type[_Shape], **kwargs: Any) -> fields.List[Any]:
    codes: dict[str, Any] = {
        "required": "missing_key",
        "null": "wrong_kind",
        "invalid": "wrong_kind",
        "type": "not_object",
    }
    return fields.List(fields.Nested(schema, error_messages=codes), error_messages=codes, **kwargs)


class _WhenShape(_Shape):
    field = _Key(str, required=True)
    values = _Scalars(str, int, bool, required=True, data_key="in")


class _OutcomeShape(_Shape):
    value = _Key(str, int, required=True)
    label = _Words(required=True)
    danger = _Key(bool)


class _ChoiceShape(_OutcomeShape):
    when = fields.Nested(_WhenShape, error_messages={"null": "wrong_kind", "type": "not_object"})


class _RuleShape(_Shape):
    sum = _Scalars(str)
    equals = _Key(str)
    field = _Key(str)
    at_most = _Key(str)
    not_after = _Key(str)
    not_before = _Key(str)
    is_ = _Key(str, int, bool, data_key="is")
    is_not = _Key(str, int, bool)
    when = fields.Nested(_WhenShape, error_messages={"null": "wrong_kind", "type": "not_object"})
    message = _Words()


class _FieldShape(_Shape):
    name = _Key(str, required=True)
    type = _Key(str, required=True)
    label = _Words(required=True)
    hint = _Words()
    required = _Key(bool)
    when = fields.Nested(_WhenShape, error_messages={"null": "wrong_kind", "type": "not_object"})
    min = _Key(int, str)
    max = _Key(int, str)
    choices = _parts(_ChoiceShape)
    variable = _Key(bool)
    personal = _Key(bool)
    reader = _Key(str)


class _FormShape(_Shape):
    key = _Key(str, required=True)
    title = _Words(required=True)
    display = _Key(str)
    asked = _parts(_FieldShape, required=True, data_key="fields")
    outcomes = _parts(_OutcomeShape)
    rules = _parts(_RuleShape)


_SHAPE = _FormShape()


# --- reading ---------------------------------------------------------------------------------------------------


def check_definition(file: str, raw: bytes) -> list[FormProblem]:
    """Return what is wrong with a definition file, in the order of its lines; empty when it is good."""
    try:
        text, definition = _read(raw)
    except _Unreadable as unreadable:
        return [problem(file, unreadable.line, "", unreadable.code, unreadable.key)]
    found = _findings(definition)
    if not found and definition["key"] != PurePosixPath(file).stem:
        found = [("", "key_differs", definition["key"])]
    return sorted(problem(file, _line(text, name), name, code, key) for name, code, key in found)


def spec_of(definition: Mapping[str, Any]) -> FormSpec:
    """Return a definition as data; raises InvalidDefinition if it has errors."""
    if found := _findings(definition):
        raise InvalidDefinition([problem("", 0, name, code, key) for name, code, key in found])
    return FormSpec(
        key=definition["key"],
        title=definition["title"],
        fields=tuple(_field(each) for each in definition["fields"]),
        outcomes=tuple(map(_choice, definition.get("outcomes", ()))),
        rules=tuple(_rule(each) for each in definition.get("rules", ())),
        display=definition.get("display", ""),
    )


class _Unreadable(Exception):
    def __init__(self, code: str, line: int = 0, key: str = "") -> None:
        super().__init__(code)
        self.code, self.line, self.key = code, line, key


def _read(raw: bytes) -> tuple[str, Any]:
    def no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                raise _Unreadable("duplicate_key", key=key[:60])
            seen[key] = value
        return seen

    def no_constants(name: str) -> Any:
        raise _Unreadable("not_json")

    if len(raw) > MAX_BYTES:
        raise _Unreadable("too_big")
    try:
        text = raw.decode("utf-8-sig")
        return text, json.loads(text, object_pairs_hook=no_duplicates, parse_constant=no_constants)
    except json.JSONDecodeError as error:
        raise _Unreadable("not_json", error.lineno) from None
    except (ValueError, RecursionError):
        raise _Unreadable("not_json") from None


def _line(text: str, name: str) -> int:
    """Return the line on which the field `name` is named; 0 when it is not found."""
    found = re.search(rf'"(?:name|value|key)"\s*:\s*{re.escape(json.dumps(name, ensure_ascii=False))}', text)
    return text.count("\n", 0, found.start()) + 1 if found and name else 0


def _field(raw: Mapping[str, Any]) -> FieldSpec:
    kind = TYPES[raw["type"]]
    return FieldSpec(
        name=raw["name"],
        type=raw["type"],
        label=raw["label"],
        hint=raw.get("hint", ""),
        required=raw.get("required", False),
        when=_when(raw.get("when")),
        min=kind.limit(raw["min"]) if "min" in raw else None,
        max=kind.limit(raw["max"]) if "max" in raw else None,
        choices=tuple(map(_choice, raw.get("choices", ()))),
        variable=raw.get("variable", False),
        personal=raw.get("personal", False),
        reader=raw.get("reader", DEFAULT_READER),
    )


def _when(raw: Mapping[str, Any] | None) -> When | None:
    return When(raw["field"], tuple(raw["in"])) if raw else None


def _choice(raw: Mapping[str, Any]) -> Choice:
    return Choice(raw["value"], raw["label"], raw.get("danger", False), _when(raw.get("when")))


def _rule(raw: Mapping[str, Any]) -> Rule:
    more: dict[str, Any] = {"message": raw.get("message", ""), "when": _when(raw.get("when"))}
    if "sum" in raw:
        return Rule("sum", tuple(raw["sum"]), raw["equals"], **more)
    if "is" in raw or "is_not" in raw:
        has: Literal["is", "is_not"] = "is" if "is" in raw else "is_not"
        return Rule(has, (raw["field"],), value=raw[has], **more)
    kind: Literal["at_most", "not_after", "not_before"]
    kind = "at_most" if "at_most" in raw else "not_after" if "not_after" in raw else "not_before"
    return Rule(kind, (raw["field"],), raw[kind], **more)


# --- what is wrong ---------------------------------------------------------------------------------------------


def _findings(definition: Any) -> list[Finding]:
    shape = list(_misshapen(definition, _SHAPE.validate(definition) if isinstance(definition, Mapping) else None))
    return shape or list(_contradictions(definition))


def _misshapen(definition: Any, errors: Any) -> Iterator[Finding]:
    """Flatten marshmallow's nested messages into findings, named by the field they stand in."""
    if errors is None:
        yield "", "not_object", "form"
        return

    def walk(errors: Any, node: Any, name: str, key: str) -> Iterator[Finding]:
        if isinstance(errors, Mapping):
            for part, inner in errors.items():
                child = _child(node, part)
                own = child.get("name") if isinstance(child, Mapping) and key == "fields" else None
                inside = str(part)[:60] if isinstance(part, str) and part != "_schema" else key
                yield from walk(inner, child, own if isinstance(own, str) else name, inside)
        else:
            for code in errors:
                yield name, code, key

    yield from walk(errors, definition, "", "form")


def _child(node: Any, part: Any) -> Any:
    if isinstance(node, Mapping):
        return node.get(part)
    return node[part] if isinstance(node, list) and isinstance(part, int) and part < len(node) else None


def _contradictions(form: Mapping[str, Any]) -> Iterator[Finding]:
    if not _is_name(form["key"]):
        yield "", "bad_name", form["key"][:60]
    if not form["fields"] and not form.get("outcomes"):
        yield "", "empty_form", ""
    if "outcomes" in form:
        yield from _wrong_choices(OUTCOME, form["outcomes"], least=1)
    before: dict[str, Mapping[str, Any]] = {}
    if form.get("outcomes"):
        before[OUTCOME] = {"type": "choice", "choices": form["outcomes"]}
    for field in form["fields"]:
        yield from _wrong_name(field["name"], before)
        if field["type"] in TYPES:
            yield from _wrong_field(field)
            yield from _wrong_when(field, before)
        else:
            yield field["name"], "unknown_type", field["type"][:60]
        before[field["name"]] = field
    for rule in form.get("rules", ()):
        yield from _wrong_rule(rule, {field["name"]: field for field in form["fields"]})
        yield from _wrong_when({"name": rule.get("field", ""), "when": rule.get("when")}, before)
    yield from _wrong_display(form)


def _is_name(name: str) -> bool:
    return bool(re.fullmatch(r"[a-z](?:_?[a-z0-9])*", name)) and len(name) <= 60


def _wrong_name(name: str, before: Mapping[str, Any]) -> Iterator[Finding]:
    if name in RESERVED_NAMES | _CEL_WORDS or name.endswith("_given"):
        yield name, "reserved_name", name
    elif not _is_name(name):
        yield name, "bad_name", name[:60]
    elif name in before:
        yield name, "duplicate_name", name


def _wrong_field(field: Mapping[str, Any]) -> Iterator[Finding]:
    name, kind = field["name"], TYPES[field["type"]]
    if field.get("reader", DEFAULT_READER) not in READERS:
        yield name, "unknown_reader", field["reader"][:60]
    if field["type"] in ("choice", "several"):
        if len(field.get("choices", ())) < 2:
            yield name, "choices_missing", ""
        else:
            yield from _wrong_choices(name, field["choices"])
    elif "choices" in field:
        yield name, "choices_not_here", ""
    yield from _wrong_limits(field)
    if field.get("variable"):
        if kind.variable is None:
            yield name, "variable_not_possible", ""
        elif field.get("personal"):
            yield name, "variable_personal", ""


def _wrong_choices(name: str, choices: list[Mapping[str, Any]], least: int = 2) -> Iterator[Finding]:
    values = [choice["value"] for choice in choices]
    if len(values) < least:
        yield name, "choices_missing", ""
    codes_only = name == OUTCOME or any(isinstance(value, str) for value in values)
    for position, value in enumerate(values):
        good = (
            isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,59}", value)
            if codes_only
            else 0 <= value <= 1_000_000
        )
        if not good or value in values[:position]:
            yield name, "bad_choice", str(value)[:60]
    for choice in choices:
        if "when" in choice and not EARLIER.fullmatch(choice["when"]["field"]):
            yield name, "when_unknown_field", choice["when"]["field"][:60]


def _wrong_limits(field: Mapping[str, Any]) -> Iterator[Finding]:
    limits: dict[str, Any] = {}
    for key in ("min", "max"):
        if key in field:
            try:
                limits[key] = TYPES[field["type"]].limit(field[key])
            except Refused as refused:
                yield field["name"], refused.refusal.code, key
    moving = any(str(limit).startswith(TODAY) for limit in limits.values())
    if len(limits) == 2 and not moving and limits["min"] > limits["max"]:
        yield field["name"], "limits_crossed", ""


def _wrong_when(field: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    when = field.get("when")
    if not when or EARLIER.fullmatch(when["field"]):
        return  # whether an earlier step sets the variable is checked with the whole release
    other = before.get(when["field"])
    if other is None or other["type"] not in _RULE_TYPES["is"]:
        yield field["name"], "when_unknown_field", when["field"][:60]
    elif any(not _may_be(other, value) for value in when["in"]):
        yield field["name"], "when_bad_value", when["field"]


def _may_be(field: Mapping[str, Any], value: Any) -> bool:
    """Tell whether `value` is a value that the yes/no or choice `field` keeps."""
    spec = FieldSpec(field.get("name", ""), field["type"], "", choices=_plain_choices(field))
    try:
        kept = TYPES[field["type"]].parse(spec, value)
    except Refused:
        return False
    return type(kept) is type(value) and kept == value


def _plain_choices(field: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(choice["value"], "") for choice in field.get("choices", ()))


def _wrong_rule(rule: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    kind = _RULES.get(frozenset(rule) - {"message", "when"})
    if kind is None:
        yield "", "rule_unclear", ""
        return
    others = [rule[key] for key in ("equals", "at_most", "not_after", "not_before") if key in rule]
    named = [*rule.get("sum", ()), *others, *([rule["field"]] if "field" in rule else [])]
    for name in named:
        if name in others and EARLIER.fullmatch(name):
            continue
        if name not in own:
            yield "", "rule_unknown_field", name[:60]
        elif own[name]["type"] not in _RULE_TYPES[kind]:
            yield name, "rule_wrong_type", name
    if kind == "at_most" and len({own[name]["type"] for name in named if name in own}) > 1:
        yield rule["field"], "rule_wrong_type", rule["field"]
    if kind in ("is", "is_not") and rule["field"] in own and not _may_be(own[rule["field"]], rule[kind]):
        yield rule["field"], "rule_wrong_type", rule["field"]


def _wrong_display(form: Mapping[str, Any]) -> Iterator[Finding]:
    if "display" in form:
        shown = next((field for field in form["fields"] if field["name"] == form["display"]), None)
        if shown is None or shown["type"] != "text" or not shown.get("required") or "when" in shown:
            yield "", "display_not_text", ""
