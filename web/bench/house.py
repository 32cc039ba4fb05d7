"""An office to measure: two bodies, one official, the measured procedure, and as many nominations as wanted.

`fill` writes what the commands would have written, many nominations in a transaction: form and process are gone
through once and every nomination gets an entry of its own. `verify` executes them again like any other.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from engine.commands import (
    SYSTEM,
    AddMembership,
    AddPerson,
    AddUnit,
    BatchItem,
    ClaimTask,
    CompleteBatch,
    CompleteTask,
    OpenAccount,
    PublishRelease,
    SetDay,
    StartNomination,
)
from engine.errors import CannotOpen
from engine.facts import DossierOpened, NominationAdded, NominationStarted, NumberTaken
from engine.office import moving
from engine.office.act import Act
from engine.office.awards import IN_MOVEMENT, authority_of
from engine.office.passwords import FOR_DEMO
from engine.office.queries.reading import Reading
from engine.office.releases import Releases
from engine.office.service import Engine, body_hash
from engine.office.views import Actor
from engine.process.context import Context
from engine.process.instance import Instance
from engine.store.opening import FILE_NAME, open_database, upgrade, url_of
from engine.store.sealing import Sealer
from engine.store.tables import user_task
from engine.store.transaction import Transaction
from web.bench import procedure
from web.catalog import Catalog
from web.office import RELEASE

UNIT, BODY = "X2545", "SNV"
SINCE = date(2025, 7, 1)
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
AT_ONCE = 1_000  # nominations in one transaction, and in one dossier


class Clock:
    """A clock that goes on by a second each time it is asked."""

    def __init__(self) -> None:
        self._at = MONDAY

    def now(self) -> datetime:
        self._at += timedelta(seconds=1)
        return self._at


class House:
    """One office: who nominates, and the official who acts at every step."""

    def __init__(self, url: str, folder: Path) -> None:
        upgrade(url)
        self.database = open_database(url)
        self.engine = Engine(self.database, CATALOG, clock=Clock(), passwords=FOR_DEMO, releases=RELEASES)
        self.engine.publish_release(PublishRelease(command_id=_id(), actor=SYSTEM, folder=str(folder)))
        self._found()
        self.starter = self._person("Hoàng Thị Mai", "CB_TDKT_DV", UNIT)
        self.official = self._person("Trần Văn Bình", procedure.ACTS["candidateRole"], BODY)

    def close(self) -> None:
        self.database.close()

    def _found(self) -> None:
        bodies = (("UBND", "Ủy ban nhân dân tỉnh", "tinh"), (BODY, "Sở Nội vụ", "so"), (UNIT, "Xã Tân Trào", "xa"))
        for unit, title, kind in bodies:
            who = {"command_id": _id(), "actor": SYSTEM}
            self.engine.add_unit(AddUnit(**who, unit=unit, title=title, kind=kind, valid_from=SINCE))
        off = date(2026, 11, 24)
        self.engine.set_day(SetDay(command_id=_id(), actor=SYSTEM, day=off, kind="nghi", document="bench"))

    def _person(self, name: str, role: str, unit: str) -> Actor:
        engine, id = self.engine, _id()
        person = {"actor": SYSTEM, "person": id}
        engine.add_person(AddPerson(command_id=_id(), full_name=name, position="Công chức", **person))
        engine.add_membership(AddMembership(command_id=_id(), unit=unit, role=role, valid_from=SINCE, **person))
        engine.open_account(
            OpenAccount(command_id=_id(), username=f"bench.{role.lower()}", password=secrets.token_urlsafe(), **person)
        )
        return engine.actor(id)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Give what the official may read."""
        with self.database.read() as reader:
            yield Reading(reader, self.engine.releases, self.official, self.engine.today())

    # --- by commands

    def nominate(self) -> str:
        """Nominate by the command and return the nomination's code."""
        return str(self.engine.start_nomination(self._nominating())["code"])

    def _nominating(self) -> StartNomination:
        return StartNomination(
            command_id=_id(),
            actor=self.starter.person.id,
            unit=UNIT,
            award=procedure.AWARD,
            kind="ca_nhan",
            nomination=_id(),
            form=procedure.NOMINEE,
        )

    def tasks(self, code: str) -> list[tuple[str, int, str]]:
        """Return id, version and element of the open tasks of a nomination."""
        rows = self.engine.nomination(self.official, code).tasks
        return [(row.id, row.version, row.element) for row in rows]

    def claim(self, task: str, version: int) -> None:
        self.engine.claim_task(
            ClaimTask(command_id=_id(), actor=self.official.person.id, task=task, expected_version=version)
        )

    def completing(self, task: str, version: int, outcome: str = procedure.GOES_ON) -> CompleteTask:
        form = procedure.filled(outcome)
        return CompleteTask(
            command_id=_id(), actor=self.official.person.id, task=task, expected_version=version, form=form
        )

    def finish(self, code: str) -> None:
        """Claim and complete every task of a nomination."""
        while open_tasks := self.tasks(code):
            for task, version, _element in open_tasks:
                self.claim(task, version)
                self.engine.complete_task(self.completing(task, version + 1))

    # --- many at once

    def fill(self, count: int) -> None:
        """Add open nominations, whole lots of `AT_ONCE`; each waits at its first step."""
        for start in range(0, count, AT_ONCE):
            with self.database.write() as tx:
                self._fill(tx, min(AT_ONCE, count - start))

    def finish_all(self) -> None:
        """Complete every open task by batch acts, one of each nomination at a time, until none is open."""
        task = user_task.c
        waiting = select(func.min(task.id)).where(task.state == "open").group_by(task.case_id)
        while True:
            with self.database.read() as reader:
                rows = reader.execute(select(task.id, task.version).where(task.id.in_(waiting))).all()
            if not rows:
                return
            items = [BatchItem(task=id, expected_version=version, form=procedure.filled()) for id, version in rows]
            for start in range(0, len(items), AT_ONCE):
                lot = tuple(items[start : start + AT_ONCE])
                self.engine.complete_batch(CompleteBatch(command_id=_id(), actor=self.official.person.id, items=lot))

    def _fill(self, tx: Transaction, count: int) -> None:
        acts = [Act(tx, self._nominating(), self.engine.clock.now(), self.engine.releases) for _ in range(count)]
        first, dossier = acts[0], _id()
        release = first.releases.in_force(tx, first.today)
        process, form = release.process(procedure.PROCESS), release.form("nominate")
        loaded = release.catalog.load(form, procedure.NOMINEE, known={"nomination.kind": "ca_nhan"}, today=first.today)
        variables = {"nomination.award": procedure.AWARD, "nomination.kind": "ca_nhan"}
        variables |= {f"{process.start.id}.{name}": value for name, value in loaded.variables.items()}
        numbering, series = f"numbering:KT-{first.today.year}", f"KT-{first.today.year}"
        streams = [moving.stream_of("nomination", act.command.nomination) for act in acts]
        number = tx.lock([*streams, f"dossier:{dossier}", numbering])[numbering].seq + 1
        opened = DossierOpened(
            dossier=dossier,
            code=f"{series}-{number:04d}",
            unit=UNIT,
            award=procedure.AWARD,
            authority=authority_of(procedure.AWARD),
            type=IN_MOVEMENT,
            year=first.today.year,
            number=number,
        )
        template = NominationStarted(
            nomination="",
            code="",
            dossier=dossier,
            unit=UNIT,
            award=procedure.AWARD,
            kind="ca_nhan",
            regime=release.regime,
            release=release.id,
            process=process.id,
            form=form["key"],
            form_data="",
            starter=self.starter.person.id,
            display="ten",
            variables=variables,
        )
        with tx.mixed():
            first.append(numbering, [NumberTaken(series=series, number=number)])
            first.append(f"dossier:{dossier}", [opened])
            for line, (act, stream) in enumerate(zip(acts, streams, strict=True), 1):
                id, code = act.command.nomination, f"{opened.code}/{line:02d}"
                if line == 1:
                    context = moving.context_of(act, UNIT)
                    instance, moved = Instance.start(process, id, context, variables)
                    state, snapshot = instance.state_hash(), instance.snapshot()
                    asked = context.recorded()
                context = Context.from_recorded(act.now, asked)
                filed = tx.put_form_data(loaded.payload)
                added = NominationAdded(dossier=dossier, nomination=id, code=code, line=line)
                act.append(f"dossier:{dossier}", [added])
                started = replace(template, nomination=id, code=code, form_data=filed)
                facts = [started, *moved]
                entry = act.append(stream, facts, release=release.sha256, context=context, state_hash=state)
                tx.put_snapshot(stream, entry.seq, snapshot)
        for act in acts:
            tx.answer(act.command.command_id, act.command.actor, body_hash(act.command), {})


CATALOG = Catalog()
RELEASES = Releases(CATALOG)


def _id() -> str:
    return str(uuid4())


def finished(place: Path, count: int) -> None:
    """Make an office of `count` finished nominations in a folder, sealed by a signed head, for `verify` to look at.

    Raises:
        CannotOpen: the folder holds an office (exists).
    """
    if (place / FILE_NAME).exists():
        raise CannotOpen(why="exists")
    with TemporaryDirectory(prefix="khenthuong-bench-") as folder:
        procedure.write_release(Path(folder), RELEASE)
        house = House(url_of(place), Path(folder))
    try:
        for start in range(0, count, AT_ONCE):
            house.fill(min(AT_ONCE, count - start))
            house.finish_all()
        Sealer(house.database, place, house.engine.clock).run(urgent=True)
    finally:
        house.close()


@contextmanager
def houses(place: str | None, folder: Path) -> Iterator[Houses]:
    """Give offices to measure, all in the folder, or in schemas of their own of a PostgreSQL database."""
    built = Houses(place, folder)
    try:
        yield built
    finally:
        built.close()


class Houses:
    """Makes offices and takes them away."""

    def __init__(self, place: str | None, folder: Path) -> None:
        self._place = place
        self.folder = folder
        self._schemas: list[str] = []
        self._open: list[House] = []
        self.release = folder / "release"
        procedure.write_release(self.release, RELEASE)

    def new(self) -> House:
        """Return a new office."""
        house = House(self.empty(), self.release)
        self._open.append(house)
        return house

    def empty(self) -> str:
        """Return the URL of an empty database."""
        if self._place is None:
            folder = self.folder / _id()
            folder.mkdir()
            return url_of(folder)
        schema = f"bench_{uuid4().hex[:12]}"
        self._execute(f"CREATE SCHEMA {schema}")
        self._schemas.append(schema)
        return (
            make_url(self._place)
            .update_query_dict({"options": f"-csearch_path={schema}"})
            .render_as_string(hide_password=False)
        )

    def _execute(self, statement: str) -> None:
        engine = create_engine(self._place or "", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def close(self) -> None:
        for house in self._open:
            house.close()
        for schema in self._schemas:
            self._execute(f"DROP SCHEMA {schema} CASCADE")
