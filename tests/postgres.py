"""A PostgreSQL cluster of the test run's own: made once, used by all workers, thrown away at the end.

It runs as the user postgres when the tests run as root (PostgreSQL refuses root), listens on a free port of the
loopback and on a socket in its own folder, and syncs nothing: tests that need a durable one make their own.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import create_engine, text

RUN = "KHENTHUONG_TEST_RUN"  # folder shared by the processes of one test run
OWNER = "postgres"
MISSING = "needs the programs of PostgreSQL (Debian: apt install postgresql)"


def programs() -> Path | None:
    """Return the folder with initdb and postgres, the newest version first; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: float(p.parts[-3]), reverse=True)
    on_path = shutil.which("postgres")
    folder = found[0].parent if found else Path(on_path).resolve().parent if on_path else None
    return folder if folder and (folder / "initdb").exists() and _may_run() else None


def _may_run() -> bool:
    if os.geteuid() != 0:
        return True
    try:
        pwd.getpwnam(OWNER)
    except KeyError:
        return False
    return True


def begin_run() -> None:
    """Make the folder of the run; called before the workers start, which inherit its name."""
    os.environ[RUN] = tempfile.mkdtemp(prefix="khenthuong-tests-")


def end_run() -> None:
    """Stop the cluster, if one was started, and leave nothing behind."""
    run = Path(os.environ.pop(RUN))
    note = run / "cluster"
    if note.exists():
        home = Path(note.read_text(encoding="utf-8").splitlines()[0])
        _as_owner("pg_ctl", "-D", str(home / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(run, ignore_errors=True)


def cluster() -> str:
    """Return the URL of the cluster without a database, starting it if no worker has yet."""
    run = Path(os.environ[RUN])
    with open(run / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = run / "cluster"
        if not note.exists():
            home, port = _start()
            note.write_text(f"{home}\n{port}\n", encoding="utf-8")
        port_text = note.read_text(encoding="utf-8").splitlines()[1]
    return f"postgresql+psycopg://{OWNER}@127.0.0.1:{port_text}"


def new_database(name: str) -> str:
    """Make an empty database in the cluster and return its URL."""
    url = cluster()
    engine = create_engine(f"{url}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return f"{url}/{name}"


def _start() -> tuple[Path, int]:
    home = Path(tempfile.mkdtemp(prefix="khenthuong-pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, OWNER, OWNER)
    data = home / "data"
    _as_owner("initdb", "-D", str(data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = f"-p {port} -k {home} -h 127.0.0.1 -F -c synchronous_commit=off -c max_connections=200"
    _as_owner("pg_ctl", "-D", str(data), "-l", str(home / "log"), "-w", "-o", settings, "start")
    return home, port


def _as_owner(program: str, *arguments: str) -> None:
    folder = programs()
    assert folder, MISSING
    command = [str(folder / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", OWNER, "--", *command]
    done = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{program}: {done.stdout}"
