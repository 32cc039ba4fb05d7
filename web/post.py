"""Messages to units by mail, if a file says how: `mail.toml` in the data folder. Without it nothing leaves the office.

    send = "smtp"                  # or "folder": written into data/mail/ for somebody to look at
    host = "mail.example"
    port = 587
    starttls = true
    user = "khenthuong"            # leave out where the server asks for none
    password_file = "keys/mail.password"
    from = "khenthuong@example"
    [addresses]                    # the official mailbox of each unit; the others get no mail
    X2545 = "tantrao@example"

A message says counts, codes and days; whom it is about stands on the pages, for those who may read them.
"""

from __future__ import annotations

import os
import smtplib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any

from engine.errors import CannotOpen
from engine.ports import Message, Post
from web import texts
from web.texts import _

FILE_NAME = "mail.toml"
FOLDER = "mail"
SECONDS = 20


def post_of(data: Path) -> Post | None:
    """Return what carries messages out of an office; None where nothing does.

    Raises:
        CannotOpen: mail.toml cannot be used (mail_settings).
    """
    file = data / FILE_NAME
    if not file.is_file():
        return None
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        addresses = {str(unit): str(address) for unit, address in said["addresses"].items()}
        letters = Letters(str(said["from"]), addresses)
        if said["send"] == "folder":
            return FolderPost(data / FOLDER, letters)
        if said["send"] == "smtp":
            return SmtpPost.of(said, data, letters)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, KeyError, AttributeError, ValueError) as problem:
        raise CannotOpen(why="mail_settings", file=FILE_NAME) from problem
    raise CannotOpen(why="mail_settings", file=FILE_NAME)


def name_of(key: str) -> str:
    """Return the part of a Message-ID before its host: the same for the same key.

    >>> name_of("round:1/2/X2545") == name_of("round:1/2/X2545")
    True
    """
    return sha256(key.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Letters:
    """Turns messages into letters."""

    sender: str
    addresses: Mapping[str, str]

    def letter(self, message: Message) -> EmailMessage | None:
        """Return the letter of a message; None if its unit has no address."""
        address = self.addresses.get(message.unit)
        if address is None:
            return None
        subject, text = said(message)
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, address, subject
        letter["Message-ID"] = f"<{name_of(message.key)}@{self.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        return letter


def said(message: Message) -> tuple[str, str]:
    """Return subject and text of a message."""
    about = message.about
    if message.kind == "round_reminder":
        day = texts.day(date.fromisoformat(about["deadline"]))
        return (
            _("Đôn đốc nộp hồ sơ đợt %(code)s", code=about["code"]),
            _(
                "%(unit)s chưa nộp đủ hồ sơ của đợt “%(title)s” (%(code)s). Hạn nộp: %(day)s.",
                unit=message.unit_title,
                title=about["title"],
                code=about["code"],
                day=day,
            ),
        )
    if message.kind == "of_case":
        return said_of_case(message.unit_title, about["code"], about["message"])
    return (
        _("Việc đến hạn và quá hạn"),
        _(
            "%(unit)s có %(overdue)s việc quá hạn và %(soon)s việc sắp đến hạn. Mời xem mục Việc cần làm.",
            unit=message.unit_title,
            overdue=about["overdue"],
            soon=about["soon"],
        ),
    )


def said_of_case(unit: str, code: str, name: str) -> tuple[str, str]:
    """Return subject and text of what a diagram tells a unit; `name` is the message it sends."""
    if name == "opinion_reminder":
        return (
            _("Nhắc trả lời ý kiến: %(code)s", code=code),
            _(
                "%(unit)s được lấy ý kiến về trường hợp %(code)s và đã quá thời hạn trả lời. Mời xem mục Việc cần làm.",
                unit=unit,
                code=code,
            ),
        )
    return (
        _("Thông báo về %(code)s", code=code),
        _("%(unit)s có thông báo về %(code)s. Mời đăng nhập để xem.", unit=unit, code=code),
    )


@dataclass(frozen=True)
class FolderPost:
    """Writes each letter into a file named by its key; sent twice it is the same file."""

    folder: Path
    letters: Letters

    def send(self, message: Message) -> bool:
        letter = self.letters.letter(message)
        if letter is None:
            return False
        self.folder.mkdir(exist_ok=True)
        part = self.folder / f"{name_of(message.key)}.part"
        part.write_bytes(letter.as_bytes())
        os.replace(part, part.with_suffix(".eml"))
        return True


@dataclass(frozen=True)
class SmtpPost:
    """Hands each letter to a mail server; it is sent when the server has taken it."""

    host: str
    port: int
    starttls: bool
    user: str | None
    password: str
    letters: Letters

    @classmethod
    def of(cls, said: Mapping[str, Any], data: Path, letters: Letters) -> SmtpPost:
        password = (data / said["password_file"]).read_text("utf-8").strip() if "password_file" in said else ""
        starttls = bool(said.get("starttls", True))
        return cls(str(said["host"]), int(said.get("port", 587)), starttls, said.get("user"), password, letters)

    def send(self, message: Message) -> bool:
        letter = self.letters.letter(message)
        if letter is None:
            return False
        with smtplib.SMTP(self.host, self.port, timeout=SECONDS) as server:
            if self.starttls:
                server.starttls()
            if self.user:
                server.login(self.user, self.password)
            server.send_message(letter)
        return True
