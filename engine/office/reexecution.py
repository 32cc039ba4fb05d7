"""The proof by doing: every entry of a nomination or paper is executed again and must give the same facts and state.
A snapshot is right if it is the state they lead to; `rebuild` makes it anew from there.

Nothing but the journal and the releases is read. Facts of the office (a claim, a filed form) have no move; the
state they leave is the state they found.
"""

from __future__ import annotations

from uuid import UUID

from engine import facts
from engine.canonical import canonical
from engine.office import floating
from engine.office.recorded import OFFICE_FACTS, migration_in, recorded
from engine.office.releases import Releases
from engine.process.context import Context
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.moves import move_from_json
from engine.store.journal import ENGINE_VERSION, Entry
from engine.store.reader import Reader, Snapshot
from engine.store.verify import Finding

# The first fact of a case -> which of its values is the id of the case.
STARTS = {facts.NominationStarted.name: "nomination", facts.PaperStarted.name: "paper"}


class Mismatch(Exception):
    """An entry does not follow from the ones before it; its text is the code of why."""


class Reexecution:
    """The function that `engine.store.verify` asks for each case.

    What another version of the engine wrote is passed over: this one goes on from the state that was written down
    when it took over (decision 2).
    """

    def __init__(self, releases: Releases, engine_version: str = ENGINE_VERSION) -> None:
        self._releases = releases
        self._engine_version = engine_version

    def __call__(self, reader: Reader, stream: str, entries: list[Entry]) -> Finding | None:
        """Return the first entry of a case that does not follow from the ones before it; None if all do."""
        led_to = self._led_to(reader, stream, entries)
        if isinstance(led_to, Instance):
            kept = reader.snapshot(stream)
            right = kept is not None and _is_of(kept, led_to, entries)
            return None if right else Finding(stream, kept.seq if kept else 0, "derived:snapshot")
        return led_to

    def mend(self, reader: Reader, stream: str, entries: list[Entry]) -> Snapshot | None:
        """Return the snapshot that must take the place of the one of a case.

        None: it is right as it is, the entries do not follow, or another version of the engine wrote the last of them.
        """
        led_to = self._led_to(reader, stream, entries)
        kept = reader.snapshot(stream)
        if not isinstance(led_to, Instance) or (kept is not None and _is_of(kept, led_to, entries)):
            return None
        return Snapshot(_last_move(entries), led_to.snapshot())

    def _led_to(self, reader: Reader, stream: str, entries: list[Entry]) -> Instance | Finding | None:
        """Execute the entries of a case; return where they led to, or the first that does not follow.

        None: the last of them are another version's.
        """
        instance: Instance | None = None
        left: Entry | None = None  # the last entry of another version that led to a state
        for place, entry in enumerate(entries):
            if entry.engine_version != self._engine_version:
                instance, left = None, left if entry.state_hash is None else entry
                continue
            try:
                if instance is None and left:
                    instance = self._take_over(reader, entries[:place], left, entry)
                elif instance is not None and migration_in(entry):
                    instance = self._migrate(reader, entries[:place], entry, instance)
                else:
                    instance = self._execute(reader, entry, instance)
            except Mismatch as mismatch:
                return Finding(stream, entry.seq, str(mismatch))
            except Exception:  # whatever a forged entry makes the engine raise, it does not follow
                return Finding(stream, entry.seq, "cannot_be_executed")
        return instance

    def _execute(self, reader: Reader, entry: Entry, instance: Instance | None) -> Instance:
        body = entry.body
        context = Context.from_recorded(entry.at, body.get("context", {}))
        moved: list[facts.Fact] = []
        if instance is None:
            instance, moved = self._start(reader, entry, context)
        elif "move" in body:
            moved = instance.handle(move_from_json(body["move"]), context)
        elif entry.state_hash is not None:
            raise Mismatch("state_without_move")
        recorded = [fact for fact in body["facts"] if fact["fact"] not in OFFICE_FACTS]
        if [fact.to_json() for fact in moved] != recorded:
            raise Mismatch("other_facts_follow")
        if entry.state_hash is not None and instance.state_hash() != entry.state_hash:
            raise Mismatch("other_state_follows")
        return instance

    def _start(self, reader: Reader, entry: Entry, context: Context) -> tuple[Instance, list[facts.Fact]]:
        process = self._process(reader, entry)
        started = entry.body["facts"][0]
        return Instance.start(process, UUID(started[STARTS[started["fact"]]]), context, started["variables"])

    def _process(self, reader: Reader, first: Entry) -> ProcessDefinition:
        """Return the process that the first entry of a case started."""
        started = first.body["facts"][0]
        if started["fact"] not in STARTS:
            raise Mismatch("starts_nothing")
        release = self._releases.get(reader, started["release"])
        if release.sha256 != first.body["release"]:
            raise Mismatch("other_release")
        return release.process(started["process"])

    def _process_at(self, reader: Reader, before: list[Entry]) -> ProcessDefinition:
        """Return the process that a case was on after these entries."""
        migrated = next((fact for entry in reversed(before) if (fact := migration_in(entry))), None)
        if migrated is None:
            return self._process(reader, before[0])
        return self._releases.get(reader, migrated["release"]).process(migrated["process"])

    def _migrate(self, reader: Reader, before: list[Entry], entry: Entry, was: Instance) -> Instance:
        """Return the instance on its new release: the fold made again must give the same history, facts and state."""
        fact = migration_in(entry) or {}
        if Instance.restore(was.definition, reader.blob(fact["snapshot"]) or b"").state_hash() != was.state_hash():
            raise Mismatch("other_state_before")
        release = self._releases.get(reader, fact["release"])
        if release.sha256 != entry.body["release"]:
            raise Mismatch("other_release")
        edit = self._releases.edit(was.definition, release.process(fact["process"]))
        context = Context.from_recorded(entry.at, entry.body.get("context", {}))
        nomination = entry.stream.partition(":")[2]
        migration = floating.refold(edit, nomination, recorded(before), release.regime, context)
        if migration.instance is None:
            raise Mismatch("cannot_be_executed")
        expected = floating.facts_of(release, was, migration, fact["left"], fact["snapshot"])
        if [canonical(each.to_json()) for each in expected] != [canonical(each) for each in entry.body["facts"]]:
            raise Mismatch("other_facts_follow")
        if migration.instance.state_hash() != entry.state_hash:
            raise Mismatch("other_state_follows")
        return migration.instance

    def _take_over(self, reader: Reader, before: list[Entry], left: Entry, entry: Entry) -> Instance:
        """Return the instance as another version left it; its own hash tells if that is so while the format is ours."""
        [fact] = entry.body["facts"]
        if fact["fact"] != facts.EngineUpgraded.name or fact["engine_version"] != self._engine_version:
            raise Mismatch("no_checkpoint")
        instance = Instance.restore(self._process_at(reader, before), reader.blob(fact["snapshot"]) or b"")
        if _format(left.engine_version) == _format(entry.engine_version) and instance.state_hash() != left.state_hash:
            raise Mismatch("other_state_taken_over")
        return instance


def _format(engine_version: str) -> str:
    return engine_version.partition("/")[0]


def _is_of(kept: Snapshot, instance: Instance, entries: list[Entry]) -> bool:
    """Tell whether the snapshot that the next command would go on from is where the entries led to."""
    return kept.seq == _last_move(entries) and instance.is_in(kept.content)


def _last_move(entries: list[Entry]) -> int:
    """Return the number of the last entry that led to a state; the ones behind it found it and left it."""
    return max(entry.seq for entry in entries if entry.state_hash is not None)
