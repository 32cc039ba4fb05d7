"""Nominations that could not move to the release in force and keep an earlier one: told by code, never by nominee.

Why is written by engine.office.floating when a nomination is handed in or received. It goes on on its own release;
administrators look at it, for a later release may be drawn so that the next ones can move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.office.releases import Releases
from engine.store import tables
from engine.store.reader import Reader

NOMINATION = tables.nomination.c


@dataclass(frozen=True)
class KeptRow:
    """`why` is a code of engine.process.migration or of floating, `step` the name of what it is about, else ""."""

    code: str
    unit: str
    unit_title: str
    release: str
    why: str
    step: str
    received: bool

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))


def kept(reader: Reader, releases: Releases, most: int | None = None) -> list[KeptRow]:
    """Return the nominations under way that kept their release, by code; at most so many."""
    query = (
        select(tables.nomination, tables.unit.c.title.label("unit_title"))
        .join(tables.unit, tables.unit.c.id == NOMINATION.unit)
        .where(NOMINATION.kept.is_not(None), NOMINATION.ended_at.is_(None))
        .order_by(NOMINATION.code)
        .limit(most)
    )
    found = []
    for row in reader.execute(query).all():
        node = releases.get(reader, row.release).process(row.process).node(row.kept_at) if row.kept_at else None
        step = node.name if node else row.kept_at or ""
        who = (row.code, row.unit, row.unit_title, row.release)
        found.append(KeptRow(*who, why=row.kept, step=step, received=row.receipt is not None))
    return found
