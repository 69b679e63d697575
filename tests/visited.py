"""A console that people reach by mailed links, served over HTTP for tests on a real store, with a real mail server."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from gateway import metrics
from gateway.config import parse
from gateway.console.desk import Desk, Health
from gateway.console.postbox import Postbox
from gateway.console.server import Pages
from gateway.rules import load
from gateway.scanner import Scanners
from gateway.smtp.next_hop import NextHop
from gateway.snapshot import Snapshot
from gateway.store import sessions
from gateway.store.installation import open_store
from tests.running import free_port
from tests.sink import Sink, wait_for

HEAD, OPERATOR, AUDITOR = "head@stats.example", "operator@it.example", "auditor@audit.example"
TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')
LINK = re.compile(rb"https?://[^\s]+/sign-in/([A-Za-z0-9_-]{43})\r\n")


class Site:
    """One served console; `section` are more lines of `[console]`, `url` the address that people are told."""

    def __init__(self, folder: Path, sink: Sink, section: str = "") -> None:
        self.port, self.sink = free_port(), sink
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = parse(_settings(folder, self.port, sink.port, section))
        store = self.settings.store
        self.database, self.keys = open_store(store.url, store.key_folder)
        self.gauges = metrics.Gauges()

    @contextmanager
    def served(self, *, again: bool = False) -> Iterator[Site]:
        """Serve until the block ends; the store is closed then, unless it is to be served again."""
        started = threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        thread.start()
        started.wait(10)
        wait_for(self._answers, 60)
        yield self
        self._loop.call_soon_threadsafe(self._serving.cancel)
        thread.join(20)
        self.stopped = not thread.is_alive()
        if not again:
            self.database.close()

    async def _serve(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        next_hop = NextHop(self.settings.next_hop, "gateway.example", 2)
        self.desk = self._desk(next_hop)
        self._serving = asyncio.create_task(Pages(self.desk).run())
        started.set()
        with suppress(asyncio.CancelledError):
            await self._serving
        await next_hop.close()

    def _desk(self, next_hop: NextHop) -> Desk:
        snapshot = Snapshot(self.database, self.keys, timedelta(minutes=10))
        scanners = Scanners("/nowhere", timedelta(seconds=10), timedelta(seconds=30))
        postbox = Postbox(self.database, self.settings, next_hop)
        wake, health = (lambda: None), self._health
        return Desk(
            self.settings, load(None), self.database, self.keys, snapshot, scanners, postbox, wake, health
        )

    def _health(self) -> Health:
        return Health(2, 1, "1 of 2 workers do not accept mail", timedelta(seconds=3), self.gauges)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def browser(self, cookies: dict[str, str] | None = None) -> httpx.Client:
        """A browser with these cookies that follows nothing by itself."""
        # Without TLS there is nothing to verify, and loading the authorities takes longer than most tests.
        return httpx.Client(base_url=self.url, cookies=cookies, timeout=20, verify=False)

    def link(self, address: str, path: str = "/", lasts: timedelta = timedelta(minutes=5)) -> str:
        """The path of a fresh link that was mailed to `address`."""
        secret = sessions.issue_link(self.database, address, path, datetime.now(UTC), lasts)
        return f"/sign-in/{secret}"

    @contextmanager
    def signed_in(self, address: str) -> Iterator[httpx.Client]:
        """A browser in which somebody has signed in by a link."""
        with self.browser() as browser:
            answer = press(browser, self.link(address))
            assert (303, "/") == (answer.status_code, answer.headers["location"])
            yield browser

    def mailed(self, address: str) -> list[str]:
        """The paths of the links in the mails that an address got, the oldest first."""
        found = [LINK.search(mail.content) for mail in self.sink.to(address)]
        return [f"/sign-in/{match[1].decode()}" for match in found if match]


def token(answer: httpx.Response) -> str:
    """What the forms of a page bring back."""
    found = TOKEN.search(answer.text)
    assert found is not None, answer.text
    return found[1]


BY_HAND = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?1"}
"""What a browser says of a button that a person pressed on our own page."""


def press(browser: httpx.Client, link: str, after: str = "") -> httpx.Response:
    """Open a link and press the button of its page."""
    return browser.post(link + after, data={"token": token(browser.get(link))}, headers=BY_HAND)


def _settings(folder: Path, port: int, next_hop: int, section: str) -> str:
    return f"""
[next_hop]
address = "127.0.0.1:{next_hop}"
tls = "none"
[store]
url = "sqlite:///{folder}/store.db"
keys = "{folder}/keys"
[alerts]
sender = "embargo-gateway@department.example"
fallback = [{json.dumps(HEAD)}]
[console]
listen = "127.0.0.1:{port}"
operators = [{json.dumps(OPERATOR)}]
auditors = [{json.dumps(AUDITOR)}]
{"" if "max_upload_bytes" in section else "max_upload_bytes = 100000"}
{section}
"""
