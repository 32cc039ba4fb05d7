"""Letters to units: none without settings, one name for one message, and nobody's name in them."""

from __future__ import annotations

import email
import smtplib
from dataclasses import replace
from email.message import Message as Letter
from pathlib import Path

import pytest

from engine.errors import CannotOpen
from engine.ports import Message, Post
from tests.mail import mail_server
from web.post import post_of

ROUND = Message(
    "round:1/2/X2545",
    "round_reminder",
    "X2545",
    "Xã Tân Trào",
    {"code": "DX-2026-01", "title": "Hằng năm", "deadline": "2026-11-30"},
)
OVERDUE = Message(
    "reminders:/1/X2545", "overdue", "X2545", "Xã Tân Trào", {"day": "2026-11-16", "overdue": 3, "soon": 1}
)
REMINDER = Message(
    "nomination:1/9/X2545/opinion#1", "of_case", "X2545", "Xã Tân Trào",
    {"code": "KT-2026-0001/01", "message": "opinion_reminder"},
)  # fmt: skip
ADDRESSES = 'from = "khenthuong@tinh.example"\n[addresses]\nX2545 = "tantrao@tinh.example"\n'


def post(data: Path, settings: str) -> Post | None:
    (data / "mail.toml").write_text(settings, "utf-8")
    return post_of(data)


def text(letter: Letter) -> str:
    content = letter.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def test_without_settings_nothing_leaves_the_office(tmp_path: Path) -> None:
    assert post_of(tmp_path) is None


@pytest.mark.parametrize("settings", ["", "send = ", 'send = "pigeon"\n' + ADDRESSES, 'send = "smtp"\n' + ADDRESSES])
def test_settings_that_cannot_be_used_are_refused(tmp_path: Path, settings: str) -> None:
    with pytest.raises(CannotOpen) as refused:
        post(tmp_path, settings)
    assert refused.value.params["why"] == "mail_settings"


def test_letters_in_a_folder_are_one_for_each_message_however_often_it_is_sent(tmp_path: Path) -> None:
    folder = post(tmp_path, 'send = "folder"\n' + ADDRESSES)
    assert folder is not None
    assert folder.send(ROUND) and folder.send(OVERDUE) and folder.send(ROUND)
    letters = [email.message_from_bytes(file.read_bytes()) for file in (tmp_path / "mail").iterdir()]
    assert len(letters) == 2
    assert any("DX-2026-01" in text(letter) and "30/11/2026" in text(letter) for letter in letters)
    assert any("3 việc quá hạn" in text(letter) for letter in letters)


def test_a_letter_by_mail_has_the_same_name_each_time(tmp_path: Path) -> None:
    with mail_server() as server:
        settings = f'send = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\nstarttls = false\n'
        mail = post(tmp_path, settings + ADDRESSES)
        assert mail is not None
        assert mail.send(ROUND) and mail.send(ROUND)
        server.refuses = True
        with pytest.raises(smtplib.SMTPException):
            mail.send(ROUND)
    first, second = server.letters
    assert first["Message-ID"] == second["Message-ID"] is not None
    assert first["To"] == "tantrao@tinh.example"


def test_a_unit_without_an_address_gets_no_letter(tmp_path: Path) -> None:
    folder = post(tmp_path, 'send = "folder"\nfrom = "a@b"\n[addresses]\n')
    assert folder is not None
    assert not folder.send(ROUND)
    assert not (tmp_path / "mail").exists()


def test_what_a_diagram_tells_a_unit_names_the_case_and_what_is_awaited(tmp_path: Path) -> None:
    folder = post(tmp_path, 'send = "folder"\n' + ADDRESSES)
    assert folder is not None
    other = replace(REMINDER, key="nomination:1/10/X2545/told#1", about=REMINDER.about | {"message": "told"})
    assert folder.send(REMINDER) and folder.send(other)
    said = [text(email.message_from_bytes(file.read_bytes())) for file in (tmp_path / "mail").iterdir()]
    assert all("KT-2026-0001/01" in each for each in said)
    assert ["quá thời hạn trả lời" in each for each in said].count(True) == 1
