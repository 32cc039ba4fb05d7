"""Snapshots of older formats are brought up one step after the other."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import StateUnreadable
from engine.process import formats, state


@pytest.fixture
def two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def add(name: str) -> Any:
        return lambda snapshot: {**snapshot, "way": [*snapshot.get("way", []), name]}

    monkeypatch.setattr(state, "FORMAT", 9)
    monkeypatch.setitem(formats.UPGRADES, 7, add("seven"))
    monkeypatch.setitem(formats.UPGRADES, 8, add("eight"))


@pytest.mark.usefixtures("two_steps")
def test_each_step_leads_to_the_next_format_and_keeps_what_it_does_not_know() -> None:
    assert formats.upgraded({"format": 7, "counter": 3}) == {"format": 9, "counter": 3, "way": ["seven", "eight"]}
    assert formats.upgraded({"format": 8, "counter": 3})["way"] == ["eight"]
    assert formats.upgraded({"format": 9}) == {"format": 9}


@pytest.mark.usefixtures("two_steps")
@pytest.mark.parametrize("unknown", [6, 10])
def test_a_format_that_nothing_leads_on_from_is_named(unknown: int) -> None:
    with pytest.raises(StateUnreadable) as refused:
        formats.upgraded({"format": unknown})
    assert refused.value.params == {"why": "format", "format": unknown}
