"""What reaches beyond one step: values of the whole nomination, bodies asked by key, limits that a path waits for."""

import pytest

from engine.errors import InvalidRelease
from engine.process.moves import Complete, Deliver
from engine.process.release import Reading
from tests.engine.process.drawing import (
    MESSAGE,
    context,
    definition,
    draw,
    named,
    open_keys,
    properties,
    release,
    start,
    timer,
)

LOWER = properties(candidateRole="HD_DV", formKey="any", **{"sets:nomination.award": "a.form"})
SAME = {"nomination.award": "HIGH", "nomination.kind": "ca_nhan", "nomination.regime": "R3"}
CHOICE = ("startEvent s", f"userTask a {{{LOWER}}}", "exclusiveGateway g default=no", "userTask b", "userTask c")
BY_AWARD = (*CHOICE, "s -> a", "a -> g", 'g -> b if nomination.award == "LOW"', "no: g -> c")


def codes(*lines: str, **kinds: str) -> set[str]:
    with pytest.raises(InvalidRelease) as refused:
        release(draw(*lines), **kinds)
    return {problem.code for problem in refused.value.params["problems"]}


def test_a_field_becomes_a_value_of_the_whole_nomination_before_the_next_gateway() -> None:
    instance, _ = start(definition(*BY_AWARD, form="STRING"), **SAME)
    facts = instance.handle(Complete("a#1", {"form": "LOW"}), context())
    assert open_keys(instance) == ["b#1"]
    assert instance.variables["nomination.award"] == "LOW"
    [changed] = named(facts, "VariableSet")
    assert (changed.to_json()["variable"], changed.to_json()["value"]) == ("nomination.award", "LOW")


@pytest.mark.parametrize("fields", [{}, {"form": "HIGH"}])
def test_a_field_left_empty_or_with_the_same_value_changes_nothing(fields: dict[str, str]) -> None:
    instance, _ = start(definition(*BY_AWARD, form="STRING?"), **SAME)
    facts = instance.handle(Complete("a#1", fields), context())
    assert named(facts, "VariableSet") == []
    assert open_keys(instance) == ["c#1"]


def test_a_value_may_be_set_by_an_event_that_the_token_passes() -> None:
    passing = f"intermediateThrowEvent t {{{properties(**{'sets:nomination.award': 'a.form'})}}}"
    lines = ("startEvent s", "userTask a", passing, "userTask b", "s -> a", "a -> t", "t -> b")
    instance, _ = start(definition(*lines, form="STRING"), **SAME)
    instance.handle(Complete("a#1", {"form": "LOW"}), context())
    assert instance.variables["nomination.award"] == "LOW"


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"sets:nomination.award": "a.nothing"}, "mapping_unknown"),
        ({"sets:b.outcome": "a.form"}, "set_invalid"),
        ({"sets:nomination.award": "a.count"}, "set_invalid"),
    ],
)
def test_only_what_is_the_nominations_may_be_set_and_with_its_kind_of_value(mapping: dict[str, str], code: str) -> None:
    task = f"userTask a {{{properties(candidateRole='HD_DV', formKey='any', **mapping)}}}"
    assert code in codes("startEvent s", task, "endEvent e", "s -> a", "a -> e", form="STRING", count="INT")


def test_a_flag_that_the_office_does_not_give_is_false() -> None:
    lines = ("startEvent s", "exclusiveGateway g default=no", "userTask b", "userTask c", "s -> g")
    ways = ("g -> b if nomination.own_of_consolidator", "no: g -> c")
    assert open_keys(start(definition(*lines, *ways))[0]) == ["c#1"]
    given, _ = start(definition(*lines, *ways), **{"nomination.own_of_consolidator": True})
    assert open_keys(given) == ["b#1"]


def test_bodies_are_asked_each_by_its_key() -> None:
    asked = properties(
        candidateRole="CQ_HY",
        formKey="any",
        unitScope="consulted_body",
        loopKeys='["tax", "police"].filter(b, a.text.contains(b))',
    )
    many = f"userTask o {{{asked}<multiInstanceLoopCharacteristics/>}}"
    one = f"userTask last {{{properties(candidateRole='BTV_TU', unitScope='consulted_body', body='party')}}}"
    lines = ("startEvent s", "userTask a", many, one, "s -> a", "a -> o", "o -> last")
    instance, _ = start(definition(*lines, text="STRING"))
    before = context()
    instance.handle(Complete("a#1", {"text": "police tax"}), before)
    assert open_keys(instance) == ["o@tax#1", "o@police#1"]
    assert before.recorded()["unit"].keys() == {"consulted_body@tax", "consulted_body@police"}
    instance.handle(Complete("o@tax#1"), context())
    last = context()
    instance.handle(Complete("o@police#1"), last)
    assert last.recorded()["unit"].keys() == {"consulted_body@party"}


def test_a_timer_with_a_working_day_limit_is_due_when_its_last_day_has_passed() -> None:
    limited = f"intermediateCatchEvent w {{{properties(limitWorkingDays='10', countFirstDay='true')}{timer('P14D')}}}"
    instance, _ = start(definition("startEvent s", limited, "endEvent e", "s -> w", "w -> e"))
    assert [each.due_at for each in instance.timers] == ["2026-05-13T17:00:00.000000Z"]


def test_a_wait_reaches_its_state_as_it_begins() -> None:
    wait = f"intermediateCatchEvent w {{{properties(status='DU_DK')}{MESSAGE}}}"
    instance, _ = start(definition("startEvent s", wait, "endEvent e", "s -> w", "w -> e"))
    assert instance.status == "DU_DK"
    instance.handle(Deliver("thu"), context())
    assert instance.ended


def test_a_broken_table_of_a_release_is_reported() -> None:
    reading = Reading({"papers.toml": b"[kinds", "bodies.toml": b"[tax]\nunit = 'T'"}, None)
    reading.read()
    assert {problem.code for problem in reading.problems} == {"table_broken"}
    assert reading.tables == {"bodies.toml": {"tax": {"unit": "T"}}}
