"""The proof by doing: every entry of a nomination or paper is executed again and must give the same facts and state.

Nothing but the journal and the releases is read. Facts of the office (a claim, a filed form) have no move; the
state they leave is the state they found.
"""

from __future__ import annotations

from uuid import UUID

from engine import facts
from engine.office.releases import Releases
from engine.process.context import Context
from engine.process.instance import Instance
from engine.process.moves import move_from_json
from engine.store.journal import Entry
from engine.store.reader import Reader
from engine.store.verify import Finding

OFFICE_FACTS = frozenset(
    fact.__name__
    for fact in (
        facts.NominationStarted,
        facts.FormFiled,
        facts.ReasonGiven,
        facts.TaskClaimed,
        facts.TaskReleased,
        facts.TaskAssigned,
        facts.FileAttached,
        facts.PaperStarted,
        facts.PaperRevised,
        facts.PaperNumbered,
        facts.PaperArrived,
        facts.DocumentProduced,
    )
)

# The first fact of a case -> which of its values is the id of the case.
STARTS = {facts.NominationStarted.name: "nomination", facts.PaperStarted.name: "paper"}


class Mismatch(Exception):
    """An entry does not follow from the ones before it; its text is the code of why."""


class Reexecution:
    """The function that `engine.store.verify` asks for each case."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases

    def __call__(self, reader: Reader, stream: str, entries: list[Entry]) -> Finding | None:
        """Return the first entry of a case that does not follow from the ones before it; None if all do."""
        instance: Instance | None = None
        for entry in entries:
            try:
                instance = self._execute(reader, entry, instance)
            except Mismatch as mismatch:
                return Finding(stream, entry.seq, str(mismatch))
            except Exception:  # whatever a forged entry makes the engine raise, it does not follow
                return Finding(stream, entry.seq, "cannot_be_executed")
        return None

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
        started = entry.body["facts"][0]
        case = STARTS.get(started["fact"])
        if case is None:
            raise Mismatch("starts_nothing")
        release = self._releases.get(reader, started["release"])
        if release.sha256 != entry.body["release"]:
            raise Mismatch("other_release")
        process = release.process(started["process"])
        return Instance.start(process, UUID(started[case]), context, started["variables"])
