"""A part of a Word document without what its reader does not see: hidden runs, deletions, what was moved away."""

from __future__ import annotations

import re
from typing import Final

_SIGNS: Final = (b"<w:vanish", b"<w:webHidden", b"</w:del>", b"</w:moveFrom>")
_HIDDEN: Final = re.compile(rb"<w:(?:vanish|webHidden)(?: w:val=\"(?:1|true|on)\")?\s*/>")
_RUN: Final = re.compile(rb"<w:r(?: [^<>]*)?>")
_DELETION: Final = re.compile(rb"<w:(?:del|moveFrom)(?: [^<>]*)?(?<!/)>")


def shown(data: bytes) -> bytes | None:
    """The XML of a part with such elements left out, None where it has none; linear.

    Whoever puts them between the letters of a word shows the word (ECMA-376 part 1, sections 17.3.2.41 and 17.13.5).
    """
    if not any(sign in data for sign in _SIGNS):
        return None
    bare = _without(data, b"</w:del>", _DELETION)
    bare = _without(bare, b"</w:moveFrom>", _DELETION)
    return _without(bare, b"</w:r>", _RUN, _HIDDEN)


def _without(
    data: bytes, end: bytes, start: re.Pattern[bytes], only: re.Pattern[bytes] | None = None
) -> bytes:
    """The XML without elements that end so, from where the last of them begins; `only` those with a sign in them."""
    kept: list[bytes] = []
    *pieces, rest = data.split(end)
    for piece in pieces:
        begins = [match.start() for match in start.finditer(piece)]
        if begins and (only is None or only.search(piece, begins[-1]) is not None):
            kept.append(piece[: begins[-1]])
        else:
            kept.append(piece + end)
    return b"".join([*kept, rest])
