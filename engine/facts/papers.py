"""Facts of a paper: written by engine.office.papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.facts.base import Fact


@dataclass(frozen=True, kw_only=True)
class PaperStarted(Fact):
    """`lines` are the ids of its nominations in their order; `title` is what the release calls this kind of paper."""

    paper: str
    code: str
    kind: str
    title: str
    unit: str  # that issues it
    regime: str
    release: str
    process: str
    starter: str
    lines: list[str]
    variables: dict[str, Any]  # what the process started with
    receiving_unit: str | None = None
    dossier: str | None = None
    award: str | None = None
    round: str | None = None


@dataclass(frozen=True, kw_only=True)
class PaperRevised(Fact):
    """The next version of a paper begins. `why`: edited | returned | suspended | withdrawn; `lines` as they are now."""

    version: int
    why: str
    lines: list[str]


@dataclass(frozen=True, kw_only=True)
class DocumentProduced(Fact):
    """The file of one version was written; its bytes lie in `blob`, nothing else knows the names in it."""

    version: int
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, kw_only=True)
class PaperNumbered(Fact):
    """Number and date as they stand in the register of the issuing body. `series` is body:type:year."""

    series: str
    number: int
    letter: str  # 15a: a number put in between
    symbol: str  # as written, 15/TTr-SNV
    day: str


@dataclass(frozen=True, kw_only=True)
class PaperArrived(Fact):
    """In the stream of a nomination: the paper it waited for was issued, with number and day where it bears them."""

    paper: str
    code: str
    kind: str
    number: str | None = None
    day: str | None = None


@dataclass(frozen=True, kw_only=True)
class SeriesDeclared(Fact):
    """In the stream of a unit: it numbers papers of this type here."""

    unit: str
    type: str
