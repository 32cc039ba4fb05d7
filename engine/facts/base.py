"""What a command brought about, as the journal records it.

A fact is plain data: codes, counts, booleans, dates, ids and hashes. It never holds a name, an id number or
free text; those lie in `form_data` and a fact names them by salted hash. Published facts keep their shape for
ever: a change of meaning is a new fact. (In BPMN an *event* is a timer, a message, a start or an end; we say
fact for what the journal holds.)

`to_json` and `from_json` are exact inverses; every fact has a projection in `engine.store.projections`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

type_of: dict[str, type[Fact]] = {}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of all facts; the JSON key `fact` holds the class name."""

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.name = cls.__name__
        type_of[cls.__name__] = cls

    def to_json(self) -> dict[str, Any]:
        return {"fact": self.name} | {k: v for k, v in vars(self).items() if v is not None}


def from_json(data: dict[str, Any]) -> Fact:
    """Return the fact that `data` describes; KeyError for a name no version of the engine wrote."""
    values = dict(data)
    return type_of[values.pop("fact")](**values)
