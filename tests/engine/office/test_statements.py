"""How many statements one completion sends: what takes one to and fro per statement must not creep up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from engine.commands import CompleteTask
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import AGREES, ASSESSMENT, NOTICE, REFUSES, VOTE, WANTS_MORE, WHY_NOT, Office, new_id

MOST = 8
BETWEEN = ("BEGIN", "COMMIT")


@pytest.fixture
def office(database: Database) -> Office:
    office = Office(database)
    office.awarded()  # releases are parsed and the calendar is read once in a process
    return office


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collect what is sent to the driver by commands."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(BETWEEN):
            sent.append(statement)

    event.listen(database.writer, "before_cursor_execute", note)
    yield sent
    event.remove(database.writer, "before_cursor_execute", note)


def completing(office: Office, code: str, actor: Actor, form: dict[str, Any]) -> list[str]:
    task = office.only_task(code, actor).task
    command = CompleteTask(
        command_id=new_id(), actor=actor.person.id, task=task.id, expected_version=task.version, form=form
    )
    with statements(office.engine.database) as sent:
        office.engine.complete_task(command)
    return sent


WAYS = {
    "awarded": [("officer", ASSESSMENT), ("council", VOTE), ("head", AGREES), ("officer", NOTICE)],
    "returned": [("officer", ASSESSMENT), ("council", VOTE), ("head", WANTS_MORE)],
    "refused": [("officer", ASSESSMENT), ("council", VOTE), ("head", REFUSES), ("officer", NOTICE | WHY_NOT)],
    "not eligible": [("officer", ASSESSMENT | {"so_sang_kien_de_an_06": "0"}), ("council", NOTICE | WHY_NOT)],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_completion_sends_at_most_eight_statements(office: Office, way: str) -> None:
    code = office.nominate()["code"]
    for name, form in WAYS[way]:
        sent = completing(office, code, getattr(office, name), form)
        assert len(sent) <= MOST, "\n".join(sent)
