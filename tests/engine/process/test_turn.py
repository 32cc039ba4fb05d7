"""How far tokens run: every supported element, and what happens where a token cannot go on."""

import pytest

from engine.errors import NominationClosed, NotFound, TaskNotOpen
from engine.process.moves import Complete, Deliver, FireTimer, Resume, Retry, Suspend, Withdraw
from tests.engine.process.drawing import (
    MESSAGE,
    NOW,
    context,
    definition,
    draw,
    many,
    named,
    open_keys,
    passed,
    properties,
    release,
    start,
    timer,
    unproved,
)

CHOICE = (
    "startEvent s",
    "userTask a",
    "exclusiveGateway g",
    "userTask yes",
    "userTask no",
    "s -> a",
    "a -> g",
    "to_yes: g -> yes if a.outcome == 'yes'",
    "to_no: g -> no if a.outcome == 'no'",
)


def codes(facts):
    return [fact.why for fact in named(facts, "IncidentRaised")]


# --- gateways -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["yes", "no"])
def test_an_exclusive_gateway_takes_the_flow_whose_condition_holds_and_records_it(outcome):
    instance, _ = start(definition(*CHOICE))
    facts = instance.handle(Complete("a#1", {"outcome": outcome}), context())
    assert [fact.flow for fact in named(facts, "FlowTaken")] == [f"to_{outcome}"]
    assert open_keys(instance) == [f"{outcome}#1"]


def test_of_overlapping_conditions_the_first_in_the_file_counts_whatever_the_picture_shows():
    lines = (
        "startEvent s",
        "exclusiveGateway g",
        "userTask a",
        "userTask b",
        "s -> g",
        "g -> a if true",
        "g -> b if true",
    )
    instance, _ = start(definition(*lines))
    assert open_keys(instance) == ["a#1"]


def test_a_recorded_choice_is_taken_and_not_made_again():
    instance, _ = start(definition(*CHOICE))
    decided = named(instance.handle(Complete("a#1", {"outcome": "yes"}), context()), "FlowTaken")
    again, _ = start(definition(*CHOICE))
    again.handle(Complete("a#1", {"outcome": "no"}), context(), decided)
    assert open_keys(again) == ["yes#1"]


def test_parallel_branches_are_joined_once_and_lose_no_variable():
    process = definition(
        *("startEvent s", "parallelGateway split", "userTask a", "userTask b", "userTask c", "parallelGateway join"),
        *("userTask after", "s -> split", "split -> a", "split -> b", "split -> c"),
        *("a -> join", "b -> join", "c -> join", "join -> after"),
    )
    instance, _ = start(process)
    for number, key in enumerate(["b#1", "c#1", "a#1"]):
        assert "after#1" not in open_keys(instance)
        instance.handle(Complete(key, {"count": number}), context())
    assert open_keys(instance) == ["after#1"]
    assert {name: instance.variables[f"{name}.count"] for name in "abc"} == {"a": 2, "b": 0, "c": 1}


def test_a_parallel_block_within_a_loop_waits_for_both_branches_in_every_round():
    process = definition(
        *("startEvent s", "exclusiveGateway merge", "parallelGateway split", "userTask a", "userTask b"),
        *("parallelGateway join", "userTask check", "exclusiveGateway again default=out", "endEvent e"),
        *("s -> merge", "merge -> split", "split -> a", "split -> b", "a -> join", "b -> join", "join -> check"),
        *("check -> again", "again -> merge if check.ok", "out: again -> e"),
    )
    instance, _ = start(process)
    for round_ in (1, 2, 3):
        instance.handle(Complete(f"b#{round_}"), context())
        assert open_keys(instance) == [f"a#{round_}"]
        instance.handle(Complete(f"a#{round_}"), context())
        assert open_keys(instance) == [f"check#{round_}"]
        instance.handle(Complete(f"check#{round_}", {"ok": round_ < 3}), context())
    assert instance.ended


def test_two_flows_straight_from_a_split_to_its_join_count_as_two_tokens():
    process = definition(
        *("startEvent s", "parallelGateway split", "parallelGateway join", "userTask a"),
        *("s -> split", "split -> join", "split -> join", "join -> a"),
    )
    assert open_keys(start(process)[0]) == ["a#1"]


def test_a_task_with_two_flows_goes_both_ways():
    process = definition("startEvent s", "task t", "userTask a", "userTask b", "s -> t", "t -> a", "t -> b")
    assert open_keys(start(process)[0]) == ["a#1", "b#1"]


INCLUSIVE = (
    *("startEvent s", "userTask first", "inclusiveGateway split default=none", "userTask a", "userTask b"),
    *("userTask c", "inclusiveGateway join", "userTask after", "s -> first", "first -> split"),
    *("split -> a if first.count > 0", "split -> b if first.count > 1", "none: split -> c"),
    *("a -> join", "b -> join", "c -> join", "join -> after"),
)


@pytest.mark.parametrize(("count", "opened"), [(0, ["c#1"]), (1, ["a#1"]), (2, ["a#1", "b#1"])])
def test_an_inclusive_gateway_takes_every_true_flow_and_its_join_waits_for_just_those(count, opened):
    instance, _ = start(definition(*INCLUSIVE))
    instance.handle(Complete("first#1", {"count": count}), context())
    assert open_keys(instance) == opened
    for key in opened:
        assert "after#1" not in open_keys(instance)
        instance.handle(Complete(key), context())
    assert open_keys(instance) == ["after#1"]


def test_an_event_gateway_goes_where_the_first_event_leads_and_drops_the_others():
    process = definition(
        *("startEvent s", "eventBasedGateway g", f"intermediateCatchEvent late {{{timer('P10D')}}}"),
        *(f"intermediateCatchEvent answer {{{MESSAGE}}}", "userTask a", "userTask b"),
        *("s -> g", "g -> late", "g -> answer", "late -> a", "answer -> b"),
    )
    instance, _ = start(process)
    facts = instance.handle(Deliver("thu"), context())
    assert open_keys(instance) == ["b#1"]
    assert [fact.fired for fact in named(facts, "TimerEnded")] == [False]
    assert not instance.timers
    assert not instance.waits


# --- events -------------------------------------------------------------------------------------------------------


def with_boundary(event: str, interrupting: str = "true"):
    return definition(
        *(
            "startEvent s",
            "userTask a",
            f"boundaryEvent late attachedToRef=a cancelActivity={interrupting} {{{event}}}",
        ),
        *("userTask after", "userTask remind", "s -> a", "a -> after", "late -> remind"),
    )


def test_an_interrupting_timer_takes_the_step_away():
    instance, facts = start(with_boundary(timer("P10D")))
    [scheduled] = named(facts, "TimerScheduled")
    assert scheduled.due_at == "2026-05-14T03:00:00.000000Z"
    facts = instance.handle(FireTimer("late#1", scheduled.due_at), context(NOW.replace(day=14)))
    assert [fact.key for fact in named(facts, "StepCancelled")] == ["a#1"]
    assert open_keys(instance) == ["remind#1"]


def test_a_timer_that_does_not_interrupt_leaves_the_step_open():
    instance, _ = start(with_boundary(timer("P10D"), "false"))
    instance.handle(FireTimer("late#1", instance.timers[0].due_at), context(NOW.replace(day=14)))
    assert open_keys(instance) == ["a#1", "remind#1"]
    instance.handle(Complete("a#1"), context())
    instance.handle(Complete("remind#1"), context())
    instance.handle(Complete("after#1"), context())
    assert instance.ended


def test_a_step_that_ends_first_takes_its_timer_away():
    instance, _ = start(with_boundary(timer("P10D")))
    facts = instance.handle(Complete("a#1"), context())
    assert [fact.fired for fact in named(facts, "TimerEnded")] == [False]
    assert open_keys(instance) == ["after#1"]


def test_a_timer_fires_neither_early_nor_for_a_time_it_was_not_set_to():
    instance, _ = start(with_boundary(timer("P10D")))
    due_at = instance.timers[0].due_at
    with pytest.raises(TaskNotOpen):
        instance.handle(FireTimer("late#1", due_at), context())
    with pytest.raises(TaskNotOpen):
        instance.handle(FireTimer("late#1", "2026-05-13T03:00:00.000000Z"), context(NOW.replace(day=20)))


def test_a_message_reaches_the_wait_that_is_oldest_and_brings_its_variables():
    process = definition(
        "startEvent s", f"intermediateCatchEvent answer {{{MESSAGE}}}", "userTask a", "s -> answer", "answer -> a"
    )
    instance, facts = start(process)
    assert [fact.message for fact in named(facts, "MessageAwaited")] == ["thu"]
    instance.handle(Deliver("thu", variables={"count": 3}), context())
    assert instance.variables["answer.count"] == 3
    with pytest.raises(NotFound):
        instance.handle(Deliver("thu"), context())


def test_a_terminate_end_takes_every_other_token_away():
    process = definition(
        *("startEvent s", "parallelGateway split", "userTask a", "userTask b", "endEvent e"),
        *(
            "endEvent stop {<terminateEventDefinition/>}",
            "s -> split",
            "split -> a",
            "split -> b",
            "a -> stop",
            "b -> e",
        ),
    )
    instance, _ = start(process)
    facts = instance.handle(Complete("a#1"), context())
    assert [fact.key for fact in named(facts, "StepCancelled")] == ["b#1"]
    assert instance.ended


def test_a_process_without_end_event_ends_when_no_token_is_left():
    instance, _ = start(definition("startEvent s", "userTask a", "s -> a"))
    assert named(instance.handle(Complete("a#1"), context()), "ProcessEnded")


# --- called processes, subprocesses, multi-instance -----------------------------------------------------------------

INNER = (
    '<process id="inner"><startEvent id="begin"/><userTask id="answer">'
    + properties(candidateRole="CQ_HY", formKey="any")
    + '</userTask><sequenceFlow sourceRef="begin" targetRef="answer"/></process>'
)
CALL = properties(in__count="a.count", out__opinion="answer.outcome")


def calling(call: str = f"callActivity ask calledElement=inner {{{CALL}}}", *more: str):
    lines = ("startEvent s", "userTask a", call, "exclusiveGateway g default=out", "userTask b", "userTask c")
    flows = ("s -> a", "a -> ask", "ask -> g", "g -> b if ask.opinion == 'ok'", "out: g -> c", *more)
    return release(draw(*lines, *flows, more=INNER)).process("p")


def test_a_called_process_sees_what_is_handed_in_and_hands_out_what_is_mapped():
    instance, _ = start(calling())
    instance.handle(Complete("a#1", {"count": 5}), context())
    assert open_keys(instance) == ["ask#1/answer#1"]
    assert instance.view()["state"]["variables"]["ask#1"]["begin.count"] == 5
    facts = instance.handle(Complete("ask#1/answer#1", {"outcome": "ok"}), context())
    assert open_keys(instance) == ["b#1"]
    assert instance.variables["ask.visited"] is True
    assert "ask#1" not in instance.view()["state"]["variables"]
    assert "ask" in passed(facts)


def test_a_call_in_a_loop_counts_its_rounds_in_the_key_of_its_steps():
    process = release(
        draw(
            *("startEvent s", "exclusiveGateway merge", "callActivity ask calledElement=inner", "userTask a"),
            *("exclusiveGateway g default=out", "endEvent e", "s -> merge", "merge -> ask", "ask -> a", "a -> g"),
            *("g -> merge if a.ok", "out: g -> e"),
            more=INNER,
        )
    ).process("p")
    instance, _ = start(process)
    for round_ in (1, 2):
        instance.handle(Complete(f"ask#{round_}/answer#1"), context())
        instance.handle(Complete(f"a#{round_}", {"ok": True}), context())
    assert open_keys(instance) == ["ask#3/answer#1"]


def test_an_interrupted_call_closes_everything_within_it():
    process = release(
        draw(
            *("startEvent s", "callActivity ask calledElement=inner", "userTask late_task"),
            f"boundaryEvent late attachedToRef=ask {{{timer('P1D')}}}",
            *("s -> ask", "late -> late_task"),
            more=INNER,
        )
    ).process("p")
    instance, _ = start(process)
    facts = instance.handle(FireTimer("late#1", instance.timers[0].due_at), context(NOW.replace(day=9)))
    assert [fact.key for fact in named(facts, "StepCancelled")] == ["ask#1/answer#1"]
    assert open_keys(instance) == ["late_task#1"]


def test_steps_of_an_embedded_subprocess_share_the_variables_around_it():
    sub = (
        '<startEvent id="in"/><userTask id="x">'
        + properties(candidateRole="HD_DV", formKey="any")
        + '</userTask><sequenceFlow id="i" sourceRef="in" targetRef="x"/>'
    )
    process = definition(
        *("startEvent s", f"subProcess sub {{{sub}}}", "exclusiveGateway g default=o", "userTask b", "userTask c"),
        *("s -> sub", "sub -> g", "g -> b if x.ok", "o: g -> c"),
    )
    instance, _ = start(process)
    assert open_keys(instance) == ["sub#1/x#1"]
    instance.handle(Complete("sub#1/x#1", {"ok": True}), context())
    assert open_keys(instance) == ["b#1"]


def voting(loop: str):
    task = f"userTask vote {{{loop}{properties(candidateRole='HD_DV', formKey='any')}}}"
    return definition(
        *("startEvent s", "userTask a", task, "exclusiveGateway g default=o", "userTask b", "userTask c"),
        *("s -> a", "a -> vote", "vote -> g", "g -> b if vote.count == [1, 2, 3]", "o: g -> c"),
    )


def test_votes_given_in_any_order_are_listed_by_key():
    instance, _ = start(voting(many("a.count")))
    instance.handle(Complete("a#1", {"count": 3}), context())
    assert open_keys(instance) == ["vote@1#1", "vote@2#1", "vote@3#1"]
    for key in (3, 1, 2):
        instance.handle(Complete(f"vote@{key}#1", {"count": key}), context())
    assert open_keys(instance) == ["b#1"]


def test_sequential_instances_open_one_after_the_other():
    instance, _ = start(voting(many("a.count", sequential=True)))
    instance.handle(Complete("a#1", {"count": 3}), context())
    for key in (1, 2, 3):
        assert open_keys(instance) == [f"vote@{key}#1"]
        instance.handle(Complete(f"vote@{key}#1", {"count": key}), context())
    assert open_keys(instance) == ["b#1"]


def test_a_multi_instance_over_nobody_is_passed_at_once():
    instance, _ = start(voting(many("a.count")))
    instance.handle(Complete("a#1", {"count": 0}), context())
    assert open_keys(instance) == ["c#1"]


@pytest.mark.parametrize("count", [1_000_000_000, -1])
def test_more_instances_than_anyone_needs_are_an_incident(count):
    instance, _ = start(voting(many("a.count")))
    facts = instance.handle(Complete("a#1", {"count": count}), context())
    assert codes(facts) == ["instance_limit"]


# --- what cannot go on -----------------------------------------------------------------------------------------------


def test_a_completion_stands_when_no_flow_is_true_and_the_token_waits_for_an_administrator():
    instance, _ = start(definition(*CHOICE))
    facts = instance.handle(Complete("a#1", {"outcome": "other"}), context())
    assert [fact.name for fact in facts] == ["StepCompleted", "IncidentRaised"]
    assert codes(facts) == ["no_flow_true"]
    assert instance.variables["a.outcome"] == "other"
    assert not instance.ended


def test_a_missing_value_is_an_incident_and_never_a_choice():
    instance, _ = start(definition(*CHOICE, outcome="STRING"))
    facts = instance.handle(Complete("a#1", {}), context())
    assert codes(facts) == ["cel_value_missing"]
    assert facts[-1].detail == "a.outcome"


def test_a_retry_tries_again_and_raises_the_incident_anew_while_its_cause_stands():
    instance, _ = start(definition(*CHOICE))
    instance.handle(Complete("a#1", {"outcome": "other"}), context())
    facts = instance.handle(Retry("g#1"), context())
    assert [fact.name for fact in facts] == ["IncidentResolved", "IncidentRaised"]
    decided = named(start(definition(*CHOICE))[0].handle(Complete("a#1", {"outcome": "yes"}), context()), "FlowTaken")
    instance.handle(Retry("g#1"), context(), decided)
    assert open_keys(instance) == ["yes#1"]
    with pytest.raises(NotFound):
        instance.handle(Retry("g#1"), context())


def test_a_loop_without_waiting_point_is_stopped():
    process = unproved("startEvent s", "task t", "exclusiveGateway g", "s -> g", "g -> t", "t -> g")
    _, facts = start(process)
    assert codes(facts) == ["step_limit"]


def test_a_flood_of_tokens_is_stopped():
    process = unproved(
        *(
            "startEvent s",
            "exclusiveGateway m",
            "parallelGateway g",
            "userTask a",
            "s -> m",
            "m -> g",
            "g -> m",
            "g -> a",
        ),
    )
    instance, facts = start(process)
    assert codes(facts) == ["token_limit"]
    instance.handle(Complete("a#1"), context())
    assert len(instance.open_steps) < 1_100


def test_a_join_that_can_never_be_reached_is_reported_as_stuck():
    process = unproved(
        *(
            "startEvent s",
            "exclusiveGateway g default=d",
            "userTask a",
            "userTask b",
            "parallelGateway join",
            "endEvent e",
        ),
        *("s -> g", "g -> a if true", "d: g -> b", "a -> join", "b -> join", "join -> e"),
    )
    instance, _ = start(process)
    assert codes(instance.handle(Complete("a#1"), context())) == ["deadlock"]


def test_a_chain_of_2000_steps_runs():
    steps = [f"task t{number}" for number in range(2_000)]
    flows = [f"t{number} -> t{number + 1}" for number in range(1_999)]
    _, facts = start(definition("startEvent s", *steps, "s -> t0", *flows))
    assert passed(facts)[-1] == "t1999"
    assert facts[-1].name == "ProcessEnded"


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_step_is_completed_once():
    instance, _ = start(definition(*CHOICE))
    instance.handle(Complete("a#1", {"outcome": "yes"}), context())
    with pytest.raises(TaskNotOpen):
        instance.handle(Complete("a#1", {"outcome": "no"}), context())


@pytest.mark.parametrize("key", ["a#2", "yes#1", "nothing#1", "g#1", "", "a", "a#0", "x/a#1"])
def test_a_step_that_never_was_is_not_found(key):
    instance, _ = start(definition(*CHOICE))
    with pytest.raises(NotFound):
        instance.handle(Complete(key), context())


def test_a_cancelled_step_is_refused():
    instance, _ = start(with_boundary(timer("P10D")))
    instance.handle(FireTimer("late#1", instance.timers[0].due_at), context(NOW.replace(day=14)))
    with pytest.raises(TaskNotOpen):
        instance.handle(Complete("a#1"), context())


def test_nothing_moves_while_suspended_and_all_goes_on_afterwards():
    instance, _ = start(definition(*CHOICE))
    assert [fact.name for fact in instance.handle(Suspend(), context())] == ["ProcessSuspended"]
    for move in (Complete("a#1", {"outcome": "yes"}), Suspend(), Retry("g#1")):
        with pytest.raises(TaskNotOpen):
            instance.handle(move, context())
    assert open_keys(instance) == ["a#1"]
    assert [fact.name for fact in instance.handle(Resume(), context())] == ["ProcessResumed"]
    with pytest.raises(TaskNotOpen):
        instance.handle(Resume(), context())
    instance.handle(Complete("a#1", {"outcome": "yes"}), context())
    assert open_keys(instance) == ["yes#1"]


@pytest.mark.parametrize("suspended", [False, True])
def test_a_withdrawal_closes_everything_for_good(suspended):
    instance, _ = start(with_boundary(timer("P10D")))
    if suspended:
        instance.handle(Suspend(), context())
    facts = instance.handle(Withdraw(), context())
    assert [fact.name for fact in facts] == ["StepCancelled", "TimerEnded", "ProcessWithdrawn"]
    assert instance.ended
    assert instance.withdrawn
    for move in (Complete("a#1"), Resume(), Withdraw()):
        with pytest.raises(NominationClosed):
            instance.handle(move, context())


def test_limit_unit_role_and_status_of_a_step_are_in_the_facts():
    props = properties(
        candidateRole="HD_DV", unitScope="proposing_unit", limitWorkingDays="5", countFirstDay="true", status="DU_DK"
    )
    _, facts = start(definition("startEvent s", f"userTask a {{{props}}}", "s -> a"))
    [status] = named(facts, "StatusReached")
    [opened] = named(facts, "StepOpened")
    assert status.status == "DU_DK"
    assert (opened.role, opened.unit, opened.due_on) == ("HD_DV", "X2545", "2026-05-08")
    assert opened.left_out == [["2026-05-01", "le"]]
