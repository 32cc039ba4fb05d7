"""The benchmark measures what it says; how fast that is no test asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

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
