"""Papers over the API: drafting, splitting, their lists, their files. Their tasks are those of /tasks."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import g, send_file
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields, validate

from engine.commands import ProduceDocument, SetPaperLines, StartPaper, WithdrawPaper
from engine.errors import NotFound
from engine.office.views import PaperPart, PaperRow, PaperView
from web.api import schemas
from web.api.views import blueprint, me, token
from web.requests import count, engine

MOST_LINES = 2_000
LARGEST_PAGE = 200


def _codes() -> fields.List:
    return schemas.Rows(fields.String(), MOST_LINES, required=True)


class PaperQuery(schemas.Strict):
    status = fields.String()
    kind = fields.String()
    award = fields.String()
    unit = fields.String()
    q = fields.String(validate=validate.Length(max=200))
    limit = fields.Integer(load_default=25, validate=validate.Range(1, LARGEST_PAGE))
    after = fields.String()


class NewPaper(schemas.CommandBody):
    """A paper of a kind over nominations, by code, in their order."""

    kind = fields.String(required=True)
    nominations = _codes()


class Selection(schemas.Strict):
    kind = fields.String(required=True)
    nominations = _codes()


class NewLines(schemas.TaskCommand):
    """The list as it shall be; `expected_version` is that of the paper."""

    nominations = _codes()


class Withdrawal(schemas.CommandBody):
    reason = fields.String(required=True)


class LineShape(Schema):
    position = fields.Integer()
    nomination = fields.String(attribute="code")
    nominee = fields.String()
    award = fields.String()
    status = fields.String()


class VersionShape(Schema):
    version = fields.Integer()
    at = fields.DateTime()
    why = fields.String()
    lines = fields.Integer()
    sha256 = fields.String(allow_none=True)


class PaperRowShape(Schema):
    id = fields.String()
    code = fields.String()
    kind = fields.String()
    title = fields.String()
    award = fields.String(allow_none=True)
    count = fields.Integer()
    unit = fields.String()
    round = fields.String(allow_none=True)
    status = fields.String()
    version = fields.Integer()
    number = fields.String(allow_none=True)
    issued_on = fields.Date(allow_none=True)
    release = fields.String()


class PaperShape(PaperRowShape):
    regime = fields.String()
    next_number = fields.Integer(allow_none=True)
    opened_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True)
    lines = fields.List(fields.Nested(LineShape))
    versions = fields.List(fields.Nested(VersionShape))
    tasks = fields.List(fields.Nested(schemas.TaskShape))
    files = fields.List(fields.Nested(schemas.FileShape))


class PaperPage(Schema):
    items = fields.List(fields.Nested(PaperRowShape))
    next = fields.String(allow_none=True)


class PartShape(Schema):
    unit = fields.String()
    authority = fields.String()
    type = fields.String()
    regime = fields.String()
    nominations = fields.List(fields.String())


class Parts(Schema):
    parts = fields.List(fields.Nested(PartShape))


class GivenUp(Schema):
    paper = fields.String()


class ListAnswer(GivenUp):
    version = fields.Integer()


class Produced(ListAnswer):
    sha256 = fields.String()


def row(view: PaperRow | PaperView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in PaperRowShape().fields}


def whole(view: PaperView) -> dict[str, Any]:
    versions = [
        {"version": v.version, "at": v.at, "why": v.why, "lines": v.lines}
        | {"sha256": v.document.sha256 if v.document else None}
        for v in view.versions
    ]
    listed = {
        "lines": view.lines,
        "versions": versions,
        "tasks": [schemas.task(each) for each in view.tasks],
        "files": [schemas.file(each) for each in view.files],
    }
    return {name: getattr(view, name) for name in PaperShape().fields if name not in listed} | listed


def part(view: PaperPart) -> dict[str, Any]:
    plain = {name: getattr(view, name) for name in ("unit", "authority", "type", "regime")}
    return plain | {"nominations": [code for code, _ in view.nominations]}


@blueprint.get("/papers")
@token
@blueprint.arguments(PaperQuery, location="query")
@blueprint.response(200, PaperPage)
def papers(asked: dict[str, Any]) -> dict[str, Any]:
    """One page of the papers the reader may see, the latest first."""
    found = engine().papers(g.actor, **asked)
    return {"items": [row(each) for each in found.items], "next": found.next}


@blueprint.post("/papers")
@token
@blueprint.arguments(NewPaper)
@blueprint.response(201, schemas.Started)
def start_paper(body: dict[str, Any]) -> dict[str, Any]:
    """Draft a paper; what needs several is refused as mixed_paper, see /papers/split."""
    command = StartPaper(
        command_id=str(body["command_id"]), actor=me(), kind=body["kind"], nominations=tuple(body["nominations"])
    )
    return engine().start_paper(command)


@blueprint.post("/papers/split")
@token
@blueprint.arguments(Selection)
@blueprint.response(200, Parts)
def split_paper(body: dict[str, Any]) -> dict[str, Any]:
    """The papers of a kind that a selection needs: by body, deciding authority, type of commendation and regime."""
    return {"parts": [part(each) for each in engine().split_paper(g.actor, body["kind"], body["nominations"])]}


@blueprint.get("/papers/<code>")
@token
@blueprint.response(200, PaperShape)
def paper(code: str) -> dict[str, Any]:
    """A paper by its code, such as VB-2026-00012."""
    return whole(engine().paper(g.actor, code))


@blueprint.post("/papers/<code>/lines")
@token
@blueprint.arguments(NewLines)
@blueprint.response(200, ListAnswer)
def set_lines(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Set the list of a paper that is being drafted."""
    command = SetPaperLines(
        command_id=str(body["command_id"]),
        actor=me(),
        paper=code,
        expected_version=body["expected_version"],
        nominations=tuple(body["nominations"]),
    )
    return engine().set_paper_lines(command)


@blueprint.post("/papers/<code>/withdraw")
@token
@blueprint.arguments(Withdrawal)
@blueprint.response(200, GivenUp)
def withdraw_paper(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Give a paper up before it is signed."""
    command = WithdrawPaper(command_id=str(body["command_id"]), actor=me(), paper=code, reason=body["reason"])
    return engine().withdraw_paper(command)


@blueprint.post("/papers/<code>/document")
@token
@blueprint.arguments(schemas.CommandBody)
@blueprint.response(200, Produced)
def produce_document(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Write the file of a paper at signature, if it has none yet."""
    command = ProduceDocument(command_id=str(body["command_id"]), actor=me(), paper=code)
    return engine().produce_document(command)


@blueprint.get("/papers/<code>/document")
@token
def document(code: str) -> ResponseReturnValue:
    """The file of the present version, as it was written."""
    view = engine().paper(g.actor, code)
    if view.document is None:
        raise NotFound(kind="document", id=code)
    found, written = engine().paper_document(g.actor, code, view.version)
    count("exports")
    return send_file(BytesIO(written), mimetype=found.media_type, as_attachment=True, download_name=found.name)
