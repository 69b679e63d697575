"""Scanner processes: real ones on a real Unix socket, and what a worker makes of their ends."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from gateway import scanner
from gateway.model import Message, Reason
from gateway.registration import Empty, Traced, trace
from gateway.replies import ScanUnfinished
from gateway.scanner import DOCUMENTS_PER_PROCESS, NotTakenUp, Scanners, read_here
from gateway.scanner_process import TAKEN_UP
from tests import pictured
from tests.papers import BANNER, archive, attached, mail, pdf, word
from tests.pictured import reads_words

SECOND = timedelta(seconds=1)
MEMORY = 512 * 1024 * 1024
KEY = bytes(range(32))

SCRIPT = """
import ctypes, os, socket, sys, tempfile, time
from datetime import timedelta
from gateway import material, message, scanner
from gateway.model import Message, Part, PartKind, Reason, Unreadable

def hang(document, collector=None):
    # A native call that never comes back and never lets Python run a signal handler.
    ctypes.PyDLL(None).pause()

def crash(document, collector=None): os.abort()
def hog(document, collector=None): return bytearray(8 << 30)
def stranger(document, collector=None): return Message((Part("7", PartKind.DOCUMENT, "x"),))
def noisy(document, collector=None):
    os.write(2, b"SECRET"); print("SECRET", flush=True)
    return Message()
def writes(document, collector=None):
    try:
        with tempfile.TemporaryFile() as file: file.write(b"SECRET"); file.flush()
    except OSError: return Message((Part(document.path, PartKind.DOCUMENT, "could not write"),))
    return Message()

behaviour, descriptor, deadline, memory = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
message.extract = material.extract = globals().get(behaviour, message.extract)
scanner.serve(socket.socket(fileno=descriptor), timedelta(seconds=deadline), memory)
"""

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Where the scanners' socket is."""
    return str(tmp_path / "s")


@pytest.fixture
def start(path: str) -> Iterator[Start]:
    """Start a scanner process that behaves in a certain way; the listener is shared by all of one test."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(4)
        running: list[subprocess.Popen[bytes]] = []

        def run(
            behaviour: str = "honest", deadline: float = 10, memory: int = MEMORY
        ) -> subprocess.Popen[bytes]:
            descriptor = listener.fileno()
            arguments = [sys.executable, "-c", SCRIPT, behaviour, str(descriptor), str(deadline), str(memory)]
            process = subprocess.Popen(
                arguments, pass_fds=[descriptor], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            running.append(process)
            return process

        yield run
        for process in running:
            process.kill()
            process.communicate()


def meet(path: str) -> None:
    """Wait until the scanner is there: a deadline that began before would pass while it loads its libraries."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(path)
        assert TAKEN_UP == connection.recv(1)


def read(path: str, content: bytes, document_deadline: float = 10, deadline: float = 30) -> Message:
    """Read one mail as a worker does."""
    scanners = Scanners(path, document_deadline * SECOND, deadline * SECOND)
    return asyncio.run(scanners.read(content))


LETTER = mail(attached(word(), "a.docx"), attached(pdf(), "b.pdf"))


def test_scanner_reads_what_the_process_itself_would(path: str, start: Start) -> None:
    """A mail read through scanner processes is the mail read here, part for part."""
    start()
    found = read(path, LETTER)
    assert read_here(LETTER) == found
    assert any(BANNER in part.text for part in found.parts if part.path == "1")
    assert any(BANNER in part.text for part in found.parts if part.path == "2")


@reads_words
def test_words_of_pictures_are_read_in_confinement(path: str, start: Start) -> None:
    """A scanner that may write nothing reads pictures all the same: those of the mail, and those in its documents."""
    start()
    shown = pictured.picture("Rate 72,670")
    content = mail(attached(shown, "a.png"), attached(archive({"b.png": shown}), "b.zip"))
    scanners = Scanners(path, 10 * SECOND, 30 * SECOND, ocr=True)
    found = asyncio.run(scanners.read(content))
    assert {"1", "2/1"} == {part.path for part in found.parts if "72,670" in part.text}
    assert () == found.unreadable


def test_pictures_that_no_time_is_left_for_are_named(path: str, start: Start) -> None:
    """Half of a mail's time goes to its pictures; those that are not begun are named, and the rest of it is read."""
    start()
    content = mail(b"\r\nhello\r\n", attached(pictured.picture("Rate 72,670"), "a.png"))
    scanners = Scanners(path, 10 * SECOND, -1 * SECOND, ocr=True)
    found = asyncio.run(scanners._read(content, scanner._Waits()))
    assert [("2", Reason.DEADLINE)] == [(mark.path, mark.reason) for mark in found.unreadable]
    assert any("hello" in part.text for part in found.parts)


def test_large_mail_is_read_in_a_thread(path: str, start: Start) -> None:
    """A mail above the inline size gives the same answer."""
    start()
    content = mail(b"\r\n" + b"hello world\r\n" * 30_000, attached(word()))
    assert read_here(content) == read(path, content)


def test_mail_without_documents_needs_no_scanner(path: str) -> None:
    """Plain mail is read although there is no scanner at all."""
    found = read(path, b"Subject: s\r\n\r\nhello\r\n")
    assert ["header", "1"] == [part.path for part in found.parts]


def test_no_scanner_is_unfinished(path: str) -> None:
    """A document without anybody to open it is an infrastructure fault, and nothing against the document."""
    with pytest.raises(NotTakenUp):
        read(path, LETTER)


def test_hanging_document_ends_at_its_deadline(path: str, start: Start) -> None:
    """A document that hangs its reader is named as unreadable when its deadline has passed, and the process is gone."""
    process = start("hang", deadline=0.5)
    found = read(path, mail(attached(word())), document_deadline=0.5)
    assert [("1", Reason.DEADLINE)] == [(mark.path, mark.reason) for mark in found.unreadable]
    assert -14 == process.wait(30)


def test_crash_is_unfinished(path: str, start: Start) -> None:
    """A scanner that dies before the deadline proves nothing about the mail."""
    start("crash")
    with pytest.raises(ScanUnfinished):
        read(path, mail(attached(word())))


def test_memory_is_limited(path: str, start: Start) -> None:
    """A document that asks for more memory than there is is too large, and the scanner lives on."""
    process = start("hog")
    found = read(path, mail(attached(word())))
    assert [Reason.TOO_LARGE] == [mark.reason for mark in found.unreadable]
    assert process.poll() is None


def test_scanner_cannot_speak_of_other_parts(path: str, start: Start) -> None:
    """An answer about a path that was not asked for is not believed."""
    start("stranger")
    with pytest.raises(ScanUnfinished):
        read(path, mail(attached(word())))


def test_scanner_says_nothing(path: str, start: Start) -> None:
    """What a library prints never reaches our standard output or error: it may quote the document."""
    process = start("noisy")
    read(path, mail(attached(word())))
    process.kill()
    assert (b"", b"") == process.communicate(timeout=30)


def test_scanner_writes_nothing(path: str, start: Start) -> None:
    """No byte of a document can get into a file."""
    start("writes")
    found = read(path, mail(attached(word())))
    assert "could not write" == found.parts[-1].text


def test_overall_deadline_is_unfinished(path: str, start: Start) -> None:
    """Waiting for a free scanner counts: the deadline of the mail ends it, and says nothing about the mail."""
    start("hang", deadline=20)
    meet(path)
    began = time.monotonic()
    with pytest.raises(ScanUnfinished):
        read(path, mail(attached(word())), document_deadline=20, deadline=1.5)
    assert time.monotonic() - began < 15


def test_waiting_for_a_scanner_says_nothing_about_the_document(path: str, start: Start) -> None:
    """One of two mails hangs the only scanner: the deadline tells the one that was read from the one that waited."""
    start("hang", deadline=20)
    meet(path)

    async def two() -> list[type]:
        scanners = Scanners(path, 20 * SECOND, 2 * SECOND)
        content = mail(attached(word()))
        ends = await asyncio.gather(scanners.read(content), scanners.read(content), return_exceptions=True)
        return sorted((type(end) for end in ends), key=lambda kind: kind.__name__)

    assert [NotTakenUp, ScanUnfinished] == asyncio.run(two())


def test_many_at_once_wait_their_turn(path: str, start: Start) -> None:
    """More mails than the backlog holds are all read by one scanner."""
    start()

    async def crowd() -> list[Message]:
        scanners = Scanners(path, 10 * SECOND, 30 * SECOND)
        return await asyncio.gather(*(scanners.read(LETTER) for _ in range(20)))

    assert 20 * [read_here(LETTER)] == asyncio.run(crowd())


def test_scanner_retires_and_another_takes_over(path: str, start: Start) -> None:
    """A scanner ends by itself after its share of documents; those that wait go to the next."""
    first = start()
    letter = mail(*[attached(pdf())] * DOCUMENTS_PER_PROCESS)
    assert len(read(path, letter).parts) >= DOCUMENTS_PER_PROCESS
    assert 0 == first.wait(10)
    start()
    assert read_here(LETTER) == read(path, LETTER)


def traced(path: str, name: str, content: bytes, document_deadline: float = 10) -> Traced:
    """Trace one file as the console does."""
    scanners = Scanners(path, document_deadline * SECOND, 30 * SECOND)
    return asyncio.run(scanners.trace(name, content, KEY))


def test_traces_are_those_of_the_command(path: str, start: Start) -> None:
    """A file that a scanner process traces has the traces that the command line registers."""
    start()
    for name, content in (("draft.docx", word()), ("mail.eml", LETTER), ("broken.zip", b"PK\x03\x04broken")):
        assert trace(name, content, KEY) == traced(path, name, content)
    with pytest.raises(Empty):
        traced(path, "nothing.csv", b"")


def test_file_that_is_not_traced_in_time_keeps_its_own_digest(path: str, start: Start) -> None:
    """A file on which the scanner hangs is registered as a whole, and marked."""
    draft = word()
    start("hang", deadline=0.5)
    found = traced(path, "draft.docx", draft, document_deadline=0.5)
    assert (frozenset({sha256(draft).digest()}), ("1: deadline",)) == (found.digests, found.unreadable)
    start("crash")
    with pytest.raises(ScanUnfinished):
        traced(path, "draft.docx", draft)
