"""S2: nobody acts on their own nomination, told by the personal identification number."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from engine.commands import (
    SYSTEM,
    AssignTask,
    BatchItem,
    ClaimTask,
    CompleteBatch,
    IdentifyPerson,
)
from engine.errors import BatchRefused, DirectoryError, SeparationOfDuties
from engine.office.views import Actor
from engine.store import tables
from engine.store.database import Database
from tests.builders import AGREES, ASSESSMENT, NOMINEE, VOTE, Office, new_id

NUMBER = NOMINEE["so_dinh_danh"]


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    database = Database(database_url)
    yield Office(database)
    database.close()


def identify(office: Office, person: Actor, number: str = NUMBER) -> None:
    office.engine.identify_person(
        IdentifyPerson(command_id=new_id(), actor=SYSTEM, person=person.person.id, citizen_id=number)
    )


def rule(refused: SeparationOfDuties) -> object:
    return refused.params["rule"]


def test_a_head_who_is_nominated_neither_takes_nor_is_handed_nor_decides_their_own_nomination(office: Office) -> None:
    own, other = office.at_head(), office.at_head(so_dinh_danh="008090001299")
    identify(office, office.head)
    task = office.only_task(own).task
    on = {"command_id": new_id(), "actor": office.head.person.id, "task": task.id, "expected_version": task.version}

    for act in (
        lambda: office.engine.claim_task(ClaimTask(**on)),
        lambda: office.engine.assign_task(AssignTask(**on, to=office.head.person.id)),
        lambda: office.complete(own, office.head, AGREES),
    ):
        with pytest.raises(SeparationOfDuties) as refused:
            act()
        assert rule(refused.value) == "S2"

    office.complete(other, office.head, AGREES)
    deputy = office.person("Phó Chủ tịch", "TT_DV")
    office.complete(own, deputy, AGREES)


def test_a_member_of_the_council_who_is_nominated_does_not_vote(office: Office) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT)
    identify(office, office.council)

    with pytest.raises(SeparationOfDuties) as refused:
        office.complete(code, office.council, VOTE)

    assert rule(refused.value) == "S2_vote"


def test_one_own_nomination_in_a_batch_is_the_row_that_is_refused(office: Office) -> None:
    tasks = [office.only_task(office.at_head(so_dinh_danh=each)).task for each in (NUMBER, "008090001299")]
    identify(office, office.head)
    items = tuple(BatchItem(task=task.id, expected_version=task.version, form=AGREES) for task in tasks)

    with pytest.raises(BatchRefused) as refused:
        office.engine.complete_batch(CompleteBatch(command_id=new_id(), actor=office.head.person.id, items=items))

    own, other = refused.value.params["rows"]
    assert isinstance(own.refusal, SeparationOfDuties) and rule(own.refusal) == "S2" and other.refusal is None


def test_who_is_not_known_by_number_acts_as_before(office: Office) -> None:
    office.complete(office.at_head(), office.head, AGREES)


def test_a_number_is_that_of_one_person_and_has_twelve_digits(office: Office) -> None:
    identify(office, office.head)
    identify(office, office.head, "008090001277")
    identify(office, office.council)

    for number, why in ((NUMBER, "citizen_id_taken"), ("12", "citizen_id_malformed"), ("", "citizen_id_malformed")):
        with pytest.raises(DirectoryError) as refused:
            identify(office, office.officer, number)
        assert refused.value.params["why"] == why


def test_the_number_is_in_no_journal_entry_and_no_hash_that_could_be_tried(office: Office) -> None:
    identify(office, office.head)

    with office.engine.database.read() as reader:
        bodies = reader.execute(select(tables.journal.c.body)).scalars().all()
        hashes = reader.execute(select(tables.command.c.body_hash)).scalars().all()
    assert not any(NUMBER in json.dumps(body) for body in bodies)
    again = IdentifyPerson(command_id=new_id(), actor=SYSTEM, person=office.head.person.id, citizen_id="000000000000")
    from engine.office.service import body_hash

    assert body_hash(again) in hashes
    assert office.engine.verify().ok
