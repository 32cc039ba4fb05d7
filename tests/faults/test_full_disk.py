"""The disk of an office on SQLite fills up: a clear answer, reading goes on, and it works again when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.builders import new_id
from tests.e2e.house import House
from tests.faults.calls import NOMINATION, ask

ROOM, MORE = "12m", "64m"
MISSING = "needs root, to mount a small disk in memory"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", f"khenthuong-{uuid4()}", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip(MISSING)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_refuses_what_it_cannot_keep_and_takes_it_later(
    furnished: tuple[House, dict[str, str]], small_disk: Path, seen: Callable[..., None]
) -> None:
    tokens, house = furnished[1], House(small_disk / "data")
    shutil.copytree(furnished[0].data, house.data)
    codes: list[str] = []
    refused = []
    with house.serving() as server:
        (small_disk / "ballast").write_bytes(bytes(shutil.disk_usage(small_disk).free - 512 * 1024))
        while len(refused) < 20:
            body = {"command_id": new_id()} | NOMINATION
            status, answer = ask(server.address, tokens["mai"], "/nominations", body)
            if status == 507:
                refused.append(body)
                assert "đầy" in answer["message"]
            else:
                assert status == 201, answer
                codes.append(answer["code"])
            for code in codes[-1:]:
                assert ask(server.address, tokens["mai"], f"/nominations/{code}")[0] == 200
        subprocess.run(["mount", "-o", f"remount,size={MORE}", str(small_disk)], check=True)
        for body in refused:
            assert ask(server.address, tokens["mai"], "/nominations", body)[0] == 201
    assert len(house.json("list", "nominations")) == len(codes) + len(refused)
    assert house.json("verify", "--all", "--strict")["ok"]
    seen(kept=len(codes), refused_507=len(refused), kept_later=len(refused))
