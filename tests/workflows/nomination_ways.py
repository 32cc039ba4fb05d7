"""The ways through the whole path of plan 230: every flow, every outcome, each loop zero times, once and twice."""

from functools import cache
from typing import Any

from tests.workflows.journeys import (
    Journey,
    comes,
    done,
    passes,
    set_out,
)
from tests.workflows.ways import (
    APPRAISED,
    APPROVED,
    ASKED,
    CHECKED,
    COMMUNE,
    CONSOLIDATED,
    DECIDED,
    DEPARTMENT,
    INCOMPLETE,
    LETTER,
    NOTICE,
    RECEIVED,
    REQUESTED,
    STRAIGHT,
    SUBMITTED,
    TO_APPRAISAL,
    TO_CHAIRMAN,
    TO_COUNCIL,
    TO_RECEIPT,
    UNIT_LETTER,
    VOTED,
    Way,
    at_unit,
    lowered,
    nominee,
    province_votes,
    received,
    votes,
)

FROM_COUNCIL = [*VOTED, *APPROVED, *DECIDED]
FROM_RECEIPT = [*RECEIVED, *APPRAISED, *FROM_COUNCIL]
TO_CHECK = [*at_unit(), *UNIT_LETTER]
AGAIN, NOT_AGAIN = ({"outcome": outcome} for outcome in ("cho_phep", "khong_cho_phep"))
CHECK_ASKS: Way = [done("consolidator_check", outcome="bo_sung")]
CHECK_REQUEST: Way = [comes("supplement_request"), done("consolidation_supplement")]
LATE = received("2025-12-17")
PUBLISHED: Way = [comes("notice_issued"), passes("notice_period"), done("comments_summary", so_y_kien=0, so_phan_anh=0)]
COMMENTED: Way = [comes("comment_received", outcome="gop_y")]
SUMMED: Way = [done("opinions_summary", co_y_kien_trai_chieu=False)]
LETTERED: Way = [comes("opinion_letter")]
ORDER = nominee("HCLD_3", movement__launcher="TTG", doi_tuong="tap_the_xa")
TO_ORDER_COUNCIL = [*at_unit(COMMUNE), *UNIT_LETTER, *CONSOLIDATED, *RECEIVED, *APPRAISED, *PUBLISHED]
PM = nominee("BK_TTG")
TO_CENTRE = [*TO_COUNCIL, *VOTED, *APPROVED, comes("state_letter")]

AWARDED, REFUSED, INELIGIBLE = (
    ("awarded", "DUOC_KHEN"),
    ("not_awarded", "KHONG_DUOC_KHEN"),
    ("not_eligible", "KHONG_DU_DK"),
)
UNIT_REFUSED = ("not_proposed", "KHONG_DUOC_KHEN")


def asks(times: int, refused: bool = False) -> Way:
    """The appraiser asks for supplements; from the second time on his superior decides."""
    way: Way = [*ASKED, *REQUESTED] if times else []
    for _ in range(times - 1):
        way += [*ASKED, done("supplement_override", **AGAIN), *REQUESTED]
    return [*way, *ASKED, done("supplement_override", **NOT_AGAIN)] if refused else way


def centre(outcome: str, **more: Any) -> Way:
    return [comes("central_answer", outcome=outcome, **more)]


WAYS: dict[str, tuple[dict[str, Any], Way, tuple[str, str]]] = {
    "straight through": (nominee(), STRAIGHT, AWARDED),
    "not voted for at the unit": (nominee(), at_unit(vote=votes(4, 8)), UNIT_REFUSED),
    # the lead body
    "supplemented for the lead body once": (
        nominee(),
        [*TO_CHECK, *CHECK_ASKS, *CHECK_REQUEST, *CONSOLIDATED, *FROM_RECEIPT],
        AWARDED,
    ),
    "supplemented for the lead body twice, as its head allows": (
        nominee(),
        [
            *[*TO_CHECK, *CHECK_ASKS, *CHECK_REQUEST, *CHECK_ASKS, done("consolidation_override", **AGAIN)],
            *[*CHECK_REQUEST, *CONSOLIDATED, *FROM_RECEIPT],
        ],
        AWARDED,
    ),
    "asked by the lead body a second time, which its head forbids": (
        nominee(),
        [
            *[*TO_CHECK, *CHECK_ASKS, *CHECK_REQUEST, *CHECK_ASKS, done("consolidation_override", **NOT_AGAIN)],
            *[*CONSOLIDATED, *FROM_RECEIPT],
        ],
        AWARDED,
    ),
    "rejected by the lead body": (
        nominee(),
        [*TO_CHECK, done("consolidator_check", outcome="khong_dat"), *NOTICE],
        INELIGIBLE,
    ),
    # nominees of the lead body itself
    "the lead body's own": (
        nominee(nomination__own_of_consolidator=True),
        [*TO_CHECK, *CHECKED, done("second_check", outcome="dat"), comes("consolidation_letter"), *FROM_RECEIPT],
        AWARDED,
    ),
    "the lead body's own, returned to it twice": (
        nominee(nomination__own_of_consolidator=True),
        [
            *TO_CHECK,
            *[*CHECKED, done("second_check", outcome="tra_lai")] * 2,
            *[*CHECKED, done("second_check", outcome="dat"), comes("consolidation_letter"), *FROM_RECEIPT],
        ],
        AWARDED,
    ),
    "the lead body's own, rejected": (
        nominee(nomination__own_of_consolidator=True),
        [*TO_CHECK, *CHECKED, done("second_check", outcome="khong_dat"), *NOTICE],
        INELIGIBLE,
    ),
    # the front desk
    "incomplete at receipt": (nominee(), [*TO_RECEIPT, *INCOMPLETE, *REQUESTED, *FROM_RECEIPT], AWARDED),
    "incomplete twice, as the section head allows": (
        nominee(),
        [
            *[*TO_RECEIPT, *INCOMPLETE, *REQUESTED, *INCOMPLETE, done("supplement_override", **AGAIN)],
            *[*REQUESTED, *FROM_RECEIPT],
        ],
        AWARDED,
    ),
    "incomplete twice, which the section head forbids": (
        nominee(),
        [*TO_RECEIPT, *INCOMPLETE, *REQUESTED, *INCOMPLETE, done("supplement_override", **NOT_AGAIN), *FROM_RECEIPT],
        AWARDED,
    ),
    # the appraisal
    "supplemented once": (nominee(), [*TO_APPRAISAL, *asks(1), *APPRAISED, *FROM_COUNCIL], AWARDED),
    "supplemented twice, as the section head allows": (
        nominee(),
        [*TO_APPRAISAL, *asks(2), *APPRAISED, *FROM_COUNCIL],
        AWARDED,
    ),
    "asked a second time, which the section head forbids": (
        nominee(),
        [*TO_APPRAISAL, *asks(1, refused=True), *APPRAISED, *FROM_COUNCIL],
        AWARDED,
    ),
    "not eligible": (nominee(), [*TO_APPRAISAL, done("appraisal", outcome="khong_dat"), *NOTICE], INELIGIBLE),
    "a commune": (
        nominee(doi_tuong="tap_the_xa"),
        [*at_unit(COMMUNE), *UNIT_LETTER, *CONSOLIDATED, *FROM_RECEIPT],
        AWARDED,
    ),
    "a department": (
        nominee(doi_tuong="tap_the_tinh"),
        [*at_unit(DEPARTMENT), *UNIT_LETTER, *CONSOLIDATED, *FROM_RECEIPT],
        AWARDED,
    ),
    "by the simplified procedure": (
        nominee(thu_tuc_don_gian=True, ly_do_don_gian="dot_xuat"),
        [*TO_COUNCIL, *APPROVED, *DECIDED],
        AWARDED,
    ),
    # a lower form
    "movement too short, not eligible": (
        nominee("BK_TTG", "tap_the_xa"),
        [
            *[*at_unit(COMMUNE), *UNIT_LETTER, *CONSOLIDATED, *received("2025-12-01")],
            *[done("offer_lower", outcome="khong_dat"), *NOTICE],
        ],
        INELIGIBLE,
    ),
    "movement too short, lowered": (
        nominee("BK_TTG", "tap_the_xa"),
        [
            *[*at_unit(COMMUNE), *UNIT_LETTER, *CONSOLIDATED, *received("2025-12-01")],
            done("offer_lower", outcome="chuyen_hinh_thuc", hinh_thuc_moi="BK_TINH"),
            *[done("lower_form_consent", outcome="dong_y"), *APPRAISED, *FROM_COUNCIL],
        ],
        AWARDED,
    ),
    "lowered twice": (
        ORDER,
        [*TO_APPRAISAL, *lowered("BK_TTG"), *lowered("BK_TINH"), *APPRAISED, *FROM_COUNCIL],
        AWARDED,
    ),
    "a lower form the unit refuses": (PM, [*TO_APPRAISAL, *lowered("BK_TINH", agree=False), *NOTICE], REFUSED),
    "a lower form that is none": (
        nominee(),
        [
            *TO_APPRAISAL,
            *[done("appraisal", outcome="chuyen_hinh_thuc", hinh_thuc_moi="BK_TINH")] * 2,
            *[*APPRAISED, *FROM_COUNCIL],
        ],
        AWARDED,
    ),
    # opinions and publication
    "a company, whose opinions come one after the other": (
        nominee(doi_tuong="doanh_nghiep"),
        [
            *[*at_unit(DEPARTMENT), *UNIT_LETTER, *CONSOLIDATED, *RECEIVED, *APPRAISED, *LETTERED],
            *[done("opinion", outcome=outcome) for outcome in ("dong_y", "khong_dong_y", "y_kien_khac")],
            *[*SUMMED, *FROM_COUNCIL],
        ],
        AWARDED,
    ),
    "a managed official proposed for the Prime Minister's certificate": (
        PM | {"dien_quan_ly": True},
        [
            *[*TO_COUNCIL, *LETTERED, done("party_opinion", outcome="dong_y"), *SUMMED],
            *[*VOTED, *APPROVED, comes("state_letter"), *centre("dong_y"), *NOTICE],
        ],
        AWARDED,
    ),
    "against the opinion of the Party committee": (
        PM | {"dien_quan_ly": True},
        [
            *[*TO_COUNCIL, *LETTERED, done("party_opinion", outcome="khong_dong_y"), *SUMMED],
            *[done("council", **province_votes(2)), *NOTICE],
        ],
        REFUSED,
    ),
    "an order, published and commented twice": (
        ORDER,
        [
            *[*at_unit(COMMUNE), *UNIT_LETTER, *CONSOLIDATED, *RECEIVED, *APPRAISED, comes("notice_issued")],
            *[*COMMENTED, *COMMENTED, *PUBLISHED[1:], *VOTED, *APPROVED, comes("state_letter")],
            *[*centre("dong_y"), *NOTICE],
        ],
        AWARDED,
    ),
    "an order, published and commented once": (
        ORDER,
        [*TO_ORDER_COUNCIL[:-2], *COMMENTED, *TO_ORDER_COUNCIL[-2:], done("council", **province_votes(13)), *NOTICE],
        REFUSED,
    ),
    # the council
    "voted down": (nominee(), [*TO_COUNCIL, done("council", **province_votes(8)), *NOTICE], REFUSED),
    "voted down, the other form too": (
        PM,
        [*TO_COUNCIL, done("council", **province_votes(3, instead="BK_TINH", instead_agree=8)), *NOTICE],
        REFUSED,
    ),
    "given the other form in the same session": (
        PM,
        [
            *[*TO_COUNCIL, done("council", **province_votes(13, instead="BK_TINH", instead_agree=9))],
            *[done("lower_form_consent", outcome="dong_y"), *APPRAISED, *APPROVED, *DECIDED],
        ],
        AWARDED,
    ),
    # the office and the chairman
    "clarified for the office and twice for the chairman": (
        nominee(),
        [
            *[*TO_COUNCIL, *VOTED, *LETTER, done("office_check", outcome="yeu_cau_lam_ro"), done("clarify")],
            *[
                *[done("office_check", outcome="dat"), done("chairman", outcome="yeu_cau_lam_ro"), done("clarify")] * 2,
                *[*SUBMITTED[1:], done("chairman", outcome="dong_y"), *DECIDED],
            ],
        ],
        AWARDED,
    ),
    "refused by the chairman": (nominee(), [*TO_CHAIRMAN, done("chairman", outcome="khong_dong_y"), *NOTICE], REFUSED),
    # the centre
    "awarded by the centre": (PM, [*TO_CENTRE, *centre("dong_y"), *NOTICE], AWARDED),
    "supplemented for the centre twice": (
        PM,
        [*TO_CENTRE, *[*centre("bo_sung"), done("central_supplement")] * 2, *centre("dong_y"), *NOTICE],
        AWARDED,
    ),
    "refused by the centre after a supplement": (
        PM,
        [*TO_CENTRE, *centre("bo_sung"), done("central_supplement"), *centre("khong"), *NOTICE],
        REFUSED,
    ),
    "to be another form, says the centre": (
        PM,
        [
            *[*TO_CENTRE, *centre("hinh_thuc_khac", hinh_thuc_moi="BK_TINH")],
            *[done("lower_form_consent", outcome="dong_y"), *APPRAISED, *FROM_COUNCIL],
        ],
        AWARDED,
    ),
}


@cache
def journey(name: str) -> Journey:
    variables, way, _ = WAYS[name]
    return set_out("nomination", variables).go(way)
