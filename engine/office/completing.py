"""Completing user tasks, one of them or a thousand: judged in memory first, written when all of them are good.

A `Desk` locks the cases of the tasks in one call and reads in a few queries what judging them needs. `judge` checks
one completion and lets its process move; nothing is written by it, so a preview judges with a transaction that
cannot write. A row that ends in an incident counts as done (decision 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import BindParameter, Row, Select, bindparam, func, literal_column, or_, select

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
from engine.facts import Fact, FlowTaken, FormFiled, NominationSubmitted, ReleaseKept, StepOpened
from engine.office import access, awards, awards_history, directory, floating, moving, nominees, receipts, tasks
from engine.office.act import Act, Sight
from engine.office.awards_history import IN_FAVOUR
from engine.office.batch_views import BatchRow, NextStep
from engine.office.floating import Floated
from engine.office.papers import lines, reading, requests
from engine.ports import LoadedForm
from engine.process.context import Context
from engine.process.instance import Instance
from engine.process.migration import element_of
from engine.process.model import RECEIPT, SUBMISSION, Node
from engine.process.moves import Complete, Scalar, Suspend
from engine.process.release import Release
from engine.store import tables
from engine.store.statements import ListStatement, joined

Answer = dict[str, Any]
MOST_ROWS = 1_000
# The outcome that is the command Suspend: the step stays open and frozen, and no flow leaves it (DOMAIN §2.4).
SUSPENDS = "tam_dung"
TASK = tables.user_task.c


@dataclass(frozen=True)
class Judged:
    """One completion as it will be written: the instance has moved, the store has not."""

    task: Row[Any]
    release: Release
    node: Node
    instance: Instance
    context: Context
    move: Complete | Suspend
    facts: list[Fact]
    loaded: LoadedForm | None
    floated: Floated | ReleaseKept | None = None
    submitted: bool = False
    received_on: date | None = None

    @property
    def variables(self) -> Mapping[str, Scalar]:
        return self.move.variables if isinstance(self.move, Complete) else {}

    @property
    def key(self) -> str:
        """The key of the step, as it is on the release the completion is done on."""
        return self.floated.key(self.task.key) if isinstance(self.floated, Floated) else str(self.task.key)

    @property
    def suspends(self) -> bool:
        return isinstance(self.move, Suspend)


# --- one task ----------------------------------------------------------------------------------------------------


def complete(act: Act, command: CompleteTask) -> Answer:
    """Complete a user task that the actor holds or nobody does."""
    return complete_at(Desk(act, [command.task]), act, command)


def complete_at(desk: Desk, act: Act, command: CompleteTask) -> Answer:
    """Complete a user task that lies on the desk."""
    judged = desk.judge(command.task, command.expected_version, command.form)
    write(act, judged)
    take_out_suspended(act, [judged])
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
    with act.tx.mixed():
        for each in judged:
            write(act, each)
    take_out_suspended(act, judged)
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
        awaits=tuple(dict.fromkeys(node.name for wait in instance.waits if (node := nodes(wait.element)))),
        status="TAM_DUNG" if judged.suspends else instance.status,
        ended=instance.ended,
        incident=bool(instance.incidents),
    )


# --- judging -----------------------------------------------------------------------------------------------------


def _laid_out(*, locked: bool) -> ListStatement:
    """Return the query for all that judging tasks needs to know; `locked`: it locks their streams, in one order.

    PostgreSQL reads the other tables as they were before it waited for a lock: `seen_seq` differs from `seq` then.
    """
    stream, seen, same = tables.stream, tables.stream.alias("seen"), tables.user_task.alias("same")
    unit, round, nomination, paper = tables.unit.c, tables.round.c, tables.nomination.c, tables.paper.c
    calendar = tables.stream.alias("calendar").c
    owner = tables.nomination.alias("owner")
    own = owner.c
    acting: BindParameter[str] = bindparam("acting")
    # As often as it was done: telling them apart in SQL costs more than all the rest of this query. No index on who did
    # it may be used: PostgreSQL would look for each task at all that the person ever did.
    did = (
        select(joined(same.c.element + " "))
        .where(same.c.case_id == TASK.case_id, same.c.state == literal_column("'done'"), same.c.done_by + "" == acting)
        .scalar_subquery()
    )
    starters = [select(c.starter).where(c.id == TASK.case_id).scalar_subquery() for c in (nomination, paper)]

    def query(ids: list[BindParameter[str]]) -> Select[Any]:
        found = (
            select(
                tables.user_task,
                stream.c.stream.label("stream"),
                stream.c.seq,
                stream.c.hash,
                stream.c.engine_version,
                stream.c.snapshot,
                seen.c.seq.label("seen_seq"),
                *(own.dossier_id, own.receipt, own.kept, own.submitted_on),
                tables.dossier.c.clock,
                select(unit.superior).where(unit.id == TASK.proposing_unit).scalar_subquery().label("superior"),
                select(round.lead).where(round.code == TASK.round).scalar_subquery().label("lead"),
                func.coalesce(*starters).label("starter"),
                did.label("did"),
                directory.actor_column(acting, bindparam("day")).label("acting"),
                select(calendar.hash).where(calendar.stream == "calendar").scalar_subquery().label("calendar_head"),
            )
            .select_from(tables.user_task)
            .join(stream, stream.c.stream == TASK.subject + ":" + TASK.case_id)
            .join(seen, seen.c.stream == stream.c.stream)
            .outerjoin(owner, own.id == TASK.case_id)
            .outerjoin(tables.dossier, tables.dossier.c.id == own.dossier_id)
            .where(TASK.id.in_(ids), or_(TASK.subject == bindparam("of"), bindparam("of") == ""))
            .order_by(stream.c.stream)
        )
        return found.with_for_update(of=stream) if locked else found

    return ListStatement(query)


_READ, _LOCK = _laid_out(locked=False), _laid_out(locked=True)


class Desk:
    """Tasks laid out to be completed, their cases locked. Those that the actor may not see are not there.

    Args:
        also: further streams to be locked before them.
        of: tasks of this subject alone.
    """

    def __init__(self, sight: Sight, ids: Sequence[str], also: Sequence[str] = (), *, of: str = "") -> None:
        self.sight = sight
        sight.hold(also)
        found = sight.lay_out(_READ, _LOCK, ids, of=of)
        for row in found:
            sight.learn(row)
        self.tasks = {row.id: row for row in tasks.seen(sight, found)}
        asking = [row for row in self.tasks.values() if row.dossier_id and self.node(row).asks]
        self._asked = requests.asked(sight, asking)
        deciding = [row.case_id for row in self.tasks.values() if row.round and IN_FAVOUR in self.node(row).properties]
        sight.claim(awards_history.CLAIMS, deciding)
        self._standings = awards_history.of(sight.tx.connection, deciding)
        self._settled: dict[tuple[str, str], str] = {}  # who is awarded in which movement by what lies here -> case
        self._own = nominees.cases_of(sight, [row.case_id for row in found], sight.actor)

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
        instance, key = moving.restored(task, release), task.key
        loaded = self._loaded(release, node, form, instance)
        floats = node.milestone is not None and task.receipt is None
        day = _received_on(node, loaded, task, sight.today) if floats else sight.today
        moved = floating.floated(sight, task, instance, day) if floats else None
        if isinstance(moved, Floated):
            release, instance, key, before = moved.release, moved.instance, moved.key(key), node
            node = instance.definition.node(element_of(key)) or node
            if release.forms.get(node.form or "") != self.release(task).forms.get(before.form or ""):
                loaded = self._loaded(release, node, form, instance)
        variables = dict(loaded.variables) if loaded else {}
        if (task.dossier_id, node.asks, task.unit) in self._asked:
            variables["asked_before"] = True
        self._check_awarded(task, node, variables)
        move, context = _move(task, key, variables), self._context(task)
        facts = instance.handle(move, context)
        self._settle(task, facts)
        return Judged(
            *(task, release, node, instance, context, move, facts, loaded, moved),
            submitted=floats and task.submitted_on is None and node.milestone == SUBMISSION,
            received_on=day if floats and _takes_in(node, variables) else None,
        )

    def _check_awarded(self, task: Row[Any], node: Node, variables: Mapping[str, Any]) -> None:
        """Refuse to find in favour of whoever was awarded in the movement already (DOMAIN §2.3 P1)."""
        standing = self._standings.get(task.case_id)
        if standing is None or variables.get("outcome") != node.properties.get(IN_FAVOUR):
            return
        if before := standing.barred_by:
            raise InvalidForm(fields={"outcome": [("awarded_before", before.said())]})
        if standing.claim and self._settled.get(standing.claim, task.case_id) != task.case_id:
            raise InvalidForm(fields={"outcome": [("awarded_here", {})]})

    def _settle(self, task: Row[Any], facts: Sequence[Fact]) -> None:
        """Note who is awarded by a completion of this desk: the next one for the same nominee is refused."""
        standing = self._standings.get(task.case_id)
        if standing and standing.claim and awards.reached(facts):
            self._settled.setdefault(standing.claim, task.case_id)

    def _loaded(self, release: Release, node: Node, form: Any, instance: Instance) -> LoadedForm | None:
        if node.form:
            known, today = instance.variables, self.sight.today
            return release.catalog.load(release.form(node.form), form, known=known, today=today)
        if form:
            raise InvalidForm(fields={name: [("unknown_field", {})] for name in form})
        return None

    def _context(self, task: Row[Any]) -> Context:
        if task.subject == tables.paper.name:
            return reading.context(self.sight, reading.row(self.sight, task.case_id))
        return moving.context_of(self.sight, task.proposing_unit, task.round)

    def flows(self, task: Row[Any], variables: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the flows that the case would choose if the task were completed with these variables."""
        instance = moving.restored(task, self.release(task))
        facts = instance.handle(Complete(task.key, dict(variables)), self._context(task))
        return tuple(fact.flow for fact in facts if isinstance(fact, FlowTaken))

    def _check_separation(self, task: Row[Any]) -> None:
        nominees.check_other(task, self._own)
        did = set((task.did or "").split())  # many of them alike, where a case came back often
        if task.starter == self.sight.actor.person.id:
            did.add("start")
        broken = access.breaks_separation(self.node(task).separate_from, did)
        if broken:
            process = self.release(task).process(task.process)
            raise SeparationOfDuties(rule="S1", did=process.nodes.get(broken, process.start).name)


def _move(task: Row[Any], key: str, variables: dict[str, Scalar]) -> Complete | Suspend:
    if task.subject == tables.nomination.name and variables.get("outcome") == SUSPENDS:
        return Suspend()
    return Complete(key, variables)


def _takes_in(node: Node, variables: Mapping[str, Any]) -> bool:
    """Whether completing this step with these values is the receipt of the nomination."""
    wanted = node.properties.get("receivedIf")
    return node.milestone == RECEIPT and (wanted is None or variables.get("outcome") == wanted)


def _received_on(node: Node, loaded: LoadedForm | None, task: Row[Any], today: date) -> date:
    """Return the day of receipt: the one that was entered, which is not before the unit handed in."""
    field = node.properties.get("receivedOn")
    said = loaded.variables.get(field) if loaded and field else None
    if field is None or said is None:
        return today
    day, earliest = date.fromisoformat(said), task.submitted_on
    if earliest and said < earliest:
        shown = date.fromisoformat(earliest).strftime("%d/%m/%Y")
        raise InvalidForm(fields={field: [("date_too_early", {"min": shown})]})
    return day


def write(act: Act, judged: Judged, also: Iterable[Fact] = ()) -> None:
    """Write the entry of a completion that was judged good, and the state it led to."""
    task, before = judged.task, list(also)
    if task.clock not in (receipts.RUNNING, receipts.PAUSED):
        act.ledger.without_clock.add(task.case_id)
    if isinstance(judged.floated, Floated):
        floating.write(act, task.case_id, judged.floated)
    elif judged.floated:
        before.append(judged.floated)
    if judged.submitted:
        before.append(NominationSubmitted(on=act.today.isoformat()))
    if judged.received_on:
        before.append(receipts.take_in(act, task, judged.received_on, judged.release))
    if judged.loaded:
        filed = act.tx.put_form_data(judged.loaded.payload)
        before.append(FormFiled(key=judged.key, form=judged.node.form or "", form_data=filed))
    stream = moving.stream_of(task.subject, task.case_id)
    facts = [*before, *judged.facts]
    moving.keep(act, stream, facts, judged.release, judged.instance, judged.context, judged.move)
    if task.role in access.DECIDERS:
        act.tx.after_commit(act.decided.set)


def take_out_suspended(act: Act, judged: Iterable[Judged]) -> None:
    """Take those that were suspended out of the papers they stand in."""
    for each in judged:
        if each.suspends:
            lines.take_out(act, each.task.case_id, "suspended")
