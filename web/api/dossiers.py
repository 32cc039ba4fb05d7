"""Dossiers over the API: reading one with its receipts and its clock, receiving it, asking for supplements."""

from __future__ import annotations

from typing import Any

from flask import g
from marshmallow import Schema, fields

from engine.commands import ReceiveDossier, RequestSupplement
from engine.office.dossier_views import ClockView, DossierPage
from web.api import schemas
from web.api.views import blueprint, me, token
from web.requests import engine


class ReceiptShape(Schema):
    code = fields.String()
    received_on = fields.Date()
    regime = fields.String()
    nominations = fields.List(fields.String())


class ClockShape(Schema):
    """The statutory limit. `days_left` are working days; they stand still while it is paused or stopped."""

    state = fields.String()
    days = fields.Integer()
    started_on = fields.Date()
    due_on = fields.Date(allow_none=True)
    days_left = fields.Integer()
    legal_basis = fields.String()
    unverified = fields.Boolean()


class RequestShape(Schema):
    code = fields.String()
    status = fields.String()
    number = fields.String(allow_none=True)


class DossierWhole(schemas.DossierShape):
    receipts = fields.List(fields.Nested(ReceiptShape))
    clock = fields.Nested(ClockShape, allow_none=True)
    requests = fields.List(fields.Nested(RequestShape))


class Receipt(schemas.CommandBody):
    """`rows`: what differs from `form` for one nomination, by its code."""

    form = fields.Dict(keys=fields.String(), required=True)
    rows = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String()), load_default=dict)


class ReceiptAnswer(Schema):
    dossier = fields.String()
    receipts = fields.List(fields.String())
    received = fields.List(fields.String())
    returned = fields.List(fields.String())


def whole(page: DossierPage) -> dict[str, Any]:
    receipts = [{name: getattr(row, name) for name in ReceiptShape().fields} for row in page.receipts]
    requests = [{name: getattr(row, name) for name in RequestShape().fields} for row in page.requests]
    clock = _clock(page.clock) if page.clock else None
    return schemas.dossier(page.dossier) | {"receipts": receipts, "clock": clock, "requests": requests}


def _clock(clock: ClockView) -> dict[str, Any]:
    plain = {name: getattr(clock, name) for name in ClockShape().fields if name != "due_on"}
    return plain | {"due_on": clock.due.due_on if clock.due else None}


@blueprint.get("/dossiers/<code>")
@token
@blueprint.response(200, DossierWhole)
def dossier(code: str) -> dict[str, Any]:
    """A dossier by its code, with its nominations, receipts, statutory clock and requests for supplements."""
    return whole(engine().dossier_page(g.actor, code))


@blueprint.post("/dossiers/<code>/receive")
@token
@blueprint.arguments(Receipt)
@blueprint.response(200, ReceiptAnswer)
def receive(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Receive all nominations of a dossier that have arrived at the desk, in one act."""
    command = ReceiveDossier(
        command_id=str(body["command_id"]), actor=me(), dossier=code, form=body["form"], rows=body["rows"]
    )
    return engine().receive_dossier(command)


@blueprint.post("/dossiers/<code>/supplement")
@token
@blueprint.arguments(schemas.CommandBody)
@blueprint.response(201, schemas.Started)
def supplement(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Draft the one request for supplements of a dossier, over all of its nominations that wait for it."""
    return engine().request_supplement(RequestSupplement(command_id=str(body["command_id"]), actor=me(), dossier=code))
