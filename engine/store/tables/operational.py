"""Operational tables: no part of the proof."""

from __future__ import annotations

from engine.store.tables.columns import int_, table, text_

credential = table("credential", text_("person"), text_("password_hash"), key="person")
session_token = table(
    "session_token",
    text_("token_hash"),
    text_("person"),
    text_("csrf"),
    text_("created_at"),
    text_("seen_at"),
    text_("expires_at"),
    key="token_hash",
)
api_token = table(
    "api_token",
    text_("token_hash"),
    text_("person"),
    text_("created_at"),
    text_("expires_at"),
    key="token_hash",
)
# `place`: the id of a task, or the form that nominates.
draft = table("draft", text_("person"), text_("place"), text_("payload"), text_("saved_at"), key="person place")
# Tries within a window, per account name and per address (both hashed by the caller).
rate_limit = table("rate_limit", text_("subject"), int_("tries"), text_("since"), key="subject")
outbox_delivery = table("outbox_delivery", text_("key"), text_("outcome"), text_("at"), key="key")  # sent | no_address
# What a job tried and could not do; from the third try on it waits for an administrator.
# `why` is the class of the error, never what it said: that may hold what a person wrote.
_WHY = map(text_, ("why", "failed_at", "next_at"))
job_failure = table("job_failure", *map(text_, ("job", "item")), int_("tries"), *_WHY, key="job item")

OPERATIONAL = (credential, session_token, api_token, draft, rate_limit, outbox_delivery, job_failure)
