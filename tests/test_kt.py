"""The launcher: what it says about a machine, and when it leaves a step alone."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path

import pytest

import kt

PINNED = re.compile(r"^([A-Za-z0-9._-]+(?:\[[a-z,]+\])?)==(\S+)", re.MULTILINE)


def test_an_older_python_can_read_the_launcher_and_is_told_what_is_needed():
    ast.parse(Path(kt.__file__).read_text("utf-8"), feature_version=(3, 7))

    assert kt.python_problem((3, 9, 2)).startswith("khenthuong needs Python 3.11 to 3.13; this is 3.9.")


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (3, 13, 1)])
def test_a_python_with_wheels_is_taken(version):
    assert kt.python_problem(version) is None


def test_a_python_without_wheels_is_refused():
    assert "this is 3.14" in kt.python_problem((3, 14, 0))


def test_the_message_about_python_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))

    assert kt.main(["run"]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


def test_a_fingerprint_changes_with_content_with_a_name_and_with_a_word(tmp_path):
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "a.css").write_text("a")
    first = kt.fingerprint([folder], (3, 11))

    assert kt.fingerprint([folder], (3, 11)) == first
    assert kt.fingerprint([folder], (3, 12)) != first
    (folder / "a.css").write_text("b")
    assert kt.fingerprint([folder], (3, 11)) != first
    (folder / "a.css").write_text("a")
    (folder / "a.css").rename(folder / "b.css")
    assert kt.fingerprint([folder], (3, 11)) != first


def test_a_step_is_done_once_until_what_it_was_made_from_changes(tmp_path):
    step = kt.Stamp("assets", "made from this", folder=tmp_path / "stamps")
    assert not step.fresh()

    step.write()

    assert kt.Stamp("assets", "made from this", folder=tmp_path / "stamps").fresh()
    assert not kt.Stamp("assets", "made from that", folder=tmp_path / "stamps").fresh()
    step.drop()
    assert not step.fresh()


def test_a_machine_without_the_venv_module_is_told_the_package(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(kt, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(kt, "BIN", tmp_path / ".venv" / "bin")
    monkeypatch.setattr(kt, "STAMPS", tmp_path / ".stamps")
    monkeypatch.setattr(kt.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    assert kt.main(["setup"]) == 1

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "apt-get install python3-venv" in said


def test_an_old_node_of_the_machine_is_not_taken(tmp_path):
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho v18.19.0\n")
        program.chmod(0o755)

    assert not kt.has_node(str(tmp_path))

    (tmp_path / "node").write_text("#!/bin/sh\necho v20.1.0\n")
    assert kt.has_node(str(tmp_path))
    (tmp_path / "npm").unlink()
    assert not kt.has_node(str(tmp_path))


def test_a_failed_step_is_said_in_its_own_words(capsys):
    with pytest.raises(kt.Missing, match="It did not work"):
        kt.do([sys.executable, "-c", "raise SystemExit(3)"], "It did not work.")


def test_an_unknown_verb_gets_the_list_of_verbs(capsys):
    assert kt.main(["serve"]) == 2

    said = capsys.readouterr().err
    assert all(f"  {verb} " in said for verb in kt.VERBS)


@pytest.mark.parametrize("listed", sorted(kt.LOCKS))
def test_every_package_of_a_locked_list_has_a_hash(listed):
    text = (kt.ROOT / listed).read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    unhashed = [
        entry.splitlines()[0] for entry in entries if not entry.startswith("#") and "--hash=sha256:" not in entry
    ]

    assert unhashed == []


def test_the_list_for_developers_holds_the_other_one_in_the_same_versions():
    runtime = dict(PINNED.findall((kt.ROOT / "requirements.txt").read_text("utf-8")))
    developers = dict(PINNED.findall((kt.ROOT / "requirements-dev.txt").read_text("utf-8")))

    assert runtime
    assert runtime.items() <= developers.items()
