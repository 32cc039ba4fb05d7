"""The web application: pages, JSON API, security headers.

`create_app` gets an engine that is already open; it never opens a database itself. A route that does not say who
may enter stops the start (see rules).
"""

from __future__ import annotations

import json
from datetime import date
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from engine.office.pace import Limits
from web import (
    admin_office,
    api,
    auth,
    council,
    dossiers,
    errors,
    grid,
    health,
    inbox,
    incoming,
    lookup,
    nominations,
    papers,
    rounds,
    rules,
    tasks,
    texts,
)
from web.forms import value_text
from web.requests import UPLOAD_BODY_LIMIT, new_command_id
from web.requests import engine as the_engine
from web.rules import rule

if TYPE_CHECKING:
    from engine.office.service import Engine

UNLIMITED = Limits()

DIST = Path(__file__).parent / "static" / "dist"
BODY_LIMIT = 2 * 1024 * 1024
UPLOADS = ("nominations.attach", "papers.attach", "api.upload")
PLACES = (
    auth,
    inbox,
    grid,
    incoming,
    council,
    rounds,
    tasks,
    nominations,
    dossiers,
    papers,
    lookup,
    admin_office,
    health,
)

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT = "max-age=31536000"

assets = Blueprint("assets", __name__)


def create_app(engine: Engine, secret: str, *, loopback_demo: bool = False, limits: Limits = UNLIMITED) -> Flask:
    """Return the application.

    Args:
        engine: the front door of the engine.
        secret: signs the cookie that carries the CSRF token; the same for all processes of one office.
        loopback_demo: the server is bound to the loopback address without https, so cookies are not `Secure`.
        limits: how much is let through for one person.

    Raises:
        MissingRule: a route does not say who may enter.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=secret,
        LOOPBACK_DEMO=loopback_demo,
        LIMITS=limits,
        SESSION_COOKIE_NAME="form" if loopback_demo else "__Host-form",
        SESSION_COOKIE_SECURE=not loopback_demo,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the cookie: a form left open over lunch is still good
        WTF_CSRF_SSL_STRICT=False,  # own_origin() below asks the same of every scheme
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=BODY_LIMIT,
        MAX_FORM_PARTS=2_000,
    )
    app.extensions["engine"] = engine
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=asset, today=today, new_command_id=new_command_id)
    app.jinja_env.globals.update(value_text=value_text)
    app.before_request(choose_language)
    app.before_request(make_room)
    app.after_request(secure)
    texts.install(app)
    errors.install(app)
    for place in PLACES:
        app.register_blueprint(place.blueprint)
    app.register_blueprint(assets)
    csrf = CSRFProtect()
    api.install(app, csrf)
    rules.install(app)
    app.before_request(own_origin)
    csrf.init_app(app)
    return app


def choose_language() -> None:
    """Readers choose by a button, programs by `Accept-Language`."""
    if request.path.startswith(errors.API):
        g.language = request.accept_languages.best_match(texts.LANGUAGES, texts.LANGUAGES[0])
        return
    wanted = request.cookies.get("language")
    g.language = wanted if wanted in texts.LANGUAGES else texts.LANGUAGES[0]


def make_room() -> None:
    """Only an upload may be large: every other body is refused before it is read."""
    if request.endpoint in UPLOADS:
        request.max_content_length = UPLOAD_BODY_LIMIT


def own_origin() -> None:
    """Refuse a form that a page of another site sends, whatever token it carries."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin and urlsplit(origin).netloc != request.host:
        raise BadRequest()


def secure(answer: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        answer.headers.setdefault(name, value)
    if not current_app.config["LOOPBACK_DEMO"]:
        answer.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    if request.endpoint != "assets.built":
        answer.headers["Cache-Control"] = "no-store"
        answer.vary.update(("Cookie", "HX-Request"))
    return answer


def today() -> date:
    """Return the day it is in Việt Nam."""
    return texts.local(the_engine().clock.now()).date()


def manifest() -> dict[str, str]:
    """Return the built name of every asset."""
    names: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    return names


def asset(name: str) -> str:
    """Return the address of a style sheet, script or picture by the name of its source."""
    built = current_app.extensions.get("manifest")
    if built is None:
        built = current_app.extensions["manifest"] = manifest()
    return f"/static/dist/{built[name]}"


@assets.get("/static/dist/<path:name>")
@rule("public")
def built(name: str) -> Response:
    """Send a built file, compressed beforehand where the browser takes it; its name changes with its content."""
    path = safe_join(str(DIST), name)
    if path is None or not Path(path).is_file():
        abort(404)
    packed = Path(path + ".gz")
    use_packed = "gzip" in request.accept_encodings and packed.is_file()
    answer = Response((packed if use_packed else Path(path)).read_bytes(), mimetype=guess_type(name)[0])
    if use_packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.vary.add("Accept-Encoding")
    return answer
