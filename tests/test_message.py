"""The whole of reading: any bytes give a Reading, in time, and the origin case's mails give up their text."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import Document, extract, read
from gateway.model import Message, PartKind, Reason
from tests.pace import slowness
from tests.papers import (
    BANNER,
    attached,
    calc,
    compound,
    mail,
    part,
    pdf,
    rtf,
    slides,
    word,
    workbook,
    writer,
)

SPICE = [
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Type: text/html\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"\r\n",
    b"--b\r\n",
    b"--b--\r\n",
    b"=?utf-8?b?",
    b"?=",
    b'"',
    b"PK\x03\x04",
    b"begin 644 x\r\n",
    b"<p",
    b"\xff",
    b"\0",
]
junk = st.lists(st.one_of(st.sampled_from(SPICE), st.binary(max_size=20)), max_size=30).map(b"".join)


def reasons(message: Message) -> set[Reason]:
    """Why anything in a message could not be read."""
    return {mark.reason for mark in message.unreadable}


@given(junk)
def test_any_bytes_give_a_reading(content: bytes) -> None:
    """Reading never raises, says the same twice, and gives texts that can be hashed as UTF-8."""
    reading = read(content)
    assert read(content) == reading
    assert all(piece.text.encode() for piece in reading.message.parts)


MAKERS = {
    "word": word(),
    "workbook": workbook(),
    "odt": writer(),
    "pdf": pdf(),
    "rtf": rtf(),
    "ole": compound({"Book": b""}),
}


@settings(deadline=None)
@given(junk, st.sampled_from(sorted(MAKERS)), st.floats(0, 1))
def test_any_document_gives_a_message(noise: bytes, maker: str, where: float) -> None:
    """Opening a damaged document never raises, and every path stays below its own."""
    document = MAKERS[maker]
    at = int(where * len(document))
    found = extract(Document("3/1", "bin", document[:at] + noise + document[at + len(noise) :]))
    paths = [
        *(p.path for p in found.parts),
        *(p.path for p in found.leaves),
        *(p.path for p in found.unreadable),
    ]
    assert all(path.split("/")[:2] == ["3", "1"] for path in paths)


@pytest.mark.parametrize("make", [word, workbook, slides, writer, calc, pdf, rtf])
def test_banner_in_any_document_is_read(make: Callable[[], bytes]) -> None:
    """Each document kind people attach gives its text at the attachment's path, and no mark."""
    reading = read(mail(part(b"see attached", "Content-Type: text/plain", "7bit"), attached(make())))
    (document,) = reading.documents
    found = extract(document)
    assert "2" == document.path
    assert any(BANNER in piece.text for piece in found.parts)
    assert {PartKind.DOCUMENT} == {piece.kind for piece in found.parts}
    assert set() == reasons(reading.message) | reasons(found)


BOMBS = {
    "one-megabyte-header": (b"Subject: " + b"x" * 1_000_000 + b"\r\n\r\nb", Reason.TOO_LARGE),
    "100,000-headers": (b"X-A: y\r\n" * 100_000 + b"\r\nb", Reason.TOO_LARGE),
    "100,000-parameters": (b"Content-Type: text/plain" + b"; a=b" * 100_000 + b"\r\n\r\nb", Reason.TOO_LARGE),
    "100,000-parts": (mail(*[b"\r\nx"] * 100_000), Reason.TOO_LARGE),
    "5,000-multiparts": (
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(5_000)
        ),
        Reason.TOO_DEEP,
    ),
    "5,000-forwards": (b"Content-Type: message/rfc822\r\n\r\n" * 5_000, Reason.TOO_DEEP),
    "many-boundaries": (
        b"".join(b"Content-Type: multipart/mixed; boundary=a%d\r\n" % i for i in range(5_000))
        + b"\r\n--a1\r\n" * 50_000,
        Reason.AMBIGUOUS,
    ),
    "deep-page": (b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000, Reason.TOO_DEEP),
    "open-tags": (b"Content-Type: text/html\r\n\r\n" + b"<a " * 50_000, None),
    "open-comments": (b"Content-Type: text/html\r\n\r\n" + b"<!--" * 50_000, None),
}


@pytest.mark.parametrize(("content", "reason"), BOMBS.values(), ids=BOMBS.keys())
def test_bombs_end_in_time(content: bytes, reason: Reason | None) -> None:
    """What was built to be slow is read or named within two seconds."""
    began = time.process_time()
    found = read(content).message
    assert time.process_time() - began < 2 * slowness()
    assert reason is None or reason in reasons(found)


def test_encoded_forwards_are_followed_only_so_deep() -> None:
    """Forwards in base64, one in the other, end in a mark and not in an error."""
    content = b"Subject: x\r\n\r\nhello"
    for _ in range(35):
        head = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        content = head + base64.encodebytes(content)
    assert {Reason.TOO_DEEP} == reasons(read(content).message)


def test_memory_stays_below_twice_and_a_half_the_mail() -> None:
    """A mail of 25 MiB with one attachment needs less than 2.5 times its size, itself included."""
    script = (
        "import base64, os\n"
        "from gateway.message import read\n"
        "data = base64.encodebytes(b'PK\\x03\\x04' + os.urandom(18_000_000)).replace(b'\\n', b'\\r\\n')\n"
        "head = b'Content-Type: application/zip\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n'\n"
        "content = head + data; del data\n"
        "open('/proc/self/clear_refs', 'w').write('5')\n"
        "before = int(open('/proc/self/statm').read().split()[1]) * os.sysconf('SC_PAGESIZE') - len(content)\n"
        "reading = read(content)\n"
        "peak = [int(l.split()[1]) * 1024 for l in open('/proc/self/status') if l.startswith('VmHWM')][0]\n"
        "print((peak - before) / len(content))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 2.5
