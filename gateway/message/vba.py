"""Source of macros (MS-OVBA): what a programmer wrote, notes and texts included, unpacked from its streams."""

from __future__ import annotations

import re
from typing import Final

from gateway.message import limits

_SOURCE: Final = re.compile(rb"\x01..\x00Attribut", re.S)
"""How a packed source begins: its signature, the header of a chunk, eight plain bytes."""
_CHUNK: Final = 4096
_BY_ITSELF: Final = re.compile(
    r"\bSub\s+(?:Auto_?(?:Open|Exec|New|Close|Exit)|(?:Workbook|Document|Presentation)_(?:Open|New|Close|BeforeClose|Activate))\b",
    re.I,
)
"""Macros that programs start unasked when a document is opened or closed."""
_BESIDE: Final = re.compile(r"dir|_vba_project|__srp_\w+", re.I)
"""Streams of a project that are no modules."""


def source(stream: bytes) -> str:
    """The source in a module's stream; empty where there is none."""
    begin = _SOURCE.search(stream)
    return _expanded(stream, begin.start() + 1).decode("cp1252", "replace") if begin is not None else ""


def acts(name: str, text: str) -> bool:
    """Whether a module of this name and source runs unasked, or has no source to be read."""
    if _BESIDE.fullmatch(name) is not None:
        return False
    return not text or _BY_ITSELF.search(text) is not None


def _expanded(data: bytes, position: int) -> bytes:
    """The chunks of a packed container ([MS-OVBA] 2.4.1) to its end or to what is none."""
    out = bytearray()
    while position + 2 <= len(data) and len(out) < limits.EXPANSION_FREE_BYTES:
        header = int.from_bytes(data[position : position + 2], "little")
        if header >> 12 & 7 != 3:
            break
        end = min(len(data), position + (header & 0x0FFF) + 3)
        if header & 0x8000:
            _chunk(data, position + 2, end, out)
        else:
            out += data[position + 2 : end]
        position = end
    return bytes(out)


def _chunk(data: bytes, position: int, end: int, out: bytearray) -> None:
    """Eight tokens behind each byte of flags: a byte as it is, or a place before and a length to take from there."""
    begin = len(out)
    while position < end:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= end or len(out) - begin > _CHUNK:
                return
            if not flags >> bit & 1:
                out.append(data[position])
                position += 1
                continue
            token = int.from_bytes(data[position : position + 2], "little")
            position += 2
            shift = max(4, (len(out) - begin - 1).bit_length())
            back, length = (token >> (16 - shift)) + 1, (token & (0xFFFF >> shift)) + 3
            if back > len(out) - begin:
                return
            for _ in range(length):
                out.append(out[-back])
