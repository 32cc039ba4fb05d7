"""Every refusal has a sentence in both languages that an official can read and act on."""

from __future__ import annotations

import inspect
import re
import string
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import forms
from engine import errors
from forms.fields import CRITERION_RESULTS
from forms.messages import LANGUAGES, MESSAGES, message, word, words
from forms.problems import TEXTS
from forms.words import WORDS

REFUSALS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.EngineError)
]  # fmt: skip


def placeholders(pattern):
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_every_refusal_of_the_engine_has_a_sentence_that_uses_its_parameters_alone(refusal):
    stated = (
        set(re.findall(r"\w+", re.split("Params:", refusal.__doc__ or "")[-1])) if refusal.code in MESSAGES else set()
    )
    for sentence in MESSAGES[refusal.code]:
        assert placeholders(sentence) <= stated


def test_every_code_a_field_or_a_form_can_give_has_a_sentence():
    sources = [Path(forms.__file__).with_name(name).read_text("utf-8") for name in ("fields.py", "compiler.py")]
    codes = {code for source in sources for code in re.findall(r'Refus(?:ed|al)\(\s*"(\w+)"', source)}
    codes |= {"required", "choice_required", "rule_sum", "rule_at_most", "rule_not_after", "rule_is"}
    assert len(codes) > 25
    assert {code for code in codes if not code.startswith("limit_")} <= set(MESSAGES)
    assert {code for code in codes if code.startswith("limit_")} <= set(TEXTS)


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_of_a_sentence_take_the_same_parameters(code):
    vietnamese, english = MESSAGES[code]
    assert placeholders(vietnamese) == placeholders(english)


def everything_vietnamese():
    yield from ((code, both[0]) for code, both in MESSAGES.items())
    yield from ((f"{kind}.{code}", both[0]) for kind, known in WORDS.items() for code, both in known.items())
    yield from ((code, text) for code, both in TEXTS.items() for text in both[:1])


@pytest.mark.parametrize(("code", "text"), list(everything_vietnamese()))
def test_officials_are_addressed_politely_and_in_vietnamese(code, text):
    lowered = text.lower()
    assert not re.search(r"\bbạn\b|lỗi hệ thống|\b(error|invalid|failed|not|the|please)\b", lowered)


@pytest.mark.parametrize("why", re.findall(r"\w+", (errors.CannotOpen.__doc__ or "").split("why:")[1]))
def test_every_reason_not_to_open_the_data_is_said(why):
    assert word("cannot_open", why) != word("cannot_open", "anything else")


def office_sources():
    return "\n".join(file.read_text("utf-8") for file in (Path(errors.__file__).parent / "office").rglob("*.py"))


def test_every_contradiction_of_the_directory_is_said_in_words():
    codes = set(re.findall(r'DirectoryError\(why="(\w+)"|_name\([^)]*"(\w+_missing)"\)', office_sources()))
    assert {code for pair in codes for code in pair if code} <= set(WORDS["directory"])


def test_every_reason_the_engine_gives_for_a_field_has_a_sentence():
    codes = re.findall(r'InvalidForm\(fields=\{[^}]*?\("(\w+)"|_refuse\("(\w+)"', office_sources())
    assert {code for pair in codes for code in pair if code} <= set(MESSAGES)


@pytest.mark.parametrize("kind", WORDS)
def test_words_of_a_kind_are_there_in_both_languages_and_differ(kind):
    for language in LANGUAGES:
        known = words(kind, language)
        assert all(known.values())
        assert len(set(known.values())) == len(known)


def test_a_sentence_names_what_the_official_sees_and_what_to_do_next():
    at = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
    assert message("task_already_completed", {"task_name": "Rà soát", "by": "Lê Minh Đức", "at": at}) == (
        "Nhiệm vụ “Rà soát” đã được Lê Minh Đức xử lý lúc 09:41, 23/11/2026. "
        "Hãy tải lại hộp việc để xem bước tiếp theo."
    )


def test_codes_become_words_days_and_figures_become_the_office_s_own():
    closed = message("nomination_closed", {"nomination": "KT-2026-0117/02", "status": "RUT"})
    assert "KT-2026-0117/02 đã kết thúc (Đã rút)" in closed
    assert "01/02/2026" in message("date_too_early", {"min": date(2026, 2, 1)})
    assert "5.000" in message("too_long", {"max": 5000})
    assert "“Đồng ý”, “Không đồng ý”" in message("rule_sum", {"fields": ["Đồng ý", "Không đồng ý"], "other": "Thu về"})


def test_a_missing_parameter_or_an_unknown_code_still_gives_a_sentence():
    assert message("too_long") == "Nội dung dài quá … ký tự. Xin rút gọn."
    assert message("never_heard_of") == message("engine_error")
    assert "trái với dữ liệu" in message("directory_error", {"why": "never_heard_of"})


def test_what_an_author_wrote_is_not_read_as_a_pattern():
    assert message("rule_message", {"text": "{secret} {0}"}) == "{secret} {0}"


def test_award_forms_have_their_full_names():
    assert word("award", "BK_TTG") == "Bằng khen của Thủ tướng Chính phủ"
    assert word("award", "BK_TINH") == "Bằng khen của Chủ tịch UBND tỉnh"
    assert word("award", "GK_XA") == "Giấy khen của Chủ tịch UBND xã"
    assert tuple(words("criterion_result")) == CRITERION_RESULTS
