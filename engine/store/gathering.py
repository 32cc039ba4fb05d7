"""Statements kept back until something is read or the transaction ends, and sent together.

On PostgreSQL all of them are one message. They keep their order, except where the caller says that entries may be
`mixed`: then those of different streams pass each other, so that many rows are one call to the driver, and each `line`
(a stream) keeps its own order. What depends on rows of other streams, as the state of a dossier, must be right
whenever it is computed last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from engine.store.statements import Statement, together


class NotOneRow(RuntimeError):
    """A fact concerns no row, or several: no command of ours writes such a one."""


@dataclass
class _Group:
    """Rows for one statement. `one`: each of them must concern exactly one row."""

    statement: Statement
    one: bool
    rows: list[Mapping[str, Any]] = field(default_factory=list)


class Gathering:
    """Collects with `add` and sends everything with `send`."""

    def __init__(self, *, mixed: bool = False) -> None:
        self._mixed = mixed
        self._groups: list[_Group] = []
        self._reached: dict[str, int] = {}  # line -> the group its last statement stands in

    def add(self, line: str, statement: Statement, values: Mapping[str, Any], *, one: bool) -> None:
        """Put a statement behind all earlier ones of its line, into the first group that does the same."""
        last = max(len(self._groups) - 1, 0)
        start = self._reached.get(line, 0) if self._mixed else last
        for position in range(start, len(self._groups)):
            group = self._groups[position]
            if group.statement is statement and group.one == one:
                break
        else:
            position = len(self._groups)
            self._groups.append(_Group(statement, one))
        self._groups[position].rows.append(values)
        self._reached[line] = position

    def send(self, connection: Connection) -> None:
        """Execute everything, group by group."""
        groups, self._groups, self._reached = self._groups, [], {}
        if not groups:
            return
        with together(connection):
            sent = [group.statement.send(connection, group.rows) for group in groups]
        for group, cursor in zip(groups, sent, strict=True):
            if group.one and cursor.rowcount != len(group.rows):
                raise NotOneRow(f"{len(group.rows)} facts concern {cursor.rowcount} rows instead of one each")
