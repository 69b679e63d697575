"""A public web site for tests: it answers with one status after the other, and keeps what it was asked."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """Serves from the moment it is made; the last status stays."""

    def __init__(self, *statuses: int) -> None:
        self.asked: list[tuple[str, str]] = []
        left = list(statuses)
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, self.headers["User-Agent"]))
                self.send_response(left.pop(0) if len(left) > 1 else left[0])
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "1000000000")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """The address of the publication's page."""
        return f"http://127.0.0.1:{self._server.server_port}/cla"

    def close(self) -> None:
        """Shut the site."""
        self._server.shutdown()
        self._server.server_close()
