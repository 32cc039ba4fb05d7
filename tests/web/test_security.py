import re
from collections.abc import Callable
from io import BytesIO

import pytest

from engine.office import files
from engine.office.views import Actor
from tests.builders import PDF, Office, new_id
from tests.web.conftest import ROOT, Visitor

Visit = Callable[[Actor], Visitor]


def test_every_answer_carries_a_strict_policy(visitor: Visitor) -> None:
    for path in ("/login", "/nothing", "/api/v1/openapi.json"):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_no_template_holds_a_style_or_a_script() -> None:
    for file in (ROOT / "web" / "templates").glob("*.html"):
        text = file.read_text("utf-8")
        assert " style=" not in text and "<style" not in text and "onclick" not in text, file.name
        assert "<script>" not in text, file.name


def test_a_form_without_its_token_has_no_effect(office: Office, visit: Visit) -> None:
    code = office.at_head()
    task = office.only_task(code).task
    head = visit(office.head)

    for token in ("", "made up"):
        answer = head.client.post(
            f"/tasks/{task.id}/claim",
            data={"csrf_token": token, "command_id": new_id(), "expected_version": task.version},
        )
        assert answer.status_code == 400
    assert office.only_task(code).task.assignee is None


def test_a_form_from_another_site_has_no_effect(office: Office, visit: Visit) -> None:
    code = office.at_head()
    task = office.only_task(code).task
    answer = visit(office.head).post(
        f"/tasks/{task.id}/claim", {"expected_version": task.version}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 400
    assert office.only_task(code).task.assignee is None


def test_a_body_over_the_limit_is_refused_before_it_is_read(office: Office, visit: Visit) -> None:
    officer = visit(office.officer)
    answer = officer.post("/account/password", {"new": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "quá lớn" in answer.get_data(as_text=True)


def test_ten_thousand_fields_are_refused(office: Office, visit: Visit) -> None:
    task = office.only_task(office.at_head()).task
    form = {f"f{n}": "1" for n in range(10_000)} | {"expected_version": str(task.version)}
    assert visit(office.head).post(f"/tasks/{task.id}/complete", form).status_code == 422


@pytest.mark.parametrize("name", ["__proto__", "constructor", "status", "assignee", "is_admin", "id"])
def test_fields_nobody_asked_for_are_refused(office: Office, visit: Visit, name: str) -> None:
    code = office.at_head()
    task = office.only_task(code).task
    form = {"outcome": "khong_dong_y", "ly_do": "Thành tích chưa nổi trội so với người khác.", name: "1"}
    answer = visit(office.head).post(f"/tasks/{task.id}/complete", form | {"expected_version": str(task.version)})
    assert answer.status_code == 422
    assert office.only_task(code).task.element == "head_decision"


def test_a_field_sent_twice_is_refused(office: Office, visit: Visit) -> None:
    code = office.at_head()
    task = office.only_task(code).task
    form = {"outcome": ["dong_y", "khong_dong_y"], "expected_version": str(task.version)}
    assert visit(office.head).post(f"/tasks/{task.id}/complete", form).status_code == 422


def test_an_uploaded_page_comes_back_as_a_download(office: Office, visit: Visit) -> None:
    nomination = office.engine.nomination(office.auditor, office.at_head())
    officer = visit(office.officer)
    content = PDF + b"<script>alert(1)</script>"
    upload = {"file": (BytesIO(content), "báo cáo.pdf", "text/html")}

    assert officer.post(f"/nominations/{nomination.id}/files", upload).status_code == 303
    [file] = office.engine.nomination(office.auditor, nomination.code).files
    answer = officer.get(f"/nominations/{nomination.id}/files/{file.id}")

    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.get_data() == content


def test_a_file_over_its_limit_is_refused(office: Office, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 1000)
    nomination = office.engine.nomination(office.auditor, office.at_head())
    upload = {"file": (BytesIO(PDF + b"x" * 1000), "to.pdf", "application/pdf")}
    answer = visit(office.officer).post(f"/nominations/{nomination.id}/files", upload)
    assert answer.status_code == 413
    assert not office.engine.nomination(office.auditor, nomination.code).files


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("trong.pdf", b"", "Tệp không có nội dung"),
        ("chuong trinh.exe", b"MZ", "Chỉ nhận tệp PDF"),
        ("trang.pdf", b"<html>", "không đúng với đuôi tên"),
        ("TUYỆT MẬT bao cao.pdf", PDF, "Tên tệp ghi mức độ mật"),
    ],
)
def test_a_file_that_is_not_taken_is_told_why(
    office: Office, visit: Visit, name: str, content: bytes, says: str
) -> None:
    nomination = office.engine.nomination(office.auditor, office.at_head())
    answer = visit(office.officer).post(f"/nominations/{nomination.id}/files", {"file": (BytesIO(content), name)})
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert not office.engine.nomination(office.auditor, nomination.code).files


def test_a_name_that_is_markup_is_shown_as_text(office: Office, visit: Visit) -> None:
    name = "<img src=x onerror=alert(1)>{{ 7 * 7 }}"
    nomination = office.engine.nomination(office.auditor, office.nominate(ten=name)["code"])
    officer = visit(office.officer)
    for path in ("/tasks?box=group", f"/nominations/{nomination.id}", f"/tasks/{nomination.tasks[0].id}", "/dossiers"):
        page = officer.get(path).get_data(as_text=True)
        assert "&lt;img src=x onerror=alert(1)&gt;{{ 7 * 7 }}" in page
        assert "<img src=x" not in page


def test_built_files_are_kept_by_browsers_for_ever_and_sent_packed(visitor: Visitor) -> None:
    page = visitor.get("/login").get_data(as_text=True)
    found = re.search(r'href="(/static/dist/app-[^"]+\.css)"', page)
    assert found
    plain = visitor.get(found[1])
    packed = visitor.get(found[1], headers={"Accept-Encoding": "gzip"})
    assert "immutable" in plain.headers["Cache-Control"]
    assert packed.headers["Content-Encoding"] == "gzip" and packed.mimetype == "text/css"
    assert visitor.get("/static/dist/../../app.py").status_code == 404
