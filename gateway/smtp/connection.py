"""One connection to the next hop: greeting, EHLO, TLS, commands, a timer for each phase (RFC 5321 section 4.5.3.2).

Replies come back sanitised (`Reply.foreign`).  A reply that is no SMTP is a lost connection: after the final dot that
means in doubt, never failed.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gateway.replies import NextHopLost, NextHopUnavailable, NextHopUnverified, Reply
from gateway.smtp.inbox import content_fault

_REPLY = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?\r?\n\Z", re.S)
_MAX_REPLY_LINES = 512
_STREAM_LIMIT = 65_536
_CHUNK = 262_144
_ENHANCED_AGAIN = re.compile(r" [245]\.[0-9]{1,3}\.[0-9]{1,3}(?= )")


class InDoubt(NextHopLost):
    """No usable answer came to the final dot: the next hop may have taken the mail."""


@dataclass(frozen=True, slots=True)
class Timers:
    """Seconds for each phase with the next hop."""

    connect: float = 30.0
    command: float = 300.0
    final: float = 540.0


@dataclass(frozen=True, slots=True)
class Tls:
    """How a connection is protected: `required` verifies name and issuer and never falls back to clear text."""

    mode: Literal["none", "opportunistic", "required"] = "opportunistic"
    name: str | None = None
    context: ssl.SSLContext | None = None


@dataclass(slots=True)
class Connection:
    """One open session with the next hop; `offers` are the EHLO keywords with their arguments."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    timers: Timers
    offers: Mapping[str, str] = field(default_factory=dict)
    mails: int = 0
    refusals: int = 0
    idle_since: float = 0.0
    broken: bool = False

    @property
    def usable(self) -> bool:
        """Whether the other side still listens, as far as can be seen.

        Bytes that nobody asked for are the 421 of a server that closes: what they would answer was not said yet.
        """
        unasked = bool(self.reader._buffer)  # type: ignore[attr-defined]
        return not (self.broken or unasked or self.reader.at_eof() or self.writer.is_closing())

    async def command(self, line: str, seconds: float | None = None) -> Reply:
        """Send one command and return its reply; raises NextHopLost."""
        return (await self.commands([line], seconds))[0]

    async def commands(self, lines: Sequence[str], seconds: float | None = None) -> list[Reply]:
        """Send commands in one write where PIPELINING is offered, and return their replies in order."""
        if "PIPELINING" not in self.offers and len(lines) > 1:
            return [await self.command(line, seconds) for line in lines]
        with self._guarded():
            async with asyncio.timeout(seconds or self.timers.command):
                self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
                return [await self._reply() for _ in lines]

    async def open_content(self, content: bytes, received: bytes) -> None:
        """Write the content, dots stuffed (RFC 5321 section 4.5.2), up to but without the final dot.

        The caller has had 354.  Refuses what could be read as more than one mail, whatever brought it here.
        """
        if content_fault(content) is not None:
            self.drop()
            raise NextHopLost("content with bare CR, LF or NUL must not leave")
        with self._guarded():
            async with asyncio.timeout(self.timers.final):
                self.writer.write(received)
                for piece in _stuffed(content):
                    self.writer.write(piece)
                    await self.writer.drain()

    async def finish_content(self) -> Reply:
        """Write the final dot and return what the next hop says to the mail; raises InDoubt."""
        try:
            return await self.command(".", self.timers.final)
        except NextHopLost as error:
            raise InDoubt(str(error)) from None

    def drop(self) -> None:
        """Close at once, without QUIT: whatever was begun is void for the next hop."""
        self.broken = True
        self.writer.transport.abort()

    async def quit(self) -> None:
        """Say goodbye and close; never raises."""
        with contextlib.suppress(NextHopLost):
            await self.command("QUIT", 5)
        self.broken = True
        self.writer.close()

    def _guarded(self) -> _Guard:
        return _Guard(self)

    async def _reply(self) -> Reply:
        """One reply of any number of lines; its text is that of all lines, within one reply's length."""
        texts: list[bytes] = []
        size = 0
        for _ in range(_MAX_REPLY_LINES):
            line = await self.reader.readline()
            match = _REPLY.match(line)
            if match is None:
                raise ConnectionError("no SMTP reply")
            if size < _STREAM_LIMIT:
                texts.append(match[3] or b"")
                size += len(line)
            if match[2] != b"-":
                return _joined(int(match[1]), texts)
        raise ConnectionError("endless reply")


def _stuffed(content: bytes) -> Iterator[bytes]:
    """The content in pieces of whole lines, with the dots of transparency and an end of line at its end."""
    start = 0
    while start < len(content):
        end = content.rfind(b"\n", start, start + _CHUNK) + 1 or len(content)
        piece = content[start:end].replace(b"\r\n.", b"\r\n..")
        yield b"." + piece if piece.startswith(b".") else piece
        start = end
    if content and not content.endswith(b"\r\n"):
        yield b"\r\n"


class _Guard:
    """Turns whatever breaks on the wire into NextHopLost, and the connection into one that is not lent again."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is None:
            return
        self._connection.drop()
        if isinstance(error, OSError | asyncio.IncompleteReadError | ValueError | TimeoutError):
            raise NextHopLost(type(error).__name__) from None


def _joined(code: int, texts: list[bytes]) -> Reply:
    text = b" ".join(texts).decode("ascii", "replace")
    if code == 354:
        return Reply(354, "", "")
    return Reply.foreign(code, _ENHANCED_AGAIN.sub("", text, count=len(texts)) if len(texts) > 1 else text)


async def connect(host: str, port: int, hostname: str, timers: Timers, tls: Tls) -> Connection:
    """A greeted connection, with TLS as configured; raises NextHopUnavailable or NextHopUnverified."""
    connection = await _greeted(host, port, hostname, timers)
    if tls.mode == "none":
        return connection
    if "STARTTLS" not in connection.offers:
        if tls.mode == "required":
            connection.drop()
            raise NextHopUnverified("STARTTLS is not offered")
        return connection
    try:
        return await _protected(connection, host, hostname, tls)
    except NextHopUnverified:
        if tls.mode == "required":
            raise
        return await _greeted(host, port, hostname, timers)


async def _greeted(host: str, port: int, hostname: str, timers: Timers) -> Connection:
    try:
        async with asyncio.timeout(timers.connect):
            reader, writer = await asyncio.open_connection(host, port, limit=_STREAM_LIMIT)
    except (OSError, TimeoutError) as error:
        raise NextHopUnavailable(type(error).__name__) from None
    connection = Connection(reader, writer, timers)
    try:
        with connection._guarded():
            async with asyncio.timeout(timers.command):
                greeting = await connection._reply()
        await _introduce(connection, greeting, hostname)
    except NextHopLost as error:
        raise NextHopUnavailable(str(error)) from None
    return connection


async def _introduce(connection: Connection, greeting: Reply, hostname: str) -> None:
    """EHLO; a refusal here is a fault of the next hop's configuration and must not bounce mail."""
    if greeting.code != 220:
        connection.drop()
        raise NextHopUnavailable(f"greeting {greeting.code}")
    connection.offers = await _ehlo(connection, hostname)


async def _ehlo(connection: Connection, hostname: str) -> Mapping[str, str]:
    with connection._guarded():
        async with asyncio.timeout(connection.timers.command):
            connection.writer.write(f"EHLO {hostname}\r\n".encode())
            lines = await _raw_lines(connection)
    if lines is None:
        reply = await connection.command(f"HELO {hostname}")
        if reply.code != 250:
            connection.drop()
            raise NextHopUnavailable(f"HELO {reply.code}")
        return {}
    return dict(_offer(line) for line in lines[1:])


async def _raw_lines(connection: Connection) -> list[str] | None:
    """The texts of a 250 reply's lines; None where EHLO is refused."""
    lines: list[str] = []
    for _ in range(_MAX_REPLY_LINES):
        match = _REPLY.match(await connection.reader.readline())
        if match is None:
            raise ConnectionError("no SMTP reply")
        lines.append((match[3] or b"").decode("ascii", "replace"))
        if match[2] != b"-":
            return lines if match[1] == b"250" else None
    raise ConnectionError("endless reply")


def _offer(line: str) -> tuple[str, str]:
    keyword, _, arguments = line.strip().partition(" ")
    return keyword.upper(), arguments


async def _protected(connection: Connection, host: str, hostname: str, tls: Tls) -> Connection:
    """STARTTLS and a second EHLO; raises NextHopUnverified."""
    try:
        reply = await connection.command("STARTTLS")
        if reply.code != 220:
            raise NextHopUnverified(f"STARTTLS {reply.code}")
        if connection.reader._buffer:  # type: ignore[attr-defined]  # No public way to look.
            # Said in clear behind the answer: replies that somebody on the way would have us believe (NOSTARTTLS).
            raise NextHopUnverified("replies in clear behind STARTTLS")
        async with asyncio.timeout(connection.timers.connect):
            await connection.writer.start_tls(_context(tls), server_hostname=tls.name or host)
        connection.offers = await _ehlo(connection, hostname)
    except (NextHopLost, OSError, TimeoutError, ssl.SSLError, ssl.CertificateError) as error:
        connection.drop()
        raise NextHopUnverified(type(error).__name__) from None
    except NextHopUnverified:
        connection.drop()
        raise
    return connection


def _context(tls: Tls) -> ssl.SSLContext:
    if tls.context is not None:
        return tls.context
    context = ssl.create_default_context()
    if tls.mode != "required":
        # Unverified TLS still hides the mail from whoever only listens; nobody asked us to know the peer.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
