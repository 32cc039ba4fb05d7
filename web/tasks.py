"""The page of a task: why it is here, its form, and what follows each choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands import AssignTask, CompleteTask, ReleaseTask
from engine.errors import EngineError, InvalidForm, NotFound
from engine.office.access import JUDGES
from engine.office.views import NominationView, TaskView
from forms.compiler import compile_form
from web.errors import first_sentence, retry_after, status_of
from web.filings import filings, revision
from web.forms import shown_form, typed_texts
from web.requests import command_id, count, engine, expected_version, posted, wants_part
from web.resuming import own_path
from web.rules import rule
from web.texts import _, clock_time, sentence

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tasks/<uuid:task_id>")
@rule("member")
def page(task_id: object) -> ResponseReturnValue:
    return render(engine().task(g.actor, str(task_id)))


def render(
    view: TaskView,
    typed: Mapping[str, Any] | None = None,
    errors: InvalidForm | None = None,
    problem: str | None = None,
    *,
    warned: bool = False,
    file_problem: str | None = None,
) -> str:
    """Return the page.

    Args:
        typed: what stands in the form instead of the draft.
        problem: a sentence above it.
        warned: the reader was told that nothing was changed; the form is sent without asking again.
        file_problem: a sentence where files are attached.
    """
    form = None
    if view.form is not None:
        values = view.values if typed is None else typed
        form = shown_form(view.form, values, view.known, errors, buttons(view))
    lost = typed is not None and view.form is not None and "complete" not in view.may
    kept = typed_texts(view.form, typed) if lost else []
    more = reading(view.nomination) if view.nomination else {}
    page = "paper_task.html" if view.paper else "task.html"
    return render_template(
        page, view=view, nomination=view.nomination, paper=view.paper, form=form, problem=problem, kept=kept,
        warned=warned, file_problem=file_problem, judges=view.task.role in JUDGES, **more,
    )  # fmt: skip


def reading(nomination: NominationView) -> dict[str, Any]:
    """Return what whoever decides reads of the steps before."""
    shown = {value.name for criterion in nomination.criteria for value in criterion.fields}
    return {
        "filings": filings(nomination.history, shown),
        "revision": revision(nomination.history, nomination.files),
    }


def buttons(view: TaskView) -> dict[str, str]:
    """Return what the main button says for each outcome: the choice, and the step that follows if there is one way."""
    ways = Counter(each.value for each in view.why.consequences)
    return {
        each.value: _("Gửi: %(choice)s → %(next)s", choice=each.label, next=each.next_step)
        if ways[each.value] == 1
        else _("Gửi: %(choice)s", choice=each.label)
        for each in view.why.consequences
    }


@blueprint.post("/tasks/<uuid:task_id>/complete")
@rule("member")
def complete(task_id: object) -> ResponseReturnValue:
    task, typed = str(task_id), posted()
    if picked := request.form.get("file"):
        said = _("Tệp “%(name)s” đã chọn nhưng chưa đính kèm. Xin bấm “Đính kèm” trước khi gửi kết quả.", name=picked)
        return render(engine().task(g.actor, task), typed, problem=said), 422
    if "refilled" in request.args and nothing_new(view := engine().task(g.actor, task), typed):
        said = _(
            "Nội dung chưa khác gì lần gửi trước và chưa có tệp nào được đính kèm thêm. Sau khi gửi có thể không còn "
            "được bổ sung; nếu đúng là không cần sửa, mời ông/bà bấm gửi lần nữa."
        )
        return render(view, typed, problem=said, warned=True), 422
    command = CompleteTask(
        command_id=command_id(),
        actor=g.actor.person.id,
        task=task,
        expected_version=expected_version(),
        form=typed,
    )
    try:
        answer = engine().complete_task(command)
    except NotFound:
        raise
    except InvalidForm as refused:
        return render(engine().task(g.actor, task), typed, errors=refused), 422
    except EngineError as refused:
        return render(engine().task(g.actor, task), typed, problem=sentence(refused)), status_of(refused)
    if answer.get("incident"):
        flash(_("Đã ghi nhận kết quả; trường hợp này đang chờ quản trị xử lý."), "warn")
    else:
        flash(_("Đã gửi kết quả. Bước tiếp theo đã được chuyển đi."), "ok")
    return redirect(url_for("inbox.page"), 303)


def nothing_new(view: TaskView, typed: Mapping[str, Any]) -> bool:
    """Return whether a form that came filled in is sent as it was filed, without a file since it was asked for."""
    if view.form is None or not view.filed or view.cause is None or "complete" not in view.may:
        return False
    if view.nomination and any(file.at > view.cause.at for file in view.nomination.files):
        return False
    return compile_form(view.form).clean(typed)[0] == view.filed


@blueprint.post("/tasks/<uuid:task_id>/draft")
@rule("member")
def draft(task_id: object) -> ResponseReturnValue:
    at = engine().save_draft(g.actor, str(task_id), posted())
    return saved(at, url_for("tasks.page", task_id=task_id))


def saved(at: datetime, page: str) -> ResponseReturnValue:
    """Answer that a draft was kept: in words to a script, with the page to everyone else."""
    said = _("Đã lưu nháp %(time)s", time=clock_time(at))
    if wants_part() or "leaving" in request.args:
        return said
    flash(said, "ok")
    return redirect(page, 303)


@blueprint.post("/tasks/<uuid:task_id>/release")
@rule("member")
def release(task_id: object) -> ResponseReturnValue:
    task = str(task_id)
    command = ReleaseTask(
        command_id=command_id(), actor=g.actor.person.id, task=task, expected_version=expected_version()
    )
    typed = posted()
    try:
        if typed:
            engine().save_draft(g.actor, task, typed)
        engine().release_task(command)
    except NotFound:
        raise
    except EngineError as refused:
        return render(engine().task(g.actor, task), typed or None, problem=sentence(refused)), status_of(refused)
    flash(_("Đã trả việc lại phòng."), "ok")
    return redirect(own_path(request.form.get("next") or url_for("inbox.page")), 303)


@blueprint.post("/tasks/<uuid:task_id>/assign")
@rule("member")
def assign(task_id: object) -> ResponseReturnValue:
    task = str(task_id)
    command = AssignTask(
        command_id=command_id(),
        actor=g.actor.person.id,
        task=task,
        expected_version=expected_version(),
        to=request.form.get("to", ""),
    )
    try:
        engine().assign_task(command)
    except NotFound:
        raise
    except EngineError as refused:
        return render(engine().task(g.actor, task), problem=sentence(refused)), status_of(refused)
    flash(_("Đã phân công việc này."), "ok")
    return redirect(url_for("tasks.page", task_id=task_id), 303)


# --- files, which are attached on the page of a task or of its case ---------------------------------------------


def attached(
    keep: Callable[[str, str, bytes], object], page: str, refused_page: Callable[[str], str]
) -> ResponseReturnValue:
    """Keep the file of a request and go back to the page its form stood on; what was typed beside it stays.

    Args:
        keep: attaches a file: command id, name, content.
        page: of the case, for a form that stood there; `refused_page` returns it with a sentence.
    """
    task, typed = request.args.get("task"), posted()
    upload = request.files.get("file")
    problem, status, headers = _("Ông/bà chưa chọn tệp."), 422, {}
    if task and typed:
        engine().save_draft(g.actor, task, typed)
    if upload is not None and upload.filename:
        try:
            count("uploads")
            keep(command_id(), upload.filename, upload.stream.read())
        except NotFound:
            raise
        except EngineError as refused:
            problem, status, headers = first_sentence(refused), status_of(refused), retry_after(refused)
        else:
            flash(_("Đã đính kèm tệp."), "ok")
            return redirect(url_for("tasks.page", task_id=task) if task else page, 303)
    if task:
        return render(engine().task(g.actor, task), typed or None, file_problem=problem), status, headers
    return refused_page(problem), status, headers
