"""Houses that faults are done to, and where what was seen is written down."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import furnished as furnished
from tests.e2e.conftest import home as home
from tests.e2e.conftest import house as house
from tests.e2e.house import House


@pytest.fixture
def postgres_home(tmp_path: Path, empty_postgres_url: str) -> tuple[House, dict[str, str]]:
    """A house on PostgreSQL with people and their tokens."""
    house = House(tmp_path / "data", empty_postgres_url)
    return house, house.furnish()


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Write down what a fault test counted, where KHENTHUONG_FAULTS names a file: the table of docs/FAULTS.md."""
    started = time.monotonic()

    def write(**counts: Any) -> None:
        file = os.environ.get("KHENTHUONG_FAULTS")
        if file:
            line = {"test": request.node.name, "seconds": round(time.monotonic() - started)} | counts
            with open(file, "a", encoding="utf-8") as out:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")

    return write
