"""Statements that go to the driver itself: what comes back has names, and what fails is told as SQLAlchemy tells it."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.store.database import Database
from engine.store.statements import ListStatement, Rows, Statement
from engine.store.tables import draft, unit

UNITS = ("BCA", "SNV", "X2545")
INSERT = Statement(insert(unit))
BY_ID = Statement(select(unit.c.id, unit.c.title).where(unit.c.id == bindparam("id")))
IN = ListStatement(lambda ids: select(unit.c.id).where(unit.c.id.in_(ids)).order_by(unit.c.id))


def row(id: str) -> dict[str, str | None]:
    empty = dict.fromkeys(unit.c.keys())
    return (
        empty
        | dict.fromkeys(("kind", "predecessors", "successors", "search", "valid_from"), "")
        | {
            "id": id,
            "title": f"Đơn vị {id}",
        }
    )


def fill(database: Database) -> None:
    with database.write() as tx:
        assert INSERT.send(tx.connection, [row(id) for id in UNITS]).rowcount == len(UNITS)


def test_the_parts_of_a_row_have_the_names_of_its_columns(database: Database) -> None:
    fill(database)
    with database.read() as reader:
        found = BY_ID(reader.connection, id="SNV")
    assert found.first().title == "Đơn vị SNV"
    assert found.first()._asdict() == {"id": "SNV", "title": "Đơn vị SNV"}
    assert found.scalar() == "SNV"


def test_nothing_found_is_no_row(database: Database) -> None:
    with database.read() as reader:
        found = BY_ID(reader.connection, id="SNV")
    assert found == Rows() and found.first() is None and found.scalar() is None


@pytest.mark.parametrize("count", [0, 1, 3, 5])
def test_a_list_of_any_length_is_asked_for(database: Database, count: int) -> None:
    fill(database)
    wanted = ["X2545", "BCA", "nobody", "SNV", "none"][:count]
    with database.read() as reader:
        assert [found.id for found in IN(reader.connection, wanted)] == sorted(set(wanted) & set(UNITS))


@pytest.mark.parametrize("count", [1, 2])
def test_a_row_that_is_there_already_is_an_integrity_error(database: Database, count: int) -> None:
    fill(database)
    with pytest.raises(IntegrityError), database.write() as tx:
        INSERT.send(tx.connection, [row("SNV"), row("BCA")][:count])


def test_a_statement_that_no_database_understands_is_an_error_of_the_database(database: Database) -> None:
    with pytest.raises(DBAPIError), database.write() as tx:
        Statement(text("INSERT INTO nowhere VALUES (1)")).send(tx.connection, [{}])
    with database.write() as tx:
        assert tx.execute(draft.select()).all() == []  # the connection still works
