import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from engine.errors import EngineError, TooManyTries
from engine.office.pace import Limits
from engine.office.views import Actor
from tests.builders import AGREES, ASSESSMENT, NOMINEE, NOTICE, VOTE, WANTS_MORE, Office, new_id
from tests.web.conftest import Program
from web.errors import status_of

GiveToken = Callable[[Actor], Program]
TASK_SHAPE = {
    "id", "nomination", "paper", "element", "name", "form", "state", "assignee", "role", "unit", "due_on", "version",
}  # fmt: skip


def a_nomination(**more: Any) -> dict[str, Any]:
    plain = {"command_id": new_id(), "unit": "X2545", "round": None, "award": "GK_XA", "kind": "ca_nhan"}
    return plain | {"dossier": None, "form": NOMINEE} | more


def complete(who: Program, code: str, form: dict[str, Any]) -> None:
    """Find the one task of a nomination in the box of the group, and complete it."""
    items = who.get("/tasks", query_string={"box": "group", "q": code}).json["items"]  # type: ignore[index]
    [task] = [each for each in items if each["nomination"] == code]
    body = {"command_id": new_id(), "expected_version": task["version"], "form": form}
    answer = who.post(f"/tasks/{task['id']}/complete", body)
    assert answer.status_code == 200, answer.json


def test_a_nomination_runs_to_its_end_by_the_api_alone(office: Office, program: GiveToken) -> None:
    officer, council, head = program(office.officer), program(office.council), program(office.head)

    started = officer.post("/nominations", a_nomination())
    assert started.status_code == 201
    code = started.json["code"]  # type: ignore[index]
    complete(officer, code, ASSESSMENT)
    complete(council, code, VOTE)
    complete(head, code, WANTS_MORE)
    complete(officer, code, ASSESSMENT)
    complete(head, code, AGREES)
    complete(officer, code, NOTICE)

    found = officer.get(f"/nominations/{code}").json
    assert found["status"] == "DUOC_KHEN" and found["tasks"] == []  # type: ignore[index]
    acts = [line["act"] for line in officer.get(f"/nominations/{code}/history").json["items"]]  # type: ignore[index]
    assert acts[0] == "started" and acts.count("completed") == 6
    dossier = officer.get(f"/dossiers/{code.split('/')[0]}").json
    assert [line["code"] for line in dossier["nominations"]] == [code]  # type: ignore[index]


def test_a_task_has_the_shape_that_programs_rely_on(office: Office, program: GiveToken) -> None:
    office.at_head()
    page = program(office.head).get("/tasks?box=group").json
    assert set(page) == {"items", "next"}  # type: ignore[arg-type]
    [task] = page["items"]  # type: ignore[index]
    assert set(task) == TASK_SHAPE
    assert (task["element"], task["role"], task["unit"], task["paper"]) == ("head_decision", "TT_DV", "X2545", None)


def test_claim_release_and_assign(office: Office, program: GiveToken) -> None:
    code = office.at_head()
    head = program(office.head)

    def act(name: str, **more: Any) -> int:
        task = office.only_task(code).task
        body = {"command_id": new_id(), "expected_version": task.version} | more
        return head.post(f"/tasks/{task.id}/{name}", body).status_code

    assert act("claim") == 200
    assert act("release") == 200
    assert act("assign", to=office.head.person.id) == 200
    assert office.only_task(code).task.assignee == office.head.person


@pytest.mark.parametrize("token", [None, "made-up"])
def test_without_a_good_token_there_is_nothing(app: Flask, token: str | None) -> None:
    answer = Program(app, token).get("/tasks")
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert set(answer.json) == {"code", "message", "fields"}  # type: ignore[arg-type]


def test_a_session_of_a_browser_is_no_token(app: Flask, office: Office) -> None:
    from tests.web.conftest import COOKIE, open_session

    client = app.test_client()
    client.set_cookie(COOKIE, open_session(office, office.officer))
    assert client.get("/api/v1/tasks").status_code == 401


def test_hidden_and_missing_are_one(office: Office, program: GiveToken) -> None:
    code = office.at_head()
    other = program(office.other)
    hidden, missing = other.get(f"/nominations/{code}"), other.get("/nominations/KT-2099-0001/01")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.data == missing.data
    task = office.only_task(code).task
    body = {"command_id": new_id(), "expected_version": task.version}
    assert other.post(f"/tasks/{task.id}/claim", body).status_code == 404


def test_conflicts_are_409_and_the_same_command_gives_the_same_answer(office: Office, program: GiveToken) -> None:
    code = office.at_head()
    head = program(office.head)
    task = office.only_task(code).task
    body = {"command_id": new_id(), "expected_version": task.version, "form": AGREES}

    first, again = (head.post(f"/tasks/{task.id}/complete", body) for _ in range(2))
    other = head.post(f"/tasks/{task.id}/complete", body | {"command_id": new_id()})
    reused = head.post(f"/tasks/{task.id}/complete", body | {"form": WANTS_MORE})

    assert (first.status_code, again.status_code) == (200, 200) and first.json == again.json
    assert other.status_code == 409 and other.json["code"] == "task_already_completed"  # type: ignore[index]
    assert reused.status_code == 422 and reused.json["code"] == "command_reused"  # type: ignore[index]


def test_a_wrong_form_names_its_fields(office: Office, program: GiveToken) -> None:
    answer = program(office.officer).post("/nominations", a_nomination(form=NOMINEE | {"so_dinh_danh": "12", "x": 1}))
    assert answer.status_code == 422
    assert answer.json["code"] == "invalid_form"  # type: ignore[index]
    assert {"so_dinh_danh", "x"} <= set(answer.json["fields"])  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/nominations", {"unit": 5}),
        ("/nominations", {"form": ["a"]}),
        ("/nominations", {"form": None}),
        ("/nominations", {"command_id": "no uuid"}),
        ("/nominations", {"extra": 1}),
        ("/nominations", {"form": NOMINEE | {"ten": ["a"]}}),
        ("/nominations", {"form": NOMINEE | {"ten": {"a": {}}}}),
        ("/nominations", {"form": NOMINEE | {"ten": 1}}),
        ("/nominations", {"form": NOMINEE | {"ten": "\ud800"}}),
        ("/nominations", {"award": "KHONG_CO"}),
    ],
)
def test_wrong_types_are_422_and_never_500(office: Office, program: GiveToken, path: str, body: dict[str, Any]) -> None:
    answer = program(office.officer).post(path, a_nomination() | body)
    assert answer.status_code == 422, answer.json
    assert set(answer.json) == {"code", "message", "fields"}  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["1", True, 1.5, None, [1]])
def test_a_version_is_a_whole_number(office: Office, program: GiveToken, version: Any) -> None:
    task = office.only_task(office.at_head()).task
    body = {"command_id": new_id(), "expected_version": version, "form": AGREES}
    assert program(office.head).post(f"/tasks/{task.id}/complete", body).status_code == 422


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b'{"unit": NaN}', 422),
        (b'{"unit": 1e400}', 422),
        (b'{"unit": "a", "unit": "b"}', 422),
        (b"[" * 100_000, 422),
        (b'{"unit": ', 400),
        (b"\xff\xfe", 400),
        (b"", 400),
        (b"[]", 422),
    ],
)
def test_broken_json_is_refused_calmly(office: Office, program: GiveToken, raw: bytes, status: int) -> None:
    answer = program(office.officer).post("/nominations", data=raw, content_type="application/json")
    assert answer.status_code == status, answer.json


def test_a_body_of_another_type_is_415(office: Office, program: GiveToken) -> None:
    for path, kind in (("/nominations", "text/plain"), ("/nominations", None), ("/files", "application/json")):
        answer = program(office.officer).post(path, data="x=1", content_type=kind)
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")  # type: ignore[index]


def test_a_body_over_the_limit_is_413(office: Office, program: GiveToken) -> None:
    answer = program(office.officer).post("/nominations", a_nomination(form={"ten": "x" * 3_000_000}))
    assert answer.status_code == 413


def test_unknown_filters_are_refused(office: Office, program: GiveToken) -> None:
    officer = program(office.officer)
    assert officer.get("/tasks?box=all").status_code == 422
    assert officer.get("/tasks?limit=0").status_code == 422
    assert officer.get("/tasks?sort=name").status_code == 422


def test_a_file_is_uploaded_to_a_nomination(office: Office, program: GiveToken) -> None:
    code = office.at_head()
    form = {"command_id": new_id(), "nomination": code, "file": (BytesIO(b"%PDF-1.7"), "báo cáo.pdf")}
    answer = program(office.officer).post("/files", data=form)
    assert answer.status_code == 201, answer.json
    [file] = program(office.officer).get(f"/nominations/{code}").json["files"]  # type: ignore[index]
    assert (file["name"], file["size"]) == ("báo cáo.pdf", 8)


def test_the_description_names_every_path(app: Flask) -> None:
    described = app.test_client().get("/api/v1/openapi.json").json
    assert {
        "/api/v1/tasks",
        "/api/v1/tasks/{task_id}/claim",
        "/api/v1/tasks/{task_id}/release",
        "/api/v1/tasks/{task_id}/assign",
        "/api/v1/tasks/{task_id}/complete",
        "/api/v1/nominations",
        "/api/v1/nominations/{dossier}/{line}",
        "/api/v1/nominations/{dossier}/{line}/history",
        "/api/v1/dossiers/{code}",
        "/api/v1/files",
    } <= set(described["paths"])  # type: ignore[index]


# --- the list of errors in the contract


def test_a_field_of_a_request_is_refused_in_vietnamese_and_in_english_where_that_is_asked_for(
    office: Office, program: GiveToken
) -> None:
    officer = program(office.officer)
    wrong = {"command_id": "x", "unit": 5, "form": [], "more": 1, "kind": None}

    def fields(**headers: str) -> dict[str, list[str]]:
        officer.headers |= headers
        refused = officer.post("/nominations", a_nomination() | wrong)
        assert refused.status_code == 422
        return refused.json["fields"]  # type: ignore[index,no-any-return]

    assert fields()["command_id"] == ["Giá trị này phải là một UUID."]
    assert fields()["more"] == ["Yêu cầu này không có mục như vậy."]
    english = fields(**{"Accept-Language": "en-GB,en;q=0.9"})
    assert english["command_id"] == ["This must be a UUID."] and english["unit"] == ["This must be text."]


@pytest.mark.parametrize(
    "path", ["/tasks?limit=0", "/tasks?box=x", "/tasks?q=" + "x" * 201, "/tasks?limit=x", "/papers?x=1"]
)
def test_no_field_is_refused_in_the_english_of_a_library(office: Office, program: GiveToken, path: str) -> None:
    said = program(office.officer).get(path).json["fields"]  # type: ignore[index]
    texts = [text for found in said.values() for text in found]
    assert texts and not any(re.search(r"\b(valid|field|must|than|one of|length)\b", text) for text in texts), texts


@pytest.mark.parametrize(
    "body",
    [b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 100_000, b"[]", b'{"mode": "try", "items": 1, "command_id": []}',
     b'{"mode": "commit", "items": [{}, 1], "command_id": "c"}'],
)  # fmt: skip
def test_broken_bodies_are_told_in_vietnamese(office: Office, program: GiveToken, body: bytes) -> None:
    answer = program(office.officer).post("/tasks/batch", data=body, content_type="application/json")
    said = [text for found in answer.json["fields"].values() for text in found]  # type: ignore[index]
    assert said and not any(re.search(r"\b(valid|field|must|than|nested|stands|type)\b", text) for text in said), said


def test_who_may_see_a_case_reads_why_its_finished_task_cannot_be_done(office: Office, program: GiveToken) -> None:
    code = office.at_head()
    task = office.only_task(code).task
    office.complete(code, office.head, AGREES)
    office.complete(code, office.officer, NOTICE)
    body = {"command_id": new_id(), "expected_version": task.version, "form": AGREES}

    for who in (office.head, office.officer, office.auditor):
        refused = program(who).post(f"/tasks/{task.id}/complete", body | {"command_id": new_id()})
        assert (refused.status_code, refused.json["code"]) == (409, "task_already_completed")  # type: ignore[index]
        assert "Lý Văn Sơn" in refused.json["message"]  # type: ignore[index]
    hidden = program(office.other).post(f"/tasks/{task.id}/complete", body)
    assert hidden.status_code == 404


def test_a_finished_dossier_says_that_it_takes_no_more(office: Office, program: GiveToken) -> None:
    dossier = office.awarded().partition("/")[0]

    refused = program(office.officer).post("/nominations", a_nomination(dossier=dossier))
    hidden = program(office.other).post("/nominations", a_nomination(dossier=dossier, unit="X2455"))

    assert (refused.status_code, refused.json["code"]) == (409, "dossier_closed")  # type: ignore[index]
    assert dossier in refused.json["message"] and hidden.status_code == 404  # type: ignore[index]


def test_an_auditor_is_refused_every_act_on_what_they_see(office: Office, program: GiveToken) -> None:
    code = office.at_head()
    task = office.claim(code, office.head).task
    auditor = program(office.auditor)
    body = {"command_id": new_id(), "expected_version": task.version}

    acts: list[tuple[str, dict[str, Any]]] = [
        (f"/tasks/{task.id}/claim", body),
        (f"/tasks/{task.id}/release", body),
        (f"/tasks/{task.id}/assign", body | {"to": office.head.person.id}),
        (f"/tasks/{task.id}/complete", body | {"form": AGREES}),
        ("/nominations", a_nomination()),
        ("/papers", {"command_id": new_id(), "kind": "to_trinh_don_vi", "nominations": [code]}),
        ("/rounds", {"command_id": new_id(), "movement": "PT-230", "form": {}}),
    ]
    for path, sent in acts:
        refused = auditor.post(path, sent | {"command_id": new_id()})
        assert (refused.status_code, refused.json["code"]) == (403, "not_allowed"), path  # type: ignore[index]
    form = {"command_id": new_id(), "nomination": code, "file": (BytesIO(b"x"), "x.pdf")}
    assert auditor.post("/files", data=form).status_code == 403


def test_every_refusal_of_the_engine_has_a_status_of_the_contract() -> None:
    def classes(of: type[EngineError]) -> set[type[EngineError]]:
        return {of}.union(*(classes(each) for each in of.__subclasses__()))

    allowed = {401, 403, 404, 409, 413, 422, 429, 503}  # 503: the data cannot be opened
    for each in classes(EngineError):
        error = each.__new__(each)
        error.params = {}
        assert status_of(error) in allowed, each


def test_too_many_tries_are_429_with_the_seconds_to_wait() -> None:
    assert status_of(TooManyTries(seconds=4)) == 429


def test_a_program_that_sends_too_much_is_told_when_to_send_again(
    office: Office, app: Flask, program: GiveToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LIMITS", Limits(writes=2))
    officer, other = program(office.officer), program(office.other)
    assert officer.post("/nominations", {}).status_code == 422
    kept = a_nomination()
    assert officer.post("/nominations", kept).status_code == 201

    refused = officer.post("/nominations", a_nomination())

    assert (refused.status_code, refused.json["code"]) == (429, "too_many_writes")  # type: ignore[index]
    assert refused.headers["Retry-After"] == "60" and "60" in refused.json["message"]  # type: ignore[index]
    assert officer.get("/tasks").status_code == 200
    assert other.post("/nominations", a_nomination(unit="X2455")).status_code == 201
    office.clock.at += timedelta(minutes=1)
    assert officer.post("/nominations", kept).status_code == 201
    assert len(office.engine.nominations(office.officer).items) == 1


# --- batch acts


def in_group(who: Program) -> list[dict[str, Any]]:
    return who.get("/tasks", query_string={"box": "group", "limit": 200}).json["items"]  # type: ignore[index,no-any-return]


def a_batch(mode: str, tasks: list[dict[str, Any]], form: dict[str, Any], **more: Any) -> dict[str, Any]:
    items = [{"task": task["id"], "expected_version": task["version"], "form": form} for task in tasks]
    return {"command_id": new_id(), "mode": mode, "items": items} | more


def test_a_program_tries_a_batch_and_then_carries_it_out(office: Office, program: GiveToken) -> None:
    for number in range(3):
        office.at_head(ten=f"Người thứ {number}")
    head = program(office.head)
    tasks = in_group(head)

    tried = head.post("/tasks/batch", a_batch("preview", tasks, AGREES))
    assert tried.status_code == 200 and len(in_group(head)) == 3
    done = head.post("/tasks/batch", a_batch("commit", tasks, AGREES))

    assert done.json == tried.json
    assert [row["ok"] for row in done.json["rows"]] == [True] * 3  # type: ignore[index]
    assert {row["next"][0]["element"] for row in done.json["rows"]} == {"award_notice"}  # type: ignore[index]
    assert in_group(head) == []


def test_a_batch_with_a_bad_row_is_a_conflict_with_all_rows(office: Office, program: GiveToken) -> None:
    for number in range(2):
        office.at_head(ten=f"Người thứ {number}")
    head = program(office.head)
    body = a_batch("commit", in_group(head), AGREES)
    body["items"][1]["form"] = AGREES | {"ngay_quyet_dinh": "32/13/2026"}

    refused = head.post("/tasks/batch", body)
    assert refused.status_code == 409 and refused.json["code"] == "batch_refused"  # type: ignore[index]
    good, bad = refused.json["rows"]  # type: ignore[index]
    assert (good["ok"], bad["ok"], bad["code"]) == (True, False, "invalid_form")
    assert bad["fields"]["ngay_quyet_dinh"] and len(in_group(head)) == 2


@pytest.mark.parametrize("wrong", [{"mode": "try"}, {"items": []}, {"items": [{"task": "x", "expected_version": 1}]}])
def test_a_batch_of_a_wrong_shape_is_refused(office: Office, program: GiveToken, wrong: dict[str, Any]) -> None:
    answer = program(office.head).post("/tasks/batch", a_batch("preview", [], {}) | wrong)
    assert answer.status_code == 422


def test_a_row_of_another_unit_says_no_more_than_that_it_is_not_there(office: Office, program: GiveToken) -> None:
    task = office.only_task(office.at_head()).task
    known = {"id": task.id, "version": task.version}
    seen = program(office.other).post("/tasks/batch", a_batch("preview", [known], {})).json["rows"]  # type: ignore[index]
    none = program(office.other).post("/tasks/batch", a_batch("preview", [known | {"id": new_id()}], {})).json["rows"]  # type: ignore[index]
    assert [row | {"task": ""} for row in seen] == [row | {"task": ""} for row in none]
    assert seen[0]["code"] == "not_found"
