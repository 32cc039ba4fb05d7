"""Edits of the award diagram, each with what a careful person would say of an instance at any place.

What is expected is written by hand, from what was done and is open; nothing here asks the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.engine.process.drawing import many, properties, timer
from tests.engine.process.migration.award import AWARD, BACK, OK, Drawing, task
from tests.engine.process.migration.journeys import Position

UNTOUCHED, MOVES, CHOICE, STAY = "untouched", "moves", "needs_choice", "must_stay"
IN_COUNCIL = {"agenda", "vote", "minutes"}
OPINIONS = {"opinion_a", "opinion_b", "opinion_c"}


@dataclass(frozen=True)
class Edit:
    drawing: Drawing
    expected: Callable[[Position], str]
    renames: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # to run to the end


def beyond(at: Position) -> bool:
    """Behind the last decision: nothing leads back from there."""
    return at.open <= {"remind", "paper", "notify", "notify_reject"}


def if_ahead(at: Position) -> str:
    return UNTOUCHED if beyond(at) else MOVES


def always(verdict: str) -> Callable[[Position], str]:
    return lambda at: verdict


def came_to(at: Position, *elements: str) -> bool:
    return bool({*at.done, *at.open} & {*elements})


def choice_if(condition: Callable[[Position], bool], otherwise: Callable[[Position], str]) -> Callable[[Position], str]:
    return lambda at: CHOICE if condition(at) else otherwise(at)


def swapped(at: Position) -> str:
    """`assign` before `register`: who stands between the two stays, who stands before both must first do the other."""
    if "register" in at.open:
        return CHOICE
    return STAY if "assign" in at.open else MOVES


def one_after_the_other(at: Position) -> str:
    """Opinions a, b, c in this order: what was given out of order waits for what should have come first."""
    under_way = OPINIONS & at.open
    if not under_way:
        return MOVES if ("opinion_c" in at.done and at.name.startswith("appraised")) else if_ahead(at)
    given = sorted(OPINIONS - under_way)
    if given != sorted(OPINIONS)[: len(given)]:
        return STAY
    return MOVES if len(given) == 2 else CHOICE


def returned_by_check(at: Position) -> bool:
    return any(getattr(fact, "flow", "") == "back_to_unit" for step in at.steps for fact in step.facts)


def return_without_preparing(at: Position) -> str:
    """The return leads to `check` itself: a second round that began with `prepare` has no place any more."""
    if not returned_by_check(at):
        return if_ahead(at)
    return CHOICE if "prepare" in at.open else STAY


def no_reminder(at: Position) -> str:
    if "remind" in at.open:
        return CHOICE
    return MOVES if "remind" in at.done or not beyond(at) else UNTOUCHED


APPRAISE = task("appraise")
IDENTIFIED = {"appraise": "appraisal", "appraise_ok": "appraisal_ok"}

EDITS: dict[str, Edit] = {
    "nothing": Edit(AWARD, always(UNTOUCHED)),
    "layout: other order of shapes in the file": Edit(
        Drawing(
            tuple(line for line in AWARD.lines if " -> " not in line)[::-1]
            + tuple(line for line in AWARD.lines if " -> " in line),
            AWARD.council,
        ),
        always(UNTOUCHED),
    ),
    "flows redrawn under other ids": Edit(
        AWARD.swap(("check_ok:", "Flow_1:"), ("again:", "Flow_2:"), ("appraise_back:", "Flow_3:")), always(UNTOUCHED)
    ),
    "label": Edit(AWARD.swap((APPRAISE, task("appraise", name="Appraisal"))), if_ahead),
    "id with rename map": Edit(AWARD.renamed(IDENTIFIED), if_ahead, IDENTIFIED),
    "condition flips a decision": Edit(
        AWARD.swap(("check.outcome == 'ok'", "check.outcome == 'back'")),
        choice_if(lambda at: "check" in at.done, always(MOVES)),
        answers={"check": BACK},
    ),
    "condition reads what old forms lack": Edit(
        AWARD.swap(("check.outcome == 'ok'", "check.outcome == 'ok' && check.count > 0")),
        choice_if(lambda at: "check" in at.done and "ok" in outcomes(at), if_ahead),
        answers={"check": OK | {"count": 1}},
    ),
    "step later": Edit(
        AWARD.swap(("notify -> awarded", "notify -> archive\narchive -> awarded")).plus(task("archive")),
        choice_if(
            lambda at: at.ended and "notify" in at.done,
            lambda at: UNTOUCHED if at.ended or "notify_reject" in at.open else MOVES,
        ),
    ),
    "step before": Edit(
        AWARD.swap(("prepare -> check", "prepare -> receive\nreceive -> check")).plus(task("receive")),
        choice_if(lambda at: "prepare" in at.done, always(MOVES)),
    ),
    "message awaited before": Edit(
        AWARD.swap(("join -> register", "join -> receipt\nreceipt -> register")).plus(
            'intermediateCatchEvent receipt {<messageEventDefinition messageRef="letter"/>}'
        ),
        choice_if(lambda at: came_to(at, "register"), always(MOVES)),
    ),
    "step removed": Edit(
        AWARD.swap(
            (task("minutes", "HD_TINH"), "task noted"),
            ("vote -> minutes", "vote -> noted"),
            ("minutes -> voted", "noted -> voted"),
        ),
        choice_if(lambda at: "minutes" in at.open, always(MOVES)),
    ),
    "step behind a choice removed": Edit(
        AWARD.without("notify_reject").plus("refuse: decided -> rejected"),
        lambda at: CHOICE if "notify_reject" in at.open else MOVES if "notify_reject" in at.done else if_ahead(at),
    ),
    "role": Edit(AWARD.swap((APPRAISE, task("appraise", "SNV_TP"))), if_ahead),
    "lane": Edit(
        AWARD.swap(("<flowNodeRef>appraise</", '</lane><lane id="o"><flowNodeRef>appraise</')),
        if_ahead,
    ),
    "limit": Edit(AWARD.swap((APPRAISE, task("appraise", limit="9"))), if_ahead),
    "no limit": Edit(AWARD.swap((APPRAISE, task("appraise", limit=""))), if_ahead),
    "unit": Edit(AWARD.swap((APPRAISE, task("appraise", unitScope="appraiser"))), if_ahead),
    "time of a timer": Edit(AWARD.swap((timer("P10D"), timer("P15D"))), if_ahead),
    "order of the flows of a choice": Edit(
        AWARD.without("agree:", "again:").plus(
            "again: decided -> m2 if decide.outcome == 'again'", "agree: decided -> paper if decide.outcome == 'yes'"
        ),
        if_ahead,
    ),
    "parallel branch": Edit(
        AWARD.plus(task("opinion_d"), "split -> opinion_d", "opinion_d -> join"),
        choice_if(lambda at: came_to(at, "register"), always(MOVES)),
    ),
    "parallel becomes a sequence": Edit(
        AWARD.without("split", "join").plus(
            "check_ok: checked -> opinion_a if check.outcome == 'ok'",
            *("opinion_a -> opinion_b", "opinion_b -> opinion_c", "opinion_c -> register"),
        ),
        one_after_the_other,
    ),
    "swap": Edit(
        AWARD.swap(
            ("join -> register", "join -> assign"),
            ("register -> assign", "assign -> register"),
            ("assign -> m2", "register -> m2"),
        ),
        swapped,
    ),
    "return leads elsewhere": Edit(
        AWARD.swap(("checked -> m1", "checked -> m3"), ("prepare -> check", "prepare -> m3")).plus(
            "exclusiveGateway m3", "m3 -> check"
        ),
        return_without_preparing,
    ),
    "return leads to a new step": Edit(
        AWARD.swap(("back_to_unit: checked -> m1", "back_to_unit: checked -> explain")).plus(
            task("explain", "CB_TDKT_DV"), "explain -> m1"
        ),
        choice_if(returned_by_check, if_ahead),
    ),
    "step into a called process": Edit(
        AWARD.without("register").plus(
            "callActivity file_call calledElement=filing",
            "join -> file_call",
            "file_call -> assign",
            filing=(
                "startEvent filing_begins",
                task("register"),
                "endEvent filed",
                "filing_begins -> register",
                "register -> filed",
            ),
        ),
        if_ahead,
    ),
    "step out of a called process": Edit(
        AWARD.swap(
            (task("agenda", "HD_TINH"), "task opened"),
            ("begin -> agenda", "begin -> opened"),
            ("agenda -> vote", "opened -> vote"),
            ("appraise_ok: appraised -> vote_call", "appraise_ok: appraised -> agenda"),
        ).plus(task("agenda", "HD_TINH"), "agenda -> vote_call"),
        if_ahead,
    ),
    "more votes": Edit(AWARD.swap((many("3"), many("5"))), choice_if(lambda at: came_to(at, "minutes"), always(MOVES))),
    "called process handed more": Edit(
        AWARD.swap((properties(in__count="appraise.count"), properties(in__count="appraise.count", in__ok="check.ok"))),
        if_ahead,
    ),
    "timer removed": Edit(AWARD.without("late", "remind", "reminded"), no_reminder),
    "timer no longer interrupts": Edit(
        AWARD.swap(("attachedToRef=prepare ", "attachedToRef=prepare cancelActivity=false ")),
        choice_if(lambda at: at.name.startswith("overdue") and at.name != "overdue 0", if_ahead),
    ),
}


def outcomes(at: Position) -> set[str]:
    return {str(getattr(fact, "variables", {}).get("outcome")) for step in at.steps for fact in step.facts}
