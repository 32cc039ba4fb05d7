"""Giấy khen of the head of a unit: every flow, every outcome, the return zero times and once, as it ships."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NominationClosed
from engine.facts import Fact
from engine.process.instance import Instance
from engine.process.moves import Complete, Resume, Suspend, Withdraw
from engine.process.outlook import expected_steps, what_follows
from engine.process.release import Release
from engine.process.walk import walk
from tests.engine.process.drawing import ID, NOW, Office, named, passed
from web.catalog import Catalog

FOLDER = Path(__file__).parents[2] / "workflows"
DIAGRAM = FOLDER / "bpmn" / "unit_commendation.bpmn"

NOMINEE = {
    "doi_tuong": "cong_chuc_vien_chuc",
    "la_lanh_dao": False,
    "khong_bi_mat": True,
    "nomination.award": "GK_XA",
    "nomination.kind": "ca_nhan",
    "nomination.regime": "R3",
}
MET = {
    "co_ket_qua_san_pham_cu_the": True,
    "dat_hoac_vuot_tien_do": True,
    "guong_mau_chap_hanh": True,
    "vneid_muc": 2,
    "da_kich_hoat": True,
    "so_sang_kien_de_an_06": 1,
    "hieu_qua_cao": True,
}
NO_INITIATIVE = MET | {"so_sang_kien_de_an_06": 0, "hieu_qua_cao": False}
MAJORITY = {"tong_so": 7, "co_mat": 7, "phieu_phat_ra": 7, "phieu_thu_ve": 7, "dong_y": 5, "khong_dong_y": 2}
HALF = MAJORITY | {"tong_so": 8, "dong_y": 4}
YES, NO, MORE = ({"outcome": outcome} for outcome in ("dong_y", "khong_dong_y", "bo_sung"))

AWARDED = [
    ("self_assessment", MET),
    ("council", MAJORITY),
    ("head_decision", YES),
    ("award_notice", {}),
]
SUPPLEMENTED = [*AWARDED[:2], ("head_decision", MORE), ("supplement", MET)]
PATHS: dict[str, tuple[list[tuple[str, dict[str, Any]]], str, str]] = {
    "awarded": (AWARDED, "awarded", "DUOC_KHEN"),
    "not eligible": (
        [("self_assessment", NO_INITIATIVE), ("not_eligible_notice", {})],
        "not_eligible",
        "KHONG_DU_DK",
    ),
    "no majority of all members": (
        [("self_assessment", MET), ("council", HALF), ("refusal_notice", {})],
        "not_awarded",
        "KHONG_DUOC_KHEN",
    ),
    "refused by the head": (
        [*AWARDED[:2], ("head_decision", NO), ("refusal_notice", {})],
        "not_awarded",
        "KHONG_DUOC_KHEN",
    ),
    "returned, then awarded": (
        [*SUPPLEMENTED, ("head_decision_final", YES), ("award_notice", {})],
        "awarded",
        "DUOC_KHEN",
    ),
    "returned, then refused": (
        [*SUPPLEMENTED, ("head_decision_final", NO), ("refusal_notice", {})],
        "not_awarded",
        "KHONG_DUOC_KHEN",
    ),
    "returned, then found not eligible": (
        [*SUPPLEMENTED[:3], ("supplement", NO_INITIATIVE), ("not_eligible_notice", {})],
        "not_eligible",
        "KHONG_DU_DK",
    ),
}
STEPS = ["self_assessment", "council", "head_decision", "supplement", "head_decision_final", "award_notice"]


@cache
def shipped() -> Release:
    paths = [FOLDER / "release.toml", *(p for folder in ("bpmn", "dmn", "forms") for p in (FOLDER / folder).iterdir())]
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in paths if path.is_file()}
    return Release.from_files(files, Catalog())


@dataclass
class _Clock:
    """A day passes with every step."""

    days: int = 0

    def context(self) -> Any:
        from engine.process.context import Context

        self.days += 1
        return Context(NOW + timedelta(days=self.days), Office())


def run(path: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[Instance, list[Fact]]]:
    clock = _Clock()
    yield Instance.start(shipped().process("unit_commendation"), ID, clock.context(), NOMINEE)
    instance, _ = Instance.start(shipped().process("unit_commendation"), ID, clock.context(), NOMINEE)
    for element, fields in path:
        [step] = instance.open_steps
        assert step.element == element
        yield instance, instance.handle(Complete(step.key, fields), clock.context())


@pytest.mark.parametrize("name", PATHS)
def test_each_way_ends_where_it_should(name: str) -> None:
    path, end, status = PATHS[name]
    *_, (instance, facts) = run(path)
    assert instance.ended
    assert instance.status == status
    assert named(facts, "ProcessEnded")[0].to_json()["element"] == end


def test_the_ways_together_take_every_flow_and_reach_every_element() -> None:
    definition = shipped().process("unit_commendation")
    facts = [fact for path, _, _ in PATHS.values() for _, happened in run(path) for fact in happened]
    chosen = {fact.to_json()["flow"] for fact in named(facts, "FlowTaken")}
    gateways = {node.id for node in definition.nodes.values() if len(node.outgoing) > 1}
    assert chosen == {flow.id for flow in definition.flows.values() if flow.source in gateways}
    assert set(passed(facts)) == set(definition.nodes)


def test_a_nominee_without_initiative_does_not_meet_the_criteria_and_the_table_says_which() -> None:
    facts = [fact for _, happened in run([("self_assessment", NO_INITIATIVE)]) for fact in happened]
    [made] = named(facts, "DecisionMade")
    data = made.to_json()
    assert data["result"]["result"] == "KHONG_DAT"
    assert [row["ma"] for row in data["rows"] if row["ket_qua"] == "KHONG_DAT"] == ["D1"]
    assert "so_sang_kien_de_an_06" in next(row["inputs"] for row in data["rows"] if row["ma"] == "D1")


def test_what_is_missing_goes_to_the_council_and_is_not_taken_for_failed() -> None:
    fields = {name: value for name, value in MET.items() if name != "vneid_muc"}
    *_, (instance, facts) = run([("self_assessment", fields)])
    assert named(facts, "DecisionMade")[0].to_json()["result"] == {"result": "THIEU_MINH_CHUNG", "failed": 0}
    assert [step.element for step in instance.open_steps] == ["council"]


def test_the_table_reads_the_supplement_once_there_is_one() -> None:
    *_, (_, facts) = run([*SUPPLEMENTED[:3], ("supplement", MET | {"so_sang_kien_de_an_06": 9})])
    assert named(facts, "DecisionMade")[0].to_json()["inputs"]["so_sang_kien_de_an_06"] == 9


def test_exactly_half_of_the_members_is_no_majority() -> None:
    *_, (instance, _) = run([("self_assessment", MET), ("council", HALF)])
    assert [step.element for step in instance.open_steps] == ["refusal_notice"]


def test_a_second_return_cannot_be_chosen() -> None:
    form = shipped().form(shipped().process("unit_commendation").nodes["head_decision_final"].form)
    assert {outcome["value"] for outcome in form["outcomes"]} == {"dong_y", "khong_dong_y"}


@pytest.mark.parametrize("element", STEPS)
def test_it_can_be_withdrawn_at_every_step(element: str) -> None:
    path = PATHS["returned, then awarded"][0] if element not in ("head_decision", "council") else AWARDED
    before = [done for done, _ in path].index(element)
    *_, (instance, _) = run(path[:before])
    facts = instance.handle(Withdraw(), _Clock().context())
    assert [fact.to_json()["element"] for fact in named(facts, "StepCancelled")] == [element]
    assert instance.ended
    with pytest.raises(NominationClosed):
        instance.handle(Withdraw(), _Clock().context())


@pytest.mark.parametrize("element", STEPS)
def test_it_can_be_suspended_and_resumed_at_every_step(element: str) -> None:
    path = PATHS["returned, then awarded"][0] if element not in ("head_decision", "council") else AWARDED
    before = [done for done, _ in path].index(element)
    *_, (instance, _) = run(path[:before])
    opened = instance.open_steps
    instance.handle(Suspend(), _Clock().context())
    instance = Instance.restore(instance.definition, instance.snapshot())
    instance.handle(Resume(), _Clock().context())
    assert instance.open_steps == opened


def test_each_step_says_who_by_when_and_on_what_ground() -> None:
    for node in shipped().process("unit_commendation").user_tasks.values():
        assert node.role
        assert node.unit_scope == "proposing_unit"
        assert node.limit
        assert node.legal_basis
        assert node.stage
        assert node.form in shipped().forms
        assert len(node.name) <= 32


def test_whoever_prepared_it_may_not_decide_it() -> None:
    nodes = shipped().process("unit_commendation").nodes
    for decision in ("head_decision", "head_decision_final"):
        assert set(nodes[decision].separate_from) == {"start", "self_assessment", "supplement", "council"}


@pytest.mark.parametrize(
    ("element", "outcome", "follows"),
    [
        ("head_decision", "dong_y", "award_notice"),
        ("head_decision", "bo_sung", "supplement"),
        ("head_decision", "khong_dong_y", "refusal_notice"),
        ("head_decision_final", "khong_dong_y", "refusal_notice"),
        ("award_notice", None, "awarded"),
    ],
)
def test_the_why_box_can_say_for_certain_where_an_outcome_leads(element: str, outcome: str, follows: str) -> None:
    node, certain = what_follows(shipped().process("unit_commendation"), element, outcome, {})
    assert node
    assert (node.id, certain) == (follows, True)


@pytest.mark.parametrize(("element", "follows"), [("council", "head_decision"), ("self_assessment", "council")])
def test_what_depends_on_more_than_the_choice_is_not_called_certain(element: str, follows: str) -> None:
    node, certain = what_follows(shipped().process("unit_commendation"), element, None, {})
    assert node
    assert (node.id, certain) == (follows, False)


def test_the_two_steps_ahead_are_those_of_the_way_to_the_award() -> None:
    ahead = expected_steps(shipped().process("unit_commendation"), "self_assessment", {})
    assert [node.id for node in ahead] == ["council", "head_decision"]


def test_the_diagram_can_be_walked_with_its_table_beside_it() -> None:
    name = "unit_commendation_criteria.dmn"
    answers = {"user": {"nominated": {"doi_tuong": "cong_chuc_vien_chuc"}} | dict(AWARDED)}
    tables = {name: (FOLDER / "dmn" / name).read_bytes()}
    walked = walk(DIAGRAM.read_bytes(), answers, file=DIAGRAM.name, tables=tables)
    assert walked.outcome == "completed"
    assert walked.trace[-1] == "awarded"
    assert walked.data["criteria"] == {"result": "DAT", "failed": 0}


def test_the_diagram_alone_lacks_its_table() -> None:
    walked = walk(DIAGRAM.read_bytes(), {}, file=DIAGRAM.name)
    assert walked.outcome == "rejected"
    assert {problem.code for problem in walked.problems} == {"decision_unknown"}
