"""The session of a browser and the token of a program: who is asking.

A session is a row of the engine; the browser holds only its random token. The cookie of Flask's own session carries
nothing but the CSRF token and messages for the next page, and is emptied when somebody logs in or out.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, request, session, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from engine.office.views import Actor
from web.requests import engine, posted, wants_part
from web.texts import _

RESUME = "resume."  # prefix of the typed fields that the log-in page carries through


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


def ask_to_log_in() -> Response:
    """Send a reader to the log-in page; whoever was sending a form keeps what they typed."""
    if request.method != "POST":
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
    if wants_part():
        return Response(status=401, headers={"HX-Redirect": url_for("auth.login")})
    try:
        validate_csrf(request.form.get("csrf_token"))
        typed = resumable()
    except ValidationError:  # a form that no page of ours sent is not carried on
        typed = {}
    ended = _("Phiên làm việc đã kết thúc. Mời ông/bà đăng nhập lại.")
    page = render_template("login.html", next=request.full_path.rstrip("?"), typed=typed, prefix=RESUME, problem=ended)
    return Response(page, status=401, mimetype="text/html")


def resumable() -> dict[str, str]:
    """Return what was typed with the hidden fields that make sending it again the same command."""
    kept = {name: value for name, value in request.form.items() if name in ("command_id", "expected_version")}
    return kept | {name: value for name, value in posted().items() if isinstance(value, str)}


def own_path(target: str | None) -> str:
    """Return a path of this site to go to, the start page for anything else.

    >>> own_path("/tasks?box=group"), own_path("//evil.example"), own_path(None)
    ('/tasks?box=group', '/', '/')
    """
    if not target or not target.startswith("/") or any(ch < " " or ch == "\\" for ch in target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc or target.startswith("//") else target


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
