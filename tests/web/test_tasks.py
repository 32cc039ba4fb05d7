import re
from collections.abc import Callable
from datetime import date

import pytest

from engine.commands import SYSTEM, AddMembership, AttachFile, StartNomination, WithdrawNomination
from engine.office.queries import inbox
from engine.office.views import Actor
from tests.builders import AGREES, ASSESSMENT, NOMINEE, PDF, VOTE, WANTS_MORE, Office, new_id
from tests.web.conftest import Visitor
from web.forms import named_for

Visit = Callable[[Actor], Visitor]
AT_ONCE = {"HX-Request": "true"}


def sent(form: dict[str, str], version: int) -> dict[str, str]:
    return form | {"expected_version": str(version)}


# --- the boxes


def test_a_box_shows_its_tasks_with_counts_and_limits(office: Office, visit: Visit) -> None:
    office.at_head()
    page = visit(office.head).get("/tasks?box=group").get_data(as_text=True)
    assert "Ma Văn Tuấn" in page and "Thủ trưởng quyết định" in page
    assert "ngày làm việc" in page and "Nhận xử lý" in page
    assert '<span class="count">1</span>' in page


def test_a_row_leads_to_the_page_of_its_task_and_to_where_it_is_taken(office: Office, visit: Visit) -> None:
    task = office.only_task(office.at_head(), office.head).task
    page = visit(office.head).get("/tasks?box=group").get_data(as_text=True)
    assert f'href="/tasks/{task.id}"' in page
    assert f'action="/tasks/{task.id}/claim" hx-post="/tasks/{task.id}/claim"' in page


@pytest.mark.parametrize("q", ["ma van tuan", "Mạ TUẤN", "KT-2026", "xã tân trào", "tuan TAN"])
def test_a_search_finds_with_and_without_marks(office: Office, visit: Visit, q: str) -> None:
    office.at_head()
    page = visit(office.head).get("/tasks", query_string={"box": "group", "q": q}).get_data(as_text=True)
    assert "Ma Văn Tuấn</a>" in page


def test_the_lists_find_a_nomination_by_its_unit(office: Office, visit: Visit) -> None:
    office.nominate()
    officer = visit(office.officer)
    for path in ("/nominations", "/dossiers"):
        found = officer.get(path, query_string={"q": "tan trao"}).get_data(as_text=True)
        assert "Ma Văn Tuấn" in found, path
        assert "Ma Văn Tuấn" not in officer.get(path, query_string={"q": "hùng lợi"}).get_data(as_text=True), path


def test_more_than_ninety_nine_tasks_are_said_alike_everywhere(
    office: Office, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "counts", lambda reading: dict.fromkeys(inbox.BOXES, 100))
    page = visit(office.head).get("/tasks").get_data(as_text=True)
    assert '<span class="count">99+</span>' in page
    assert "Có 99+ việc chờ phân công" in page


def test_no_match_and_nothing_left_are_told_apart(office: Office, visit: Visit) -> None:
    office.at_head()
    head = visit(office.head)
    assert "Không có việc nào khớp “không có ai”" in head.get("/tasks?box=group&q=không có ai").get_data(as_text=True)
    empty = head.get("/tasks").get_data(as_text=True)
    assert "không giữ việc nào" in empty and "Có 1 việc chờ phân công" in empty


def test_long_lists_have_a_next_page_that_can_be_bookmarked(office: Office, visit: Visit) -> None:
    for number in range(26):
        office.nominate(ten=f"Người thứ {number:02d}")
    officer = visit(office.officer)
    first = officer.get("/tasks?box=group").get_data(as_text=True)
    following = re.search(r'href="(/tasks\?[^"]*after=[^"]+)"', first)
    assert following and first.count('class="lead-name"') == 25
    second = officer.get(following[1].replace("&amp;", "&")).get_data(as_text=True)
    assert second.count('class="lead-name"') == 1
    assert "Về đầu danh sách" in second


# --- taking, giving back, assigning


def test_taking_a_task_in_place_answers_with_its_row(office: Office, visit: Visit) -> None:
    code = office.at_head()
    task = office.only_task(code).task
    answer = visit(office.head).post(f"/tasks/{task.id}/claim", {"expected_version": task.version}, headers=AT_ONCE)

    row = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert row.strip().startswith("<tr") and "Tôi" in row and "Nhận xử lý" not in row
    assert 'id="boxes"' in row and 'hx-swap-oob="true"' in row
    assert [int(count) for count in re.findall(r'class="count">(\d+)<', row)] == [1, 0, 0, 0]
    assert office.only_task(code).task.assignee is not None


def test_without_scripts_the_list_comes_back(office: Office, visit: Visit) -> None:
    task = office.only_task(office.at_head()).task
    form = {"expected_version": str(task.version), "next": "/tasks?box=group"}
    answer = visit(office.head).post(f"/tasks/{task.id}/claim", form)
    assert (answer.status_code, answer.location) == (303, "/tasks?box=group")


def test_who_was_slower_reads_who_was_faster(office: Office, visit: Visit) -> None:
    deputy = office.person("Trần Văn Phó", "TT_DV")
    code = office.at_head()
    task = office.only_task(code).task
    office.claim(code, deputy)

    answer = visit(office.head).post(f"/tasks/{task.id}/claim", {"expected_version": task.version}, headers=AT_ONCE)

    assert answer.status_code == 409
    assert "Trần Văn Phó" in answer.get_data(as_text=True)


def test_a_task_is_given_back_and_assigned(office: Office, visit: Visit) -> None:
    deputy = office.person("Trần Văn Phó", "TT_DV")
    code = office.at_head()
    office.claim(code, office.head)
    head = visit(office.head)
    task = office.only_task(code).task

    assert head.post(f"/tasks/{task.id}/release", {"expected_version": task.version}).status_code == 303
    task = office.only_task(code).task
    assert task.assignee is None
    form = {"expected_version": str(task.version), "to": deputy.person.id}
    assert head.post(f"/tasks/{task.id}/assign", form).status_code == 303
    held = office.only_task(code).task.assignee
    assert held and held.full_name == "Trần Văn Phó"


# --- the form


def test_the_page_of_a_task_says_why_and_what_follows(office: Office, visit: Visit) -> None:
    task = office.only_task(office.at_head()).task
    page = visit(office.head).get(f"/tasks/{task.id}").get_data(as_text=True)
    for words in ("Vì sao là ông/bà", "Đồng ý khen thưởng", "Căn cứ", "Diễn biến", "Vị trí trong quy trình"):
        assert words in page
    assert 'data-button="Gửi: Đồng ý khen thưởng → ' in page
    assert "data-diagram=" in page


def test_every_way_on_is_told_that_the_diagram_decides(office: Office, visit: Visit) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT)
    page = visit(office.council).get(f"/tasks/{office.only_task(code).task.id}").get_data(as_text=True)
    assert "Nếu <b>Quá nửa đồng ý: Quá nửa</b></dt> <dd>→ Thủ trưởng quyết định" in " ".join(page.split())
    assert "Nếu <b>Quá nửa đồng ý: Không quá nửa</b></dt> <dd>→ Thông báo không được khen" in " ".join(page.split())


def test_whoever_decides_reads_counts_and_report_without_unfolding(office: Office, visit: Visit) -> None:
    page = visit(office.head).get(f"/tasks/{office.only_task(office.at_head()).task.id}").get_data(as_text=True)
    before_the_form = page.partition(" novalidate")[0]
    for words in ("Hội đồng bình xét, bỏ phiếu", "Số phiếu đồng ý", "Tổ chức 14 buổi hướng dẫn tại 14 thôn"):
        assert words in before_the_form


def test_what_the_head_asked_stands_above_the_supplement_and_is_not_used_up_unawares(
    office: Office, visit: Visit
) -> None:
    code = office.at_head()
    office.complete(code, office.head, WANTS_MORE)
    task = office.only_task(code).task
    officer = visit(office.officer)

    page = officer.get(f"/tasks/{task.id}").get_data(as_text=True)
    asked = page.partition(" novalidate")[0]
    assert "Yêu cầu bổ sung" in asked and WANTS_MORE["noi_dung_bo_sung"] in asked and "Lý Văn Sơn" in asked
    address = re.search(r'action="(/tasks/[^"]+/complete\?[^"]+)"', page)
    assert address

    warned = officer.post(address[1], sent(ASSESSMENT, task.version))
    assert warned.status_code == 422
    assert "chưa khác gì lần gửi trước" in warned.get_data(as_text=True)
    assert office.only_task(code).task.element == "supplement"
    again = re.search(r'action="(/tasks/[^"]+/complete[^"]*)"', officer.page)
    assert again and again[1] != address[1]
    assert officer.post(again[1], sent(ASSESSMENT, task.version)).status_code == 303


def test_a_supplement_that_brings_something_new_is_sent_at_once_and_shows_what_changed(
    office: Office, visit: Visit
) -> None:
    code = office.at_head()
    office.complete(code, office.head, WANTS_MORE)
    task = office.only_task(code).task
    form = sent(ASSESSMENT | {"so_sang_kien_de_an_06": "3"}, task.version)
    assert visit(office.officer).post(f"/tasks/{task.id}/complete?refilled=1", form).status_code == 303

    page = visit(office.head).get(f"/tasks/{office.only_task(code).task.id}").get_data(as_text=True)
    assert "Thay đổi so với lần gửi trước" in page
    assert "<del>1</del>" in page and "<ins>3</ins>" in page


def test_a_file_attached_to_a_supplement_is_something_new(office: Office, visit: Visit) -> None:
    code = office.at_head()
    office.complete(code, office.head, WANTS_MORE)
    task = office.only_task(code).task
    office.clock.move(minutes=5)
    office.engine.attach_file(
        AttachFile(
            command_id=new_id(), actor=office.officer.person.id, nomination=code, file_name="sk.pdf", content=PDF
        )
    )
    answer = visit(office.officer).post(f"/tasks/{task.id}/complete?refilled=1", sent(ASSESSMENT, task.version))
    assert answer.status_code == 303
    assert "Tệp đính kèm thêm: sk.pdf" in visit(office.head).get(f"/tasks/{office.only_task(code).task.id}").get_data(
        as_text=True
    )


def test_a_wrong_value_comes_back_with_its_sentence_and_nothing_is_saved(office: Office, visit: Visit) -> None:
    code = office.at_head()
    task = office.only_task(code).task
    form = sent(AGREES | {"ngay_quyet_dinh": "31/02/2026", "so_quyet_dinh": "số mười lăm"}, task.version)
    answer = visit(office.head).post(f"/tasks/{task.id}/complete", form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="31/02/2026"' in page and 'value="số mười lăm"' in page
    assert 'href="#f-ngay_quyet_dinh"' in page and 'aria-invalid="true"' in page
    assert office.only_task(code).task.version == task.version


def test_the_same_form_sent_twice_is_one_act(office: Office, visit: Visit) -> None:
    code = office.at_head()
    task = office.only_task(code).task
    head = visit(office.head)
    form = sent(AGREES, task.version) | {"command_id": new_id()}

    answers = [head.post(f"/tasks/{task.id}/complete", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    history = office.engine.history(office.auditor, code)
    assert sum(line.element == "head_decision" for line in history if line.act == "completed") == 1


def test_a_task_somebody_else_finished_says_by_whom_and_keeps_what_was_typed(office: Office, visit: Visit) -> None:
    deputy = office.person("Trần Văn Phó", "TT_DV")
    code = office.at_head()
    task = office.only_task(code).task
    head = visit(office.head)
    head.get(f"/tasks/{task.id}")
    office.complete(code, deputy, AGREES)

    form = {"outcome": "khong_dong_y", "ly_do": "Thành tích chưa nổi trội so với người khác."}
    answer = head.post(f"/tasks/{task.id}/complete", sent(form, task.version))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Trần Văn Phó xử lý lúc" in page
    assert "Thành tích chưa nổi trội so với người khác." in page


def test_a_form_opened_before_the_task_changed_is_given_back(office: Office, visit: Visit) -> None:
    code = office.at_head()
    stale = office.only_task(code).task.version
    office.claim(code, office.head)
    task = office.only_task(code).task
    form = AGREES | {"so_quyet_dinh": "77/QĐ-UBND"}

    answer = visit(office.head).post(f"/tasks/{task.id}/complete", sent(form, stale))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="77/QĐ-UBND"' in page
    assert f'name="expected_version" value="{task.version}"' in page


def test_a_draft_is_kept_for_the_person_alone(office: Office, visit: Visit) -> None:
    deputy = office.person("Trần Văn Phó", "TT_DV")
    task = office.only_task(office.at_head()).task
    head = visit(office.head)

    answer = head.post(f"/tasks/{task.id}/draft", {"ly_do": "Nháp đang viết dở"}, headers=AT_ONCE)

    assert answer.get_data(as_text=True) == "Đã lưu nháp 09:00"
    assert "Nháp đang viết dở" in head.get(f"/tasks/{task.id}").get_data(as_text=True)
    assert "Nháp đang viết dở" not in visit(deputy).get(f"/tasks/{task.id}").get_data(as_text=True)


def test_who_may_only_read_gets_no_form(office: Office, visit: Visit) -> None:
    task = office.only_task(office.at_head()).task
    page = visit(office.officer).get(f"/tasks/{task.id}").get_data(as_text=True)
    assert "Chỉ xem" in page
    assert f"/tasks/{task.id}/complete" not in page


def test_who_nominated_may_not_decide(office: Office, visit: Visit) -> None:
    both = office.person("Vừa Đề Nghị", "CB_TDKT_DV")
    office.engine.add_membership(
        AddMembership(
            command_id=new_id(), actor=SYSTEM, person=both.person.id, unit="X2545", role="TT_DV",
            valid_from=date(2025, 7, 1),
        )
    )  # fmt: skip
    both = office.engine.actor(both.person.id)
    code = office.nominate(by=both)["code"]
    office.complete(code, office.officer, ASSESSMENT)
    office.complete(code, office.council, VOTE)
    task = office.only_task(code).task

    answer = visit(both).post(f"/tasks/{task.id}/complete", sent(AGREES, task.version))

    assert answer.status_code == 403
    assert "15/QĐ-UBND" in answer.get_data(as_text=True)
    assert office.only_task(code).task.element == "head_decision"


# --- nominating and withdrawing


def test_who_is_nominated_twice_in_a_round_is_pointed_out(office: Office, visit: Visit) -> None:
    first, second = (office.nominate(ten=name)["code"] for name in ("Ma Văn Tuấn", "Ma Tuấn"))
    office.nominate(so_dinh_danh="008090004321")
    page = visit(office.officer).get(f"/tasks/{office.only_task(second).task.id}").get_data(as_text=True)
    assert "Trùng đối tượng" in page and first in page
    head = visit(office.head)
    nomination = office.engine.nomination(office.auditor, first)
    assert second in head.get(f"/nominations/{nomination.id}").get_data(as_text=True)

    withdraw = WithdrawNomination(
        command_id=new_id(), actor=office.officer.person.id, nomination=second, reason="Lập trùng một người."
    )
    office.engine.withdraw_nomination(withdraw)
    assert not office.engine.nomination(office.auditor, first).same_person


def test_nobody_learns_of_a_nomination_of_another_unit_by_its_citizen_id(office: Office) -> None:
    elsewhere = office.engine.start_nomination(
        StartNomination(
            command_id=new_id(), actor=office.other.person.id, unit="X2455", award="GK_XA", kind="ca_nhan", form=NOMINEE
        )
    )
    code = office.nominate()["code"]
    assert not office.engine.nomination(office.officer, code).same_person
    [seen] = office.engine.nomination(office.auditor, code).same_person
    assert seen.code == elsewhere["code"]


def test_an_officer_nominates_and_comes_to_the_first_task(office: Office, visit: Visit) -> None:
    officer = visit(office.officer)
    assert "Cá nhân" in officer.get("/nominations/new").get_data(as_text=True)
    address = "/nominations/new?unit=X2545&award=GK_XA&kind=ca_nhan"
    assert "Họ và tên<" in re.sub(r"\s*<", "<", officer.get(address).get_data(as_text=True))
    page = officer.get(address.replace("ca_nhan", "tap_the")).get_data(as_text=True)
    assert "Tên tập thể" in page and "Họ và tên cá nhân" not in page

    answer = officer.post(address, NOMINEE)

    assert answer.status_code == 303 and answer.location.startswith("/tasks/")
    assert "Tự đánh giá" in officer.get(answer.location).get_data(as_text=True)


@pytest.mark.parametrize(
    ("kind", "label"), [("ca_nhan", "Họ và tên"), ("ho_gia_dinh", "Họ và tên chủ hộ"), ("khac", "Tên, nói chung")]
)
def test_the_name_of_a_nominee_is_called_as_its_kind_has_it(kind: str, label: str) -> None:
    form = {"display": "ten", "fields": [{"name": "ten", "label": "Tên, nói chung"}, {"name": "so", "label": "Số"}]}
    assert [field["label"] for field in named_for(form, kind)["fields"]] == [label, "Số"]


def test_a_nomination_with_a_wrong_value_keeps_what_was_typed(office: Office, visit: Visit) -> None:
    form = NOMINEE | {"so_dinh_danh": "123"}
    answer = visit(office.officer).post("/nominations/new?unit=X2545&award=GK_XA&kind=ca_nhan", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="123"' in page and "Ma Văn Tuấn" in page
    assert not office.engine.nominations(office.auditor).items


def test_nobody_nominates_for_another_unit(office: Office, visit: Visit) -> None:
    answer = visit(office.other).post("/nominations/new?unit=X2545&award=GK_XA&kind=ca_nhan", NOMINEE)
    assert answer.status_code == 404


def test_withdrawing_asks_for_a_reason_and_ends_the_nomination(office: Office, visit: Visit) -> None:
    code = office.at_head()
    nomination = office.engine.nomination(office.auditor, code)
    officer = visit(office.officer)
    address = f"/nominations/{nomination.id}/withdraw"
    assert officer.get(address).status_code == 200

    assert officer.post(address, {"reason": " "}).status_code == 422
    assert officer.post(address, {"reason": "Đề nghị trùng với hồ sơ khác."}).status_code == 303

    assert office.engine.nomination(office.auditor, code).status == "RUT"
    page = officer.get(f"/nominations/{nomination.id}").get_data(as_text=True)
    assert "Đề nghị trùng với hồ sơ khác." in page and "Rút đề nghị…" not in page


def test_the_criteria_say_what_was_declared_in_words(office: Office, visit: Visit) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT | {"so_sang_kien_de_an_06": "0", "hieu_qua_cao": "khong"})
    nomination = office.engine.nomination(office.auditor, code)

    page = visit(office.officer).get(f"/nominations/{nomination.id}").get_data(as_text=True)

    assert "Không đạt" in page and "Không đủ điều kiện" in page
    assert "cong_chuc_vien_chuc" not in page


def test_lists_fold_dossiers_open_to_their_nominations(office: Office, visit: Visit) -> None:
    first = office.nominate()
    dossier = office.engine.nomination(office.auditor, first["code"]).dossier
    office.nominate(dossier=dossier, ten="Lương Thị Ngọc")
    officer = visit(office.officer)

    page = officer.get("/dossiers").get_data(as_text=True)
    assert dossier in page and "2 trường hợp" in page and "Lương Thị Ngọc" in page
    assert "Lương Thị Ngọc" in officer.get("/nominations?q=luong+ngoc").get_data(as_text=True)
    assert "Không có hồ sơ khớp" in officer.get("/dossiers?q=khong+ai").get_data(as_text=True)


# --- several at once


def ticked(office: Office, *codes: str) -> dict[str, object]:
    tasks = [office.only_task(code).task for code in codes]
    return {"task": [f"{task.id}:{task.version}" for task in tasks], "next": "/tasks?box=group"}


def test_several_tasks_are_taken_and_what_was_not_possible_is_listed(office: Office, visit: Visit) -> None:
    deputy = office.person("Trần Văn Phó", "TT_DV")
    free, taken = office.at_head(ten="Ma Văn Tuấn"), office.at_head(ten="Nông Quốc Cường")
    rows = ticked(office, free, taken)
    office.claim(taken, deputy)
    result = visit(office.head).post("/tasks/bulk", rows | {"act": "claim"}).text
    assert "Đã thực hiện 1 việc, chưa thực hiện 1 việc" in result
    assert "Nông Quốc Cường" in result and "Trần Văn Phó" in result
    assert office.only_task(free).task.assignee == office.head.person


def test_several_tasks_are_given_back_and_handed_out(office: Office, visit: Visit) -> None:
    deputy = office.person("Trần Văn Phó", "TT_DV")
    codes = [office.at_head(ten="Ma Văn Tuấn"), office.at_head(ten="Nông Quốc Cường")]
    for code in codes:
        office.claim(code, office.head)
    head = visit(office.head)
    assert "Trần Văn Phó</option>" in head.get("/tasks?box=mine").text
    head.post("/tasks/bulk", ticked(office, *codes) | {"act": "release"})
    assert [office.only_task(code).task.assignee for code in codes] == [None, None]
    head.post("/tasks/bulk", ticked(office, *codes) | {"act": "assign", "to": deputy.person.id})
    assert [office.only_task(code).task.assignee for code in codes] == [deputy.person] * 2


def test_a_task_nobody_may_see_is_no_more_than_not_there(office: Office, visit: Visit) -> None:
    result = visit(office.other).post("/tasks/bulk", ticked(office, office.at_head()) | {"act": "claim"})
    assert "Việc không còn ở đây" in result.text and "Ma Văn Tuấn" not in result.text


def test_nothing_ticked_is_said_and_a_strange_act_refused(office: Office, visit: Visit) -> None:
    head = visit(office.head)
    assert head.post("/tasks/bulk", {"act": "claim"}).status_code == 303
    assert "Chưa có việc nào được chọn" in head.get("/tasks").text
    code = office.at_head()
    assert head.post("/tasks/bulk", ticked(office, code) | {"act": "approve"}).status_code == 422
    assert head.post("/tasks/bulk", {"act": "claim", "task": "x"}).status_code == 422
