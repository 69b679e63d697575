"""Strings of an old Excel file that go on from one record to the next ([MS-XLS] 2.5.293 and 2.1.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass


def result(pieces: list[bytes]) -> str:
    """The text that a formula comes to (2.4.268)."""
    length, flags = struct.unpack_from("<HB", pieces[0].ljust(3, b"\0"))
    return Pieces(pieces, 3).letters(length, flags & 1)


def shared(pieces: list[bytes]) -> Iterator[str]:
    """Strings of the table (2.4.265) in its pieces; one in which a string goes on says anew how wide letters are."""
    strings = Pieces(pieces, 8)
    for _ in range(int.from_bytes(pieces[0][4:8], "little")):
        if strings.ended():
            return
        length, flags = struct.unpack("<HB", strings.take(3))
        runs = int.from_bytes(strings.take(2), "little") if flags & 8 else 0
        more = int.from_bytes(strings.take(4), "little") if flags & 4 else 0
        yield strings.letters(length, flags & 1)
        strings.take(4 * runs + more)


@dataclass(slots=True)
class Pieces:
    """Bytes that go on from one piece to the next."""

    pieces: list[bytes]
    at: int
    piece: int = 0

    def ended(self) -> bool:
        """Whether nothing is left."""
        self._turn()
        return self.piece >= len(self.pieces)

    def take(self, size: int) -> bytes:
        """So many bytes, or those that are left."""
        taken = []
        while size > 0 and not self.ended():
            found = self.pieces[self.piece][self.at : self.at + size]
            taken.append(found)
            self.at += len(found)
            size -= len(found)
        return b"".join(taken)

    def letters(self, length: int, wide: int) -> str:
        """So many letters."""
        said = []
        while length > 0 and self.piece < len(self.pieces):
            if self.at >= len(self.pieces[self.piece]):
                self._turn()
                wide = self.take(1)[:1] == b"\1" or 0
                continue
            raw = self.pieces[self.piece][self.at : self.at + length * (1 + wide)]
            said.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            self.at += max(1, len(raw))
            length -= max(1, len(raw) // (1 + wide))
        return "".join(said)

    def _turn(self) -> None:
        while self.piece < len(self.pieces) and self.at >= len(self.pieces[self.piece]):
            self.piece, self.at = self.piece + 1, 0
