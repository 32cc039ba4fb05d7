from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from engine.commands import SYSTEM, DisableAccount, EndMembership
from engine.office.views import Actor
from tests.builders import PASSWORD, Office, new_id
from tests.web.conftest import COOKIE, Visitor, account_of
from web.app import create_app
from web.resuming import own_path

Visit = Callable[[Actor], Visitor]


def log_in(visitor: Visitor, username: str, password: str = PASSWORD, **more: str) -> object:
    visitor.get("/login")
    return visitor.post("/login", {"username": username, "password": password} | more)


def test_an_official_logs_in_and_comes_to_the_page_they_asked_for(office: Office, visitor: Visitor) -> None:
    name = account_of(office, office.officer)

    answer = visitor.get("/dossiers?status=HOAN_TAT")
    assert answer.location == "/login?next=/dossiers?status%3DHOAN_TAT"
    answer = visitor.post("/login", {"username": name, "password": PASSWORD, "next": "/dossiers?status=HOAN_TAT"})

    assert (answer.status_code, answer.location) == (303, "/dossiers?status=HOAN_TAT")
    assert visitor.get("/tasks").status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(office: Office, visitor: Visitor) -> None:
    name = account_of(office, office.officer)
    visitor.get("/login")

    wrong = visitor.post("/login", {"username": name, "password": "sai"})
    unknown = visitor.post("/login", {"username": name[::-1], "password": "sai"})

    assert wrong.status_code == unknown.status_code == 401
    said = [page.get_data(as_text=True).replace(name, "").replace(name[::-1], "") for page in (wrong, unknown)]
    assert 'role="alert"' in said[0]
    assert said[0].split('role="alert"')[1].split("</p>")[0] == said[1].split('role="alert"')[1].split("</p>")[0]


def test_guessing_is_slowed_down_and_says_for_how_long(office: Office, visitor: Visitor) -> None:
    name = account_of(office, office.officer)
    answers = [log_in(visitor, name, "sai") for _ in range(8)]

    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_session_from_before_the_log_in_is_worth_nothing_afterwards(office: Office, visit: Visit) -> None:
    first = visit(office.officer)
    old = first.client.get_cookie(COOKIE)
    assert old

    first.post("/login", {"username": account_of(office, office.officer), "password": PASSWORD})

    new = first.client.get_cookie(COOKIE)
    assert new and new.value != old.value
    assert office.engine.session(old.value) is None


def test_a_cookie_somebody_else_made_up_is_replaced(office: Office, visitor: Visitor) -> None:
    visitor.client.set_cookie(COOKIE, "planted")
    log_in(visitor, account_of(office, office.officer))
    cookie = visitor.client.get_cookie(COOKIE)
    assert cookie and cookie.value != "planted"


def test_after_logging_out_the_session_is_gone(office: Office, visit: Visit) -> None:
    officer = visit(office.officer)
    token = officer.client.get_cookie(COOKIE)
    assert token

    officer.post("/logout")

    assert office.engine.session(token.value) is None
    assert officer.get("/tasks").status_code == 302


def test_a_closed_account_is_out_at_the_next_request(office: Office, visit: Visit) -> None:
    officer = visit(office.officer)
    office.engine.disable_account(DisableAccount(command_id=new_id(), actor=SYSTEM, person=office.officer.person.id))
    assert officer.get("/tasks").status_code == 302


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(office: Office, visit: Visit) -> None:
    here, elsewhere = visit(office.officer), visit(office.officer)
    new = "lúa nương chín vàng đồi"

    answer = here.post("/account/password", {"old": PASSWORD, "new": new, "again": new})

    assert answer.status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"old": "sai", "new": "lúa nương chín vàng", "again": "lúa nương chín vàng"}, "Mật khẩu hiện tại chưa đúng"),
        ({"old": PASSWORD, "new": "lúa nương chín vàng", "again": "khác"}, "chưa giống nhau"),
        ({"old": PASSWORD, "new": "ngắn", "again": "ngắn"}, 'id="new-error"'),
    ],
)
def test_a_password_that_is_refused_is_refused_at_its_field(
    office: Office, visit: Visit, form: dict[str, str], says: str
) -> None:
    answer = visit(office.officer).post("/account/password", form)
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "target", ["//evil.example", "https:evil.example", "\\\\evil", "/\\evil", "/a\r\nSet-Cookie: x=1", "javascript:1"]
)
def test_a_log_in_never_leads_to_another_site(target: str) -> None:
    assert own_path(target) == "/"


def test_the_language_can_be_changed_and_the_page_stays(office: Office, visit: Visit) -> None:
    officer = visit(office.officer)

    answer = officer.post("/language", {"language": "en", "next": "/dossiers?q=x"})

    assert answer.location == "/dossiers?q=x"
    page = officer.get("/dossiers").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert "Award dossiers" in page


def test_cookies_are_bound_to_https_except_in_the_demo(office: Office) -> None:
    name = account_of(office, office.officer)
    visitor = Visitor(create_app(office.engine, "secret", loopback_demo=False))
    visitor.get("/login", base_url="https://office.example")
    answer = visitor.post("/login", {"username": name, "password": PASSWORD}, base_url="https://office.example")

    cookies = answer.headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-khenthuong="))
    assert all(part in session for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in session
    assert answer.headers["Strict-Transport-Security"]


def test_the_start_page_of_someone_without_a_role_is_not_an_error(app: Flask, office: Office, visit: Visit) -> None:
    [held] = office.officer.memberships
    office.engine.end_membership(
        EndMembership(
            command_id=new_id(),
            actor=SYSTEM,
            person=office.officer.person.id,
            membership=held.id,
            valid_to=date(2026, 11, 1),
        )
    )
    officer = visit(office.officer)
    assert officer.get("/").location == "/nominations"
    assert officer.get("/nominations").status_code == 200
