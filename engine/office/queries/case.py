"""What the pages of all cases have in common: history, tasks, forms, files, the way on the diagram.

A case is a nomination or a paper. Each part is read once, when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, select

from engine.canonical import time_of
from engine.errors import NotFound
from engine.office import access, history, moving
from engine.office.history import Trace
from engine.office.queries.reading import TASK, Reading
from engine.office.views import Consequence, FileView, HistoryLine, TaskRow, Waiting
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.model import Node
from engine.process.outlook import expected_steps
from engine.process.state import OpenTimer, OpenWait
from engine.process.timers import passed_on
from engine.store import tables
from engine.store.journal import Entry
from engine.store.statements import Statement

STEPS_AHEAD = 2

_FILE, _INCIDENT = tables.case_file.c, tables.incident.c
_TASKS = Statement(select(tables.user_task).where(TASK.case_id == bindparam("case")).order_by(TASK.opened_at, TASK.key))
_FILES = Statement(select(tables.case_file).where(_FILE.case_id == bindparam("case")).order_by(_FILE.at, _FILE.id))
_INCIDENTS = Statement(
    select(_INCIDENT.element, _INCIDENT.why).where(_INCIDENT.case_id == bindparam("case")).order_by(_INCIDENT.key)
)


class CasePage:
    """One case as one person may see it. `row` is that of its table; `subject` the name of the table."""

    subject: str

    def __init__(self, reading: Reading, row: Any) -> None:
        self.reading = reading
        self.row = row
        self.release = reading.release(row.release)
        self.definition = self.release.process(row.process)

    @property
    def stream(self) -> str:
        return moving.stream_of(self.subject, self.row.id)

    @cached_property
    def entries(self) -> list[Entry]:
        return list(self.reading.reader.entries(self.stream))

    @cached_property
    def task_rows(self) -> tuple[TaskRow, ...]:
        return self.reading.task_rows(_TASKS(self.reading.connection, case=self.row.id))

    @property
    def open_tasks(self) -> tuple[TaskRow, ...]:
        return tuple(t for t in self.task_rows if t.state in tables.WAITING)

    @cached_property
    def acts(self) -> bool:
        """Whether the reader is in the group of one of its tasks, open or done."""
        return bool(self.groups & self.reading.actor.groups)

    @cached_property
    def groups(self) -> set[str]:
        """The candidate groups of its tasks, open or done."""
        return {access.group_of(t.role, t.unit) for t in self.task_rows if t.role and t.unit}

    def may_read(self, reader: str) -> bool:
        return access.may_read(self.reading.actor, reader, unit=self.row.unit, acts=self.acts)

    def form(self, key: str | None) -> Mapping[str, Any] | None:
        return self.release.form(key) if key else None

    @cached_property
    def history(self) -> tuple[HistoryLine, ...]:
        bodies = self.release.tables.get("bodies.toml", {})
        reader = history.Reader(
            person=self.reading.person,
            payload=self.reading.reader.form_data,
            may_read=self.may_read,
            form=self.form,
            body=lambda code: str(bodies.get(code, {}).get("title", code)),
            papers=self._papers_in_sight,
        )
        return history.lines(self.entries, self.definition, reader)

    @property
    def _papers_in_sight(self) -> frozenset[str]:
        """The papers that named this case, or do, as far as the reader may see them."""
        arrived = {
            fact["paper"] for entry in self.entries for fact in entry.body["facts"] if fact["fact"] == "PaperArrived"
        }
        if not arrived:
            return frozenset()
        query = select(tables.paper.c.id).where(tables.paper.c.id.in_(sorted(arrived)), self.reading.may_see_paper())
        return frozenset(self.reading.connection.execute(query).scalars())

    @cached_property
    def trace(self) -> Trace:
        return history.trace(self.entries, self.definition)

    @cached_property
    def instance(self) -> Instance:
        snapshot = self.reading.reader.snapshot(self.stream)
        if snapshot is None:
            raise NotFound(kind="snapshot", id=self.row.code)
        return Instance.restore(self.definition, snapshot.content)

    @cached_property
    def files(self) -> tuple[FileView, ...]:
        return tuple(
            FileView(r.id, r.name, r.media_type, r.size, r.sha256, time_of(r.at), self.reading.person(r.by))
            for r in _FILES(self.reading.connection, case=self.row.id)
        )

    def file(self, id: str) -> tuple[FileView, bytes]:
        """Return a file and its bytes; NotFound where it has no such file or its bytes were erased."""
        found = next((each for each in self.files if each.id == id), None)
        content = self.reading.reader.blob(found.sha256) if found else None
        if found is None or content is None:
            raise NotFound(kind="file", id=id)
        return found, content

    def diagram(self, process: str | None = None) -> bytes:
        """Return the BPMN file of the process it runs on, or of one called from that, as it was published."""
        owners = {each.id: each for each in (self.definition, *self.definition.owners.values())}
        if (process or self.definition.id) not in owners:
            raise NotFound(kind="process", id=process or "")
        return self.release.files[owners[process or self.definition.id].file]

    @cached_property
    def incidents(self) -> tuple[tuple[str, str], ...]:
        return tuple((row.element, row.why) for row in _INCIDENTS(self.reading.connection, case=self.row.id))

    @cached_property
    def current(self) -> tuple[str, ...]:
        """The elements where something waits, and the calls that lead there, for the diagrams."""
        waiting = (*(t.element for t in self.open_tasks), *(each.element for each in self.waits))
        found = dict.fromkeys((*waiting, *(element for element, _ in self.incidents)))
        todo = list(found)
        while todo:
            callers = [each for each in self._calls(self.definition.owner_of(todo.pop())) if each not in found]
            found |= dict.fromkeys(callers)
            todo += callers
        return tuple(found)

    def _calls(self, process: ProcessDefinition) -> Iterator[str]:
        for caller in {each.id: each for each in self.definition.owners.values()}.values():
            yield from (node.id for node in caller.nodes.values() if node.called == process.id)

    @property
    def diagrams(self) -> tuple[tuple[str, str], ...]:
        """Id and name of the processes that it goes or went through: first where it stands, then what calls that."""
        owners = (self.definition.owner_of(element) for element in (*self.current, *self.trace.visited))
        found = {process.id: process.name for process in owners}
        return tuple((found | {self.definition.id: self.definition.name}).items())

    @cached_property
    def waits(self) -> tuple[Waiting, ...]:
        """What it waits for that is nobody's task, in the words of the diagram; no limits beside a task."""
        if self.row.ended_at:
            return ()
        items: list[OpenWait | OpenTimer] = [*self.instance.waits, *self.instance.timers]
        drawn = [(item, self.definition.node(item.element)) for item in items]
        return tuple(_waiting(item, node) for item, node in drawn if node and node.kind != "boundaryEvent")

    @property
    def expected(self) -> tuple[Consequence, ...]:
        """The next steps, as well as they can be told."""
        if not self.open_tasks:
            return ()
        ahead = expected_steps(self.definition, self.open_tasks[0].element, self.instance.variables, STEPS_AHEAD)
        return tuple(self.consequence("", "", node, certain=False) for node in ahead)

    def consequence(
        self, value: str, label: str, node: Node | None, *, certain: bool, given: tuple[str, ...] = ()
    ) -> Consequence:
        unit = self.unit_of(node) if node else None
        return Consequence(
            value=value,
            label=label,
            next_step=node.name if node else "",
            next_role=self.role_of(node) if node else None,
            next_unit_title=self.reading.unit_title(unit) if unit else None,
            limit=node.limit if node else None,
            ends=node is None or node.kind == "endEvent",
            certain=certain,
            given=given,
        )

    def unit_of(self, node: Node) -> str | None:
        """Return the unit that a step of this case belongs to, where that can be told beforehand."""
        return None

    def role_of(self, node: Node) -> str | None:
        return node.role


def _waiting(item: OpenWait | OpenTimer, node: Node) -> Waiting:
    # Diagrams name such an event "Chờ …", and so does the page before it.
    what = node.name.removeprefix("Chờ ") or node.id
    until = passed_on(time_of(item.due_at)) - timedelta(days=1) if isinstance(item, OpenTimer) else None
    return Waiting(item.element, what, node.lane or "", until)
