"""The front door: log-in, sessions, tokens, drafts, seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands import SYSTEM, DisableAccount, PublishRelease, SetPassword
from engine.errors import CannotOpen, InvalidForm, InvalidRelease, LoginFailed, NotAllowed, TaskNotOpen, TooManyTries
from engine.office import directory
from engine.office.service import Engine, body_hash
from engine.store.database import Database
from tests.builders import ASSESSMENT, CATALOG, PASSWORD, RELEASES, WORKFLOWS, Office, new_id


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_a_session_lasts_while_it_is_used_and_ends_when_it_is_idle(office: Office) -> None:
    office.person("Hà Văn Thụ", "CB_TDKT_DV", username="thu.tantrao")
    token = office.engine.log_in("thu.tantrao", PASSWORD, "10.0.0.1")
    for _ in range(4):
        office.clock.move(minutes=25)
        actor = office.engine.session(token)
        assert actor is not None and actor.person.full_name == "Hà Văn Thụ"
    office.clock.move(minutes=31)
    assert office.engine.session(token) is None


def test_log_out_ends_a_session_at_once(office: Office) -> None:
    office.person("Hà Văn Thụ", "CB_TDKT_DV", username="thu.tantrao")
    token = office.engine.log_in("thu.tantrao", PASSWORD, "10.0.0.1")
    office.engine.log_out(token)
    assert office.engine.session(token) is None


def test_a_disabled_account_is_out_at_the_next_request(office: Office) -> None:
    person = office.person("Hà Văn Thụ", "CB_TDKT_DV", username="thu.tantrao").person.id
    session = office.engine.log_in("thu.tantrao", PASSWORD, "10.0.0.1")
    token = office.engine.issue_token("thu.tantrao")
    office.engine.disable_account(DisableAccount(command_id=new_id(), actor=SYSTEM, person=person))
    assert (office.engine.session(session), office.engine.api_actor(token)) == (None, None)
    with pytest.raises(LoginFailed):
        office.engine.log_in("thu.tantrao", PASSWORD, "10.0.0.1")


def test_guessing_is_slowed_down(office: Office) -> None:
    office.person("Hà Văn Thụ", "CB_TDKT_DV", username="thu.tantrao")
    for _ in range(5):
        with pytest.raises(LoginFailed):
            office.engine.log_in("thu.tantrao", "sai mật khẩu rồi", "10.0.0.1")
    with pytest.raises(TooManyTries):
        office.engine.log_in("thu.tantrao", PASSWORD, "10.0.0.1")


def test_a_password_leaves_no_trace_in_the_hash_of_its_command(office: Office) -> None:
    same = {"command_id": "1", "actor": SYSTEM, "person": "2"}
    assert body_hash(SetPassword(password="một", **same)) == body_hash(SetPassword(password="hai", **same))


def test_nobody_sets_the_password_of_another(office: Office) -> None:
    person = office.person("Hà Văn Thụ", "CB_TDKT_DV", username="thu.tantrao").person.id
    command = SetPassword(command_id=new_id(), actor=office.officer.person.id, person=person, password=PASSWORD + "!")
    with pytest.raises(NotAllowed):
        office.engine.set_password(command)


def test_a_draft_comes_back_to_its_writer_alone(office: Office) -> None:
    colleague = office.person("Nguyễn Văn Bách", "CB_TDKT_DV")
    code = office.nominate()["code"]
    task = office.only_task(code, office.officer).task
    office.engine.save_draft(office.officer, task.id, {"bao_cao_thanh_tich": "đang viết dở"})
    assert office.engine.task(office.officer, task.id).values == {"bao_cao_thanh_tich": "đang viết dở"}
    assert office.engine.task(colleague, task.id).values == {}


def test_a_finished_task_takes_no_draft(office: Office) -> None:
    code = office.nominate()["code"]
    task = office.only_task(code, office.officer).task
    office.complete(code, office.officer, ASSESSMENT)
    with pytest.raises(TaskNotOpen):
        office.engine.save_draft(office.officer, task.id, {})


def test_a_form_that_is_no_json_is_refused_calmly(office: Office) -> None:
    code = office.nominate()["code"]
    with pytest.raises(InvalidForm):
        office.complete(code, office.officer, ASSESSMENT | {"bao_cao_thanh_tich": "\ud800"})


def publish(office: Office, folder: Path) -> dict[str, object]:
    return office.engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(folder)))


def copy_of(workflows: Path, to: Path) -> Path:
    for file in workflows.rglob("*"):
        if file.suffix in (".bpmn", ".dmn", ".json", ".toml") and "earlier" not in file.parts:
            target = to / file.relative_to(workflows)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return to


def test_publishing_what_is_published_changes_nothing(office: Office) -> None:
    assert publish(office, WORKFLOWS)["published"] is False


def test_a_published_release_is_never_replaced_under_its_id(office: Office, tmp_path: Path) -> None:
    folder = copy_of(WORKFLOWS, tmp_path / "edited")
    form = folder / "forms" / "award_notice.json"
    form.write_text(form.read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(InvalidRelease) as refused:
        publish(office, folder)
    assert [problem.code for problem in refused.value.params["problems"]] == ["release_id_taken"]


def test_a_broken_file_is_named_with_its_element_and_nothing_of_the_release_is_taken(
    office: Office, tmp_path: Path
) -> None:
    folder = copy_of(WORKFLOWS, tmp_path / "broken")
    (folder / "release.toml").write_text(
        (folder / "release.toml").read_text("utf-8").replace('id = "R3"', 'id = "R3-2"'), "utf-8"
    )
    diagram = folder / "bpmn" / "unit_commendation.bpmn"
    diagram.write_text(diagram.read_text("utf-8").replace("council.dong_y * 2", "council.dong_ý * 2"), "utf-8")
    with pytest.raises(InvalidRelease) as refused:
        publish(office, folder)
    problem = next(each for each in refused.value.params["problems"] if each.severity == "error")
    assert (problem.file, problem.line > 0, problem.element != "") == ("bpmn/unit_commendation.bpmn", True, True)
    with office.engine.database.read() as reader:
        assert [row.id for row in reader.releases()] == ["R3"]


def test_a_folder_without_a_release_is_said_so(office: Office, tmp_path: Path) -> None:
    with pytest.raises(CannotOpen):
        publish(office, tmp_path)


def test_master_data_is_imported_once(database: Database) -> None:
    engine = Engine(database, CATALOG, releases=RELEASES)
    assert engine.import_seeds() > 180
    with database.read() as reader:
        assert "X2545" in directory.all_units(reader.connection)
    assert engine.import_seeds() == 0
