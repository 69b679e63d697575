"""Pictures in a PDF file: where they stand and how large they are, and all of them as files for whoever reads words.

The first is told by the dictionaries of the file alone (ISO 32000-1 section 8.9.5); the second takes the library that
also reads the pages, for pixels come packed in many ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from gateway.message import limits, native, pictures
from gateway.message.leaves import Collector
from gateway.model import Document, Reason, Unreadable

Bytes = bytes | memoryview

_PICTURE: Final = re.compile(rb"/Subtype\s*/Image\b")
_STREAM: Final = re.compile(rb"stream\r?\n")
_NEAR: Final = 4_096
"""Bytes behind the word that names a picture in which its data begin."""
_PAGE_PIXELS: Final = 250_000
"""Pixels from which a picture may be a scanned page: a sheet at the 50 dots to the inch below which nobody can read."""


def take_up(collector: Collector, path: str, data: Bytes, first: int) -> None:
    """Add the pictures of the PDF file at `path`, their own paths counted from `first`: as leaves, as what to read.

    Where somebody reads them, and each page is a scan, a file without a word has its words all the same.
    """
    for number, stream in enumerate(_streams(data), first):
        collector.picture(f"{path}/{number}", stream)
    if collector.pictures is None:
        return
    found, pages = native.pictures(data)
    speaking = [picture for picture in found if pictures.may_speak(picture["data"])]
    for number, picture in enumerate(speaking[: limits.PDF_PICTURES], first):
        collector.pictures.append(Document(f"{path}/{number}", "", bytes(picture["data"])))
    if len(speaking) > limits.PDF_PICTURES:
        collector.mark(path, Reason.TOO_LARGE)
    scans = {picture["page_number"] for picture in speaking if _pixels(picture) >= _PAGE_PIXELS}
    if pages and len(scans) >= pages:
        collector.marks.pop(Unreadable(path, Reason.UNSUPPORTED), None)


def _streams(data: Bytes) -> Iterator[Bytes]:
    """The data of the file's pictures as they stand in it.  Total, linear."""
    source = bytes(data)
    position = 0
    for _ in range(limits.PDF_PICTURES):
        match = _PICTURE.search(source, position)
        if match is None:
            return
        begin = _STREAM.search(source, match.end(), match.end() + _NEAR)
        position = match.end()
        if begin is not None:
            end = source.find(b"endstream", begin.end())
            position = end if end >= 0 else len(source)
            yield memoryview(source)[begin.end() : position].toreadonly()


def _pixels(picture: Any) -> int:
    return int(picture.get("width") or 0) * int(picture.get("height") or 0)
