"""The front door: one method per command, and the reads of pages.

Every command goes the same way: its body is hashed, its work runs once in one transaction
(`Database.once`), its answer is kept. Nothing else in the program writes to the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import is_dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import select

from engine import commands as c
from engine.canonical import NotCanonical, canonical
from engine.errors import InvalidForm, NotAllowed, NotFound
from engine.office import (
    access,
    accounts,
    administration,
    directory,
    erasing,
    failures,
    messages,
    movements,
    nominations,
    pace,
    readiness,
    receipts,
    seeds,
    tasks,
    timers,
)
from engine.office.act import Act
from engine.office.clock import SystemClock, local_day
from engine.office.drafts import Drafts
from engine.office.failures import JobFailure
from engine.office.oversight import Oversight
from engine.office.papers.service import Papers
from engine.office.passwords import Passwords
from engine.office.queries import inbox, lists, pages, seals
from engine.office.queries import rounds as round_pages
from engine.office.queries import tasks as task_pages
from engine.office.queries.reading import Reading
from engine.office.queries.seals import SealView
from engine.office.reexecution import Reexecution
from engine.office.releases import Releases
from engine.office.round_views import RoundList, RoundView
from engine.office.side_by_side import side_by_side
from engine.office.together import Together
from engine.office.views import (
    Actor,
    DossierView,
    FileView,
    HistoryLine,
    InboxPage,
    Listing,
    NominationView,
    PersonView,
    StartChoice,
    TaskView,
)
from engine.ports import Clock, FormCatalog, Renderer, Signal
from engine.store import tables
from engine.store.database import Database
from engine.store.heads import SignedHead
from engine.store.rebuild import rebuild
from engine.store.scrubbing import scrub
from engine.store.verify import Report, verify

Answer = dict[str, Any]
UNHASHED = ("command_id", "password", "citizen_id")  # of a command: whoever has its hash could try all of them


class Engine(Drafts, Papers, Together, Oversight):
    """The office over one database.

    Args:
        database: open and upgraded.
        catalog: understands form definitions; without one no form could be checked, so there is no Engine.
        clock: where the present comes from.
        passwords: how passwords are hashed.
        releases: those parsed already, for several engines in one process that publish the same ones.
        renderer: writes the files of papers; without one they stay due.
    """

    def __init__(
        self,
        database: Database,
        catalog: FormCatalog,
        *,
        clock: Clock | None = None,
        passwords: Passwords | None = None,
        releases: Releases | None = None,
        renderer: Renderer | None = None,
    ) -> None:
        self.database = database
        self.releases = releases or Releases(catalog)
        self.clock = clock or SystemClock()
        self.passwords = passwords or Passwords()
        self.decided: Signal = Event()  # set after each decision of a head: whoever signs heads signs one at once
        self.renderer = renderer

    def today(self) -> date:
        return local_day(self.clock.now())

    # --- commands

    def _run(self, command: c.Command, work: Callable[[Act, Any], Answer]) -> Answer:
        def in_transaction(tx: Any) -> Answer:
            act = Act(tx, command, self.clock.now(), self.releases, self.decided)
            answer = work(act, command)
            receipts.settle(act)
            return answer

        return self.database.once(command.command_id, command.actor, body_hash(command), in_transaction)

    def start_nomination(self, command: c.StartNomination) -> Answer:
        return self._run(command, nominations.start)

    def claim_task(self, command: c.ClaimTask) -> Answer:
        return self._run(command, tasks.claim)

    def release_task(self, command: c.ReleaseTask) -> Answer:
        return self._run(command, tasks.release)

    def assign_task(self, command: c.AssignTask) -> Answer:
        return self._run(command, tasks.assign)

    def withdraw_nomination(self, command: c.WithdrawNomination) -> Answer:
        return self._run(command, nominations.withdraw)

    def suspend_nomination(self, command: c.SuspendNomination) -> Answer:
        return self._run(command, nominations.suspend)

    def resume_nomination(self, command: c.ResumeNomination) -> Answer:
        return self._run(command, nominations.resume)

    def retry_incident(self, command: c.RetryIncident) -> Answer:
        return self._run(command, timers.retry)

    def fire_timer(self, command: c.FireTimer) -> Answer:
        """Let a timer run out.

        Raises:
            TaskNotOpen: it is not due, was set anew, has ended, or its case is suspended.
        """
        return self._run(command, timers.fire)

    def attach_file(self, command: c.AttachFile) -> Answer:
        return self._run(command, nominations.attach)

    def remind_overdue(self, command: c.RemindOverdue) -> Answer:
        return self._run(command, messages.remind_overdue)

    def set_movement(self, command: c.SetMovement) -> Answer:
        return self._run(command, movements.set_movement)

    def open_round(self, command: c.OpenRound) -> Answer:
        return self._run(command, movements.open_round)

    def change_round(self, command: c.ChangeRound) -> Answer:
        return self._run(command, movements.change_round)

    def close_round(self, command: c.CloseRound) -> Answer:
        return self._run(command, movements.close_round)

    def remind_units(self, command: c.RemindUnits) -> Answer:
        return self._run(command, movements.remind)

    def add_unit(self, command: c.AddUnit) -> Answer:
        return self._run(command, administration.add_unit)

    def end_unit(self, command: c.EndUnit) -> Answer:
        return self._run(command, administration.end_unit)

    def add_person(self, command: c.AddPerson) -> Answer:
        return self._run(command, administration.add_person)

    def identify_person(self, command: c.IdentifyPerson) -> Answer:
        return self._run(command, administration.identify_person)

    def add_membership(self, command: c.AddMembership) -> Answer:
        return self._run(command, administration.add_membership)

    def end_membership(self, command: c.EndMembership) -> Answer:
        return self._run(command, administration.end_membership)

    def set_day(self, command: c.SetDay) -> Answer:
        return self._run(command, administration.set_day)

    def open_account(self, command: c.OpenAccount) -> Answer:
        hashed = self.passwords.hash(command.password)
        return self._run(command, lambda act, _: administration.open_account(act, command, hashed))

    def set_password(self, command: c.SetPassword) -> Answer:
        hashed = self.passwords.hash(command.password)
        return self._run(command, lambda act, _: administration.set_password(act, command, hashed))

    def disable_account(self, command: c.DisableAccount) -> Answer:
        return self._run(command, administration.disable_account)

    def publish_release(self, command: c.PublishRelease) -> Answer:
        """Take over a release folder, whole or not at all.

        Raises:
            InvalidRelease: with every problem of every file.
        """
        return self._run(command, administration.publish_release)

    def execute(self, command: c.Command) -> Answer:
        """Carry out any command by its class; for imports, which hold commands of several kinds."""
        name = "".join("_" + char.lower() if char.isupper() else char for char in command.name).lstrip("_")
        return getattr(self, name)(command)  # type: ignore[no-any-return]

    def import_seeds(self) -> int:
        """Bring in what is new in the master data of workflows/seeds; return how many commands that took."""
        master_data, id = seeds.master_data(), tables.command.c.command_id
        with self.database.read() as reader:
            done = set(reader.execute(select(id).where(id.in_([c.command_id for c in master_data]))).scalars())
        commands = [command for command in master_data if command.command_id not in done]
        for command in commands:
            self.execute(command)
        return len(commands)

    def verify(
        self, streams: Collection[str] | None = None, heads: list[SignedHead] | None = None, *, processes: int = 1
    ) -> Report:
        """Check chains, log, derived tables and, by executing every entry again, the way each case took.

        Args:
            streams: those to check; None checks everything.
            heads: signed heads kept outside the database; None takes those it holds itself.
            processes: how many may work on a large store; those beside this one are started for it.

        Raises:
            BrokenProcessPool: one of them has died, so not all is known.
        """
        again = Reexecution(self.releases, self.database.engine_version)
        with side_by_side(self.database, self.releases.catalog, processes) as elsewhere:
            return verify(self.database, reexecute=again, elsewhere=elsewhere, streams=streams, heads=heads)

    def rebuild(self) -> list[str]:
        """Refill the derived tables and snapshots from the journal; return the names of those that had differed."""
        return rebuild(self.database, mend=Reexecution(self.releases, self.database.engine_version).mend)

    # --- health

    def unfit(self) -> str | None:
        """Return why no work could be done now: `database`, or `heads` if entries wait too long; or None."""
        return readiness.unfit(self.database, self.clock.now())

    # --- jobs that failed

    def job_failures(self) -> list[JobFailure]:
        """Return what the jobs gave up after three tries: for administrators, who let it be tried again."""
        with self.database.read() as reader:
            return failures.given_up(reader)

    def retry_job(self, job: str, item: str) -> None:
        """Let a job try again what it gave up, with three tries anew."""
        failures.forget(self.database, job, item)

    def erase_nominee(self, command: c.EraseNominee) -> Answer:
        """Erase what was filed about a nominee, from the free space of the database as well.

        Raises:
            CannotErase: it is still needed, or must be kept.
        """
        return self._erase(command, erasing.erase_nominee)

    def erase_person(self, command: c.ErasePerson) -> Answer:
        """Erase the name of somebody of the directory, from the free space of the database as well.

        Raises:
            CannotErase: the person still works here.
        """
        return self._erase(command, erasing.erase_person)

    def _erase(self, command: c.Command, work: Callable[[Act, Any], Answer]) -> Answer:
        answer = self._run(command, work)
        scrub(self.database)  # after a crash in between the command is sent again, and this happens then
        return answer

    # --- who is there

    def log_in(self, username: str, password: str, address: str) -> str:
        """Return the token of a new session.

        Raises:
            TooManyTries: with the seconds to wait.
            LoginFailed: the name and the password do not belong together.
        """
        now = self.clock.now()
        with self.database.write() as tx:
            accounts.admit(tx.connection, username, address, now)
        with self.database.read() as reader:
            found = accounts.authenticate(reader.connection, self.passwords, username, password)
        with self.database.write() as tx:
            accounts.forgive(tx.connection, username, address)
            return accounts.open_session(tx.connection, found.person, now)

    def admit(self, actor: Actor, kind: pace.Kind, most: int) -> None:
        """Count what a person does; TooMany beyond `most` in the minute or hour of its kind."""
        with self.database.write() as tx:
            pace.admit(tx.connection, actor.person.id, kind, most, self.clock.now())

    def log_out(self, token: str) -> None:
        with self.database.write() as tx:
            accounts.end_session(tx.connection, token)

    def session(self, token: str) -> Actor | None:
        """Return whose session it is, with the memberships of today; None if it ended."""
        now = self.clock.now()
        with self.database.read() as reader:
            found = accounts.session_of(reader.connection, token, now)
            if found is None:
                return None
            actor = directory.actor(reader.connection, found.person, local_day(now))
        if found.note:
            with self.database.write() as tx:
                accounts.note_seen(tx.connection, token, now)
        return actor

    def issue_token(self, username: str) -> str:
        """Return a new API token; it is shown once. NotFound: no such account."""
        with self.database.write() as tx:
            found = accounts.account_named(tx.connection, username)
            if found is None:
                raise NotFound(kind="account", id=username)
            return accounts.issue_token(tx.connection, found.person, self.clock.now())

    def api_actor(self, token: str) -> Actor | None:
        now = self.clock.now()
        with self.database.read() as reader:
            person = accounts.token_person(reader.connection, token, now)
            return directory.actor(reader.connection, person, local_day(now)) if person else None

    def actor(self, person: str) -> Actor:
        with self.database.read() as reader:
            return directory.actor(reader.connection, person, self.today())

    # --- reads

    @contextmanager
    def _reading(self, actor: Actor) -> Iterator[Reading]:
        with self.database.read() as reader:
            yield Reading(reader, self.releases, actor, self.today())

    def inbox(self, actor: Actor, box: str = "mine", *, after: str | None = None, **filters: Any) -> InboxPage:
        """Return one page of a box; filters: step, award, unit, round, q, limit."""
        with self._reading(actor) as reading:
            return inbox.inbox(reading, box, after_token=after, **filters)

    def inbox_counts(self, actor: Actor) -> dict[str, int]:
        """Return how many tasks each box holds, exact to 99 (100 means more)."""
        with self._reading(actor) as reading:
            return inbox.counts(reading)

    def task(self, actor: Actor, task_id: str) -> TaskView:
        with self._reading(actor) as reading:
            return task_pages.task(reading, task_id)

    def nomination(self, actor: Actor, name: str) -> NominationView:
        """Return a nomination by code or id."""
        with self._reading(actor) as reading:
            return pages.nomination(reading, name)

    def seal(self, actor: Actor, name: str) -> SealView | None:
        """Return whether the journal of a nomination is as it was written, for auditors; None for others."""
        with self._reading(actor) as reading:
            page = pages.NominationPage.find(reading, name)
            return seals.seal(reading.reader, self.database, page.stream, self.clock.now()) if page.audits else None

    def history(self, actor: Actor, name: str) -> tuple[HistoryLine, ...]:
        with self._reading(actor) as reading:
            return pages.NominationPage.find(reading, name).history

    def nominations(self, actor: Actor, *, after: str | None = None, **filters: Any) -> Listing:
        """Return a page of nominations; filters: status, award, unit, q, limit."""
        with self._reading(actor) as reading:
            return lists.nominations(reading, after_token=after, **filters)

    def dossiers(self, actor: Actor, *, after: str | None = None, **filters: Any) -> Listing:
        """Return a page of dossiers; filters: status, award, unit, q, limit."""
        with self._reading(actor) as reading:
            return lists.dossiers(reading, after_token=after, **filters)

    def dossier(self, actor: Actor, name: str) -> DossierView:
        with self._reading(actor) as reading:
            return lists.dossier(reading, name)

    def start_choices(self, actor: Actor) -> tuple[StartChoice, ...]:
        with self._reading(actor) as reading:
            return lists.start_choices(reading)

    def rounds(self, actor: Actor) -> RoundList:
        with self._reading(actor) as reading:
            return round_pages.all_rounds(reading)

    def round(self, actor: Actor, name: str, *, progress: str | None = None, q: str | None = None) -> RoundView:
        """Return a round by code or id; progress and q choose among the units of its board."""
        with self._reading(actor) as reading:
            return round_pages.round_page(reading, name, progress=progress, q=q)

    def round_form(self, actor: Actor) -> dict[str, Any]:
        """Return the definition of the office's form `round`, as it is asked today."""
        with self._reading(actor) as reading:
            return round_pages.round_form(reading)

    def movement_values(self, actor: Actor, movement: str) -> dict[str, Any]:
        """Return the answers of the office's form `movement` as they hold now."""
        with self._reading(actor) as reading:
            return round_pages.movement_values(reading, movement)

    def diagram(self, actor: Actor, name: str, process: str | None = None) -> bytes:
        """Return the BPMN file of the process a nomination runs on, or of one called from that, as it was published."""
        with self._reading(actor) as reading:
            return pages.NominationPage.find(reading, name).diagram(process)

    def file(self, actor: Actor, nomination: str, file: str) -> tuple[FileView, bytes]:
        with self._reading(actor) as reading:
            return pages.NominationPage.find(reading, nomination).file(file)

    def people(self, actor: Actor, group: str) -> tuple[PersonView, ...]:
        """Return who may take tasks of a group, for those who may hand them out."""
        if not access.may_assign(actor, group.partition(":")[2]):
            raise NotAllowed(action="assign")
        with self.database.read() as reader:
            return directory.people_in(reader.connection, group, self.today())


def body_hash(command: c.Command) -> str:
    """Return the hash of everything a command asks, its id left out and what a fast hash would give away.

    Raises:
        InvalidForm: the form holds what JSON cannot say, as NaN or a lone surrogate.
    """
    values = {name: _plain(value) for name, value in vars(command).items() if name not in UNHASHED}
    try:
        return hashlib.sha256(canonical([command.name, values]).encode()).hexdigest()
    except NotCanonical:
        raise InvalidForm(fields={"": [("not_canonical", {})]}) from None


def _plain(value: Any) -> Any:
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, date | datetime | Path):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if is_dataclass(value):
        value = vars(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
