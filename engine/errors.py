"""Everything the engine can refuse, as classes with a stable code and parameters.

No class here holds Vietnamese text or an HTTP status: `forms.messages` has the sentence for each code,
`web` the status. `str(error)` is the English sentence for developers and logs; it never holds a name,
an id number or anything a person typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Literal


class EngineError(Exception):
    """Base of all refusals. `params` fill the sentence of `code`; `also` holds what else was wrong at the same time."""

    code: ClassVar[str] = "engine_error"
    also: tuple[EngineError, ...] = ()

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code, params)

    def __reduce__(self) -> tuple[Any, ...]:
        # As an exception is told from one process to another: by name.
        return partial(type(self), **self.params), ()

    def __str__(self) -> str:
        listed = ", ".join(f"{name}={value!r}" for name, value in sorted(self.params.items()))
        return f"{self.code}({listed})"


class NotFound(EngineError):
    """There is no such thing, or the actor may not know of it. Params: kind, id."""

    code = "not_found"


class NotAllowed(EngineError):
    """The actor sees the thing but may not do this. Params: action."""

    code = "not_allowed"


class SeparationOfDuties(EngineError):
    """Nobody decides on what they proposed, or on themselves (DOMAIN §3.1, S1 and S2). Params: rule."""

    code = "separation_of_duties"


class InvalidForm(EngineError):
    """Values were refused. Params: fields, a dict of field name -> list of (message code, params)."""

    code = "invalid_form"

    @property
    def fields(self) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        return self.params["fields"]  # type: ignore[no-any-return]


class TaskAlreadyCompleted(EngineError):
    """Expected an open user task, but it was already completed. Params: task_name, by, at."""

    code = "task_already_completed"


class TaskNotOpen(EngineError):
    """The user task was cancelled, or its nomination has ended or is suspended. Params: task_name, state."""

    code = "task_not_open"


class TaskHeld(EngineError):
    """Someone else has claimed the user task. Params: task_name, by, at."""

    code = "task_held"


class TaskNotClaimed(EngineError):
    """Only a task that one holds oneself can be completed or released. Params: task_name."""

    code = "task_not_claimed"


class StaleTask(EngineError):
    """The user task changed after the form was opened. Params: task_name, expected, version."""

    code = "stale_task"


class BatchSize(EngineError):
    """A batch act has at least one row and not too many. Params: max, count."""

    code = "batch_size"


class MessageNotAwaited(EngineError):
    """`nomination` (code) does not wait for this message, or not from the body of whoever enters it."""

    code = "message_not_awaited"


class RowTwice(EngineError):
    """Another row of the same batch act is of the same nomination. Params: nomination."""

    code = "row_twice"


class BatchRefused(EngineError):
    """A row of a batch act failed, so nothing was done. Params: rows, all results; count, how many failed."""

    code = "batch_refused"

    def __str__(self) -> str:
        return f"{self.code}({self.params['count']} rows)"


class StaleSession(EngineError):
    """The record of the session changed after it was read. Params: expected, version."""

    code = "stale_session"


class SessionEnded(EngineError):
    """The session was closed or cancelled; nothing can be recorded in it any more. Params: status."""

    code = "session_ended"


class NominationClosed(EngineError):
    """The nomination has ended; nothing can be done on it any more. Params: nomination, status."""

    code = "nomination_closed"


class DossierClosed(EngineError):
    """The dossier takes no further nominations. Params: dossier, status."""

    code = "dossier_closed"


class CannotErase(EngineError):
    """What is still needed, or must be kept, is not erased. Params: why (a code), and what it concerns.

    why: not_ended | awarded | in_paper | still_member | account_open | name_in_reason
    """

    code = "cannot_erase"


class PaperLinesRefused(EngineError):
    """These nominations cannot stand in the paper. Params: why (a code), nominations (codes).

    why: none | too_many | twice | suspended | other_award | not_waiting | in_other_paper |
    awarded_before | left_out | not_judged
    """

    code = "paper_lines"


class AwardedElsewhere(EngineError):
    """Another paper of the movement carries somebody whom this one names; it cannot be signed or issued.

    Params: nomination (code), name of the nominee, number and day of the other paper, paper (its code, "" if it is no
    paper of this system).
    """

    code = "awarded_elsewhere"


class MixedPaper(EngineError):
    """One paper has one issuing body, deciding authority, type and regime. Params: parts, lists of nomination codes."""

    code = "mixed_paper"


class PaperSigned(EngineError):
    """The nomination stands in a paper that is signed and not yet issued. Params: paper."""

    code = "paper_signed"


class PaperNotInDrafting(EngineError):
    """The list of a paper changes only while it is drafted. Params: paper, status."""

    code = "paper_not_in_drafting"


class StalePaper(EngineError):
    """The list of the paper changed after it was read. Params: paper, expected, version."""

    code = "stale_paper"


class DocumentPending(EngineError):
    """A paper is signed when its file has been written, not before. Params: paper."""

    code = "document_pending"


class RoundRefuses(EngineError):
    """A round, or the lack of one, stands against it. Params: why (a code), round (code), and what it concerns.

    why: round_needed | round_closed | deadline_past | award_not_open | kind_not_open | award_in_use | kind_in_use |
    nobody_to_remind
    """

    code = "round_refuses"


class CommandReused(EngineError):
    """The same command id came with another body. Params: command_id."""

    code = "command_reused"


class NoFormHere(EngineError):
    """The award form has no process in the release in force, or is not open to this kind. Params: award, kind."""

    code = "no_process_for_award"


class NothingToReceive(EngineError):
    """Nothing of the dossier waits to be received here. Params: dossier."""

    code = "nothing_to_receive"


class NothingToRequest(EngineError):
    """Nothing of the dossier waits for a request that the actor drafts. Params: dossier."""

    code = "nothing_to_request"


class DirectoryError(EngineError):
    """A change of the directory contradicts what it holds. Params: why (a code), and what it concerns."""

    code = "directory_error"


class InvalidDuration(EngineError):
    """A time limit must be a number of working days, 0 to 3650. Params: days."""

    code = "invalid_duration"


class UnknownYear(EngineError):
    """A time limit begins in a year whose holidays nobody knows. Params: year, first, last (years as text)."""

    code = "unknown_year"


class TooLarge(EngineError):
    """An upload is over its limit. Params: limit, size (bytes); megabytes, the limit as officials say it."""

    code = "too_large"


class LoginFailed(EngineError):
    """Unknown name, wrong password or disabled account: never said which. Params: none."""

    code = "login_failed"


class StateUnreadable(EngineError):
    """The kept state of a case is damaged or of another version; its journal is whole and makes it anew.

    Params: why, one of damaged | format; of the latter also format, its number.
    """

    code = "state_unreadable"


class TooManyTries(EngineError):
    """Log-in is slowed down. Params: seconds until the next try."""

    code = "too_many_tries"


class TooMany(EngineError):
    """A person did something more often than a server takes. Params: seconds to wait; minutes, the same rounded up."""


class TooManyWrites(TooMany):
    """The programs of a person sent more commands in a minute than a server takes. Params: seconds."""

    code = "too_many_writes"


class TooManyUploads(TooMany):
    """A person attached more files in an hour than a server takes. Params: seconds, minutes."""

    code = "too_many_uploads"


class TooManyExports(TooMany):
    """A person fetched more files of papers in an hour than it gives. Params: seconds, minutes."""

    code = "too_many_exports"


class CannotOpen(EngineError):
    """The data cannot be used; nothing was changed. Exit code 3. Params: why (a code), and what it concerns.

    why: unreachable | full | other_database | newer | not_upgraded | in_use | damaged | rolled_back | open_to_others |
    no_demo_here | exists | bad_copy | bad_heads | file_exists | not_verified | no_pg_tools |
    read_only
    """

    code = "cannot_open"


class NoDataHere(CannotOpen):
    """The folder that was looked at holds no data: it is mistyped, or nothing was made in it yet. Params: folder."""

    code = "no_data"

    def __init__(self, folder: str) -> None:
        super().__init__(why="no_data", folder=folder)


class InvalidRelease(EngineError):
    """A release has errors and was not taken. Params: problems, a list of `Problem`."""

    code = "invalid_release"

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.params["problems"])


@dataclass(frozen=True, order=True)
class Problem:
    """One finding in a file of a release, for administrators.

    `file` is the path inside the release, `line` starts at 1 (0: the file as a whole), `element` is the BPMN,
    DMN or form id, or "". `message` says what is wrong and `mend` how to mend it; both are Vietnamese,
    `message_en` and `mend_en` the same in English.
    """

    file: str
    line: int
    element: str
    code: str
    severity: Literal["error", "warning"]
    message: str
    mend: str
    message_en: str = ""
    mend_en: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" + (f" [{self.element}]" if self.element else "")
        return f"{place}: {self.severity} {self.code}: {self.message_en or self.message}"

    def to_json(self) -> dict[str, Any]:
        """Return the shape `khenthuong check --json` prints."""
        return {
            "severity": self.severity,
            "code": self.code,
            "file": self.file,
            "line": self.line,
            "element": self.element,
            "message": self.message,
            "mend": self.mend,
        }
