"""Every page in a real browser: no violation of WCAG, no sideways scrolling, no complaint of the browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from engine.office.views import Actor
from tests.builders import AGREES, ASSESSMENT, Office
from tests.web.conftest import COOKIE, ROOT, open_session
from web.app import create_app

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (1280, 390)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def served(office: Office) -> Iterator[str]:
    """The application on a port of its own; its address."""
    server = make_server("127.0.0.1", 0, create_app(office.engine, "secret", loopback_demo=True), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, office: Office, served: str) -> Iterator[OpenPage]:
    """Open an address as a person, at a width, with or without scripts."""
    contexts = []

    def open_(path: str, person: Actor | None = None, *, width: int = 1280, scripts: bool = True) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        contexts.append(context)
        if person:
            context.add_cookies([{"name": COOKIE, "value": open_session(office, person), "url": served}])
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto(served + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_
    for context in contexts:
        context.close()


def complaints(page: Page) -> list[str]:
    """Return what axe finds and whether the page scrolls sideways."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    listed = [f"{each['id']}: {each['nodes'][0]['target']}" for each in found["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        listed.append("scrolls sideways")
    return listed


@pytest.mark.skipif(not AXE.is_file(), reason="no axe-core in node_modules: npm ci --ignore-scripts")
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_can_be_used_by_everyone(office: Office, open_page: OpenPage, width: int) -> None:
    decided = office.engine.nomination(office.auditor, office.awarded())
    waiting = office.engine.nomination(office.auditor, office.at_head(ten="Lương Thị Bích Ngọc"))
    code = office.nominate(ten="Tổ công nghệ số cộng đồng thôn Tân Lập")["code"]
    office.complete(code, office.officer, ASSESSMENT | {"so_sang_kien_de_an_06": "0", "hieu_qua_cao": "khong"})
    refused = office.engine.nomination(office.auditor, code)
    new = "/nominations/new"
    pages = [
        ("/login", None),
        ("/tasks", office.head),
        ("/tasks?box=group", office.head),
        ("/tasks?box=done", office.officer),
        ("/tasks?box=group&q=khong+co", office.head),
        (f"/tasks/{waiting.tasks[0].id}", office.head),
        (f"/tasks/{waiting.tasks[0].id}", office.officer),
        (f"/tasks/{refused.tasks[0].id}", office.council),
        (f"/nominations/{decided.id}", office.officer),
        (f"/nominations/{waiting.id}", office.officer),
        (f"/nominations/{waiting.id}/withdraw", office.officer),
        (new, office.officer),
        (f"{new}?unit=X2545&award=GK_XA&kind=ca_nhan", office.officer),
        ("/nominations", office.auditor),
        ("/dossiers", office.officer),
        (f"/dossiers/{decided.dossier_id}", office.officer),
        ("/account", office.officer),
        ("/nothing", office.officer),
    ]
    found = {path: complaints(open_page(path, person, width=width)) for path, person in pages}
    assert {path: listed for path, listed in found.items() if listed} == {}


def test_a_refused_form_leads_to_its_errors(office: Office, open_page: OpenPage) -> None:
    task = office.only_task(office.at_head()).task
    page = open_page(f"/tasks/{task.id}", office.head, width=390)
    page.get_by_text("Đồng ý khen thưởng", exact=True).last.click()
    assert page.get_by_role("button", name="Gửi: Đồng ý khen thưởng").is_visible()
    page.get_by_role("button", name="Gửi: Đồng ý khen thưởng").click()

    summary = page.locator(".error-summary")
    summary.wait_for()
    assert page.evaluate("document.activeElement.classList.contains('error-summary')")
    assert complaints(page) == []
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.name") == "so_quyet_dinh"


def test_the_browser_has_nothing_to_complain_about(office: Office, open_page: OpenPage, served: str) -> None:
    task = office.only_task(office.at_head()).task
    said: list[str] = []
    page = open_page("/tasks", office.head)
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in ("/tasks?box=group", f"/tasks/{task.id}", "/dossiers"):
        page.goto(served + path)
        page.wait_for_load_state("networkidle")
    assert said == []


def test_taking_a_task_changes_its_row_in_place(office: Office, open_page: OpenPage) -> None:
    code = office.at_head()
    page = open_page("/tasks?box=group", office.head)
    page.get_by_role("button", name="Nhận xử lý").click()
    page.get_by_role("link", name="Mở").wait_for()
    assert "box=group" in page.url
    assert office.only_task(code).task.assignee == office.head.person


def test_the_list_follows_the_search_while_typing(office: Office, open_page: OpenPage) -> None:
    office.at_head()
    office.at_head(ten="Lương Thị Bích Ngọc")
    page = open_page("/tasks?box=group", office.head)
    page.get_by_role("searchbox").fill("luong")
    page.wait_for_url("**q=luong*")
    assert page.locator("a.lead-name").all_inner_texts() == ["Lương Thị Bích Ngọc"]


def test_a_decision_is_taken_without_scripts(office: Office, open_page: OpenPage) -> None:
    code = office.at_head()
    page = open_page("/tasks?box=group", office.head, scripts=False)
    page.get_by_role("button", name="Nhận xử lý").click()
    page.get_by_role("link", name="Đang xử lý").click()
    page.get_by_role("link", name="Ma Văn Tuấn", exact=True).click()
    page.get_by_role("radio", name="Đồng ý khen thưởng").check()
    page.get_by_label("Số, ký hiệu quyết định").fill(AGREES["so_quyet_dinh"])
    page.get_by_label("Ngày ký quyết định").fill(AGREES["ngay_quyet_dinh"])
    page.get_by_role("button", name="Gửi kết quả").click()

    assert page.get_by_text("Đã gửi kết quả").is_visible()
    assert office.engine.nomination(office.auditor, code).status == "DUOC_KHEN"


def test_a_page_left_without_saving_keeps_its_draft(office: Office, open_page: OpenPage) -> None:
    task = office.only_task(office.nominate()["code"]).task
    page = open_page(f"/tasks/{task.id}", office.officer)
    page.fill("[name=bao_cao_thanh_tich]", "Đang viết dở")
    page.goto(page.url.replace(f"/tasks/{task.id}", "/account"))
    for _ in range(200):  # the browser sends the draft on its own
        if office.engine.task(office.officer, task.id).values:
            break
        page.wait_for_timeout(50)
    assert office.engine.task(office.officer, task.id).values["bao_cao_thanh_tich"] == "Đang viết dở"


def test_saving_says_that_the_session_ended_and_goes_on_after_log_in(
    office: Office, open_page: OpenPage, served: str
) -> None:
    task = office.only_task(office.nominate()["code"]).task
    page = open_page(f"/tasks/{task.id}", office.officer)
    page.fill("[name=bao_cao_thanh_tich]", "Đang viết dở")
    context = page.context
    context.clear_cookies()
    page.evaluate("document.querySelector('form[data-draft]').dispatchEvent(new Event('change'))")
    page.wait_for_selector("[data-draft-ended]:not([hidden])")
    assert page.input_value("[name=bao_cao_thanh_tich]") == "Đang viết dở"
    assert complaints(page) == []

    context.add_cookies([{"name": COOKIE, "value": open_session(office, office.officer), "url": served}])
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.locator("[data-draft-said]", has_text="Đã lưu nháp").wait_for()
    assert page.locator("[data-draft-ended]").is_hidden()
    assert office.engine.task(office.officer, task.id).values["bao_cao_thanh_tich"] == "Đang viết dở"


def test_handing_a_task_out_keeps_what_was_typed(office: Office, open_page: OpenPage) -> None:
    code = office.at_head()
    office.claim(code, office.head)
    task = office.only_task(code).task
    page = open_page(f"/tasks/{task.id}", office.head)
    page.check("[name=outcome][value=khong_dong_y]")
    page.fill("[name=ly_do]", "Chưa nổi trội")
    page.select_option("[name=to]", office.head.person.id)
    with page.expect_navigation():
        page.get_by_role("button", name="Phân công").click()
    assert page.input_value("[name=ly_do]") == "Chưa nổi trội"


def test_a_file_over_twenty_megabytes_is_said_before_it_is_sent(
    office: Office, open_page: OpenPage, tmp_path: Path
) -> None:
    large = tmp_path / "lon.pdf"
    large.write_bytes(b"%PDF-" + b"x" * 21 * 1024**2)
    task = office.only_task(office.nominate()["code"]).task
    page = open_page(f"/tasks/{task.id}", office.officer)
    page.set_input_files("#file", large)
    assert page.locator("#file-too-large").is_visible()
    assert page.input_value("#file") == ""
