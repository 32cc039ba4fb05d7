"""10,000 changes by somebody who owns the database, of one byte or one row: `verify` finds every one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, text
from sqlalchemy.exc import DataError, IntegrityError

from engine.commands import SYSTEM, AttachFile, EraseNominee, SetDay, WithdrawNomination
from engine.store import tables as t
from engine.store.database import Database
from engine.store.heads import HEADS_FILE, SignedHead, read_heads
from engine.store.sealing import Sealer
from tests.builders import ASSESSMENT, Office, new_id

CHANGED = (t.journal, t.command, t.form_data, t.blob, t.release_file, t.erasure, t.merkle_leaf, t.merkle_head)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """An office with something in every table of the truth, sealed, its guards dropped."""
    made = Office(database)
    made.awarded()
    code = str(made.nominate()["code"])
    pdf = b"%PDF-1.7 Minh chung"
    by = {"command_id": new_id(), "actor": made.officer.person.id, "nomination": code}
    made.engine.attach_file(AttachFile(file_name="Minh chứng.pdf", content=pdf, **by))
    made.complete(code, made.officer, ASSESSMENT)
    gone = str(made.nominate(ten="Triệu Đức Thọ")["code"])
    reason = "Trùng với đề nghị khác của đơn vị."
    by = {"command_id": new_id(), "nomination": gone, "reason": reason}
    made.engine.withdraw_nomination(WithdrawNomination(actor=made.officer.person.id, **by))
    made.engine.erase_nominee(EraseNominee(actor=SYSTEM, **by | {"command_id": new_id()}))
    made.engine.set_day(SetDay(command_id=new_id(), actor=SYSTEM, day=date(2026, 12, 24), kind="nghi", document="x"))
    Sealer(database, tmp_path, made.clock).run(urgent=True)
    made.person("Hoàng Minh Châu", "VT", username="chau.tantrao")
    made.claim(code, made.council)
    Sealer(database, tmp_path, made.clock).run(urgent=True)
    drop_guards(database)
    return made


def drop_guards(database: Database) -> None:
    with database.write() as tx:
        if tx.connection.dialect.name == "sqlite":
            for name in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
                tx.execute(text(f'DROP TRIGGER "{name}"'))
        else:
            for table in CHANGED:
                tx.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))


@pytest.fixture(autouse=True)
def guards_again(request: pytest.FixtureRequest, database: Database) -> Iterator[None]:
    yield
    with database.write() as tx:
        if tx.connection.dialect.name == "postgresql":
            for table in CHANGED:
                tx.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER USER"))


def other(held: Any, chance: Random) -> Any:
    """Return `held` with one byte, one digit or one character changed, added or taken away."""
    if held is None:
        return chance.choice(["x", "0" * 64])
    if isinstance(held, int):
        return held + chance.choice([-1, 1, 7])
    if isinstance(held, bytes):
        at = chance.randrange(len(held) + 1)
        changed = [
            held[:at] + bytes([chance.randrange(256)]) + held[at + 1 :],
            held[:at] + b"\0" + held[at:],
            held[:at],
        ]
        return chance.choice(changed)
    at = chance.randrange(len(held) + 1)
    letter = chance.choice('0123456789abcdefxyz {}",:đ')
    return chance.choice([held[:at] + letter + held[at + 1 :], held[:at] + letter + held[at:], held[:at], None])


def key_of(table: Table, row: dict[str, Any]) -> list[Any]:
    return [column == row[column.name] for column in table.primary_key.columns]


def changes(office: Office, chance: Random) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Yield without end what is changed, the statements that change it, and those that put it back."""
    with office.engine.database.read() as reader:
        held = {table: [dict(row._mapping) for row in reader.execute(select(table))] for table in CHANGED}
    while True:
        table = chance.choice(CHANGED)
        row = chance.choice(held[table])
        column = chance.choice(list(row))
        new = row | {column: other(row[column], chance)}
        remove, back, add = (
            delete(table).where(*key_of(table, row)),
            insert(table).values(row),
            insert(table).values(new),
        )
        kind = chance.choice(["change", "change", "change", "delete", "twin"])
        if kind == "delete":
            yield f"{table.name}: a row gone", [remove], [back]
        elif new != row and not any(new[c.name] is None and not c.nullable for c in table.columns):
            undo = delete(table).where(*key_of(table, new))
            if kind == "twin":
                yield f"{table.name}: a row added", [add], [undo]
            else:
                yield f"{table.name}.{column}: {row[column]!r} -> {new[column]!r}", [remove, add], [undo, back]


def missed(office: Office, kept: list[SignedHead], count: int, seed: int) -> list[str]:
    """Make `count` changes, each alone, and return those that `verify` did not find."""
    database, unseen, made = office.engine.database, list[str](), 0
    assert office.engine.verify(heads=kept).first_error is None
    for what, do, undo in changes(office, Random(seed)):
        try:
            execute(database, do)
        except (IntegrityError, DataError):
            continue  # a key that is taken, a byte no text may have: the database does not take the row at all
        made += 1
        if office.engine.verify(heads=kept).ok:
            unseen.append(what[:300])
        execute(database, undo)
        if made == count:
            break
    assert office.engine.verify(heads=kept).first_error is None
    return unseen


def execute(database: Database, statements: list[Any]) -> None:
    with database.writer.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def counted(sqlite: int, postgres: int, database: Database) -> int:
    return sqlite if database.url.startswith("sqlite:") else postgres


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(5))
def test_no_change_of_a_byte_or_a_row_is_missed(office: Office, database: Database, tmp_path: Path, part: int) -> None:
    assert missed(office, read_heads(tmp_path / HEADS_FILE), counted(100, 10, database), seed=part) == []


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(5))
def test_no_change_of_ten_thousand_is_missed(office: Office, database: Database, tmp_path: Path, part: int) -> None:
    assert missed(office, read_heads(tmp_path / HEADS_FILE), counted(2_000, 100, database), seed=100 + part) == []


# --- what happened to whom: all of it is in the log --------------------------------------------------------------


def test_accounts_memberships_units_calendar_and_releases_are_in_the_log(office: Office, database: Database) -> None:
    with database.read() as reader:
        logged = {(leaf.stream, leaf.seq) for leaf in reader.execute(select(t.merkle_leaf))}
        entries = {(row.stream, row.seq): json.loads(row.body) for row in reader.rows_of_journal()}
    facts = {fact["fact"] for place in logged for fact in entries[place]["facts"]}
    assert logged == entries.keys()
    assert {"AccountOpened", "MembershipAdded", "UnitAdded", "DaySet", "ReleasePublished", "DataErased"} <= facts
