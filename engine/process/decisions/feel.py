"""The language in the cells of decision tables: S-FEEL and the simple part of FEEL beyond it.

Known are: literals of every type, names (with spaces and diacritics) and paths, arithmetic, comparison, `between`,
`in`, `and`, `or`, `if`, ranges with every bracket, lists, calls of the functions in `functions`; as unary tests
comparisons, ranges, lists of tests, `not(...)`, `-`, `null`, and `?` for the value tested.
`for`, `some`, `every`, `function`, contexts and filters are refused by name. What cannot be computed is null,
and the reason is noted; nothing here raises on a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from engine.process.decisions import functions
from engine.process.decisions.arithmetic import PARTS, compute
from engine.process.decisions.functions import FUNCTIONS, UNKNOWN, Failed, Unsupported
from engine.process.decisions.values import (
    ARITHMETIC,
    Beyond,
    Interval,
    Months,
    compare,
    conjunction,
    disjunction,
    equal,
    kind_of,
    negation,
    read_date,
    read_date_time,
    read_duration,
    read_time,
)

MAX_LENGTH = 4_000
MAX_DEPTH = 60

_GRAMMAR = r"""
?expression: "if" expression "then" expression "else" expression -> choice
    | disjunction
?disjunction: conjunction
    | disjunction "or" conjunction -> or_
?conjunction: comparison
    | conjunction "and" comparison -> and_
?comparison: sum
    | sum COMPARE sum -> compare
    | sum "between" sum "and" sum -> between
    | sum "in" test -> in_
    | sum "in" "(" test ("," test)+ ")" -> in_
    | sum "in" "(" comparing ")" -> in_
?sum: product
    | sum SIGN product -> arithmetic
    | sum MINUS product -> arithmetic
?product: power
    | product TIMES power -> arithmetic
?power: negative
    | power POWER negative -> arithmetic
?negative: path
    | MINUS negative -> negate
?path: primary
    | path "." (NAME | QUOTED) -> path
?primary: NUMBER -> number
    | STRING -> string
    | "@" STRING -> at
    | "true" -> true
    | "false" -> false
    | "null" -> null
    | "?" -> tested
    | name
    | name "(" [expression ("," expression)*] ")" -> call
    | "(" expression ")"
    | "[" "]" -> list
    | "[" expression ("," expression)* "]" -> list
    | "(" sum ".." sum close -> range_open
    | "[" sum ".." sum close -> range_closed
    | "]" sum ".." sum close -> range_open
close: ")" -> open_end
    | "[" -> open_end
    | "]" -> closed_end
name: NAME | QUOTED
tests: test ("," test)*
?test: expression | comparing
comparing: COMPARE sum -> compares

COMPARE: "<=" | ">=" | "!=" | "=" | "<" | ">"
SIGN: "+"
MINUS: "-"
TIMES: "*" | "/"
POWER: "**"
NUMBER: /[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?|\.[0-9]+([eE][+-]?[0-9]{1,4})?/
STRING: /"(\\.|[^"\\])*"/s
NAME: /[^\W\d]\w*/
QUOTED: /`[^`]+`/
%ignore /\s+/
%ignore /\/\/[^\n]*/
%ignore /\/\*.*?\*\//s
"""

_PARSER = Lark(_GRAMMAR, parser="lalr", start=["expression", "tests"], maybe_placeholders=False)
_STRINGS = r'"(?:\\.|[^"\\])*"'
_NOT_HERE = re.compile(
    r"\b(?:for|some|every|function|instance of)\b"
    r"|[{}]"
    r"|(?<=[\w\])`])\s*\["  # a filter
    r"|(?<=[(,])\s*[^\W\d][\w\s]*:"  # a named argument
    r"|\(\s*[<>]=?"  # a range without one end
)
_SPECIAL = re.compile(r"\W")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPED = re.compile(
    r"\\(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL
)
_UNKNOWN_CALL = re.compile(r"\b(" + "|".join(name.replace(" ", r"\s+") for name in sorted(UNKNOWN)) + r")\s*\(")
_LONELY = re.compile("[\ud800-\udfff]")
_SPACED = frozenset(part for _, part in PARTS if " " in part) | FUNCTIONS.keys()


class FeelError(Exception):
    """A text is not in the supported language.

    code: feel_syntax | feel_unsupported | feel_function | feel_too_long | feel_too_deep; `detail` the place.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Expression:
    """A parsed expression; `names` are the variables it reads."""

    text: str
    tree: Tree[Token]
    names: frozenset[str]

    def evaluate(self, scope: Mapping[str, Any], notes: Notes) -> Any:
        """Return the value; a name not in `scope` is null, as is what cannot be computed."""
        return _Run(scope, notes).value(self.tree)


@dataclass(frozen=True)
class UnaryTests:
    """A parsed input cell. `trees` is empty for `-`, which any value meets."""

    text: str
    trees: tuple[Tree[Token], ...]
    negated: bool
    names: frozenset[str]

    def met(self, value: Any, scope: Mapping[str, Any], notes: Notes) -> bool | None:
        """Return whether `value` meets the tests: None when that cannot be said, as when it is missing."""
        if not self.trees:
            return True
        run = _Run(scope, notes, value)
        result: bool | None = False
        for tree in self.trees:
            result = disjunction(result, run.test(tree, value))
        return negation(result) if self.negated else result


@dataclass
class Notes:
    """What went wrong on the way to a null: (code, detail)."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def add(self, code: str, detail: str) -> None:
        if (code, detail) not in self.found:
            self.found.append((code, detail))


def parse_expression(text: str, names: Iterable[str] = ()) -> Expression:
    """Return a parsed expression. `names` are the known names, needed where they hold spaces or signs.

    Raises:
        FeelError: the text is not in the supported language.

    >>> rent = parse_expression("Giá thuê * 1.1", ["Giá thuê"])
    >>> rent.evaluate({"Giá thuê": Decimal("100.10")}, Notes())
    Decimal('110.110')
    """
    tree = _parse(text, frozenset(names), "expression")
    return Expression(text, tree, _names_in(tree))


def parse_tests(text: str, names: Iterable[str] = ()) -> UnaryTests:
    """Return a parsed input cell.

    Raises:
        FeelError: the text is not in the supported language.

    >>> band = parse_tests("[20..30)")
    >>> [band.met(value, {}, Notes()) for value in (Decimal(20), Decimal(30), None)]
    [True, False, None]
    """
    text = text.strip()
    if text in ("", "-"):
        return UnaryTests("-", (), False, frozenset())
    inside = _inside_not(text)
    tree = _parse(text if inside is None else inside, frozenset(names), "tests")
    return UnaryTests(text, tuple(_trees(tree.children)), inside is not None, _names_in(tree))


def _inside_not(text: str) -> str | None:
    """Return what `not(...)` negates when it spans the whole cell."""
    start = re.match(r"not\s*\(", text)
    if not start or not text.endswith(")"):
        return None
    depth = 1
    for found in re.finditer(rf"{_STRINGS}|[()]", text[start.end() : -1]):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return None
    return text[start.end() : -1]


@lru_cache(maxsize=1024)
def _parse(text: str, names: frozenset[str], start: str) -> Tree[Token]:
    if len(text) > MAX_LENGTH:
        raise FeelError("feel_too_long")
    if "`" in re.sub(_STRINGS, "", text):
        raise FeelError("feel_syntax", "`")
    try:
        tree = _PARSER.parse(_quoted(text, names), start=start)
    except LarkError as error:
        plain = re.sub(_STRINGS, '""', text)
        if unknown := _UNKNOWN_CALL.search(plain):
            raise FeelError("feel_function", " ".join(unknown[1].split())) from None
        if found := _NOT_HERE.search(plain):
            raise FeelError("feel_unsupported", " ".join(found[0].split())[:40]) from None
        at = getattr(error, "pos_in_stream", None)
        near = _quoted(text, names)[at:] if isinstance(at, int) and at >= 0 else text
        raise FeelError("feel_syntax", (near.replace("`", "") or text)[:40]) from None
    _check(tree)
    return tree


def _quoted(text: str, names: frozenset[str]) -> str:
    """Return the text with every known name that is no plain word put between backquotes."""
    return _special_names(names).sub(
        lambda found: found[0] if found[0][0] == '"' else "`" + " ".join(found[0].split()) + "`", text
    )


@lru_cache(maxsize=16)
def _special_names(names: frozenset[str]) -> re.Pattern[str]:
    """Return what finds texts, which stay as they are, and names with spaces or signs, the longest first."""
    special = sorted((name for name in names | _SPACED if _SPECIAL.search(name)), key=len, reverse=True)
    spelt = "|".join(r"\s+".join(map(re.escape, name.split())) for name in special)
    return re.compile(rf"{_STRINGS}|(?<!\w)(?:{spelt})(?!\w)")


def _check(tree: Tree[Token]) -> None:
    level, depth = _trees([tree]), 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise FeelError("feel_too_deep")
        for node in level:
            if node.data == "call" and (name := _name_of(node.children[0])) not in FUNCTIONS:
                raise FeelError("feel_function", name)
            if node.data == "at":
                _at(str(node.children[0]))
            if node.data == "string" and _LONELY.search(_text(str(node.children[0]))):
                raise FeelError("feel_syntax", str(node.children[0])[:40])
        level = [child for node in level for child in _trees(node.children)]


def _at(literal: str) -> Any:
    for read in (read_date, read_date_time, read_time, read_duration):
        try:
            return read(_text(literal))
        except Beyond:
            raise FeelError("feel_unsupported", "@" + literal) from None
        except ValueError:
            continue
    raise FeelError("feel_syntax", "@" + literal)


def _text(literal: str) -> str:
    def plain(found: re.Match[str]) -> str:
        if len(found[1]) == 11:  # one character as two halves
            return bytes.fromhex(found[1][1:5] + found[1][7:]).decode("utf-16-be")
        point = int(found[1][1:], 16) if len(found[1]) > 1 else -1
        if point > 0x10FFFF:
            return found[0]
        return chr(point) if point >= 0 else _ESCAPES.get(found[1], found[1])

    return _ESCAPED.sub(plain, literal[1:-1])


def _trees(children: Iterable[Any]) -> list[Tree[Token]]:
    return [child for child in children if isinstance(child, Tree)]


def _name_of(node: Any) -> str:
    return str(node.children[0]).strip("`")


def _names_in(tree: Tree[Token]) -> frozenset[str]:
    called = {id(node.children[0]) for node in tree.find_data("call")}
    return frozenset(_name_of(node) for node in tree.find_data("name") if id(node) not in called)


def _meets(value: Any, wanted: Any) -> bool | None:
    """Return whether `value in wanted`: equal to it, inside it, or meeting one item of it."""
    if isinstance(wanted, Interval):
        return wanted.contains(value)
    if isinstance(wanted, list):
        same = isinstance(value, list) and equal(value, wanted) is True
        return same or any(_meets(value, item) is True for item in wanted)
    return equal(value, wanted)


class _Run:
    """One evaluation: what the names mean, what `?` is, and the notes taken."""

    def __init__(self, scope: Mapping[str, Any], notes: Notes, tested: Any = None) -> None:
        self.scope = scope
        self.notes = notes
        self.under_test = tested

    def value(self, tree: Any) -> Any:
        try:
            return getattr(self, "_" + tree.data.rstrip("_"))(*tree.children)
        except Unsupported as beyond:
            self.notes.add("dmn_beyond", str(beyond))
            return None
        except (Failed, ArithmeticError) as failed:
            self.notes.add("dmn_failed", str(failed) if isinstance(failed, Failed) else str(tree.data))
            return None

    def test(self, tree: Tree[Token], value: Any) -> bool | None:
        """Return whether `value` meets one test of a list."""
        if tree.data == "compares":
            return compare(str(tree.children[0]), value, self.value(tree.children[1]))
        wanted = self.value(tree)
        if any(True for _ in tree.find_data("tested")):
            return wanted if isinstance(wanted, bool) else None
        return _meets(value, wanted)

    def _number(self, text: Token) -> Decimal:
        return ARITHMETIC.create_decimal(text)

    def _string(self, text: Token) -> str:
        return _text(text)

    def _at(self, text: Token) -> Any:
        return _at(text)

    def _true(self) -> bool:
        return True

    def _false(self) -> bool:
        return False

    def _null(self) -> None:
        return None

    def _tested(self) -> Any:
        return self.under_test

    def _name(self, text: Token) -> Any:
        return self.scope.get(str(text).strip("`"))

    def _list(self, *items: Any) -> list[Any]:
        return [self.value(item) for item in items]

    def _range_open(self, low: Any, high: Any, end: Any) -> Interval:
        return Interval(self.value(low), self.value(high), False, end.data == "closed_end")

    def _range_closed(self, low: Any, high: Any, end: Any) -> Interval:
        return Interval(self.value(low), self.value(high), True, end.data == "closed_end")

    def _choice(self, condition: Any, then: Any, otherwise: Any) -> Any:
        return self.value(then if self.value(condition) is True else otherwise)

    def _or(self, left: Any, right: Any) -> bool | None:
        return disjunction(self.value(left), self.value(right))

    def _and(self, left: Any, right: Any) -> bool | None:
        return conjunction(self.value(left), self.value(right))

    def _compare(self, left: Any, operator: Token, right: Any) -> bool | None:
        return compare(str(operator), self.value(left), self.value(right))

    def _between(self, tested: Any, low: Any, high: Any) -> bool | None:
        return Interval(self.value(low), self.value(high), True, True).contains(self.value(tested))

    def _in(self, tested: Any, *tests: Any) -> bool | None:
        value = self.value(tested)
        result: bool | None = False
        for test in tests:
            result = disjunction(result, self.test(test, value))
        return result

    def _negate(self, _: Token, operand: Any) -> Any:
        value = self.value(operand)
        if value is None:
            return None
        if isinstance(value, Months):
            return Months(-value.months)
        if not isinstance(value, Decimal | timedelta):
            raise Failed("-")
        return ARITHMETIC.minus(value) if isinstance(value, Decimal) else -value

    def _arithmetic(self, left: Any, operator: Token, right: Any) -> Any:
        a, b = self.value(left), self.value(right)
        if a is None or b is None:
            return None
        try:
            return compute(str(operator), a, b)
        except (ArithmeticError, ValueError, TypeError, KeyError):
            raise Failed(str(operator)) from None

    def _call(self, name: Any, *given: Any) -> Any:
        called = _name_of(name)
        values = [self.value(item) for item in given]
        try:
            return functions.call(called, values)
        except Unsupported:
            raise
        except Failed:
            if None in values:  # Missing in, missing out: nothing to report.
                return None
            raise Failed(f"{called}()") from None

    def _path(self, of: Any, name: Token) -> Any:
        value, part = self.value(of), str(name).strip("`")
        if value is None:
            return None
        if isinstance(value, dict):
            return value.get(part)
        reader = PARTS.get((kind_of(value), part))
        if reader is None:
            raise Failed(f".{part}")
        found = reader(value)
        return Decimal(found) if isinstance(found, int) and not isinstance(found, bool) else found
