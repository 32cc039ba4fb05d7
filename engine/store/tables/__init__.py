"""The tables, for both databases (SQLAlchemy Core).

TRUTH is append-only: triggers refuse UPDATE and DELETE (migrations/versions); `form_data` and `blob` may lose
their content alone, once an `erasure` names them. DERIVED is refilled from the journal by `engine.store.rebuild`.
OPERATIONAL is no part of the proof. Times are texts as `engine.canonical.time_text` writes them, dates are ISO
texts and flags are 0 or 1, so that a row is the same on both databases. Derived tables have no foreign keys:
they are filled stream by stream.
"""

from __future__ import annotations

from sqlalchemy import literal_column

from engine.store.tables.columns import NO_DUE_DATE, index, metadata
from engine.store.tables.derived import (
    DERIVED,
    account,
    calendar_day,
    case_file,
    dossier,
    incident,
    membership,
    message_subscription,
    movement,
    nomination,
    nominee_award,
    number_series,
    outbox,
    paper,
    paper_document,
    paper_line,
    paper_number,
    person,
    receipt,
    release,
    round,
    round_reminder,
    session,
    session_task,
    stream,
    timer,
    unit,
    user_task,
)
from engine.store.tables.operational import (
    OPERATIONAL,
    api_token,
    credential,
    draft,
    job_failure,
    outbox_delivery,
    rate_limit,
    session_token,
)
from engine.store.tables.truth import (
    TRUTH,
    blob,
    command,
    erasure,
    form_data,
    journal,
    merkle_head,
    merkle_leaf,
    release_file,
)

__all__ = [
    "DERIVED",
    "NO_DUE_DATE",
    "OPERATIONAL",
    "TRUTH",
    "account",
    "api_token",
    "blob",
    "calendar_day",
    "case_file",
    "command",
    "credential",
    "dossier",
    "draft",
    "erasure",
    "form_data",
    "incident",
    "job_failure",
    "journal",
    "membership",
    "merkle_head",
    "merkle_leaf",
    "message_subscription",
    "metadata",
    "movement",
    "nomination",
    "nominee_award",
    "number_series",
    "outbox",
    "outbox_delivery",
    "paper",
    "paper_document",
    "paper_line",
    "paper_number",
    "person",
    "rate_limit",
    "receipt",
    "release",
    "release_file",
    "round",
    "round_reminder",
    "session",
    "session_task",
    "session_token",
    "stream",
    "timer",
    "unit",
    "user_task",
]

# States of a user task that is not over: it can be done, or its case is suspended.
WAITING = ("open", "frozen")

# --- indexes ---

# Written out, not bound: with a parameter SQLite prepares a statement anew each time, to see whether these indexes hold
# what it asks for, and PostgreSQL gives them up in a plan for all values.
OPEN = user_task.c.state == literal_column("'open'")
DONE = user_task.c.state == literal_column("'done'")

# The inbox: open tasks free for a group, of a person, of the units' own nominations; the nearest limit first. Each
# holds its own box only, or SQLite reads all that nobody holds where it looks for what a group may take.
FREE = user_task.c.assignee.is_(None)
index("user_task_group", user_task, "candidate_group due_on id", where=OPEN & FREE)
index("user_task_assignee", user_task, "assignee due_on id", where=OPEN & user_task.c.assignee.is_not(None))
index("user_task_elsewhere", user_task, "proposing_unit due_on id", where=OPEN)
# What a person has done, the latest first.
index("user_task_done", user_task, "done_by done_at id", where=DONE)
index("nomination_dossier", nomination, "dossier_id")
# Where a dossier stands is asked for each of its nominations that goes on: 1,000 of one dossier may do so at once.
index("nomination_unfinished", nomination, "dossier_id suspended place", where=nomination.c.ended_at.is_(None))
index("receipt_dossier", receipt, "dossier_id")
# For the administrators: who kept a release that is no longer in force.
index("nomination_kept", nomination, "code", where=nomination.c.kept.is_not(None))
# The progress board of a round.
_IN_ROUND = nomination.c.round.is_not(None)
index("nomination_round", nomination, "round unit", where=_IN_ROUND)
# Who is nominated twice.
index("nomination_identity", nomination, "identity", where=nomination.c.identity.is_not(None))
index("nominee_award_identity", nominee_award, "identity", where=nominee_award.c.identity.is_not(None))
index("nomination_unit", nomination, "unit opened_at id")
index("nomination_opened", nomination, "opened_at id")
index("dossier_unit", dossier, "unit award")
index("dossier_number", dossier, "year number", unique=True)
index("paper_unit", paper, "unit opened_at id")
index("paper_opened", paper, "opened_at id")
index("paper_line_nomination", paper_line, "nomination_id")
index("paper_number_paper", paper_number, "paper_id")
_WAITING = (stream.c.sequenced.is_(None)) | (stream.c.sequenced < stream.c.seq)
index("stream_waiting", stream, "stream", where=_WAITING)
index("merkle_leaf_entry", merkle_leaf, "stream seq", unique=True)
index("timer_due", timer, "due_at")
index("outbox_at", outbox, "at")
index("case_file_case", case_file, "case_id")
index("session_unit", session, "unit council day id")
index("session_task_task", session_task, "task")
index("membership_person", membership, "person")
index("membership_unit", membership, "unit role")
# Who acts for a body that has ended: without it each look at who acts goes through all units.
index("unit_ended", unit, "valid_to", where=unit.c.valid_to.is_not(None))
index("session_token_person", session_token, "person")
