"""Derived tables: refilled from the journal by engine.store.rebuild."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary

from engine.store.tables.columns import big, int_, maybe, table, text_

# The head of each stream, locked by every command that touches it, and the snapshot of its instance beside it:
# one write for both. A rebuild refills the snapshot by executing the entries again; loading never depends on that
# (decision 2).
stream = table(
    "stream",
    text_("stream"),
    big("seq"),
    text_("hash"),
    text_("engine_version"),  # that wrote the last entry
    Column("snapshot", LargeBinary),
    Column("snapshot_seq", BigInteger),
    Column("sequenced", BigInteger),  # up to which entry the Merkle log holds it; NULL: nothing yet
    key="stream",
    rowid=True,
)
dossier = table(
    "dossier",
    text_("id"),
    text_("code"),
    text_("status"),  # a state of DOMAIN §3.9, from its nominations
    text_("unit"),
    text_("award"),  # the form it was opened for
    text_("authority"),  # who decides: CTN | TTG | CT_UBND | TT_DV
    text_("type"),  # of commendation: phong_trao
    maybe("round"),  # code
    int_("year"),
    int_("number"),
    int_("lines"),  # line of the last nomination added
    text_("opened_at"),
    maybe("received_on"),  # the first receipt
    maybe("clock"),  # the statutory limit: running | paused | stopped; NULL: not begun
    maybe("due_on"),  # where it ends if nothing pauses it
    Column("days_left", Integer),  # working days, as they stood when it was paused or stopped
    key="id",
    unique=("code",),
)
nomination = table(
    "nomination",
    text_("id"),
    text_("code"),
    text_("status"),  # as the office says it: TAM_DUNG while suspended, RUT when withdrawn
    text_("reached"),  # the last state that the path itself reached
    text_("dossier_id"),
    text_("unit"),
    text_("award"),
    text_("kind"),
    maybe("round"),  # code
    int_("late"),
    Column("leader", Integer),  # whether the nominee leads others, as far as the form asks
    text_("regime"),
    text_("release"),
    text_("process"),
    text_("starter"),
    text_("nominee"),  # "" once erased
    text_("search"),  # folded nominee and code
    maybe("identity"),  # what tells the nominee: a citizen id, or unit and folded name of a collective; NULL: nothing
    text_("form"),
    text_("form_data"),
    text_("opened_at"),
    maybe("ended_at"),
    int_("suspended"),
    maybe("suspended_at"),
    maybe("suspended_by"),  # person id
    int_("place"),  # how far it brings its dossier: index in DOSSIER_STATES
    maybe("submitted_on"),
    maybe("receipt"),  # code; with it regime and release are fixed
    maybe("kept"),  # why it kept a release that is no longer in force: a code of engine.process.migration
    maybe("kept_at"),  # the element that is about
    key="id",
    unique=("code",),
)
# What the appraising body gave a receipt for: nominations of one dossier, taken in together or one after the other.
receipt = table(
    "receipt",
    *map(text_, ("code", "dossier_id", "received_on", "regime", "by", "at")),
    int_("nominations"),
    key="code",
)
# Who was given what: the history of a nominee, by the identity of the nomination.
nominee_award = table(
    "nominee_award",
    text_("nomination_id"),
    *map(maybe, ("identity", "round")),
    *map(text_, ("unit", "award", "authority")),
    *map(maybe, ("paper_id", "number", "day")),
    text_("granted_at"),
    key="nomination_id",
)
paper = table(
    "paper",
    text_("id"),
    text_("code"),
    text_("status"),  # soan | xem_xet | trinh_ky | da_ky | da_cap_so | da_phat_hanh | da_nhan | RUT
    text_("reached"),
    text_("kind"),  # of workflows/papers.toml
    text_("title"),
    text_("unit"),  # that issues it
    maybe("receiving_unit"),
    maybe("dossier_id"),
    maybe("award"),
    maybe("round"),
    text_("regime"),
    text_("release"),
    text_("process"),
    text_("starter"),
    int_("version"),
    int_("lines"),
    maybe("number"),
    maybe("issued_on"),
    text_("search"),
    text_("opened_at"),
    maybe("ended_at"),
    int_("suspended"),
    maybe("suspended_at"),
    maybe("suspended_by"),  # person id
    key="id",
    unique=("code",),
)
paper_line = table(
    "paper_line", text_("paper_id"), text_("nomination_id"), int_("position"), key="paper_id nomination_id"
)
paper_document = table(
    "paper_document",
    text_("paper_id"),
    int_("version"),
    text_("sha256"),
    big("size"),
    text_("media_type"),
    text_("at"),
    key="paper_id version",
)
# The registers of the issuing bodies, as far as their papers were numbered here. `series` is body:type:year.
paper_number = table(
    "paper_number",
    text_("series"),
    int_("number"),
    text_("letter"),
    text_("day"),
    text_("paper_id"),
    key="series number letter",
)
# A series that a body numbers here: without gaps, and in no other register.
number_series = table("number_series", text_("unit"), text_("type"), key="unit type")
# A case is a process instance: a nomination, a paper, later a follow-up. `case_id` is the id behind the colon of its
# stream. What lists show of the case stands in the task as well, so that the inbox reads one table.
user_task = table(
    "user_task",
    text_("id"),  # uuid5(case id, key)
    text_("case_id"),
    text_("key"),
    text_("element"),
    int_("occurrence"),
    maybe("role"),
    maybe("unit"),
    maybe("candidate_group"),  # ROLE:unit
    maybe("assignee"),
    text_("state"),  # open | done | cancelled | frozen
    text_("due_on"),  # NO_DUE_DATE: no limit
    text_("left_out"),  # JSON [[date, why]]: days not counted
    int_("version"),
    text_("opened_at"),
    maybe("claimed_at"),
    maybe("done_at"),
    maybe("done_by"),
    text_("subject"),  # nomination | paper
    text_("code"),
    text_("title"),  # the nominee, or what the paper is
    Column("lines", Integer),  # names in the paper
    text_("kind"),  # of nominee or of paper
    maybe("award"),
    maybe("round"),
    text_("proposing_unit"),
    text_("release"),
    text_("process"),
    text_("search"),
    key="case_id key",  # so the tasks of a case lie together: one page to write
    unique=("id",),
)
timer = table(
    "timer",
    text_("case_id"),
    text_("key"),
    text_("element"),
    text_("due_at"),
    int_("frozen"),
    text_("subject"),  # nomination | paper
    key="case_id key",
)
message_subscription = table(
    "message_subscription", *map(text_, ("case_id", "key", "element", "message")), key="case_id key"
)
# Incidents not yet resolved; the others stand in the journal.
incident = table(
    "incident", *map(text_, ("case_id", "key", "element", "why", "detail", "raised_at")), key="case_id key"
)
case_file = table(
    "case_file",
    text_("id"),
    text_("case_id"),
    text_("name"),
    text_("media_type"),
    big("size"),
    text_("sha256"),
    text_("at"),
    text_("by"),
    key="id",
)
movement = table(
    "movement",
    text_("id"),
    text_("number"),  # of its plan
    text_("title"),
    text_("issued_on"),
    text_("launcher"),  # CTN | TTG | BO | TINH | KHAC
    text_("starts_on"),
    text_("planned_end"),
    maybe("legal_basis"),  # citation id
    key="id",
)
round = table(
    "round",
    text_("id"),
    text_("code"),
    text_("status"),  # open | closed
    text_("movement"),
    int_("year"),
    int_("number"),
    text_("kind"),  # hang_nam | so_ket | tong_ket
    text_("title"),
    text_("lead"),
    text_("deadline"),
    text_("awards"),  # codes separated by blanks, as are the kinds of nominee
    text_("kinds"),
    text_("criteria"),  # JSON: tier -> decision table
    text_("cach_tinh_thoi_gian"),
    maybe("guidance_number"),
    maybe("guidance_on"),
    Column("collectives", Integer),
    Column("individuals", Integer),
    Column("non_leaders", Integer),
    text_("opened_at"),
    maybe("closed_at"),
    key="id",
    unique=("code",),
)
# Which units were reminded in a round, how often, and the last day.
round_reminder = table(
    "round_reminder", text_("round_id"), text_("unit"), int_("times"), text_("day"), key="round_id unit"
)
# A meeting of a council. `form_data` names the roll call and the counts as they were last recorded.
session = table(
    "session",
    *map(text_, ("id", "unit", "council", "day", "status")),  # open | closed | cancelled
    *map(int_, ("version", "total", "present", "written")),
    maybe("form_data"),
    text_("opened_at"),
    maybe("ended_at"),
    key="id",
)
session_task = table("session_task", text_("session_id"), text_("task"), int_("position"), key="session_id task")
# What units are told outside of the pages. The key (stream/seq/unit) is the same however often it is sent; that it was
# sent stands in outbox_delivery. `kind` is that of engine.ports.Message, `about` JSON.
outbox = table("outbox", *map(text_, ("key", "kind", "unit", "about", "at")), key="key")
person = table(
    "person",
    text_("id"),
    text_("full_name"),
    text_("position"),
    text_("citizen_id"),  # "" while it is not known, and once erased
    text_("search"),
    key="id",
)
account = table(
    "account",
    text_("person"),
    text_("username"),
    int_("demo"),
    int_("disabled"),
    text_("opened_at"),
    maybe("password_set_at"),
    maybe("last_login_at"),
    key="person",
    unique=("username",),
)
unit = table(
    "unit",
    text_("id"),
    text_("title"),
    text_("kind"),
    text_("valid_from"),
    maybe("valid_to"),
    maybe("superior"),
    text_("predecessors"),  # JSON list of unit ids
    text_("successors"),  # JSON list of unit ids
    text_("search"),
    key="id",
)
membership = table(
    "membership", *map(text_, ("id", "person", "unit", "role", "valid_from")), maybe("valid_to"), key="id"
)
calendar_day = table("calendar_day", text_("day"), text_("kind"), text_("document"), key="day")
release = table(
    "release",
    text_("id"),
    text_("sha256"),
    text_("regime"),
    text_("in_force_from"),
    text_("published_at"),
    big("published_seq"),
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
