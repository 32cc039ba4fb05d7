"""Papers in the browser without scripts, over the API and on the command line."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from engine.office.papers import lines
from engine.office.papers.split import Part
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import PDF, new_id
from tests.papers import DRAFT, SIGNS, PaperOffice
from tests.web.conftest import Program, Visitor
from web import cli
from web.documents import Documents

Visit = Callable[[Actor], Visitor]
WithToken = Callable[[Actor], Program]


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[PaperOffice]:
    database = Database(sqlite_url)
    office = PaperOffice(database, tmp_path / "release")
    office.engine.renderer = Documents()
    yield office
    database.close()


def sheet(file: bytes) -> str:
    """Return the XML of the text of a .docx."""
    return zipfile.ZipFile(io.BytesIO(file)).read("word/document.xml").decode()


# --- pages


def test_an_officer_drafts_a_paper_over_what_waits(office: PaperOffice, visit: Visit) -> None:
    codes = office.nominations(3)
    officer = visit(office.officer)
    page = officer.get("/papers/new").get_data(as_text=True)
    assert all(f'value="{code}" checked' in page for code in codes)
    answer = officer.post("/papers/new", {"kind": "to_trinh", "nomination": codes[:2]})
    assert answer.status_code == 303
    page = officer.get(answer.location).get_data(as_text=True)
    assert "Tờ trình – Giấy khen của Chủ tịch UBND xã – 2 trường hợp" in page
    assert "Tờ trình – Giấy khen của Chủ tịch UBND xã – 2 trường hợp" in officer.get("/papers").get_data(as_text=True)


def test_a_mixed_selection_shows_the_papers_it_needs(office: PaperOffice, visit: Visit) -> None:
    codes = office.nominations(2)
    parts = tuple(
        Part("X2545", role, "phong_trao", "R3", (code,)) for role, code in zip(("CT_UBND", "TTG"), codes, strict=True)
    )
    with patch.object(lines, "split", return_value=parts):
        answer = visit(office.officer).post("/papers/new", {"kind": "to_trinh", "nomination": codes})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "cần nhiều văn bản" in page and page.count('name="kind" value="to_trinh"') == 2
    assert "Thủ tướng Chính phủ" in page


@pytest.mark.parametrize(
    ("pressed", "order"),
    [
        (lambda codes: {"up": codes[1]}, (1, 0, 2)),
        (lambda codes: {"down": codes[1]}, (0, 2, 1)),
        (lambda codes: {"drop": codes[1]}, (0, 2)),
        (lambda codes: {"from": "3", "to": "1"}, (2, 0, 1)),
    ],
)
def test_the_order_moves_by_plain_buttons(
    office: PaperOffice, visit: Visit, pressed: Callable[[list[str]], dict[str, str]], order: tuple[int, ...]
) -> None:
    codes = office.nominations(3)
    paper = office.paper(office.draft(codes))
    form = pressed(codes) | {"expected_version": "1"}
    officer = visit(office.officer)
    assert officer.post(f"/papers/{paper.id}/lines", form).status_code == 303
    assert office.listed(paper.code) == [codes[place] for place in order]
    again = officer.post(f"/papers/{paper.id}/lines", {"drop": codes[0], "expected_version": "1"})
    assert again.status_code == 409 and "đã thay đổi sau khi" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"from": "0", "to": "1"},
        {"from": "1", "to": "9"},
        {"drop": "KT-1"},
        {"from": "0000000015", "to": "1"},
        {"from": "9" * 5_000, "to": "1"},
    ],
)
def test_a_move_that_says_nothing_is_refused(office: PaperOffice, visit: Visit, form: dict[str, str]) -> None:
    paper = office.paper(office.draft(office.nominations(2)))
    answer = visit(office.officer).post(f"/papers/{paper.id}/lines", form | {"expected_version": "1"})
    assert answer.status_code == 422
    assert office.paper(paper.code).version == 1


def test_the_signer_reads_the_file_and_signs_on_one_page(office: PaperOffice, visit: Visit) -> None:
    codes = office.nominations(2)
    paper = office.paper(office.at_signature(codes))
    head = visit(office.head)
    page = head.get(f"/tasks/{paper.tasks[0].id}").get_data(as_text=True)
    assert f"/papers/{paper.id}/document/1" in page and "Người thứ 1" in page
    written = head.get(f"/papers/{paper.id}/document/1")
    assert "Người thứ 2" in sheet(written.data) and written.headers["Content-Disposition"].startswith("attachment")
    assert "Người thứ 2" in head.get(f"/papers/{paper.id}/preview").get_data(as_text=True)

    answer = head.post(f"/tasks/{paper.tasks[0].id}/complete", SIGNS | {"expected_version": "1"})
    assert answer.status_code == 303
    assert office.paper(paper.code).status == "da_ky"


def test_a_paper_that_arrived_is_a_link_for_whoever_may_read_it(office: PaperOffice, visit: Visit) -> None:
    [code] = office.nominations(1)
    paper = office.paper(office.issued([code]))
    nomination = office.engine.nomination(office.auditor, code)
    link = f'<a href="/papers/{paper.id}">{paper.code}</a>'
    assert link in visit(office.officer).get(f"/nominations/{nomination.id}").get_data(as_text=True)


def test_a_file_that_failed_can_be_asked_for_again(office: PaperOffice, visit: Visit) -> None:
    with patch.object(Documents, "render", side_effect=RuntimeError("no room on the disk")):
        paper = office.paper(office.at_signature(office.nominations(1)))
    head = visit(office.head)
    answer = head.post(f"/tasks/{paper.tasks[0].id}/complete", SIGNS | {"expected_version": "1"})
    assert answer.status_code == 409 and "đang được tạo" in answer.get_data(as_text=True)
    assert head.post(f"/papers/{paper.id}/document").status_code == 303
    assert office.paper(paper.code).document is not None


def test_a_draft_is_given_up_with_a_reason(office: PaperOffice, visit: Visit) -> None:
    paper = office.paper(office.draft(office.nominations(1)))
    officer = visit(office.officer)
    address = f"/papers/{paper.id}/withdraw"
    assert officer.get(address).status_code == 200
    assert officer.post(address, {"reason": " "}).status_code == 422
    assert officer.post(address, {"reason": "Lập lại theo mẫu mới."}).status_code == 303
    assert "Đã hủy" in officer.get(f"/papers/{paper.id}").get_data(as_text=True)
    assert officer.get(address).status_code == 302


def test_the_scan_of_the_signed_sheet_stays_with_the_paper(office: PaperOffice, visit: Visit) -> None:
    paper = office.paper(office.signed(office.nominations(1)))
    clerk = visit(office.clerk)
    form = {"file": (io.BytesIO(PDF), "ban ky.pdf")}
    assert clerk.post(f"/papers/{paper.id}/files", form, content_type="multipart/form-data").status_code == 303
    [file] = office.paper(paper.code).files
    assert clerk.get(f"/papers/{paper.id}/files/{file.id}").data == PDF
    assert clerk.get(f"/papers/{paper.id}/diagram.bpmn").data.startswith(b"<")
    assert clerk.post(f"/papers/{paper.id}/files").status_code == 422


def test_a_hidden_paper_looks_like_none(office: PaperOffice, visit: Visit) -> None:
    paper = office.paper(office.at_signature(office.nominations(1)))
    stranger = visit(office.other)
    for path in ("", "/preview", "/document/1", "/diagram.bpmn"):
        assert stranger.get(f"/papers/{paper.id}{path}").status_code == 404
    assert paper.code not in stranger.get("/papers").get_data(as_text=True)


def test_pages_of_papers_speak_english_too(office: PaperOffice, visit: Visit) -> None:
    paper = office.paper(office.draft(office.nominations(2)))
    officer = visit(office.officer)
    officer.client.set_cookie("language", "en")
    page = officer.get(f"/papers/{paper.id}").get_data(as_text=True)
    assert "Being drafted" in page and "List: 2 nominations" in page


# --- the API and the command line


def test_a_program_drafts_reorders_and_reads_a_paper(office: PaperOffice, program: WithToken) -> None:
    codes = office.nominations(3)
    officer = program(office.officer)
    selection = {"kind": "to_trinh", "nominations": codes}
    assert officer.post("/papers/split", selection).json == {
        "parts": [
            {
                "unit": "X2545",
                "authority": "TT_DV",
                "type": "thuong_xuyen",
                "regime": "R3",
                "nominations": codes,
            }
        ]
    }
    started = officer.post("/papers", selection | {"command_id": new_id()})
    assert started.status_code == 201
    code = started.json["code"]
    order = {"command_id": new_id(), "expected_version": 1, "nominations": codes[::-1]}
    assert officer.post(f"/papers/{code}/lines", order).json == {"paper": code, "version": 2}
    shape = officer.get(f"/papers/{code}").json
    assert [line["nomination"] for line in shape["lines"]] == codes[::-1]
    assert (shape["status"], shape["count"], shape["number"]) == ("soan", 3, None)
    assert [row["code"] for row in officer.get("/papers?status=soan").json["items"]] == [code]

    task = shape["tasks"][0]
    assert (task["paper"], task["nomination"], task["role"]) == (code, None, "CB_TDKT_DV")
    body = {"command_id": new_id(), "expected_version": task["version"], "form": DRAFT}
    assert officer.post(f"/tasks/{task['id']}/complete", body).json["paper"] == code


def test_a_program_reads_the_file_and_gives_a_paper_up(office: PaperOffice, program: WithToken) -> None:
    code = office.at_signature(office.nominations(1))
    head, officer = program(office.head), program(office.officer)
    assert "Người thứ 1" in sheet(head.get(f"/papers/{code}/document").data)
    sha256 = office.paper(code).document
    assert sha256 is not None
    produced = head.post(f"/papers/{code}/document", {"command_id": new_id()}).json
    assert produced == {"paper": code, "version": 1, "sha256": sha256.sha256}
    gives_up = {"command_id": new_id(), "reason": "Lập lại theo mẫu mới."}
    assert officer.post(f"/papers/{code}/withdraw", gives_up).json == {"paper": code}
    assert officer.get(f"/papers/{code}").json["status"] == "RUT"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "to_trinh", "nominations": []}, "paper_lines"),
        ({"kind": "khong_co", "nominations": ["KT-2026-0001/01"]}, "not_found"),
        ({"kind": "to_trinh", "nominations": ["KT-2026-9999/01"]}, "not_found"),
        ({"kind": "to_trinh"}, "invalid_request"),
    ],
)
def test_what_cannot_be_drafted_is_refused(
    office: PaperOffice, program: WithToken, body: dict[str, object], code: str
) -> None:
    answer = program(office.officer).post("/papers", body | {"command_id": new_id()})
    assert answer.json["code"] == code
    assert answer.status_code == (404 if code == "not_found" else 422)


def test_an_auditor_reads_a_paper_and_is_refused_every_act_on_it(office: PaperOffice, program: WithToken) -> None:
    code = office.draft(office.nominations(1))
    auditor = program(office.auditor)
    page = auditor.get(f"/papers/{code}").json
    body = {"command_id": new_id(), "expected_version": page["version"], "nominations": []}  # type: ignore[index]
    acts = [
        (f"/papers/{code}/lines", body),
        (f"/papers/{code}/document", {"command_id": new_id()}),
        (f"/papers/{code}/withdraw", {"command_id": new_id(), "reason": "Không thuộc thẩm quyền."}),
        (f"/tasks/{page['tasks'][0]['id']}/complete", {"command_id": new_id(), "expected_version": 1, "form": {}}),  # type: ignore[index]
    ]
    for path, sent in acts:
        refused = auditor.post(path, sent)
        assert (refused.status_code, refused.json["code"]) == (403, "not_allowed"), path  # type: ignore[index]


def test_a_file_goes_to_a_nomination_or_to_a_paper(office: PaperOffice, program: WithToken) -> None:
    code = office.draft(office.nominations(1))
    officer = program(office.officer)

    def send(**fields: str) -> int:
        form = {"command_id": new_id(), "file": (io.BytesIO(PDF), "a.pdf")} | fields
        return officer.client.post("/api/v1/files", data=form, headers=officer.headers).status_code

    assert send(paper=code) == 201
    assert send() == 422
    assert send(paper=code, nomination=office.listed(code)[0]) == 422
    assert [file.name for file in office.paper(code).files] == ["a.pdf"]


def test_the_command_line_lists_papers(office: PaperOffice) -> None:
    code = office.draft(office.nominations(2))
    with patch.object(cli, "open_office", return_value=office.engine):
        printed = CliRunner().invoke(cli.cli, ["list", "papers", "--json"], standalone_mode=False)
    [row] = json.loads(printed.output)
    assert (row["code"], row["status"], row["unit"]) == (code, "soan", "X2545")
    assert row["name"] == "Tờ trình – Giấy khen của Chủ tịch UBND xã – 2 trường hợp"
