"""RTF as Outlook keeps it in a mail (MS-OXRTFCP): packed against a dictionary that every reader begins with."""

from __future__ import annotations

import struct
from typing import Final

from gateway.message import limits

_BEFORE: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\f"
    b"modern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_PACKED: Final = b"LZFu"
_PLAIN: Final = b"MELA"
_RING: Final = 4096


def unpacked(data: bytes) -> bytes:
    """The RTF in a body of Outlook's; empty where there is none."""
    if len(data) < 16:
        return b""
    size, _, kind = struct.unpack_from("<LL4s", data)
    end = min(len(data), size + 4)
    if kind == _PLAIN:
        return data[16:end]
    return _expanded(data[16:end]) if kind == _PACKED else b""


def _expanded(data: bytes) -> bytes:
    ring = bytearray(_BEFORE.ljust(_RING, b"\0"))
    out, place, position = bytearray(), len(_BEFORE), 0
    while position < len(data) and len(out) < limits.EXPANDED_BYTES:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data):
                break
            if flags >> bit & 1:
                token = int.from_bytes(data[position : position + 2], "big")
                position += 2
                start, length = token >> 4, (token & 15) + 2
                if start == place % _RING:
                    return bytes(out)
            else:
                start, length = -1, 1
            for step in range(length):
                byte = data[position] if start < 0 else ring[(start + step) % _RING]
                out.append(byte)
                ring[place % _RING] = byte
                place += 1
            position += start < 0
    return bytes(out)
