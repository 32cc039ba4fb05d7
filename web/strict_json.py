"""JSON as its standard says and as our forms need it: nothing two readers could take differently, nothing endless."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, NoReturn

from web.requests import FIELDS_LIMIT

DEEPEST = 20  # levels: a form in a row of a list, its groups and their lines


class NotStrict(ValueError):
    """The text is JSON to some readers and not taken here; says why."""


def strict_json(body: bytes) -> Any:
    """Read JSON without NaN, endless numbers, a name twice in one object, and more names or levels than a form has.

    Raises:
        NotStrict: there is such a thing.
        ValueError: it is no JSON at all.
    """
    try:
        read = json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_unique)
    except RecursionError:
        raise NotStrict("Too deeply nested.") from None
    level = [read]
    for _each in range(DEEPEST):
        level = [inner for outer in level for inner in _inner(outer)]
    if level:
        raise NotStrict("Too deeply nested.")
    return read


def _refuse(name: str) -> NoReturn:
    raise NotStrict(f"{name} is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        _refuse(text[:20])
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > FIELDS_LIMIT:
        raise NotStrict("Too many names in one object.")
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("A name stands twice in one object.")
    return found


def _inner(value: Any) -> Collection[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
