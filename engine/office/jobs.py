"""What is due in an office, done: timers, files of papers, reminders, messages, old drafts, the log and its heads.

Each job does what is due now and may be called as often as one likes, by any number of processes, which may be killed
at any moment: what was done is done once, what was not is due again. On SQLite one thread of `serve` calls `run_all`,
on PostgreSQL workers call `run`. There is no queue here: that something is due is read from the tables.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import time
from functools import partial
from pathlib import Path
from random import shuffle
from uuid import uuid4

from engine.commands import SYSTEM, ProduceDocument
from engine.errors import CannotOpen, NominationClosed, PaperNotInDrafting, TaskNotOpen
from engine.office import directory, failures, messages, timers
from engine.office.act import Trial
from engine.office.clock import LOCAL
from engine.office.papers import documents
from engine.office.service import Engine
from engine.ports import Message, Post
from engine.store import sealing
from engine.store.database import Database
from engine.store.heads import HEADS_FILE, SignedHead, read_heads
from engine.store.sealing import Sealer

logger = logging.getLogger("khenthuong")

LOT = 200
OFFICE_OPENS = time(7, 0)
# Somebody else was faster, or the case stands still: nothing failed.
OVERTAKEN = (TaskNotOpen, NominationClosed, PaperNotInDrafting)


def heads_beside(data: Path) -> list[SignedHead]:
    """Return the signed heads that are kept in a data folder.

    Raises:
        CannotOpen: why is bad_heads: some line is none.
    """
    try:
        found = read_heads(data / HEADS_FILE)
    except (ValueError, TypeError):
        raise CannotOpen(why="bad_heads") from None
    if any(not isinstance(head.size, int) or not isinstance(head.root, str) for head in found):
        raise CannotOpen(why="bad_heads")
    return found


def refuse_rollback(database: Database, data: Path) -> None:
    """Refuse a database that holds less than the heads kept in a data folder were signed over.

    Raises:
        CannotOpen: why is rolled_back, or as `heads_beside`.
    """
    heads_beside(data)
    sealing.refuse_rollback(database, data / HEADS_FILE)


class Jobs:
    """The jobs of one office. Not to be shared between threads.

    Args:
        data: the folder with the key that signs heads, and the file of heads.
        post: carries messages; without one nobody is reminded and nothing is sent.
    """

    def __init__(self, engine: Engine, data: Path, post: Post | None = None) -> None:
        self._engine = engine
        self._post = post
        self._data = data
        self._sealer = Sealer(engine.database, data, engine.clock)
        self._all: dict[str, Callable[[], int]] = {
            "timers": self.fire_timers,
            "documents": self.write_documents,
            "reminders": self.remind,
            "messages": self.send_messages,
            "drafts": engine.forget_drafts,
            "seal": self.seal,
        }

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._all)

    def refuse_misfit(self) -> None:
        """Refuse a database that does not fit the key and the heads of the data folder.

        Raises:
            CannotOpen: why is other_key, or as `refuse_rollback`.
        """
        self._sealer.refuse_other_key()
        refuse_rollback(self._engine.database, self._data)

    def run(self, name: str) -> int:
        """Do what is due of one job and return how much that was.

        Raises:
            CannotOpen: the database cannot be used now; everything stays due.
        """
        return self._all[name]()

    def run_all(self, *, urgent: bool = False) -> int:
        """Do what is due of all jobs; one that breaks stops no other.

        Args:
            urgent: sign over whatever is unsigned.

        Raises:
            CannotOpen: the database cannot be used now.
        """
        done = 0
        for name in self._all:
            try:
                done += self.seal(urgent=urgent) if name == "seal" else self.run(name)
            except CannotOpen:
                raise
            except Exception:
                logger.exception("the job %s broke", name)
        return done

    # --- the jobs

    def fire_timers(self) -> int:
        """Fire the timers that are due, one lot of them."""
        job = "timers"
        with self._engine.database.read() as reader:
            resting = failures.resting(reader, job, self._engine.clock.now())
            due = timers.due(reader, self._engine.clock.now(), LOT, resting)
        shuffle(due)  # several workers that find the same lot seldom reach for the same timer
        return self._each(job, ((command.command_id, partial(self._engine.fire_timer, command)) for command in due))

    def write_documents(self) -> int:
        """Write the files of papers that wait for their signature."""
        if self._engine.renderer is None:
            return 0
        job = "documents"
        with self._engine.database.read() as reader:
            now = self._engine.clock.now()
            resting = failures.resting(reader, job, now)
            due = documents.due(Trial(reader, SYSTEM, now, self._engine.releases))
        return self._each(job, ((code, partial(self._write, code)) for code in due if code not in resting))

    def _write(self, code: str) -> None:
        self._engine.produce_document(ProduceDocument(command_id=str(uuid4()), actor=SYSTEM, paper=code))

    def remind(self) -> int:
        """Tell the units of tasks over or near their limits, once on a working day after the offices opened."""
        if self._post is None:
            return 0
        now = self._engine.clock.now().astimezone(LOCAL)
        with self._engine.database.read() as reader:
            is_workday = directory.calendar(reader.connection).is_workday(now.date())
            done = reader.is_answered(messages.command_of(now.date()).command_id)
        if done or not is_workday or now.time() < OFFICE_OPENS:
            return 0
        self._engine.remind_overdue(messages.command_of(now.date()))
        return 1

    def send_messages(self) -> int:
        """Send what stands in the outbox, one lot of it."""
        if self._post is None:
            return 0
        job, post = "messages", self._post
        with self._engine.database.read() as reader:
            now = self._engine.clock.now()
            found = messages.waiting(reader, now, LOT, failures.resting(reader, job, now))

        return self._each(job, ((message.key, partial(self._send, post, message)) for message in found))

    def _send(self, post: Post, message: Message) -> None:
        sent = post.send(message)
        with self._engine.database.write() as tx:
            messages.note(tx, message, sent, self._engine.clock.now())

    def seal(self, *, urgent: bool = False) -> int:
        """Put entries into the log and sign a head if one is due."""
        self._sealer.run(urgent=urgent)
        return 0

    def _each(self, job: str, items: Iterable[tuple[str, Callable[[], object]]]) -> int:
        """Do each item by itself and return how many went well. One that fails is tried again later, thrice in all."""
        database, done = self._engine.database, 0
        with database.read() as reader:
            tried = failures.tried(reader, job)
        for item, work in items:
            try:
                work()
            except CannotOpen:
                raise
            except OVERTAKEN:
                continue
            except Exception as problem:
                tries = failures.note(database, job, item, type(problem).__name__, self._engine.clock.now())
                logger.exception("%s: %s failed, try %s", job, item, tries)
                continue
            done += 1
            if item in tried:
                failures.forget(database, job, item)
        return done
