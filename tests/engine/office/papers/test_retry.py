"""A paper that cannot go on waits for an administrator, as a nomination does."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands import RetryIncident
from engine.errors import NotAllowed, NotFound
from engine.office.views import Actor
from engine.store.database import Database
from tests import papers
from tests.builders import new_id
from tests.papers import DRAFT, RETURNS, PaperOffice


@pytest.fixture
def office(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PaperOffice:
    """An office whose diagram of papers forgot that a reviewer may send one back."""
    plain = papers.write_release

    def write_release(folder: Path) -> None:
        plain(folder)
        manifest = folder / "release.toml"  # of a name of its own: releases are read once in a process
        manifest.write_text(manifest.read_text("utf-8").replace("PAPERS", "PAPERS-STUCK"), "utf-8")
        diagram = folder / "bpmn" / "paper.bpmn"
        text = diagram.read_text("utf-8").replace(' default="review_returns"', "")
        forgotten = 'name="Sửa" sourceRef="review_choice" targetRef="draft"'
        never = '<bpmn:conditionExpression>review.outcome == "khac"</bpmn:conditionExpression>'
        assert f"{forgotten}/>" in text
        diagram.write_text(text.replace(f"{forgotten}/>", f"{forgotten}>{never}</bpmn:sequenceFlow>"), "utf-8")

    monkeypatch.setattr(papers, "write_release", write_release)
    return PaperOffice(database, tmp_path / "release")


def stuck(office: PaperOffice) -> str:
    code = office.draft(office.nominations(1))
    office.step(code, office.officer, DRAFT)
    office.step(code, office.council, RETURNS)
    return code


def retry(actor: Actor, case: str, key: str) -> RetryIncident:
    return RetryIncident(command_id=new_id(), actor=actor.person.id, case=case, key=key)


def test_an_administrator_lets_a_paper_try_again(office: PaperOffice) -> None:
    code = stuck(office)
    administrator = office.person("Đỗ Quốc Khánh", "QT", unit="SNV")
    [incident] = office.engine.incidents(administrator)
    assert (incident.subject, incident.code) == ("paper", code)

    answer = office.engine.retry_incident(retry(administrator, code, incident.key))

    assert answer == {"case": code, "incident": True}  # for its diagram is as it was
    assert len(office.engine.incidents(administrator)) == 1
    report = office.engine.verify()
    assert (report.ok, report.not_reexecuted) == (True, 0)


def test_only_an_administrator_does_and_only_what_is_there(office: PaperOffice) -> None:
    code = stuck(office)
    administrator = office.person("Đỗ Quốc Khánh", "QT", unit="SNV")
    [incident] = office.engine.incidents(administrator)
    with pytest.raises(NotAllowed):
        office.engine.retry_incident(retry(office.head, code, incident.key))
    with pytest.raises(NotFound):
        office.engine.retry_incident(retry(administrator, "VB-2099-00001", incident.key))
    with pytest.raises(NotFound):
        office.engine.retry_incident(retry(administrator, code, "draft#9"))
