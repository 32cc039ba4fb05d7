"""Erasing a person: nothing of them is found in any file afterwards, and everything still verifies."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.commands import (
    SYSTEM,
    AttachFile,
    DisableAccount,
    EndMembership,
    EraseNominee,
    ErasePerson,
    WithdrawNomination,
)
from engine.errors import CannotErase, InvalidForm, NotAllowed, NotFound
from engine.store import tables as t
from engine.store.database import Database
from engine.store.sealing import Sealer
from tests.builders import AGREES, ASSESSMENT, NOTICE, PASSWORD, Office, new_id

NAME, NUMBER, OTHERS_NAME = "Triệu Đức Thọ", "008090777888", "Hoàng Minh Châu"
TYPED = "Hồ sơ của ông Triệu Đức Thọ còn thiếu."
WHY = "Theo yêu cầu của chủ thể dữ liệu ngày 20/11/2026."


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def erase(
    office: Office, code: str, *, order: str | None = None, reason: str = WHY, by: str = SYSTEM
) -> dict[str, Any]:
    return office.engine.erase_nominee(
        EraseNominee(command_id=new_id(), actor=by, nomination=code, reason=reason, order=order)
    )


def attach(office: Office, code: str, content: bytes, name: str = f"Báo cáo của {NAME}.pdf") -> None:
    command = AttachFile(
        command_id=new_id(),
        actor=office.officer.person.id,
        nomination=code,
        file_name=name,
        content=content,
    )
    office.engine.attach_file(command)


def withdrawn(office: Office, **form: Any) -> str:
    """Return a nomination that left its traces everywhere, and was then withdrawn."""
    code = str(office.nominate(ten=NAME, so_dinh_danh=NUMBER, **form)["code"])
    attach(office, code, f"%PDF-1.7 {NAME} {NUMBER}".encode())
    office.complete(code, office.officer, ASSESSMENT | {"bao_cao_thanh_tich": f"{NAME} đã làm việc tốt. " * 9})
    office.claim(code, office.council)
    task = office.only_task(code, office.council).task
    office.engine.save_draft(office.council, task.id, {"ghi_chu": TYPED})
    office.engine.withdraw_nomination(
        WithdrawNomination(
            command_id=new_id(), actor=office.officer.person.id, nomination=code, reason=f"{NAME} xin rút tên."
        )
    )
    return code


def traces(office: Office, data: Path, *words: str) -> list[str]:
    """Return what still holds one of the words: columns of any table, and on SQLite any file of the data folder."""
    found = []
    with office.engine.database.read() as reader:
        for table in t.metadata.sorted_tables:
            for row in reader.execute(select(table)):
                for column, held in row._mapping.items():
                    text = held.decode("utf-8", "replace") if isinstance(held, bytes) else str(held)
                    found += [f"{table.name}.{column}" for word in words if word.casefold() in text.casefold()]
    for file in (file for file in data.rglob("*") if file.is_file()):
        content = file.read_bytes()
        found += [file.name for word in words for form in forms_of(word) if form in content]
    return sorted(set(found))


def forms_of(word: str) -> Iterator[bytes]:
    for normal in ("NFC", "NFD"):
        yield unicodedata.normalize(normal, word).encode()
        yield unicodedata.normalize(normal, word).encode("utf-16-le")
        yield unicodedata.normalize(normal, word.lower()).encode()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


FOLDED = "trieu duc tho"


def test_nothing_of_an_erased_nominee_is_found_in_any_table_or_file(office: Office, data: Path) -> None:
    data.mkdir(exist_ok=True)
    sealer = Sealer(office.engine.database, data, office.clock)
    code = withdrawn(office)
    other = str(office.nominate(ten=OTHERS_NAME)["code"])
    sealer.run(urgent=True)
    assert {"nomination.nominee", "user_task.title", "form_data.payload", "blob.content", "draft.payload"} <= set(
        traces(office, data, NAME, NUMBER, FOLDED)
    )

    answer = erase(office, code)

    assert (answer["erased"], answer["kept"]) == (5, [])
    assert traces(office, data, NAME, NUMBER, FOLDED) == []
    assert traces(office, data, OTHERS_NAME) != []
    assert office.engine.rebuild() == []
    assert traces(office, data, NAME, NUMBER, FOLDED) == []
    sealer.run(urgent=True)
    assert office.engine.verify().first_error is None
    assert office.engine.nomination(office.auditor, other).code == other


def test_what_happened_is_still_told_and_that_it_was_erased(office: Office) -> None:
    code = withdrawn(office)

    erase(office, code)

    page = office.engine.nomination(office.auditor, code)
    acts = [line.act for line in office.engine.history(office.auditor, code)]
    assert (page.code, page.status, page.nominee) == (code, "RUT", "")
    assert acts == ["started", "file", "completed", "claimed", "withdrawn", "erased"]
    assert not any(line.values for line in office.engine.history(office.auditor, code))


def test_erasing_again_finds_nothing_more_and_writes_nothing(office: Office) -> None:
    code = withdrawn(office)
    erase(office, code)
    before = len(office.engine.history(office.auditor, code))

    assert erase(office, code)["erased"] == 0

    assert len(office.engine.history(office.auditor, code)) == before


def test_a_file_that_others_attached_as_well_stays_with_them(office: Office, data: Path) -> None:
    code, other = withdrawn(office), str(office.nominate(ten=OTHERS_NAME)["code"])
    attach(office, other, f"%PDF-1.7 {NAME} {NUMBER}".encode(), "Báo cáo chung.pdf")

    erase(office, code)

    [file] = office.engine.nomination(office.auditor, other).files
    assert office.engine.file(office.auditor, other, file.id)[1].startswith(b"%PDF")


def why_refused(office: Office, code: str, **more: Any) -> str:
    with pytest.raises(CannotErase) as refused:
        erase(office, code, **more)
    return str(refused.value.params["why"])


def test_a_nomination_that_is_still_open_is_needed(office: Office) -> None:
    assert why_refused(office, office.at_head()) == "not_ended"


def test_what_was_awarded_is_kept_until_a_paper_orders_otherwise(office: Office, data: Path) -> None:
    code = office.at_head(ten=NAME, so_dinh_danh=NUMBER)
    office.complete(code, office.head, AGREES)
    office.complete(code, office.officer, NOTICE)
    assert why_refused(office, code) == "awarded"
    assert {"nominee_award.identity", "nomination.identity"} <= set(traces(office, data, NUMBER))

    erase(office, code, order="15/QĐ-SNV")

    assert traces(office, data, NAME, NUMBER, FOLDED) == []
    assert office.engine.nomination(office.auditor, code).status == "DUOC_KHEN"
    assert office.engine.rebuild() == []
    assert office.engine.verify().first_error is None


def test_the_reason_holds_no_name_and_says_enough(office: Office) -> None:
    code = withdrawn(office)
    assert why_refused(office, code, reason="Ông TRIỆU ĐỨC THỌ yêu cầu xóa.") == "name_in_reason"
    with pytest.raises(InvalidForm):
        erase(office, code, reason="xóa")
    with pytest.raises(NotFound):
        erase(office, "KT-2026-9999/01")


def test_nobody_erases_from_the_pages(office: Office) -> None:
    with pytest.raises(NotAllowed):
        erase(office, withdrawn(office), by=office.auditor.person.id)


# --- people of the directory -------------------------------------------------------------------------------------


def gone(office: Office) -> str:
    """Return a person who worked here, and does no more."""
    actor = office.person(NAME, "CB_TDKT_DV", username="tho.tantrao")
    person, [membership] = actor.person.id, actor.memberships
    office.clock.move(days=2)
    ended = EndMembership(
        command_id=new_id(), actor=SYSTEM, person=person, membership=membership.id, valid_to=date(2026, 11, 16)
    )
    office.engine.end_membership(ended)
    office.engine.disable_account(DisableAccount(command_id=new_id(), actor=SYSTEM, person=person))
    return person


def erase_person(office: Office, person: str, reason: str = WHY) -> dict[str, Any]:
    return office.engine.erase_person(ErasePerson(command_id=new_id(), actor=SYSTEM, person=person, reason=reason))


def test_nothing_of_an_erased_person_is_found_in_any_table_or_file(office: Office, data: Path) -> None:
    person = gone(office)
    assert traces(office, data, NAME, "tho.tantrao", FOLDED) != []

    assert erase_person(office, person)["erased"] == 2

    assert traces(office, data, NAME, "tho.tantrao", FOLDED) == []
    assert office.engine.rebuild() == []
    assert office.engine.verify().first_error is None
    with office.engine.database.read() as reader:
        assert reader.execute(select(t.credential).where(t.credential.c.person == person)).first() is None


def test_the_user_name_is_free_again(office: Office) -> None:
    erase_person(office, gone(office))

    office.person(OTHERS_NAME, "CB_TDKT_DV", username="tho.tantrao")

    assert office.engine.log_in("tho.tantrao", PASSWORD, "127.0.0.1")


def test_who_still_works_here_is_not_erased(office: Office) -> None:
    actor = office.person(NAME, "CB_TDKT_DV", username="tho.tantrao")
    with pytest.raises(CannotErase) as refused:
        erase_person(office, actor.person.id)
    assert refused.value.params["why"] == "still_member"


def test_an_account_is_closed_before_its_person_is_erased(office: Office) -> None:
    actor = office.person(NAME, "CB_TDKT_DV", username="tho.tantrao")
    [membership] = actor.memberships
    office.clock.move(days=2)
    office.engine.end_membership(
        EndMembership(
            command_id=new_id(), actor=SYSTEM, person=actor.person.id, membership=membership.id,
            valid_to=date(2026, 11, 16),
        )
    )  # fmt: skip
    with pytest.raises(CannotErase) as refused:
        erase_person(office, actor.person.id)
    assert refused.value.params["why"] == "account_open"


def test_nobody_is_erased_who_is_not_there(office: Office) -> None:
    with pytest.raises(NotFound):
        erase_person(office, new_id())
