"""Completing user tasks, one of them or a thousand: judged in memory first, written when all of them are good.

A `Desk` locks the cases of the tasks in one call and reads in a few queries what judging them needs. `judge` checks
one completion and lets its process move; nothing is written by it, so a preview judges with a transaction that
cannot write. A row that ends in an incident counts as done (decision 12).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import BindParameter, Row, Select, select

from engine.commands import BatchItem, CompleteBatch, CompleteTask
from engine.errors import (
    BatchRefused,
    BatchSize,
    EngineError,
    InvalidForm,
    NotAllowed,
    NotFound,
    RowTwice,
    SeparationOfDuties,
)
from engine.facts import Fact, FlowTaken, FormFiled, StepOpened, TaskClaimed
from engine.office import access, moving, tasks
from engine.office.act import Act, Sight
from engine.office.papers import reading
from engine.office.views import BatchRow, NextStep
from engine.ports import LoadedForm
from engine.process.context import Context
from engine.process.instance import Instance
from engine.process.model import Node
from engine.process.moves import Complete
from engine.process.release import Release
from engine.store import tables
from engine.store.statements import ListStatement

Answer = dict[str, Any]
MOST_ROWS = 1_000
TASK = tables.user_task.c


@dataclass(frozen=True)
class Judged:
    """One completion as it will be written: the instance has moved, the store has not."""

    task: Row[Any]
    release: Release
    node: Node
    instance: Instance
    context: Context
    move: Complete
    facts: list[Fact]
    loaded: LoadedForm | None
    claims: bool


# --- one task ----------------------------------------------------------------------------------------------------


def complete(act: Act, command: CompleteTask) -> Answer:
    """Complete a user task; one that nobody holds is claimed by it."""
    desk = Desk(act, [command.task])
    judged = desk.judge(command.task, command.expected_version, command.form)
    write(act, judged)
    return answer(judged)


def answer(judged: Judged) -> Answer:
    """Return what completing one task answers."""
    task = judged.task
    return {
        "task": task.id,
        task.subject: task.code,
        "tasks": moving.open_tasks(task.case_id, judged.instance),
        "ended": judged.instance.ended,
        "incident": bool(judged.instance.incidents),
    }


# --- many tasks --------------------------------------------------------------------------------------------------


def complete_batch(act: Act, command: CompleteBatch) -> Answer:
    """Complete all tasks or none.

    Raises:
        BatchRefused: with the results of all rows, if one failed.
    """
    rows, judged = all_good(command.items, Desk(act, sized(command.items)))
    with act.tx.gathered():
        for each in judged:
            write(act, each)
    return {"rows": [row.to_json() for row in rows]}


def sized(items: Sequence[BatchItem]) -> list[str]:
    """Return the tasks of a batch act, if it has not too many rows."""
    if not 1 <= len(items) <= MOST_ROWS:
        raise BatchSize(max=MOST_ROWS, count=len(items))
    return [item.task for item in items]


def all_good(
    items: Sequence[BatchItem], desk: Desk, refused: Mapping[str, EngineError] | None = None
) -> tuple[list[BatchRow], list[Judged]]:
    """Return what will be written for each row; BatchRefused, with the results of all rows, if one failed."""
    results = judge_all(items, desk, refused)
    rows = [row for row, _ in results]
    if failed := sum(row.refusal is not None for row in rows):
        raise BatchRefused(rows=tuple(rows), count=failed)
    return rows, [judged for _, judged in results if judged]


def preview(sight: Sight, items: Sequence[BatchItem]) -> tuple[BatchRow, ...]:
    """Return what `complete_batch` would say of each row; nothing is written."""
    return tuple(row for row, _ in judge_all(items, Desk(sight, sized(items))))


def judge_all(
    items: Sequence[BatchItem], desk: Desk, refused: Mapping[str, EngineError] | None = None
) -> list[tuple[BatchRow, Judged | None]]:
    """Judge every row by itself; one that is refused has no second part.

    Args:
        refused: tasks that whoever asks refuses already, with the reason.
    """
    results: list[tuple[BatchRow, Judged | None]] = []
    seen: set[str] = set()
    for item in items:
        task = desk.tasks.get(item.task)
        try:
            if task and task.case_id in seen:
                raise RowTwice(nomination=task.code)
            if task:
                seen.add(task.case_id)
            if refused and item.task in refused:
                raise refused[item.task]
            judged = desk.judge(item.task, item.expected_version, item.form)
            if judged.task.subject != "nomination":
                raise NotAllowed(action="batch")
            results.append((_row(judged), judged))
        except EngineError as refusal:
            results.append((BatchRow(item.task, task.code if task else None, refusal), None))
    return results


def _row(judged: Judged) -> BatchRow:
    opened = [fact for fact in judged.facts if isinstance(fact, StepOpened)]
    instance, nodes = judged.instance, judged.instance.definition.node
    return BatchRow(
        task=judged.task.id,
        nomination=judged.task.code,
        next=tuple(
            NextStep(
                task=str(uuid5(UUID(judged.task.case_id), step.key)),
                element=step.element,
                name=node.name if (node := nodes(step.element)) else step.element,
                role=step.role,
                unit=step.unit,
                due_on=step.due_on,
            )
            for step in opened
        ),
        status=instance.status,
        ended=instance.ended,
        incident=bool(instance.incidents),
    )


# --- judging -----------------------------------------------------------------------------------------------------


def _find(ids: list[BindParameter[str]]) -> Select[Any]:
    columns = (TASK.id, TASK.subject, TASK.case_id, TASK.proposing_unit, TASK.candidate_group)
    return select(*columns).where(TASK.id.in_(ids))


def _done(cases: list[BindParameter[str]]) -> Select[Any]:
    return select(TASK.case_id, TASK.element, TASK.done_by).where(TASK.case_id.in_(cases), TASK.state == "done")


_FIND = ListStatement(_find)
_TASKS = ListStatement(lambda ids: select(tables.user_task).where(TASK.id.in_(ids)))
_DONE = ListStatement(_done)
_STARTERS = {
    name: ListStatement(lambda ids, c=table.c: select(c.id, c.starter).where(c.id.in_(ids)))  # type: ignore[misc]
    for name, table in moving.CASES.items()
}


class Desk:
    """Tasks laid out to be completed, their cases locked. Those that the actor may not see are not there.

    Args:
        also: further streams to be locked with them.
    """

    def __init__(self, sight: Sight, ids: Sequence[str], also: Sequence[str] = ()) -> None:
        self.sight = sight
        connection = sight.tx.connection
        found = tasks.seen(sight, list(_FIND(connection, ids)))
        self._streams = sorted({moving.stream_of(row.subject, row.case_id) for row in found})
        sight.hold([*self._streams, *also])
        self.tasks: dict[str, Row[Any]] = {row.id: row for row in _TASKS(connection, [row.id for row in found])}
        self._instances = moving.Instances(sight, self._streams)
        self._doers = self._who_did_what()

    def _who_did_what(self) -> dict[str, dict[str, set[str]]]:
        """Return, for cases with a task that some may not do, who did which element; "start" is the nominating."""
        connection = self.sight.tx.connection
        separate = [task for task in self.tasks.values() if self.node(task).separate_from]
        doers: defaultdict[str, dict[str, set[str]]] = defaultdict(dict)
        for subject, starters in _STARTERS.items():
            for row in starters(connection, [task.case_id for task in separate if task.subject == subject]):
                doers[row.id]["start"] = {row.starter}
        for row in _DONE(connection, [task.case_id for task in separate]):
            doers[row.case_id].setdefault(row.element, set()).add(row.done_by)
        return doers

    def release(self, task: Row[Any]) -> Release:
        return self.sight.releases.get(self.sight.tx, task.release)

    def node(self, task: Row[Any]) -> Node:
        node = self.release(task).process(task.process).node(task.element)
        if node is None:
            raise NotFound(kind="step", id=task.element)
        return node

    def judge(self, task_id: str, expected_version: int, form: Any) -> Judged:
        """Check a completion and let its process move; whatever is wrong is raised."""
        sight, task = self.sight, self.tasks.get(task_id)
        if task is None:
            raise NotFound(kind="task", id=task_id)
        tasks.check_open(sight, task)
        tasks.check_may_act(sight, task)
        tasks.check_not_held(sight, task)
        tasks.check_version(sight, task, expected_version)
        self._check_separation(task)
        release, node = self.release(task), self.node(task)
        instance = self._instances.take(task, release)
        loaded = None
        if node.form:
            definition = release.form(node.form)
            loaded = release.catalog.load(definition, form, known=instance.variables, today=sight.today)
        elif form:
            raise InvalidForm(fields={name: [("unknown_field", {})] for name in form})
        move = Complete(task.key, loaded.variables if loaded else {})
        context = self._context(task)
        facts = instance.handle(move, context)
        return Judged(task, release, node, instance, context, move, facts, loaded, task.assignee is None)

    def _context(self, task: Row[Any]) -> Context:
        if task.subject == tables.paper.name:
            return reading.context(self.sight, reading.row(self.sight, task.case_id))
        return moving.context_of(self.sight, task.proposing_unit, task.round)

    def flows(self, task: Row[Any], variables: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the flows that the case would choose if the task were completed with these variables."""
        instance = self._instances.take(task, self.release(task))
        facts = instance.handle(Complete(task.key, dict(variables)), self._context(task))
        return tuple(fact.flow for fact in facts if isinstance(fact, FlowTaken))

    def _check_separation(self, task: Row[Any]) -> None:
        separate_from = self.node(task).separate_from
        broken = access.breaks_separation(self.sight.actor.person.id, separate_from, self._doers.get(task.case_id, {}))
        if broken:
            process = self.release(task).process(task.process)
            raise SeparationOfDuties(rule="S1", did=process.nodes.get(broken, process.start).name)


def write(act: Act, judged: Judged, also: Iterable[Fact] = ()) -> None:
    """Write the entry of a completion that was judged good, and the state it led to."""
    task, before = judged.task, list(also)
    if judged.claims:
        before.append(TaskClaimed(key=task.key, by=act.actor.person.id))
    if judged.loaded:
        filed = act.tx.put_form_data(judged.loaded.payload)
        before.append(FormFiled(key=task.key, form=judged.node.form or "", form_data=filed))
    stream = moving.stream_of(task.subject, task.case_id)
    facts = [*before, *judged.facts]
    moving.keep(act, stream, facts, judged.release, judged.instance, judged.context, judged.move)
    if task.role in access.DECIDERS:
        act.tx.after_commit(act.decided.set)
