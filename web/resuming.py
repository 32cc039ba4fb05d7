"""What was typed when a session had ended comes back after log-in: as a draft, or with one button to send it.

Only what a page of ours sent is carried on, and nothing takes effect before the reader sends it again with a new token.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from engine.errors import EngineError
from engine.office.views import StartChoice
from forms.spec import CONTROL_NAMES
from web.requests import engine, values_of, wants_part
from web.texts import _

PREFIX = "resume."  # of the typed fields that the log-in page carries through
TASK_FORMS = ("tasks.complete", "tasks.draft", "tasks.release", "inbox.claim")
START_FORMS = ("nominations.start", "nominations.draft")

Typed = list[tuple[str, str]]


def ask_to_log_in() -> Response:
    """Send a reader to the log-in page; whoever was sending a form keeps what they typed."""
    if wants_part():
        shown = own_path(path_of(request.headers.get("HX-Current-URL", "")))
        return Response(status=401, headers={"HX-Redirect": url_for("auth.login", next=shown)})
    target = request.full_path.rstrip("?")
    if request.method != "POST":
        return redirect(url_for("auth.login", next=target))
    ended = _("Phiên làm việc đã kết thúc. Mời ông/bà đăng nhập lại.")
    page = render_template("login.html", next=target, typed=typed_here(), prefix=PREFIX, problem=ended)
    return Response(page, status=401, mimetype="text/html")


def typed_here() -> Typed:
    """Return what this request sends, the hidden fields included, if a page of ours sent it."""
    if not sent_from_here():
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def sent_from_here() -> bool:
    """Return whether a page of ours sent this form: the browser says so, or it bears a token that still holds."""
    if origin := request.headers.get("Origin"):
        return urlsplit(origin).netloc == request.host
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def carried() -> Typed:
    """Return what the log-in page carried through."""
    every = request.form.items(multi=True)
    return [(name.removeprefix(PREFIX), value) for name, value in every if name.startswith(PREFIX)]


def resume(target: str, typed: Typed) -> Response:
    """Go on to `target` after log-in: to its page, with what was typed in the form again."""
    values = values_of((name, value) for name, value in typed if name not in CONTROL_NAMES)
    page = page_of(target)
    if not values:
        return redirect(page, 303)
    if kept_as_draft(target, values):
        flash(_("Nội dung ông/bà đã nhập vẫn còn trong biểu mẫu, chưa gửi. Xin xem lại rồi gửi."), "warn")
        return redirect(page, 303)
    return current_app.make_response(resume_page(target, typed))


def resume_page(target: str, typed: Typed) -> str:
    """Return a page that shows what was typed and sends it with one button."""
    return render_template("resume.html", target=target, page=page_of(target), typed=typed, hidden_names=CONTROL_NAMES)


def kept_as_draft(target: str, values: dict[str, object]) -> bool:
    """Keep what was typed as the draft of the form it was typed in; False where there is none or it may not be."""
    parts = urlsplit(target)
    try:
        endpoint, arguments = current_app.create_url_adapter(request).match(parts.path, method="POST")  # type: ignore[union-attr]
        if endpoint in TASK_FORMS:
            engine().save_draft(g.actor, str(arguments["task_id"]), values)
        elif endpoint in START_FORMS:
            asked = {name: found[0] for name, found in parse_qs(parts.query).items()}
            choice = start_choice(asked)
            if choice is None:
                return False
            engine().save_start_draft(g.actor, choice, asked["kind"], values)
        else:
            return False
    except (EngineError, HTTPException, RequestRedirect):
        return False
    return True


def start_choice(asked: dict[str, str]) -> StartChoice | None:
    """Return the form that the reader may nominate with and that an address asks for."""
    wanted = (asked.get("unit"), asked.get("award"), asked.get("round") or None)
    choices = engine().start_choices(g.actor)
    found = next((each for each in choices if (each.unit, each.award, each.round) == wanted), None)
    return found if found and asked.get("kind") in found.kinds else None


def own_path(target: str | None) -> str:
    """Return a path of this site to go to, the start page for anything else.

    >>> own_path("/tasks?box=group"), own_path("//evil.example"), own_path(None)
    ('/tasks?box=group', '/', '/')
    """
    if not target or not target.startswith("/") or any(ch < " " or ch == "\\" for ch in target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc or target.startswith("//") else target


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def page_of(target: str) -> str:
    """Return the page on which the form stood that is sent to `target`, for addresses that only take a form."""
    routes = current_app.create_url_adapter(request)
    path = urlsplit(target).path
    while path and routes is not None:
        try:
            routes.match(path, method="GET")
            break
        except RequestRedirect:
            break
        except HTTPException:
            path = path.rpartition("/")[0]
    return target if path == urlsplit(target).path else path or "/"
