"""Statements of many entries, kept back and sent together: one call to the driver for many rows.

Entries of different streams may pass each other, those of one stream never: each `line` (a stream) keeps its order.
What depends on rows of other streams, as the state of a dossier, must be right whenever it is computed last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from engine.store.statements import Statement


@dataclass
class _Group:
    """Rows for one statement. `one`: each of them must concern exactly one row."""

    statement: Statement
    one: bool
    rows: list[Mapping[str, Any]] = field(default_factory=list)


class Gathering:
    """Collects with `add` and sends everything with `send`."""

    def __init__(self) -> None:
        self._groups: list[_Group] = []
        self._reached: dict[str, int] = {}  # line -> the group its last statement stands in

    def add(self, line: str, statement: Statement, values: Mapping[str, Any], *, one: bool) -> None:
        """Put a statement behind all earlier ones of its line, into the first group that does the same."""
        start = self._reached.get(line, 0)
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
        for group in self._groups:
            count = group.statement.many(connection, group.rows)
            if group.one and count != len(group.rows):
                raise RuntimeError(f"{len(group.rows)} facts concern {count} rows instead of one each")
