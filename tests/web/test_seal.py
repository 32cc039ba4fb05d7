"""The seal on the page of a nomination, for auditors: computed from its journal whenever the page is made."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.office.views import Actor
from engine.store.sealing import Sealer
from tests.builders import ASSESSMENT, Office
from tests.web.conftest import Visitor

Visit = Callable[[Actor], Visitor]


def page(office: Office, who: Visitor, code: str) -> str:
    id = office.engine.nomination(office.auditor, code).id
    return who.get(f"/nominations/{id}").get_data(as_text=True)


def change(office: Office, statement: str) -> None:
    """Change the truth as someone would who owns the database."""
    with office.engine.database.write() as tx:
        for (name,) in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            tx.execute(text(f'DROP TRIGGER "{name}"'))
        tx.execute(text(statement))


def test_a_sound_journal_is_said_to_be_whole_with_hash_check_and_head(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    code = office.at_head()
    Sealer(office.engine.database, tmp_path / "seals", office.clock).run(urgent=True)

    shown = page(office, visit(office.auditor), code)

    assert "Nhật ký toàn vẹn: 3/3 lần ghi khớp" in shown and "seal-good" in shown
    with office.engine.database.read() as reader:
        stream = f"nomination:{office.engine.nomination(office.auditor, code).id}"
        assert reader.head(stream).hash[:12] in shown
    assert "kiểm tra lúc 16/11/2026 09:00" in shown and "mốc niêm phong đã ký gần nhất lúc 16/11/2026 09:00" in shown


def test_what_no_head_covers_yet_is_said(office: Office, visit: Visit, tmp_path: Path) -> None:
    code = office.nominate()["code"]
    auditor = visit(office.auditor)
    assert "Chưa có mốc niêm phong nào được ký." in page(office, auditor, code)
    Sealer(office.engine.database, tmp_path / "seals", office.clock).run(urgent=True)
    office.complete(code, office.officer, ASSESSMENT)

    shown = page(office, auditor, code)

    assert "1 lần ghi chưa có mốc niêm phong đã ký." in shown and "seal-missing" in shown


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE journal SET at = '2020-01-01T00:00:00.000000Z' WHERE stream LIKE 'nomination:%' AND seq = 2", "1/3"),
        ("UPDATE form_data SET payload = replace(payload, '1.240', '1.250')", "đã bị sửa"),
        ("DELETE FROM journal WHERE stream LIKE 'nomination:%' AND seq = 3", "thiếu lần ghi"),
    ],
)
def test_a_changed_journal_is_red_and_says_where(office: Office, visit: Visit, statement: str, said: str) -> None:
    code = office.at_head()
    change(office, statement)

    shown = page(office, visit(office.auditor), code)

    assert "Nhật ký bị sai" in shown and "seal-bad" in shown and said in shown
    assert f"trường hợp {code}" in shown


def test_an_entry_rewritten_with_a_fitting_hash_differs_from_the_sealed_log(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    code = office.at_head()
    Sealer(office.engine.database, tmp_path / "seals", office.clock).run(urgent=True)
    change(office, "UPDATE merkle_leaf SET entry_hash = 'x' WHERE stream LIKE 'nomination:%' AND seq = 2")

    assert "khác với sổ niêm phong" in page(office, visit(office.auditor), code)


def test_officials_have_no_strip(office: Office, visit: Visit) -> None:
    assert "Nhật ký toàn vẹn" not in page(office, visit(office.head), office.at_head())


def test_automatic_checks_stand_in_the_timeline(office: Office, visit: Visit) -> None:
    code = office.at_head()

    assessed = office.engine.history(office.auditor, code)[1]

    table, gateway = assessed.automatic
    assert (table.act, gateway.act) == ("decided_by_table", "way_chosen")
    assert sum(count for _, count in table.results) > 2
    assert (gateway.step, gateway.chosen) == ("Kết quả tiêu chí?", "Đạt hoặc chờ xét")
    shown = page(office, visit(office.auditor), code)
    assert "Đối chiếu với bảng tiêu chí" in shown and "– tự động" in shown
