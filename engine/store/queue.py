"""procrastinate's tables on PostgreSQL, in a schema of their own: no part of the record.

Nothing of value stands in them. What is due is read from our tables (engine.office.jobs); procrastinate only says when
to look and which worker does. So another version of it simply gets new tables.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.schema import SchemaManager
from sqlalchemy.engine import make_url

from engine.errors import CannotOpen

SCHEMA = "procrastinate"
SEAL_NOW = "seal_now"  # the task that signs a head at once
RING_SECONDS = 1  # a head that is not asked for at once is signed when one is due anyway
_UPGRADE_LOCK = 2300232  # of PostgreSQL's advisory locks

logger = logging.getLogger("khenthuong")


def conninfo_of(url: str) -> str:
    """Return the address of a database as its own programs write it.

    >>> conninfo_of("postgresql+psycopg://clerk@127.0.0.1:5432/office")
    'postgresql://clerk@127.0.0.1:5432/office'
    """
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def upgrade_queue(url: str) -> None:
    """Make procrastinate's tables, or make them anew for this version of it.

    Raises:
        CannotOpen: unreachable.
    """
    wanted = version("procrastinate")
    try:
        with psycopg.connect(conninfo_of(url)) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_UPGRADE_LOCK,))
            found = connection.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", (SCHEMA,))
            if found.fetchone() == (wanted,):
                return
            connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            connection.execute(f"CREATE SCHEMA {SCHEMA}")
            connection.execute(f"SET LOCAL search_path = {SCHEMA}")
            connection.execute(SchemaManager.get_schema())
            connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{wanted}'")
    except psycopg.OperationalError as problem:
        raise CannotOpen(why="unreachable") from problem


def app_of(url: str, *, sync: bool = False) -> App:
    """Return procrastinate over a database; `sync`: only to ask for tasks, in a process that runs none."""
    options: Mapping[str, Any] = {"options": f"-c search_path={SCHEMA}"}
    pool: dict[str, Any] = {"conninfo": conninfo_of(url), "kwargs": options, "min_size": 1, "max_size": 4}
    return App(connector=SyncPsycopgConnector(**pool, timeout=RING_SECONDS) if sync else PsycopgConnector(**pool))


class Bell:
    """Asks the workers to sign a head at once; stands where a thread would wait for an Event.

    The act it is rung for is durable: if it cannot be rung within a second, the head is signed when one is due anyway.
    Whoever acted waits meanwhile for the answer.
    """

    def __init__(self, url: str) -> None:
        self._app = app_of(url, sync=True)
        self._app.open()

    def set(self) -> None:
        try:
            self._app.configure_task(SEAL_NOW, queueing_lock=SEAL_NOW).defer()
        except AlreadyEnqueued:
            pass
        except ConnectorException:
            logger.exception("no worker could be asked to sign a head")

    def close(self) -> None:
        self._app.close()
