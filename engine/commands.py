"""What may be asked of the engine. One class per command; `engine.office.service.Engine` has one method per class.

A command carries its own id: the same id gives the first answer again and changes nothing (decision 13).
`actor` is a person id, or SYSTEM for jobs and the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

SYSTEM = "system"

FormValues = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Command:
    """Base of all commands.

    `done_at` is when the act was done if that is earlier than when it is recorded; None: now.
    """

    name: ClassVar[str]
    command_id: str
    actor: str
    on_behalf_of: str | None = None
    done_at: datetime | None = None

    def __init_subclass__(cls) -> None:
        cls.name = cls.__name__


# --- nominations and tasks ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class StartNomination(Command):
    """Nominate one name for one award. `dossier` is the code of an open dossier, None starts one."""

    unit: str
    award: str
    kind: str  # ca_nhan | tap_the | ho_gia_dinh
    form: FormValues
    round: str | None = None  # code; only a Giấy khen may do without
    late_reason: str | None = None  # why it comes after the deadline of the round
    dossier: str | None = None
    nomination: str | None = None  # uuid4 of the new nomination; None: made from command_id


@dataclass(frozen=True, kw_only=True)
class ClaimTask(Command):
    task: str
    expected_version: int


@dataclass(frozen=True, kw_only=True)
class ReleaseTask(Command):
    task: str
    expected_version: int


@dataclass(frozen=True, kw_only=True)
class AssignTask(Command):
    task: str
    expected_version: int
    to: str  # person id


@dataclass(frozen=True, kw_only=True)
class CompleteTask(Command):
    """An unclaimed task is claimed by the completion itself."""

    task: str
    expected_version: int
    form: FormValues


@dataclass(frozen=True, kw_only=True)
class BatchItem:
    """One row of a batch act: what `CompleteTask` asks, without a command of its own."""

    task: str
    expected_version: int
    form: FormValues


@dataclass(frozen=True, kw_only=True)
class CompleteBatch(Command):
    """Complete tasks of several nominations, all of them or none; at most one of each nomination."""

    items: tuple[BatchItem, ...]


@dataclass(frozen=True, kw_only=True)
class ReceiveDossier(Command):
    """Receive what has arrived of a dossier. `rows`: what differs from `form` for one nomination, by its code."""

    dossier: str  # code
    form: FormValues
    rows: Mapping[str, FormValues] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MessageItem:
    """What came for one nomination, by the form of the message."""

    nomination: str  # code
    form: FormValues


@dataclass(frozen=True, kw_only=True)
class RecordMessage(Command):
    """Enter what came from outside, as central_answer or comment_received, for several nominations or none of them."""

    message: str
    items: tuple[MessageItem, ...]


@dataclass(frozen=True, kw_only=True)
class RequestSupplement(Command):
    """Draft the request for supplements of a dossier, over all of its nominations that wait for it."""

    dossier: str  # code


@dataclass(frozen=True, kw_only=True)
class OpenSession(Command):
    """Call a meeting of a council on the nominations of these tasks, each a step at which it votes."""

    unit: str  # whose council
    day: date
    tasks: tuple[str, ...]
    session: str | None = None  # uuid4 of the new session; None: a new one


@dataclass(frozen=True, kw_only=True)
class RecordSession(Command):
    """Write down roll call and counts as they stand; the whole record every time.

    `record`: {"day", "place", "chair", "secretary", "minutes", "common": {field: text},
    "members": [{"name", "position", "attendance", "teller"}], "rows": {task: {field: text, "concerned": text}}}.
    A cell that is empty in a row takes what is common.
    """

    session: str
    expected_version: int
    record: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CloseSession(Command):
    """End the meeting: the votes of all its nominations are filed in one act, or none."""

    session: str
    expected_version: int


@dataclass(frozen=True, kw_only=True)
class CancelSession(Command):
    """The meeting did not take place, or comes to nothing; its nominations wait for another one."""

    session: str
    expected_version: int


@dataclass(frozen=True, kw_only=True)
class WithdrawNomination(Command):
    nomination: str  # code
    reason: str


@dataclass(frozen=True, kw_only=True)
class SuspendNomination(Command):
    nomination: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ResumeNomination(Command):
    nomination: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RetryIncident(Command):
    case: str  # code of a nomination or paper
    key: str


@dataclass(frozen=True, kw_only=True)
class FireTimer(Command):
    """A timer of a case has run out. The jobs' command alone; its id follows from what it says."""

    stream: str  # of the case
    key: str
    due_at: str  # as it was set: a timer set anew meanwhile is another one


@dataclass(frozen=True, kw_only=True)
class AttachFile(Command):
    nomination: str
    file_name: str
    content: bytes = field(repr=False)


# --- papers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class StartPaper(Command):
    """Draft one paper over nominations, which stay in the order they are given in."""

    kind: str  # of papers.toml
    nominations: tuple[str, ...]  # codes
    paper: str | None = None  # uuid4 of the new paper; None: a new one


@dataclass(frozen=True, kw_only=True)
class SetPaperLines(Command):
    """The list as it shall be: who is left out is dropped, who stands elsewhere is moved. While it is drafted only."""

    paper: str  # code
    expected_version: int  # of the list
    nominations: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProduceDocument(Command):
    """Write the file of a paper that waits for its signature; where it is there already nothing happens."""

    paper: str


@dataclass(frozen=True, kw_only=True)
class WithdrawPaper(Command):
    """Give a paper up before it is signed; its nominations wait for another one."""

    paper: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AttachToPaper(Command):
    """A scan of the signed sheet, or the file as it was signed elsewhere."""

    paper: str
    file_name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DeclareSeries(Command):
    """This body numbers papers of a type here, one after the other, and in no other register."""

    unit: str
    type: str  # abbreviation of DOMAIN §9.1, "" for letters


# --- movements and rounds ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SetMovement(Command):
    """Enter a movement, or say anew what holds for it. `form` is the office's form `movement`."""

    movement: str
    form: FormValues


@dataclass(frozen=True, kw_only=True)
class OpenRound(Command):
    """Open a round of a movement. `form` is the office's form `round`."""

    movement: str
    form: FormValues
    round: str | None = None  # uuid4 of the new round


@dataclass(frozen=True, kw_only=True)
class ChangeRound(Command):
    """Say anew what holds for an open round: all of it, as in the form `round`."""

    round: str  # code
    form: FormValues


@dataclass(frozen=True, kw_only=True)
class CloseRound(Command):
    """Nothing can be nominated in the round any more; what was nominated goes its way."""

    round: str


@dataclass(frozen=True, kw_only=True)
class RemindUnits(Command):
    """Remind every unit that has not submitted in the round."""

    round: str


@dataclass(frozen=True, kw_only=True)
class RemindOverdue(Command):
    """Tell every unit, once on a working day, how many of its tasks are over their limits or near them."""

    day: date


# --- erasing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EraseNominee(Command):
    """Erase what was filed about the nominee of a nomination that has ended.

    `order` names the paper of the body that orders it; what was awarded is kept without one.
    """

    nomination: str  # code
    reason: str
    order: str | None = None


@dataclass(frozen=True, kw_only=True)
class ErasePerson(Command):
    """Erase the name of a person of the directory who works in it no more."""

    person: str
    reason: str


# --- directory, accounts, calendar, releases ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AddUnit(Command):
    unit: str
    title: str
    kind: str
    valid_from: date
    valid_to: date | None = None
    superior: str | None = None
    predecessors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EndUnit(Command):
    unit: str
    valid_to: date
    successors: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AddPerson(Command):
    person: str  # uuid4
    full_name: str
    position: str


@dataclass(frozen=True, kw_only=True)
class IdentifyPerson(Command):
    """Note the personal identification number of a person who works here, so that nobody acts on themselves (S2)."""

    person: str
    citizen_id: str = field(repr=False)  # 12 digits


@dataclass(frozen=True, kw_only=True)
class AddMembership(Command):
    person: str
    unit: str
    role: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class EndMembership(Command):
    person: str
    membership: str
    valid_to: date


@dataclass(frozen=True, kw_only=True)
class OpenAccount(Command):
    person: str
    username: str
    password: str = field(repr=False)
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class SetPassword(Command):
    person: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DisableAccount(Command):
    person: str


@dataclass(frozen=True, kw_only=True)
class SetDay(Command):
    """Override one day of the calendar; `document` is the paper that orders it."""

    day: date
    kind: str  # nghi | lam_bu
    document: str


@dataclass(frozen=True, kw_only=True)
class PublishRelease(Command):
    """Take over the files of a release folder; refused whole if any file has an error."""

    folder: str
