"""The people of the demo."""

from __future__ import annotations

from itertools import combinations
from unittest import mock

import pytest

from engine.office import passwords
from web.demo import people, small

USERNAMES = sorted({member.username for member in [*people.OFFICE, *small.others()] if member.username})


@pytest.mark.parametrize("number", [1962, 2036, 1111, 5678, 8888])
def test_every_password_of_the_demo_is_one_that_an_account_may_have(number: int) -> None:
    for words in combinations(people.SYLLABLES, 4):
        for username in USERNAMES:
            passwords.check(f"{'-'.join(words)}-{number}", username)


def test_the_words_of_a_password_are_four_different_ones() -> None:
    with mock.patch.object(people.secrets, "randbelow", return_value=962):
        made = [people.random_password() for _ in range(200)]
    assert all(len(set(password.split("-")[:4]) & set(people.SYLLABLES)) == 4 for password in made)
    assert all(password.endswith("-1962") for password in made)
