"""Kết quả, ý kiến từ bên ngoài: what the centre answers and citizens write, entered for many nominations at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands import MessageItem, RecordMessage
from engine.errors import BatchRefused, InvalidForm, NotFound
from engine.office.batch_views import Awaited
from web.errors import status_of
from web.forms import shown_form
from web.requests import command_id, engine, posted
from web.rules import rule
from web.texts import _, ngettext, sentence

blueprint = Blueprint("incoming", __name__)
PICK = "pick"


@blueprint.get("/incoming")
@rule("role", "SNV_CV")
def page() -> ResponseReturnValue:
    """Choose what came, or go straight to the one thing that can come."""
    return render_template("incoming.html", choices=engine().awaited(g.actor))


@blueprint.get("/incoming/<message>/<release>")
@rule("role", "SNV_CV")
def ask(message: str, release: str) -> ResponseReturnValue:
    return render(found(message, release), {}, ())


@blueprint.post("/incoming/<message>/<release>")
@rule("role", "SNV_CV")
def record(message: str, release: str) -> ResponseReturnValue:
    """Enter the same answer for every nomination that is ticked."""
    choice, picked = found(message, release), request.form.getlist(PICK)
    typed = {name: value for name, value in posted().items() if name != PICK}
    if not picked:
        return render(choice, typed, (), problem=_("Chưa chọn trường hợp nào.")), 422
    items = tuple(MessageItem(nomination=code, form=typed) for code in picked)
    command = RecordMessage(command_id=command_id(), actor=g.actor.person.id, message=message, items=items)
    try:
        engine().record_message(command)
    except BatchRefused as refused:
        return refused_page(choice, typed, picked, refused)
    done = ngettext("Đã ghi kết quả %(num)s trường hợp.", "Đã ghi kết quả %(num)s trường hợp.", len(items))
    flash(done % {"num": len(items)}, "ok")
    return redirect(url_for("incoming.page"), 303)


def refused_page(
    choice: Awaited, typed: Mapping[str, Any], picked: list[str], refused: BatchRefused
) -> ResponseReturnValue:
    """Show what is wrong: at the fields where the form is refused, in a line for each name otherwise."""
    rows = [row for row in refused.params["rows"] if row.refusal]
    errors = next((row.refusal for row in rows if isinstance(row.refusal, InvalidForm)), None)
    others = [row for row in rows if not isinstance(row.refusal, InvalidForm)]
    problem = " ".join(f"{row.nomination}: {sentence(row.refusal)}" for row in others) or None
    return render(choice, typed, picked, errors, problem), status_of(errors or refused)


def found(message: str, release: str) -> Awaited:
    for choice in engine().awaited(g.actor):
        if (choice.message, choice.release) == (message, release):
            return choice
    raise NotFound(kind="message", id=message)


def render(
    choice: Awaited,
    typed: Mapping[str, Any],
    picked: Any,
    errors: InvalidForm | None = None,
    problem: str | None = None,
) -> str:
    form = shown_form(choice.form, typed, {}, errors, {})
    return render_template("incoming_form.html", choice=choice, form=form, picked=set(picked), problem=problem)
