"""What a browser request brings: the engine, the form as it was typed, and the hidden fields of every form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

from flask import current_app, g, request
from werkzeug.exceptions import UnprocessableEntity

from engine.office.files import LARGEST_FILE
from engine.office.pace import Kind
from forms.spec import CONTROL_NAMES

if TYPE_CHECKING:
    from engine.office.service import Engine

FIELDS_LIMIT = 2_000
UPLOAD_BODY_LIMIT = LARGEST_FILE + 64 * 1024  # the file and the fields that go with it


def engine() -> Engine:
    return cast("Engine", current_app.extensions["engine"])


def count(kind: Kind) -> None:
    """Count what the person of the request does; TooMany beyond what the office lets through."""
    if most := current_app.config["LIMITS"].of(kind):
        engine().admit(g.actor, kind, most)


def given(name: str) -> str | None:
    """Return a parameter of the address, cut to 200 characters; None where it says nothing."""
    return request.args.get(name, "").strip()[:200] or None


def posted() -> dict[str, Any]:
    """Return what was typed, without the hidden fields. A field sent twice is a list, which no form accepts."""
    if len(request.form) > FIELDS_LIMIT:
        raise UnprocessableEntity()
    return values_of((name, value) for name, value in request.form.items(multi=True) if name not in CONTROL_NAMES)


def values_of(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the values of fields by name, a list for one that was sent several times."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def command_id() -> str:
    """Return the id the form was rendered with, so that a double click is one command."""
    try:
        return str(UUID(request.form.get("command_id", "")))
    except ValueError:
        raise UnprocessableEntity() from None


def expected_version() -> int:
    return whole_number(request.form.get("expected_version", ""))


def whole_number(typed: str) -> int:
    """Return a number as our pages write it, of at most nine digits."""
    if not re.fullmatch("[0-9]{1,9}", typed):
        raise UnprocessableEntity()
    return int(typed)


def new_command_id() -> str:
    return str(uuid4())


def wants_part() -> bool:
    """Return whether htmx asked, which replaces a part of the page."""
    return request.headers.get("HX-Request") == "true"
