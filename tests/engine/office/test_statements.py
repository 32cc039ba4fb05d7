"""How many statements one completion sends: what takes one to and fro per statement must not creep up."""

from __future__ import annotations

from typing import Any

import pytest

from engine.commands import CompleteTask
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import AGREES, ASSESSMENT, NOTICE, REFUSES, VOTE, WANTS_MORE, WHY_NOT, Office, new_id
from tests.sent import sent_to

MOST = 8
# Beyond that: the day of submission, and the last end in a dossier; a receipt and a change of the statutory clock write
# the stream of the dossier too. An award goes into the history of the nominee, with the number that was filed.
SUBMITS, RECEIVES, PAUSES, STOPS, GRANTS, ENDS = 1, 15, 10, 7, 2, 1


@pytest.fixture
def office(database: Database) -> Office:
    office = Office(database)
    office.awarded()  # releases are parsed and the calendar is read once in a process
    return office


def completing(office: Office, code: str, actor: Actor, form: dict[str, Any]) -> list[str]:
    task = office.only_task(code, actor).task
    command = CompleteTask(
        command_id=new_id(), actor=actor.person.id, task=task.id, expected_version=task.version, form=form
    )
    with sent_to(office.engine.database) as sent:
        office.engine.complete_task(command)
    return sent


WAYS = {
    "awarded": [
        ("officer", ASSESSMENT, SUBMITS),
        ("council", VOTE, RECEIVES),
        ("head", AGREES, STOPS + GRANTS),
        ("officer", NOTICE, ENDS),
    ],
    "returned": [("officer", ASSESSMENT, SUBMITS), ("council", VOTE, RECEIVES), ("head", WANTS_MORE, PAUSES)],
    "refused": [
        ("officer", ASSESSMENT, SUBMITS),
        ("council", VOTE, RECEIVES),
        ("head", REFUSES, STOPS),
        ("officer", NOTICE | WHY_NOT, ENDS),
    ],
    "not eligible": [
        ("officer", ASSESSMENT | {"so_sang_kien_de_an_06": "0"}, SUBMITS + 1),  # and the state that is reached
        ("council", NOTICE | WHY_NOT, RECEIVES),
    ],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_completion_sends_at_most_eight_statements_for_its_nomination(office: Office, way: str) -> None:
    code = office.nominate()["code"]
    for name, form, more in WAYS[way]:
        sent = completing(office, code, getattr(office, name), form)
        assert len(sent) <= MOST + more, "\n".join(sent)
