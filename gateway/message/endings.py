"""Where a document may end before its last byte: what carried it adds line ends, or leaves more of itself behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.message import sniff
from gateway.message.sniff import Kind

Bytes = bytes | memoryview

_RECORD_OF_ZIP: Final = 22
"""Bytes of the record at the end of an archive, which has the length of a comment behind it in its last two."""
_PIECE: Final = 4_096
"""Bytes looked at in one step, from the end: a copy of all may be very long."""


def others(data: Bytes, found: Kind) -> Iterator[int]:
    """Where a document of this kind may end before its last byte: at its last line, or where a zip archive ends."""
    if data[-1:] == b"\n" and found in sniff.DOCUMENTS:
        yield _last_line(data)
    if found is Kind.ZIP:
        start = max(0, len(data) - sniff.REACH_OF_ZIP)
        tail = bytes(data[start:])
        record = tail.rfind(sniff.END_OF_ZIP)
        end = record + _RECORD_OF_ZIP + int.from_bytes(tail[record + 20 : record + 22], "little")
        if record >= 0 and end < len(tail):
            yield start + end


def _last_line(data: Bytes) -> int:
    end = len(data)
    while piece := bytes(data[max(0, end - _PIECE) : end]):
        if written := piece.rstrip(b" \t\r\n"):
            return end - len(piece) + len(written)
        end -= len(piece)
    return 0
