"""A small database and the commands of the directory written into it, without the service."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from engine.commands import SYSTEM, AddMembership, AddPerson, AddUnit, Command, EndUnit, OpenAccount, SetDay
from engine.facts import Fact
from engine.office import accounts, directory, seeds
from engine.office.passwords import Passwords
from engine.store.database import Database, Transaction

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
QUICK = Passwords(memory_kib=8, rounds=1, lanes=1)


def record(tx: Transaction, stream: str, facts: Sequence[Fact]) -> None:
    """Write one entry as a command of its own."""
    command_id = str(uuid4())
    tx.lock([stream])
    body = {"command": "Test", "command_id": command_id, "actor": SYSTEM, "facts": [f.to_json() for f in facts]}
    tx.append(stream, body, NOW)
    tx.answer(command_id, SYSTEM, "", {})


def carry_out(tx: Transaction, command: Command) -> None:
    """Write what a command of the directory brings about."""
    book = seeds.role_book()
    match command:
        case AddUnit():
            record(tx, f"unit:{command.unit}", directory.add_unit(command, directory.all_units(tx.connection), book))
        case EndUnit():
            record(tx, f"unit:{command.unit}", directory.end_unit(command, directory.all_units(tx.connection)))
        case SetDay():
            record(tx, "calendar", directory.set_day(command))
        case AddPerson():
            filed = tx.put_form_data(directory.personal_data(command))
            exists = directory.person_exists(tx.connection, command.person)
            record(tx, f"person:{command.person}", directory.add_person(command, exists=exists, person_data=filed))
        case AddMembership():
            known = directory.all_units(tx.connection)
            held = directory.all_memberships(tx.connection, command.person)
            facts = directory.add_membership(command, known, book, held, person_exists=True)
            record(tx, f"person:{command.person}", facts)
        case OpenAccount():
            filed = tx.put_form_data(accounts.account_data(command))
            facts = accounts.open_account(
                command,
                person_exists=directory.person_exists(tx.connection, command.person),
                of_person=accounts.account_of(tx.connection, command.person),
                of_name=accounts.account_named(tx.connection, command.username),
                account_data=filed,
            )
            record(tx, f"person:{command.person}", facts)
            accounts.keep_password(tx.connection, command.person, QUICK.hash(command.password))
        case _:
            raise AssertionError(command.name)


@pytest.fixture
def office(database: Database) -> Database:
    """Two communes, the old district above one of them, and the Department of Home Affairs."""
    add = {"actor": SYSTEM, "valid_from": date(2022, 1, 1)}
    communes = {"actor": SYSTEM, "valid_from": date(2025, 7, 1), "kind": "xa", "superior": "UBND"}
    commands = [
        AddUnit(command_id="1", unit="UBND", title="Ủy ban nhân dân tỉnh", kind="tinh", **add),
        AddUnit(command_id="2", unit="SNV", title="Sở Nội vụ", kind="so", superior="UBND", **add),
        AddUnit(command_id="3", unit="H-SON-DUONG", title="Huyện Sơn Dương", kind="huyen", superior="UBND", **add),
        AddUnit(command_id="4", unit="X2545", title="Xã Tân Trào", **communes),
        AddUnit(command_id="5", unit="X2455", title="Xã Hùng Lợi", **communes),
        EndUnit(command_id="6", actor=SYSTEM, unit="H-SON-DUONG", valid_to=date(2025, 6, 30), successors=("X2545",)),
    ]
    for command in commands:
        with database.write() as tx:
            carry_out(tx, command)
    return database


@pytest.fixture
def someone(office: Database) -> Callable[..., str]:
    """Enter a person with a role and, if a user name is given, an account; return the person's id."""

    def enter(
        name: str = "Nguyễn Thị Hoa",
        role: str = "CB_TDKT_DV",
        unit: str = "X2545",
        username: str | None = None,
        password: str = "con trâu đi cày ruộng",
        valid_from: date = date(2025, 7, 1),
        valid_to: date | None = None,
        demo: bool = False,
    ) -> str:
        person = str(uuid4())
        ids = {"actor": SYSTEM, "person": person}
        period = {"valid_from": valid_from, "valid_to": valid_to}
        commands: list[Command] = [
            AddPerson(command_id=str(uuid4()), full_name=name, position="Công chức", **ids),
            AddMembership(command_id=str(uuid4()), unit=unit, role=role, **period, **ids),
        ]
        if username:
            commands.append(
                OpenAccount(command_id=str(uuid4()), username=username, password=password, demo=demo, **ids)
            )
        for command in commands:
            with office.write() as tx:
                carry_out(tx, command)
        return person

    return enter


@pytest.fixture
def decide(office: Database) -> Callable[[str, Callable[[Connection], Sequence[Fact]]], None]:
    """Write what a decision over the present directory brings about, as one entry of a stream."""

    def write(stream: str, facts_of: Callable[[Connection], Sequence[Fact]]) -> None:
        with office.write() as tx:
            record(tx, stream, facts_of(tx.connection))

    return write
