"""An instance is its moves: restored, re-executed, in another process, it is the same."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.canonical import hash_of
from engine.errors import StateUnreadable
from engine.facts import DecisionMade, Fact, FlowTaken
from engine.process.context import Context
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance, task_id
from engine.process.moves import Complete, Deliver, FireTimer, Move, Resume, Suspend, move_from_json, move_to_json
from tests.engine.process.drawing import (
    ID,
    MESSAGE,
    NOW,
    Office,
    context,
    definition,
    draw,
    many,
    open_keys,
    properties,
    release,
    start,
    timer,
)

ROOT = Path(__file__).parents[3]
INNER = (
    '<process id="inner"><startEvent id="begin"/><userTask id="answer">'
    + properties(candidateRole="CQ_HY", formKey="any")
    + '</userTask><sequenceFlow sourceRef="begin" targetRef="answer"/></process>'
)
VOTE = f"{many('a.count')}{properties(candidateRole='HD_DV', formKey='any')}"


def everything() -> ProcessDefinition:
    """One diagram with every kind of element that keeps state."""
    return release(
        draw(
            *(
                "startEvent s",
                "exclusiveGateway merge",
                f"userTask a {{{properties(candidateRole='HD_DV', formKey='any')}}}",
            ),
            *("parallelGateway split", "parallelGateway join", f"userTask vote {{{VOTE}}}"),
            f"callActivity ask calledElement=inner {{{properties(in__count='a.count', out__said='answer.outcome')}}}",
            f"boundaryEvent late attachedToRef=ask cancelActivity=false {{{timer('P3D')}}}",
            *("userTask remind", f"intermediateCatchEvent paper {{{MESSAGE}}}"),
            *("exclusiveGateway again default=out", "endEvent e", "endEvent reminded"),
            *("s -> merge", "merge -> a", "a -> split", "split -> vote", "split -> ask", "split -> paper"),
            *("late -> remind", "remind -> reminded", "vote -> join", "ask -> join", "paper -> join"),
            *("join -> again", "again -> merge if a.ok", "out: again -> e"),
            more=INNER,
        )
    ).process("p")


EVERYTHING = everything()


def possible(instance: Instance) -> list[Move]:
    """Return the moves that are open now, in a fixed order."""
    if instance.suspended:
        return [Resume()]
    moves: list[Move] = [Complete(step.key, {"count": 2, "ok": False, "outcome": "x"}) for step in instance.open_steps]
    moves += [Complete(step.key, {"count": 1, "ok": True}) for step in instance.open_steps if step.element == "a"]
    moves += [FireTimer(timer.key, timer.due_at) for timer in instance.timers]
    moves += [Deliver(wait.message, wait.key, {"count": 1}) for wait in instance.waits]
    return [*moves, Suspend()]


def at(number: int) -> Context:
    """Return a context late enough for every timer that an earlier move has set."""
    return Context(NOW + timedelta(days=4 * (number + 1)), Office())


def walked(choices: list[int]) -> Iterator[tuple[Instance, Move | None, Context, list[Fact]]]:
    """Yield the instance after its start and after each move; `choices` pick among what is open."""
    first = context()
    instance, facts = Instance.start(EVERYTHING, ID, first, {})
    yield instance, None, first, facts
    for number, choice in enumerate(choices):
        moves = possible(instance)
        if instance.ended:
            return
        now = at(number)
        move = moves[choice % len(moves)]
        yield instance, move, now, instance.handle(move, now)


choices = st.lists(st.integers(0, 30), max_size=25)


@settings(deadline=None, max_examples=60)
@given(choices)
def test_recorded_moves_give_the_same_states_again_whether_reloaded_or_not(picked: list[int]) -> None:
    again: Instance | None = None
    for instance, move, now, facts in walked(picked):
        recorded = Context.from_recorded(now.now, json.loads(json.dumps(now.recorded())))
        if move is None or again is None:
            again, repeated = Instance.start(EVERYTHING, ID, recorded, {})
        else:
            again = Instance.restore(EVERYTHING, again.snapshot())
            decided = [fact for fact in facts if isinstance(fact, FlowTaken | DecisionMade)]
            repeated = again.handle(move_from_json(json.loads(json.dumps(move_to_json(move)))), recorded, decided)
        assert [fact.to_json() for fact in repeated] == [fact.to_json() for fact in facts]
        assert again.state_hash() == instance.state_hash()
        assert again.snapshot() == instance.snapshot()


@settings(deadline=None, max_examples=60)
@given(choices)
def test_no_walk_gets_stuck_or_grows(picked: list[int]) -> None:
    for instance, _, _, facts in walked(picked):
        assert not [fact for fact in facts if fact.name == "IncidentRaised"]
        assert instance.ended or instance.suspended or instance.open_steps or instance.timers or instance.waits
        assert len(instance.snapshot()) < 2_000


SCRIPT = """
import sys, json
from tests.engine.process.test_instance import EVERYTHING, walked, Instance, at, possible
hashes = []
for instance, move, now, facts in walked(json.loads(sys.argv[1])):
    hashes.append(instance.state_hash())
    if len(sys.argv) > 2 and len(hashes) == 5:
        restored = Instance.restore(EVERYTHING, bytes.fromhex(sys.argv[2]))
        assert restored.state_hash() == hashes[-1]
        restored.handle(possible(restored)[0], at(99))
        print(restored.state_hash())
print(json.dumps(hashes))
"""
WALK = [0, 1, 3, 0, 0, 2, 1, 0, 0, 4, 1, 0, 0, 0]


@pytest.mark.parametrize("seed", ["0", "424242"])
def test_a_new_process_with_other_hashes_of_strings_goes_on_alike(seed: str) -> None:
    steps = [
        (instance.state_hash(), instance.snapshot(), possible(instance)[:1] and (instance, at(99)))
        for instance, _, _, _ in walked(WALK)
    ]
    fifth = Instance.restore(EVERYTHING, steps[4][1])
    fifth.handle(possible(fifth)[0], at(99))
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SCRIPT, json.dumps(WALK), steps[4][1].hex()]
    output = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    went_on, hashes = output.split("\n")[:2]
    assert went_on == fifth.state_hash()
    assert json.loads(hashes) == [state_hash for state_hash, _, _ in steps]


def test_a_vote_reloaded_in_mid_course_goes_on() -> None:
    process = definition(
        "startEvent s", f"userTask vote {{{many('3')}}}", "userTask after", "s -> vote", "vote -> after"
    )
    instance, _ = start(process)
    for key in (2, 3, 1):
        instance = Instance.restore(process, instance.snapshot())
        instance.handle(Complete(f"vote@{key}#1"), context())
    assert open_keys(instance) == ["after#1"]


LOOP = (
    *("startEvent s", "exclusiveGateway m", "userTask a", "exclusiveGateway g default=o", "endEvent e"),
    *("s -> m", "m -> a", "a -> g", "g -> m if a.ok", "o: g -> e"),
)


def test_a_thousand_returns_leave_the_state_as_small_as_one() -> None:
    process = definition(*LOOP)
    instance, _ = start(process)
    sizes = []
    for number in range(1, 1_001):
        instance.handle(Complete(f"a#{number}", {"ok": True}), context())
        sizes.append(len(zstandard.ZstdDecompressor().decompress(instance.snapshot())))
    assert max(sizes) < min(sizes) + 40
    instance = Instance.restore(process, instance.snapshot())
    instance.handle(Complete("a#1001", {"ok": False}), context())
    assert instance.ended


@pytest.mark.parametrize("name", ["typename", "__class__", "data", "parent", "state"])
def test_any_name_of_a_field_is_only_a_name(name: str) -> None:
    process = definition(*LOOP, ok="BOOL")
    instance, _ = start(process)
    fields = {"ok": True, name: "SpiffWorkflow.bpmn.util.BpmnEvent"}
    instance.handle(Complete("a#1", fields), context())
    restored = Instance.restore(process, instance.snapshot())
    assert restored.variables[f"a.{name}"] == "SpiffWorkflow.bpmn.util.BpmnEvent"
    assert restored.state_hash() == instance.state_hash()


def test_a_very_long_value_is_carried_whole() -> None:
    process = definition(*LOOP)
    instance, _ = start(process)
    instance.handle(Complete("a#1", {"ok": True, "text": "ế" * 1_000_000}), context())
    assert len(str(Instance.restore(process, instance.snapshot()).variables["a.text"])) == 1_000_000


def test_a_restored_workflow_has_no_evaluator_of_python() -> None:
    process = definition(*LOOP)
    for instance in (start(process)[0], Instance.restore(process, start(process)[0].snapshot())):
        engine = instance._workflow.script_engine
        with pytest.raises(PermissionError):
            engine.environment.evaluate("1 + 1", {})
        with pytest.raises(PermissionError):
            engine.environment.execute("x = 1", {})
        assert all(task.data == {} for task in instance._workflow.all_tasks())


def test_variables_of_a_second_visit_replace_those_of_the_first() -> None:
    process = definition(*LOOP)
    instance, _ = start(process)
    instance.handle(Complete("a#1", {"ok": True, "count": 1}), context())
    instance.handle(Complete("a#2", {"ok": True}), context())
    assert instance.variables == {"a.ok": True, "a.visited": True}


def test_a_snapshot_of_another_format_is_refused() -> None:
    process = definition(*LOOP)
    raw = json.loads(zstandard.ZstdDecompressor().decompress(start(process)[0].snapshot()))
    raw["format"] = 999
    with pytest.raises(StateUnreadable, match="format"):
        Instance.restore(process, zstandard.ZstdCompressor().compress(json.dumps(raw).encode()))


@pytest.mark.parametrize("snapshot", [b"", b"no state", zstandard.ZstdCompressor().compress(b"{")], ids=repr)
def test_a_damaged_snapshot_is_refused(snapshot: bytes) -> None:
    with pytest.raises(StateUnreadable, match="damaged"):
        Instance.restore(definition(*LOOP), snapshot)


def test_start_variables_stand_under_the_start_event() -> None:
    instance, _ = Instance.start(definition(*LOOP), ID, context(), {"doi_tuong": "x", "nomination.award": "GK_XA"})
    assert instance.variables == {"s.doi_tuong": "x", "nomination.award": "GK_XA"}


def test_the_id_of_a_task_follows_from_instance_and_key() -> None:
    assert task_id(ID, "a#1") == task_id(ID, "a#1") != task_id(ID, "a#2")


def test_the_state_hash_is_that_of_counter_state_and_tokens_as_an_administrator_sees_them() -> None:
    process = definition(
        "startEvent s", f"userTask vote {{{many('2')}}}", "userTask after", "s -> vote", "f: vote -> after"
    )
    instance, _ = start(process)
    view = instance.view()
    whole = {"counter": 4, "state": view["state"], "tokens": view["tokens"]}
    assert instance.state_hash() == hash_of(whole)
    assert [token for token in view["tokens"] if token[1] == "vote[]"] == [
        ["p", "vote[]", "READY", "vote@1#1", "", "1"],
        ["p", "vote[]", "READY", "vote@2#1", "", "2"],
    ]
    for key in ("vote@1#1", "vote@2#1"):
        instance.handle(Complete(key), context())
    assert instance.view()["tokens"] == [["p", "after", "READY", "after#1", "f", ""]]


def test_what_was_decided_at_the_start_is_taken_and_not_decided_again() -> None:
    process = definition(
        *("startEvent s", "exclusiveGateway g default=no", "userTask a", "userTask b", "s -> g"),
        *("yes: g -> a if true", "no: g -> b"),
    )
    taken = FlowTaken(key="g#1", element="g", flow="no")
    instance, _ = Instance.start(process, ID, context(), {}, [taken])
    assert open_keys(instance) == ["b#1"]


def test_what_a_move_decided_is_taken_and_not_decided_again() -> None:
    process = definition(
        *("startEvent s", "userTask first", "exclusiveGateway g default=no", "userTask a", "userTask b"),
        *("s -> first", "first -> g", "yes: g -> a if true", "no: g -> b"),
    )
    instance, _ = Instance.start(process, ID, context(), {})
    instance.handle(Complete("first#1"), context(), [FlowTaken(key="g#1", element="g", flow="no")])
    assert open_keys(instance) == ["b#1"]


def test_a_snapshot_is_told_from_that_of_another_state_and_from_none() -> None:
    instance, _ = start(definition(*LOOP))
    before = instance.snapshot()
    assert instance.is_in(before)
    instance.handle(Complete("a#1", {"ok": True}), context())
    assert not instance.is_in(before)
    assert not instance.is_in(b"not a snapshot")


@pytest.mark.parametrize("bare", [True, False])
def test_a_foreign_diagram_has_what_it_is_started_with_under_plain_names_too(bare: bool) -> None:
    instance, _ = Instance.start(replace(EVERYTHING, bare=bare), ID, context(), {"count": 3})
    plain = {"count": 3} if bare else {}
    assert instance.variables == {"s.count": 3} | plain
