"""The page that sets SpiffWorkflow alone beside us says what both of them do."""

import pytest

from tests.hostile.bare import CASES, PAGE, bare, here

SAID = [
    line.split(" | ") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ") and line[2].isdigit()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.shows)
def test_the_page_says_what_becomes_of_a_diagram(case):
    number, shows, alone, ours = SAID[CASES.index(case)]

    assert (number, shows) == (f"| {CASES.index(case) + 1}", case.shows)
    assert here(case) == ours.removesuffix(" |")
    assert bare(case) == alone
    assert alone != ours


def test_the_page_has_a_row_for_each_diagram():
    assert len(SAID) == len(CASES) == 20
