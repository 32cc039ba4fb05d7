"""The sender of messages is killed again and again: each is sent, and twice only where it died in between."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from engine.canonical import time_text
from engine.store import tables
from engine.store.opening import open_database
from tests.e2e.house import ROOT, House

EACH = 40  # messages for each kill: more than one child sends before it dies
COUNTS = [10, pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]


def survive(house: House, taken: Path, kills: int) -> dict[str, int]:
    about = json.dumps({"overdue": 1, "soon": 0})
    row = {"kind": "overdue", "unit": "X2545", "about": about, "at": time_text(datetime.now(UTC))}
    keys = {f"overdue:{number}" for number in range(kills * EACH)}
    database = open_database(house.database or house.data)
    with database.write() as tx:
        tx.execute(insert(tables.outbox), [row | {"key": key} for key in keys])
    command = [sys.executable, "-m", "tests.faults.sender", house.data, house.database or "-", taken, kills]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    with database.read() as reader:
        noted = set(reader.execute(select(tables.outbox_delivery.c.key)).scalars())
    database.close()
    times = Counter(taken.read_text("ascii").split())
    assert int(done.stdout) == kills
    assert times.keys() == noted == keys
    assert times.total() - len(keys) <= kills
    return {"kills": kills, "messages": len(keys), "sent_twice_under_their_key": times.total() - len(keys)}


@pytest.mark.parametrize("kills", COUNTS)
def test_each_message_is_sent_though_its_sender_on_sqlite_is_killed(
    home: tuple[House, dict[str, str]], tmp_path: Path, kills: int, seen: Callable[..., None]
) -> None:
    seen(**survive(home[0], tmp_path / "taken", kills))


@pytest.mark.postgres
@pytest.mark.parametrize("kills", COUNTS)
def test_each_message_is_sent_though_its_sender_on_postgresql_is_killed(
    postgres_home: tuple[House, dict[str, str]], tmp_path: Path, kills: int, seen: Callable[..., None]
) -> None:
    seen(**survive(postgres_home[0], tmp_path / "taken", kills))
