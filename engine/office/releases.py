"""Releases of the process: read from a folder once, kept in the database, used from there.

A release is taken whole or not at all. Which one is in force on a day follows from `in_force_from`; a
nomination keeps the one it was started on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from threading import Lock

from engine.canonical import hash_of_files
from engine.errors import CannotOpen, NotFound
from engine.ports import FormCatalog
from engine.process.definition import ProcessDefinition
from engine.process.migration import Edit
from engine.process.release import TABLES, Release
from engine.store.reader import Reader

SUFFIXES = {".bpmn", ".dmn", ".json", ".toml"}
FOLDERS = ("bpmn", "dmn", "forms", "documents")


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files that make up a release, by path inside `folder`: release.toml and the known sub-folders.

    Raises:
        CannotOpen: there is no release.toml.
    """
    if not (folder / "release.toml").is_file():
        raise CannotOpen(why="no_release", folder=folder.name)
    files = [folder / "release.toml", *(folder / name for name in sorted(TABLES) if (folder / name).is_file())]
    files += [f for name in FOLDERS for f in sorted((folder / name).rglob("*")) if f.suffix in SUFFIXES and f.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


class Releases:
    """The releases of one office, parsed once each and shared by all requests."""

    def __init__(self, catalog: FormCatalog) -> None:
        self.catalog = catalog
        self._by_sha256: dict[str, Release] = {}  # of those that keep every rule
        self._by_id: dict[str, Release] = {}
        self._edits: dict[tuple[int, int], Edit] = {}
        self._lock = Lock()

    def check(self, folder: Path) -> Release:
        """Return the release in `folder`; InvalidRelease with every problem if any file has an error."""
        return self._parse(read_folder(folder))

    def get(self, store: Reader, release: str) -> Release:
        """Return a published release by id; NotFound if there is none."""
        if release not in self._by_id:
            files = store.release_files(release)
            if not files:
                raise NotFound(kind="release", id=release)
            self._by_id[release] = self._parse(files, published=True)
        return self._by_id[release]

    def edit(self, old: ProcessDefinition, new: ProcessDefinition) -> Edit:
        """Return what changes between two drawings of one process, prepared once."""
        key = (id(old), id(new))
        if key not in self._edits:
            self._edits[key] = Edit(old, new)
        return self._edits[key]

    def _parse(self, files: Mapping[str, bytes], *, published: bool = False) -> Release:
        sha256 = hash_of_files(files)
        with self._lock:
            if sha256 in self._by_sha256:
                return self._by_sha256[sha256]
            release = Release.from_files(files, self.catalog, published=published)
            if not published:
                self._by_sha256[sha256] = release
            return release

    def in_force(self, store: Reader, on: date) -> Release:
        """Return the release in force on a day: of those already in force, the one that began last."""
        begun = [
            (row.in_force_from, row.published_seq, row.id)
            for row in store.releases()
            if row.in_force_from <= on.isoformat()
        ]
        if not begun:
            raise NotFound(kind="release", id=on.isoformat())
        return self.get(store, max(begun)[2])
