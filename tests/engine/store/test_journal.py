"""The form of an entry, which nobody may change: what is hashed, and in which writing."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from types import SimpleNamespace

import pytest

from engine.canonical import NotCanonical, canonical
from engine.store.journal import Entry, entry_of
from tests.engine.store import acts

ENTRY = Entry("unit:X2545", 3, acts.START, {"command": "AddUnit", "facts": []}, "ab", "", "cd", "1/3.2.0")
WRITTEN = (
    '{"at":"2026-11-23T01:00:00.000000Z","body":{"command":"AddUnit","facts":[]},"engine_version":"1/3.2.0",'
    '"prev_hash":"ab","seq":3,"state_hash":"cd","stream":"unit:X2545"}'
)


def test_the_hash_is_that_of_the_canonical_json_of_everything_but_itself() -> None:
    assert ENTRY.expected_hash() == sha256(WRITTEN.encode()).hexdigest()
    assert ENTRY.sealed().hash == ENTRY.expected_hash()


@pytest.mark.parametrize(
    "other",
    [
        *({"stream": "unit:X"}, {"seq": 4}, {"at": acts.minutes(1)}, {"body": {}}, {"prev_hash": ""}),
        *({"state_hash": None}, {"engine_version": "1/3.2.1"}),
    ],
    ids=lambda other: next(iter(other)),
)
def test_no_part_of_an_entry_is_left_out_of_its_hash(other: dict[str, object]) -> None:
    assert replace(ENTRY, **other).expected_hash() != ENTRY.expected_hash()  # type: ignore[arg-type]


def test_an_entry_tells_what_its_stream_is_about() -> None:
    assert (ENTRY.kind, ENTRY.subject) == ("unit", "X2545")
    calendar = replace(ENTRY, stream="calendar")
    assert (calendar.kind, calendar.subject) == ("calendar", "")


def test_a_row_holds_what_is_hashed_and_the_hash() -> None:
    row = ENTRY.sealed().row()
    others = {name: value for name, value in row.items() if name not in ("hash", "body")}
    assert row["body"] == canonical(ENTRY.body)
    assert sha256(canonical(others | {"body": ENTRY.body}).encode()).hexdigest() == row["hash"]


def test_a_row_is_read_as_the_entry_that_was_written() -> None:
    written = ENTRY.sealed()
    read = entry_of(SimpleNamespace(**written.row()))  # type: ignore[arg-type]
    assert (read, read.hash) == (written, written.hash)


def read(body: str) -> Entry:
    return entry_of(SimpleNamespace(**ENTRY.sealed().row() | {"body": body}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        *('{"n":18446744073709551616}', '{"n":-9223372036854775809}', '{"n":' + "7" * 4000 + "}"),
        *('{"n":1.0}', '{"n":1}', '{"n":-0}', '{"n":1e400}', '{"n":NaN}', '{"a":1,"a":2}', '{"b":1,"a":2}'),
        *('{ "a":1}', '{"a":"\\u0041"}', '{"a":"\\ud800"}', '{"a":"\\/"}', "[" * 300 + "]" * 300, '"x"', "null"),
    ],
    ids=lambda body: body[:20],
)
def test_a_body_is_read_as_json_reads_it_and_its_text_is_canonical_or_none(body: str) -> None:
    held = json.loads(body)

    entry = read(body)

    assert repr(entry.body) == repr(held)
    try:
        expected: str | None = canonical(held)
    except NotCanonical:
        expected = None
    if expected is None:
        with pytest.raises(NotCanonical):
            entry.text  # noqa: B018
    else:
        assert entry.text == expected


@pytest.mark.parametrize("body", ["", "{", '{"a":1}x', '{"n":' + "7" * 5000 + "}", '{"a":"\n"}'], ids=lambda b: b[:8])
def test_what_is_no_json_is_no_body(body: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(body)
