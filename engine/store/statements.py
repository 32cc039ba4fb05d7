"""Statements of the completion path: written in SQLAlchemy Core, compiled once, sent as text.

Building and compiling Core on each call costs more than the engine's own step, so each statement is compiled
once per dialect and sent by `exec_driver_sql` (decision 15). Parameters are named and go to the driver as they
are: str, int, bytes or None alone. Queries of pages need none of this; they execute Core as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    CursorResult,
    Delete,
    Insert,
    Row,
    Select,
    Text,
    TextClause,
    Update,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

LONGEST_LIST = 1024


class joined(FunctionElement[str]):
    """The texts of all rows put together, NULL where there are none. SQLAlchemy's own cannot be compiled once."""

    type = Text()
    inherit_cache = True


@compiles(joined)
def _string_agg(element: joined, compiler: SQLCompiler, **kw: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **kw)}, '')"


@compiles(joined, "sqlite")
def _group_concat(element: joined, compiler: SQLCompiler, **kw: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **kw)}, '')"


class Statement:
    """One Core statement whose parameters are `bindparam`s."""

    def __init__(self, core: Select[Any] | Insert | Update | Delete | TextClause) -> None:
        self._core = core
        self._compiled: dict[str, tuple[str, dict[str, Any]]] = {}  # dialect -> text, constants within the statement

    def __call__(self, connection: Connection, **values: Any) -> CursorResult[Any]:
        text, constants = self._on(connection)
        return connection.exec_driver_sql(text, constants | values)

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute once per row, in one call to the driver; return how many rows of the table that concerned."""
        if len(rows) < 2:  # a call for many costs more than one for one
            return sum(self(connection, **row).rowcount for row in rows)
        text, constants = self._on(connection)
        return connection.exec_driver_sql(text, [constants | dict(row) for row in rows]).rowcount

    def _on(self, connection: Connection) -> tuple[str, dict[str, Any]]:
        name = connection.dialect.name
        if name not in self._compiled:
            compiled = self._core.compile(dialect=connection.dialect)
            constants = {key: bound.value for key, bound in compiled.binds.items() if not bound.required}
            self._compiled[name] = str(compiled), constants
        return self._compiled[name]


def execute(connection: Connection, statement: Statement, values: Mapping[str, Any], *, one: bool) -> None:
    """Execute a statement that changes something; `one`: it must concern exactly one row."""
    count = statement(connection, **values).rowcount
    if one and count != 1:
        raise RuntimeError(f"a fact concerns {count} rows instead of one")


class ListStatement:
    """A query over a list of texts, however long: `query` gets the parameters that stand for them.

    Compiled for lengths that are powers of two; a shorter list is filled up with its last text. A longer one is
    asked in parts, each in the order of the list.
    """

    def __init__(self, query: Callable[[list[BindParameter[str]]], Select[Any]]) -> None:
        self._query = query
        self._statements: dict[int, Statement] = {}

    def __call__(self, connection: Connection, texts: Sequence[str], **values: str) -> Iterator[Row[Any]]:
        for start in range(0, len(texts), LONGEST_LIST):
            part = texts[start : start + LONGEST_LIST]
            length = 1 << (len(part) - 1).bit_length()
            filled = [*part, *[part[-1]] * (length - len(part))]
            yield from self._of(length)(connection, **values | {f"t{i}": text for i, text in enumerate(filled)})

    def _of(self, length: int) -> Statement:
        if length not in self._statements:
            self._statements[length] = Statement(self._query([bindparam(f"t{i}") for i in range(length)]))
        return self._statements[length]
