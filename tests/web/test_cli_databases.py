"""Every command of the contract gives the same shape and exit code on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.web.conftest import ROOT
from web import cli

RELEASE = str(ROOT / "workflows")
PASSWORD = "lúa nương chín vàng đồi\n"
ADD = ["--name", "Nguyễn Thị Hằng", "--unit", "X2545", "--role", "CB_TDKT_DV"]
COMMANDS: list[tuple[list[str], int]] = [
    (["db", "upgrade"], 0),
    (["demo"], 3),
    (["user", "add", "hang.tantrao", *ADD], 0),
    (["user", "add", "hang.tantrao", *ADD], 1),
    (["user", "passwd", "hang.tantrao"], 0),
    (["user", "list"], 0),
    (["token", "--user", "hang.tantrao"], 0),
    (["token", "--user", "ai.do"], 1),
    (["user", "disable", "hang.tantrao"], 0),
    (["user", "disable", "ai.do"], 1),
    (["list", "nominations"], 0),
    (["list", "dossiers", "--status", "HOAN_TAT"], 0),
    (["list", "papers"], 0),
    (["verify"], 0),
    (["verify", "--code", "KT-2099-0001/01"], 1),
    (["verify", "--all", "--strict"], 0),
    (["rebuild"], 0),
    (["workdays", "2026-04-28", "5"], 0),
    (["workdays", "0001-01-01", "5"], 1),
    (["release", "list"], 0),
    (["release", "diff", "R3", RELEASE], 0),
    (["release", "diff", "R3", "R9"], 1),
    (["release", "impact", RELEASE], 0),
    (["release", "kept"], 0),
    (["erase", "nomination", "KT-2099-0001/01", "--reason", "x"], 1),
    (["backup", "COPY"], 0),
    (["backup", "COPY"], 3),
    (["restore", "COPY", "--data", "OTHER"], 0),
    (["restore", RELEASE + "/release.toml"], 3),
]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command to its end and return exit code, standard output and standard error."""

    def finished(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", StringIO(PASSWORD))
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main(list(arguments))
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return finished


def shape(value: Any) -> Any:
    """Return the names and types in a JSON value, of a list those of its first item."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return type(value).__name__


def test_commands_give_the_same_shapes_and_exit_codes_on_both_databases(run: Run, tmp_path: Path) -> None:
    if postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    places = {
        "sqlite": (["--data", str(tmp_path / "sqlite")], []),
        "postgresql": (
            ["--data", str(tmp_path / "pg"), "--database", postgres.new_database("both_one")],
            ["--database", postgres.new_database("both_two")],
        ),
    }
    for command, code in COMMANDS:
        found = []
        for name, (place, other) in places.items():
            copies = {"COPY": str(tmp_path / f"{name}.copy"), "OTHER": str(tmp_path / f"{name}.other")}
            words = [copies.get(word, word) for word in command]
            moved = [*other, "--json"] if "OTHER" in command else [*place, "--json"]
            done, out, err = run(*words, *moved)
            assert done == code, (name, command, done, err)
            assert err.count("\n") == (code != 0), (name, command, err)
            found.append((shape(json.loads(out)) if out else None, err.replace(copies["COPY"], "COPY")))
        assert found[0] == found[1], command
