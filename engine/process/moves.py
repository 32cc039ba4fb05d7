"""What can be done to a process instance: the part of a command that the pure core sees.

A move is journalled with its entry, so its JSON keeps its shape for ever. Keys are those of steps, timers and
waits for messages, as "appraisal#1" or "opinions#1/answer#2" (decision 25).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

Scalar = bool | int | str

_move_type: dict[str, type[Move]] = {}


@dataclass(frozen=True)
class Move:
    """Base of all moves; the JSON key `move` holds the class name."""

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.name = cls.__name__
        _move_type[cls.__name__] = cls


@dataclass(frozen=True)
class Complete(Move):
    """A user task is done. `variables` are plain field names; they replace those of an earlier visit."""

    key: str
    variables: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class FireTimer(Move):
    """A timer is due. `due_at` is what TimerScheduled said, so that a timer moved since then does not fire."""

    key: str
    due_at: str


@dataclass(frozen=True)
class Deliver(Move):
    """A message arrived; without a key the oldest wait for it gets it."""

    message: str
    key: str | None = None
    variables: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Broadcast(Move):
    """A signal came from outside: everything that waits for it now gets it."""

    signal: str
    variables: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Suspend(Move):
    """Freeze everything: nothing but Resume and Withdraw is accepted until then."""


@dataclass(frozen=True)
class Resume(Move):
    """Thaw."""


@dataclass(frozen=True)
class Withdraw(Move):
    """Cancel every open step; the instance has ended."""


@dataclass(frozen=True)
class Retry(Move):
    """Try again where an incident was raised."""

    key: str


def move_to_json(move: Move) -> dict[str, Any]:
    """Return `move` as JSON; `move_from_json` is the exact inverse."""
    return {"move": move.name} | {name: value for name, value in vars(move).items() if value is not None}


def move_from_json(data: Mapping[str, Any]) -> Move:
    """Return the move that `data` describes; KeyError for a name no version of the engine wrote."""
    values = dict(data)
    return _move_type[values.pop("move")](**values)
