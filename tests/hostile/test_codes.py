"""Every code has a sentence and what to do, in Vietnamese and English, fit to be read by an administrator."""

import re
from pathlib import Path

import pytest

from tests.hostile.codes import PAGE, SOURCES, page

ROOT = Path(__file__).parents[2]
CODES = [(title, code) for title, sentences in SOURCES.items() for code in sentences]
# A trace, an object as Python writes it, a path of a server, a format that was not filled in.
UNFIT = re.compile(r"Traceback|<[\w.]+ object|[a-z]Error\b|/(?:home|usr|tmp|root|work)/|%[sdr]|\{[^}]*[!:.\[]|\bNone\b")
VIETNAMESE = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)
PROGRAM = "\n".join(
    path.read_text("utf-8") for folder in ("engine", "forms", "web") for path in (ROOT / folder).rglob("*.py")
)


def test_the_table_of_codes_is_that_of_the_program():
    assert PAGE.read_text("utf-8") == page(), "write it anew: python -m tests.hostile.codes"


def test_a_code_means_one_thing():
    codes = [code for _, code in CODES]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(("title", "code"), CODES, ids=lambda part: str(part))
def test_a_code_says_what_is_wrong_and_what_to_do_in_both_languages(title, code):
    message, mend, message_en, mend_en = sentences = SOURCES[title][code]

    for sentence in sentences:
        assert sentence.endswith((".", "}", "?")), sentence
        assert not UNFIT.search(sentence), sentence
    assert VIETNAMESE.search(message)
    assert VIETNAMESE.search(mend)
    assert not VIETNAMESE.search(message_en + mend_en)
    fields = [set(re.findall(r"\{(\w+)\}", sentence)) for sentence in (message + mend, message_en + mend_en)]
    assert fields[0] == fields[1]
    assert PROGRAM.count(f'"{code}"') > 1, "nothing gives this code"
