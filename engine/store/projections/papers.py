"""Projections of papers: their lists of names, versions, documents and numbers. No form data is read here.

States, user tasks and waits of a paper are those of any case: engine.store.projections.cases.
"""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, or_, update

from engine import facts
from engine.store import tables as t
from engine.store.folding import folded
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

DRAFTING = "soan"

_INSERT_PAPER = Statement(insert(t.paper))
_INSERT_LINE = Statement(insert(t.paper_line))
_DROP_LINES = Statement(delete(t.paper_line).where(t.paper_line.c.paper_id == bindparam("paper")))
_THIS = update(t.paper).where(t.paper.c.id == bindparam("paper"))
_REVISE = Statement(_THIS.values(version=bindparam("next_version"), lines=bindparam("count")))
_NUMBER = Statement(_THIS.values(number=bindparam("symbol"), issued_on=bindparam("day")))
_WAITS = or_(t.user_task.c.state == "open", t.user_task.c.state == "frozen")
_COUNT_IN_TASKS = Statement(
    update(t.user_task).where(t.user_task.c.case_id == bindparam("paper"), _WAITS).values(lines=bindparam("count"))
)
_INSERT_DOCUMENT = Statement(insert(t.paper_document))
_INSERT_NUMBER = Statement(insert(t.paper_number))
_INSERT_SERIES = Statement(insert(t.number_series))


@projects(facts.PaperStarted)
def _paper_started(scene: Scene, fact: facts.PaperStarted) -> None:
    scene.run(
        _INSERT_PAPER,
        id=fact.paper,
        code=fact.code,
        status=DRAFTING,
        reached=DRAFTING,
        kind=fact.kind,
        title=fact.title,
        unit=fact.unit,
        receiving_unit=fact.receiving_unit,
        dossier_id=fact.dossier,
        award=fact.award,
        round=fact.round,
        regime=fact.regime,
        release=fact.release,
        process=fact.process,
        starter=fact.starter,
        version=1,
        lines=len(fact.lines),
        number=None,
        issued_on=None,
        search=folded(f"{fact.title} {fact.code}"),
        opened_at=scene.at,
        ended_at=None,
        suspended=0,
        suspended_at=None,
        suspended_by=None,
    )
    _list(scene, fact.lines)


@projects(facts.PaperRevised)
def _paper_revised(scene: Scene, fact: facts.PaperRevised) -> None:
    scene.run(_DROP_LINES, paper=scene.subject)
    _list(scene, fact.lines)
    scene.change(_REVISE, paper=scene.subject, next_version=fact.version, count=len(fact.lines))
    scene.run(_COUNT_IN_TASKS, paper=scene.subject, count=len(fact.lines))


def _list(scene: Scene, lines: list[str]) -> None:
    for position, nomination in enumerate(lines, 1):
        scene.run(_INSERT_LINE, paper_id=scene.subject, nomination_id=nomination, position=position)


@projects(facts.DocumentProduced)
def _document_produced(scene: Scene, fact: facts.DocumentProduced) -> None:
    scene.run(
        _INSERT_DOCUMENT,
        paper_id=scene.subject,
        version=fact.version,
        sha256=fact.sha256,
        size=fact.size,
        media_type=fact.media_type,
        at=scene.at,
    )


@projects(facts.PaperNumbered)
def _paper_numbered(scene: Scene, fact: facts.PaperNumbered) -> None:
    scene.run(
        _INSERT_NUMBER,
        series=fact.series,
        number=fact.number,
        letter=fact.letter,
        day=fact.day,
        paper_id=scene.subject,
    )
    scene.change(_NUMBER, paper=scene.subject, symbol=fact.symbol, day=fact.day)


@projects(facts.SeriesDeclared)
def _series_declared(scene: Scene, fact: facts.SeriesDeclared) -> None:
    scene.run(_INSERT_SERIES, unit=fact.unit, type=fact.type)
