"""Objects in old Office files: storages of a file within the file, packed ones in slides, equations."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gateway.message import limits, streams
from gateway.message.compound import CompoundFile, Stream
from gateway.message.entries import Budget, Unreadable
from gateway.model import Reason

_OBJECT: Final = re.compile(rb"([\0\x10])\0\x11\x10(.{4})", re.S)
"""A storage of an object ([MS-PPT] 2.10.34); its instance says whether it is packed."""
_WHOLE: Final = frozenset({"workbook", "book", "worddocument", "powerpoint document"})
"""Streams by which a storage is a document of its own."""
_SILENT: Final = re.compile(
    r"(?:\x01(?:compobj|ole|ole10fmtprogid|ole10itemname)|\x02olepres\d+|\x03.*|\x05.*|.*(?:1table|0table|data|ctls|pictures)"
    r"|current user|\x06datas?paces|epsf|primary)\Z",
    re.S,
)
"""What programs write beside the object itself: its class, its looks, its place on the page, its properties."""
_CHARACTER: Final = re.compile(rb"[\x02\x12\x42\x52][\x81-\x9f]([\x20-\x7e])\0")
"""A character of an equation (MTEF 3): its tag with options, its typeface, its code."""
EQUATION: Final = "equation native"
READ: Final = _WHOLE | {EQUATION}
"""Streams of objects that are read."""


def within(compound: CompoundFile) -> Iterator[CompoundFile]:
    """Storages that are whole documents, each as a file of its own."""
    places = {
        stream.path[:-1] for stream in compound.streams if len(stream.path) > 1 and stream.name in _WHOLE
    }
    for place in sorted(places)[: limits.FILES]:
        inside = (stream for stream in compound.streams if stream.path[: len(place)] == place)
        own = tuple(replace(stream, path=stream.path[len(place) :]) for stream in inside)
        yield replace(compound, streams=own)


def equations(compound: CompoundFile) -> Iterator[str]:
    """The characters of each equation, in the order in which they are written."""
    for stream in compound.streams:
        if stream.name == EQUATION:
            yield b"".join(_CHARACTER.findall(compound.read(stream))).decode("ascii")


def packed(slides: bytes, budget: Budget) -> Iterator[bytes]:
    """Files of objects in a stream of slides.  Raises Unreadable where they unpack to too much."""
    for instance, body in _objects(slides):
        if not instance:
            yield body
            continue
        plain, _, fault = streams.expand(zlib.decompressobj, body[4:], budget.allowed(len(body)))
        budget.take(len(plain))
        if fault is Reason.TOO_LARGE:
            raise Unreadable(fault)
        yield plain


def _objects(slides: bytes) -> Iterator[tuple[int, bytes]]:
    """Objects wherever they stand in the stream: a table leads to them, whatever stands between."""
    position = 0
    while (match := _OBJECT.search(slides, position)) is not None:
        end = match.end() + int.from_bytes(match[2], "little")
        if end > len(slides):
            position = match.start() + 1
            continue
        position = end
        yield match[1][0] >> 4, slides[match.end() : end]


def is_unknown(stream: Stream) -> bool:
    """Whether a stream belongs to an object of a program that nothing here reads."""
    return len(stream.path) > 1 and stream.size > 0 and _SILENT.match(stream.name) is None
