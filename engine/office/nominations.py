"""Commands on whole nominations: starting one, withdrawing, suspending, retrying, files.

Each function carries out one command inside its transaction and returns the answer. User tasks: engine.office.tasks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, literal, select

from engine.commands import (
    AttachFile,
    ResumeNomination,
    StartNomination,
    SuspendNomination,
    WithdrawNomination,
)
from engine.errors import DossierClosed, InvalidForm, NoFormHere, NominationClosed, NotAllowed, NotFound
from engine.facts import (
    DossierOpened,
    Fact,
    NominationAdded,
    NominationStarted,
    NumberTaken,
    ReasonGiven,
)
from engine.office import access, directory, files, moving, rounds, tasks
from engine.office.act import Act
from engine.office.awards import IN_MOVEMENT, authority_of, may_be_given_by
from engine.office.papers import lines
from engine.office.rounds import Round
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.moves import Move, Resume, Suspend, Withdraw
from engine.process.release import Release
from engine.store import tables

LONGEST_REASON = 2000
SHORTEST_REASON = 10
# The unit may add to a dossier until it hands it in.
OPEN_DOSSIER = ("NHAP", "BINH_XET", "CHO_KY_DV")
OUT_OF_PAPERS: dict[type[Move], str] = {Suspend: "suspended", Withdraw: "withdrawn"}
NOMINATION = tables.nomination.c

Answer = dict[str, Any]


# --- starting ------------------------------------------------------------------------------------------------------


def stream_of(nomination: str) -> str:
    return moving.stream_of("nomination", nomination)


def start(act: Act, command: StartNomination) -> Answer:
    """Nominate: in an open dossier of the unit for what this award's authority decides, or in a new one."""
    if not access.may_nominate(act.actor, command.unit) or not _exists(act, command.unit):
        raise NotAllowed(action="start")
    round = _round_of(act, command)
    late = rounds.check_open_to(round, command.award, command.kind, act.today, command.late_reason)
    release = act.releases.in_force(act.tx, act.today)
    process, form = _process_of(act, release, command)
    loaded = release.catalog.load(form, command.form, known={"nomination.kind": command.kind}, today=act.today)
    nomination = str(UUID(command.nomination)) if command.nomination else str(uuid4())
    reason = [_late(act, command.late_reason)] if late and command.late_reason else []
    place, opening = _place(act, command, round, nomination)
    code = f"{place.code}/{place.line:02d}"
    code_of_round = round.code if round else None
    context = moving.context_of(act, command.unit, code_of_round)
    variables = {
        "nomination.award": command.award,
        "nomination.kind": command.kind,
        "nomination.regime": release.regime,
        "nomination.opened_on": act.today.isoformat(),
        **_surroundings(act, command.unit, round),
    } | {f"{process.start.id}.{name}": value for name, value in loaded.variables.items()}
    instance, moved = Instance.start(process, UUID(nomination), context, variables)
    started = NominationStarted(
        nomination=nomination,
        code=code,
        dossier=place.dossier,
        unit=command.unit,
        award=command.award,
        kind=command.kind,
        regime=release.regime,
        release=release.id,
        process=process.id,
        form=form["key"],
        form_data=act.tx.put_form_data(loaded.payload),
        starter=act.actor.person.id,
        display=form.get("display", "ten"),
        variables=variables,
        identity=next((field["name"] for field in form["fields"] if field["type"] == "citizen_id"), None),
        round=code_of_round,
        late=late or None,
    )
    # The dossier first: the nomination's projection counts itself in it.
    added = NominationAdded(dossier=place.dossier, nomination=nomination, code=code, line=place.line)
    act.append(f"dossier:{place.dossier}", [*opening, added])
    moving.keep(act, stream_of(nomination), [started, *reason, *moved], release, instance, context)
    return {"code": code, "id": nomination, "dossier": place.code, "tasks": moving.open_tasks(nomination, instance)}


def _exists(act: Act, unit: str) -> bool:
    """Whether a body exists today: who acts for one that was abolished finishes what it left, and begins nothing."""
    u, today = tables.unit.c, act.today.isoformat()
    valid_to = act.tx.execute(select(u.valid_to).where(u.id == unit)).scalar()
    return valid_to is None or valid_to >= today


def _round_of(act: Act, command: StartNomination) -> Round | None:
    if command.round is None:
        return None
    found = rounds.round_named(act.tx.connection, command.round)
    if found is None:
        raise NotFound(kind="round", id=command.round)
    return found


def _surroundings(act: Act, unit: str, round: Round | None) -> dict[str, bool | str]:
    movement = rounds.movement(act.tx.connection, round.movement) if round else None
    return rounds.variables(unit, directory.all_units(act.tx.connection), round, movement)


def _late(act: Act, reason: str) -> ReasonGiven:
    return ReasonGiven(form_data=act.tx.put_form_data({"reason": checked_reason(reason, "late_reason")}))


def _process_of(act: Act, release: Release, command: StartNomination) -> tuple[ProcessDefinition, dict[str, Any]]:
    """Return the process of the award and its nominating form; NoFormHere if this unit or kind has none."""
    process_id = release.process_of(command.award)
    kind = act.tx.execute(select(tables.unit.c.kind).where(tables.unit.c.id == command.unit)).scalar_one()
    if process_id is None or not may_be_given_by(command.award, kind):
        raise NoFormHere(award=command.award, kind=command.kind)
    process = release.process(process_id)
    if command.kind not in kinds_of(process):
        raise NoFormHere(award=command.award, kind=command.kind)
    return process, release.form(process.start.form)


def kinds_of(process: ProcessDefinition) -> tuple[str, ...]:
    """Return the kinds of nominee a process is open to: property `kinds` of its start event."""
    return tuple(process.start.properties.get("kinds", "ca_nhan tap_the ho_gia_dinh").split())


class _Place(NamedTuple):
    """Where a new nomination stands: the dossier's id and code, and the line in it."""

    dossier: str
    code: str
    line: int


def _place(act: Act, command: StartNomination, round: Round | None, nomination: str) -> tuple[_Place, list[Fact]]:
    """Return the place of the new nomination, its streams locked, and the facts that open its dossier if it is new."""
    if command.dossier is None:
        return _new_dossier(act, command, round, nomination)
    row = _open_dossier(act, command, round)
    act.tx.lock([stream_of(nomination), f"dossier:{row.id}"])
    row = _open_dossier(act, command, round)  # read again: now its number of lines stays true
    return _Place(row.id, row.code, row.lines + 1), []


def _open_dossier(act: Act, command: StartNomination, round: Round | None) -> Row[Any]:
    d = tables.dossier.c
    theirs = open_dossiers_of(command.unit, command.award, round.code if round else None)
    row = act.tx.execute(select(tables.dossier).where(d.code == command.dossier, *theirs)).first()
    if row is None:
        own = select(d.status).where(d.code == command.dossier, d.unit == command.unit, d.status.not_in(OPEN_DOSSIER))
        status = act.tx.execute(own).scalar()
        if status is not None:
            raise DossierClosed(dossier=command.dossier, status=status)
        raise NotFound(kind="dossier", id=command.dossier)
    return row


def open_dossiers_of(unit: str, award: str, round: str | None) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on `dossier`: one unit, one deciding authority, one type, one round, and still open."""
    d = tables.dossier.c
    decided = (d.authority == authority_of(award), d.type == IN_MOVEMENT)
    return d.unit == unit, *decided, d.round.is_not_distinct_from(round), d.status.in_(OPEN_DOSSIER)


def _new_dossier(act: Act, command: StartNomination, round: Round | None, nomination: str) -> tuple[_Place, list[Fact]]:
    year, dossier = act.today.year, str(uuid4())
    series = f"KT-{year}"
    numbering = f"numbering:{series}"
    number = act.tx.lock([stream_of(nomination), f"dossier:{dossier}", numbering])[numbering].seq + 1
    act.append(numbering, [NumberTaken(series=series, number=number)])
    code = f"{series}-{number:04d}"
    opened = DossierOpened(
        dossier=dossier,
        code=code,
        unit=command.unit,
        award=command.award,
        authority=authority_of(command.award),
        type=IN_MOVEMENT,
        round=round.code if round else None,
        year=year,
        number=number,
    )
    return _Place(dossier, code, 1), [opened]


# --- the whole nomination ---------------------------------------------------------------------------------------------


def withdraw(act: Act, command: WithdrawNomination) -> Answer:
    """Take a nomination back before it is decided; the proposing unit's right alone."""
    return _on_whole(act, command.nomination, command.reason, Withdraw(), _may_withdraw)


def suspend(act: Act, command: SuspendNomination) -> Answer:
    """Freeze a nomination while a bar of DOMAIN §2.4 is looked into."""
    return _on_whole(act, command.nomination, command.reason, Suspend(), _may_suspend)


def resume(act: Act, command: ResumeNomination) -> Answer:
    """Go on with what the inquiry found; it waits again where it stood, and for a paper with whoever waits then."""
    return _on_whole(act, command.nomination, command.reason, Resume(), _may_resume)


def _may_withdraw(act: Act, nomination: Row[Any]) -> bool:
    return access.may_nominate(act.actor, nomination.unit)


def _may_suspend(act: Act, nomination: Row[Any]) -> bool:
    return access.may_suspend(act.actor, nomination.unit, tasks.groups_of(act, nomination.id))


def _may_resume(act: Act, nomination: Row[Any]) -> bool:
    if not nomination.suspended:
        return _may_suspend(act, nomination)  # there is nothing to resume, which is then said
    return access.may_resume(act.actor, directory.suspender(act.tx.connection, nomination))


def attach(act: Act, command: AttachFile) -> Answer:
    """Keep a file with the nomination."""
    nomination = _seen_nomination(act, command.nomination)
    if nomination.ended_at:
        raise NominationClosed(nomination=nomination.code, status=nomination.status)
    if not _takes_part(act, nomination):
        raise NotAllowed(action="attach")
    fact = files.attached(act, nomination.id, command.command_id, command.file_name, command.content)
    act.append(stream_of(nomination.id), [fact])
    return {"file": fact.file, "sha256": fact.sha256}


def _on_whole(act: Act, code: str, reason: str, wanted: Move, may: Callable[[Act, Row[Any]], bool]) -> Answer:
    nomination = _seen_nomination(act, code)
    if not may(act, nomination):
        raise NotAllowed(action=wanted.name.lower())
    if nomination.ended_at:
        raise NominationClosed(nomination=nomination.code, status=nomination.status)
    reason = checked_reason(reason, "reason")
    release = act.releases.get(act.tx, nomination.release)
    instance = moving.restore(act, nomination, release)
    given = ReasonGiven(form_data=act.tx.put_form_data({"reason": reason}))
    moving.move(act, nomination, release, instance, wanted, before=[given])
    if why := OUT_OF_PAPERS.get(type(wanted)):
        lines.take_out(act, nomination.id, why)
    return {"nomination": nomination.code}


def checked_reason(reason: str, field: str) -> str:
    """Return a reason without blanks around it; InvalidForm, under the name of its field, where it is too short."""
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidForm(fields={field: [("text_length", {"min": SHORTEST_REASON, "max": LONGEST_REASON})]})
    return reason


def _nomination(act: Act, code: str) -> Row[Any]:
    """Return the nomination, locked, with the columns under the names that `moving.move` reads."""
    n = NOMINATION
    as_case = (literal("nomination").label("subject"), n.id.label("case_id"), n.unit.label("proposing_unit"))
    query = select(tables.nomination, *as_case).where(n.code == code)
    row = act.tx.execute(query).first()
    if row is None:
        raise NotFound(kind="nomination", id=code)
    act.tx.lock([stream_of(row.id)])
    return act.tx.execute(query).one()


def _seen_nomination(act: Act, code: str) -> Row[Any]:
    row = _nomination(act, code)
    if not access.may_see_nomination(act.actor, row.unit, tasks.groups_of(act, row.id)):
        raise NotFound(kind="nomination", id=code)
    return row


def _takes_part(act: Act, nomination: Row[Any]) -> bool:
    return access.may_nominate(act.actor, nomination.unit) or bool(
        tasks.groups_of(act, nomination.id) & act.actor.groups
    )
