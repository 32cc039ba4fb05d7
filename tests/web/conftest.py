"""An office behind the application, and visitors who are logged in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine.commands import SYSTEM, OpenAccount
from engine.office import accounts
from engine.office.service import Engine
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import PASSWORD, Office, new_id
from web import texts
from web.app import create_app

COOKIE = "khenthuong"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    """Take back the language that a command line of the test spoke: it is that of the whole process."""
    yield
    texts.speak(texts.LANGUAGES[0])


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """Two communes and their people, on SQLite: what differs between databases is tested in tests/engine."""
    database = Database(sqlite_url)
    yield Office(database)
    database.close()


@pytest.fixture(scope="session")
def pages() -> Flask:
    """The application, made once: its routes and templates take longer to make than most tests last."""
    return create_app(cast("Engine", None), "secret of the tests", loopback_demo=True)


@pytest.fixture
def app(pages: Flask, office: Office) -> Flask:
    """The application over the office of this test; a test that changes it makes one of its own."""
    pages.extensions["engine"] = office.engine
    return pages


class Visitor:
    """A browser without scripts: keeps cookies and sends the hidden fields of the last page."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = ""

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.keep(self.client.get(address, **more))

    def keep(self, answer: TestResponse) -> TestResponse:
        answer.get_data()
        answer.close()
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            self.page = answer.get_data(as_text=True)
        return answer

    def csrf(self) -> str:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.page)
        if found is None:
            return self.get("/login") and self.csrf()
        return found[1]

    def post(self, address: str, form: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form; the hidden fields are those any page of ours would have sent."""
        hidden = {"csrf_token": self.csrf(), "command_id": new_id()}
        return self.keep(self.client.post(address, data=hidden | (form or {}), **more))


def open_session(office: Office, person: Actor) -> str:
    """Return the token of a new session; whoever has no account yet gets one."""
    account_of(office, person)
    with office.engine.database.write() as tx:
        return accounts.open_session(tx.connection, person.person.id, office.clock.now())


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who is not logged in."""
    return Visitor(app)


@pytest.fixture
def visit(app: Flask, office: Office) -> Callable[[Actor], Visitor]:
    """Log a person of the office in, whose account is opened for it."""

    def enter(person: Actor) -> Visitor:
        visitor = Visitor(app)
        visitor.client.set_cookie(COOKIE, open_session(office, person))
        visitor.get("/account")
        return visitor

    return enter


def account_of(office: Office, person: Actor) -> str:
    """Return the user name of a person's account, opened if there is none yet."""
    with office.engine.database.read() as reader:
        found = accounts.account_of(reader.connection, person.person.id)
    if found:
        return found.username
    name = f"user.{person.person.id[:8]}"
    office.engine.open_account(
        OpenAccount(command_id=new_id(), actor=SYSTEM, person=person.person.id, username=name, password=PASSWORD)
    )
    return name


class Program:
    """A program that uses the API with a token."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.client.post(f"/api/v1{path}", headers=self.headers, json=json, **more)


@pytest.fixture
def program(app: Flask, office: Office) -> Callable[[Actor], Program]:
    """Give a program the token of a person."""

    def with_token(person: Actor) -> Program:
        return Program(app, office.engine.issue_token(account_of(office, person)))

    return with_token
