"""Hồ sơ đề nghị: one dossier folded open to its nominations, its receipt, its statutory clock, its requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.commands import ReceiveDossier, RequestSupplement
from engine.errors import BatchRefused, EngineError, InvalidForm, NotFound
from engine.office.dossier_views import DossierPage
from forms.view import FormView
from web.errors import first_sentence, status_of
from web.forms import shown_form
from web.requests import command_id, engine, posted
from web.rules import rule
from web.texts import _, sentence

blueprint = Blueprint("dossiers", __name__)
LACKS = "lacks:"  # before the code of a nomination: what it lacks


@blueprint.get("/dossiers/<uuid:dossier_id>")
@rule("member")
def page(dossier_id: object) -> ResponseReturnValue:
    return render_page(str(dossier_id))


def render_page(dossier_id: str, problem: str | None = None) -> str:
    return render_template("dossier.html", page=engine().dossier_page(g.actor, dossier_id), problem=problem)


# --- receipt -----------------------------------------------------------------------------------------------------


@blueprint.get("/dossiers/<uuid:dossier_id>/receive")
@rule("worker")
def ask_receive(dossier_id: object) -> ResponseReturnValue:
    shown = engine().dossier_page(g.actor, str(dossier_id))
    if "receive" not in shown.may:
        return redirect(url_for("dossiers.page", dossier_id=dossier_id))
    return render_receive(shown, {})


def render_receive(
    shown: DossierPage, typed: Mapping[str, Any], refused: InvalidForm | None = None, problem: str | None = None
) -> str:
    lacks = {name.removeprefix(LACKS): text for name, text in typed.items() if name.startswith(LACKS)}
    form = receipt_form(shown, typed, refused)
    return render_template("dossier_receive.html", page=shown, form=form, lacks=lacks, problem=problem, prefix=LACKS)


def receipt_form(shown: DossierPage, typed: Mapping[str, Any], refused: InvalidForm | None = None) -> FormView:
    """Return what is asked once for all: the form of the step without its outcomes and what belongs to one of them."""
    definition = {name: value for name, value in (shown.form or {}).items() if name != "outcomes"}
    definition["fields"] = [field for field in definition["fields"] if "when" not in field]
    return shown_form(definition, typed, {}, refused, {})


@blueprint.post("/dossiers/<uuid:dossier_id>/receive")
@rule("worker")
def receive(dossier_id: object) -> ResponseReturnValue:
    shown = engine().dossier_page(g.actor, str(dossier_id))
    typed = posted()
    if shown.form is None:
        flash(_("Hồ sơ không còn trường hợp nào chờ tiếp nhận."), "warn")
        return redirect(url_for("dossiers.page", dossier_id=dossier_id), 303)
    received, returned = outcomes_of(shown.form)
    common = {name: value for name, value in typed.items() if not name.startswith(LACKS)} | {"outcome": received}
    rows = {
        name.removeprefix(LACKS): {"outcome": returned, reason_of(shown.form, returned): text}
        for name, text in typed.items()
        if name.startswith(LACKS) and str(text).strip()
    }
    command = ReceiveDossier(
        command_id=command_id(), actor=g.actor.person.id, dossier=shown.dossier.code, form=common, rows=rows
    )
    try:
        answer = engine().receive_dossier(command)
    except NotFound:
        raise
    except InvalidForm as refused:
        return render_receive(shown, typed, refused), 422
    except BatchRefused as refused:
        said = [f"{row.nomination}: {first_sentence(row.refusal)}" for row in refused.params["rows"] if row.refusal]
        return render_receive(shown, typed, problem=" ".join(said)), status_of(refused)
    except EngineError as refused:
        return render_receive(shown, typed, problem=sentence(refused)), status_of(refused)
    flash(_("Đã tiếp nhận %(count)s trường hợp.", count=len(answer["received"])), "ok")
    if answer["returned"]:
        flash(_("%(count)s trường hợp chưa đủ, chờ văn bản yêu cầu bổ sung.", count=len(answer["returned"])), "warn")
    return redirect(url_for("dossiers.page", dossier_id=dossier_id), 303)


def outcomes_of(form: Mapping[str, Any]) -> tuple[str, str]:
    """Return the outcomes of the form of receipt: taken in, and sent back. The first one takes in."""
    first, *others = (str(each["value"]) for each in form["outcomes"])
    return first, others[0] if others else first


def reason_of(form: Mapping[str, Any], outcome: str) -> str:
    """Return the field that says why, of those asked with an outcome."""
    asked = (f["name"] for f in form["fields"] if outcome in f.get("when", {}).get("in", ()))
    return str(next(asked, "noi_dung_bo_sung"))


@blueprint.get("/dossiers/<uuid:dossier_id>/receipts/<code>")
@rule("member")
def slip(dossier_id: object, code: str) -> ResponseReturnValue:
    """Phiếu tiếp nhận, to be printed."""
    shown = engine().dossier_page(g.actor, str(dossier_id))
    receipt = next((each for each in shown.receipts if each.code == code), None)
    if receipt is None:
        raise NotFound(kind="receipt", id=code)
    rows = [row for row in shown.dossier.nominations if row.code in receipt.nominations]
    return render_template("receipt.html", page=shown, receipt=receipt, rows=rows)


# --- supplements -------------------------------------------------------------------------------------------------


@blueprint.post("/dossiers/<uuid:dossier_id>/supplement")
@rule("worker")
def supplement(dossier_id: object) -> ResponseReturnValue:
    """Draft the one request for supplements of the dossier."""
    shown = engine().dossier_page(g.actor, str(dossier_id))
    command = RequestSupplement(command_id=command_id(), actor=g.actor.person.id, dossier=shown.dossier.code)
    try:
        answer = engine().request_supplement(command)
    except NotFound:
        raise
    except EngineError as refused:
        return render_page(str(dossier_id), problem=sentence(refused)), status_of(refused)
    flash(_("Đã lập văn bản %(code)s.", code=answer["code"]), "ok")
    return redirect(url_for("papers.page", paper_id=answer["id"]), 303)
