"""`khenthuong serve`: on SQLite one process of waitress, on PostgreSQL processes of gunicorn with threads."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from threading import Event, Thread
from typing import Any, NoReturn

import click
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.errors import CannotOpen
from engine.office.jobs import Jobs, refuse_rollback
from engine.office.service import Engine
from engine.store.lock import ServeLock
from engine.store.opening import refuse_damaged
from web import texts
from web.errors import READ_AT_MOST
from web.office import Place, application, is_demo, open_engine
from web.post import post_of
from web.requests import UPLOAD_BODY_LIMIT
from web.texts import _

THREADS = 8
BACKLOG = 1024
CLIENTS = 800  # connections at once; of waitress's own 100, as many that never end a request stop everybody
JOBS_EVERY = 2.0  # seconds
REFUSED = 1
PROXIES = "KHENTHUONG_PROXIES"


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the address; OSError if it is taken."""
    [family, kind, protocol, _name, address] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)  # at once: whoever reads the address may ask before the server is up
    except OSError:
        bound.close()
        raise
    return bound


def serve(place: Place, host: str, port: int, say: Callable[[str], Any]) -> int:
    """Serve until stopped; return the exit code.

    Raises:
        CannotOpen: the database cannot be used or is damaged, it holds less than the heads beside it were signed over,
            another `serve` holds it, or a demo would be reachable from outside.
    """
    with ExitStack() as held:
        engine = open_engine(place)
        held.callback(engine.database.close)
        if place.on_sqlite:
            held.enter_context(ServeLock(place.data))
            refuse_damaged(engine.database)
            held.enter_context(working(engine, place))
        else:
            refuse_rollback(engine.database, place.data)
        app = application(place, engine, loopback=is_loopback(host))
        demo = is_demo(engine)
        try:
            bound = listen(host, port)
        except OSError:
            click.echo(_("Cổng %(port)s đang được dùng; chọn cổng khác bằng --port.", port=port), err=True)
            return REFUSED
        held.callback(bound.close)
        signal.signal(signal.SIGTERM, stop)
        say(_("Địa chỉ: %(address)s", address=f"http://{host}:{bound.getsockname()[1]}"))
        for line in demo_accounts(place):
            say(line)
        sys.stdout.flush()
        if place.on_sqlite:
            settle()
            server_of(app, bound, **behind_proxy(host, demo=demo)).run()
        else:
            engine.database.close()  # each process opens its own
            many_processes(place, bound, host, proxied=is_loopback(host) and not demo)
    return 0


def settle() -> None:
    """Leave what the start has made out of every later collection: to look through it stops all requests for 0.1 s."""
    gc.collect()
    gc.freeze()


def many_processes(place: Place, bound: socket.socket, host: str, *, proxied: bool) -> None:
    """Run gunicorn until stopped: threads in several processes, so that neither a slow client nor one core stops it."""
    from gunicorn.app.base import BaseApplication

    class Gunicorn(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            settings = {
                "bind": f"fd://{bound.fileno()}",
                "worker_class": "gthread",
                "workers": max(2, os.cpu_count() or 1),
                "threads": THREADS,
                "timeout": 120,
                "loglevel": "warning",
                "control_socket_disable": True,
            }
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            app = application(place, engine_with_bell(place), loopback=is_loopback(host))
            settle()
            return trusting(app, proxies()) if proxied else app

    Gunicorn().run()


def engine_with_bell(place: Place) -> Engine:
    """Return the engine of a process that does no jobs itself: it asks the workers where something must be at once."""
    from engine.store.queue import Bell

    engine = open_engine(place)
    engine.decided = Bell(str(place.url))
    return engine


class WholeBody(HTTPRequestParser):  # type: ignore[misc]
    """Reads a body that is too large to its end and keeps nothing of it.

    waitress would answer at once in English and cut the connection, of which a program sees no answer at all. So the
    application refuses the request instead, in the words of the office, by the length that stands in its head.
    """

    left = 0

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.adj.max_request_body_size <= self.content_length < READ_AT_MOST:
            self.left, self.content_length = self.content_length, 0

    def received(self, data: bytes) -> int:
        if not self.left:
            return int(super().received(data))
        taken = min(self.left, len(data))
        self.left -= taken
        self.completed = not self.left
        return taken


class Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = WholeBody


def server_of(app: Flask, bound: socket.socket, **more: Any) -> Any:
    """Return waitress over an application, on a socket that is bound already."""
    limit = UPLOAD_BODY_LIMIT + 1
    server = create_server(
        app,
        sockets=[bound],
        threads=THREADS,
        ident="",
        channel_timeout=60,
        connection_limit=CLIENTS,
        asyncore_use_poll=True,
        max_request_body_size=limit,
        **more,
    )
    server.channel_class = Channel
    return server


@contextmanager
def working(engine: Engine, place: Place) -> Iterator[None]:
    """Do the jobs of the office in a thread of this process until the server stops."""
    jobs, stopped = Jobs(engine, place.data, post_of(place.data)), Event()
    jobs.refuse_misfit()

    def work() -> None:
        done = 0
        while not stopped.is_set():
            # As long as there is something to do the next round follows at once.
            urgent = engine.decided.wait(0 if done else JOBS_EVERY)
            engine.decided.clear()
            try:
                done = jobs.run_all(urgent=urgent)
            except CannotOpen as problem:
                # The disk may be full or the database busy: what was due stays due.
                click.echo(texts.sentence(problem), err=True)
                done = 0

    thread = Thread(target=work, name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        engine.decided.set()
        thread.join()


def behind_proxy(host: str, *, demo: bool) -> dict[str, Any]:
    """A server bound to the loopback address stands behind a proxy that says who is asking; a demo has none."""
    if demo or not is_loopback(host):
        return {}
    count = proxies()
    if not count:
        return {}
    headers = "x-forwarded-for x-forwarded-proto x-forwarded-host"
    trusted = {"trusted_proxy": "127.0.0.1", "trusted_proxy_count": count, "trusted_proxy_headers": headers}
    return trusted | {"clear_untrusted_proxy_headers": True}


def proxies() -> int:
    """Return how many proxies stand before the server, one after another: KHENTHUONG_PROXIES, 1 where it is not set.

    Raises:
        CannotOpen: why is proxies: it is no number of 0 to 9.
    """
    wanted = os.environ.get(PROXIES, "1")
    if not re.fullmatch("[0-9]", wanted):
        raise CannotOpen(why="proxies")
    return int(wanted)


def trusting(app: Flask, count: int) -> Flask:
    """Let an application take from `count` proxies who is asking; what a client says itself stands before theirs."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def stop(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def demo_accounts(place: Place) -> list[str]:
    """Return the lines that name the accounts of the demo, none where there is no demo."""
    file = place.data / "demo-accounts.json"
    if not file.is_file():
        return []
    listed = json.loads(file.read_text("utf-8"))
    lines = [f"  {each['username']:<18} {each['password']:<24} {each['role']:<11} {each['unit']}" for each in listed]
    return [_("Tài khoản trình diễn (tên đăng nhập, mật khẩu, vai trò, đơn vị):"), *lines]
