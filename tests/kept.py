"""A release that some nominations cannot move to."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from engine.commands import SYSTEM, PublishRelease
from engine.office.clock import local_day
from tests.builders import WORKFLOWS, Office, new_id

COUNCIL = '<spiffworkflow:property name="candidateRole" value="HD_DV"/>'


def publish_with_other_council(office: Office, folder: Path) -> None:
    """Publish, in force from today, a release that gives the vote on a Giấy khen to the head, and go on a day."""
    edited = folder / "edited"
    shutil.copytree(WORKFLOWS, edited)
    office.clock.move(days=1)
    diagram, manifest = edited / "bpmn" / "unit_commendation.bpmn", edited / "release.toml"
    drawn, said = diagram.read_text("utf-8"), manifest.read_text("utf-8")
    assert COUNCIL in drawn
    diagram.write_text(drawn.replace(COUNCIL, COUNCIL.replace("HD_DV", "TT_DV")), "utf-8")
    lines = [line for line in said.splitlines() if not line.startswith(("id =", "in_force_from ="))]
    begins = local_day(office.clock.now() - timedelta(days=1))
    head = ['id = "OTHER"', f"in_force_from = {begins.isoformat()}"]
    manifest.write_text("\n".join([*head, *lines]), "utf-8")
    office.engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(edited)))
