"""The register of legal grounds: what a citation id stands for, since when, and whether the text was read.

Steps name their ground by id (property `legalBasis`), so that a change of law edits one row and no diagram. A ground
known from other texts only is `chua_kiem_chung` and is shown with those words wherever it appears.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from engine.office.seeds import SEEDS

VERIFIED = "da_kiem_chung"
UNVERIFIED = "chua_kiem_chung"


@dataclass(frozen=True)
class Citation:
    """One ground. `title` is how it is written in papers, `text` what it says, `source` where that was read."""

    id: str
    title: str
    text: str
    valid_from: date
    status: str
    source: str
    valid_to: date | None = None

    @property
    def unverified(self) -> bool:
        return self.status != VERIFIED

    def in_force_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@lru_cache(maxsize=8)
def citations(folder: Path = SEEDS) -> dict[str, Citation]:
    """Return the register by id, in the order of its file.

    Raises:
        ValueError: two grounds have one id, or a status is unknown; naming it.
    """
    register: dict[str, Citation] = {}
    for row in tomllib.loads((folder / "citations.toml").read_text(encoding="utf-8"))["citation"]:
        ground = Citation(**row)
        if ground.id in register:
            raise ValueError(f"citations.toml: {ground.id} stands twice")
        if ground.status not in (VERIFIED, UNVERIFIED):
            raise ValueError(f"citations.toml: {ground.id} has the unknown status {ground.status}")
        register[ground.id] = ground
    return register


def citation(id: str) -> Citation | None:
    """Return the ground a step names, None if the register does not know it."""
    return citations().get(id)
