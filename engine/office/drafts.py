"""Drafts: what somebody typed and has not sent. Kept for that person alone, no part of the record.

A draft belongs to a place: a task, by its id, or a form that nominates. It is read back where the form is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from engine.canonical import canonical, time_of, time_text
from engine.errors import InvalidForm, NotAllowed, TaskNotOpen
from engine.office import access
from engine.office.queries.reading import Reading
from engine.office.views import Actor, StartChoice, TaskView
from engine.ports import Clock
from engine.store import tables
from engine.store.database import Database
from engine.store.statements import Statement

LONGEST_DRAFT = 200_000
DRAFT, TASK = tables.draft.c, tables.user_task.c

_KEPT = Statement(
    select(DRAFT.payload, DRAFT.saved_at).where(DRAFT.person == bindparam("person"), DRAFT.place == bindparam("place"))
)


@dataclass(frozen=True)
class Draft:
    values: dict[str, Any]
    saved_at: datetime


def kept(connection: Connection, person: str, place: str) -> Draft | None:
    row = _KEPT(connection, person=person, place=place).first()
    return Draft(dict(json.loads(row.payload)), time_of(row.saved_at)) if row else None


def place_of(choice: StartChoice, kind: str) -> str:
    """Return the place of the form that nominates so: one for each unit, award, kind of nominee and round."""
    return " ".join(("start", choice.unit, choice.award, kind, choice.round or "-"))


class Drafts:
    """The part of the front door that keeps drafts. `engine.office.service.Engine` is made of it; nobody else is."""

    database: Database
    clock: Clock
    task: Callable[[Actor, str], TaskView]
    _reading: Callable[[Actor], AbstractContextManager[Reading]]

    def save_draft(self, actor: Actor, task_id: str, values: Mapping[str, Any]) -> datetime:
        """Keep what was typed in a task's form, and return when.

        Raises:
            NotFound, TaskNotOpen: there is no such task for this person, or it is not theirs to complete.
            InvalidForm: more than a draft may hold.
        """
        view = self.task(actor, task_id)
        if "draft" not in view.may:
            raise TaskNotOpen(task_name=view.task.name, state=view.task.state)
        return self._keep(actor, task_id, values)

    def save_start_draft(self, actor: Actor, choice: StartChoice, kind: str, values: Mapping[str, Any]) -> datetime:
        """Keep what was typed in a form that nominates, and return when."""
        if not access.may_nominate(actor, choice.unit):
            raise NotAllowed(action="start")
        return self._keep(actor, place_of(choice, kind), values)

    def start_draft(self, actor: Actor, choice: StartChoice, kind: str) -> Draft | None:
        with self._reading(actor) as reading:
            return kept(reading.connection, actor.person.id, place_of(choice, kind))

    def drop_start_draft(self, actor: Actor, choice: StartChoice, kind: str) -> None:
        """Forget a draft: the nomination was made, or somebody else is to be nominated."""
        mine = (DRAFT.person == actor.person.id, DRAFT.place == place_of(choice, kind))
        with self.database.write() as tx:
            tx.execute(delete(tables.draft).where(*mine))

    def forget_drafts(self) -> int:
        """Forget what anybody had typed for tasks that are done or cancelled, and return for how many."""
        over = (
            select(DRAFT.place).join(tables.user_task, TASK.id == DRAFT.place).where(TASK.state.not_in(tables.WAITING))
        )
        with self.database.read() as reader:
            places = reader.execute(over).scalars().all()
        if places:
            with self.database.write() as tx:
                tx.execute(delete(tables.draft).where(DRAFT.place.in_(places)))
        return len(places)

    def _keep(self, actor: Actor, place: str, values: Mapping[str, Any]) -> datetime:
        text = canonical(dict(values))
        if len(text) > LONGEST_DRAFT:
            raise InvalidForm(fields={"": [("too_long", {"max": LONGEST_DRAFT})]})
        row = {
            "person": actor.person.id,
            "place": place,
            "payload": text,
            "saved_at": time_text(now := self.clock.now()),
        }
        with self.database.write() as tx:
            tx.execute(delete(tables.draft).where(DRAFT.person == actor.person.id, DRAFT.place == place))
            tx.execute(insert(tables.draft), row)
        return now
