"""The application for a server of one's own, where `khenthuong serve` with its gunicorn does not fit:
`gunicorn --worker-class gthread --threads 8 web.wsgi:app`. The jobs are done by `khenthuong worker`.

Reads KHENTHUONG_DATABASE_URL (PostgreSQL), KHENTHUONG_DATA and KHENTHUONG_SECRET. With SQLite use `khenthuong serve`,
which makes sure that it is the only process.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.errors import CannotOpen
from web.office import Place, application
from web.serving import engine_with_bell

place = Place(Path(os.environ.get("KHENTHUONG_DATA", "data")), os.environ.get("KHENTHUONG_DATABASE_URL"))
if place.on_sqlite:
    raise CannotOpen(why="one_process")
app = application(place, engine_with_bell(place), loopback=False)
