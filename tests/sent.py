"""What a database is sent: statements of SQLAlchemy and those that go to the driver themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, event

from engine.store import statements
from engine.store.database import Database

BETWEEN = ("BEGIN", "COMMIT")


@contextmanager
def sent_to(database: Database) -> Iterator[list[str]]:
    """Collect the texts of the statements of commands, without the ends of transactions."""
    sent: list[str] = []
    to_driver = statements._execute

    def execute(connection: Connection, text: str, values: Any, **kw: Any) -> Any:
        if not text.startswith(BETWEEN):
            sent.append(text)
        return to_driver(connection, text, values, **kw)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(database.writer, "before_cursor_execute", note)
    with patch.object(statements, "_execute", execute):
        yield sent
    event.remove(database.writer, "before_cursor_execute", note)
