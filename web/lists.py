"""The lists of nominations, dossiers and papers, with filters that live in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for

from forms.messages import words
from web.requests import given
from web.texts import language

PAGE = 25


@dataclass(frozen=True)
class Filters:
    """What the address asks for."""

    status: str | None
    award: str | None
    q: str | None

    @property
    def narrowed(self) -> int:
        return sum(value is not None for value in (self.status, self.award))

    def address(self, after: str | None = None) -> str:
        values = {"status": self.status, "award": self.award, "q": self.q, "after": after}
        return url_for(request.endpoint or "", **{name: value for name, value in values.items() if value})


def page(template: str, find: Callable[..., Any], statuses: str) -> str:
    """Return one page of a list.

    Args:
        find: the read of the engine.
        statuses: kind of the words for the states that can be chosen.
    """
    filters = Filters(given("status"), given("award"), given("q"))
    found = find(
        g.actor,
        status=filters.status,
        award=filters.award,
        q=filters.q,
        limit=PAGE,
        after=request.args.get("after") or None,
    )
    return render_template(
        template, found=found, filters=filters, paged="after" in request.args,
        statuses=words(statuses, language()), awards=words("award", language()),
    )  # fmt: skip
