"""What one would write with SpiffWorkflow alone: its own parser and serializer, the whole state as JSON at each step.

Only here is SpiffWorkflow used as it comes, evaluator included, and only on the diagram of `web.bench.procedure`.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy.engine import make_url

from web.bench import procedure


class Raw:
    """A connection of the driver itself, with the durability of ours."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.on_sqlite = parsed.get_backend_name() == "sqlite"
        if self.on_sqlite:
            import sqlite3

            self._connection: Any = sqlite3.connect(parsed.database or "", isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                self._connection.execute(f"PRAGMA {pragma}")
        else:
            import psycopg

            plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection = psycopg.connect(plain, autocommit=True)

    def execute(self, statement: str, *values: Any) -> Any:
        return self._connection.execute(statement if self.on_sqlite else statement.replace("?", "%s"), values)

    def begin(self) -> None:
        self.execute("BEGIN IMMEDIATE" if self.on_sqlite else "BEGIN")

    def commit(self) -> None:
        self.execute("COMMIT")

    def size(self) -> int:
        """Return the size of the database once what is free was given back."""
        if self.on_sqlite:
            self.execute("VACUUM")
            return int(self.execute("PRAGMA page_count").fetchone()[0] * self.execute("PRAGMA page_size").fetchone()[0])
        self.execute("VACUUM FULL")
        return int(self.execute(SIZE).fetchone()[0])

    def close(self) -> None:
        self._connection.close()


# Of all tables of the schema, their indexes and long values included.
SIZE = (
    "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
    "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
)


class Floor:
    """The least a durable act can be: one row, committed."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        raw.execute("CREATE TABLE floor (id TEXT PRIMARY KEY, body TEXT)")

    def commit(self) -> None:
        self._raw.begin()
        self._raw.execute("INSERT INTO floor VALUES (?, ?)", str(uuid4()), "x" * 200)
        self._raw.commit()


class Alone:
    """SpiffWorkflow in memory."""

    def __init__(self) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(procedure.diagram(python=True)))
        self._spec = parser.get_spec(procedure.PROCESS)
        self.workflow: Any = None

    def start(self) -> None:
        self.workflow = BpmnWorkflow(self._spec)
        self.workflow.task_tree.data["nominated"] = dict(procedure.NOMINEE)  # what ours stores of it as well
        self.workflow.do_engine_steps()

    def complete(self, element: str) -> None:
        """Complete the open task of an element and go on."""
        tasks = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        task = next(task for task in tasks if task.task_spec.name == element)
        task.data[element] = dict(procedure.filled())
        task.run()
        self.workflow.do_engine_steps()


class Naive:
    """SpiffWorkflow, its state as one JSON text in a row, and an inbox beside it."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._alone = Alone()
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        raw.execute("CREATE TABLE naive (id TEXT PRIMARY KEY, state TEXT)")
        raw.execute("CREATE TABLE naive_task (id TEXT PRIMARY KEY, instance TEXT, element TEXT)")
        raw.execute("CREATE INDEX naive_task_instance ON naive_task (instance)")

    def start(self) -> str:
        id = str(uuid4())
        self._alone.start()
        self._raw.begin()
        self._raw.execute("INSERT INTO naive VALUES (?, ?)", id, self._json())
        self._write_inbox(id)
        self._raw.commit()
        return id

    def complete(self, id: str, element: str) -> None:
        """Complete the open task of an element: load, go on, save, in one transaction."""
        lock = "" if self._raw.on_sqlite else " FOR UPDATE"
        self._raw.begin()
        [state] = self._raw.execute(f"SELECT state FROM naive WHERE id = ?{lock}", id).fetchone()
        self._alone.workflow = self._serializer.deserialize_json(state)
        self._alone.complete(element)
        self._raw.execute("UPDATE naive SET state = ? WHERE id = ?", self._json(), id)
        self._raw.execute("DELETE FROM naive_task WHERE instance = ?", id)
        self._write_inbox(id)
        self._raw.commit()

    def _json(self) -> str:
        return str(self._serializer.serialize_json(self._alone.workflow))

    def _write_inbox(self, id: str) -> None:
        for task in self._alone.workflow.get_tasks(state=TaskState.READY, manual=True):
            self._raw.execute("INSERT INTO naive_task VALUES (?, ?, ?)", str(task.id), id, task.task_spec.name)
