"""What one command brings about for dossiers, until engine.office.receipts writes it down behind everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.facts import (
    DossierStatusReached,
    Fact,
    ProcessEnded,
    ProcessResumed,
    ProcessSuspended,
    ProcessWithdrawn,
    StatusReached,
)

# Facts of a nomination that its dossier's clock may follow.
TOLD = (DossierStatusReached, StatusReached, ProcessEnded, ProcessWithdrawn, ProcessSuspended, ProcessResumed)


@dataclass
class Receipt:
    """One receipt as this command gives it out or adds to it."""

    dossier: str
    code: str
    received_on: str
    regime: str
    joined: bool
    nominations: list[str] = field(default_factory=list)


@dataclass
class Ledger:
    """What one command has brought about for dossiers, until `settle` writes it down."""

    nominations: set[str] = field(default_factory=set)  # of which TOLD facts were written
    without_clock: set[str] = field(default_factory=set)  # whose dossier is known to have no clock that runs
    locked: set[str] = field(default_factory=set)  # dossiers
    receipts: dict[tuple[str, str], Receipt] = field(default_factory=dict)  # by dossier and regime

    def note(self, stream: str, facts: Sequence[Fact]) -> None:
        subject, _, case = stream.partition(":")
        if subject == "nomination" and any(isinstance(fact, TOLD) for fact in facts):
            self.nominations.add(case)
