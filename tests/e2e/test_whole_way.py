"""The first real job in a browser: two nominees of one dossier, from nomination until both outcomes are made known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import ASSESSMENT, NOMINEE, WANTS_MORE, WHY_NOT
from tests.e2e.house import AGREES_TODAY, NOTICE_TODAY, VOTE_TODAY, House, Server, today
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser

Enter = Callable[..., Visitor]
ELIGIBLE, LACKING = "Ma Văn Tuấn", "Trần Thị Nụ"


def nominate(officer: Visitor, name: str, dossier: str | None = None) -> None:
    """Nominate; the officer then stands at the self-assessment."""
    officer.go("/tasks")
    officer.follow("Lập đề nghị")
    officer.fill({"kind": "ca_nhan"} | ({"dossier": dossier} if dossier else {}))
    officer.press("Nhập thông tin đề nghị")
    officer.fill(NOMINEE | {"ten": name})
    officer.press("Gửi: Lập đề nghị")
    assert "Đã lập đề nghị KT-" in officer.reads()


def handle(person: Visitor, name: str, form: dict[str, str], button: str = "Gửi") -> None:
    """Open the task on a nominee out of the group's box, fill in its form and send it."""
    person.go("/tasks?box=group")
    person.follow(name)
    person.fill(form)
    person.press(button)
    assert "Đã gửi kết quả" in person.reads()


def standing(person: Visitor, name: str) -> str:
    """Return what the page of a nomination says, reached through its list."""
    person.go("/nominations")
    person.follow(name)
    return person.reads()


def test_two_nominees_go_their_ways_until_both_outcomes_are_known(
    home: tuple[House, dict[str, str]], enter: Enter
) -> None:
    house, _ = home
    with house.serving() as server:
        mai, luc, son, minh = (enter(server, username) for username in ("mai", "luc", "son", "minh"))

        nominate(mai, LACKING)
        mai.fill(ASSESSMENT | {"so_sang_kien_de_an_06": "0"})
        mai.press("Gửi")
        told = standing(mai, LACKING)
        assert "Không đủ điều kiện" in told and "Không đạt" in told and "sáng kiến" in told

        nominate(mai, ELIGIBLE, dossier=f"KT-{today().year}-0001")
        mai.fill(ASSESSMENT)
        mai.press("Gửi")

        handle(luc, LACKING, NOTICE_TODAY | WHY_NOT)
        handle(luc, ELIGIBLE, VOTE_TODAY)
        handle(son, ELIGIBLE, WANTS_MORE, "Gửi: Yêu cầu bổ sung")
        assert "Cần bổ sung" in standing(mai, ELIGIBLE) and WANTS_MORE["noi_dung_bo_sung"] in mai.reads()
        handle(mai, ELIGIBLE, ASSESSMENT | {"so_sang_kien_de_an_06": "2"})
        handle(son, ELIGIBLE, AGREES_TODAY, "Gửi: Đồng ý khen thưởng")
        handle(mai, ELIGIBLE, NOTICE_TODAY)

        assert "Được khen thưởng" in standing(minh, ELIGIBLE) and AGREES_TODAY["so_quyet_dinh"] in minh.page.content()
        assert "Không đủ điều kiện" in standing(minh, LACKING) and WHY_NOT["ly_do"] in minh.page.content()
        minh.go("/dossiers")
        minh.follow(f"KT-{today().year}-0001")
        assert all(state in minh.reads() for state in ("Được khen thưởng", "Không đủ điều kiện", "Hoàn tất"))

        report = house.json("verify", "--all", "--strict")
        assert (report["ok"], report["reexecuted"], report["first_error"]) == (True, 2, None)


def test_a_wrong_value_comes_back_with_what_was_typed_and_a_sentence_per_field(
    shared_server: Server, enter: Enter
) -> None:
    mai = enter(shared_server, "mai")
    nominate(mai, "Lò Văn Páo")
    wrong = ASSESSMENT | {"so_sang_kien_de_an_06": "một", "bao_cao_thanh_tich": "Làm tốt."}
    mai.fill(wrong)
    mai.press("Gửi")

    assert "Có 2 nội dung cần sửa" in mai.reads()
    errors = mai.page.locator(".field .error-text").all_inner_texts()
    assert len(errors) == 2 and "số nguyên" in errors[0] and "100" in errors[1]
    assert {name: mai.typed(name) for name in ("so_sang_kien_de_an_06", "bao_cao_thanh_tich")} == {
        "so_sang_kien_de_an_06": "một",
        "bao_cao_thanh_tich": "Làm tốt.",
    }
    assert mai.page.is_checked('[name="co_ket_qua_san_pham_cu_the"][value="co"]')


def test_who_comes_second_is_told_by_whom_and_when_and_keeps_what_was_typed(
    shared_server: Server, enter: Enter
) -> None:
    mai, lan = enter(shared_server, "mai"), enter(shared_server, "lan")
    nominate(mai, "Quan Thị Vân")
    lan.go(mai.page.url.removeprefix(shared_server.address))
    typed = "Bản của người gửi sau. " * 6
    lan.fill(ASSESSMENT | {"bao_cao_thanh_tich": typed})
    mai.fill(ASSESSMENT)
    mai.press("Gửi")
    lan.press("Gửi")

    told = lan.main.get_by_role("alert").inner_text()
    assert "Hoàng Thị Mai" in told and f"{today():%d/%m/%Y}" in told
    assert typed.strip() in lan.reads()


def test_an_officer_needs_no_scripts(shared_server: Server, enter: Enter) -> None:
    mai = enter(shared_server, "mai", scripts=False)
    nominate(mai, "Vi Văn Thắng")
    mai.fill(ASSESSMENT | {"so_sang_kien_de_an_06": "một"})
    mai.press("Gửi")
    assert "Có 1 nội dung cần sửa" in mai.reads() and mai.typed("so_sang_kien_de_an_06") == "một"
    mai.fill({"so_sang_kien_de_an_06": "1"})
    mai.press("Gửi")
    assert "Đã gửi kết quả" in mai.reads()
    assert "Đang đề nghị" in standing(mai, "Vi Văn Thắng")
