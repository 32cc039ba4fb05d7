"""Hồ sơ đề nghị: one dossier, folded open to its nominations."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from web.requests import engine
from web.rules import rule

blueprint = Blueprint("dossiers", __name__)


@blueprint.get("/dossiers/<uuid:dossier_id>")
@rule("member")
def page(dossier_id: object) -> ResponseReturnValue:
    return render_template("dossier.html", dossier=engine().dossier(g.actor, str(dossier_id)))
