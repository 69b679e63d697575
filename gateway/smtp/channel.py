"""One connection below its commands: bytes in and out, timers, TLS, and what its end means.

aiosmtpd gives the session; its timers, its reader and its end are replaced.  There: one timer for everything,
content read line by line, and a client that hangs up cancels the mail that is being decided.  Here: a deadline for each
phase, a minimum rate for content, and an end that only ends the dialogue.
"""

from __future__ import annotations

import asyncio
import ssl
from asyncio.streams import FlowControlMixin
from typing import Any

from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as SessionEnvelope

from gateway import replies
from gateway.model import Client
from gateway.replies import Reply
from gateway.smtp.hall import Hall
from gateway.smtp.inbox import Inbox

_GRACE = 30.0
"""Seconds before the minimum data rate counts."""
_LOOK = 15.0
_OWN_TURN = 600.0
"""Seconds that the gateway and the next hop have for what a client asked (RFC 5321 section 4.5.3.2.6)."""
_CODES = {"250": "2.0.0", "252": "2.5.0", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1"}
"""Enhanced codes for the replies of aiosmtpd's own commands, which have none."""


class Channel(SMTP):
    """The transport's side of one client."""

    def __init__(self, hall: Hall) -> None:
        # SMTP.__init__ inspects its own methods anew for every connection; nothing of what it finds is used here.
        loop = asyncio.get_running_loop()
        FlowControlMixin.__init__(self, loop=loop)
        self.loop = loop
        self.hall = hall
        self.hostname = hall.hostname
        self.transport: asyncio.Transport | None = None
        self.session: Session = Session(loop)
        self.envelope = SessionEnvelope()
        self.inbox = Inbox()
        self._handle_hooks: dict[str, Any] = {}
        self._tls_protocol = None
        self._auth_required = False
        self._ip = "127.0.0.1"
        self.heard_at = loop.time()
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._content_since: tuple[float, int] | None = None
        self._last_received = -1
        self._task: asyncio.Task[None] | None = None
        self._closed = loop.create_future()

    async def serve(self) -> None:
        """Hold the dialogue until it ends."""
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether a mail is in the making, or its answer not yet heard."""
        raise NotImplementedError

    def dismiss(self) -> None:
        """Say 421 and close."""
        self.write(replies.SHUTTING_DOWN)
        self.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self._attach(transport)
        peer = self.session.peer
        self._ip = peer[0] if isinstance(peer, tuple) else self._ip
        self.hall.inside.add(self)
        self.allow(self.hall.settings.command_timeout.total_seconds())
        self._task = self.loop.create_task(self.serve())

    def _attach(self, transport: Any) -> None:
        self.transport = transport
        self.inbox.attach(transport)
        self.session = Session(self.loop)
        self.session.peer = transport.get_extra_info("peername")
        self.session.ssl = transport.get_extra_info("ssl_object")

    def data_received(self, data: bytes) -> None:
        """Bytes for the inbox."""
        self.heard_at = self.loop.time()
        self.inbox.feed(data)

    def eof_received(self) -> bool:
        """The client sends no more; what it has sent is still answered.  Over TLS there is no half-close."""
        self.inbox.end()
        return not self.secure

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone; a mail that has begun runs to its end without it."""
        FlowControlMixin.connection_lost(self, error)
        self.inbox.end()
        self.transport = None
        if self._timer is not None:
            self._timer.cancel()
        if not self._closed.done():
            self._closed.set_result(None)
        self.hall.inside.discard(self)

    def _get_close_waiter(self, _stream: object) -> asyncio.Future[None]:
        return self._closed

    @property
    def secure(self) -> bool:
        """Whether TLS protects the connection."""
        return self.session.ssl is not None

    @property
    def client(self) -> Client:
        """Who hands us mail here, with the protocol word of RFC 3848."""
        word = "ESMTP" if self.session.extended_smtp else "SMTP"
        return Client(self._ip, self.session.host_name or "", word + ("S" if self.secure else ""))

    # Timers.

    def allow(self, seconds: float) -> None:
        """The client has this long for what comes next; one timer serves the whole connection."""
        self._deadline = self.loop.time() + seconds
        if self._timer is None:
            self._timer = self.loop.call_later(min(seconds, _LOOK), self._look)

    def content_begins(self) -> None:
        """From now on bytes push the deadline on, and too few of them end it."""
        self._content_since = (self.loop.time(), self.inbox.received)
        self.allow(self.hall.settings.data_timeout.total_seconds())

    def turn_taken(self) -> None:
        """The client's part is done; the next deadline is the gateway's own."""
        self._content_since = None
        self.allow(_OWN_TURN)

    def _look(self) -> None:
        now = self.loop.time()
        if self._content_since is not None and self.inbox.received != self._last_received:
            self._last_received = self.inbox.received
            self._deadline = now + self.hall.settings.data_timeout.total_seconds()
        if now >= self._deadline or self._too_slow(now):
            self.write(replies.TIMED_OUT)
            self.close()
            # A client that reads nothing would keep a closing connection, and what is written to it, for ever.
            if self.transport is not None:
                self._timer = self.loop.call_later(_LOOK, self.transport.abort)
            return
        self._timer = self.loop.call_later(min(self._deadline - now, _LOOK), self._look)

    def _too_slow(self, now: float) -> bool:
        if self._content_since is None:
            return False
        began, before = self._content_since
        least = (now - began) * self.hall.settings.min_bytes_per_second
        return now - began > _GRACE and self.inbox.received - before < least

    # Replies.

    def write(self, reply: Reply) -> None:
        """Send a reply without waiting; nothing where the client is gone."""
        self.write_line(str(reply))

    def write_line(self, line: str) -> None:
        """Send one line of printable ASCII."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(f"{line}\r\n".encode("ascii"))

    async def push(self, status: object) -> None:
        """Send a reply; a text of aiosmtpd's own commands gets its enhanced code."""
        self.write(status if isinstance(status, Reply) else _enhanced(str(status)))
        await self.drain()

    async def drain(self) -> None:
        """Wait until the client takes more; raises ConnectionError where it is gone."""
        if self.transport is not None and not self.transport.is_closing():
            await self._drain_helper()  # type: ignore[attr-defined]

    def close(self) -> None:
        """End the connection once what was written is sent; what the client sent beyond that is not obeyed."""
        self.inbox.shut()
        if self.transport is not None:
            self.transport.close()

    async def begin_tls(self, context: ssl.SSLContext) -> None:
        """Replace the transport by a protected one and forget what was said in clear (RFC 3207 section 4.2)."""
        try:
            transport = await self.loop.start_tls(
                self.transport,  # type: ignore[arg-type]
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=30,
            )
        except (OSError, ssl.SSLError):
            return self.close()
        if transport is None:
            return self.close()
        self._attach(transport)


def _enhanced(status: str) -> Reply:
    code, _, text = status.partition(" ")
    return Reply.foreign(int(code), f"{_CODES.get(code, '')} {text}".strip())
