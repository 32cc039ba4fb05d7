"""What a paper may ask the office while it moves: its bodies, its people, time limits."""

from __future__ import annotations

from engine.office import moving
from engine.office.act import Sight
from engine.office.papers.kinds import PaperKind
from engine.process.context import Context, DueDate


class PaperLookups:
    """Answers for one paper: `issuing_body` and `receiving_body` are its own, all else is asked of `around`."""

    def __init__(self, around: Context, issuing: str, receiving: str | None, kind: PaperKind) -> None:
        self._around = around
        self._bodies = {"issuing_body": issuing, "receiving_body": receiving}
        self._kind = kind

    def due_on(self, days: int, count_first: bool) -> DueDate:
        return self._around.due_on(days, count_first)

    def unit(self, scope: str) -> str | None:
        return self._bodies[scope] if scope in self._bodies else self._around.unit(scope)

    def role(self, name: str) -> str:
        return self._kind.roles[name]


def context_of(sight: Sight, issuing: str, receiving: str | None, kind: PaperKind) -> Context:
    """Return what a paper of this kind may ask the office today."""
    return Context(sight.now, PaperLookups(moving.context_of(sight, issuing), issuing, receiving, kind))
