"""Logging in and out, the language of the pages, and one's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands import SetPassword
from engine.errors import EngineError, LoginFailed, TooManyTries
from web.errors import first_sentence
from web.requests import engine, new_command_id
from web.resuming import PREFIX, carried, own_path, page_of, resume
from web.rules import may_enter, rule
from web.sessions import end_session, forget, remember
from web.texts import LANGUAGES, _, sentence

blueprint = Blueprint("auth", __name__)
YEAR = 31_536_000


@blueprint.get("/")
@rule("member")
def start() -> ResponseReturnValue:
    """Go to the first place the reader may use."""
    first = next(filter(may_enter, ("inbox.page", "lookup.nominations", "admin.users")), "auth.account")
    return redirect(url_for(first))


@blueprint.get("/login")
@rule("public")
def login() -> ResponseReturnValue:
    target = own_path(request.args.get("next"))
    if g.actor is not None:
        return redirect(page_of(target))
    return render_template("login.html", next=target, typed=[], prefix=PREFIX, problem=None)


@blueprint.post("/login")
@rule("public")
def log_in() -> ResponseReturnValue:
    target = own_path(request.form.get("next"))
    typed = carried()
    username = request.form.get("username", "").strip()
    try:
        token = engine().log_in(username, request.form.get("password", ""), address())
    except (LoginFailed, TooManyTries) as refused:
        problem = sentence(refused)
        page = render_template(
            "login.html", next=target, typed=typed, prefix=PREFIX, problem=problem, username=username
        )
        if isinstance(refused, LoginFailed):
            return page, 401
        return page, 429, {"Retry-After": str(refused.params["seconds"])}
    end_session()
    g.actor = engine().session(token)
    return remember(resume(target, typed), token)


@blueprint.get("/login/again")
@rule("member")
def again() -> ResponseReturnValue:
    """Say that a page left open goes on; its script takes the new token from here."""
    return render_template("again.html")


def address() -> str:
    return request.remote_addr or ""


@blueprint.post("/logout")
@rule("public")
def logout() -> ResponseReturnValue:
    end_session()
    flash(_("Ông/bà đã đăng xuất."), "ok")
    return forget(current_app.make_response(redirect(url_for("auth.login"), 303)))


@blueprint.post("/language")
@rule("public")
def language() -> ResponseReturnValue:
    """Change the language and stay on the page."""
    answer = current_app.make_response(redirect(own_path(request.form.get("next")), 303))
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        secure = not current_app.config["LOOPBACK_DEMO"]
        answer.set_cookie("language", wanted, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
    return answer


@blueprint.get("/account")
@rule("member")
def account() -> ResponseReturnValue:
    return render_template("account.html", errors={})


@blueprint.post("/account/password")
@rule("member")
def change_password() -> ResponseReturnValue:
    """Change one's own password: every session of the account ends, this one goes on under a new token."""
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    errors = {}
    if new != again:
        errors["again"] = _("Hai lần nhập mật khẩu mới chưa giống nhau.")
    else:
        errors = replace_password(old, new)
    if errors:
        return render_template("account.html", errors=errors), 422
    end_session()
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác của ông/bà đã kết thúc."), "ok")
    token = engine().log_in(g.actor.username, new, address())
    return remember(current_app.make_response(redirect(url_for("auth.account"), 303)), token)


def replace_password(old: str, new: str) -> dict[str, str]:
    """Set the password if the old one is right; return a sentence for the field that was refused."""
    try:
        engine().log_out(engine().log_in(g.actor.username, old, address()))
    except LoginFailed:
        return {"old": _("Mật khẩu hiện tại chưa đúng.")}
    except TooManyTries as refused:
        return {"old": sentence(refused)}
    person = g.actor.person.id
    try:
        engine().set_password(SetPassword(command_id=new_command_id(), actor=person, person=person, password=new))
    except EngineError as refused:
        return {"new": first_sentence(refused)}
    return {}
