import re
from collections.abc import Callable

import pytest
from flask import Blueprint, Flask

from engine.office.views import Actor
from tests.builders import Office, new_id
from tests.web.conftest import Visitor
from web import inbox, rules
from web.app import create_app

Visit = Callable[[Actor], Visitor]


def test_every_route_says_who_may_enter(app: Flask) -> None:
    assert all(rules.rule_of(app, endpoint) for endpoint in app.view_functions)


def test_a_route_without_a_rule_stops_the_start(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = Blueprint("inbox", __name__)
    bare.add_url_rule("/bare", "bare", lambda: "")
    monkeypatch.setattr(inbox, "blueprint", bare)
    with pytest.raises(rules.MissingRule, match=r"inbox\.bare"):
        create_app(office.engine, "secret", loopback_demo=True)


def test_every_page_but_the_public_ones_asks_a_stranger_to_log_in(app: Flask, visitor: Visitor) -> None:
    for found in app.url_map.iter_rules():
        declared = rules.rule_of(app, found.endpoint)
        if "GET" not in (found.methods or ()) or declared is None or declared.kind in ("public", "token"):
            continue
        address = found.rule.replace("<uuid:", "<").split("<")[0]
        path = address + new_id() if "<" in found.rule else address
        answer = visitor.get(path)
        assert answer.status_code == 302 or answer.status_code == 404, path
        if answer.status_code == 302:
            assert answer.location.startswith("/login")


def test_what_is_hidden_answers_with_the_same_bytes_as_what_does_not_exist(office: Office, visit: Visit) -> None:
    code = office.at_head()
    nomination = office.engine.nomination(office.auditor, code)
    stranger = visit(office.other)

    for hidden, missing in (
        (f"/nominations/{nomination.id}", f"/nominations/{new_id()}"),
        (f"/tasks/{nomination.tasks[0].id}", f"/tasks/{new_id()}"),
        (f"/dossiers/{nomination.dossier_id}", f"/dossiers/{new_id()}"),
        (f"/nominations/{nomination.id}/diagram.bpmn", f"/nominations/{new_id()}/diagram.bpmn"),
    ):
        one, other = stranger.get(hidden), stranger.get(missing)
        assert (one.status_code, other.status_code) == (404, 404)
        assert without_address(one.get_data(), hidden) == without_address(other.get_data(), missing)


def without_address(page: bytes, path: str) -> bytes:
    """The page names its own address in the language switch, and has a fresh CSRF token."""
    page = re.sub(rb'(name="csrf-token" content=|name="csrf_token" value=)"[^"]+"', b"", page)
    return page.replace(path.encode(), b"")


def test_an_auditor_has_no_box_of_tasks_and_cannot_nominate(office: Office, visit: Visit) -> None:
    auditor = visit(office.auditor)

    assert auditor.get("/").location == "/nominations"
    assert auditor.get("/tasks").status_code == 403
    assert auditor.get("/nominations/new").status_code == 403
    assert "Việc cần xử lý</a>" not in auditor.page


def test_the_menu_shows_only_what_the_reader_may_use(office: Office, visit: Visit) -> None:
    officer = visit(office.officer)
    officer.get("/dossiers")
    assert "Lập đề nghị" in officer.page

    head = visit(office.head)
    head.get("/dossiers")
    assert "Lập đề nghị" not in head.page
