"""A release: diagrams, decision tables and forms under one SHA-256, checked as a whole and ready to run.

Every condition is compiled against what the forms, tables and calls of its process declare, so nothing is found
out at run time that could be known before. A release with one error is not taken at all.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.canonical import hash_of_files
from engine.errors import InvalidRelease, Problem
from engine.ports import FormCatalog
from engine.process.compiler import compile_processes
from engine.process.decisions import Decision, parse_decisions
from engine.process.definition import ProcessDefinition
from engine.process.findings import finding
from engine.process.guard import World, check_process
from engine.process.model import ProcessModel
from engine.process.reader import parse_processes
from engine.process.schema import without_echoes

MANIFEST = "release.toml"
# Tables of the release that the office reads: kinds of papers, bodies asked for their opinion, statutory limits.
TABLES = frozenset({"papers.toml", "bodies.toml", "limits.toml"})


@dataclass(frozen=True)
class Release:
    """Made by `from_files`; never changed afterwards and shared by all instances that run on it."""

    id: str
    regime: str
    legal_basis: str
    in_force_from: date
    processes_by_award: Mapping[str, str]
    files: Mapping[str, bytes] = field(repr=False)
    catalog: FormCatalog = field(repr=False)
    sha256: str = ""
    processes: Mapping[str, ProcessDefinition] = field(default_factory=dict, repr=False)
    decisions: Mapping[str, Decision] = field(default_factory=dict, repr=False)
    forms: Mapping[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    tables: Mapping[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    warnings: tuple[Problem, ...] = field(default=(), repr=False)

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], catalog: FormCatalog, *, published: bool = False) -> Release:
        """Return the release made up of `files`, by path inside its folder.

        Args:
            published: it was taken before, and cases live on it: a rule that came later stops it no more.

        Raises:
            InvalidRelease: with every problem of every file; of a published one if it cannot run.
        """
        reading = Reading(files, catalog)
        reading.read()
        manifest = _manifest(files.get(MANIFEST), reading)
        processes = {} if manifest is None else reading.compile(published=published)
        runs = manifest is not None and processes.keys() >= set(manifest["processes_by_award"].values())
        if manifest is None or not (runs if published else not reading.has_errors):
            raise InvalidRelease(problems=without_echoes(reading.problems))
        return cls(
            **manifest,
            files=dict(files),
            catalog=catalog,
            sha256=hash_of_files(files),
            processes=processes,
            decisions=reading.decisions,
            forms=reading.forms,
            tables=reading.tables,
            warnings=tuple(without_echoes(reading.problems)),
        )

    def process(self, process_id: str) -> ProcessDefinition:
        """Return a process by its id; KeyError if the release has none."""
        return self.processes[process_id]

    def process_of(self, award: str) -> str | None:
        """Return the id of the process for an award form; None where this release has none."""
        return self.processes_by_award.get(award)

    def form(self, key: str | None) -> dict[str, Any]:
        """Return a form definition by its key; KeyError if the release has none."""
        return self.forms[key or ""]

    def decision(self, decision_id: str) -> Decision:
        return self.decisions[decision_id]


def check_files(files: Mapping[str, bytes], catalog: FormCatalog, *, bare: bool = False) -> list[Problem]:
    """Return what is wrong with these files, a release or single ones, in a stable order.

    Args:
        bare: foreign files, which need not know our roles, forms and names.
    """
    if MANIFEST in files:
        try:
            return list(Release.from_files(files, catalog).warnings)
        except InvalidRelease as error:
            return list(error.params["problems"])
    reading = Reading(files, catalog)
    reading.read(bare=bare)
    reading.compile(bare=bare)
    return without_echoes(reading.problems)


class Reading:
    """The files of a release, read one by one; what is wrong gathers in `problems`.

    `catalog` may be None where there are no forms.
    """

    def __init__(self, files: Mapping[str, bytes], catalog: FormCatalog | None) -> None:
        self.files = files
        self.catalog = catalog
        self.problems: list[Problem] = []
        self.models: dict[str, ProcessModel] = {}
        self.decisions: dict[str, Decision] = {}
        self.forms: dict[str, dict[str, Any]] = {}
        self.tables: dict[str, dict[str, Any]] = {}

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def read(self, *, bare: bool = False) -> None:
        for path in sorted(self.files):
            raw = self.files[path]
            if path.endswith(".bpmn"):
                self._diagram(path, raw)
            elif path.endswith(".dmn"):
                self._tables(path, raw)
            elif path.endswith(".json") and self.catalog:
                self._form(path, raw, self.catalog)
            elif path in TABLES:
                self._table(path, raw)
            elif path != MANIFEST and not path.startswith("documents/"):
                self.problems.append(finding("file_unknown", path, 0, "", "warning"))
        world = World(self.models, self.forms.keys(), self.decisions.keys())
        for model in self.models.values():
            self.problems += check_process(model, world, bare=bare)

    def compile(self, *, bare: bool = False, published: bool = False) -> dict[str, ProcessDefinition]:
        """Return the processes ready to run; what does not compile joins `problems`.

        Nothing is tried after errors, unless the files were `published`.
        """
        if self.has_errors and not published:
            return {}
        processes, found = compile_processes(self.models, self.decisions, self.forms, self.catalog, bare=bare)
        self.problems += found
        return processes

    def _diagram(self, path: str, raw: bytes) -> None:
        models, problems = parse_processes(raw, path)
        self.problems += problems
        for model in models:
            if model.id in self.models:
                other = self.models[model.id].file
                self.problems.append(finding("process_duplicate", path, model.line, model.id, other=other))
            else:
                self.models[model.id] = model

    def _tables(self, path: str, raw: bytes) -> None:
        decisions, problems = parse_decisions(raw, path)
        self.problems += problems
        for decision in decisions.values():
            if decision.id in self.decisions:
                other = self.decisions[decision.id].file
                self.problems.append(finding("decision_duplicate", path, decision.line, decision.id, other=other))
            else:
                self.decisions[decision.id] = decision

    def _table(self, path: str, raw: bytes) -> None:
        try:
            self.tables[path] = tomllib.loads(raw.decode())
        except ValueError as error:
            self.problems.append(finding("table_broken", path, 0, "", what=type(error).__name__))

    def _form(self, path: str, raw: bytes, catalog: FormCatalog) -> None:
        found = catalog.check(path, raw)
        self.problems += found
        if any(problem.severity == "error" for problem in found):
            return
        try:
            form = json.loads(raw)
            key = str(form["key"])
        except (ValueError, KeyError, TypeError):
            self.problems.append(finding("form_broken", path, 0, ""))
            return
        if path.rpartition("/")[2] != f"{key}.json":
            self.problems.append(finding("form_key", path, 0, key, key=key))
        self.forms[key] = form


def _manifest(raw: bytes | None, reading: Reading) -> dict[str, Any] | None:
    if raw is None:
        reading.problems.append(finding("release_missing", MANIFEST, 0, ""))
        return None
    try:
        data = tomllib.loads(raw.decode())
        processes = {str(award): str(process) for award, process in data["processes"].items()}
        in_force_from = data["in_force_from"]
        if not isinstance(in_force_from, date):
            in_force_from = date.fromisoformat(in_force_from)
        manifest = {
            "id": str(data["id"]),
            "regime": str(data["regime"]),
            "legal_basis": str(data["legal_basis"]),
            "in_force_from": in_force_from,
            "processes_by_award": processes,
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"{error.args[0]}" if isinstance(error, KeyError) else type(error).__name__
        reading.problems.append(finding("release_broken", MANIFEST, 0, "", what=what))
        return None
    for award, process in processes.items():
        if process not in reading.models:
            reading.problems.append(finding("release_process_unknown", MANIFEST, 0, award, award=award, ref=process))
    return manifest
