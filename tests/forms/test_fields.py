"""How each type of field reads, keeps, limits and shows what officials type."""

from __future__ import annotations

import json
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.fields import COUNT_MAX, CRITERION_RESULTS, FIRST_DAY, LAST_DAY, LONGTEXT_MAX, TYPES, Refused, clean_text
from forms.spec import Choice, FieldSpec

TODAY = date(2026, 11, 23)
CHOICES = (Choice("ca_nhan", "Cá nhân"), Choice("tap_the", "Tập thể"))
LEVELS = (Choice(0, "Chưa có"), Choice(1, "Mức 1"), Choice(2, "Mức 2"))

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def a_field(kind, **more):
    return FieldSpec(name="x", type=kind, label="X", **more)


def parse(kind, raw, **more):
    spec = a_field(kind, **more)
    return TYPES[kind].parse(spec, raw)


def why_refused(kind, raw, **more):
    with pytest.raises(Refused) as refused:
        parse(kind, raw, **more)
    return refused.value.refusal.code


def why_outside(kind, raw, **more):
    spec = a_field(kind, **more)
    found = TYPES[kind].check(spec, TYPES[kind].parse(spec, raw), TODAY)
    return found and found.code


def test_blanks_within_a_line_are_kept_where_there_may_be_several_lines():
    assert parse("longtext", " a  b ") == "a  b"
    assert parse("longtext", " a  b \nc  d ") == "a  b\nc  d"
    assert parse("text", " a  b ") == "a b"


@given(st.text(" a\u0301\u00e1\t\n\u00a0\u200b\u2028", max_size=6), st.booleans())
def test_a_text_is_cleaned_alike_whatever_stands_beside_it(raw, lines):
    beside = clean_text(f"{raw}\u200bX", lines=lines)  # what is invisible is dropped: the long way, letter by letter
    assert clean_text(f"{raw}X", lines=lines) == beside


@pytest.mark.parametrize("kind", TYPES)
@given(raw=ANY_JSON)
def test_any_json_gives_one_scalar_or_a_reason(kind, raw):
    try:
        kept = parse(kind, raw, choices=CHOICES if kind == "choice" else ())
    except Refused:
        return
    assert kept is None or type(kept) in (str, int, bool)
    json.dumps(kept, allow_nan=False).encode("utf-8")


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("empty", ["", "   ", "\t\r\n", "\u200b\u2060", "\u00a0"])
def test_an_empty_answer_is_no_answer(kind, empty):
    assert parse(kind, empty, choices=CHOICES if kind == "choice" else ()) is None


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind != "several"])
@pytest.mark.parametrize("raw", [[], ["1"], {}, {"a": 1}, float("nan"), float("inf"), -1, 10**400, b"1", 1.5j])
def test_what_is_no_single_value_of_the_type_is_refused(kind, raw):
    assert (kind == "count" and raw == 10**400) or why_refused(kind, raw)


def test_a_number_beyond_all_bounds_is_outside_the_limits_of_a_count():
    assert why_outside("count", 10**400) == "number_too_large"


# --- text ------------------------------------------------------------------------------------------------------


@given(st.text())
def test_kept_text_is_the_same_when_it_is_sent_again(raw):
    for kind in ("text", "longtext"):
        try:
            kept = parse(kind, raw)
        except Refused:
            continue
        assert kept is None or parse(kind, kept) == kept


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_kept_text_is_composed_and_free_of_invisible_characters(raw):
    try:
        kept = parse("longtext", raw) or ""
    except Refused:
        return
    assert unicodedata.is_normalized("NFC", kept)
    assert not {unicodedata.category(char) for char in kept.replace("\n", "")} & {"Cc", "Cf", "Cs"}
    assert kept == kept.strip()


def test_decomposed_and_composed_spelling_of_a_name_are_kept_alike():
    composed = "Nguyễn Thị Hoà"
    assert parse("text", unicodedata.normalize("NFD", composed)) == parse("text", composed) == composed


def test_marks_that_turn_the_reading_direction_are_dropped_from_a_name():
    assert parse("text", "Lê \u202eV\u200băn\u2066 Tám\ufeff") == "Lê Văn Tám"


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\x7f", "\x85", "\ud800"])
def test_control_characters_and_broken_surrogates_are_refused(char):
    assert why_refused("text", f"a{char}b") == "control_character"


def test_one_line_stays_one_line_and_several_lines_stay():
    assert parse("text", " thôn\r\nTân Lập ") == "thôn Tân Lập"
    assert parse("longtext", " thôn \r\nTân Lập\n\n") == "thôn\nTân Lập"


def test_text_has_a_least_and_a_greatest_length():
    assert why_outside("text", "a" * 300) is None
    assert why_outside("text", "a" * 301) == "too_long"
    assert why_outside("text", "ngắn", min=10) == "too_short"
    assert why_outside("longtext", "a" * (LONGTEXT_MAX + 1)) == "too_long"


def test_ten_million_characters_are_refused_before_they_are_looked_at():
    assert why_refused("longtext", "a" * 10_000_000) == "too_long"


# --- citizen id and document number ------------------------------------------------------------------------------


@given(st.from_regex(r"(008|096|123)[0-3][0-9]{8}", fullmatch=True))
def test_twelve_digits_are_kept_however_they_are_spaced(digits):
    assert parse("citizen_id", digits) == digits
    assert parse("citizen_id", f" {digits[:3]} {digits[3:6]} {digits[6:]} ") == digits


@pytest.mark.parametrize("raw", ["00812345678", "0081234567890", "008O12345678", "٠٠٨١٢٣٤٥٦٧٨٩", "008-123456789"])
def test_anything_but_twelve_digits_is_no_citizen_id(raw):
    assert why_refused("citizen_id", raw) == "citizen_id_format"


@pytest.mark.parametrize("raw", ["000000000000", "003090001234", "099090001234", "008490001234", "008 990 001 234"])
def test_a_number_of_no_province_or_of_no_century_is_no_citizen_id(raw):
    assert why_refused("citizen_id", raw) == "citizen_id_unreal"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("15/QĐ-UBND", "15/QĐ-UBND"),
        ("1/TTr-SNV", "01/TTr-SNV"),
        ("007/BB-HĐTĐKT", "07/BB-HĐTĐKT"),
        ("Số: 163 / QĐ – UBND", "163/QĐ-UBND"),
        ("số 1552/BTTTT-THH", "1552/BTTTT-THH"),
        ("98/2023/NĐ-CP", "98/2023/NĐ-CP"),
        ("06/2022/QH15", "06/2022/QH15"),
        ("12a/UBND-NC", "12a/UBND-NC"),
    ],
)
def test_number_and_symbol_of_a_paper_are_kept_in_the_form_of_the_decree(typed, kept):
    assert parse("document_number", typed) == kept
    assert parse("document_number", kept) == kept


@pytest.mark.parametrize(
    "raw", ["15", "QĐ-UBND", "15/", "/QĐ-UBND", "0/QĐ-UBND", "15/QĐ UBND", "15/QĐ-UBND; 16/QĐ-UBND"]
)
def test_what_lacks_number_or_symbol_is_no_document_number(raw):
    assert why_refused("document_number", raw) == "document_number_format"


# --- dates -----------------------------------------------------------------------------------------------------


@given(st.dates(min_value=FIRST_DAY, max_value=LAST_DAY))
def test_a_day_shown_and_sent_again_is_the_same_day(day):
    spec = a_field("date")
    kept = parse("date", day.isoformat())

    assert kept == day.isoformat()
    assert TYPES["date"].show(spec, kept) == day.strftime("%d/%m/%Y")
    assert parse("date", TYPES["date"].show(spec, kept)) == kept
    assert parse("date", f"{day.day}-{day.month}-{day.year}") == kept
    assert TYPES["date"].check(spec, kept, TODAY) is None


@pytest.mark.parametrize("raw", ["31/02/2026", "29/02/2025", "00/01/2026", "01/13/2026", "2026-02-30", "01/01/0000"])
def test_a_day_that_the_calendar_does_not_have_is_refused(raw):
    assert why_refused("date", raw) == "date_not_real"


@pytest.mark.parametrize(
    "raw", ["hôm nay", "5/1/26", "2026/01/05", "05012026", "2026-1-5", "2026-01-05T00:00", 20260105]
)
def test_a_day_written_otherwise_is_refused(raw):
    assert why_refused("date", raw) in ("date_format", "not_text")


def test_limits_that_say_today_follow_the_day_of_the_act():
    tomorrow, yesterday = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
    assert why_outside("date", TODAY.isoformat(), min="today", max="today") is None
    assert why_outside("date", tomorrow.isoformat(), max="today") == "date_future"
    assert why_outside("date", yesterday.isoformat(), min="today") == "date_past"
    assert why_outside("date", "2022-12-15", min="2022-12-16") == "date_too_early"
    assert why_outside("date", "2026-01-01", max="2025-12-31") == "date_too_late"
    assert why_outside("date", "1899-12-31") == "date_too_early"
    assert why_outside("date", "9999-12-31") == "date_too_late"


# --- counts and percentages --------------------------------------------------------------------------------------


@given(st.integers(min_value=0, max_value=COUNT_MAX))
def test_a_count_shown_and_sent_again_is_the_same_count(count):
    spec = a_field("count")
    shown = TYPES["count"].show(spec, count)

    assert parse("count", shown) == parse("count", str(count)) == parse("count", count) == count
    assert TYPES["count"].check(spec, count, TODAY) is None


@pytest.mark.parametrize("raw", ["-1", "1,5", "1.5", "1.23", "12.34.567", "1e3", "một", "٣", "0x10"])
def test_what_is_no_whole_number_is_no_count(raw):
    assert why_refused("count", raw) == "count_format"


@pytest.mark.parametrize("raw", [True, False, 1.0, 1.5])
def test_json_truth_values_and_fractions_are_no_counts(raw):
    assert why_refused("count", raw) == "not_number"


def test_a_count_has_limits():
    assert why_outside("count", "0", min=1) == "number_too_small"
    assert why_outside("count", "1.001", max=1000) == "number_too_large"


@given(st.integers(min_value=0, max_value=10_000))
def test_a_percentage_shown_and_sent_again_is_the_same(hundredths):
    spec = a_field("percent")
    shown = TYPES["percent"].show(spec, hundredths)

    assert parse("percent", shown) == hundredths
    assert parse("percent", f"{shown.replace(',', '.')} %") == hundredths
    assert parse("percent", float(Decimal(hundredths) / 100)) == hundredths
    assert TYPES["percent"].check(spec, hundredths, TODAY) is None


@pytest.mark.parametrize(
    ("raw", "hundredths"), [("24,5", 2450), ("24.5%", 2450), ("100", 10000), (100, 10000), (0.29, 29), ("99,990", 9999)]
)
def test_a_percentage_is_kept_in_hundredths(raw, hundredths):
    assert parse("percent", raw) == hundredths


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("24,555", "percent_decimals"),
        (24.555, "percent_decimals"),
        ("một nửa", "percent_format"),
        ("-1", "percent_format"),
        ("1.000,5", "percent_format"),
        (float("nan"), "percent_format"),
        (float("inf"), "percent_format"),
        (True, "not_number"),
        ([24], "not_number"),
    ],
)
def test_a_percentage_that_cannot_be_read_is_refused(raw, code):
    assert why_refused("percent", raw) == code


def test_a_percentage_lies_between_0_and_100_unless_said_otherwise():
    assert why_outside("percent", "100,01") == "percent_too_large"
    assert why_outside("percent", "120", max=TYPES["percent"].limit(150)) is None
    assert why_outside("percent", "19,99", min=TYPES["percent"].limit("20")) == "percent_too_small"


# --- choices -----------------------------------------------------------------------------------------------------


def test_yes_and_no_are_typed_or_sent_as_json():
    assert parse("bool", "co") is parse("bool", True) is True
    assert parse("bool", "khong") is parse("bool", False) is False
    assert why_refused("bool", 1) == "not_text"
    assert why_refused("bool", "true") == "choice_unknown"


@pytest.mark.parametrize("value", [choice.value for choice in CHOICES + LEVELS])
def test_a_choice_shown_and_sent_again_is_the_same_choice(value):
    choices = LEVELS if type(value) is int else CHOICES
    shown = TYPES["choice"].show(a_field("choice", choices=choices), value)
    kept = parse("choice", shown, choices=choices)
    assert kept == value
    assert type(kept) is type(value)


def test_a_choice_takes_nothing_but_its_choices():
    assert why_refused("choice", "ho_gia_dinh", choices=CHOICES) == "choice_unknown"
    assert why_refused("choice", "3", choices=LEVELS) == "choice_unknown"
    assert why_refused("choice", True, choices=LEVELS) == "not_text"
    assert why_refused("choice", 1.0, choices=LEVELS) == "not_text"


@pytest.mark.parametrize("result", CRITERION_RESULTS)
def test_a_criterion_has_the_four_results(result):
    assert parse("criterion", result) == result


def test_a_criterion_has_no_fifth_result():
    assert why_refused("criterion", "DAT_MOT_PHAN") == "choice_unknown"


@pytest.mark.parametrize("kind", TYPES)
@given(typed=st.text())
def test_refused_text_is_shown_again_as_it_was_typed(kind, typed):
    spec = a_field(kind, choices=CHOICES if kind == "choice" else ())
    try:
        TYPES[kind].parse(spec, typed)
    except Refused:
        assert TYPES[kind].show(spec, typed) == typed or kind == "date"


# --- several choices ---------------------------------------------------------------------------------------------

AWARDS = tuple(Choice(code, code) for code in ("BK_TTG", "BK_TINH", "GK-1"))


@given(st.lists(st.sampled_from([choice.value for choice in AWARDS]), unique=True))
def test_ticked_boxes_are_kept_in_the_order_of_the_choices_whatever_the_order_they_come_in(ticked):
    kept = parse("several", ticked, choices=AWARDS)
    assert kept == (" ".join(choice.value for choice in AWARDS if choice.value in ticked) or None)
    assert parse("several", TYPES["several"].show(a_field("several", choices=AWARDS), ticked), choices=AWARDS) == kept


@pytest.mark.parametrize("wrong", ["HCLD_1", ["BK_TTG", "HCLD_1"], [["BK_TTG"]], ["BK_TTG", 1]])
def test_a_box_nobody_offered_cannot_be_ticked(wrong):
    assert why_refused("several", wrong, choices=AWARDS) == "choice_unknown"


@pytest.mark.parametrize("wrong", [1, True, {"BK_TTG": "on"}])
def test_ticks_are_a_list_or_a_text(wrong):
    assert why_refused("several", wrong, choices=AWARDS) == "not_text"
