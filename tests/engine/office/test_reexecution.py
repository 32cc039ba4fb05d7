"""The proof by doing: what an entry says must follow from the entries before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.canonical import canonical
from engine.office.reexecution import Reexecution
from engine.store.database import Database
from engine.store.journal import Entry
from tests.builders import RELEASES, Office


@pytest.fixture
def entries(database: Database) -> list[Entry]:
    office = Office(database)
    id = office.engine.nomination(office.auditor, office.awarded()).id
    with database.read() as reader:
        return list(reader.entries(f"nomination:{id}"))


def first_error(database: Database, entries: list[Entry]) -> tuple[int, str] | None:
    with database.read() as reader:
        finding = Reexecution(RELEASES)(reader, entries[0].stream, entries)
    return (finding.seq, finding.why) if finding else None


def forged(entries: list[Entry], seq: int, change: Callable[[dict[str, Any]], object]) -> list[Entry]:
    """Return the entries with the body of one of them changed, as someone would who recomputes all hashes."""
    changed = list(entries)
    body = json.loads(canonical(entries[seq - 1].body))
    change(body)
    changed[seq - 1] = Entry(**vars(entries[seq - 1]) | {"body": body})
    return changed


def test_what_was_written_follows(database: Database, entries: list[Entry]) -> None:
    assert first_error(database, entries) is None


def test_votes_that_were_changed_afterwards_do_not_follow(database: Database, entries: list[Entry]) -> None:
    fewer = forged(entries, 3, lambda body: body["move"]["variables"].update(dong_y=1, khong_dong_y=8))
    seq, _ = first_error(database, fewer) or (0, "")
    assert seq == 3


def test_an_entry_left_out_is_missed_by_the_next_one(database: Database, entries: list[Entry]) -> None:
    found = first_error(database, [entries[0], *entries[2:]])
    assert found == (3, "cannot_be_executed")


def test_another_due_date_does_not_follow(database: Database, entries: list[Entry]) -> None:
    def later(body: dict[str, Any]) -> None:
        opened = next(fact for fact in body["facts"] if fact["fact"] == "StepOpened")
        opened["due_on"] = "2027-01-01"

    assert first_error(database, forged(entries, 1, later)) == (1, "other_facts_follow")


def test_a_variable_added_beside_the_process_leads_to_another_state(database: Database, entries: list[Entry]) -> None:
    def add(body: dict[str, Any]) -> None:
        body["facts"][0]["variables"]["nominated.la_lanh_dao"] = True

    seq, _ = first_error(database, forged(entries, 1, add)) or (0, "")
    assert seq == 1
