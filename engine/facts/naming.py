"""What facts name and do not hold: form data by salted hash, bytes by SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Keys of facts that name form data, and those that name a blob.
_FORM_DATA = frozenset(("form_data", "name_data", "person_data", "account_data", "identity_data"))
_BLOB = {
    "FileAttached": "sha256",
    "DocumentProduced": "sha256",
    "EngineUpgraded": "snapshot",
    "Migrated": "snapshot",
}


def form_data_named(fact: Mapping[str, Any]) -> list[str]:
    """Return the hashes of form data that a fact, as JSON, names.

    >>> form_data_named({"fact": "FileAttached", "name_data": "ab", "sha256": "cd"})
    ['ab']
    """
    return [] if _FORM_DATA.isdisjoint(fact) else [fact[key] for key in fact if key in _FORM_DATA]


def blobs_named(fact: Mapping[str, Any]) -> list[str]:
    """Return the hashes of stored bytes that a fact, as JSON, names.

    >>> blobs_named({"fact": "FileAttached", "name_data": "ab", "sha256": "cd"})
    ['cd']
    """
    key = _BLOB.get(fact["fact"])
    return [fact[key]] if key else []
