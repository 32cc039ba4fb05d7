"""Receiving a dossier: one act of the front desk on all of its nominations that have arrived.

It completes the step of receipt of each; what follows from that is engine.office.receipts. Who lacks something is sent
back by the same act, with the reasons; who has not arrived yet is received later by the same command.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from engine.commands import BatchItem, ReceiveDossier
from engine.errors import BatchRefused, InvalidForm, NotFound, NothingToReceive
from engine.office import access, completing
from engine.office.act import Act, Sight
from engine.office.completing import Desk, Judged
from engine.process.model import RECEIPT
from engine.store import tables

Answer = dict[str, Any]
DOSSIER = tables.dossier.c
NOMINATION = tables.nomination.c
TASK = tables.user_task.c


def receive(act: Act, command: ReceiveDossier) -> Answer:
    """Receive what has arrived of a dossier, all of it or nothing.

    Raises:
        NotFound: there is no such dossier for the actor, or a row names what has not arrived.
        NothingToReceive: nothing of it waits for the actor's desk.
        InvalidForm: the form was refused, for all of them alike.
        BatchRefused: with the results of all rows, if some cannot be received.
    """
    arrived = arrived_of(act, command.dossier)
    codes = {task.code for task in arrived}
    if strange := sorted(set(command.rows) - codes):
        raise NotFound(kind="nomination", id=strange[0])
    items = [
        BatchItem(task=task.id, expected_version=task.version, form={**command.form, **command.rows.get(task.code, {})})
        for task in arrived
    ]
    judged = _all_good(items, Desk(act, completing.sized(items)))
    with act.tx.mixed():
        for each in judged:
            completing.write(act, each)
    received = [each for each in judged if each.received_on]
    given = sorted(receipt.code for receipt in act.ledger.receipts.values())
    return {
        "dossier": command.dossier,
        "receipts": given,
        "received": [each.task.code for each in received],
        "returned": [each.task.code for each in judged if not each.received_on],
    }


def arrived_of(sight: Sight, dossier: str) -> list[Row[Any]]:
    """Return the open tasks of receipt of a dossier that belong to the actor's desk, in order of their codes."""
    found = sight.tx.execute(select(DOSSIER.id).where(DOSSIER.code == dossier)).scalar()
    joined = tables.user_task.join(tables.nomination, NOMINATION.id == TASK.case_id)
    query = select(tables.user_task).select_from(joined).where(NOMINATION.dossier_id == found, TASK.state == "open")
    rows = [row for row in sight.tx.execute(query.order_by(TASK.code)) if _is_receipt(sight, row)]
    if not rows:
        if found is None or not _may_know(sight, found):
            raise NotFound(kind="dossier", id=dossier)
        raise NothingToReceive(dossier=dossier)
    return rows


def _is_receipt(sight: Sight, task: Row[Any]) -> bool:
    """Whether a task is one of a front desk at which the actor sits: a council takes in by judging."""
    node = sight.releases.get(sight.tx, task.release).process(task.process).node(task.element)
    at_desk = node is not None and node.milestone == RECEIPT and "receivedIf" in node.properties
    return at_desk and access.may_act(sight.actor, task.candidate_group, task.assignee)


def _may_know(sight: Sight, dossier: str) -> bool:
    query = select(TASK.candidate_group, NOMINATION.unit).where(
        NOMINATION.id == TASK.case_id, NOMINATION.dossier_id == dossier
    )
    return any(
        access.may_see_nomination(sight.actor, row.unit, {row.candidate_group}) for row in sight.tx.execute(query)
    )


def _all_good(items: Sequence[BatchItem], desk: Desk) -> list[Judged]:
    try:
        return completing.all_good(items, desk)[1]
    except BatchRefused as refused:
        reasons = [row.refusal for row in refused.params["rows"]]
        if all(isinstance(reason, InvalidForm) and reason.params == reasons[0].params for reason in reasons):
            raise reasons[0] from None
        raise
