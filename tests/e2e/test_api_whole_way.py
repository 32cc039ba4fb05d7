"""Two nominees of one dossier, from nomination to their ends, by the commands and the JSON API alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.store.opening import FILE_NAME
from tests.builders import ASSESSMENT, NOMINEE, WANTS_MORE, WHY_NOT, new_id
from tests.e2e.house import AGREES_TODAY, NOTICE_TODAY, VOTE_TODAY, House, Server, today

TASK = {
    *("id", "nomination", "paper", "element", "name", "form", "state"),
    *("assignee", "role", "unit", "due_on", "version"),
}
REPORT = {"ok", "streams", "entries", "reexecuted", "not_reexecuted", "needs_version", "seconds", "first_error"}


class Program:
    """A program of one person of the house."""

    def __init__(self, server: Server, token: str) -> None:
        self.server = server
        self.token = token

    def get(self, path: str) -> dict[str, Any]:
        answer = self.server.call(path, self.token)
        assert answer.status == 200, answer
        return answer.body

    def post(self, path: str, status: int = 200, **body: Any) -> dict[str, Any]:
        answer = self.server.call(path, self.token, {"command_id": new_id()} | body)
        assert answer.status == status, answer
        return answer.body

    def nominate(self, **form: str) -> dict[str, Any]:
        dossier = form.pop("dossier", None)
        about = {"unit": "X2545", "round": None, "award": "GK_XA", "kind": "ca_nhan", "dossier": dossier}
        return self.post("/nominations", 201, **about, form=NOMINEE | form)

    def task(self, code: str, box: str = "group") -> dict[str, Any]:
        [found] = [task for task in self.get(f"/tasks?box={box}")["items"] if task["nomination"] == code]
        assert set(found) == TASK
        return found

    def complete(self, code: str, element: str, form: dict[str, str]) -> dict[str, Any]:
        task = self.task(code)
        assert task["element"] == element
        return self.post(f"/tasks/{task['id']}/complete", expected_version=task["version"], form=form)

    def nomination(self, code: str) -> dict[str, Any]:
        return self.get(f"/nominations/{code}")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house_of_each_kind(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> House:
    """A house over an empty database of each kind."""
    if request.param == "postgres":
        return House(tmp_path, str(request.getfixturevalue("empty_postgres_url")))
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    return House(tmp_path)


@pytest.fixture
def people(house_of_each_kind: House) -> Iterator[dict[str, Program]]:
    tokens = house_of_each_kind.furnish()
    tokens["mai"] = house_of_each_kind.json("token", "--user", "mai")["token"]
    with house_of_each_kind.serving() as server:
        yield {username: Program(server, token) for username, token in tokens.items()}


def test_two_nominees_go_their_ways_by_the_api_alone(people: dict[str, Program], house_of_each_kind: House) -> None:
    mai, luc, son, minh = (people[name] for name in ("mai", "luc", "son", "minh"))

    awarded = mai.nominate()
    year = today().year
    assert (awarded["code"], set(awarded)) == (f"KT-{year}-0001/01", {"code", "id"})
    code, other = awarded["code"], mai.nominate(ten="Trần Thị Nụ", dossier=f"KT-{year}-0001")["code"]
    assert other == f"KT-{year}-0001/02"
    assert mai.nomination(code)["status"] == "DE_NGHI"

    mai.complete(other, "self_assessment", ASSESSMENT | {"so_sang_kien_de_an_06": "0"})
    refused = mai.nomination(other)
    assert [each["code"] for each in refused["criteria"] if each["result"] == "KHONG_DAT"] == ["D1"]
    assert refused["status"] == "KHONG_DU_DK"
    luc.complete(other, "not_eligible_notice", NOTICE_TODAY | WHY_NOT)

    mai.complete(code, "self_assessment", ASSESSMENT)
    luc.complete(code, "council", VOTE_TODAY)
    assert son.nomination(code)["status"] == "DU_DK"
    son.complete(code, "head_decision", WANTS_MORE)
    assert son.nomination(code)["status"] == "BO_SUNG"
    mai.complete(code, "supplement", ASSESSMENT)
    son.complete(code, "head_decision_final", AGREES_TODAY)
    ended = mai.complete(code, "award_notice", NOTICE_TODAY)
    assert (ended["nomination"], ended["ended"], ended["tasks"]) == (code, True, [])

    dossier = minh.get(f"/dossiers/KT-{year}-0001")
    assert {each["code"]: each["status"] for each in dossier["nominations"]} == {
        code: "DUOC_KHEN",
        other: "KHONG_DU_DK",
    }
    assert dossier["status"] == "HOAN_TAT"
    history = minh.get(f"/nominations/{code}/history")["items"]
    assert [line["step"] for line in history if line["act"] == "completed"][-1] == "Thông báo được khen"
    assert [row["status"] for row in house_of_each_kind.json("list", "nominations")] == ["KHONG_DU_DK", "DUOC_KHEN"]
    report = house_of_each_kind.json("verify", "--all", "--strict")
    assert (report["ok"], report["reexecuted"], report["not_reexecuted"], report["first_error"]) == (True, 2, 0, None)
    assert set(report) == REPORT
