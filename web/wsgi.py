"""The application for a server of one's own, where `khenthuong serve` with its gunicorn does not fit:
`gunicorn --worker-class gthread --threads 8 web.wsgi:app`. The jobs are done by `khenthuong worker`.

Reads KHENTHUONG_DATABASE_URL (PostgreSQL), KHENTHUONG_DATA, KHENTHUONG_SECRET and KHENTHUONG_PROXIES, how many proxies
stand before it (1): who is asking is what they say, so they must set X-Forwarded-For themselves. With SQLite use
`khenthuong serve`, which makes sure that it is the only process.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.errors import CannotOpen
from web.office import Place, application
from web.serving import engine_with_bell, proxies, trusting

place = Place(Path(os.environ.get("KHENTHUONG_DATA", "data")), os.environ.get("KHENTHUONG_DATABASE_URL"))
if place.on_sqlite:
    raise CannotOpen(why="one_process")
app = trusting(application(place, engine_with_bell(place), loopback=False), proxies())
