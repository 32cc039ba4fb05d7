"""Canonical JSON and hashes: one text for one value, whatever machine wrote it.

Keys sorted, no spaces, UTF-8, no floats. Everything that is hashed, in the journal and in the state of an
instance, is hashed over this text; what has no such text is refused, never bent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson


class NotCanonical(ValueError):
    """Expected JSON of str, int, bool, None, lists and dicts with str keys, all of it valid Unicode."""


def canonical(value: Any) -> str:
    """Return the canonical JSON text of `value`; tuples are written as lists.

    Raises:
        NotCanonical: a float, another type, a key that is no str, a lone surrogate, or a value within itself.

    >>> canonical({"b": [True, None], "a": "Tân Trào"})
    '{"a":"Tân Trào","b":[true,null]}'
    """
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        return _slowly(value)
    _refuse_other_values(value)
    return text


def _slowly(value: Any) -> str:
    # orjson stops at numbers of more than 64 bits and at some 250 values within each other, where JSON does not; and at
    # keys that are no texts, which json turns into some.
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        text.encode()
    except (TypeError, ValueError, RecursionError) as problem:
        raise NotCanonical(type(problem).__name__) from None
    _refuse_other_values(value, keys=True)
    return text


_PLAIN = frozenset((str, int, bool, type(None)))


def _refuse_other_values(value: Any, *, keys: bool = False) -> None:
    # orjson writes times and the like, and floats in their shortest form. A loop over a list that grows: the journal
    # writes nothing that did not pass here, and recursion costs three times as much.
    waiting = [value]
    for item in waiting:
        if isinstance(item, dict):
            if keys and not all(isinstance(key, str) for key in item):
                raise NotCanonical("a key that is no text")
            waiting += [inner for inner in item.values() if type(inner) not in _PLAIN]
        elif isinstance(item, list | tuple):
            waiting += [inner for inner in item if type(inner) not in _PLAIN]
        elif not (item is None or isinstance(item, str | int)):
            raise NotCanonical(type(item).__name__)


def hash_of(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of `value`, in hexadecimal."""
    return sha256(canonical(value).encode()).hexdigest()


def hash_of_files(files: Mapping[str, bytes]) -> str:
    """Return one SHA-256 over a folder: over the canonical JSON of [path, SHA-256 of the content], by path."""
    return hash_of([[path, sha256(files[path]).hexdigest()] for path in sorted(files)])


def time_text(at: datetime) -> str:
    """Return `at` in UTC with microseconds: texts of this form sort as the times do.

    >>> time_text(datetime(2026, 11, 23, 3, 25, tzinfo=UTC))
    '2026-11-23T03:25:00.000000Z'
    """
    if at.tzinfo is None:
        raise NotCanonical("a time without zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def time_of(text: str) -> datetime:
    """Return the time that `time_text` wrote."""
    return datetime.fromisoformat(text)
