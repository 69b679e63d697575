"""Drawings in SVG that are put together by `use`: letters defined once and shown where they are asked for (SVG 2, 5.6).

The text of each element that has a name is kept; where it is used it stands once more.  What grows without end is cut.
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
_NAME: Final = re.compile(r"""(?:^|\s)id\s*=\s*["']([^"']+)["']""")
_ASKED: Final = re.compile(r"""(?:^|[\s:])href\s*=\s*["']\s*#([^"']+)["']""")
_NAMED_AROUND: Final = 8
"""Elements with names around one another that take down what is in them."""


@dataclass(slots=True)
class _Reader:
    """What each name holds, in order: texts, and names of what is used there; the empty name is the whole."""

    held: dict[str, list[tuple[str, bool]]] = field(default_factory=lambda: {"": []})
    opened: list[tuple[str, str]] = field(default_factory=list)
    left: int = limits.REUSED

    def take(self, what: str, *, used: bool) -> None:
        self.left -= 1
        piece = (what, used)
        for name in ("", *(name for _, name in self.opened[-_NAMED_AROUND:] if name)):
            self.held[name].append(piece)

    def tag(self, closing: str, element: str, attributes: str) -> None:
        if closing:
            while self.opened and self.opened.pop()[0] != element:
                pass
        elif element == "use":
            if asked := _ASKED.search(attributes):
                self.take(asked[1], used=True)
        elif not attributes.endswith("/"):
            match = _NAME.search(attributes)
            self.opened.append((element, match[1] if match is not None else ""))
            if match is not None:
                self.held.setdefault(match[1], [])


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
    known: dict[str, str] = {}
    whole = _shown("", reader, known, 0)
    return whole[: limits.REUSED], len(whole) > limits.REUSED or not reader.left


def _shown(name: str, reader: _Reader, known: dict[str, str], depth: int) -> str:
    """What stands where a name is used; a name that leads back to itself shows nothing there."""
    if name in known or depth > limits.NESTED_DOCUMENTS:
        return known.get(name, "")
    known[name] = ""
    known[name] = "".join(_pieces(name, reader, known, depth))
    return known[name]


def _pieces(name: str, reader: _Reader, known: dict[str, str], depth: int) -> Iterator[str]:
    left, before = limits.REUSED + 1, False
    for what, used in reader.held.get(name, ()):
        piece = _shown(what, reader, known, depth + 1) if used else what
        # What is only defined stands before, and is no part of the first word.
        piece, before = f"\n{piece}" if used and not before else piece, used
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return
