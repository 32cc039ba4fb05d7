"""Routes of the API for rounds, and their shapes."""

from __future__ import annotations

from typing import Any

from flask import g
from marshmallow import Schema, fields

from engine.commands import OpenRound
from engine.office.round_views import RoundRow, RoundView
from web.api.schemas import CommandBody, Started
from web.api.views import blueprint, me, token
from web.requests import engine


class NewRound(CommandBody):
    """A round of a movement; `form` holds the answers of the office's form, `hinh_thuc` and `doi_tuong` as lists."""

    movement = fields.String(required=True)
    form = fields.Dict(keys=fields.String(), required=True)


class RoundLine(Schema):
    id = fields.String()
    code = fields.String()
    title = fields.String()
    kind = fields.String()
    status = fields.String()
    movement = fields.String()
    lead = fields.String()
    deadline = fields.Date()
    awards = fields.List(fields.String())


class RoundPage(Schema):
    items = fields.List(fields.Nested(RoundLine))


class BoardLine(Schema):
    """How far one unit is: `progress` is chua_nop, dang_lap, da_nop, nop_muon or bi_tra."""

    unit = fields.String()
    title = fields.String()
    progress = fields.String()
    nominations = fields.Integer()
    collectives = fields.Integer()
    individuals = fields.Integer()
    submitted = fields.Integer()
    returned = fields.Integer()
    late = fields.Integer()
    last_submitted = fields.DateTime(allow_none=True)
    warnings = fields.List(fields.String())
    reminded = fields.Integer()
    reminded_on = fields.Date(allow_none=True)


class RoundShape(RoundLine):
    """One round; `board` holds the units the reader may see, `non_leaders` is in hundredths of a per cent."""

    kinds = fields.List(fields.String())
    guidance_number = fields.String(allow_none=True)
    guidance_on = fields.Date(allow_none=True)
    criteria = fields.Dict(keys=fields.String(), values=fields.String())
    cach_tinh_thoi_gian = fields.String()
    collectives = fields.Integer(allow_none=True)
    individuals = fields.Integer(allow_none=True)
    non_leaders = fields.Integer(allow_none=True)
    board = fields.List(fields.Nested(BoardLine))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


def line(row: RoundRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RoundLine().fields}


def shape(view: RoundView) -> dict[str, Any]:
    own = RoundShape().fields.keys() - RoundLine().fields.keys() - {"criteria"}
    return line(view.row) | {name: getattr(view, name) for name in own} | {"criteria": view.tables}


@blueprint.get("/rounds")
@token
@blueprint.response(200, RoundPage)
def rounds() -> dict[str, Any]:
    """All rounds, the latest first."""
    return {"items": [line(row) for row in engine().rounds(g.actor).rounds]}


@blueprint.post("/rounds")
@token
@blueprint.arguments(NewRound)
@blueprint.response(201, Started)
def open_round(body: dict[str, Any]) -> dict[str, Any]:
    """Open a round."""
    return engine().open_round(OpenRound(**body | {"command_id": str(body["command_id"])}, actor=me()))


@blueprint.get("/rounds/<code>")
@token
@blueprint.response(200, RoundShape)
def round(code: str) -> dict[str, Any]:
    """A round by its code, such as DX-2025-01, with the units of its board that the reader may see."""
    return shape(engine().round(g.actor, code))
