"""Việc cần xử lý: the boxes of the reader's tasks, and taking one in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid5

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnprocessableEntity

from engine.commands import AssignTask, ClaimTask, ReleaseTask
from engine.errors import EngineError, NotFound
from engine.office.access import may_assign
from engine.office.views import PersonView, TaskRow
from web import council, grid, tasks
from web.errors import status_of
from web.requests import command_id, engine, expected_version, given, posted, wants_part
from web.resuming import own_path
from web.rules import rule
from web.texts import _, sentence

blueprint = Blueprint("inbox", __name__)
BOXES = ("mine", "group", "overdue", "elsewhere", "done")
TICKED = ("mine", "group", "overdue")  # boxes in which several tasks are taken, given back or handed out at once
PAGE = 25


@dataclass(frozen=True)
class Filters:
    """What the address of the list asks for; every list can be bookmarked."""

    box: str
    step: str | None
    award: str | None
    q: str | None

    @property
    def narrowed(self) -> int:
        """How many filters besides the search are set."""
        return sum(value is not None for value in (self.step, self.award))

    def address(self, **changed: Any) -> str:
        values = {"box": self.box, "step": self.step, "award": self.award, "q": self.q} | changed
        return url_for("inbox.page", **{name: value for name, value in values.items() if value})


def asked() -> Filters:
    box = request.args.get("box", BOXES[0])
    return Filters(box if box in BOXES else BOXES[0], given("step"), given("award"), given("q"))


@blueprint.get("/tasks")
@rule("worker")
def page() -> ResponseReturnValue:
    filters = asked()
    found = engine().inbox(
        g.actor,
        filters.box,
        step=filters.step,
        award=filters.award,
        q=filters.q,
        limit=PAGE,
        after=request.args.get("after") or None,
    )
    return render_template(
        "inbox.html",
        found=found,
        filters=filters,
        boxes=BOXES,
        paged="after" in request.args,
        tables=[each for each in found.tables if grid.suitable(each)],
        sits=council.sits(g.actor.roles),
        ticked=TICKED,
        colleagues=colleagues(found.items) if filters.box in TICKED else [],
    )


def colleagues(rows: Iterable[TaskRow]) -> list[PersonView]:
    """Return to whom the reader may hand some of these tasks."""
    groups = {f"{row.role}:{row.unit}" for row in rows if may_assign(g.actor, row.unit)}
    people = {person.id: person for group in groups for person in engine().people(g.actor, group)}
    return sorted(people.values(), key=lambda person: person.full_name)


@blueprint.post("/tasks/bulk")
@rule("worker")
def bulk() -> ResponseReturnValue:
    """Take, give back or hand out several tasks, each for itself; what was not possible is listed with its reason."""
    made, back = UUID(command_id()), own_path(request.form.get("next"))
    done: list[TaskRow] = []
    refused: list[tuple[TaskRow | None, str]] = []
    for each in dict.fromkeys(request.form.getlist("task")):
        task, _colon, version = each.partition(":")
        if not version.isdecimal() or len(version) > 9:
            raise UnprocessableEntity()
        try:
            one_of_several(request.form.get("act", ""), str(uuid5(made, each)), task, int(version))
            done.append(engine().task(g.actor, task).task)
        except NotFound as unknown:
            refused.append((None, sentence(unknown)))
        except EngineError as problem:
            refused.append((engine().task(g.actor, task).task, sentence(problem)))
    if not done and not refused:
        flash(_("Chưa có việc nào được chọn."), "error")
        return redirect(back, 303)
    return render_template("bulk.html", done=done, refused=refused, back=back)


def one_of_several(act: str, command: str, task: str, version: int) -> None:
    given = {"command_id": command, "actor": g.actor.person.id, "task": task, "expected_version": version}
    if act == "claim":
        engine().claim_task(ClaimTask(**given))
    elif act == "release":
        engine().release_task(ReleaseTask(**given))
    elif act == "assign":
        engine().assign_task(AssignTask(**given, to=request.form.get("to", "")))
    else:
        raise UnprocessableEntity()


@blueprint.post("/tasks/<uuid:task_id>/claim")
@rule("worker")
def claim(task_id: object) -> ResponseReturnValue:
    """Take a task; the row is answered in place, a browser without scripts gets the list or the task again."""
    task, typed = str(task_id), posted()
    command = ClaimTask(
        command_id=command_id(), actor=g.actor.person.id, task=task, expected_version=expected_version()
    )
    try:
        if typed:
            engine().save_draft(g.actor, task, typed)
        engine().claim_task(command)
    except NotFound:
        raise
    except EngineError as refused:
        if wants_part():
            return row(task, sentence(refused)), status_of(refused)
        if typed:
            return tasks.render(engine().task(g.actor, task), typed, problem=sentence(refused)), status_of(refused)
        flash(sentence(refused), "error")
    else:
        if wants_part():
            return row(task, None)
        flash(_("Ông/bà đã nhận xử lý việc này."), "ok")
    return redirect(own_path(request.values.get("next")), 303)


def row(task: str, problem: str | None) -> str:
    """Return the row of a task, and the tabs whose counts it changed."""
    shown, counts = engine().task(g.actor, task).task, engine().inbox_counts(g.actor)
    return render_template(
        "_task_row_alone.html", row=shown, problem=problem, counts=counts, boxes=BOXES, current=current_box()
    )


def current_box() -> str:
    """Return the box of the page that asks for a part of itself."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    return parse_qs(page.query).get("box", [BOXES[0]])[0]
