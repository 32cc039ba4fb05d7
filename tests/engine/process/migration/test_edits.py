"""Every kind of edit at every place of the award diagram gets the verdict a careful person would give."""

from collections import Counter

import pytest

from engine.process.migration import fold
from tests.engine.process.drawing import ID
from tests.engine.process.migration.award import ANSWERS, AWARD, places
from tests.engine.process.migration.edits import EDITS
from tests.engine.process.migration.journeys import LATER, migrated, runs_to_its_end

OLD = AWARD.definition()


def said(migration):
    return [(note.code, note.params.get("step"), note.params.get("what")) for note in migration.reasons]


@pytest.mark.parametrize("name", EDITS)
def test_the_verdict_is_that_of_a_careful_person_and_who_moves_goes_on_to_the_end(name):
    """At every place; every third of those that move is migrated once more and run to its end."""
    edit = EDITS[name]
    new = edit.drawing.definition()
    wrong, counted = [], Counter()
    for number, at in enumerate(places()):
        migration = migrated(OLD, new, at, edit.renames)
        counted[str(migration.verdict)] += 1
        if migration.verdict != edit.expected(at):
            wrong.append((at.name, edit.expected(at), str(migration.verdict), said(migration)))
        elif migration.instance and number % 3 == 0:
            again = fold(new, new, ID, migration.start, migration.effective, lookups=LATER)
            assert (again.verdict, again.reasons, again.changes) == ("untouched", (), ()), at.name
            assert again.instance.state_hash() == migration.instance.state_hash()
            assert runs_to_its_end(migration.instance, {**ANSWERS, **edit.answers}), at.name
    assert not wrong, (len(wrong), wrong[:6], counted)
