"""Who may do what, and who may read what: deny by default.

Rights follow from memberships valid on the day (a role in a unit), never from a label in a diagram
(decision 20). Functions here are pure: they get the actor, and the row or the view, and answer yes or no.
The segregation rules are those of DOMAIN §3.1: S1 nobody decides on what they proposed or judged before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from engine.office.views import Actor, MembershipView

ADMINISTRATOR = "QT"  # edits processes and the directory; never acts on nominations
AUDITOR = "KT"  # reads and replays; never acts
NOMINATORS = frozenset({"CB_TDKT_DV"})
UNIT_ROLES = frozenset({"CN_DX", "CB_TDKT_DV", "HD_DV", "TT_DV", "VT"})  # of every unit, whatever it leads or appraises
LEADERS = frozenset({"CA_TH", "CA_LD"})  # run the rounds that their unit leads
ORGANISERS = frozenset({"SNV_CV", "SNV_TP"})  # of the Department of Home Affairs: run any round
# Those who look at how far all units are, beside those who run the round.
OVERSEERS = frozenset({"SNV_GD", "TK_HD", "VP_CV", "VP_LD", "CT_UBND"})
REGISTRARS = frozenset({"VT", "TT_DV"})  # say which series their body numbers here

HEAD = "TT_DV"
# Those who may suspend what goes through their body, beside the head of a unit.
SUSPENDERS = frozenset(["CA_TH", "CA_LD", "SNV_CV", "SNV_TP", "SNV_GD", "TK_HD", "VP_CV", "VP_LD", "CT_UBND"])
SECRETARIES = frozenset({"HD_DV", "TK_HD"})  # record what their council votes
PRESIDING = {"HD_DV": "TT_DV", "TK_HD": "HD_TINH"}  # secretary -> who sits in that council or presides over it
COUNCILLORS = frozenset(PRESIDING.values())
DECIDERS = frozenset({"TT_DV", "CT_UBND"})  # their decisions are sealed by a signed head at once
# Those who check, vote, appraise or decide: they may read what the proposing unit may not (class noi_bo).
JUDGES = frozenset(
    ["HD_DV", "TT_DV", "CA_TH", "CA_LD", "SNV_CV", "SNV_TP", "SNV_GD", "TK_HD", "HD_TINH", "VP_CV", "VP_LD", "CT_UBND"]
)


def group_of(role: str, unit: str) -> str:
    """Return the candidate group of a role in a unit.

    >>> group_of("TT_DV", "X2545")
    'TT_DV:X2545'
    """
    return f"{role}:{unit}"


def is_auditor(actor: Actor) -> bool:
    return AUDITOR in actor.roles


def may_nominate(actor: Actor, unit: str) -> bool:
    return any(m.unit == unit and m.role in NOMINATORS for m in actor.memberships)


def runs_rounds(actor: Actor) -> bool:
    """Return whether the actor may run some round; which one, `may_run_round` tells."""
    return bool(actor.roles & (LEADERS | ORGANISERS))


def may_run_round(actor: Actor, lead: str) -> bool:
    """Open, change and close a round, and remind units: the body that leads it, and those who organise all rounds."""
    return bool(actor.roles & ORGANISERS) or any(m.unit == lead and m.role in LEADERS for m in actor.memberships)


def may_set_movement(actor: Actor) -> bool:
    return bool(actor.roles & ORGANISERS)


def may_see_board(actor: Actor, lead: str) -> bool:
    """See how far every unit is in a round; the units themselves see their own line alone."""
    return may_run_round(actor, lead) or is_auditor(actor) or bool(actor.roles & OVERSEERS)


def may_act(actor: Actor, candidate_group: str | None, assignee: str | None) -> bool:
    """Return whether the actor may complete a task of this group, or hand it on.

    A task without a candidate group belongs to its assignee alone. Having once held a task gives no right:
    the group is asked again at every act, so that an official who moved away cannot finish it.
    """
    if candidate_group is not None:
        return candidate_group in actor.groups
    return assignee == actor.person.id


def may_hold_session(actor: Actor, unit: str, council: str | None = None) -> bool:
    """Call together the council of a unit and record its votes; `council` is its secretary's role, None: any."""
    councils = {council} if council else SECRETARIES
    return any(m.unit == unit and m.role in councils for m in actor.memberships)


def may_see_session(actor: Actor, unit: str, council: str | None = None) -> bool:
    """Read the sessions of a council of a unit: its secretaries, who sits in it or presides, and auditors."""
    councils = {council} if council else SECRETARIES
    seats = councils | {PRESIDING[each] for each in councils}
    return is_auditor(actor) or any(m.unit == unit and m.role in seats for m in actor.memberships)


def may_assign(actor: Actor, unit: str | None) -> bool:
    """The head of a unit, or the head of a section, distributes the work of the unit."""
    return any(m.unit == unit and m.role in {"TT_DV", "SNV_TP", "CA_LD", "VP_LD"} for m in actor.memberships)


def may_suspend(actor: Actor, unit: str, groups: Collection[str]) -> bool:
    """Freeze a nomination of `unit` with tasks, open or done, of `groups` while a bar of DOMAIN §2.4 is looked into.

    The head of the proposing unit, and the officials of every body through whose hands it goes or went: who learns of
    the bar need not be who has it on the desk.
    """
    bodies = {group.partition(":")[2] for group in groups}
    return any(
        (m.role == HEAD and (m.unit == unit or group_of(HEAD, m.unit) in groups))
        or (m.role in SUSPENDERS and m.unit in bodies)
        for m in actor.memberships
    )


def may_resume(actor: Actor, suspender: Iterable[MembershipView]) -> bool:
    """Go on with a nomination: those of the body that suspended it, for it knows what its inquiry found.

    `suspender`: the memberships of who suspended it, as they were on that day.
    """
    roles = SUSPENDERS | {HEAD}
    bodies = {m.unit for m in suspender if m.role in roles}
    return any(m.role in roles and m.unit in bodies for m in actor.memberships)


def breaks_separation(separate_from: Collection[str], did: Collection[str]) -> str | None:
    """Return the element the actor did before, if whoever did it may not do this one too (S1), else None.

    Args:
        separate_from: element ids of the property `separateFrom`; "start" is the nominating itself.
        did: the elements that the actor completed in this nomination, "start" included.
    """
    return next((element for element in separate_from if element in did), None)


def groups_in_sight(actor: Actor) -> frozenset[str]:
    """Return the groups whose cases the actor may know of: one's own, and those of the officials of the same body.

    A director answers for what the specialists judge, and hands their work out.
    """
    colleagues = SUSPENDERS | {"SNV_TN"}
    beside = {group_of(role, m.unit) for m in actor.memberships if m.role in SUSPENDERS for role in colleagues}
    return actor.groups | beside


def may_see_nomination(actor: Actor, unit: str, groups: Collection[str]) -> bool:
    """Return whether the actor may know of a nomination of `unit` with tasks, open or done, of `groups`."""
    if is_auditor(actor):
        return True
    return any(m.unit == unit and m.role != ADMINISTRATOR for m in actor.memberships) or bool(
        groups_in_sight(actor) & set(groups)
    )


def may_read(actor: Actor, reader: str, *, unit: str, acts: bool) -> bool:
    """Return whether the actor may read a field of this reader class (decision 21).

    cong_khai: whoever sees the nomination. don_vi: the proposing unit, those who act on it, auditors.
    noi_bo: those who judge it, auditors. han_che: those who act on it.
    `unit` is the proposing unit; `acts` tells whether the actor is in the group of one of its tasks.
    An unknown class is read as the strictest one.
    """
    if reader == "cong_khai":
        return True
    if reader == "don_vi":
        return is_auditor(actor) or acts or any(m.unit == unit for m in actor.memberships)
    if reader == "noi_bo":
        return is_auditor(actor) or (acts and bool(actor.roles & JUDGES))
    return acts
