"""Facts of the directory, the calendar, accounts, releases and engine versions."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.facts.base import Fact


@dataclass(frozen=True, kw_only=True)
class UnitAdded(Fact):
    unit: str
    title: str
    kind: str
    valid_from: str
    valid_to: str | None = None
    superior: str | None = None
    predecessors: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class UnitEnded(Fact):
    """`valid_to` is the last day the unit exists."""

    unit: str
    valid_to: str
    successors: list[str]


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Fact):
    """`person_data` is the salted hash of name and position."""

    person: str
    person_data: str


@dataclass(frozen=True, kw_only=True)
class PersonIdentified(Fact):
    """`identity_data` is the salted hash of the personal identification number."""

    person: str
    identity_data: str


@dataclass(frozen=True, kw_only=True)
class MembershipAdded(Fact):
    membership: str
    person: str
    unit: str
    role: str
    valid_from: str
    valid_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class MembershipEnded(Fact):
    membership: str
    person: str
    valid_to: str


@dataclass(frozen=True, kw_only=True)
class AccountOpened(Fact):
    """`account_data` is the salted hash of the user name."""

    person: str
    account_data: str
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class AccountDisabled(Fact):
    person: str


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Fact):
    person: str


@dataclass(frozen=True, kw_only=True)
class LoggedIn(Fact):
    person: str


@dataclass(frozen=True, kw_only=True)
class DaySet(Fact):
    """An override of the calendar. `kind` is nghi (off) or lam_bu (worked); `document` names the paper."""

    day: str
    kind: str
    document: str


@dataclass(frozen=True, kw_only=True)
class ReleasePublished(Fact):
    release: str
    sha256: str
    in_force_from: str
    regime: str


@dataclass(frozen=True, kw_only=True)
class DataErased(Fact):
    """What these hashes named in `form_data` and in `blob` was erased; it was about what the stream is about."""

    erased_data: list[str]
    erased_blobs: list[str]


@dataclass(frozen=True, kw_only=True)
class EngineUpgraded(Fact):
    """First entry of a stream under a new engine version: re-execution starts a new segment here (decision 2)."""

    engine_version: str
    snapshot: str  # sha256 of the snapshot kept in `blob`
