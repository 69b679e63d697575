"""SMTP in: aiosmtpd's server, corrected where it was measured to be wrong.

Kept of aiosmtpd: the session and envelope of a connection, and the commands that need no correction (HELP, VRFY, NOOP,
EXPN).  Replaced: the reader (only CRLF ends a line, content comes in chunks), addresses and parameters (strict, kept as
written), timers (one for each phase instead of one for all), STARTTLS, what the end of a connection does (a mail that
has begun runs to its end), and every reply (printable ASCII, enhanced codes).  The words of aiosmtpd end here.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address

from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as SessionEnvelope

from gateway import log, metrics, replies
from gateway.config import Smtp as Settings
from gateway.model import Client, Mail, Recipient
from gateway.pipeline import Answered, Pipeline, new_reference
from gateway.replies import GatewayError, Reply, reply_for
from gateway.smtp import commands
from gateway.smtp.commands import CommandError
from gateway.smtp.inbox import ContentTooBig, Gone, Inbox, LineFault, content_fault
from gateway.smtp.next_hop import NextHop
from gateway.smtp.passage import Passage
from gateway.smtp.received import ROOM

_log = log.get(__name__)
_MAX_FAULTS = 10
_MAX_IDLE_COMMANDS = 200
_GRACE = 30.0
"""Seconds before the minimum data rate counts."""
_HTTP = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ", b"CONNECT ", b"DELETE ")
_PASSED_ON = ("8BITMIME", "SMTPUTF8", "DSN")
_OUTSIDE_TLS = frozenset({"EHLO", "HELO", "STARTTLS", "NOOP", "QUIT", "RSET"})


@dataclass(slots=True)
class Hall:
    """What the connections of one worker share: settings, the pipeline, and who is inside."""

    settings: Settings
    hostname: str
    pipeline: Pipeline
    next_hop: NextHop
    heard: Callable[[Answered], None]
    tls: ssl.SSLContext | None = None
    inside: set[Server] = field(default_factory=set)
    mails: set[asyncio.Task[Answered]] = field(default_factory=set)
    closing: bool = False

    def admits(self, ip: str) -> bool:
        """Whether this client may hand in mail."""
        address = ip_address(ip.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        return any(_within(mapped or address, network) for network in self.settings.clients)

    def offers(self) -> dict[str, str]:
        """EHLO keywords: what we can do and the next hop offered when it was last met."""
        beyond = self.next_hop.offers
        limit = self.settings.max_message_bytes
        size = beyond.get("SIZE", "")
        if size.isdigit() and int(size) > ROOM:
            limit = min(limit, int(size) - ROOM)
        offers = {"PIPELINING": "", "ENHANCEDSTATUSCODES": "", "SIZE": str(limit)}
        return offers | {keyword: "" for keyword in _PASSED_ON if keyword in beyond}


def _within(address: object, network: IPv4Network | IPv6Network) -> bool:
    return address in network  # type: ignore[operator]


@dataclass(slots=True)
class Transaction:
    """One mail in the making: `sender` is set by MAIL (None: null reverse-path)."""

    sender: str | None
    utf8: bool
    passage: Passage
    recipients: list[Recipient] = field(default_factory=list)


class Server(SMTP):
    """One connection of one client."""

    def __init__(self, hall: Hall) -> None:
        # SMTP.__init__ inspects its own methods anew for every connection; nothing of what it finds is used here.
        loop = asyncio.get_running_loop()
        asyncio.streams.FlowControlMixin.__init__(self, loop=loop)
        self.loop = loop
        self.hall = hall
        self.hostname = hall.hostname
        self.transport: asyncio.Transport | None = None
        self.session: Session | None = None
        self.envelope = SessionEnvelope()
        self._handle_hooks: dict[str, object] = {}
        self._inbox = Inbox()
        self._transaction: Transaction | None = None
        self._unheard: Answered | None = None
        self._offers: Mapping[str, str] = {}
        self._faults = self._idle_commands = 0
        self._deadline = 0.0
        self._rate: tuple[float, int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = loop.create_future()
        self._tls_protocol = None
        self._commands: Mapping[str, Callable[[str], Awaitable[None]]] = {}

    # The transport's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self.transport = transport  # type: ignore[assignment]
        self._inbox.attach(transport)  # type: ignore[arg-type]
        self.session = Session(self.loop)
        peer = transport.get_extra_info("peername")
        self.session.peer = peer
        self._ip = peer[0] if isinstance(peer, tuple) else "127.0.0.1"
        self.hall.inside.add(self)
        self._allow(self.hall.settings.command_timeout.total_seconds())
        self._task = self.loop.create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        """Bytes for the inbox."""
        self._inbox.feed(data)

    def eof_received(self) -> bool:
        """The client sends no more; what it has sent is still answered.  Over TLS there is no half-close."""
        self._inbox.end()
        return self.session is not None and self.session.ssl is None

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone; a mail that has begun runs to its end without it."""
        asyncio.streams.FlowControlMixin.connection_lost(self, error)
        self._inbox.end()
        self.transport = None
        if self._timer is not None:
            self._timer.cancel()
        if not self._closed.done():
            self._closed.set_result(None)
        self.hall.inside.discard(self)

    def _get_close_waiter(self, _stream: object) -> asyncio.Future[None]:
        return self._closed

    def _allow(self, seconds: float) -> None:
        """The client has this long for what comes next; one timer serves the whole connection."""
        self._deadline = self.loop.time() + seconds
        if self._timer is None:
            self._timer = self.loop.call_later(min(seconds, 15.0), self._tick)

    def _tick(self) -> None:
        now = self.loop.time()
        if now >= self._deadline or self._too_slow(now):
            self._write(replies.TIMED_OUT)
            self._close()
            return
        self._timer = self.loop.call_later(min(self._deadline - now, 15.0), self._tick)

    def _too_slow(self, now: float) -> bool:
        """Whether content comes in below the minimum rate; fresh bytes also push the deadline on."""
        if self._rate is None:
            return False
        began, before = self._rate
        got = self._inbox.received - before
        self._deadline = max(self._deadline, self._last_byte(now))
        return now - began > _GRACE and got < (now - began) * self.hall.settings.min_bytes_per_second

    def _last_byte(self, now: float) -> float:
        moved, self._seen = self._inbox.received != getattr(self, "_seen", -1), self._inbox.received
        return now + self.hall.settings.data_timeout.total_seconds() if moved else 0.0

    def _write(self, reply: Reply) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(f"{reply}\r\n".encode("ascii"))

    async def push(self, status: object) -> None:
        """Send a reply; a text of aiosmtpd's own commands gets its enhanced code."""
        self._write(status if isinstance(status, Reply) else _enhanced(str(status)))
        await self._drain()

    async def _drain(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            await self._drain_helper()

    def _close(self) -> None:
        self._inbox.end()
        if self.transport is not None:
            self.transport.close()

    # The dialogue.

    async def _serve(self) -> None:
        try:
            if await self._greeted():
                while (line := await self._next_line()) is not None:
                    await self._obey(line)
        except ConnectionError:
            pass
        except Exception as error:
            _log.error("bug", kind="session", error=type(error).__name__, trace=log.trace(error))
            metrics.ERRORS.labels("bug").inc()
        finally:
            await self._forget()
            if self.transport is not None:
                self.transport.close()

    async def _greeted(self) -> bool:
        if self.hall.closing or len(self.hall.inside) > self.hall.settings.max_connections:
            await self.push(replies.SHUTTING_DOWN if self.hall.closing else replies.TOO_BUSY)
            return False
        if not self._inbox.empty:
            await self.push(replies.TALKS_EARLY)
            return False
        await self.push(Reply(220, "", f"{self.hostname} ESMTP"))
        return True

    async def _next_line(self) -> bytes | None:
        """The next command; a malformed one is answered here and counted."""
        while True:
            if self.hall.closing and self._transaction is None and self._inbox.empty:
                await self.push(replies.SHUTTING_DOWN)
                return None
            self._allow(self.hall.settings.command_timeout.total_seconds())
            try:
                line = await self._inbox.line()
            except LineFault as fault:
                if await self._fault(fault.reply):
                    continue
                return None
            if line is not None and self._unheard is not None:
                self.hall.heard(self._unheard)
                self._unheard = None
            return line

    async def _fault(self, reply: Reply) -> bool:
        """Answer a bad command; False once there were too many."""
        self._faults += 1
        enough = self._faults > _MAX_FAULTS
        await self.push(replies.TOO_MANY_ERRORS if enough else reply)
        return not enough

    async def _obey(self, line: bytes) -> None:
        if line.upper().startswith(_HTTP):
            await self.push(replies.NOT_HTTP)
            return self._close()
        try:
            verb, _, argument = line.decode("utf-8").partition(" ")
            await self._command(verb.upper(), argument.strip(" "))
        except UnicodeDecodeError:
            await self._fault_or_close(replies.BAD_LINE)
        except GatewayError as error:
            if isinstance(error, CommandError):
                await self._fault_or_close(error.reply)
            else:
                metrics.ERRORS.labels("next_hop").inc()
                await self.push(error.reply)
        except ConnectionError:
            raise
        except Exception as error:
            ref = new_reference()
            metrics.ERRORS.labels("bug").inc()
            _log.error("bug", ref=ref, kind="command", error=type(error).__name__, trace=log.trace(error))
            await self.push(reply_for(error, ref))

    async def _fault_or_close(self, reply: Reply) -> None:
        if not await self._fault(reply):
            self._close()

    async def _command(self, verb: str, argument: str) -> None:
        settings = self.hall.settings
        if settings.require_tls and not self._secure and verb not in _OUTSIDE_TLS:
            return await self.push(replies.TLS_REQUIRED)
        method = _VERBS.get(verb)
        if method is None:
            return await self._fault_or_close(replies.BAD_COMMAND)
        if verb in ("MAIL", "RCPT", "DATA"):
            self._idle_commands = 0
        else:
            self._idle_commands += 1
            if self._idle_commands > _MAX_IDLE_COMMANDS:
                await self.push(replies.TOO_MANY_ERRORS)
                return self._close()
        await method(self, argument)

    @property
    def _secure(self) -> bool:
        return self.session is not None and self.session.ssl is not None

    @property
    def _client(self) -> Client:
        session = self.session
        word = "ESMTP" if session is not None and session.extended_smtp else "SMTP"
        helo = (session.host_name if session is not None else "") or ""
        return Client(self._ip, helo, word + ("S" if self._secure else ""))

    @property
    def busy(self) -> bool:
        """Whether a mail is in the making."""
        return self._transaction is not None

    async def _forget(self) -> None:
        transaction, self._transaction = self._transaction, None
        self.envelope = SessionEnvelope()
        if transaction is not None:
            await transaction.passage.end()

    # The commands.

    async def smtp_EHLO(self, argument: str) -> None:
        """Greet and list what can be done."""
        await self._introduced(argument, extended=True)
        self._offers = self.hall.offers()
        lines = [self.hostname, *(" ".join(filter(None, offer)) for offer in self._offers.items())]
        if self.hall.tls is not None and not self._secure:
            lines.append("STARTTLS")
        text = "".join(f"250-{line}\r\n" for line in lines[:-1]) + f"250 {lines[-1]}\r\n"
        if self.transport is not None:
            self.transport.write(text.encode("ascii"))
        await self._drain()

    async def smtp_HELO(self, argument: str) -> None:
        """Greet in the old way: no extensions."""
        await self._introduced(argument, extended=False)
        self._offers = {}
        await self.push(Reply(250, "", self.hostname))

    async def _introduced(self, argument: str, *, extended: bool) -> None:
        name = commands.hostname(argument)
        await self._forget()
        if self.session is not None:
            self.session.host_name = name
            self.session.extended_smtp = extended

    async def smtp_MAIL(self, argument: str) -> None:
        """Begin a mail: passed through to the next hop."""
        if self.session is None or not self.session.host_name or self._transaction is not None:
            raise CommandError(replies.BAD_SEQUENCE)
        if not self.hall.admits(self._ip):
            return await self.push(replies.RELAYING_DENIED)
        sender, parameters = commands.mail(argument, self._offers)
        size = commands.declared_size(parameters)
        if size is not None and size > int(self._offers.get("SIZE", "0")):
            return await self.push(replies.TOO_BIG)
        passage = Passage(self.hall.next_hop)
        reply = await passage.mail(sender, parameters)
        if reply.positive:
            utf8 = any(parameter.upper() == "SMTPUTF8" for parameter in parameters)
            self._transaction = Transaction(sender, utf8, passage)
        await self.push(_open(reply))

    async def smtp_RCPT(self, argument: str) -> None:
        """Add recipients: this one and those that wait behind it go to the next hop in one write."""
        if self._transaction is None:
            raise CommandError(replies.BAD_SEQUENCE)
        arguments = [argument]
        while (line := self._inbox.waiting_line(b"RCPT ")) is not None:
            arguments.append(line[5:].decode("utf-8", "replace").strip(" "))
        answers = [self._recipient(each) for each in arguments]
        good = [answer for answer in answers if isinstance(answer, Recipient)]
        passed = iter(await self._transaction.passage.recipients(good) if good else ())
        for answer in answers:
            reply = next(passed) if isinstance(answer, Recipient) else answer
            self._write(_open(reply))
        await self._drain()

    def _recipient(self, argument: str) -> Recipient | Reply:
        """A recipient to ask the next hop for, or our own refusal."""
        transaction = self._transaction
        if transaction is None:
            return replies.BAD_SEQUENCE
        try:
            recipient = commands.rcpt(argument, self._offers, utf8=transaction.utf8)
        except CommandError as error:
            self._faults += 1
            return error.reply
        if len(transaction.recipients) >= self.hall.settings.max_recipients:
            return replies.TOO_MANY_RECIPIENTS
        transaction.recipients.append(recipient)
        return recipient

    async def smtp_DATA(self, argument: str) -> None:
        """Take the content, have it decided, and answer."""
        transaction = self._transaction
        if argument:
            raise CommandError(replies.BAD_ARGUMENT)
        if transaction is None:
            raise CommandError(replies.BAD_SEQUENCE)
        if not transaction.passage.envelope.recipients:
            return await self.push(replies.NO_RECIPIENTS)
        await self.push(replies.START_MAIL)
        content = await self._content(transaction.passage)
        self._transaction = None
        if isinstance(content, Reply):
            await transaction.passage.end()
            return await self.push(content)
        mail = Mail(transaction.passage.envelope, content, self._client, datetime.now(UTC))
        await self._decided(mail, transaction.passage)

    async def _content(self, passage: Passage) -> bytes | Reply:
        """The content, or the reply that refuses it; raises ConnectionError where the client vanished."""
        passage.uploading()
        self._allow(self.hall.settings.data_timeout.total_seconds())
        self._rate = (self.loop.time(), self._inbox.received)
        try:
            content = await self._inbox.content(int(self._offers.get("SIZE", self.hall.settings.max_message_bytes)))
        except Gone:
            raise ConnectionError("client vanished in content") from None
        except ContentTooBig:
            return replies.TOO_BIG
        finally:
            self._rate = None
            passage.uploaded()
        return content_fault(content) or content

    async def _decided(self, mail: Mail, passage: Passage) -> None:
        # A mail that has begun runs to its end in a task of its own, whatever becomes of the client.
        task = self.loop.create_task(self.hall.pipeline.answer(mail, passage))
        self.hall.mails.add(task)
        task.add_done_callback(self.hall.mails.discard)
        self._deadline = self.loop.time() + 600
        answered = await asyncio.shield(task)
        if self.transport is not None:
            self._unheard = answered
            await self.push(answered.reply)

    async def smtp_RSET(self, argument: str) -> None:
        """Forget the mail in the making."""
        if argument:
            raise CommandError(replies.BAD_ARGUMENT)
        await self._forget()
        await self.push(replies.OK)

    async def smtp_QUIT(self, argument: str) -> None:
        """Say goodbye: an orderly end, so that the last answer was heard."""
        await self._forget()
        await self.push(replies.BYE)
        self._close()

    async def smtp_STARTTLS(self, argument: str) -> None:
        """Begin TLS; whatever was sent before it in clear is refused, everything said is forgotten (RFC 3207)."""
        if argument:
            raise CommandError(replies.BAD_ARGUMENT)
        if self._secure or self.session is None:
            raise CommandError(replies.BAD_SEQUENCE)
        if self.hall.tls is None:
            return await self.push(replies.TLS_UNAVAILABLE)
        if not self._inbox.empty:
            await self.push(replies.TALKS_EARLY)
            return self._close()
        await self._forget()
        await self.push(replies.READY_FOR_TLS)
        await self._begin_tls(self.hall.tls)

    async def _begin_tls(self, context: ssl.SSLContext) -> None:
        plain = self.transport
        try:
            transport = await self.loop.start_tls(
                plain, self, context, server_side=True, ssl_handshake_timeout=30
            )
        except (OSError, ssl.SSLError):
            return self._close()
        if transport is None:
            return self._close()
        self.transport = transport
        self._inbox.attach(transport)
        self.session = Session(self.loop)
        self.session.peer = transport.get_extra_info("peername")
        self.session.ssl = transport.get_extra_info("ssl_object")
        self._offers = {}


_VERBS: Mapping[str, Callable[[Server, str], Awaitable[None]]] = {
    "EHLO": Server.smtp_EHLO,
    "HELO": Server.smtp_HELO,
    "MAIL": Server.smtp_MAIL,
    "RCPT": Server.smtp_RCPT,
    "DATA": Server.smtp_DATA,
    "RSET": Server.smtp_RSET,
    "QUIT": Server.smtp_QUIT,
    "STARTTLS": Server.smtp_STARTTLS,
    "NOOP": SMTP.smtp_NOOP,
    "VRFY": SMTP.smtp_VRFY,
}

_CODES: Mapping[str, str] = {"250": "2.0.0", "252": "2.5.0", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1"}


def _enhanced(status: str) -> Reply:
    """A reply of aiosmtpd's own with the enhanced code that it lacks."""
    code, _, text = status.partition(" ")
    return Reply.foreign(int(code), f"{_CODES.get(code, '')} {text}".strip())


def _open(reply: Reply) -> Reply:
    """A next hop's 421 to one command does not close our client's connection."""
    return replies.NEXT_HOP_DOWN if reply.code == 421 else reply


def close_all(hall: Hall) -> Sequence[asyncio.Task[Answered]]:
    """Stop taking new mails: idle connections hear 421 now, busy ones after their reply; returns the mails at work."""
    hall.closing = True
    for server in tuple(hall.inside):
        if server._transaction is None and server._unheard is None and not hall.mails:
            server._write(replies.SHUTTING_DOWN)
            server._close()
    return tuple(hall.mails)
