"""Trường hợp đề nghị: nominating, reading, withdrawing, suspending; its files and its diagram."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine.commands import (
    AttachFile,
    ResumeNomination,
    StartNomination,
    SuspendNomination,
    WithdrawNomination,
)
from engine.errors import EngineError, InvalidForm, NotFound
from engine.office.access import NOMINATORS
from engine.office.views import StartChoice
from web import tasks
from web.errors import first_sentence, status_of
from web.forms import named_for, shown_form
from web.requests import command_id, engine, posted
from web.resuming import start_choice
from web.rules import rule
from web.texts import _, sentence

blueprint = Blueprint("nominations", __name__)
REASON_LIMIT = 2_000


@blueprint.get("/nominations/<uuid:nomination_id>")
@rule("member")
def page(nomination_id: object) -> ResponseReturnValue:
    return render(str(nomination_id))


def render(nomination_id: str, **more: Any) -> str:
    nomination = engine().nomination(g.actor, nomination_id)
    return render_template("nomination.html", nomination=nomination, seal=engine().seal(g.actor, nomination_id), **more)


# --- nominating --------------------------------------------------------------------------------------------------


@blueprint.get("/nominations/new")
@rule("role", *NOMINATORS)
def new() -> ResponseReturnValue:
    """Choose unit, award, kind and dossier first; then fill in the form of that award."""
    return render_new()


def render_new(
    typed: Mapping[str, Any] | None = None, errors: InvalidForm | None = None, problem: str | None = None
) -> str:
    chosen, kind = asked(), request.args.get("kind", "")
    choices = () if chosen else engine().start_choices(g.actor)
    form = draft = None
    reason = late_reason()
    if chosen is not None:
        draft = engine().start_draft(g.actor, chosen, kind) if typed is None else None
        values = draft.values if draft else typed or {}
        reason = reason or values.get("late_reason", "")
        form = shown_form(named_for(chosen.form, kind), values, {"nomination.kind": kind}, errors, {})
    return render_template(
        "new.html", choices=choices, chosen=chosen, form=form, problem=problem, late_reason=reason, draft=draft,
        kind=kind, dossier=request.args.get("dossier"), address=address_of,
    )  # fmt: skip


def asked() -> StartChoice | None:
    """Return the form that the address asks for, if the reader may nominate with it."""
    return start_choice(request.args.to_dict())


def address_of(endpoint: str) -> str:
    """Return another address for the form that this one asks for."""
    return url_for(endpoint, **{name: value for name, value in request.args.items() if value})


def late_reason() -> str:
    """Return why a nomination comes after the deadline of its round, as it was typed beside the form."""
    return request.form.get("late_reason", "").strip()


@blueprint.post("/nominations/new")
@rule("role", *NOMINATORS)
def start() -> ResponseReturnValue:
    typed = {name: value for name, value in posted().items() if name != "late_reason"}
    chosen = wanted()
    command = StartNomination(
        command_id=command_id(),
        actor=g.actor.person.id,
        unit=chosen.unit,
        award=chosen.award,
        kind=request.args["kind"],
        round=chosen.round,
        late_reason=late_reason() or None,
        dossier=request.args.get("dossier") or None,
        form=typed,
    )
    try:
        answer = engine().start_nomination(command)
    except InvalidForm as refused:
        return render_new(typed, errors=refused), 422
    except EngineError as refused:
        return render_new(typed, problem=sentence(refused)), status_of(refused)
    engine().drop_start_draft(g.actor, chosen, request.args["kind"])
    flash(_("Đã lập đề nghị %(code)s.", code=answer["code"]), "ok")
    return redirect(first_page_of(str(answer["id"])), 303)


def wanted() -> StartChoice:
    found = asked()
    if found is None:
        raise NotFound(kind="start_choice", id="")
    return found


@blueprint.post("/nominations/new/draft")
@rule("role", *NOMINATORS)
def draft() -> ResponseReturnValue:
    at = engine().save_start_draft(g.actor, wanted(), request.args["kind"], posted())
    return tasks.saved(at, address_of("nominations.new"))


@blueprint.post("/nominations/new/draft/drop")
@rule("role", *NOMINATORS)
def drop_draft() -> ResponseReturnValue:
    """Begin with an empty form again."""
    engine().drop_start_draft(g.actor, wanted(), request.args["kind"])
    return redirect(address_of("nominations.new"), 303)


def first_page_of(nomination_id: str) -> str:
    """Return the first task of a new nomination if it is the reader's, the nomination otherwise."""
    tasks = engine().nomination(g.actor, nomination_id).tasks
    own = next((task for task in tasks if f"{task.role}:{task.unit}" in g.actor.groups), None)
    if own:
        return url_for("tasks.page", task_id=own.id)
    return url_for("nominations.page", nomination_id=nomination_id)


# --- withdrawing, suspending, resuming ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Whole:
    """An act on the whole nomination, with a reason: what it sends and what is said around it."""

    command: Callable[..., Any]
    carry_out: str  # method of the engine
    title: str
    text: str
    reason: str
    button: str
    keep: str
    done: str
    danger: bool = True


def acts_on_whole() -> dict[str, Whole]:
    return {
        "withdraw": Whole(
            WithdrawNomination,
            "withdraw_nomination",
            _("Rút trường hợp đề nghị"),
            _("Sau khi rút, việc đang mở của trường hợp này dừng lại và không xét tiếp. Lý do được ghi vào diễn biến."),
            _("Lý do rút"),
            _("Rút trường hợp đề nghị"),
            _("Không rút"),
            _("Đã rút trường hợp đề nghị %(code)s."),
        ),
        "suspend": Whole(
            SuspendNomination,
            "suspend_nomination",
            _("Tạm dừng xét"),
            _(
                "Trường hợp này giữ lại ở bước đang làm cho đến khi có kết luận; các trường hợp khác đi tiếp. Văn bản "
                "chưa ký có tên trường hợp này trở về bước soạn với danh sách đã bớt."
            ),
            _("Căn cứ, nội dung đang được xem xét"),
            _("Tạm dừng xét"),
            _("Không tạm dừng"),
            _("Đã tạm dừng xét %(code)s."),
        ),
        "resume": Whole(
            ResumeNomination,
            "resume_nomination",
            _("Xét tiếp"),
            _(
                "Trường hợp này xét tiếp từ bước đã dừng. Nếu các trường hợp cùng hồ sơ đã trình trước thì trường "
                "hợp này chờ trình bổ sung ở văn bản sau."
            ),
            _("Kết luận của cơ quan có thẩm quyền"),
            _("Xét tiếp"),
            _("Chưa xét tiếp"),
            _("Trường hợp %(code)s được xét tiếp."),
            danger=False,
        ),
    }


@blueprint.get("/nominations/<uuid:nomination_id>/<any(withdraw, suspend, resume):act>")
@rule("member")
def ask(nomination_id: object, act: str) -> ResponseReturnValue:
    nomination = engine().nomination(g.actor, str(nomination_id))
    if act not in nomination.may:
        return redirect(url_for("nominations.page", nomination_id=nomination_id))
    return render_template("whole.html", nomination=nomination, act=act, whole=acts_on_whole()[act], reason="")


@blueprint.post("/nominations/<uuid:nomination_id>/<any(withdraw, suspend, resume):act>")
@rule("member")
def act_on_whole(nomination_id: object, act: str) -> ResponseReturnValue:
    nomination, whole = engine().nomination(g.actor, str(nomination_id)), acts_on_whole()[act]
    reason = request.form.get("reason", "").strip()
    problem, status = None, 422
    if not reason:
        problem = _("Cần ghi lý do.")
    elif len(reason) > REASON_LIMIT:
        problem = _("Lý do dài quá %(limit)s ký tự.", limit=REASON_LIMIT)
    else:
        command = whole.command(
            command_id=command_id(), actor=g.actor.person.id, nomination=nomination.code, reason=reason
        )
        try:
            getattr(engine(), whole.carry_out)(command)
        except NotFound:
            raise
        except EngineError as refused:
            problem, status = first_sentence(refused), status_of(refused)
    if problem:
        shown = render_template(
            "whole.html", nomination=nomination, act=act, whole=whole, reason=reason, problem=problem
        )
        return shown, status
    flash(whole.done % {"code": nomination.code}, "ok")
    return redirect(url_for("nominations.page", nomination_id=nomination_id), 303)


# --- files and the diagram ---------------------------------------------------------------------------------------


@blueprint.post("/nominations/<uuid:nomination_id>/files")
@rule("member")
def attach(nomination_id: object) -> ResponseReturnValue:
    nomination = engine().nomination(g.actor, str(nomination_id))

    def keep(command_id: str, file_name: str, content: bytes) -> None:
        given = {"command_id": command_id, "actor": g.actor.person.id, "nomination": nomination.code}
        engine().attach_file(AttachFile(file_name=file_name, content=content, **given))

    return tasks.attached(
        keep,
        url_for("nominations.page", nomination_id=nomination.id),
        lambda problem: render(nomination.id, file_problem=problem),
    )


@blueprint.get("/nominations/<uuid:nomination_id>/files/<file_id>")
@rule("member")
def file(nomination_id: object, file_id: str) -> ResponseReturnValue:
    """Send a file as it was uploaded, always as a download: a browser must not run what somebody attached."""
    found, content = engine().file(g.actor, str(nomination_id), file_id)
    return send_file(
        BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=found.name
    )


@blueprint.get("/nominations/<uuid:nomination_id>/diagram.bpmn")
@rule("member")
def diagram(nomination_id: object) -> ResponseReturnValue:
    found = engine().diagram(g.actor, str(nomination_id), request.args.get("process"))
    return send_file(BytesIO(found), mimetype="application/xml")
