#!/usr/bin/env python3
"""One launcher for people who run or change khenthuong: python3 kt.py run | test | test-slow | check | setup | lock.

It needs nothing but Python: it makes .venv, installs what the locked lists name (by hash), builds the pages' assets
and then starts the demo or the tests. What is already as it should be is left alone: a stamp in .stamps/ keeps the
fingerprint of all that a step was made from. It installs nothing outside this folder; what the machine lacks it says in
one line. An older Python must still be able to read this file, to be told that it is too old.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMPS = ROOT / ".stamps"
DIST = ROOT / "web" / "static" / "dist"

OLDEST_PYTHON = (3, 11)
FIRST_PYTHON_WITHOUT_WHEELS = (3, 14)
OLDEST_NODE = 20
LOCKS = {  # locked list -> where its names come from in pyproject.toml
    "requirements-dev.txt": ["pyproject.toml", "--group", "build", "--group", "test", "--group", "check"],
    "requirements.txt": ["pyproject.toml", "--group", "build", "-c", "requirements-dev.txt"],
    "requirements-node.txt": ["--group", "pyproject.toml:node"],
}
CHECKS = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
    ["lint-imports"],
]


class Missing(Exception):
    """Something the machine or a step lacks; the text is the one line that the person reads."""


# ---- what the machine has ----


def python_problem(version):
    """Say why this Python cannot be used, or None.

    >>> python_problem((3, 9, 2))
    'khenthuong needs Python 3.11 to 3.13; this is 3.9. On Debian 12 or newer: apt-get install python3 python3-venv.'
    >>> python_problem((3, 12, 0)) is None
    True
    """
    if OLDEST_PYTHON <= tuple(version[:2]) < FIRST_PYTHON_WITHOUT_WHEELS:
        return None
    return (
        f"khenthuong needs Python 3.11 to 3.13; this is {version[0]}.{version[1]}. "
        "On Debian 12 or newer: apt-get install python3 python3-venv."
    )


def node_major(text):
    """Read the major number out of what `node --version` prints; 0 when it is not a version.

    >>> node_major("v20.20.2\\n"), node_major("sh: node: not found")
    (20, 0)
    """
    found = re.match(r"v(\d+)\.", text)
    return int(found.group(1)) if found else 0


def has_node(path):
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not (node and npm):
        return False
    return node_major(said_by(node, "--version")) >= OLDEST_NODE


def tool_path():
    """PATH with .venv/bin first, so that a Node.js installed there wins over an old one of the machine."""
    return os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])


# ---- stamps ----


def fingerprint(paths, *more):
    """Hash the names and contents of files (folders: all files below them) and any further words."""
    digest = hashlib.sha256()
    for word in more:
        digest.update(f"{word}\0".encode())
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{file.relative_to(path.parent).as_posix()}\0{content}\0".encode())
    return digest.hexdigest()


class Stamp:
    """Remembers what a step was last made from."""

    def __init__(self, name, made_from, folder=None):
        self.file = (folder or STAMPS) / name
        self.made_from = made_from

    def fresh(self):
        return self.file.is_file() and self.file.read_text(encoding="utf-8") == self.made_from

    def write(self):
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(self.made_from, encoding="utf-8")

    def drop(self):
        if self.file.is_file():
            self.file.unlink()


# ---- steps ----


def do(command, why, out=None):
    """Run one command of a step in this folder; `why` is the sentence said when it fails."""
    words = [str(word) for word in command]
    env = dict(os.environ, PATH=tool_path())
    if subprocess.run(words, cwd=str(ROOT), env=env, stdout=out, check=False).returncode:
        raise Missing(why)


def said_by(*command):
    """What a command prints; nothing when it fails to start."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return ""
    return done.stdout.decode("utf-8", "replace").strip()


def say(sentence):
    print(sentence, flush=True)


def make_environment():
    """Make .venv with this Python, unless one of the same version stands there."""
    python = BIN / ("python.exe" if os.name == "nt" else "python")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if said_by(str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])") == version:
        return python
    say(f"Making .venv with Python {version} ...")
    shutil.rmtree(str(VENV), ignore_errors=True)
    shutil.rmtree(str(STAMPS), ignore_errors=True)
    uv = shutil.which("uv")
    why = "This Python cannot make an environment: apt-get install python3-venv (or put uv on PATH)."
    if uv:
        do([uv, "venv", "-q", "--python", sys.executable, VENV], "uv could not make .venv: see above.")
    elif importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        do([sys.executable, "-m", "venv", VENV], why)
    else:
        raise Missing(why)
    return python


def installer(python):
    """The command that installs into .venv: uv's when it is on PATH, else pip's. Both give the same result."""
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "-q", "--python", python]
    if not (BIN / "pip").exists() and not (BIN / "pip.exe").exists():
        why = "This environment has no pip: apt-get install python3-venv."
        do([python, "-m", "ensurepip"], why, out=subprocess.DEVNULL)
    return [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]


def installed(listed):
    """The stamp of a locked list: it also holds this checkout's place, which the editable install points to."""
    return Stamp(listed, fingerprint([ROOT / listed, ROOT / "pyproject.toml"], sys.version_info[:2], ROOT))


def install(python, listed):
    """Install one locked list and, beside it, this checkout itself (editable)."""
    # The list for developers holds the other one whole, in the same versions.
    if installed(listed).fresh() or installed("requirements-dev.txt").fresh():
        return
    say(f"Installing what {listed} names ...")
    command = installer(python)
    do([*command, "--require-hashes", "-r", ROOT / listed], f"Not all of {listed} could be installed: see above.")
    own = [*command, "--no-deps", "--no-build-isolation", "-e", ROOT]
    do(own, "khenthuong itself could not be installed into .venv: see above.")
    installed(listed).write()


def need_node(python):
    if has_node(tool_path()):
        return
    say(f"No Node.js {OLDEST_NODE} here: installing it into .venv ...")
    why = f"No Node.js for this machine: apt-get install nodejs npm (Node.js {OLDEST_NODE} or newer)."
    do([*installer(python), "--require-hashes", "-r", ROOT / "requirements-node.txt"], why)
    if not has_node(tool_path()):
        raise Missing(why)


def build_assets(python):
    """Build web/static/dist from web/assets and the locked packages."""
    listed = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    packages = Stamp("npm", fingerprint(listed))
    built = Stamp("assets", fingerprint([*listed, ROOT / "web" / "assets"]))
    if built.fresh() and (DIST / "manifest.json").is_file():
        return
    need_node(python)
    npm = shutil.which("npm", path=tool_path())
    if not (packages.fresh() and (ROOT / "node_modules").is_dir()):
        say("Installing the packages of the pages ...")
        packages.drop()
        # Never with install scripts: one of them would report the use of the package to its makers.
        do([npm, "ci", "--ignore-scripts", "--silent", "--no-audit", "--no-fund"], "npm ci failed: see above.")
        packages.write()
    say("Building the assets ...")
    do([npm, "run", "--silent", "build"], "The assets could not be built: see above.")
    built.write()


def set_up(listed):
    started = time.monotonic()
    python = make_environment()
    install(python, listed)
    build_assets(python)
    say(f"Set up in {time.monotonic() - started:.1f} s.")
    return python


# ---- verbs ----


def replace_by(command):
    """Go on as `command`, so that signals and the exit code are its own."""
    words = [str(word) for word in command]
    os.environ["PATH"] = tool_path()
    if os.name == "nt":
        return subprocess.run(words, cwd=str(ROOT), check=False).returncode
    os.chdir(str(ROOT))
    sys.stdout.flush()
    os.execv(words[0], words)


def run_demo(arguments):
    """Make the demo where there is none yet and serve it. Options it does not know go on to `khenthuong serve`."""
    parser = argparse.ArgumentParser(prog="kt.py run", description=run_demo.__doc__, allow_abbrev=False)
    parser.add_argument("--data", default=os.environ.get("KHENTHUONG_DATA", "data"), help="folder of the demo")
    options, others = parser.parse_known_args(arguments)
    elsewhere = os.environ.get("KHENTHUONG_DATABASE_URL") or any(word.startswith("--database") for word in others)
    set_up("requirements.txt")
    data = Path(options.data).resolve()
    khenthuong = BIN / "khenthuong"
    if not elsewhere and not (data / "khenthuong.db").exists():
        say("Making the demo ...")
        do([khenthuong, "demo", "--data", data], "The demo could not be made: see above.")
    return replace_by([khenthuong, "serve", "--data", data, *others])


def run_tests(arguments):
    """Run the tests, side by side on all cores. Arguments go on to pytest."""
    python = set_up("requirements-dev.txt")
    return replace_by([python, "-m", "pytest", "-n", "auto", *arguments])


def run_slow_tests(arguments):
    """Run the tests with the full counts of faults and changes, which take long."""
    return run_tests(["-m", "slow", "--timeout", "3600", *arguments])


def run_checks(arguments):
    """Style, types and layers: all are run, whichever fails first."""
    argparse.ArgumentParser(prog="kt.py check", description=run_checks.__doc__).parse_args(arguments)
    install(make_environment(), "requirements-dev.txt")
    failed = []
    for command in CHECKS:
        say("$ " + " ".join(command))
        if subprocess.run([str(BIN / command[0]), *command[1:]], cwd=str(ROOT), check=False).returncode:
            failed.append(command[0])
    if failed:
        raise Missing(f"Not in order: {', '.join(failed)}.")
    say("All in order.")
    return 0


def only_set_up(arguments):
    """Only make what `run` and `test` need."""
    argparse.ArgumentParser(prog="kt.py setup", description=only_set_up.__doc__).parse_args(arguments)
    set_up("requirements-dev.txt")
    return 0


def write_locks(arguments):
    """Write the locked lists anew; needs uv and npm. Pass --upgrade for newer versions."""
    uv, npm = shutil.which("uv"), shutil.which("npm", path=tool_path())
    if not (uv and npm):
        raise Missing("Locking needs uv and npm on PATH.")
    compiling = [uv, "pip", "compile", "-q", "--universal", "--generate-hashes", "--no-emit-index-url", "--no-header"]
    for listed, names in LOCKS.items():
        command = [*compiling, "--python-version", "3.11", *names, "-o", listed, *arguments]
        do(command, f"{listed} could not be locked: see above.", out=subprocess.DEVNULL)
    command = [npm, "install", "--package-lock-only", "--ignore-scripts", "--silent"]
    do(command, "package-lock.json could not be written: see above.")
    return 0


VERBS = {
    "run": run_demo,
    "test": run_tests,
    "test-slow": run_slow_tests,
    "check": run_checks,
    "setup": only_set_up,
    "lock": write_locks,
}


def main(words):
    problem = python_problem(sys.version_info)
    if not problem and (not words or words[0] not in VERBS):
        lines = [f"  {name:9} {verb.__doc__.splitlines()[0]}" for name, verb in VERBS.items()]
        problem = "\n".join(["python3 kt.py VERB [arguments], where VERB is one of", *lines])
    if problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        return VERBS[words[0]](words[1:])
    except Missing as missing:
        print(missing, file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
