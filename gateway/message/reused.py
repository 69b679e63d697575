"""Drawings in SVG that are put together by `use`: letters defined once and shown where they are asked for (SVG 2, 5.6).

The text of each element that has a name is kept; where it is used it stands once more.  What grows without end is cut,
and said to be.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.message import charsets, limits

Bytes = bytes | memoryview

_SIGN: Final = re.compile(rb"<(?:\w{1,20}:)?use[\s/]")
_TOKEN: Final = re.compile(
    r"<(/?)(?:\w{1,20}:)?([A-Za-z]\w{0,40})((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>|([^<]++)|<"
)
_NAME: Final = re.compile(r"""(?:^|\s)id\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))""")
_ASKED: Final = re.compile(r"""(?:^|[\s:])href\s*=\s*(?:"\s*#([^"]+)"|'\s*#([^']+)'|#([^\s"'>]+))""")
_NAMED_AROUND: Final = 24
"""Elements with names around one another that take down what is in them."""
_USED_IN_USED: Final = 32
"""How deep one use may lead through others; the drawings that programs write go two or three deep."""


@dataclass(slots=True)
class _Reader:
    """What each name holds, in order: texts, and names of what is used there; the empty name is the whole."""

    held: dict[str, list[tuple[str, bool]]] = field(default_factory=lambda: {"": []})
    opened: list[tuple[str, str]] = field(default_factory=list)
    around: list[str] = field(default_factory=lambda: [""])
    known: dict[str, str] = field(default_factory=dict)
    left: int = limits.REUSED
    cut: bool = False

    def take(self, what: str, *, used: bool) -> None:
        self.left -= 1
        self.cut |= len(self.around) > _NAMED_AROUND + 1
        piece = (what, used)
        for name in {"", *self.around[-_NAMED_AROUND:]}:
            self.held[name].append(piece)

    def tag(self, closing: str, element: str, attributes: str) -> None:
        if closing:
            self.close(element)
        elif element == "use":
            if asked := _ASKED.search(attributes):
                self.take(asked[asked.lastindex or 0], used=True)
        elif not attributes.endswith("/"):
            match = _NAME.search(attributes)
            name = match[match.lastindex or 0] if match is not None else ""
            self.opened.append((element, name))
            if name:
                self.around.append(name)
                self.held.setdefault(name, [])

    def close(self, element: str) -> None:
        while self.opened:
            opened, name = self.opened.pop()
            if name:
                self.around.pop()
            if opened == element:
                return


def text(data: Bytes) -> tuple[str, bool]:
    """What a drawing shows where it uses what it defines, and whether that is not all; nothing where it does not."""
    if _SIGN.search(data) is None:
        return "", False
    reader = _Reader()
    for match in _TOKEN.finditer(charsets.decode(data)):
        if not reader.left:
            break
        closing, element, attributes, plain = match.groups()
        if element is not None:
            reader.tag(closing, element, attributes)
        elif plain is not None and (plain.strip() or "\n" not in plain):
            reader.take(html.unescape(plain), used=False)
    whole = _shown("", reader, 0)
    return whole[: limits.REUSED], len(whole) > limits.REUSED or not reader.left or reader.cut


def _shown(name: str, reader: _Reader, depth: int) -> str:
    """What stands where a name is used; a name that leads back to itself shows nothing there."""
    known = reader.known
    if name in known or depth > _USED_IN_USED:
        reader.cut |= name not in known
        return known.get(name, "")
    known[name] = ""
    known[name] = "".join(_pieces(name, reader, depth))
    return known[name]


def _pieces(name: str, reader: _Reader, depth: int) -> Iterator[str]:
    left, before = limits.REUSED + 1, False
    for what, used in reader.held.get(name, ()):
        piece = _shown(what, reader, depth + 1) if used else what
        # What is only defined stands before, and is no part of the first word.
        piece, before = f"\n{piece}" if used and not before else piece, used
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return
