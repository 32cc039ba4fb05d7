"""The office of papers, on both databases."""

from pathlib import Path

import pytest

from engine.store.database import Database
from tests.papers import PaperOffice


@pytest.fixture
def office(database: Database, tmp_path: Path) -> PaperOffice:
    return PaperOffice(database, tmp_path / "release")
