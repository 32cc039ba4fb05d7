"""The scenarios of DOMAIN §10, as far as the process goes."""

from datetime import UTC, datetime
from functools import cache

import pytest

from engine.errors import TaskNotOpen
from engine.office import seeds
from engine.office.lookups import LiveLookups
from engine.process.context import Context
from engine.process.moves import Complete, Deliver, FireTimer
from tests.engine.process.drawing import named
from tests.workflows.journeys import (
    Journey,
    comes,
    done,
    expiring,
    passes,
    set_out,
    shipped,
    taken,
)
from tests.workflows.nomination_ways import (
    CHECK_ASKS,
    LATE,
    LETTERED,
    NOT_AGAIN,
    ORDER,
    PM,
    TO_CHECK,
    TO_ORDER_COUNCIL,
    asks,
    journey,
)
from tests.workflows.ways import (
    APPRAISED,
    ASKED,
    CHECKED,
    COMMUNE,
    CONSOLIDATED,
    DEPARTMENT,
    NO_INITIATIVE,
    RECEIVED,
    TO_APPRAISAL,
    TO_COUNCIL,
    TO_RECEIPT,
    UNIT_LETTER,
    at_unit,
    nominee,
    province_votes,
    received,
)


def test_t1_one_of_four_has_no_initiative_and_is_not_eligible_with_a_notice() -> None:
    made = set_out("nomination", nominee()).go(
        [*at_unit(NO_INITIATIVE), *UNIT_LETTER, *CONSOLIDATED, *RECEIVED, done("appraisal", outcome="khong_dat")]
    )
    [criteria] = made.decided("criteria_individual")
    assert criteria["result"] == {"result": "KHONG_DAT", "failed": 1}
    assert (made.at, made.instance.status) == (["ineligible_notice"], "KHONG_DU_DK")
    assert journey("straight through").end == journey("a commune").end == "awarded"


def test_t3_what_the_lead_body_proposes_of_its_own_is_checked_a_second_time_by_home_affairs() -> None:
    made = set_out("nomination", nominee(nomination__own_of_consolidator=True)).go([*TO_CHECK, *CHECKED])
    assert made.at == ["second_check"]
    node = made.instance.definition.nodes["second_check"]
    assert (node.role, node.unit_scope) == ("SNV_CV", "appraiser")
    assert "consolidator_check" in node.separate_from
    assert set_out("nomination", nominee()).go([*TO_CHECK, *CHECKED]).at == ["consolidation_letter"]


@pytest.mark.parametrize(
    ("day", "counted", "then"),
    [
        ("2025-12-01", "da_thuc_hien", "offer_lower"),
        ("2025-12-15", "da_thuc_hien", "offer_lower"),
        ("2025-12-16", "da_thuc_hien", "appraisal"),
        ("2025-12-17", "da_thuc_hien", "appraisal"),
        ("2025-12-01", "theo_ke_hoach", "appraisal"),
        ("2025-12-17", "theo_ke_hoach", "appraisal"),
    ],
)
def test_t4_a_collective_needs_three_years_of_the_movement_counted_as_the_round_says(
    day: str, counted: str, then: str
) -> None:
    variables = nominee("BK_TTG", "tap_the_xa", movement__cach_tinh_thoi_gian=counted)
    made = set_out("nomination", variables).go([*at_unit(COMMUNE), *UNIT_LETTER, *CONSOLIDATED, *received(day)])
    assert made.at == [then]


def test_t5_an_order_for_an_individual_needs_five_years_and_a_certificate_is_offered() -> None:
    made = set_out("nomination", nominee("HCLD_3")).go([*TO_RECEIPT, *LATE])
    assert made.at == ["offer_lower"]
    offered = next(f for f in shipped().form("offer_lower")["fields"] if f["name"] == "hinh_thuc_moi")
    assert [choice["value"] for choice in offered["choices"]] == ["BK_TTG", "BK_TINH"]
    made.go([done("offer_lower", outcome="chuyen_hinh_thuc", hinh_thuc_moi="BK_TTG")])
    made.go([done("lower_form_consent", outcome="dong_y")])
    assert (made.at, made.instance.variables["nomination.award"]) == (["appraisal"], "BK_TTG")


def test_t6_an_order_published_on_20_august_is_voted_once_4_september_has_passed() -> None:
    made = set_out("nomination", ORDER).go(TO_ORDER_COUNCIL[:-3])
    now = datetime(2025, 8, 20, 2, tzinfo=UTC)
    made.instance.handle(Deliver("notice_issued"), Context(now, LiveLookups(seeds.calendar(), now.date(), "X2545")))
    [timer] = made.instance.timers
    assert (timer.element, timer.due_at) == ("notice_period", "2025-09-04T17:00:00.000000Z")  # midnight in Hanoi
    assert made.at == ["comment_received", "notice_period"]
    with pytest.raises(TaskNotOpen):
        made.instance.handle(FireTimer(timer.key, timer.due_at), Context(datetime(2025, 9, 3, tzinfo=UTC)))
    made.go([passes("notice_period"), done("comments_summary", so_y_kien=0, so_phan_anh=0)])
    assert (made.at, made.instance.variables["publication.passed_on"]) == (["council"], "2025-09-05")


@pytest.mark.parametrize(("agree", "then"), [(13, "refused_notice"), (14, "appraisal_letter")])
def test_t7_eighty_per_cent_of_all_seventeen_members_are_fourteen(agree: int, then: str) -> None:
    made = set_out("nomination", PM).go([*TO_COUNCIL, done("council", **province_votes(agree))])
    assert made.at == [then]


@pytest.mark.parametrize(("agree", "of", "then"), [(8, 16, "refused_notice"), (9, 17, "appraisal_letter")])
def test_a_provincial_certificate_needs_more_than_half_of_all_members(agree: int, of: int, then: str) -> None:
    assert set_out("nomination", nominee()).go([*TO_COUNCIL, done("council", **province_votes(agree, of))]).at == [then]


def test_t9_other_services_at_24_per_cent_meet_a8_3_at_its_minimum() -> None:
    report = DEPARTMENT | {"min_ty_le_dvc_con_lai": 2400}
    made = set_out("nomination", nominee(doi_tuong="tap_the_tinh"))
    made.go([*at_unit(report), *UNIT_LETTER, *CONSOLIDATED, *RECEIVED])
    [criteria] = made.decided("criteria_provincial")
    assert criteria["result"]["result"] == "DAT"
    [row] = [row for row in criteria["rows"] if row["ma"] == "A8.3"]
    assert row["ket_qua"] == "DAT"
    assert row["rule"].endswith("toi_thieu")


def test_t12_a_second_request_of_the_same_desk_is_for_the_superior_to_allow() -> None:
    made = set_out("nomination", nominee()).go([*TO_APPRAISAL, *asks(1), *ASKED])
    assert made.at == ["supplement_override"]
    node = made.instance.definition.nodes["supplement_override"]
    assert node.role == "SNV_TP"
    assert "appraisal" in node.separate_from
    assert made.go([done("supplement_override", **NOT_AGAIN)]).at == ["appraisal"]


COMPANY_ASKED = [*at_unit(DEPARTMENT), *UNIT_LETTER, *CONSOLIDATED, *RECEIVED, *APPRAISED, *LETTERED]


@cache
def late(policy: str) -> Journey:
    """A company is asked about to three bodies; the second of them lets its limit pass."""
    made = set_out("nomination", nominee(doi_tuong="doanh_nghiep"), expiring(policy)).go(COMPANY_ASKED)
    keys = [step.key.removeprefix("opinions#1/body_opinion@") for step in made.instance.open_steps]
    assert keys == ["thue#1/opinion#1", "bhxh#1/opinion#1", "moi_truong#1/opinion#1"]
    assert [step.unit for step in made.instance.open_steps] == [
        f"unit of consulted_body@{body}" for body in ("thue", "bhxh", "moi_truong")
    ]
    made.go([done("opinion", outcome="dong_y"), passes("opinion_overdue")])
    return made.go([lambda instance: Complete(instance.open_steps[-1].key, {"outcome": "khong_dong_y"})])


@pytest.mark.parametrize(
    ("policy", "end", "at"),
    [
        ("cho_tiep", "still_awaited", ["opinion"]),
        ("nhac_roi_cho", "awaited_after_reminder", ["opinion"]),
        ("coi_nhu_dong_y", "taken_as_agreed", ["opinions_summary"]),
    ],
)
def test_t15_a_body_that_lets_its_limit_pass_is_treated_as_the_table_says(policy: str, end: str, at: list[str]) -> None:
    made = late(policy)
    ends = {"still_awaited", "awaited_after_reminder", "taken_as_agreed"}
    assert (made.at, {fact.to_json()["element"] for fact in named(made.facts, "NodePassed")} & ends) == (at, {end})
    [expired] = made.decided("expiry")
    assert (expired["inputs"], expired["result"]) == ({"co_quan": "bhxh", "regime": "R3"}, {"qua_han": policy})
    sent = [(fact.to_json()["message"], fact.to_json()["unit"]) for fact in named(made.facts, "MessageSent")]
    assert sent == ([("opinion_reminder", "unit of consulted_body@bhxh")] if policy == "nhac_roi_cho" else [])


def test_an_opinion_awaited_after_its_limit_is_given_later_and_the_bodies_together_take_every_flow() -> None:
    answered = set_out("nomination", nominee(doi_tuong="doanh_nghiep")).go(COMPANY_ASKED)
    answered.go([passes("opinion_overdue"), *[done("opinion", outcome="dong_y")] * 3])
    assert answered.at == ["opinions_summary"]
    definition = shipped().process("body_opinion")
    walked = [answered, *(late(policy) for policy in ("cho_tiep", "nhac_roi_cho", "coi_nhu_dong_y"))]
    assert set(definition.flows) - taken(definition, walked) == set()


def test_a_lowered_nomination_is_judged_again_by_the_rules_of_its_new_form() -> None:
    made = journey("lowered twice")
    assert made.instance.variables["nomination.award"] == "BK_TINH"
    changed = [fact.to_json() for fact in made.facts if fact.name == "VariableSet"]
    assert [c["value"] for c in changed if c["variable"] == "nomination.award"] == ["BK_TTG", "BK_TINH"]
    assert len(made.decided("criteria_commune")) == len(made.decided("movement_duration")) == 3
    assert made.decided("routing")[-1]["result"]["authority"] == "CT_UBND"


def test_the_form_voted_in_the_same_session_is_not_voted_again() -> None:
    made = journey("given the other form in the same session")
    assert sum(fact.to_json().get("element") == "council" for fact in made.facts if fact.name == "StepOpened") == 1


def test_criteria_read_the_supplement_of_the_last_desk() -> None:
    made = set_out("nomination", nominee()).go([*TO_CHECK, *CHECK_ASKS, comes("supplement_request")])
    made.go([done("consolidation_supplement", **NO_INITIATIVE), *CONSOLIDATED, *RECEIVED, *asks(1)])
    assert [each["result"]["result"] for each in made.decided("criteria_individual")] == ["KHONG_DAT", "DAT"]


def test_a_consulted_body_is_a_unit_of_its_own_or_one_around_the_nomination() -> None:
    bodies = shipped().tables["bodies.toml"]
    lookups = LiveLookups(
        seeds.calendar(), datetime(2025, 10, 1, tzinfo=UTC).date(), "CTHUE", "UBND", bodies=lambda: bodies
    )
    asked = ("thue", "moi_truong", "tinh_uy", "co_quan_chu_quan", "nobody")
    assert [lookups.unit(f"consulted_body@{body}") for body in asked] == ["CTHUE", "SNNMT", "TU", "UBND", None]
    assert lookups.unit("proposing_unit") == "CTHUE"
