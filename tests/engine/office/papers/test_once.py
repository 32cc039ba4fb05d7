"""No two papers of one movement carry the same nominee, even if both are issued at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.commands import CompleteTask
from engine.errors import AwardedElsewhere
from engine.store import tables
from engine.store.database import Database
from tests.builders import new_id
from tests.province import Province
from tests.turns import one_while_the_other_waits

CLERK = ("VT", "VP")


def test_of_two_decisions_issued_at_once_the_second_sees_the_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = Province(database)
    codes = [province.propose_for("BK_TINH") for _ in range(2)]
    province.to_council(codes)
    province.approved(codes)
    papers = [province.paper("quyet_dinh", [code], until="number") for code in codes]

    def issue(paper: str) -> Callable[[], Any]:
        task = province.task(CLERK, paper, "issue")
        form = {"ngay_phat_hanh": province.day, "cach_gui": "ban_giay"}
        done = {"task": task["id"], "expected_version": task["version"], "form": form}
        by = province.people[CLERK].person.id
        return lambda: province.engine.complete_task(CompleteTask(command_id=new_id(), actor=by, **done))

    said = one_while_the_other_waits(database, issue(papers[0]), issue(papers[1]), monkeypatch)

    assert isinstance(said, AwardedElsewhere)
    told = {name: said.params[name] for name in ("nomination", "name", "paper")}
    assert told == {"nomination": codes[1], "name": "Ma Văn Tuấn", "paper": papers[0]}
    with database.read() as reader:
        assert reader.execute(select(func.count()).select_from(tables.nominee_award)).scalar() == 1
    province.check_proof()
