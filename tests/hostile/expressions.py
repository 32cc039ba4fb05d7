"""Random expressions, half of them nearly right, run in a process that may touch nothing.

A process that has an audit hook keeps it for good, so `run` starts one of its own. Whatever opens a file, starts a
process, connects, imports or compiles Python there is an offence. (The CEL library looks for google.protobuf, which is
not installed, each time it refuses a text.)
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from engine.process.decisions.feel import FeelError, Notes, parse_expression, parse_tests
from engine.process.expressions import ExpressionError, ExpressionFailed, Expressions

OFFENCES = ("open", "os.", "subprocess.", "socket.", "exec", "compile", "import", "ctypes.", "shutil.", "pty.")
DECLARED = {"a.n": "INT", "a.s": "STRING", "a.yes": "BOOL", "a.list": "LIST", "a.visited": "BOOL"}
VALUES = {"a.n": 3, "a.s": "x", "a.yes": True, "a.list": ["x", "y"], "a.visited": True}
SCOPE = {"n": Decimal(3), "s": "Xét", "yes": True, "d": date(2026, 1, 1), "list": [Decimal(1)], "Tỷ lệ (%)": Decimal(9)}

_COMMON = (
    *(
        "(",
        ")",
        "[",
        "]",
        ",",
        "+",
        "-",
        "*",
        "/",
        "<",
        "<=",
        ">",
        ">=",
        "!=",
        " ",
        "1",
        "0",
        "3.5",
        "99999999999999999999",
    ),
    *(
        "-1",
        '"x"',
        '""',
        '"\\n"',
        '"\\u1ea1"',
        "'y'",
        "true",
        "false",
        "null",
        "?",
        ":",
        "in",
        ".",
        "..",
        "{",
        "}",
        "%",
    ),
)
_HOSTILE = (
    *(
        "__import__('os').system('id')",
        "().__class__.__mro__",
        "open('/etc/passwd')",
        "eval('1')",
        "\0",
        "\ud800",
        "`",
        "$" + "{x}",
    ),
    *(
        "lambda: 0",
        "import os",
        "9**9**9",
        "'a'*10**10",
        "x" * 300,
        "((((((((((",
        "[[[[[[[[",
        "not " * 20,
        "\u202e",
        "//",
        "/*",
    ),
)
CEL = (
    *_COMMON,
    "==",
    "&&",
    "||",
    "!",
    *DECLARED,
    "size(",
    "a.list.all(x, ",
    "a.list.exists(x, ",
    "has(",
    "int(",
    "duration(",
    *_HOSTILE,
)
FEEL = (
    *(
        *_COMMON,
        "=",
        "and",
        "or",
        "not(",
        "if",
        "then",
        "else",
        "between",
        "for",
        "some",
        "every",
        "satisfies",
        "return",
    ),
    *(
        *SCOPE,
        "date(",
        'date("2026-02-30")',
        "duration(",
        '"P1Y"',
        "date and time(",
        "substring(",
        "sum(",
        "decimal(",
        "**",
        "@",
    ),
    *_HOSTILE,
)
_VALUES = {"1", "0", "3.5", "-1", '"x"', '""', "true", "false", "null", *DECLARED, *SCOPE}
_SHAPES = (
    "{} == {}",
    "{} && ({})",
    "{} in [{}]",
    "{} + {} > 1",
    "not({} = {})",
    "[{}..{}]",
    "if {} then {} else 1",
    "{}{}",
)


def texts(words: tuple[str, ...], seed: int, count: int) -> Iterator[str]:
    """Yield expressions: heaps of words, and words put into the shape of an expression."""
    chance = random.Random(seed)
    for _ in range(count):
        if chance.random() < 0.5:
            yield "".join(chance.choices(words, k=chance.randint(1, 14)))
        else:
            plain = [word for word in words if word in _VALUES]
            pair = (" ".join(chance.choices(words if chance.random() < 0.3 else plain, k=1)) for _ in range(2))
            yield chance.choice(_SHAPES).format(*pair)


def _cel(text: str) -> str:
    try:
        Expressions(DECLARED).compile(text).evaluate(VALUES)
    except (ExpressionError, ExpressionFailed) as error:
        return error.code
    return "runs"


def _feel(text: str) -> str:
    try:
        parse_expression(text, SCOPE).evaluate(SCOPE, Notes())
    except FeelError as error:
        return error.code
    return "runs"


def _tests(text: str) -> str:
    try:
        parse_tests(text, SCOPE).met(SCOPE["n"], SCOPE, Notes())
    except FeelError as error:
        return error.code
    return "runs"


LANGUAGES: dict[str, tuple[Callable[[str], str], tuple[str, ...]]] = {
    "CEL": (_cel, CEL),
    "S-FEEL": (_feel, FEEL),
    "unary tests": (_tests, FEEL),
}


def run(language: str, seed: int, count: int) -> dict[str, Any]:
    """Return what became of `count` expressions: outcomes by code, crashes, offences and the slowest in seconds."""
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, language, seed, count))
    child.start()
    theirs.close()
    try:
        found: dict[str, Any] = ours.recv()
    finally:
        child.join()
        ours.close()
    return found


def _child(answer: Any, language: str, seed: int, count: int) -> None:
    judge, words = LANGUAGES[language]
    for text in ("1 < 2", "(", "date(1, 1, 1)"):
        judge(text)  # Whatever is loaded late is loaded now.
    offences: list[str] = []

    def watch(event: str, arguments: Any) -> None:
        if event.startswith(OFFENCES) and not (event == "import" and str(arguments[0]).startswith("google")):
            offences.append(f"{event} {arguments!r}"[:200])

    outcomes: Counter[str] = Counter()
    crashes: list[tuple[str, str]] = []
    slowest = 0.0
    sys.addaudithook(watch)
    for text in texts(words, seed, count):
        begun = time.process_time()
        try:
            outcomes[judge(text)] += 1
        except Exception as error:
            crashes.append((text, repr(error)))
        slowest = max(slowest, time.process_time() - begun)
    told = list(offences)
    answer.send({"outcomes": dict(outcomes), "crashes": crashes, "offences": told, "slowest": slowest})
    answer.close()
