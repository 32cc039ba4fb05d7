"""Conditions in other dialects, written again in CEL: JUEL `${a == b}`, FEEL `= a = b`, and the words of Python.

Only what means exactly the same in CEL is translated: comparisons, and/or/not, arithmetic signs, lists. Everything
else is left for the compiler to refuse. A translation is never silent: whoever asked for it reports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WRAPPED = re.compile(r"[$#]\{(.*)\}", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    |(?P<operator>===|!==|&&|\|\||[=!<>]=|[-+*/%<>=!?:,.()\[\]])""",
    re.VERBOSE,
)
_AND, _OR = frozenset({"and", "&&"}), frozenset({"or", "||"})
_ENDS = frozenset({")", "]", ","})
_SIGNS = {
    "juel": {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "div": "/", "mod": "%", "not": "!"},
    "feel": {"=": "==", "not": "!"},
    "python": {"True": "true", "False": "false", "None": "null", "===": "==", "!==": "!="},
}
# Words that look like names and mean something CEL would not notice.
_FOREIGN = {
    "juel": frozenset({"empty", "instanceof"}),
    "feel": frozenset({"between", "if", "then", "else", "for", "some", "every", "return", "satisfies", "instance"}),
    "python": frozenset({"is", "lambda", "if", "else", "for"}),
}
_PYTHON_WORDS = re.compile(r"\b(?:and|or|not|True|False|None)\b|===|!==")
_STRINGS = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""")


class Untranslatable(Exception):
    """The text means something CEL cannot say the same way."""


def dialect_of(text: str) -> str | None:
    """Return the dialect a condition is plainly written in; None: it may be CEL.

    >>> dialect_of("${approved}"), dialect_of("= amount > 5"), dialect_of("a and not b"), dialect_of("a == 'x and y'")
    ('juel', 'feel', 'python', None)
    """
    if _WRAPPED.fullmatch(text.strip()):
        return "juel"
    if text.lstrip().startswith("=") and not text.lstrip().startswith("=="):
        return "feel"
    return "python" if _PYTHON_WORDS.search(_STRINGS.sub("", text)) else None


def to_cel(text: str, dialect: str) -> str:
    """Return `text` in CEL.

    Raises:
        Untranslatable: not all of it has one plain meaning there.

    >>> to_cel("${outcome == 'yes' and not (count lt 3)}", "juel")
    "outcome == 'yes' && !(count < 3)"
    >>> to_cel('= status = "open" or amount >= 10', "feel")
    'status == "open" || amount >= 10'
    >>> to_cel("not a == b and c", "python")
    '!(a == b) && c'
    """
    text = text.strip()
    if dialect == "juel" and (wrapped := _WRAPPED.fullmatch(text)):
        text = wrapped[1]
    elif dialect == "feel":
        text = text[1:]
    translator = _Translator(list(_tokens(text)), dialect)
    translated = translator.either()
    if translator.at < len(translator.tokens):
        raise Untranslatable(text)
    return translated


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise Untranslatable(text[at : at + 20])
        at = found.end()
        if found.lastgroup != "blank":
            yield str(found.lastgroup), found[0]


class _Translator:
    def __init__(self, tokens: list[tuple[str, str]], dialect: str) -> None:
        self.tokens = tokens
        self.at = 0
        self._dialect = dialect
        self._depth = 0

    def either(self) -> str:
        parts = [self._both()]
        while self._peek() in _OR:
            self.at += 1
            parts.append(self._both())
        return " || ".join(parts)

    def _both(self) -> str:
        parts = [self._negated()]
        while self._peek() in _AND:
            self.at += 1
            parts.append(self._negated())
        return " && ".join(parts)

    def _negated(self) -> str:
        # Python's `not` takes the whole comparison behind it; that of the others only the next value.
        if self._dialect == "python" and self._peek() == "not":
            self.at += 1
            return f"!({self._negated()})"
        return self._comparison()

    def _comparison(self) -> str:
        parts: list[str] = []
        before = ""
        while self.at < len(self.tokens) and self._peek() not in _AND | _OR | _ENDS:
            kind, word = self.tokens[self.at]
            self.at += 1
            if word in ("(", "["):
                called = word == "(" and before == "name"
                parts.append(("" if called or (word == "[" and before == "name") else " ") + self._bracket(word))
                before = "value"
            elif kind == "operator" or word in _SIGNS[self._dialect]:
                parts.append(self._sign(word, before))
                before = "value" if word in ("True", "False", "None") else "sign"
            else:
                parts.append(" " + self._value(kind, word, before))
                before = "sign" if word == "in" else kind
        if not parts:
            raise Untranslatable("")
        return re.sub(r"(^|[ (\[])! ", r"\1!", "".join(parts).strip())

    def _sign(self, word: str, before: str) -> str:
        if word == "not" and self._dialect == "feel" and self._peek() != "(":
            raise Untranslatable(word)
        if word == "==" and self._dialect == "feel":
            raise Untranslatable(word)
        if word == "=" and self._dialect != "feel":
            raise Untranslatable(word)
        if word in ("?", ":", "."):
            raise Untranslatable(word)
        return " " + _SIGNS[self._dialect].get(word, word)

    def _value(self, kind: str, word: str, before: str) -> str:
        if word in _FOREIGN[self._dialect] or (before not in ("", "sign") and word != "in"):
            raise Untranslatable(word)
        if kind == "string" and self._dialect == "feel" and word[0] == "'":
            raise Untranslatable(word)
        return word

    def _bracket(self, opening: str) -> str:
        self._depth += 1
        if self._depth > 24:
            raise Untranslatable(opening)
        closing = ")" if opening == "(" else "]"
        parts: list[str] = []
        while self._peek() != closing:
            parts.append(self.either())
            if self._peek() == ",":
                self.at += 1
            elif self._peek() != closing:
                raise Untranslatable(opening)
        self.at += 1
        self._depth -= 1
        return f"{opening}{', '.join(parts)}{closing}"

    def _peek(self) -> str:
        if self.at < len(self.tokens):
            kind, word = self.tokens[self.at]
            return word if kind != "string" else ""
        return "" if self._depth == 0 else self._unclosed()

    def _unclosed(self) -> str:
        raise Untranslatable("(")
