"""How often one person may do what, counted in the database: for all servers together.

A minute or an hour begins with the first act in it. Refused acts count as well; what is over the count changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, select, text

from engine.canonical import time_of, time_text
from engine.errors import TooMany, TooManyExports, TooManyUploads, TooManyWrites
from engine.store.tables import rate_limit

Kind = Literal["writes", "uploads", "exports"]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PACES: dict[Kind, tuple[timedelta, type[TooMany]]] = {
    "writes": (MINUTE, TooManyWrites),
    "uploads": (HOUR, TooManyUploads),
    "exports": (HOUR, TooManyExports),
}
_COUNT = text(
    "INSERT INTO rate_limit (subject, tries, since) VALUES (:subject, 1, :now) ON CONFLICT (subject) DO UPDATE SET "
    "since = CASE WHEN rate_limit.since <= :over OR rate_limit.since > :now THEN :now ELSE rate_limit.since END, "
    "tries = CASE WHEN rate_limit.since <= :over OR rate_limit.since > :now THEN 1 ELSE rate_limit.tries + 1 END"
)


@dataclass(frozen=True)
class Limits:
    """How much is let through for one person; 0: as much as they like.

    `writes`: commands of their programs in a minute; `uploads`: files they attach in an hour; `exports`: files of
    papers they fetch in an hour.
    """

    writes: int = 0
    uploads: int = 0
    exports: int = 0

    def of(self, kind: Kind) -> int:
        return {"writes": self.writes, "uploads": self.uploads, "exports": self.exports}[kind]


def admit(tx: Connection, person: str, kind: Kind, most: int, now: datetime) -> None:
    """Count one act of a person.

    Args:
        most: how many of its kind are let through in its minute or hour.

    Raises:
        TooMany: with the time to wait; such an act isn't counted.
    """
    window, refused = PACES[kind]
    subject = sha256(f"{kind}:{person}".encode()).hexdigest()
    row = tx.execute(select(rate_limit).where(rate_limit.c.subject == subject).with_for_update()).first()
    left = time_of(row.since) + window - now if row else timedelta()
    seconds = (
        math.ceil(left.total_seconds()) if left <= window else 0
    )  # the clock was ahead then: nobody waits for that
    if row and row.tries >= most and seconds > 0:
        raise refused(seconds=seconds, minutes=math.ceil(seconds / 60))
    tx.execute(_COUNT, {"subject": subject, "now": time_text(now), "over": time_text(now - window)})
