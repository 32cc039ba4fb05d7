"""The lists of dossiers and of nominations, with filters that live in the address."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.messages import words
from web.requests import engine
from web.rules import rule
from web.texts import language

blueprint = Blueprint("lookup", __name__)
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


def asked() -> Filters:
    def given(name: str) -> str | None:
        return request.args.get(name, "").strip()[:200] or None

    return Filters(given("status"), given("award"), given("q"))


@blueprint.get("/nominations")
@rule("reader")
def nominations() -> ResponseReturnValue:
    filters = asked()
    found = engine().nominations(
        g.actor,
        status=filters.status,
        award=filters.award,
        q=filters.q,
        limit=PAGE,
        after=request.args.get("after") or None,
    )
    return render_template(
        "nominations.html", found=found, filters=filters, paged="after" in request.args,
        statuses=words("status", language()), awards=words("award", language()),
    )  # fmt: skip


@blueprint.get("/dossiers")
@rule("reader")
def dossiers() -> ResponseReturnValue:
    filters = asked()
    found = engine().dossiers(
        g.actor,
        status=filters.status,
        award=filters.award,
        q=filters.q,
        limit=PAGE,
        after=request.args.get("after") or None,
    )
    return render_template(
        "dossiers.html", found=found, filters=filters, paged="after" in request.args,
        statuses=words("dossier_status", language()), awards=words("award", language()),
    )  # fmt: skip
