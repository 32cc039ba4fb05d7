"""Accounts: opening and closing them, logging in, sessions of browsers and tokens of programs.

The first part turns commands into facts; it is pure. The rest works on the operational tables, which are no part of
the proof: only the SHA-256 of a token is stored, a session ends after 30 idle minutes or 10 hours, and whoever tries
too often waits longer each time. Every read asks the account again, so a disabled one is out at the next request.

Logging in takes two transactions, because comparing a password takes long and no lock may be held meanwhile: `admit`
counts the try, `authenticate` compares, then `open_session` and the fact LoggedIn are written together.
"""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from sqlalchemy import (
    Column,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    text,
    update,
)

from engine.canonical import time_of, time_text
from engine.commands import SYSTEM, AddMembership, AddPerson, Command, DisableAccount, OpenAccount, SetPassword
from engine.errors import CannotOpen, DirectoryError, EngineError, LoginFailed, TooManyTries
from engine.facts import AccountDisabled, AccountOpened, Fact, PasswordSet
from engine.office import directory, passwords
from engine.office.passwords import Passwords
from engine.office.views import MembershipView
from engine.store.statements import Statement
from engine.store.tables import account, api_token, credential, person, rate_limit, session_token

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
NOTED_EVERY = timedelta(minutes=1)  # `seen_at` is not written at each request
API_TOKEN_LIFE = timedelta(days=365)

FREE_TRIES = {"account": 5, "address": 20}
LONGEST_WAIT = {"account": timedelta(minutes=1), "address": timedelta(minutes=15)}
FORGOTTEN_AFTER = timedelta(hours=1)  # since the last try


_COUNT_TRY = text(
    "INSERT INTO rate_limit (subject, tries, since) VALUES (:subject, 1, :now) ON CONFLICT (subject) DO UPDATE SET "
    "since = :now, tries = CASE WHEN rate_limit.since < :forgotten THEN 1 ELSE rate_limit.tries + 1 END"
)


@dataclass(frozen=True)
class Account:
    person: str
    username: str
    demo: bool
    disabled: bool


@dataclass(frozen=True)
class UserRow:
    """One line of `khenthuong user list`."""

    username: str
    person: str
    full_name: str
    position: str
    demo: bool
    disabled: bool
    last_login_at: datetime | None
    memberships: tuple[MembershipView, ...]


# --- commands into facts -----------------------------------------------------------------------------------------


def clean_username(username: str) -> str:
    """Return the name as it is kept: lower case.

    Raises:
        DirectoryError: why is username_malformed: 3 to 40 of a-z, 0-9, dot, dash and underscore.
    """
    name = username.strip().lower()
    if not USERNAME.fullmatch(name):
        raise DirectoryError(why="username_malformed")
    return name


def account_data(command: OpenAccount) -> dict[str, Any]:
    """Return what `form_data` keeps of an account, so that the journal names it by salted hash alone."""
    return {"username": clean_username(command.username)}


def open_account(
    command: OpenAccount, *, person_exists: bool, of_person: Account | None, of_name: Account | None, account_data: str
) -> list[Fact]:
    """Open the account of a person. The caller keeps the password with `keep_password` in the same transaction.

    Args:
        of_person: the account the person has already.
        of_name: the account that has this user name already.
        account_data: the salted hash under which `account_data` was filed.

    Raises:
        DirectoryError: why is unknown_person, account_exists or username_taken.
        InvalidForm: the password is refused.
    """
    if not person_exists:
        raise DirectoryError(why="unknown_person", person=command.person)
    if of_person is not None:
        raise DirectoryError(why="account_exists", person=command.person)
    if of_name is not None:
        raise DirectoryError(why="username_taken")
    passwords.check(command.password, command.username)
    return [
        AccountOpened(person=command.person, account_data=account_data, demo=command.demo),
        PasswordSet(person=command.person),
    ]


def set_password(command: SetPassword, of_person: Account | None) -> list[Fact]:
    """Replace a password. The caller keeps it with `keep_password`, which ends all sessions of the person.

    Raises:
        DirectoryError: why is no_account or account_disabled.
        InvalidForm: the password is refused.
    """
    found = _enabled(of_person, command.person)
    passwords.check(command.password, found.username)
    return [PasswordSet(person=command.person)]


def disable_account(command: DisableAccount, of_person: Account | None) -> list[Fact]:
    """Close an account. The caller ends its sessions with `end_all` in the same transaction.

    Raises:
        DirectoryError: why is no_account or account_disabled.
    """
    return [AccountDisabled(person=_enabled(of_person, command.person).person)]


def _enabled(found: Account | None, person: str) -> Account:
    if found is None:
        raise DirectoryError(why="no_account", person=person)
    if found.disabled:
        raise DirectoryError(why="account_disabled", person=person)
    return found


# --- readers -----------------------------------------------------------------------------------------------------


def account_of(reader: Connection, person: str) -> Account | None:
    return _account(reader.execute(select(account).where(account.c.person == person)).first())


def account_named(reader: Connection, username: str) -> Account | None:
    name = username.strip().lower()
    if not USERNAME.fullmatch(name):  # anything may be typed; not all of it is text a database takes
        return None
    return _account(reader.execute(select(account).where(account.c.username == name)).first())


def _account(row: Row[Any] | None) -> Account | None:
    return row and Account(row.person, row.username, bool(row.demo), bool(row.disabled))


def list_users(reader: Connection, on: date) -> tuple[UserRow, ...]:
    """Return all accounts by user name, with the roles held on a day."""
    rows = reader.execute(
        select(account, person.c.full_name, person.c.position)
        .join(person, person.c.id == account.c.person)
        .order_by(account.c.username)
    ).all()
    return tuple(
        UserRow(
            username=row.username,
            person=row.person,
            full_name=row.full_name,
            position=row.position,
            demo=bool(row.demo),
            disabled=bool(row.disabled),
            last_login_at=time_of(row.last_login_at) if row.last_login_at else None,
            memberships=directory.memberships_of(reader, row.person, on),
        )
        for row in rows
    )


def refuse_demo_accounts(reader: Connection) -> None:
    """Stop the start of an office whose data holds accounts of the demo.

    Raises:
        CannotOpen: why is no_demo_here.
    """
    demo = select(account.c.person).where(account.c.demo == 1, account.c.disabled == 0).limit(1)
    if reader.execute(demo).first() is not None:
        raise CannotOpen(why="no_demo_here")


def new_user(
    reader: Connection,
    *,
    full_name: str,
    position: str,
    username: str,
    password: str,
    unit: str,
    role: str,
    on: date,
    book: directory.RoleBook,
    demo: bool = False,
    by: str = SYSTEM,
    seed: str | None = None,
) -> list[Command]:
    """Return the commands of `khenthuong user add`: person, membership from a day on, account.

    Args:
        by: who adds the user.
        seed: a command id that those of the three commands follow from, so that the same request adds one user once.

    Everything is checked first, so that no half of a user remains. The first administrator is added like this, with
    the role QT: there is no default account and no default password.

    Raises:
        DirectoryError, InvalidForm: as the three commands do; the first that is wrong, with all others in `also`.
    """
    seed = seed or str(uuid4())
    someone, *ids = (str(uuid5(NAMESPACE_OID, f"{seed}:{part}")) for part in ("person", "enters", "joins", "opens"))
    enters, joins, opens = (
        AddPerson(command_id=ids[0], actor=by, person=someone, full_name=full_name, position=position),
        AddMembership(command_id=ids[1], actor=by, person=someone, unit=unit, role=role, valid_from=on),
        OpenAccount(command_id=ids[2], actor=by, person=someone, username=username, password=password, demo=demo),
    )

    def names_an_account() -> None:
        taken = account_named(reader, clean_username(username))
        if taken and taken.person != someone:  # else it is the same request once more
            raise DirectoryError(why="username_taken")

    _check_all(
        lambda: directory.personal_data(enters),
        lambda: directory.add_membership(joins, directory.all_units(reader), book, (), person_exists=True),
        lambda: directory.check_role(role, book),
        names_an_account,
        lambda: passwords.check(password, username),
    )
    return [enters, joins, opens]


def _check_all(*checks: Callable[[], object]) -> None:
    """Make every check, and refuse with all that is wrong at once, each thing once."""
    wrong: dict[str, EngineError] = {}
    for check in checks:
        try:
            check()
        except EngineError as error:
            wrong.setdefault(str(error), error)
    if wrong:
        first, *rest = wrong.values()
        first.also = tuple(rest)
        raise first


# --- passwords and tries -----------------------------------------------------------------------------------------


def keep_password(tx: Connection, person: str, hashed: str) -> None:
    """Store the hash of a new password and end all sessions and tokens of the person."""
    tx.execute(delete(credential).where(credential.c.person == person))
    tx.execute(insert(credential).values(person=person, password_hash=hashed))
    end_all(tx, person)


def admit(tx: Connection, username: str, address: str, now: datetime) -> None:
    """Count one try to log in, per user name and per network address, known or not.

    After 5 tries (20 of an address) each further one waits twice as long as the one before, up to a minute (a quarter
    of an hour). An hour without a try forgets them. Commit this before the password is compared: tries that run at
    the same time must not slip past the count.

    Raises:
        TooManyTries: with the seconds to wait; such a try isn't counted.
    """
    subjects = {_subject(kind, name): kind for kind, name in (("account", username), ("address", address))}
    forgotten = time_text(now - FORGOTTEN_AFTER)
    ahead = time_text(now + max(LONGEST_WAIT.values()))  # later than that: the clock was ahead, nobody waits for it
    found = select(rate_limit).where(rate_limit.c.subject.in_(subjects), rate_limit.c.since.between(forgotten, ahead))
    for row in tx.execute(found.order_by(rate_limit.c.subject).with_for_update()):
        _check_wait(subjects[row.subject], row, now)
    for subject in sorted(subjects):
        tx.execute(_COUNT_TRY, {"subject": subject, "now": time_text(now), "forgotten": forgotten})


def _check_wait(kind: str, row: Row[Any], now: datetime) -> None:
    over = row.tries - FREE_TRIES[kind]
    if over < 0:
        return
    wait = min(timedelta(seconds=2 ** min(over, 20)), LONGEST_WAIT[kind])
    seconds = math.ceil((time_of(row.since) + wait - now).total_seconds())
    if seconds > 0:
        raise TooManyTries(seconds=seconds)


def forgive(tx: Connection, username: str, address: str) -> None:
    """Take back the try of a log-in that went well; many officials may share one address."""
    tx.execute(delete(rate_limit).where(rate_limit.c.subject == _subject("account", username)))
    shared = update(rate_limit).where(rate_limit.c.subject == _subject("address", address), rate_limit.c.tries > 0)
    tx.execute(shared.values(tries=rate_limit.c.tries - 1))


def _subject(kind: str, name: str) -> str:
    return sha256(f"{kind}:{name.strip().lower()}".encode(errors="replace")).hexdigest()


def authenticate(reader: Connection, keeper: Passwords, username: str, password: str) -> Account:
    """Return the account the user name and the password belong to.

    Unknown names, disabled accounts and wrong passwords get one answer after about the same time.

    Raises:
        LoginFailed: the name and the password do not belong together.
    """
    found = account_named(reader, username)
    kept = None
    if found is not None and not found.disabled:
        query = select(credential.c.password_hash).where(credential.c.person == found.person)
        kept = reader.execute(query).scalar()
    if not keeper.matches(kept, password) or found is None:
        raise LoginFailed()
    return found


# --- sessions and tokens -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Session:
    """Whose session it is. `note`: `note_seen` is due, so that most requests write nothing."""

    person: str
    note: bool


def open_session(tx: Connection, person: str, now: datetime) -> str:
    """Begin a session and return its token, which is stored nowhere. What has run out is cleared away meanwhile."""
    tx.execute(delete(session_token).where(session_token.c.expires_at <= time_text(now)))
    tx.execute(delete(rate_limit).where(rate_limit.c.since < time_text(now - FORGOTTEN_AFTER)))
    token = secrets.token_urlsafe(32)
    row = {"token_hash": _digest(token), "person": person, "csrf": secrets.token_urlsafe(32)}
    at = {"created_at": time_text(now), "seen_at": time_text(now), "expires_at": time_text(now + ABSOLUTE)}
    tx.execute(insert(session_token).values(**row, **at))
    return token


def session_of(reader: Connection, token: str, now: datetime) -> Session | None:
    """Return the living session of a token, None if it ended or the account was disabled."""
    times = {"now": time_text(now), "since": time_text(now - IDLE)}
    found = _SESSION(reader, token_hash=_digest(token), **times).first()
    return Session(found.person, note=time_of(found.seen_at) <= now - NOTED_EVERY) if found else None


def note_seen(tx: Connection, token: str, now: datetime) -> None:
    """Begin the idle time of a living session anew."""
    t = session_token.c
    living = (t.token_hash == _digest(token), t.seen_at > time_text(now - IDLE), t.expires_at > time_text(now))
    tx.execute(update(session_token).where(*living).values(seen_at=time_text(now)))


def end_session(tx: Connection, token: str) -> None:
    tx.execute(delete(session_token).where(session_token.c.token_hash == _digest(token)))


def end_all(tx: Connection, person: str) -> None:
    """End every session and every token of a person."""
    for table in (session_token, api_token):
        tx.execute(delete(table).where(table.c.person == person))


def issue_token(tx: Connection, person: str, now: datetime, life: timedelta = API_TOKEN_LIFE) -> str:
    """Return a new token for programs that act as this person; it is shown once and stored nowhere."""
    token = secrets.token_urlsafe(32)
    at = {"created_at": time_text(now), "expires_at": time_text(now + life)}
    tx.execute(insert(api_token).values(token_hash=_digest(token), person=person, **at))
    return token


def token_person(reader: Connection, token: str, now: datetime) -> str | None:
    """Return whose token it is, None if it ended or the account was disabled."""
    person: str | None = _TOKEN(reader, token_hash=_digest(token), now=time_text(now)).scalar()
    return person


def _living(table: Table, *columns: Column[str]) -> Select[Any]:
    return (
        select(table.c.person, *columns)
        .join(account, account.c.person == table.c.person)
        .where(
            table.c.token_hash == bindparam("token_hash"),
            table.c.expires_at > bindparam("now"),
            account.c.disabled == literal_column("0"),
        )
    )


# Every request asks one of them.
_SESSION = Statement(
    _living(session_token, session_token.c.seen_at).where(session_token.c.seen_at > bindparam("since"))
)
_TOKEN = Statement(_living(api_token))


def _digest(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()
