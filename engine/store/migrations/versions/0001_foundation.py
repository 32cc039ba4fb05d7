"""The tables of the foundation, and the triggers that keep the truth append-only.

The triggers are a guard rail, not the proof (that is the hash chain): whoever owns the tables can drop them. On
PostgreSQL let the application log in with a role that does not own them: GRANT SELECT, INSERT on the truth, UPDATE
(payload) on form_data and UPDATE (content) on blob, and all four rights on the other tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TYPES = {"": sa.Text, "int": sa.Integer, "big": sa.BigInteger, "bytes": sa.LargeBinary}


def table(name: str, columns: str, *, key: str, unique: str = "", rowid: bool = False) -> None:
    """Make a table; a column is `name`, `name:type` or, where it may be NULL, `name:type?`."""
    parts: list[sa.schema.SchemaItem] = []
    for column in columns.split():
        column_name, _, kind = column.rstrip("?").partition(":")
        parts.append(sa.Column(column_name, TYPES[kind](), nullable=column.endswith("?")))
    parts.append(sa.PrimaryKeyConstraint(*key.split(), name=f"{name}_pk"))
    parts += [sa.UniqueConstraint(column, name=f"{name}_{column}_key") for column in unique.split()]
    op.create_table(name, *parts, sqlite_with_rowid=rowid)


def index(name: str, of: str, columns: str, *, unique: bool = False, where: str = "") -> None:
    only = sa.text(where) if where else None
    op.create_index(name, of, columns.split(), unique=unique, sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    # truth
    table("journal", "stream seq:big at body prev_hash hash state_hash? engine_version", key="stream seq", rowid=True)
    table("command", "command_id actor body_hash answer digest", key="command_id")
    table("form_data", "hash payload?", key="hash")
    table("blob", "sha256 content:bytes?", key="sha256", rowid=True)
    table("release_file", "release path content:bytes", key="release path", rowid=True)
    table("erasure", "hash stream seq:big", key="hash")
    table("merkle_leaf", "index:big stream seq:big entry_hash", key="index")
    table("merkle_head", "size:big root at prev key signature", key="size")
    # derived
    table(
        "stream",
        "stream seq:big hash engine_version snapshot:bytes? snapshot_seq:big? sequenced:big?",
        key="stream",
        rowid=True,
    )
    table(
        "dossier",
        "id code status unit award authority type round? year:int number:int lines:int opened_at "
        "received_on? clock? due_on? days_left:int?",
        key="id",
        unique="code",
    )
    table(
        "nomination",
        "id code status reached dossier_id unit award kind round? late:int leader:int? regime release process "
        "starter nominee search identity? form form_data opened_at ended_at? suspended:int suspended_at? suspended_by? "
        "place:int submitted_on? receipt? kept? kept_at?",
        key="id",
        unique="code",
    )
    table("receipt", "code dossier_id received_on regime by at nominations:int", key="code")
    table(
        "nominee_award",
        "nomination_id identity? round? unit award authority paper_id? number? day? granted_at",
        key="nomination_id",
    )
    table(
        "paper",
        "id code status reached kind title unit receiving_unit? dossier_id? award? round? regime release process "
        "starter version:int lines:int number? issued_on? search opened_at ended_at? suspended:int suspended_at? "
        "suspended_by?",
        key="id",
        unique="code",
    )
    table("paper_line", "paper_id nomination_id position:int", key="paper_id nomination_id")
    table("paper_document", "paper_id version:int sha256 size:big media_type at", key="paper_id version")
    table("paper_number", "series number:int letter day paper_id", key="series number letter")
    table("number_series", "unit type", key="unit type")
    table(
        "user_task",
        "id case_id key element occurrence:int role? unit? candidate_group? assignee? state due_on "
        "left_out version:int opened_at claimed_at? done_at? done_by? subject code title lines:int? kind award? round? "
        "proposing_unit release process search",
        key="case_id key",
        unique="id",
    )
    table("timer", "case_id key element due_at frozen:int subject", key="case_id key")
    table("message_subscription", "case_id key element message", key="case_id key")
    table("incident", "case_id key element why detail raised_at", key="case_id key")
    table("case_file", "id case_id name media_type size:big sha256 at by", key="id")
    table("movement", "id number title issued_on launcher starts_on planned_end legal_basis?", key="id")
    table(
        "round",
        "id code status movement year:int number:int kind title lead deadline awards kinds criteria "
        "cach_tinh_thoi_gian guidance_number? guidance_on? collectives:int? individuals:int? non_leaders:int? "
        "opened_at closed_at?",
        key="id",
        unique="code",
    )
    table("round_reminder", "round_id unit times:int day", key="round_id unit")
    table(
        "session",
        "id unit council day status version:int total:int present:int written:int form_data? opened_at ended_at?",
        key="id",
    )
    table("session_task", "session_id task position:int", key="session_id task")
    table("outbox", "key kind unit about at", key="key")
    table("person", "id full_name position citizen_id search", key="id")
    table(
        "account",
        "person username demo:int disabled:int opened_at password_set_at? last_login_at?",
        key="person",
        unique="username",
    )
    table("unit", "id title kind valid_from valid_to? superior? predecessors successors search", key="id")
    table("membership", "id person unit role valid_from valid_to?", key="id")
    table("calendar_day", "day kind document", key="day")
    table("release", "id sha256 regime in_force_from published_at published_seq:big", key="id")
    # operational
    table("credential", "person password_hash", key="person")
    table("session_token", "token_hash person csrf created_at seen_at expires_at", key="token_hash")
    table("api_token", "token_hash person created_at expires_at", key="token_hash")
    table("draft", "person place payload saved_at", key="person place")
    table("rate_limit", "subject tries:int since", key="subject")
    table("outbox_delivery", "key outcome at", key="key")
    table("job_failure", "job item tries:int why failed_at next_at", key="job item")
    # indexes
    index("dossier_number", "dossier", "year number", unique=True)
    index("dossier_unit", "dossier", "unit award")
    index("session_unit", "session", "unit council day id")
    index("session_task_task", "session_task", "task")
    index("membership_person", "membership", "person")
    index("membership_unit", "membership", "unit role")
    index("unit_ended", "unit", "valid_to", where="valid_to IS NOT NULL")
    index("nomination_dossier", "nomination", "dossier_id")
    index("nomination_identity", "nomination", "identity", where="identity IS NOT NULL")
    index("nomination_unfinished", "nomination", "dossier_id suspended place", where="ended_at IS NULL")
    index("nomination_kept", "nomination", "code", where="kept IS NOT NULL")
    index("receipt_dossier", "receipt", "dossier_id")
    index("nomination_opened", "nomination", "opened_at id")
    index("nomination_round", "nomination", "round unit", where="round IS NOT NULL")
    index("nominee_award_identity", "nominee_award", "identity", where="identity IS NOT NULL")
    index("nomination_unit", "nomination", "unit opened_at id")
    index("case_file_case", "case_file", "case_id")
    index("session_token_person", "session_token", "person")
    index("paper_unit", "paper", "unit opened_at id")
    index("paper_opened", "paper", "opened_at id")
    index("paper_line_nomination", "paper_line", "nomination_id")
    index("paper_number_paper", "paper_number", "paper_id")
    index("stream_waiting", "stream", "stream", where="sequenced IS NULL OR sequenced < seq")
    index("merkle_leaf_entry", "merkle_leaf", "stream seq", unique=True)
    index("outbox_at", "outbox", "at")
    index("timer_due", "timer", "due_at")
    index("user_task_assignee", "user_task", "assignee due_on id", where="state = 'open' AND assignee IS NOT NULL")
    index("user_task_done", "user_task", "done_by done_at id", where="state = 'done'")
    index("user_task_elsewhere", "user_task", "proposing_unit due_on id", where="state = 'open'")
    index("user_task_group", "user_task", "candidate_group due_on id", where="state = 'open' AND assignee IS NULL")
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


APPEND_ONLY = ("journal", "command", "release_file", "erasure", "merkle_leaf", "merkle_head")
ERASABLE = {"form_data": ("hash", "payload"), "blob": ("sha256", "content")}


def guard_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    for name in (*APPEND_ONLY, *ERASABLE):
        op.execute(f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {refuse}")
    for name in APPEND_ONLY:
        op.execute(f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {refuse}")
    for name, (key, content) in ERASABLE.items():
        op.execute(
            f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} WHEN NEW.{content} IS NOT NULL "
            f"OR NEW.{key} <> OLD.{key} OR NOT EXISTS (SELECT 1 FROM erasure WHERE hash = OLD.{key}) {refuse}"
        )


def guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for name in (*APPEND_ONLY, *ERASABLE):
        op.execute(f"CREATE TRIGGER no_delete BEFORE DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION append_only()")
        op.execute(
            f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
    for name in APPEND_ONLY:
        op.execute(f"CREATE TRIGGER no_update BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION append_only()")
    for name, (key, content) in ERASABLE.items():
        op.execute(
            f"CREATE FUNCTION {name}_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.{content} IS NOT NULL OR NEW.{key} <> OLD.{key} "
            f"OR NOT EXISTS (SELECT 1 FROM erasure WHERE hash = OLD.{key}) "
            "THEN RAISE EXCEPTION 'append-only' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER only_erased BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION {name}_only_erased()"
        )
