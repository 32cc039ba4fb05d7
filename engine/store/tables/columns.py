"""How columns, tables and indexes are declared, alike on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

# A task without a time limit: sorts behind all others, and a keyset needs no special case for NULL.
NO_DUE_DATE = "9999-12-31"


def text_(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def maybe(name: str) -> Column[str]:
    return Column(name, Text)


def int_(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def table(name: str, *columns: Column[Any], key: str, unique: tuple[str, ...] = (), rowid: bool = False) -> Table:
    # WITHOUT ROWID spares SQLite a second tree, and so one page per write; a row of more than 1,000 bytes would get a
    # page of its own there.
    return Table(
        name,
        metadata,
        *columns,
        PrimaryKeyConstraint(*key.split(), name=f"{name}_pk"),
        *(UniqueConstraint(column, name=f"{name}_{column}_key") for column in unique),
        sqlite_with_rowid=rowid,
    )


def index(name: str, of: Table, columns: str, *, where: Any = None, unique: bool = False) -> None:
    keys = [of.c[column] for column in columns.split()]
    Index(name, *keys, unique=unique, sqlite_where=where, postgresql_where=where)
