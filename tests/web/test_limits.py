"""How much is let through for one person: commands of programs, files attached, files of papers fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from engine.errors import CannotOpen
from engine.office.pace import Limits
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import PDF, new_id
from tests.papers import PaperOffice
from tests.web.conftest import Program, Visitor
from web.documents import Documents
from web.office import limits

Visit = Callable[[Actor], Visitor]
GiveToken = Callable[[Actor], Program]


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[PaperOffice]:
    database = Database(sqlite_url)
    office = PaperOffice(database, tmp_path / "release")
    office.engine.renderer = Documents()
    yield office
    database.close()


@pytest.fixture(autouse=True)
def _limited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "LIMITS", Limits(uploads=2, exports=2))


def test_files_beyond_those_of_an_hour_wait_however_they_are_sent(
    office: PaperOffice, visit: Visit, program: GiveToken
) -> None:
    nomination = office.engine.nomination(office.auditor, office.nominations(1)[0])
    page, address = visit(office.officer), f"/nominations/{nomination.id}/files"
    body = {"command_id": new_id(), "nomination": nomination.code, "file": (BytesIO(PDF), "bao cao.pdf")}
    assert page.post(address, {"file": (BytesIO(PDF), "mot.pdf")}).status_code == 303
    assert program(office.officer).post("/files", data=body).status_code == 201

    on_page = page.post(address, {"file": (BytesIO(PDF), "hai.pdf")})
    by_api = program(office.officer).post("/files", data=body | {"file": (BytesIO(PDF), "hai.pdf")})

    assert on_page.status_code == 429 and "Xin đợi 60 phút rồi đính kèm tiếp." in page.page
    assert (by_api.status_code, by_api.json["code"]) == (429, "too_many_uploads")  # type: ignore[index]
    assert on_page.headers["Retry-After"] == by_api.headers["Retry-After"] == "3600"
    assert len(office.engine.nomination(office.auditor, nomination.code).files) == 2
    office.clock.at += timedelta(hours=1)
    assert visit(office.officer).post(address, {"file": (BytesIO(PDF), "hai.pdf")}).status_code == 303


def test_files_of_papers_beyond_those_of_an_hour_are_not_given_out(
    office: PaperOffice, visit: Visit, program: GiveToken
) -> None:
    code = office.at_signature(office.nominations(1))
    address = f"/papers/{office.paper(code).id}"
    head = visit(office.head)
    assert head.get(f"{address}/document/1").status_code == 200
    assert program(office.head).get(f"/papers/{code}/document").status_code == 200

    on_page, by_api = head.get(f"{address}/document/1"), program(office.head).get(f"/papers/{code}/document")

    assert on_page.status_code == 429 and "vẫn xem được trên trang" in head.page
    assert (by_api.status_code, by_api.json["code"]) == (429, "too_many_exports")  # type: ignore[index]
    assert on_page.headers["Retry-After"] == by_api.headers["Retry-After"] == "3600"
    assert head.get(f"{address}/preview").status_code == 200


@pytest.mark.parametrize("said", ["", "-1", "many", "100000"])
@pytest.mark.parametrize("kind", ["writes", "uploads", "exports"])
def test_a_limit_that_is_no_number_stops_the_start(monkeypatch: pytest.MonkeyPatch, kind: str, said: str) -> None:
    monkeypatch.setenv(f"KHENTHUONG_{kind.upper()}", said)
    with pytest.raises(CannotOpen) as refused:
        limits(demo=False)
    assert refused.value.params == {"why": kind}


def test_limits_are_those_that_were_set_and_a_demo_has_none_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits(demo=False) == Limits(writes=600, uploads=300, exports=300)
    assert limits(demo=True) == Limits()
    monkeypatch.setenv("KHENTHUONG_UPLOADS", "7")
    assert limits(demo=False).uploads == limits(demo=True).uploads == 7
