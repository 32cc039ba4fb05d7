"""The JSON API under /api/v1: tasks, nominations, dossiers, papers and files, for programs with a bearer token.

Paths, parameters and shapes are those of the contract; they change only with a line in CHANGELOG.md. The OpenAPI
description is made from the same schemas that check the requests.
"""

from __future__ import annotations

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from flask_wtf.csrf import CSRFProtect

from web.api import dossiers, papers, rounds, views
from web.rules import rule

PREFIX = "/api/v1"


class OfficeApi(Api):  # type: ignore[misc]
    """flask-smorest without its own error handler: `web.errors` answers for pages and programs alike."""

    def _register_error_handlers(self) -> None:
        pass


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Register the API; a bearer token cannot be sent by a foreign page, so its routes need no CSRF token."""
    app.config.update(API_TITLE="khenthuong", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    api = OfficeApi(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"token": []}]
    for blueprint in {
        place.blueprint for place in (views, rounds, papers, dossiers)
    }:  # one, to which each adds its routes
        api.register_blueprint(blueprint)
    csrf.exempt(views.blueprint)

    description = Blueprint("openapi", __name__)

    @description.get(f"{PREFIX}/openapi.json")
    @rule("public")
    def openapi() -> ResponseReturnValue:
        described: dict[str, object] = api.spec.to_dict()
        return described

    app.register_blueprint(description)
