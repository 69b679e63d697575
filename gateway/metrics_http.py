"""The HTTP side of metrics: `GET /metrics` and `GET /ready`, a thread for each request.

A reader that is slow, silent or gone costs one thread for a few seconds and nobody else anything.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

_READER_SECONDS = 10.0
"""How long one read or write may take: Prometheus itself gives up after 10 seconds."""
_MAX_READERS = 32
_TEXT = "text/plain; charset=utf-8"

Answer = tuple[HTTPStatus, str, bytes]


class Server:
    """A listening metrics server; `port` is the real one where 0 was asked for."""

    def __init__(self, listen: str, shown: CollectorRegistry, ready: Callable[[], str | None]) -> None:
        host, _, port = listen.rpartition(":")
        pages = {"/metrics": lambda: _metrics(shown), "/ready": lambda: _ready(ready)}
        handler = type("_Pages", (_Handler,), {"pages": pages})
        kind = _Server6 if ":" in host else _Server
        self._http = kind((host.strip("[]"), int(port)), handler)
        self.port: int = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.1,), name="metrics", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening and end the thread; running answers end by themselves."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)


def _metrics(shown: CollectorRegistry) -> Answer:
    return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(shown)


def _ready(ready: Callable[[], str | None]) -> Answer:
    reason = ready()
    if reason is None:
        return HTTPStatus.OK, _TEXT, b"ready\n"
    return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, f"{reason}\n".encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._slots = threading.BoundedSemaphore(_MAX_READERS)
        super().__init__(address, handler)

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        # Silent connections must not add up to a thread each without end.
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # No thread could be started.
            self._slots.release()
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that went away is no event, and a traceback on standard error could quote values."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    pages: ClassVar[dict[str, Callable[[], Answer]]] = {}
    timeout = _READER_SECONDS
    server_version = "embargo-gateway"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with a page; a page that fails is a 500 without its reason."""
        page = self.pages.get(self.path.partition("?")[0])
        try:
            status, kind, body = page() if page else (HTTPStatus.NOT_FOUND, _TEXT, b"not here\n")
        except Exception:
            status, kind, body = HTTPStatus.INTERNAL_SERVER_ERROR, _TEXT, b"failed\n"
        self._answer(status, kind, body)

    do_HEAD = do_GET

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Errors of the request itself in the same plain form, for a method that is not here too."""
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self._answer(status, _TEXT, f"{status.phrase}\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged."""
