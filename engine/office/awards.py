"""Which head gives which Giấy khen.

The chairman of a commune gives GK_XA, the head of a company GK_DN, the head of any other body GK_SO
(Luật 06/2022/QH15, Đ75.1 and Đ80). Awards above the unit are no question of the unit's kind.
"""

from __future__ import annotations

KINDS_OF = {"GK_XA": frozenset({"xa", "phuong"}), "GK_HUYEN": frozenset({"huyen"}), "GK_DN": frozenset({"dn"})}
_OTHERS = frozenset().union(*KINDS_OF.values())


def may_be_given_by(award: str, unit_kind: str) -> bool:
    """Return whether the head of a body of this kind gives this Giấy khen.

    >>> may_be_given_by("GK_XA", "phuong"), may_be_given_by("GK_SO", "xa")
    (True, False)
    """
    if award == "GK_SO":
        return unit_kind not in _OTHERS
    return unit_kind in KINDS_OF.get(award, (unit_kind,))
