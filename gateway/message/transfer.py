"""Transfer encodings to bytes: base64 as tolerant as mail programs are, quoted-printable, uuencode; never an error."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import pybase64

from gateway.message import limits, quoted

Bytes = bytes | memoryview

IDENTITY: Final = frozenset({"7bit", "8bit", "binary", ""})
_ALIASES: Final = {
    "7-bit": "7bit",
    "8-bit": "8bit",
    "7bits": "7bit",
    "8bits": "8bit",
    "raw": "8bit",
    "none": "8bit",
    "text": "8bit",
    "x-uue": "uuencode",
    "x-uuencode": "uuencode",
    "uue": "uuencode",
    "quotedprintable": "quoted-printable",
    "quoted_printable": "quoted-printable",
}
_KNOWN: Final = frozenset({"base64", "quoted-printable", "uuencode", *IDENTITY})
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHER: Final = bytes(set(range(256)) - set(_ALPHABET))
_LOOSE_SOFT_BREAK: Final = re.compile(rb"=[ \t]+(?=\r?\n|\Z)")
_TAIL_JUNK: Final = re.compile(rb"[=\s]*\Z")
_UU_BEGIN: Final = re.compile(rb"^begin(?:-base64)? [0-7]{3,6}(?: [^\n]*|\r?)\n", re.M)
_FIRST_LINE: Final = re.compile(rb"[A-Za-z0-9+/]{1,1000}(=*)[ \t]*(?:\r?\n|\Z)")
_BLANK: Final = re.compile(rb"[ \t\r\n]*")
_PURE_LINE: Final = re.compile(rb"[ \t]*[A-Za-z0-9+/]+=*[ \t\r]*\Z")
_JUNK: Final = re.compile(rb"[^A-Za-z0-9+/=\s]")
_PROSE: Final = re.compile(rb"[^A-Za-z0-9+/=\s]|[A-Za-z0-9] +[A-Za-z0-9]")
_FIRST: Final = 1_000
"""Bytes of base64 in which junk may stand before it."""
_FOR_ADDRESSES: Final = bytes.maketrans(b"-_", b"+/")
_CLOSING_REACH: Final = 128
"""Bytes at the end of base64 in which a line of hyphens is no part of it, but what a multipart closes with."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded bytes; `rest` is text behind the end of the encoding; `doubtful`: readers disagree on the bytes.

    `irregular`: base64 that does not begin as an encoder would begin it, see `other_readings`; quoted-printable with
    what no encoder writes.
    """

    data: Bytes
    rest: bytes = b""
    doubtful: bool = False
    irregular: bool = False


def token(value: str) -> str | None:
    """The encoding that a Content-Transfer-Encoding value names, lower-case, aliases resolved; None if unknown."""
    word = value.strip(" \t\r\n;").lower()
    word = _ALIASES.get(word, word)
    return word if word in _KNOWN else None


def decode(encoding: str, buffer: bytes, start: int, end: int) -> Decoded:
    """Decode `buffer[start:end]` from a known encoding; what needs no decoding comes back without a copy."""
    if encoding == "base64":
        return _base64(buffer, start, end)
    if encoding == "quoted-printable":
        return _quoted_printable(buffer, start, end)
    if encoding == "uuencode":
        return _uuencode(buffer[start:end])
    return Decoded(memoryview(buffer)[start:end])


def _quoted_printable(buffer: bytes, start: int, end: int) -> Decoded:
    region: Bytes = memoryview(buffer)[start:end]
    if buffer.find(b"=", start, end) < 0:
        return Decoded(region)
    if quoted.is_regular(buffer, start, end):
        return Decoded(binascii.a2b_qp(region))
    if _LOOSE_SOFT_BREAK.search(region):
        region = _LOOSE_SOFT_BREAK.sub(b"=", region)
    return Decoded(binascii.a2b_qp(region), irregular=True)


def has_junk(buffer: bytes, start: int, end: int) -> bool:
    """Whether what should be base64 begins with something else: then it may be text that nobody has encoded."""
    return _PROSE.search(buffer, start, min(end, start + _FIRST)) is not None


def other_readings(buffer: bytes, start: int, end: int) -> Iterator[bytes]:
    """Bytes that irregular base64 may stand for.

    Without the lines that are none, behind the junk at its start, in the alphabet of addresses, and with one to three
    letters less at its start.
    """
    region = buffer[start:end]
    lines = region.splitlines()
    pure = [line for line in lines if _PURE_LINE.match(line)]
    if len(pure) < len(lines):
        yield _one_base64(b"".join(pure))
    junk = [match.end() for match in _JUNK.finditer(region, 0, _FIRST)]
    if junk:
        yield _one_base64(region[junk[-1] :])
    if (b"-" in region or b"_" in region) and b"+" not in region and b"/" not in region:
        yield _one_base64(region.translate(_FOR_ADDRESSES))
    letters = region.translate(None, _OTHER)
    for skipped in range(1, 4):
        yield _whole_base64(letters[skipped:])


def _base64(buffer: bytes, start: int, end: int) -> Decoded:
    closing = buffer.find(b"\n--", max(start, end - _CLOSING_REACH), end)
    if closing >= 0:
        return replace(_base64(buffer, start, closing), rest=buffer[closing:end])
    decoded = _padded_base64(buffer, start, end)
    return decoded if _is_regular(buffer, start, end) else replace(decoded, irregular=True)


def _is_regular(buffer: bytes, start: int, end: int) -> bool:
    """Whether the first line is whole groups of four, or padded, or too long for junk, and no letter is an odd one."""
    blank = _BLANK.match(buffer, start, end)
    start = blank.end() if blank is not None else start
    line = _FIRST_LINE.match(buffer, start, end)
    if line is None:
        return start == end or len(buffer[start : start + 1000].translate(None, _OTHER)) == 1000
    whole = (line.end(1) - start) % 4 == 0 or (line.end(1) == end and not line[1])
    return whole and (buffer.find(b"-", start, end) < 0 and buffer.find(b"_", start, end) < 0)


def _padded_base64(buffer: bytes, start: int, end: int) -> Decoded:
    padding = buffer.find(b"=", start, end)
    if padding < 0:
        return Decoded(_whole_base64(memoryview(buffer)[start:end]))
    after = padding
    while after < end and buffer[after] in b"= \t\r\n":
        after += 1
    first = _whole_base64(memoryview(buffer)[start:after])
    if after == end:
        return Decoded(first)
    rest = buffer[after:end]
    if rest.translate(None, _ALPHABET + b"=\r\n \t"):
        # A mailing list's footer: no reader takes it for base64, but it is text that somebody can read.
        return Decoded(first, rest=rest)
    pieces = [piece for piece in rest.split(b"=", limits.TRANSFER_SEGMENTS) if piece.strip()]
    return Decoded(first + b"".join(map(_one_base64, pieces)), doubtful=bool(pieces))


def _whole_base64(region: Bytes) -> bytes:
    """Base64 with no padding but at its end: there the fast library and the standard one say the same."""
    try:
        return pybase64.b64decode(region)
    except binascii.Error:
        return _one_base64(region)


def _one_base64(region: Bytes) -> bytes:
    try:
        return binascii.a2b_base64(region)
    except binascii.Error:
        digits = bytes(region).translate(None, _OTHER)
        return binascii.a2b_base64(digits[: len(digits) - (len(digits) % 4 == 1)] + b"==")


def _uuencode(data: bytes) -> Decoded:
    begin = _UU_BEGIN.search(data)
    if begin is None:
        return Decoded(data, doubtful=True)
    if data.startswith(b"begin-base64", begin.start()):
        end = data.find(b"\n====", begin.end())
        stop = len(data) if end < 0 else end
        return Decoded(_one_base64(data[begin.end() : stop]), rest=data[: begin.start()] + data[stop + 5 :])
    decoded: list[bytes] = []
    lines = data[begin.end() :].splitlines()
    for number, line in enumerate(lines):
        if line.rstrip() == b"end":
            return Decoded(b"".join(decoded), rest=data[: begin.start()] + b"\n".join(lines[number + 1 :]))
        decoded.append(_uu_line(line))
    return Decoded(b"".join(decoded), rest=data[: begin.start()])


def _uu_line(line: bytes) -> bytes:
    if not line.strip():
        return b""
    size = (line[0] - 32) & 63
    try:
        return binascii.a2b_uu(line[: 1 + (size + 2) // 3 * 4])
    except binascii.Error:
        return b""
