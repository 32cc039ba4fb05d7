"""Power cuts, simulated: what was written between two syncs may reach the disk, or not, or in part, in any order.

Made from what strace saw of a process: the writes to each file, its syncs, and when a client was told that its work is
done. After a cut each file holds what was written before its last sync; of later writes any subset arrived, and of a
write any of its sectors of 512 bytes. Assumed: a sync is honest, and files once made stay in their folder.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

SECTOR = 512
ANSWERS = "result"  # the file in which a client is told that its work is done
RECORD = ("-y", "-xx", "-s", "1000000", "-e", "trace=pwrite64,write,fdatasync,fsync,ftruncate")

# strace pads the number of a process to five digits.
_CALL = re.compile(r"\d+ +(\w+)\(\d+<([^>]*)>(?:, \"([^\"]*)\", (\d+)(?:, (\d+))?|, (\d+))?\) += (\d+)")


class Step(NamedTuple):
    call: str
    file: str  # its name
    data: bytes
    offset: int


def steps_of(trace: str) -> list[Step]:
    """Return what a process did to its files, in order."""
    steps = []
    for line in trace.splitlines():
        if "pwrite64" in line or "write(" in line or "sync(" in line or "ftruncate(" in line:
            found = _CALL.match(line)
            assert found, line[:200]
            call, path, data, length, offset, size, wrote = found.groups()
            assert wrote == (length or "0"), f"{call} wrote less than it was asked"
            steps.append(Step(call, Path(_plain(path).decode()).name, _plain(data or ""), int(offset or size or 0)))
    return steps


def _plain(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


@dataclass
class Disk:
    """Files by their names."""

    files: dict[str, bytearray]

    def apply(self, step: Step, sectors: set[int] | None = None) -> None:
        """Let a write arrive, or some of its sectors."""
        content = self.files.setdefault(step.file, bytearray())
        if step.call == "ftruncate":
            del content[step.offset :]
            content.extend(bytes(step.offset - len(content)))
            return
        for start in range(0, len(step.data), SECTOR):
            if sectors is None or start // SECTOR in sectors:
                piece = step.data[start : start + SECTOR]
                at = step.offset + start
                content.extend(bytes(max(0, at + len(piece) - len(content))))
                content[at : at + len(piece)] = piece


class Machine:
    """A machine that carries out steps one by one, and whose power can be cut behind any of them."""

    def __init__(self, base: dict[str, bytes]) -> None:
        self.acknowledged: set[str] = set()  # commands whose client was told that they are done
        self._durable = Disk({name: bytearray(content) for name, content in base.items()})
        self._pending: dict[str, list[Step]] = defaultdict(list)

    def go_on(self, steps: list[Step]) -> None:
        for step in steps:
            if step.file == ANSWERS:
                self.acknowledged |= {line.split(" ", 1)[0] for line in step.data.decode().splitlines()}
            elif step.call in ("fdatasync", "fsync"):
                for done in self._pending.pop(step.file, []):
                    self._durable.apply(done)
            else:
                self._pending[step.file].append(step)

    def cut(self, chance: Random) -> Disk:
        """Return the disk as it may be found if the power were cut now."""
        disk = Disk({name: bytearray(content) for name, content in self._durable.files.items()})
        for steps in self._pending.values():
            for step in steps:
                fate = chance.choice(("whole", "lost", "torn"))
                if fate == "whole" or (fate == "torn" and step.call == "ftruncate"):
                    disk.apply(step)
                elif fate == "torn":
                    count = (len(step.data) + SECTOR - 1) // SECTOR
                    disk.apply(step, {number for number in range(count) if chance.random() < 0.5})
        return disk

    def switch_off(self) -> Disk:
        """Return the disk after everything has arrived."""
        for steps in self._pending.values():
            for step in steps:
                self._durable.apply(step)
        self._pending.clear()
        return self._durable


@dataclass
class Seen:
    writes: int
    syncs: int
    cuts: int = 0
    lost: int = 0  # cuts after which something acknowledged was not there
    most_lost: int = 0
    damaged: int = 0


def power_cuts(base: dict[str, bytes], trace: str, folder: Path, count: int, look: Callable[[Path], set[str]]) -> Seen:
    """Cut the power so many times at random moments and look at what is left.

    Args:
        base: the files as they were before.
        look: returns the commands that are kept in a folder; sqlite3.DatabaseError where it is damaged.
    """
    steps, chance = steps_of(trace), Random(count)
    calls = [step.call for step in steps if step.file != ANSWERS]
    syncs = sum(call.endswith("sync") for call in calls)
    seen, machine, reached = Seen(len(calls) - syncs, syncs), Machine(base), 0
    for upto in sorted(chance.randrange(1, len(steps) + 1) for _ in range(count)):
        machine.go_on(steps[reached:upto])
        reached = upto
        for name, content in machine.cut(chance).files.items():
            (folder / name).write_bytes(content)
        seen.cuts += 1
        try:
            lost = len(machine.acknowledged - look(folder))
            seen.lost += bool(lost)
            seen.most_lost = max(seen.most_lost, lost)
        except sqlite3.DatabaseError:
            seen.damaged += 1
        for file in folder.iterdir():
            file.unlink()
    return seen


def replayed(base: dict[str, bytes], trace: str) -> dict[str, bytes]:
    """Return the files after everything that was seen: as the process left them, or something was not seen."""
    machine = Machine(base)
    machine.go_on(steps_of(trace))
    return {name: bytes(content) for name, content in machine.switch_off().files.items()}


def kept(file: Path) -> set[str]:
    """Return the commands that an SQLite database holds; sqlite3.DatabaseError if it is damaged."""
    connection = sqlite3.connect(file)
    try:
        [[said], *_more] = connection.execute("PRAGMA integrity_check").fetchall()
        if said != "ok":
            raise sqlite3.DatabaseError(said)
        return {id for (id,) in connection.execute("SELECT command_id FROM command")}
    finally:
        connection.close()
