"""What one process instance is, beside its tokens: variables, what is open, counts of visits, incidents.

All of it is plain data that becomes canonical JSON. SpiffWorkflow never sees it; a token refers to it by the key
of its step alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process.moves import Scalar

# Of the state and of the snapshot it is kept in; a new one brings a function in `engine.process.formats`.
FORMAT = 1


@dataclass(frozen=True)
class OpenStep:
    """A user task that waits for a person. `task` is the number of its token."""

    key: str
    element: str
    occurrence: int
    task: int
    role: str | None = None
    unit: str | None = None
    due_on: str | None = None


@dataclass(frozen=True)
class OpenTimer:
    key: str
    element: str
    task: int
    due_at: str


@dataclass(frozen=True)
class OpenWait:
    """A message or signal is waited for; `message` is its name."""

    key: str
    element: str
    task: int
    message: str
    kind: str = "message"  # or signal


Open = OpenStep | OpenTimer | OpenWait
_open_type: dict[str, type[Any]] = {"step": OpenStep, "timer": OpenTimer, "wait": OpenWait}
_open_name = {cls: name for name, cls in _open_type.items()}


@dataclass(frozen=True)
class Incident:
    """A token is parked: the engine cannot go on by itself. `halts`: nothing else goes on either."""

    key: str
    element: str
    task: int
    why: str
    detail: str = ""
    halts: bool = False


@dataclass
class State:
    """`variables` and `visits` are kept per path: "" for the process itself, the key of a call for what it called."""

    variables: dict[str, dict[str, Scalar]] = field(default_factory=lambda: {"": {}})
    visits: dict[str, dict[str, int]] = field(default_factory=lambda: {"": {}})
    open: dict[str, Open] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    status: str | None = None
    last_end: str = ""
    suspended: bool = False
    withdrawn: bool = False
    ended: bool = False

    def next_occurrence(self, path: str, name: str) -> int:
        counts = self.visits.setdefault(path, {})
        counts[name] = counts.get(name, 0) + 1
        return counts[name]

    def was_visited(self, key: str) -> bool:
        """Whether a step of this key was ever reached."""
        path, _, last = key.rpartition("/")
        name, _, occurrence = last.rpartition("#")
        name = name.partition("@")[0]
        return occurrence.isdecimal() and 1 <= int(occurrence) <= self.visits.get(path, {}).get(name, 0)

    def set_fields(self, path: str, element: str, fields: Mapping[str, Scalar]) -> None:
        """Set the variables of one element: those of its last visit alone count."""
        variables = self.variables.setdefault(path, {})
        for name in [name for name in variables if name.rpartition(".")[0] == element and name != f"{element}.visited"]:
            del variables[name]
        for name in sorted(fields):
            variables[f"{element}.{name}"] = fields[name]

    def forget(self, paths: Collection[str]) -> None:
        """Drop what belongs to calls that have ended; `paths` are those of the trees that are left."""
        for kept in (self.variables, self.visits):
            for path in [path for path in kept if path and path not in paths]:
                del kept[path]

    def to_json(self) -> dict[str, Any]:
        plain = {name: value for name, value in vars(self).items() if name not in ("open", "incidents")}
        return plain | {
            "open": [[_open_name[type(item)], dict(vars(item))] for item in self.open.values()],
            "incidents": [dict(vars(item)) for item in self.incidents.values()],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> State:
        opened = [_open_type[kind](**item) for kind, item in data["open"]]
        incidents = [Incident(**item) for item in data["incidents"]]
        return cls(
            **data | {"open": {i.key: i for i in opened}, "incidents": {i.key: i for i in incidents}},
        )
