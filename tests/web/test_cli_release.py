"""`khenthuong release`: what it prints for people and for programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.store.database import Database
from tests import builders
from tests.builders import Office
from tests.kept import publish_with_other_council
from web import cli, cli_release

DIAGRAM = Path("bpmn/unit_commendation.bpmn")
ROLE = '<spiffworkflow:property name="candidateRole" value="TT_DV"/>'


@pytest.fixture
def office(database: Database, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office that the command line opens."""
    made = Office(database)
    monkeypatch.setattr(cli_release, "open_office", lambda place: made.engine)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An edited copy of the release that ships: another majority, another role for the head's decisions."""
    copy = tmp_path / "edited"
    shutil.copytree(builders.WORKFLOWS, copy)
    text = (copy / DIAGRAM).read_text("utf-8")
    assert ROLE in text and "council.dong_y * 2" in text
    text = text.replace(ROLE, ROLE.replace("TT_DV", "HD_DV")).replace("council.dong_y * 2", "council.dong_y")
    (copy / DIAGRAM).write_text(text, "utf-8")
    return copy


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        cli.main(["release", *arguments])
    assert not left.value.code
    return capsys.readouterr().out


def said_as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(said(capsys, *arguments, "--json"))


def test_the_published_releases_are_listed(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    [row] = said_as_json(capsys, "list")
    assert (row["id"], row["regime"], len(row["sha256"])) == ("R3", "R3", 64)
    assert said(capsys, "list").startswith("R3")


def test_the_impact_of_a_folder_has_the_shape_programs_rely_on(
    office: Office, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voted, new = office.at_head(), office.nominate()["code"]
    shape = said_as_json(capsys, "impact", str(folder))
    assert shape.keys() == {"nominations", "seconds", "verdicts"}
    assert shape["nominations"] == 2
    rows = {row["code"]: row for row in shape["verdicts"]}
    assert (rows[voted]["verdict"], rows[voted]["reason"]) == ("needs_choice", "decision_differs")
    assert (rows[new]["verdict"], rows[new]["step"]) == ("moves", "self_assessment")


def test_the_impact_is_said_in_words(office: Office, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = office.at_head()
    lines = said(capsys, "impact", str(folder)).splitlines()
    assert lines[0] == "Cần lựa chọn: 1"
    assert lines[1].startswith(code) and "“Quá nửa đồng ý?”" in lines[1]


def test_two_releases_are_compared_file_by_file_and_element_by_element(
    office: Office, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shape = said_as_json(capsys, "diff", "R3", str(folder))
    assert shape["files"] == {str(DIAGRAM): "changed"}
    assert {(note["step"], note["what"]) for note in shape["processes"]["unit_commendation"]} == {
        ("vote_result", "ways"),
        ("head_decision", "role"),
        ("head_decision_final", "role"),
    }
    assert "“Thủ trưởng quyết định” thay đổi: vai trò xử lý." in said(capsys, "diff", "R3", str(folder))
    assert said_as_json(capsys, "diff", "R3", "R3") == {"files": {}, "processes": {}}


def test_who_kept_an_earlier_release_is_listed_with_the_reason_and_without_a_name(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, builders.ASSESSMENT)
    publish_with_other_council(office, tmp_path)
    assert said_as_json(capsys, "kept") == []
    office.complete(code, office.council, builders.VOTE)

    [row] = said_as_json(capsys, "kept")
    assert row == {
        "code": code, "unit": "X2545", "unit_title": "Xã Tân Trào", "release": "R3",
        "why": "role_changed", "step": "Hội đồng bình xét, bỏ phiếu", "received": True,
    }  # fmt: skip
    assert said(capsys, "kept").startswith(code)
    assert "“Hội đồng bình xét, bỏ phiếu” sẽ chuyển sang người khác" in said(capsys, "kept")
    assert "would belong to somebody else" in said(capsys, "kept", "--lang", "en")
