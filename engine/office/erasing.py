"""Erasing what was filed about a person: names, id numbers, texts and files go, what happened stays (decision 0027).

The journal names what is erased by hash, so its proof stands: `verify` and `rebuild` go on as before. What the archive
needs is kept: a paper that was issued, and an award without the order of a competent body.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Row, delete, select

from engine.commands import SYSTEM, EraseNominee, ErasePerson
from engine.errors import CannotErase, NotAllowed, NotFound
from engine.facts import DataErased, Fact, ReasonGiven
from engine.facts.naming import blobs_named, form_data_named
from engine.office import accounts, directory
from engine.office.act import Act
from engine.office.awards import AWARDED
from engine.office.nominations import checked_reason
from engine.office.papers import kinds
from engine.store import tables
from engine.store.folding import folded
from engine.store.journal import Entry, entry_of

Answer = dict[str, Any]
ISSUED = (kinds.ISSUED, "da_nhan")
JOURNAL = tables.journal.c


def erase_nominee(act: Act, command: EraseNominee) -> Answer:
    """Erase what was filed on a nomination, and the files of papers that were never issued with its name.

    Answers how many pieces were erased, and the codes of the papers that keep the name.

    Raises:
        CannotErase: not_ended | awarded | in_paper | name_in_reason.
    """
    _check_may_erase(act)
    table = tables.nomination
    row = act.tx.execute(select(table).where(table.c.code == command.nomination)).first()
    if row is None:
        raise NotFound(kind="nomination", id=command.nomination)
    stream = f"nomination:{row.id}"
    papers = list(_papers_naming(act, row.id))
    act.hold([stream, *(f"paper:{paper.id}" for paper in papers)])
    _check_not_needed(row, papers, command.order)
    _check_reason(f"{command.reason} {command.order or ''}", row.nominee)
    entries = list(act.tx.entries(stream))
    data = {name for fact in _facts(entries) for name in form_data_named(fact)}
    blobs = {name for fact in _facts(entries) if fact["fact"] == "FileAttached" for name in blobs_named(fact)}
    for paper in papers:
        if paper.reached not in ISSUED or not _lists(act, paper, row.id):
            blobs |= set(_files_naming(act, paper, row.id))
    blobs -= _named_elsewhere(act, blobs, {stream, *(f"paper:{paper.id}" for paper in papers)})
    count = _erase(act, stream, data, blobs, command.reason, command.order)
    tasks = select(tables.user_task.c.id).where(tables.user_task.c.case_id == row.id)
    act.tx.execute(delete(tables.draft).where(tables.draft.c.place.in_(tasks)))
    kept = [paper.code for paper in papers if paper.reached in ISSUED]
    return {"nomination": row.code, "erased": count, "kept": sorted(kept)}


def erase_person(act: Act, command: ErasePerson) -> Answer:
    """Erase the name, position and user name of somebody of the directory; the acts stay, by a number.

    Raises:
        CannotErase: still_member | account_open | name_in_reason.
    """
    _check_may_erase(act)
    stream = f"person:{command.person}"
    act.hold([stream])
    row = act.tx.execute(select(tables.person).where(tables.person.c.id == command.person)).first()
    if row is None:
        raise NotFound(kind="person", id=command.person)
    if directory.actor(act.tx.connection, command.person, act.today).memberships:
        raise CannotErase(why="still_member")
    account = accounts.account_of(act.tx.connection, command.person)
    if account and not account.disabled:
        raise CannotErase(why="account_open")
    _check_reason(command.reason, row.full_name)
    data = {name for fact in _facts(act.tx.entries(stream)) for name in form_data_named(fact)}
    count = _erase(act, stream, data, set(), command.reason)
    accounts.end_all(act.tx.connection, command.person)
    for table in (tables.credential, tables.draft):
        act.tx.execute(delete(table).where(table.c.person == command.person))
    return {"person": command.person, "erased": count}


def _check_may_erase(act: Act) -> None:
    """Erasing is asked for on the command line alone, until two persons can agree on it."""
    if act.command.actor != SYSTEM:
        raise NotAllowed(action="erase")


def _check_not_needed(nomination: Row[Any], papers: Iterable[Row[Any]], order: str | None) -> None:
    if nomination.ended_at is None:
        raise CannotErase(why="not_ended")
    if nomination.status == AWARDED and not order:
        raise CannotErase(why="awarded")
    if any(paper.ended_at is None for paper in papers):
        raise CannotErase(why="in_paper")


def _check_reason(reason: str, name: str) -> None:
    if name and folded(name) in folded(reason):
        raise CannotErase(why="name_in_reason")


def _erase(act: Act, stream: str, data: set[str], blobs: set[str], reason: str, order: str | None = None) -> int:
    """Write the entry that orders it and empty what it names; nothing is written where all is erased already."""
    e = tables.erasure.c
    gone = set(act.tx.execute(select(e.hash).where(e.hash.in_([*data, *blobs]))).scalars())
    reasons = _reasons_of(act, stream)
    left_data, left_blobs = sorted(data - gone - reasons), sorted(blobs - gone)
    if not left_data and not left_blobs:
        return 0
    given = {"reason": checked_reason(reason, "reason")} | ({"order": order} if order else {})
    facts: list[Fact] = [
        ReasonGiven(form_data=act.tx.put_form_data(given)),
        DataErased(erased_data=left_data, erased_blobs=left_blobs),
    ]
    entry = act.append(stream, facts)
    act.tx.erase(entry, left_data, left_blobs)
    return len(left_data) + len(left_blobs)


def _reasons_of(act: Act, stream: str) -> set[str]:
    """Return the reasons that erasures were given: they stay, to be answered for."""
    return {
        name
        for entry in act.tx.entries(stream)
        if any(fact["fact"] == DataErased.name for fact in entry.body["facts"])
        for fact in entry.body["facts"]
        for name in form_data_named(fact)
    }


def _facts(entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    return (fact for entry in entries for fact in entry.body["facts"])


# --- papers ------------------------------------------------------------------------------------------------------


def _papers_naming(act: Act, nomination: str) -> Iterator[Row[Any]]:
    """Return the papers that ever listed a nomination. It looks at every entry of every paper."""
    naming = JOURNAL.stream.startswith("paper:") & JOURNAL.body.contains(nomination, autoescape=True)
    streams = act.tx.execute(select(JOURNAL.stream).where(naming).distinct()).scalars()
    ids = [stream.partition(":")[2] for stream in streams]
    yield from act.tx.execute(select(tables.paper).where(tables.paper.c.id.in_(ids)).order_by(tables.paper.c.code))


def _lists(act: Act, paper: Row[Any], nomination: str) -> bool:
    line = tables.paper_line.c
    query = select(line.position).where(line.paper_id == paper.id, line.nomination_id == nomination)
    return act.tx.execute(query).first() is not None


def _files_naming(act: Act, paper: Row[Any], nomination: str) -> Iterator[str]:
    """Return the files of a paper that may hold the name: those written or attached while it was on the list."""
    listed = False
    for fact in _facts(act.tx.entries(f"paper:{paper.id}")):
        if "lines" in fact:
            listed = nomination in fact["lines"]
        if listed:
            yield from blobs_named(fact)


def _named_elsewhere(act: Act, blobs: set[str], streams: set[str]) -> set[str]:
    """Return those of the blobs that cases of others have as well: the same file, attached to several."""
    kept: set[str] = set()
    for name in sorted(blobs):
        naming = JOURNAL.body.contains(name) & JOURNAL.stream.not_in(streams)
        others = map(entry_of, act.tx.execute(select(tables.journal).where(naming)))
        if any(name in blobs_named(fact) for fact in _facts(others)):
            kept.add(name)
    return kept
