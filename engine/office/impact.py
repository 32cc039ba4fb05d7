"""What an edited release means for every live nomination: `khenthuong release impact`.

Nominations that came the same way get the same verdict, so one of each way is folded (engine.process.migration).
The way is what was moved and decided, with the variables that some expression of either release reads; when and by
whom does not count. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from engine.canonical import hash_of
from engine.facts import DecisionMade, Fact, FlowTaken, IncidentRaised
from engine.office import directory
from engine.office.lookups import LiveLookups
from engine.office.recorded import Recorded, recorded
from engine.office.releases import Releases
from engine.process.definition import ProcessDefinition
from engine.process.migration import Edit, Migration, Note, Verdict
from engine.process.moves import Complete, Deliver, Scalar
from engine.process.release import Release
from engine.store import tables
from engine.store.reader import Reader

PROCESS_GONE = Note("process_gone", {"step": None, "name": ""})


@dataclass(frozen=True)
class Effect:
    """The verdict on one nomination. `step` is what the first reason is about, or else what is open."""

    code: str
    verdict: Verdict
    step: str | None
    reasons: tuple[Note, ...]
    changes: tuple[Note, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "verdict": str(self.verdict),
            "step": self.step,
            "reason": self.reasons[0].code if self.reasons else None,
            "reasons": [_plain(note) for note in self.reasons],
            "changes": [_plain(note) for note in self.changes],
        }


def _plain(note: Note) -> dict[str, Any]:
    # A day belongs to one nomination; the verdict is that of all that came the same way.
    return {name: value for name, value in note.to_json().items() if name != "due_on"}


def impact(reader: Reader, releases: Releases, edited: Release, today: date) -> list[Effect]:
    """Return the verdict on every nomination that has not ended, by code."""
    survey = _Survey(reader, releases, edited, today)
    live = tables.nomination.c.ended_at.is_(None)
    query = select(tables.nomination).where(live).order_by(tables.nomination.c.code)
    return [survey.effect(row) for row in reader.execute(query).all()]


class _Survey:
    def __init__(self, reader: Reader, releases: Releases, edited: Release, today: date) -> None:
        self._reader, self._releases, self._edited, self._today = reader, releases, edited, today
        self._calendar = directory.calendar(reader.connection)
        self._edits: dict[tuple[str, str], tuple[Edit, frozenset[str]]] = {}
        self._verdicts: dict[str, Migration] = {}

    def effect(self, row: Row[Any]) -> Effect:
        if row.process not in self._edited.processes:
            return Effect(row.code, Verdict.MUST_STAY, None, (PROCESS_GONE,), ())
        edit, read = self._edit(row.release, row.process)
        history = recorded(self._reader.entries(f"nomination:{row.id}"))
        way = hash_of([row.release, row.process, row.kind, *_way(history, read)])
        migration = self._verdicts.get(way)
        if migration is None:
            migration = edit.fold(UUID(row.id), history.start, history.steps, self._lookups(row))
            self._verdicts[way] = migration
        step = migration.reasons[0].params["step"] if migration.reasons else _standing(migration)
        return Effect(row.code, migration.verdict, step, migration.reasons, migration.changes)

    def _edit(self, release: str, process: str) -> tuple[Edit, frozenset[str]]:
        if (release, process) not in self._edits:
            old = self._releases.get(self._reader, release).process(process)
            new = self._edited.process(process)
            self._edits[release, process] = Edit(old, new), _read_by(old) | _read_by(new)
        return self._edits[release, process]

    def _lookups(self, row: Row[Any]) -> LiveLookups:
        superior = select(tables.unit.c.superior).where(tables.unit.c.id == row.unit)
        lead = select(tables.round.c.lead).where(tables.round.c.code == row.round)
        above, leads = self._reader.execute(superior).scalar(), self._reader.execute(lead).scalar()
        return LiveLookups(self._calendar, self._today, row.unit, above, leads)


def _standing(migration: Migration) -> str | None:
    opened = migration.instance.open_items if migration.instance else ()
    return opened[0].element if opened else None


def _read_by(definition: ProcessDefinition) -> frozenset[str]:
    """Return the last parts of every variable that an expression, a table or a mapping reads."""
    names: set[str] = set()
    for process in definition.owners.values():
        for program in process.programs.values():
            names |= program.names
        for rule in process.rules.values():
            names.update(name for source in rule.sources.values() for name in source.names)
        for node in process.nodes.values():
            names.update(name for prefix in ("in:", "out:", "sets:") for name in node.mapping(prefix).values())
    return frozenset(name.rpartition(".")[2].removesuffix("_given") for name in names)


def _way(history: Recorded, read: frozenset[str]) -> Iterator[Any]:
    yield [_read(history.start.variables, read), *_decided(history.start.facts)]
    for step in history.steps:
        move = step.move
        said = _read(move.variables, read) if isinstance(move, Complete | Deliver) else {}
        yield [move.name, getattr(move, "key", None), said, *_decided(step.facts)]


def _read(variables: Any, read: frozenset[str]) -> dict[str, Scalar]:
    return {name: value for name, value in variables.items() if name.rpartition(".")[2] in read}


def _decided(facts: Any) -> Iterator[Any]:
    """Yield what happened by itself, without days and people."""
    fact: Fact
    for fact in facts:
        if isinstance(fact, FlowTaken):
            yield [fact.key, fact.flow]
        elif isinstance(fact, DecisionMade):
            yield [fact.key, fact.result]
        elif isinstance(fact, IncidentRaised):
            yield [fact.key, fact.why]
        else:
            yield [fact.name, getattr(fact, "key", None)]
