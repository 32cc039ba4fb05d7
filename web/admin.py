"""Quản trị: people, what they do and since when, and their accounts. For administrators alone.

Every change is a command of the engine, which decides whether it may be. Units, calendar, the rest: `web.admin_office`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands import (
    AddMembership,
    Command,
    DisableAccount,
    EndMembership,
    IdentifyPerson,
    OpenAccount,
    SetPassword,
)
from engine.errors import EngineError
from engine.office import accounts, seeds
from engine.office.access import ADMINISTRATOR
from web.errors import sentences, status_of
from web.requests import command_id, engine
from web.rules import rule
from web.texts import _, message, word

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
administrator = rule("role", ADMINISTRATOR)
SECRETS = ("password", "again", "citizen_id")  # never given back to the browser


class Unfit(Exception):
    """A value that was typed cannot be used; the text is the sentence for the reader."""


def typed(name: str) -> str:
    return request.form.get(name, "").strip()


def typed_day(name: str, *, optional: bool = False) -> date | None:
    """Return a day as officials write it; None where nothing was typed and that may be.

    Raises:
        Unfit: it is no day.
    """
    text = typed(name)
    if optional and not text:
        return None
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()
    except ValueError:
        raise Unfit(message("date_format", {})) from None


def a_day(name: str) -> date:
    day = typed_day(name)
    assert day is not None
    return day


def who() -> dict[str, str]:
    """Return what every command of this request carries."""
    return {"command_id": command_id(), "actor": g.actor.person.id}


def carry_out(
    commands: Callable[[], Sequence[Command]], render: Callable[[str], str], said: str, to: str
) -> ResponseReturnValue:
    """Carry commands out and go on to a page; what is refused is said on the page where it was typed."""
    try:
        for command in commands():
            engine().execute(command)
    except Unfit as unfit:
        return render(str(unfit)), 422
    except EngineError as refused:
        return render(sentences(refused)), status_of(refused)
    flash(said, "ok")
    return redirect(to, 303)


def kept() -> dict[str, str]:
    """Return what was typed, but no secret."""
    return {name: value for name, value in request.form.items() if name not in SECRETS}


def wanted() -> str:
    return request.args.get("q", "").strip()[:200]


# --- accounts and people -----------------------------------------------------------------------------------------


@blueprint.get("")
@administrator
def start() -> ResponseReturnValue:
    return redirect(url_for("admin.users"))


@blueprint.get("/accounts")
@administrator
def users() -> ResponseReturnValue:
    return render_template("admin/users.html", rows=engine().users(g.actor, wanted()), q=wanted())


@blueprint.get("/people")
@administrator
def people() -> ResponseReturnValue:
    return render_template("admin/people.html", rows=engine().people_named(g.actor, wanted()), q=wanted())


def render_new(problem: str | None = None) -> str:
    return render_template("admin/person_new.html", problem=problem, typed=kept(), **choices())


def choices() -> dict[str, Any]:
    """Return the units and roles there are to choose from today."""
    there = [unit for unit in engine().all_units(g.actor).values() if unit.exists_on(engine().today())]
    roles = [role for role in seeds.role_book().roles.values() if not role.external]
    return {
        "unit_options": [(unit.id, f"{unit.title} ({unit.id})") for unit in there],
        "role_options": [(role.code, f"{word('role', role.code)} ({role.code})") for role in roles],
    }


@blueprint.get("/people/new")
@administrator
def new_person() -> ResponseReturnValue:
    return render_new()


@blueprint.post("/people/new")
@administrator
def add_person() -> ResponseReturnValue:
    """Add a person with a role and an account, as `khenthuong user add` does."""

    def commands() -> Sequence[Command]:
        with engine().database.read() as reader:
            return accounts.new_user(
                reader.connection,
                full_name=typed("full_name"),
                position=typed("position"),
                username=typed("username"),
                password=password(),
                unit=typed("unit"),
                role=typed("role"),
                on=a_day("valid_from"),
                book=seeds.role_book(),
                by=g.actor.person.id,
                seed=command_id(),
            )

    said = _("Đã thêm %(name)s.", name=typed("full_name"))
    return carry_out(commands, render_new, said, url_for("admin.users", q=typed("username")))


def password() -> str:
    """Return the password typed twice; Unfit if the two differ."""
    first, again = request.form.get("password", ""), request.form.get("again", "")
    if first != again:
        raise Unfit(_("Hai lần nhập mật khẩu mới chưa giống nhau."))
    return first


@blueprint.get("/people/<uuid:person_id>")
@administrator
def person(person_id: object) -> ResponseReturnValue:
    return render_person(str(person_id))


def render_person(id: str, problem: str | None = None) -> str:
    file = engine().person_file(g.actor, id)
    titles = {unit.id: unit.title for unit in engine().all_units(g.actor).values()}
    return render_template(
        "admin/person.html",
        file=file,
        titles=titles,
        problem=problem,
        typed=kept(),
        **choices(),
    )


def on_person(id: object, command: Callable[[], Command], said: str) -> ResponseReturnValue:
    person = str(id)
    engine().person_file(g.actor, person)  # NotFound before anything else is said
    return carry_out(
        lambda: [command()],
        lambda problem: render_person(person, problem),
        said,
        url_for("admin.person", person_id=person),
    )


@blueprint.post("/people/<uuid:person_id>/memberships")
@administrator
def add_membership(person_id: object) -> ResponseReturnValue:
    def command() -> Command:
        period = {"valid_from": a_day("valid_from"), "valid_to": typed_day("valid_to", optional=True)}
        return AddMembership(**who(), person=str(person_id), unit=typed("unit"), role=typed("role"), **period)

    return on_person(person_id, command, _("Đã giao nhiệm vụ."))


@blueprint.post("/people/<uuid:person_id>/memberships/<membership>/end")
@administrator
def end_membership(person_id: object, membership: str) -> ResponseReturnValue:
    def command() -> Command:
        return EndMembership(**who(), person=str(person_id), membership=membership, valid_to=a_day("last_day"))

    return on_person(person_id, command, _("Đã ghi ngày thôi nhiệm vụ."))


@blueprint.post("/people/<uuid:person_id>/number")
@administrator
def identify(person_id: object) -> ResponseReturnValue:
    def command() -> Command:
        return IdentifyPerson(**who(), person=str(person_id), citizen_id=typed("citizen_id"))

    return on_person(person_id, command, _("Đã ghi số định danh cá nhân."))


@blueprint.post("/people/<uuid:person_id>/account")
@administrator
def open_account(person_id: object) -> ResponseReturnValue:
    def command() -> Command:
        return OpenAccount(**who(), person=str(person_id), username=typed("username"), password=password())

    return on_person(person_id, command, _("Đã mở tài khoản."))


@blueprint.post("/people/<uuid:person_id>/password")
@administrator
def set_password(person_id: object) -> ResponseReturnValue:
    """Set somebody's password; their sessions end."""

    def command() -> Command:
        return SetPassword(**who(), person=str(person_id), password=password())

    return on_person(person_id, command, _("Đã đặt mật khẩu mới; các phiên đăng nhập của người này đã kết thúc."))


@blueprint.post("/people/<uuid:person_id>/disable")
@administrator
def disable(person_id: object) -> ResponseReturnValue:
    def command() -> Command:
        if str(person_id) == g.actor.person.id:
            raise Unfit(_("Không thể tự khóa tài khoản của chính mình; hãy nhờ một quản trị viên khác."))
        return DisableAccount(**who(), person=str(person_id))

    return on_person(person_id, command, _("Đã khóa tài khoản; các phiên đăng nhập của người này đã kết thúc."))
