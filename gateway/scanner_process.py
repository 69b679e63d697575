"""The body of a scanner process: it answers one document after the other, and can do nothing else.

What a worker asks, and how, stands in `gateway.scanner`.
"""

from __future__ import annotations

import json
import signal
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, NoReturn

from gateway import message, registration, scan_answers, sight
from gateway.confinement import confine
from gateway.model import Document

DOCUMENTS_PER_PROCESS: Final = 200
"""A scanner ends after so many documents, and with it whatever memory its libraries have lost."""

TAKEN_UP: Final = b"\x01"
LENGTH: Final = struct.Struct("!Q")


def serve(
    listener: socket.socket, document_deadline: timedelta, memory_bytes: int, *, ocr: bool = False
) -> NoReturn:
    """Body of one scanner process: answer documents from a listening Unix socket, then raise SystemExit(0).

    `document_deadline` ends the process in the middle of a document by SIGALRM; `memory_bytes` bounds the memory the
    process may write to; `ocr`: it will be asked for the words of pictures.
    Meant for a fresh process: limits, signals and standard error are changed for good.
    """
    if ocr:
        sight.prepare()
    confine(memory_bytes)
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


def _serve_one(connection: socket.socket, document_deadline: timedelta) -> None:
    """Answer one document; a worker that went away is no matter."""
    try:
        signal.setitimer(signal.ITIMER_REAL, document_deadline.total_seconds())
        connection.sendall(TAKEN_UP)
        _answer(connection, document_deadline.total_seconds())
    except OSError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(connection: socket.socket, seconds: float) -> None:
    question = json.loads(_receive(connection, LENGTH.unpack(_receive(connection, LENGTH.size))[0]))
    try:
        data = memoryview(_receive(connection, question["size"])).toreadonly()
        answer = _answered(question["work"], Document(question["path"], question["hint"], data), seconds)
    except MemoryError:
        answer = scan_answers.too_large(question["path"])
    connection.sendall(LENGTH.pack(len(answer)))
    connection.sendall(answer)


def _answered(work: str, document: Document, seconds: float) -> bytes:
    if work == "look":
        looked = registration.look(f"file.{document.hint}", bytes(document.data))
        return scan_answers.packed_look(looked)
    if work == "see":
        return scan_answers.packed(sight.read_all([document], seconds))
    if work == "read and see":
        return scan_answers.packed(sight.read_document(document, seconds))
    return scan_answers.packed(message.extract(document))


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
