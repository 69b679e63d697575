"""The console's server inside the office: faults of its own stay its own, and it ends when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

import httpx
import pytest

from gateway.console import app, server
from gateway.console.app import HEADERS
from gateway.console.server import Pages
from gateway.sockets import bind
from tests.certificates import Authority
from tests.filed import LEAD, register_publication
from tests.pace import slowness
from tests.sink import Sink, wait_for
from tests.visited import Site, token


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    """A mail server for every console here."""
    running = Sink()
    yield running
    running.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[Site]:
    """One store and address for all tests here; each serves it for itself."""
    made = Site(tmp_path_factory.mktemp("console"), sink, "max_upload_bytes = 8000000")
    register_publication(made.database, made.keys)
    yield made
    made.database.close()


def test_a_taken_port_is_tried_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console that cannot listen does not end the office: it serves as soon as it can."""
    monkeypatch.setattr(server, "_AGAIN", 0.05)
    with bind(f"127.0.0.1:{site.port}"):
        # What listens now is not the console, so that `served` only sees that somebody does.
        running = site.served(again=True)
        running.__enter__()
    with site.browser() as browser:
        assert wait_for(lambda: _status(browser) == 200, 60)
    running.__exit__(None, None, None)
    assert site.stopped


def _status(browser: httpx.Client) -> int:
    try:
        return browser.get("/sign-in").status_code
    except httpx.HTTPError:
        return 0


def test_a_server_that_breaks_is_started_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the server itself is logged, and the next one serves."""
    monkeypatch.setattr(server, "_AGAIN", 0.05)
    tries: list[int] = []

    def application(*arguments: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError("canary")
        return real(*arguments)

    real = app.application
    monkeypatch.setattr(server, "application", application)
    with site.served(again=True), site.browser() as browser:
        assert wait_for(lambda: _status(browser) == 200, 60)
    assert 3 == len(tries)


def test_it_ends_when_told(site: Site) -> None:
    """Told to end, it ends within seconds, though a browser keeps its connection and another sent half a request."""
    with site.served(again=True), site.browser() as browser:
        assert 200 == browser.get("/sign-in").status_code
        half = socket.create_connection(("127.0.0.1", site.port))
        half.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        began = time.monotonic()
    assert site.stopped
    assert time.monotonic() - began < 8 * slowness()
    half.close()


def test_signals_stay_the_offices(site: Site) -> None:
    """The server leaves SIGTERM and SIGINT to the office, while it runs and afterwards."""
    with site.served(again=True):
        desk = site.desk

    async def run() -> list[object]:
        pages = asyncio.create_task(Pages(desk).run())
        await asyncio.sleep(0.3)
        during: list[object] = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
        pages.cancel()
        await asyncio.wait([pages])
        return during

    assert threading.current_thread() is threading.main_thread()
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with asyncio.Runner() as runner:
        during = runner.run(run())
    assert before[0] == during[0] == signal.getsignal(signal.SIGTERM)
    assert "uvicorn" not in repr(during)


def test_who_says_nothing_is_sent_away(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection on which no whole request comes is closed; one that is used stays."""
    monkeypatch.setattr(server, "_SILENCE", 0.3)
    with site.served(again=True), site.browser() as browser:
        silent = socket.create_connection(("127.0.0.1", site.port), 10)
        slow = socket.create_connection(("127.0.0.1", site.port), 10)
        slow.sendall(b"GET /sign-in HTTP/1.1\r\n")
        for _ in range(8):
            assert 200 == browser.get("/sign-in").status_code
            time.sleep(0.1)
        assert (b"", b"") == (silent.recv(1), slow.recv(1))
        silent.close()
        slow.close()


@pytest.mark.parametrize("says", [b"", b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na"])
def test_a_crowd_of_connections_keeps_nobody_out(
    site: Site, monkeypatch: pytest.MonkeyPatch, says: bytes
) -> None:
    """One client that holds all the connections there may be, silent or with half a form, loses its oldest."""
    monkeypatch.setattr(server, "_MOST", 5)
    with site.served(again=True), contextlib.ExitStack() as crowd:
        held = [socket.create_connection(("127.0.0.1", site.port), 10) for _ in range(12)]
        for one in held:
            crowd.enter_context(one)
            with contextlib.suppress(OSError):
                one.sendall(says)
        with site.browser() as browser:
            assert 200 == browser.get("/sign-in").status_code
        with contextlib.suppress(ConnectionError):
            assert b"" == held[0].recv(1)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_https_of_its_own(tmp_path: Path, sink: Sink) -> None:
    """With a certificate it speaks TLS 1.2 or later itself, and browsers are told to stay with https."""
    authority = Authority(tmp_path)
    pair = authority.certificate("console.stats.example")
    section = f'tls_certificate = "{pair}"\ntls_key = "{pair}"'
    with Site(tmp_path, sink, section).served() as site:
        context = ssl.create_default_context(cafile=str(authority.path))
        context.check_hostname = False
        with httpx.Client(base_url=site.url.replace("http:", "https:"), verify=context) as browser:
            answer = browser.get("/sign-in")
        assert (200, "max-age=31536000") == (answer.status_code, answer.headers["strict-transport-security"])
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{site.url}/sign-in")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with (
            pytest.raises((ssl.SSLError, OSError)),
            socket.create_connection(("127.0.0.1", site.port)) as plain,
        ):
            old.wrap_socket(plain)


def test_uploads_touch_no_disk(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is uploaded is never spooled to a temporary file."""

    def spooled(*_arguments: Any) -> None:
        raise AssertionError("an upload went to disk")

    monkeypatch.setattr(SpooledTemporaryFile, "rollover", spooled)
    with site.served(again=True), site.signed_in(LEAD) as browser:
        data = {"token": token(browser.get("/"))}
        big = {"file": ("a.bin", b"x" * 4_000_000)}
        assert "You are signed out" in browser.post("/sign-out", data=data, files=big).text


def test_broken_http_is_refused(site: Site) -> None:
    """What is no HTTP is 400 and ends the connection; an endless header does too."""
    with site.served(again=True):
        for noise in (b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", site.port), 10) as line:
                line.sendall(noise)
                assert line.recv(12).startswith(b"HTTP/1.1 400")


def test_the_headers_are_fixed() -> None:
    """No header allows a script, a frame, or anything from elsewhere."""
    policy = HEADERS["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "*" not in policy
