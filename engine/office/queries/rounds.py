"""Rounds as pages and the API show them: the list, and one round with how far its units are.

Whoever is here may know of every round; how far the other units are only those see whom engine.office.access lets.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import func, select

from engine.errors import NotFound
from engine.office import access, own_forms, rounds, seeds
from engine.office.citations import citation
from engine.office.directory import Unit
from engine.office.queries.reading import NOMINATION, Reading
from engine.office.round_views import BoardRow, BoardTotals, MovementView, RoundList, RoundRow, RoundView
from engine.office.rounds import Movement, Round, Standing
from engine.office.views import DueView
from engine.store.folding import folded


def all_rounds(reading: Reading) -> RoundList:
    """Return the movements and the rounds, the latest first."""
    movements = rounds.movements(reading.connection)
    counted = _counted(reading)
    actor = reading.actor
    may = {"open"} if access.runs_rounds(actor) else set()
    return RoundList(
        movements=tuple(_movement(each) for each in movements.values()),
        rounds=tuple(_row(reading, each, movements, counted) for each in rounds.rounds(reading.connection)),
        may=frozenset(may | ({"set_movement"} if access.may_set_movement(actor) else set())),
    )


def round_page(reading: Reading, name: str, *, progress: str | None = None, q: str | None = None) -> RoundView:
    """Return a round by code or id, with the units of the board that are `progress` far and match `q`."""
    found = rounds.round_named(reading.connection, name)
    if found is None:
        raise NotFound(kind="round", id=name)
    board = _board(reading, found)
    words = folded(q or "").split()
    decisions = reading.release_in_force().decisions
    movements = rounds.movements(reading.connection)
    return RoundView(
        row=_row(reading, found, movements, _counted(reading, found.code)),
        movement=_movement(movements[found.movement]),
        kinds=found.kinds,
        guidance_number=found.guidance_number,
        guidance_on=found.guidance_on,
        criteria=tuple((tier, decisions[id].name if id in decisions else id) for tier, id in found.criteria.items()),
        tables=dict(found.criteria),
        cach_tinh_thoi_gian=found.cach_tinh_thoi_gian,
        collectives=found.collectives,
        individuals=found.individuals,
        non_leaders=found.non_leaders,
        board=tuple(
            row
            for row in board
            if progress in (None, row.progress) and all(word in folded(f"{row.title} {row.unit}") for word in words)
        ),
        counts=Counter(row.progress for row in board),
        totals=_totals(board, found),
        values=rounds.values(found),
        may=_may(reading, found),
    )


def round_form(reading: Reading) -> dict[str, Any]:
    """Return the form of a round as it is asked today."""
    units = [unit for unit in reading.units.values() if unit.exists_on(reading.today)]
    return own_forms.round_form(units, seeds.role_book(), reading.release_in_force().decisions)


def movement_values(reading: Reading, name: str) -> dict[str, Any]:
    """Return the answers of the form `movement` as they hold now; NotFound for a movement nobody entered."""
    found = rounds.movement(reading.connection, name)
    if found is None:
        raise NotFound(kind="movement", id=name)
    return rounds.movement_values(found)


def _may(reading: Reading, round: Round) -> frozenset[str]:
    if not access.may_run_round(reading.actor, round.lead):
        return frozenset({"board"} if access.may_see_board(reading.actor, round.lead) else ())
    return frozenset({"board", "change", "close", "remind"} if round.is_open else {"board"})


def _counted(reading: Reading, code: str | None = None) -> dict[str, int]:
    query = select(NOMINATION.round, func.count()).where(NOMINATION.status != "RUT")
    query = query.where(NOMINATION.round == code if code else NOMINATION.round.is_not(None))
    return {round: count for round, count in reading.connection.execute(query.group_by(NOMINATION.round)) if round}


def _movement(movement: Movement) -> MovementView:
    ground = citation(movement.legal_basis) if movement.legal_basis else None
    return MovementView(
        id=movement.id,
        number=movement.number,
        title=movement.title,
        issued_on=movement.issued_on,
        launcher=movement.launcher,
        starts_on=movement.starts_on,
        planned_end=movement.planned_end,
        legal_text=ground.title if ground else None,
        unverified=ground is not None and ground.unverified,
    )


def _row(reading: Reading, round: Round, movements: dict[str, Movement], counted: dict[str, int]) -> RoundRow:
    return RoundRow(
        id=round.id,
        code=round.code,
        title=round.title,
        kind=round.kind,
        status=round.status,
        movement=round.movement,
        movement_number=movements[round.movement].number,
        lead=round.lead,
        lead_title=reading.unit_title(round.lead),
        deadline=round.deadline,
        due=_due(reading, round.deadline) if round.is_open else None,
        awards=round.awards,
        nominations=counted.get(round.code, 0) if access.may_see_board(reading.actor, round.lead) else None,
    )


def _due(reading: Reading, deadline: date) -> DueView:
    return DueView(deadline, reading.calendar.days_left(reading.today, deadline))


def _board(reading: Reading, round: Round) -> list[BoardRow]:
    """Return a line for each unit that may propose or has proposed, those the reader may see, by name."""
    own = None if access.may_see_board(reading.actor, round.lead) else set(reading.own_units)
    standings = rounds.standings(reading.connection, round.code, own)
    reminders = rounds.reminders(reading.connection, round.id)
    shown = {u.id for u in rounds.proposing(reading.units.values(), seeds.role_book(), round.last_day(reading.today))}
    shown = (shown | standings.keys()) if own is None else (shown | standings.keys()) & own
    units = sorted((reading.units[unit] for unit in shown), key=lambda unit: (folded(unit.title), unit.id))
    return [_line(unit, standings.get(unit.id, Standing()), round, reminders.get(unit.id)) for unit in units]


def _line(unit: Unit, standing: Standing, round: Round, reminded: Any) -> BoardRow:
    times, last = reminded or (0, None)
    return BoardRow(
        unit=unit.id,
        title=unit.title,
        kind=unit.kind,
        progress=standing.progress(round.deadline),
        nominations=standing.nominations,
        collectives=standing.collectives,
        individuals=standing.individuals,
        submitted=standing.submitted,
        returned=standing.returned,
        late=standing.late,
        last_submitted=standing.last_submitted,
        asked=standing.asked,
        leaders=standing.leaders,
        warnings=standing.warnings(round),
        reminded=times,
        reminded_on=last,
    )


def _totals(board: list[BoardRow], round: Round) -> BoardTotals:
    asked, leaders = sum(row.asked for row in board), sum(row.leaders for row in board)
    return BoardTotals(
        nominations=sum(row.nominations for row in board),
        collectives=sum(row.collectives for row in board),
        individuals=sum(row.individuals for row in board),
        asked=asked,
        non_leaders=asked - leaders,
        share=(asked - leaders) * 100_00 // asked if asked else None,
        few_non_leaders=rounds.below_share(asked, leaders, round.non_leaders),
    )
