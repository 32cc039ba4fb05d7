"""What is wrong with the shape of a request, in the language the program asks for (`Accept-Language`).

The schemas find it and say it in the English of marshmallow; here it gets the sentence that belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from web.requests import FIELDS_LIMIT
from web.texts import _

Sentence = Callable[[re.Match[str]], str]

SENTENCES: tuple[tuple[str, Sentence], ...] = (
    (r"Missing data for required field\.|Field may not be null\.", lambda _m: _("Cần có giá trị này.")),
    (r"Unknown field\.", lambda _m: _("Yêu cầu này không có mục như vậy.")),
    (r"Not a valid UUID\.", lambda _m: _("Giá trị này phải là một UUID.")),
    (r"Not a valid (?:utf-8 )?string\.", lambda _m: _("Giá trị này phải là một chuỗi ký tự.")),
    (r"Not a valid (?:integer|number)\.|Number too large\.", lambda _m: _("Giá trị này phải là một số nguyên.")),
    (r"Not a valid boolean\.", lambda _m: _("Giá trị này phải là true hoặc false.")),
    (r"Not a valid date\.", lambda _m: _("Giá trị này phải là một ngày, dạng 2026-01-31.")),
    (r"Not a valid list\.", lambda _m: _("Giá trị này phải là một danh sách.")),
    (
        r"Not a valid mapping type\.|Invalid (?:input )?type\.",
        lambda _m: _("Giá trị này phải là một đối tượng gồm các mục có tên."),
    ),
    (
        r"Must be one of: (?P<choices>.*)\.",
        lambda found: _("Giá trị này phải là một trong: %(choices)s.", choices=found["choices"]),
    ),
    (
        r"Must be greater than or equal to (?P<least>\S+) and less than or equal to (?P<most>\S+)\.",
        lambda found: _("Số này phải từ %(least)s đến %(most)s.", **found.groupdict()),
    ),
    (
        r"Longer than maximum length (?P<most>\d+)\.",
        lambda found: _("Giá trị này dài quá %(most)s.", most=found["most"]),
    ),
    (
        r"(?:Shorter than minimum length|Length must be between) (?P<least>\d+).*\.",
        lambda found: _("Giá trị này phải có ít nhất %(least)s.", least=found["least"]),
    ),
    (
        r"Name (?:a nomination or a paper).*",
        lambda _m: _("Cần nêu một trường hợp hoặc một văn bản, không nêu cả hai."),
    ),
    (
        r"Too many names in one object\.",
        lambda _m: _("Một đối tượng JSON có quá %(most)s mục.", most=FIELDS_LIMIT),
    ),
    (r"Given twice\.", lambda _m: _("Mục này được gửi hai lần.")),
    (r"Too deeply nested\.", lambda _m: _("JSON có quá nhiều tầng.")),
    (r"(?P<name>.*) is not JSON\.", lambda found: _("%(name)s không thuộc JSON.", name=found["name"])),
    (r"A name stands twice in one object\.", lambda _m: _("Một tên xuất hiện hai lần trong cùng một đối tượng.")),
)


def told(problem: str) -> str:
    """Return the sentence for a problem as the schemas say it."""
    for pattern, sentence in SENTENCES:
        found = re.fullmatch(pattern, problem, re.DOTALL)
        if found:
            return sentence(found)
    return _("Giá trị này không dùng được.")
