"""A diagram with lanes, three returns, parallel opinions, a called council that votes, two timers and a message.

A drawing is a tuple of lines, so that an edit is a change of lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from engine.process.definition import ProcessDefinition
from tests.engine.process.drawing import MESSAGE, body, draw, many, properties, release, timer
from tests.engine.process.migration.journeys import Answer, Position, positions

KINDS = {"outcome": "STRING?", "ok": "BOOL?", "count": "INT?"}


def task(element: str, role: str = "SNV_CV", limit: str = "5", name: str = "", loop: str = "", **more: str) -> str:
    listed = {"formKey": "any", "candidateRole": role, "limitWorkingDays": limit, "unitScope": "proposing_unit"} | more
    listed = {name: value for name, value in listed.items() if value}
    return f"userTask {element} name={name or element} {{{properties(**listed)}{loop}}}"


@dataclass(frozen=True)
class Drawing:
    lines: tuple[str, ...]
    council: tuple[str, ...]
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def swap(self, *pairs: tuple[str, str]) -> Drawing:
        """Replace whole lines, or pieces of lines where no line is like that."""
        lines, council = "\n".join(self.lines), "\n".join(self.council)
        for old, new in pairs:
            assert old in lines or old in council, old
            lines, council = lines.replace(old, new), council.replace(old, new)
        return replace(self, lines=tuple(filter(None, lines.split("\n"))), council=tuple(council.split("\n")))

    def renamed(self, renames: Mapping[str, str]) -> Drawing:
        lines = list(self.lines)
        for old, new in renames.items():
            lines = [re.sub(rf"\b{old}\b", new, line) for line in lines]
        return replace(self, lines=tuple(lines))

    def plus(self, *lines: str, **more: tuple[str, ...]) -> Drawing:
        return replace(self, lines=self.lines + lines, more={**self.more, **more})

    def without(self, *elements: str) -> Drawing:
        def kept(lines: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(line for line in lines if not any(f" {element} " in f" {line} " for element in elements))

        return replace(self, lines=kept(self.lines), council=kept(self.council))

    @cache  # noqa: B019 - a handful of drawings, as long as the tests run
    def definition(self) -> ProcessDefinition:
        called = {"council": self.council, **self.more}
        beside = "".join(f'<process id="{name}">{body(lines)}</process>' for name, lines in called.items())
        return release(draw(*self.lines, more=beside), **KINDS).process("p")

    def __hash__(self) -> int:
        return hash((self.lines, self.council, tuple(self.more)))


AWARD = Drawing(
    lines=(
        'laneSet lanes {<lane id="unit"><flowNodeRef>prepare</flowNodeRef></lane>'
        '<lane id="department"><flowNodeRef>check</flowNodeRef><flowNodeRef>appraise</flowNodeRef></lane>}',
        *("startEvent s", "exclusiveGateway m1", task("prepare", "CB_TDKT_DV")),
        *(f"boundaryEvent overdue attachedToRef=prepare {{{timer('P20D')}}}", task("urge")),
        *(task("check", limit="3"), "exclusiveGateway checked default=back_to_unit"),
        *("parallelGateway split", task("opinion_a"), task("opinion_b"), task("opinion_c"), "parallelGateway join"),
        *(task("register"), task("assign"), "exclusiveGateway m2", task("appraise"), "exclusiveGateway appraised"),
        f"callActivity vote_call calledElement=council {{{properties(in__count='appraise.count')}}}",
        task("decide", "CT_UBND", limit="7"),
        f"boundaryEvent late attachedToRef=decide cancelActivity=false {{{timer('P10D')}}}",
        *(task("remind"), "endEvent reminded", "exclusiveGateway decided default=refuse"),
        *(f"intermediateCatchEvent paper {{{MESSAGE}}}", task("notify"), "endEvent awarded"),
        *(task("notify_reject"), "endEvent rejected"),
        *("s -> m1", "m1 -> prepare", "prepare -> check", "overdue -> urge", "urge -> m1", "check -> checked"),
        *("check_ok: checked -> split if check.outcome == 'ok'", "back_to_unit: checked -> m1"),
        *("split -> opinion_a", "split -> opinion_b", "split -> opinion_c"),
        *("opinion_a -> join", "opinion_b -> join", "opinion_c -> join", "join -> register", "register -> assign"),
        *("assign -> m2", "m2 -> appraise", "appraise -> appraised"),
        "appraise_ok: appraised -> vote_call if appraise.outcome == 'ok'",
        "appraise_back: appraised -> m1 if appraise.outcome == 'back'",
        *("vote_call -> decide", "decide -> decided", "late -> remind", "remind -> reminded"),
        "agree: decided -> paper if decide.outcome == 'yes'",
        "again: decided -> m2 if decide.outcome == 'again'",
        *("refuse: decided -> notify_reject", "paper -> notify", "notify -> awarded", "notify_reject -> rejected"),
    ),
    council=(
        *("startEvent begin", task("agenda", "HD_TINH"), task("vote", "HD_TINH", loop=many("3"))),
        *(task("minutes", "HD_TINH"), "endEvent voted"),
        *("begin -> agenda", "agenda -> vote", "vote -> minutes", "minutes -> voted"),
    ),
)

OK, BACK, YES, AGAIN, NO = ({"outcome": outcome} for outcome in ("ok", "back", "yes", "again", "no"))
NONE: Mapping[str, Any] = {}


def opinions(order: str = "abc") -> list[Answer]:
    return [(f"opinion_{each}", {"ok": True}) for each in order]


FILED: list[Answer] = [("prepare", {"count": 1}), ("check", OK)]
TO_APPRAISAL: list[Answer] = [*FILED, *opinions(), ("register", NONE), ("assign", NONE)]
COUNCIL: list[Answer] = [("agenda", NONE), ("vote", {"ok": True}), ("vote", {"ok": False}), ("vote", {"ok": True})]
VOTED: list[Answer] = [("appraise", OK | {"count": 2}), *COUNCIL, ("minutes", NONE)]
AWARDED: list[Answer] = [("decide", YES), ("paper", {"count": 4}), ("notify", NONE)]

JOURNEYS: dict[str, list[Answer]] = {
    "straight": [*TO_APPRAISAL, *VOTED, *AWARDED],
    "returned": [("prepare", NONE), ("check", BACK), *TO_APPRAISAL],
    "appraised back": [*TO_APPRAISAL, ("appraise", BACK), *FILED, *opinions("cab"), *TO_APPRAISAL[5:], *VOTED],
    "sent back": [*TO_APPRAISAL, *VOTED, ("decide", AGAIN), *VOTED, *AWARDED[:1]],
    "refused": [*TO_APPRAISAL, *VOTED, ("decide", NO), ("notify_reject", NONE)],
    "overdue": [("overdue", NONE), ("urge", NONE), *TO_APPRAISAL, *VOTED, ("late", NONE), ("remind", NONE), *AWARDED],
    "late to the end": [*TO_APPRAISAL, *VOTED, ("late", NONE), *AWARDED],
}


@cache
def places() -> tuple[Position, ...]:
    return tuple(positions(AWARD.definition(), JOURNEYS))


ANSWERS: dict[str, Mapping[str, Any]] = {
    "check": OK,
    "appraise": OK | {"count": 1},
    "decide": YES,
    "appraisal": OK | {"count": 1},
}
