"""Shapes of the API: what a request may hold, strictly, and how views are written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, NoReturn

import flask
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest, UnprocessableEntity, UnsupportedMediaType

from engine.errors import BatchSize
from engine.office.batch_views import BatchRow
from engine.office.completing import MOST_ROWS
from engine.office.views import (
    CriterionView,
    DossierView,
    FileView,
    HistoryLine,
    NominationRow,
    NominationView,
    PersonView,
    TaskRow,
)
from web.api.refusals import told
from web.errors import field_sentences
from web.inbox import BOXES
from web.strict_json import NotStrict, strict_json
from web.texts import sentence

LARGEST_PAGE = 200
MOST_TOLD = 100  # refused names that an answer holds, and problems of one of them


class InvalidRequest(UnprocessableEntity):
    """A request of a program has a wrong shape. `fields`: name -> what is wrong, as marshmallow says it."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__()
        self.fields = {
            name: [told(problem) for problem in problems[:MOST_TOLD]]
            for name, problems in islice(fields.items(), MOST_TOLD)
        }


class StrictParser(FlaskParser):  # type: ignore[misc]
    """Parses requests strictly: unknown names are refused in the query too."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {
        "query": RAISE,
        "form": RAISE,
        "files": RAISE,
    }

    def load_json(self, req: flask.Request, schema: Schema) -> Any:
        if not req.is_json:
            raise UnsupportedMediaType()
        try:
            return strict_json(req.get_data(cache=True))
        except NotStrict as refused:
            raise InvalidRequest(fields={"json": [str(refused)]}) from None
        except ValueError:
            raise BadRequest() from None

    def load_form(self, req: flask.Request, schema: Schema) -> Any:
        if req.mimetype != "multipart/form-data":
            raise UnsupportedMediaType()
        return _once(super().load_form(req, schema))

    def load_querystring(self, req: flask.Request, schema: Schema) -> Any:
        return _once(super().load_querystring(req, schema))

    def handle_error(self, error: ValidationError, *args: Any, **kwargs: Any) -> NoReturn:
        found: dict[str, Any] = {}
        for messages in error.normalized_messages().values():
            found |= messages if isinstance(messages, dict) else {"_schema": messages}
        raise InvalidRequest(fields={name: _flat(messages) for name, messages in found.items()})


def _once(values: MultiDictProxy) -> MultiDictProxy:
    """Return the values of a form or an address, none of which stands there twice: which of them would be meant?"""
    twice = [name for name, found in values.lists() if len(found) > 1]
    if twice:
        raise InvalidRequest(fields={name: ["Given twice."] for name in twice})
    return values


def _flat(messages: Any) -> list[str]:
    if isinstance(messages, Mapping):
        return [text for inner in messages.values() for text in _flat(inner)]
    return [str(text) for text in messages]


class Rows(fields.List):
    """A list of rows; too many are refused before the first is looked at."""

    def __init__(self, inner: fields.Field[Any] | type[fields.Field[Any]], most: int, **more: Any) -> None:
        super().__init__(inner, metadata={"maxItems": most}, **more)
        self.most = most

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise BatchSize(max=self.most, count=len(value))
        return super()._deserialize(value, *args, **kwargs)


class Strict(Schema):
    class Meta:
        unknown = RAISE


class TaskQuery(Strict):
    """Which tasks: the same names as in the address of the page."""

    box = fields.String(load_default="mine", validate=validate.OneOf(BOXES))
    step = fields.String()
    award = fields.String()
    unit = fields.String()
    round = fields.String()
    q = fields.String(validate=validate.Length(max=200))
    limit = fields.Integer(load_default=25, validate=validate.Range(1, LARGEST_PAGE))
    after = fields.String()


class CommandBody(Strict):
    command_id = fields.UUID(required=True)


class TaskCommand(CommandBody):
    expected_version = fields.Integer(required=True, strict=True)


class Assignment(TaskCommand):
    to = fields.String(required=True)


class Completion(TaskCommand):
    form = fields.Dict(keys=fields.String(), load_default=dict)


class BatchLine(Strict):
    task = fields.UUID(required=True)
    expected_version = fields.Integer(required=True, strict=True)
    form = fields.Dict(keys=fields.String(), load_default=dict)


class Batch(CommandBody):
    """Up to 1,000 tasks of different nominations. `preview` writes nothing; `commit` completes all of them or none."""

    mode = fields.String(required=True, validate=validate.OneOf(("preview", "commit")))
    items = Rows(fields.Nested(BatchLine), MOST_ROWS, required=True)


class MessageLine(Strict):
    nomination = fields.String(required=True)
    form = fields.Dict(keys=fields.String(), load_default=dict)


class NewMessage(CommandBody):
    """What came from outside (`central_answer`, `comment_received`) for up to 1,000 nominations, all or none."""

    message = fields.String(required=True)
    items = Rows(fields.Nested(MessageLine), MOST_ROWS, required=True)


class NewNomination(CommandBody):
    """One nominee for one award; `dossier` is the code of an open dossier, null starts one."""

    unit = fields.String(required=True)
    round = fields.String(load_default=None, allow_none=True)
    award = fields.String(required=True)
    kind = fields.String(required=True)
    late_reason = fields.String(load_default=None, allow_none=True)
    dossier = fields.String(load_default=None, allow_none=True)
    form = fields.Dict(keys=fields.String(), required=True)


class WithReason(CommandBody):
    reason = fields.String(required=True)


class OnNomination(Schema):
    """What an act on a whole nomination answers: its code."""

    nomination = fields.String()


class UploadForm(CommandBody):
    """The text fields beside the file of an upload: the code of a nomination or that of a paper."""

    nomination = fields.String()
    paper = fields.String()

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if ("nomination" in data) == ("paper" in data):
            raise ValidationError("Name a nomination or a paper.", "nomination")


def only_file(sent: MultiDict[str, FileStorage]) -> FileStorage:
    """Return the part `file` of an upload, beside which there may be no other."""
    wrong = {name: "Given twice." if name == "file" else "Unknown field." for name, _part in sent.items(multi=True)}
    found = sent.getlist("file")
    if len(found) == 1:
        del wrong["file"]
    if not wrong and not (found and found[0].filename):
        wrong["file"] = "Missing data for required field."
    if wrong:
        raise InvalidRequest(fields={name: [problem] for name, problem in wrong.items()})
    return found[0]


class PersonShape(Schema):
    id = fields.String()
    name = fields.String()


class TaskShape(Schema):
    id = fields.String()
    nomination = fields.String(allow_none=True)
    paper = fields.String(allow_none=True)
    element = fields.String()
    name = fields.String()
    form = fields.String(allow_none=True)
    state = fields.String()
    assignee = fields.String(allow_none=True)
    role = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    due_on = fields.Date(allow_none=True)
    version = fields.Integer()


class TaskPage(Schema):
    items = fields.List(fields.Nested(TaskShape))
    next = fields.String(allow_none=True)


class TaskAnswer(Schema):
    """What claiming, giving back and assigning answer: the task and its new version."""

    task = fields.String()
    version = fields.Integer()


class Completed(Schema):
    """What completing a task answers; `tasks` are the ids of those its nomination or paper waits for now."""

    task = fields.String()
    nomination = fields.String()
    paper = fields.String()
    tasks = fields.List(fields.String())
    ended = fields.Boolean()
    incident = fields.Boolean()


class NextShape(Schema):
    task = fields.String()
    element = fields.String()
    name = fields.String()
    role = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    due_on = fields.String(allow_none=True, metadata={"format": "date"})


class BatchRowShape(Schema):
    """One row: `ok` with what follows (`next`: the steps that open), or a code with its sentence and refused fields."""

    task = fields.String()
    nomination = fields.String(allow_none=True)
    ok = fields.Boolean()
    code = fields.String(allow_none=True)
    message = fields.String(allow_none=True)
    next = fields.List(fields.Nested(NextShape))
    awaits = fields.List(fields.String())
    status = fields.String(allow_none=True)
    ended = fields.Boolean()
    incident = fields.Boolean()
    # Last: within the class the name is then no longer that of marshmallow's module.
    fields = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class BatchAnswer(Schema):
    rows = fields.List(fields.Nested(BatchRowShape))


class BatchRefusal(BatchAnswer):
    """A row failed, so nothing was done; `rows` are all results, as a preview gives them."""

    code = fields.String()
    message = fields.String()
    fields = fields.Dict()


class AwaitedRowShape(Schema):
    nomination = fields.String(attribute="code")
    nominee = fields.String()
    award = fields.String()
    unit = fields.String()
    suspended = fields.Boolean()


class AwaitedShape(Schema):
    message = fields.String()
    name = fields.String()
    form = fields.String()
    nominations = fields.List(fields.Nested(AwaitedRowShape))


class AwaitedPage(Schema):
    items = fields.List(fields.Nested(AwaitedShape))


class Started(Schema):
    code = fields.String()
    id = fields.String()


class Attached(Schema):
    file = fields.String()
    sha256 = fields.String()


class FileShape(Schema):
    id = fields.String()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    at = fields.DateTime()


class CriterionShape(Schema):
    code = fields.String()
    title = fields.String()
    result = fields.String()
    declared = fields.Dict()


class AwardShape(Schema):
    year = fields.Integer()
    award = fields.String()
    authority = fields.String()
    number = fields.String(allow_none=True)
    day = fields.Date(allow_none=True)
    same_movement = fields.Boolean()
    valid = fields.Boolean()


class NominationShape(Schema):
    id = fields.String()
    code = fields.String()
    dossier = fields.String()
    nominee = fields.String()
    award = fields.String()
    kind = fields.String()
    unit = fields.String()
    status = fields.String()
    stage = fields.String()
    round = fields.String(allow_none=True)
    late = fields.Boolean()
    regime = fields.String()
    release = fields.String()
    opened_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True)
    suspended = fields.Boolean()
    criteria = fields.List(fields.Nested(CriterionShape))
    awards = fields.List(fields.Nested(AwardShape))
    tasks = fields.List(fields.Nested(TaskShape))
    files = fields.List(fields.Nested(FileShape))


class HistoryShape(Schema):
    seq = fields.Integer()
    at = fields.DateTime()
    done_at = fields.DateTime(allow_none=True)
    act = fields.String()
    actor = fields.Nested(PersonShape, allow_none=True)
    element = fields.String(allow_none=True)
    step = fields.String(allow_none=True)
    about = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    hash = fields.String()


class HistoryPage(Schema):
    items = fields.List(fields.Nested(HistoryShape))


class DossierLine(Schema):
    id = fields.String()
    code = fields.String()
    nominee = fields.String()
    status = fields.String()


class DossierShape(Schema):
    id = fields.String()
    code = fields.String()
    unit = fields.String()
    award = fields.String()
    status = fields.String()
    authority = fields.String()
    round = fields.String(allow_none=True)
    opened_at = fields.DateTime()
    nominations = fields.List(fields.Nested(DossierLine))


# --- views of the engine, as these shapes ------------------------------------------------------------------------


def person(view: PersonView | None) -> dict[str, Any] | None:
    return {"id": view.id, "name": view.full_name} if view else None


def task(row: TaskRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "nomination": row.code if row.subject == "nomination" else None,
        "paper": row.code if row.subject == "paper" else None,
        "element": row.element,
        "name": row.name,
        "form": row.form,
        "state": row.state,
        "assignee": row.assignee.id if row.assignee else None,
        "role": row.role,
        "unit": row.unit,
        "due_on": row.due.due_on if row.due else None,
        "version": row.version,
    }


def batch_row(row: BatchRow) -> dict[str, Any]:
    refused = row.refusal
    said = {"code": refused.code, "message": sentence(refused), "fields": field_sentences(refused)} if refused else {}
    return done_row(row.to_json()) | {"ok": refused is None} | said


def done_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of a batch act that was done, as its answer was kept."""
    return row | {"ok": True, "code": None, "message": None, "fields": {}}


def criterion(view: CriterionView) -> dict[str, Any]:
    return {"code": view.code, "title": view.title, "result": view.result, "declared": view.declared}


def file(view: FileView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in ("id", "name", "media_type", "size", "sha256", "at")}


def nomination(view: NominationView) -> dict[str, Any]:
    listed = {
        "criteria": [criterion(each) for each in view.criteria],
        "tasks": [task(each) for each in view.tasks],
        "files": [file(each) for each in view.files],
    }
    return {name: getattr(view, name) for name in NominationShape().fields if name not in listed} | listed


def history_line(line: HistoryLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in HistoryShape().fields if name != "actor"} | {
        "actor": person(line.actor)
    }


def dossier_line(row: NominationRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DossierLine().fields}


def dossier(view: DossierView) -> dict[str, Any]:
    plain = {name: getattr(view, name) for name in DossierShape().fields if name != "nominations"}
    return plain | {"nominations": [dossier_line(row) for row in view.nominations]}
