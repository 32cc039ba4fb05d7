"""Makes the pictures of docs/screenshots anew: .venv/bin/python docs/screenshots.py

It makes a demo in a folder of its own, serves it and goes through its pages at the widths of a desk and of a phone.
Look at each picture before you commit it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).with_name("screenshots")
PROGRAM = Path(sys.executable).with_name("khenthuong")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = {1280: (800, 1200), 390: (844, 1800)}  # width -> height of the window, and of the tallest picture
LARGEST = 350_000  # bytes
OFFICER, HEAD, AUDITOR = "mai.tantrao", "son.tantrao", "thanhtra"
AWARDED = "Ma Văn Tuấn"  # whose nomination has come to its end in the demo


@contextmanager
def served_demo() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the address of a new demo and its passwords by user name."""
    with tempfile.TemporaryDirectory() as data:
        made = subprocess.run(
            [PROGRAM, "demo", "--data", data, "--json"], stdout=subprocess.PIPE, text=True, check=True
        )
        passwords = {each["username"]: each["password"] for each in json.loads(made.stdout)}
        server = [PROGRAM, "serve", "--data", data, "--port", "0"]
        with subprocess.Popen(server, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            said = re.search(r"http://\S+", process.stdout.readline())
            assert said, "the demo could not be served"
            try:
                yield said[0], passwords
            finally:
                process.terminate()


def take(page: Page, name: str) -> None:
    for width, (height, tallest) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_load_state("networkidle")
        file = PICTURES / f"{name}-{width}.png"
        shown = min(tallest, page.evaluate("document.documentElement.scrollHeight"))
        clip = {"x": 0, "y": 0, "width": width, "height": shown}
        page.screenshot(path=file, full_page=True, clip=clip, animations="disabled")
        if file.stat().st_size > LARGEST:
            sys.exit(f"{file.name} is larger than {LARGEST} bytes.")


def open_first(page: Page, address: str) -> None:
    """Open what the first row of a list is about."""
    page.goto(address)
    with page.expect_navigation():
        page.locator(".lead-name").first.click()
    if page.locator(".diagram").count():
        page.wait_for_selector(".diagram-drawn")


def main() -> None:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        sys.exit("No chromium on this machine: apt-get install chromium")
    with served_demo() as (address, passwords), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])

        def log_in(username: str) -> Page:
            page = browser.new_context(reduced_motion="reduce").new_page()
            page.goto(f"{address}/login")
            page.fill("#username", username)
            page.fill("#password", passwords[username])
            with page.expect_navigation():
                page.locator("main").get_by_role("button").click()
            return page

        page = browser.new_page()
        page.goto(f"{address}/login")
        take(page, "log-in")
        page = log_in(OFFICER)
        open_first(page, f"{address}/dossiers")
        take(page, "dossier")
        page = log_in(HEAD)
        page.goto(f"{address}/tasks?box=group")
        take(page, "inbox")
        open_first(page, f"{address}/tasks?box=group&step=head_decision")
        take(page, "task")
        page = log_in(AUDITOR)
        open_first(page, f"{address}/nominations?q={AWARDED}")
        take(page, "nomination")
        browser.close()


if __name__ == "__main__":
    main()
