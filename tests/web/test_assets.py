"""What is built for the pages, and what templates and locked lists may hold."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIST = ROOT / "web" / "static" / "dist"
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
NOT_OURS = {".git", ".venv", "node_modules", "dist", "dist.new", "data", ".stamps"}
REGISTRIES = ["regis" + "try.npmjs", "py" + "pi.org", "pythonhosted" + ".org", "regis" + "try.yarnpkg"]


@pytest.fixture(scope="module")
def manifest() -> dict[str, str]:
    path = DIST / "manifest.json"
    assert path.is_file(), "web/static/dist is not built: python3 kt.py setup"
    return json.loads(path.read_text("utf-8"))


def own_files() -> list[Path]:
    found = []
    for path in sorted(ROOT.iterdir()):
        if path.name not in NOT_OURS and not path.name.endswith("_cache"):
            found += [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return [path for path in found if not NOT_OURS & set(path.relative_to(ROOT).parts) and path.suffix != ".pyc"]


def test_every_asset_has_a_hash_in_its_name_so_that_browsers_may_keep_it_for_ever(manifest):
    assert set(manifest) == {"app.js", "app.css", "viewer.js", "viewer.css", "favicon.svg"}
    for name, file in manifest.items():
        stem, suffix = name.split(".")
        assert re.fullmatch(rf"{stem}-[A-Z0-9]{{8}}\.{suffix}", file)
        assert (DIST / file).is_file()


def test_every_asset_that_a_template_names_is_built(manifest):
    named = {name for page in TEMPLATES for name in re.findall(r"asset\(['\"]([^'\"]+)", page.read_text("utf-8"))}

    assert named <= set(manifest)


def test_beside_each_text_stands_the_same_text_compressed(manifest):
    for file in manifest.values():
        assert gzip.decompress((DIST / f"{file}.gz").read_bytes()) == (DIST / file).read_bytes()


def test_style_sheets_ask_for_nothing_from_other_places(manifest):
    for name in ("app.css", "viewer.css"):
        for address in re.findall(r"url\(([^)]*)\)", (DIST / manifest[name]).read_text("utf-8")):
            address = address.strip("\"'")
            assert address.startswith("data:") or (DIST / address).is_file()


def test_the_licence_of_each_shipped_package_is_shipped_with_it():
    texts = {path.stem for path in (DIST / "licenses").glob("*.txt")}

    assert {"bpmn-js", "diagram-js", "htmx.org", "fontsource-be-vietnam-pro"} <= texts
    assert "MUST NOT be" in (DIST / "licenses" / "bpmn-js.txt").read_text("utf-8")


def test_our_styles_leave_the_mark_of_the_diagrams_alone():
    for sheet in (ROOT / "web" / "assets" / "css").glob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        assert "bjs-powered-by" not in rules


def test_no_package_reports_its_use_to_its_makers():
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    built = "".join(path.read_text("utf-8") for path in DIST.glob("*.js"))

    assert "telemetry" not in lock
    assert "telemetry" not in built


def test_the_lock_of_the_pages_packages_has_hashes_and_no_addresses():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry or "integrity" not in entry] == []


def test_no_file_of_ours_names_the_host_of_a_registry():
    named = []
    for path in own_files():
        text = path.read_bytes()
        named += [f"{path.relative_to(ROOT)}: {host}" for host in REGISTRIES if host.encode() in text]

    assert named == []


INLINE = {
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "a script inside the page": r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
    "a handler attribute": r"\son[a-z]+\s*=",
    "an htmx expression": r"\shx-(?:on|vals=['\"]js:|vars)",
}


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: page.name)
def test_a_template_holds_nothing_that_the_content_security_policy_refuses(page):
    text = page.read_text("utf-8")

    assert [what for what, pattern in INLINE.items() if re.search(pattern, text)] == []


def test_every_icon_that_a_template_names_is_drawn():
    icons = (ROOT / "web" / "templates" / "_icons.html").read_text("utf-8")
    drawn = {"emblem", *re.findall(r'^  "([a-z-]+)":', icons, re.MULTILINE)}
    named = {name for page in TEMPLATES for name in re.findall(r"\bicon\(\"([^\"]+)\"", page.read_text("utf-8"))}

    assert named <= drawn
