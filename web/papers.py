"""Văn bản: papers, their lists of names, their files; drafting one over what waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnprocessableEntity

from engine.commands import AttachToPaper, ProduceDocument, SetPaperLines, StartPaper, WithdrawPaper
from engine.errors import EngineError, MixedPaper, NotFound
from engine.office.views import PaperChoice, PaperPart, PaperView
from web import lists, tasks
from web.documents import content
from web.errors import first_sentence, status_of
from web.requests import command_id, count, engine, expected_version, whole_number
from web.rules import rule
from web.texts import _, sentence

blueprint = Blueprint("papers", __name__)


# --- the list ----------------------------------------------------------------------------------------------------


@blueprint.get("/papers")
@rule("reader")
def listed() -> ResponseReturnValue:
    return lists.page("papers.html", engine().papers, "paper_status")


# --- drafting ----------------------------------------------------------------------------------------------------


@blueprint.get("/papers/new")
@rule("worker")
def new() -> ResponseReturnValue:
    return render_template("paper_new.html", choices=engine().paper_choices(g.actor), problem=None)


@blueprint.post("/papers/new")
@rule("worker")
def start() -> ResponseReturnValue:
    """Draft a paper over the ticked names; where they need several, show which."""
    kind, codes = request.form.get("kind", ""), tuple(request.form.getlist("nomination"))
    command = StartPaper(command_id=command_id(), actor=g.actor.person.id, kind=kind, nominations=codes)
    try:
        answer = engine().start_paper(command)
    except NotFound:
        raise
    except MixedPaper as refused:
        choices = proposed(kind, engine().split_paper(g.actor, kind, codes))
        return render_template("paper_new.html", choices=choices, problem=sentence(refused)), status_of(refused)
    except EngineError as refused:
        choices = engine().paper_choices(g.actor)
        return render_template("paper_new.html", choices=choices, problem=sentence(refused)), status_of(refused)
    flash(_("Đã lập văn bản %(code)s.", code=answer["code"]), "ok")
    return redirect(url_for("papers.page", paper_id=answer["id"]), 303)


def proposed(kind: str, parts: Sequence[PaperPart]) -> tuple[PaperChoice, ...]:
    """Return a split as the page of choices shows it."""
    title = next((each.title for each in engine().paper_choices(g.actor) if each.kind == kind), kind)
    return (PaperChoice(kind, title, tuple(parts)),)


# --- one paper ---------------------------------------------------------------------------------------------------


@blueprint.get("/papers/<uuid:paper_id>")
@rule("member")
def page(paper_id: object) -> ResponseReturnValue:
    return render(str(paper_id))


def render(paper_id: str, **more: Any) -> str:
    return render_template("paper.html", paper=engine().paper(g.actor, paper_id), **more)


@blueprint.post("/papers/<uuid:paper_id>/lines")
@rule("member")
def lines(paper_id: object) -> ResponseReturnValue:
    """Move or drop one line, by plain buttons; the list that is kept is always the whole one."""
    paper = engine().paper(g.actor, str(paper_id))
    command = SetPaperLines(
        command_id=command_id(),
        actor=g.actor.person.id,
        paper=paper.code,
        expected_version=expected_version(),
        nominations=tuple(changed(paper)),
    )
    try:
        engine().set_paper_lines(command)
    except NotFound:
        raise
    except EngineError as refused:
        return render(paper.id, problem=sentence(refused)), status_of(refused)
    return redirect(url_for("papers.page", paper_id=paper.id, _anchor="list"), 303)


def changed(paper: PaperView) -> list[str]:
    """Return the list as the pressed button wants it: `up`, `down` or `drop` name a code, `from` and `to` places."""
    codes = [line.code for line in paper.lines]
    form = request.form
    act = next((name for name in ("up", "down", "drop") if name in form), None)
    if act:
        if form[act] not in codes:
            raise UnprocessableEntity()
        place = codes.index(form[act])
        target = {"up": place - 1, "down": place + 1, "drop": None}[act]
    else:
        place, target = place_of("from", len(codes)), place_of("to", len(codes))
    code = codes.pop(place)
    if target is not None:
        codes.insert(max(0, target), code)
    return codes


def place_of(name: str, count: int) -> int:
    """Return a typed place in the list, from 0."""
    place = whole_number(request.form.get(name, ""))
    if not 1 <= place <= count:
        raise UnprocessableEntity()
    return place - 1


@blueprint.get("/papers/<uuid:paper_id>/withdraw")
@rule("member")
def ask_withdraw(paper_id: object) -> ResponseReturnValue:
    paper = engine().paper(g.actor, str(paper_id))
    if "withdraw" not in paper.may:
        return redirect(url_for("papers.page", paper_id=paper.id))
    return render_template("paper_withdraw.html", paper=paper, reason="", problem=None)


@blueprint.post("/papers/<uuid:paper_id>/withdraw")
@rule("member")
def withdraw(paper_id: object) -> ResponseReturnValue:
    paper, reason = engine().paper(g.actor, str(paper_id)), request.form.get("reason", "")
    command = WithdrawPaper(command_id=command_id(), actor=g.actor.person.id, paper=paper.code, reason=reason)
    try:
        engine().withdraw_paper(command)
    except NotFound:
        raise
    except EngineError as refused:
        shown = render_template("paper_withdraw.html", paper=paper, reason=reason, problem=first_sentence(refused))
        return shown, status_of(refused)
    flash(_("Đã hủy văn bản %(code)s.", code=paper.code), "ok")
    return redirect(url_for("papers.page", paper_id=paper.id), 303)


# --- its files ---------------------------------------------------------------------------------------------------


@blueprint.get("/papers/<uuid:paper_id>/preview")
@rule("member")
def preview(paper_id: object) -> ResponseReturnValue:
    """Show what the file says, or will say."""
    paper = engine().paper(g.actor, str(paper_id))
    return render_template("paper_preview.html", paper=paper, sheet=content(engine().paper_text(g.actor, paper.id)))


@blueprint.post("/papers/<uuid:paper_id>/document")
@rule("member")
def produce(paper_id: object) -> ResponseReturnValue:
    paper = engine().paper(g.actor, str(paper_id))
    command = ProduceDocument(command_id=command_id(), actor=g.actor.person.id, paper=paper.code)
    try:
        engine().produce_document(command)
    except EngineError as refused:
        return render(paper.id, problem=sentence(refused)), status_of(refused)
    flash(_("Đã tạo tệp văn bản."), "ok")
    return redirect(url_for("papers.page", paper_id=paper.id), 303)


@blueprint.get("/papers/<uuid:paper_id>/document/<int:version>")
@rule("member")
def document(paper_id: object, version: int) -> ResponseReturnValue:
    found, written = engine().paper_document(g.actor, str(paper_id), version)
    count("exports")
    return send_file(BytesIO(written), mimetype=found.media_type, as_attachment=True, download_name=found.name)


@blueprint.post("/papers/<uuid:paper_id>/files")
@rule("member")
def attach(paper_id: object) -> ResponseReturnValue:
    paper = engine().paper(g.actor, str(paper_id))

    def keep(command_id: str, file_name: str, content: bytes) -> None:
        given = {"command_id": command_id, "actor": g.actor.person.id, "paper": paper.code}
        engine().attach_to_paper(AttachToPaper(file_name=file_name, content=content, **given))

    return tasks.attached(
        keep, url_for("papers.page", paper_id=paper.id), lambda problem: render(paper.id, file_problem=problem)
    )


@blueprint.get("/papers/<uuid:paper_id>/files/<file_id>")
@rule("member")
def file(paper_id: object, file_id: str) -> ResponseReturnValue:
    """Send a file as it was uploaded, always as a download."""
    found, kept = engine().paper_file(g.actor, str(paper_id), file_id)
    return send_file(BytesIO(kept), mimetype="application/octet-stream", as_attachment=True, download_name=found.name)


@blueprint.get("/papers/<uuid:paper_id>/diagram.bpmn")
@rule("member")
def diagram(paper_id: object) -> ResponseReturnValue:
    return send_file(BytesIO(engine().paper_diagram(g.actor, str(paper_id))), mimetype="application/xml")
