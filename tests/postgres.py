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
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Cluster:
    """One running PostgreSQL in a folder of its own. `settings` are those it is started with each time."""

    home: Path
    port: int
    settings: str

    @classmethod
    def start(cls, *, durable: bool = False) -> Cluster:
        """Make a cluster and start it. `durable`: a commit waits until it would outlive the server."""
        home = Path(tempfile.mkdtemp(prefix="khenthuong-pg-"))
        if os.geteuid() == 0:
            shutil.chown(home, OWNER, OWNER)
        data = home / "data"
        _as_owner("initdb", "-D", str(data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = f"-p {port} -k {home} -h 127.0.0.1 -c max_connections=200"
        made = cls(home, port, settings if durable else f"{settings} -F -c synchronous_commit=off")
        made.go_on()
        return made

    @property
    def url(self) -> str:
        """The URL of the cluster, without a database."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}"

    def go_on(self) -> None:
        """Start the server."""
        _as_owner(
            "pg_ctl", "-D", str(self.home / "data"), "-l", str(self.home / "log"), "-w", "-o", self.settings, "start"
        )

    def stop_at_once(self) -> None:
        """Stop the server as a fault would: nothing is finished, nobody is told."""
        _as_owner("pg_ctl", "-D", str(self.home / "data"), "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        self.stop_at_once()
        shutil.rmtree(self.home, ignore_errors=True)

    def make_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        engine = create_engine(f"{self.url}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return f"{self.url}/{name}"


def begin_run() -> None:
    """Make the folder of the run; called before the workers start, which inherit its name."""
    os.environ[RUN] = tempfile.mkdtemp(prefix="khenthuong-tests-")


def end_run() -> None:
    """Stop the cluster, if one was started, and leave nothing behind."""
    run = Path(os.environ.pop(RUN))
    if (run / "cluster").exists():
        _noted(run).remove()
    shutil.rmtree(run, ignore_errors=True)


def cluster() -> Cluster:
    """Return the cluster of the run, starting it if no worker has yet."""
    run = Path(os.environ[RUN])
    with open(run / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run / "cluster").exists():
            made = Cluster.start()
            (run / "cluster").write_text(f"{made.home}\n{made.port}\n{made.settings}\n", encoding="utf-8")
        return _noted(run)


def _noted(run: Path) -> Cluster:
    home, port, settings = (run / "cluster").read_text(encoding="utf-8").splitlines()
    return Cluster(Path(home), int(port), settings)


def new_database(name: str) -> str:
    """Make an empty database in the cluster of the run and return its URL."""
    return cluster().make_database(name)


def _as_owner(program: str, *arguments: str) -> None:
    folder = programs()
    assert folder, MISSING
    command = [str(folder / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", OWNER, "--", *command]
    done = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{program}: {done.stdout}"
