"""Facts of the sessions of councils: written by engine.office.sessions."""

from __future__ import annotations

from dataclasses import dataclass

from engine.facts.base import Fact


@dataclass(frozen=True, kw_only=True)
class SessionOpened(Fact):
    """A council was called together. `tasks` are the ids of the steps at which it votes.

    `council` is the role of its secretary: a unit has its own council, and the Department of Home Affairs that of the
    province besides.
    """

    session: str
    unit: str
    council: str
    day: str
    tasks: list[str]


@dataclass(frozen=True, kw_only=True)
class SessionRecorded(Fact):
    """Who was there, as figures; names, opinions and what was typed of the counts by salted hash."""

    day: str
    total: int
    present: int
    written: int  # who was absent and was asked in writing
    tasks: list[str]
    form_data: str


@dataclass(frozen=True, kw_only=True)
class SessionClosed(Fact):
    """The votes on these tasks were filed, each in the stream of its nomination by the same command."""

    tasks: list[str]


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(Fact):
    """The meeting came to nothing; its nominations wait for another one."""
