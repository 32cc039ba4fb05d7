"""What the office tells its units: who is reminded of what, and which messages wait to be sent.

A message stands in the outbox by the transaction of what it tells of. It is sent at least once, always with the same
key; that it was sent is written after it was, so a sender that dies in between sends it again.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, func, insert, select

from engine.canonical import time_text
from engine.commands import SYSTEM, RemindOverdue
from engine.errors import NotAllowed
from engine.facts import TasksReminded
from engine.office import moving
from engine.office.act import Act, Sight
from engine.ports import Message
from engine.store import tables
from engine.store.reader import Reader
from engine.store.transaction import Transaction

Answer = dict[str, Any]
OUTBOX = tables.outbox.c
TASK = tables.user_task.c

STREAM = "reminders"
SOON = 2  # working days
STALE = timedelta(days=7)  # what could not be sent for so long is sent no more: mail may have been off for a year
_NAMES = UUID("3f7f0f60-6c0d-4d1d-8a0c-2f6f3c9d7b11")


def command_of(day: date) -> RemindOverdue:
    """Return the one command that reminds the units on a day."""
    return RemindOverdue(command_id=str(uuid5(_NAMES, day.isoformat())), actor=SYSTEM, day=day)


def remind_overdue(act: Act, command: RemindOverdue) -> Answer:
    if act.person != SYSTEM:
        raise NotAllowed(action="remind")
    units = _counts(act, command.day)
    if units:
        act.tx.lock([STREAM])
        act.append(STREAM, [TasksReminded(day=command.day.isoformat(), units=units)])
    return {"units": sorted(units)}


def _counts(sight: Sight, day: date) -> dict[str, list[int]]:
    """Return for each unit with tasks over or near their limits how many there are of both."""
    last = sight.calendar.last_day(day, SOON).last_day.isoformat()
    query = select(TASK.unit, TASK.due_on, func.count().label("tasks")).group_by(TASK.unit, TASK.due_on)
    found: dict[str, list[int]] = {}
    for row in sight.tx.execute(query.where(TASK.state == "open", TASK.unit.is_not(None), TASK.due_on <= last)):
        found.setdefault(row.unit, [0, 0])[0 if row.due_on < day.isoformat() else 1] += row.tasks
    return found


def waiting(reader: Reader, now: datetime, limit: int, besides: Collection[str] = ()) -> list[Message]:
    """Return messages that were not sent, the oldest first; those with a key in `besides` are left out."""
    sent = select(tables.outbox_delivery.c.key).where(tables.outbox_delivery.c.key == OUTBOX.key)
    query = select(tables.outbox).where(OUTBOX.at >= time_text(now - STALE), ~sent.exists())
    rows = reader.execute(query.order_by(OUTBOX.at, OUTBOX.key).limit(limit + len(besides)))
    return [_message(reader, row) for row in rows if row.key not in besides][:limit]


def _message(reader: Reader, row: Row[Any]) -> Message:
    unit = tables.unit.c
    title = reader.execute(select(unit.title).where(unit.id == row.unit)).scalar() or row.unit
    return Message(row.key, row.kind, row.unit, title, _about(reader, json.loads(row.about)))


def _about(reader: Reader, about: dict[str, Any]) -> dict[str, Any]:
    if "round" in about:
        r = tables.round.c
        found = reader.execute(select(r.code, r.title, r.deadline).where(r.id == about["round"])).one()
        return dict(found._mapping)
    for name, table in moving.CASES.items():
        if name in about:
            code = reader.execute(select(table.c.code).where(table.c.id == about[name])).scalar_one()
            return {"code": code, "message": about["message"]}
    return about


def note(tx: Transaction, message: Message, sent: bool, now: datetime) -> None:
    """Write down that a message was sent, or that there is nowhere to send it."""
    row = {"key": message.key, "outcome": "sent" if sent else "no_address", "at": time_text(now)}
    if tx.execute(select(tables.outbox_delivery).where(tables.outbox_delivery.c.key == message.key)).first() is None:
        tx.execute(insert(tables.outbox_delivery), row)
