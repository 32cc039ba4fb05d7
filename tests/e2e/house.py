"""khenthuong as it runs on a server: its commands, and `serve` as a process of its own, over one place for data.

A `House` is that place with people in it. Names of people: mai and lan (award officers), luc (council), son (head), all
of xã Tân Trào; minh (auditor); khanh (administrator).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest

from engine.office import accounts, seeds
from tests.builders import AGREES, NOTICE, PASSWORD, QUICK, VOTE
from web import cli
from web.office import Place, prepare

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("khenthuong")
PATIENCE = 120  # seconds until a process that says nothing counts as hung
PEOPLE = {
    "mai": ("Hoàng Thị Mai", "CB_TDKT_DV", "X2545"),
    "lan": ("Lương Thị Lan", "CB_TDKT_DV", "X2545"),
    "luc": ("Nông Văn Lực", "HD_DV", "X2545"),
    "son": ("Lý Văn Sơn", "TT_DV", "X2545"),
    "minh": ("Đỗ Quang Minh", "KT", "TTT"),
    "khanh": ("Đỗ Quốc Khánh", "QT", "SNV"),
}


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]


@dataclass
class Server:
    """A running `serve`; `address` is where it listens."""

    process: subprocess.Popen[str]
    address: str

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def stop(self) -> int:
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    def call(self, path: str, token: str | None = None, body: Any = None) -> Answer:
        """Ask the API; with a body it is a POST."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(f"{self.address}/api/v1{path}", data, headers), timeout=PATIENCE) as answer:
                return Answer(answer.status, json.load(answer))
        except HTTPError as refused:
            with refused:
                return Answer(refused.code, json.load(refused))


class House:
    def __init__(self, data: Path, database: str | None = None) -> None:
        self.data = data
        self.database = database
        # The programs of these tests have no patience: how much is let through is tested in tests/web.
        where = {"KHENTHUONG_DATA": str(data)}
        where |= {f"KHENTHUONG_{kind}": "0" for kind in ("WRITES", "UPLOADS", "EXPORTS")}
        where |= {"KHENTHUONG_DATABASE_URL": database} if database else {}
        # Compiled modules may be kept: a test starts the program several times.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.environment = kept | where

    def run(self, *words: str) -> Done:
        """Run a command to its end, in this process: a new one would take longer to start than most commands last."""
        where = ["--data", str(self.data)] + (["--database", self.database] if self.database else [])
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
            cli.main([*words, *where])
        return Done(int(left.value.code or 0), out.getvalue(), err.getvalue())

    def json(self, *words: str) -> Any:
        """Run a command that must succeed and return what it prints as JSON."""
        done = self.run(*words, "--json")
        assert done.code == 0, done
        return json.loads(done.out)

    def start(self, port: int = 0) -> Server:
        """Start `serve` and wait until it says where it listens."""
        command = [str(PROGRAM), "serve", "--port", str(port)]
        with TemporaryFile("w+", encoding="utf-8") as log:  # a pipe that nobody reads would fill up and stop it
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment)
            assert process.stdout is not None
            said = re.search(r"http://\S+", process.stdout.readline())
            if said is None:
                process.kill()
                process.communicate()
                log.seek(0)
                raise AssertionError(log.read())
        return Server(process, said[0])

    @contextmanager
    def serving(self) -> Iterator[Server]:
        server = self.start()
        try:
            yield server
        finally:
            server.stop()

    def furnish(self) -> dict[str, str]:
        """Make the database with its people, as `db upgrade` and `user add` do; return a token for each of them."""
        engine = prepare(Place(self.data, self.database), passwords=QUICK)
        for username, (name, role, unit) in PEOPLE.items():
            with engine.database.read() as reader:
                commands = accounts.new_user(
                    reader.connection,
                    full_name=name,
                    position=name,
                    username=username,
                    password=PASSWORD,
                    unit=unit,
                    role=role,
                    on=engine.today(),
                    book=seeds.role_book(),
                )
            for command in commands:
                engine.execute(command)
        tokens = {username: engine.issue_token(username) for username in PEOPLE}
        engine.database.close()
        return tokens


def today() -> date:
    """The day it is in the office: the processes run on the clock of the machine."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def dated(form: dict[str, Any]) -> dict[str, Any]:
    """Return a form of tests.builders with its days set to today."""
    return {name: f"{today():%d/%m/%Y}" if name.startswith("ngay_") else value for name, value in form.items()}


VOTE_TODAY, AGREES_TODAY, NOTICE_TODAY = dated(VOTE), dated(AGREES), dated(NOTICE)
