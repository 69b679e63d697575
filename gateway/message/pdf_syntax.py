"""How a PDF file is written: strings, names, where streams stand and how they are packed (ISO 32000-2 section 7).

Programs that show PDF files forgive much, and what they forgive is read here as they read it: names with escaped
letters, streams behind a bare carriage return, checksums that are wrong.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from gateway.message import charsets, limits, streams
from gateway.message.entries import Budget
from gateway.model import Reason


def _literal(depth: int) -> bytes:
    """The inside of a string in brackets, with brackets in pairs inside of it."""
    inside = rb"(?:[^()\\]++|\\.)*+"
    for _ in range(depth):
        inside = rb"(?:[^()\\]++|\\.|\(" + inside + rb"\))*+"
    return inside


LITERAL: Final = _literal(4)
"""Brackets may stand within brackets without end; nobody writes more than two."""
STRING: Final = re.compile(rb"(?<!\\)\((" + LITERAL + rb")\)|<([0-9A-Fa-f\s]{4,}+)>", re.S)
"""A string: as letters, or as digits.  None begins behind a backslash: those that do not end would cost a square."""
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.S)
_ESCAPES: Final = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\n": b"",
    b"\r": b"",
    b"\r\n": b"",
}
WIDE: Final = {b"\xfe\xff": "utf-16-be", b"\xff\xfe": "utf-16-le"}
"""The marks at the beginning of text of two bytes a letter."""
_LANGUAGE: Final = re.compile("\x1b[^\x1b]{2,6}\x1b")
"""What says in which language a string goes on (section 7.9.2.2)."""
_CONTROL: Final = re.compile("[\0-\x08\x0e-\x1f\x7f]")

_STREAM: Final = re.compile(
    rb"stream\r?\n|>>\s{0,32}+(?:%[^\r\n]{0,80}+[\r\n]\s{0,8}+)?+stream(?:\r\n?|[ \t]\r?\n?)"
)
_OBJECT: Final = re.compile(rb"\d\s{1,8}obj\b")
_LENGTH: Final = re.compile(rb"/Length\s+(\d{1,10})(?!\s+\d+\s+R)")
_NEAR: Final = 4_096
"""Bytes before a stream in which its length is looked for."""
_ESCAPED_NAME: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_FILTER: Final = re.compile(rb"/Filter\s*(?:(/\w+)|\[([^\]]*)\])")
_NAME: Final = re.compile(rb"/(\w+)")
_PREDICTED: Final = re.compile(rb"/Predictor\s+(?:[2-9]|1\d)\b")
_OF_PICTURES: Final = frozenset(
    [b"DCTDecode", b"DCT", b"CCITTFaxDecode", b"CCF", b"JBIG2Decode", b"JPXDecode"]
)
_PACKED: Final = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
"""How a packed stream begins, whose dictionary keeps what packed it elsewhere."""
_FILTERS: Final = 8
"""Filters in a row; writers use two."""
_LZW_BYTES: Final = 1_048_576
"""Bytes packed by LZW that are unpacked here: a second's work. Nothing has written it since 1996."""


def raw(literal: bytes | None, digits: bytes | None = None) -> bytes:
    """The bytes of a string that was written as letters, or as hexadecimal digits."""
    if literal is not None:
        return _ESCAPE.sub(_unescaped, literal) if b"\\" in literal else literal
    plain = b"".join((digits or b"").split())
    return bytes.fromhex((plain + b"0" * (len(plain) % 2)).decode("ascii"))


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 0xFF]) if b"0" <= code[:1] < b"8" else _ESCAPES.get(code, code)


def decoded(string: bytes) -> str:
    """The text that a string stands for: UTF-16 by its mark, else the encoding of PDF, which is much like 1252."""
    wide = WIDE.get(string[:2])
    if wide is not None:
        return _LANGUAGE.sub("", string[2:].decode(wide, "replace"))
    return charsets.decode(string, "windows-1252")


def shown(text: str) -> str:
    """The text without controls, as it is shown; nothing where so many stand in it that it is a key or a palette."""
    said = _CONTROL.sub("", text)
    return said if (len(text) - len(said)) * 16 <= len(text) else ""


def places(source: bytes) -> Iterator[tuple[int, int]]:
    """Where streams begin and end, as many as the limit and one more."""
    position = 0
    for _ in range(limits.PDF_STREAMS + 1):
        match = _STREAM.search(source, position)
        if match is None:
            return
        told = _LENGTH.findall(source, max(position, match.start() - _NEAR), match.start())
        end = match.end() + int(told[-1]) if told else -1
        if not source.startswith(b"endstream", end) and source[end : end + 12].strip()[:9] != b"endstream":
            end = source.find(b"endstream", match.end())
        yield match.end(), end if end >= 0 else len(source)
        position = (end if end >= 0 else len(source)) + 9


def dictionary(before: bytes) -> bytes:
    """What a stream's own object says of it, out of all that stands before it; names without their escapes."""
    begin = -1
    for match in _OBJECT.finditer(before):
        begin = match.end()
    told = before[max(0, begin) :]
    return _ESCAPED_NAME.sub(_letter, told) if b"#" in told else told


def _letter(match: re.Match[bytes]) -> bytes:
    letter = bytes.fromhex(match[1].decode("ascii"))
    return letter if letter.isalnum() else match[0]


def unpacked(told: bytes, packed: bytes, budget: Budget) -> tuple[bytes | None, Reason | None]:
    """The bytes of a stream, and why they may not be all; None where it is a picture, or packed in an unknown way.

    Raises Unreadable where the file unpacks to too much.
    """
    match, content, fault = _FILTER.search(told), packed, None
    names = _NAME.findall(match[1] or match[2]) if match is not None else []
    if not names and b"/Filter" in told and _PACKED.match(packed):
        names = [b"Fl"]
    if len(names) > _FILTERS:
        return None, Reason.TOO_DEEP
    for name in names:
        if name in _OF_PICTURES:
            return None, None
        if name == b"Crypt":
            continue
        if (unpack := _UNPACKERS.get(name)) is None:
            return None, Reason.UNSUPPORTED
        content, reason = unpack(content, budget.allowed(len(content)))
        budget.take(len(content))
        fault = fault or reason
    if names and _PREDICTED.search(told) and b"/XRef" not in told:
        fault = fault or Reason.UNSUPPORTED
    return content, fault


def _inflated(packed: bytes, allowed: int) -> tuple[bytes, Reason | None]:
    content, _, fault = streams.expand(zlib.decompressobj, packed, allowed)
    if fault is Reason.BROKEN:
        # Viewers show what comes before a fault, and ask for no checksum.
        content = max(content, _as_far_as(packed[2:], allowed), key=len)
    return content, fault if fault is Reason.TOO_LARGE else None


def _as_far_as(packed: bytes, allowed: int) -> bytes:
    """What packed bytes unpack to up to where they are broken, a few at a time."""
    one, out = zlib.decompressobj(-zlib.MAX_WBITS), bytearray()
    try:
        for at in range(0, len(packed), 64):
            if one.eof or len(out) >= allowed:
                break
            out += one.decompress(packed[at : at + 64])
    except zlib.error:
        pass
    return bytes(out[:allowed])


def _from_letters(packed: bytes, allowed: int) -> tuple[bytes, Reason | None]:
    """What five letters for four bytes stand for; nothing where they are none."""
    try:
        body = packed.lstrip().removeprefix(b"<~").partition(b"~>")[0]
        return base64.a85decode(body, ignorechars=b" \t\r\n\v\0\f"), None
    except ValueError:
        return b"", None


def _from_digits(packed: bytes, allowed: int) -> tuple[bytes, Reason | None]:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", packed.partition(b">")[0])
    return raw(None, digits), None


def _from_runs(packed: bytes, allowed: int) -> tuple[bytes, Reason | None]:
    """Runs of one byte, and of bytes as they are (section 7.4.5)."""
    out, at = bytearray(), 0
    while at + 1 < len(packed) and packed[at] != 128 and len(out) < allowed:
        size, at = packed[at], at + 1
        if size < 128:
            out += packed[at : at + size + 1]
            at += size + 1
        else:
            out += packed[at : at + 1] * (257 - size)
            at += 1
    return bytes(out), None


def _from_codes(packed: bytes, allowed: int) -> tuple[bytes, Reason | None]:
    """LZW (section 7.4.4): codes of 9 to 12 bits for bytes that came before."""
    known, last, out = _letters(), b"", bytearray()
    buffer = bits = 0
    for byte in packed[:_LZW_BYTES]:
        buffer, bits = (buffer << 8 | byte) & 0xFFFFFF, bits + 8
        width = min(12, (len(known) + 1).bit_length())
        if bits < width:
            continue
        bits -= width
        code = buffer >> bits & (1 << width) - 1
        if code == 257 or len(out) > allowed:
            break
        if code == 256:
            known, last = _letters(), b""
            continue
        if code >= len(known) + (last != b""):
            break
        entry = known[code] if code < len(known) else last + last[:1]
        if last and len(known) < 4096:
            known.append(last + entry[:1])
        out += entry
        last = entry
    return bytes(out), Reason.UNSUPPORTED if len(packed) > _LZW_BYTES else None


def _letters() -> list[bytes]:
    return [*(bytes([byte]) for byte in range(256)), b"", b""]


_UNPACKERS: Final[Mapping[bytes, Callable[[bytes, int], tuple[bytes, Reason | None]]]] = {
    b"FlateDecode": _inflated,
    b"Fl": _inflated,
    b"ASCII85Decode": _from_letters,
    b"A85": _from_letters,
    b"ASCIIHexDecode": _from_digits,
    b"AHx": _from_digits,
    b"RunLengthDecode": _from_runs,
    b"RL": _from_runs,
    b"LZWDecode": _from_codes,
    b"LZW": _from_codes,
}
