"""An office whose nominations wait for a day to pass, and then for the head of the unit."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.commands import SYSTEM, PublishRelease
from engine.store.database import Database
from tests.builders import WORKFLOWS, Office, new_id
from tests.papers import CHECKED, HEAD, RELEASE

A_DAY = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"


def nominations(timers: int = 1) -> str:
    """Return the diagram; with several timers all of them run side by side and all must end."""
    waits = "".join(
        f'<intermediateCatchEvent id="day{n}" name="Chờ một ngày">{A_DAY}</intermediateCatchEvent>'
        for n in range(timers)
    )
    first = last = "day0"
    if timers > 1:
        first, last = "split", "join"
        waits += '<parallelGateway id="split"/><parallelGateway id="join"/>' + "".join(
            f'<sequenceFlow id="to{n}" sourceRef="split" targetRef="day{n}"/>'
            f'<sequenceFlow id="from{n}" sourceRef="day{n}" targetRef="join"/>'
            for n in range(timers)
        )
    return f"""{HEAD}<process id="short">
<startEvent id="nominated"><extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="formKey" value="nominate"/></spiffworkflow:properties></extensionElements></startEvent>
<sequenceFlow id="f1" sourceRef="nominated" targetRef="{first}"/>
{waits}
<sequenceFlow id="f2" sourceRef="{last}" targetRef="whose"/>
<exclusiveGateway id="whose" default="f3"/>
<sequenceFlow id="f3" sourceRef="whose" targetRef="check"/>
<sequenceFlow id="f4" sourceRef="whose" targetRef="end">
<conditionExpression>nominated.doi_tuong == "nguoi_dan" &amp;&amp; check.lech == 1</conditionExpression></sequenceFlow>
<userTask id="check" name="Kiểm tra"><extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="candidateRole" value="TT_DV"/><spiffworkflow:property name="formKey" value="checked"/>
<spiffworkflow:property name="unitScope" value="proposing_unit"/>
</spiffworkflow:properties></extensionElements></userTask>
<sequenceFlow id="f5" sourceRef="check" targetRef="end"/><endEvent id="end"/></process></definitions>"""


# Whoever is one of the people goes to a gateway that cannot choose: the path behind the timer is an incident.
STUCK = {"doi_tuong": "nguoi_dan"}


def write_release(folder: Path, timers: int = 1) -> Path:
    for name in ("bpmn", "forms"):
        (folder / name).mkdir(parents=True)
    shutil.copy(WORKFLOWS / "forms" / "nominate.json", folder / "forms")
    (folder / "forms" / "checked.json").write_text(CHECKED, "utf-8")
    (folder / "bpmn" / "short.bpmn").write_text(nominations(timers), "utf-8")
    name = "WAITING" if timers == 1 else f"WAITING-{timers}"
    (folder / "release.toml").write_text(RELEASE.replace("PAPERS", name), "utf-8")
    return folder


class WaitingOffice(Office):
    """`timers`: how many each nomination waits for."""

    def __init__(self, database: Database, folder: Path, timers: int = 1) -> None:
        super().__init__(database)
        command = PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(write_release(folder, timers)))
        self.engine.publish_release(command)

    def waiting(self, **form: str) -> str:
        """Return the code of a nomination whose day has begun."""
        return str(self.nominate(**form)["code"])
