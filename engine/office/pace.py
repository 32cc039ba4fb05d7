"""How many writes the programs of one person may send in a minute, counted in the database: for all servers together.

A minute begins with the first write in it. Refused commands count as well; what is over the count changes nothing.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, select, text

from engine.canonical import time_of, time_text
from engine.errors import TooManyWrites
from engine.store.tables import rate_limit

WINDOW = timedelta(minutes=1)
_COUNT = text(
    "INSERT INTO rate_limit (subject, tries, since) VALUES (:subject, 1, :now) ON CONFLICT (subject) DO UPDATE SET "
    "since = CASE WHEN rate_limit.since <= :over THEN :now ELSE rate_limit.since END, "
    "tries = CASE WHEN rate_limit.since <= :over THEN 1 ELSE rate_limit.tries + 1 END"
)


def admit(tx: Connection, person: str, most: int, now: datetime) -> None:
    """Count one write of a person.

    Args:
        most: how many are let through in a minute.

    Raises:
        TooManyWrites: with the seconds to wait; such a write isn't counted.
    """
    subject = sha256(f"writes:{person}".encode()).hexdigest()
    row = tx.execute(select(rate_limit).where(rate_limit.c.subject == subject).with_for_update()).first()
    seconds = math.ceil((time_of(row.since) + WINDOW - now).total_seconds()) if row else 0
    if row and row.tries >= most and seconds > 0:
        raise TooManyWrites(seconds=seconds)
    tx.execute(_COUNT, {"subject": subject, "now": time_text(now), "over": time_text(now - WINDOW)})
