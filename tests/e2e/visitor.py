"""An official at a browser, who looks at every page with a critical eye."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.builders import PASSWORD
from tests.e2e.house import ROOT, Server

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESK, PHONE = 1280, 390
# What makes a page one of its own: its address without ids, its headings, and which states it shows.
KIND = """[location.pathname.replace(/[0-9a-f-]{36}/, ""), ...Array.from(
  document.querySelectorAll("h2, .flash, .empty, .error-text"),
  (each) => each.localName === "h2" ? each.textContent : each.className)].join("|")"""
LOOKED_AT: set[str] = set()  # by all visitors of this process: once is enough for each kind of page


class Visitor:
    """A person in a browser of their own; `scripts=False` is a browser that runs none."""

    def __init__(self, browser: Browser, server: Server, *, scripts: bool = True) -> None:
        self.address = server.address
        self.scripts = scripts
        self.complaints: list[str] = []
        context = browser.new_context(
            viewport={"width": DESK, "height": 900},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="vi-VN",
        )
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, said: Any) -> None:
        # The browser itself reports answers such as 422 as errors of loading; those pages are part of the test.
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.complaints.append(said.text)

    def log_in(self, username: str, password: str = PASSWORD) -> Visitor:
        self.page.goto(f"{self.address}/login")
        self.look()
        self.fill({"username": username, "password": password})
        self.press("Đăng nhập")
        return self

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")
        self.look()

    def follow(self, name: str) -> None:
        self.main.get_by_role("link", name=name).first.click()
        self.look()

    def press(self, name: str) -> None:
        """Press a button of the page that loads another page, and look at that."""
        with self.page.expect_navigation():
            self.main.get_by_role("button", name=name).first.click()
        self.look()

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def reads(self) -> str:
        """Return what stands on the page."""
        return self.page.locator("body").inner_text()

    def fill(self, form: dict[str, str]) -> None:
        for name, value in form.items():
            control = self.page.locator(f'[name="{name}"]').first
            kind = control.evaluate("control => control.type")
            if kind == "radio":
                self.page.check(f'[name="{name}"][value="{value}"]')
            elif kind == "checkbox":
                for box in self.page.locator(f'[name="{name}"]').all():
                    box.set_checked(box.input_value() in value.split())
            elif kind == "select-one":
                control.select_option(value)
            else:
                control.fill(value)

    def typed(self, name: str) -> str:
        return self.page.locator(f'[name="{name}"]').first.input_value()

    def look(self) -> None:
        """See that the page is usable by everyone on a desk and on a phone, and that nothing was broken on the way."""
        assert self.complaints == []
        if not self.scripts or (kind := self.page.evaluate(KIND)) in LOOKED_AT:
            return
        LOOKED_AT.add(kind)
        self.page.evaluate(AXE.read_text("utf-8"))
        for width in (PHONE, DESK):
            self.page.set_viewport_size({"width": width, "height": 900})
            seen = f"{self.page.title()} at {width} px"
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, f"{seen} scrolls sideways"
            assert violations(self.page) == [], seen

    def close(self) -> None:
        self.page.context.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds: rule and element."""
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]
