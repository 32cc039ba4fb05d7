"""Which papers a selection of nominations needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.office.papers.split import Candidate, authority_of, propose, type_of

candidates = st.lists(
    st.builds(
        Candidate,
        code=st.integers(1, 999).map(str),
        award=st.sampled_from(["GK_XA", "BK_TINH", "BK_TTG", "HCLD_3"]),
        regime=st.sampled_from(["R2", "R3"]),
        round=st.sampled_from([None, "DX-2026-01"]),
        unit=st.sampled_from(["SNV", "VP"]),
    ),
    unique_by=lambda each: each.code,
    max_size=30,
)


def test_the_awards_of_the_president_and_of_the_prime_minister_never_share_a_paper() -> None:
    def of(code: str, award: str) -> Candidate:
        return Candidate(code, award, "R3", "DX-2026-01", "VP")

    some = [of("1", "HCLD_3"), of("2", "BK_TTG"), of("3", "BK_TINH"), of("4", "BK_TTG")]
    assert [(part.authority, part.nominations) for part in propose(some)] == [
        ("CT_UBND", ("3",)),
        ("TTG", ("2", "4")),
        ("CTN", ("1",)),
    ]


@given(candidates)
def test_a_split_loses_doubles_and_mixes_nothing_and_keeps_the_order(some: list[Candidate]) -> None:
    parts = propose(some)
    by_code = {each.code: each for each in some}
    assert sorted(code for part in parts for code in part.nominations) == sorted(by_code)
    for part in parts:
        held = [by_code[code] for code in part.nominations]
        assert {(authority_of(e.award), type_of(e.round), e.regime, e.unit) for e in held} == {
            (part.authority, part.type, part.regime, part.unit)
        }
        assert held == [each for each in some if each.code in part.nominations]
    assert len({(p.unit, p.authority, p.type, p.regime) for p in parts}) == len(parts)
