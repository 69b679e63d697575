"""Entry points: each takes any bytes to one part of the reader or to the detectors, and checks what must always hold.

An entry for a kind of document passes over what is recognised as something else: another entry has that.  The library
for PDF and old Office files is left out; it has processes of its own that may die.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from unittest.mock import patch

from gateway import message, scan_answers
from gateway.detectors import find
from gateway.message import charsets, native, sniff
from gateway.message.leaves import Collector
from gateway.message.sniff import Kind
from gateway.message.structure import named
from gateway.model import Document, Message, Part, PartKind
from gateway.model.message import PART_PATH
from tests.fuzz import known
from tests.papers import archive

MEMBER = b"\n\0member\0"
"""What stands before each member of an Office document that is put together here; its name ends with its line."""
_LIBRARY_READS = 2_000


def mail(data: bytes) -> None:
    """A whole mail, as a worker reads it."""
    found = message.read(data)
    _proper(found.message)
    assert all(PART_PATH.match(document.path) for document in found.documents)


def document(kinds: frozenset[Kind], data: bytes) -> None:
    """A document of these kinds, and all that stands in it, as a scanner reads it and a worker takes its answer."""
    if sniff.kind(data) not in kinds:
        return
    asked = Document("2/1", "", memoryview(data))
    with patch.object(native, "read", _read):
        found = message.extract(asked)
    _proper(found)
    assert found == scan_answers.message_in(scan_answers.packed(found), asked)


def package(data: bytes) -> None:
    """An Office document of these members, so that what changes is not what they are packed in."""
    members = [piece.partition(b"\n") for piece in data.split(MEMBER)]
    packed = {
        name.decode("latin-1")[:200].partition("\0")[0] or "a": content for name, _, content in members[:100]
    }
    document(frozenset({Kind.ZIP}), archive(packed, zipfile.ZIP_STORED))


def leaf(media_type: str, data: bytes) -> None:
    """One leaf that a mail declares as of this type."""
    collector = Collector()
    collector.content("1", named("", media_type), data, quiet=False)
    _proper(collector.reading().message)


def words(data: bytes) -> None:
    """A text, in the face of everything registered."""
    _find(Message((Part("1", PartKind.BODY, charsets.decode(data)),)))


def whole(data: bytes) -> None:
    """A mail with its documents, in the face of everything registered."""
    reading = message.read(data)
    with patch.object(native, "read", _read):
        found = sum(map(message.extract, reading.documents), reading.message)
    _proper(found)
    _find(found)


def _find(found: Message) -> None:
    findings = find(known.rules(), found, known.register(), known.NOW)
    assert all(PART_PATH.match(finding.part) for finding in findings)


def _read(data: bytes | memoryview, _media_type: str) -> native.Native:
    """Stands for the library: some text, some of which is not in the file."""
    return native.Native(charsets.decode(bytes(data[:_LIBRARY_READS])))


def _proper(found: Message) -> None:
    """Whatever is marked has a proper place, and every text can be written down."""
    assert all(PART_PATH.match(mark.path) for mark in found.unreadable)
    for part in found.parts:
        part.text.encode("utf-8", "surrogatepass")


def _kinds(*kinds: Kind) -> Callable[[bytes], None]:
    return partial(document, frozenset(kinds))


_STREAMS = (Kind.GZIP, Kind.BZIP2, Kind.XZ, Kind.LZMA)
ENTRIES: Mapping[str, Callable[[bytes], None]] = {
    "mail": mail,
    "text": partial(leaf, "text/plain"),
    "page": partial(leaf, "text/html"),
    "file": partial(leaf, "application/octet-stream"),
    "words": words,
    "whole": whole,
    "package": package,
    "zip": _kinds(Kind.ZIP),
    "7z": _kinds(Kind.SEVENZIP),
    "rar": _kinds(Kind.RAR),
    "tape": _kinds(Kind.TAR, Kind.CPIO, Kind.AR),
    "stream": _kinds(*_STREAMS),
    "compound": _kinds(Kind.COMPOUND),
    "rtf": _kinds(Kind.RTF),
    "tnef": _kinds(Kind.TNEF),
    "pdf": _kinds(Kind.PDF),
    "xml": _kinds(Kind.XML),
    "box": _kinds(Kind.MAIL, Kind.MAILBOX),
}
"""Every entry by its name on the command line."""
