"""A console in which people are known by the header of a proxy, with a scanner where documents are to be read."""

from __future__ import annotations

import html
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx

from gateway.console.desk import Desk
from gateway.console.guard import form_token
from gateway.scanner import Scanners
from gateway.smtp.next_hop import NextHop
from tests.sink import Sink
from tests.visited import AUDITOR, HEAD, OPERATOR, Site

__all__ = ["AUDITOR", "HEAD", "OPERATOR", "Console", "Files", "Page"]

_SCANNER = """
import socket, sys
from datetime import timedelta
from gateway import scanner
scanner.serve(socket.socket(fileno=int(sys.argv[1])), timedelta(seconds=10), 2 << 30)
"""
_SECTION = """
proxy = ["127.0.0.0/8"]
max_upload_bytes = 52428800
"""

Fields = Mapping[str, str | list[str]]
Files = Sequence[tuple[str, str, bytes]]
"""Field, file name, content."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: status, text, and where it leads."""

    status: int
    text: str
    location: str

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        if found is None:
            raise AssertionError(f"no field {name} in:\n{self.text}")
        return html.unescape(found[1])


class Console(Site):
    """The served console and its store."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._scanners = folder, "/nowhere"
        super().__init__(folder, Sink(), _SECTION)
        self._client = self.browser()

    @contextmanager
    def open(self, *, scanner: bool = False) -> Iterator[Console]:
        """Serve until the block ends."""
        with _scanner(self.folder) if scanner else nullcontext("/nowhere") as self._scanners, self.served():
            yield self
        self._client.close()
        self.sink.close()
        self.database.close()

    def _desk(self, next_hop: NextHop) -> Desk:
        reader = Scanners(self._scanners, timedelta(seconds=10), timedelta(seconds=30))
        return replace(super()._desk(next_hop), scanners=reader)

    def get(self, who: str, path: str) -> Page:
        """A page as somebody sees it."""
        return _page(self._client.get(path, headers={"X-Forwarded-Email": who}))

    def post(
        self, who: str, path: str, fields: Fields, files: Files = (), *, token: str | None = None
    ) -> Page:
        """A form sent, with the token that belongs into it unless another is given."""
        known = form_token(self.desk, f"proxy {who}") if token is None else token
        headers = {"X-Forwarded-Email": who, "Origin": self.url}
        parts = [(field, (name, content)) for field, name, content in files]
        data = {"token": known, **fields}
        return _page(self._client.post(path, data=data, files=parts or None, headers=headers))


def _page(answer: httpx.Response) -> Page:
    return Page(answer.status_code, answer.text, answer.headers.get("Location", ""))


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
