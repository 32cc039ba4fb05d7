"""Both releases as they ship: checked as a whole, their tables in accord with their diagrams."""

import tomllib
from typing import Any

import pytest

from engine.process.guard import ROLES, UNIT_SCOPES
from engine.process.release import Release
from forms.definition import EARLIER
from tests.workflows.journeys import FOLDERS, shipped

AWARDS = {"BK_TINH", "BK_TTG", "HCLD_1", "HCLD_2", "HCLD_3"}
KNOWN_WARNINGS = {
    # A nominee whose step says "tam_dung" is held by the command Suspend: should that fail, nothing may be decided.
    "gateway_no_default",
}
EVERYWHERE = pytest.mark.parametrize("release", FOLDERS)


def kinds(release: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = shipped(release).tables["papers.toml"]["kinds"]
    return found


def awaited(release: Release) -> set[str]:
    nodes = [node for process in release.processes.values() for node in process.nodes.values()]
    catching = [node for node in nodes if node.kind != "intermediateThrowEvent"]
    return {event.name for node in catching for event in node.events if event.kind == "message"}


@EVERYWHERE
def test_a_release_is_taken_without_an_error(release: str) -> None:
    assert {problem.code for problem in shipped(release).warnings} <= KNOWN_WARNINGS


def test_they_follow_each_other() -> None:
    before, now = shipped("R2"), shipped("R3")
    assert (before.id, before.regime, now.id, now.regime) == ("R2", "R2", "R3", "R3")
    assert before.in_force_from < now.in_force_from


@EVERYWHERE
def test_each_award_runs_on_a_process(release: str) -> None:
    made = shipped(release)
    assert {award for award in AWARDS if made.process_of(award) == "nomination"} == AWARDS
    assert (made.process_of("GK_HUYEN") is not None) == (release == "R2")


@EVERYWHERE
def test_the_district_stands_before_the_lead_body_only_where_there_are_districts(release: str) -> None:
    made = shipped(release)
    scopes = {node.unit_scope for node in made.process("nomination").user_tasks.values()}
    lanes = {node.lane for node in made.process("nomination").nodes.values()}
    district = release == "R2"
    assert ("superior_unit" in scopes, "Cấp huyện" in lanes) == (district, district)
    assert ("criteria_district" in made.process("nomination").nodes) == district
    kinds_of_nominee = {c["value"] for c in made.form("nominate_province")["fields"][0]["choices"]}
    assert ("tap_the_huyen" in kinds_of_nominee) == district


@EVERYWHERE
def test_a_kind_of_paper_names_known_roles_bodies_and_awards(release: str) -> None:
    for name, kind in kinds(release).items():
        assert {kind[role] for role in ("drafter", "reviewer", "signer", "registry")} <= ROLES, name
        assert {kind["issuing_body"], kind.get("receiving_body", "office")} <= UNIT_SCOPES, name
        assert set(kind["awards"]) <= AWARDS, name
        assert kind["title"], name


@EVERYWHERE
def test_each_letter_that_is_waited_for_has_a_kind_of_paper_and_each_kind_somebody_who_waits(release: str) -> None:
    by_people = {"central_answer", "comment_received", "list_changed"}
    issued = {kind["message"] for kind in kinds(release).values() if "message" in kind}
    assert awaited(shipped(release)) - by_people == issued


@EVERYWHERE
def test_an_award_of_each_authority_has_its_own_letter_to_the_centre(release: str) -> None:
    letters = {
        name: set(kind["awards"]) for name, kind in kinds(release).items() if kind.get("message") == "state_letter"
    }
    assert letters == {"to_trinh_ttg": {"BK_TTG"}, "to_trinh_ctn": {"HCLD_1", "HCLD_2", "HCLD_3"}}
    assert not any(kinds(release)[name].get("mixed") for name in letters)


@EVERYWHERE
def test_the_bodies_that_are_asked_are_those_of_the_table(release: str) -> None:
    made = shipped(release)
    codes = {
        code
        for rule in made.decision("hiep_y").logic.rules  # type: ignore[union-attr]
        for output in rule.outputs
        for code in str(output.text).strip('"').split()
    }
    loop = made.process("opinions").nodes["body_opinion"].loop
    assert loop and loop.collection
    assert all(f'"{code}"' in loop.collection for code in codes)
    assert codes | {"tinh_uy"} == made.tables["bodies.toml"].keys()
    rules = made.decision("qua_han").logic.rules  # type: ignore[union-attr]
    assert {str(rule.tests[0].text).strip('"'): str(rule.outputs[0].text) for rule in rules} == dict.fromkeys(
        codes, '"cho_tiep"'
    )
    assert made.process("opinions").nodes["party_opinion"].properties["body"] == "tinh_uy"


@EVERYWHERE
def test_every_ground_is_a_citation(release: str) -> None:
    seeds = tomllib.loads((FOLDERS["R3"] / "seeds" / "citations.toml").read_text("utf-8"))
    known = {citation["id"] for citation in seeds["citation"]}
    nodes = [node for process in shipped(release).processes.values() for node in process.nodes.values()]
    named = {node.legal_basis for node in nodes if node.legal_basis}
    named |= {ground for kind in kinds(release).values() for ground in kind["grounds"]}
    assert named - known == set()


@EVERYWHERE
def test_what_a_form_reads_of_earlier_steps_is_set_in_some_diagram(release: str) -> None:
    made = shipped(release)
    declared = {name for process in made.processes.values() for name in process.declared}
    for key, form in made.forms.items():
        asked = [*form["fields"], *(choice for each in form["fields"] for choice in each.get("choices", ()))]
        read = {each["when"]["field"] for each in asked if "when" in each}
        read |= {str(value) for rule in form.get("rules", ()) for key, value in rule.items() if key != "message"}
        assert {name for name in read if EARLIER.fullmatch(name)} <= declared, key
