"""Conditions of a diagram, written in CEL over declared variables.

A variable is one flat dotted name, `head_decision.outcome`; nothing else can be reached from an expression.
Undeclared names, wrong types and a result of the wrong type are refused when a release is checked. A value that
is not there stays unbound, so that reading it unguarded fails instead of taking some branch. There are no
doubles: percentages are whole hundredths, dates are ISO texts. Running is bounded in depth and in iterations.

`cel-expr-python` does the work; `common-expression-language` stands in where its wheel is missing. The stand-in
finds wrong types only when the expression runs: releases are checked with the first.
What stands in the cells of decision tables is another language: see engine.process.decisions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from unicodedata import normalize

from engine.errors import Problem

Kind = Literal["BOOL", "INT", "STRING", "DATE", "PERCENT", "LIST", "DYN"]

MAX_LENGTH = 2_000
MAX_BRACKETS = 24
MAX_MACROS = 2
MAX_LIST = 1_000
INT64 = range(-(2**63), 2**63)

_STORED_AS = {"DATE": "STRING", "PERCENT": "INT"}
_MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_METHODS = _MACROS | {"size", "startsWith", "endsWith", "contains", "matches"}
_FUNCTIONS = frozenset({"size", "int", "string"})
_LENGTH = "length_of"  # for `size` in the stand-in, whose own counts bytes: 4 for "Xét"
_WORDS = frozenset({"true", "false", "null", "in"})
_IDENT = "[A-Za-z_][A-Za-z0-9_]*"
_NAME = re.compile(rf"{_IDENT}(\.{_IDENT})*")
_TOKEN = re.compile(
    rf"""(?P<blank>[ \t\r\n\f]+|//[^\n]*)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<double>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    |(?P<number>0[xX][0-9a-fA-F]+|[0-9]+)(?![A-Za-z_])
    |(?P<name>{_IDENT}(?:\s*\.\s*{_IDENT})*)
    |(?P<operator>&&|\|\||[=!<>]=|[-+*/%<>!?:,.()\[\]])""",
    re.VERBOSE,
)

# code -> message, mend, message_en, mend_en; {detail} is filled in
_SENTENCES = {
    "cel_empty": ("Biểu thức trống.", "Nhập điều kiện.", "The expression is empty.", "Enter a condition."),
    "cel_too_long": (
        "Biểu thức dài quá 2.000 ký tự.",
        "Viết điều kiện ngắn hơn hoặc dùng bảng quyết định.",
        "The expression is longer than 2,000 characters.",
        "Write a shorter condition, or use a decision table.",
    ),
    "cel_too_deep": (
        "Biểu thức lồng nhau quá sâu.",
        "Tách thành nhiều điều kiện hoặc dùng bảng quyết định.",
        "The expression is nested too deeply.",
        "Split it into several conditions, or use a decision table.",
    ),
    "cel_syntax": (
        "Biểu thức viết sai quy tắc CEL tại “{detail}”.",
        "Chọn lại điều kiện từ danh sách kết quả và trường dữ liệu.",
        "The expression is not in the allowed language (CEL) at “{detail}”.",
        "Pick the condition again from the list of outcomes and fields.",
    ),
    "cel_double": (
        "Không dùng số thập phân “{detail}” trong điều kiện.",
        "Viết tỷ lệ phần trăm theo phần trăm của đơn vị: 24,5 % là 2450.",
        "Decimal number “{detail}” not allowed in a condition.",
        "Write percentages in hundredths: 24.5 % is 2450.",
    ),
    "cel_undeclared": (
        "Không có biến nào tên là “{detail}”.",
        "Chọn biến của một bước đứng trước trong quy trình.",
        "There is no variable named “{detail}”.",
        "Choose a variable of an earlier step.",
    ),
    "cel_function": (
        "Không có hàm “{detail}”.",
        "Dùng các hàm cho phép: size, int, string, startsWith, endsWith, contains, matches, all, exists, filter, map.",
        "There is no function “{detail}”.",
        "Use size, int, string, startsWith, endsWith, contains, matches, all, exists, filter or map.",
    ),
    "cel_shadow": (
        "Tên “{detail}” đã là tên của một bước.",
        "Đổi tên biến chạy trong all, exists, filter hoặc map.",
        "The name “{detail}” is that of a step already.",
        "Rename the loop variable in all, exists, filter or map.",
    ),
    "cel_type": (
        "So sánh hoặc tính toán giữa hai kiểu dữ liệu khác nhau {detail}.",
        "So sánh văn bản với văn bản, số với số.",
        "Values of different types are compared or computed {detail}.",
        "Compare text with text and numbers with numbers.",
    ),
    "cel_result": (
        "Kết quả của biểu thức là {detail}, không đúng kiểu cần có.",
        "Viết một so sánh, ví dụ thêm == true.",
        "The result of the expression is {detail}, which is not the type needed.",
        "Write a comparison, for example add == true.",
    ),
}


class ExpressionError(Exception):
    """The text is refused when it is compiled. `code` is stable, `detail` the place or name concerned."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def problem(self, file: str, line: int, element: str) -> Problem:
        """Return the finding an administrator reads."""
        sentences = (sentence.format(detail=self.detail) for sentence in _SENTENCES[self.code])
        message, mend, message_en, mend_en = (" ".join(sentence.replace(" .", ".").split()) for sentence in sentences)
        return Problem(file, line, element, self.code, "error", message, mend, message_en, mend_en)


class ExpressionFailed(Exception):
    """The expression has no value for these variables. `detail` names a variable, never what it holds.

    code: cel_value_missing | cel_value_type | cel_division_by_zero | cel_overflow | cel_index | cel_budget |
    cel_result | cel_failed
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Program:
    """One compiled expression. `names` are the variables it reads, `result` the kind of its value."""

    text: str
    names: frozenset[str]
    result: str
    _declared: Mapping[str, str]
    _run: Callable[[Mapping[str, Any]], Any]

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Return the value for `values`, flat names to JSON scalars or lists of them; others are not looked at.

        Raises:
            ExpressionFailed: a variable is missing or of another type, or the computation has no result.
        """
        bound = {
            name: _checked(name, self._declared[name], values[name])
            for name in self.names
            if name in values and (values[name] is not None or self._declared[name] == "DYN")
        }
        value = self._run(bound)
        if not _is_of(self.result, value):
            raise ExpressionFailed("cel_result", type(value).__name__)
        return value


class Expressions:
    """The expressions over one set of declared variables.

    >>> expressions = Expressions({"council.dong_y": "INT", "council.tong_so": "INT"})
    >>> majority = expressions.compile("council.dong_y * 2 > council.tong_so")
    >>> majority.evaluate({"council.dong_y": 4, "council.tong_so": 7})
    True
    >>> expressions.compile("council.dong_y")
    Traceback (most recent call last):
    engine.process.expressions.ExpressionError: ('cel_result', 'INT')
    """

    def __init__(self, declared: Mapping[str, str], *, stand_in: bool | None = None) -> None:
        """Declare variables, name -> kind. `stand_in` chooses the implementation; None: the best there is."""
        for name in declared:
            if not _NAME.fullmatch(name) or _WORDS & set(name.split(".")):
                raise ExpressionError("cel_syntax", name)
        self.declared = dict(declared)
        self._steps = frozenset(name.split(".")[0] for name in declared)
        self._programs: dict[tuple[str, str], Program] = {}
        if stand_in is None:
            stand_in = cel_expr is None
        self._backend = _StandIn() if stand_in else _First(self.declared)

    def compile(self, text: str, result: str = "BOOL") -> Program:
        """Return the program of `text`, whose value must be of kind `result` (DYN: any).

        Raises:
            ExpressionError: the text is refused.
        """
        program = self._programs.get((text, result))
        if program is None:
            scan = _Scan(normalize("NFC", text), self.declared, self._steps)
            kind = _STORED_AS.get(result, result)
            run = self._backend.compile(scan, kind)
            program = Program(text, frozenset(scan.names), kind, self.declared, run)
            self._programs[text, result] = program
        return program


def is_name(text: str) -> bool:
    """Whether an expression can read a variable of this name."""
    return bool(_NAME.fullmatch(text)) and not _WORDS & set(text.split("."))


def names_in(text: str) -> list[str]:
    """Return the variables an expression seems to read, in order; none if it binds names of its own.

    >>> names_in("approved && order.total > size(list) || x == 'y'")
    ['approved', 'order.total', 'list', 'x']
    """
    found: dict[str, None] = {}
    for token in _TOKEN.finditer(text):
        if token.lastgroup != "name":
            continue
        name = re.sub(r"\s", "", token[0])
        if text[token.end() :].lstrip().startswith("("):
            name, _, method = name.rpartition(".")
            if method in _MACROS:
                return []
        if name and is_name(name):
            found[name] = None
    return list(found)


class _Scan:
    """The text token by token: what both implementations are allowed to see.

    It keeps out what they would understand differently or what nobody needs in a condition: doubles, bytes,
    maps, `has` (which answers for a flat name with its value), functions outside the list.
    """

    def __init__(self, text: str, declared: Mapping[str, str], steps: frozenset[str]) -> None:
        self.text = text
        self.names: dict[str, str] = {}  # declared name -> the plain identifier the stand-in knows it by
        self._declared = declared
        self._steps = steps
        self._brackets: list[str | None] = []  # for every open bracket the loop variable bound in it
        self._out: list[str] = []
        if len(text) > MAX_LENGTH:
            raise ExpressionError("cel_too_long")
        if any("\ud800" <= sign <= "\udfff" for sign in text):  # half a character, which nobody can encode
            raise ExpressionError("cel_syntax", "\N{REPLACEMENT CHARACTER}")
        tokens = [token for token in self._tokens() if token[0] != "blank"]
        if not tokens:
            raise ExpressionError("cel_empty")
        for at in range(len(tokens)):
            self._read(tokens, at)

    @property
    def plain(self) -> str:
        """The text for the stand-in: every variable one plain identifier."""
        return " ".join(self._out)

    def _tokens(self) -> Iterator[tuple[str, str]]:
        at = 0
        before = ""
        while at < len(self.text):
            found = _TOKEN.match(self.text, at)
            # A string right behind a name or a string is a raw, bytes or triple-quoted literal.
            if not found or (found.lastgroup == "string" and before in ("name", "string")):
                raise ExpressionError("cel_syntax", self.text[at : at + 20])
            before = str(found.lastgroup)
            yield before, re.sub(r"\s", "", found[0]) if before == "name" else found[0]
            at = found.end()

    def _read(self, tokens: list[tuple[str, str]], at: int) -> None:
        kind, text = tokens[at]
        if kind == "double":
            raise ExpressionError("cel_double", text)
        if kind == "name":
            self._out.append(self._name(text, tokens, at))
            return
        if text in ("(", "["):
            self._open(tokens, at)
        elif text in (")", "]"):
            if not self._brackets:
                raise ExpressionError("cel_syntax", text)
            self._brackets.pop()
        elif text == "." and not (at and (tokens[at - 1][1] in (")", "]") or tokens[at - 1][0] == "string")):
            raise ExpressionError("cel_syntax", text)
        self._out.append(text)

    def _open(self, tokens: list[tuple[str, str]], at: int) -> None:
        variable = None
        if at and tokens[at - 1][0] == "name" and tokens[at - 1][1].split(".")[-1] in _MACROS:
            variable = tokens[at + 1][1] if at + 1 < len(tokens) else ""
            if not re.fullmatch(_IDENT, variable) or variable in _WORDS:
                raise ExpressionError("cel_syntax", f"{tokens[at - 1][1]}(")
            if variable in self._steps:
                raise ExpressionError("cel_shadow", variable)
        self._brackets.append(variable)
        if len(self._brackets) > MAX_BRACKETS or sum(name is not None for name in self._brackets) > MAX_MACROS:
            raise ExpressionError("cel_too_deep")

    def _name(self, text: str, tokens: list[tuple[str, str]], at: int) -> str:
        called = at + 1 < len(tokens) and tokens[at + 1][1] == "("
        member = at > 0 and tokens[at - 1][1] == "."
        name, _, last = text.rpartition(".")
        if called and text not in _WORDS:
            if last not in (_METHODS if name or member else _FUNCTIONS) or (member and name):
                raise ExpressionError("cel_function", last)
            function = _LENGTH if last == "size" else last
            return f"{self._variable(name)}.{function}" if name else function
        if member:
            raise ExpressionError("cel_undeclared", text)
        return text if text in _WORDS else self._variable(text)

    def _variable(self, name: str) -> str:
        if name in self._brackets:
            return name
        if name not in self._declared:
            raise ExpressionError("cel_undeclared", name)
        return self.names.setdefault(name, f"variable_{len(self.names)}")


def _checked(name: str, kind: str, value: Any) -> Any:
    stored = _STORED_AS.get(kind, kind)
    if not _is_of(stored, value):
        raise ExpressionFailed("cel_value_type", name)
    if isinstance(value, list):
        return [normalize("NFC", item) if isinstance(item, str) else item for item in value]
    return normalize("NFC", value) if isinstance(value, str) else value


def _is_of(kind: str, value: Any) -> bool:
    if kind == "BOOL":
        return isinstance(value, bool)
    if kind == "INT":
        return isinstance(value, int) and not isinstance(value, bool) and value in INT64
    if kind == "STRING":
        return isinstance(value, str)
    if kind == "LIST":
        return isinstance(value, list) and len(value) <= MAX_LIST and all(_is_scalar(item) for item in value)
    return _is_scalar(value) or _is_of("LIST", value)


def _is_scalar(value: Any) -> bool:
    return value is None or any(_is_of(kind, value) for kind in ("BOOL", "INT", "STRING"))


# --- the two implementations -------------------------------------------------------------------------------------

try:
    from cel_expr_python import cel as cel_expr
except ImportError:  # No wheel for this Python or machine.
    cel_expr = None

_FIRST_FAILURES = {
    "divide by zero": "cel_division_by_zero",
    "modulus by zero": "cel_division_by_zero",
    "overflow": "cel_overflow",
    "Index error": "cel_index",
    "budget": "cel_budget",
}


class _First:
    """`cel-expr-python`: checks types when compiling. An error at run time is a value of type ERROR, not a raise."""

    def __init__(self, declared: Mapping[str, str]) -> None:
        assert cel_expr is not None
        types = {kind: getattr(cel_expr.Type, kind) for kind in ("BOOL", "INT", "STRING", "LIST", "DYN")}
        self._env = cel_expr.NewEnv(variables={n: types[_STORED_AS.get(k, k)] for n, k in declared.items()})

    def compile(self, scan: _Scan, result: str) -> Callable[[Mapping[str, Any]], Any]:
        try:
            expression = self._env.compile(scan.text)
        except RuntimeError as error:
            raise self._refusal(str(error), scan.text) from None
        kind = expression.return_type().name().partition("<")[0]
        if kind == "DOUBLE" or result not in ("DYN", kind):
            raise ExpressionError("cel_result", kind)

        def run(values: Mapping[str, Any]) -> Any:
            try:
                value = expression.eval(data=values)
            except RuntimeError as error:
                raise self._failure(str(error)) from None
            if value.type().name() in ("ERROR", "UNKNOWN"):
                raise self._failure(str(value.value()))
            return value.plain_value()

        return run

    @staticmethod
    def _refusal(why: str, text: str) -> ExpressionError:
        if "recursion" in why:
            return ExpressionError("cel_too_deep")
        if found := re.search(r"no matching overload for '_?(.*?)_?' applied to '(.*?)'", why):
            return ExpressionError("cel_type", f"{found[1]} {found[2]}")
        if found := re.search(r"undeclared reference to '(.*?)'", why):
            return ExpressionError("cel_undeclared", found[1])
        place = re.search(r"<input>:(\d+):(\d+)", why)
        lines = text.split("\n")
        rest = lines[int(place[1]) - 1][int(place[2]) - 1 :] if place else text
        return ExpressionError("cel_syntax", (rest or text)[:20])

    @staticmethod
    def _failure(why: str) -> ExpressionFailed:
        if found := re.search(r'No value with name "(.*?)" found', why):
            return ExpressionFailed("cel_value_missing", found[1])
        return ExpressionFailed(next((code for part, code in _FIRST_FAILURES.items() if part in why), "cel_failed"))


_STAND_IN_FAILURES: dict[type[Exception], str] = {
    ZeroDivisionError: "cel_division_by_zero",
    OverflowError: "cel_overflow",
    IndexError: "cel_index",
}


class _StandIn:
    """`common-expression-language`: raises at run time; depth and nesting are bounded by the scan alone."""

    def compile(self, scan: _Scan, result: str) -> Callable[[Mapping[str, Any]], Any]:
        import cel

        try:
            program = cel.compile(scan.plain)
        except ValueError:
            raise ExpressionError("cel_syntax", scan.text[:20]) from None
        written = {plain: name for name, plain in scan.names.items()}

        def run(values: Mapping[str, Any]) -> Any:
            try:
                variables = {scan.names[name]: value for name, value in values.items()}
                return program.execute(cel.Context(variables, {_LENGTH: len}))
            except Exception as error:
                found = re.search(r"variable_\d+", str(error))
                if found and found[0] in written and written[found[0]] not in values:
                    raise ExpressionFailed("cel_value_missing", written[found[0]]) from None
                raise ExpressionFailed(_STAND_IN_FAILURES.get(type(error), "cel_failed")) from None

        return run
