"""Live instances kept between commands, so that most need not be restored.

Check out under the lock of the stream; put back only after the commit, under the number of the new head. An
instance that was checked out and not put back is gone: the next command restores it from its snapshot.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class LiveCache(Generic[T]):
    """At most `capacity` instances, the least recently used dropped first. Threads share it; processes do not."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[str, tuple[int, T]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def check_out(self, stream: str, seq: int) -> T | None:
        """Take the instance of a stream if it is as of entry `seq`; one of another number is dropped."""
        with self._lock:
            kept_seq, live = self._kept.pop(stream, (None, None))
        return live if kept_seq == seq else None

    def put_back(self, stream: str, seq: int, live: T) -> None:
        """Keep an instance as of entry `seq`, unless a later one is kept already."""
        with self._lock:
            kept_seq, _ = self._kept.get(stream, (0, None))
            if kept_seq <= seq:
                self._kept[stream] = (seq, live)
                self._kept.move_to_end(stream)
            if len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
