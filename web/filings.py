"""What was filed on a case before, as the next to decide reads it: step by step, and what a supplement changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from engine.office.views import FieldView, FileView, HistoryLine


@dataclass(frozen=True)
class Filing:
    """A form as it was filed last. `values` leaves out what stands elsewhere on the page."""

    line: HistoryLine
    values: tuple[FieldView, ...]


@dataclass(frozen=True)
class Change:
    """One field that reads otherwise than before; None where it was left out."""

    label: str
    before: FieldView | None
    after: FieldView | None


@dataclass(frozen=True)
class Revision:
    """A form that was filed again: what changed, and the files that came with it."""

    before: HistoryLine
    after: HistoryLine
    changes: tuple[Change, ...]
    files: tuple[FileView, ...]


def filings(history: Iterable[HistoryLine], shown: Collection[str]) -> list[Filing]:
    """Return the forms of completed steps as they were filed last, oldest first: of several bodies each one's.

    A body that let its limit pass is among them, with what follows from that.

    Args:
        shown: names of fields that stand elsewhere on the page.
    """
    lines = list(history)
    last = {(line.form, line.about): line for line in lines if line.act == "completed" and line.form}
    found = [Filing(line, tuple(v for v in line.values if v.name not in shown)) for line in last.values()]
    late = [Filing(_decided(line), ()) for line in lines if line.act == "timer" and line.about and line.automatic]
    return sorted([*(each for each in found if each.values), *late], key=lambda each: each.line.seq)


def _decided(line: HistoryLine) -> HistoryLine:
    """Return a limit that has passed with the way that was taken for it."""
    return replace(line, outcome_label=line.automatic[-1].chosen)


def revision(history: Iterable[HistoryLine], files: Iterable[FileView]) -> Revision | None:
    """Return what the latest filing of a form changed that had been filed before, None where none was filed twice."""
    latest: dict[str, HistoryLine] = {}
    found: tuple[HistoryLine, HistoryLine] | None = None
    for line in history:
        if line.act == "completed" and line.form and line.values:
            if line.form in latest:
                found = latest[line.form], line
            latest[line.form] = line
    if found is None:
        return None
    before, after = found
    return Revision(before, after, _changes(before, after), tuple(f for f in files if before.at < f.at <= after.at))


def _changes(before: HistoryLine, after: HistoryLine) -> tuple[Change, ...]:
    old, new = ({value.name: value for value in line.values} for line in (before, after))
    found = []
    for name, value in (old | new).items():
        was, now = old.get(name), new.get(name)
        if (was and was.value) != (now and now.value):
            found.append(Change(value.label, was, now))
    return tuple(found)
