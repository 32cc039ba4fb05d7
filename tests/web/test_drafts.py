"""What is typed is kept: as a draft, beside other acts of the page, and over the end of a session."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from engine.office.pace import Limits
from engine.office.views import Actor
from engine.store import tables
from tests.builders import ASSESSMENT, PASSWORD, PDF, Office
from tests.web.conftest import COOKIE, Visitor, account_of
from web.resuming import page_of

Visit = Callable[[Actor], Visitor]
AT_ONCE = {"HX-Request": "true"}
HERE = {"Origin": "http://localhost"}
NEW = "/nominations/new?unit=X2545&award=GK_XA&kind=ca_nhan"
TYPED = "Tổ chức 14 buổi hướng dẫn"


@pytest.fixture
def task(office: Office) -> Any:
    return office.only_task(office.nominate()["code"]).task


def typed(task: Any, **more: str) -> dict[str, str]:
    return {"expected_version": str(task.version), "bao_cao_thanh_tich": TYPED} | more


def log_in_again(office: Office, visitor: Visitor) -> Any:
    """Send the log-in page that the visitor sees, as a browser would, with all it carries."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', unescape(visitor.page)))
    form = hidden | {"username": account_of(office, office.officer), "password": PASSWORD}
    return visitor.post("/login", form)


# --- the end of a session


@pytest.mark.parametrize("all_cookies_gone", [False, True])
@pytest.mark.parametrize("act", ["complete", "draft", "claim", "release"])
def test_what_was_typed_stands_in_the_form_again_after_log_in(
    office: Office, visit: Visit, task: Any, act: str, all_cookies_gone: bool
) -> None:
    officer = visit(office.officer)
    officer.get(f"/tasks/{task.id}")
    officer.client.set_cookie(COOKIE, "ended")
    if all_cookies_gone:
        officer.client.delete_cookie("form")

    asked = officer.post(f"/tasks/{task.id}/{act}", typed(task), headers=HERE)
    assert asked.status_code == 401
    back = log_in_again(office, officer)

    assert (back.status_code, back.location) == (303, f"/tasks/{task.id}")
    page = officer.get(back.location).get_data(as_text=True)
    assert TYPED in page and "chưa gửi" in page
    assert office.only_task(task.code).task.element == "self_assessment"


def test_a_nomination_that_was_being_typed_stands_in_its_form_again(office: Office, visit: Visit) -> None:
    officer = visit(office.officer)
    officer.get(NEW)
    officer.client.set_cookie(COOKIE, "ended")
    assert officer.post(NEW, {"ten": "Ma Văn Tuấn"}, headers=HERE).status_code == 401

    back = log_in_again(office, officer)

    assert back.status_code == 303
    assert 'value="Ma Văn Tuấn"' in officer.get(back.location).get_data(as_text=True)
    assert not office.engine.nominations(office.auditor).items


def test_what_another_site_sends_is_not_carried_through_log_in(office: Office, visit: Visit, task: Any) -> None:
    officer = visit(office.officer)
    officer.client.set_cookie(COOKIE, "ended")
    answer = officer.post(f"/tasks/{task.id}/complete", typed(task), headers={"Origin": "https://evil.example"})
    assert TYPED not in answer.get_data(as_text=True)


def test_who_logs_in_instead_and_may_not_act_still_reads_what_was_typed(
    office: Office, visit: Visit, task: Any
) -> None:
    officer = visit(office.officer)
    officer.client.set_cookie(COOKIE, "ended")
    officer.post(f"/tasks/{task.id}/complete", typed(task), headers=HERE)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', officer.page))
    answer = officer.post("/login", hidden | {"username": account_of(office, office.other), "password": PASSWORD})
    assert answer.status_code == 200 and TYPED in answer.get_data(as_text=True)


def test_an_address_that_only_takes_a_form_leads_to_its_page(office: Office, visit: Visit, task: Any) -> None:
    officer = visit(office.officer)
    for address in (f"/tasks/{task.id}/complete", f"/tasks/{task.id}/complete?refilled=1", f"/tasks/{task.id}/draft"):
        answer = officer.get(address)
        assert (answer.status_code, answer.location) == (302, f"/tasks/{task.id}")
    assert officer.get("/tasks/bulk").location == "/tasks"
    assert officer.get("/logout").location == "/"


def test_a_form_left_open_over_another_log_in_is_sent_with_one_button(office: Office, visit: Visit, task: Any) -> None:
    officer = visit(office.officer)
    form = typed(task) | {"csrf_token": "of the session before"}
    answer = officer.post(f"/tasks/{task.id}/complete", form, headers=HERE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert f'name="bao_cao_thanh_tich" value="{TYPED}"' in page and f'action="/tasks/{task.id}/complete"' in page


def test_a_part_of_a_page_that_finds_no_session_leads_back_to_that_page(office: Office, visit: Visit) -> None:
    officer = visit(office.officer)
    officer.client.set_cookie(COOKIE, "ended")
    headers = AT_ONCE | {"HX-Current-URL": "http://localhost/tasks?box=group"}
    answer = officer.get("/tasks?box=group&q=ma", headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login?next=/tasks?box%3Dgroup")


# --- drafts


def test_taking_a_task_keeps_what_was_typed_in_its_form(office: Office, visit: Visit, task: Any) -> None:
    officer = visit(office.officer)
    answer = officer.post(f"/tasks/{task.id}/claim?next=/tasks/{task.id}", typed(task))
    assert (answer.status_code, answer.location) == (303, f"/tasks/{task.id}")
    assert office.only_task(task.code).task.assignee is not None
    assert TYPED in officer.get(f"/tasks/{task.id}").get_data(as_text=True)


def test_who_is_too_slow_to_take_a_task_keeps_what_was_typed(office: Office, visit: Visit, task: Any) -> None:
    colleague = office.person("Nguyễn Văn Bách", "CB_TDKT_DV")
    officer = visit(office.officer)
    office.claim(task.code, colleague)
    answer = officer.post(f"/tasks/{task.id}/claim?next=/tasks/{task.id}", typed(task))
    assert answer.status_code == 409 and TYPED in answer.get_data(as_text=True)


@pytest.mark.parametrize(("content", "status"), [(PDF, 303), (b"", 422)])
def test_attaching_a_file_keeps_what_was_typed_beside_it(
    office: Office, visit: Visit, task: Any, content: bytes, status: int
) -> None:
    officer = visit(office.officer)
    address = f"/nominations/{task.case_id}/files?task={task.id}"
    answer = officer.post(address, typed(task) | {"file": (BytesIO(content), "sk.pdf")})
    assert answer.status_code == status
    if status == 422:
        assert "Tệp không có nội dung" in officer.page and TYPED in officer.page
    assert TYPED in officer.get(f"/tasks/{task.id}").get_data(as_text=True)


def test_a_file_that_has_to_wait_takes_nothing_of_what_was_typed_beside_it(
    app: Flask, office: Office, visit: Visit, task: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LIMITS", Limits(uploads=1))
    officer = visit(office.officer)
    address = f"/nominations/{task.case_id}/files?task={task.id}"
    officer.post(address, typed(task) | {"file": (BytesIO(PDF), "mot.pdf")})
    answer = officer.post(address, typed(task) | {"file": (BytesIO(PDF), "hai.pdf")})
    assert answer.status_code == 429 and "Xin đợi 60 phút" in officer.page and TYPED in officer.page


def test_a_file_that_was_chosen_but_not_attached_is_not_lost_silently(office: Office, visit: Visit, task: Any) -> None:
    answer = visit(office.officer).post(f"/tasks/{task.id}/complete", ASSESSMENT | typed(task, file="sang kien.pdf"))
    assert answer.status_code == 422
    assert "sang kien.pdf” đã chọn nhưng chưa đính kèm" in answer.get_data(as_text=True)


def test_a_nomination_has_a_draft_of_its_own_until_it_is_made_or_dropped(office: Office, visit: Visit) -> None:
    officer, colleague = visit(office.officer), visit(office.person("Nguyễn Văn Bách", "CB_TDKT_DV"))
    draft = NEW.replace("/new?", "/new/draft?")
    assert officer.post(draft, {"ten": "Ma Văn Tuấn"}, headers=AT_ONCE).get_data(as_text=True) == "Đã lưu nháp 09:00"

    page = officer.get(NEW).get_data(as_text=True)
    assert 'value="Ma Văn Tuấn"' in page and "Nháp ông/bà lưu lúc" in page
    assert "Ma Văn Tuấn" not in colleague.get(NEW).get_data(as_text=True)
    assert "Ma Văn Tuấn" not in officer.get(NEW.replace("ca_nhan", "tap_the")).get_data(as_text=True)

    officer.post(draft.replace("/draft?", "/draft/drop?"))
    assert "Ma Văn Tuấn" not in officer.get(NEW).get_data(as_text=True)


def test_what_was_typed_for_a_task_is_forgotten_when_it_is_done(office: Office, visit: Visit, task: Any) -> None:
    officer = visit(office.officer)
    assert officer.post(f"/tasks/{task.id}/draft", typed(task)).status_code < 400
    drafts = select(tables.draft.c.place).where(tables.draft.c.place == task.id)
    with office.engine.database.read() as reader:
        assert reader.execute(drafts).all() == [(task.id,)]

    assert office.engine.forget_drafts() == 0
    office.complete(task.code, office.officer, ASSESSMENT)

    assert office.engine.forget_drafts() == 1
    with office.engine.database.read() as reader:
        assert reader.execute(drafts).all() == []


def test_a_page_that_is_left_keeps_its_draft_without_a_word_on_the_next_page(
    office: Office, visit: Visit, task: Any
) -> None:
    officer = visit(office.officer)
    assert officer.post(f"/tasks/{task.id}/draft?leaving=1", typed(task)).status_code == 200
    page = officer.get(f"/tasks/{task.id}").get_data(as_text=True)
    assert TYPED in page and "Đã lưu nháp" not in page


def test_nobody_keeps_a_draft_for_another_unit(office: Office, visit: Visit) -> None:
    assert visit(office.other).post(NEW.replace("/new?", "/new/draft?"), {"ten": "x"}).status_code == 404


def test_pages_are_found_by_the_routes_alone(app: Any) -> None:
    with app.test_request_context("/"):
        assert page_of("/nominations/new?unit=X") == "/nominations/new?unit=X"
        assert page_of("/nothing/here") == "/"
