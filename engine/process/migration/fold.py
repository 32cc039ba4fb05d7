"""The verdict on one instance: its history made again, and what came of it held against where it stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from engine.canonical import time_of
from engine.process.context import Lookups
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.migration.ahead import Comparison
from engine.process.migration.history import Decisions, History, Renames, element_of, name_of
from engine.process.migration.records import (
    REASONS,
    Migration,
    Note,
    RecordedMove,
    StartRecord,
    Verdict,
    context_of,
)
from engine.process.migration.replay import OPENS, Replay, find, key_of, nodes_of, open_items, opens_as
from engine.process.migration.second_run import Difference, differences
from engine.process.moves import Complete, Deliver, FireTimer, Move, Resume, Scalar
from engine.process.state import Incident, Open, OpenStep, OpenTimer

MAX_PASSED = 6  # steps passed in a row without anything recorded following: farther on it is another way


def fold(
    old: ProcessDefinition,
    new: ProcessDefinition,
    instance_id: UUID,
    start: StartRecord,
    steps: Sequence[RecordedMove],
    *,
    renames: Mapping[str, str] | None = None,
    lookups: Lookups | None = None,
) -> Migration:
    """Make the recorded moves of one instance of `old` again on `new`; for many instances see `Edit`."""
    return Edit(old, new, renames).fold(instance_id, start, steps, lookups)


class Edit:
    """Two drawings of one process, prepared once for all its instances.

    Args:
        renames: old id -> new id, of elements and flows.
    """

    def __init__(
        self, old: ProcessDefinition, new: ProcessDefinition, renames: Mapping[str, str] | None = None
    ) -> None:
        self.old, self.new = old, new
        self.renames = Renames(renames or {})
        self.drawn = nodes_of(new)
        self.drawn_before = {self.renames.id(node.id): node for node in nodes_of(old).values()}
        self.comparison = Comparison(old, new, self.renames)

    def fold(
        self,
        instance_id: UUID,
        start: StartRecord,
        steps: Sequence[RecordedMove],
        lookups: Lookups | None = None,
        variables: Mapping[str, Scalar] | None = None,
    ) -> Migration:
        """Make the recorded moves of an instance again on the new drawing, and judge where that leaves it.

        Args:
            lookups: the office of today, asked for what nobody was told yet, as the limit of a step that is new.
            variables: of those it started with, the ones that are others now, as the regime.

        Raises:
            LookupError: the new drawing asks what was never recorded, and there are no lookups.
        """
        anew = replace(start, variables={**start.variables, **(variables or {})})
        history = History(anew, steps, self.renames)
        decisions = Decisions(history, self.old, self.renames)
        replay = Replay(self.new, self.drawn, instance_id, history, decisions, lookups)
        for step in history.steps:
            replay.take(step)
        judge = _Judge(self, history, decisions, replay)
        reasons = _once([*judge.reasons(), *self._other_decisions(instance_id, start, steps, replay)])
        changes = _once(judge.changes())
        verdict = max((REASONS[note.code] for note in reasons), key=list(Verdict).index, default=Verdict.UNTOUCHED)
        if changes and not reasons:
            verdict = Verdict.MOVES
        if verdict is Verdict.MUST_STAY:
            return Migration(verdict, reasons, changes)
        effective = tuple(replay.effective)
        return Migration(verdict, reasons, changes, replay.instance, replay.start, effective, judge.keys)

    def _other_decisions(
        self, instance_id: UUID, start: StartRecord, steps: Sequence[RecordedMove], replay: Replay
    ) -> Iterator[Note]:
        """Say which decisions stand although the new drawing, and not already the old one, would decide otherwise."""
        found = differences(self.new, instance_id, replay.start, replay.effective)
        if not found:
            return
        standing = {self.renames.key(each.key) for each in differences(self.old, instance_id, start, steps)}
        for each in found:
            if each.key not in standing:
                yield _decision(each, self.drawn[element_of(each.key)].name)


def reexecute(
    definition: ProcessDefinition, instance_id: UUID, start: StartRecord, steps: Sequence[RecordedMove]
) -> Instance:
    """Return the instance that this history leads to, with all that was settled in it taken as it was."""
    instance, _ = Instance.start(definition, instance_id, context_of(start), start.variables, start.facts)
    for step in steps:
        instance.handle(step.move, context_of(step), step.facts)
    return instance


def _once(notes: Iterable[Note]) -> tuple[Note, ...]:
    said: list[Note] = []
    for note in notes:
        if note not in said:
            said.append(note)
    return tuple(said)


def _decision(each: Difference, name: str) -> Note:
    params = {"step": element_of(each.key), "name": name or element_of(each.key), "was": each.was}
    if each.why:
        return Note("decision_fails", params | {"why": each.why})
    return Note("decision_differs", params | {"now": each.now})


class _Judge:
    def __init__(self, edit: Edit, history: History, decisions: Decisions, replay: Replay) -> None:
        self._edit, self._history, self._decisions, self._replay = edit, history, decisions, replay
        self._passed: list[str] = []
        self._kept = self._matched(replay)

    @property
    def keys(self) -> dict[str, str]:
        """What is open: old key -> new key."""
        return {self._history.old_keys[key]: kept for key, kept in self._kept.items()}

    # --- why it does not simply move -----------------------------------------------------------------------------

    def reasons(self) -> list[Note]:
        notes = list(self._in_the_way())
        notes += [self._note("open_step_removed", key) for key in self._removed if not self._stands_beside(key)]
        notes += [self._note("decision_gone", key, was=flows) for key, flows in self._decisions.gone.items()]
        notes += [self._note("step_reopens", key) for key in self._extra if self._had_ended(key)]
        for incident in self._new_incidents(self._replay):
            notes.append(self._note("cannot_go_on", incident.key, why=incident.why))
        return notes

    def _in_the_way(self) -> Iterator[Note]:
        """Say what lies before the place where the instance stood, found by passing it without a word."""
        if self._is_back(self._replay):
            return
        tried = self._replay.copy()
        failed = self._pass_what_is_new(tried)
        if failed or self._is_back(tried):
            yield from (self._note("must_pass_first", key) for key in self._passed)
            yield from failed
            return
        yield from (self._note("step_without_place", key_of(step.move)) for step in tried.held)
        yield from (self._note("open_step_closes", key) for key in self._lost(tried))
        if self._history.ended and not tried.held:
            yield from (self._note("must_pass_first", key) for key in self._extra if not self._had_ended(key))

    def _pass_what_is_new(self, tried: Replay) -> list[Note]:
        """Pass what this instance never came to until it is back; return why that cannot be tried further."""
        in_a_row = 0
        if tried.instance.suspended:
            tried.make(self._pretended(Resume()))
        while not self._is_back(tried) and in_a_row < MAX_PASSED:
            new = (item for item in open_items(tried.instance).values() if self._is_new(item))
            item = next(new, None)
            if item is None:
                break
            self._passed.append(item.key)
            tried.make(self._pretended(_passing(item)))
            in_a_row = 0 if tried.retry() else in_a_row + 1
            if incidents := self._new_incidents(tried):
                return [self._note("value_missing", item.key, at=incidents[0].element, why=incidents[0].why)]
        return []

    def _is_new(self, item: Open) -> bool:
        beside = self._edit.drawn[item.element].kind == "boundaryEvent"
        return not beside and name_of(item.key) not in self._history.opened

    def _pretended(self, move: Move) -> RecordedMove:
        last = self._history.steps[-1] if self._history.steps else self._history.start
        now = max(last.now, time_of(move.due_at)) if isinstance(move, FireTimer) else last.now
        return RecordedMove(move, now, last.context, ())

    def _is_back(self, replay: Replay) -> bool:
        back = not replay.held and not self._lost(replay)
        return back and (replay.instance.ended or not self._history.ended)

    def _had_ended(self, key: str) -> bool:
        if key in self._passed or not isinstance(self._open[key], OpenStep):
            return False
        if self._resolved or self._removed:  # What was held up there goes on, and may well lead back.
            return key in self._history.old_keys
        return name_of(key) in self._history.finished

    # --- what is different -------------------------------------------------------------------------------------

    def changes(self) -> list[Note]:
        replay, history = self._replay, self._history
        opens = (key for key in self._extra if key not in self._passed and not self._had_ended(key))
        closes = (key for key in history.open if key not in self._kept and self._stands_beside(key))
        notes = [self._note("step_skipped", key_of(step.move)) for step in replay.skipped]
        notes += [self._note("other_order", key_of(step.move)) for step in replay.reordered]
        notes += [self._note("step_opens", key) for key in opens]
        notes += [self._note("event_removed", key) for key in closes]
        notes += self._due_dates()
        notes += [self._note("key_changed", kept, was=was) for was, kept in self.keys.items() if was != kept]
        notes += [self._note("incident_resolved", key) for key in self._resolved]
        if replay.instance.status != history.status:
            notes.append(Note("status_changed", {"was": history.status, "now": replay.instance.status}))
        old_keys = [history.old_keys[key] for key in (*history.open, *history.incidents)]
        new_keys = [*self._open, *(incident.key for incident in replay.instance.incidents)]
        return notes + self._edit.comparison.ahead(old_keys, new_keys)

    def _due_dates(self) -> Iterator[Note]:
        """Say where the drawing has another limit than the one an open step was given."""
        for key, kept in self._kept.items():
            item, node = self._open[kept], self._edit.drawn[element_of(kept)]
            was = self._edit.drawn_before[element_of(key)]
            if isinstance(item, OpenStep) and (was.limit, was.count_first) != (node.limit, node.count_first):
                yield self._note("due_date_kept", kept, due_on=item.due_on)

    # --- where it stood and stands -------------------------------------------------------------------------------

    def _matched(self, replay: Replay) -> dict[str, str]:
        """Return what was open and is again: key in the history -> key now."""
        items = open_items(replay.instance)
        kept: dict[str, str] = {}
        for key, fact in self._history.open.items():
            exact = items.keys() - (self._history.open.keys() - {key})
            found = find(key, (items[name] for name in exact if isinstance(items[name], OPENS[type(fact)])))
            if found:
                kept[key] = found.key
        return kept

    @cached_property
    def _open(self) -> dict[str, Open]:
        return open_items(self._replay.instance)

    @cached_property
    def _extra(self) -> list[str]:
        """What is open now and was not."""
        return [key for key in self._open if key not in self._kept.values()]

    @cached_property
    def _removed(self) -> list[str]:
        """What was open and is not drawn any more."""
        return [key for key in self._history.open if key not in self._kept and not self._is_drawn(key)]

    @cached_property
    def _resolved(self) -> list[str]:
        incidents = self._replay.instance.incidents
        return [key for key in self._history.incidents if find(key, incidents) is None]

    def _lost(self, replay: Replay) -> list[str]:
        """Return what was open, is drawn, and is not open again."""
        lost = self._history.open.keys() - self._matched(replay).keys()
        return [key for key in sorted(lost) if self._is_drawn(key) and not self._stands_beside(key)]

    def _is_drawn(self, key: str) -> bool:
        return opens_as(self._edit.drawn.get(element_of(key)), OPENS[type(self._history.open[key])])

    def _stands_beside(self, key: str) -> bool:
        """Whether an open timer or message belongs to the edge of an activity: it holds no token of its own."""
        return self._edit.drawn_before[element_of(key)].kind == "boundaryEvent"

    def _new_incidents(self, replay: Replay) -> list[Incident]:
        known = self._history.incidents
        named = {name_of(key) for key in known}
        return [each for each in replay.instance.incidents if name_of(each.key) not in named]

    def _note(self, code: str, key: str, **params: Any) -> Note:
        element = element_of(key)
        node = self._edit.drawn.get(element) or self._edit.drawn_before[element]
        return Note(code, {"step": element, "name": node.name or element} | params)


def _passing(item: Open) -> Move:
    """Return the move that ends an open item without saying anything."""
    if isinstance(item, OpenStep):
        return Complete(item.key)
    return FireTimer(item.key, item.due_at) if isinstance(item, OpenTimer) else Deliver(item.message, item.key)
