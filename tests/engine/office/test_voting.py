"""What a count leads to is what the process of the nomination makes of it: the ways of the shipped diagrams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from engine.errors import InvalidForm
from engine.office.completing import Desk, Judged
from engine.office.voting import Record, Verdict, Verdicts, names_in
from engine.process.context import Context
from engine.process.instance import Instance
from engine.process.moves import Complete
from tests.engine.process.drawing import named
from tests.workflows import journeys, ways


@dataclass
class Table:
    """A desk with one nomination on it, as far as verdicts need one."""

    journey: journeys.Journey

    def flows(self, task: Any, variables: Mapping[str, Any]) -> tuple[str, ...]:
        instance = Instance.restore(self.journey.instance.definition, self.journey.instance.snapshot())
        context = Context(self.journey.now, journeys.Office(date(2026, 1, 5)))
        facts = instance.handle(Complete(task.key, dict(variables)), context)
        return tuple(fact.to_json()["flow"] for fact in named(facts, "FlowTaken"))


def verdict(journey: journeys.Journey, votes: dict[str, Any]) -> Verdict:
    [step] = journey.instance.open_steps
    process = journey.instance.definition.id
    task = SimpleNamespace(key=step.key, element=step.element, release="R3", process=process)
    judged = SimpleNamespace(task=task, move=Complete(step.key, votes), variables=votes, instance=journey.instance)
    return Verdicts(cast(Desk, Table(journey))).of(cast(Judged, judged))


def at_province(award: str) -> journeys.Journey:
    return journeys.set_out("nomination", ways.nominee(award)).go(ways.TO_COUNCIL)


@pytest.mark.parametrize(
    ("award", "agree", "passed", "needed"),
    [("BK_TTG", 13, False, 14), ("BK_TTG", 14, True, 14), ("BK_TINH", 8, False, 9), ("BK_TINH", 9, True, 9)],
)
def test_the_routing_table_says_how_many_of_17_are_enough(award: str, agree: int, passed: bool, needed: int) -> None:
    seen = verdict(at_province(award), ways.province_votes(agree))
    assert (seen.passed, seen.needed, seen.total) == (passed, needed, 17)


@pytest.mark.parametrize(("agree_to_other", "through"), [(8, False), (9, True)])
def test_another_award_voted_in_the_same_session_has_its_own_threshold(agree_to_other: int, through: bool) -> None:
    votes = ways.province_votes(10, instead="BK_TINH", instead_agree=agree_to_other)
    seen = verdict(at_province("BK_TTG"), votes)
    assert (seen.passed, seen.fallback) == (False, through)


def test_another_award_matters_only_where_the_first_one_fails() -> None:
    seen = verdict(at_province("BK_TTG"), ways.province_votes(17, instead="BK_TINH", instead_agree=17))
    assert (seen.passed, seen.fallback) == (True, None)


def test_a_giay_khen_needs_more_than_half_of_all_members() -> None:
    journey = journeys.set_out("unit_commendation", ways.nominee("GK_XA")).go(
        [journeys.done("self_assessment", **ways.PERSON)]
    )
    seen = verdict(journey, ways.votes(5, 9))
    assert (seen.passed, seen.needed, seen.share) == (True, 5, 5555)


# --- the record --------------------------------------------------------------------------------------------------


def a_record(**more: Any) -> dict[str, Any]:
    return {"day": "2026-11-16", "members": [{"name": "Lý Văn Sơn", "attendance": "co_mat"}], "rows": {"t": {}}} | more


def test_a_record_reads_what_it_wrote() -> None:
    record = Record.read(a_record(place="Hội trường", common={"phieu_phat_ra": "1"}))
    assert Record.read(record.to_json()) == record
    assert (record.total, record.present, record.written) == (1, 1, 0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": "hôm qua"}, "day"),
        ({"members": []}, "members"),
        ({"members": [{"name": "A"}, {"name": "A"}]}, "members"),
        ({"members": [{"name": "A" * 201}]}, "members.0"),
        ({"place": "x" * 301}, "place"),
        ({"rows": {"t": {"dong_y": "1" * 5_001}}}, "t"),
        ({"rows": {"t": {"dong_y": 1}}}, "t"),
        ({"rows": {"t": {"concerned": "Người lạ"}}}, "t.concerned"),
    ],
)
def test_a_record_that_cannot_be_is_refused_at_its_place(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        Record.read(a_record(**wrong))
    assert field in refused.value.fields


def test_names_stand_one_per_line_or_behind_a_semicolon() -> None:
    assert names_in("Lý Văn Sơn\n Nông Văn Lực ;Hoàng Thị Mai;\n") == ["Lý Văn Sơn", "Nông Văn Lực", "Hoàng Thị Mai"]
