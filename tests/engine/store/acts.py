"""Small acts of an office, as commands on the store alone: entries are true to form, nothing decides them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from engine import facts
from engine.canonical import hash_of
from engine.store.database import Database, Transaction
from engine.store.journal import Entry

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SPACE = UUID("6e5d0c1e-9c1f-4b39-9f5f-1d6ab9f1a001")
DOSSIER = str(uuid5(SPACE, "dossier"))
OFFICIAL = str(uuid5(SPACE, "official"))


def nomination_id(line: int) -> str:
    return str(uuid5(SPACE, f"nomination {line}"))


def stream_of(line: int = 1) -> str:
    return f"nomination:{nomination_id(line)}"


def act(
    database: Database,
    command_id: str,
    entries: dict[str, list[facts.Fact]],
    *,
    at: datetime = START,
    answer: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Carry out a command that brings about `entries`: stream -> facts."""

    def work(tx: Transaction) -> dict[str, Any]:
        tx.lock(list(entries))
        for stream, listed in entries.items():
            append(tx, command_id, stream, *listed, at=at)
        return answer or {"done": command_id}

    return database.once(command_id, OFFICIAL, hash_of(command_id), work)


def append(tx: Transaction, command_id: str, stream: str, *listed: facts.Fact, at: datetime = START) -> Entry:
    body = {
        "command": "Act",
        "command_id": command_id,
        "actor": OFFICIAL,
        "facts": [fact.to_json() for fact in listed],
    }
    return tx.append(stream, body, at, state_hash=hash_of(command_id))


def open_dossier(database: Database, number: int = 1, dossier: str = DOSSIER) -> None:
    code = f"KT-2026-{number:04}"
    opened = facts.DossierOpened(dossier=dossier, code=code, unit="X2545", award="GK_XA", year=2026, number=number)
    act(database, f"open {number}", {f"dossier:{dossier}": [opened]})


def nominate(
    database: Database, line: int = 1, nominee: str = "Đỗ Thị Hường", dossier: str = DOSSIER, kind: str = "ca_nhan"
) -> str:
    """Start a nomination with its first step open, and return its stream."""
    nomination, code, command_id = nomination_id(line), f"KT-2026-0001/{line:02}", f"nominate {line}"

    def work(tx: Transaction) -> dict[str, Any]:
        tx.lock([f"dossier:{dossier}", f"nomination:{nomination}"])
        filed = tx.put_form_data({"ho_ten": nominee})
        added = facts.NominationAdded(dossier=dossier, nomination=nomination, code=code, line=line)
        append(tx, command_id, f"dossier:{dossier}", added)
        started = facts.NominationStarted(
            nomination=nomination,
            code=code,
            dossier=dossier,
            unit="X2545",
            award="GK_XA",
            kind=kind,
            regime="R3",
            release="R3",
            process="unit_commendation",
            form="nominate",
            form_data=filed,
            variables={},
            starter=OFFICIAL,
            display="ho_ten",
        )
        append(tx, command_id, f"nomination:{nomination}", started, opened_step("self_assessment", role="CB_TDKT_DV"))
        tx.put_snapshot(f"nomination:{nomination}", 1, b"snapshot")
        return {"code": code}

    database.once(command_id, OFFICIAL, hash_of(command_id), work)
    return f"nomination:{nomination}"


def opened_step(element: str, occurrence: int = 1, role: str = "HD_DV", due_on: str | None = None) -> facts.StepOpened:
    key = f"{element}#{occurrence}"
    return facts.StepOpened(key=key, element=element, occurrence=occurrence, role=role, unit="X2545", due_on=due_on)


def completed_step(element: str, occurrence: int = 1) -> facts.StepCompleted:
    return facts.StepCompleted(key=f"{element}#{occurrence}", element=element, variables={"dong_y": 7})


def minutes(count: int) -> datetime:
    return START + timedelta(minutes=count)
