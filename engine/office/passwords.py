"""Passwords: what is refused, and how one is kept (argon2id).

At least 12 characters, and more than common words, the user name, digits and signs put together. No rule about kinds
of characters, no forced change (ASVS 5.0, 6.2.5 and 6.2.10). A password is compared in the Unicode form NFKC, so that
"ữ" typed as one character or as three is the same; nothing is cut off.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import InvalidForm
from engine.store.folding import folded

SHORTEST = 12
LONGEST = 256  # a bound on work, far above any passphrase
OWN_CHARACTERS = 5  # different letters and digits that must be left once the common parts are taken away

# Folded: lower case, without marks. Longest first, so that "khenthuong" goes before any part of it.
_WORDS = Path(__file__).with_name("common_words.txt").read_text(encoding="ascii").split()
COMMON_WORDS = sorted(_WORDS, key=lambda word: (-len(word), word))
_COMMON = re.compile("|".join(COMMON_WORDS))
_LOOKALIKE = re.compile("(?<=[a-z])[@$013457]+(?=[a-z])")  # within a word, as in p@ssw0rd
_LETTERS = str.maketrans("@$013457", "asoieast")
_RUNS = [run[at : at + n] for run in ("01234567890", "09876543210") for n in range(11, 2, -1) for at in range(12 - n)]
_DIGIT_HABITS = re.compile("|".join(["(?:19|20)[0-9]{2}", "([0-9])\\1+", *_RUNS]))


def check(password: str, username: str) -> None:
    """Refuse a password that is too short or that many people would choose.

    Raises:
        InvalidForm: field `password`; password_too_short (min), password_too_long (max) or password_common.
    """
    length = len(normalize("NFKC", password))
    if length < SHORTEST:
        _refuse("password_too_short", min=SHORTEST)
    if length > LONGEST:
        _refuse("password_too_long", max=LONGEST)
    if _is_common(password, username):
        _refuse("password_common")


def _is_common(password: str, username: str) -> bool:
    rest = _LOOKALIKE.sub(lambda found: found[0].translate(_LETTERS), folded(normalize("NFKC", password)))
    rest = re.sub("[^a-z0-9]", "", rest)
    for part in re.split("[^a-z]+", folded(username)):
        rest = rest.replace(part, "") if len(part) > 2 else rest
    rest = _DIGIT_HABITS.sub("", _COMMON.sub("", rest))
    return len(set(rest)) < OWN_CHARACTERS


def _bytes(password: str) -> bytes:
    return normalize("NFKC", password).encode(errors="surrogatepass")


def _refuse(code: str, **params: Any) -> None:
    raise InvalidForm(fields={"password": [(code, params)]})


@dataclass(frozen=True)
class Passwords:
    """Keeps and compares passwords. The defaults are for production; `FOR_DEMO` costs a sixth of the time."""

    memory_kib: int = 64 * 1024
    rounds: int = 3
    lanes: int = 4

    def hash(self, password: str) -> str:
        """Return the text that `credential` keeps."""
        return self._hasher.hash(_bytes(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Compare, taking as long when nothing is kept as when the password is wrong."""
        try:
            return self._hasher.verify(kept or self._nobodys, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(time_cost=self.rounds, memory_cost=self.memory_kib, parallelism=self.lanes)

    @cached_property
    def _nobodys(self) -> str:
        # Well formed and under the same parameters, but the hash of no password: random bytes.
        salt, digest = (base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (16, 32))
        return f"$argon2id$v=19$m={self.memory_kib},t={self.rounds},p={self.lanes}${salt}${digest}"


FOR_DEMO = Passwords(memory_kib=19 * 1024, rounds=2, lanes=1)
