"""What the criteria table said of a nomination, criterion by criterion, as its journal recorded it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.office.views import CriterionView, FieldView
from engine.process.definition import ProcessDefinition

Form = Callable[[str | None], Mapping[str, Any] | None]


def judged(bodies: Iterable[dict[str, Any]], definition: ProcessDefinition, form: Form) -> tuple[CriterionView, ...]:
    """Return the last judgement of a criteria table, row by row; other tables, as the routing, are none.

    Args:
        bodies: of the journal entries of the nomination, oldest first.
        form: gives the definition of a form by its key.
    """
    made = [f for body in bodies for f in body["facts"] if f["fact"] == "DecisionMade" and _rows(f)]
    if not made:
        return ()
    declared, asked = made[-1]["inputs"], _asked(made[-1]["element"], definition, form)
    return tuple(
        CriterionView(
            code=row["ma"],
            title=row.get("noi_dung", row["ma"]),
            result=row["ket_qua"],
            declared={name: declared[name] for name in row.get("inputs", ()) if name in declared},
            rule=str(row.get("rule", "")),
            ground=row.get("can_cu", ""),
            fields=tuple(
                FieldView(name, asked[name]["label"], declared[name], asked[name])
                for name in row.get("inputs", ())
                if name in declared and name in asked
            ),
        )
        for row in _rows(made[-1])
    )


def _rows(fact: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in fact["rows"] if "ma" in row and "ket_qua" in row]


def _asked(element: str, definition: ProcessDefinition, form: Form) -> dict[str, Mapping[str, Any]]:
    """Return, for each input of a criteria table, the field in which the unit declared it.

    What the start form says of the nominee only tells which criteria apply; it declares nothing.
    """
    asked: dict[str, Mapping[str, Any]] = {}
    for name, source in definition.rules[element].sources.items():
        step, _, field = source.names[-1].rpartition(".")
        node = definition.nodes.get(step)
        if node is None or node.kind == "startEvent":
            continue
        fields = {f["name"]: f for f in (form(node.form) or {}).get("fields", ())}
        if field in fields:
            asked[name] = fields[field]
    return asked
