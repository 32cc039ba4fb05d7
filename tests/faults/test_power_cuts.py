"""The power goes at any moment: nothing that was answered is lost, because every commit waits for the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.commands import StartNomination
from engine.store import tables
from engine.store.opening import FILE_NAME
from tests.builders import NOMINEE, QUICK, RELEASES, new_id
from tests.e2e.house import House
from tests.faults.disturbed import disturber, needs_strace
from tests.faults.power import RECORD, Disk, Seen, Step, kept, power_cuts, replayed, steps_of
from web.office import Place, open_engine

pytestmark = needs_strace
COUNTS = [(20, 60), pytest.param((100, 2000), marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
VERIFIED_EACH = 200  # cuts: after one in so many all is executed again, after each of them the database is checked


def waiting(data: Path, number: int) -> tuple[str, list[str]]:
    """Make so many nominations that wait for their assessment; return whose they are, and their codes."""
    engine = open_engine(Place(data), passwords=QUICK, releases=RELEASES)
    with engine.database.read() as reader:
        account = tables.account.c
        person = str(reader.execute(select(account.person).where(account.username == "mai")).scalar_one())
    what = {"actor": person, "unit": "X2545", "award": "GK_XA", "kind": "ca_nhan", "form": NOMINEE}
    codes = [engine.start_nomination(StartNomination(command_id=new_id(), **what))["code"] for _ in range(number)]
    engine.database.close()
    return person, codes


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for disks after cuts, in memory where there is such a place."""
    place = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path("/tmp")
    made = place / f"khenthuong-{new_id()}"
    made.mkdir()
    yield made
    shutil.rmtree(made)


def survive(furnished: House, data: Path, folder: Path, counts: tuple[int, int], synchronous: str) -> Seen:
    completions, cuts = counts
    data.mkdir()
    shutil.copy(furnished.data / FILE_NAME, data)
    person, codes = waiting(data, completions)
    base = {FILE_NAME: (data / FILE_NAME).read_bytes()}
    commands = [new_id() for _ in codes]
    asked = {"codes": codes, "person": person, "commands": commands, "synchronous": synchronous}
    with disturber() as program:
        came = program.complete(data, asked, *RECORD)
    assert came.said == ["done"] * completions
    again = replayed(base, came.trace)
    assert all(content == (data / name).read_bytes() for name, content in again.items())
    looked = count()

    def look(place: Path) -> set[str]:
        found = kept(place / FILE_NAME)
        there = [command in found for command in commands]
        assert there == sorted(there, reverse=True), "a later command is there, an earlier one is not"
        if next(looked) % VERIFIED_EACH == 0:
            assert_good(place)
        return found

    return power_cuts(base, came.trace, folder, cuts, look)


def assert_good(data: Path) -> None:
    """Every chain is whole, what is derived is as it should be, every entry can be executed again."""
    engine = open_engine(Place(data), passwords=QUICK, releases=RELEASES)
    report = engine.verify()
    engine.database.close()
    assert report.ok, report


@pytest.mark.parametrize("counts", COUNTS)
def test_what_was_answered_is_there_after_any_power_cut(
    furnished: tuple[House, dict[str, str]], tmp_path: Path, folder: Path, counts: tuple[int, int],
    seen: Callable[..., None],
) -> None:  # fmt: skip
    found = survive(furnished[0], tmp_path / "data", folder, counts, "")
    seen(**vars(found))
    assert (found.lost, found.damaged) == (0, 0)


@pytest.mark.parametrize("counts", COUNTS)
def test_the_cuts_would_show_a_database_that_does_not_wait_for_the_disk(
    furnished: tuple[House, dict[str, str]], tmp_path: Path, folder: Path, counts: tuple[int, int],
    seen: Callable[..., None],
) -> None:  # fmt: skip
    found = survive(furnished[0], tmp_path / "data", folder, counts, "NORMAL")
    seen(**vars(found))
    assert found.lost > found.cuts // 2


@pytest.mark.parametrize("number", ["64831 ", "6483  ", "7     "])
def test_a_trace_is_read_whatever_the_number_of_the_process(number: str) -> None:
    line = number + r'pwrite64(8<\x2f\x61>, "\x68\x69", 2, 512) = 2'
    assert steps_of(line) == [Step("pwrite64", "a", b"hi", 512)]


def test_a_torn_write_changes_some_of_its_sectors_alone() -> None:
    disk = Disk({"a": bytearray(b"x" * 2048)})
    disk.apply(Step("pwrite64", "a", b"y" * 1024, 512), {1})
    assert bytes(disk.files["a"]) == b"x" * 1024 + b"y" * 512 + b"x" * 512
    disk.apply(Step("ftruncate", "a", b"", 100))
    assert bytes(disk.files["a"]) == b"x" * 100
