"""The kinds of papers that a release knows: workflows/papers.toml, read here and nowhere else.

A kind says which body issues it and which one receives it (unit scopes), whose role drafts, reviews, signs and numbers
it, and which message its nominations wait for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.process.release import Release

TABLE = "papers.toml"
PROCESS = "paper"

# States of a paper, in their order: properties `status` of its diagram.
DRAFTING = "soan"
REVIEW = "xem_xet"
AT_SIGNATURE = "trinh_ky"
SIGNED = "da_ky"
NUMBERED = "da_cap_so"
ISSUED = "da_phat_hanh"
RECEIVED = "da_nhan"

UNSIGNED = (DRAFTING, REVIEW, AT_SIGNATURE)
SIGNED_NOT_ISSUED = (SIGNED, NUMBERED)


@dataclass(frozen=True)
class PaperKind:
    """`type` is the abbreviation in its number, "" for a letter. `mixed`: it may list several authorities and types.

    `awards`, `regimes`: what it may hold; empty: anything. `per_dossier`: one for each dossier, with all who wait.
    `once_in_movement`: nobody who was awarded in the movement already. `note`: the field, filed at the step before,
    that stands beside each name. `results`: what became of each stands there, with the reason of a refusal.
    """

    id: str
    title: str
    type: str
    issuing: str
    receiving: str | None
    roles: Mapping[str, str]
    message: str | None
    process: str = PROCESS
    mixed: bool = False
    per_dossier: bool = False
    once_in_movement: bool = False
    note: str | None = None
    results: bool = False
    grounds: tuple[str, ...] = ()  # ids of citations
    awards: tuple[str, ...] = ()
    regimes: tuple[str, ...] = ()

    def may_hold(self, award: str, regime: str) -> bool:
        return (not self.awards or award in self.awards) and (not self.regimes or regime in self.regimes)


def kinds_of(release: Release) -> dict[str, PaperKind]:
    """Return the kinds of papers of a release by id; none where it has no such table."""
    table = release.tables.get(TABLE, {}).get("kinds", {})
    return {id: _kind(id, row) for id, row in table.items()}


def kind_of(release: Release, id: str) -> PaperKind:
    """Return one kind; NotFound where the release has none."""
    found = kinds_of(release).get(id)
    if found is None:
        raise NotFound(kind="paper_kind", id=id)
    return found


def _kind(id: str, row: Mapping[str, Any]) -> PaperKind:
    return PaperKind(
        id=id,
        title=row["title"],
        type=row.get("type", ""),
        issuing=row["issuing_body"],
        receiving=row.get("receiving_body"),
        roles={name: row[name] for name in ("drafter", "reviewer", "signer", "registry") if name in row},
        message=row.get("message"),
        process=row.get("process", PROCESS),
        mixed=row.get("mixed", False),
        per_dossier=row.get("per_dossier", False),
        once_in_movement=row.get("once_in_movement", False),
        note=row.get("note"),
        results=row.get("results", False),
        grounds=tuple(row.get("grounds", ())),
        awards=tuple(row.get("awards", ())),
        regimes=tuple(row.get("regimes", ())),
    )
