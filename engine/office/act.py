"""One command being carried out, or only tried: who acts, when, on which releases, and how entries are written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from threading import Event
from typing import Any

from sqlalchemy import Row, select

from engine.canonical import time_text
from engine.commands import SYSTEM, Command
from engine.facts import Fact
from engine.office import directory
from engine.office.clock import local_day
from engine.office.ledger import Ledger
from engine.office.releases import Releases
from engine.office.views import Actor, PersonView
from engine.office.workdays import WorkCalendar
from engine.ports import Signal
from engine.process.context import Context
from engine.process.moves import Move, move_to_json
from engine.process.release import Release
from engine.store import tables
from engine.store.journal import Entry, Head
from engine.store.reader import Reader
from engine.store.statements import ListStatement
from engine.store.transaction import Transaction


class Sight:
    """What judging needs, whether or not anything is written then: who acts, on which day, in which office."""

    tx: Reader
    now: datetime
    releases: Releases

    @property
    def person(self) -> str:
        """The id of who acts."""
        raise NotImplementedError

    def hold(self, streams: Collection[str]) -> None:
        """Let nobody else write to these streams until it is over, if anything is going to be written."""

    def claim(self, lock: ListStatement, ids: Sequence[str]) -> None:
        """Take the advisory locks that `lock` asks for until it is over, if anything is going to be written."""

    def lay_out(self, read: ListStatement, lock: ListStatement, ids: Sequence[str], **values: str) -> list[Row[Any]]:
        """Return the rows of `read`, their streams locked by `lock` if anything is going to be written.

        Both take who acts and the day beside `values`, and give what `learn` reads; `lock` gives as well `stream`,
        `seq`, `hash`, `engine_version`, and `seen_seq` as it was before it waited.
        """
        return list(read(self.tx.connection, ids, **self._asking, **values))

    @property
    def _asking(self) -> dict[str, str]:
        return {"acting": self.person, "day": self.today.isoformat()}

    @property
    def today(self) -> date:
        return local_day(self.now)

    @cached_property
    def actor(self) -> Actor:
        """Who acts, with the memberships of today. SYSTEM is a person without name or role."""
        if self.person == SYSTEM:
            return Actor(PersonView(SYSTEM, "", ""), SYSTEM, ())
        return directory.actor(self.tx.connection, self.person, self.today)

    @cached_property
    def calendar(self) -> WorkCalendar:
        return directory.calendar(self.tx.connection)

    def learn(self, row: Row[Any]) -> None:
        """Take from a row what it tells of actor, calendar, and the unit and round of a case: nobody asks again.

        It has `acting` (of `directory.actor_column`), `calendar_head`, `proposing_unit` with its `superior`, and
        `round` with its `lead`.
        """
        known = vars(self)
        if "actor" not in known and self.person != SYSTEM:
            known["actor"] = directory.actor_of(row.acting, self.person)
        if "calendar" not in known:
            known["calendar"] = directory.calendar_at(self.tx.connection, row.calendar_head)
        self._superiors[row.proposing_unit] = row.superior
        self._leads[row.round or ""] = row.lead

    def superior(self, unit: str) -> str | None:
        """Return the superior of a unit, asked once: the rows of a batch act come from few units."""
        if unit not in self._superiors:
            query = select(tables.unit.c.superior).where(tables.unit.c.id == unit)
            self._superiors[unit] = self.tx.execute(query).scalar()
        return self._superiors[unit]

    def release_on(self, day: date) -> Release:
        """Return the release in force on a day, asked once."""
        if day not in self._releases_on:
            self._releases_on[day] = self.releases.in_force(self.tx, day)
        return self._releases_on[day]

    def bodies(self) -> Mapping[str, Mapping[str, str]]:
        """Return the bodies that may be asked for their opinion, by their code in the release in force."""
        return self.release_on(self.today).tables.get("bodies.toml", {})

    def lead_of(self, round: str | None) -> str | None:
        """Return the unit that consolidates in a round, by the code of the round, asked once."""
        if round is not None and round not in self._leads:
            query = select(tables.round.c.lead).where(tables.round.c.code == round)
            self._leads[round] = self.tx.execute(query).scalar()
        return self._leads.get(round or "")

    @cached_property
    def _releases_on(self) -> dict[date, Release]:
        return {}

    @cached_property
    def _superiors(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def _leads(self) -> dict[str, str | None]:
        return {}


@dataclass(frozen=True)
class Trial(Sight):
    """An act that is only tried: its transaction cannot write."""

    tx: Reader
    by: str
    now: datetime
    releases: Releases

    @property
    def person(self) -> str:
        return self.by


@dataclass(frozen=True)
class Act(Sight):
    """Everything a command handler works with; made by engine.office.service for each command."""

    tx: Transaction
    command: Command
    now: datetime
    releases: Releases
    decided: Signal = field(default_factory=Event)  # set once a head's decision is durable
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def person(self) -> str:
        return self.command.actor

    def hold(self, streams: Collection[str]) -> None:
        if streams:
            self.tx.lock(streams)

    def claim(self, lock: ListStatement, ids: Sequence[str]) -> None:
        if ids and self.tx.connection.dialect.name == "postgresql":  # on SQLite one writes at a time anyhow
            list(lock(self.tx.connection, ids))

    def lay_out(self, read: ListStatement, lock: ListStatement, ids: Sequence[str], **values: str) -> list[Row[Any]]:
        rows = list(lock(self.tx.connection, ids, **self._asking, **values))
        self.tx.locked({row.stream: Head(row.seq, row.hash, row.engine_version) for row in rows})
        if any(row.seq != row.seen_seq for row in rows):
            # Somebody else wrote to one of them while we waited: what stands beside it is read again.
            return super().lay_out(read, lock, ids, **values)
        return rows

    def append(
        self,
        stream: str,
        facts: Sequence[Fact],
        *,
        release: str | None = None,
        move: Move | None = None,
        context: Context | None = None,
        state_hash: str | None = None,
    ) -> Entry:
        """Write this command's entry in a locked stream."""
        self.ledger.note(stream, facts)
        body: dict[str, Any] = {
            "command": self.command.name,
            "command_id": self.command.command_id,
            "actor": self.command.actor,
            "facts": [fact.to_json() for fact in facts],
        }
        if self.command.on_behalf_of:
            body["on_behalf_of"] = self.command.on_behalf_of
        if self.command.done_at:
            body["done_at"] = time_text(self.command.done_at)
        if release:
            body["release"] = release
        if move:
            body["move"] = move_to_json(move)
        if context:
            body["context"] = context.recorded()
        return self.tx.append(stream, body, self.now, state_hash)
