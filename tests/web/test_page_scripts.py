"""What the scripts add to a page, seen in a browser under the policy of the server: diagrams, menu, forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

DIST = Path(__file__).parents[2] / "web" / "static" / "dist"
SITE = "http://pages.test"
POLICY = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
SHEETS, SCRIPTS = ("app.css", "viewer.css"), ("app.js", "viewer.js")
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}

pytestmark = pytest.mark.browser


def shape(element: str, x: int) -> str:
    return (
        f'<bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}">'
        f'<dc:Bounds x="{x}" y="80" width="110" height="80"/></bpmndi:BPMNShape>'
    )


BPMN = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  id="d" targetNamespace="t"><process id="p"><userTask id="council" name="Họp Hội đồng"/>
  <userTask id="head" name="Thủ trưởng quyết định"/>
  <sequenceFlow id="f" sourceRef="council" targetRef="head"/></process>
  <bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="p">{shape("council", 100)}{shape("head", 900)}
  <bpmndi:BPMNEdge id="f_di" bpmnElement="f">
  <di:waypoint x="210" y="120"/><di:waypoint x="900" y="120"/></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"""

DIAGRAM = """<div class="diagram" role="group" aria-label="Sơ đồ" data-diagram="{address}" data-visited="council gone"
  data-flows="f" data-current="head" data-repeats='{{"council": 2, "head": 1}}' data-here="Đang ở bước này"
  data-failed="Chưa tải được sơ đồ."><p class="diagram-text">Đang tải</p></div>
  <p class="diagram-legend"><button type="button" data-diagram-fit aria-pressed="false" hidden>Toàn bộ</button></p>"""

FORM = """<form>
  <label class="choice"><input type="radio" name="outcome" value="dong_y" data-button="Gửi: Đồng ý">1</label>
  <label class="choice"><input type="radio" name="outcome" value="bo_sung" data-button="Gửi: Trả bổ sung">2</label>
  <div class="field" data-when="outcome" data-when-values="bo_sung khac"><input name="reason" value="Thiếu"></div>
  <div class="field" data-when="nominated.doi_tuong" data-when-values="ca_nhan"><input name="earlier"></div>
  <button data-follows="outcome">Gửi</button></form>"""

SUMMARY = """<div class="error-summary" tabindex="-1" data-focus>
  <a href="#reason">Lý do</a><a href="#choice">Kết quả</a></div>
  <form><textarea id="reason"></textarea><fieldset id="choice"><input type="radio" name="outcome"></fieldset></form>"""

MENU = """<header class="top"><a class="brand" href="/"><span>Khen thưởng</span></a>
  <button class="top-toggle" type="button" data-toggle aria-expanded="false" aria-controls="top-nav">Mục lục</button>
  <nav class="top-nav" id="top-nav"><a href="/">Việc cần xử lý</a></nav></header>"""


@pytest.fixture
def open_page(chromium):
    """Open a page with this body as the server would send it; whatever the browser complains about fails the test."""
    names = json.loads((DIST / "manifest.json").read_text("utf-8"))
    complaints, contexts = [], []

    def answer(route, body):
        path = route.request.url.removeprefix(SITE)
        file = DIST / path.removeprefix("/static/dist/")
        if path == "/":
            head = "".join(f'<link rel="stylesheet" href="/static/dist/{names[n]}">' for n in SHEETS)
            head += "".join(f'<script type="module" src="/static/dist/{names[n]}"></script>' for n in SCRIPTS)
            page = f'<!doctype html><html lang="vi"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
            route.fulfill(body=page, content_type="text/html", headers={"Content-Security-Policy": POLICY})
        elif path == "/process.bpmn":
            route.fulfill(body=BPMN, content_type="application/xml")
        elif path == "/called.bpmn":
            route.fulfill(body=BPMN.replace('"head', '"other'), content_type="application/xml")
        elif path.startswith("/static/dist/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            route.fulfill(status=404, body="")

    def opened(body, width=1280):
        context = chromium.new_context(viewport={"width": width, "height": 844})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("**/*", lambda route: answer(route, body))
        page.goto(f"{SITE}/")
        return page

    opened.complaints = complaints
    yield opened
    for context in contexts:
        context.close()
    assert [said for said in complaints if "favicon" not in said] == []


def test_the_diagram_shows_where_the_nomination_stands(open_page):
    page = open_page(DIAGRAM.format(address="/process.bpmn"))
    page.wait_for_selector(".diagram-drawn .diagram-plate")

    assert page.locator(".djs-element.current").get_attribute("data-element-id") == "head"
    assert page.locator(".djs-element.visited").get_attribute("data-element-id") == "council"
    assert page.locator(".djs-element.taken").get_attribute("data-element-id") == "f"
    assert page.locator(".diagram-plate").all_inner_texts() == ["Đang ở bước này"]
    assert page.locator(".diagram-repeat").all_text_contents() == ["×2"]


def test_another_diagram_is_shown_when_it_is_chosen_and_painted_as_well(open_page):
    buttons = "".join(
        f'<button type="button" data-address="{address}" aria-pressed="{pressed}">{address}</button>'
        for address, pressed in (("/called.bpmn", "true"), ("/process.bpmn", "false"))
    )
    body = f"<div>{DIAGRAM.format(address='/called.bpmn')}<p data-diagrams hidden>{buttons}</p></div>"
    page = open_page(body)
    page.wait_for_selector(".diagram-drawn")
    assert page.locator('[data-element-id="head"]').count() == 0
    page.click('[data-address="/process.bpmn"]')
    page.wait_for_selector('[data-address="/process.bpmn"][aria-pressed="true"]')

    assert page.locator(".djs-element.current").get_attribute("data-element-id") == "head"
    assert page.locator('[data-diagrams] [aria-pressed="true"]').count() == 1


def test_the_current_step_is_centred_until_the_whole_diagram_is_asked_for(open_page):
    page = open_page(DIAGRAM.format(address="/process.bpmn"), width=390)
    page.wait_for_selector(".diagram-drawn .diagram-plate")

    def middle(selector):
        box = page.locator(selector).bounding_box()
        return box["x"] + box["width"] / 2

    assert middle('[data-element-id="head"] .djs-visual > rect') == pytest.approx(middle(".diagram"), abs=3)
    page.click("[data-diagram-fit]")
    assert page.locator("[data-diagram-fit]").get_attribute("aria-pressed") == "true"
    left = page.locator('[data-element-id="council"] .djs-visual > rect').bounding_box()
    assert left["x"] >= page.locator(".diagram").bounding_box()["x"]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_mark_of_the_diagrams_stays_fully_visible(open_page, width):
    page = open_page(DIAGRAM.format(address="/process.bpmn"), width=width)
    page.wait_for_selector(".diagram-drawn")
    box, mark = page.locator(".diagram").bounding_box(), page.locator(".bjs-powered-by").bounding_box()

    assert box["height"] >= 190
    assert mark["x"] + mark["width"] <= box["x"] + box["width"]
    assert mark["y"] + mark["height"] <= box["y"] + box["height"]
    corners = [[mark["x"] + dx, mark["y"] + dy] for dx in (2, mark["width"] - 2) for dy in (2, mark["height"] - 2)]
    on_top = "places => places.every(([x, y]) => document.elementFromPoint(x, y).closest('.bjs-powered-by'))"
    assert page.evaluate(on_top, corners)


def test_a_diagram_that_cannot_be_loaded_is_said_in_words(open_page):
    page = open_page(DIAGRAM.format(address="/gone.bpmn"))
    page.wait_for_function("document.querySelector('.diagram').textContent === 'Chưa tải được sơ đồ.'")

    assert len(open_page.complaints) == 2  # the browser's own line about 404, and ours
    open_page.complaints.clear()


def test_a_field_is_asked_only_for_the_answers_that_need_it(open_page):
    page = open_page(FORM)
    page.wait_for_selector("[name=reason]", state="hidden")
    assert page.locator("[name=reason]").is_disabled()
    assert page.locator("[name=earlier]").is_visible()

    page.check("[value=bo_sung]")
    assert page.locator("[name=reason]").is_visible()
    assert page.input_value("[name=reason]") == "Thiếu"
    assert page.inner_text("[data-follows]") == "Gửi: Trả bổ sung"

    page.check("[value=dong_y]")
    assert page.locator("[name=reason]").is_hidden()
    assert page.inner_text("[data-follows]") == "Gửi: Đồng ý"


def test_an_error_of_the_summary_leads_into_its_field(open_page):
    page = open_page(SUMMARY)
    focused = "document.activeElement.className || document.activeElement.id || document.activeElement.name"
    page.wait_for_function(f"({focused}) === 'error-summary'")

    page.click("text=Lý do")
    assert page.evaluate(focused) == "reason"
    page.click("text=Kết quả")
    assert page.evaluate(focused) == "outcome"


def test_the_menu_of_a_phone_opens_by_its_button(open_page):
    page = open_page(MENU, width=390)
    assert page.locator(".top-nav").is_hidden()

    page.click(".top-toggle")

    assert page.locator(".top-nav").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
