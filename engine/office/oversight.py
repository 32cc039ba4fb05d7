"""What administrators look at: accounts, people, units, the calendar, incidents, releases. Each read asks for the role.

Administrators never see nominations, so an incident is told by the code of its case and nothing of the nominee.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, or_, select

from engine.canonical import time_of
from engine.errors import NotAllowed, NotFound
from engine.office import access, accounts, directory, kept
from engine.office.accounts import Account, UserRow
from engine.office.directory import Membership, Unit
from engine.office.kept import KeptRow
from engine.office.releases import Releases
from engine.office.views import Actor, PersonView
from engine.store import tables as t
from engine.store.database import Database, Reader
from engine.store.folding import folded

MOST_FOUND = 50


@dataclass(frozen=True)
class PersonFile:
    """A person of the directory, all memberships of all times, and the account. `number_known`: the 12 digits are."""

    person: PersonView
    memberships: tuple[Membership, ...]
    account: Account | None
    number_known: bool


@dataclass(frozen=True)
class DayRow:
    day: date
    kind: str  # nghi | lam_bu
    document: str


@dataclass(frozen=True)
class ReleaseRow:
    id: str
    sha256: str
    regime: str
    in_force_from: date
    published_at: datetime
    in_force: bool


@dataclass(frozen=True)
class IncidentRow:
    """A case that the engine could not take further. `code` is that of the nomination or paper."""

    subject: str
    code: str
    key: str
    element: str
    step: str
    why: str
    raised_at: datetime


class Oversight:
    """The reads of administrators, for `engine.office.service.Engine`."""

    database: Database
    releases: Releases

    def today(self) -> date:
        raise NotImplementedError

    @contextmanager
    def _overseeing(self, actor: Actor) -> Iterator[Reader]:
        if access.ADMINISTRATOR not in actor.roles:
            raise NotAllowed(action="administer")
        with self.database.read() as reader:
            yield reader

    def users(self, actor: Actor, q: str = "") -> list[UserRow]:
        """Return the accounts whose name or user name holds every word of `q`."""
        with self._overseeing(actor) as reader:
            rows = accounts.list_users(reader.connection, self.today())
        return [
            row for row in rows if all(word in folded(f"{row.full_name} {row.username}") for word in folded(q).split())
        ]

    def people_named(self, actor: Actor, q: str) -> list[PersonView]:
        """Return at most 50 people by name, those without an account too."""
        p = t.person.c
        found = select(p.id, p.full_name, p.position).order_by(p.full_name, p.id).limit(MOST_FOUND)
        for word in folded(q).split():
            found = found.where(p.search.contains(word, autoescape=True))
        with self._overseeing(actor) as reader:
            return [PersonView(row.id, row.full_name, row.position) for row in reader.execute(found)]

    def person_file(self, actor: Actor, person: str) -> PersonFile:
        """Return what is known of a person; NotFound if nobody has this id."""
        with self._overseeing(actor) as reader:
            connection = reader.connection
            view = directory.person_view(connection, person)
            if view is None:
                raise NotFound(kind="person", id=person)
            return PersonFile(
                person=view,
                memberships=tuple(directory.all_memberships(connection, person)),
                account=accounts.account_of(connection, person),
                number_known=bool(directory.citizen_id(connection, person)),
            )

    def all_units(self, actor: Actor) -> dict[str, Unit]:
        """Return every body of all times by id."""
        with self._overseeing(actor) as reader:
            return directory.all_units(reader.connection)

    def days_set(self, actor: Actor) -> list[DayRow]:
        """Return the overrides of the calendar, the latest first."""
        d = t.calendar_day.c
        with self._overseeing(actor) as reader:
            rows = reader.execute(select(t.calendar_day).order_by(d.day.desc())).all()
        return [DayRow(date.fromisoformat(row.day), row.kind, row.document) for row in rows]

    def releases_published(self, actor: Actor) -> list[ReleaseRow]:
        """Return the published releases, the latest first, and which of them is in force today."""
        with self._overseeing(actor) as reader:
            rows = reader.releases()
        today = self.today().isoformat()
        begun = [(row.in_force_from, row.published_seq, row.id) for row in rows if row.in_force_from <= today]
        current = max(begun)[2] if begun else None
        return [
            ReleaseRow(
                id=row.id,
                sha256=row.sha256,
                regime=row.regime,
                in_force_from=date.fromisoformat(row.in_force_from),
                published_at=time_of(row.published_at),
                in_force=row.id == current,
            )
            for row in reversed(rows)
        ]

    def kept_releases(self, actor: Actor, most: int) -> list[KeptRow]:
        """Return the nominations that could not move to the release in force, by code, at most so many."""
        with self._overseeing(actor) as reader:
            return kept.kept(reader, self.releases, most)

    def incidents(self, actor: Actor) -> list[IncidentRow]:
        """Return where the engine could not go on, the oldest first."""
        i, n, p = t.incident.c, t.nomination.c, t.paper.c
        query = (
            select(
                i.key, i.element, i.why, i.raised_at,
                case((n.id.is_not(None), "nomination"), else_="paper").label("subject"),
                case((n.id.is_not(None), n.code), else_=p.code).label("code"),
                case((n.id.is_not(None), n.release), else_=p.release).label("release"),
                case((n.id.is_not(None), n.process), else_=p.process).label("process"),
            )
            .join_from(t.incident, t.nomination, n.id == i.case_id, isouter=True)
            .join(t.paper, p.id == i.case_id, isouter=True)
            .where(or_(n.id.is_not(None), p.id.is_not(None)))
            .order_by(i.raised_at, i.key)
        )  # fmt: skip
        with self._overseeing(actor) as reader:
            return [
                IncidentRow(
                    subject=row.subject,
                    code=row.code,
                    key=row.key,
                    element=row.element,
                    step=self._step(reader, row.release, row.process, row.element),
                    why=row.why,
                    raised_at=time_of(row.raised_at),
                )
                for row in reader.execute(query).all()
            ]

    def _step(self, reader: Reader, release: str, process: str, element: str) -> str:
        node = self.releases.get(reader, release).process(process).node(element)
        return node.name if node else element
