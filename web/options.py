"""What every command of `khenthuong` takes: its options, and the office they name."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from engine.office.service import Engine
from web.cli_words import language_option
from web.office import Place, open_engine


def office_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--data`, `--database` and `--json`; it gets a Place and whether to print JSON."""

    @click.option(
        "--data",
        type=click.Path(file_okay=False, readable=False, path_type=Path),  # who may not read it is told so
        default="data",
        envvar="KHENTHUONG_DATA",
        show_default=True,
        help="Folder of the data.",
    )
    @click.option("--database", envvar="KHENTHUONG_DATABASE_URL", help="URL of a PostgreSQL database.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
    @language_option
    @wraps(command)
    def with_place(data: Path, database: str | None, **more: Any) -> Any:
        return command(place=Place(data, database), **more)

    return with_place


def say(value: Any, as_json: bool, text: str) -> None:
    """Print what a command found: for programs or for people."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else text)


def open_office(place: Place) -> Engine:
    """Return the engine over an existing database; it is closed when the command ends.

    Raises:
        CannotOpen: as engine.store.opening.
    """
    engine = open_engine(place)
    click.get_current_context().call_on_close(engine.database.close)
    return engine
