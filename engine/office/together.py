"""The part of the front door that handles many nominations at once: tables, batch acts, sessions of councils.

`engine.office.service.Engine` is made of it; nobody else is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from engine import commands as c
from engine.office import completing, incoming, receiving, sessions
from engine.office.act import Act, Trial
from engine.office.batch_views import Awaited, BatchRow, GridView
from engine.office.dossier_views import DossierPage
from engine.office.queries import dossiers as dossier_pages
from engine.office.queries import grid
from engine.office.queries import sessions as session_pages
from engine.office.queries.reading import Reading
from engine.office.releases import Releases
from engine.office.session_views import Council, SessionRow, SessionView
from engine.office.views import Actor
from engine.ports import Clock
from engine.store.database import Database

Answer = dict[str, Any]


class Together:
    """Batch acts and sessions: what they do, and what is read for them."""

    database: Database
    releases: Releases
    clock: Clock
    _run: Callable[[c.Command, Callable[[Act, Any], Answer]], Answer]
    _reading: Callable[[Actor], AbstractContextManager[Reading]]

    # --- batch acts

    def complete_batch(self, command: c.CompleteBatch) -> Answer:
        """Complete up to 1,000 tasks, all of them or none.

        Raises:
            BatchRefused: with a result for each row, if one of them failed.
        """
        return self._run(command, completing.complete_batch)

    def preview_batch(self, actor: Actor, items: Sequence[c.BatchItem]) -> tuple[BatchRow, ...]:
        """Return what completing these tasks together would do, row by row; nothing is written."""
        with self.database.read() as reader:
            trial = Trial(reader, actor.person.id, self.clock.now(), self.releases)
            return completing.preview(trial, items)

    def grid(self, actor: Actor, step: str, release: str, *, after: str | None = None, **filters: Any) -> GridView:
        """Return the open tasks of one step as a table; filters: award, unit, q, tasks, limit."""
        with self._reading(actor) as reading:
            return grid.grid(reading, step, release, after_token=after, **filters)

    # --- dossiers

    def receive_dossier(self, command: c.ReceiveDossier) -> Answer:
        """Receive all nominations of a dossier that have arrived, in one act of the front desk."""
        return self._run(command, receiving.receive)

    def dossier_page(self, actor: Actor, name: str) -> DossierPage:
        """Return a dossier by code or id, with its receipts, its clock and its papers."""
        with self._reading(actor) as reading:
            return dossier_pages.page(reading, name)

    # --- what comes from outside

    def record_message(self, command: c.RecordMessage) -> Answer:
        """Enter what came from outside for several nominations, or for none of them.

        Raises:
            BatchRefused: with a result for each row, if one of them failed.
        """
        return self._run(command, incoming.record)

    def awaited(self, actor: Actor) -> tuple[Awaited, ...]:
        """Return the messages from outside that the actor may enter, with the nominations that wait for them."""
        with self.database.read() as reader:
            return incoming.awaited(Trial(reader, actor.person.id, self.clock.now(), self.releases))

    # --- sessions of councils

    def open_session(self, command: c.OpenSession) -> Answer:
        return self._run(command, sessions.open_session)

    def record_session(self, command: c.RecordSession) -> Answer:
        return self._run(command, sessions.record)

    def close_session(self, command: c.CloseSession) -> Answer:
        """File the votes of a session in one act, all of them or none.

        Raises:
            BatchRefused: with a result for each row, if one of them failed.
        """
        return self._run(command, sessions.close)

    def cancel_session(self, command: c.CancelSession) -> Answer:
        return self._run(command, sessions.cancel)

    def sessions(self, actor: Actor) -> tuple[SessionRow, ...]:
        """Return the sessions the reader may see, the latest first."""
        with self._reading(actor) as reading:
            return session_pages.sessions(reading)

    def councils(self, actor: Actor) -> tuple[Council, ...]:
        """Return the councils whose sessions the reader may call together, with the votes that wait."""
        with self._reading(actor) as reading:
            return session_pages.councils(reading)

    def council_session(self, actor: Actor, session: str) -> SessionView:
        """Return a session, and while it is open what its counts would lead to."""
        with self._reading(actor) as reading:
            return session_pages.session(reading, self.releases, self.clock.now(), session)
