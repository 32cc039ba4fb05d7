"""What a command brought about, as the journal records it.

A fact is plain data: codes, counts, booleans, dates, ids and hashes. It never holds a name, an id number or
free text; those lie in `form_data` and a fact names them by salted hash. Published facts keep their shape for
ever: a change of meaning is a new fact. (In BPMN an *event* is a timer, a message, a start or an end; we say
fact for what the journal holds.)

`to_json` and `from_json` are exact inverses; every fact has a projection in `engine.store.projections`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

type_of: dict[str, type[Fact]] = {}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of all facts; the JSON key `fact` holds the class name."""

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.name = cls.__name__
        type_of[cls.__name__] = cls

    def to_json(self) -> dict[str, Any]:
        return {"fact": self.name} | {k: v for k, v in vars(self).items() if v is not None}


def from_json(data: dict[str, Any]) -> Fact:
    """Return the fact that `data` describes; KeyError for a name no version of the engine wrote."""
    values = dict(data)
    return type_of[values.pop("fact")](**values)


# --- of a process instance: written by engine.process.instance alone -----------------------------------------
# `key` is the key of a step: call path, element id and occurrence, as "appraisal#1" or "opinions#1/answer@tax#1".


@dataclass(frozen=True, kw_only=True)
class ProcessStarted(Fact):
    process: str


@dataclass(frozen=True, kw_only=True)
class StepOpened(Fact):
    """A user task waits for a person. `unit` is None where no unit scope is drawn."""

    key: str
    element: str
    occurrence: int
    role: str | None = None
    unit: str | None = None
    due_on: str | None = None
    left_out: list[list[str]] = field(default_factory=list)  # [date, why] of the days not counted


@dataclass(frozen=True, kw_only=True)
class StepCompleted(Fact):
    key: str
    element: str
    variables: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StepCancelled(Fact):
    """An open user task was taken away by the path itself or by a withdrawal."""

    key: str
    element: str


@dataclass(frozen=True, kw_only=True)
class FlowTaken(Fact):
    """A gateway chose: a decision taken, replayed and never decided again (decision 24)."""

    key: str
    element: str
    flow: str


@dataclass(frozen=True, kw_only=True)
class DecisionMade(Fact):
    """A decision table was evaluated. `rows` are its outputs with the rule that matched, in table order."""

    key: str
    element: str
    decision: str
    inputs: dict[str, Any]
    rows: list[dict[str, Any]]
    result: dict[str, Any]  # the variables it set


@dataclass(frozen=True, kw_only=True)
class TimerScheduled(Fact):
    key: str
    element: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class TimerEnded(Fact):
    """`fired` is False when the timer's step ended first."""

    key: str
    element: str
    fired: bool


@dataclass(frozen=True, kw_only=True)
class MessageAwaited(Fact):
    """A message, or a signal if `kind` says so."""

    key: str
    element: str
    message: str
    kind: str | None = None


@dataclass(frozen=True, kw_only=True)
class MessageEnded(Fact):
    """`received` is False when the wait was taken away."""

    key: str
    element: str
    received: bool


@dataclass(frozen=True, kw_only=True)
class MessageSent(Fact):
    """A send task or a throwing event sent a message; who gets it is not the engine's business."""

    key: str
    element: str
    message: str


@dataclass(frozen=True, kw_only=True)
class StatusReached(Fact):
    """The element carries the property `status`: a state of DOMAIN §3.9."""

    status: str


@dataclass(frozen=True, kw_only=True)
class VariableSet(Fact):
    """A field became a value of the whole nomination (property `sets:`): `nomination.award` is its award form now."""

    variable: str
    value: bool | int | str


@dataclass(frozen=True, kw_only=True)
class NodePassed(Fact):
    """An event, gateway, or called process that is no user task was passed."""

    key: str
    element: str


@dataclass(frozen=True, kw_only=True)
class ProcessEnded(Fact):
    """No token is left. `element` is the last end event reached."""

    element: str


@dataclass(frozen=True, kw_only=True)
class IncidentRaised(Fact):
    """The engine cannot go on; the token is parked at `element` (decision 12). `why` is a code."""

    key: str
    element: str
    why: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class IncidentResolved(Fact):
    key: str
    element: str


@dataclass(frozen=True, kw_only=True)
class ProcessSuspended(Fact):
    pass


@dataclass(frozen=True, kw_only=True)
class ProcessResumed(Fact):
    pass


@dataclass(frozen=True, kw_only=True)
class ProcessWithdrawn(Fact):
    pass


# --- of a nomination and its dossier: written by engine.office --------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class NumberTaken(Fact):
    """The next number of a series. One entry of the series' stream takes one number, so none is taken twice."""

    series: str
    number: int


@dataclass(frozen=True, kw_only=True)
class DossierOpened(Fact):
    """One unit, one deciding authority, one type of commendation, one round. `award` is the form it was opened for."""

    dossier: str
    code: str
    unit: str
    award: str
    year: int
    number: int
    authority: str = "TT_DV"
    type: str = "phong_trao"
    round: str | None = None


@dataclass(frozen=True, kw_only=True)
class NominationAdded(Fact):
    dossier: str
    nomination: str
    code: str
    line: int


@dataclass(frozen=True, kw_only=True)
class NominationStarted(Fact):
    """`form_data` is the salted hash of the nominee's data; `starter` a person id."""

    nomination: str
    code: str
    dossier: str
    unit: str
    award: str
    kind: str
    regime: str
    release: str
    process: str
    form: str
    form_data: str
    starter: str
    display: str  # the field of the form that holds the nominee's name
    variables: dict[str, Any]  # what the process started with
    round: str | None = None
    late: bool | None = None  # nominated after the deadline of the round, for a reason given


@dataclass(frozen=True, kw_only=True)
class FormFiled(Fact):
    """A completed form: what is no variable, by salted hash."""

    key: str
    form: str
    form_data: str


@dataclass(frozen=True, kw_only=True)
class ReasonGiven(Fact):
    """Why a nomination was late, withdrawn, suspended or resumed, by salted hash."""

    form_data: str


@dataclass(frozen=True, kw_only=True)
class TaskClaimed(Fact):
    key: str
    by: str


@dataclass(frozen=True, kw_only=True)
class TaskReleased(Fact):
    key: str


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(Fact):
    key: str
    to: str


@dataclass(frozen=True, kw_only=True)
class FileAttached(Fact):
    """`name_data` is the salted hash of the file's name."""

    file: str
    sha256: str
    size: int
    media_type: str
    name_data: str


# --- of a paper: written by engine.office.papers ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PaperStarted(Fact):
    """`lines` are the ids of its nominations in their order; `title` is what the release calls this kind of paper."""

    paper: str
    code: str
    kind: str
    title: str
    unit: str  # that issues it
    regime: str
    release: str
    process: str
    starter: str
    lines: list[str]
    variables: dict[str, Any]  # what the process started with
    receiving_unit: str | None = None
    dossier: str | None = None
    award: str | None = None
    round: str | None = None


@dataclass(frozen=True, kw_only=True)
class PaperRevised(Fact):
    """The next version of a paper begins. `why`: edited | returned | suspended | withdrawn; `lines` as they are now."""

    version: int
    why: str
    lines: list[str]


@dataclass(frozen=True, kw_only=True)
class DocumentProduced(Fact):
    """The file of one version was written; its bytes lie in `blob`, nothing else knows the names in it."""

    version: int
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, kw_only=True)
class PaperNumbered(Fact):
    """Number and date as they stand in the register of the issuing body. `series` is body:type:year."""

    series: str
    number: int
    letter: str  # 15a: a number put in between
    symbol: str  # as written, 15/TTr-SNV
    day: str


@dataclass(frozen=True, kw_only=True)
class PaperArrived(Fact):
    """In the stream of a nomination: the paper it waited for was issued."""

    paper: str
    code: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class SeriesDeclared(Fact):
    """In the stream of a unit: it numbers papers of this type here."""

    unit: str
    type: str


# --- of movements and rounds: written by engine.office.movements -------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class MovementSet(Fact):
    """What holds for a movement from now on. `form_data` is the salted hash of its name and the number of its plan."""

    movement: str
    issued_on: str
    launcher: str  # CTN | TTG | BO | TINH | KHAC
    starts_on: str
    planned_end: str
    form_data: str
    legal_basis: str | None = None


@dataclass(frozen=True, kw_only=True)
class RoundOpened(Fact):
    """What holds for it follows as `RoundSet` in the same entry."""

    round: str
    code: str
    movement: str
    year: int
    number: int


@dataclass(frozen=True, kw_only=True)
class RoundSet(Fact):
    """What holds for a round from now on. `form_data` is the salted hash of its name and the number of its guidance.

    `collectives` and `individuals` hint at how many a unit may propose, `non_leaders` at the share of people who lead
    nothing, in hundredths of a per cent.
    """

    kind: str  # hang_nam | so_ket | tong_ket
    lead: str  # the unit that consolidates
    deadline: str
    awards: list[str]
    kinds: list[str]
    criteria: dict[str, str]  # tier -> id of a decision table
    cach_tinh_thoi_gian: str  # da_thuc_hien | theo_ke_hoach
    form_data: str
    guidance_on: str | None = None
    collectives: int | None = None
    individuals: int | None = None
    non_leaders: int | None = None


@dataclass(frozen=True, kw_only=True)
class RoundClosed(Fact):
    pass


@dataclass(frozen=True, kw_only=True)
class UnitsReminded(Fact):
    """These units had not submitted on this day."""

    units: list[str]
    day: str


# --- of the directory, the calendar, accounts and releases ------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class UnitAdded(Fact):
    unit: str
    title: str
    kind: str
    valid_from: str
    valid_to: str | None = None
    superior: str | None = None
    predecessors: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class UnitEnded(Fact):
    """`valid_to` is the last day the unit exists."""

    unit: str
    valid_to: str
    successors: list[str]


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Fact):
    """`person_data` is the salted hash of name and position."""

    person: str
    person_data: str


@dataclass(frozen=True, kw_only=True)
class MembershipAdded(Fact):
    membership: str
    person: str
    unit: str
    role: str
    valid_from: str
    valid_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class MembershipEnded(Fact):
    membership: str
    person: str
    valid_to: str


@dataclass(frozen=True, kw_only=True)
class AccountOpened(Fact):
    """`account_data` is the salted hash of the user name."""

    person: str
    account_data: str
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class AccountDisabled(Fact):
    person: str


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Fact):
    person: str


@dataclass(frozen=True, kw_only=True)
class LoggedIn(Fact):
    person: str


@dataclass(frozen=True, kw_only=True)
class DaySet(Fact):
    """An override of the calendar. `kind` is nghi (off) or lam_bu (worked); `document` names the paper."""

    day: str
    kind: str
    document: str


@dataclass(frozen=True, kw_only=True)
class ReleasePublished(Fact):
    release: str
    sha256: str
    in_force_from: str
    regime: str


@dataclass(frozen=True, kw_only=True)
class EngineUpgraded(Fact):
    """First entry of a stream under a new engine version: re-execution starts a new segment here (decision 2)."""

    engine_version: str
    snapshot: str  # sha256 of the snapshot kept in `blob`
