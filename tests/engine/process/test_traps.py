"""Where SpiffWorkflow 3.2.0 loses or mixes what it is given, as found by running it: none of it is met here.

docs/EVIDENCE.md lists every trap with its tests; those that no other file holds stand here.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import zstandard

import engine
from engine.canonical import NotCanonical
from engine.process.instance import Instance
from engine.process.moves import Complete
from tests.engine.process.drawing import context, definition, many, named, open_keys, start

COMPLETION = "<completionCondition>size(vote.count) &gt;= 2</completionCondition></multiInstance"


def council(sequential: bool, members: int = 5) -> Any:
    """Everybody votes until two have; what the others would have said is not waited for."""
    loop = many(str(members), sequential).replace("</multiInstance", COMPLETION)
    return definition("startEvent s", f"userTask vote {{{loop}}}", "userTask after", "s -> vote", "vote -> after")


def test_5_a_parallel_vote_ends_as_soon_as_enough_have_voted_and_closes_the_rest() -> None:
    instance, _ = start(council(sequential=False))
    instance.handle(Complete("vote@4#1", {"count": 1}), context())
    assert "after#1" not in open_keys(instance)
    instance = Instance.restore(instance.definition, instance.snapshot())
    facts = instance.handle(Complete("vote@2#1", {"count": 0}), context())
    assert open_keys(instance) == ["after#1"]
    assert sorted(fact.key for fact in named(facts, "StepCancelled")) == ["vote@1#1", "vote@3#1", "vote@5#1"]
    assert {instance.variables[f"vote@{key}.count"] for key in (2, 4)} == {0, 1}


def test_5_a_vote_one_after_the_other_ends_with_the_one_that_was_enough() -> None:
    instance, _ = start(council(sequential=True))
    for key in (1, 2):
        assert open_keys(instance) == [f"vote@{key}#1"]
        instance.handle(Complete(f"vote@{key}#1", {"count": 1}), context())
    assert open_keys(instance) == ["after#1"]


@pytest.mark.parametrize("name", ["typename", "__class__", "__proto__", "constructor", "data", "a" * 1_000_000])
def test_6_a_field_of_any_name_stays_data_beside_the_others(name: str) -> None:
    process = definition("startEvent s", "userTask a", "userTask b", "s -> a", "a -> b")
    instance, _ = start(process)
    instance.handle(Complete("a#1", {name: "BpmnEvent", "ok": True}), context())
    instance = Instance.restore(process, instance.snapshot())
    assert instance.variables == {f"a.{name}": "BpmnEvent", "a.ok": True, "a.visited": True}
    instance.handle(Complete("b#1"), context())
    assert instance.ended


def turned_round(held: Any) -> Any:
    """Return the same JSON, every mapping with its keys in the opposite order."""
    if isinstance(held, dict):
        return {key: turned_round(held[key]) for key in reversed(held)}
    return [turned_round(item) for item in held] if isinstance(held, list) else held


def test_7_a_snapshot_whose_keys_come_back_in_another_order_is_the_same() -> None:
    process = definition(
        *("startEvent s", "parallelGateway g", f"userTask vote {{{many('3')}}}", "userTask a", "g -> vote", "g -> a"),
        *("parallelGateway j", "userTask b", "s -> g", "vote -> j", "a -> j", "j -> b"),
    )
    instance, _ = start(process)
    instance.handle(Complete("vote@2#1", {"count": 7}), context())
    held = json.loads(zstandard.ZstdDecompressor().decompress(instance.snapshot()))
    other = Instance.restore(process, zstandard.ZstdCompressor().compress(json.dumps(turned_round(held)).encode()))
    assert other.state_hash() == instance.state_hash()
    for key in ("a#1", "vote@1#1", "vote@3#1"):
        assert [f.to_json() for f in other.handle(Complete(key), context())] == [
            f.to_json() for f in instance.handle(Complete(key), context())
        ]
    assert open_keys(other) == open_keys(instance) == ["b#1"]
    assert other.state_hash() == instance.state_hash()


# Names of SpiffWorkflow's whose use would bring a trap back: 8 (data lost on a reset), 2 (migration), pickles, eval.
NEVER_USED = re.compile(
    r"reset_from_task_id|migrate_workflow|diff_workflow|\bpickle\b|BpmnWorkflowSerializer|BpmnParser\b"
)


def test_8_what_would_lose_data_is_not_used_at_all() -> None:
    root = Path(engine.__file__).parent
    found = [
        (file.name, line)
        for file in root.rglob("*.py")
        for line in file.read_text("utf-8").splitlines()
        if NEVER_USED.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("value", [{1, 2}, date(2026, 1, 1), Decimal("1.5"), 1.5, {1: "one"}])
def test_9_what_json_would_bend_is_refused_and_not_bent(value: Any) -> None:
    instance, _ = start(definition("startEvent s", "userTask a", "userTask b", "s -> a", "a -> b"))
    instance.handle(Complete("a#1", {"x": value}), context())
    with pytest.raises(NotCanonical):
        instance.state_hash()
