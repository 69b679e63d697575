"""The console's HTTP server inside the office process; whatever befalls it, the office goes on.

uvicorn runs on the office's own loop, without its signal handlers and access log.  Where the address cannot be had, or
the server ends by a fault, it is tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway import log, metrics
from gateway.console.app import application
from gateway.console.desk import Desk
from gateway.setting_sections import Console
from gateway.sockets import bind

_log = log.get(__name__)
_AGAIN = 5.0
_LEAVE = 3
"""Seconds that pages at work have to end after SIGTERM."""
_MOST = 200
"""Connections at one time; beyond that whoever has most of them loses one."""
_FRESH = 2.0
_SILENCE = 15.0
"""Seconds after which a connection is closed on which no request has come."""


class Pages:
    """Serves the pages of one desk on `console.listen` until cancelled."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def run(self) -> None:
        """Serve; ends only by cancellation."""
        try:
            while True:
                await self._attempt()
                await asyncio.sleep(_AGAIN)
        finally:
            await self._desk.postbox.close()

    async def _attempt(self) -> None:
        listen = self._desk.settings.console.listen
        try:
            await self._serve(bind(listen, 128))
        except (OSError, ssl.SSLError) as error:
            metrics.ERRORS.labels("console").inc()
            _log.error("console not served", listener=listen, problem=error.strerror or type(error).__name__)
        except Exception as error:
            metrics.ERRORS.labels("bug").inc()
            _log.error("bug", error=type(error).__name__, trace=log.trace(error))

    async def _serve(self, listener: socket.socket) -> None:
        with contextlib.closing(listener):
            server = Server(_config(application(self._desk), self._desk.settings.console))
            serving = asyncio.create_task(server.serve([listener]))
            try:
                await asyncio.shield(serving)
            except asyncio.CancelledError:
                server.should_exit = True
                await asyncio.wait([serving], timeout=2 * _LEAVE)
                raise


class Server(uvicorn.Server):
    """uvicorn without signal handlers: the office has its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


class Connection(H11Protocol):
    """One connection; who opens one and says nothing, or half a request, does not keep it.

    Nor does somebody who opens very many keep others out.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, and look after a while what came."""
        super().connection_made(transport)
        self.began = self.loop.time()
        self._make_room()
        # Head and body of a page are two packets: the second must not wait for the first to be acknowledged.
        plain = transport.get_extra_info("socket")
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._seen: object = None
        self._look = self.loop.call_later(_SILENCE, self._look_again)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._look.cancel()
        super().connection_lost(exc)

    @property
    def peer(self) -> str:
        """Who is at the other end."""
        return self.client[0] if self.client is not None else ""

    @property
    def idle(self) -> bool:
        """Whether nothing has been asked, or all of it was answered."""
        return self.cycle is None or self.cycle.response_complete

    def _make_room(self) -> None:
        """Where there are too many, close another of whoever has most: the oldest that is idle, else the oldest."""
        known = [each for each in self.connections if isinstance(each, Connection)]
        if len(known) < _MOST:
            return
        held = Counter(each.peer for each in known)
        # A fresh one has not had the time to say anything.
        idle = {each for each in known if each.idle and each.began + _FRESH < self.began}
        others = (each for each in known if each is not self)
        least = min(others, key=lambda each: (-held[each.peer], each not in idle, each.began))
        # It is gone at once for whoever counts; its end is told in the loop's next round.
        self.connections.discard(least)
        least.transport.abort()

    def _look_again(self) -> None:
        """Close a connection that still waits for the same next request as the last time."""
        if self.idle and self._seen is (self.cycle or self):
            self.transport.close()
            return
        self._seen = (self.cycle or self) if self.idle else None
        self._look = self.loop.call_later(_SILENCE, self._look_again)


def _config(app: Starlette, settings: Console) -> uvicorn.Config:
    """How uvicorn serves; raises OSError, ssl.SSLError where certificate and key cannot be used."""
    config = uvicorn.Config(app, **_traits(settings))
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    return config


def _traits(settings: Console) -> dict[str, Any]:
    return {
        "http": Connection,
        "ws": "none",
        "lifespan": "off",
        "interface": "asgi3",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "limit_concurrency": _MOST,
        "timeout_keep_alive": 15,
        "timeout_graceful_shutdown": _LEAVE,
        "h11_max_incomplete_event_size": 32_768,
        "ssl_certfile": settings.tls_certificate,
        "ssl_keyfile": settings.tls_key,
    }
