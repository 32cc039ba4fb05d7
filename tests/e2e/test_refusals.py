"""What cannot be used stops the start, and one line says why; nothing is made or changed on the way."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from engine.store.opening import FILE_NAME
from tests.builders import WORKFLOWS
from tests.e2e.house import House

Home = tuple[House, dict[str, str]]


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A copy of the release that ships, to be spoilt."""
    return Path(shutil.copytree(WORKFLOWS, tmp_path / "release"))


def spoil(file: Path, good: str, bad: str) -> None:
    text = file.read_text("utf-8")
    assert good in text
    file.write_text(text.replace(good, bad), "utf-8")


@pytest.mark.parametrize(
    ("file", "good", "bad", "place"),
    [
        ("bpmn/unit_commendation.bpmn", 'formKey" value="award_notice"', 'formKey" value="gone"', "[award_notice]"),
        ("forms/award_notice.json", '"type": "date"', '"type": "day"', "[ngay_thong_bao]"),
    ],
)
def test_a_broken_release_is_named_by_file_element_and_reason_and_no_office_is_made(
    house: House, release: Path, file: str, good: str, bad: str, place: str
) -> None:
    spoil(release / file, good, bad)

    done = house.run("db", "upgrade", "--release", str(release))

    assert (done.code, done.out) == (1, "")
    named = [line for line in done.err.splitlines() if line.startswith(f"{file}:") and place in line]
    assert any(bad.split('"')[-2] in line for line in named)
    assert not house.data.exists()


def test_an_office_keeps_its_release_when_a_new_one_is_broken(home: Home, release: Path) -> None:
    house, _ = home
    (release / "dmn/unit_commendation_criteria.dmn").write_text("<definitions", "utf-8")

    done = house.run("db", "upgrade", "--release", str(release))

    assert done.code == 1 and "dmn/unit_commendation_criteria.dmn:1" in done.err
    assert house.json("verify", "--all")["ok"]


def test_a_newer_database_is_refused_in_one_line(home: Home) -> None:
    house, _ = home
    with sqlite3.connect(house.data / FILE_NAME) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    for words in (("serve", "--port", "0"), ("db", "upgrade")):
        done = house.run(*words)
        assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)


def test_a_second_server_is_refused_until_the_first_one_dies_however_it_dies(home: Home) -> None:
    house, _ = home
    first = house.start()
    second = house.run("serve", "--port", "0")
    assert (second.code, second.out, second.err.count("\n")) == (3, "", 1)

    first.kill()
    with house.serving() as server:
        assert server.call("/tasks").status == 401


def test_one_changed_byte_in_the_journal_is_found_at_its_entry(home: Home) -> None:
    house, _ = home
    with sqlite3.connect(house.data / FILE_NAME) as database:
        database.execute("DROP TRIGGER journal_no_update")
        changed = "UPDATE journal SET body = replace(body, 'X2545', 'X2546') WHERE stream = 'unit:X2545'"
        assert database.execute(changed).rowcount == 1
    database.close()

    done = house.run("verify", "--all", "--json")

    assert done.code == 1
    assert json.loads(done.out)["first_error"] == {"stream": "unit:X2545", "seq": 1, "why": "entry_changed"}
