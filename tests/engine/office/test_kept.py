"""Nominations that keep their release are listed for administrators, by code and with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands import WithdrawNomination
from engine.errors import NotAllowed
from engine.store.database import Database
from tests.builders import ASSESSMENT, VOTE, Office, new_id
from tests.kept import publish_with_other_council


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_who_keeps_a_release_is_listed_until_the_end_with_the_step_that_held_it(office: Office, tmp_path: Path) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT)
    publish_with_other_council(office, tmp_path)
    administrator = office.person("Đỗ Quốc Khánh", "QT", unit="TTT")
    assert office.engine.kept_releases(administrator, 10) == []

    office.complete(code, office.council, VOTE)

    [row] = office.engine.kept_releases(administrator, 10)
    assert (row.code, row.unit_title, row.release, row.why) == (code, "Xã Tân Trào", "R3", "role_changed")
    assert row.step == "Hội đồng bình xét, bỏ phiếu" and row.received
    assert office.engine.kept_releases(administrator, 0) == []
    assert office.engine.verify().ok and office.engine.rebuild() == []
    reason = "Đơn vị rút để đề nghị vào đợt sau."
    actor = office.officer.person.id
    office.engine.withdraw_nomination(
        WithdrawNomination(command_id=new_id(), actor=actor, nomination=code, reason=reason)
    )
    assert office.engine.kept_releases(administrator, 10) == []


def test_nobody_but_an_administrator_reads_the_list(office: Office) -> None:
    for other in (office.officer, office.head, office.auditor):
        with pytest.raises(NotAllowed):
            office.engine.kept_releases(other, 10)
