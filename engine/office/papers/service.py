"""The part of the front door that is about papers. `engine.office.service.Engine` is made of it; nobody else is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

from engine import commands as c
from engine.errors import EngineError, NotFound
from engine.office.act import Act, Trial
from engine.office.papers import choices, documents, lines, reading, starting, steps
from engine.office.papers.kinds import AT_SIGNATURE
from engine.office.queries import papers as pages
from engine.office.queries.reading import Reading
from engine.office.releases import Releases
from engine.office.views import Actor, FileView, Listing, PaperChoice, PaperPart, PaperView
from engine.ports import Clock, PaperText, Renderer
from engine.store.database import Database

Answer = dict[str, Any]
logger = logging.getLogger("khenthuong")


class Papers:
    """Commands on papers, their reads, and their files, which are written after the commit that asks for them."""

    database: Database
    releases: Releases
    clock: Clock
    renderer: Renderer | None
    _run: Callable[[c.Command, Callable[[Act, Any], Answer]], Answer]
    _reading: Callable[[Actor], AbstractContextManager[Reading]]

    # --- commands

    def complete_task(self, command: c.CompleteTask) -> Answer:
        """Complete a user task of any case; a paper that comes to signature by it gets its file at once."""
        answer = self._run(command, steps.complete)
        if AT_SIGNATURE in answer.get("reached", ()):
            self._produce(answer["paper"])
        return answer

    def start_paper(self, command: c.StartPaper) -> Answer:
        return self._run(command, starting.start)

    def request_supplement(self, command: c.RequestSupplement) -> Answer:
        """Draft the one request for supplements of a dossier."""
        return self._run(command, starting.request)

    def set_paper_lines(self, command: c.SetPaperLines) -> Answer:
        return self._run(command, lines.set_lines)

    def withdraw_paper(self, command: c.WithdrawPaper) -> Answer:
        return self._run(command, starting.withdraw)

    def attach_to_paper(self, command: c.AttachToPaper) -> Answer:
        return self._run(command, starting.attach)

    def declare_series(self, command: c.DeclareSeries) -> Answer:
        return self._run(command, starting.declare_series)

    def produce_document(self, command: c.ProduceDocument) -> Answer:
        """Write the file of a paper at signature, if it has none yet.

        Raises:
            NotFound: there is no such paper for the actor, or nothing here that writes files.
            NotAllowed: the actor only reads it.
        """
        if self.renderer is None:
            raise NotFound(kind="renderer", id="")
        with self.database.read() as reader:
            sight = Trial(reader, command.actor, self.clock.now(), self.releases)
            paper = reading.seen(sight, command.paper)
            documents.check_may_produce(sight, paper)
            text = documents.text_of(sight, paper)
        content, media_type = self.renderer.render(text), self.renderer.media_type
        return self._run(command, lambda act, _: documents.keep(act, command, text.version, content, media_type))

    def _produce(self, paper: str) -> None:
        """Write a file at once; if that fails it stays due, for engine.office.jobs."""
        try:
            self.produce_document(c.ProduceDocument(command_id=str(uuid4()), actor=c.SYSTEM, paper=paper))
        except EngineError:  # signed, sent back or written by somebody else meanwhile, or nothing here writes files
            return
        except Exception:  # the completion stands whatever a template makes of the text
            logger.exception("the file of paper %s was not written", paper)

    # --- reads

    def paper(self, actor: Actor, name: str) -> PaperView:
        """Return a paper by code or id."""
        with self._reading(actor) as reading:
            return pages.paper(reading, name)

    def papers(self, actor: Actor, *, after: str | None = None, **filters: Any) -> Listing:
        """Return a page of papers; filters: status, kind, award, unit, q, limit."""
        with self._reading(actor) as reading:
            return pages.papers(reading, after_token=after, **filters)

    def paper_choices(self, actor: Actor) -> tuple[PaperChoice, ...]:
        """Return the papers the actor can draft now: for each kind, those that wait for it, split as they must be."""
        with self.database.read() as reader:
            return choices.choices(Trial(reader, actor.person.id, self.clock.now(), self.releases))

    def split_paper(self, actor: Actor, kind: str, nominations: Sequence[str]) -> tuple[PaperPart, ...]:
        """Return the papers of a kind that a selection of nominations needs."""
        with self.database.read() as reader:
            return choices.split(Trial(reader, actor.person.id, self.clock.now(), self.releases), kind, nominations)

    def paper_text(self, actor: Actor, name: str) -> PaperText:
        """Return what a paper says, as its file will have it, for a preview."""
        with self.database.read() as reader:
            sight = Trial(reader, actor.person.id, self.clock.now(), self.releases)
            return documents.text_of(sight, reading.seen(sight, name))

    def paper_document(self, actor: Actor, name: str, version: int) -> tuple[FileView, bytes]:
        """Return the file of a version as it was written."""
        with self._reading(actor) as reading:
            return pages.document(reading, name, version)

    def paper_file(self, actor: Actor, name: str, file: str) -> tuple[FileView, bytes]:
        with self._reading(actor) as reading:
            return pages.file(reading, name, file)

    def paper_diagram(self, actor: Actor, name: str) -> bytes:
        with self._reading(actor) as reading:
            return pages.diagram(reading, name)
