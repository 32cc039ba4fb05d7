"""The list of names of a paper: who may stand in it, changing it while it is drafted, and who is taken out of it.

The order is the one the drafter gave and is kept. Every change begins the next version of the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Row, Select, select

from engine.commands import SetPaperLines
from engine.errors import (
    MixedPaper,
    NotAllowed,
    NotFound,
    PaperLinesRefused,
    PaperNotInDrafting,
    PaperSigned,
    StalePaper,
)
from engine.facts import PaperRevised
from engine.office import access, awards_history, moving, tasks
from engine.office.act import Act, Sight
from engine.office.papers import kinds, reading, requests
from engine.office.papers.kinds import PaperKind
from engine.office.papers.split import Candidate, Part, propose
from engine.process.moves import Deliver
from engine.store import tables
from engine.store.statements import ListStatement

Answer = dict[str, Any]
NOMINATION = tables.nomination.c
PAPER = tables.paper.c
LINE = tables.paper_line.c
WAIT = tables.message_subscription.c

LIST_CHANGED = "list_changed"  # the message that sends a paper back to drafting

MOST_LINES = 2_000


def _waiting(ids: list[BindParameter[str]]) -> Select[Any]:
    return select(WAIT.case_id, WAIT.message, WAIT.element).where(WAIT.case_id.in_(ids))


def _listed(ids: list[BindParameter[str]]) -> Select[Any]:
    joined = tables.paper_line.join(tables.paper, PAPER.id == LINE.paper_id)
    columns = (LINE.nomination_id, PAPER.id, PAPER.kind, PAPER.reached, PAPER.ended_at)
    return select(*columns).select_from(joined).where(LINE.nomination_id.in_(ids))


_BY_CODE = ListStatement(lambda codes: select(tables.nomination).where(NOMINATION.code.in_(codes)))
_WAITING = ListStatement(_waiting)
_LISTED = ListStatement(_listed)

# --- who may stand in a paper ------------------------------------------------------------------------------------


def issuing_body(sight: Sight, kind: PaperKind, nomination: Row[Any]) -> str | None:
    """Return the body that issues a paper of this kind over a nomination; None where there is none."""
    return moving.context_of(sight, nomination.unit, nomination.round).unit(kind.issuing)


def regime_of(sight: Sight, nomination: Row[Any]) -> str:
    """Return the law a nomination is under: until it is received that of the day, unless it had to keep its release."""
    if nomination.receipt is None and nomination.kept is None:
        return sight.release_on(sight.today).regime
    return str(nomination.regime)


def may_draft(sight: Sight, kind: PaperKind, unit: str | None) -> bool:
    return unit is not None and access.group_of(kind.roles["drafter"], unit) in sight.actor.groups


def find(sight: Sight, kind: PaperKind, codes: Sequence[str]) -> list[Row[Any]]:
    """Return nominations in the order of their codes.

    Raises:
        PaperLinesRefused: none, too many, or one twice.
        NotFound: there is no such nomination, or the actor may not know of it.
        NotAllowed: the actor may see it and drafts no such paper on it.
    """
    if not 1 <= len(codes) <= MOST_LINES:
        raise PaperLinesRefused(why="none" if not codes else "too_many", nominations=[])
    if len(set(codes)) < len(codes):
        raise PaperLinesRefused(why="twice", nominations=sorted({code for code in codes if codes.count(code) > 1}))
    rows = {row.code: row for row in _BY_CODE(sight.tx.connection, codes)}
    for code in codes:
        row = rows.get(code)
        if row is not None and may_draft(sight, kind, issuing_body(sight, kind, row)):
            continue
        if row is not None and access.may_see_nomination(sight.actor, row.unit, tasks.groups_of(sight, row.id)):
            raise NotAllowed(action="draft")
        raise NotFound(kind="nomination", id=code)
    return [rows[code] for code in codes]


def check(sight: Sight, kind: PaperKind, rows: Sequence[Row[Any]], all_kinds: dict[str, PaperKind], paper: str) -> Part:
    """Return the part that these nominations are, if together they can stand in the paper of this id.

    Raises:
        PaperLinesRefused: some are suspended, do not wait for this paper or stand in another one already.
        MixedPaper: they need several papers.
    """
    _refuse(rows, "suspended", {row.id for row in rows if row.suspended})
    _refuse(rows, "other_award", {row.id for row in rows if not kind.may_hold(row.award, regime_of(sight, row))})
    ids = [row.id for row in rows]
    _refuse(rows, "not_waiting", set(ids) - waiting(sight, kind, rows))
    same = {each.id for each in all_kinds.values() if each.message == kind.message and kind.message} | {kind.id}
    if kind.once_in_movement:
        _refuse(rows, "awarded_before", awards_history.barred(sight.tx.connection, ids))
    _refuse(rows, "in_other_paper", _in_open_papers(sight, ids, same, paper))
    parts = split(sight, kind, rows)
    if len(parts) > 1:
        raise MixedPaper(parts=[list(part.nominations) for part in parts])
    if kind.per_dossier:
        siblings = requests.of_dossier(sight, rows[0].dossier_id)
        wait = waiting(sight, kind, siblings)
        requests.check_whole(sight, kind, rows, [row for row in siblings if row.id in wait])
    return parts[0]


def waiting(sight: Sight, kind: PaperKind, rows: Sequence[Row[Any]]) -> set[str]:
    """Return the ids of those that wait for a paper of this kind; all of them where nothing waits for it.

    Several bodies may send what a message names: the event then says whose paper it waits for (`unitScope`).
    """
    by_id = {row.id: row for row in rows}
    if kind.message is None:
        return set(by_id)
    found = set()
    for wait in _WAITING(sight.tx.connection, list(by_id)):
        row = by_id[wait.case_id]
        release = sight.releases.get(sight.tx, row.release)
        node = next((p.nodes[wait.element] for p in release.processes.values() if wait.element in p.nodes), None)
        if wait.message == kind.message and (node is None or node.unit_scope in (None, kind.issuing)):
            found.add(row.id)
    return found


def split(sight: Sight, kind: PaperKind, rows: Sequence[Row[Any]]) -> tuple[Part, ...]:
    """Return the papers of this kind that these nominations need."""
    candidates = [
        Candidate(
            *(row.code, row.award, regime_of(sight, row), row.round, issuing_body(sight, kind, row) or ""),
            dossier=row.dossier_id if kind.per_dossier else "",
        )
        for row in rows
    ]
    if kind.mixed:
        # It names all of them, whoever decides: only the body and the regime tell papers apart.
        candidates = [Candidate(c.code, "", c.regime, None, c.unit, c.dossier) for c in candidates]
    return propose(candidates)


def _in_open_papers(sight: Sight, ids: Sequence[str], same: set[str], paper: str) -> set[str]:
    return {
        row.nomination_id
        for row in _LISTED(sight.tx.connection, ids)
        if row.kind in same and row.id != paper and not row.ended_at and not is_issued(row.reached)
    }


def is_issued(reached: str) -> bool:
    return reached in (kinds.ISSUED, kinds.RECEIVED)


def _refuse(rows: Sequence[Row[Any]], why: str, ids: set[str]) -> None:
    if ids:
        raise PaperLinesRefused(why=why, nominations=[row.code for row in rows if row.id in ids])


# --- changing the list -------------------------------------------------------------------------------------------


def set_lines(act: Act, command: SetPaperLines) -> Answer:
    """Make the list what the drafter wants it to be; the same list again changes nothing."""
    wanted = [row.id for row in _BY_CODE(act.tx.connection, command.nominations[:MOST_LINES])]
    paper, held = reading.lock(act, command.paper, wanted)
    kind_list = kinds.kinds_of(act.releases.get(act.tx, paper.release))
    kind = kind_list[paper.kind]
    if not may_draft(act, kind, paper.unit):
        raise NotAllowed(action="set_lines")
    if paper.ended_at or paper.reached != kinds.DRAFTING:
        raise PaperNotInDrafting(paper=paper.code, status=paper.status)
    if paper.version != command.expected_version:
        raise StalePaper(paper=paper.code, expected=command.expected_version, version=paper.version)
    rows = find(act, kind, command.nominations)
    check(act, kind, rows, kind_list, paper.id)
    lines = [row.id for row in rows]
    if lines != held:
        act.append(f"paper:{paper.id}", [PaperRevised(version=paper.version + 1, why="edited", lines=lines)])
    return {"paper": paper.code, "version": paper.version + (lines != held)}


# --- taken out ---------------------------------------------------------------------------------------------------


def take_out(act: Act, nomination: str, why: str) -> None:
    """Take a suspended or withdrawn nomination out of the papers it stands in; they go back to be drafted again.

    The papers are locked behind their nominations, as every command does that locks both.

    Args:
        why: suspended or withdrawn.

    Raises:
        PaperSigned: one of them is signed: it names this nominee, and only its issue can follow.
    """
    ids = [row.id for row in _LISTED(act.tx.connection, [nomination]) if not row.ended_at]
    act.tx.lock([f"paper:{id}" for id in ids])
    for paper in [reading.row(act, id) for id in ids]:
        if paper.ended_at or is_issued(paper.reached):
            continue
        if paper.reached not in kinds.UNSIGNED:
            raise PaperSigned(paper=paper.code)
        left = [id for id in reading.lines(act, paper.id) if id != nomination]
        _send_back(act, paper, PaperRevised(version=paper.version + 1, why=why, lines=left))


def _send_back(act: Act, paper: Row[Any], revised: PaperRevised) -> None:
    """Write the next version; a paper that has left its drafter comes back, if its diagram waits for that."""
    release = act.releases.get(act.tx, paper.release)
    instance = moving.restore(act, paper, release)
    if not any(wait.message == LIST_CHANGED for wait in instance.waits):
        act.append(f"paper:{paper.id}", [revised])
        return
    context = reading.context(act, paper)
    moved = instance.handle(Deliver(LIST_CHANGED), context)
    moving.keep(act, f"paper:{paper.id}", [revised, *moved], release, instance, context, Deliver(LIST_CHANGED))
