from datetime import UTC, date, datetime
from functools import cache

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from engine.errors import NotFound
from engine.office.views import DueView
from tests.web.conftest import ROOT
from web import texts

WEB = ROOT / "web"


@cache
def msgids() -> set[str]:
    """Return everything templates and code say in Vietnamese."""
    found = extract_from_dir(
        str(WEB),
        [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")],
        {"templates/**.html": {"newstyle_gettext": "true", "silent": "false", "extensions": "jinja2.ext.i18n"}},
        keywords={"_": None, "gettext": None, "ngettext": (1, 2)},
    )
    return {each[2] if isinstance(each[2], str) else each[2][0] for each in found}


def test_every_sentence_has_its_english_and_none_is_left_over() -> None:
    with (WEB / "translations/en/LC_MESSAGES/messages.po").open("rb") as source:
        catalogue = read_po(source, locale="en")
    translated = {
        (each.id[0] if isinstance(each.id, tuple) else each.id)
        for each in catalogue
        if each.id and not each.fuzzy and all([each.string] if isinstance(each.string, str) else each.string)
    }
    assert msgids() - translated == set()
    assert translated - msgids() == set()


def test_english_keeps_the_parameters_of_every_sentence() -> None:
    with (WEB / "translations/en/LC_MESSAGES/messages.po").open("rb") as source:
        errors = [error for each in read_po(source, locale="en") for error in each.check()]
    assert errors == []


@pytest.mark.parametrize(
    ("days", "chip"),
    [
        (-2, ("over", "over", "Quá 2 ngày làm việc")),
        (0, ("soon", "clock", "Đến hạn hôm nay")),
        (2, ("soon", "clock", "Còn 2 ngày làm việc")),
        (5, ("ok", "dot", "Còn 5 ngày làm việc")),
    ],
)
def test_a_limit_is_said_in_working_days(days: int, chip: tuple[str, str, str]) -> None:
    assert texts.due_chip(DueView(date(2026, 11, 25), days)) == chip


def test_a_suspended_step_shows_no_limit_running() -> None:
    assert texts.due_chip(DueView(date(2026, 11, 25), -9), "frozen") == ("mut", "pause", "Tạm dừng")


def test_the_weekday_is_named_when_the_day_is_near() -> None:
    due = DueView(date(2026, 11, 25), 1)
    assert texts.due_day(due, date(2026, 11, 23)) == "Hạn thứ Tư 25/11/2026"
    assert texts.due_day(due, date(2026, 11, 3)) == "Hạn 25/11/2026"


def test_times_are_those_of_viet_nam() -> None:
    assert texts.moment(datetime(2026, 11, 23, 18, 30, tzinfo=UTC)) == "24/11/2026 01:30"


def test_a_refusal_is_a_vietnamese_sentence_without_its_code() -> None:
    said = texts.sentence(NotFound(kind="task", id="x"))
    assert "Không tìm thấy" in said and "not_found" not in said
