"""Behind proxies each client is known by its own address, and none can say that it is another one."""

import pytest
from flask import Flask

from engine.errors import CannotOpen
from engine.office.accounts import FREE_TRIES
from tests.builders import Office
from tests.web.conftest import Visitor
from web import serving
from web.app import create_app


@pytest.fixture
def app(office: Office) -> Flask:
    """An application of this test's own: what stands before it is changed."""
    return create_app(office.engine, "secret", loopback_demo=True)


def try_to_log_in(visitor: Visitor, number: int, forwarded: str) -> int:
    form = {"username": f"nobody{number}", "password": "sai mật khẩu"}
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "http", "X-Forwarded-Host": "localhost"}
    return visitor.post("/login", form, headers=headers).status_code


def test_clients_behind_one_proxy_do_not_share_the_limit_of_log_ins(app: Flask) -> None:
    visitor = Visitor(serving.trusting(app, 1))
    tries = [try_to_log_in(visitor, number, "203.0.113.7") for number in range(FREE_TRIES["address"] + 1)]
    assert tries[-1] == 429 and set(tries[:-1]) == {401}
    assert try_to_log_in(visitor, 99, "203.0.113.8") == 401


def test_a_client_that_makes_up_addresses_is_still_one(app: Flask) -> None:
    visitor = Visitor(serving.trusting(app, 1))
    tries = [try_to_log_in(visitor, n, f"198.51.100.{n}, 203.0.113.7") for n in range(FREE_TRIES["address"] + 1)]
    assert tries[-1] == 429


def test_behind_two_proxies_the_one_before_the_last_counts(app: Flask) -> None:
    visitor = Visitor(serving.trusting(app, 2))
    for number in range(FREE_TRIES["address"]):
        try_to_log_in(visitor, number, "203.0.113.7, 10.0.0.1")
    assert try_to_log_in(visitor, 98, "203.0.113.8, 10.0.0.1") == 401
    assert try_to_log_in(visitor, 99, "203.0.113.7, 10.0.0.1") == 429


@pytest.mark.parametrize(("said", "count"), [(None, 1), ("0", 0), ("3", 3)])
def test_the_number_of_proxies_is_a_setting(monkeypatch: pytest.MonkeyPatch, said: str | None, count: int) -> None:
    monkeypatch.delenv(serving.PROXIES, raising=False)
    if said is not None:
        monkeypatch.setenv(serving.PROXIES, said)
    assert serving.proxies() == count


@pytest.mark.parametrize("said", ["", "-1", "many", "10"])
def test_another_value_stops_the_start(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(serving.PROXIES, said)
    with pytest.raises(CannotOpen):
        serving.proxies()
