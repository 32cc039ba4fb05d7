"""Đợt xét: the rounds of all movements, one round with how far its units are, and the forms of who runs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands import ChangeRound, CloseRound, Command, OpenRound, RemindUnits, SetMovement
from engine.errors import EngineError, InvalidForm, NotFound
from engine.office.access import LEADERS, ORGANISERS
from engine.office.own_forms import movement_form
from engine.office.round_views import MovementView, RoundView
from engine.office.rounds import NOT_SUBMITTED, PROGRESS
from engine.office.seeds import usual_round
from forms.view import FormView
from web.errors import status_of
from web.forms import shown_form
from web.requests import command_id, engine, posted
from web.rules import rule
from web.texts import _, ngettext, sentence

blueprint = Blueprint("rounds", __name__)


@dataclass(frozen=True)
class Filters:
    """Which lines of the board the address asks for."""

    round: str
    progress: str | None
    q: str | None

    def address(self, **changed: Any) -> str:
        values = {"progress": self.progress, "q": self.q} | changed
        return url_for("rounds.page", round_id=self.round, **{name: value for name, value in values.items() if value})


@blueprint.get("/rounds")
@rule("reader")
def listed() -> ResponseReturnValue:
    return render_template("rounds.html", found=engine().rounds(g.actor))


@blueprint.get("/rounds/<uuid:round_id>")
@rule("member")
def page(round_id: object) -> ResponseReturnValue:
    return render(str(round_id))


def render(round_id: str, problem: str | None = None) -> str:
    progress, q = request.args.get("progress"), request.args.get("q", "").strip()[:200]
    filters = Filters(round_id, progress if progress in PROGRESS else None, q or None)
    round = engine().round(g.actor, round_id, progress=filters.progress, q=filters.q)
    behind = sum(round.counts.get(each, 0) for each in NOT_SUBMITTED)
    return render_template(
        "round.html", round=round, filters=filters, stages=PROGRESS, behind=behind, problem=problem
    )  # fmt: skip


# --- opening and changing ----------------------------------------------------------------------------------------


@blueprint.get("/rounds/new")
@rule("role", *LEADERS, *ORGANISERS)
def new() -> ResponseReturnValue:
    leads = [{"co_quan_chu_tri": m.unit} for m in g.actor.memberships if m.role in LEADERS]
    return render_new(usual_round(request.args.get("movement", "")) | (leads[0] if leads else {}))


def render_new(typed: Mapping[str, Any], errors: InvalidForm | None = None, problem: str | None = None) -> str:
    movement = asked_movement()
    form = shown_form(engine().round_form(g.actor), typed, {}, errors, {})
    return render_form(
        form,
        title=_("Mở đợt xét"),
        about=f"{movement.number}: {movement.title}",
        action=url_for("rounds.open_one", movement=movement.id),
        button=_("Mở đợt xét"),
        problem=problem,
    )


def asked_movement() -> MovementView:
    wanted = request.args.get("movement", "")
    found = next((each for each in engine().rounds(g.actor).movements if each.id == wanted), None)
    if found is None:
        raise NotFound(kind="movement", id=wanted)
    return found


@blueprint.post("/rounds/new")
@rule("role", *LEADERS, *ORGANISERS)
def open_one() -> ResponseReturnValue:
    typed, movement = posted(), asked_movement()
    command = OpenRound(command_id=command_id(), actor=g.actor.person.id, movement=movement.id, form=typed)
    try:
        answer = engine().open_round(command)
    except InvalidForm as refused:
        return render_new(typed, errors=refused), 422
    except EngineError as refused:
        return render_new(typed, problem=sentence(refused)), status_of(refused)
    flash(_("Đã mở đợt xét %(code)s.", code=answer["code"]), "ok")
    return redirect(url_for("rounds.page", round_id=answer["id"]), 303)


@blueprint.get("/rounds/<uuid:round_id>/change")
@rule("role", *LEADERS, *ORGANISERS)
def ask_change(round_id: object) -> ResponseReturnValue:
    round = to_run(round_id, "change")
    return render_change(round, round.values)


def render_change(
    round: RoundView, typed: Mapping[str, Any], errors: InvalidForm | None = None, problem: str | None = None
) -> str:
    form = shown_form(engine().round_form(g.actor), typed, {}, errors, {})
    return render_form(
        form,
        title=_("Sửa đợt xét %(code)s", code=round.row.code),
        about=f"{round.movement.number}: {round.movement.title}",
        action=url_for("rounds.change", round_id=round.row.id),
        button=_("Ghi thay đổi của đợt xét"),
        problem=problem,
        round=round,
    )


@blueprint.post("/rounds/<uuid:round_id>/change")
@rule("role", *LEADERS, *ORGANISERS)
def change(round_id: object) -> ResponseReturnValue:
    typed, round = posted(), to_run(round_id, "change")
    command = ChangeRound(command_id=command_id(), actor=g.actor.person.id, round=round.row.code, form=typed)
    try:
        engine().change_round(command)
    except InvalidForm as refused:
        return render_change(round, typed, errors=refused), 422
    except EngineError as refused:
        return render_change(round, typed, problem=sentence(refused)), status_of(refused)
    flash(_("Đã ghi thay đổi của đợt xét %(code)s.", code=round.row.code), "ok")
    return redirect(url_for("rounds.page", round_id=round.row.id), 303)


def to_run(round_id: object, act: str) -> RoundView:
    """Return a round on which the reader may do this; NotFound otherwise, also for one that was closed."""
    round = engine().round(g.actor, str(round_id))
    if act not in round.may:
        raise NotFound(kind="round", id=str(round_id))
    return round


def render_form(form: FormView, **more: Any) -> str:
    return render_template("round_form.html", form=form, **{"round": None} | more)


# --- reminding and closing ---------------------------------------------------------------------------------------


@blueprint.post("/rounds/<uuid:round_id>/remind")
@rule("role", *LEADERS, *ORGANISERS)
def remind(round_id: object) -> ResponseReturnValue:
    round = to_run(round_id, "remind")
    command = RemindUnits(command_id=command_id(), actor=g.actor.person.id, round=round.row.code)
    try:
        count = len(engine().remind_units(command)["units"])
    except NotFound:
        raise
    except EngineError as refused:
        return render(str(round_id), sentence(refused)), status_of(refused)
    said = ngettext(
        "Đã ghi nhận đôn đốc %(num)s đơn vị chưa nộp.", "Đã ghi nhận đôn đốc %(num)s đơn vị chưa nộp.", count
    )
    flash(said % {"num": count}, "ok")
    return redirect(url_for("rounds.page", round_id=round.row.id), 303)


@blueprint.get("/rounds/<uuid:round_id>/close")
@rule("role", *LEADERS, *ORGANISERS)
def ask_close(round_id: object) -> ResponseReturnValue:
    return render_template("round_close.html", round=to_run(round_id, "close"))


@blueprint.post("/rounds/<uuid:round_id>/close")
@rule("role", *LEADERS, *ORGANISERS)
def close(round_id: object) -> ResponseReturnValue:
    round = to_run(round_id, "close")
    command: Command = CloseRound(command_id=command_id(), actor=g.actor.person.id, round=round.row.code)
    engine().execute(command)
    flash(_("Đã đóng đợt xét %(code)s.", code=round.row.code), "ok")
    return redirect(url_for("rounds.page", round_id=round.row.id), 303)


# --- movements ---------------------------------------------------------------------------------------------------


@blueprint.get("/movements/new")
@rule("role", *ORGANISERS)
def new_movement() -> ResponseReturnValue:
    return render_movement(str(uuid4()), {}, new=True)


@blueprint.get("/movements/<movement>/change")
@rule("role", *ORGANISERS)
def ask_change_movement(movement: str) -> ResponseReturnValue:
    return render_movement(movement, engine().movement_values(g.actor, movement))


def render_movement(
    movement: str, typed: Mapping[str, Any], errors: InvalidForm | None = None, *, new: bool = False
) -> str:
    return render_form(
        shown_form(movement_form(), typed, {}, errors, {}),
        title=_("Thêm phong trào thi đua") if new else _("Sửa phong trào thi đua"),
        about="",
        action=url_for("rounds.set_movement", movement=movement, new=int(new) or None),
        button=_("Ghi phong trào thi đua"),
        problem=None,
    )


@blueprint.post("/movements/<movement>/change")
@rule("role", *ORGANISERS)
def set_movement(movement: str) -> ResponseReturnValue:
    typed = posted()
    command = SetMovement(command_id=command_id(), actor=g.actor.person.id, movement=movement, form=typed)
    try:
        engine().set_movement(command)
    except InvalidForm as refused:
        return render_movement(movement, typed, refused, new="new" in request.args), 422
    flash(_("Đã ghi phong trào thi đua."), "ok")
    return redirect(url_for("rounds.listed"), 303)
