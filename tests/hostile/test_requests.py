"""Hostile requests of programs: each gets a 4xx in the shape of the API's errors, and nothing is done."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine.office.views import Actor
from tests.builders import AGREES, NOMINEE, PDF, Office, new_id
from tests.web.conftest import Program
from web.api.schemas import MOST_TOLD

GiveToken = Callable[[Actor], Program]

BODIES = {
    "nothing": b"",
    "cut short": b'{"command_id": ',
    "two values": b"{} {}",
    "no object": b"[]",
    "null": b"null",
    "a number that is none": b'{"form": {"ten": NaN}}',
    "a number beyond all bounds": b'{"form": {"ten": -1e400}}',
    "a number of 10,000 digits": b'{"expected_version": ' + b"9" * 10_000 + b"}",
    "a name twice": b'{"command_id": "a", "command_id": "b"}',
    "lists in lists": b"[" * 200_000,
    "objects in objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "more levels than any form": b'{"form": {"ten": ' + b"[" * 900 + b"]" * 900 + b"}}",
    "100,000 names": json.dumps({f"k{n}": 1 for n in range(100_000)}).encode(),
    "500,000 rows": b'{"items": [' + b"1," * 500_000 + b'1], "nominations": [' + b"1," * 300_000 + b"1]}",
    "3 MB": b'{"reason": "' + b"x" * 3_000_000 + b'"}',
    "half a character": b'{"command_id": "\\ud800", "reason": "\\ud800"}',
    "NUL": b'{"command_id": "\\u0000", "reason": "\\u0000"}',
    "Latin-1": b'{"reason": "\xe9"}',
    "UTF-16": '{"reason": "x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "names of the database": b'{"status": "DUOC_KHEN", "assignee": "me", "id": 1, "is_admin": true, "__proto__": {}}',
}


def is_refused(answer: TestResponse, *among: int) -> bool:
    shape = isinstance(answer.json, dict) and {"code", "message", "fields"} <= set(answer.json)
    return answer.status_code in (among or (400, 403, 404, 409, 413, 415, 422)) and shape


def posts(app: Flask, office: Office) -> list[str]:
    """Return the address of every route of the API that takes JSON, for a case that exists."""
    task = office.only_task(office.at_head()).task
    dossier, line = task.code.split("/")
    parts = {"<uuid:task_id>": task.id, "<dossier>": dossier, "<line>": line, "<code>": dossier}
    parts |= {"<any(withdraw, suspend, resume):act>": "suspend"}
    found = []
    for rule in app.url_map.iter_rules():
        path = rule.rule.removeprefix("/api/v1")
        if path == rule.rule or "POST" not in (rule.methods or ()) or path == "/files":
            continue
        for pattern, value in parts.items():
            path = path.replace(pattern, value)
        found.append(path)
    return found


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_hostile_body_is_refused_at_every_address(
    app: Flask, office: Office, program: GiveToken, body: bytes
) -> None:
    addresses, head = posts(app, office), program(office.head)
    assert len(addresses) >= 15
    for path in addresses:
        answer = head.post(path, data=body, content_type="application/json")
        assert is_refused(answer), (path, answer.status_code, answer.get_data()[:200])
    assert len(office.engine.nominations(office.auditor).items) == 1


@pytest.mark.parametrize(
    "kind",
    [None, "", "text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data", "x" * 5_000],
)
def test_another_content_type_is_refused_at_every_address(
    app: Flask, office: Office, program: GiveToken, kind: str | None
) -> None:
    head = program(office.head)
    for path in posts(app, office):
        assert is_refused(head.post(path, data=b"{}", content_type=kind), 415), path


@pytest.mark.parametrize("value", [None, True, "1", -1, 1.5, 10**30, [], {}, "\0", "\ud800", "x" * 100_000])
def test_a_value_of_another_type_is_refused_field_by_field(office: Office, program: GiveToken, value: Any) -> None:
    task = office.only_task(office.at_head()).task
    officer, head = program(office.officer), program(office.head)
    started = {"command_id": new_id(), "unit": "X2545", "award": "GK_XA", "kind": "ca_nhan", "form": NOMINEE}
    for name in started:
        # A unit of the right type is not theirs, a round or an award of it is not there.
        assert is_refused(officer.post("/nominations", started | {name: value}), 422, 404, 403), name
    done = {"command_id": new_id(), "expected_version": task.version, "form": AGREES}
    for name in done:
        # A version of the right type that was never there is a conflict; an empty form lacks its answers.
        assert is_refused(head.post(f"/tasks/{task.id}/complete", done | {name: value}), 422, 409), name
    assert office.only_task(task.code).task.element == "head_decision"


@pytest.mark.parametrize("mode", ["preview", "commit"])
def test_a_batch_of_1001_rows_is_refused_before_a_row_is_read(office: Office, program: GiveToken, mode: str) -> None:
    rows = [{"task": "no task at all"}] * 1_001
    answer = program(office.head).post("/tasks/batch", {"command_id": new_id(), "mode": mode, "items": rows})
    assert is_refused(answer, 422) and answer.json["code"] == "batch_size"  # type: ignore[index]


def test_an_answer_names_no_more_problems_than_a_person_can_read(office: Office, program: GiveToken) -> None:
    rows = [{"task": "no task at all"}] * 1_000
    wide = program(office.head).post("/tasks/batch", {"command_id": new_id(), "mode": "commit", "items": rows})
    long = program(office.head).post("/nominations", {f"k{n}": 1 for n in range(1_000)})
    assert is_refused(wide, 422) and len(wide.json["fields"]["items"]) == MOST_TOLD  # type: ignore[index]
    assert is_refused(long, 422) and len(long.json["fields"]) == MOST_TOLD  # type: ignore[index]


# --- uploads and addresses


def a_file(name: str = "bao cao.pdf") -> tuple[BytesIO, str]:
    return BytesIO(PDF), name


def test_of_an_upload_nothing_is_dropped_in_silence(office: Office, program: GiveToken) -> None:
    code, officer = office.at_head(), program(office.officer)
    good: dict[str, Any] = {"command_id": new_id(), "nomination": code}
    bad = [
        good,
        good | {"file": "no file"},
        good | {"file": a_file("")},
        good | {"file": [a_file(), a_file("khac.pdf")]},
        good | {"file": a_file(), "other": a_file()},
        good | {"file": a_file(), "nomination": [code, code]},
        good | {"file": a_file(), "command_id": [new_id(), new_id()]},
        good | {"file": a_file(), "is_admin": "1"},
        good | {"file": a_file(), "paper": "VB-2026-00001"},
        good | {"file": a_file("chay.exe")},
    ]
    for form in bad:
        assert is_refused(officer.post("/files", data=form, content_type="multipart/form-data"), 422), form
    many = good | {f"f{n}": "1" for n in range(3_000)}
    assert is_refused(officer.post("/files", data=many, content_type="multipart/form-data"), 413)
    for broken in (b"", b"xxx", b"--b\r\nContent-Disposition: form-data; name=command_id\r\n\r\nx"):
        answer = officer.post("/files", data=broken, content_type="multipart/form-data; boundary=b")
        assert is_refused(answer, 400, 422), broken
    assert not office.engine.nomination(office.auditor, code).files


@pytest.mark.parametrize("box", ["tasks", "papers"])
def test_a_parameter_that_stands_twice_in_an_address_is_refused(office: Office, program: GiveToken, box: str) -> None:
    assert is_refused(program(office.officer).get(f"/{box}?limit=1&limit=2"), 422)


@pytest.mark.parametrize("asked", ["after=x", "after=%00", "after=bnVsbA==", "q=%00", "q=%ff", "q=%25__", "unit=%00"])
@pytest.mark.parametrize("box", ["tasks", "papers"])
def test_a_parameter_that_means_nothing_finds_nothing_or_is_refused(
    office: Office, program: GiveToken, box: str, asked: str
) -> None:
    answer = program(office.officer).get(f"/{box}?{asked}")
    assert answer.status_code == 200 or is_refused(answer)
