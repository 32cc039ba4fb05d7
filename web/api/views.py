"""Routes of the API. Each takes a bearer token and answers with the codes of the contract."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, make_response, request
from flask_smorest import Blueprint

from engine.commands import (
    AssignTask,
    AttachFile,
    AttachToPaper,
    BatchItem,
    ClaimTask,
    CompleteBatch,
    CompleteTask,
    MessageItem,
    RecordMessage,
    ReleaseTask,
    ResumeNomination,
    StartNomination,
    SuspendNomination,
    WithdrawNomination,
)
from engine.errors import BatchRefused
from web.api import schemas
from web.errors import status_of
from web.requests import count, engine
from web.rules import rule
from web.texts import sentence


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    ARGUMENTS_PARSER = schemas.StrictParser()


blueprint = ApiBlueprint("api", __name__, url_prefix="/api/v1")
token = rule("token")


ON_WHOLE = {"withdraw": WithdrawNomination, "suspend": SuspendNomination, "resume": ResumeNomination}


def me() -> str:
    person: str = g.actor.person.id
    return person


# --- tasks -------------------------------------------------------------------------------------------------------


@blueprint.get("/tasks")
@token
@blueprint.arguments(schemas.TaskQuery, location="query")
@blueprint.response(200, schemas.TaskPage)
def tasks(asked: dict[str, Any]) -> dict[str, Any]:
    """One page of a box of the reader's tasks."""
    page = engine().inbox(g.actor, asked.pop("box"), **asked)
    return {"items": [schemas.task(row) for row in page.items], "next": page.next}


@blueprint.post("/tasks/<uuid:task_id>/claim")
@token
@blueprint.arguments(schemas.TaskCommand)
@blueprint.response(200, schemas.TaskAnswer)
def claim(body: dict[str, Any], task_id: object) -> dict[str, Any]:
    """Take a task of one of the reader's groups."""
    return engine().claim_task(ClaimTask(**on_task(body, task_id)))


@blueprint.post("/tasks/<uuid:task_id>/release")
@token
@blueprint.arguments(schemas.TaskCommand)
@blueprint.response(200, schemas.TaskAnswer)
def release(body: dict[str, Any], task_id: object) -> dict[str, Any]:
    """Give a task back to its group."""
    return engine().release_task(ReleaseTask(**on_task(body, task_id)))


@blueprint.post("/tasks/<uuid:task_id>/assign")
@token
@blueprint.arguments(schemas.Assignment)
@blueprint.response(200, schemas.TaskAnswer)
def assign(body: dict[str, Any], task_id: object) -> dict[str, Any]:
    """Hand a task to a person (`to`, a person id) of its group."""
    return engine().assign_task(AssignTask(**on_task(body, task_id)))


@blueprint.post("/tasks/<uuid:task_id>/complete")
@token
@blueprint.arguments(schemas.Completion)
@blueprint.response(200, schemas.Completed)
def complete(body: dict[str, Any], task_id: object) -> dict[str, Any]:
    """File the form of a task."""
    return engine().complete_task(CompleteTask(**on_task(body, task_id)))


@blueprint.post("/tasks/batch")
@token
@blueprint.arguments(schemas.Batch)
@blueprint.response(200, schemas.BatchAnswer)
@blueprint.alt_response(409, schema=schemas.BatchRefusal)
def batch(body: dict[str, Any]) -> Any:
    """Complete up to 1,000 tasks in one act, or say what would become of each of them."""
    items = tuple(BatchItem(**item | {"task": str(item["task"])}) for item in body["items"])
    if body["mode"] == "preview":
        return {"rows": [schemas.batch_row(row) for row in engine().preview_batch(g.actor, items)]}
    try:
        done = engine().complete_batch(CompleteBatch(command_id=str(body["command_id"]), actor=me(), items=items))
    except BatchRefused as refused:
        return batch_refused(refused)
    return {"rows": [schemas.done_row(row) for row in done["rows"]]}


def batch_refused(refused: BatchRefused) -> Any:
    rows = [schemas.batch_row(row) for row in refused.params["rows"]]
    said = {"code": refused.code, "message": sentence(refused), "fields": {}, "rows": rows}
    return make_response(jsonify(schemas.BatchRefusal().dump(said)), status_of(refused))


@blueprint.get("/messages")
@token
@blueprint.response(200, schemas.AwaitedPage)
def awaited() -> dict[str, Any]:
    """What the reader may enter now of what comes from outside, with the nominations that wait for it."""
    found = engine().awaited(g.actor)
    items = [{"message": a.message, "name": a.name, "form": a.form["key"], "nominations": a.rows} for a in found]
    return {"items": items}


@blueprint.post("/messages")
@token
@blueprint.arguments(schemas.NewMessage)
@blueprint.response(200, schemas.BatchAnswer)
@blueprint.alt_response(409, schema=schemas.BatchRefusal)
def record_message(body: dict[str, Any]) -> Any:
    """Enter what came from outside for several nominations."""
    items = tuple(MessageItem(**item) for item in body["items"])
    command = RecordMessage(command_id=str(body["command_id"]), actor=me(), message=body["message"], items=items)
    try:
        done = engine().record_message(command)
    except BatchRefused as refused:
        return batch_refused(refused)
    return {"rows": [schemas.done_row(row) for row in done["rows"]]}


def on_task(body: dict[str, Any], task_id: object) -> dict[str, Any]:
    return body | {"command_id": str(body["command_id"]), "actor": me(), "task": str(task_id)}


# --- nominations, dossiers, files --------------------------------------------------------------------------------


@blueprint.post("/nominations")
@token
@blueprint.arguments(schemas.NewNomination)
@blueprint.response(201, schemas.Started)
def start(body: dict[str, Any]) -> dict[str, Any]:
    """Nominate one name for one award."""
    command = StartNomination(**body | {"command_id": str(body["command_id"])}, actor=me())
    return engine().start_nomination(command)


@blueprint.get("/nominations/<dossier>/<line>")
@token
@blueprint.response(200, schemas.NominationShape)
def nomination(dossier: str, line: str) -> dict[str, Any]:
    """A nomination by its code, such as KT-2026-0117/02."""
    return schemas.nomination(engine().nomination(g.actor, f"{dossier}/{line}"))


@blueprint.get("/nominations/<dossier>/<line>/history")
@token
@blueprint.response(200, schemas.HistoryPage)
def history(dossier: str, line: str) -> dict[str, Any]:
    """What happened to a nomination, oldest first."""
    return {"items": [schemas.history_line(each) for each in engine().history(g.actor, f"{dossier}/{line}")]}


@blueprint.post("/nominations/<dossier>/<line>/<any(withdraw, suspend, resume):act>")
@token
@blueprint.arguments(schemas.WithReason)
@blueprint.response(200, schemas.OnNomination)
def on_whole(body: dict[str, Any], dossier: str, line: str, act: str) -> dict[str, Any]:
    """Withdraw a nomination, suspend it while a bar to the award is looked into, or go on with it."""
    command = ON_WHOLE[act](
        command_id=str(body["command_id"]), actor=me(), nomination=f"{dossier}/{line}", reason=body["reason"]
    )
    return engine().execute(command)


@blueprint.post("/files")
@token
@blueprint.arguments(schemas.UploadForm, location="form")
@blueprint.response(201, schemas.Attached)
def upload(body: dict[str, Any]) -> dict[str, Any]:
    """Attach a file (part `file` of a multipart body) to a nomination or a paper."""
    part = schemas.only_file(request.files)
    count("uploads")
    more: dict[str, Any] = {
        "command_id": str(body["command_id"]),
        "actor": me(),
        "file_name": part.filename,
        "content": part.stream.read(),
    }
    if "paper" in body:
        return engine().attach_to_paper(AttachToPaper(paper=body["paper"], **more))
    return engine().attach_file(AttachFile(nomination=body["nomination"], **more))
