from datetime import UTC, date, datetime, timedelta

import pytest
from argon2 import extract_parameters
from sqlalchemy import select

from engine.commands import SYSTEM, AddMembership, AddPerson, DisableAccount, OpenAccount, SetPassword
from engine.errors import CannotOpen, DirectoryError, InvalidForm, LoginFailed, TooManyTries
from engine.facts import LoggedIn
from engine.office import accounts, passwords, seeds
from engine.office.passwords import FOR_DEMO, Passwords
from engine.store.tables import api_token, credential, rate_limit, session_token

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
QUICK = Passwords(memory_kib=8, rounds=1, lanes=1)
PASSWORD = "con trâu đi cày ruộng"
PERSON = "0b9f7f7e-6a8e-4a41-9a53-1f3f0c1f4a55"
ACCOUNT = accounts.Account(PERSON, "nguyen.hoa", demo=False, disabled=False)
DISABLED = accounts.Account(PERSON, "nguyen.hoa", demo=False, disabled=True)


def an_opening(**values):
    given = {"person": PERSON, "username": "nguyen.hoa", "password": PASSWORD}
    return OpenAccount(command_id="c", actor=SYSTEM, **(given | values))


def open_account(command, **known):
    given = {"person_exists": True, "of_person": None, "of_name": None, "account_data": "hash"}
    return accounts.open_account(command, **(given | known))


# --- passwords ---


@pytest.mark.parametrize(
    "password",
    [
        "matkhau123456",
        "Mật khẩu 2026!",
        "TuyenQuang@2025",
        "Khenthuong#2026!",
        "P@ssw0rd123456",
        "Pa55w0rd!!!!!!",
        "Qwertyuiop123!",
        "quản trị viên 01",
        "aaaaaaaaaaaaaa",
        "123456789012",
        "Nguyen.Hoa-1990",
    ],
)
def test_a_password_of_common_words_the_user_name_and_digits_is_refused(password):
    with pytest.raises(InvalidForm) as refusal:
        passwords.check(password, "nguyen.hoa")

    assert refusal.value.fields == {"password": [("password_common", {})]}


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery staple",
        "mèo vàng ngủ 3 ngày",
        "8f3a9c1d7e2b",
        "73915 28460 11947",
        "x" * 4 + PASSWORD * 11,
    ],
)
def test_no_kind_of_character_is_demanded_of_a_password(password):
    passwords.check(password, "nguyen.hoa")


@pytest.mark.parametrize(
    ("password", "code", "params"),
    [
        ("", "password_too_short", {"min": 12}),
        ("trâu cày xa", "password_too_short", {"min": 12}),
        ("trâu cày " * 30, "password_too_long", {"max": 256}),
    ],
)
def test_a_password_of_the_wrong_length_is_refused_with_the_bound(password, code, params):
    with pytest.raises(InvalidForm) as refusal:
        passwords.check(password, "nguyen.hoa")

    assert refusal.value.fields == {"password": [(code, params)]}


def test_a_password_is_the_same_however_its_marks_were_typed():
    decomposed = "con tra\u0302u đi ca\u0300y ruo\u0323\u0302ng"

    assert QUICK.matches(QUICK.hash(PASSWORD), decomposed)
    assert not QUICK.matches(QUICK.hash(PASSWORD), PASSWORD + " ")


def test_passwords_are_kept_by_argon2id_at_the_stated_cost():
    assert FOR_DEMO.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (Passwords().memory_kib, Passwords().rounds) == (64 * 1024, 3)


def test_a_password_kept_under_other_parameters_is_still_good():
    assert FOR_DEMO.matches(QUICK.hash(PASSWORD), PASSWORD)


def test_where_nothing_is_kept_a_whole_comparison_is_made_all_the_same(monkeypatch):
    compared = []
    monkeypatch.setattr(type(QUICK._hasher), "verify", lambda _self, kept, _password: compared.append(kept) or False)

    assert not QUICK.matches(None, PASSWORD)
    assert compared == [QUICK._nobodys]
    assert extract_parameters(QUICK._nobodys) == extract_parameters(QUICK.hash(PASSWORD))


# --- commands into facts ---


def test_opening_an_account_tells_the_journal_neither_name_nor_password():
    facts = [fact.to_json() for fact in open_account(an_opening())]

    assert facts == [
        {"fact": "AccountOpened", "person": PERSON, "account_data": "hash", "demo": False},
        {"fact": "PasswordSet", "person": PERSON},
    ]
    assert accounts.account_data(an_opening(username=" Nguyen.Hoa ")) == {"username": "nguyen.hoa"}
    assert PASSWORD not in repr(an_opening())


@pytest.mark.parametrize("username", ["", "ab", "hoa nguyễn", "-hoa", "x" * 41, "hoa@xa"])
def test_a_user_name_has_plain_letters_digits_and_few_signs(username):
    with pytest.raises(DirectoryError) as refusal:
        accounts.account_data(an_opening(username=username))

    assert refusal.value.params["why"] == "username_malformed"


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"person_exists": False}, "unknown_person"),
        ({"of_person": ACCOUNT}, "account_exists"),
        ({"of_person": DISABLED}, "account_exists"),
        ({"of_name": ACCOUNT}, "username_taken"),
    ],
)
def test_a_person_has_one_account_and_a_name_one_person(known, reason):
    with pytest.raises(DirectoryError) as refusal:
        open_account(an_opening(), **known)

    assert refusal.value.params["why"] == reason


def test_a_weak_password_is_refused_at_opening_and_at_change():
    with pytest.raises(InvalidForm):
        open_account(an_opening(password="nguyenhoa2026"))
    with pytest.raises(InvalidForm):
        accounts.set_password(SetPassword(command_id="c", actor=PERSON, person=PERSON, password="ngắn"), ACCOUNT)


@pytest.mark.parametrize(("found", "reason"), [(None, "no_account"), (DISABLED, "account_disabled")])
def test_what_is_closed_or_never_was_is_not_changed(found, reason):
    for change in (
        lambda: accounts.disable_account(DisableAccount(command_id="c", actor=SYSTEM, person=PERSON), found),
        lambda: accounts.set_password(
            SetPassword(command_id="c", actor=SYSTEM, person=PERSON, password=PASSWORD), found
        ),
    ):
        with pytest.raises(DirectoryError) as refusal:
            change()
        assert refusal.value.params["why"] == reason


# --- logging in ---


@pytest.fixture
def hoa(someone):
    return someone(username="hoa")


def try_to_log_in(office, username="hoa", password=PASSWORD, address="10.0.0.1", now=NOW):
    with office.write() as tx:
        accounts.admit(tx.connection, username, address, now)
    with office.read() as reader:
        return accounts.authenticate(reader.connection, QUICK, username, password).person


def fail(office, times, **values):
    for _ in range(times):
        with pytest.raises(LoginFailed):
            try_to_log_in(office, **({"password": "sai mật khẩu rồi"} | values))


def test_the_right_password_logs_in_whatever_the_case_of_the_name(office, hoa):
    assert try_to_log_in(office) == hoa
    assert try_to_log_in(office, username=" HOA ") == hoa


def test_a_wrong_password_an_unknown_name_and_a_disabled_account_get_one_answer(office, hoa, someone, decide):
    gone = someone("Lê Nam", username="nam")
    close = DisableAccount(command_id="d", actor=SYSTEM, person=gone)
    decide(f"person:{gone}", lambda r: accounts.disable_account(close, accounts.account_of(r, gone)))

    answers = []
    for username, password in (
        ("hoa", "sai mật khẩu rồi"),
        ("ai đó", PASSWORD),
        ("nam", PASSWORD),
        ("", ""),
        ("\ud800", "\ud800" * 12),
    ):
        with pytest.raises(LoginFailed) as refusal:
            try_to_log_in(office, username=username, password=password, address=username)
        answers.append((refusal.value.code, refusal.value.params))

    assert answers == [("login_failed", {})] * 5


def test_after_five_tries_on_an_account_each_further_one_waits_longer(office, hoa):
    fail(office, 5)

    waits, now = [], NOW
    for _ in range(8):
        with pytest.raises(TooManyTries) as refusal:
            try_to_log_in(office, now=now, address="10.9.9.9")
        waits.append(refusal.value.params["seconds"])
        now += timedelta(seconds=waits[-1])
        fail(office, 1, now=now)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_name_nobody_has_is_slowed_down_like_any_other(office):
    fail(office, 5, username="ai-do")

    with pytest.raises(TooManyTries):
        try_to_log_in(office, username="ai-do")


def test_an_address_that_tries_many_names_is_slowed_down(office):
    for n in range(20):
        fail(office, 1, username=f"name{n}")

    with pytest.raises(TooManyTries):
        try_to_log_in(office, username="another")
    fail(office, 1, username="another", address="10.0.0.2")


def test_an_hour_without_a_try_forgets_the_earlier_ones(office, hoa):
    fail(office, 5)

    assert try_to_log_in(office, now=NOW + timedelta(hours=1, seconds=1)) == hoa
    with office.read() as reader:
        assert {row.tries for row in reader.execute(select(rate_limit))} == {1}


def test_a_clock_that_was_a_day_ahead_keeps_nobody_out_for_that_day(office, hoa):
    fail(office, 5, now=NOW + timedelta(days=1))

    fail(office, 1, now=NOW)
    with pytest.raises(TooManyTries) as refusal:
        try_to_log_in(office, now=NOW)
    assert refusal.value.params["seconds"] <= 60
    assert try_to_log_in(office, now=NOW + timedelta(minutes=1)) == hoa


def test_officials_who_share_an_address_do_not_slow_each_other_down(office, hoa):
    for _ in range(50):
        assert try_to_log_in(office) == hoa
        with office.write() as tx:
            accounts.forgive(tx.connection, "hoa", "10.0.0.1")

    with office.read() as reader:
        assert [row.tries for row in reader.execute(select(rate_limit))] == [0]


def test_names_and_addresses_are_not_readable_in_the_table_of_tries(office, hoa):
    fail(office, 1)

    with office.read() as reader:
        assert all(len(row.subject) == 64 for row in reader.execute(select(rate_limit)))


# --- sessions and tokens ---


@pytest.fixture
def session(office, hoa):
    with office.write() as tx:
        return accounts.open_session(tx.connection, hoa, NOW)


def person_of(office, token, now):
    with office.read() as reader:
        found = accounts.session_of(reader.connection, token, now)
        return found.person if found else None


def test_a_session_is_known_by_a_token_that_is_not_stored(office, hoa, session):
    assert person_of(office, session, NOW) == hoa
    assert person_of(office, session[:-1], NOW) is None
    assert person_of(office, "\ud800", NOW) is None
    with office.read() as reader:
        [row] = reader.execute(select(session_token))
    assert session not in row
    assert len(session) >= 43


def test_a_session_ends_after_thirty_idle_minutes(office, hoa, session):
    assert person_of(office, session, NOW + timedelta(minutes=29)) == hoa
    assert person_of(office, session, NOW + timedelta(minutes=30)) is None


def test_a_session_in_use_lives_on_but_not_beyond_ten_hours(office, hoa, session):
    now = NOW
    while now < NOW + timedelta(hours=9, minutes=45):
        now += timedelta(minutes=15)
        with office.write() as tx:
            accounts.note_seen(tx.connection, session, now)
        assert person_of(office, session, now) == hoa

    assert person_of(office, session, NOW + timedelta(hours=10)) is None


def test_a_session_that_ended_is_not_revived(office, session):
    late = NOW + timedelta(minutes=31)
    with office.write() as tx:
        accounts.note_seen(tx.connection, session, late)

    assert person_of(office, session, late) is None


def test_most_requests_write_nothing(office, session):
    with office.read() as reader:
        notes = [
            accounts.session_of(reader.connection, session, NOW + timedelta(seconds=seconds)) for seconds in (59, 60)
        ]
    assert [found.note for found in notes if found] == [False, True]


def test_logging_out_ends_one_session_alone(office, hoa, session):
    with office.write() as tx:
        other = accounts.open_session(tx.connection, hoa, NOW)
        accounts.end_session(tx.connection, session)

    assert person_of(office, session, NOW) is None
    assert person_of(office, other, NOW) == hoa


def test_a_disabled_account_is_out_at_the_next_request(office, hoa, session, decide):
    with office.write() as tx:
        token = accounts.issue_token(tx.connection, hoa, NOW)
    close = DisableAccount(command_id="d", actor=SYSTEM, person=hoa)
    decide(f"person:{hoa}", lambda r: accounts.disable_account(close, accounts.account_of(r, hoa)))

    assert person_of(office, session, NOW) is None
    with office.read() as reader:
        assert accounts.token_person(reader.connection, token, NOW) is None


def test_a_new_password_ends_every_session_and_token_and_the_old_one_is_worth_nothing(office, hoa, session):
    with office.write() as tx:
        accounts.issue_token(tx.connection, hoa, NOW)
        accounts.keep_password(tx.connection, hoa, QUICK.hash("sáng nay trời đẹp quá"))

    assert person_of(office, session, NOW) is None
    with office.read() as reader:
        assert reader.execute(select(api_token)).first() is None
        assert len(reader.execute(select(credential)).all()) == 1
    fail(office, 1, password=PASSWORD)
    assert try_to_log_in(office, password="sáng nay trời đẹp quá") == hoa


def test_sessions_and_tries_that_are_over_are_cleared_away_when_a_session_begins(office, hoa, session):
    fail(office, 1)
    with office.write() as tx:
        accounts.open_session(tx.connection, hoa, NOW + timedelta(hours=10))

    with office.read() as reader:
        assert len(reader.execute(select(session_token)).all()) == 1
        assert reader.execute(select(rate_limit)).first() is None


def test_a_token_of_a_program_lives_a_year(office, hoa):
    with office.write() as tx:
        token = accounts.issue_token(tx.connection, hoa, NOW)

    with office.read() as reader:
        assert accounts.token_person(reader.connection, token, NOW + timedelta(days=364)) == hoa
        assert accounts.token_person(reader.connection, token, NOW + timedelta(days=365)) is None
        assert accounts.session_of(reader.connection, token, NOW) is None


# --- users ---


def test_the_list_of_users_shows_roles_and_the_last_log_in_but_no_secret(office, hoa, someone, decide):
    someone("Lê Nam", role="TT_DV", username="nam")
    decide(f"person:{hoa}", lambda _reader: [LoggedIn(person=hoa)])

    with office.read() as reader:
        first, second = accounts.list_users(reader.connection, TODAY)

    assert (first.username, first.full_name, first.last_login_at) == ("hoa", "Nguyễn Thị Hoa", NOW)
    assert (second.username, second.last_login_at) == ("nam", None)
    assert [m.role for m in second.memberships] == ["TT_DV"]


def test_an_office_does_not_start_on_accounts_of_the_demo(office, someone):
    with office.read() as reader:
        accounts.refuse_demo_accounts(reader.connection)
    someone(username="demo", demo=True)

    with office.read() as reader, pytest.raises(CannotOpen) as refusal:
        accounts.refuse_demo_accounts(reader.connection)

    assert refusal.value.params == {"why": "no_demo_here"}


def a_user(office, **values):
    given = {
        "full_name": "Trần Văn Quản",
        "position": "Chuyên viên",
        "username": "tran.quan",
        "password": PASSWORD,
        "unit": "SNV",
        "role": "QT",
        "on": TODAY,
        "book": seeds.role_book(),
    }
    with office.read() as reader:
        return accounts.new_user(reader.connection, **(given | values))


def test_the_first_administrator_is_a_person_a_role_and_an_account(office):
    enters, joins, opens = a_user(office)

    assert isinstance(enters, AddPerson)
    assert isinstance(joins, AddMembership)
    assert isinstance(opens, OpenAccount)
    assert enters.person == joins.person == opens.person
    assert (joins.unit, joins.role, joins.valid_from) == ("SNV", "QT", TODAY)
    assert not opens.demo
    assert len({c.command_id for c in (enters, joins, opens)}) == 3


@pytest.mark.parametrize(
    "values",
    [
        {"full_name": " "},
        {"username": "trần quân"},
        {"username": "hoa"},
        {"password": "ngắn quá"},
        {"unit": "NOWHERE"},
        {"role": "TTG"},
        {"role": "QT", "unit": "X2545"},
    ],
)
def test_a_user_who_would_be_refused_anywhere_is_refused_before_anything_is_written(office, hoa, values):
    with pytest.raises((DirectoryError, InvalidForm)):
        a_user(office, **values)


def test_ids_of_new_users_are_random(office):
    assert a_user(office)[0].person != a_user(office)[0].person
