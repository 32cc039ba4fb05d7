"""The whole path of plan 230 as it ships: every flow, every outcome, each loop zero times, once and twice."""

import pytest

from engine.process.context import Context
from engine.process.moves import Resume, Suspend
from tests.workflows.journeys import (
    FOLDERS,
    Office,
    outcomes,
    set_out,
    shipped,
    taken,
)
from tests.workflows.nomination_ways import (
    WAYS,
    journey,
)
from tests.workflows.ways import (
    STRAIGHT,
    TO_CHAIRMAN,
    nominee,
)


@pytest.mark.parametrize("name", WAYS)
def test_each_way_ends_where_it_should(name: str) -> None:
    end, status = WAYS[name][2]
    made = journey(name)
    assert (made.end, made.at, made.instance.status) == (end, [], status)


@pytest.mark.parametrize("process", ["nomination", "opinions", "publication", "state_forwarding"])
def test_the_ways_together_take_every_flow(process: str) -> None:
    definition = shipped().process(process)
    assert set(definition.flows) - taken(definition, [journey(name) for name in WAYS]) == set()


def test_the_ways_together_choose_every_outcome_of_every_form() -> None:
    release = shipped()
    offered = {
        (node.id, outcome["value"])
        for process in ("nomination", "opinions", "body_opinion", "publication")
        for node in release.process(process).user_tasks.values()
        for outcome in release.form(node.form).get("outcomes", ())
        # That outcome is the command Suspend: no flow leaves it.
        if outcome["value"] != "tam_dung"
    }
    assert offered - outcomes(journey(name) for name in WAYS) == set()


@pytest.mark.parametrize("release", FOLDERS)
def test_each_step_says_who_where_by_when_and_on_what_ground(release: str) -> None:
    for process in ("nomination", "opinions", "body_opinion", "publication", "state_forwarding", "paper"):
        for node in shipped(release).process(process).nodes.values():
            assert len(node.name) <= 32, node.id
            if node.kind == "userTask":
                assert all((node.role, node.unit_scope, node.limit, node.legal_basis, node.stage, node.form)), node.id


def test_suspended_at_any_step_it_goes_on_where_it_was_and_its_siblings_never_stop() -> None:
    sibling = set_out("nomination", nominee())
    held = set_out("nomination", nominee()).go(TO_CHAIRMAN)
    before = held.at
    context = Context(held.now, Office(held.now.date()))
    held.instance.handle(Suspend(), context)
    sibling.go(STRAIGHT)
    held.instance.handle(Resume(), context)
    assert held.at == before == ["chairman"]
    assert sibling.end == "awarded"
