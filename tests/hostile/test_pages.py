"""Hostile requests of browsers: a page in Vietnamese says what was wrong, and nothing is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.commands import SYSTEM, EndMembership
from engine.office.views import Actor
from tests.builders import AGREES, PASSWORD, REFUSES, Office, new_id
from tests.web.conftest import Visitor, account_of

Visit = Callable[[Actor], Visitor]


@pytest.fixture
def task(office: Office) -> Any:
    return office.only_task(office.at_head()).task


def stands(office: Office, task: Any) -> bool:
    """Whether a task is as it was."""
    now = office.only_task(task.code).task
    return (now.id, now.version, now.assignee) == (task.id, task.version, task.assignee)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"outcome": "dong_y"}', "application/json"),
        (b"outcome=dong_y", "text/plain"),
        (b"<outcome>dong_y</outcome>", "application/xml"),
        (b"outcome=dong_y", "multipart/form-data"),
        (b"--b\r\n", "multipart/form-data; boundary=b"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"", None),
    ],
)
def test_a_form_of_another_type_has_no_effect_even_with_a_token_in_its_head(
    office: Office, visit: Visit, task: Any, body: bytes, kind: str | None
) -> None:
    head = visit(office.head)
    for headers in ({}, {"X-CSRFToken": head.csrf()}):
        answer = head.client.post(f"/tasks/{task.id}/complete", data=body, content_type=kind, headers=headers)
        assert answer.status_code in (400, 422)
        assert '<html lang="vi"' in answer.get_data(as_text=True)
    assert stands(office, task)


@pytest.mark.parametrize(
    "more",
    [
        {"": "x"},
        {"__proto__": "1"},
        {"constructor": "1"},
        {"\0": "1"},
        {"expected_version": "9" * 5_000},
        {"expected_version": "NaN"},
        {"expected_version": "-1"},
        {"command_id": "\0"},
        {"command_id": ["a", "b"]},
        {"outcome": "\0"},
        {"outcome": "x" * 100_000},
        {"ngay_quyet_dinh": "31/02/2026"},
        {"ngay_quyet_dinh": "9999-99-99"},
        {"so_quyet_dinh": "\u202e\0"},
    ],
    ids=repr,
)
def test_a_field_no_page_of_ours_sends_is_refused_in_vietnamese(
    office: Office, visit: Visit, task: Any, more: dict[str, Any]
) -> None:
    form = AGREES | {"expected_version": str(task.version)} | more
    head = visit(office.head)
    answer = head.post(f"/tasks/{task.id}/complete", form)
    assert answer.status_code == 422 and '<html lang="vi"' in head.page
    assert stands(office, task)


def test_who_moved_to_another_office_while_a_form_was_open_keeps_what_was_typed(
    office: Office, visit: Visit, task: Any
) -> None:
    head = visit(office.head)
    head.get(f"/tasks/{task.id}")
    [held] = office.head.memberships
    office.engine.end_membership(
        EndMembership(
            command_id=new_id(), actor=SYSTEM, person=office.head.person.id, membership=held.id,
            valid_to=office.engine.today() - timedelta(days=1),
        )
    )  # fmt: skip

    answer = head.post(f"/tasks/{task.id}/complete", REFUSES | {"expected_version": str(task.version)})

    assert answer.status_code in (403, 404) and REFUSES["ly_do"] in head.page
    assert head.get(f"/tasks/{task.id}").status_code in (302, 403, 404)
    assert stands(office, task)


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https:evil", "\\\\evil", "/\\evil", "\t//evil", "javascript:x", "/x\r\nSet-Cookie: a=b"],
)
def test_a_log_in_that_was_asked_for_another_site_leads_to_ones_own_start(
    office: Office, visit: Visit, target: str
) -> None:
    somebody = visit(office.officer)
    form = {"username": account_of(office, office.officer), "password": PASSWORD, "next": target}
    answer = somebody.post("/login", form)
    assert answer.status_code == 303 and answer.location.startswith("/") and not answer.location.startswith("//")
    assert "evil" not in answer.location and "a=b" not in str(answer.headers)


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Original-Host", "Forwarded"])
def test_a_made_up_host_stands_on_no_page(office: Office, visit: Visit, task: Any, header: str) -> None:
    head = visit(office.head)
    for path in ("/tasks?box=group", f"/tasks/{task.id}", "/nothing"):
        answer = head.client.get(path, headers={header: "evil.example"})
        assert "evil.example" not in answer.get_data(as_text=True) + str(answer.headers)


@pytest.mark.parametrize("value", ["\0", "\ud800", "x" * 5_000, "NaN", "9" * 5_000, "' or 1=1--", "../..", "[]"])
def test_whatever_stands_in_an_address_finds_nothing_or_is_ignored(office: Office, visit: Visit, value: str) -> None:
    office.at_head()
    head = visit(office.head)
    for path in ("/tasks", "/nominations", "/dossiers", "/papers", "/rounds", "/sessions", "/nominations/new"):
        for name in ("box", "q", "after", "step", "award", "unit", "round", "status", "kind", "limit", "year"):
            answer = head.client.get(path, query_string={name: value.encode("utf-8", "surrogatepass")})
            assert answer.status_code < 500, (path, name)
