"""One completion on SQLite, disturbed at each of its writes: killed there, or told by the disk that it cannot write."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid5

import pytest
from sqlalchemy import select

from engine.commands import CompleteTask, StartNomination
from engine.store import tables
from engine.store.opening import FILE_NAME
from tests.builders import ASSESSMENT, NOMINEE, QUICK, RELEASES, new_id
from tests.e2e.house import House
from tests.faults.disturbed import Disturber, disturber, needs_strace
from web.office import Place, open_engine

pytestmark = needs_strace
# From one disturbed write to the next: every tenth, or each of them.
STRIDES = [10, pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
COMMAND = "5d9a3e5e-3f53-4a3e-9d7e-6a4a4c1f0001"


class Prepared(NamedTuple):
    """An office with one nomination whose officer assesses it next."""

    data: Path
    code: str
    person: str


@pytest.fixture(scope="module")
def prepared(furnished: tuple[House, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    data = tmp_path_factory.mktemp("prepared") / "data"
    data.mkdir()
    shutil.copy(furnished[0].data / FILE_NAME, data)
    engine = open_engine(Place(data), passwords=QUICK, releases=RELEASES)
    with engine.database.read() as reader:
        account = tables.account.c
        person = reader.execute(select(account.person).where(account.username == "mai")).scalar_one()
    command = StartNomination(
        command_id=new_id(), actor=person, unit="X2545", award="GK_XA", kind="ca_nhan", form=NOMINEE
    )
    code = engine.start_nomination(command)["code"]
    engine.database.close()
    return Prepared(data, code, person)


@pytest.fixture(scope="module")
def program() -> Iterator[Disturber]:
    with disturber() as made:
        yield made


@pytest.fixture
def data(prepared: Prepared, tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Fresh copies of the office."""
    copies: list[Path] = []

    def copy() -> Path:
        copies.append(tmp_path / f"copy{len(copies)}")
        shutil.copytree(prepared.data, copies[-1])
        return copies[-1]

    yield copy
    for made in copies:
        shutil.rmtree(made, ignore_errors=True)


def assert_done_once(data: Path, prepared: Prepared) -> None:
    """Complete the task under its id (again) and assert that all is as if nothing had disturbed it."""
    engine = open_engine(Place(data), passwords=QUICK, releases=RELEASES)
    actor = engine.actor(prepared.person)
    task = str(uuid5(UUID(engine.nomination(actor, prepared.code).id), "self_assessment#1"))
    command = CompleteTask(command_id=COMMAND, actor=prepared.person, task=task, expected_version=1, form=ASSESSMENT)
    engine.complete_task(command)
    acts = [line.act for line in engine.history(actor, prepared.code)]
    assert acts == ["started", "completed"]
    report = engine.verify([f"nomination:{engine.nomination(actor, prepared.code).id}"])
    assert report.ok and report.reexecuted == 1, report
    with engine.database.read() as reader:
        assert reader.connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
    engine.database.close()


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_a_process_killed_at_any_write_leaves_all_or_nothing(
    call: str, stride: int, prepared: Prepared, program: Disturber, data: Callable[[], Path], seen: Callable[..., None]
) -> None:
    points, done = 0, False
    while not done:
        place = data()
        asked = {"codes": [prepared.code], "person": prepared.person, "commands": [COMMAND]}
        inject = f"inject={call}:signal=SIGKILL:when={points * stride + 1}"
        came = program.complete(place, asked, "-e", f"trace={call}", "-e", inject)
        done = came.said == ["done"]
        assert came.said in ([], ["done"])
        assert_done_once(place, prepared)
        points += not done
    seen(call=call, points=points)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize(
    ("call", "error", "refusal"),
    [
        ("pwrite64", "EIO", "cannot_open unreachable"),
        ("pwrite64", "ENOSPC", "cannot_open full"),
        ("fdatasync", "EIO", "cannot_open unreachable"),
        ("fdatasync", "ENOSPC", "cannot_open unreachable"),  # SQLite does not say why a sync failed
    ],
)
def test_a_write_that_fails_is_a_clear_refusal_and_reads_go_on_and_the_next_try_succeeds(
    call: str, error: str, refusal: str, stride: int, prepared: Prepared, program: Disturber,
    data: Callable[[], Path], seen: Callable[..., None],
) -> None:  # fmt: skip
    points, refusals = 0, set()
    while True:
        place = data()
        asked = {"codes": [prepared.code], "person": prepared.person, "commands": [COMMAND]}
        inject = f"inject={call}:error={error}:when={points * stride + 1}"
        came = program.complete(place, asked, "-e", f"trace={call}", "-e", inject)
        assert came.reads
        *refused, last = came.said
        assert last == "done"
        assert refused in ([], [refusal])
        refusals.update(refused)
        assert_done_once(place, prepared)
        if "(INJECTED)" not in came.trace:
            break
        points += 1
    seen(call=call, error=error, points=points, refusals=sorted(refusals))
