"""The release before: communes hand in through their district, as long as there was one."""

from functools import cache
from typing import Any

import pytest

from tests.workflows.journeys import Journey, comes, done, outcomes, set_out, shipped, taken
from tests.workflows.nomination_ways import (
    AWARDED,
    FROM_RECEIPT,
    INELIGIBLE,
)
from tests.workflows.nomination_ways import (
    WAYS as WITHOUT_DISTRICT,
)
from tests.workflows.ways import COMMUNE, CONSOLIDATED, DISTRICT, NOTICE, UNIT_LETTER, Way, at_unit, nominee

BELOW = nominee(doi_tuong="tap_the_xa", nomination__under_district=True)
TO_DISTRICT = [*at_unit(COMMUNE), *UNIT_LETTER]
PASSED: Way = [done("district_check", outcome="dat"), comes("district_letter"), *CONSOLIDATED, *FROM_RECEIPT]
ASKED: Way = [done("district_check", outcome="bo_sung")]
ANSWERED: Way = [comes("supplement_request"), done("district_supplement", **COMMUNE)]
WAYS: dict[str, tuple[dict[str, Any], Way, tuple[str, str]]] = WITHOUT_DISTRICT | {
    "through the district": (BELOW, [*TO_DISTRICT, *PASSED], AWARDED),
    "supplemented for the district once": (BELOW, [*TO_DISTRICT, *ASKED, *ANSWERED, *PASSED], AWARDED),
    "supplemented for the district twice, as its head allows": (
        BELOW,
        [
            *[*TO_DISTRICT, *ASKED, *ANSWERED, *ASKED, done("district_override", outcome="cho_phep")],
            *[*ANSWERED, *PASSED],
        ],
        AWARDED,
    ),
    "asked by the district a second time, which its head forbids": (
        BELOW,
        [*TO_DISTRICT, *ASKED, *ANSWERED, *ASKED, done("district_override", outcome="khong_cho_phep"), *PASSED],
        AWARDED,
    ),
    "rejected by the district": (
        BELOW,
        [*TO_DISTRICT, done("district_check", outcome="khong_dat"), *NOTICE],
        INELIGIBLE,
    ),
    "the district itself": (
        nominee(doi_tuong="tap_the_huyen"),
        [*at_unit(DISTRICT), *UNIT_LETTER, *CONSOLIDATED, *FROM_RECEIPT],
        AWARDED,
    ),
}


@cache
def journey(name: str) -> Journey:
    variables, way, _ = WAYS[name]
    return set_out("nomination", variables | {"nomination.regime": "R2"}, "R2").go(way)


@pytest.mark.parametrize("name", WAYS)
def test_each_way_ends_where_it_should(name: str) -> None:
    end, status = WAYS[name][2]
    assert (journey(name).end, journey(name).at, journey(name).instance.status) == (end, [], status)


@pytest.mark.parametrize("process", ["nomination", "opinions", "publication", "state_forwarding"])
def test_the_ways_together_take_every_flow(process: str) -> None:
    definition = shipped("R2").process(process)
    assert set(definition.flows) - taken(definition, [journey(name) for name in WAYS]) == set()


def test_the_ways_together_choose_every_outcome_of_the_district() -> None:
    chosen = outcomes(journey(name) for name in WAYS)
    assert {outcome for element, outcome in chosen if element == "district_check"} == {"dat", "bo_sung", "khong_dat"}
    assert {outcome for element, outcome in chosen if element == "district_override"} == {"cho_phep", "khong_cho_phep"}


def test_t2_a_commune_is_checked_by_its_district_whose_chairman_signs_the_letter() -> None:
    made = set_out("nomination", BELOW, "R2").go(TO_DISTRICT)
    node = made.instance.definition.nodes["district_check"]
    assert (made.at, node.unit_scope, node.role) == (["district_check"], "superior_unit", "CB_TDKT_DV")
    assert made.go([done("district_check", outcome="dat")]).at == ["district_letter"]
    kind = shipped("R2").tables["papers.toml"]["kinds"]["to_trinh_huyen"]
    assert (kind["issuing_body"], kind["signer"], kind["message"]) == ("superior_unit", "TT_DV", "district_letter")


def test_t8_a_district_that_began_after_1_december_2022_fails_b3() -> None:
    report = DISTRICT | {"ngay_bat_dau_so_hoa": "2022-12-15"}
    made = set_out("nomination", nominee(doi_tuong="tap_the_huyen"), "R2")
    made.go([*at_unit(report), *UNIT_LETTER, *CONSOLIDATED, *FROM_RECEIPT[:1]])
    [criteria] = made.decided("criteria_district")
    assert [row["ma"] for row in criteria["rows"] if row["ket_qua"] == "KHONG_DAT"] == ["B3"]
