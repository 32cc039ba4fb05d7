"""Signed heads of the Merkle log: what they say, how they are signed, and the file that keeps them outside.

A head says: the log had `size` leaves with this `root` at this time, after head `prev`. It is signed with Ed25519.
`heads.jsonl` holds one head a line and is only ever appended to; a copy on another machine is what makes a rollback or
a consistent rewrite of the database visible.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from engine.canonical import canonical, hash_of, time_text
from engine.errors import CannotOpen
from engine.store.private import key_file

HEADS_FILE = "heads.jsonl"
KEY_FILE = Path("keys") / "head.ed25519"


@dataclass(frozen=True)
class SignedHead:
    """One head. `key` is the public key, `prev` the hash of the head before it ("" for the first)."""

    size: int
    root: str
    at: str
    prev: str
    key: str
    signature: str

    @property
    def hash(self) -> str:
        return hash_of(asdict(self))

    def holds(self, key: str) -> bool:
        """Tell whether the head was signed by the holder of this public key."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(self.signature), _said(self))
        except (InvalidSignature, ValueError):
            return False
        return self.key == key


def _said(head: SignedHead) -> bytes:
    values = asdict(head)
    del values["signature"]
    return canonical(values).encode()


class Signer:
    """Signs heads with the key of an office."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    @classmethod
    def of(cls, data: Path) -> Signer:
        """Return the signer of a data folder; its key is made at the first use and readable by its owner alone.

        Raises:
            CannotOpen: why is bad_key, or as `private_folder`.
        """
        file = key_file(data, KEY_FILE)
        if not file.exists():
            raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
                new.write(raw)
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(file.read_bytes()))
        except ValueError:
            raise CannotOpen(why="bad_key") from None

    def sign(self, size: int, root: str, at: datetime, prev: SignedHead | None) -> SignedHead:
        unsigned = SignedHead(size, root, time_text(at), prev.hash if prev else "", self.key, "")
        return SignedHead(**asdict(unsigned) | {"signature": self._private.sign(_said(unsigned)).hex()})


def read_heads(file: Path) -> list[SignedHead]:
    """Return the heads of a file, in order; ValueError or TypeError for a line that is none."""
    if not file.exists():
        return []
    return [SignedHead(**json.loads(line)) for line in file.read_text("ascii").splitlines() if line]


def append_heads(file: Path, heads: list[SignedHead]) -> None:
    """Write heads behind those that are there, and wait until they are on the disk."""
    if heads:
        whole = not file.exists() or file.read_bytes()[-1:] in (b"", b"\n")
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii") as out:
            if not whole:  # an editor, or a copy, has left out the last end of line
                out.write("\n")
            out.writelines(canonical(asdict(head)) + "\n" for head in heads)
            out.flush()
            os.fsync(out.fileno())
