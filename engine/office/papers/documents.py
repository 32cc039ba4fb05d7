"""The file of a paper: written after the commit that sent it to signature, kept once, never written again.

A paper at signature whose present version has no file yet is what is due. Writing it takes three steps, so that nothing
is rendered inside a transaction (decision 18): read the text, let the Renderer write it, keep the bytes. Names come
from form data while it is rendered; the journal gets the hash alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from engine.commands import SYSTEM, ProduceDocument
from engine.errors import NotAllowed, PaperNotInDrafting
from engine.facts import DocumentProduced
from engine.office.act import Act, Sight
from engine.office.citations import citation
from engine.office.papers import kinds, reading
from engine.office.papers.kinds import PaperKind
from engine.ports import PaperName, PaperText
from engine.process.release import Release
from engine.store import tables

Answer = dict[str, Any]
PAPER = tables.paper.c
DOCUMENT = tables.paper_document.c
AWARDED, REASON = "DUOC_KHEN", "ly_do"

# Grounds every paper of a regime rests on, before those of its kind (ids of seeds/citations.toml).
GROUNDS = {"R1": ("nd91",), "R2": ("luat-tdkt", "nd98"), "R3": ("luat-tdkt", "nd152")}


def due(sight: Sight) -> list[str]:
    """Return the codes of the papers that wait for their file."""
    written = select(DOCUMENT.paper_id).where(DOCUMENT.paper_id == PAPER.id, DOCUMENT.version == PAPER.version)
    query = select(PAPER.code).where(PAPER.reached == kinds.AT_SIGNATURE, PAPER.ended_at.is_(None), ~written.exists())
    return list(sight.tx.execute(query.order_by(PAPER.opened_at)).scalars())


def text_of(sight: Sight, paper: Row[Any]) -> PaperText:
    """Return what a paper says now; "" stands where personal data was erased."""
    release = sight.releases.get(sight.tx, paper.release)
    kind = kinds.kind_of(release, paper.kind)
    units = _titles(sight)
    superior = sight.superior(paper.unit)
    return PaperText(
        kind=kind.id,
        title=kind.title,
        type=kind.type,
        code=paper.code,
        version=paper.version,
        unit=units.get(paper.unit, paper.unit),
        superior=units.get(superior or ""),
        receiver=units.get(paper.receiving_unit or ""),
        signer=kind.roles.get("signer", ""),
        award=paper.award,
        grounds=tuple(_grounds((*GROUNDS.get(paper.regime, ()), *kind.grounds))),
        fields=_drafted(sight, paper, release),
        names=tuple(_name(sight, row, units, kind) for row in _nominations(sight, paper.id)),
    )


def _grounds(ids: tuple[str, ...]) -> list[str]:
    found = (citation(id) for id in ids)
    return [ground.title for ground in found if ground]


def _titles(sight: Sight) -> dict[str, str]:
    u = tables.unit.c
    return {row.id: row.title for row in sight.tx.execute(select(u.id, u.title))}


def _drafted(sight: Sight, paper: Row[Any], release: Release) -> dict[str, Any]:
    """Return the form of the drafting step as it was last filed."""
    drafting = {node.form for node in release.process(paper.process).nodes.values() if node.status == kinds.DRAFTING}
    filed: Mapping[str, Any] = {}
    for entry in sight.tx.entries(f"paper:{paper.id}"):
        for fact in entry.body["facts"]:
            if fact["fact"] == "FormFiled" and fact["form"] in drafting:
                filed = fact
    return dict(sight.tx.form_data(filed["form_data"]) or {}) if filed else {}


def _nominations(sight: Sight, paper: str) -> list[Row[Any]]:
    line, n = tables.paper_line.c, tables.nomination
    joined = n.join(tables.paper_line, n.c.id == line.nomination_id)
    query = select(n).select_from(joined).where(line.paper_id == paper).order_by(line.position)
    return list(sight.tx.execute(query))


def _name(sight: Sight, row: Row[Any], units: Mapping[str, str], kind: PaperKind) -> PaperName:
    form = sight.tx.form_data(row.form_data) or {}
    return PaperName(
        name=row.nominee,
        kind=row.kind,
        award=row.award,
        position=str(form.get("chuc_vu") or ""),
        workplace=str(form.get("don_vi_cong_tac") or ""),
        unit=units.get(row.unit, row.unit),
        note=_reason(sight, row) if kind.results else _note(sight, row.id, kind.note) if kind.note else "",
        result=row.status if kind.results else "",
    )


def _reason(sight: Sight, row: Row[Any]) -> str:
    """Return why a nomination was refused, if whoever judged it last wrote a reason."""
    if row.status == AWARDED:
        return ""
    for entry in reversed(list(sight.tx.entries(f"nomination:{row.id}"))):
        for fact in entry.body["facts"]:
            if fact["fact"] == "FormFiled":
                return str((sight.tx.form_data(fact["form_data"]) or {}).get(REASON) or "")
    return ""


def _note(sight: Sight, nomination: str, field: str) -> str:
    """Return what was last written of a nomination in a field, as what it lacks."""
    for entry in reversed(list(sight.tx.entries(f"nomination:{nomination}"))):
        for fact in entry.body["facts"]:
            if fact["fact"] == "FormFiled" and (said := (sight.tx.form_data(fact["form_data"]) or {}).get(field)):
                return str(said)
    return ""


def check_may_produce(sight: Sight, paper: Row[Any]) -> None:
    """Refuse whoever only reads the paper with NotAllowed."""
    if sight.person != SYSTEM and not reading.acts_on(sight, paper):
        raise NotAllowed(action="produce")


def keep(act: Act, command: ProduceDocument, version: int, content: bytes, media_type: str) -> Answer:
    """Keep the file of a version; one that has its file keeps that one.

    Raises:
        PaperNotInDrafting: it is no longer at signature, or in another version, for which this file says nothing.
    """
    paper, _ = reading.lock(act, command.paper)
    check_may_produce(act, paper)
    if (paper.reached, paper.version) != (kinds.AT_SIGNATURE, version) or paper.ended_at:
        raise PaperNotInDrafting(paper=paper.code, status=paper.status)
    query = select(DOCUMENT.sha256).where(DOCUMENT.paper_id == paper.id, DOCUMENT.version == version)
    sha256 = act.tx.execute(query).scalar()
    if sha256 is None:
        sha256 = act.tx.put_blob(content)
        produced = DocumentProduced(version=version, sha256=sha256, size=len(content), media_type=media_type)
        act.append(f"paper:{paper.id}", [produced])
    return {"paper": paper.code, "version": version, "sha256": sha256}
