"""What a projection is given, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from engine import facts
from engine.store.statements import Statement


class Store(Protocol):
    """What a projection needs: where to write, and the form data that facts name."""

    def put(self, line: str, statement: Statement, values: Mapping[str, Any], *, one: bool) -> None:
        """Execute a statement now or later, behind those of the same line; `one`: it must concern one row."""

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
        self.store.put(self._line, statement, values, one=False)

    def change(self, statement: Statement, **values: Any) -> None:
        """Execute a statement that must concern exactly one row."""
        self.store.put(self._line, statement, values, one=True)

    @property
    def _line(self) -> str:
        return f"{self.kind}:{self.subject}"

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
