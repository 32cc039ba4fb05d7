"""The pages of administrators: everything there is a command, and nobody else comes in."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from engine.office import directory, failures
from engine.office.views import Actor
from engine.store import tables
from tests.builders import ASSESSMENT, NOMINEE, PASSWORD, VOTE, Office
from tests.kept import publish_with_other_council
from tests.web.conftest import Visitor

Visit = Callable[[Actor], Visitor]
PAGES = [
    f"/admin/{page}"
    for page in (
        *("accounts", "people", "people/new", "units", "units?all=1", "units/new", "units/X2545"),
        *("calendar", "grounds", "incidents", "releases", "releases/kept"),
    )
]
NEW = {
    "full_name": "Nguyễn Thị Hằng",
    "position": "Công chức Văn phòng",
    "unit": "X2545",
    "role": "CB_TDKT_DV",
    "valid_from": "16/11/2026",
    "username": "hang.tantrao",
    "password": "biển rộng trời xanh quá",
    "again": "biển rộng trời xanh quá",
}


@pytest.fixture
def admin(office: Office, visit: Visit) -> Visitor:
    return visit(office.person("Đỗ Quốc Khánh", "QT", unit="TTT"))


def commands(office: Office, stream: str) -> list[str]:
    """Return the commands whose entries stand in a stream, and that they were not the system's."""
    with office.engine.database.read() as reader:
        return [e.body["command"] for e in reader.entries(stream) if e.body["actor"] != "system"]


def test_the_administrator_begins_with_the_accounts_and_has_no_lists_of_cases(admin: Visitor) -> None:
    assert admin.get("/").location == "/admin/accounts"
    page = admin.get("/admin/accounts").get_data(as_text=True)
    menu = page[page.index('id="top-nav"') : page.index("</nav>")]
    assert "Quản trị" in menu and "Hồ sơ" not in menu and "Việc cần xử lý" not in menu


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_and_only_to_administrators(office: Office, admin: Visitor, visit: Visit, page: str) -> None:
    assert admin.get(page).status_code == 200
    assert "None" not in re.sub(r"<script.*?</script>", "", admin.page)
    for other in (office.head, office.auditor):
        assert visit(other).get(page).status_code == 403


def test_every_route_of_administrators_asks_for_the_role(app: Flask, office: Office, visit: Visit) -> None:
    head = visit(office.head)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin."):
            needed = app.view_functions[rule.endpoint].rule  # type: ignore[attr-defined]
            assert (needed.kind, needed.roles) == ("role", frozenset({"QT"})), rule
    assert head.post("/admin/people/new", NEW).status_code == 403
    assert head.post(f"/admin/people/{office.council.person.id}/disable").status_code == 403
    assert "Quản trị" not in head.get("/tasks").get_data(as_text=True)


# --- people and accounts -----------------------------------------------------------------------------------------


def test_a_person_is_added_with_role_and_account_and_logs_in(office: Office, admin: Visitor, visitor: Visitor) -> None:
    answer = admin.post("/admin/people/new", NEW)
    assert answer.status_code == 303 and "Nguyễn Thị Hằng" in admin.get(answer.location).get_data(as_text=True)

    login = {"username": NEW["username"], "password": NEW["password"]}
    assert visitor.post("/login", login).status_code == 303
    with office.engine.database.read() as reader:
        person = reader.execute(
            select(tables.account.c.person).where(tables.account.c.username == NEW["username"])
        ).scalar()
    assert commands(office, f"person:{person}") == ["AddPerson", "AddMembership", "OpenAccount"]


def test_a_double_click_adds_one_person(office: Office, admin: Visitor) -> None:
    same = {"command_id": "7b1fbf0e-6a57-4a3c-9c32-8c5b0f2f9d11"}
    assert [admin.post("/admin/people/new", NEW | same).status_code for _ in range(2)] == [303, 303]
    assert admin.get("/admin/accounts?q=hang").get_data(as_text=True).count("hang.tantrao</td>") == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "ngắn", "again": "ngắn"}, "12 ký tự"),
        ({"again": "khác hẳn mật khẩu kia"}, "chưa giống nhau"),
        ({"valid_from": "2026-11-16"}, "ngày/tháng/năm"),
        ({"role": "CT_UBND"}, "Chưa ghi được thay đổi"),
        ({"unit": ""}, "Chưa ghi được thay đổi"),
        ({"full_name": " "}, "Chưa ghi được thay đổi"),
        ({"username": "X!"}, "Chưa ghi được thay đổi"),
    ],
)
def test_a_wrong_value_is_said_and_what_was_typed_is_kept_but_no_password(
    office: Office, admin: Visitor, wrong: dict[str, str], said: str
) -> None:
    answer = admin.post("/admin/people/new", NEW | wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and said in page and 'value="Công chức Văn phòng"' in page
    assert NEW["password"] not in page
    assert "hang.tantrao" not in admin.get("/admin/accounts").get_data(as_text=True)


def test_memberships_begin_and_end_on_days(office: Office, admin: Visitor) -> None:
    person = office.council.person.id
    joins = {"unit": "X2455", "role": "HD_DV", "valid_from": "17/11/2026", "valid_to": ""}
    assert admin.post(f"/admin/people/{person}/memberships", joins).status_code == 303
    page = admin.get(f"/admin/people/{person}").get_data(as_text=True)
    assert "chưa bắt đầu" in page
    [membership] = [m.id for m in office.engine.actor(person).memberships]

    answer = admin.post(f"/admin/people/{person}/memberships/{membership}/end", {"last_day": "15/11/2026"})
    assert answer.status_code == 303 and office.engine.actor(person).memberships == ()
    assert commands(office, f"person:{person}") == ["AddMembership", "EndMembership"]
    again = admin.post(f"/admin/people/{person}/memberships", joins)
    assert again.status_code == 422 and "Chưa ghi được thay đổi" in again.get_data(as_text=True)


def test_an_account_is_opened_gets_another_password_and_is_closed(
    office: Office, admin: Visitor, visitor: Visitor
) -> None:
    at = f"/admin/people/{office.council.person.id}"
    secret = {"password": "núi cao sông dài lắm", "again": "núi cao sông dài lắm"}
    assert admin.post(f"{at}/account", {"username": "luc", **secret}).status_code == 303
    assert visitor.post("/login", {"username": "luc", "password": secret["password"]}).status_code == 303

    other = {"password": "biển rộng trời xanh quá", "again": "biển rộng trời xanh quá"}
    assert admin.post(f"{at}/password", other).status_code == 303
    assert visitor.get("/account").status_code == 302  # the session ended
    visitor.get("/login")
    assert visitor.post("/login", {"username": "luc", "password": other["password"]}).status_code == 303

    assert admin.post(f"{at}/disable").status_code == 303
    assert visitor.get("/account").status_code == 302
    assert "Đã khóa" in admin.get(at).get_data(as_text=True)


def test_administrators_cannot_lock_themselves_out_and_change_their_own_password_themselves(
    office: Office, visit: Visit
) -> None:
    actor = office.person("Đỗ Quốc Khánh", "QT", unit="TTT")
    admin = visit(actor)
    assert admin.post(f"/admin/people/{actor.person.id}/disable").status_code == 422
    form = {"old": PASSWORD, "new": "núi cao sông dài lắm", "again": "núi cao sông dài lắm"}
    assert admin.post("/account/password", form).status_code == 303


def test_a_citizen_id_is_noted_and_never_shown_again(office: Office, admin: Visitor) -> None:
    at = f"/admin/people/{office.head.person.id}"
    assert admin.post(f"{at}/number", {"citizen_id": NOMINEE["so_dinh_danh"]}).status_code == 303
    page = admin.get(at).get_data(as_text=True)
    assert "Đã ghi. Số không hiện lại ở đây." in page and NOMINEE["so_dinh_danh"] not in page
    refused = admin.post(f"{at}/number", {"citizen_id": "12"})
    assert refused.status_code == 422 and "12 chữ số" in refused.get_data(as_text=True)
    assert commands(office, f"person:{office.head.person.id}") == ["IdentifyPerson"]


def test_nobody_is_not_found(admin: Visitor) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert admin.get(f"/admin/people/{nobody}").status_code == 404
    assert admin.post(f"/admin/people/{nobody}/disable").status_code == 404
    assert admin.get("/admin/units/KHONG").status_code == 404


# --- units, calendar, the rest -----------------------------------------------------------------------------------


def test_a_unit_is_founded_and_another_one_ends_with_its_successor(office: Office, admin: Visitor) -> None:
    founds = {"unit": "x2999", "title": "Xã Mới", "kind": "xa", "superior": "UBND", "valid_from": "16/11/2026"}
    assert admin.post("/admin/units/new", founds).status_code == 303
    assert commands(office, "unit:X2999") == ["AddUnit"]

    form = html.fromstring(admin.get("/admin/units/X2455").get_data(as_text=True))
    assert {"X2999", "X2545"} <= set(form.xpath("//input[@type='checkbox'][@name='successor']/@value"))
    ends = {"valid_to": "30/11/2026", "successor": ["X2999", "X2545"]}
    assert admin.post("/admin/units/X2455/end", ends).status_code == 303
    page = admin.get("/admin/units/X2455").get_data(as_text=True)
    assert "30/11/2026" in page and "Xã Mới" in page
    assert commands(office, "unit:X2455") == ["EndUnit"]
    refused = admin.post("/admin/units/X2545/end", {"valid_to": "30/11/2020", "successor": []})
    assert refused.status_code == 422


def test_a_day_off_counts_from_then_on(office: Office, admin: Visitor) -> None:
    day = {"day": "18/11/2026", "kind": "nghi", "document": "Thông báo 12/TB-UBND ngày 10/11/2026"}
    assert admin.post("/admin/calendar", day).status_code == 303
    assert "12/TB-UBND" in admin.get("/admin/calendar").get_data(as_text=True)
    with office.engine.database.read() as reader:
        assert not directory.calendar(reader.connection).is_workday(date(2026, 11, 18))
    assert commands(office, "calendar") == ["SetDay"]
    assert admin.post("/admin/calendar", day | {"document": ""}).status_code == 422


def test_grounds_show_what_was_never_checked(admin: Visitor) -> None:
    page = admin.get("/admin/grounds").get_data(as_text=True)
    assert "Kế hoạch 230/KH-UBND" in page and "chưa kiểm chứng" in page


def test_the_release_in_force_is_named(office: Office, admin: Visitor) -> None:
    assert "đang áp dụng" in admin.get("/admin/releases").get_data(as_text=True)


def test_a_failed_job_is_shown_and_tried_again(office: Office, admin: Visitor) -> None:
    for _ in range(failures.TRIES):
        failures.note(office.engine.database, "documents", "VB-2026-00001", "OSError", office.clock.now())
    assert "VB-2026-00001" in admin.get("/admin/incidents").get_data(as_text=True)
    assert admin.post("/admin/jobs/retry", {"job": "documents", "item": "VB-2026-00001"}).status_code == 303
    assert office.engine.job_failures() == []


def test_an_incident_names_the_case_and_never_the_nominee(office: Office, admin: Visitor) -> None:
    code = office.at_head()
    with office.engine.database.write() as tx:
        case = tx.execute(select(tables.nomination.c.id).where(tables.nomination.c.code == code)).scalar()
        row = {
            "case_id": case,
            "key": "head_decision#1",
            "element": "head_decision",
            "why": "no_flow_true",
            "detail": "",
        }
        tx.execute(tables.incident.insert().values(**row, raised_at="2026-11-16T02:00:00.000000Z"))

    page = admin.get("/admin/incidents").get_data(as_text=True)

    assert code in page and "không có đường nối" in page and NOMINEE["ten"] not in page
    assert admin.post("/admin/incidents/retry", {"code": "KT-2099-0001/01", "key": "x"}).status_code == 404


def test_the_pages_speak_english_too(admin: Visitor) -> None:
    admin.post("/language", {"language": "en", "next": "/admin/accounts"})
    for page in PAGES:
        assert admin.get(page).status_code == 200
    assert "Administration" in admin.page


def test_nominations_that_keep_a_release_are_shown_by_code_with_the_reason(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT)
    publish_with_other_council(office, tmp_path)
    admin = visit(office.person("Đỗ Quốc Khánh", "QT", unit="TTT"))
    assert "Không có trường hợp nào" in admin.get("/admin/releases/kept").get_data(as_text=True)
    office.complete(code, office.council, VOTE)
    admin.get("/admin/releases/kept")
    assert code in admin.page and "sẽ chuyển sang người khác" in admin.page and "đã tiếp nhận" in admin.page
    assert NOMINEE["ten"] not in admin.page
    assert "/admin/releases/kept" in admin.get("/admin/releases").get_data(as_text=True)
    admin.client.set_cookie("language", "en")
    assert "would belong to somebody else" in admin.get("/admin/releases/kept").get_data(as_text=True)
