"""One `serve` per SQLite data folder.

The operating system holds the lock for the process, so it ends with it, however it dies.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from engine.errors import CannotOpen

FILE_NAME = "serve.lock"


class ServeLock:
    """Held from its making until `release`, the end of its `with`, or the end of the process.

    Raises:
        CannotOpen: in_use, with the number of the process that holds it.
    """

    def __init__(self, data: str | Path) -> None:
        file = os.open(Path(data) / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = open(file, "a+", encoding="ascii")  # noqa: SIM115 - held open on purpose
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip()
            self._file.close()
            raise CannotOpen(why="in_use", process=holder) from None
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        self._file.close()

    def __enter__(self) -> ServeLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
