"""What was settled once is taken as it was; choices are in `test_turn`, tables in `test_rules`."""

from engine.process.context import Context
from engine.process.instance import Instance
from tests.engine.process.drawing import ID, NOW, context, definition, named, open_keys, properties, start, timer


def test_a_due_date_somebody_was_told_stands_when_the_moves_are_made_again():
    def process(limit: str, time: str):
        step = properties(candidateRole="HD_DV", formKey="any", limitWorkingDays=limit)
        event = f"boundaryEvent late attachedToRef=a {{{timer(time)}}}"
        return definition("startEvent s", f"userTask a {{{step}}}", event, "userTask b", "s -> a", "late -> b")

    instance, facts = start(process("5", "P10D"))
    again, repeated = Instance.start(process("7", "P20D"), ID, Context(NOW), {}, facts)
    assert [fact.to_json() for fact in repeated] == [fact.to_json() for fact in facts]
    assert (again.open_steps, again.timers) == (instance.open_steps, instance.timers)


def test_a_choice_made_before_the_first_step_stands():
    def process(condition: str):
        return definition(
            *("startEvent s", "exclusiveGateway g default=other", "userTask a", "userTask b", "s -> g"),
            *(f"one: g -> a if {condition}", "other: g -> b"),
        )

    _, facts = start(process("true"))
    again, _ = Instance.start(process("false"), ID, context(), {}, named(facts, "FlowTaken"))
    assert open_keys(again) == ["a#1"]


def test_a_choice_that_is_not_drawn_any_more_is_made_anew():
    def process(flow: str):
        return definition(
            *("startEvent s", "exclusiveGateway g default=other", "userTask a", "userTask b", "s -> g"),
            *(f"{flow}: g -> a if true", "other: g -> b"),
        )

    _, facts = start(process("one"))
    again, repeated = Instance.start(process("two"), ID, context(), {}, facts)
    assert [fact.flow for fact in named(repeated, "FlowTaken")] == ["two"]
    assert open_keys(again) == ["a#1"]
