"""What a client has sent and we have not read: command lines, and content up to the final dot.

The transport feeds bytes; one reader awaits lines or content.  Only CRLF ends a line and only CRLF.CRLF ends content:
every other look-alike is either refused or stays content that `content_fault` then names (SMTP smuggling).
"""

from __future__ import annotations

import asyncio
from io import BytesIO

from gateway import replies
from gateway.replies import Reply

COMMAND_LIMIT = 4096
"""Octets of a command line, CRLF included: RFC 5321's 512 and room for the parameters of RFC 3461 and 6531."""
LINE_LIMIT = 65_536
"""Octets of a content line that are tolerated in: large institutional senders exceed the 998 of RFC 5322."""
_HIGH_WATER = 262_144
_END = b"\r\n.\r\n"


class LineFault(Exception):
    """A command line that is too long or malformed; `reply` says which."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


class ContentTooBig(Exception):
    """The content went over the limit; it was read to its end and thrown away."""


class Gone(Exception):
    """The client closed the connection in the middle of a line or of content."""


class Inbox:
    """Bytes of one connection, with flow control on its transport."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self.eof = False
        self.received = 0

    def attach(self, transport: asyncio.Transport) -> None:
        """Read from this transport from now on (again after STARTTLS)."""
        self._transport = transport
        self._paused = False

    def feed(self, data: bytes) -> None:
        """Take bytes from the transport; none after the end."""
        if self.eof:
            return
        self._buffer += data
        self.received += len(data)
        if len(self._buffer) > _HIGH_WATER and not self._paused and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True
        self._wake()

    def end(self) -> None:
        """The client will send no more."""
        self.eof = True
        self._wake()

    def shut(self) -> None:
        """The dialogue is over: what was sent and not read is never obeyed."""
        self._buffer.clear()
        self.end()

    @property
    def empty(self) -> bool:
        """Whether everything sent so far has been read."""
        return not self._buffer

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _more(self) -> None:
        """Wait for bytes; raises Gone at the end of the stream."""
        if self.eof:
            raise Gone
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    async def line(self) -> bytes | None:
        """The next command line without its CRLF; None at the end of the stream; raises LineFault."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > COMMAND_LIMIT:
                await self._skip_line()
            if self.eof:
                return None
            try:
                await self._more()
            except Gone:
                return None
        return self._take_line(end)

    def waiting_line(self, prefix: bytes) -> bytes | None:
        """The next line, if a whole one is there already and begins with `prefix` (ASCII, any case)."""
        if self._buffer[: len(prefix)].upper() != prefix:
            return None
        end = self._buffer.find(b"\n", 0, COMMAND_LIMIT)
        if (
            end < 1
            or self._buffer[end - 1] != 0x0D
            or b"\r" in self._buffer[: end - 1]
            or b"\0" in self._buffer[:end]
        ):
            return None
        return self._take_line(end)

    def _take_line(self, end: int) -> bytes:
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        if len(line) > COMMAND_LIMIT:
            raise LineFault(replies.COMMAND_TOO_LONG)
        if not line.endswith(b"\r\n") or b"\r" in line[:-2] or b"\0" in line:
            raise LineFault(replies.BAD_LINE)
        return line[:-2]

    async def _skip_line(self) -> None:
        """Throw away the rest of an overlong line."""
        while (end := self._buffer.find(b"\n")) < 0:
            self._buffer.clear()
            try:
                await self._more()
            except Gone:
                break
        del self._buffer[: end + 1]
        raise LineFault(replies.COMMAND_TOO_LONG)

    async def content(self, limit: int) -> bytes:
        """Content up to the final dot, dots unstuffed; raises Gone, or ContentTooBig after the dot."""
        gathered, too_big = BytesIO(), False
        seam = b"\r\n"  # The dot of an empty content follows the CRLF of DATA itself.
        while True:
            chunk, self._buffer = self._buffer, bytearray()
            window = seam + chunk
            end = window.find(_END)
            if end >= 0:
                break
            gathered.write(chunk)
            if gathered.tell() > limit + limit // 16:  # Stuffed dots may add a little to what counts.
                too_big = True
                gathered = BytesIO()
            seam = window[-4:]
            await self._more()
        self._buffer[:0] = window[end + 5 :]
        gathered.write(chunk)
        gathered.truncate(max(0, gathered.tell() - len(window) + end + 2))
        if too_big:
            raise ContentTooBig
        return _unstuffed(gathered.getvalue(), limit)


def _unstuffed(stuffed: bytes, limit: int) -> bytes:
    """Content without the dots that transparency added (RFC 5321 section 4.5.2); no copy where there are none."""
    content = stuffed.removeprefix(b".")
    if b"\r\n." in content:
        content = content.replace(b"\r\n.", b"\r\n")
    if len(content) > limit:
        raise ContentTooBig
    return content


def content_fault(content: bytes) -> Reply | None:
    """The reply to content that another server could read differently, or None where there is no doubt.

    A CR, LF or NUL on its own is refused, never repaired: what is relayed is what was scanned.
    """
    pairs = content.count(b"\r\n")
    if content.count(b"\r") != pairs or content.count(b"\n") != pairs or b"\0" in content:
        return replies.BARE_CONTROL
    position = 0
    while len(content) - position > LINE_LIMIT:
        newline = content.rfind(b"\n", position, position + LINE_LIMIT)
        if newline < 0:
            return replies.LINE_TOO_LONG
        position = newline + 1
    return None
