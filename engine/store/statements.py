"""Statements that are sent often: written in SQLAlchemy Core, compiled once, sent as text to the driver itself.

Building and compiling Core on each call costs more than the engine's own step, and so does SQLAlchemy's way of
executing text and naming what comes back (decision 15). Parameters are named and go to the driver as they are: str,
int, bytes or None alone. What the driver raises is told as SQLAlchemy tells it. What is asked now and then needs none
of this and executes Core as usual.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BindParameter, Connection, Delete, Insert, Select, Text, TextClause, Update, bindparam
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


class Rows(list[Any]):
    """What a query found: tuples whose parts have the names of the columns."""

    def first(self) -> Any:
        """Return the first row, None if there is none."""
        return self[0] if self else None

    def scalar(self) -> Any:
        """Return the first value of the first row, None if there is none."""
        return self[0][0] if self else None


class Statement:
    """One Core statement whose parameters are `bindparam`s."""

    def __init__(self, core: Select[Any] | Insert | Update | Delete | TextClause) -> None:
        self._core = core
        self._compiled: dict[str, tuple[str, dict[str, Any]]] = {}  # dialect -> text, constants within the statement
        self._row: Callable[[Any], Any] | None = None  # makes a row of what the driver gives

    def __call__(self, connection: Connection, **values: Any) -> Rows:
        """Execute a query and return all rows."""
        text, constants = self._on(connection)
        with _told(connection, text):
            cursor = connection.connection.cursor()
            cursor.execute(text, constants | values)
            found = cursor.fetchall()
        if self._row is None:
            row: Any = namedtuple("Row", [column[0] for column in cursor.description])  # type: ignore[misc]
            self._row = row._make
        return Rows(map(self._row, found))

    def send(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> Any:
        """Execute once per row, in one call to the driver.

        The `rowcount` of what is returned says how many rows of the table that concerned, once `together` has ended.
        """
        text, constants = self._on(connection)
        with _told(connection):  # it may be an earlier one that failed
            cursor: Any = connection.connection.cursor()
            if len(rows) == 1:  # a call for many costs more than one for one
                cursor.execute(text, constants | dict(rows[0]))
            else:
                cursor.executemany(text, [constants | dict(row) for row in rows])
        return cursor

    def _on(self, connection: Connection) -> tuple[str, dict[str, Any]]:
        name = connection.dialect.name
        if name not in self._compiled:
            compiled = self._core.compile(dialect=connection.dialect)
            constants = {key: bound.value for key, bound in compiled.binds.items() if not bound.required}
            self._compiled[name] = str(compiled), constants
        return self._compiled[name]


def send_text(connection: Connection, text: str) -> None:
    """Send a statement without parameters as it is."""
    with _told(connection, text):
        connection.connection.cursor().execute(text)


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Let the statements sent inside go to PostgreSQL in one message; their results, and errors, come at the end."""
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with _told(connection), driver.pipeline():
        yield


@contextmanager
def _told(connection: Connection, text: str | None = None) -> Iterator[None]:
    """Tell an error of the driver as SQLAlchemy tells it, and give up a connection that was lost."""
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as problem:
        connection._handle_dbapi_exception(problem, text, None, None, None)


class ListStatement:
    """A query over a list of texts, however long: `query` gets the parameters that stand for them.

    Compiled for lengths that are powers of two; a shorter list is filled up with its last text. A longer one is
    asked in parts, each in the order of the list.
    """

    def __init__(self, query: Callable[[list[BindParameter[str]]], Select[Any]]) -> None:
        self._query = query
        self._statements: dict[int, Statement] = {}

    def __call__(self, connection: Connection, texts: Sequence[str], **values: str) -> Iterator[Any]:
        for start in range(0, len(texts), LONGEST_LIST):
            part = texts[start : start + LONGEST_LIST]
            length = 1 << (len(part) - 1).bit_length()
            filled = [*part, *[part[-1]] * (length - len(part))]
            yield from self._of(length)(connection, **values | {f"t{i}": text for i, text in enumerate(filled)})

    def _of(self, length: int) -> Statement:
        if length not in self._statements:
            self._statements[length] = Statement(self._query([bindparam(f"t{i}") for i in range(length)]))
        return self._statements[length]
