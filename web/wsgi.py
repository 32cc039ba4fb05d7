"""The application for a server of one's own: `gunicorn --worker-class gthread --threads 8 web.wsgi:app`.

Reads KHENTHUONG_DATABASE_URL (PostgreSQL), KHENTHUONG_DATA and KHENTHUONG_SECRET. With SQLite use `khenthuong serve`,
which makes sure that it is the only process.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.errors import CannotOpen
from web.office import Place, application, open_engine

place = Place(Path(os.environ.get("KHENTHUONG_DATA", "data")), os.environ.get("KHENTHUONG_DATABASE_URL"))
if place.on_sqlite:
    raise CannotOpen(why="one_process")
app = application(place, open_engine(place), loopback=False)
