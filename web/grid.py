"""Bảng xét: the tasks of one step as a table of inputs; tried first, then carried out in one act.

Everything stands in the forms themselves: what was typed, and the rows that are ready (`kept`). So it works without
scripts, and no state is lost between the two steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnprocessableEntity

from engine.commands import BatchItem, CompleteBatch
from engine.errors import BatchRefused, EngineError, InvalidForm, NotFound
from engine.office.batch_views import BatchRow, GridRow, GridView
from engine.office.views import GridChoice
from forms.compiler import compile_form
from forms.spec import OUTCOME, FormSpec
from forms.view import FieldView, FormView, form_view
from web.errors import status_of
from web.requests import command_id, engine, given, whole_number
from web.rules import rule
from web.strict_json import strict_json
from web.texts import _, language, ngettext, sentence

blueprint = Blueprint("grid", __name__)
PAGES = (50, 200, 1_000)
MOST_FIELDS = 20
COLUMNS = ("count", "percent")  # narrow enough to stand side by side
MOST_COLUMNS = 8
COMMON = "all"
NO_FORM: dict[str, Any] = {"key": "none", "title": "-", "fields": []}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; it stays the same through both steps."""

    step: str
    release: str
    award: str | None
    unit: str | None
    q: str | None
    limit: int

    def address(self, endpoint: str = "grid.page", **changed: Any) -> str:
        values = vars(self) | changed
        return url_for(endpoint, **{name: value for name, value in values.items() if value})


@dataclass(frozen=True)
class Line:
    """One row of the table with its cells: the outcome, the narrow fields, and those that fold open."""

    row: GridRow
    cells: FormView
    picked: bool = True
    problem: str | None = None

    @property
    def id(self) -> str:
        return self.row.task.id


@dataclass
class Tried:
    """What a preview said, sorted for the page."""

    ready: list[dict[str, Any]] = field(default_factory=list)  # rows as they will be sent
    refused: list[Line] = field(default_factory=list)
    against: list[tuple[GridRow, str]] = field(default_factory=list)  # row, outcome
    incidents: list[GridRow] = field(default_factory=list)
    every: list[tuple[GridRow, str, str]] = field(default_factory=list)  # row, outcome, what follows
    totals: Counter[tuple[str, str]] = field(default_factory=Counter)
    gone: int = 0  # tasks that are not there any more


def suitable(choice: GridChoice) -> bool:
    """Return whether a form fits into the row of a table."""
    form = compile_form(choice.form).spec
    return len(form.fields) <= MOST_FIELDS and not any(each.when and each.when.earlier_step for each in form.fields)


def asked() -> Filters:
    chosen = next((each for each in PAGES if request.args.get("limit") == str(each)), PAGES[1])
    return Filters(given("step") or "", given("release") or "", given("award"), given("unit"), given("q"), chosen)


# --- the table ---------------------------------------------------------------------------------------------------


@blueprint.get("/tasks/table")
@rule("worker")
def page() -> ResponseReturnValue:
    filters = asked()
    found = engine().grid(
        g.actor, filters.step, filters.release, award=filters.award, unit=filters.unit, q=filters.q,
        limit=filters.limit, after=request.args.get("after") or None,
    )  # fmt: skip
    spec = spec_of(found)
    lines = [Line(row, cells_of(found.form, row.task.id, {})) for row in found.rows]
    return render_template(
        "grid.html", found=found, filters=filters, lines=lines, common=cells_of(found.form, COMMON, {}), pages=PAGES,
        columns=columns_of(spec), outcomes=labels_of(spec), paged="after" in request.args,
    )  # fmt: skip


def spec_of(found: GridView) -> FormSpec:
    return compile_form(found.form or NO_FORM).spec


def columns_of(spec: FormSpec) -> list[str]:
    """Return the names of the fields with a column of their own; the others fold open."""
    narrow = [each.name for each in spec.fields if each.type in COLUMNS and each.when is None]
    return narrow if len(narrow) <= MOST_COLUMNS else narrow[-MOST_COLUMNS:]


def labels_of(spec: FormSpec) -> dict[str, str]:
    return {str(each.value): each.label for each in spec.outcomes}


def cells_of(
    form: Mapping[str, Any] | None, row: str, typed: Mapping[str, Any], errors: InvalidForm | None = None
) -> FormView:
    """Return the fields of a step's form for one row; their names and ids hold the id of the row."""
    shown = form_view(compile_form(form or NO_FORM), typed, errors.fields if errors else {}, lang=language())
    return replace(shown, fields=tuple(_of_row(each, row) for each in shown.fields))


def _of_row(cell: FieldView, row: str) -> FieldView:
    choices = tuple(replace(each, id=f"{each.id}-{row}") for each in cell.choices)
    return replace(cell, id=f"{cell.id}-{row}", choices=choices, when="", required=False)


# --- trying ------------------------------------------------------------------------------------------------------


@blueprint.post("/tasks/table/check")
@rule("worker")
def check() -> ResponseReturnValue:
    """Say of each row what would become of it; only those that someone should look at are shown at once."""
    items = [*kept(), *typed_rows()]
    if not items:
        flash(_("Chưa có dòng nào được đánh dấu."), "error")
        return redirect(asked().address(), 303)
    return tried(items, engine().preview_batch(g.actor, items))


def kept() -> list[BatchItem]:
    """Return the rows that were good before, as the page carries them."""
    try:
        rows = strict_json((request.form.get("kept") or "[]").encode())
        return [BatchItem(task=str(r["task"]), expected_version=int(r["version"]), form=dict(r["form"])) for r in rows]
    except (ValueError, TypeError, KeyError):
        raise UnprocessableEntity() from None


def typed_rows() -> list[BatchItem]:
    """Return the ticked rows. An empty cell takes the value that stands above the table for all rows."""
    values: dict[str, dict[str, str]] = {}
    for name, value in request.form.items():
        row, dot, cell = name.partition(".")
        if dot and value.strip():
            values.setdefault(row, {})[cell] = value
    common = values.get(COMMON, {})
    items = []
    for task in dict.fromkeys(request.form.getlist("pick")):
        own = values.get(task, {})
        version = whole_number(own.pop("expected_version", ""))
        items.append(BatchItem(task=task, expected_version=version, form=common | own))
    return items


def tried(
    items: Sequence[BatchItem], results: Sequence[BatchRow], problem: EngineError | None = None
) -> ResponseReturnValue:
    filters = asked()
    try:
        found = engine().grid(g.actor, filters.step, filters.release, tasks=[item.task for item in items], limit=1_000)
    except NotFound:
        flash(_("Các việc này không còn chờ ông/bà xử lý."), "error")
        return redirect(url_for("inbox.page"), 303)
    spec = spec_of(found)
    page = render_template(
        "grid_check.html", found=found, filters=filters, tried=sorted_out(found, spec, items, results),
        columns=columns_of(spec), outcomes=labels_of(spec), problem=sentence(problem) if problem else None,
    )  # fmt: skip
    return page, status_of(problem) if problem else 200


def sorted_out(found: GridView, spec: FormSpec, items: Sequence[BatchItem], results: Sequence[BatchRow]) -> Tried:
    """Sort rows into those that can go, those that were refused, and those where someone should look twice."""
    rows = {row.task.id: row for row in found.rows}
    said = Tried()
    for item, result in zip(items, results, strict=True):
        row = rows.get(item.task)
        if row is None:
            said.gone += 1
            continue
        refused = result.refusal
        if refused:
            fields = refused if isinstance(refused, InvalidForm) else None
            problem = None if fields else sentence(refused)
            said.refused.append(Line(row, cells_of(found.form, item.task, item.form, fields), problem=problem))
            continue
        outcome = str(item.form.get(OUTCOME, ""))
        opened = dict.fromkeys(step.name for step in result.next)
        follows = ", ".join(opened) or ("" if result.ended else ", ".join(result.awaits)) or _("Kết thúc")
        said.ready.append({"task": item.task, "version": item.expected_version, "form": dict(item.form)})
        said.every.append((row, outcome, follows))
        said.totals[outcome, follows] += 1
        if result.incident:
            said.incidents.append(row)
        if against_check(spec, row, outcome):
            said.against.append((row, outcome))
    return said


def against_check(spec: FormSpec, row: GridRow, outcome: str) -> bool:
    """Return whether an outcome says other than the criteria table: agreeing is what a form offers first."""
    if not spec.outcomes or not row.criteria:
        return False
    agrees = outcome == str(spec.outcomes[0].value)
    refuses = any(outcome == str(each.value) and each.danger for each in spec.outcomes)
    return (agrees and bool(row.odd)) or (refuses and not row.odd)


# --- carrying out ------------------------------------------------------------------------------------------------


@blueprint.post("/tasks/table/commit")
@rule("worker")
def commit() -> ResponseReturnValue:
    items = tuple(kept())
    command = CompleteBatch(command_id=command_id(), actor=g.actor.person.id, items=items)
    try:
        engine().complete_batch(command)
    except BatchRefused as refused:
        return tried(items, refused.params["rows"], refused)
    done = ngettext("Đã ghi kết quả %(num)s trường hợp.", "Đã ghi kết quả %(num)s trường hợp.", len(items))
    flash(done % {"num": len(items)}, "ok")
    filters = asked()
    try:
        engine().grid(g.actor, filters.step, filters.release, limit=1)
    except NotFound:
        return redirect(url_for("inbox.page"), 303)
    return redirect(filters.address(), 303)
