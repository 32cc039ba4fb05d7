"""`khenthuong bench`: how fast an office is on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from web.cli_words import Spoken
from web.office import Place
from web.options import office_options, say
from web.texts import _


@click.command(cls=Spoken)
@office_options
@click.option("--quick", is_flag=True, help="A small version, in less than a minute.")
@click.option(
    "--finished", type=click.IntRange(1), metavar="N", help="Only make an office of N finished nominations in --data."
)
def bench(place: Place, as_json: bool, quick: bool, finished: int | None) -> None:
    """Measure the limits of README in offices made for it; `--database` takes a PostgreSQL database for that.

    Nothing of an office that is there is read or touched.
    """
    from web.bench import house
    from web.bench.run import run  # what it is measured against is loaded for nothing else

    if finished:
        house.finished(place.data, finished)
        say({"finished": finished}, as_json, _("Đã tạo dữ liệu đo trong thư mục %(folder)s.", folder=place.data))
        return
    database = None if place.on_sqlite else place.database
    with TemporaryDirectory(prefix="khenthuong-bench-") as folder:
        measured = run(database, Path(folder), quick=quick, say=lambda what: click.echo(what, err=True))
    if as_json:
        click.echo(json.dumps(measured, ensure_ascii=False))
        return
    click.echo("\n".join(map(_line, measured["rows"])))
    click.echo(" ".join(f"{name}={value}" for name, value in measured["measured"].items()))


def _line(row: dict[str, Any]) -> str:
    ratio = f"{row['ratio']:.2f}x" if row["ratio"] is not None else ""
    return f"{row['name']:<24} {row['value']:>10} {row['unit']:<6} {ratio:>8}  {row['goal']:<24} {row['met']}"
