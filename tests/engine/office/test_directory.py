from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands import SYSTEM, AddMembership, AddPerson, AddUnit, DisableAccount, EndMembership, EndUnit, SetDay
from engine.errors import DirectoryError, NotFound
from engine.office import accounts, directory, seeds
from engine.office.directory import Membership, Unit

BOOK = seeds.role_book()
START = date(2025, 7, 1)
TODAY = date(2026, 11, 23)
UNITS = {
    unit.id: unit
    for unit in (
        Unit("UBND", "Ủy ban nhân dân tỉnh", "tinh", date(2022, 1, 1)),
        Unit("SNV", "Sở Nội vụ", "so", date(2022, 1, 1)),
        Unit("STC", "Sở Tài chính", "so", date(2022, 1, 1)),
        Unit("H-SON-DUONG", "Huyện Sơn Dương", "huyen", date(2022, 1, 1), date(2025, 6, 30)),
        Unit("X2545", "Xã Tân Trào", "xa", START),
    )
}
PERSON = "0b9f7f7e-6a8e-4a41-9a53-1f3f0c1f4a55"


def a_unit(**values):
    given = {"unit": "X9999", "title": "Xã Mới", "kind": "xa", "valid_from": START}
    return AddUnit(command_id="c", actor=SYSTEM, **(given | values))


def a_membership(**values):
    given = {"person": PERSON, "unit": "X2545", "role": "CB_TDKT_DV", "valid_from": START}
    return AddMembership(command_id="c", actor=SYSTEM, **(given | values))


def join(command, held=()):
    return directory.add_membership(command, UNITS, BOOK, held, person_exists=True)


def why(refusal):
    return refusal.value.params["why"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"unit": "xã mới"}, "unit_id_malformed"),
        ({"unit": "X"}, "unit_id_malformed"),
        ({"unit": "X2545"}, "unit_exists"),
        ({"title": "  "}, "title_missing"),
        ({"title": "x" * 201}, "title_missing"),
        ({"kind": "quan"}, "unknown_kind"),
        ({"valid_to": date(2025, 6, 30)}, "period_reversed"),
        ({"superior": "H-NOWHERE"}, "unknown_unit"),
        ({"predecessors": ("H-NOWHERE",)}, "unknown_unit"),
    ],
)
def test_a_body_that_contradicts_the_directory_is_refused(values, reason):
    with pytest.raises(DirectoryError) as refusal:
        directory.add_unit(a_unit(**values), UNITS, BOOK)

    assert why(refusal) == reason


def test_a_body_is_entered_with_its_name_in_one_unicode_form():
    [fact] = directory.add_unit(a_unit(title="Xa\u0303  Mới ", superior="UBND"), UNITS, BOOK)

    assert fact.title == "Xã Mới"
    assert fact.superior == "UBND"


@pytest.mark.parametrize(
    ("unit", "valid_to", "successors", "reason"),
    [
        ("H-NOWHERE", TODAY, (), "unknown_unit"),
        ("H-SON-DUONG", TODAY, (), "unit_ended_before"),
        ("SNV", date(2021, 12, 31), (), "period_reversed"),
        ("SNV", TODAY, ("SNV",), "successor_not_there"),
        ("SNV", TODAY, ("H-SON-DUONG",), "successor_not_there"),
        ("SNV", TODAY, ("H-NOWHERE",), "unknown_unit"),
    ],
)
def test_an_end_that_contradicts_the_directory_is_refused(unit, valid_to, successors, reason):
    with pytest.raises(DirectoryError) as refusal:
        directory.end_unit(
            EndUnit(command_id="c", actor=SYSTEM, unit=unit, valid_to=valid_to, successors=successors), UNITS
        )

    assert why(refusal) == reason


def test_the_last_day_of_a_body_still_belongs_to_it():
    district = UNITS["H-SON-DUONG"]

    assert district.exists_on(date(2025, 6, 30))
    assert not district.exists_on(date(2025, 7, 1))


def test_the_fact_of_a_person_holds_no_name():
    command = AddPerson(command_id="c", actor=SYSTEM, person=PERSON, full_name=" Lê  Văn Nam", position="Chủ tịch")

    assert directory.personal_data(command) == {"full_name": "Lê Văn Nam", "position": "Chủ tịch"}
    [fact] = directory.add_person(command, exists=False, person_data="hash")
    assert fact.to_json() == {"fact": "PersonAdded", "person": PERSON, "person_data": "hash"}


@pytest.mark.parametrize(
    ("person", "exists", "reason"), [("nam", False, "person_id_malformed"), (PERSON, True, "person_exists")]
)
def test_a_person_is_entered_once_under_a_random_id(person, exists, reason):
    command = AddPerson(command_id="c", actor=SYSTEM, person=person, full_name="Lê Văn Nam", position="")

    with pytest.raises(DirectoryError) as refusal:
        directory.add_person(command, exists=exists, person_data="hash")

    assert why(refusal) == reason


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"unit": "H-NOWHERE"}, "unknown_unit"),
        ({"role": "GIAM_DOC"}, "unknown_role"),
        ({"role": "SNV_CV"}, "role_not_in_unit"),
        ({"role": "SNV_CV", "unit": "STC"}, "role_not_in_unit"),
        ({"role": "TTG"}, "role_not_in_unit"),
        ({"valid_to": date(2025, 6, 30)}, "period_reversed"),
        ({"valid_from": date(2025, 6, 30)}, "outside_unit"),
        ({"unit": "H-SON-DUONG", "valid_from": date(2025, 1, 1), "valid_to": date(2025, 7, 1)}, "outside_unit"),
    ],
)
def test_a_role_is_given_only_where_and_while_a_body_may_have_it(values, reason):
    with pytest.raises(DirectoryError) as refusal:
        join(a_membership(**values))

    assert why(refusal) == reason


def test_a_role_is_not_given_to_somebody_nobody_knows():
    with pytest.raises(DirectoryError) as refusal:
        directory.add_membership(a_membership(), UNITS, BOOK, (), person_exists=False)

    assert why(refusal) == "unknown_person"


@pytest.mark.parametrize("system", ["QT", "KT"])
def test_who_administers_or_audits_holds_no_role_that_acts_at_the_same_time(system):
    acting = Membership("m", PERSON, "X2545", "TT_DV", START, date(2026, 6, 30))

    with pytest.raises(DirectoryError) as refusal:
        join(a_membership(unit="SNV", role=system, valid_from=date(2026, 6, 30)), [acting])
    assert why(refusal) == "system_role_apart"

    assert join(a_membership(unit="SNV", role=system, valid_from=date(2026, 7, 1)), [acting])


periods = st.tuples(st.integers(0, 60), st.none() | st.integers(0, 60)).map(
    lambda p: (START + timedelta(days=p[0]), None if p[1] is None else START + timedelta(days=p[0] + p[1]))
)


@given(periods, periods)
def test_the_same_role_is_held_twice_on_no_day(first, second):
    held = Membership("m", PERSON, "X2545", "CB_TDKT_DV", *first)
    days = [START + timedelta(days=n) for n in range(200)]
    both = any(first[0] <= day <= (first[1] or day) and second[0] <= day <= (second[1] or day) for day in days)

    try:
        join(a_membership(valid_from=second[0], valid_to=second[1]), [held])
        refused = False
    except DirectoryError:
        refused = True

    assert refused == both


def test_a_membership_can_be_shortened_but_never_prolonged():
    held = [Membership("m", PERSON, "X2545", "CB_TDKT_DV", START, TODAY)]

    def end(valid_to, membership="m", person=PERSON):
        command = EndMembership(command_id="c", actor=SYSTEM, person=person, membership=membership, valid_to=valid_to)
        return directory.end_membership(command, held)

    [fact] = end(date(2026, 1, 1))
    assert fact.valid_to == "2026-01-01"
    for values, reason in [
        ((TODAY,), "membership_ended_before"),
        ((date(2025, 6, 30),), "period_reversed"),
        ((date(2026, 1, 1), "other"), "unknown_membership"),
        ((date(2026, 1, 1), "m", str(uuid4())), "unknown_membership"),
    ]:
        with pytest.raises(DirectoryError) as refusal:
            end(*values)
        assert why(refusal) == reason


@pytest.mark.parametrize(
    ("kind", "document", "reason"), [("le", "văn bản", "unknown_day_kind"), ("nghi", " ", "document_missing")]
)
def test_a_day_is_overridden_only_on_the_order_of_a_paper(kind, document, reason):
    with pytest.raises(DirectoryError) as refusal:
        directory.set_day(SetDay(command_id="c", actor=SYSTEM, day=TODAY, kind=kind, document=document))

    assert why(refusal) == reason


# --- read back from the database ---


def test_the_directory_reads_back_what_was_entered(office):
    with office.read() as reader:
        known = directory.all_units(reader.connection)
        today = directory.units(reader.connection, TODAY)

    assert known["H-SON-DUONG"].valid_to == date(2025, 6, 30)
    assert known["H-SON-DUONG"].successors == ("X2545",)
    assert set(known) - set(today) == {"H-SON-DUONG"}
    assert known["X2545"].superior == "UBND"


def test_an_actor_has_the_roles_of_the_day_for_the_abolished_body_too_and_no_others(office, someone):
    person = someone(role="TT_DV", valid_from=date(2026, 1, 1), valid_to=date(2026, 11, 22), username="hoa")

    with office.read() as reader:
        before = directory.actor(reader.connection, person, date(2026, 11, 22))
        after = directory.actor(reader.connection, person, TODAY)

    assert before.groups == {"TT_DV:X2545", "TT_DV:H-SON-DUONG"}
    assert before.memberships[0].unit_title == "Xã Tân Trào"
    assert before.username == "hoa"
    assert after.groups == frozenset()


def test_a_role_ends_with_the_body_it_was_held_in(office, someone, decide):
    person = someone(unit="X2455")
    end = EndUnit(command_id="e", actor=SYSTEM, unit="X2455", valid_to=date(2026, 10, 31), successors=("X2545",))
    decide("unit:X2455", lambda reader: directory.end_unit(end, directory.all_units(reader)))

    with office.read() as reader:
        assert directory.memberships_of(reader.connection, person, date(2026, 10, 31))
        assert not directory.memberships_of(reader.connection, person, date(2026, 11, 1))
        assert not directory.people_in(reader.connection, "CB_TDKT_DV:X2455", TODAY)


def test_a_group_is_everyone_who_holds_the_role_that_day_by_name(office, someone):
    someone("Lê Văn Nam", valid_from=date(2026, 12, 1))
    someone("Trần Thị Hoa", unit="X2455")
    here = [someone(name) for name in ("Bùi An", "An Bình")]

    with office.read() as reader:
        found = directory.people_in(reader.connection, "CB_TDKT_DV:X2545", TODAY)

    assert [p.full_name for p in found] == ["An Bình", "Bùi An"]
    assert {p.id for p in found} == set(here)


def test_a_disabled_account_has_no_roles_and_stands_in_no_group(office, someone, decide):
    person = someone(username="hoa")
    command = DisableAccount(command_id="d", actor=SYSTEM, person=person)
    decide(f"person:{person}", lambda r: accounts.disable_account(command, accounts.account_of(r, person)))

    with office.read() as reader:
        assert directory.actor(reader.connection, person, TODAY).groups == frozenset()
        assert directory.people_in(reader.connection, "CB_TDKT_DV:X2545", TODAY) == ()


def test_an_unknown_person_is_not_found(office):
    with office.read() as reader, pytest.raises(NotFound):
        directory.actor(reader.connection, str(uuid4()), TODAY)


def test_the_calendar_of_the_office_holds_its_overrides_and_the_last_one_of_a_day_counts(office, decide):
    wrong = SetDay(command_id="c", actor=SYSTEM, day=date(2026, 1, 10), kind="nghi", document="văn bản thử")
    for command in (wrong, *seeds.calendar_commands()):
        decide("calendar", lambda _reader, command=command: directory.set_day(command))

    with office.read() as reader:
        calendar = directory.calendar(reader.connection)

    assert calendar.is_workday(date(2026, 1, 10))
    assert not calendar.is_workday(date(2026, 1, 2))


def test_a_membership_that_was_ended_is_read_with_its_end(office, someone, decide):
    person = someone()
    with office.read() as reader:
        [held] = directory.all_memberships(reader.connection, person)
    end = EndMembership(command_id="e", actor=SYSTEM, person=person, membership=held.id, valid_to=TODAY)
    decide(f"person:{person}", lambda r: directory.end_membership(end, directory.all_memberships(r, person)))

    with office.read() as reader:
        assert directory.memberships_of(reader.connection, person, TODAY)
        assert not directory.memberships_of(reader.connection, person, TODAY + timedelta(days=1))
