"""Statements of the completion path: written in SQLAlchemy Core, compiled once, sent as text.

Building and compiling Core on each call costs more than the engine's own step, so each statement is compiled
once per dialect and sent by `exec_driver_sql` (decision 15). Parameters are named and go to the driver as they
are: str, int, bytes or None alone. Queries of pages need none of this; they execute Core as usual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Delete, Insert, Select, TextClause, Update


class Statement:
    """One Core statement whose parameters are `bindparam`s."""

    def __init__(self, core: Select[Any] | Insert | Update | Delete | TextClause) -> None:
        self._core = core
        self._compiled: dict[str, tuple[str, dict[str, Any]]] = {}  # dialect -> text, constants within the statement

    def __call__(self, connection: Connection, **values: Any) -> CursorResult[Any]:
        text, constants = self._on(connection)
        return connection.exec_driver_sql(text, constants | values)

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute once per row, in one call to the driver; nothing for no rows."""
        if rows:
            text, constants = self._on(connection)
            connection.exec_driver_sql(text, [constants | dict(row) for row in rows])

    def _on(self, connection: Connection) -> tuple[str, dict[str, Any]]:
        name = connection.dialect.name
        if name not in self._compiled:
            compiled = self._core.compile(dialect=connection.dialect)
            constants = {key: bound.value for key, bound in compiled.binds.items() if not bound.required}
            self._compiled[name] = str(compiled), constants
        return self._compiled[name]
