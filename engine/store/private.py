"""The data of an office is for its owner alone: the folder is 0700, the files in it 0600.

A folder or a database that an earlier version left open to others is closed when it is opened. A folder that is not
ours alone (it holds other things, and others may enter it) is refused instead: closing it could stop other programs.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from engine.errors import CannotOpen

OTHERS = 0o077
OURS = frozenset({"khenthuong.db", "keys", "heads.jsonl", "demo-accounts.json"})


def private_folder(folder: Path) -> None:
    """Make a data folder, or close one that others may enter.

    Raises:
        CannotOpen: why is unreachable (it cannot be made), or open_to_others (it cannot, or must not, be closed).
    """
    make_folder(folder)
    held = {each.name for each in folder.iterdir()}
    if _open_to_others(folder) and held and not held & OURS:
        raise CannotOpen(why="open_to_others")
    close_to_others(folder)


def key_file(data: Path, name: Path) -> Path:
    """Return the path of a key in a data folder, whose folder is there and closed to others.

    Raises:
        CannotOpen: as `private_folder`.
    """
    file = data / name
    private_folder(data)
    make_folder(file.parent)
    close_to_others(file.parent, file)
    return file


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, unless it is there.

    Raises:
        CannotOpen: why is unreachable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        raise CannotOpen(why="unreachable") from None


def private_file(file: Path) -> None:
    """Make a file that only its owner may read, unless it is there.

    Raises:
        CannotOpen: why is unreachable.
    """
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError:
        raise CannotOpen(why="unreachable") from None


def close_to_others(*paths: Path) -> None:
    """Take away from everybody else what they may do with these files and folders, as far as they exist.

    Raises:
        CannotOpen: why is open_to_others: they belong to somebody else.
    """
    for path in paths:
        if path.exists() and _open_to_others(path):
            try:
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
            except OSError:
                raise CannotOpen(why="open_to_others") from None


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS)
