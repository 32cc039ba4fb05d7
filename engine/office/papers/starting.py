"""Drafting a paper over nominations, giving it up, and the files that go with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select

from engine.commands import AttachToPaper, DeclareSeries, RequestSupplement, StartPaper, WithdrawPaper
from engine.errors import InvalidForm, NotAllowed, NotFound, NothingToRequest, PaperNotInDrafting
from engine.facts import NumberTaken, PaperStarted, ReasonGiven, SeriesDeclared
from engine.office import access, files, moving
from engine.office.act import Act
from engine.office.nominations import LONGEST_REASON, SHORTEST_REASON
from engine.office.papers import kinds, lines, once, reading, requests
from engine.office.papers.context import context_of
from engine.office.papers.kinds import PaperKind
from engine.process.instance import Instance
from engine.process.moves import Withdraw
from engine.store import tables

Answer = dict[str, Any]


def start(act: Act, command: StartPaper) -> Answer:
    """Draft a paper; what it lists, and in which order, is the drafter's to change until it goes on.

    Raises:
        NotFound: the release has no such kind, or the actor drafts no such paper on one of the nominations.
        PaperLinesRefused: some cannot stand in it now.
        MixedPaper: they need several papers.
    """
    release = act.releases.in_force(act.tx, act.today)
    all_kinds = kinds.kinds_of(release)
    kind = kinds.kind_of(release, command.kind)
    paper = str(UUID(command.paper)) if command.paper else str(uuid4())
    found = lines.find(act, kind, command.nominations)
    series = f"VB-{act.today.year}"
    numbering = f"numbering:{series}"
    streams = [f"paper:{paper}", numbering, *(moving.stream_of("nomination", row.id) for row in found)]
    number = act.tx.lock(streams)[numbering].seq + 1
    found = lines.find(act, kind, command.nominations)  # again: what is read now stays true
    part = lines.check(act, kind, found, all_kinds, paper)
    receiving = _receiver(act, kind, found)
    code = f"{series}-{number:05d}"
    variables: dict[str, Any] = {"paper.kind": kind.id, "paper.receiver_outside": receiving is None}
    context = context_of(act, part.unit, receiving, kind)
    instance, moved = Instance.start(release.process(kind.process), UUID(paper), context, variables)
    started = PaperStarted(
        paper=paper,
        code=code,
        kind=kind.id,
        title=kind.title,
        unit=part.unit,
        regime=lines.regime_of(act, found[0]),
        release=release.id,
        process=kind.process,
        starter=act.actor.person.id,
        lines=[row.id for row in found],
        variables=variables,
        receiving_unit=receiving,
        dossier=_common(row.dossier_id for row in found),
        award=_common(row.award for row in found),
        round=_common(row.round for row in found),
    )
    act.append(numbering, [NumberTaken(series=series, number=number)])
    moving.keep(act, f"paper:{paper}", [started, *moved], release, instance, context)
    return {"code": code, "id": paper, "tasks": moving.open_tasks(paper, instance)}


def request(act: Act, command: RequestSupplement) -> Answer:
    """Draft the request for supplements of a dossier over all who wait for it.

    Raises:
        NotFound: there is no such dossier for the actor.
        NothingToRequest: nobody in it waits for a request that the actor drafts.
    """
    d = tables.dossier.c
    found = act.tx.execute(select(d.id).where(d.code == command.dossier)).scalar()
    siblings = requests.of_dossier(act, found) if found else []
    release = act.releases.in_force(act.tx, act.today)
    drafts = False
    for kind in kinds.kinds_of(release).values():
        if not kind.per_dossier:
            continue
        mine = [row for row in siblings if lines.may_draft(act, kind, lines.issuing_body(act, kind, row))]
        drafts = drafts or bool(mine)
        waiting = lines.waiting(act, kind, mine)
        if codes := tuple(row.code for row in mine if row.id in waiting):
            id, actor = command.command_id, command.actor
            return start(act, StartPaper(command_id=id, actor=actor, kind=kind.id, nominations=codes))
    if not drafts:
        raise NotFound(kind="dossier", id=command.dossier)
    raise NothingToRequest(dossier=command.dossier)


def _receiver(act: Act, kind: PaperKind, rows: Sequence[Row[Any]]) -> str | None:
    """Return the body that receives the paper; None where it lies outside, or each nominee has another one."""
    if kind.receiving is None:
        return None
    receiver: str | None = _common(moving.context_of(act, row.unit, row.round).unit(kind.receiving) for row in rows)
    return receiver


def _common(values: Any) -> Any:
    """Return the one value that all have, None where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def withdraw(act: Act, command: WithdrawPaper) -> Answer:
    """Give up a paper that nobody has signed, or that cannot be issued any more; the right of its drafters."""
    paper, _ = reading.lock(act, command.paper)
    release = act.releases.get(act.tx, paper.release)
    all_kinds = kinds.kinds_of(release)
    if not lines.may_draft(act, all_kinds[paper.kind], paper.unit):
        raise NotAllowed(action="withdraw")
    if not once.may_give_up(act.tx.connection, all_kinds, paper):
        raise PaperNotInDrafting(paper=paper.code, status=paper.status)
    reason = command.reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidForm(fields={"reason": [("text_length", {"min": SHORTEST_REASON, "max": LONGEST_REASON})]})
    instance = moving.restore(act, paper, release)
    given = ReasonGiven(form_data=act.tx.put_form_data({"reason": reason}))
    moving.move(act, paper, release, instance, Withdraw(), before=[given])
    return {"paper": paper.code}


def attach(act: Act, command: AttachToPaper) -> Answer:
    """Keep a file with the paper: the scan of the signed sheet, or the file as it was signed elsewhere."""
    paper, _ = reading.lock(act, command.paper)
    if not reading.acts_on(act, paper):
        raise NotAllowed(action="attach")
    fact = files.attached(act, paper.id, command.command_id, command.file_name, command.content)
    act.append(f"paper:{paper.id}", [fact])
    return {"file": fact.file, "sha256": fact.sha256}


def declare_series(act: Act, command: DeclareSeries) -> Answer:
    """Note that a body numbers papers of a type here and nowhere else; its registry clerk's or its head's right."""
    clerk = {access.group_of(role, command.unit) for role in access.REGISTRARS}
    if access.ADMINISTRATOR not in act.actor.roles and not clerk & act.actor.groups:
        raise NotAllowed(action="declare_series")
    stream = f"unit:{command.unit}"
    act.tx.lock([stream])
    if not reading.is_own_series(act, command.unit, command.type):
        act.append(stream, [SeriesDeclared(unit=command.unit, type=command.type)])
    return {"unit": command.unit, "type": command.type}
