"""The boxes of a person: what lies in them, in which order, and how much is read for a page."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from engine.commands import SYSTEM, AddMembership
from engine.office.queries import inbox
from engine.store.database import Database
from tests.builders import ASSESSMENT, Office, new_id


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
def test_a_box_is_read_by_its_index_however_many_tasks_lie_in_others(sqlite_url: str, box: str) -> None:
    # PostgreSQL chooses its plans by how many rows there are.
    office = Office(Database(sqlite_url))
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "user_task" in statement:
            asked.append((statement, parameters))

    engine = office.engine.database.reader
    event.listen(engine, "before_cursor_execute", note)
    office.engine.inbox(office.officer, box)
    office.engine.grid_choices(office.officer)
    event.remove(engine, "before_cursor_execute", note)

    assert len(asked) == 4  # the page, what to choose from, the counts of all boxes, the tables
    with engine.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert not [row.detail for row in plan if row.detail.startswith("SCAN user_task")], statement
    office.engine.database.close()
