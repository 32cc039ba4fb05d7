"""Random expressions get a value or a code: no crash, nothing slow, no file touched, no process started."""

import pytest

from tests.hostile.expressions import LANGUAGES, run


def hold(language, seed, count):
    found = run(language, seed, count)

    assert found["crashes"] == []
    assert found["offences"] == []
    assert found["slowest"] < 10
    assert sum(found["outcomes"].values()) == count
    return found["outcomes"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_random_expression_gets_a_value_or_a_code(language):
    outcomes = hold(language, 0, 1_000)

    assert outcomes["runs"] > 10
    assert len(outcomes) > 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
@pytest.mark.parametrize("language", LANGUAGES)
def test_so_do_a_hundred_thousand(language, seed):
    hold(language, seed, 5_000 if language == "CEL" else 2_500)
