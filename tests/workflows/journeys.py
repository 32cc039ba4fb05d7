"""Ways through the shipped diagrams: what people answer, which letters come, which timers pass, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from engine.canonical import time_of
from engine.facts import Fact
from engine.office.releases import read_folder
from engine.process.context import Context, DueDate
from engine.process.definition import ProcessDefinition
from engine.process.instance import Instance
from engine.process.model import Node
from engine.process.moves import Complete, Deliver, FireTimer, Move
from engine.process.release import Release
from tests.engine.process.drawing import ID, named, passed
from web.catalog import Catalog

WORKFLOWS = Path(__file__).parents[2] / "workflows"
FOLDERS = {"R3": WORKFLOWS, "R2": WORKFLOWS / "earlier" / "r2"}


@cache
def shipped(release: str = "R3") -> Release:
    return Release.from_files(read_folder(FOLDERS[release]), Catalog())


@cache
def expiring(policy: str, body: str = "bhxh") -> Release:
    """Return the release that ships, with another policy for one body whose opinion is late."""
    return Release.from_files(with_expiry(read_folder(WORKFLOWS), policy, body), Catalog())


def with_expiry(files: Mapping[str, bytes], policy: str, body: str = "bhxh") -> dict[str, bytes]:
    """Return the files of the next release, the policy of one body changed in its table `qua_han`."""
    table = files["dmn/qua_han.dmn"].decode()
    before, found, after = table.partition(f'<inputEntry><text>"{body}"</text></inputEntry>')
    assert found and '"cho_tiep"' in after
    after = after.replace('"cho_tiep"', f'"{policy}"', 1)
    said = (
        files["release.toml"].decode().replace('id = "R3"', f'id = "R3-{policy}"').replace("2025-07-01", "2025-07-02")
    )
    return {**files, "dmn/qua_han.dmn": (before + found + after).encode(), "release.toml": said.encode()}


# --- what happens, in order --------------------------------------------------------------------------------------

Act = Callable[[Instance], Move]


def done(element: str, **fields: Any) -> Act:
    """Somebody completes the open step of this element; with several, the oldest."""

    def act(instance: Instance) -> Move:
        opened = [step.element for step in instance.open_steps]
        assert element in opened, f"{element} is not open, but {opened} and {[w.message for w in instance.waits]}"
        return Complete(next(step.key for step in instance.open_steps if step.element == element), fields)

    return act


def comes(message: str, **fields: Any) -> Act:
    """What is waited for comes: a letter is issued, the centre answers, somebody comments."""

    def act(instance: Instance) -> Move:
        waits = [wait.message for wait in instance.waits]
        assert message in waits, f"{message} is not waited for, but {waits}"
        return Deliver(message, None, fields)

    return act


def passes(element: str) -> Act:
    """The timer of this element is due."""

    def act(instance: Instance) -> Move:
        timer = next(timer for timer in instance.timers if timer.element == element)
        return FireTimer(timer.key, timer.due_at)

    return act


@dataclass
class Office:
    """Answers as an office would: working days are calendar days, a body's unit is its key."""

    today: date
    asked: list[str] = field(default_factory=list)

    def due_on(self, days: int, count_first: bool) -> DueDate:
        return DueDate(self.today + timedelta(days=days - count_first))

    def unit(self, scope: str) -> str | None:
        self.asked.append(scope)
        return f"unit of {scope}"

    def role(self, name: str) -> str:
        return f"role of {name}"


@dataclass
class Journey:
    """One instance on its way, with every fact; a day passes with every act."""

    instance: Instance
    facts: list[Fact]
    now: datetime
    asked: list[str] = field(default_factory=list)

    def go(self, acts: Iterable[Act]) -> Journey:
        for act in acts:
            move = act(self.instance)
            self.now += timedelta(days=1)
            if isinstance(move, FireTimer):
                self.now = max(self.now, time_of(move.due_at))
            office = Office(self.now.date(), self.asked)
            self.facts += self.instance.handle(move, Context(self.now, office))
            assert not self.instance.incidents, self.instance.incidents
        return self

    @property
    def at(self) -> list[str]:
        """The elements where something is waited for: people, messages, timers."""
        waiting = [*self.instance.open_steps, *self.instance.waits, *self.instance.timers]
        return sorted(item.element for item in waiting)

    @property
    def end(self) -> str | None:
        ended = named(self.facts, "ProcessEnded")
        return str(ended[0].to_json()["element"]) if ended else None

    def decided(self, element: str) -> list[dict[str, Any]]:
        """Return what the tables of this element gave, visit by visit."""
        return [fact.to_json() for fact in named(self.facts, "DecisionMade") if fact.to_json()["element"] == element]


def set_out(
    process: str,
    variables: dict[str, Any],
    release: str | Release = "R3",
    now: datetime = datetime(2025, 9, 1, tzinfo=UTC),
) -> Journey:
    office = Office(now.date())
    made = shipped(release) if isinstance(release, str) else release
    instance, facts = Instance.start(made.process(process), ID, Context(now, office), variables)
    return Journey(instance, facts, now, office.asked)


# --- which flows were taken --------------------------------------------------------------------------------------


def taken(process: ProcessDefinition, journeys: Iterable[Journey]) -> set[str]:
    """Return the flows of a process that some journey took, called or on its own."""
    facts = [fact for journey in journeys for fact in journey.facts]
    chosen = {fact.to_json()["flow"] for fact in named(facts, "FlowTaken")}
    left = set(passed(facts)) - {node.id for node in process.nodes.values() if decides(node)}
    return {flow.id for flow in process.flows.values() if flow.id in chosen or flow.source in left}


def decides(node: Node) -> bool:
    return node.kind in ("exclusiveGateway", "inclusiveGateway") and len(node.outgoing) > 1


def outcomes(journeys: Iterable[Journey]) -> set[tuple[str, str]]:
    """Return (element, outcome) of all that was completed or came as a message."""
    found = set()
    for fact in (fact for journey in journeys for fact in named(journey.facts, "StepCompleted")):
        data = fact.to_json()
        if "outcome" in data["variables"]:
            found.add((data["element"], data["variables"]["outcome"]))
    return found
