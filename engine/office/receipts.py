"""The receipt of a dossier and its statutory clock.

The appraising body takes in nominations of a dossier under one receipt; with it their regime and release are fixed
(decision 19). What arrives later comes under the same receipt while the same regime is in force, under a new one
otherwise (DOMAIN §1.3). The clock runs from the first valid receipt: it stands still while a unit supplements what was
asked, or while everything is suspended, and stops when nothing waits for its result any more. It is facts of the
dossier's stream; limits of steps are another matter and stay as they are (decision 11).

`settle` is called once behind every command. Dossiers are locked behind their nominations.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Row, Select, and_, case, func, or_, select

from engine.facts import (
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    DossierReceived,
    Fact,
    NominationReceived,
)
from engine.office.act import Act
from engine.office.ledger import Receipt
from engine.process.model import DOSSIER_STATES
from engine.process.release import Release
from engine.store import tables
from engine.store.statements import ListStatement

TABLE = "limits.toml"
RUNNING, PAUSED, STOPPED = "running", "paused", "stopped"

DOSSIER = tables.dossier.c
NOMINATION = tables.nomination.c
RECEIPT = tables.receipt.c

SUPPLEMENTING = DOSSIER_STATES.index("YC_BO_SUNG")
_DECIDED = DOSSIER_STATES.index("DA_QD_TINH")
_RESULTS = ("DUOC_KHEN", "KHONG_DUOC_KHEN", "KHONG_DU_DK", "BI_HUY")


# --- receipt -----------------------------------------------------------------------------------------------------


def take_in(act: Act, nomination: Row[Any], day: date, release: Release) -> NominationReceived:
    """Put a nomination under a receipt of its dossier and return the fact that fixes its regime and release.

    `nomination` has case_id and dossier_id.
    """
    regime = act.release_on(day).regime
    key = (nomination.dossier_id, regime)
    if key not in act.ledger.receipts:
        act.ledger.receipts[key] = _receipt(act, nomination.dossier_id, regime, day)
    receipt = act.ledger.receipts[key]
    receipt.nominations.append(nomination.case_id)
    return NominationReceived(
        receipt=receipt.code, received_on=day.isoformat(), regime=release.regime, release=release.id
    )


def _receipt(act: Act, dossier: str, regime: str, day: date) -> Receipt:
    _lock(act, [dossier])
    given = act.tx.execute(select(tables.receipt).where(RECEIPT.dossier_id == dossier)).all()
    known = next((row for row in given if row.regime == regime), None)
    if known:
        return Receipt(dossier, known.code, known.received_on, regime, joined=True)
    earlier = sum(key[0] == dossier and not each.joined for key, each in act.ledger.receipts.items())
    code = act.tx.execute(select(DOSSIER.code).where(DOSSIER.id == dossier)).scalar_one()
    return Receipt(dossier, f"{code}-TN{len(given) + earlier + 1}", day.isoformat(), regime, joined=False)


# --- the clock ---------------------------------------------------------------------------------------------------


def _dossiers(ids: list[BindParameter[str]]) -> Select[Any]:
    of = select(NOMINATION.dossier_id).where(NOMINATION.id.in_(ids))
    return select(DOSSIER.id).where(DOSSIER.id.in_(of), or_(DOSSIER.clock == RUNNING, DOSSIER.clock == PAUSED))


_DOSSIERS = ListStatement(_dossiers)


def settle(act: Act) -> None:
    """Write what the nominations of this command mean for their dossiers: one entry each, if there is anything."""
    receipts: dict[str, list[Receipt]] = {}
    for receipt in act.ledger.receipts.values():
        receipts.setdefault(receipt.dossier, []).append(receipt)
    moved = sorted(act.ledger.nominations - act.ledger.without_clock)
    told = {row.id for row in _DOSSIERS(act.tx.connection, moved)} if moved else set()
    concerned = sorted({*receipts, *told})
    if not concerned:
        return
    _lock(act, concerned)
    for dossier in concerned:
        facts = _settled(act, dossier, receipts.get(dossier, []))
        if facts:
            act.append(f"dossier:{dossier}", facts)


def _lock(act: Act, dossiers: list[str]) -> None:
    if wanted := sorted(set(dossiers) - act.ledger.locked):
        act.tx.lock([f"dossier:{dossier}" for dossier in wanted])
        act.ledger.locked |= set(wanted)


def _settled(act: Act, dossier: str, receipts: list[Receipt]) -> list[Fact]:
    row = act.tx.execute(select(tables.dossier).where(DOSSIER.id == dossier)).one()
    facts: list[Fact] = []
    clock, due_on, days_left = row.clock, row.due_on, row.days_left
    for receipt in receipts:
        named = vars(receipt) | {"receipt": receipt.code}
        facts.append(DossierReceived(**{name: value for name, value in named.items() if name != "code"}))
        started = _started(act, row.authority, receipt) if not receipt.joined or clock in (None, STOPPED) else None
        if started:
            facts.append(started)
            clock, due_on = RUNNING, started.due_on
    if clock in (RUNNING, PAUSED) and (changed := _changed(act, dossier, clock, due_on, days_left)):
        facts.append(changed)
    return facts


def _started(act: Act, authority: str, receipt: Receipt) -> ClockStarted | None:
    day = date.fromisoformat(receipt.received_on)
    table = act.release_on(day).tables.get(TABLE, {})
    row = table.get("limits", {}).get(authority)
    if row is None:
        return None
    limit = act.calendar.last_day(day, row["days"])
    return ClockStarted(
        on=receipt.received_on,
        days=row["days"],
        due_on=limit.last_day.isoformat(),
        left_out=[[each.isoformat(), why] for each, why in limit.left_out],
        legal_basis=row["legal_basis"],
    )


def _changed(act: Act, dossier: str, clock: str, due_on: str, days_left: int | None) -> Fact | None:
    """Return what becomes of a clock that has begun, from where the nominations of the dossier stand now."""
    today, due = act.today, date.fromisoformat(due_on)
    wanted = _wanted(act, dossier)
    if wanted == clock:
        return None
    left = act.calendar.days_left(today, due) if days_left is None else days_left
    if wanted == PAUSED:
        return ClockPaused(on=today.isoformat(), days_left=left)
    if wanted == STOPPED:
        return ClockStopped(on=today.isoformat(), days_left=left)
    if left < 0:  # it had run out before it was paused, and pausing does not give back what was gone
        return ClockResumed(on=today.isoformat(), due_on=due_on, left_out=[])
    limit = act.calendar.last_day(today, left)
    left_out = [[each.isoformat(), why] for each, why in limit.left_out]
    return ClockResumed(on=today.isoformat(), due_on=limit.last_day.isoformat(), left_out=left_out)


def _wanted(act: Act, dossier: str) -> str:
    waits = and_(NOMINATION.ended_at.is_(None), NOMINATION.place < _DECIDED, NOMINATION.reached.not_in(_RESULTS))
    goes_on = and_(waits, NOMINATION.suspended == 0)
    counts = (
        func.count(case((waits, 1))).label("waiting"),
        func.count(case((goes_on, 1))).label("going_on"),
        func.count(case((and_(goes_on, NOMINATION.place == SUPPLEMENTING), 1))).label("supplementing"),
    )
    query = select(*counts).where(NOMINATION.dossier_id == dossier, NOMINATION.receipt.is_not(None))
    row = act.tx.execute(query).one()
    if not row.waiting:
        return STOPPED
    return PAUSED if row.supplementing or not row.going_on else RUNNING
