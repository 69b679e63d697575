"""A console served over HTTP for a test, on a real store with a real scanner; people are known by a proxy's header."""

from __future__ import annotations

import asyncio
import html
import json
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from gateway import metrics
from gateway.config import load as load_settings
from gateway.console.desk import Desk, Health
from gateway.console.guard import form_token
from gateway.console.postbox import Postbox
from gateway.console.server import Pages
from gateway.model import Envelope
from gateway.replies import Reply
from gateway.rules import load
from gateway.scanner import Scanners
from gateway.snapshot import Snapshot
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from tests.running import free_port
from tests.sink import wait_for

HEAD, OPERATOR, AUDITOR = "head@stats.example", "operator@it.example", "auditor@audit.example"
_SCANNER = """
import socket, sys
from datetime import timedelta
from gateway import scanner
scanner.serve(socket.socket(fileno=int(sys.argv[1])), timedelta(seconds=10), 2 << 30)
"""
_TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')

Fields = Mapping[str, str | list[str]]
Files = Sequence[tuple[str, str, bytes]]
"""Field, file name, content."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: status, text, and where it leads."""

    status: int
    text: str
    location: str

    @property
    def token(self) -> str:
        """What its forms bring back."""
        found = _TOKEN.search(self.text)
        return found[1] if found else ""

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        if found is None:
            raise AssertionError(f"no field {name} in:\n{self.text}")
        return html.unescape(found[1])


class _Plain(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object, **_named: object) -> None:
        return None


class Console:
    """The served console, its store and its log."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log: list[str] = []
        path = folder / "gateway.toml"
        path.write_text(_settings(folder, self.port))
        self.settings = load_settings(path)
        self.database: Database
        self.keys: Keys
        self.database, self.keys = open_store(self.settings.store.url, self.settings.store.key_folder)
        self._opener = urllib.request.build_opener(_Plain)
        self._loop = asyncio.new_event_loop()

    @contextmanager
    def served(self, *, scanner: bool = False) -> Iterator[Console]:
        """Serve until the block ends, with a scanner process where documents are to be read."""
        with _scanner(self.folder) if scanner else nullcontext("") as path:
            self.desk = self._desk(path)
            thread = threading.Thread(target=self._run, args=(Pages(self.desk),), daemon=True)
            thread.start()
            wait_for(self._answers, 20)
            yield self
            self._loop.call_soon_threadsafe(self._serving.cancel)
            thread.join(20)
        self.database.close()

    def _desk(self, scanners: str) -> Desk:
        snapshot = Snapshot(self.database, self.keys, timedelta(minutes=10))
        reader = Scanners(scanners, timedelta(seconds=10), timedelta(seconds=30))
        postbox = Postbox(self.database, self.settings, _Nowhere())
        rules = load(None)
        return Desk(
            self.settings, rules, self.database, self.keys, snapshot, reader, postbox, lambda: None, _health
        )

    def _run(self, pages: Pages) -> None:
        asyncio.set_event_loop(self._loop)
        self._serving = self._loop.create_task(pages.run())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._serving)
        self._loop.close()

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def get(self, who: str, path: str) -> Page:
        """A page as somebody sees it."""
        return self._ask(urllib.request.Request(self.url + path, headers={"X-Forwarded-Email": who}))

    def post(
        self, who: str, path: str, fields: Fields, files: Files = (), *, token: str | None = None
    ) -> Page:
        """A form of that page sent back, with the token that belongs into it unless another is given."""
        if token is None:
            token = form_token(self.desk, f"proxy {who}")
        body, kind = _body({"token": token, **fields}, files)
        headers = {"X-Forwarded-Email": who, "Content-Type": kind, "Origin": self.url}
        return self._ask(urllib.request.Request(self.url + path, body, headers))

    def _ask(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Page(answer.status, answer.read().decode(), answer.headers.get("Location", ""))
        except urllib.error.HTTPError as error:
            return Page(error.code, error.read().decode(), error.headers.get("Location", ""))


class _Nowhere:
    """A next hop to which nothing is sent."""

    async def replay(
        self, envelope: Envelope, content: bytes, *, partial: bool, received: bytes = b""
    ) -> tuple[Reply, ...]:
        raise AssertionError("nothing is to be sent")


def _health() -> Health:
    return Health(1, 1, None, timedelta(0), metrics.StoreCollector().gauges)


def _body(fields: Fields, files: Files) -> tuple[bytes, str]:
    pairs = [
        (name, one)
        for name, value in fields.items()
        for one in ([value] if isinstance(value, str) else value)
    ]
    if not files:
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    boundary = uuid4().hex
    parts = [_part(boundary, f'name="{name}"', value.encode()) for name, value in pairs]
    parts += [
        _part(boundary, f'name="{field}"; filename="{name}"', content) for field, name, content in files
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, disposition: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n"
    if "filename" in disposition:
        head += "Content-Type: application/octet-stream\r\n"
    return head.encode() + b"\r\n" + content + b"\r\n"


@contextmanager
def _scanner(folder: Path) -> Iterator[str]:
    path = str(folder / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(8)
        command = [sys.executable, "-c", _SCANNER, str(listener.fileno())]
        process = subprocess.Popen(command, pass_fds=[listener.fileno()])
        yield path
        process.kill()
        process.wait()


def _settings(folder: Path, port: int) -> str:
    return f"""
[store]
url = "sqlite:///{folder}/store.db"
keys = "{folder}/keys"
[alerts]
fallback = [{json.dumps(HEAD)}]
[console]
listen = "127.0.0.1:{port}"
proxy = ["127.0.0.0/8"]
operators = [{json.dumps(OPERATOR)}]
auditors = [{json.dumps(AUDITOR)}]
"""
