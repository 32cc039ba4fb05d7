"""Nobody acts on their own nomination (DOMAIN §3.1, S2): who works here and is nominated is told by the 12 digits.

The digits of a person of the directory and those a nomination was filed with lie in form data, never in the journal;
they are compared when somebody takes, is handed or completes a task. Whose number is not known cannot be told.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, select

from engine.errors import SeparationOfDuties
from engine.office import access
from engine.office.act import Sight
from engine.office.views import Actor
from engine.store import tables
from engine.store.statements import ListStatement

COUNCIL = access.SECRETARIES | {"HD_TINH"}  # roles whose steps are votes of a council

_FILED = ListStatement(
    lambda ids: (
        select(tables.nomination.c.id, tables.form_data.c.payload)
        .join_from(tables.nomination, tables.form_data, tables.form_data.c.hash == tables.nomination.c.form_data)
        .where(tables.nomination.c.id.in_(ids))
    )
)


def cases_of(sight: Sight, cases: Sequence[str], person: Actor) -> set[str]:
    """Return those nominations among `cases` whose nominee a person is."""
    number = person.citizen_id
    if not number or not cases:
        return set()
    filed = _FILED(sight.tx.connection, cases)
    # Looked for in the text first: a batch act has a thousand of them, and almost none holds the number.
    return {row.id for row in filed if row.payload and number in row.payload and _holds(row.payload, number)}


def _holds(payload: str, number: str) -> bool:
    return number in json.loads(payload)["data"].values()


def check_other(task: Row[Any], own: Collection[str]) -> None:
    """Refuse an act on the task of one's own nomination.

    Raises:
        SeparationOfDuties: rule is S2, S2_vote where the step is that of a council.
    """
    if task.case_id in own:
        raise SeparationOfDuties(rule="S2_vote" if task.role in COUNCIL else "S2")
