"""What a database is sent: statements of SQLAlchemy and those that go to the driver themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, event

from engine.store.database import Database
from engine.store.statements import Statement


@contextmanager
def sent_to(database: Database) -> Iterator[list[str]]:
    """Collect the texts of the statements of commands, without the ends of transactions."""
    sent: list[str] = []
    text_of = Statement._on

    def on(statement: Statement, connection: Connection) -> tuple[str, dict[str, Any]]:
        text, constants = text_of(statement, connection)
        if connection.engine is database.writer:
            sent.append(text)
        return text, constants

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(database.writer, "before_cursor_execute", note)
    try:
        with patch.object(Statement, "_on", on):
            yield sent
    finally:
        event.remove(database.writer, "before_cursor_execute", note)
