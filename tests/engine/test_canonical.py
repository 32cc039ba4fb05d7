"""One text for one value."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.canonical import NotCanonical, canonical, hash_of, hash_of_files, time_of, time_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_is_read_back_is_what_was_written_and_has_the_same_text(value: object) -> None:
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(JSON)
def test_the_text_is_that_of_the_library_of_the_language(value: object) -> None:
    assert canonical(value) == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**63) - 1, 10**40], ids=str)
def test_a_number_is_written_however_long_it_is(number: int) -> None:
    assert canonical([number]) == f"[{number}]"


def test_five_hundred_lists_within_each_other_are_written() -> None:
    deep: list[object] = []
    for _ in range(499):
        deep = [deep]

    assert canonical(deep) == "[" * 500 + "]" * 500


class Colour(Enum):
    RED = "red"


@given(st.dictionaries(TEXT, st.integers(), min_size=2))
def test_the_order_of_keys_makes_no_difference(value: dict[str, int]) -> None:
    turned = dict(reversed(value.items()))

    assert canonical(turned) == canonical(value)
    assert hash_of(turned) == hash_of(value)


@given(JSON, JSON)
def test_two_texts_are_equal_only_if_the_values_are(one: object, other: object) -> None:
    same_json = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)

    assert (canonical(one) == canonical(other)) == same_json


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        {1: "a"},
        {"a": {None: 1}},
        [1.5],
        "\ud800",
        {"\udfff": 1},
        b"x",
        {1, 2},
        datetime(2026, 1, 1, tzinfo=UTC),
        [date(2026, 1, 1)],
        {"a": UUID(int=1)},
        Colour.RED,
        Decimal(1),
    ],
    ids=repr,
)
def test_what_has_no_canonical_text_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_a_value_within_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(NotCanonical):
        canonical(endless)


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=7)))))
def test_a_time_is_read_back_as_the_same_moment(at: datetime) -> None:
    if at > datetime.min.replace(tzinfo=UTC) + timedelta(days=1):
        assert time_of(time_text(at)) == at


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_texts_of_times_sort_as_the_times_do(one: datetime, other: datetime) -> None:
    assert (time_text(one) < time_text(other)) == (one < other)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(NotCanonical):
        time_text(datetime(2026, 1, 1))


def test_the_hash_of_a_folder_changes_with_any_name_and_any_byte() -> None:
    files = {"a": b"1", "b": b"2"}

    hashes = {
        hash_of_files(f)
        for f in (files, {"a": b"1", "b": b"3"}, {"a": b"1", "c": b"2"}, {"a": b"12", "b": b""}, {"a": b"1"}, {})
    }

    assert len(hashes) == 6
    assert hash_of_files(dict(reversed(files.items()))) == hash_of_files(files)
