"""Releases that were published: they go on, whatever is asked of new ones."""

from __future__ import annotations

import pytest

from engine.commands import SYSTEM, PublishRelease
from engine.errors import InvalidRelease
from engine.office.releases import Releases
from engine.office.service import Engine
from engine.process import release
from engine.process.findings import finding
from engine.store.database import Database
from tests.builders import ASSESSMENT, CATALOG, QUICK, VOTE, WORKFLOWS, Office, new_id


def test_a_rule_that_came_later_stops_no_case_of_a_release_published_before_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(database)
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT)

    refusal = finding("element_unsupported", "bpmn/unit_commendation.bpmn", 1, "council", tag="userTask")
    monkeypatch.setattr(release, "check_process", lambda *_, **__: [refusal])
    office.engine = Engine(database, CATALOG, clock=office.clock, passwords=QUICK, releases=Releases(CATALOG))

    office.complete(code, office.council, VOTE)
    office.nominate()
    assert office.engine.verify().ok
    with pytest.raises(InvalidRelease):
        office.engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(WORKFLOWS)))
