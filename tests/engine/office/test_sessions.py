"""A council meets: roll call, counts, thresholds, and all votes filed in one act."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.commands import CancelSession, CloseSession, OpenSession, RecordSession, StartNomination
from engine.errors import BatchRefused, InvalidForm, NotAllowed, NotFound, SessionEnded, StaleSession
from engine.office.session_views import SessionView, VoteLine
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import ASSESSMENT, NOMINEE, VOTE, Office, new_id
from tests.movers import Movers
from tests.province import Province
from tests.workflows import ways

MEMBERS = [f"Ủy viên {number}" for number in range(1, 10)]


@pytest.fixture
def office(database: Database) -> Movers:
    return Movers(database)


def at_council(office: Office, *names: str) -> list[str]:
    """Return the tasks of nominations that wait for the council of the commune."""
    tasks = []
    for name in names:
        code = office.nominate(ten=name)["code"]
        office.complete(code, office.officer, ASSESSMENT)
        tasks.append(office.only_task(code, office.council).task.id)
    return tasks


def open_session(office: Office, *tasks: str, by: Actor | None = None) -> str:
    command = OpenSession(
        command_id=new_id(),
        actor=(by or office.council).person.id,
        unit="X2545",
        day=date(2026, 11, 16),
        tasks=tasks,
    )
    session: str = office.engine.open_session(command)["session"]
    return session


def roll(count: int = 9, absent: int = 0, written: int = 0) -> list[dict[str, Any]]:
    """Return a roll call: the last ones were asked in writing or did not take part."""
    attendance = ["co_mat"] * (count - absent - written) + ["van_ban"] * written + ["vang_mat"] * absent
    return [
        {"name": f"Ủy viên {n}", "position": "", "attendance": each, "teller": n <= 3}
        for n, each in enumerate(attendance, start=1)
    ]


def counts(agree: int, against: int = 0, invalid: int = 0, out: int | None = None) -> dict[str, str]:
    collected = agree + against + invalid
    typed = {"phieu_phat_ra": out or collected, "phieu_thu_ve": collected, "dong_y": agree}
    typed |= {"khong_dong_y": against, "khong_hop_le": invalid}
    return {name: str(value) for name, value in typed.items()}


def write_down(
    office: Office, session: str, rows: dict[str, dict[str, str]], members: list[dict[str, Any]] | None = None
) -> SessionView:
    record = {"day": "2026-11-16", "members": roll() if members is None else members, "rows": rows, "common": {}}
    version = office.engine.council_session(office.council, session).version
    office.engine.record_session(
        RecordSession(
            command_id=new_id(),
            actor=office.council.person.id,
            session=session,
            expected_version=version,
            record=record,
        )
    )
    return office.engine.council_session(office.council, session)


def close(office: Office, session: str) -> dict[str, Any]:
    version = office.engine.council_session(office.council, session).version
    actor = office.council.person.id
    return office.engine.close_session(
        CloseSession(command_id=new_id(), actor=actor, session=session, expected_version=version)
    )


def test_closing_a_session_files_the_votes_of_all_its_nominations(office: Office, database: Database) -> None:
    tasks = at_council(office, "Ma Văn Tuấn", "Nông Quốc Cường")
    session = open_session(office, *tasks)
    write_down(office, session, {tasks[0]: counts(9), tasks[1]: counts(4, 5)})
    answer = close(office, session)

    follows = {row["task"]: row["next"][0]["element"] for row in answer["rows"]}
    assert follows == {tasks[0]: "head_decision", tasks[1]: "refusal_notice"}
    seen = office.engine.council_session(office.council, session)
    assert (seen.row.status, seen.row.total, seen.row.present) == ("closed", 9, 9)
    assert office.engine.verify().ok
    with database.read() as reader:
        bodies = " ".join(row.body for row in reader.rows_of_journal())
    assert "Ủy viên" not in bodies


def test_what_is_filed_is_what_the_form_of_the_step_asks(office: Office) -> None:
    [task] = at_council(office, "Ma Văn Tuấn")
    session = open_session(office, task)
    write_down(office, session, {task: counts(7, 1, 1)}, roll(written=2))
    close(office, session)
    code = office.engine.task(office.council, task).task.code
    [filed] = [line for line in office.engine.history(office.council, code) if line.element == "council"]
    assert {value.name: value.value for value in filed.values} == {
        "ngay_hop": "2026-11-16",
        **{name: int(value) for name, value in VOTE.items() if name in ("tong_so", "phieu_phat_ra", "phieu_thu_ve")},
        "co_mat": 7,
        "dong_y": 7,
        "khong_dong_y": 1,
        "khong_hop_le": 1,
    }


@pytest.mark.parametrize(("agree", "passed"), [(4, False), (5, True)])
def test_the_threshold_is_found_in_the_diagram(office: Office, agree: int, passed: bool) -> None:
    [task] = at_council(office, "Ma Văn Tuấn")
    session = open_session(office, task)
    [line] = write_down(office, session, {task: counts(agree, 9 - agree)}).lines
    assert line.verdict and (line.verdict.passed, line.verdict.needed, line.verdict.total) == (passed, 5, 9)


PROVINCE = NOMINEE | {"dien_quan_ly": "khong", "la_nganh_doc": "khong", "thu_tuc_don_gian": "khong"}
REPORT = ways.PERSON | {"bao_cao_thanh_tich": "Tổ chức 14 buổi hướng dẫn tại 14 thôn, hoàn thành trước hạn. " * 10}


def at_unit_council(office: Movers, award: str) -> str:
    """Return the task at which the unit's council votes on a proposal for a higher award."""
    round = office.open(hinh_thuc=[award])
    started = office.engine.start_nomination(
        StartNomination(
            command_id=new_id(),
            actor=office.officer.person.id,
            unit="X2545",
            award=award,
            kind="ca_nhan",
            round=round,
            form=PROVINCE,
        )
    )
    office.complete(started["code"], office.officer, REPORT)
    return office.only_task(started["code"], office.council).task.id


@pytest.mark.parametrize(("agree", "passed", "share"), [(13, False, 7647), (14, True, 8235)])
def test_of_17_members_13_fail_and_14_pass_at_80_per_cent(office: Movers, agree: int, passed: bool, share: int) -> None:
    task = at_unit_council(office, "BK_TTG")
    session = open_session(office, task)
    [line] = write_down(office, session, {task: counts(agree, 17 - agree)}, roll(17)).lines
    assert line.verdict
    assert (line.verdict.passed, line.verdict.needed, line.verdict.share) == (passed, 14, share)


def test_a_majority_is_enough_where_the_routing_table_says_so(office: Movers) -> None:
    task = at_unit_council(office, "BK_TINH")
    session = open_session(office, task)
    [line] = write_down(office, session, {task: counts(8, 9)}, roll(17)).lines
    assert line.verdict and (line.verdict.passed, line.verdict.needed) == (False, 9)


# --- what cannot be ----------------------------------------------------------------------------------------------


def refusals(line: VoteLine) -> dict[str, str]:
    assert line.result and isinstance(line.result.refusal, InvalidForm)
    return {name: found[0][0] for name, found in line.result.refusal.fields.items()}


def test_counts_that_do_not_add_up_stay_as_typed_and_keep_the_session_open(office: Office) -> None:
    tasks = at_council(office, "Ma Văn Tuấn", "Nông Quốc Cường")
    session = open_session(office, *tasks)
    wrong = counts(5, 2) | {"phieu_thu_ve": "9"}
    seen = write_down(office, session, {tasks[0]: wrong, tasks[1]: counts(9)})
    assert refusals(seen.lines[0]) == {"phieu_thu_ve": "rule_at_most"}
    assert seen.lines[0].values["phieu_thu_ve"] == "9" and not seen.ready
    with pytest.raises(BatchRefused):
        close(office, session)
    assert office.engine.task(office.council, tasks[1]).task.state == "open"


def test_a_member_concerned_is_named_and_gets_no_ballot(office: Office) -> None:
    [task] = at_council(office, "Ma Văn Tuấn")
    session = open_session(office, task)
    concerned = {"concerned": "Ủy viên 1\nỦy viên 2"}
    seen = write_down(office, session, {task: counts(9) | concerned})
    assert refusals(seen.lines[0]) == {"phieu_phat_ra": "too_many_ballots"}
    assert write_down(office, session, {task: counts(7) | concerned}).ready
    with pytest.raises(InvalidForm) as refused:
        write_down(office, session, {task: counts(7) | {"concerned": "Người lạ"}})
    assert list(refused.value.fields) == [f"{task}.concerned"]


def test_who_is_absent_without_an_opinion_gets_no_ballot(office: Office) -> None:
    [task] = at_council(office, "Ma Văn Tuấn")
    session = open_session(office, task)
    [line] = write_down(office, session, {task: counts(9)}, roll(absent=2)).lines
    assert refusals(line) == {"phieu_phat_ra": "too_many_ballots"}
    assert write_down(office, session, {task: counts(7)}, roll(absent=2)).ready


def test_a_cell_left_empty_takes_what_is_common(office: Office) -> None:
    [task] = at_council(office, "Ma Văn Tuấn")
    session = open_session(office, task)
    row = {"dong_y": "8", "khong_dong_y": "1", "khong_hop_le": "0"}
    actor, version = office.council.person.id, 1
    record = {"day": "2026-11-16", "members": roll(), "rows": {task: row}}
    record |= {"common": {"phieu_phat_ra": "9", "phieu_thu_ve": "9"}}
    office.engine.record_session(
        RecordSession(command_id=new_id(), actor=actor, session=session, expected_version=version, record=record)
    )
    assert office.engine.council_session(office.council, session).ready


def test_a_session_is_the_business_of_its_council_alone(office: Office) -> None:
    [task] = at_council(office, "Ma Văn Tuấn")
    with pytest.raises(NotAllowed):
        open_session(office, task, by=office.officer)
    session = open_session(office, task)
    with pytest.raises(NotFound):
        office.engine.council_session(office.officer, session)
    assert office.engine.council_session(office.auditor, session).may == frozenset()
    cancel = CancelSession(command_id=new_id(), actor=office.head.person.id, session=session, expected_version=1)
    with pytest.raises(NotAllowed):
        office.engine.cancel_session(cancel)
    assert [row.id for row in office.engine.sessions(office.head)] == [session]
    assert office.engine.sessions(office.other) == ()


def test_only_votes_of_this_council_come_into_its_session(office: Office) -> None:
    code = office.at_head()
    with pytest.raises(NotFound):
        open_session(office, office.only_task(code).task.id)
    with pytest.raises(InvalidForm):
        open_session(office)


def test_a_vote_waits_in_one_session_at_a_time(office: Office) -> None:
    tasks = at_council(office, "Ma Văn Tuấn", "Nông Quốc Cường")
    session = open_session(office, tasks[0])
    [council] = office.engine.councils(office.council)
    assert [task.id for task in council.waiting] == [tasks[1]]
    assert [task.id for task in office.engine.council_session(office.council, session).waiting] == [tasks[1]]
    actor = office.council.person.id
    office.engine.cancel_session(CancelSession(command_id=new_id(), actor=actor, session=session, expected_version=1))
    [council] = office.engine.councils(office.council)
    assert {task.id for task in council.waiting} == set(tasks)
    with pytest.raises(SessionEnded):
        close(office, session)


def test_who_saves_an_older_record_is_told(office: Office) -> None:
    [task] = at_council(office, "Ma Văn Tuấn")
    session = open_session(office, task)
    write_down(office, session, {task: counts(9)})
    with pytest.raises(StaleSession):
        office.engine.close_session(
            CloseSession(command_id=new_id(), actor=office.council.person.id, session=session, expected_version=1)
        )
    assert office.engine.verify().ok


def test_the_councils_of_one_unit_hold_sessions_of_their_own(database: Database) -> None:
    province = Province(database)
    code = province.propose_for("BK_TINH")
    province.to_council([code])
    task = province.task(("TK_HD", "SNV"), code, "council")["id"]
    of_province = province.people["TK_HD", "SNV"]
    of_unit = province.person("Hoàng Diệu Linh", "HD_DV", "SNV")
    presiding = province.person("Vũ Đình Hải", "HD_TINH", "SNV")
    engine = province.engine

    def call(by: Actor) -> str:
        opens = {"command_id": new_id(), "actor": by.person.id, "day": date(2025, 10, 1)}
        return str(engine.open_session(OpenSession(unit="SNV", tasks=(task,), **opens))["session"])

    assert [(each.council, each.waiting) for each in engine.councils(of_unit)] == [("HD_DV", ())]
    with pytest.raises(NotFound):
        call(of_unit)
    session = call(of_province)
    [row] = engine.sessions(presiding)
    assert (row.id, row.council) == (session, "TK_HD")
    assert engine.council_session(presiding, session).may == frozenset()
    assert engine.sessions(of_unit) == ()
    with pytest.raises(NotFound):
        engine.council_session(of_unit, session)
    with pytest.raises(NotFound):
        engine.cancel_session(
            CancelSession(command_id=new_id(), actor=of_unit.person.id, session=session, expected_version=1)
        )
    assert engine.rebuild() == []
