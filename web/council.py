"""Phiên họp Hội đồng: roll call, one grid of counts, and what they lead to.

Whatever is typed is recorded as it stands; what is not right yet is said beside it, and keeps the session open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands import CancelSession, CloseSession, OpenSession, RecordSession
from engine.errors import EngineError, InvalidForm, NotFound
from engine.office.access import COUNCILLORS, SECRETARIES
from engine.office.session_views import SessionView, VoteLine
from engine.office.voting import ATTENDANCE, CONCERNED, COUNTS, PRESENT, TOTAL, names_in
from forms.fields import TYPES, Refused
from forms.spec import FieldSpec
from forms.view import FormView
from web.errors import field_sentences, status_of
from web.grid import cells_of
from web.requests import command_id, engine, expected_version
from web.rules import rule
from web.texts import _, day, ngettext, sentence

blueprint = Blueprint("council", __name__)
BY_SESSION = {"ngay_hop", "bien_ban_so", TOTAL, PRESENT, CONCERNED}  # what the session itself fills in
MEMBER = re.compile(r"member\.[0-9]{1,3}")
HEAD = ("place", "chair", "secretary", "minutes")
BLANK_LINES, FIRST_LINES = 3, 9


@dataclass(frozen=True)
class Line:
    """One nomination in the grid: what was typed in its cells, what was refused, what the count leads to."""

    vote: VoteLine
    cells: FormView
    concerned: str
    concerned_errors: list[str]
    problems: list[str]


@dataclass(frozen=True)
class Typed:
    """The record as it stands in the page."""

    day: str
    head: dict[str, str]
    members: list[dict[str, Any]]
    common: dict[str, str]
    rows: dict[str, dict[str, str]]


# --- the list, and calling a session -----------------------------------------------------------------------------


@blueprint.get("/sessions")
@rule("member")
def listed() -> ResponseReturnValue:
    return render_template("sessions.html", found=engine().sessions(g.actor), councils=engine().councils(g.actor))


@blueprint.get("/sessions/new")
@rule("role", *SECRETARIES)
def new() -> ResponseReturnValue:
    return called()


def called(problem: str | None = None) -> str:
    return render_template(
        "session_new.html", councils=engine().councils(g.actor), problem=problem,
        day=request.form.get("day", ""), picked=request.form.getlist("pick"),
    )  # fmt: skip


@blueprint.post("/sessions")
@rule("role", *SECRETARIES)
def call() -> ResponseReturnValue:
    try:
        on = date.fromisoformat(iso_day(request.form.get("day", "")))
    except ValueError:
        return called(_("Ngày họp ghi theo dạng ngày/tháng/năm, ví dụ 05/01/2026.")), 422
    tasks = tuple(dict.fromkeys(request.form.getlist("pick")))
    command = OpenSession(
        command_id=command_id(), actor=g.actor.person.id, unit=request.form.get("unit", ""), day=on, tasks=tasks
    )
    try:
        answer = engine().open_session(command)
    except InvalidForm:
        return called(_("Hãy đánh dấu ít nhất một trường hợp đưa ra họp.")), 422
    return redirect(url_for("council.page", session_id=answer["session"]), 303)


def iso_day(text: str) -> str:
    """Return a typed day in ISO, or as it was typed if it is none."""
    try:
        return str(TYPES["date"].parse(FieldSpec("day", "date", ""), text) or "")
    except Refused:
        return text


# --- one session -------------------------------------------------------------------------------------------------


@blueprint.get("/sessions/<uuid:session_id>")
@rule("member")
def page(session_id: object) -> ResponseReturnValue:
    view = engine().council_session(g.actor, str(session_id))
    return render(view, kept(view))


def kept(view: SessionView) -> Typed:
    """Return the record as it was saved last; before that only the roll call of the session before."""
    record = view.record
    return Typed(
        day=day(record.day if record else view.row.day),
        head={name: getattr(record, name) if record else "" for name in HEAD},
        members=[vars(member) for member in view.members],
        common=record.common if record else {},
        rows=record.rows if record else {},
    )


def render(
    view: SessionView, typed: Typed, refused: InvalidForm | None = None, problem: EngineError | None = None
) -> str:
    said = field_sentences(refused) if refused else {}
    lines = [line_of(each, typed.rows.get(each.task.id, {}), said) for each in view.lines]
    blank = BLANK_LINES if typed.members else FIRST_LINES
    common = cells_of(view.lines[0].form if view.lines else None, "common", typed.common)
    shown = {"day", "members", *(f"{each.vote.task.id}.concerned" for each in lines)}
    return render_template(
        "session.html", view=view, typed=typed, lines=lines, attendance=ATTENDANCE, counts=COUNTS, blank=blank,
        common=[each for each in common.fields if each.name in COUNTS[:2]], errors=said,
        others=[text for name, texts in said.items() if name not in shown for text in texts],
        problem=sentence(problem) if problem else None, own=BY_SESSION,
    )  # fmt: skip


def line_of(vote: VoteLine, typed: Mapping[str, str], said: Mapping[str, list[str]]) -> Line:
    refusal = vote.result.refusal if vote.result else None
    fields = refusal if isinstance(refusal, InvalidForm) else None
    cells = cells_of(vote.form, vote.task.id, typed, fields)
    problems = [] if fields or not refusal else [sentence(refusal)]
    if fields:
        for name, texts in field_sentences(fields).items():
            if name in BY_SESSION or name not in {each.name for each in cells.fields}:
                problems += texts
    return Line(vote, cells, typed.get("concerned", ""), said.get(f"{vote.task.id}.concerned", []), problems)


@blueprint.post("/sessions/<uuid:session_id>/record")
@rule("role", *SECRETARIES)
def record(session_id: object) -> ResponseReturnValue:
    typed, session = typed_record(), str(session_id)
    suggested = suggest_concerned(engine().council_session(g.actor, session), typed)
    raw: dict[str, Any] = vars(typed) | typed.head | {"day": iso_day(typed.day)}
    raw.pop("head")
    command = RecordSession(
        command_id=command_id(),
        actor=g.actor.person.id,
        session=session,
        expected_version=expected_version(),
        record=raw,
    )
    try:
        engine().record_session(command)
    except NotFound:
        raise
    except InvalidForm as refused:
        return render(engine().council_session(g.actor, session), typed, refused=refused), 422
    except EngineError as refused:
        return render(engine().council_session(g.actor, session), typed, problem=refused), status_of(refused)
    flash(_("Đã lưu nội dung phiên họp."), "ok")
    for name in suggested:
        said = _("%(name)s trùng tên người được đề nghị nên được ghi là không bỏ phiếu do có liên quan. Xin kiểm tra.")
        flash(said % {"name": name}, "info")
    return redirect(url_for("council.page", session_id=session), 303)


def suggest_concerned(view: SessionView, typed: Typed) -> list[str]:
    """Enter members who bear the name of a nominee as concerned (DOMAIN §3.1 S2); return them.

    That is done once, when member or nomination comes to the session: whoever takes the name out again is believed.
    """
    known = view.record
    before = {name_of(member.name) for member in known.members} if known else set()
    nominees = {task.id: name_of(task.title) for task in (*(line.task for line in view.lines), *view.waiting)}
    found = []
    for task, cells in typed.rows.items():
        for name in (" ".join(member["name"].split()) for member in typed.members):
            is_new = name_of(name) not in before or known is None or task not in known.rows
            if is_new and name_of(name) == nominees.get(task) and name not in names_in(cells.get("concerned", "")):
                cells["concerned"] = f"{cells.get('concerned', '').rstrip()}\n{name}".strip()
                found.append(name)
    return list(dict.fromkeys(found))


def name_of(text: str) -> str:
    """Return a name as it is compared: how it was typed in upper case or with blanks says nothing."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def typed_record() -> Typed:
    """Return what stands in the form: ticked rows stay, those of `add` are new, lines without a name are blank."""
    cells: dict[str, dict[str, str]] = {}
    for name, value in request.form.items():
        place, dot, cell = name.rpartition(".")
        if dot:
            cells.setdefault(place, {})[cell] = value
    tasks = dict.fromkeys([*request.form.getlist("pick"), *request.form.getlist("add")])
    places = sorted((place for place in cells if MEMBER.fullmatch(place)), key=lambda place: int(place[7:]))
    members = [
        {
            "name": line.get("name", "").strip(),
            "position": line.get("position", "").strip(),
            "attendance": line.get("attendance", ""),
            "teller": "teller" in line,
        }
        for line in map(cells.__getitem__, places)
        if line.get("name", "").strip()
    ]
    return Typed(
        day=request.form.get("day", ""),
        head={name: request.form.get(name, "") for name in HEAD},
        members=members,
        common=cells.get("common", {}),
        rows={task: cells.get(task, {}) for task in tasks},
    )


@blueprint.post("/sessions/<uuid:session_id>/close")
@rule("role", *SECRETARIES)
def close(session_id: object) -> ResponseReturnValue:
    session = str(session_id)
    command = CloseSession(
        command_id=command_id(), actor=g.actor.person.id, session=session, expected_version=expected_version()
    )
    try:
        done = len(engine().close_session(command)["rows"])
    except NotFound:
        raise
    except EngineError as refused:
        view = engine().council_session(g.actor, session)
        return render(view, kept(view), problem=refused), status_of(refused)
    said = ngettext("Đã chuyển kết quả %(num)s trường hợp.", "Đã chuyển kết quả %(num)s trường hợp.", done)
    flash(said % {"num": done}, "ok")
    return redirect(url_for("council.page", session_id=session), 303)


@blueprint.post("/sessions/<uuid:session_id>/cancel")
@rule("role", *SECRETARIES)
def cancel(session_id: object) -> ResponseReturnValue:
    session = str(session_id)
    command = CancelSession(
        command_id=command_id(), actor=g.actor.person.id, session=session, expected_version=expected_version()
    )
    try:
        engine().cancel_session(command)
    except NotFound:
        raise
    except EngineError as refused:
        view = engine().council_session(g.actor, session)
        return render(view, kept(view), problem=refused), status_of(refused)
    flash(_("Đã hủy phiên họp. Các trường hợp chờ phiên họp khác."), "ok")
    return redirect(url_for("council.listed"), 303)


def sits(roles: frozenset[str]) -> bool:
    """Return whether somebody with these roles has to do with sessions, for the menu."""
    return bool(roles & (SECRETARIES | COUNCILLORS))
