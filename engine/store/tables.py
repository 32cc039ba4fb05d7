"""The tables, for both databases (SQLAlchemy Core).

TRUTH is append-only: triggers refuse UPDATE and DELETE (migrations/versions); `form_data` and `blob` may lose
their content alone, once an `erasure` names them. DERIVED is refilled from the journal by `engine.store.rebuild`.
OPERATIONAL is no part of the proof. Times are texts as `engine.canonical.time_text` writes them, dates are ISO
texts and flags are 0 or 1, so that a row is the same on both databases. Derived tables have no foreign keys:
they are filled stream by stream.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

metadata = MetaData()

# A task without a time limit: sorts behind all others, and a keyset needs no special case for NULL.
NO_DUE_DATE = "9999-12-31"


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _maybe(name: str) -> Column[str]:
    return Column(name, Text)


def _int(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _table(name: str, *columns: Column[Any], key: str, unique: tuple[str, ...] = (), rowid: bool = False) -> Table:
    # WITHOUT ROWID spares SQLite a second tree, and so one page per write; a row of more than 1,000 bytes would get a
    # page of its own there.
    return Table(
        name,
        metadata,
        *columns,
        PrimaryKeyConstraint(*key.split(), name=f"{name}_pk"),
        *(UniqueConstraint(column, name=f"{name}_{column}_key") for column in unique),
        sqlite_with_rowid=rowid,
    )


def _index(name: str, of: Table, columns: str, *, where: Any = None, unique: bool = False) -> None:
    keys = [of.c[column] for column in columns.split()]
    Index(name, *keys, unique=unique, sqlite_where=where, postgresql_where=where)


# --- truth -------------------------------------------------------------------------------------------------------

journal = _table(
    "journal",
    _text("stream"),
    _big("seq"),
    _text("at"),
    _text("body"),  # canonical JSON
    _text("prev_hash"),  # "" in the first entry of a stream
    _text("hash"),
    _maybe("state_hash"),
    _text("engine_version"),
    key="stream seq",
    rowid=True,
)
# `digest` is the hash of the other columns: the answer stands nowhere else.
command = _table(
    "command",
    _text("command_id"),
    _text("actor"),
    _text("body_hash"),
    _text("answer"),
    _text("digest"),
    key="command_id",
)
# `payload` is canonical JSON {"data", "salt"}, `hash` its SHA-256: erasing it erases the salt as well.
form_data = _table("form_data", _text("hash"), _maybe("payload"), key="hash")
blob = _table("blob", _text("sha256"), Column("content", LargeBinary), key="sha256", rowid=True)
release_file = _table(
    "release_file",
    _text("release"),
    _text("path"),
    Column("content", LargeBinary, nullable=False),
    key="release path",
    rowid=True,
)
# The content of `form_data` or `blob` under `hash` was erased on the order of this journal entry.
erasure = _table("erasure", _text("hash"), _text("stream"), _big("seq"), key="hash")

# The Merkle log over all entries, and its signed heads; `size` leaves come before a head.
merkle_leaf = _table("merkle_leaf", _big("index"), _text("stream"), _big("seq"), _text("entry_hash"), key="index")
merkle_head = _table(
    "merkle_head",
    _big("size"),
    _text("root"),
    _text("at"),
    _text("prev"),
    _text("key"),
    _text("signature"),
    key="size",
)

TRUTH = (journal, command, form_data, blob, release_file, erasure, merkle_leaf, merkle_head)

# --- derived -----------------------------------------------------------------------------------------------------

# The head of each stream, locked by every command that touches it, and the snapshot of its instance beside it:
# one write for both. A rebuild refills the snapshot by executing the entries again; loading never depends on that
# (decision 2).
stream = _table(
    "stream",
    _text("stream"),
    _big("seq"),
    _text("hash"),
    _text("engine_version"),  # that wrote the last entry
    Column("snapshot", LargeBinary),
    Column("snapshot_seq", BigInteger),
    Column("sequenced", BigInteger),  # up to which entry the Merkle log holds it; NULL: nothing yet
    key="stream",
    rowid=True,
)
dossier = _table(
    "dossier",
    _text("id"),
    _text("code"),
    _text("status"),  # a state of DOMAIN §3.9, from its nominations
    _text("unit"),
    _text("award"),  # the form it was opened for
    _text("authority"),  # who decides: CTN | TTG | CT_UBND | TT_DV
    _text("type"),  # of commendation: phong_trao
    _maybe("round"),  # code
    _int("year"),
    _int("number"),
    _int("lines"),  # line of the last nomination added
    _text("opened_at"),
    _maybe("received_on"),  # the first receipt
    _maybe("clock"),  # the statutory limit: running | paused | stopped; NULL: not begun
    _maybe("due_on"),  # where it ends if nothing pauses it
    Column("days_left", Integer),  # working days, as they stood when it was paused or stopped
    key="id",
    unique=("code",),
)
nomination = _table(
    "nomination",
    _text("id"),
    _text("code"),
    _text("status"),  # as the office says it: TAM_DUNG while suspended, RUT when withdrawn
    _text("reached"),  # the last state that the path itself reached
    _text("dossier_id"),
    _text("unit"),
    _text("award"),
    _text("kind"),
    _maybe("round"),  # code
    _int("late"),
    Column("leader", Integer),  # whether the nominee leads others, as far as the form asks
    _text("regime"),
    _text("release"),
    _text("process"),
    _text("starter"),
    _text("nominee"),  # "" once erased
    _text("search"),  # folded nominee and code
    _maybe("identity"),  # what tells the nominee: a citizen id, or unit and folded name of a collective; NULL: nothing
    _text("form"),
    _text("form_data"),
    _text("opened_at"),
    _maybe("ended_at"),
    _int("suspended"),
    _maybe("suspended_at"),
    _maybe("suspended_by"),  # person id
    _int("place"),  # how far it brings its dossier: index in DOSSIER_STATES
    _maybe("submitted_on"),
    _maybe("receipt"),  # code; with it regime and release are fixed
    _maybe("kept"),  # why it kept a release that is no longer in force: a code of engine.process.migration
    _maybe("kept_at"),  # the element that is about
    key="id",
    unique=("code",),
)
# What the appraising body gave a receipt for: nominations of one dossier, taken in together or one after the other.
receipt = _table(
    "receipt",
    *map(_text, ("code", "dossier_id", "received_on", "regime", "by", "at")),
    _int("nominations"),
    key="code",
)
# Who was given what: the history of a nominee, by the identity of the nomination.
nominee_award = _table(
    "nominee_award",
    _text("nomination_id"),
    *map(_maybe, ("identity", "round")),
    *map(_text, ("unit", "award", "authority")),
    *map(_maybe, ("paper_id", "number", "day")),
    _text("granted_at"),
    key="nomination_id",
)
paper = _table(
    "paper",
    _text("id"),
    _text("code"),
    _text("status"),  # soan | xem_xet | trinh_ky | da_ky | da_cap_so | da_phat_hanh | da_nhan | RUT
    _text("reached"),
    _text("kind"),  # of workflows/papers.toml
    _text("title"),
    _text("unit"),  # that issues it
    _maybe("receiving_unit"),
    _maybe("dossier_id"),
    _maybe("award"),
    _maybe("round"),
    _text("regime"),
    _text("release"),
    _text("process"),
    _text("starter"),
    _int("version"),
    _int("lines"),
    _maybe("number"),
    _maybe("issued_on"),
    _text("search"),
    _text("opened_at"),
    _maybe("ended_at"),
    _int("suspended"),
    _maybe("suspended_at"),
    _maybe("suspended_by"),  # person id
    key="id",
    unique=("code",),
)
paper_line = _table(
    "paper_line", _text("paper_id"), _text("nomination_id"), _int("position"), key="paper_id nomination_id"
)
paper_document = _table(
    "paper_document",
    _text("paper_id"),
    _int("version"),
    _text("sha256"),
    _big("size"),
    _text("media_type"),
    _text("at"),
    key="paper_id version",
)
# The registers of the issuing bodies, as far as their papers were numbered here. `series` is body:type:year.
paper_number = _table(
    "paper_number",
    _text("series"),
    _int("number"),
    _text("letter"),
    _text("day"),
    _text("paper_id"),
    key="series number letter",
)
# A series that a body numbers here: without gaps, and in no other register.
number_series = _table("number_series", _text("unit"), _text("type"), key="unit type")
# A case is a process instance: a nomination, a paper, later a follow-up. `case_id` is the id behind the colon of its
# stream. What lists show of the case stands in the task as well, so that the inbox reads one table.
user_task = _table(
    "user_task",
    _text("id"),  # uuid5(case id, key)
    _text("case_id"),
    _text("key"),
    _text("element"),
    _int("occurrence"),
    _maybe("role"),
    _maybe("unit"),
    _maybe("candidate_group"),  # ROLE:unit
    _maybe("assignee"),
    _text("state"),  # open | done | cancelled | frozen
    _text("due_on"),  # NO_DUE_DATE: no limit
    _text("left_out"),  # JSON [[date, why]]: days not counted
    _int("version"),
    _text("opened_at"),
    _maybe("claimed_at"),
    _maybe("done_at"),
    _maybe("done_by"),
    _text("subject"),  # nomination | paper
    _text("code"),
    _text("title"),  # the nominee, or what the paper is
    Column("lines", Integer),  # names in the paper
    _text("kind"),  # of nominee or of paper
    _maybe("award"),
    _maybe("round"),
    _text("proposing_unit"),
    _text("release"),
    _text("process"),
    _text("search"),
    key="case_id key",  # so the tasks of a case lie together: one page to write
    unique=("id",),
)
timer = _table(
    "timer",
    _text("case_id"),
    _text("key"),
    _text("element"),
    _text("due_at"),
    _int("frozen"),
    _text("subject"),  # nomination | paper
    key="case_id key",
)
message_subscription = _table(
    "message_subscription", *map(_text, ("case_id", "key", "element", "message")), key="case_id key"
)
# Incidents not yet resolved; the others stand in the journal.
incident = _table(
    "incident", *map(_text, ("case_id", "key", "element", "why", "detail", "raised_at")), key="case_id key"
)
case_file = _table(
    "case_file",
    _text("id"),
    _text("case_id"),
    _text("name"),
    _text("media_type"),
    _big("size"),
    _text("sha256"),
    _text("at"),
    _text("by"),
    key="id",
)
movement = _table(
    "movement",
    _text("id"),
    _text("number"),  # of its plan
    _text("title"),
    _text("issued_on"),
    _text("launcher"),  # CTN | TTG | BO | TINH | KHAC
    _text("starts_on"),
    _text("planned_end"),
    _maybe("legal_basis"),  # citation id
    key="id",
)
round = _table(
    "round",
    _text("id"),
    _text("code"),
    _text("status"),  # open | closed
    _text("movement"),
    _int("year"),
    _int("number"),
    _text("kind"),  # hang_nam | so_ket | tong_ket
    _text("title"),
    _text("lead"),
    _text("deadline"),
    _text("awards"),  # codes separated by blanks, as are the kinds of nominee
    _text("kinds"),
    _text("criteria"),  # JSON: tier -> decision table
    _text("cach_tinh_thoi_gian"),
    _maybe("guidance_number"),
    _maybe("guidance_on"),
    Column("collectives", Integer),
    Column("individuals", Integer),
    Column("non_leaders", Integer),
    _text("opened_at"),
    _maybe("closed_at"),
    key="id",
    unique=("code",),
)
# Which units were reminded in a round, how often, and the last day.
round_reminder = _table(
    "round_reminder", _text("round_id"), _text("unit"), _int("times"), _text("day"), key="round_id unit"
)
# A meeting of a council. `form_data` names the roll call and the counts as they were last recorded.
session = _table(
    "session",
    *map(_text, ("id", "unit", "day", "status")),  # open | closed | cancelled
    *map(_int, ("version", "total", "present", "written")),
    _maybe("form_data"),
    _text("opened_at"),
    _maybe("ended_at"),
    key="id",
)
session_task = _table("session_task", _text("session_id"), _text("task"), _int("position"), key="session_id task")
# What units are told outside of the pages. The key (stream/seq/unit) is the same however often it is sent; that it was
# sent stands in outbox_delivery. `kind` is round_reminder | overdue, `about` JSON.
outbox = _table("outbox", *map(_text, ("key", "kind", "unit", "about", "at")), key="key")
person = _table(
    "person",
    _text("id"),
    _text("full_name"),
    _text("position"),
    _text("citizen_id"),  # "" while it is not known, and once erased
    _text("search"),
    key="id",
)
account = _table(
    "account",
    _text("person"),
    _text("username"),
    _int("demo"),
    _int("disabled"),
    _text("opened_at"),
    _maybe("password_set_at"),
    _maybe("last_login_at"),
    key="person",
    unique=("username",),
)
unit = _table(
    "unit",
    _text("id"),
    _text("title"),
    _text("kind"),
    _text("valid_from"),
    _maybe("valid_to"),
    _maybe("superior"),
    _text("predecessors"),  # JSON list of unit ids
    _text("successors"),  # JSON list of unit ids
    _text("search"),
    key="id",
)
membership = _table(
    "membership", *map(_text, ("id", "person", "unit", "role", "valid_from")), _maybe("valid_to"), key="id"
)
calendar_day = _table("calendar_day", _text("day"), _text("kind"), _text("document"), key="day")
release = _table(
    "release",
    _text("id"),
    _text("sha256"),
    _text("regime"),
    _text("in_force_from"),
    _text("published_at"),
    _big("published_seq"),
    key="id",
)

DERIVED = (
    stream,
    dossier,
    nomination,
    receipt,
    nominee_award,
    paper,
    paper_line,
    paper_document,
    paper_number,
    number_series,
    user_task,
    timer,
    message_subscription,
    incident,
    case_file,
    movement,
    round,
    round_reminder,
    session,
    session_task,
    outbox,
    person,
    account,
    unit,
    membership,
    calendar_day,
    release,
)

# --- operational -------------------------------------------------------------------------------------------------

credential = _table("credential", _text("person"), _text("password_hash"), key="person")
session_token = _table(
    "session_token",
    _text("token_hash"),
    _text("person"),
    _text("csrf"),
    _text("created_at"),
    _text("seen_at"),
    _text("expires_at"),
    key="token_hash",
)
api_token = _table(
    "api_token",
    _text("token_hash"),
    _text("person"),
    _text("created_at"),
    _text("expires_at"),
    key="token_hash",
)
# `place`: the id of a task, or the form that nominates.
draft = _table("draft", _text("person"), _text("place"), _text("payload"), _text("saved_at"), key="person place")
# Tries within a window, per account name and per address (both hashed by the caller).
rate_limit = _table("rate_limit", _text("subject"), _int("tries"), _text("since"), key="subject")
outbox_delivery = _table("outbox_delivery", _text("key"), _text("outcome"), _text("at"), key="key")  # sent | no_address
# What a job tried and could not do; from the third try on it waits for an administrator.
# `why` is the class of the error, never what it said: that may hold what a person wrote.
_WHY = map(_text, ("why", "failed_at", "next_at"))
job_failure = _table("job_failure", *map(_text, ("job", "item")), _int("tries"), *_WHY, key="job item")

OPERATIONAL = (credential, session_token, api_token, draft, rate_limit, outbox_delivery, job_failure)

# --- indexes -----------------------------------------------------------------------------------------------------

# Written out, not bound: with a parameter SQLite prepares a statement anew each time, to see whether these indexes hold
# what it asks for, and PostgreSQL gives them up in a plan for all values.
OPEN = user_task.c.state == literal_column("'open'")
DONE = user_task.c.state == literal_column("'done'")

# The inbox: open tasks of a group, of a person, of the units' own nominations; the nearest limit first.
_index("user_task_group", user_task, "candidate_group due_on id", where=OPEN)
_index("user_task_assignee", user_task, "assignee due_on id", where=OPEN)
_index("user_task_elsewhere", user_task, "proposing_unit due_on id", where=OPEN)
# What a person has done, the latest first.
_index("user_task_done", user_task, "done_by done_at id", where=DONE)
_index("nomination_dossier", nomination, "dossier_id")
# Where a dossier stands is asked for each of its nominations that goes on: 1,000 of one dossier may do so at once.
_index("nomination_unfinished", nomination, "dossier_id suspended place", where=nomination.c.ended_at.is_(None))
_index("receipt_dossier", receipt, "dossier_id")
# For the administrators: who kept a release that is no longer in force.
_index("nomination_kept", nomination, "code", where=nomination.c.kept.is_not(None))
# The progress board of a round.
_IN_ROUND = nomination.c.round.is_not(None)
_index("nomination_round", nomination, "round unit", where=_IN_ROUND)
# Who is nominated twice.
_index("nomination_identity", nomination, "identity", where=nomination.c.identity.is_not(None))
_index("nominee_award_identity", nominee_award, "identity", where=nominee_award.c.identity.is_not(None))
_index("nomination_unit", nomination, "unit opened_at id")
_index("nomination_opened", nomination, "opened_at id")
_index("dossier_unit", dossier, "unit award")
_index("dossier_number", dossier, "year number", unique=True)
_index("paper_unit", paper, "unit opened_at id")
_index("paper_opened", paper, "opened_at id")
_index("paper_line_nomination", paper_line, "nomination_id")
_index("paper_number_paper", paper_number, "paper_id")
_WAITING = (stream.c.sequenced.is_(None)) | (stream.c.sequenced < stream.c.seq)
_index("stream_waiting", stream, "stream", where=_WAITING)
_index("merkle_leaf_entry", merkle_leaf, "stream seq", unique=True)
_index("timer_due", timer, "due_at")
_index("outbox_at", outbox, "at")
_index("case_file_case", case_file, "case_id")
_index("session_unit", session, "unit day id")
_index("session_task_task", session_task, "task")
_index("membership_person", membership, "person")
_index("membership_unit", membership, "unit role")
_index("session_token_person", session_token, "person")
