"""What a projection is given, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from engine import facts
from engine.store.statements import Statement


class Store(Protocol):
    """What a projection needs: where to write, and the form data that facts name."""

    @property
    def connection(self) -> Connection: ...

    def form_data(self, hash: str) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class Scene:
    """One entry being projected. `kind` and `subject` are the parts before and behind the colon of its stream."""

    store: Store
    kind: str
    subject: str
    seq: int
    at: str
    actor: str

    def run(self, statement: Statement, **values: Any) -> None:
        statement(self.store.connection, **values)

    def change(self, statement: Statement, **values: Any) -> None:
        """Execute a statement that must concern exactly one row."""
        count = statement(self.store.connection, **values).rowcount
        if count != 1:
            raise RuntimeError(f"a fact of entry {self.seq} concerns {count} rows instead of one")

    def filed(self, hash: str) -> dict[str, Any]:
        """Return form data, {} once it was erased."""
        return self.store.form_data(hash) or {}


F = TypeVar("F", bound=facts.Fact)
PROJECTIONS: dict[type[facts.Fact], Callable[[Scene, Any], None]] = {}


def projects(fact: type[F]) -> Callable[[Callable[[Scene, F], None]], Callable[[Scene, F], None]]:
    """Mark the function that projects a class of facts."""

    def keep(function: Callable[[Scene, F], None]) -> Callable[[Scene, F], None]:
        PROJECTIONS[fact] = function
        return function

    return keep
