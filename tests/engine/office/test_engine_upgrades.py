"""What an earlier version of the engine wrote is loaded, continued and verified, stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import zstandard
from sqlalchemy import select, text

from engine.commands import BatchItem, CompleteBatch, ReleaseTask
from engine.errors import StateUnreadable
from engine.facts import EngineUpgraded
from engine.office.service import Engine
from engine.process import formats
from engine.store import tables as t
from engine.store.database import Database
from engine.store.journal import ENGINE_VERSION, Entry
from tests.builders import AGREES, CATALOG, NOTICE, QUICK, RELEASES, Office, new_id

NEWER_SPIFF = f"{ENGINE_VERSION}.1"
NEWER_FORMAT = "2/3.2.0"


class Upgrade:
    """An office that a version of the engine ran until the third step, and what runs it from then on."""

    def __init__(self, database: Database) -> None:
        self.office = Office(database)
        self.before = self.office.at_head()

    def to(self, engine_version: str) -> Office:
        """Start the office under another version of the engine."""
        office = self.office
        newer = Database(office.engine.database.url, engine_version=engine_version)
        office.engine.database.close()
        office.engine = Engine(newer, CATALOG, clock=office.clock, passwords=QUICK, releases=RELEASES)
        return office

    def entries(self, code: str | None = None) -> list[Entry]:
        office = self.office
        id = office.engine.nomination(office.auditor, code or self.before).id
        with office.engine.database.read() as reader:
            return list(reader.entries(f"nomination:{id}"))


@pytest.fixture
def upgrade(database: Database) -> Iterator[Upgrade]:
    made = Upgrade(database)
    yield made
    made.office.engine.database.close()


def checkpoints(entries: list[Entry]) -> list[int]:
    return [entry.seq for entry in entries if isinstance(entry.facts[0], EngineUpgraded)]


@pytest.fixture
def next_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version whose state is another one as soon as it is read: what says where it ended is never empty."""

    def fill(snapshot: dict[str, Any]) -> dict[str, Any]:
        return snapshot | {"state": snapshot["state"] | {"last_end": snapshot["state"]["last_end"] or "none"}}

    monkeypatch.setitem(formats.UPGRADES, 1, fill)
    monkeypatch.setattr("engine.process.state.FORMAT", 2)
    monkeypatch.setattr("engine.process.instance.FORMAT", 2)


def test_the_first_command_under_a_new_engine_writes_down_the_state_it_found(upgrade: Upgrade) -> None:
    found = upgrade.entries()[-1]
    with upgrade.office.engine.database.read() as reader:
        left = reader.snapshot(found.stream)
    office = upgrade.to(NEWER_SPIFF)

    office.complete(upgrade.before, office.head, AGREES)
    office.complete(upgrade.before, office.officer, NOTICE)

    entries = upgrade.entries()
    assert checkpoints(entries) == [found.seq + 1]
    [fact] = entries[found.seq].facts
    assert isinstance(fact, EngineUpgraded)
    assert fact.engine_version == NEWER_SPIFF
    with office.engine.database.read() as reader:
        assert left is not None and reader.blob(fact.snapshot) == left.content
    assert [entry.engine_version for entry in entries] == [ENGINE_VERSION] * found.seq + [NEWER_SPIFF] * 3


def test_each_stretch_is_verified_by_the_engine_that_wrote_it(upgrade: Upgrade) -> None:
    office = upgrade.to(NEWER_SPIFF)
    office.complete(upgrade.before, office.head, AGREES)
    office.complete(upgrade.before, office.officer, NOTICE)
    office.awarded()

    report = office.engine.verify()

    assert report.ok
    assert (report.reexecuted, report.not_reexecuted, report.needs_version) == (1, 1, [ENGINE_VERSION])
    upgrade.to(ENGINE_VERSION)
    report = office.engine.verify()
    assert report.ok
    assert (report.reexecuted, report.not_reexecuted, report.needs_version) == (0, 2, [NEWER_SPIFF])


def test_a_claim_is_enough_to_write_the_state_down(upgrade: Upgrade) -> None:
    office = upgrade.to(NEWER_SPIFF)
    office.claim(upgrade.before, office.head)
    office.complete(upgrade.before, office.head, AGREES)

    assert len(checkpoints(upgrade.entries())) == 1
    assert office.engine.verify().ok


def test_a_batch_act_writes_every_state_down(upgrade: Upgrade) -> None:
    office = upgrade.office
    others = [office.at_head(so_dinh_danh=f"00809000{number:04}") for number in range(3)]
    upgrade.to(NEWER_SPIFF)
    tasks = [office.only_task(code, office.head).task for code in (upgrade.before, *others)]
    items = tuple(BatchItem(task=task.id, expected_version=task.version, form=AGREES) for task in tasks)

    office.engine.complete_batch(CompleteBatch(command_id=new_id(), actor=office.head.person.id, items=items))

    assert all(len(checkpoints(upgrade.entries(code))) == 1 for code in (upgrade.before, *others))
    assert office.engine.verify().ok


@pytest.mark.usefixtures("next_format")
def test_a_journal_of_an_older_format_is_loaded_continued_and_verified(upgrade: Upgrade) -> None:
    office = upgrade.to(NEWER_FORMAT)
    assert office.only_task(upgrade.before).task.element == "head_decision"

    office.complete(upgrade.before, office.head, AGREES)
    office.complete(upgrade.before, office.officer, NOTICE)
    new = office.awarded()

    assert [office.engine.nomination(office.auditor, code).status for code in (upgrade.before, new)] == [
        "DUOC_KHEN"
    ] * 2
    report = office.engine.verify()
    assert (report.first_error, report.needs_version, report.reexecuted) == (None, [ENGINE_VERSION], 1)


def test_a_format_that_nothing_leads_on_from_is_refused_by_its_number(upgrade: Upgrade, monkeypatch: Any) -> None:
    monkeypatch.setattr("engine.process.state.FORMAT", 3)

    with pytest.raises(StateUnreadable, match="format=1"):
        upgrade.office.complete(upgrade.before, upgrade.office.head, AGREES)


@pytest.mark.usefixtures("next_format")
def test_an_older_program_writes_nothing_behind_the_state_of_a_newer_one(upgrade: Upgrade) -> None:
    office = upgrade.to(NEWER_FORMAT)
    task = office.only_task(upgrade.before, office.head).task
    office.claim(upgrade.before, office.head)
    entries = upgrade.entries()
    upgrade.to(ENGINE_VERSION)
    release = ReleaseTask(
        command_id=new_id(), actor=office.head.person.id, task=task.id, expected_version=task.version + 1
    )

    with pytest.raises(StateUnreadable, match="format=2"):
        office.engine.release_task(release)

    assert upgrade.entries() == entries


def test_an_upgrade_is_a_line_of_the_history(upgrade: Upgrade) -> None:
    office = upgrade.to(NEWER_SPIFF)
    office.complete(upgrade.before, office.head, AGREES)

    acts = [line.act for line in office.engine.history(office.auditor, upgrade.before)]

    assert acts == ["started", "completed", "completed", "engine_upgraded", "completed"]


# --- what an insider could try at the seam ------------------------------------------------------------------------


def found(office: Office) -> str | None:
    finding = office.engine.verify().first_error
    return finding.why if finding else None


def spoil(office: Office, change: Any) -> None:
    """Change the snapshot that the next command will go on from, as someone would who owns the database."""
    with office.engine.database.write() as tx:
        row = tx.execute(select(t.stream.c.stream, t.stream.c.snapshot).where(t.stream.c.snapshot.is_not(None))).one()
        held = zstandard.ZstdDecompressor().decompress(row.snapshot).decode()
        content = zstandard.ZstdCompressor().compress(change(held).encode())
        tx.execute(t.stream.update().where(t.stream.c.stream == row.stream).values(snapshot=content))


def more_votes(held: str) -> str:
    changed = held.replace('.dong_y":9', '.dong_y":8')
    assert changed != held
    return changed


def test_a_snapshot_changed_between_two_commands_is_found(upgrade: Upgrade) -> None:
    spoil(upgrade.office, more_votes)

    assert found(upgrade.office) == "derived:snapshot"


def test_a_snapshot_changed_before_an_upgrade_is_not_taken_over_unseen(upgrade: Upgrade) -> None:
    spoil(upgrade.office, more_votes)
    office = upgrade.to(NEWER_SPIFF)

    office.complete(upgrade.before, office.head, AGREES)

    assert found(office) == "other_state_taken_over"


def test_a_snapshot_that_is_gone_is_found(upgrade: Upgrade) -> None:
    with upgrade.office.engine.database.write() as tx:
        tx.execute(text("UPDATE stream SET snapshot = NULL"))

    assert found(upgrade.office) == "derived:snapshot"
