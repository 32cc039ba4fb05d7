"""Commands of `khenthuong release`: which there are, how two differ, what an edited one means, who kept another."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click

from engine.office.impact import Effect, impact
from engine.office.kept import kept
from engine.office.service import Engine
from engine.process.migration.ahead import Comparison
from engine.process.migration.history import Renames
from engine.process.release import MANIFEST, Release
from forms.messages import message, word
from web.cli_words import SpokenGroup
from web.office import Place
from web.options import office_options, open_office, say
from web.texts import language

folder_of_release = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(cls=SpokenGroup)
def release() -> None:
    """Releases of the process."""


@release.command("list")
@office_options
def list_(place: Place, as_json: bool) -> None:
    """List the published releases, oldest first."""
    with open_office(place).database.read() as reader:
        rows = [
            {"id": row.id, "sha256": row.sha256, "regime": row.regime, "in_force_from": row.in_force_from}
            for row in reader.releases()
        ]
    lines = "\n".join(f"{row['id']:<12} {row['in_force_from']} {row['regime']:<4} {row['sha256'][:12]}" for row in rows)
    click.echo(json.dumps(rows, ensure_ascii=False) if as_json else lines)


@release.command()
@office_options
@click.argument("a")
@click.argument("b")
def diff(place: Place, as_json: bool, a: str, b: str) -> None:
    """Say how release B differs from A; each is a published id or a folder."""
    engine = open_office(place)
    old, new = named(engine, a), named(engine, b)
    files, processes = changed_files(old, new), changed_processes(old, new)
    if as_json:
        click.echo(json.dumps({"files": files, "processes": processes}, ensure_ascii=False))
        return
    for path, what in files.items():
        click.echo(f"{word('file_change', what, language()):<8} {path}")
    for process, notes in processes.items():
        for note in notes:
            click.echo(f"  {process}: {sentence(note)}")


def named(engine: Engine, name: str) -> Release:
    """Return a published release, or the one in a folder."""
    if (Path(name) / MANIFEST).is_file():
        return engine.releases.check(Path(name))
    with engine.database.read() as reader:
        return engine.releases.get(reader, name)


def changed_files(old: Release, new: Release) -> dict[str, str]:
    """Return path -> added, removed or changed."""
    changed: dict[str, str] = {}
    for path in sorted(old.files.keys() | new.files.keys()):
        if path not in new.files:
            changed[path] = "removed"
        elif old.files.get(path) != new.files[path]:
            changed[path] = "changed" if path in old.files else "added"
    return changed


def changed_processes(old: Release, new: Release) -> dict[str, list[dict[str, Any]]]:
    """Return what is different in each process that both have, from its start on."""
    changed = {}
    for name in sorted(old.processes.keys() & new.processes.keys()):
        before, after = old.process(name), new.process(name)
        comparison = Comparison(before, after, Renames({}))
        notes = comparison.ahead([f"{before.start.id}#1"], [f"{after.start.id}#1"])
        if notes:
            changed[name] = [note.to_json() for note in notes]
    return changed


@release.command("impact")
@office_options
@click.argument("folder", type=folder_of_release)
def impact_(place: Place, as_json: bool, folder: Path) -> None:
    """Say what the edited release in FOLDER would mean for every live nomination. Nothing is changed."""
    engine = open_office(place)
    edited = engine.releases.check(folder)
    started = time.monotonic()
    with engine.database.read() as reader:
        effects = impact(reader, engine.releases, edited, engine.today())
    verdicts = [effect.to_json() for effect in effects]
    seconds = round(time.monotonic() - started, 3)
    if as_json:
        shape = {"nominations": len(effects), "seconds": seconds, "verdicts": verdicts}
        click.echo(json.dumps(shape, ensure_ascii=False))
        return
    for verdict, count in Counter(effect.verdict for effect in effects).most_common():
        click.echo(f"{word('verdict', verdict, language())}: {count}")
    for effect in effects:
        click.echo(line_of(effect))


@release.command("kept")
@office_options
def kept_(place: Place, as_json: bool) -> None:
    """List the nominations that could not move to the release in force, and why."""
    engine = open_office(place)
    with engine.database.read() as reader:
        rows = kept(reader, engine.releases)
    lines = [f"{r.code:<18} {r.release:<6} {sentence({'code': r.why, 'name': r.step})}" for r in rows]
    say([row.to_json() for row in rows], as_json, "\n".join(lines))


def line_of(effect: Effect) -> str:
    notes = effect.reasons or effect.changes
    says = " ".join(dict.fromkeys(sentence(note.to_json()) for note in notes))
    return f"{effect.code:<18} {word('verdict', effect.verdict, language()):<18} {says}"


def sentence(note: dict[str, Any]) -> str:
    return message(f"migration_{note['code']}", note, language())
