"""An administrator at a browser: every page is looked at, by the eye of axe too, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import PASSWORD
from tests.e2e.house import Server
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser


def test_an_administrator_adds_a_person_gives_a_role_and_looks_at_everything(
    shared_server: Server, enter: Callable[..., Visitor]
) -> None:
    admin = enter(shared_server, "khanh")
    assert admin.page.url.endswith("/admin/accounts")
    admin.follow("Thêm người và tài khoản")
    who = {"full_name": "Nguyễn Thị Hằng", "position": "Công chức Văn phòng", "unit": "X2545", "role": "CB_TDKT_DV"}
    admin.fill(who | {"username": "hang.tantrao", "password": PASSWORD, "again": "khác hẳn mật khẩu kia"})
    admin.press("Thêm người và mở tài khoản")
    assert "chưa giống nhau" in admin.reads() and admin.typed("full_name") == who["full_name"]
    admin.fill({"password": PASSWORD, "again": PASSWORD})
    admin.press("Thêm người và mở tài khoản")
    admin.follow("Nguyễn Thị Hằng")
    admin.page.get_by_text("Giao thêm nhiệm vụ").click()
    admin.fill({"unit": "X2545", "role": "VT", "valid_from": "01/01/2026"})
    admin.press("Giao nhiệm vụ")
    assert "Văn thư" in admin.reads()

    for page in ("people", "units", "units/new", "units/X2545", "calendar", "grounds", "incidents", "releases"):
        admin.go(f"/admin/{page}")

    new = enter(shared_server, "hang.tantrao")
    assert "Việc cần xử lý" in new.reads() and "Quản trị" not in new.reads()
