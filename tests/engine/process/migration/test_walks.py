"""Whatever was done on the way and whatever is edited: the promises of a fold hold."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.process.context import Context
from engine.process.migration import fold
from engine.process.moves import Complete, Deliver, FireTimer, Move, Resume, Suspend
from tests.engine.process.drawing import ID, Office
from tests.engine.process.migration.award import AWARD, Drawing
from tests.engine.process.migration.edits import EDITS
from tests.engine.process.migration.journeys import LATER, Position, Recorder, migrated

OLD = AWARD.definition()
# Edits of different places of the diagram, so that any two can be made together.
TOGETHER = ("label", "time of a timer", "step before", "more votes", "step behind a choice removed")

choices = st.lists(st.integers(0, 200), max_size=40)


def possible(recorder: Recorder) -> list[Move]:
    instance = recorder.instance
    if instance.ended:
        return []
    if instance.suspended:
        return [Resume()]
    moves: list[Move] = []
    for step in instance.open_steps:
        fitting = {"check": ("ok", "ok", "back"), "appraise": ("ok", "ok", "back"), "decide": ("again", "yes", "no")}
        moves += [Complete(step.key, {"outcome": each, "count": 1}) for each in fitting.get(step.element, ("ok",))]
    moves += [FireTimer(timer.key, timer.due_at) for timer in instance.timers]
    moves += [Deliver(wait.message, wait.key) for wait in instance.waits]
    return [*moves, Suspend()]


def walk(picked: list[int]) -> Position:
    recorder = Recorder(OLD)
    for pick in picked:
        moves = possible(recorder)
        if not moves:
            break
        recorder.make(moves[pick % len(moves)])
    return recorder.position("walk")


@cache
def both(first: str, second: str) -> Drawing:
    """Return the diagram with the edits of two, line by line."""
    one, two = EDITS[first].drawing, EDITS[second].drawing
    lines = [line for line in one.lines if line in two.lines or line not in AWARD.lines]
    lines += [line for line in two.lines if line not in AWARD.lines and line not in lines]
    return Drawing(tuple(lines), two.council if one.council == AWARD.council else one.council, {**one.more, **two.more})


@settings(deadline=None, max_examples=40)
@given(choices)
def test_the_same_release_always_gives_the_same_state(picked):
    place = walk(picked)
    migration = migrated(OLD, OLD, place)
    assert (migration.verdict, migration.reasons, migration.changes) == ("untouched", (), ())
    assert migration.instance.state_hash() == place.instance.state_hash()


@settings(deadline=None, max_examples=50)
@given(choices, st.sampled_from(sorted(EDITS)))
def test_an_effective_list_gives_the_identical_state_and_can_be_folded_again(picked, name):
    edit = EDITS[name]
    new, place = edit.drawing.definition(), walk(picked)
    migration = migrated(OLD, new, place, edit.renames)
    if migration.verdict == "must_stay":
        return
    again = fold(new, new, ID, migration.start, migration.effective, lookups=LATER)
    assert (again.verdict, again.instance.state_hash()) == ("untouched", migration.instance.state_hash())


@settings(deadline=None, max_examples=40)
@given(choices, st.sampled_from(TOGETHER), st.sampled_from(TOGETHER))
def test_two_edits_in_a_row_leave_it_where_both_at_once_do(picked, first, second):
    place = walk(picked)
    one = EDITS[first].drawing.definition()
    two = both(first, second).definition()
    step = fold(OLD, one, ID, place.start, place.steps, lookups=LATER)
    at_once = fold(OLD, two, ID, place.start, place.steps, lookups=LATER)
    if step.verdict in ("untouched", "moves") and at_once.verdict == "moves":
        in_a_row = fold(one, two, ID, step.start, step.effective, lookups=LATER)
        assert in_a_row.verdict in ("untouched", "moves")
        assert open_of(in_a_row) == open_of(at_once)


def open_of(migration):
    instance = migration.instance
    return {(step.key, step.due_on) for step in instance.open_steps} | {
        (each.key, each.due_at) for each in instance.timers
    }


@settings(deadline=None, max_examples=40)
@given(choices, st.sampled_from(sorted(EDITS)))
def test_who_moves_goes_on_and_can_do_everything_that_is_open(picked, name):
    edit = EDITS[name]
    migration = migrated(OLD, edit.drawing.definition(), walk(picked), edit.renames)
    instance = migration.instance
    if instance is None or instance.ended or instance.suspended:
        return
    assert instance.open_steps or instance.waits
    step = next(iter(instance.open_steps), None)
    if step:
        instance.handle(Complete(step.key, {"outcome": "ok", "count": 1}), Context(LATEST, Office(LATEST.date())))
        assert step.key not in {each.key for each in instance.open_steps}


LATEST = migrated(OLD, OLD, walk([])).start.now + timedelta(days=5_000)
