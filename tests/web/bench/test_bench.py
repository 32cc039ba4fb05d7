"""The benchmark measures what it says; how fast that is no test asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.errors import CannotOpen
from web.bench.house import houses
from web.cli import cli

NAMES = {
    "completion_vs_floor",
    "completion_vs_naive",
    "http_completion_ms",
    "returns_last_vs_first",
    "batch_1000_vs_single",
    "inbox_100k_vs_1k",
    "bytes_vs_naive",
    "replay_vs_memory",
}


def test_every_limit_of_the_design_gets_a_row(tmp_path: Path) -> None:
    answer = CliRunner().invoke(cli, ["bench", "--quick", "--json", "--data", str(tmp_path)])

    assert answer.exit_code == 0, answer.output
    measured = json.loads(answer.stdout)
    assert measured["database"] == "sqlite"
    assert {row["name"] for row in measured["rows"]} >= NAMES
    for row in measured["rows"]:
        assert row.keys() == {"name", "value", "unit", "ratio", "goal", "met"}
        assert row["value"] > 0
    assert not list(tmp_path.iterdir())


def test_an_office_of_finished_nominations_is_made_to_be_verified(tmp_path: Path) -> None:
    data = str(tmp_path / "many")
    made = CliRunner().invoke(cli, ["bench", "--finished", "3", "--data", data])
    assert made.exit_code == 0, made.output

    checked = CliRunner().invoke(cli, ["verify", "--all", "--strict", "--json", "--data", data], standalone_mode=False)
    report = json.loads(checked.stdout)
    assert (report["ok"], report["reexecuted"], checked.return_value) == (True, 3, 0)
    listed = CliRunner().invoke(cli, ["list", "nominations", "--status", "DUOC_KHEN", "--json", "--data", data])
    assert len(json.loads(listed.stdout)) == 3
    again = CliRunner().invoke(cli, ["bench", "--finished", "1", "--data", data])
    assert isinstance(again.exception, CannotOpen)


@pytest.mark.postgres
def test_what_a_store_is_filled_with_is_as_commands_would_have_written_it(postgres_url: str, tmp_path: Path) -> None:
    for place in (None, postgres_url):
        with houses(place, tmp_path / str(place is None)) as built:
            house = built.new()
            house.fill(3)
            house.finish(house.nominate())
            report = house.engine.verify()
            assert (report.ok, report.reexecuted) == (True, 4)
            assert house.engine.rebuild() == []
