"""The boxes of a person: what lies in them, in which order, and how much is read for a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection

from engine.commands import SYSTEM, AddMembership
from engine.office.queries import inbox
from engine.store.database import Database
from engine.store.statements import Statement
from tests.builders import ASSESSMENT, Office, new_id


@contextmanager
def queries() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Collect the queries made once for many readers, each with its values."""
    asked: list[tuple[str, dict[str, Any]]] = []
    call = Statement.__call__

    def note(statement: Statement, connection: Connection, **values: Any) -> Any:
        text, constants = statement._on(connection)
        asked.append((text, constants | values))
        return call(statement, connection, **values)

    with patch.object(Statement, "__call__", note):
        yield asked


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_who_works_in_two_groups_reads_the_tasks_of_both_by_their_limits_page_by_page(office: Office) -> None:
    id = office.person("Lương Văn Tài", "CB_TDKT_DV").person.id
    joins = {"actor": SYSTEM, "person": id, "unit": "X2545", "role": "HD_DV", "valid_from": office.since}
    office.engine.add_membership(AddMembership(command_id=new_id(), **joins))
    both = office.engine.actor(id)
    codes = []
    for number in range(6):
        codes.append(office.nominate()["code"])
        if number % 2:
            office.complete(codes[-1], office.officer, ASSESSMENT)
        office.clock.move(days=1)

    read, after = [], None
    while True:
        page = office.engine.inbox(both, "group", limit=2, after=after)
        read += page.items
        after = page.next
        if after is None:
            break

    assert sorted(row.code for row in read) == codes
    assert {row.role for row in read} == {"CB_TDKT_DV", "HD_DV"}
    limits = [row.due.due_on for row in read if row.due]
    assert limits == sorted(limits)
    assert office.engine.inbox_counts(both)["group"] == len(codes)


@pytest.mark.parametrize("box", inbox.BOXES)
def test_who_has_no_role_finds_every_box_empty(office: Office, box: str) -> None:
    office.at_head()
    nobody = replace(office.person("Lương Văn Tài", "CB_TDKT_DV"), memberships=())
    page = office.engine.inbox(nobody, box, q="tuấn")
    assert (page.items, page.next, page.steps, page.awards, page.tables) == ((), None, (), (), ())
    assert set(page.counts.values()) == {0}


def test_a_box_that_does_not_exist_is_empty(office: Office) -> None:
    office.at_head()
    assert office.engine.inbox(office.head, "no such box").items == ()


def test_a_table_is_offered_for_a_step_at_which_several_wait_whoever_has_them(office: Office) -> None:
    first, _second, _third = office.at_head(), office.at_head(), office.nominate()
    assert [(each.step, each.count) for each in office.engine.inbox(office.head, "group").tables] == [
        ("head_decision", 2)
    ]
    office.claim(first, office.head)
    for box in ("mine", "group"):
        page = office.engine.inbox(office.head, box)
        assert [(each.step, each.count) for each in page.tables] == [("head_decision", 2)]
        assert [step for step, _name in page.steps] == ["head_decision"]
    assert office.engine.inbox(office.head, "overdue").tables == ()


def test_a_page_asks_once_who_holds_its_tasks(office: Office) -> None:
    colleague = office.person("Lương Văn Tài", "CB_TDKT_DV")
    for who in (office.officer, colleague, colleague):
        office.claim(office.nominate()["code"], who)
    third = office.person("Hà Thị Thu", "HD_DV")  # of the same unit, in another group
    with queries() as asked:
        page = office.engine.inbox(third, "elsewhere")

    assert sorted(row.assignee.full_name for row in page.items if row.assignee) == [
        office.officer.person.full_name,
        *["Lương Văn Tài"] * 2,
    ]
    assert len([text for text, _values in asked if "FROM person" in text]) == 1


@pytest.mark.parametrize("box", inbox.BOXES)
def test_a_box_is_read_by_its_index_however_many_tasks_lie_in_others(sqlite_url: str, box: str) -> None:
    # PostgreSQL chooses its plans by how many rows there are.
    office = Office(Database(sqlite_url))
    with queries() as asked:
        office.engine.inbox(office.officer, box)

    asked = [(text, values) for text, values in asked if "user_task" in text]
    assert len(asked) == 3  # the page, what to choose from, the counts of all boxes
    with office.engine.database.reader.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert not [row.detail for row in plan if row.detail.startswith("SCAN user_task")], statement
    office.engine.database.close()
