import json
import re
from collections.abc import Callable
from html import unescape

import pytest

from engine.office.views import Actor
from tests.builders import AGREES, ASSESSMENT, VOTE, Office
from tests.web.conftest import Visitor

Visit = Callable[[Actor], Visitor]
TABLE = "/tasks/table?step=head_decision&release=R3"
COMMON = {f"all.{name}": value for name, value in AGREES.items()}


@pytest.fixture
def codes(office: Office) -> list[str]:
    """Three nominations that wait for the head."""
    return [office.at_head(ten=name) for name in ("Ma Văn Tuấn", "Nông Quốc Cường", "Bàn Văn Chiến")]


def rows_of(page: str) -> dict[str, str]:
    """Return the tasks of a table with the versions it was made with."""
    return dict(re.findall(r'name="([0-9a-f-]{36})\.expected_version" value="(\d+)"', page))


def ticked(page: str, **cells: str) -> dict[str, object]:
    """Return what a browser sends of a table with every row ticked."""
    rows = rows_of(page)
    return {"pick": list(rows), **{f"{task}.expected_version": version for task, version in rows.items()}, **cells}


def kept(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def test_the_inbox_leads_to_the_table_of_a_step_with_several_tasks(
    office: Office, codes: list[str], visit: Visit
) -> None:
    assert 'href="/tasks/table?step=head_decision&amp;release=R3"' in visit(office.head).get("/tasks?box=group").text
    assert "/tasks/table" not in visit(office.council).get("/tasks?box=group").text


def test_a_form_that_does_not_fit_into_a_row_has_no_table(office: Office, visit: Visit) -> None:
    for name in ("Ma Văn Tuấn", "Nông Quốc Cường"):
        office.nominate(ten=name)
    assert "/tasks/table" not in visit(office.officer).get("/tasks?box=group").text


def test_rows_say_what_the_automatic_check_found(office: Office, visit: Visit) -> None:
    short = office.nominate(ten="Lò Văn Páo")["code"]
    office.complete(short, office.officer, {k: v for k, v in ASSESSMENT.items() if k != "so_sang_kien_de_an_06"})
    office.nominate(ten="Vi Văn Thắng")
    page = visit(office.council).get("/tasks/table?step=council&release=R3").text
    assert "Thiếu minh chứng" in page and "Số liệu đã kê khai" in page


def test_checking_first_writes_nothing_and_confirming_writes_all(
    office: Office, codes: list[str], visit: Visit
) -> None:
    head = visit(office.head)
    checked = head.post("/tasks/table/check?step=head_decision&release=R3", ticked(head.get(TABLE).text, **COMMON))
    assert checked.status_code == 200
    assert (
        "Xác nhận, ghi kết quả 3 trường hợp" in checked.text
        and "Đồng ý khen thưởng → Thông báo được khen" in checked.text
    )
    assert {office.only_task(code).task.element for code in codes} == {"head_decision"}

    done = head.post("/tasks/table/commit?step=head_decision&release=R3", {"kept": kept(checked.text)})
    assert (done.status_code, done.location) == (303, "/tasks")
    assert {office.only_task(code).task.element for code in codes} == {"award_notice"}
    assert "Đã ghi kết quả 3 trường hợp." in head.get("/tasks").text


def test_a_row_of_its_own_differs_from_what_is_common(office: Office, codes: list[str], visit: Visit) -> None:
    head = visit(office.head)
    table = head.get(TABLE).text
    task = office.only_task(codes[1]).task.id
    own = {f"{task}.outcome": "khong_dong_y", f"{task}.ly_do": "Thành tích chưa nổi trội trong năm."}
    checked = head.post("/tasks/table/check?step=head_decision&release=R3", ticked(table, **COMMON, **own))
    head.post("/tasks/table/commit?step=head_decision&release=R3", {"kept": kept(checked.text)})
    assert [office.only_task(code).task.element for code in codes] == ["award_notice", "refusal_notice", "award_notice"]


def test_a_bad_row_comes_back_with_what_was_typed_and_the_others_can_go(
    office: Office, codes: list[str], visit: Visit
) -> None:
    head = visit(office.head)
    task = office.only_task(codes[0]).task.id
    wrong = {f"{task}.so_quyet_dinh": "quyết định số mười lăm"}
    checked = head.post(
        "/tasks/table/check?step=head_decision&release=R3", ticked(head.get(TABLE).text, **COMMON, **wrong)
    ).text
    assert 'value="quyết định số mười lăm"' in checked and "Nhập số và ký hiệu văn bản" in checked
    assert task not in kept(checked)
    assert len(json.loads(kept(checked))) == 2

    mended = {"kept": kept(checked), **ticked(checked, **COMMON)}
    again = head.post("/tasks/table/check?step=head_decision&release=R3", mended).text
    assert len(json.loads(kept(again))) == 3


def test_a_row_that_someone_else_finished_meanwhile_stops_the_act(
    office: Office, codes: list[str], visit: Visit
) -> None:
    head, deputy = visit(office.head), office.person("Trần Văn Phó", "TT_DV")
    checked = head.post("/tasks/table/check?step=head_decision&release=R3", ticked(head.get(TABLE).text, **COMMON)).text
    office.claim(codes[0], deputy)

    refused = head.post("/tasks/table/commit?step=head_decision&release=R3", {"kept": kept(checked)})
    assert refused.status_code == 409
    assert "Chưa ghi dòng nào" in refused.text and len(json.loads(kept(refused.text))) == 2
    assert office.only_task(codes[1]).task.element == "head_decision"


def test_agreeing_against_the_automatic_check_is_pointed_out(office: Office, visit: Visit) -> None:
    for name in ("Lò Văn Páo", "Vi Văn Thắng"):
        code = office.nominate(ten=name)["code"]
        form = ASSESSMENT if name == "Vi Văn Thắng" else ASSESSMENT | {"so_sang_kien_de_an_06": ""}
        office.complete(code, office.officer, form)
        office.complete(code, office.council, VOTE)
    head = visit(office.head)
    checked = head.post("/tasks/table/check?step=head_decision&release=R3", ticked(head.get(TABLE).text, **COMMON)).text
    section = checked.split("Khác với kết quả tự động")[1].split("</section>")[0]
    assert "Lò Văn Páo" in section and "Vi Văn Thắng" not in section


@pytest.mark.parametrize(
    "sent",
    [
        {"kept": "{"},
        {"kept": "[" * 100_000},
        {"kept": '[{"task": 1}]'},
        {"kept": '[{"task": 1, "version": 1e400, "form": {}}]'},
        {"kept": '[{"task": 1, "version": 1, "form": {"a": ' + "[" * 900 + "]" * 900 + "}}]"},
        {"pick": "x", "x.expected_version": "?"},
        {"pick": "x", "x.expected_version": "9" * 5_000},
    ],
)
def test_a_table_that_no_page_of_ours_made_is_refused(
    office: Office, codes: list[str], visit: Visit, sent: dict[str, str]
) -> None:
    assert visit(office.head).post("/tasks/table/check?step=head_decision&release=R3", sent).status_code == 422


@pytest.mark.parametrize("limit", ["9" * 5_000, "-1", "٥٠", "201", ""])
def test_a_length_of_the_table_that_no_page_of_ours_offers_is_the_usual_one(
    office: Office, codes: list[str], visit: Visit, limit: str
) -> None:
    assert visit(office.head).get(f"{TABLE}&limit={limit}").status_code == 200


def test_a_step_one_has_no_tasks_of_is_not_there(office: Office, codes: list[str], visit: Visit) -> None:
    assert visit(office.other).get(TABLE).status_code == 404
    assert visit(office.head).get("/tasks/table?step=nothing&release=R3").status_code == 404
