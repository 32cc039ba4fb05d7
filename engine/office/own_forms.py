"""Forms of the office itself: a movement and a round.

They are no part of a release. A round is not on any process: it must be possible to open one whatever release is in
force, and what a round holds is not drawn by whoever draws a path. So their definitions ship beside the register of
units and of grounds (workflows/seeds/forms), and what there is to choose from comes from the office of that day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from engine.office.citations import citations
from engine.office.directory import RoleBook, Unit
from engine.office.seeds import SEEDS
from engine.process.decisions import Decision, Table

Choices = Iterable[tuple[str, str]]
LEADS = "CA_TH"  # the role of whoever consolidates
TIERS = ("tinh", "huyen", "xa", "ca_nhan")


@cache
def _file(name: str) -> str:
    return (SEEDS / "forms" / f"{name}.json").read_text(encoding="utf-8")


def _filled(name: str, choices: Mapping[str, Choices]) -> dict[str, Any]:
    """Return a definition with what there is to choose from; a question without a choice is left out."""
    form: dict[str, Any] = json.loads(_file(name))
    for field in form["fields"]:
        if field["name"] in choices:
            field["choices"] = [{"value": value, "label": label} for value, label in choices[field["name"]]]
    form["fields"] = [each for each in form["fields"] if each.get("required") or _can_be_answered(each)]
    return form


def _can_be_answered(field: Mapping[str, Any]) -> bool:
    return "choices" not in field or len(field["choices"]) > 1


def movement_form() -> dict[str, Any]:
    """Return the form of a movement: its ground is one of the register."""
    return _filled("movement", {"can_cu": ((ground.id, ground.title) for ground in citations().values())})


def round_form(units: Iterable[Unit], book: RoleBook, decisions: Mapping[str, Decision]) -> dict[str, Any]:
    """Return the form of a round.

    Args:
        units: those of the day; the ones where somebody may consolidate can lead.
        decisions: of the release in force; those that judge criteria can be chosen for a tier.
    """
    leading = [(unit.id, unit.title) for unit in units if book.roles[LEADS].open_to(unit)]
    tables = [(each.id, each.name) for each in decisions.values() if _judges_criteria(each)]
    return _filled("round", {"co_quan_chu_tri": leading} | {f"tieu_chi_{tier}": tables for tier in TIERS})


def _judges_criteria(decision: Decision) -> bool:
    table = decision.logic
    return isinstance(table, Table) and {"ma", "ket_qua"} <= {output.name for output in table.outputs}
