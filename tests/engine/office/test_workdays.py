"""Golden dates and lists of the office's domain sheet, and the laws any working-day calendar must keep."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidDuration, UnknownYear
from engine.office import seeds
from engine.office.workdays import Override, WorkCalendar

SEEDED = seeds.calendar()
LIBRARY_ALONE = WorkCalendar()

GOLDEN = [
    # start, days, first day not counted, first day counted
    ("2022-12-16", 10, "2022-12-30", "2022-12-29"),
    ("2023-01-13", 10, "2023-02-03", "2023-02-02"),
    ("2024-04-22", 10, "2024-05-08", "2024-05-07"),
    ("2024-04-26", 5, "2024-05-07", "2024-05-06"),
    ("2025-04-21", 10, "2025-05-07", "2025-05-06"),
    ("2025-08-20", 10, "2025-09-05", "2025-09-04"),
    ("2025-12-22", 25, "2026-01-27", "2026-01-26"),
    ("2025-12-25", 10, "2026-01-10", "2026-01-09"),
    ("2026-02-09", 10, "2026-03-02", "2026-02-27"),
    ("2026-08-17", 15, "2026-09-09", "2026-09-08"),
    ("2026-11-23", 1, "2026-11-25", "2026-11-23"),
    ("2026-11-23", 10, "2026-12-08", "2026-12-07"),
]

DAYS_OFF = {
    2022: "3-1 31-1 1-2 2-2 3-2 4-2 11-4 2-5 3-5 1-9 2-9",
    2023: "2-1 20-1 23-1 24-1 25-1 26-1 1-5 2-5 3-5 1-9 4-9",
    2024: "1-1 8-2 9-2 12-2 13-2 14-2 18-4 29-4 30-4 1-5 2-9 3-9",
    2025: "1-1 27-1 28-1 29-1 30-1 31-1 7-4 30-4 1-5 2-5 1-9 2-9",
    2026: "1-1 2-1 16-2 17-2 18-2 19-2 20-2 27-4 30-4 1-5 31-8 1-9 2-9 24-11",
}
WORKED_SATURDAYS = {2022: "", 2023: "", 2024: "4-5", 2025: "26-4", 2026: "10-1 22-8"}

starts = st.dates(date(2015, 1, 1), date(2035, 12, 31))
numbers = st.integers(0, 300)
calendars = st.dictionaries(
    st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    st.builds(Override, st.sampled_from(("nghi", "lam_bu")), st.just("văn bản thử")),
    max_size=20,
).map(WorkCalendar)


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0))]


def listed(year: int, text: str) -> list[date]:
    return [date(year, int(month), int(day)) for day, month in (pair.split("-") for pair in text.split())]


@pytest.mark.parametrize(("start", "days", "excluded", "included"), GOLDEN)
def test_a_time_limit_ends_on_the_day_the_office_computed_by_hand(start, days, excluded, included):
    begin = date.fromisoformat(start)

    assert SEEDED.last_day(begin, days).last_day == date.fromisoformat(excluded)
    assert SEEDED.last_day(begin, days, count_first=True).last_day == date.fromisoformat(included)


@pytest.mark.parametrize("year", DAYS_OFF)
def test_the_days_off_between_monday_and_friday_are_those_announced(year):
    off = [day for day in days_of(year) if day.weekday() < 5 and not SEEDED.is_workday(day)]

    assert off == listed(year, DAYS_OFF[year])


@pytest.mark.parametrize("year", WORKED_SATURDAYS)
def test_the_only_weekend_days_worked_are_the_swapped_saturdays(year):
    worked = [day for day in days_of(year) if day.weekday() >= 5 and SEEDED.is_workday(day)]

    assert worked == listed(year, WORKED_SATURDAYS[year])


def test_without_the_override_table_the_swap_of_january_2026_is_missed():
    assert LIBRARY_ALONE.last_day(date(2025, 12, 25), 10).last_day == date(2026, 1, 9)
    assert LIBRARY_ALONE.is_workday(date(2026, 1, 2))
    assert not LIBRARY_ALONE.is_workday(date(2026, 1, 10))


def test_every_day_left_out_is_given_with_its_reason_in_vietnamese():
    limit = SEEDED.last_day(date(2025, 12, 31), 5)

    assert limit.last_day == date(2026, 1, 9)
    assert limit.left_out == (
        (date(2026, 1, 1), "Tết Dương lịch"),
        (date(2026, 1, 2), "Nghỉ theo văn bản 12729/VPCP-KGVX ngày 25/12/2025"),
        (date(2026, 1, 3), "Thứ Bảy"),
        (date(2026, 1, 4), "Chủ Nhật"),
    )


def test_reasons_name_the_holiday_the_compensation_and_the_swap():
    assert SEEDED.why_off(date(2026, 2, 17)) == "Tết Nguyên đán"
    assert SEEDED.why_off(date(2026, 4, 27)) == "Nghỉ bù ngày Giỗ Tổ Hùng Vương"
    assert SEEDED.why_off(date(2026, 8, 31)) == "Nghỉ hoán đổi, làm bù ngày 22/08/2026"
    assert SEEDED.why_off(date(2026, 8, 22)) is None


def test_an_override_wins_over_what_the_library_says():
    calendar = WorkCalendar.of([(date(2026, 9, 1), "lam_bu", "văn bản thử"), (date(2026, 9, 3), "nghi", "văn bản thử")])

    assert calendar.is_workday(date(2026, 9, 1))
    assert calendar.why_off(date(2026, 9, 3)) == "Nghỉ theo văn bản thử"


@pytest.mark.parametrize("days", [-1, 3651])
def test_a_limit_that_is_no_number_of_working_days_is_refused(days):
    with pytest.raises(InvalidDuration) as refusal:
        SEEDED.last_day(date(2026, 1, 5), days)

    assert refusal.value.params == {"days": days}


@pytest.mark.parametrize("start", [date.min, date.max])
def test_a_start_in_years_whose_holidays_are_unknown_is_refused(start):
    with pytest.raises(UnknownYear) as refusal:
        SEEDED.last_day(start, 1)

    assert refusal.value.params == {"year": str(start.year), "first": "1901", "last": "2079"}


def test_days_left_counts_working_days_only_and_is_negative_when_past():
    friday, saturday, monday = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)

    assert SEEDED.days_left(friday, friday) == 0
    assert SEEDED.days_left(friday, monday) == 1
    assert SEEDED.days_left(monday, date(2026, 11, 25)) == 1
    assert SEEDED.days_left(saturday, friday) == -1
    assert SEEDED.days_left(monday, friday) == -1
    assert SEEDED.days_left(date(2026, 11, 25), friday) == -2


@given(starts, numbers, st.booleans(), calendars)
def test_a_limit_ends_on_a_working_day_and_leaves_out_only_days_off(start, days, count_first, calendar):
    limit = calendar.last_day(start, days, count_first)

    assert calendar.is_workday(limit.last_day)
    assert all(why and not calendar.is_workday(day) for day, why in limit.left_out)
    first = start if count_first or days == 0 else start + timedelta(days=1)
    passed = (limit.last_day - first).days + 1
    assert passed - len(limit.left_out) == max(days, 1)


@given(starts, numbers, st.booleans(), calendars)
def test_one_more_day_never_ends_earlier(start, days, count_first, calendar):
    shorter = calendar.last_day(start, days, count_first).last_day

    assert shorter <= calendar.last_day(start, days + 1, count_first).last_day
    assert shorter <= calendar.last_day(start + timedelta(days=1), days, count_first).last_day


@given(starts, st.integers(1, 300), calendars)
def test_counting_the_first_day_is_not_counting_the_day_before(start, days, calendar):
    counted = calendar.last_day(start, days, count_first=True)

    assert counted == calendar.last_day(start - timedelta(days=1), days)


@given(starts, st.booleans(), calendars)
def test_no_days_end_on_the_start_or_on_the_first_working_day_after_it(start, count_first, calendar):
    end = calendar.last_day(start, 0, count_first).last_day

    assert end == start if calendar.is_workday(start) else end == calendar.last_day(start, 1).last_day


@given(starts, st.integers(1, 300), calendars)
def test_days_left_of_a_fresh_limit_is_the_limit(start, days, calendar):
    assert calendar.days_left(start, calendar.last_day(start, days).last_day) == days
