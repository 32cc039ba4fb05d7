"""The session of a browser and the token of a program: who is asking.

A session is a row of the engine; the browser holds only its random token. The cookie of Flask's own session carries
nothing but the CSRF token and messages for the next page, and is emptied when somebody logs in or out.
"""

from __future__ import annotations

from flask import current_app, request, session
from werkzeug.wrappers import Response

from engine.office.views import Actor
from web.requests import engine


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to https; a demo on the loopback address has no https."""
    return "khenthuong" if current_app.config["LOOPBACK_DEMO"] else "__Host-khenthuong"


def logged_in() -> Actor | None:
    token = request.cookies.get(cookie_name())
    return engine().session(token) if token else None


def bearer() -> Actor | None:
    """Return who holds the token of an API request."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return engine().api_actor(token.strip()) if kind.lower() == "bearer" and token.strip() else None


def end_session() -> None:
    """Forget the old session: a token that was there before log-in is worth nothing after it."""
    old = request.cookies.get(cookie_name())
    if old:
        engine().log_out(old)
    session.clear()


def remember(answer: Response, token: str) -> Response:
    secure = not current_app.config["LOOPBACK_DEMO"]
    answer.set_cookie(cookie_name(), token, path="/", httponly=True, samesite="Lax", secure=secure)
    return answer


def forget(answer: Response) -> Response:
    answer.delete_cookie(
        cookie_name(), path="/", httponly=True, samesite="Lax", secure=not current_app.config["LOOPBACK_DEMO"]
    )
    return answer
