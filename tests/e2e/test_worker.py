"""`serve` in several processes and `worker` on PostgreSQL, as they run on a server."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from engine.commands import SYSTEM, PublishRelease
from engine.store.heads import HEADS_FILE, SignedHead, append_heads, read_heads
from tests.builders import ASSESSMENT, NOMINEE, QUICK, new_id
from tests.e2e.house import AGREES_TODAY, PATIENCE, PROGRAM, VOTE_TODAY, House, Server
from tests.waiting import write_release
from web.office import Place, open_engine

pytestmark = pytest.mark.postgres


@pytest.fixture
def office(tmp_path: Path, empty_postgres_url: str) -> tuple[House, dict[str, str]]:
    house = House(tmp_path / "data", empty_postgres_url)
    return house, house.furnish()


@contextmanager
def working(house: House) -> Iterator[subprocess.Popen[str]]:
    """A worker that says it is at work; stopped in the end, which must take it no time to speak of."""
    process = subprocess.Popen([PROGRAM, "worker"], stdout=subprocess.PIPE, text=True, env=house.environment)
    assert process.stdout is not None
    assert process.stdout.readline()
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def wait_until(true: object) -> None:
    assert callable(true)
    pause = Event()
    for _ in range(PATIENCE * 5):
        if true():
            return
        pause.wait(0.2)
    raise AssertionError("it never came")


def nominate(server: Server, token: str) -> str:
    body = {"command_id": new_id(), "unit": "X2545", "award": "GK_XA", "kind": "ca_nhan", "form": NOMINEE}
    answer = server.call("/nominations", token, body)
    assert answer.status == 201, answer
    return str(answer.body["code"])


def complete(server: Server, tokens: dict[str, str], code: str, who: str, form: dict[str, str]) -> None:
    [task] = server.call(f"/nominations/{code}", tokens[who]).body["tasks"]
    body = {"command_id": new_id(), "expected_version": task["version"], "form": form}
    answer = server.call(f"/tasks/{task['id']}/complete", tokens[who], body)
    assert answer.status == 200, answer


def test_a_head_is_signed_at_once_after_a_decision_in_another_process(office: tuple[House, dict[str, str]]) -> None:
    house, tokens = office
    with house.serving() as server, working(house):
        code = nominate(server, tokens["mai"])
        complete(server, tokens, code, "mai", ASSESSMENT)
        complete(server, tokens, code, "luc", VOTE_TODAY)
        wait_until(lambda: read_heads(house.data / HEADS_FILE))
        first = len(read_heads(house.data / HEADS_FILE))
        complete(server, tokens, code, "son", AGREES_TODAY)
        wait_until(lambda: len(read_heads(house.data / HEADS_FILE)) > first)
    assert house.json("verify", "--all", "--strict")["ok"]


def test_a_worker_fires_what_is_due(office: tuple[House, dict[str, str]], tmp_path: Path) -> None:
    house, tokens = office
    release = write_release(tmp_path / "release")
    diagram = release / "bpmn" / "short.bpmn"
    diagram.write_text(diagram.read_text("utf-8").replace("P1D", "PT1S"), "utf-8")
    engine = open_engine(Place(house.data, house.database), passwords=QUICK)
    engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(release)))
    engine.database.close()
    with house.serving() as server:
        codes = [nominate(server, tokens["mai"]) for _ in range(3)]
        with working(house):
            for code in codes:
                wait_until(lambda code=code: server.call(f"/nominations/{code}", tokens["mai"]).body["tasks"])
    assert house.json("verify", "--all", "--strict")["ok"]


def test_a_worker_with_another_key_signs_nothing(office: tuple[House, dict[str, str]]) -> None:
    house, tokens = office
    with house.serving() as server:
        nominate(server, tokens["mai"])
        with working(house):
            wait_until(lambda: read_heads(house.data / HEADS_FILE))
    shutil.rmtree(house.data / "keys")
    (house.data / HEADS_FILE).unlink()
    process = subprocess.run(
        [PROGRAM, "worker"], capture_output=True, text=True, env=house.environment, check=False, timeout=PATIENCE
    )
    assert process.returncode == 3
    assert "head.ed25519" in process.stderr


def test_there_is_no_worker_on_sqlite(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    house.furnish()
    done = house.run("worker")
    assert (done.code, done.out) == (3, "")


def test_serve_refuses_a_database_that_holds_less_than_the_heads_beside_it(
    office: tuple[House, dict[str, str]],
) -> None:
    house, _tokens = office
    head = SignedHead(size=10_000, root="0" * 64, at="", prev="", key="", signature="")
    house.data.mkdir(exist_ok=True)
    append_heads(house.data / HEADS_FILE, [head])
    process = subprocess.run(
        [PROGRAM, "serve", "--port", "0"],
        capture_output=True,
        text=True,
        env=house.environment,
        check=False,
        timeout=PATIENCE,
    )
    assert process.returncode == 3
    assert "dữ liệu ít hơn mốc niêm phong đã ký" in process.stderr
