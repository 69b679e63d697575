"""Text of an old Word file from its table of pieces: the text itself, notes, headers, remarks ([MS-DOC] 2.4.1)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from gateway.message.compound import Broken, CompoundFile

_FIRST_FIB: Final = 0x00C1
"""Word 97; before that the table stands elsewhere."""
_SECOND_TABLE: Final = 0x0200
_CLX: Final = 0x01A2
_PROPERTIES, _PIECES = 1, 2
_CONTROLS: Final = {
    **dict.fromkeys([*range(9), *range(14, 32)], " "),
    **{7: "\t", 9: "\t", 10: "\n", 11: "\n", 12: "\n", 13: "\n", 30: "-", 31: "", 160: " "},
}


def text(compound: CompoundFile) -> str:
    """All text of the file in the order of its pieces; empty for a file of another kind.  Raises Broken."""
    main = compound.main()
    if len(main) < _CLX + 8 or struct.unpack_from("<H", main, 2)[0] < _FIRST_FIB:
        return ""
    flags, (start, size) = struct.unpack_from("<H", main, 10)[0], struct.unpack_from("<2L", main, _CLX)
    table = compound.first("1table" if flags & _SECOND_TABLE else "0table")
    if table is None:
        return ""
    whole = "".join(_pieces(main, compound.read(table)[start : start + size]))
    return whole.translate(_CONTROLS)


def _pieces(main: bytes, clx: bytes) -> Iterator[str]:
    position = 0
    while position + 5 <= len(clx):
        if clx[position] == _PROPERTIES:
            position += 3 + struct.unpack_from("<H", clx, position + 1)[0]
            continue
        if clx[position] != _PIECES:
            raise Broken("a table of pieces that is none")
        size = min(struct.unpack_from("<L", clx, position + 1)[0], len(clx) - position - 5)
        yield from _described(main, clx[position + 5 : position + 5 + size])
        return


def _described(main: bytes, table: bytes) -> Iterator[str]:
    """Each piece: where it stands in the stream, and whether a letter takes one byte or two."""
    count = (len(table) - 4) // 12
    places = struct.unpack_from(f"<{count + 1}L", table)
    left = len(main)
    for number in range(count):
        length = places[number + 1] - places[number]
        (where,) = struct.unpack_from("<L", table, 4 * (count + 1) + 8 * number + 2)
        narrow = where & 0x40000000
        start = (where & 0x3FFFFFFF) // 2 if narrow else where
        size = max(0, length) * (1 if narrow else 2)
        left -= size
        if left < 0:
            # Pieces that say the same bytes again and again are no document's.
            raise Broken("pieces longer than the file")
        yield main[start : start + size].decode("cp1252" if narrow else "utf-16-le", "replace")
