"""What pages and the API read: plain data, already cut down to what the reader may see.

Texts that come from a release (names of steps, legal grounds) are Vietnamese as drawn; states, roles and
award forms are codes, which `forms.messages` turns into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.office.awards_history import PastAward


@dataclass(frozen=True)
class PersonView:
    id: str
    full_name: str
    position: str


@dataclass(frozen=True)
class MembershipView:
    id: str
    unit: str
    unit_title: str
    role: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Actor:
    """Who is logged in: what they may do follows from `memberships` valid today alone."""

    person: PersonView
    username: str
    memberships: tuple[MembershipView, ...]
    citizen_id: str = field(default="", repr=False)  # "" while it is not known; never shown

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(m.role for m in self.memberships)

    @property
    def groups(self) -> frozenset[str]:
        """Candidate groups, as `ROLE:unit_id`."""
        return frozenset(f"{m.role}:{m.unit}" for m in self.memberships)


@dataclass(frozen=True)
class DueView:
    """A time limit of a step. `days_left` is in working days, negative when it is past, 0 on the last day."""

    due_on: date
    days_left: int
    left_out: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True)
class TaskRow:
    """One user task in a list. `id` is uuid5(id of its case, key of the step)."""

    id: str
    subject: str  # nomination | paper: what the case is
    code: str
    case_id: str  # random id, for page addresses
    title: str  # the nominee, or what the paper is
    award: str | None
    kind: str  # of nominee or of paper
    element: str
    name: str
    stage: str
    form: str | None
    state: str  # open | done | cancelled | frozen
    assignee: PersonView | None
    role: str | None
    unit: str | None
    unit_title: str
    proposing_unit: str
    proposing_unit_title: str
    due: DueView | None
    version: int
    occurrence: int
    opened_at: datetime
    done_at: datetime | None = None
    done_by: PersonView | None = None
    lines: int | None = None  # names in the paper


@dataclass(frozen=True)
class GridChoice:
    """A step of which the reader may complete several tasks."""

    step: str
    release: str
    name: str
    form: dict[str, Any] = field(repr=False)
    count: int = 0


@dataclass(frozen=True)
class InboxPage:
    """One page of a box. `after` of the next request is `next`; counts are exact to 99 (100 means more)."""

    items: tuple[TaskRow, ...]
    next: str | None
    counts: dict[str, int]  # box -> count, for mine, group, overdue, elsewhere, done
    steps: tuple[tuple[str, str], ...]  # (element, name) for the filter
    awards: tuple[str, ...]
    tables: tuple[GridChoice, ...] = ()  # of the boxes mine and group


@dataclass(frozen=True)
class Consequence:
    """If the outcome `value` is chosen: what follows, who does it, in how many working days."""

    value: str
    label: str
    next_step: str
    next_role: str | None
    next_unit_title: str | None
    limit: int | None
    ends: bool
    certain: bool  # False: it depends on more than this choice
    given: tuple[str, ...] = ()  # answers on which it depends, with the questions of the diagram
    stays: bool = False  # it waits at this step until it is known whether it may go on

    @property
    def given_that(self) -> tuple[str, ...]:
        """The choice, if there is one, and what else must hold; what follows the same stands together on a page."""
        return (self.label, *self.given) if self.label else self.given


@dataclass(frozen=True)
class WhyBox:
    step: str
    stage: str
    why: str  # code of the reason: claimed | member | assigned | reader
    since: datetime | None
    role: str | None
    unit_title: str | None
    consequences: tuple[Consequence, ...]
    legal_basis: str | None  # citation id
    legal_text: str | None
    unverified: bool  # "chưa kiểm chứng" stands beside the ground


@dataclass(frozen=True)
class FieldView:
    """A kept value of a form. `definition` is the field as in the form's file, so that pages can say it in words."""

    name: str
    label: str
    value: Any
    definition: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class CriterionView:
    """One row of a criteria table as the decision table judged it."""

    code: str
    title: str
    result: str  # DAT | KHONG_DAT | THIEU_MINH_CHUNG | KHONG_AP_DUNG
    declared: dict[str, Any]  # input name -> value
    rule: str
    ground: str
    fields: tuple[FieldView, ...] = ()  # what was declared, as fields of its form


@dataclass(frozen=True)
class Automatic:
    """What the engine did by itself: `act` is decided_by_table, with how many criteria had which result, or
    way_chosen, with the name of the way a gateway took."""

    act: str
    element: str
    step: str
    chosen: str | None = None
    results: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class HistoryLine:
    """One entry in words: `act` is a code (started, completed, claimed, released, assigned, withdrawn, suspended,
    resumed, incident, retried, ended, file), the rest fills its sentence."""

    seq: int
    at: datetime
    done_at: datetime | None
    act: str
    actor: PersonView | None  # None: the system
    element: str | None
    step: str | None
    stage: str | None
    outcome: str | None
    outcome_label: str | None
    note: str | None  # a reason the reader may see
    form: str | None = None  # key of the form that was filed
    values: tuple[FieldView, ...] = ()  # those the reader may see
    automatic: tuple[Automatic, ...] = ()  # what the engine did by itself in this entry, in order
    hash: str = ""
    about: str | None = None  # of a step that runs for several: for which of them, as the body that was asked
    paper: str | None = None  # id of the paper that arrived, if the reader may see it; `note` is its code


@dataclass(frozen=True)
class FileView:
    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    at: datetime
    by: PersonView | None


@dataclass(frozen=True)
class Waiting:
    """What a case waits for that is nobody's task: a paper, an answer from outside, the end of a period."""

    element: str
    what: str  # "tờ trình của đơn vị"
    lane: str  # who brings it, as the diagram has it; "" where it has no lanes
    until: date | None = None  # last day of the period


@dataclass(frozen=True)
class NominationView:
    id: str
    code: str
    dossier: str
    dossier_id: str
    nominee: str
    award: str
    kind: str
    unit: str
    unit_title: str
    status: str
    stage: str
    regime: str
    release: str
    process: str
    opened_at: datetime
    ended_at: datetime | None
    suspended: bool
    values: tuple[FieldView, ...]  # of the nominating form, those the reader may see
    criteria: tuple[CriterionView, ...]
    tasks: tuple[TaskRow, ...]  # open ones
    history: tuple[HistoryLine, ...]
    expected: tuple[Consequence, ...]  # at most two steps to come
    files: tuple[FileView, ...]
    visited: tuple[str, ...]  # element ids, for the diagram
    current: tuple[str, ...]
    flows: tuple[str, ...]  # flows taken
    repeats: dict[str, int]  # element -> how often, where more than once
    incidents: tuple[tuple[str, str], ...]  # (element, why)
    may: frozenset[str]  # acts open to the reader: withdraw, suspend, resume, attach, retry
    round: str | None = None  # code
    late: bool = False  # nominated after the deadline of the round
    same_person: tuple[NominationRow, ...] = ()  # other nominations of this nominee in the round
    diagrams: tuple[tuple[str, str], ...] = ()  # id and name of the processes it goes or went through
    waits: tuple[Waiting, ...] = ()  # for what is nobody's task
    awards: tuple[PastAward, ...] = ()  # what the nominee was given before, the latest first

    @property
    def barred_by(self) -> PastAward | None:
        """The award of the same movement that forbids another one."""
        return next((award for award in self.awards if award.bars), None)


@dataclass(frozen=True)
class PaperLineView:
    """One name in a paper."""

    position: int
    nomination: str  # id
    code: str
    nominee: str
    award: str
    kind: str
    unit_title: str
    status: str


@dataclass(frozen=True)
class PaperVersionView:
    """One version of a paper. `dropped` and `added` are (position, nominee); `why` is started, edited, returned,
    suspended or withdrawn."""

    version: int
    at: datetime
    by: PersonView | None
    why: str
    lines: int
    dropped: tuple[tuple[int, str], ...]
    added: tuple[tuple[int, str], ...]
    moved: int  # how many stand in another order than before
    document: FileView | None


@dataclass(frozen=True)
class PaperHand:
    """Who does, or did, one step of a paper: drafts, reviews, signs, numbers, issues, acknowledges."""

    element: str
    step: str
    role: str | None
    unit_title: str
    by: PersonView | None
    at: datetime | None


@dataclass(frozen=True)
class PaperView:
    id: str
    code: str
    kind: str
    title: str
    award: str | None
    count: int
    unit: str
    unit_title: str
    receiver_title: str | None
    dossier: str | None  # id
    round: str | None
    status: str
    stage: str
    regime: str
    release: str
    process: str
    version: int
    number: str | None
    issued_on: date | None
    next_number: int | None  # in a series the body numbers here
    opened_at: datetime
    ended_at: datetime | None
    suspended: bool
    lines: tuple[PaperLineView, ...]
    versions: tuple[PaperVersionView, ...]
    hands: tuple[PaperHand, ...]
    document: FileView | None  # of the present version
    tasks: tuple[TaskRow, ...]
    history: tuple[HistoryLine, ...]
    expected: tuple[Consequence, ...]
    files: tuple[FileView, ...]
    visited: tuple[str, ...]
    current: tuple[str, ...]
    flows: tuple[str, ...]
    repeats: dict[str, int]
    incidents: tuple[tuple[str, str], ...]
    may: frozenset[str]  # edit, withdraw, attach, produce


@dataclass(frozen=True)
class PaperRow:
    id: str
    code: str
    kind: str
    title: str
    award: str | None
    count: int
    unit: str
    unit_title: str
    round: str | None
    status: str
    version: int
    number: str | None
    issued_on: date | None
    opened_at: datetime
    release: str


@dataclass(frozen=True)
class PaperPart:
    """One paper that a selection needs; `nominations` are (code, nominee)."""

    unit: str
    unit_title: str
    authority: str  # role that decides
    type: str  # of commendation
    regime: str
    nominations: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PaperChoice:
    """A kind of paper the reader may draft now, with what waits for it."""

    kind: str
    title: str
    parts: tuple[PaperPart, ...]


@dataclass(frozen=True)
class TaskView:
    """Everything a task page shows. It is a task of `nomination` or of `paper`; the other one is None."""

    task: TaskRow
    nomination: NominationView | None
    paper: PaperView | None
    form: dict[str, Any] | None  # the definition, as in its file
    values: dict[str, Any]  # the reader's draft, or what the form held when it was last filed
    filed: dict[str, Any]  # what the form held when it was last filed for this case
    known: dict[str, Any]  # variables of earlier steps, for `when` of a field
    why: WhyBox
    cause: HistoryLine | None  # the act that brought this task about
    may: frozenset[str]  # claim, release, assign, complete, draft
    assignable: tuple[PersonView, ...]


@dataclass(frozen=True)
class NominationRow:
    id: str
    code: str
    nominee: str
    award: str
    kind: str
    unit: str
    unit_title: str
    status: str
    stage: str
    opened_at: datetime
    ended_at: datetime | None
    release: str
    round: str | None = None  # code


@dataclass(frozen=True)
class DossierView:
    id: str
    code: str
    unit: str
    unit_title: str
    award: str
    status: str
    opened_at: datetime
    nominations: tuple[NominationRow, ...]  # in a list of dossiers the first of them alone
    count: int  # of those that may be seen
    authority: str = ""
    round: str | None = None  # code


@dataclass(frozen=True)
class Listing:
    items: tuple[Any, ...]
    next: str | None


@dataclass(frozen=True)
class StartChoice:
    """An award form the reader may nominate for, with the form to fill."""

    unit: str
    unit_title: str
    award: str
    kinds: tuple[str, ...]
    form: dict[str, Any] = field(repr=False)
    open_dossiers: tuple[str, ...] = ()
    round: str | None = None  # code; None: in no round
    round_title: str = ""
    deadline: date | None = None
    late: bool = False
