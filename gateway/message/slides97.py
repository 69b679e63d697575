"""Text of an old PowerPoint file by its records ([MS-PPT] 2.9): of slides, masters, notes, remarks, WordArt, pictures.

The library reads what slides say.  Here every record with text is taken, wherever it stands.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from gateway.message import native

_RECORD: Final = struct.Struct("<HHL")
_CONTAINER: Final = 0x0F
_TAG: Final = 0x138B
"""What later versions add, remarks among it, as records in a record that is no container."""
_WIDE, _NARROW, _NAME = 0x0FA0, 0x0FA8, 0x0FBA
"""Text of two bytes a letter, or of one; names, remarks, headers."""
_LOOKS: Final = frozenset({0xF00B, 0xF121, 0xF122})
"""Properties of shapes ([MS-ODRAW] 2.3): the text of WordArt, what a picture says instead."""
_BREAKS: Final = str.maketrans({"\r": "\n", "\v": "\n", "\0": ""})


def text(stream: bytes) -> str:
    """The text of all records, one a line.  Total, linear: containers are walked through, not into."""
    return "\n".join(dict.fromkeys(said.translate(_BREAKS) for said in _texts(stream)))


def _texts(stream: bytes) -> Iterator[str]:
    position = 0
    while position + _RECORD.size <= len(stream):
        version, kind, length = _RECORD.unpack_from(stream, position)
        position += _RECORD.size
        if version & 0x0F == _CONTAINER or kind == _TAG:
            continue
        body = stream[position : position + length]
        if kind in (_WIDE, _NAME):
            yield body.decode("utf-16-le", "replace")
        elif kind == _NARROW:
            yield body.decode("latin-1")
        elif kind in _LOOKS:
            yield from native.wide_runs(body)
        position += length
