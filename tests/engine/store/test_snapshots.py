"""Live instances are lent out one at a time, and only for the head they stand at."""

from __future__ import annotations

from engine.store.snapshots import LiveCache


def test_an_instance_is_lent_for_the_head_it_stands_at_and_only_once() -> None:
    cache: LiveCache[str] = LiveCache(2)
    cache.put_back("a", 3, "live")

    assert cache.check_out("a", 3) == "live"
    assert cache.check_out("a", 3) is None


def test_an_instance_of_another_head_is_dropped() -> None:
    cache: LiveCache[str] = LiveCache(2)
    cache.put_back("a", 3, "live")

    assert cache.check_out("a", 4) is None
    assert cache.check_out("a", 3) is None


def test_an_older_instance_never_replaces_a_later_one() -> None:
    cache: LiveCache[str] = LiveCache(2)
    cache.put_back("a", 4, "later")
    cache.put_back("a", 3, "earlier")

    assert cache.check_out("a", 4) == "later"


def test_the_least_recently_used_instance_makes_room() -> None:
    cache: LiveCache[str] = LiveCache(2)
    for stream in ("a", "b"):
        cache.put_back(stream, 1, stream)
    cache.put_back("a", 1, "a")
    cache.put_back("c", 1, "c")

    assert len(cache) == 2
    assert cache.check_out("b", 1) is None
    assert cache.check_out("a", 1) == "a"
