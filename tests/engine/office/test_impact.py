"""What an edited release means for the nominations under way, from the journal alone."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest

from engine.office.impact import impact
from engine.office.recorded import recorded
from engine.process.migration import Edit, reexecute
from engine.process.release import Release
from engine.store.database import Database
from tests.builders import ASSESSMENT, RELEASES, VOTE, Office
from web.catalog import Catalog

DIAGRAM = "bpmn/unit_commendation.bpmn"
ROLE = '<spiffworkflow:property name="candidateRole" value="TT_DV"/>'


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def edited(office: Office, *pairs: tuple[str, str], path: str = DIAGRAM) -> Release:
    """Return the release that ships with these pieces of the diagram replaced."""
    files = shipped(office).files
    text = files[path].decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return Release.from_files({**files, path: text.encode()}, Catalog())


def shipped(office: Office) -> Release:
    with office.engine.database.read() as reader:
        return RELEASES.get(reader, "R3")


def effects(office: Office, release: Release):
    with office.engine.database.read() as reader:
        return impact(reader, office.engine.releases, release, office.engine.today())


MAJORITY = ("council.dong_y * 2 &gt; council.tong_so", "council.dong_y &gt; council.tong_so")


def test_the_release_in_force_changes_nothing_and_who_has_ended_is_not_asked(office: Office) -> None:
    office.awarded()
    live = [office.at_head(), office.nominate()["code"]]
    found = effects(office, shipped(office))
    assert [effect.code for effect in found] == sorted(live)
    assert {(str(each.verdict), each.reasons, each.changes) for each in found} == {("untouched", (), ())}


def test_each_nomination_gets_the_verdict_of_the_place_where_it_stands(office: Office) -> None:
    voted, new = office.at_head(), office.nominate()["code"]
    found = {effect.code: effect.to_json() for effect in effects(office, edited(office, MAJORITY))}
    assert (found[voted]["verdict"], found[voted]["reason"]) == ("needs_choice", "decision_differs")
    assert found[voted]["step"] == "vote_result"
    assert (found[new]["verdict"], found[new]["reason"], found[new]["step"]) == ("moves", None, "self_assessment")
    assert {"code", "verdict", "step", "reason", "changes"} <= found[new].keys()


def test_nominations_that_came_the_same_way_are_folded_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        office.nominate()
    office.clock.move(days=1)
    for _ in range(2):
        code = office.nominate()["code"]
        office.complete(code, office.officer, ASSESSMENT)
        office.complete(code, office.council, VOTE | {"ngay_hop": "17/11/2026"})
    counted: Counter[str] = Counter()
    fold = Edit.fold

    def counting(self, *arguments):
        counted["folds"] += 1
        return fold(self, *arguments)

    monkeypatch.setattr(Edit, "fold", counting)
    assert len(effects(office, edited(office, (ROLE, ROLE.replace("TT_DV", "HD_DV"))))) == 5
    assert counted["folds"] == 2


def test_an_answer_that_a_condition_reads_makes_another_way(office: Office) -> None:
    office.at_head()
    code = office.nominate()["code"]
    office.complete(code, office.officer, ASSESSMENT)
    office.complete(code, office.council, VOTE | {"dong_y": "6", "khong_dong_y": "3"})
    strict = edited(office, ("council.dong_y * 2 &gt; council.tong_so", "council.dong_y == council.tong_so"))
    verdicts = {effect.code: str(effect.verdict) for effect in effects(office, strict)}
    assert verdicts.pop(code) == "needs_choice"
    assert set(verdicts.values()) == {"moves"}


def test_an_edit_asks_the_calendar_of_today_for_a_step_that_is_new(office: Office) -> None:
    step = """<bpmn:userTask id="publicity" name="Công khai"><bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="formKey" value="award_notice"/>
        <spiffworkflow:property name="candidateRole" value="CB_TDKT_DV"/>
        <spiffworkflow:property name="unitScope" value="proposing_unit"/>
        <spiffworkflow:property name="limitWorkingDays" value="17"/>
        </spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>"""
    new = edited(
        office,
        ("</bpmn:laneSet>", f"</bpmn:laneSet>{step}"),
        ('sourceRef="council" targetRef="vote_result"', 'sourceRef="council" targetRef="publicity"'),
        (
            "  </bpmn:process>",
            '<bpmn:sequenceFlow id="on" sourceRef="publicity" targetRef="vote_result"/></bpmn:process>',
        ),
    )
    office.at_head()
    [effect] = effects(office, new)
    assert (effect.verdict, effect.step) == ("needs_choice", "publicity")


def test_a_process_that_is_not_in_the_release_keeps_its_nominations(office: Office) -> None:
    code = office.nominate()["code"]
    files = {path: raw for path, raw in shipped(office).files.items() if path != DIAGRAM}
    lines = files["release.toml"].decode().split("\n")
    files["release.toml"] = "\n".join(line for line in lines if '"unit_commendation"' not in line).encode()
    [effect] = effects(office, Release.from_files(files, Catalog()))
    assert (effect.code, effect.verdict, effect.reasons[0].code) == (code, "must_stay", "process_gone")


def test_the_journal_gives_the_state_that_was_stored(office: Office) -> None:
    code = office.at_head()
    office.claim(code, office.head)
    id = office.engine.nomination(office.auditor, code).id
    with office.engine.database.read() as reader:
        entries = list(reader.entries(f"nomination:{id}"))
    history = recorded(entries)
    process = shipped(office).process("unit_commendation")
    instance = reexecute(process, UUID(id), history.start, history.steps)
    assert instance.state_hash() == [entry.state_hash for entry in entries if entry.state_hash][-1]
    assert len(history.steps) == 2
