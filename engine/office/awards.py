"""Award forms: who decides on which, and which head gives which Giấy khen.

The chairman of a commune gives GK_XA, the head of a company GK_DN, the head of any other body GK_SO
(Luật 06/2022/QH15, Đ75.1 and Đ80). Awards above the unit are no question of the unit's kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.facts import AwardGranted, Fact, FormFiled, PaperArrived, StatusReached
from engine.process.instance import Instance
from engine.process.release import Release

KINDS_OF = {"GK_XA": frozenset({"xa", "phuong"}), "GK_HUYEN": frozenset({"huyen"}), "GK_DN": frozenset({"dn"})}
_OTHERS = frozenset().union(*KINDS_OF.values())

UNIT_HEAD = "TT_DV"
AWARDED = "DUOC_KHEN"  # the state of a nomination that was decided for
# DOMAIN §2.1; whatever is not named here the head of the unit decides.
AUTHORITIES = {
    **dict.fromkeys(("HCLD_1", "HCLD_2", "HCLD_3"), "CTN"),
    "BK_TTG": "TTG",
    "BK_TINH": "CT_UBND",
}
# The type of commendation (loại hình) of whatever is nominated for what was done in a movement.
IN_MOVEMENT = "phong_trao"


def authority_of(award: str) -> str:
    """Return the role that decides on an award form.

    >>> authority_of("HCLD_3"), authority_of("BK_TINH"), authority_of("GK_XA")
    ('CTN', 'CT_UBND', 'TT_DV')
    """
    return AUTHORITIES.get(award, UNIT_HEAD)


def is_above_unit(award: str) -> bool:
    """Return whether somebody above the proposing unit decides: such an award is proposed in a round alone."""
    return authority_of(award) != UNIT_HEAD


def may_be_given_by(award: str, unit_kind: str) -> bool:
    """Return whether the head of a body of this kind gives this Giấy khen.

    >>> may_be_given_by("GK_XA", "phuong"), may_be_given_by("GK_SO", "xa")
    (True, False)
    """
    if award == "GK_SO":
        return unit_kind not in _OTHERS
    return unit_kind in KINDS_OF.get(award, (unit_kind,))


def granted(release: Release, instance: Instance, facts: Sequence[Fact]) -> AwardGranted | None:
    """Return that an award was granted, if these facts of one move of a nomination say so."""
    if not reached(facts):
        return None
    award = str(instance.variables["nomination.award"])
    given = {"award": award, "authority": authority_of(award)}
    for fact in facts:
        if isinstance(fact, PaperArrived):
            return AwardGranted(**given, paper=fact.paper, number=fact.number, day=fact.day)
        if isinstance(fact, FormFiled):
            form = release.form(fact.form)
            number, day = (form_field(form, type) for type in ("document_number", "date"))
            return AwardGranted(**given, form_data=fact.form_data, number_field=number, day_field=day)
    return AwardGranted(**given)


def reached(facts: Sequence[Fact]) -> bool:
    """Return whether a nomination was awarded by these facts."""
    return any(isinstance(fact, StatusReached) and fact.status == AWARDED for fact in facts)


def form_field(form: Mapping[str, Any], type: str) -> str | None:
    """Return the name of the first field of a type."""
    return next((str(field["name"]) for field in form["fields"] if field["type"] == type), None)
