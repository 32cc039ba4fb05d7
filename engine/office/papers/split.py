"""Which papers a selection of nominations needs: one per deciding authority, type of commendation and regime.

Awards of the President and of the Prime Minister may not share a tờ trình, nor may types of commendation (DOMAIN
§0.1, 3). Pure: the same selection gives the same papers, each with its nominations in the order they were given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.office.awards import IN_MOVEMENT, UNIT_HEAD, authority_of

ORDER = (UNIT_HEAD, "CT_UBND", "TTG", "CTN")  # from the nearest to the farthest

# Types of commendation: IN_MOVEMENT, and everything else.
ON_MERIT = "thuong_xuyen"


@dataclass(frozen=True)
class Candidate:
    """What decides in which paper a nomination belongs. `unit` issues the paper."""

    code: str
    award: str
    regime: str
    round: str | None
    unit: str
    dossier: str = ""  # where each dossier needs a paper of its own


@dataclass(frozen=True)
class Part:
    """One paper that is needed. `type` is the type of commendation, phong_trao or thuong_xuyen."""

    unit: str
    authority: str
    type: str
    regime: str
    nominations: tuple[str, ...]


def type_of(round: str | None) -> str:
    """Return the type of commendation: what is proposed in a round is proposed for its movement."""
    return IN_MOVEMENT if round else ON_MERIT


def propose(candidates: Sequence[Candidate]) -> tuple[Part, ...]:
    """Return the papers that these nominations need, the nearest deciding authority first.

    >>> both = [Candidate("a", "BK_TTG", "R3", None, "SNV"), Candidate("b", "BK_TINH", "R3", None, "SNV")]
    >>> [(part.authority, part.nominations) for part in propose(both)]
    [('CT_UBND', ('b',)), ('TTG', ('a',))]
    """
    parts: dict[tuple[str, int, str, str, str], list[str]] = {}
    for each in candidates:
        key = (each.unit, ORDER.index(authority_of(each.award)), type_of(each.round), each.regime, each.dossier)
        parts.setdefault(key, []).append(each.code)
    return tuple(
        Part(unit, ORDER[authority], type, regime, tuple(codes))
        for (unit, authority, type, regime, _), codes in sorted(parts.items())
    )
