"""Answers are asked once, recorded, and given again."""

from datetime import UTC, date, datetime

import pytest

from engine.process.context import Context, DueDate
from engine.process.moves import (
    Complete,
    Deliver,
    FireTimer,
    Resume,
    Retry,
    Suspend,
    Withdraw,
    move_from_json,
    move_to_json,
)
from tests.engine.process.drawing import NOW


class Counting:
    def __init__(self) -> None:
        self.asked: list[object] = []

    def due_on(self, days: int, count_first: bool) -> DueDate:
        self.asked.append((days, count_first))
        return DueDate(date(2026, 5, 11), ((date(2026, 5, 9), "cuoi_tuan"),))

    def unit(self, scope: str) -> str | None:
        self.asked.append(scope)
        return "X2545" if scope == "proposing_unit" else None


def test_each_question_is_asked_once_and_answered_again_from_the_record():
    office = Counting()
    live = Context(NOW, office)
    answers = [live.due_on(5, False), live.due_on(5, False), live.unit("proposing_unit"), live.unit("council")]
    assert office.asked == [(5, False), "proposing_unit", "council"]
    again = Context.from_recorded(NOW, live.recorded())
    assert [
        again.due_on(5, False),
        again.due_on(5, False),
        again.unit("proposing_unit"),
        again.unit("council"),
    ] == answers
    assert again.recorded() == live.recorded()


def test_what_was_never_asked_has_no_answer_unless_somebody_can_be_asked():
    recorded = Context(NOW, Counting()).recorded()
    assert recorded == {}
    with pytest.raises(LookupError):
        Context.from_recorded(NOW, recorded).due_on(1, True)
    assert Context.from_recorded(NOW, recorded, Counting()).unit("council") is None


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        Context(datetime(2026, 1, 1))
    assert Context(datetime(2026, 1, 1, tzinfo=UTC)).recorded() == {}


@pytest.mark.parametrize(
    "move",
    [
        Complete("a#1", {"ok": True}),
        FireTimer("t#1", "2026-05-11T00:00:00.000000Z"),
        Deliver("thu"),
        Deliver("thu", "w#1", {"count": 1}),
        Suspend(),
        Resume(),
        Withdraw(),
        Retry("g#1"),
    ],
)
def test_a_move_comes_back_from_json_as_it_was(move):
    assert move_from_json(move_to_json(move)) == move
