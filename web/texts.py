"""Words, dates and figures of the pages.

Templates and views hold Vietnamese; English stands beside it in translations/en (read when the server starts, so
that no compiled file can be out of date). Words for codes (award forms, states, roles) and the sentence of every
refusal are those of `forms.messages`. Names of steps come from a release and stay as they were drawn.
"""

from __future__ import annotations

import gettext as catalogues
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context
from markupsafe import Markup

from engine.errors import EngineError
from engine.office.dossier_views import ClockView
from engine.office.findings import Place
from engine.office.views import DueView
from forms import messages
from forms.fields import thousands

LANGUAGES = ("vi", "en")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CATALOGUES = Path(__file__).parent / "translations"
SOON = 2  # working days left from which a limit is shown as near


@cache
def catalogue(language: str) -> catalogues.NullTranslations:
    """Return the translations into a language; Vietnamese is what the templates say themselves."""
    if language == LANGUAGES[0]:
        return catalogues.NullTranslations()
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        parsed = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, parsed)
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)


_outside = LANGUAGES[0]  # what the command line speaks


def speak(language: str) -> None:
    """Choose the language of the command line."""
    global _outside
    _outside = language


def language() -> str:
    """Return the language of the reader."""
    return str(g.get("language", LANGUAGES[0])) if has_request_context() else _outside


def _(message: str, **params: Any) -> str:
    """Return a sentence in the reader's language, with its parameters filled in."""
    text = catalogue(language()).gettext(message)
    return text % params if params else text


def phrase(message: str, **params: Any) -> Markup:
    """Return what `_` gives to templates: what they say themselves is safe, what is filled in is escaped."""
    text = _phrase(message, language())
    return text % params if params or "%" in text else text


@cache
def _phrase(message: str, language: str) -> Markup:
    return Markup(catalogue(language).gettext(message))


def ngettext(one: str, many: str, count: int) -> str:
    return catalogue(language()).ngettext(one, many, count)


def sentence(error: EngineError) -> str:
    """Return what an official reads about a refusal."""
    return message(error.code, error.params)


def message(code: str, params: dict[str, Any]) -> str:
    shown = {name: moment(value) if isinstance(value, datetime) else value for name, value in params.items()}
    return messages.message(code, shown, language())


def word(kind: str, code: str | None) -> str:
    """Return the office's word for a code, such as word("award", "GK_XA")."""
    return messages.word(kind, code, language()) if code else ""


def finding(place: Place) -> str:
    """Return in one sentence what was found wrong, and where."""
    known = place.kind in messages.words("stream")
    where = f"{word('stream', place.kind)} {place.name}".strip() if known else word("stream", "-")
    if place.seq and place.kind == "heads":
        where = _("%(where)s số %(seq)s", where=where, seq=place.seq)
    elif place.seq:
        where = _("%(where)s, lần ghi %(seq)s", where=where, seq=place.seq)
    if place.act and place.at:
        where = f"{where} ({word('act', place.act)}, {moment(place.at)})"
    return _("Sai ở %(where)s: %(why)s.", where=where, why=word("finding", place.why))


def paper_title(title: str, award: str | None, count: int) -> str:
    """Return how a paper is called in lists: what it is, for which award, over how many names."""
    called = f"{title} – {word('award', award)}" if award else title
    return f"{called} – " + ngettext("%(num)s trường hợp", "%(num)s trường hợp", count) % {"num": count}


def local(at: datetime) -> datetime:
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(ZONE)


def moment(at: datetime) -> str:
    """Return a time as officials write it.

    >>> moment(datetime(2026, 11, 23, 2, 41, tzinfo=UTC))
    '23/11/2026 09:41'
    """
    return local(at).strftime("%d/%m/%Y %H:%M")


def local_day(at: datetime) -> str:
    """Return the calendar day of a time, as it is in Việt Nam."""
    return day(local(at).date())


def clock_time(at: datetime) -> str:
    return local(at).strftime("%H:%M")


def day(value: date) -> str:
    """Return a date as officials write it.

    >>> day(date(2026, 11, 5))
    '05/11/2026'
    """
    return value.strftime("%d/%m/%Y")


def weekday(value: date) -> str:
    return _weekdays(language())[value.weekday()]


@cache
def _weekdays(language: str) -> tuple[str, ...]:
    words = catalogue(language)
    return (
        words.gettext("thứ Hai"), words.gettext("thứ Ba"), words.gettext("thứ Tư"), words.gettext("thứ Năm"),
        words.gettext("thứ Sáu"), words.gettext("thứ Bảy"), words.gettext("Chủ nhật"),
    )  # fmt: skip


def duty(role: str, unit_title: str | None) -> str:
    """Return a role with the unit it is held in, unless the name of the role says the unit already."""
    name = word("role", role)
    return name if not unit_title or unit_title in name else f"{name}, {unit_title}"


def due_day(due: DueView, today: date) -> str:
    """Return the calendar date of a limit, with its weekday when it is near."""
    near = abs((due.due_on - today).days) <= 7
    return _("Hạn %(day)s", day=f"{weekday(due.due_on)} {day(due.due_on)}" if near else day(due.due_on))


def due_chip(due: DueView | None, state: str = "open") -> tuple[str, str, str]:
    """Return hue, icon and words of the chip for a limit of a step."""
    if state == "frozen":
        return "mut", "pause", _("Tạm dừng")
    if due is None:
        return "mut", "calendar", _("Không có thời hạn")
    if due.days_left < 0:
        return "over", "over", _("Quá %(days)s ngày làm việc", days=-due.days_left)
    if due.days_left == 0:
        return "soon", "clock", _("Đến hạn hôm nay")
    hue, icon = ("soon", "clock") if due.days_left <= SOON else ("ok", "dot")
    return hue, icon, _("Còn %(days)s ngày làm việc", days=due.days_left)


def clock_chip(clock: ClockView) -> tuple[str, str, str]:
    """Return hue, icon and words of the chip for the statutory limit of a dossier: only this one "hết hạn"."""
    if clock.state == "paused":
        return "mut", "pause", _("Tạm dừng tính thời hạn")
    if clock.state == "stopped":
        return "ok", "tick", _("Đã có kết quả")
    if clock.days_left < 0:
        return "over", "over", _("Hết hạn %(days)s ngày làm việc", days=-clock.days_left)
    if clock.days_left == 0:
        return "soon", "clock", _("Hết hạn hôm nay")
    hue, icon = ("soon", "clock") if clock.days_left <= SOON else ("ok", "dot")
    return hue, icon, _("Còn %(days)s ngày làm việc", days=clock.days_left)


def figure(count: int) -> str:
    """Return a count as tabs show it.

    >>> figure(99), figure(100)
    ('99', '99+')
    """
    return str(count) if count <= 99 else "99+"


def share(hundredths: int) -> str:
    """Return a percentage kept in hundredths, with a decimal comma.

    >>> share(2450), share(5000)
    ('24,5 %', '50 %')
    """
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".").replace(".", ",") + " %"


def size(octets: int) -> str:
    """Return the size of a file with a decimal comma.

    >>> size(2_516_582)
    '2,4 MB'
    """
    if octets < 1024:
        return f"{octets} B"
    if octets < 1024 * 1024:
        return f"{octets // 1024} KB"
    return f"{octets / 1024 / 1024:.1f} MB".replace(".", ",")


def install(app: Flask) -> None:
    """Give the templates their words."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]
    # Its own `_` goes three times through the context for each of the two hundred words of a page.
    env.globals["_"] = phrase
    env.filters.update(
        moment=moment, clock_time=clock_time, day=day, local_day=local_day, weekday=weekday, figure=figure, size=size
    )
    env.filters.update(share=share, thousands=thousands)
    env.globals.update(paper_title=paper_title, finding=finding)
    env.globals.update(
        word=word, duty=duty, due_chip=due_chip, clock_chip=clock_chip, due_day=due_day, language=language
    )
    for code in LANGUAGES:
        catalogue(code)
