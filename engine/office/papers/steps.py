"""The user tasks of a paper: completed like those of any case, with what the office asks of a paper beside it.

What a completion brings about is read from the states its process reached, so a diagram may draw more or fewer steps:
leaving `soan` needs a good list, `da_ky` the file, `da_cap_so` a number that fits the register; `da_phat_hanh` gives
the paper to all nominations that wait for it, in the same transaction; coming back to `soan` begins the next version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, literal, select

from engine.commands import CompleteTask
from engine.errors import DocumentPending, InvalidForm, PaperLinesRefused, StalePaper
from engine.facts import Fact, NominationSubmitted, PaperArrived, PaperNumbered, PaperRevised, StatusReached
from engine.office import completing, floating, moving
from engine.office.act import Act
from engine.office.awards import form_field
from engine.office.completing import Desk, Judged
from engine.office.papers import kinds, lines, numbers, once, reading
from engine.office.papers.kinds import PaperKind
from engine.office.papers.numbers import Number, NumberRefused
from engine.process.instance import Instance
from engine.process.model import SUBMISSION
from engine.process.moves import Deliver
from engine.process.release import Release
from engine.store import tables
from engine.store.statements import ListStatement

Answer = dict[str, Any]
NOMINATION = tables.nomination.c
DOCUMENT = tables.paper_document.c

_AS_CASE = (
    literal("nomination").label("subject"),
    NOMINATION.id.label("case_id"),
    NOMINATION.unit.label("proposing_unit"),
)
_BY_ID = ListStatement(lambda ids: select(tables.nomination, *_AS_CASE).where(NOMINATION.id.in_(ids)))


def complete(act: Act, command: CompleteTask) -> Answer:
    """Complete a user task, of a paper or of any other case."""
    # Nearly all tasks are of nominations: one of a paper is looked for when it is not among those, and not locked
    # before its nominations.
    desk = Desk(act, [command.task], of=tables.nomination.name)
    paper = None if command.task in desk.tasks else _paper_of(act, command.task)
    if paper is None:
        return completing.complete_at(desk, act, command)
    held = reading.lines(act, paper)
    desk = Desk(act, [command.task], [moving.stream_of("nomination", id) for id in held])
    judged = desk.judge(command.task, command.expected_version, command.form)
    row = reading.row(act, paper)
    if reading.lines(act, paper) != held:
        raise StalePaper(paper=row.code, expected=row.version, version=row.version)
    reached = [fact.status for fact in judged.facts if isinstance(fact, StatusReached)]
    completing.write(act, judged, _besides(act, row, judged, held, reached))
    if kinds.ISSUED in reached:
        _issue(act, row, judged, held)
    return completing.answer(judged) | {"reached": reached}


def _paper_of(act: Act, task: str) -> str | None:
    t = tables.user_task.c
    query = select(t.case_id).where(t.id == task, t.subject == tables.paper.name)
    return act.tx.execute(query).scalar()


def _besides(act: Act, paper: Row[Any], judged: Judged, held: Sequence[str], reached: Sequence[str]) -> list[Fact]:
    """Check what the states ask for and return the facts that belong to them."""
    facts: list[Fact] = []
    kind = kinds.kind_of(judged.release, paper.kind)
    if paper.reached == kinds.DRAFTING and reached:
        _check_list(act, judged, paper, held)
    if kinds.SIGNED in reached and not has_document(act, paper):
        raise DocumentPending(paper=paper.code)
    if {kinds.SIGNED, kinds.ISSUED} & set(reached):
        once.check(act, kind, kinds.kinds_of(judged.release), _nominations(act, held))
    if kinds.NUMBERED in reached:
        facts.append(_number(act, paper, kind, judged))
    if kinds.DRAFTING in reached:
        facts.append(PaperRevised(version=paper.version + 1, why="returned", lines=list(held)))
    return facts


def _check_list(act: Act, judged: Judged, paper: Row[Any], held: Sequence[str]) -> None:
    if not held:
        raise PaperLinesRefused(why="none", nominations=[])
    all_kinds = kinds.kinds_of(judged.release)
    lines.check(act, all_kinds[paper.kind], _nominations(act, held), all_kinds, paper.id)


def _nominations(act: Act, ids: Sequence[str]) -> list[Row[Any]]:
    rows = {row.id: row for row in _BY_ID(act.tx.connection, ids)}
    return [rows[id] for id in ids]


def has_document(act: Act, paper: Row[Any]) -> bool:
    """Whether the file of the present version was written."""
    query = select(DOCUMENT.sha256).where(DOCUMENT.paper_id == paper.id, DOCUMENT.version == paper.version)
    return act.tx.execute(query).first() is not None


# --- the number --------------------------------------------------------------------------------------------------


def _number(act: Act, paper: Row[Any], kind: PaperKind, judged: Judged) -> PaperNumbered:
    """Return number and date as they were entered, if they fit the register of the body."""
    form = judged.release.form(judged.node.form)
    payload = judged.loaded.payload if judged.loaded else {}
    symbol_field, day_field = field_of(form, "document_number"), field_of(form, "date")
    symbol, day = str(payload[symbol_field]), date.fromisoformat(str(payload[day_field]))
    series = numbers.series_of(paper.unit, kind.type, day)
    # Behind all other streams, and nobody who holds a series waits for anything else.
    act.tx.lock([f"numbering:{series}"])
    try:
        number, letter = numbers.parse(symbol, kind.type)
        own = reading.is_own_series(act, paper.unit, kind.type)
        numbers.check(Number(number, letter, day), reading.register(act, series), own=own)
    except NumberRefused as refused:
        field = symbol_field if refused.field == "number" else day_field
        raise InvalidForm(fields={field: [(refused.code, refused.params)]}) from None
    return PaperNumbered(series=series, number=number, letter=letter, symbol=symbol, day=day.isoformat())


def field_of(form: Mapping[str, Any], type: str) -> str:
    """Return the name of the first field of a type in the form that numbers a paper.

    Raises:
        LookupError: it has none; such a release cannot number papers.
    """
    found = form_field(form, type)
    if found is None:
        raise LookupError(f"form {form['key']} has no {type}")
    return found


# --- issue -------------------------------------------------------------------------------------------------------


def _issue(act: Act, paper: Row[Any], judged: Judged, held: Sequence[str]) -> None:
    """Give the paper to all its nominations: one entry each, all or nothing. One that then cannot go on is parked."""
    kind = kinds.kind_of(judged.release, paper.kind)
    if kind.message is None:
        return
    rows = _nominations(act, held)
    instances = moving.Instances(act, [moving.stream_of("nomination", id) for id in held])
    arrived = PaperArrived(paper=paper.id, code=paper.code, kind=kind.id, number=paper.number, day=paper.issued_on)
    deliver = Deliver(kind.message)
    with act.tx.mixed():
        for row in rows:
            release = act.releases.get(act.tx, row.release)
            instance = instances.take(row, release)
            before: list[Fact] = [arrived]
            if row.receipt is None and _hands_in(instance, kind.message):
                release, instance = _handed_in(act, row, release, instance, before)
            context = moving.context_of(act, row.unit, row.round)
            moved = instance.handle(deliver, context)
            stream = moving.stream_of("nomination", row.id)
            moving.keep(act, stream, [*before, *moved], release, instance, context, deliver)


def _hands_in(instance: Instance, message: str) -> bool:
    """Whether the unit hands in by the paper that brings this message."""
    waits = [wait for wait in instance.waits if wait.message == message]
    node = instance.definition.node(waits[0].element) if waits else None
    return node is not None and node.milestone == SUBMISSION


def _handed_in(
    act: Act, row: Row[Any], release: Release, instance: Instance, before: list[Fact]
) -> tuple[Release, Instance]:
    """Move a nomination to the release in force, if it can, and note that it was handed in."""
    moved = floating.floated(act, row, instance, act.today)
    if isinstance(moved, floating.Floated):
        floating.write(act, row.id, moved)
        release, instance = moved.release, moved.instance
    elif moved:
        before.append(moved)
    if row.submitted_on is None:
        before.append(NominationSubmitted(on=act.today.isoformat()))
    return release, instance
