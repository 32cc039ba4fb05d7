"""One command being carried out: who acts, when, on which releases, and how its entries are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from engine.canonical import time_text
from engine.commands import SYSTEM, Command
from engine.facts import Fact
from engine.office import directory
from engine.office.clock import local_day
from engine.office.releases import Releases
from engine.office.views import Actor, PersonView
from engine.office.workdays import WorkCalendar
from engine.process.context import Context
from engine.process.moves import Move, move_to_json
from engine.store.journal import Entry
from engine.store.transaction import Transaction


@dataclass(frozen=True)
class Act:
    """Everything a command handler works with; made by engine.office.service for each command."""

    tx: Transaction
    command: Command
    now: datetime
    releases: Releases

    @property
    def today(self) -> date:
        return local_day(self.now)

    @cached_property
    def actor(self) -> Actor:
        """Who acts, with the memberships of today. SYSTEM is a person without name or role."""
        if self.command.actor == SYSTEM:
            return Actor(PersonView(SYSTEM, "", ""), SYSTEM, ())
        return directory.actor(self.tx.connection, self.command.actor, self.today)

    @cached_property
    def calendar(self) -> WorkCalendar:
        return directory.calendar(self.tx.connection)

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
