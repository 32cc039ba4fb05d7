"""What a migration changes of what is open, as facts: so that the tables of the office follow it like any move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from engine import facts as f
from engine.process.instance import Instance
from engine.process.migration.history import Opened
from engine.process.migration.records import Migration
from engine.process.state import Open, OpenStep, OpenTimer


def handed_over(was: Instance, migration: Migration) -> list[f.Fact]:
    """Return what ends and what opens when `migration` takes the place of `was`; what only goes on is not in it."""
    assert migration.instance is not None and migration.start is not None
    now = migration.instance
    history = list(chain(migration.start.facts, *(step.facts for step in migration.effective)))
    opened = {fact.key: fact for fact in history if isinstance(fact, Opened)}
    kept = set(migration.keys.values())
    facts: list[f.Fact] = [_ended(item) for item in was.open_items if item.key not in migration.keys]
    facts += _resolved(was, now)
    facts += [opened[item.key] for item in now.open_items if item.key not in kept]
    if now.status and now.status != was.status:
        facts.append(f.StatusReached(status=now.status))
    return facts + [fact for fact in history if isinstance(fact, f.DossierStatusReached)][-1:]


def steps_kept(was: Instance, now: Instance, keys: Mapping[str, str]) -> list[tuple[str, OpenStep]]:
    """Return the user tasks that go on: the key each had, and what it is now."""
    before = {step.key for step in was.open_steps}
    after = {step.key: step for step in now.open_steps}
    return [(old, after[new]) for old, new in keys.items() if old in before and new in after]


def _ended(item: Open) -> f.Fact:
    if isinstance(item, OpenStep):
        return f.StepCancelled(key=item.key, element=item.element)
    if isinstance(item, OpenTimer):
        return f.TimerEnded(key=item.key, element=item.element, fired=False)
    return f.MessageEnded(key=item.key, element=item.element, received=False)


def _resolved(was: Instance, now: Instance) -> Iterator[f.Fact]:
    left = {incident.key for incident in now.incidents}
    for incident in was.incidents:
        if incident.key not in left:
            yield f.IncidentResolved(key=incident.key, element=incident.element)
