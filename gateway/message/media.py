"""Pictures and sound: where they end by their own account, so that what stands behind them can be read."""

from __future__ import annotations

import re
import struct
from typing import Final

from gateway.message import media_types

Bytes = bytes | memoryview

_PNG_CHUNK: Final = struct.Struct(">L")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_GIF: Final = b"GIF8"
_BMP: Final = b"BM"
_RIFF: Final = b"RIFF"
_PICTURE: Final = re.compile(
    rb"\x89PNG|\xff\xd8\xff|GIF8|BM|II[*+]\0|MM\0[*+]|II\xbc\x01|\x00\x00\x01\x00|RIFF....WEBP|8BPS|\xff\x0a"
    rb"|\xff\x4f\xff\x51|....ftyp(?:hei|hev|mif1|msf1|avi[fs])|\0\0\0\x0c(?:jP  |JXL )|\x01\0\0\0.{12}"
    rb"|\xd7\xcd\xc6\x9a|[\1\2]\0\x09\0\0[\1\3]",
    re.S,
)
_RECORDING: Final = re.compile(
    rb"ID3|OggS|fLaC|\x1aE\xdf\xa3|RIFF....(?:WAVE|AVI )|....ftyp|\xff[\xe2-\xe7\xf0-\xfb]|FORM....AIF|\.snd|caff"
    rb"|FLV\x01|\x30\x26\xb2\x75\x8e\x66\xcf\x11|MThd|#!AMR|\0\0\x01[\xb3\xba]",
    re.S,
)
_RARE: Final = re.compile(
    rb"\xff[\xe2-\xff]|\xff\x0a|\0\0\0\x0c(?:j[Pp]|JXL )|8BPS|\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF"
    rb"|[\1\2]\0\x09\0\0[\1\3]|\x30\x26\xb2\x75\x8e\x66\xcf\x11|FLV\x01|[FCZ]WS|MThd|RIFF|FORM....AIF|AT&TFORM|\.snd|caff|icns|ttcf|true|typ1"
    rb"|\0\0\x01[\xb3\xba]|\0\0\x02\0|\x47.{187}\x47|#!AMR|\x0a[\2-\5]\x01|gimp xcf|[\x8a\x8b][MJ]NG"
    rb"|\0\0\0.(?:moov|mdat|wide|free|skip)|.{34}LP|.{128}DICM",
    re.S,
)
"""How pictures, sound, films and fonts begin that are seldom mailed."""
_FILE_BEHIND: Final = re.compile(
    rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|%PDF-1\."
)
_TEXT_BEHIND: Final = re.compile(rb"[\t\r\n -~]{32,}\Z")
_TAIL: Final = 65_536
"""Bytes of the end of a sound in which a text behind it is looked for."""
_CHUNKS: Final = 100_000
_LAST_BOXES: Final = frozenset({b"mdat", b"free", b"moov", b"meta", b"uuid"})
"""Boxes that may be longer than what is left of a film that was cut."""
_SMALL: Final = 4_096
"""Bytes behind a picture that nobody asks about: cameras and servers add some."""
_TRAILERS: Final = re.compile(rb"\xff[\xc0-\xfe]|....ftyp|MotionPhoto|\0\0|.{0,64}(?:MotionPhoto|SEFH)", re.S)
"""What telephones put behind a picture: the picture once more, a film of the moment, a table of both."""


def is_picture(data: Bytes) -> bool:
    """Whether it is a picture rather than sound, a film or a font."""
    return _PICTURE.match(bytes(data[:16])) is not None


def is_recording(data: Bytes) -> bool:
    """Whether it is sound or a film."""
    return _RECORDING.match(bytes(data[:16])) is not None


def may_be(data: Bytes) -> bool:
    """Whether what is declared as a picture, sound, film or font, and has no common form of one, has a rare one."""
    return _RARE.match(bytes(data[:256])) is not None


def end(data: Bytes) -> int:
    """Where a picture ends; where its kind does not tell, where another file begins in it, else where the data ends."""
    start = bytes(data[:12])
    if start.startswith(_PNG):
        found = _png(data)
    elif start.startswith(_JPEG):
        found = _jpeg(bytes(data))
    elif start.startswith(_GIF):
        found = _gif(bytes(data))
    elif start.startswith((_BMP, _RIFF)):
        size = int.from_bytes(start[2:6], "little") if start.startswith(_BMP) else _riff(start)
        found = size
    elif bytes(data[4:8]) == b"ftyp":
        found = _boxes(data)
    else:
        match = _FILE_BEHIND.search(data) or _TEXT_BEHIND.search(bytes(data[-_TAIL:]))
        found = (
            len(data)
            if match is None
            else match.start() + (match.re is _TEXT_BEHIND) * max(0, len(data) - _TAIL)
        )
    return min(found, len(data))


def is_trailer(rest: Bytes) -> bool:
    """Whether bytes behind a picture are what cameras leave there, or too few to hold anything."""
    return (
        len(rest) <= _SMALL or _TRAILERS.match(bytes(rest[:256])) is not None or bytes(rest[-4:]) == b"SEFT"
    )


def _riff(start: bytes) -> int:
    size = int.from_bytes(start[4:8], "little")
    return 8 + size + size % 2


def _png(data: Bytes) -> int:
    position = len(_PNG)
    for _ in range(_CHUNKS):
        if position + 12 > len(data):
            break
        size, kind = int(_PNG_CHUNK.unpack_from(data, position)[0]), bytes(data[position + 4 : position + 8])
        position += 12 + size
        if kind == b"IEND":
            return position
    return len(data)


def _boxes(data: Bytes) -> int:
    """The boxes of a film, or of a picture of a telephone, as far as there are any."""
    position = 0
    for _ in range(_CHUNKS):
        size, kind = (
            int.from_bytes(data[position : position + 4], "big"),
            bytes(data[position + 4 : position + 8]),
        )
        if size == 1:
            size = int.from_bytes(data[position + 8 : position + 16], "big")
        if size < 8 or not kind.isalnum() or (position + size > len(data) and kind not in _LAST_BOXES):
            break
        position += size
    return position


def _jpeg(data: bytes) -> int:
    """Segments up to the picture's data, in which the end mark cannot stand by chance."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF and data[position + 1] != 0xDA:
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    found = data.find(b"\xff\xd9", position)
    return found + 2 if found >= 0 else len(data)


def _gif(data: bytes) -> int:
    position = 13 + _colours(data, 10)
    while position < len(data):
        kind = data[position]
        if kind == 0x3B:
            return position + 1
        if kind == 0x2C:
            position += 10 + _colours(data, position + 9) + 1
        elif kind == 0x21:
            position += 2
        else:
            break
        while position < len(data) and data[position]:
            position += data[position] + 1
        position += 1
    return len(data)


def _colours(data: bytes, at: int) -> int:
    flags = data[at] if at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def is_harmless(media_type: str, data: Bytes) -> bool:
    """Whether bytes of no known kind may pass as what they are declared as: a picture must look like some picture."""
    if media_types.is_media(media_type):
        return may_be(data)
    return media_types.is_harmless(media_type)
