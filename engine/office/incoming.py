"""What comes from outside and is entered here: the answer of the centre, a comment of a citizen.

A message that the diagram waits for with a form (`formKey`, `candidateRole`, `unitScope` on the catching event) is
entered by that role of that body, for many nominations at once, all of them or none. As at any step the outcome
`tam_dung` is the command Suspend: the wait stays open, frozen. While a nomination stands still a message that suspends
or says no more is kept with it and moves nothing; one that would let it go on is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, literal, select

from engine.commands import MessageItem, RecordMessage
from engine.errors import BatchRefused, BatchSize, EngineError, MessageNotAwaited, NotFound, RowTwice
from engine.facts import Fact, FormFiled
from engine.office import access, moving, tasks
from engine.office.act import Act, Sight
from engine.office.batch_views import Awaited, AwaitedRow, BatchRow
from engine.office.completing import MOST_ROWS, SUSPENDS
from engine.office.papers import lines
from engine.ports import LoadedForm
from engine.process.context import Context
from engine.process.instance import Instance
from engine.process.model import Node
from engine.process.moves import Deliver, Move, Suspend
from engine.process.release import Release
from engine.process.state import OpenWait
from engine.store import tables
from engine.store.statements import ListStatement

Answer = dict[str, Any]
NOMINATION = tables.nomination.c
WAIT = tables.message_subscription.c

_AS_CASE = (
    literal("nomination").label("subject"),
    NOMINATION.id.label("case_id"),
    NOMINATION.unit.label("proposing_unit"),
)
_BY_CODE = ListStatement(lambda codes: select(tables.nomination, *_AS_CASE).where(NOMINATION.code.in_(codes)))


@dataclass(frozen=True)
class _Entered:
    """One message as it will be written: the instance has moved, the store has not."""

    row: Row[Any]
    wait: OpenWait
    form: str
    loaded: LoadedForm
    release: Release
    instance: Instance
    context: Context
    move: Move | None
    facts: list[Fact]


def record(act: Act, command: RecordMessage) -> Answer:
    """Enter a message for every nomination named, or for none.

    Raises:
        BatchRefused: with the results of all rows, if one failed.
    """
    if not 1 <= len(command.items) <= MOST_ROWS:
        raise BatchSize(max=MOST_ROWS, count=len(command.items))
    codes = [item.nomination for item in command.items]
    found = {row.code: row.id for row in _BY_CODE(act.tx.connection, codes)}
    streams = [moving.stream_of("nomination", id) for id in found.values()]
    act.tx.lock(streams)
    rows = {row.code: row for row in _BY_CODE(act.tx.connection, codes)}
    instances = moving.Instances(act, streams)
    results = _judge_all(act, command.message, command.items, rows, instances)
    if failed := sum(row.refusal is not None for row, _ in results):
        raise BatchRefused(rows=tuple(row for row, _ in results), count=failed)
    entered = [each for _, each in results if each]
    with act.tx.mixed():
        for each in entered:
            _write(act, each)
    for each in entered:
        if isinstance(each.move, Suspend):
            lines.take_out(act, each.row.id, "suspended")
    return {"rows": [row.to_json() for row, _ in results]}


def _judge_all(
    act: Act, message: str, items: Sequence[MessageItem], rows: dict[str, Row[Any]], instances: moving.Instances
) -> list[tuple[BatchRow, _Entered | None]]:
    results: list[tuple[BatchRow, _Entered | None]] = []
    seen: set[str] = set()
    for item in items:
        row = rows.get(item.nomination)
        try:
            if row is None:
                raise NotFound(kind="nomination", id=item.nomination)
            if item.nomination in seen:
                raise RowTwice(nomination=item.nomination)
            seen.add(item.nomination)
            entered = _judge(act, message, item, row, instances)
            results.append((_said(entered), entered))
        except EngineError as refusal:
            results.append((BatchRow(row.id if row else "", item.nomination, refusal), None))
    return results


def _judge(act: Act, message: str, item: MessageItem, row: Row[Any], instances: moving.Instances) -> _Entered:
    release = act.releases.get(act.tx, row.release)
    instance = instances.take(row, release)
    context = moving.context_of(act, row.unit, row.round)
    wait = next((wait for wait in instance.waits if wait.message == message), None)
    node = instance.definition.node(wait.element) if wait else None
    if wait is None or node is None or not _may_enter(act, node, context):
        if _concerns(act, row):
            raise MessageNotAwaited(nomination=row.code)
        raise NotFound(kind="nomination", id=row.code)
    loaded = release.catalog.load(release.form(node.form), item.form, known=instance.variables, today=act.today)
    move = _move(message, wait, loaded, frozen=instance.suspended)
    facts = instance.handle(move, context) if move else []
    return _Entered(row, wait, node.form or "", loaded, release, instance, context, move, facts)


def _move(message: str, wait: OpenWait, loaded: LoadedForm, *, frozen: bool) -> Move | None:
    outcome = loaded.variables.get("outcome")
    if outcome == SUSPENDS:
        return None if frozen else Suspend()
    return Deliver(message, wait.key, loaded.variables)


def _may_enter(sight: Sight, node: Node, context: Context) -> bool:
    if not (node.form and node.role and node.unit_scope):
        return False
    unit = context.unit(node.unit_scope)
    return unit is not None and access.group_of(node.role, unit) in sight.actor.groups


def _concerns(act: Act, row: Row[Any]) -> bool:
    return access.may_see_nomination(act.actor, row.unit, tasks.groups_of(act, row.id))


def _said(entered: _Entered) -> BatchRow:
    return BatchRow(
        task=entered.row.id,
        nomination=entered.row.code,
        status="TAM_DUNG" if entered.instance.suspended else entered.instance.status,
        ended=entered.instance.ended,
        incident=bool(entered.instance.incidents),
    )


def _write(act: Act, entered: _Entered) -> None:
    filed = act.tx.put_form_data(entered.loaded.payload)
    noted = FormFiled(key=entered.wait.key, form=entered.form, form_data=filed)
    stream = moving.stream_of("nomination", entered.row.id)
    if entered.move is None:
        act.append(stream, [noted])
        return
    facts = [noted, *entered.facts]
    moving.keep(act, stream, facts, entered.release, entered.instance, entered.context, entered.move)


# --- what waits --------------------------------------------------------------------------------------------------


def awaited(sight: Sight) -> tuple[Awaited, ...]:
    """Return what the actor may enter now: each message with its form and the nominations that wait for it."""
    query = select(tables.nomination, WAIT.message, WAIT.element)
    query = query.join(tables.message_subscription, WAIT.case_id == NOMINATION.id).order_by(NOMINATION.code)
    found: dict[tuple[str, str, str], list[AwaitedRow]] = {}
    nodes: dict[tuple[str, str, str], Node] = {}
    for row in sight.tx.execute(query):
        node = sight.releases.get(sight.tx, row.release).process(row.process).node(row.element)
        if node is None or not _may_enter(sight, node, moving.context_of(sight, row.unit, row.round)):
            continue
        key = (row.message, row.release, row.element)
        nodes[key] = node
        waiting = AwaitedRow(row.id, row.code, row.nominee, row.award, row.unit, bool(row.suspended))
        found.setdefault(key, []).append(waiting)
    return tuple(
        Awaited(
            message=message,
            element=element,
            release=release,
            name=nodes[message, release, element].name,
            form=dict(sight.releases.get(sight.tx, release).form(nodes[message, release, element].form or "")),
            rows=tuple(rows),
        )
        for (message, release, element), rows in sorted(found.items())
    )
