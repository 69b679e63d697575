"""A channel for tests: a real HTTP server that records what is posted, and can be told to fail."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET_PATH = "/hook/T0KEN-canary-of-the-url"


@dataclass
class Posted:
    """One request: its path, headers and decoded body."""

    path: str
    headers: dict[str, str]
    body: Any = field(default=None)


class Channel:
    """Answers with each of `answers` in turn, then 200: a status, (status, headers), `hang` or `close`."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: list[Any] = []
        self.ended = threading.Event()
        channel = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                channel.take(self)

            def do_GET(self) -> None:
                channel.posted.append(Posted(f"GET {self.path}", dict(self.headers)))
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}{SECRET_PATH}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        """One POST."""
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.posted.append(Posted(handler.path, dict(handler.headers), json.loads(body)))
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            self.ended.wait(20)
        if answer in ("hang", "close"):
            handler.close_connection = True
            return
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(b"ok " * 10)

    def close(self) -> None:
        """Stop, and let go of what hangs."""
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
