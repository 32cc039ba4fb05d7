"""Whatever way a shipped diagram takes, its journal carried out again gives the same facts and states."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine.process.model import Node
from tests.engine.process.strolls import Line, carried_out_again, followed, stroll
from tests.workflows.journeys import FOLDERS, Office, shipped
from tests.workflows.nomination_ways import WAYS
from tests.workflows.ways import nominee

ROOT = Path(__file__).parents[2]
STROLLS, LENGTH = 4, 60
BEGINS = datetime(2025, 9, 1, tzinfo=UTC)
STARTS: dict[str, dict[str, Any]] = {
    "nomination": nominee(),
    "unit_commendation": nominee("GK_XA") | {"nomination.regime": "R3"},
    "paper": {"paper.kind": "to_trinh_snv"},
}
LAID_OUT = {("R3", "nomination"): tuple(WAYS.values())}  # every flow and every outcome
ALL = [(release, process) for release in FOLDERS for process in STARTS]


def fields(release: str, node: Node, chance: Random) -> dict[str, Any]:
    """Return some variables that the form of a step could give, and an outcome that it offers."""
    if not node.form:
        return {}
    form = shipped(release).form(node.form)
    given = {field["name"]: any_of(field, chance) for field in form["fields"] if field.get("variable")}
    offered = [outcome["value"] for outcome in form.get("outcomes", ())]
    # What comes first leads on; the others lead back or out.
    return given | ({"outcome": chance.choice([*offered[:1] * 4, *offered])} if offered else {})


def any_of(field: dict[str, Any], chance: Random) -> Any:
    if field["type"] == "bool":
        return chance.random() < 0.9
    if field["type"] in ("count", "percent"):
        return chance.choice([1, *[17] * 9])
    if field["type"] == "choice":
        return chance.choice([choice["value"] for choice in field["choices"]])
    return date(2025, chance.randrange(1, 13), 1).isoformat()


@cache
def strolls(release: str, process: str) -> list[list[Line]]:
    office = Office(BEGINS.date())

    def given(node: Node, chance: Random) -> dict[str, Any]:
        return fields(release, node, chance)

    definition = shipped(release).process(process)
    ways = LAID_OUT.get((release, process), ())
    return [
        *(stroll(definition, BEGINS, office, STARTS[process], given, seed, LENGTH) for seed in range(STROLLS)),
        *(followed(definition, BEGINS, office, variables, way) for variables, way, _ in ways),
    ]


@pytest.mark.parametrize(("release", "process"), ALL)
@pytest.mark.parametrize("reload", [False, True])
def test_every_entry_gives_the_same_facts_and_state_again(release: str, process: str, reload: bool) -> None:
    definition = shipped(release).process(process)
    assert sum(carried_out_again(definition, lines, reload=reload) for lines in strolls(release, process)) > STROLLS


def test_the_strolls_meet_timers_messages_calls_tables_and_incidents() -> None:
    facts = {fact["fact"] for way in ALL for lines in strolls(*way) for line in lines for fact in line["facts"]}
    keys = {fact.get("key", "") for way in ALL for lines in strolls(*way) for line in lines for fact in line["facts"]}
    met = {"TimerScheduled", "TimerEnded", "MessageAwaited", "MessageEnded", "DecisionMade", "FlowTaken"}
    assert met | {"ProcessSuspended", "ProcessResumed", "ProcessEnded", "VariableSet"} <= facts
    assert any("/" in key for key in keys), "no step of a called process"
    assert any("@" in key for key in keys), "no instance of a multi-instance"


@pytest.mark.parametrize("seed", ["0", "424242"])
def test_another_process_with_other_hashes_of_strings_gives_the_same(seed: str, tmp_path: Path) -> None:
    written = {f"{release}/{process}": strolls(release, process) for release, process in ALL}
    file = tmp_path / "strolls.json"
    file.write_text(json.dumps(written), "utf-8")
    environment = os.environ | {"PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "tests.engine.process.strolls", str(file)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) == sum(len(lines) for ways in written.values() for lines in ways)
