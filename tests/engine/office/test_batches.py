from __future__ import annotations

from typing import Any

import pytest

from engine.commands import BatchItem, CompleteBatch
from engine.errors import BatchRefused, BatchSize, CommandReused, InvalidForm, NotFound, RowTwice, SeparationOfDuties
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import AGREES, ASSESSMENT, NOTICE, REFUSES, VOTE, Office, new_id


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def items(office: Office, actor: Actor, *codes: str, form: dict[str, Any]) -> tuple[BatchItem, ...]:
    tasks = [office.only_task(code, actor).task for code in codes]
    return tuple(BatchItem(task=task.id, expected_version=task.version, form=form) for task in tasks)


def complete(office: Office, actor: Actor, rows: tuple[BatchItem, ...], command_id: str | None = None) -> Any:
    return office.engine.complete_batch(
        CompleteBatch(command_id=command_id or new_id(), actor=actor.person.id, items=rows)
    )


def statuses(office: Office, *codes: str) -> list[str]:
    return [office.engine.nomination(office.auditor, code).status for code in codes]


def test_many_nominations_go_their_ways_in_one_act(office: Office, database: Database) -> None:
    codes = [office.nominate(ten=f"Người thứ {number}")["code"] for number in range(5)]
    complete(office, office.officer, items(office, office.officer, *codes, form=ASSESSMENT))
    complete(office, office.council, items(office, office.council, *codes, form=VOTE))
    agreed = items(office, office.head, *codes[:4], form=AGREES)
    refused = items(office, office.head, codes[4], form=REFUSES)
    answer = complete(office, office.head, (*agreed, *refused))

    assert [row["next"][0]["element"] for row in answer["rows"]] == ["award_notice"] * 4 + ["refusal_notice"]
    assert statuses(office, *codes) == ["DUOC_KHEN"] * 4 + ["KHONG_DUOC_KHEN"]
    streams = [f"nomination:{office.engine.nomination(office.auditor, code).id}" for code in codes]
    with database.read() as reader:
        ids = {list(reader.entries(stream))[-1].body["command_id"] for stream in streams}
    assert len(ids) == 1
    complete(office, office.officer, items(office, office.officer, *codes[:4], form=NOTICE))
    assert office.engine.verify().ok


def test_one_bad_row_and_nothing_is_done_and_every_row_is_answered(office: Office) -> None:
    codes = [office.at_head(ten=f"Người thứ {number}") for number in range(3)]
    good = items(office, office.head, *codes[:2], form=AGREES)
    bad = items(office, office.head, codes[2], form=AGREES | {"so_quyet_dinh": ""})
    with pytest.raises(BatchRefused) as refused:
        complete(office, office.head, (*good, *bad))

    rows = refused.value.params["rows"]
    assert [row.refusal is None for row in rows] == [True, True, False]
    assert isinstance(rows[2].refusal, InvalidForm) and "so_quyet_dinh" in rows[2].refusal.fields
    assert [task.element for code in codes for task in office.engine.nomination(office.head, code).tasks] == [
        "head_decision"
    ] * 3
    assert office.engine.verify().ok


def test_a_preview_says_what_follows_and_writes_nothing(office: Office, database: Database) -> None:
    codes = [office.at_head(ten=f"Người thứ {number}") for number in range(2)]
    rows = items(office, office.head, codes[0], form=AGREES) + items(office, office.head, codes[1], form=REFUSES)
    with database.read() as reader:
        before = len(list(reader.rows_of_journal()))
    seen = office.engine.preview_batch(office.head, rows)

    assert [[step.element for step in row.next] for row in seen] == [["award_notice"], ["refusal_notice"]]
    assert seen[0].next[0].name == "Thông báo được khen"
    assert [row.status for row in seen] == ["DUOC_KHEN", "KHONG_DUOC_KHEN"]
    with database.read() as reader:
        assert len(list(reader.rows_of_journal())) == before
    complete(office, office.head, rows)


def test_sending_the_same_act_again_gives_the_first_answer(office: Office) -> None:
    code = office.at_head()
    rows, command_id = items(office, office.head, code, form=AGREES), new_id()
    first = complete(office, office.head, rows, command_id)
    assert complete(office, office.head, rows, command_id) == first
    with pytest.raises(CommandReused):
        complete(office, office.head, (*rows, *rows), command_id)


def test_each_row_is_refused_for_its_own_reason(office: Office) -> None:
    both = office.person("Quan Thị Vân", "CB_TDKT_DV")
    own = office.nominate(by=both, ten="Người nhà")["code"]
    office.complete(own, office.officer, ASSESSMENT)
    office.complete(own, office.council, VOTE)
    head_and_officer = office.person("Vi Văn Thắng", "TT_DV")
    code = office.at_head()
    [row] = items(office, head_and_officer, code, form=AGREES)
    unseen = BatchItem(task=new_id(), expected_version=1, form={})

    seen = office.engine.preview_batch(head_and_officer, (row, row, unseen))
    assert [type(each.refusal) for each in seen] == [type(None), RowTwice, NotFound]
    assert office.engine.preview_batch(office.other, (row,))[0].nomination is None


def test_who_nominated_cannot_decide_in_a_table_either(office: Office) -> None:
    from datetime import date

    from engine.commands import SYSTEM, AddMembership

    who = office.person("Quan Thị Vân", "CB_TDKT_DV")
    joins = {"person": who.person.id, "unit": "X2545", "role": "TT_DV", "valid_from": date(2025, 7, 1)}
    office.engine.add_membership(AddMembership(command_id=new_id(), actor=SYSTEM, **joins))
    twice = office.engine.actor(who.person.id)
    own = office.nominate(by=twice, ten="Người nhà")["code"]
    office.complete(own, office.officer, ASSESSMENT)
    office.complete(own, office.council, VOTE)
    [seen] = office.engine.preview_batch(twice, items(office, twice, own, form=AGREES))
    assert isinstance(seen.refusal, SeparationOfDuties)


@pytest.mark.parametrize("count", [0, 1001])
def test_an_act_has_one_to_a_thousand_rows(office: Office, count: int) -> None:
    row = BatchItem(task=new_id(), expected_version=1, form={})
    with pytest.raises(BatchSize):
        complete(office, office.head, (row,) * count)


def test_two_dossiers_are_finished_when_all_their_nominations_are(office: Office) -> None:
    codes = [office.at_head(ten=f"Người thứ {number}") for number in range(2)]
    complete(office, office.head, items(office, office.head, *codes, form=AGREES))
    complete(office, office.officer, items(office, office.officer, *codes, form=NOTICE))
    dossiers = {code.split("/")[0] for code in codes}
    assert {office.engine.dossier(office.officer, code).status for code in dossiers} == {"HOAN_TAT"}
