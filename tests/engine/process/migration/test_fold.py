"""What a fold says and keeps: reasons, changes, keys, due dates, and histories of every kind."""

from __future__ import annotations

import inspect
from datetime import date, timedelta

import pytest

from engine.process.context import Context
from engine.process.migration import RecordedMove, StartRecord, Verdict, fold
from engine.process.migration.ahead import ASPECTS
from engine.process.migration.records import CHANGES, REASONS
from engine.process.moves import Complete, Deliver, FireTimer, Resume, Retry, Suspend, Withdraw
from forms.messages import message, words
from tests.engine.process.drawing import ID, MESSAGE, NOW, Office, definition, many, open_keys, properties, timer
from tests.engine.process.migration.award import AWARD, JOURNEYS, TO_APPRAISAL, VOTED, places, task
from tests.engine.process.migration.edits import EDITS
from tests.engine.process.migration.journeys import LATER, Position, Recorder, migrated

OLD = AWARD.definition()


def at(*answers: tuple[str, dict[str, object]]) -> Position:
    recorder = Recorder(OLD)
    for element, fields in answers:
        recorder.answer(element, fields)
    return recorder.position("here")


def moved(old, new, *moves, renames=None):
    """Make moves on one diagram and fold them over another."""
    recorder = Recorder(old)
    for move in moves:
        recorder.make(move)
    return migrated(old, new, recorder.position("here"), renames)


def codes(migration):
    return [note.code for note in migration.reasons]


def changes(migration):
    return [(note.code, note.params.get("step")) for note in migration.changes]


@pytest.mark.parametrize("place", places(), ids=lambda place: place.name)
def test_the_same_release_gives_the_same_state_and_nothing_to_say(place):
    migration = migrated(OLD, OLD, place)
    assert (migration.verdict, migration.reasons, migration.changes) == ("untouched", (), ())
    assert migration.instance.state_hash() == place.instance.state_hash()
    assert [step.facts for step in migration.effective] == [list(step.facts) for step in place.steps]
    assert all(old == new for old, new in migration.keys.items())


# --- what is kept ------------------------------------------------------------------------------------------------


def test_an_open_step_keeps_its_day_under_another_limit_and_the_list_says_so():
    place = at(*TO_APPRAISAL)
    migration = migrated(OLD, EDITS["limit"].drawing.definition(), place)
    [note] = [note for note in migration.changes if note.code == "due_date_kept"]
    assert note.params == {"step": "appraise", "name": "appraise", "due_on": place.instance.open_steps[0].due_on}


def test_a_step_that_is_new_counts_its_limit_from_the_day_of_the_migration():
    migration = migrated(OLD, EDITS["parallel branch"].drawing.definition(), at(*TO_APPRAISAL[:3]))
    due = {step.element: step.due_on for step in migration.instance.open_steps}
    assert due["opinion_d"] == LATER.due_on(5, False).due_on.isoformat()
    assert due["opinion_b"] < "2026-06"
    assert ("step_opens", "opinion_d") in changes(migration)


def test_without_an_office_to_ask_the_limit_of_a_new_step_comes_from_what_was_recorded():
    place = at(*TO_APPRAISAL[:3])
    migration = fold(OLD, EDITS["parallel branch"].drawing.definition(), ID, place.start, place.steps)
    [step] = [step for step in migration.instance.open_steps if step.element == "opinion_d"]
    assert step.due_on == Office((NOW + timedelta(days=2)).date()).due_on(5, False).due_on.isoformat()


def test_a_question_nobody_answered_is_refused_and_never_made_up():
    place = at(*TO_APPRAISAL[:3])
    drawing = AWARD.plus(task("opinion_d", limit="17"), "split -> opinion_d", "opinion_d -> join")
    with pytest.raises(LookupError):
        fold(OLD, drawing.definition(), ID, place.start, place.steps)


def test_drafts_and_claims_follow_the_key_of_a_renamed_step():
    edit = EDITS["id with rename map"]
    migration = migrated(OLD, edit.drawing.definition(), at(*TO_APPRAISAL), edit.renames)
    assert migration.keys == {"appraise#1": "appraisal#1"}
    assert ("key_changed", "appraisal") in changes(migration)


def test_a_renamed_step_takes_its_variables_along():
    edit = EDITS["id with rename map"]
    migration = migrated(OLD, edit.drawing.definition(), at(*TO_APPRAISAL, *VOTED[:1]), edit.renames)
    assert migration.instance.variables["appraisal.outcome"] == "ok"
    assert not [name for name in migration.instance.variables if name.startswith("appraise.")]


def test_without_a_rename_map_a_renamed_step_is_another_step():
    edit = EDITS["id with rename map"]
    migration = migrated(OLD, edit.drawing.definition(), at(*TO_APPRAISAL))
    assert codes(migration) == ["open_step_removed"]
    assert ("step_opens", "appraisal") in changes(migration)


def test_a_step_that_moved_into_a_called_process_is_found_by_its_id():
    migration = migrated(OLD, EDITS["step into a called process"].drawing.definition(), at(*TO_APPRAISAL[:5]))
    assert migration.keys == {"register#1": "file_call#1/register#1"}


def test_the_role_of_an_open_step_is_that_of_the_new_drawing():
    migration = migrated(OLD, EDITS["role"].drawing.definition(), at(*TO_APPRAISAL))
    assert [step.role for step in migration.instance.open_steps] == ["SNV_TP"]
    assert [note.params["what"] for note in migration.changes] == ["role"]


# --- why not -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "answers", "expected"),
    [
        ("step before", TO_APPRAISAL, [("must_pass_first", "receive")]),
        ("message awaited before", TO_APPRAISAL, [("must_pass_first", "receipt")]),
        ("step removed", [*TO_APPRAISAL, *VOTED[:-1]], [("open_step_removed", "minutes")]),
        ("swap", TO_APPRAISAL[:5], [("must_pass_first", "assign")]),
        ("swap", TO_APPRAISAL[:6], [("step_without_place", "register")]),
        (
            "return leads elsewhere",
            JOURNEYS["returned"][:2],
            [("open_step_closes", "prepare"), ("step_reopens", "check")],
        ),
        ("return leads elsewhere", JOURNEYS["returned"][:3], [("step_without_place", "prepare")]),
        ("condition flips a decision", TO_APPRAISAL[:2], [("decision_differs", "checked")]),
        ("condition reads what old forms lack", TO_APPRAISAL[:2], [("decision_fails", "checked")]),
        ("timer no longer interrupts", JOURNEYS["overdue"][:1], [("step_reopens", "prepare")]),
    ],
)
def test_the_reason_names_the_step(edit, answers, expected):
    migration = migrated(OLD, EDITS[edit].drawing.definition(), at(*answers))
    assert [(note.code, note.params["step"]) for note in migration.reasons] == expected


def test_a_decision_that_would_be_another_today_stands_all_the_same():
    migration = migrated(OLD, EDITS["condition flips a decision"].drawing.definition(), at(*TO_APPRAISAL[:2]))
    [note] = migration.reasons
    assert (note.params["was"], note.params["now"]) == (["check_ok"], ["back_to_unit"])
    assert open_keys(migration.instance) == ["opinion_a#1", "opinion_b#1", "opinion_c#1"]


def test_a_decision_that_stands_is_not_reported_again_by_the_next_edit():
    flipped = EDITS["condition flips a decision"].drawing
    first = migrated(OLD, flipped.definition(), at(*TO_APPRAISAL[:2]))
    labelled = flipped.swap((task("decide", "CT_UBND", limit="7"), task("decide", "CT_UBND", "7", "Decide")))
    second = fold(flipped.definition(), labelled.definition(), ID, first.start, first.effective, lookups=LATER)
    assert (second.verdict, changes(second)) == ("moves", [("element_changed", "decide")])


def test_a_taken_flow_that_is_not_drawn_any_more_is_a_choice_for_people():
    lines = ("startEvent s", "userTask a", "exclusiveGateway g default=out", "userTask b", "userTask c", "s -> a")
    old = definition(*lines, "a -> g", "one: g -> b if a.ok", "out: g -> c")
    new = definition(*lines, "a -> g", "one: g -> c if !a.ok", "out: g -> b")
    gone = definition(
        *(x for x in lines if x != "userTask b"), "userTask d", "a -> g", "two: g -> d if a.ok", "out: g -> c"
    )
    move = Complete("a#1", {"ok": True})
    assert codes(moved(old, new, move)) == ["open_step_closes", "decision_differs"]
    assert codes(moved(old, gone, move)) == ["open_step_removed", "decision_gone"]


def test_what_a_passed_step_would_have_said_is_asked_for():
    old = definition("startEvent s", "userTask a", "userTask b", "s -> a", "a -> b")
    new = definition(
        *("startEvent s", "userTask a", "userTask seen", "exclusiveGateway g default=o", "userTask b", "userTask c"),
        *("s -> a", "a -> seen", "seen -> g", "g -> c if !seen.ok", "o: g -> b"),
    )
    migration = moved(old, new, Complete("a#1"))
    assert codes(migration) == ["must_pass_first", "value_missing"]
    assert open_keys(migration.instance) == ["seen#1"]


def test_a_new_condition_that_cannot_be_evaluated_leaves_the_instance_where_it_is():
    old = definition("startEvent s", "userTask a", "userTask b", "s -> a", "a -> b")
    new = definition(
        *("startEvent s", "userTask a", "exclusiveGateway g default=o", "userTask b", "userTask c", "s -> a"),
        *("a -> g", "g -> c if a.count > 3", "o: g -> b"),
    )
    migration = moved(old, new, Complete("a#1"))
    assert migration.verdict == "must_stay"
    assert "cannot_go_on" in codes(migration)
    assert (migration.instance, migration.effective) == (None, ())


def test_the_end_that_was_reached_does_not_lead_on_by_itself():
    old = definition("startEvent s", "userTask a", "s -> a")
    new = definition(
        "startEvent s", "userTask a", f"intermediateCatchEvent c {{{MESSAGE}}}", "task b", "s -> a", "a -> c", "c -> b"
    )
    migration = moved(old, new, Complete("a#1"))
    assert [(note.code, note.params["step"]) for note in migration.reasons] == [("must_pass_first", "c")]


# --- moves of every kind ---------------------------------------------------------------------------------------------


WAITING = (
    *("startEvent s", "userTask a", f"boundaryEvent late attachedToRef=a {{{timer('P10D')}}}", "userTask b"),
    *(f"intermediateCatchEvent paper {{{MESSAGE}}}", "userTask c", "s -> a", "a -> paper", "late -> b"),
    "paper -> c",
)


def relabelled(*lines: str):
    return definition(*(line.replace("userTask c", "userTask c name=other") for line in lines))


def test_a_suspended_instance_stays_suspended_and_goes_on_afterwards():
    new = relabelled(*WAITING)
    migration = moved(definition(*WAITING), new, Suspend())
    assert (migration.verdict, migration.instance.suspended) == ("moves", True)
    again = moved(definition(*WAITING), new, Suspend(), Resume(), Complete("a#1"))
    assert [wait.key for wait in again.instance.waits] == ["paper#1"]


def test_a_step_before_a_suspended_place_is_found_all_the_same():
    lines = [line.replace("a -> paper", "a -> x") for line in WAITING]
    new = definition(*lines, "userTask x", "x -> paper")
    migration = moved(definition(*WAITING), new, Complete("a#1"), Suspend())
    assert codes(migration) == ["must_pass_first"]
    assert migration.instance.suspended


def test_a_withdrawn_instance_is_as_closed_as_before():
    migration = moved(definition(*WAITING), relabelled(*WAITING), Complete("a#1"), Withdraw())
    assert (migration.verdict, migration.instance.withdrawn) == ("untouched", True)


def test_a_message_without_a_key_reaches_the_wait_that_got_it_then():
    migration = moved(definition(*WAITING), relabelled(*WAITING), Complete("a#1"), Deliver("thu", None, {"count": 1}))
    assert migration.instance.variables["paper.count"] == 1
    assert migration.effective[-1].move == Deliver("thu", "paper#1", {"count": 1})


def test_a_timer_that_fired_fires_again_at_the_time_it_was_set_to():
    old = definition(*WAITING)
    recorder = Recorder(old)
    recorder.make(FireTimer("late#1", recorder.instance.timers[0].due_at))
    longer = definition(*(line.replace("P10D", "P90D") for line in WAITING))
    migration = migrated(old, longer, recorder.position("here"))
    assert (migration.verdict, open_keys(migration.instance)) == ("untouched", ["b#1"])


STUCK = (
    *("startEvent s", "userTask a", "exclusiveGateway g", "userTask b", "userTask c", "s -> a", "a -> g"),
    *("one: g -> b if a.outcome == 'b'", "two: g -> c if a.outcome == 'c'"),
)


def test_a_mended_condition_sets_a_parked_instance_going():
    mended = definition(*STUCK[:-1], "two: g -> c if a.outcome != 'b'")
    migration = moved(definition(*STUCK), mended, Complete("a#1", {"outcome": "x"}))
    assert migration.verdict == "moves"
    assert [code for code, _ in changes(migration)][:2] == ["step_opens", "incident_resolved"]
    assert open_keys(migration.instance) == ["c#1"]


def test_an_incident_that_stays_is_not_held_against_the_edit():
    labelled = definition(*(line.replace("userTask b", "userTask b name=other") for line in STUCK))
    migration = moved(definition(*STUCK), labelled, Complete("a#1", {"outcome": "x"}))
    assert (migration.verdict, [each.why for each in migration.instance.incidents]) == ("moves", ["no_flow_true"])


def test_an_incident_that_another_branch_resolved_is_resolved_at_the_same_move():
    lines = (
        *(
            "startEvent s",
            "parallelGateway both",
            "userTask a",
            "userTask b",
            "exclusiveGateway g default=o",
            "userTask c",
        ),
        *("userTask d", "s -> both", "both -> a", "both -> b", "a -> g", "g -> c if b.ok", "o: g -> d"),
    )
    process = definition(*lines)
    moves = (Complete("a#1"), Complete("b#1", {"ok": True}), Retry("g#1"))
    recorder = Recorder(process)
    for move in moves:
        recorder.make(move)
    place = recorder.position("here")
    migration = migrated(process, process, place)
    assert (migration.verdict, open_keys(migration.instance)) == ("untouched", ["c#1"])
    assert migration.instance.state_hash() == place.instance.state_hash()


def test_votes_under_way_are_kept_when_more_are_wanted():
    migration = migrated(OLD, EDITS["more votes"].drawing.definition(), at(*TO_APPRAISAL, *VOTED[:3]))
    assert open_keys(migration.instance) == [f"vote_call#1/vote@{key}#1" for key in (2, 3, 4, 5)]


def test_sequential_votes_go_on_where_they_were():
    def process(name: str):
        task = f"userTask vote name={name} {{{many('3', True)}{properties(candidateRole='HD_DV', formKey='any')}}}"
        return definition("startEvent s", task, "userTask b", "s -> vote", "vote -> b")

    migration = moved(process("x"), process("y"), Complete("vote@1#1"), Complete("vote@2#1"))
    assert (migration.verdict, open_keys(migration.instance)) == ("moves", ["vote@3#1"])


def test_variables_of_a_renamed_start_are_found_under_its_new_name():
    def process(start: str):
        return definition(f"startEvent {start}", "userTask a", f"{start} -> a")

    recorder = Recorder(process("s"), **{"s.count": 3, "nomination.award": "GK_XA"})
    migration = migrated(process("s"), process("begun"), recorder.position("here"), {"s": "begun"})
    assert migration.instance.variables == {"begun.count": 3, "nomination.award": "GK_XA"}


def test_a_history_of_migrations_is_itself_a_history():
    """Three edits one after the other, with moves between them, all from one list."""
    first = EDITS["label"].drawing.definition()
    second = EDITS["parallel branch"].drawing.definition()
    place = at(*TO_APPRAISAL[:3])
    one = fold(OLD, first, ID, place.start, place.steps, lookups=LATER)
    two = fold(first, second, ID, one.start, one.effective, lookups=LATER)
    steps = list(two.effective)
    for key in ("opinion_d#1", "opinion_b#1"):
        context = Context(NOW + timedelta(days=300), Office(date(2027, 3, 1)))
        facts = two.instance.handle(Complete(key), context)
        steps.append(RecordedMove(Complete(key), context.now, context.recorded(), facts))
    three = fold(second, first, ID, two.start, steps, lookups=LATER)
    assert ("step_skipped", "opinion_d") in changes(three)
    assert open_keys(three.instance) == ["opinion_c#1"]


# --- codes -----------------------------------------------------------------------------------------------------------


def test_records_come_back_from_json_as_they_were():
    place = at(*TO_APPRAISAL[:3])
    assert StartRecord.from_json(place.start.to_json()) == place.start
    assert [RecordedMove.from_json(step.to_json()) for step in place.steps] == list(place.steps)


def test_verdicts_are_ordered_from_best_to_worst():
    assert [*Verdict] == ["untouched", "moves", "needs_choice", "must_stay"]


def test_every_code_has_a_sentence_and_every_aspect_a_word():
    for code in (*REASONS, *CHANGES):
        said = message(f"migration_{code}", {"name": "N", "now": "DU_DK", "what": "label"})
        assert said != message("engine_error")
    assert set(words("aspect")) == set(ASPECTS)
    assert set(words("verdict")) == set(Verdict)


def test_a_code_is_either_a_reason_or_a_change_and_each_is_used():
    source = inspect.getsource(inspect.getmodule(fold))
    assert all(f'"{code}"' in source for code in REASONS)
    assert not REASONS.keys() & CHANGES
