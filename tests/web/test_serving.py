"""The server between the browser and the application."""

import gc
import json
import socket
from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask

from tests.builders import Office
from tests.web.conftest import account_of
from web.requests import UPLOAD_BODY_LIMIT
from web.serving import listen, server_of, settle

MEGABYTE = b"x" * 1024**2


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    bound = listen("127.0.0.1", 0)
    server = server_of(app, bound)
    thread = Thread(target=server.run)
    thread.start()
    yield bound.getsockname()[1]
    server.trigger.pull_trigger(server.close)  # in its own thread, whose loop waits for what is closed
    thread.join()


def post(port: int, path: str, size: int, more: str = "") -> tuple[str, str]:
    """Send a body to its end and return head and body of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        head = f"POST {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {size}\r\n{more}"
        line.sendall(head.encode() + b"Content-Type: multipart/form-data; boundary=b\r\n\r\n")
        while size:
            size -= line.send(MEGABYTE[: min(size, len(MEGABYTE))])
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    return tuple(answer.split("\r\n\r\n", 1))  # type: ignore[return-value]


def test_a_program_that_sends_too_much_is_answered_in_the_shape_of_the_api(port: int, office: Office) -> None:
    token = office.engine.issue_token(account_of(office, office.officer))
    size = UPLOAD_BODY_LIMIT + 10 * len(MEGABYTE)
    head, body = post(port, "/api/v1/files", size, f"Authorization: Bearer {token}\r\n")
    assert " 413 " in head.splitlines()[0]
    said = json.loads(body)
    assert (said["code"], said["fields"]) == ("too_large", {})
    assert "Mỗi tệp không quá 20 MB" in said["message"]


def test_a_browser_that_sends_too_much_reads_a_page_in_vietnamese(port: int) -> None:
    head, body = post(port, "/login", UPLOAD_BODY_LIMIT + 1)
    assert " 413 " in head.splitlines()[0]
    assert "Mỗi tệp không quá 20 MB" in body


def test_what_the_start_has_made_is_not_looked_through_again() -> None:
    try:
        settle()
        assert gc.get_freeze_count() > 0
        assert len(gc.get_objects()) < gc.get_freeze_count()
    finally:
        gc.unfreeze()
