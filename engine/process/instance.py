"""A process instance: started, restored, moved, kept.

Pure: what a move brings about depends on the definition, the snapshot, the move and its context alone, so the
recorded moves of a journal give the same states again (`state_hash`). After an exception the instance is spoilt
and must be dropped; what was stored before stays true.
Rights, forms and time limits are not its business: see engine.office.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import zstandard
from SpiffWorkflow.util.task import TaskState

from engine.canonical import canonical
from engine.errors import StateUnreadable
from engine.facts import Fact
from engine.process import formats
from engine.process.context import Context
from engine.process.decided import Decided
from engine.process.definition import ProcessDefinition
from engine.process.moves import Move, Scalar
from engine.process.spiff import snapshot as trees
from engine.process.spiff.chance import Counter, counting
from engine.process.spiff.tasks import UNFINISHED
from engine.process.spiff.workflow import Workflow
from engine.process.state import FORMAT, Incident, Open, OpenStep, OpenTimer, OpenWait, State
from engine.process.turn import Turn


def task_id(instance_id: UUID, key: str) -> UUID:
    """Return the id of a user task, from the id of its nomination, paper or follow-up and the key of the step."""
    return uuid5(instance_id, key)


class Instance:
    """One running process; make it with `start` or `restore`."""

    def __init__(self, definition: ProcessDefinition, state: State, workflow: Workflow, counter: Counter) -> None:
        self.definition = definition
        self._state = state
        self._workflow = workflow
        self._counter = counter
        self._text: str | None = None  # of the state, once it was asked for

    @classmethod
    def start(
        cls,
        definition: ProcessDefinition,
        instance_id: UUID,
        context: Context,
        variables: Mapping[str, Scalar],
        decided: Iterable[Fact] | Decided = (),
    ) -> tuple[Instance, list[Fact]]:
        """Start `definition`; return the instance where it first waits, and what happened until then.

        Args:
            instance_id: not part of the state; the ids of its tasks follow from it, see `task_id`.
            variables: flat names, or field names of the start form, which then stand under the start event.
            decided: as for `handle`.
        """
        state = State()
        start = definition.start.id
        for name, value in sorted(variables.items()):
            state.variables[""][name if "." in name else f"{start}.{name}"] = value
            if definition.bare:
                state.variables[""][name] = value
        counter = Counter()
        with counting(counter):
            workflow = Workflow(definition.spec, definition.specs)
            turn = Turn(workflow, state, definition, context, decided)
            turn.start()
        return cls(definition, state, workflow, counter), turn.facts

    @classmethod
    def restore(cls, definition: ProcessDefinition, snapshot: bytes) -> Instance:
        """Return the instance that `snapshot` describes.

        Raises:
            StateUnreadable: it is damaged, or of a state format that this version cannot read.
        """
        try:
            held = json.loads(zstandard.ZstdDecompressor().decompress(snapshot))
        except (zstandard.ZstdError, ValueError):
            raise StateUnreadable(why="damaged") from None
        data = formats.upgraded(held)
        workflow = trees.decode(data["trees"], definition.spec, definition.specs)
        return cls(definition, State.from_json(data["state"]), workflow, Counter(data["counter"]))

    def handle(self, move: Move, context: Context, decided: Iterable[Fact] | Decided = ()) -> list[Fact]:
        """Carry out `move` and return what happened, in order.

        Args:
            decided: facts recorded when the move was first made; what they settled is taken, not settled again.

        Raises:
            TaskNotOpen: the step was completed or cancelled, the timer is not due, or the instance is suspended.
            NominationClosed: the instance has ended.
            NotFound: there never was such a step, wait or incident.
        """
        self._text = None
        turn = Turn(self._workflow, self._state, self.definition, context, decided)
        with counting(self._counter):
            turn.apply(move)
        return turn.facts

    def snapshot(self) -> bytes:
        """Return everything needed to go on, compressed; the definition is not in it."""
        return zstandard.ZstdCompressor().compress(self._content())

    def is_in(self, snapshot: bytes) -> bool:
        """Tell whether a snapshot is of this very state, whichever version of the compressor wrote it."""
        try:
            return zstandard.ZstdDecompressor().decompress(snapshot) == self._content()
        except zstandard.ZstdError:
            return False

    def _content(self) -> bytes:
        trees_text = canonical(trees.encode(self._workflow))
        head = f'"counter":{self._counter.last},"format":{FORMAT},"state":{self._state_text()}'
        return f'{{{head},"trees":{trees_text}}}'.encode()

    def state_hash(self) -> str:
        """Return the SHA-256 of our own view of the state; equal states have equal hashes, whoever computed them.

        It is that of the canonical JSON of counter, state and tokens.
        """
        tokens = canonical(self._tokens())
        text = f'{{"counter":{self._counter.last},"state":{self._state_text()},"tokens":{tokens}}}'
        return sha256(text.encode()).hexdigest()

    def _state_text(self) -> str:
        # The largest part of both the hash and the snapshot: written once for the two.
        if self._text is None:
            self._text = canonical(self._state.to_json())
        return self._text

    def _tokens(self) -> list[list[str]]:
        tokens = []
        for task in self._workflow.all_tasks():
            if task.has_state(UNFINISHED):
                data = task.internal_data
                marks = [str(data.get(name, "")) for name in ("key", "flow", "item")]
                tokens.append([task.workflow.spec.name, task.task_spec.name, TaskState.get_name(task.state), *marks])
        return sorted(tokens)

    @property
    def open_steps(self) -> tuple[OpenStep, ...]:
        """The user tasks that wait for a person, oldest first."""
        return tuple(item for item in self._state.open.values() if isinstance(item, OpenStep))

    @property
    def timers(self) -> tuple[OpenTimer, ...]:
        return tuple(item for item in self._state.open.values() if isinstance(item, OpenTimer))

    @property
    def waits(self) -> tuple[OpenWait, ...]:
        """The messages that are waited for, oldest first."""
        return tuple(item for item in self._state.open.values() if isinstance(item, OpenWait))

    @property
    def open_items(self) -> tuple[Open, ...]:
        """Everything that waits: steps, timers and messages, oldest first."""
        return tuple(self._state.open.values())

    @property
    def incidents(self) -> tuple[Incident, ...]:
        return tuple(self._state.incidents.values())

    @property
    def variables(self) -> Mapping[str, Scalar]:
        """The variables of the process itself; those of what it called are not seen from outside."""
        return dict(self._state.variables[""])

    @property
    def status(self) -> str | None:
        """The last nominee state that was reached (DOMAIN §3.9)."""
        return self._state.status

    @property
    def suspended(self) -> bool:
        return self._state.suspended

    @property
    def withdrawn(self) -> bool:
        return self._state.withdrawn

    @property
    def ended(self) -> bool:
        return self._state.ended

    def view(self) -> dict[str, Any]:
        """Return state and tokens as JSON, for people who look for a fault."""
        return {"state": self._state.to_json(), "tokens": self._tokens()}
