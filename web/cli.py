"""The command line `khenthuong`.

Every command takes `--data` and `--database`; `--json` prints only JSON on standard output. Exit 0 good, 1 a finding or
something refused, 2 wrong use, 3 the data cannot be opened; one sentence on standard error says why. Files of a
release are looked at by `web.cli_tools`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from engine.canonical import time_of
from engine.commands import SYSTEM, DisableAccount, SetPassword
from engine.errors import CannotOpen, EngineError, InvalidForm, InvalidRelease, NotFound
from engine.office import accounts, seeds
from engine.office.findings import place_of
from engine.office.jobs import heads_beside
from engine.office.service import Engine
from engine.office.side_by_side import processors
from engine.office.views import Actor, MembershipView, PaperRow, PersonView
from engine.store.heads import SignedHead, read_heads
from engine.store.sealing import signed_heads
from engine.store.verify import Finding
from web import cli_bench, cli_keeping, cli_release, cli_tools, serving, texts
from web.cli_words import (
    SpokenGroup,
    WrongUse,
    cannot_use,
    language_option,
    not_there,
    usual_language,
    wrong_use,
)
from web.errors import field_sentences
from web.office import RELEASE, Place, prepare
from web.options import office_options, open_office, say
from web.texts import _

GOOD, FOUND, CANNOT = 0, 1, 3


def refuse(error: EngineError) -> int:
    """Say on standard error why something was refused; return the exit code."""
    if isinstance(error, InvalidRelease):
        for problem in error.params["problems"]:
            click.echo(cli_tools.line_of(problem), err=True)
    if isinstance(error, InvalidForm):
        click.echo(" ".join(text for found in field_sentences(error).values() for text in found), err=True)
    else:
        click.echo(not_there(error) if isinstance(error, NotFound) else texts.sentence(error), err=True)
    for other in error.also:
        refuse(other)
    return CANNOT if isinstance(error, CannotOpen) else FOUND


@click.group(cls=SpokenGroup, context_settings={"help_option_names": ["-h", "--help"]})
@language_option
def cli() -> None:
    """Award dossiers of a province: pages, API and administration."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    texts.speak(usual_language())
    try:
        found = cli.main(args=arguments, prog_name="khenthuong", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        sys.exit(FOUND)
    except click.exceptions.NoArgsIsHelpError as bare:
        click.echo(bare.ctx.get_help() if bare.ctx else "", err=True)
        sys.exit(bare.exit_code)
    except click.ClickException as wrong:
        click.echo(wrong_use(wrong), err=True)
        sys.exit(wrong.exit_code)
    except EngineError as error:
        sys.exit(refuse(error))
    except OSError as problem:
        click.echo(cannot_use(problem), err=True)
        sys.exit(CANNOT)
    sys.exit(found if isinstance(found, int) else GOOD)


# --- the office --------------------------------------------------------------------------------------------------


@cli.command()
@office_options
@click.option("--size", type=click.Choice(["small", "round"]), default="small", show_default=True)
def demo(place: Place, as_json: bool, size: str) -> None:
    """Make a demo by real commands, with accounts written to demo-accounts.json."""
    from web.demo import make_demo

    people = make_demo(place, size)
    say(people, as_json, _("Đã tạo dữ liệu trình diễn trong thư mục %(folder)s.", folder=place.data))


@cli.command()
@office_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8230, envvar="KHENTHUONG_PORT", show_default=True)
def serve(place: Place, as_json: bool, host: str, port: int) -> int:
    """Serve the pages and the API until stopped."""
    return serving.serve(place, host, port, say=lambda line: None if as_json else click.echo(line))


@cli.command()
@office_options
def worker(place: Place, as_json: bool) -> int:
    """Do the jobs of an office on PostgreSQL until stopped: timers, files of papers, messages, signed heads."""
    from web.worker import work

    return work(place, lambda line: None if as_json else click.echo(line), lambda line: click.echo(line, err=True))


@cli.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@office_options
@click.option("--release", type=click.Path(path_type=Path), default=RELEASE, help="Folder of another release to take.")
def db_upgrade(place: Place, as_json: bool, release: Path) -> None:
    """Make the database or bring it up to this version, with its master data and the release that ships."""
    engine = prepare(place, release=release)
    engine.database.close()
    say({"ok": True}, as_json, _("Dữ liệu đã sẵn sàng."))


@cli.command("rebuild")
@office_options
def rebuild(place: Place, as_json: bool) -> int:
    """Refill the derived tables and snapshots from the journal and say whether any had differed."""
    differed = open_office(place).rebuild()
    text = (
        _("Đã dựng lại; có khác biệt ở: %(tables)s.", tables=", ".join(differed))
        if differed
        else _("Đã dựng lại; không có khác biệt.")
    )
    say({"differed": differed}, as_json, text)
    return FOUND if differed else GOOD


@cli.command()
@office_options
@click.option("--code", help="A nomination alone.")
@click.option("--all", "everything", is_flag=True, help="Everything (the default).")
@click.option(
    "--heads", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Signed heads kept elsewhere."
)
@click.option("--strict", is_flag=True, help="Every nomination must have been executed again.")
def verify(place: Place, as_json: bool, code: str | None, everything: bool, heads: Path | None, strict: bool) -> int:
    """Check the journal, its signed heads, what is derived from it, and execute every nomination again."""
    if code and everything:
        raise WrongUse(_("Chỉ chọn một trong hai: --code hoặc --all."))
    engine = open_office(place)
    started = time.monotonic()
    streams = [f"nomination:{engine.nomination(AUDITOR, code).id}"] if code else None
    damaged = None
    try:
        kept = known_heads(heads) if heads else heads_beside(place.data)
    except CannotOpen:
        kept, damaged = [], Finding("heads", 0, "head_unreadable")
    try:
        report = engine.verify(streams, kept or None, processes=processors())
    except BrokenProcessPool:
        click.echo(_("Một tiến trình kiểm tra đã dừng giữa chừng nên chưa kiểm tra xong; hãy chạy lại."), err=True)
        return CANNOT
    report.first_error = report.first_error or damaged
    shape = report.to_json() | {"seconds": round(time.monotonic() - started, 3)}
    if report.first_error:
        with engine.database.read() as reader:
            text = texts.finding(place_of(reader, report.first_error))
    else:
        text = _("Nhật ký toàn vẹn: %(entries)s lần ghi khớp.", entries=report.entries)
        text += "" if streams else f"\n{sealed(engine, kept, report.entries)}"
    say(shape, as_json, text)
    if not report.ok and as_json:
        click.echo(text, err=True)
    return FOUND if not report.ok or (strict and report.not_reexecuted) else GOOD


def sealed(engine: Engine, kept: list[SignedHead], entries: int) -> str:
    """Return in one sentence how many entries signed heads hold: those kept outside, or else of the database."""
    if not kept:
        with engine.database.read() as reader:
            kept = signed_heads(reader)
    if not kept:
        return _("Chưa có mốc niêm phong nào: việc sửa cả chuỗi lần ghi một cách khớp nhau chưa thể phát hiện.")
    return _(
        "Mốc niêm phong: %(count)s, mốc cuối ký lúc %(at)s cho %(size)s lần ghi; %(rest)s lần ghi chưa niêm phong.",
        count=len(kept),
        at=texts.moment(time_of(kept[-1].at)),
        size=kept[-1].size,
        rest=entries - kept[-1].size,
    )


def known_heads(file: Path) -> list[SignedHead]:
    """Return the signed heads of a file; a wrong use if it holds none."""
    try:
        found = read_heads(file)
    except (ValueError, TypeError):
        found = []
    if not found:
        raise WrongUse(_("Tệp %(name)s không chứa mốc niêm phong đã ký.", name=file.name))
    return found


# The command line reads as an auditor does: whoever can run it on the server can read the database anyway.
AUDITOR = Actor(PersonView(SYSTEM, "", ""), SYSTEM, (MembershipView("", "", "", "KT", date.min, None),))


@cli.command("list")
@office_options
@click.argument("what", type=click.Choice(["nominations", "dossiers", "papers"]))
@click.option("--status")
def list_(place: Place, as_json: bool, what: str, status: str | None) -> None:
    """List nominations, dossiers or papers."""
    engine = open_office(place)
    read: Callable[..., Any] = {
        "nominations": engine.nominations,
        "dossiers": engine.dossiers,
        "papers": engine.papers,
    }[what]
    rows, after = [], None
    while True:
        page = read(AUDITOR, status=status, limit=200, after=after)
        rows += [row_of(row) for row in page.items]
        after = page.next
        if after is None:
            break
    kind = {"nominations": "status", "dossiers": "dossier_status", "papers": "paper_status"}[what]
    lines = [f"{r['code']:<18} {texts.word(kind, r['status']):<28} {r['unit']:<8} {r['name']}" for r in rows]
    say(rows, as_json, "\n".join(lines))


def row_of(row: Any) -> dict[str, Any]:
    return {
        "code": row.code,
        "status": row.status,
        "round": row.round,
        "unit": row.unit,
        "name": texts.paper_title(row.title, row.award, row.count) if isinstance(row, PaperRow) else name_of(row),
        "release": getattr(row, "release", None),
    }


def name_of(row: Any) -> str:
    """Return the nominee, or the unit of a dossier."""
    return str(getattr(row, "nominee", row.unit_title))


# --- accounts ----------------------------------------------------------------------------------------------------


@cli.group()
def user() -> None:
    """Accounts."""


def asked_password() -> str:
    """Return a password typed twice, or the first line of standard input where nobody types."""
    if sys.stdin.isatty():
        typed: str = click.prompt(_("Mật khẩu"), hide_input=True, confirmation_prompt=_("Nhập lại mật khẩu"))
        return typed
    return sys.stdin.readline().rstrip("\n")


@user.command("add")
@office_options
@click.argument("username")
@click.option("--name", required=True, help="Full name.")
@click.option("--position", default="", help="Position, as shown on pages.")
@click.option("--unit", required=True, help="Code of the unit.")
@click.option("--role", required=True, help="Code of the role; QT is the administrator.")
def user_add(place: Place, as_json: bool, username: str, name: str, position: str, unit: str, role: str) -> None:
    """Add a person with a role and an account; the password is asked for."""
    engine = open_office(place)
    with engine.database.read() as reader:
        commands = accounts.new_user(
            reader.connection,
            full_name=name,
            position=position or name,
            username=username,
            password=asked_password(),
            unit=unit,
            role=role,
            on=engine.today(),
            book=seeds.role_book(),
        )
    for command in commands:
        engine.execute(command)
    say({"username": username}, as_json, _("Đã thêm tài khoản %(name)s.", name=username))


def person_of(engine: Engine, username: str) -> str:
    with engine.database.read() as reader:
        found = accounts.account_named(reader.connection, username)
    if found is None:
        raise NotFound(kind="account", id=username)
    return found.person


@user.command("disable")
@office_options
@click.argument("username")
def user_disable(place: Place, as_json: bool, username: str) -> None:
    """Close an account; its sessions end at once."""
    engine = open_office(place)
    engine.disable_account(DisableAccount(command_id=str(uuid4()), actor=SYSTEM, person=person_of(engine, username)))
    say({"username": username}, as_json, _("Đã khóa tài khoản %(name)s.", name=username))


@user.command("passwd")
@office_options
@click.argument("username")
def user_passwd(place: Place, as_json: bool, username: str) -> None:
    """Set a new password; all sessions of the account end."""
    engine = open_office(place)
    person = person_of(engine, username)
    engine.set_password(SetPassword(command_id=str(uuid4()), actor=SYSTEM, person=person, password=asked_password()))
    say({"username": username}, as_json, _("Đã đổi mật khẩu của tài khoản %(name)s.", name=username))


@user.command("list")
@office_options
def user_list(place: Place, as_json: bool) -> None:
    """List the accounts."""
    engine = open_office(place)
    with engine.database.read() as reader:
        users = accounts.list_users(reader.connection, engine.today())
    rows = [
        {
            "username": each.username,
            "name": each.full_name,
            "disabled": each.disabled,
            "demo": each.demo,
            "roles": [f"{m.role}:{m.unit}" for m in each.memberships],
            "last_login_at": each.last_login_at,
        }
        for each in users
    ]
    say(rows, as_json, "\n".join(f"{r['username']:<20} {','.join(r['roles']):<24} {r['name']}" for r in rows))


@cli.command()
@office_options
@click.option("--user", "username", required=True)
def token(place: Place, as_json: bool, username: str) -> None:
    """Print a new token for the API; it is shown once."""
    issued = open_office(place).issue_token(username)
    say({"token": issued}, as_json, issued)


for tool in (*cli_tools.COMMANDS, *cli_keeping.COMMANDS):
    cli.add_command(tool)
cli.add_command(cli_release.release)
cli.add_command(cli_bench.bench)
