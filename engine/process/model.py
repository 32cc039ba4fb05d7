"""A process as it is drawn: nodes, flows and what is written beside them. Plain data, no behaviour.

Made by engine.process.definition, read by everything else; element ids, kinds and attributes have the names of
BPMN 2.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

ACTIVITIES = frozenset(
    {
        *("userTask", "manualTask", "task", "businessRuleTask", "receiveTask", "callActivity", "subProcess"),
        *("serviceTask", "sendTask", "scriptTask"),
    }
)
EVENTS = frozenset(["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"])
# States of a dossier while it is on its way (DOMAIN §3.9), from the one that is shown first to the farthest: a dossier
# is where the last of its nominations stands. What is asked to be supplemented shows until it came.
DOSSIER_STATES = (
    *("NHAP", "BINH_XET", "CHO_KY_DV", "YC_BO_SUNG", "DA_NOP", "CA_TONG_HOP", "SNV_TIEP_NHAN", "THAM_DINH"),
    *("LAY_Y_KIEN", "CONG_KHAI", "CHO_HOI_DONG", "TRINH_CT", "DA_QD_TINH", "DA_TRINH_TW", "KQ_TW"),
)
# Where a unit hands in, and where the appraising body takes in: until then the law of the day holds (decision 19).
# `receivedIf` names the outcome that takes in, `receivedOn` the field with the day; without them it is done at once.
# `awardsIf` names the outcome of a step that finds in favour of the award.
SUBMISSION, RECEIPT = "submission", "receipt"
MILESTONES = (SUBMISSION, RECEIPT)
GATEWAYS = frozenset(["exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"])


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `id` is made up from its place where the file has none."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    line: int = 0


@dataclass(frozen=True)
class Timer:
    """`kind` is timeDate, timeDuration or timeCycle; `text` ISO 8601."""

    kind: str
    text: str

    @property
    def is_cycle(self) -> bool:
        return self.kind == "timeCycle"


@dataclass(frozen=True)
class Event:
    """An event definition: `kind` as message, timer, terminate; `name` of the message, signal or link.

    For errors and escalations `name` is the code; "" catches whatever is thrown.
    """

    kind: str
    name: str = ""
    timer: Timer | None = None
    condition: str | None = None


@dataclass(frozen=True)
class Loop:
    """Multi-instance: `collection` is a CEL LIST of the keys, or `cardinality` a CEL INT.

    The property `loopKeys` may hold the list, since BPMN's own loopDataInputRef takes no expression.
    """

    sequential: bool
    cardinality: str | None = None
    collection: str | None = None
    standard: bool = False
    completion: str | None = None
    condition: str | None = None
    maximum: str | None = None
    before: bool = False
    behavior: str = "All"
    throws: tuple[Event, ...] = ()  # when an instance is done: under None each time, under One the first time,
    # under Complex whenever the condition of the event holds


@dataclass(frozen=True)
class Node:
    """A flow node. `scope` is the id of the process or embedded subprocess it stands in."""

    id: str
    kind: str
    scope: str
    name: str = ""
    line: int = 0
    lane: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    events: tuple[Event, ...] = ()
    waits_for_all: bool = False  # of its events, not for the first of them
    attached_to: str | None = None
    interrupting: bool = True
    triggered: bool = False  # an event subprocess
    for_compensation: bool = False
    handler: str | None = None  # what undoes the activity that a compensation event is attached to
    transaction: bool = False  # a subprocess that can be cancelled
    complex: bool = False  # an inclusive gateway that was drawn as a complex one
    start_quantity: int = 1  # tokens that start an activity once
    completion_quantity: int = 1  # tokens down each flow when it is done
    called: str | None = None
    decision: str | None = None
    loop: Loop | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    scripts: tuple[str, ...] = ()  # names of elements that hold a script

    @property
    def event(self) -> Event | None:
        return self.events[0] if self.events else None

    @property
    def catches_several(self) -> bool:
        return len(self.events) > 1 and self.kind in ("startEvent", "intermediateCatchEvent", "boundaryEvent")

    @property
    def compensates(self) -> bool:
        return any(event.kind == "compensate" for event in self.events)

    @property
    def form(self) -> str | None:
        return self.properties.get("formKey")

    @property
    def role(self) -> str | None:
        return self.properties.get("candidateRole")

    @property
    def unit_scope(self) -> str | None:
        return self.properties.get("unitScope")

    @property
    def limit(self) -> int | None:
        """The time limit in working days."""
        text = self.properties.get("limitWorkingDays")
        return int(text) if text else None

    @property
    def count_first(self) -> bool:
        return self.properties.get("countFirstDay") == "true"

    @property
    def legal_basis(self) -> str | None:
        return self.properties.get("legalBasis")

    @property
    def stage(self) -> str:
        return self.properties.get("stage") or self.name

    @property
    def status(self) -> str | None:
        """The state of the nominee that is reached when a token gets here (DOMAIN §3.9)."""
        return self.properties.get("status")

    @property
    def dossier_status(self) -> str | None:
        """The state that the dossier of this nomination is in once a token gets here: one of DOSSIER_STATES."""
        return self.properties.get("dossierStatus")

    @property
    def dossier_status_after(self) -> str | None:
        """The state it is in once a token has left."""
        return self.properties.get("dossierStatusAfter")

    @property
    def milestone(self) -> str | None:
        """One of MILESTONES, if what is done here is that for the nomination."""
        return self.properties.get("milestone")

    @property
    def asks(self) -> str | None:
        """The message that brings what is asked for here; whether that was asked before is known as `asked_before`."""
        return self.properties.get("asks")

    @property
    def separate_from(self) -> tuple[str, ...]:
        """User tasks (or "start"): whoever did one of those may not do this one."""
        return tuple(self.properties.get("separateFrom", "").split())

    def mapping(self, prefix: str) -> dict[str, str]:
        """Return the properties `in:<name>` or `out:<name>` as name -> what is written."""
        return {name[len(prefix) :]: text for name, text in self.properties.items() if name.startswith(prefix)}


@dataclass
class ProcessModel:
    """One process of a file, with everything nested in it."""

    id: str
    file: str
    name: str = ""
    line: int = 0
    executable: bool = True
    # Message flows that leave it: from -> [(process, to)].
    sends: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)

    @property
    def start(self) -> Node:
        """The start event of the process itself."""
        return self.start_of(self.id)

    def start_of(self, scope: str) -> Node:
        """Return where a scope begins: its plain start event, or the first of those that wait for something."""
        return min(self.starts_of(scope), key=lambda node: bool(node.events))

    def starts_of(self, scope: str) -> list[Node]:
        return [node for node in self.in_scope(scope) if node.kind == "startEvent"]

    def event_subprocesses(self, scope: str) -> list[Node]:
        return [node for node in self.in_scope(scope) if node.triggered]

    def in_scope(self, scope: str) -> Iterator[Node]:
        return (self.nodes[name] for name in self._by_scope.get(scope, ()))

    @cached_property
    def _by_scope(self) -> dict[str, list[str]]:
        """Asked for only once all nodes are there."""
        scopes: dict[str, list[str]] = {}
        for node in self.nodes.values():
            scopes.setdefault(node.scope, []).append(node.id)
        return scopes

    @cached_property
    def compensations(self) -> dict[str, Node]:
        """Return activity -> the compensation event attached to it. Asked for only once all nodes are there."""
        return {node.attached_to: node for node in self.nodes.values() if node.attached_to and node.compensates}

    @property
    def user_tasks(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes.values() if node.kind == "userTask"}

    def outgoing(self, node: Node) -> list[Flow]:
        return [self.flows[flow] for flow in node.outgoing]
