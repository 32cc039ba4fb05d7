"""What the engine asks of the packages it must not import (`forms`), handed in by `web.app`.

So no entry point can skip validation: the Engine cannot be made without a FormCatalog.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from engine.errors import Problem


@dataclass(frozen=True)
class FormVariable:
    """A field that conditions and tables may read as `<element_id>.<name>`.

    `type` is BOOL, INT, STRING (a code), DATE (ISO text, comparable) or PERCENT (integer hundredths).
    `optional`: may stay empty, so `<element_id>.<name>_given` exists beside it.
    """

    name: str
    type: str
    optional: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadedForm:
    """Clean values of one form: `variables` are JSON scalars for the journal (absent when empty); `payload` is
    everything, as JSON, for `form_data`."""

    variables: dict[str, Any]
    payload: dict[str, Any]


class FormCatalog(Protocol):
    """Understands form definitions. A definition is the parsed JSON of one file in workflows/forms/."""

    def check(self, file: str, raw: bytes) -> list[Problem]:
        """Return what is wrong with a definition file; empty when it is good."""

    def variables(self, definition: Mapping[str, Any]) -> Sequence[FormVariable]:
        """Return the variables a form sets, `outcome` included where the form has outcomes."""

    def load(
        self, definition: Mapping[str, Any], values: Mapping[str, Any], *, known: Mapping[str, Any], today: date
    ) -> LoadedForm:
        """Check what was typed. `known` holds variables of earlier steps, for `when`.

        Raises:
            InvalidForm: with the message code and parameters of every refused field.
        """


@dataclass(frozen=True)
class PaperName:
    """One line of a paper: the nominee as the nominating form has it."""

    name: str
    kind: str
    award: str
    position: str
    workplace: str
    unit: str  # title of the proposing unit
    note: str = ""  # what stands beside the name: what is lacking, in a request; why not, in a notice of results
    result: str = ""  # state of the nomination, in a notice of results


@dataclass(frozen=True)
class PaperText:
    """What a paper says; number and date are no part of it, they stand on the signed sheet (decision 18)."""

    kind: str
    title: str  # Tờ trình
    type: str  # its abbreviation, "" for a letter
    code: str
    version: int
    unit: str  # title of the issuing body
    superior: str | None  # title of the body above it
    receiver: str | None
    signer: str  # role that signs
    award: str | None
    grounds: Sequence[str]  # titles of the legal grounds
    fields: Mapping[str, Any]  # as the drafting form was filed
    names: Sequence[PaperName]


class Renderer(Protocol):
    """Writes papers as files. The same text may give other bytes: what counts are those that were kept."""

    media_type: str
    suffix: str

    def render(self, text: PaperText) -> bytes:
        """Return the file of a paper."""


@dataclass(frozen=True)
class Message:
    """Something a unit is told outside of the pages: counts, codes and days, never a nominee.

    `about` of a round_reminder: code, title, deadline (ISO); of overdue: day, overdue, soon; of_case: the code of the
    case and the name of the message as its diagram has it.
    """

    key: str  # the same however often it is sent
    kind: str  # round_reminder | overdue | of_case
    unit: str
    unit_title: str
    about: Mapping[str, Any]


class Post(Protocol):
    """Carries messages out of the office."""

    def send(self, message: Message) -> bool:
        """Hand a message over for good; False: the unit has no address. Whatever it raises, it is tried again."""


class Signal(Protocol):
    """Something that whoever signs heads waits for."""

    def set(self) -> None:
        """Let it know; never raises."""


class Clock(Protocol):
    """The only source of time outside the database; demos and tests bring their own."""

    def now(self) -> datetime:
        """Return the time, with zone UTC."""
