"""A nomination floats until it is received: it goes on on the release in force, if its history allows that.

That is looked at when its unit hands it in and when it is received. One that cannot move keeps the release it has and
is listed for the administrators (decision 19).

Moving is the fold of engine.process.migration over its own history. The entry holds the state before, the list of
moves that was in fact made again and what was asked anew; so `verify` makes the same fold and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, update

from engine.facts import Fact, Migrated, ReleaseKept
from engine.office import moving
from engine.office.act import Act, Sight
from engine.office.recorded import Recorded, recorded
from engine.process.context import Context
from engine.process.instance import Instance
from engine.process.migration import Edit, Migration, Verdict, handed_over, steps_kept
from engine.process.release import Release
from engine.store import tables

REGIME = "nomination.regime"
MOVES = (Verdict.UNTOUCHED, Verdict.MOVES)


@dataclass(frozen=True)
class Floated:
    """Where a nomination stands on another release, and the facts of the entry that will say so."""

    release: Release
    instance: Instance
    context: Context
    migration: Migration
    facts: list[Fact]
    before: bytes  # its snapshot
    after: bytes
    state_hash: str  # that of `after`: the instance goes on from there

    def key(self, was: str) -> str:
        return self.migration.keys.get(was, was)


def floated(sight: Sight, nomination: Row[Any], instance: Instance, day: date) -> Floated | ReleaseKept | None:
    """Return what becomes of a nomination that is not received yet; None where it is on the release of that day.

    Args:
        nomination: a row with case_id, proposing_unit, round, release, process and kept; its stream is locked.
        instance: as it stands; it is not moved.
        day: whose release it shall be on.
    """
    target = sight.release_on(day)
    if target.id == nomination.release:
        return None
    if nomination.process not in target.processes:
        return _stays(nomination, target, Verdict.MUST_STAY, "process_gone", None)
    history = recorded(sight.tx.entries(moving.stream_of("nomination", nomination.case_id)))
    context = moving.context_of(sight, nomination.proposing_unit, nomination.round)
    edit = sight.releases.edit(instance.definition, target.process(nomination.process))
    migration = refold(edit, nomination.case_id, history, target.regime, context)
    if migration.verdict not in MOVES:
        reason = migration.reasons[0]
        return _stays(nomination, target, migration.verdict, reason.code, reason.params.get("step"))
    if changed := _changes_hands(instance, migration):
        return _stays(nomination, target, Verdict.NEEDS_CHOICE, "role_changed", changed)
    assert migration.instance is not None
    before = instance.snapshot()
    facts = facts_of(target, instance, migration, nomination.release)
    now = migration.instance
    return Floated(target, now, context, migration, facts, before, now.snapshot(), now.state_hash())


def refold(edit: Edit, nomination: str, history: Recorded, regime: str, context: Context) -> Migration:
    """Return the fold of a history under another regime; what is new is asked of `context`, which notes it."""
    return edit.fold(UUID(nomination), history.start, history.steps, context, {REGIME: regime})


def facts_of(release: Release, was: Instance, migration: Migration, left: str, snapshot: str = "") -> list[Fact]:
    """Return the facts of a migration, that of the migration itself first."""
    assert migration.instance is not None and migration.start is not None
    kept = steps_kept(was, migration.instance, migration.keys)
    others = {old: new for old, new in migration.keys.items() if old not in {old for old, _ in kept} and old != new}
    migrated = Migrated(
        left=left,
        release=release.id,
        regime=release.regime,
        process=migration.instance.definition.id,
        verdict=str(migration.verdict),
        changes=[note.to_json() for note in migration.changes],
        snapshot=snapshot,
        start=migration.start.to_json(),
        effective=[step.to_json() for step in migration.effective],
        steps=[
            {"was": old, "key": step.key, "element": step.element, "occurrence": step.occurrence}
            | {"role": step.role, "unit": step.unit}
            for old, step in kept
        ],
        keys=others,
    )
    return [migrated, *handed_over(was, migration)]


def write(act: Act, nomination: str, move: Floated) -> None:
    """Write the entry of a migration, with the state before it kept beside it."""
    stream = moving.stream_of("nomination", nomination)
    migrated, *rest = move.facts
    snapshot = act.tx.put_blob(move.before)
    facts = [_with_snapshot(migrated, snapshot), *rest]
    entry = act.append(stream, facts, release=move.release.sha256, context=move.context, state_hash=move.state_hash)
    act.tx.put_snapshot(stream, entry.seq, move.after)
    for old, new in move.migration.keys.items():
        if old != new:
            d, ids = tables.draft.c, [str(uuid5(UUID(nomination), key)) for key in (old, new)]
            act.tx.execute(update(tables.draft).where(d.place == ids[0]).values(place=ids[1]))


def _with_snapshot(fact: Fact, snapshot: str) -> Fact:
    return Migrated(**vars(fact) | {"snapshot": snapshot})


def _stays(nomination: Row[Any], target: Release, verdict: Verdict, why: str, step: str | None) -> ReleaseKept | None:
    if nomination.kept == why:
        return None  # that was written down already
    return ReleaseKept(release=target.id, verdict=str(verdict), why=why, step=step)


def _changes_hands(was: Instance, migration: Migration) -> str | None:
    """Return the open step that would belong to somebody else: whoever is about to complete it must not lose it so."""
    assert migration.instance is not None
    before: Mapping[str, Any] = {step.key: step for step in was.open_steps}
    for old, step in steps_kept(was, migration.instance, migration.keys):
        if (before[old].role, before[old].unit) != (step.role, step.unit):
            return step.element
    return None
