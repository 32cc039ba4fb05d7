"""Statements kept back: sent by kind, in an order that keeps each stream's own."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from engine.commands import SYSTEM
from engine.facts import Fact, PersonAdded, UnitAdded, UnitEnded
from engine.store import tables
from engine.store.database import Database, Transaction
from engine.store.gathering import Gathering
from engine.store.verify import verify

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def append(tx: Transaction, stream: str, *facts: Fact) -> None:
    body = {"command": "Test", "command_id": "1", "actor": SYSTEM, "facts": [fact.to_json() for fact in facts]}
    tx.append(stream, body, NOW)


def unit(id: str) -> UnitAdded:
    return UnitAdded(unit=id, title=f"Xã {id}", kind="xa", valid_from="2025-07-01")


def test_entries_of_many_streams_are_written_as_if_one_by_one(database: Database) -> None:
    ids = [f"X{number}" for number in range(300)]
    with database.write() as tx:
        tx.lock([f"unit:{id}" for id in ids])
        with tx.mixed():
            for id in ids:
                append(tx, f"unit:{id}", unit(id))
                append(tx, f"unit:{id}", UnitEnded(unit=id, valid_to="2026-12-31", successors=[]))
        tx.answer("1", SYSTEM, "", {})
    assert verify(database).ok
    with database.read() as reader:
        ends = reader.execute(tables.unit.select()).all()
    assert len(ends) == 300 and {row.valid_to for row in ends} == {"2026-12-31"}


def test_what_is_filed_while_gathering_can_be_read_by_the_projection(database: Database) -> None:
    with database.write() as tx:
        tx.lock(["person:p"])
        with tx.mixed():
            filed = tx.put_form_data({"full_name": "Ma Văn Tuấn", "position": "Công chức"})
            append(tx, "person:p", PersonAdded(person="p", person_data=filed))
        tx.answer("1", SYSTEM, "", {})
    with database.read() as reader:
        [person] = reader.execute(tables.person.select()).all()
    assert person.full_name == "Ma Văn Tuấn"
    assert verify(database).ok


def test_a_fact_that_concerns_no_row_is_noticed_and_nothing_stays(database: Database) -> None:
    with pytest.raises(RuntimeError, match="2 facts concern 1 rows"):
        end_two_units_of_which_one_exists(database)
    with database.read() as reader:
        assert reader.execute(tables.unit.select()).all() == []


def end_two_units_of_which_one_exists(database: Database) -> None:
    with database.write() as tx:
        tx.lock(["unit:a", "unit:b"])
        with tx.mixed():
            append(tx, "unit:a", unit("a"))
            append(tx, "unit:a", UnitEnded(unit="a", valid_to="2026-12-31", successors=[]))
            append(tx, "unit:b", UnitEnded(unit="b", valid_to="2026-12-31", successors=[]))


@pytest.mark.parametrize(
    ("mixed", "order"),
    [
        (True, ["first:a", "first:b", "second:a", "second:b", "first:a again"]),
        (False, ["first:a", "second:a", "first:b", "second:b", "first:a again"]),
    ],
)
def test_statements_keep_their_order_or_that_of_their_line(mixed: bool, order: list[str]) -> None:
    sent: list[str] = []

    class Noting:
        def __init__(self, name: str) -> None:
            self.name = name

        def send(self, _: object, rows: list[dict[str, str]]) -> Any:
            sent.extend(f"{self.name}:{row['row']}" for row in rows)
            return SimpleNamespace(rowcount=len(rows))

    gathering: Any = Gathering(mixed=mixed)
    first, second = Noting("first"), Noting("second")
    for line in ("a", "b"):
        gathering.add(line, first, {"row": line}, one=True)
        gathering.add(line, second, {"row": line}, one=True)
    gathering.add("a", first, {"row": "a again"}, one=True)
    gathering.send(SimpleNamespace(dialect=SimpleNamespace(name="sqlite")))
    assert sent == order


def test_what_was_written_is_seen_by_the_next_query_of_the_transaction(database: Database) -> None:
    with database.write() as tx:
        tx.lock(["unit:a"])
        append(tx, "unit:a", unit("a"))
        titles = [row.title for row in tx.execute(tables.unit.select())]
        assert titles == ["Xã a"]
        tx.answer("1", SYSTEM, "", {})


def test_what_failed_among_mixed_entries_leaves_the_transaction_as_it_was(database: Database) -> None:
    with database.write() as tx:
        tx.lock(["unit:a"])
        with pytest.raises(ValueError, match="no"), tx.mixed():
            raise ValueError("no")
        append(tx, "unit:a", unit("a"))
        tx.answer("1", SYSTEM, "", {})
    assert verify(database).ok
