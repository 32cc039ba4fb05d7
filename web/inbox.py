"""Việc cần xử lý: the boxes of the reader's tasks, and taking one in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands import ClaimTask
from engine.errors import EngineError, NotFound
from web import council, grid
from web.errors import status_of
from web.requests import command_id, engine, expected_version, wants_part
from web.rules import rule
from web.sessions import own_path
from web.texts import _, sentence

blueprint = Blueprint("inbox", __name__)
BOXES = ("mine", "group", "overdue", "elsewhere", "done")
TABLED = ("mine", "group")  # boxes whose tasks may be handled as a table
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
    def given(name: str) -> str | None:
        return request.args.get(name, "").strip()[:200] or None

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
    tables = [each for each in engine().grid_choices(g.actor) if grid.suitable(each)] if filters.box in TABLED else []
    return render_template(
        "inbox.html",
        found=found,
        filters=filters,
        boxes=BOXES,
        paged="after" in request.args,
        tables=tables,
        sits=council.sits(g.actor.roles),
    )


@blueprint.post("/tasks/<uuid:task_id>/claim")
@rule("worker")
def claim(task_id: object) -> ResponseReturnValue:
    """Take a task; the row is answered in place, a browser without scripts gets the list or the task again."""
    task = str(task_id)
    command = ClaimTask(
        command_id=command_id(), actor=g.actor.person.id, task=task, expected_version=expected_version()
    )
    try:
        engine().claim_task(command)
    except NotFound:
        raise
    except EngineError as refused:
        if wants_part():
            return row(task, sentence(refused)), status_of(refused)
        flash(sentence(refused), "error")
    else:
        if wants_part():
            return row(task, None)
        flash(_("Ông/bà đã nhận xử lý việc này."), "ok")
    return redirect(own_path(request.form.get("next")), 303)


def row(task: str, problem: str | None) -> str:
    view = engine().task(g.actor, task)
    return render_template("_task_row_alone.html", row=view.task, problem=problem)
