"""Numbers of papers: form, uniqueness and order by date (DOMAIN §9.1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands import DeclareSeries
from engine.errors import InvalidForm, NotAllowed
from engine.office.papers.numbers import Number, NumberRefused, check, next_number, parse
from tests.builders import new_id
from tests.papers import PaperOffice, number

FIRST = date(2026, 1, 1)
entries = st.builds(
    Number,
    st.integers(1, 40),
    st.sampled_from(["", "a", "b"]),
    st.integers(0, 30).map(lambda days: FIRST + timedelta(days)),
)


@pytest.mark.parametrize(
    ("symbol", "type", "found"),
    [
        ("15/TTr-SNV", "TTr", (15, "")),
        ("07/BB-HĐTĐKT", "BB", (7, "")),
        ("163/QĐ-UBND", "QĐ", (163, "")),
        ("45/UBND-NC", "", (45, "")),
        ("15a/QĐ-UBND", "QĐ", (15, "a")),
    ],
)
def test_a_number_is_read_as_the_office_writes_it(symbol: str, type: str, found: tuple[int, str]) -> None:
    assert parse(symbol, type) == found


@pytest.mark.parametrize("symbol", ["15/QĐ-SNV", "15/TTrSNV", "00/TTr-SNV", "mười lăm", "15/TTr-SNV/2026", "/TTr-SNV"])
def test_a_number_of_another_type_or_form_is_refused(symbol: str) -> None:
    with pytest.raises(NumberRefused):
        parse(symbol, "TTr")


@given(st.lists(entries, max_size=40), entries)
def test_an_accepted_register_has_no_number_twice_and_no_date_that_goes_back(tries: list[Number], last: Number) -> None:
    register: list[Number] = []
    for each in [*tries, last]:
        try:
            check(each, register, own=False)
        except NumberRefused:
            continue
        register.append(each)
    ordered = sorted(register, key=lambda each: (each.number, each.letter))
    assert len({(each.number, each.letter) for each in ordered}) == len(ordered)
    assert [each.day for each in ordered] == sorted(each.day for each in ordered)


@given(st.lists(st.integers(0, 5), max_size=30))
def test_a_register_in_order_is_always_accepted(steps: list[int]) -> None:
    register: list[Number] = []
    day = FIRST
    for step in steps:
        day += timedelta(step)
        each = Number(next_number(register), "", day)
        check(each, register, own=True)
        register.append(each)
    assert [each.number for each in register] == list(range(1, len(steps) + 1))


@given(st.integers(1, 60), st.integers(0, 50))
def test_an_own_series_takes_the_next_number_alone(wanted: int, last: int) -> None:
    register = [Number(place, "", FIRST) for place in range(1, last + 1)]
    if wanted == last + 1:
        check(Number(wanted, "", FIRST), register, own=True)
    else:
        with pytest.raises(NumberRefused):
            check(Number(wanted, "", FIRST), register, own=True)


def test_a_number_is_used_once_per_body_type_and_year(office: PaperOffice) -> None:
    codes = office.nominations(3)
    office.numbered(codes[:1], symbol="15/TTr-UBND", day="12/11/2026")
    second = office.signed(codes[1:2])
    for form, field, code in [
        (number("15/TTr-UBND"), "so_van_ban", "number_taken"),
        (number("16/TTr-UBND", "11/11/2026"), "ngay_van_ban", "number_day_early"),
        (number("14/TTr-UBND", "13/11/2026"), "ngay_van_ban", "number_day_late"),
        (number("16/QĐ-UBND"), "so_van_ban", "number_type"),
    ]:
        with pytest.raises(InvalidForm) as refused:
            office.step(second, office.clerk, form)
        assert [found for found, _ in refused.value.fields[field]] == [code]
    office.step(second, office.clerk, number("15/TTr-UBND", "31/12/2025"))
    assert office.paper(second).number == "15/TTr-UBND"
    third = office.signed(codes[2:])
    office.step(third, office.clerk, number("14/TTr-UBND", "12/11/2026"))
    assert office.engine.verify().ok


def test_a_body_that_numbers_here_has_no_gaps(office: PaperOffice) -> None:
    declares = {"unit": "X2545", "type": "TTr"}
    with pytest.raises(NotAllowed):
        office.engine.declare_series(DeclareSeries(command_id=new_id(), actor=office.desk.person.id, **declares))
    for _ in range(2):
        office.engine.declare_series(DeclareSeries(command_id=new_id(), actor=office.clerk.person.id, **declares))
    code = office.signed(office.nominations(1))
    assert office.paper(code).next_number == 1
    with pytest.raises(InvalidForm):
        office.step(code, office.clerk, number("15/TTr-UBND"))
    office.step(code, office.clerk, number("01/TTr-UBND"))
    assert office.engine.verify().ok
