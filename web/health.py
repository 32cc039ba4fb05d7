"""Pages for whoever watches the server: does the process answer, and can it work? They say nothing else to anyone."""

from __future__ import annotations

import shutil
from typing import Any

from flask import Blueprint, current_app

from web.requests import engine
from web.rules import rule

blueprint = Blueprint("health", __name__)
LEAST_ROOM = 0.1  # of the disk that holds the data

Answer = tuple[dict[str, Any], int]


@blueprint.get("/live")
@rule("public")
def live() -> Answer:
    """Return 200 as long as the process answers at all."""
    return {"live": True}, 200


@blueprint.get("/ready")
@rule("public")
def ready() -> Answer:
    """Return 200 if work can be done now, else 503 and why: `database`, `heads` (entries wait for theirs) or `disk`."""
    why = engine().unfit() or _full_disk()
    return {"ready": why is None} | ({"why": why} if why else {}), 503 if why else 200


def _full_disk() -> str | None:
    folder = current_app.config.get("DATA")
    if folder is None:
        return None
    usage = shutil.disk_usage(folder)
    return "disk" if usage.free < LEAST_ROOM * usage.total else None
