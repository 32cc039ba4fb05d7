"""What the jobs could not do: tried three times, then left to an administrator (decision 12).

Kept apart from the record: a failed try changes nothing, and one item that fails never stops another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from engine.canonical import time_of, time_text
from engine.store import tables
from engine.store.database import Database
from engine.store.reader import Reader

FAILURE = tables.job_failure.c
TRIES = 3
PAUSES = (timedelta(minutes=1), timedelta(minutes=10))  # before the second and the third try


@dataclass(frozen=True)
class JobFailure:
    """`why` is the class of the error; what it said is in the log of the process that met it."""

    job: str
    item: str
    tries: int
    why: str
    failed_at: datetime


def resting(reader: Reader, job: str, now: datetime) -> set[str]:
    """Return the items that are not to be tried now."""
    query = select(FAILURE.item).where(
        FAILURE.job == job, (FAILURE.tries >= TRIES) | (FAILURE.next_at > time_text(now))
    )
    return set(reader.execute(query).scalars())


def tried(reader: Reader, job: str) -> set[str]:
    """Return the items that failed before."""
    return set(reader.execute(select(FAILURE.item).where(FAILURE.job == job)).scalars())


def given_up(reader: Reader) -> list[JobFailure]:
    """Return what waits for an administrator, the oldest first."""
    query = select(tables.job_failure).where(FAILURE.tries >= TRIES).order_by(FAILURE.failed_at, FAILURE.item)
    return [JobFailure(r.job, r.item, r.tries, r.why, time_of(r.failed_at)) for r in reader.execute(query)]


def note(database: Database, job: str, item: str, why: str, now: datetime) -> int:
    """Count a failed try and return which one it was."""
    this = (FAILURE.job == job, FAILURE.item == item)
    with database.write() as tx:
        tries = (tx.execute(select(FAILURE.tries).where(*this)).scalar() or 0) + 1
        pause = PAUSES[min(tries, len(PAUSES)) - 1]
        tx.execute(delete(tables.job_failure).where(*this))
        row = {"failed_at": time_text(now), "next_at": time_text(now + pause)}
        tx.execute(insert(tables.job_failure), {"job": job, "item": item, "tries": tries, "why": why} | row)
    return tries


def forget(database: Database, job: str, item: str) -> None:
    """Count from the beginning again: it was done, or an administrator wants it to be tried."""
    with database.write() as tx:
        tx.execute(delete(tables.job_failure).where(FAILURE.job == job, FAILURE.item == item))
