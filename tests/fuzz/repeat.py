"""Small inputs said again and again: what costs the square of its length shows by the time it takes."""

from __future__ import annotations

from collections.abc import Callable

LENGTH = 400_000
"""Bytes of what is made: at a microsecond each a tenth of what is allowed, and the square of it far too much."""
_PIECE = 4_096


def repeated(entry: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """The entry for an input of which a piece is said again and again: its first two bytes tell which."""

    def run(data: bytes) -> None:
        entry(spelled_out(data))

    return run


def spelled_out(data: bytes) -> bytes:
    """The input with a piece of it repeated; where that is and how long is told by its first two bytes, in shares."""
    if len(data) < 4:
        return data
    where, how_long, text = data[0], data[1], data[2:]
    start = len(text) * where // 256
    length = max(1, min(_PIECE, (len(text) - start) * how_long // 256))
    piece = text[start : start + length]
    return text[:start] + piece * (LENGTH // len(piece)) + text[start + length :]
