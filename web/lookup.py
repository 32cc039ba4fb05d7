"""Hồ sơ and Tra cứu: the lists of dossiers and of nominations."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from web import lists
from web.requests import engine
from web.rules import rule

blueprint = Blueprint("lookup", __name__)


@blueprint.get("/nominations")
@rule("reader")
def nominations() -> ResponseReturnValue:
    return lists.page("nominations.html", engine().nominations, "status")


@blueprint.get("/dossiers")
@rule("reader")
def dossiers() -> ResponseReturnValue:
    return lists.page("dossiers.html", engine().dossiers, "dossier_status")
