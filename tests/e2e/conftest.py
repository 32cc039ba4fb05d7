"""A house with people, and a server over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import House, Server


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty place for data."""
    return House(tmp_path / "data")


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    """A furnished house with its server, and the tokens of its people; tests make what they look at themselves."""
    house = House(tmp_path_factory.mktemp("house") / "data")
    tokens = house.furnish()
    with house.serving() as server:
        yield server, tokens
