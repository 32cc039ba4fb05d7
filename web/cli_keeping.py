"""Commands of `khenthuong` that keep an office safe: backup and restore, and erase, which makes it forget."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import click

from engine.commands import SYSTEM, EraseNominee, ErasePerson
from engine.errors import CannotOpen, NotFound
from engine.office import accounts
from engine.office.jobs import heads_beside
from engine.store.backup import back_up
from engine.store.backup import restore as go_back
from web.cli_words import Spoken, SpokenGroup
from web.office import Place
from web.options import office_options, open_office, say
from web.texts import _


@click.group(cls=SpokenGroup)
def erase() -> None:
    """Erase personal data; the journal and its proof stay as they are. It cannot be undone.

    Backups made before still hold what was erased: let them go, or erase again after restoring one.
    """


reason = click.option("--reason", required=True, help="Why, without any name; it is kept.")


@erase.command("nomination")
@office_options
@click.argument("code")
@reason
@click.option("--order", help="Number of the paper that orders it; what was awarded is archived without one.")
def erase_nomination(place: Place, as_json: bool, code: str, reason: str, order: str | None) -> None:
    """Erase what was filed about the nominee of a nomination that has ended."""
    command = EraseNominee(command_id=str(uuid4()), actor=SYSTEM, nomination=code, reason=reason, order=order)
    answer = open_office(place).erase_nominee(command)
    text = _("Đã xóa %(count)s mục dữ liệu của trường hợp %(code)s.", count=answer["erased"], code=code)
    if answer["kept"]:
        text += " " + _("Tên còn trong văn bản đã phát hành: %(papers)s.", papers=", ".join(answer["kept"]))
    say(answer, as_json, text)


@erase.command("person")
@office_options
@click.argument("username")
@reason
def erase_person(place: Place, as_json: bool, username: str, reason: str) -> None:
    """Erase the name of a person who works here no more. Of what they did a number remains."""
    engine = open_office(place)
    with engine.database.read() as reader:
        found = accounts.account_named(reader.connection, username)
    if found is None:
        raise NotFound(kind="account", id=username)
    answer = engine.erase_person(ErasePerson(command_id=str(uuid4()), actor=SYSTEM, person=found.person, reason=reason))
    say(answer, as_json, _("Đã xóa tên của tài khoản %(name)s.", name=username))


# --- copies ------------------------------------------------------------------------------------------------------


@click.command(cls=Spoken)
@office_options
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(place: Place, as_json: bool, file: Path) -> None:
    """Write a copy of the database to FILE, which must not be there yet; the office may go on meanwhile.

    Keep the folder keys/ and the file heads.jsonl elsewhere as well: they are not in the copy.
    """
    database = open_office(place).database
    refuse_unwritable(file)
    back_up(database, file)
    text = _("Đã sao lưu vào %(file)s.", file=file)
    say({"file": str(file), "bytes": file.stat().st_size}, as_json, text)


def refuse_unwritable(file: Path) -> None:
    """Raise OSError where no new file can be made, before any work is done for it."""
    file.open("xb").close()
    file.unlink()


def is_copy(file: Path) -> bool:
    """Whether a file begins as a copy of SQLite or of PostgreSQL does."""
    with file.open("rb") as copy:
        return copy.read(16).startswith((b"SQLite format 3\0", b"PGDMP"))


@click.command(cls=Spoken)
@office_options
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(place: Place, as_json: bool, file: Path) -> None:
    """Put the copy in FILE in the place of the database, unless it would lose what was sealed by a signed head.

    The database that is there is kept beside it. On PostgreSQL it must be empty. All log-ins end.
    """
    heads_beside(place.data)
    try:
        aside = go_back(place.data, None if place.on_sqlite else place.database, file, datetime.now(UTC))
    except CannotOpen as refused:
        if refused.params["why"] == "damaged" or not is_copy(file):
            raise CannotOpen(why="bad_copy") from None
        raise
    text = _("Đã phục hồi từ %(file)s.", file=file)
    if aside:
        text += " " + _("Dữ liệu trước đó được giữ ở %(aside)s.", aside=aside)
    say({"file": str(file), "kept": str(aside) if aside else None}, as_json, text)


COMMANDS = (erase, backup, restore)
