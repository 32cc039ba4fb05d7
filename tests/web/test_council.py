import re
from collections.abc import Callable

import pytest

from engine.office.views import Actor
from tests.builders import ASSESSMENT, Office
from tests.web.conftest import Visitor

Visit = Callable[[Actor], Visitor]
ROLL = {
    f"member.{n}.{key}": value for n in range(9) for key, value in (("name", f"Ủy viên {n}"), ("attendance", "co_mat"))
}


@pytest.fixture
def tasks(office: Office) -> list[str]:
    """Two nominations that wait for the council, as their tasks."""
    found = []
    for name in ("Ma Văn Tuấn", "Nông Quốc Cường"):
        code = office.nominate(ten=name)["code"]
        office.complete(code, office.officer, ASSESSMENT)
        found.append(office.only_task(code, office.council).task.id)
    return found


def called(visitor: Visitor, tasks: list[str]) -> str:
    """Call a session and return its address."""
    visitor.get("/sessions/new")
    answer = visitor.post("/sessions", {"unit": "X2545", "day": "16/11/2026", "pick": tasks})
    assert answer.status_code == 303
    return str(answer.location)


def votes(task: str, agree: int, against: int = 0) -> dict[str, str]:
    counts = {"phieu_phat_ra": agree + against, "phieu_thu_ve": agree + against, "dong_y": agree}
    counts |= {"khong_dong_y": against, "khong_hop_le": 0}
    return {f"{task}.{name}": str(count) for name, count in counts.items()}


def version(page: str) -> str:
    found = re.search(r'name="expected_version" value="(\d+)"', page)
    assert found
    return found[1]


def save(visitor: Visitor, address: str, tasks: list[str], **cells: str) -> str:
    """Save the record of a session and return the page that follows."""
    hidden = {"expected_version": version(visitor.get(address).text), "day": "16/11/2026", "pick": tasks}
    answer = visitor.post(f"{address}/record", hidden | ROLL | cells)
    return visitor.get(address).text if answer.status_code == 303 else answer.text


def test_a_council_meets_from_the_call_to_its_results(office: Office, tasks: list[str], visit: Visit) -> None:
    secretary = visit(office.council)
    assert 'href="/sessions"' in secretary.get("/tasks").text
    address = called(secretary, tasks)
    page = save(secretary, address, tasks, **votes(tasks[0], 9), **votes(tasks[1], 4, 5))
    assert "Đủ phiếu" in page and "Không đủ phiếu" in page and "cần 5" in page
    assert "44,44 %" in page and "→ Thủ trưởng quyết định" in page

    done = secretary.post(f"{address}/close", {"expected_version": version(page)})
    assert done.status_code == 303
    closed = secretary.get(address).text
    assert "Đã chuyển kết quả 2 trường hợp." in closed and "Đã kết thúc" in closed
    assert office.engine.task(office.council, tasks[0]).task.state == "done"


def test_counts_that_do_not_add_up_come_back_with_their_sentence(
    office: Office, tasks: list[str], visit: Visit
) -> None:
    secretary = visit(office.council)
    address = called(secretary, tasks)
    wrong = votes(tasks[0], 7) | {f"{tasks[0]}.phieu_thu_ve": "9", f"{tasks[0]}.phieu_phat_ra": "9"}
    page = save(secretary, address, tasks, **wrong, **votes(tasks[1], 9))
    assert "phải bằng “Số phiếu thu về”" in page and 'value="9"' in page
    assert "chuyển kết quả 2 trường hợp" not in page
    refused = secretary.post(f"{address}/close", {"expected_version": version(page)})
    assert refused.status_code == 409 and "Chưa ghi dòng nào" in refused.text


def test_a_name_that_is_not_in_the_roll_call_is_pointed_out_and_nothing_typed_is_lost(
    office: Office, tasks: list[str], visit: Visit
) -> None:
    secretary = visit(office.council)
    address = called(secretary, tasks)
    page = save(secretary, address, tasks, **votes(tasks[0], 8), **{f"{tasks[0]}.concerned": "Người lạ"})
    assert "Người lạ không có trong danh sách thành viên" in page
    assert 'value="Ủy viên 3"' in page and 'value="8"' in page


def test_a_day_that_is_none_and_an_empty_roll_call_are_said_at_their_places(
    office: Office, tasks: list[str], visit: Visit
) -> None:
    secretary = visit(office.council)
    address = called(secretary, tasks)
    hidden = {"expected_version": version(secretary.get(address).text), "day": "hôm qua", "pick": tasks}
    page = secretary.post(f"{address}/record", hidden)
    assert page.status_code == 422
    assert 'id="day-error"' in page.text and 'id="members-error"' in page.text and 'value="hôm qua"' in page.text
    assert secretary.post("/sessions", {"unit": "X2545", "day": "32/13/2026", "pick": tasks}).status_code == 422
    assert secretary.post("/sessions", {"unit": "X2545", "day": "16/11/2026"}).status_code == 422


def test_the_next_session_begins_with_the_roll_call_of_the_last(office: Office, tasks: list[str], visit: Visit) -> None:
    secretary = visit(office.council)
    save(secretary, called(secretary, tasks[:1]), tasks[:1], **votes(tasks[0], 9))
    assert 'value="Ủy viên 8"' in secretary.get(called(secretary, tasks[1:])).text


def test_nominations_are_taken_in_and_left_out(office: Office, tasks: list[str], visit: Visit) -> None:
    secretary = visit(office.council)
    address = called(secretary, tasks[:1])
    assert "Đưa thêm trường hợp ra họp (1 đang chờ)" in secretary.get(address).text
    save(secretary, address, tasks[:1], add=tasks[1])
    assert len(office.engine.council_session(office.council, address.rpartition("/")[2]).lines) == 2
    save(secretary, address, tasks[1:])
    [line] = office.engine.council_session(office.council, address.rpartition("/")[2]).lines
    assert line.task.id == tasks[1]


def test_a_cancelled_session_sets_its_nominations_free(office: Office, tasks: list[str], visit: Visit) -> None:
    secretary = visit(office.council)
    address = called(secretary, tasks)
    assert "chờ Hội đồng" not in secretary.get("/sessions").text
    cancelled = secretary.post(f"{address}/cancel", {"expected_version": version(secretary.get(address).text)})
    assert cancelled.status_code == 303
    listed = secretary.get("/sessions").text
    assert "Đã hủy" in listed and "2 trường hợp chờ Hội đồng" in listed
    again = secretary.post(f"{address}/cancel", {"expected_version": "2"})
    assert again.status_code == 409 and "đã hủy" in again.text


def test_others_look_or_see_nothing(office: Office, tasks: list[str], visit: Visit) -> None:
    address = called(visit(office.council), tasks)
    assert "Lưu và kiểm tra" not in visit(office.head).get(address).text
    assert visit(office.officer).get(address).status_code == 404
    assert visit(office.head).get("/sessions/new").status_code == 403
    assert visit(office.head).post(f"{address}/cancel", {"expected_version": "1"}).status_code == 403


def test_a_member_who_is_a_nominee_is_entered_as_concerned_once_and_may_be_taken_out_again(
    office: Office, tasks: list[str], visit: Visit
) -> None:
    secretary = visit(office.council)
    address = called(secretary, tasks)

    def concerned() -> dict[str, str]:
        record = office.engine.council_session(office.council, address.rpartition("/")[2]).record
        assert record
        return {task: cells["concerned"] for task, cells in record.rows.items() if "concerned" in cells}

    member = {"member.9.name": "MA VĂN  TUẤN", "member.9.attendance": "co_mat"}
    page = save(secretary, address, tasks, **votes(tasks[0], 9), **votes(tasks[1], 10), **member)
    assert concerned() == {tasks[0]: "MA VĂN TUẤN"}
    assert "trùng tên người được đề nghị" in page and "Đủ phiếu" in page

    taken_out = votes(tasks[0], 10) | {f"{tasks[0]}.concerned": ""}
    save(secretary, address, tasks, **taken_out, **votes(tasks[1], 10), **member)
    assert concerned() == {}
