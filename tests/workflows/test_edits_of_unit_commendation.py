"""Edits of the shipped diagram as an administrator makes them, at every place of every way through it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from engine.process.definition import ProcessDefinition
from engine.process.release import Release
from tests.engine.process.migration.journeys import Position, migrated, positions, runs_to_its_end
from tests.workflows.test_unit_commendation import HALF, MAJORITY, MET, NOMINEE, PATHS, YES, shipped
from web.catalog import Catalog

DIAGRAM = "bpmn/unit_commendation.bpmn"
TABLE = "dmn/unit_commendation_criteria.dmn"
ANSWERS = {
    "self_assessment": MET,
    "supplement": MET,
    "council": MAJORITY,
    "head_decision": YES,
    "head_decision_final": YES,
}
LAST = {"award_notice", "refusal_notice", "not_eligible_notice"}


@cache
def old() -> ProcessDefinition:
    return shipped().process("unit_commendation")


PATHS_ALONE = {name: answers for name, (answers, _, _) in PATHS.items()}


@cache
def places() -> tuple[Position, ...]:
    return tuple(positions(old(), PATHS_ALONE, **NOMINEE))


@cache
def edited(*pairs: tuple[str, str], file: str = DIAGRAM) -> ProcessDefinition:
    text = shipped().files[file].decode()
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after)
    return Release.from_files({**shipped().files, file: text.encode()}, Catalog()).process("unit_commendation")


def beyond(at: Position) -> bool:
    return at.open <= LAST


def before_the_council(at: Position) -> str:
    """A step put before the vote: whoever voted or is about to must first have passed it."""
    if "council" in at.done or "council" in at.open:
        return "needs_choice"
    return "untouched" if beyond(at) else "moves"


def council_ahead(at: Position) -> str:
    """As it is drawn: a supplement is judged again, and the flow to the council leads on from there."""
    return "moves" if at.open & {"self_assessment", "council", "head_decision", "supplement"} else "untouched"


def higher_threshold(at: Position) -> str:
    """Five of seven is not three quarters: what was voted stands, and somebody should look."""
    if "council" in at.done:
        lost = any(dict(getattr(step.move, "variables", {})).get("tong_so") == HALF["tong_so"] for step in at.steps)
        return "untouched" if lost else "needs_choice"
    return council_ahead(at)


STEP = """<bpmn:userTask id="publicity" name="Công khai"><bpmn:extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="formKey" value="award_notice"/>
<spiffworkflow:property name="candidateRole" value="CB_TDKT_DV"/>
<spiffworkflow:property name="unitScope" value="proposing_unit"/>
<spiffworkflow:property name="limitWorkingDays" value="5"/>
</spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>"""


def inserted(source: str, target: str) -> tuple[tuple[str, str], ...]:
    """Put the new step into a flow."""
    return (
        ("</bpmn:laneSet>", f"</bpmn:laneSet>{STEP}"),
        (f'sourceRef="{source}" targetRef="{target}"', f'sourceRef="{source}" targetRef="publicity"'),
        (
            "  </bpmn:process>",
            f'<bpmn:sequenceFlow id="on" sourceRef="publicity" targetRef="{target}"/></bpmn:process>',
        ),
    )


def without_picture() -> ProcessDefinition:
    text = shipped().files[DIAGRAM].decode()
    picture = text[
        text.index("<bpmndi:BPMNDiagram") : text.index("</bpmndi:BPMNDiagram>") + len("</bpmndi:BPMNDiagram>")
    ]
    return edited((picture, ""))


def _within(element: str, before: str, after: str) -> tuple[str, str]:
    text = shipped().files[DIAGRAM].decode()
    start = text.index(f'<bpmn:userTask id="{element}"')
    whole = text[start : text.index("</bpmn:userTask>", start)]
    assert before in whole
    return whole, whole.replace(before, after)


def limit_of(element: str, before: int, after: int) -> tuple[str, str]:
    return _within(element, f'"limitWorkingDays" value="{before}"', f'"limitWorkingDays" value="{after}"')


def role_of(element: str, before: str, after: str) -> tuple[str, str]:
    return _within(element, f'"candidateRole" value="{before}"', f'"candidateRole" value="{after}"')


def stricter() -> tuple[str, str]:
    """An initiative does not suffice any more."""
    text = shipped().files[TABLE].decode()
    start = text.index('<rule id="D1_dat">')
    whole = text[start : text.index("</rule>", start)]
    return whole, whole.replace('"DAT"', '"KHONG_DAT"')


def stricter_verdict(at: Position) -> str:
    """Whoever was found to meet the criteria still does, and somebody should look."""
    if "self_assessment" not in at.done:
        return "moves"
    return "untouched" if at.name.startswith("not eligible") else "needs_choice"


def role_verdict(at: Position) -> str:
    return "untouched" if at.ended or at.open & {"refusal_notice", "not_eligible_notice"} else "moves"


def after_the_notice(at: Position) -> str:
    if at.ended and "award_notice" in at.done:
        return "needs_choice"
    return role_verdict(at)


EDITS: dict[str, tuple[Callable[[], ProcessDefinition], Callable[[Position], str]]] = {
    "nothing": (edited, lambda at: "untouched"),
    "layout only": (without_picture, lambda at: "untouched"),
    "label": (
        lambda: edited(('name="Thủ trưởng quyết định"', 'name="Người đứng đầu quyết định"')),
        council_ahead,
    ),
    "limit": (
        lambda: edited(limit_of("council", 5, 9)),
        council_ahead,
    ),
    "role": (lambda: edited(role_of("award_notice", "CB_TDKT_DV", "VT")), role_verdict),
    "higher threshold": (
        lambda: edited(("council.dong_y * 2 &gt; council.tong_so", "council.dong_y * 4 &gt; council.tong_so * 3")),
        higher_threshold,
    ),
    "step before the council": (lambda: edited(*inserted("criteria_result", "council")), before_the_council),
    "step after the notice": (lambda: edited(*inserted("award_notice", "awarded")), after_the_notice),
    "stricter table": (lambda: edited(stricter(), file=TABLE), stricter_verdict),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_verdict_is_that_of_a_careful_person_and_who_moves_comes_to_an_end(name: str) -> None:
    make, expected = EDITS[name]
    new = make()
    wrong = []
    for at in places():
        migration = migrated(old(), new, at)
        if migration.verdict != expected(at):
            wrong.append((at.name, expected(at), str(migration.verdict), migration.reasons, migration.changes))
        elif migration.instance:
            assert runs_to_its_end(migration.instance, ANSWERS), at.name
    assert not wrong, wrong[:3]
