"""Scanner processes: they open documents for the workers, one at a time, under a deadline and a memory limit.

Theory of operation.  A scanner accepts a connection on a Unix socket, takes one document, says so with one byte,
answers, and closes.  From the moment the document is taken up a kernel timer runs whose signal nobody handles: native
code that hangs is ended like any other, and the worker tells a deadline from a crash by the time that has passed.
What a document can make a scanner do is bounded: no file can be written, no core dumped, no message printed (native
libraries quote their input when they fail).

The wire, both ways: `!Q` length and a JSON object; the document's bytes follow the question.  The work asked for is
`read` (the document as a part of a mail), `read and see` (the words of pictures in it, too), `see` (those of a picture)
or `look` (into a file that is to be registered).  A scanner has no key.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Final

from gateway import message, registration, scan_answers, sight
from gateway.message import Collector
from gateway.model import Document, Message, Reason
from gateway.registration import Traced
from gateway.replies import ScanUnfinished
from gateway.scanner_process import DOCUMENTS_PER_PROCESS, LENGTH, TAKEN_UP, serve

__all__ = ["DOCUMENTS_PER_PROCESS", "NotTakenUp", "Scanners", "read_here", "serve"]

INLINE_BYTES: Final = 262_144
"""Mails up to this size are parsed where they are: about 2 ms; a thread would cost more than it frees."""

ANSWER_BYTES: Final = 536_870_912
"""No answer is longer; a scanner that says so is not to be believed."""

_AT_DEADLINE: Final = 0.9
"""Share of the deadline after which a lost connection counts as the deadline: the two clocks start apart."""

_SEEING: Final = 0.5
"""Share of a mail's deadline in which its pictures are begun; one may take as long as a document."""

_TRIES: Final = 3
_BACKLOG_PAUSE: Final = 0.02


class NotTakenUp(ScanUnfinished):
    """No scanner could be had for a document: nothing is known against its content."""


def read_here(content: bytes, *, ocr: bool = False) -> Message:
    """The whole mail, its documents opened in this process: for commands and tests, not for mail from outside."""
    if not ocr:
        reading = message.read(content)
        return sum(map(message.extract, reading.documents), reading.message)
    reading = message.read(content, collector=Collector(pictures=[]))
    found = sum(map(sight.read_document, reading.documents), reading.message)
    return found + sight.read_all(reading.pictures)


@dataclass(slots=True)
class _Waits:
    """Whether the reading of one mail waits for a scanner just now."""

    now: bool = False


class Scanners:
    """A worker's way to the scanner processes behind the Unix socket at `path`.

    `document_deadline` is the one the scanners were started with; `deadline` bounds the reading of a whole mail,
    waiting for a free scanner included.  `ocr`: the words of pictures are asked for.
    """

    def __init__(
        self, path: str, document_deadline: timedelta, deadline: timedelta, *, ocr: bool = False
    ) -> None:
        self._path = path
        self._document_deadline = document_deadline
        self._deadline = deadline
        self._ocr = ocr

    async def read(self, content: bytes) -> Message:
        """Everything that can be read of a mail.

        Raises ScanUnfinished when no scanner could finish it in time, NotTakenUp where it had to wait for one.
        """
        waits = _Waits()
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                return await self._read(content, waits)
        except TimeoutError:
            error = NotTakenUp if waits.now else ScanUnfinished
            raise error("the deadline for reading a mail has passed") from None

    async def _read(self, content: bytes, waits: _Waits) -> Message:
        began = time.monotonic()
        if len(content) <= INLINE_BYTES:
            reading = self._parsed(content)
        else:
            reading = await asyncio.to_thread(self._parsed, content)
        found = reading.message
        for document in reading.documents:
            found += await self._extract(document, "read and see" if self._ocr else "read", waits)
        for picture in reading.pictures:
            if time.monotonic() - began < _SEEING * self._deadline.total_seconds():
                found += await self._extract(picture, "see", waits)
            else:
                found += scan_answers.unread(picture.path, Reason.DEADLINE)
        return found

    def _parsed(self, content: bytes) -> message.Reading:
        return message.read(content, collector=Collector(pictures=[] if self._ocr else None))

    async def trace(self, name: str, content: bytes, key: bytes) -> Traced:
        """What of a file becomes traces; where its reading does not end in time, its own digest and a mark.

        A scanner looks into it; the features are made here, in a thread, under the installation's key.
        Raises ScanUnfinished when no scanner could finish it, `registration.Empty` for a blank file.
        """
        if registration.is_empty(content):
            raise registration.Empty
        document = Document("1", PurePosixPath(name).suffix.lower().lstrip("."), content)
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                answer = await self._offer(document, "look", _Waits())
        except TimeoutError:
            raise NotTakenUp("no scanner was free in time") from None
        return await asyncio.to_thread(_traced, name, content, answer, key)

    async def _extract(self, document: Document, work: str, waits: _Waits) -> Message:
        answer = await self._offer(document, work, waits)
        if answer is None:
            return scan_answers.unread(document.path, Reason.DEADLINE)
        try:
            return scan_answers.message_in(answer, document)
        except scan_answers.NONSENSE as error:
            raise _lost(error) from None

    async def _offer(self, document: Document, work: str, waits: _Waits) -> bytearray | None:
        """Have one document opened: the answer, or None at its deadline.

        One that no scanner took up is offered again, one that was taken up never.
        """
        loop = asyncio.get_running_loop()
        waits.now = True
        for _ in range(_TRIES):
            with await self._connect() as connection:
                try:
                    taken_up = await loop.sock_recv(connection, 1) == TAKEN_UP
                except OSError:
                    continue
                if taken_up:
                    waits.now = False
                    return await self._ask(connection, document, work)
        raise NotTakenUp("no scanner took the document up")

    async def _connect(self) -> socket.socket:
        """A connection to the scanners' socket; a full backlog is waited for, no listener is NotTakenUp."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.setblocking(False)
            while True:
                try:
                    connection.connect(self._path)
                    return connection
                except BlockingIOError:
                    await asyncio.sleep(_BACKLOG_PAUSE)
        except OSError as error:
            connection.close()
            raise NotTakenUp(f"no scanners: {error.strerror}") from None
        except BaseException:
            connection.close()
            raise

    async def _ask(self, connection: socket.socket, document: Document, work: str) -> bytearray | None:
        began = time.monotonic()
        try:
            return await self._dialogue(connection, document, work)
        except (ConnectionError, ValueError) as error:
            passed = timedelta(seconds=time.monotonic() - began)
            if isinstance(error, ConnectionError) and passed >= _AT_DEADLINE * self._document_deadline:
                return None
            raise _lost(error) from None

    async def _dialogue(self, connection: socket.socket, document: Document, work: str) -> bytearray:
        loop = asyncio.get_running_loop()
        question = {
            "work": work,
            "path": document.path,
            "hint": document.hint,
            "size": len(document.data),
        }
        head = json.dumps(question).encode()
        await loop.sock_sendall(connection, LENGTH.pack(len(head)) + head)
        await loop.sock_sendall(connection, document.data)
        size = LENGTH.unpack(await _received(connection, LENGTH.size))[0]
        if size > ANSWER_BYTES:
            raise ValueError("an answer too long to be one")
        return await _received(connection, size)


def _traced(name: str, content: bytes, answer: bytearray | None, key: bytes) -> Traced:
    """The traces of a file by a scanner's answer; None: it did not finish in time."""
    if answer is None:
        return Traced(name, len(content), frozenset({sha256(content).digest()}), ("1: deadline",))
    try:
        looked = scan_answers.look_in(answer)
    except scan_answers.NONSENSE as error:
        raise _lost(error) from None
    return registration.traced(name, content, looked, key)


def _lost(error: Exception) -> ScanUnfinished:
    return ScanUnfinished(f"a scanner was lost: {type(error).__name__}")


async def _received(connection: socket.socket, size: int) -> bytearray:
    loop = asyncio.get_running_loop()
    data = bytearray(size)
    view, position = memoryview(data), 0
    while position < size:
        received = await loop.sock_recv_into(connection, view[position:])
        if not received:
            raise ConnectionError("the scanner went away")
        position += received
    return data
