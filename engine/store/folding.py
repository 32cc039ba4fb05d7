"""Search text: what is typed with or without diacritics finds the same."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Return `text` in lower case without diacritics, đ as d, blanks made one.

    >>> folded("  Đỗ  Thị Hường ")
    'do thi huong'
    """
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.replace("đ", "d").split())
