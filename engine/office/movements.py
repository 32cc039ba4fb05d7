"""Commands on movements and rounds. What is allowed is decided by engine.office.access and engine.office.rounds."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from engine import commands as c
from engine.commands import SYSTEM
from engine.errors import NotAllowed, NotFound
from engine.facts import Fact, NumberTaken, RoundOpened, RoundSet
from engine.office import access, directory, own_forms, rounds, seeds
from engine.office.act import Act
from engine.office.rounds import Round

MOVEMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,39}")

Answer = dict[str, Any]


def set_movement(act: Act, command: c.SetMovement) -> Answer:
    """Enter a movement or set it anew: the right of the Department of Home Affairs, and of the first import."""
    if command.actor != SYSTEM and not access.may_set_movement(act.actor):
        raise NotAllowed(action="set_movement")
    if not MOVEMENT_ID.fullmatch(command.movement):
        raise NotFound(kind="movement", id="")
    loaded = act.releases.catalog.load(own_forms.movement_form(), command.form, known={}, today=act.today)
    filed = act.tx.put_form_data(rounds.filed_apart(loaded.payload, "so_ky_hieu"))
    _write(act, f"movement:{command.movement}", rounds.set_movement(command.movement, loaded.payload, filed))
    return {"movement": command.movement}


def open_round(act: Act, command: c.OpenRound) -> Answer:
    if not access.runs_rounds(act.actor):
        raise NotAllowed(action="open_round")
    if rounds.movement(act.tx.connection, command.movement) is None:
        raise NotFound(kind="movement", id=command.movement)
    wanted = _settings(act, command.form)
    if not access.may_run_round(act.actor, wanted.lead):
        raise NotAllowed(action="open_round")
    round = str(UUID(command.round)) if command.round else str(uuid4())
    year = act.today.year
    series = f"DX-{year}"
    numbering = f"numbering:{series}"
    number = act.tx.lock([f"round:{round}", numbering])[numbering].seq + 1
    code = f"{series}-{number:02d}"
    opened = RoundOpened(round=round, code=code, movement=command.movement, year=year, number=number)
    facts = rounds.open_round(opened, wanted, act.today)
    act.append(numbering, [NumberTaken(series=series, number=number)])
    act.append(f"round:{round}", facts)
    return {"code": code, "id": round}


def change_round(act: Act, command: c.ChangeRound) -> Answer:
    """Change a round. Who leads it hands it over; the Department of Home Affairs may do so for any."""
    round = _round(act, command.round)
    wanted = _settings(act, command.form)
    nominated = rounds.nominated_in(act.tx.connection, round.code)
    return _on_round(act, round, rounds.change_round(round, wanted, nominated))


def close_round(act: Act, command: c.CloseRound) -> Answer:
    round = _round(act, command.round)
    return _on_round(act, round, rounds.close_round(round))


def remind(act: Act, command: c.RemindUnits) -> Answer:
    round = _round(act, command.round)
    units = directory.all_units(act.tx.connection).values()
    standing = rounds.standings(act.tx.connection, round.code)
    behind = [
        unit.id
        for unit in rounds.proposing(units, seeds.role_book(), act.today)
        if standing.get(unit.id, rounds.Standing()).progress(round.deadline) in rounds.NOT_SUBMITTED
    ]
    _on_round(act, round, rounds.remind(round, behind, act.today))
    return {"code": round.code, "units": sorted(behind)}


def form_of_round(act: Act) -> dict[str, Any]:
    """Return the form of a round as it is asked today."""
    units = directory.units(act.tx.connection, act.today).values()
    decisions = act.releases.in_force(act.tx, act.today).decisions
    return own_forms.round_form(units, seeds.role_book(), decisions)


def _settings(act: Act, form: c.FormValues) -> RoundSet:
    loaded = act.releases.catalog.load(form_of_round(act), form, known={}, today=act.today)
    filed = act.tx.put_form_data(rounds.filed_apart(loaded.payload, "so_huong_dan"))
    return rounds.settings(loaded.payload, filed)


def _round(act: Act, code: str) -> Round:
    """Return a round that the actor may run, its stream locked."""
    found = rounds.round_named(act.tx.connection, code)
    if found is None:
        raise NotFound(kind="round", id=code)
    if not access.may_run_round(act.actor, found.lead):
        raise NotAllowed(action="run_round")
    act.tx.lock([f"round:{found.id}"])
    again = rounds.round_named(act.tx.connection, found.id)
    assert again is not None
    return again


def _on_round(act: Act, round: Round, facts: list[Fact]) -> Answer:
    act.append(f"round:{round.id}", facts)
    return {"code": round.code, "id": round.id}


def _write(act: Act, stream: str, facts: list[Fact]) -> None:
    act.tx.lock([stream])
    act.append(stream, facts)
