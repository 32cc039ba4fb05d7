"""Truth: append-only, kept by triggers (migrations/versions)."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary

from engine.store.tables.columns import big, maybe, table, text_

journal = table(
    "journal",
    text_("stream"),
    big("seq"),
    text_("at"),
    text_("body"),  # canonical JSON
    text_("prev_hash"),  # "" in the first entry of a stream
    text_("hash"),
    maybe("state_hash"),
    text_("engine_version"),
    key="stream seq",
    rowid=True,
)
# `digest` is the hash of the other columns: the answer stands nowhere else.
command = table(
    "command",
    text_("command_id"),
    text_("actor"),
    text_("body_hash"),
    text_("answer"),
    text_("digest"),
    key="command_id",
)
# `payload` is canonical JSON {"data", "salt"}, `hash` its SHA-256: erasing it erases the salt as well.
form_data = table("form_data", text_("hash"), maybe("payload"), key="hash")
blob = table("blob", text_("sha256"), Column("content", LargeBinary), key="sha256", rowid=True)
release_file = table(
    "release_file",
    text_("release"),
    text_("path"),
    Column("content", LargeBinary, nullable=False),
    key="release path",
    rowid=True,
)
# The content of `form_data` or `blob` under `hash` was erased on the order of this journal entry.
erasure = table("erasure", text_("hash"), text_("stream"), big("seq"), key="hash")

# The Merkle log over all entries, and its signed heads; `size` leaves come before a head.
merkle_leaf = table("merkle_leaf", big("index"), text_("stream"), big("seq"), text_("entry_hash"), key="index")
merkle_head = table(
    "merkle_head",
    big("size"),
    text_("root"),
    text_("at"),
    text_("prev"),
    text_("key"),
    text_("signature"),
    key="size",
)

TRUTH = (journal, command, form_data, blob, release_file, erasure, merkle_leaf, merkle_head)
