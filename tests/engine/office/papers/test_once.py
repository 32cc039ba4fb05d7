"""Nobody is awarded twice in one movement, even if papers are issued and heads decide at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.commands import CompleteTask
from engine.errors import AwardedElsewhere, InvalidForm
from engine.store import tables
from engine.store.database import Database
from tests.builders import AGREES, ASSESSMENT, NOMINEE, VOTE, new_id
from tests.province import COMMUNE, Province
from tests.turns import one_while_the_other_waits

CLERK, OFFICER, HEAD = ("VT", "VP"), ("CB_TDKT_DV", COMMUNE), ("TT_DV", COMMUNE)


Act = Callable[[], Any]


def completing(province: Province, who: tuple[str, str], code: str, element: str, form: dict[str, str]) -> Act:
    """Return what completes a task, as it is now, when it is called."""
    task = province.task(who, code, element)
    done = {"task": task["id"], "expected_version": task["version"], "form": form}
    by = province.people[who].person.id
    return lambda: province.engine.complete_task(CompleteTask(command_id=new_id(), actor=by, **done))


def issue(province: Province, paper: str) -> Act:
    return completing(province, CLERK, paper, "issue", {"ngay_phat_hanh": province.day, "cach_gui": "ban_giay"})


def decide(province: Province, code: str) -> Act:
    form = AGREES | {"so_quyet_dinh": "15/QĐ-UBND", "ngay_quyet_dinh": province.day}
    return completing(province, HEAD, code, "head_decision", form)


def at_head(province: Province) -> str:
    """Nominate the same person as elsewhere for the Giấy khen of the commune, up to its decision."""
    about = {"unit": COMMUNE, "round": province.code_of_round, "award": "GK_XA", "kind": "ca_nhan", "dossier": None}
    code = str(province.send(OFFICER, "/nominations", **about, form=NOMINEE)["code"])
    province.do(OFFICER, code, "self_assessment", **ASSESSMENT)
    province.do(("HD_DV", COMMUNE), code, "council", **VOTE | {"ngay_hop": province.day})
    return code


def numbered(province: Province) -> str:
    """Return a decision of the province that is ready to be issued."""
    code = province.propose_for("BK_TINH")
    province.to_council([code])
    province.approved([code])
    return province.paper("quyet_dinh", [code], until="number")


def awards(database: Database) -> int:
    with database.read() as reader:
        return int(reader.execute(select(func.count()).select_from(tables.nominee_award)).scalar() or 0)


def test_a_head_who_decides_while_a_decision_of_the_province_is_issued_sees_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = Province(database)
    paper, code = numbered(province), at_head(province)

    said = one_while_the_other_waits(database, issue(province, paper), decide(province, code), monkeypatch)

    assert isinstance(said, InvalidForm) and said.fields["outcome"][0][0] == "awarded_before"
    assert awards(database) == 1
    province.check_proof()


def test_a_decision_that_is_issued_while_a_head_decides_sees_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = Province(database)
    paper, code = numbered(province), at_head(province)

    said = one_while_the_other_waits(database, decide(province, code), issue(province, paper), monkeypatch)

    assert isinstance(said, AwardedElsewhere) and said.params["number"] == "15/QĐ-UBND"
    assert awards(database) == 1
    province.check_proof()


def test_of_two_decisions_of_a_head_on_one_person_at_once_the_second_sees_the_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = Province(database)
    first, second = (decide(province, at_head(province)) for _each in range(2))

    said = one_while_the_other_waits(database, first, second, monkeypatch)

    assert isinstance(said, InvalidForm) and awards(database) == 1


def test_of_two_decisions_issued_at_once_the_second_sees_the_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = Province(database)
    codes = [province.propose_for("BK_TINH") for _ in range(2)]
    province.to_council(codes)
    province.approved(codes)
    papers = [province.paper("quyet_dinh", [code], until="number") for code in codes]

    said = one_while_the_other_waits(database, issue(province, papers[0]), issue(province, papers[1]), monkeypatch)

    assert isinstance(said, AwardedElsewhere)
    told = {name: said.params[name] for name in ("nomination", "name", "paper")}
    assert told == {"nomination": codes[1], "name": "Ma Văn Tuấn", "paper": papers[0]}
    assert awards(database) == 1
    province.check_proof()
