"""A house with people, and a server over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.house import House, Server
from tests.e2e.visitor import Visitor


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty place for data."""
    return House(tmp_path / "data")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, dict[str, str]]:
    """A house with people and their tokens, to be copied or shared."""
    house = House(tmp_path_factory.mktemp("house") / "data")
    return house, house.furnish()


@pytest.fixture
def home(furnished: tuple[House, dict[str, str]], house: House) -> tuple[House, dict[str, str]]:
    """A house of this test alone, with people and their tokens."""
    shutil.copytree(furnished[0].data, house.data)
    return house, furnished[1]


@pytest.fixture(scope="session")
def shared_server(
    tmp_path_factory: pytest.TempPathFactory, furnished: tuple[House, dict[str, str]]
) -> Iterator[Server]:
    """A server for tests that make what they look at themselves."""
    house = House(tmp_path_factory.mktemp("served") / "data")
    shutil.copytree(furnished[0].data, house.data)
    with house.serving() as server:
        yield server


@pytest.fixture
def enter(chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Log somebody in, in a browser of their own."""
    visitors: list[Visitor] = []

    def log_in(server: Server, username: str, **options: Any) -> Visitor:
        visitors.append(Visitor(chromium, server, **options))
        return visitors[-1].log_in(username)

    yield log_in
    for visitor in visitors:
        visitor.close()
