"""Who may enter a page: every route declares its rule, and a route without one stops the start.

Rules open doors; what stands behind them is decided by `engine.office.access` for each nomination and task.

    @blueprint.get("/tasks")
    @rule("member")
    def page(): ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask, abort, current_app, g, request
from werkzeug.wrappers import Response

from engine.errors import NotAllowed
from engine.office.access import ADMINISTRATOR, AUDITOR
from engine.office.views import Actor
from web import resuming, sessions
from web.requests import count

Kind = Literal["public", "member", "reader", "worker", "role", "token"]
READS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


class MissingRule(Exception):
    """A route does not say who may enter."""


@dataclass(frozen=True)
class Rule:
    """Who is let in.

    `public`: anyone; `member`: whoever is logged in; `reader`: whoever may see cases, so not administrators alone;
    `worker`: whoever may hold tasks, so neither administrators nor auditors alone; `role`: one of `roles`; `token`: the
    API, by bearer token only.
    """

    kind: Kind
    roles: frozenset[str] = frozenset()

    def admits(self, actor: Actor) -> bool:
        if self.kind == "reader":
            return actor.roles != {ADMINISTRATOR}
        if self.kind == "worker":
            return bool(actor.roles - {ADMINISTRATOR, AUDITOR})
        return self.kind != "role" or bool(actor.roles & self.roles)


def rule(kind: Kind, *roles: str) -> Callable[[View], View]:
    """Declare who may enter a view."""

    def declare(view: View) -> View:
        view.rule = Rule(kind, frozenset(roles))  # type: ignore[attr-defined]
        return view

    return declare


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    return getattr(app.view_functions[endpoint], "rule", None)


def install(app: Flask) -> None:
    """Deny by default; to be called after all routes are registered."""
    bare = sorted(endpoint for endpoint in app.view_functions if rule_of(app, endpoint) is None)
    if bare:
        raise MissingRule(f"no rule for {', '.join(bare)}")
    app.before_request(enforce)
    app.jinja_env.globals["may_enter"] = may_enter


def enforce() -> Response | None:
    """Let a request pass only if the rule of its route says so."""
    g.actor = None
    found = rule_of(current_app, request.endpoint) if request.endpoint else None
    if found is not None and found.kind == "token":
        g.actor = sessions.bearer()
        if g.actor is None:
            abort(401)
        if request.method not in READS:
            count("writes")
        return None
    g.actor = sessions.logged_in()
    if found is None or found.kind == "public":
        return None
    if g.actor is None:
        return resuming.ask_to_log_in()
    if not found.admits(g.actor):
        raise NotAllowed(action=request.endpoint)
    return None


def may_enter(endpoint: str) -> bool:
    """Return whether the reader may enter a page, for menus."""
    found = rule_of(current_app, endpoint)
    return g.actor is not None and found is not None and found.admits(g.actor)
