"""Commands of `khenthuong` that need no office: check, walk, decide look at files, workdays counts.

They take the same options as all others; where there is an office, workdays asks its calendar.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from engine.errors import NoDataHere, Problem
from engine.office import directory, seeds
from engine.office.releases import FOLDERS, SUFFIXES, read_folder
from engine.office.workdays import WorkCalendar
from engine.process.decisions import dump_json, explain
from engine.process.release import MANIFEST
from web import checking
from web.cli_words import Spoken
from web.office import Place
from web.options import office_options, open_office
from web.texts import _, day, language, word

FOUND = 1


def existing(kind: str = "file") -> click.Path:
    return click.Path(exists=True, dir_okay=kind != "file", path_type=Path)


def line_of(problem: Problem) -> str:
    english = language() == "en"
    place = f"{problem.file}:{problem.line}" + (f" [{problem.element}]" if problem.element else "")
    says = (problem.message_en, problem.mend_en) if english else (problem.message, problem.mend)
    return f"{place}: {' '.join(part for part in says if part)} ({problem.code})"


# --- check -------------------------------------------------------------------------------------------------------


@click.command(cls=Spoken)
@office_options
@click.option("--bare", is_flag=True, help="A foreign file, which need not know our roles and forms.")
@click.argument("paths", nargs=-1, required=True, type=existing("any"))
def check(place: Place, as_json: bool, bare: bool, paths: tuple[Path, ...]) -> int:
    """Check diagrams, decision tables and forms, or a whole release folder."""
    problems = [problem for path in paths for problem in problems_of(path, bare)]
    if as_json:
        click.echo(json.dumps([problem.to_json() for problem in problems], ensure_ascii=False))
    elif not problems:
        click.echo(_("Không có lỗi."))
    else:
        click.echo("\n".join(map(line_of, problems)))
    return say_first_of(problems)


def say_first_of(problems: Sequence[Problem]) -> int:
    """Say in one sentence on standard error what is wrong, if there is an error; return the exit code."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return 0
    first, others = line_of(errors[0]), len(errors) - 1
    click.echo(first if not others else _("%(first)s Còn %(others)s lỗi khác.", first=first, others=others), err=True)
    return FOUND


def problems_of(path: Path, bare: bool) -> list[Problem]:
    """Return what is wrong with a release folder, a folder of files, or one file.

    What lies in a release knows its forms, tables and processes, so it is read with them.
    """
    if path.is_dir() and (path / MANIFEST).is_file():
        return checking.check(read_folder(path))
    home = None if bare else next((folder for folder in path.absolute().parents if (folder / MANIFEST).is_file()), None)
    if home and (inside := path.absolute().relative_to(home)).parts[0] in FOLDERS:
        # Without the manifest every file is looked at to its end, whatever is wrong with another one.
        files = {name: raw for name, raw in read_folder(home).items() if name != MANIFEST}
        own = [problem for problem in checking.check(files) if Path(problem.file).is_relative_to(inside)]
        return [replace(problem, file=str(path / Path(problem.file).relative_to(inside))) for problem in own]
    if path.is_dir():
        listed = sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES)
        return checking.check({str(file): checking.read(file) for file in listed}, bare=bare)
    # The tables a diagram means are read with it; what is wrong with them is for their own check.
    beside = tables_near(path) if path.suffix == ".bpmn" else {}
    found = checking.check({**beside, str(path): checking.read(path)}, bare=bare)
    return [problem for problem in found if problem.file not in beside]


# --- walk and decide ---------------------------------------------------------------------------------------------


@click.command(cls=Spoken)
@office_options
@click.option("--answers", type=existing(), help="JSON: what people, messages and timers answer.")
@click.option("--max-steps", type=click.IntRange(1), default=1000, show_default=True)
@click.argument("file", type=existing())
def walk(place: Place, as_json: bool, answers: Path | None, max_steps: int, file: Path) -> int:
    """Walk through a diagram with given answers and say where it went."""
    given = read_answers(answers) if answers else {}
    result = checking.walk(checking.read(file), given, file=file.name, max_steps=max_steps, tables=tables_near(file))
    walked = result.to_json()
    if as_json:
        click.echo(dump_json(walked))
    else:
        click.echo(_("Kết quả: %(outcome)s", outcome=word("walk_outcome", walked["outcome"])))
        click.echo(" -> ".join(walked["trace"]))
    return FOUND if say_incident(walked["incident"]) or say_first_of(result.problems) else 0


def say_incident(incident: Mapping[str, str] | None) -> bool:
    """Say in one sentence on standard error where and why a walk stopped, if it did."""
    if incident is None:
        return False
    why = f"{word('incident', incident['why'])} ({incident['detail']})".replace(" ()", "")
    click.echo(_("Dừng vì sự cố ở bước %(element)s: %(why)s.", element=incident["element"], why=why), err=True)
    return True


def tables_near(file: Path) -> dict[str, bytes]:
    """Return the decision tables a diagram may mean: those beside it, and those of the release it lies in."""
    folders = (file.parent, file.parent.parent / "dmn")
    return {table.name: checking.read(table) for folder in folders for table in sorted(folder.glob("*.dmn"))}


@click.command(cls=Spoken)
@office_options
@click.option("--decision", "decision_id", help="Which decision, where the file holds several.")
@click.option("--input", "input_file", required=True, type=existing(), help="JSON: the inputs by name.")
@click.argument("file", type=existing())
def decide(place: Place, as_json: bool, decision_id: str | None, input_file: Path, file: Path) -> int:
    """Evaluate a decision table and explain the result."""
    result, problems = checking.decide(checking.read(file), read_json(input_file), file=file.name, decision=decision_id)
    if result is None:
        if as_json:
            found = [problem.to_json() for problem in problems]
            shape = {"outputs": None, "matched_rules": [], "explanation": [], "problems": found}
            click.echo(json.dumps(shape, ensure_ascii=False))
        errors = [problem for problem in problems if problem.severity == "error"]
        unknown = _("Tệp không có bảng quyết định “%(id)s”.", id=decision_id or "")
        click.echo("\n".join(map(line_of, errors)) or unknown, err=True)
        return FOUND
    shape = {
        "outputs": result.outputs,
        "matched_rules": list(result.matched_rules),
        "explanation": explain(result),
        "problems": [problem.to_json() for problem in (*problems, *result.problems)],
    }
    click.echo(dump_json(shape) if as_json else dump_json({name: shape[name] for name in ("outputs", "matched_rules")}))
    for problem in result.problems:
        click.echo(line_of(replace(problem, file=file.name)), err=True)
    return FOUND if any(problem.severity == "error" for problem in result.problems) else 0


def read_answers(file: Path) -> Any:
    """Read the answers of a walk; a wrong use if people, messages, signals or timers cannot be read from them."""
    answers = read_json(file)
    if not isinstance(answers.get("user") or {}, dict) or not all(map(is_answer, (answers.get("user") or {}).values())):
        raise click.BadParameter(
            _("Tệp %(name)s: “user” phải cho mỗi bước một đối tượng JSON hoặc một danh sách đối tượng.", name=file.name)
        )
    for kind in ("messages", "signals", "timers"):
        told = answers.get(kind) or []
        if not isinstance(told, list) or not all(map(is_told, told)):
            raise click.BadParameter(
                _("Tệp %(name)s: “%(kind)s” phải là một danh sách tên hoặc đối tượng JSON.", name=file.name, kind=kind)
            )
    return answers


def is_answer(given: Any) -> bool:
    visits = given if isinstance(given, list) else [given]
    return all(visit is None or isinstance(visit, dict) for visit in visits)


def is_told(item: Any) -> bool:
    """Return whether an item is a name, or an object whose data, if any, is one."""
    if isinstance(item, dict):
        return isinstance(item.get("data") or item.get("payload") or {}, dict)
    return isinstance(item, str)


def read_json(file: Path) -> Any:
    """Read a JSON object with exact numbers."""
    try:
        data = json.loads(file.read_text("utf-8"), parse_float=Decimal)
    except (ValueError, RecursionError):
        raise click.BadParameter(_("Tệp %(name)s không phải JSON.", name=file.name)) from None
    if not isinstance(data, dict):
        raise click.BadParameter(_("Tệp %(name)s phải chứa một đối tượng JSON.", name=file.name))
    return data


# --- workdays ----------------------------------------------------------------------------------------------------


@click.command(cls=Spoken)
@office_options
@click.option("--count-first", is_flag=True, help="Count the first day as well.")
@click.argument("start", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]))
@click.argument("days", type=int)
def workdays(place: Place, as_json: bool, count_first: bool, start: datetime, days: int) -> None:
    """Say on which day a limit of DAYS working days ends that begins on START."""
    limit = calendar_of(place).last_day(start.date(), days, count_first=count_first)
    left_out = [{"date": off.isoformat(), "why": why} for off, why in limit.left_out]
    if as_json:
        click.echo(json.dumps({"last_day": limit.last_day.isoformat(), "left_out": left_out}, ensure_ascii=False))
        return
    click.echo(day(limit.last_day))
    for off, why in limit.left_out:
        click.echo(f"  {day(off)}: {why}")


def calendar_of(place: Place) -> WorkCalendar:
    """Return the calendar of the office; where there is none yet, the one that ships."""
    try:
        engine = open_office(place)
    except NoDataHere:
        return seeds.calendar()
    with engine.database.read() as reader:
        return directory.calendar(reader.connection)


COMMANDS = (check, walk, decide, workdays)
