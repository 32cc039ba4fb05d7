"""Clients that begin a request and never end it do not keep others waiting."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.e2e.house import House, Server

CLIENTS = 200
PATIENCE = 30  # seconds: far more than an answer takes, far less than a half-sent request may stay open
BEGUN = b"POST /api/v1/nominations HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n"


def half_open(server: Server, text: bytes, held: ExitStack) -> None:
    place = urlsplit(server.address)
    assert place.hostname and place.port
    for _ in range(CLIENTS):
        connection = held.enter_context(socket.create_connection((place.hostname, place.port)))
        connection.sendall(text)


def assert_answers(house: House, text: bytes) -> None:
    with house.serving() as server, ExitStack() as held:
        half_open(server, text, held)
        for _ in range(5):
            with urlopen(f"{server.address}/live", timeout=PATIENCE) as answer:
                assert answer.status == 200


@pytest.mark.parametrize("text", [BEGUN, BEGUN + b"\r\n{"], ids=["in the head", "in the body"])
def test_half_sent_requests_stop_nobody_on_sqlite(
    home: tuple[House, dict[str, str]], text: bytes, seen: Callable[..., None]
) -> None:
    assert_answers(home[0], text)
    seen(clients=CLIENTS)
