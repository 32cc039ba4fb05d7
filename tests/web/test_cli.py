import io
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine.office import seeds
from engine.office.service import Engine
from tests.builders import RELEASES, WORKFLOWS
from tests.web.conftest import ROOT
from web import cli, demo, serving
from web.office import Place


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, made once for all tests that only read it."""
    data = tmp_path_factory.mktemp("demo") / "data"
    demo.make_demo(Place(data))
    return data


@pytest.fixture(scope="session")
def new_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office as `db upgrade` leaves it: master data and release, nobody in it."""
    data = tmp_path_factory.mktemp("office") / "data"
    assert run("db", "upgrade", "--data", str(data)) == 0
    return data


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(list(arguments))
    return int(left.value.code or 0)


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = run(*arguments, "--json")
    return code, json.loads(capsys.readouterr().out)


# --- the demo ----------------------------------------------------------------------------------------------------


def test_the_demo_stands_at_every_step_and_at_every_end(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows = run_json(capsys, "list", "nominations", "--data", str(demo_data))
    assert code == 0
    assert set(rows[0]) == {"code", "status", "round", "unit", "name", "release"}
    states = {row["status"] for row in rows}
    assert {"DE_NGHI", "DU_DK", "KHONG_DU_DK", "BO_SUNG", "DUOC_KHEN", "KHONG_DUOC_KHEN", "RUT"} <= states
    assert len({row["unit"] for row in rows}) > 12 and {row["round"] for row in rows} == {
        None,
        "DX-2025-01",
        "DX-2025-02",
    }
    _, papers = run_json(capsys, "list", "papers", "--data", str(demo_data))
    assert {"da_cap_so", "da_phat_hanh", "da_nhan"} <= {row["status"] for row in papers}
    code, dossiers = run_json(capsys, "list", "dossiers", "--data", str(demo_data), "--status", "BINH_XET")
    assert code == 0 and dossiers


def test_in_the_demo_a_task_waits_at_every_step_of_every_diagram(demo_data: Path) -> None:
    processes = RELEASES.check(WORKFLOWS).processes
    drawn = {(name, element) for name, process in processes.items() for element in process.user_tasks}
    with closing(sqlite3.connect(demo_data / "khenthuong.db")) as database:
        waiting = set(database.execute("SELECT process, element FROM user_task WHERE state = 'open'"))
    # A task of a called process is known by the process of its case.
    called = {node.called for process in processes.values() for node in process.nodes.values()}
    own = {(name, element) for name, element in drawn if name not in called}
    beside = {element for name, element in drawn if name in called}
    assert waiting == own | {("nomination", element) for element in beside}


def test_the_demo_verifies_and_a_changed_byte_is_found(
    demo_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = run_json(capsys, "verify", "--all", "--strict", "--data", str(demo_data))
    assert (code, report["ok"], report["not_reexecuted"], report["first_error"]) == (0, True, 0, None)
    assert report["entries"] > 100 and "seconds" in report

    spoilt = tmp_path / "data"
    shutil.copytree(demo_data, spoilt)
    with sqlite3.connect(spoilt / "khenthuong.db") as database:
        database.execute("DROP TRIGGER IF EXISTS journal_no_update")
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE journal SET body = replace(body, '\"dong_y\":9', '\"dong_y\":8')")
    database.close()
    code, report = run_json(capsys, "verify", "--data", str(spoilt))
    assert code == 1 and report["first_error"]["stream"].startswith("nomination:")


def test_a_verification_of_which_a_process_died_is_no_good_sign(
    demo_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr(Engine, "verify", dies)

    assert run("verify", "--all", "--json", "--data", str(demo_data)) == 3
    said = capsys.readouterr()
    assert said.out == "" and "chưa kiểm tra xong" in said.err and said.err.count("\n") == 1


def test_the_accounts_of_the_demo_are_written_for_their_owner_alone(demo_data: Path) -> None:
    file = demo_data / "demo-accounts.json"
    assert file.stat().st_mode & 0o777 == 0o600
    listed = json.loads(file.read_text("utf-8"))
    assert {"username", "password", "role", "unit"} == set(listed[0])
    inside = {role.code for role in seeds.role_book().roles.values() if not role.external} - {"CN_DX"}
    assert {each["role"] for each in listed} == inside
    assert len({each["password"] for each in listed}) == len(listed)


def test_a_demo_is_not_made_over_an_office(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("demo", "--data", str(demo_data)) == 3
    assert capsys.readouterr().err


def test_a_demo_is_not_shown_to_others(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "--data", str(demo_data), "--host", "0.0.0.0", "--port", "0") == 3
    assert "trình diễn" in capsys.readouterr().err


def test_a_rebuild_finds_nothing_to_mend(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_json(capsys, "rebuild", "--data", str(demo_data)) == (0, {"differed": []})


# --- serving -----------------------------------------------------------------------------------------------------


@pytest.fixture
def served(demo_data: Path) -> Iterator[str]:
    """`khenthuong serve` as a process of its own; its address."""
    command = [
        sys.executable,
        "-c",
        "from web.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--data",
        str(demo_data),
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        yield line.split()[-1]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode == 0


def test_serving_says_where_and_a_second_server_is_refused(
    served: str, demo_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with urllib.request.urlopen(f"{served}/login") as page:
        assert "Đăng nhập" in page.read().decode()
    assert run("serve", "--data", str(demo_data), "--port", "0") == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_a_database_with_broken_pages_is_not_served(
    demo_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Path(shutil.copytree(demo_data, tmp_path / "data"))
    file = data / "khenthuong.db"
    content = bytearray(file.read_bytes())
    content[-5 * 4096 :] = b"\xaa" * (5 * 4096)
    file.write_bytes(content)

    assert run("serve", "--data", str(data), "--port", "0") == 3

    said = capsys.readouterr().err
    assert "hỏng" in said and "khenthuong restore" in said and said.count("\n") == 1


def test_a_busy_port_is_one_sentence(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert run("serve", "--data", str(demo_data), "--port", str(port)) == 1
    said = capsys.readouterr().err
    assert str(port) in said and said.count("\n") == 1


def test_only_a_server_behind_a_proxy_trusts_what_it_says() -> None:
    assert serving.behind_proxy("127.0.0.1", demo=True) == {}
    assert serving.behind_proxy("0.0.0.0", demo=False) == {}
    assert serving.behind_proxy("127.0.0.1", demo=False)["trusted_proxy"] == "127.0.0.1"


# --- accounts ----------------------------------------------------------------------------------------------------


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))


def test_the_first_administrator_is_added_by_the_command_line(
    new_office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data", str(new_office))
    who = ("--name", "Đỗ Thị Khánh", "--unit", "SNV", "--role", "QT")

    typed(monkeypatch, "ngắn")
    assert run("user", "add", "quantri", *who, *data) == 1
    assert "12" in capsys.readouterr().err
    typed(monkeypatch, "ngắn")
    wrong = ("--name", " ", "--unit", "KHONGCO", "--role", "VUA")
    assert run("user", "add", "Quản trị", *wrong, *data) == 1
    said = capsys.readouterr().err.splitlines()
    assert [
        word in line for word, line in zip(("họ tên", "đơn vị", "vai trò", "tên đăng nhập", "12"), said, strict=True)
    ] == [True] * 5
    typed(monkeypatch, "núi cao sông dài lắm")
    assert run("user", "add", "quantri", *who, *data) == 0

    code, users = run_json(capsys, "user", "list", *data)
    assert code == 0
    assert [(u["username"], u["roles"], u["disabled"]) for u in users] == [("quantri", ["QT:SNV"], False)]
    code, token = run_json(capsys, "token", "--user", "quantri", *data)
    assert code == 0 and len(token["token"]) > 30
    typed(monkeypatch, "biển rộng trời xanh quá")
    assert run("user", "passwd", "quantri", *data) == 0
    assert run("user", "disable", "quantri", *data) == 0
    assert run("user", "disable", "khongco", *data) == 1
    assert "not_found" not in capsys.readouterr().err


def test_an_office_without_data_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["serve"], ["list", "nominations"], ["verify"], ["user", "list"], ["rebuild"]):
        assert run(*command, "--data", str(tmp_path / "nothing")) == 3
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "db upgrade" in said


def test_a_database_that_is_out_of_reach_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "dossiers", "--database", "postgresql+psycopg://nobody@127.0.0.1:9/none") == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_wrong_use_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "people") == 2
    assert run("nothing") == 2
    assert run("workdays", "hôm nay", "5") == 2


# --- tools -------------------------------------------------------------------------------------------------------


def test_workdays_says_what_was_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, limit = run_json(capsys, "workdays", "2026-11-23", "2", "--data", str(tmp_path))
    assert code == 0
    assert limit["last_day"] == "2026-11-26"
    assert limit["left_out"][0]["date"] == "2026-11-24"


def test_days_out_of_range_are_refused_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("workdays", "2026-11-23", "--data", str(tmp_path), "--", "-1") == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_release_that_ships_has_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    code, problems = run_json(capsys, "check", str(ROOT / "workflows"))
    assert code == 0
    assert [p for p in problems if p["severity"] == "error"] == []


def test_each_part_of_a_release_is_checked_with_the_forms_and_processes_of_its_release(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "workflows", tmp_path / "r")
    diagrams = tmp_path / "r" / "bpmn"
    (diagrams / "broken.bpmn").write_text("<definitions")
    for part in (diagrams / "unit_commendation.bpmn", diagrams / "opinions.bpmn", tmp_path / "r" / "dmn"):
        code, problems = run_json(capsys, "check", str(part))
        assert (code, {p["severity"] for p in problems} - {"warning"}) == (0, set())
    paper = diagrams / "paper.bpmn"
    paper.write_text(paper.read_text("utf-8").replace('value="paper_sign"', 'value="nowhere"'), "utf-8")
    code, problems = run_json(capsys, "check", str(paper))
    assert code == 1
    assert {p["file"] for p in problems} == {str(paper)}
    assert "form_unknown" in {p["code"] for p in problems}
    code, problems = run_json(capsys, "check", str(diagrams))
    assert {str(paper), str(diagrams / "broken.bpmn")} <= {p["file"] for p in problems if p["severity"] == "error"}


def test_a_broken_diagram_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "broken.bpmn"
    file.write_text("<!DOCTYPE x><definitions/>")
    code, [problem] = run_json(capsys, "check", str(file))
    assert code == 1
    assert {"severity", "code", "file", "line", "element", "message", "mend"} == set(problem)


def test_a_walk_says_where_it_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = ROOT / "workflows" / "bpmn" / "unit_commendation.bpmn"
    code, walked = run_json(capsys, "walk", str(file))
    assert code == 0
    assert set(walked) == {"outcome", "trace", "waiting", "incident", "problems", "data"}
    assert walked["outcome"] == "waiting" and walked["trace"][0] == "nominated"


def test_a_decision_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "input.json"
    given.write_text(json.dumps({"doi_tuong": "cong_chuc_vien_chuc", "so_sang_kien_de_an_06": 0}))
    file = ROOT / "workflows" / "dmn" / "unit_commendation_criteria.dmn"
    code, decided = run_json(capsys, "decide", str(file), "--input", str(given))
    assert code == 0
    assert set(decided) == {"outputs", "matched_rules", "explanation", "problems"}
    assert decided["matched_rules"]


def test_an_input_that_is_no_json_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "input.json"
    given.write_text("{")
    file = ROOT / "workflows" / "dmn" / "unit_commendation_criteria.dmn"
    assert run("decide", str(file), "--input", str(given)) == 2
