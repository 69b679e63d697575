"""Pictures by what their first bytes say of them: how many pixels and frames, so that none is opened that is a bomb.

Nothing is unpacked.  Formats: PNG (ISO 15948), JPEG (ITU-T T.81), GIF89a, BMP, WebP (RFC 9649), TIFF 6.0, JPEG 2000
(ISO 15444-1), HEIF and AVIF (ISO 23008-12), Photoshop, Windows icons.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from gateway.message import limits
from gateway.model import Reason

Bytes = bytes | memoryview
Order = Literal["big", "little"]

_START: Final = 1_048_576
"""Bytes in which the size of a picture is looked for: cameras put a small picture and a map before it."""
_SEGMENTS: Final = 1_000
_FRAME: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_TAGS: Final = {256: 0, 257: 1}
_WIDE: Final = {1: 1, 3: 2, 4: 4}
"""Bytes of a value of a TIFF tag, by its type: byte, short, long."""
_EXTENT: Final = re.compile(rb"ispe\0{4}(.{4})(.{4})", re.S)
_HEIGHT_WIDTH: Final = re.compile(rb"ihdr(.{4})(.{4})", re.S)


@dataclass(frozen=True, slots=True)
class Shape:
    """Width and height in pixels, how many frames or pages at least, and what is wrong with them."""

    width: int
    height: int
    frames: int = 1
    fault: Reason | None = None


def shape(data: Bytes) -> Shape | None:
    """The shape of a picture as it says itself; None where it does not say.  Total, linear."""
    start = bytes(data[:32])
    measure = next((measure for magic, measure in _MEASURES if magic.match(start)), None)
    found = measure(data) if measure is not None else None
    if found is None or not (found.width and found.height):
        return None
    if found.width * found.height > limits.PIXELS or found.frames > limits.FRAMES_IN_ALL:
        return Shape(found.width, found.height, found.frames, Reason.TOO_LARGE)
    return found


def fault(data: Bytes) -> Reason | None:
    """Why nobody should open it: too many pixels or frames, pages in a circle."""
    found = shape(data)
    return found.fault if found is not None else None


def may_speak(data: Bytes) -> bool:
    """Whether words fit into it: neither a dot that counts readers, nor an icon, nor a rule between paragraphs."""
    found = shape(data)
    return found is None or (found.width >= limits.WORD_WIDTH and found.height >= limits.WORD_HEIGHT)


def _number(data: Bytes, at: int, size: int = 4, order: Order = "big") -> int:
    return int.from_bytes(data[at : at + size], order)


def _png(data: Bytes) -> Shape:
    return Shape(_number(data, 16), _number(data, 20))


def _bmp(data: Bytes) -> Shape:
    if _number(data, 14, 4, "little") == 12:
        return Shape(_number(data, 18, 2, "little"), _number(data, 20, 2, "little"))
    # A negative height says that the first line is the one on top.
    height = int.from_bytes(data[22:26], "little", signed=True)
    return Shape(_number(data, 18, 4, "little"), abs(height))


def _photoshop(data: Bytes) -> Shape:
    return Shape(_number(data, 18), _number(data, 14))


def _icon(data: Bytes) -> Shape:
    sizes = [(data[at] or 256, data[at + 1] or 256) for at in range(6, min(len(data) - 1, 6 + 16 * 32), 16)]
    return Shape(max(sizes)[0], max(sizes)[1]) if sizes else Shape(0, 0)


def _jpeg(data: Bytes) -> Shape | None:
    """The first frame header; segments before it are stepped over."""
    position = 2
    for _ in range(_SEGMENTS):
        if position + 9 > len(data) or data[position] != 0xFF:
            break
        kind = data[position + 1]
        if kind in _FRAME:
            return Shape(_number(data, position + 7, 2), _number(data, position + 5, 2))
        position += (
            1
            if kind == 0xFF
            else 2
            if 0xD0 <= kind <= 0xD8 or kind == 1
            else 2 + _number(data, position + 2, 2)
        )
    return None


def _gif(data: Bytes) -> Shape:
    """The screen, and its pictures one by one up to the limit."""
    width, height = _number(data, 6, 2, "little"), _number(data, 8, 2, "little")
    source = bytes(data)
    position, frames = 13 + _colours(source, 10), 0
    while frames <= limits.FRAMES_IN_ALL and position < len(source):
        kind = source[position]
        if kind not in (0x21, 0x2C):
            break
        frames += kind == 0x2C
        position += 2 if kind == 0x21 else 11 + _colours(source, position + 9)
        while position < len(source) and source[position]:
            position += source[position] + 1
        position += 1
    return Shape(width, height, max(1, frames))


def _colours(data: bytes, at: int) -> int:
    flags = data[at] if at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _webp(data: Bytes) -> Shape | None:
    kind = bytes(data[12:16])
    if kind == b"VP8X":
        return Shape(1 + _number(data, 24, 3, "little"), 1 + _number(data, 27, 3, "little"))
    if kind == b"VP8L":
        bits = _number(data, 21, 4, "little")
        return Shape(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        return Shape(_number(data, 26, 2, "little") & 0x3FFF, _number(data, 28, 2, "little") & 0x3FFF)
    return None


def _tiff(data: Bytes) -> Shape | None:
    """The largest of the pages; a list of pages that comes back to one of them never ends."""
    order: Order = "little" if data[0] == 0x49 else "big"
    position, seen, largest = _number(data, 4, 4, order), set[int](), (0, 0)
    while position and position + 2 <= len(data):
        if position in seen:
            return Shape(*largest, len(seen), Reason.BROKEN)
        seen.add(position)
        if len(seen) > limits.FRAMES_IN_ALL:
            break
        count = _number(data, position, 2, order)
        largest = max(
            largest, _page(data, position + 2, min(count, 256), order), key=lambda size: size[0] * size[1]
        )
        position = _number(data, position + 2 + 12 * count, 4, order)
    return Shape(*largest, max(1, len(seen)))


def _page(data: Bytes, start: int, count: int, order: Order) -> tuple[int, int]:
    size = [0, 0]
    for at in range(start, start + 12 * count, 12):
        tag, width = _number(data, at, 2, order), _WIDE.get(_number(data, at + 2, 2, order), 0)
        if tag in _TAGS:
            size[_TAGS[tag]] = _number(data, at + 8, width, order)
        elif tag > max(_TAGS):
            break
    return size[0], size[1]


def _boxes(data: Bytes) -> Shape | None:
    """A picture of a telephone: the largest extent that any of its pieces names."""
    sizes = [(_number(match[1], 0), _number(match[2], 0)) for match in _EXTENT.finditer(data[:_START])]
    return Shape(*max(sizes, key=lambda size: size[0] * size[1])) if sizes else None


def _jpeg2000(data: Bytes) -> Shape | None:
    """The header box of a file, or the size marker of a bare stream."""
    if bytes(data[:4]) == b"\xff\x4f\xff\x51":
        return Shape(_number(data, 8), _number(data, 12))
    match = _HEIGHT_WIDTH.search(data[:_START])
    return Shape(_number(match[2], 0), _number(match[1], 0)) if match is not None else None


_MEASURES: Final[tuple[tuple[re.Pattern[bytes], Callable[[Bytes], Shape | None]], ...]] = tuple(
    (re.compile(magic, re.S), measure)
    for magic, measure in (
        (rb"\x89PNG\r\n\x1a\n", _png),
        (rb"\xff\xd8\xff", _jpeg),
        (rb"GIF8[79]a", _gif),
        (rb"BM.{12}[\x0c-\x7c]\0\0\0", _bmp),
        (rb"RIFF....WEBP", _webp),
        (rb"II\*\0|MM\0\*", _tiff),
        (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", _jpeg2000),
        (rb"....ftyp", _boxes),
        (rb"8BPS", _photoshop),
        (rb"\0\0\x01\0", _icon),
    )
)
