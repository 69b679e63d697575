"""Scanner processes: they open documents for the workers, one at a time, under a deadline and a memory limit.

Theory of operation.  A scanner accepts a connection on a Unix socket, takes one document, says so with one byte,
answers, and closes.  From the moment the document is taken up a kernel timer runs whose signal nobody handles: native
code that hangs is ended like any other, and the worker tells a deadline from a crash by the time that has passed.
What a document can make a scanner do is bounded: no file can be written, no core dumped, no message printed (native
libraries quote their input when they fail).

The wire, both ways: `!Q` length and a JSON object; the document's bytes follow the question.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NoReturn

from gateway import message
from gateway.model import Document, Leaf, Message, Part, PartKind, Reason, Unreadable
from gateway.replies import ScanUnfinished

INLINE_BYTES: Final = 262_144
"""Mails up to this size are parsed where they are: about 2 ms; a thread would cost more than it frees."""

DOCUMENTS_PER_PROCESS: Final = 200
"""A scanner ends after so many documents, and with it whatever memory its libraries have lost."""

ANSWER_BYTES: Final = 536_870_912
"""No answer is longer; a scanner that says so is not to be believed."""

_TAKEN_UP: Final = b"\x01"
_LENGTH: Final = struct.Struct("!Q")
_AT_DEADLINE: Final = 0.9
"""Share of the deadline after which a lost connection counts as the deadline: the two clocks start apart."""

_TRIES: Final = 3
_BACKLOG_PAUSE: Final = 0.02


class NotTakenUp(ScanUnfinished):
    """No scanner could be had for a document: nothing is known against its content."""


def read_here(content: bytes) -> Message:
    """The whole mail, its documents opened in this process: for commands and tests, not for mail from outside."""
    reading = message.read(content)
    return sum(map(message.extract, reading.documents), reading.message)


def serve(listener: socket.socket, document_deadline: timedelta, memory_bytes: int) -> NoReturn:
    """Body of one scanner process: answer documents from a listening Unix socket, then raise SystemExit(0).

    `document_deadline` ends the process in the middle of a document by SIGALRM; `memory_bytes` bounds the memory the
    process may write to.  Meant for a fresh process: limits, signals and standard error are changed for good.
    """
    _confine(memory_bytes)
    listener.setblocking(True)
    told = _Told()
    for _ in range(DOCUMENTS_PER_PROCESS):
        connection, _ = listener.accept()
        with told.busy(), connection:
            _serve_one(connection, document_deadline)
    raise SystemExit(0)


class _Told:
    """What SIGTERM does: it ends an idle scanner at once, and a busy one after its document."""

    def __init__(self) -> None:
        self._busy = self._ending = False
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, _number: int, _frame: object) -> None:
        self._ending = True
        if not self._busy:
            raise SystemExit(0)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """A document is at work."""
        self._busy = True
        yield
        self._busy = False
        if self._ending:
            raise SystemExit(0)


def _confine(memory_bytes: int) -> None:
    """Give up what opening a document does not need; libraries are loaded before, while files may still be written."""
    message.prepare()
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGTERM, signal.SIGINT})
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_DATA, memory_bytes)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)


def _limit(resource_number: int, value: int) -> None:
    """Lower a limit for good, or leave it where it is lower already."""
    _, hard = resource.getrlimit(resource_number)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(resource_number, (bound, bound))


def _serve_one(connection: socket.socket, document_deadline: timedelta) -> None:
    """Answer one document; a worker that went away is no matter."""
    try:
        signal.setitimer(signal.ITIMER_REAL, document_deadline.total_seconds())
        connection.sendall(_TAKEN_UP)
        _answer(connection)
    except OSError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(connection: socket.socket) -> None:
    question = json.loads(_receive(connection, _LENGTH.unpack(_receive(connection, _LENGTH.size))[0]))
    try:
        data = memoryview(_receive(connection, question["size"])).toreadonly()
        answer = _packed(message.extract(Document(question["path"], question["hint"], data)))
    except MemoryError:
        answer = _packed(_unread(question["path"], Reason.TOO_LARGE))
    connection.sendall(_LENGTH.pack(len(answer)))
    connection.sendall(answer)


def _receive(connection: socket.socket, size: int) -> bytearray:
    """Exactly `size` bytes; raises ConnectionError when the peer ends before."""
    data = bytearray(size)
    view, position = memoryview(data), 0
    while position < size:
        received = connection.recv_into(view[position:])
        if not received:
            raise ConnectionError("the worker went away")
        position += received
    view.release()
    return data


def _unread(path: str, reason: Reason) -> Message:
    return Message(unreadable=(Unreadable(path, reason),))


def _packed(found: Message) -> bytes:
    record = {
        "parts": [[part.path, part.kind.value, part.text] for part in found.parts],
        "leaves": [[leaf.path, leaf.sha256.hex(), leaf.size] for leaf in found.leaves],
        "unreadable": [[mark.path, mark.reason.value] for mark in found.unreadable],
    }
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _unpacked(answer: bytes | bytearray) -> Message:
    """The message that a scanner answered; raises ValueError, KeyError or TypeError on anything else."""
    record: dict[str, Any] = json.loads(str(answer, "utf-8", "surrogatepass"))
    return Message(
        tuple(Part(path, PartKind(kind), text) for path, kind, text in record["parts"]),
        tuple(Leaf(path, bytes.fromhex(digest), size) for path, digest, size in record["leaves"]),
        tuple(Unreadable(path, Reason(reason)) for path, reason in record["unreadable"]),
    )


@dataclass(slots=True)
class _Waits:
    """Whether the reading of one mail waits for a scanner just now."""

    now: bool = False


class Scanners:
    """A worker's way to the scanner processes behind the Unix socket at `path`.

    `document_deadline` is the one the scanners were started with; `deadline` bounds the reading of a whole mail,
    waiting for a free scanner included.
    """

    def __init__(self, path: str, document_deadline: timedelta, deadline: timedelta) -> None:
        self._path = path
        self._document_deadline = document_deadline
        self._deadline = deadline

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
        if len(content) <= INLINE_BYTES:
            reading = message.read(content)
        else:
            reading = await asyncio.to_thread(message.read, content)
        found = reading.message
        for document in reading.documents:
            found += await self._extract(document, waits)
        return found

    async def _extract(self, document: Document, waits: _Waits) -> Message:
        """Have one document opened; one that no scanner took up is offered again, one that was taken up never."""
        loop = asyncio.get_running_loop()
        waits.now = True
        for _ in range(_TRIES):
            with await self._connect() as connection:
                try:
                    taken_up = await loop.sock_recv(connection, 1) == _TAKEN_UP
                except OSError:
                    continue
                if taken_up:
                    waits.now = False
                    return await self._ask(connection, document)
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

    async def _ask(self, connection: socket.socket, document: Document) -> Message:
        began = time.monotonic()
        try:
            answer = await self._dialogue(connection, document)
            return _about(document, _unpacked(answer))
        except (ConnectionError, ValueError, KeyError, TypeError) as error:
            passed = timedelta(seconds=time.monotonic() - began)
            if isinstance(error, ConnectionError) and passed >= _AT_DEADLINE * self._document_deadline:
                return _unread(document.path, Reason.DEADLINE)
            raise ScanUnfinished(f"a scanner was lost: {type(error).__name__}") from None

    async def _dialogue(self, connection: socket.socket, document: Document) -> bytearray:
        loop = asyncio.get_running_loop()
        question = {"path": document.path, "hint": document.hint, "size": len(document.data)}
        head = json.dumps(question).encode()
        await loop.sock_sendall(connection, _LENGTH.pack(len(head)) + head)
        await loop.sock_sendall(connection, document.data)
        size = _LENGTH.unpack(await _received(connection, _LENGTH.size))[0]
        if size > ANSWER_BYTES:
            raise ValueError("an answer too long to be one")
        return await _received(connection, size)


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


def _about(document: Document, found: Message) -> Message:
    """The answer, if it speaks of this document only; a scanner taken over by its input cannot speak of others."""
    within = (document.path, f"{document.path}/")
    things: tuple[Part | Leaf | Unreadable, ...] = (*found.parts, *found.leaves, *found.unreadable)
    if not all(thing.path == within[0] or thing.path.startswith(within[1]) for thing in things):
        raise ValueError("an answer about something else")
    return found
