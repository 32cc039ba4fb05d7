"""Quản trị: units with their validity and successors, the calendar, grounds, incidents and releases.

For administrators alone. Grounds and releases are data of a release and of the seeds: shown here, changed there.
"""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands import AddUnit, Command, EndUnit, RetryIncident, SetDay
from engine.errors import NotFound
from engine.office import seeds
from engine.office.citations import citations
from engine.office.directory import Unit
from engine.store.folding import folded
from web.admin import a_day, administrator, blueprint, carry_out, choices, kept, typed, wanted, who
from web.requests import engine
from web.texts import _, message

MOST_KEPT = 500  # shown on the page; the command line lists all

# --- units -------------------------------------------------------------------------------------------------------


@blueprint.get("/units")
@administrator
def units() -> ResponseReturnValue:
    """Units that exist today; all of all times where the address says so."""
    known, words, everything = engine().all_units(g.actor), folded(wanted()).split(), "all" in request.args
    rows = [
        unit
        for unit in known.values()
        if (everything or unit.exists_on(engine().today()))
        and all(word in folded(f"{unit.title} {unit.id}") for word in words)
    ]
    return render_template(
        "admin/units.html", rows=rows, known=known, q=wanted(), everything=everything, kinds=seeds.role_book().kinds
    )


def render_new_unit(problem: str | None = None) -> str:
    return render_template(
        "admin/unit_new.html", problem=problem, typed=kept(), kinds=seeds.role_book().kinds, **choices()
    )


@blueprint.get("/units/new")
@administrator
def new_unit() -> ResponseReturnValue:
    return render_new_unit()


@blueprint.post("/units/new")
@administrator
def add_unit() -> ResponseReturnValue:
    def command() -> Command:
        return AddUnit(
            **who(),
            unit=typed("unit").upper(),
            title=typed("title"),
            kind=typed("kind"),
            valid_from=a_day("valid_from"),
            superior=typed("superior") or None,
            predecessors=tuple(request.form.getlist("predecessor")),
        )

    said = _("Đã thêm đơn vị %(name)s.", name=typed("title"))
    return carry_out(lambda: [command()], render_new_unit, said, url_for("admin.units", q=typed("unit").upper()))


def the_unit(id: str) -> Unit:
    unit = engine().all_units(g.actor).get(id)
    if unit is None:
        raise NotFound(kind="unit", id=id)
    return unit


def render_unit(id: str, problem: str | None = None) -> str:
    unit, known = the_unit(id), engine().all_units(g.actor)
    heirs = [each for each in known.values() if each.valid_to is None and each.id != id]
    return render_template(
        "admin/unit.html", unit=unit, known=known, heirs=heirs, problem=problem, typed=kept(),
        chosen=request.form.getlist("successor"), kinds=seeds.role_book().kinds,
    )  # fmt: skip


@blueprint.get("/units/<unit_id>")
@administrator
def unit(unit_id: str) -> ResponseReturnValue:
    return render_unit(unit_id)


@blueprint.post("/units/<unit_id>/end")
@administrator
def end_unit(unit_id: str) -> ResponseReturnValue:
    """Note the last day of a unit and who takes over from it."""
    the_unit(unit_id)

    def command() -> Command:
        successors = tuple(request.form.getlist("successor"))
        return EndUnit(**who(), unit=unit_id, valid_to=a_day("valid_to"), successors=successors)

    return carry_out(
        lambda: [command()],
        lambda problem: render_unit(unit_id, problem),
        _("Đã ghi ngày kết thúc hoạt động."),
        url_for("admin.unit", unit_id=unit_id),
    )


# --- calendar and grounds ----------------------------------------------------------------------------------------


def render_days(problem: str | None = None) -> str:
    return render_template("admin/calendar.html", rows=engine().days_set(g.actor), problem=problem, typed=kept())


@blueprint.get("/calendar")
@administrator
def calendar() -> ResponseReturnValue:
    return render_days()


@blueprint.post("/calendar")
@administrator
def set_day() -> ResponseReturnValue:
    """Override one day, on the order of a document."""

    def command() -> Command:
        return SetDay(**who(), day=a_day("day"), kind=typed("kind"), document=typed("document"))

    said = _("Đã ghi ngày %(day)s vào lịch làm việc.", day=typed("day"))
    return carry_out(lambda: [command()], render_days, said, url_for("admin.calendar"))


@blueprint.get("/grounds")
@administrator
def grounds() -> ResponseReturnValue:
    words = folded(wanted()).split()
    rows = [each for each in citations().values() if all(word in folded(f"{each.title} {each.text}") for word in words)]
    return render_template("admin/grounds.html", rows=rows, q=wanted())


# --- incidents and releases --------------------------------------------------------------------------------------


@blueprint.get("/incidents")
@administrator
def incidents() -> ResponseReturnValue:
    return render_incidents()


def render_incidents(problem: str | None = None) -> str:
    return render_template(
        "admin/incidents.html", rows=engine().incidents(g.actor), failures=engine().job_failures(), problem=problem
    )


@blueprint.post("/incidents/retry")
@administrator
def retry() -> ResponseReturnValue:
    """Let the engine try again where it could not go on."""

    def command() -> Command:
        return RetryIncident(**who(), case=typed("code"), key=typed("key"))

    said = _("Đã cho thử lại %(code)s.", code=typed("code"))
    return carry_out(lambda: [command()], render_incidents, said, url_for("admin.incidents"))


@blueprint.post("/jobs/retry")
@administrator
def retry_job() -> ResponseReturnValue:
    """Let a job try again what it gave up; nothing of the record changes by that."""
    engine().retry_job(typed("job"), typed("item"))
    flash(_("Việc tự động này sẽ được thử lại."), "ok")
    return redirect(url_for("admin.incidents"), 303)


@blueprint.get("/releases")
@administrator
def releases() -> ResponseReturnValue:
    return render_template("admin/releases.html", rows=engine().releases_published(g.actor))


@blueprint.get("/releases/kept")
@administrator
def kept_releases() -> ResponseReturnValue:
    """Nominations that could not move to the release in force, by code alone."""
    rows = engine().kept_releases(g.actor, MOST_KEPT + 1)
    shown = [(row, message(f"migration_{row.why}", {"name": row.step})) for row in rows[:MOST_KEPT]]
    return render_template("admin/kept.html", rows=shown, more=len(rows) > MOST_KEPT)
