"""Snapshots of older state formats, brought up to the one this version writes.

A format never changes: whoever writes another one raises `engine.process.state.FORMAT` and adds the function that
makes the new out of the old. Loading never depends on executing a journal again (decision 2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.errors import StateUnreadable
from engine.process import state

# Format -> the function that makes the next one out of its counter, state and trees.
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def upgraded(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return the snapshot in the format of this version.

    Raises:
        StateUnreadable: it is of a newer format, or of one that nothing leads on from.

    >>> upgraded({"format": state.FORMAT, "counter": 1})["counter"]
    1
    """
    while (held := snapshot["format"]) != state.FORMAT:
        if held not in UPGRADES:
            raise StateUnreadable(why="format", format=held)
        snapshot = UPGRADES[held](snapshot) | {"format": held + 1}
    return snapshot
