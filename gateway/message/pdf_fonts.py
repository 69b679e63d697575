"""Fonts of a PDF file that do not say which letters they draw: what is drawn with them only a reader of the page sees.

A font says so by a table (`ToUnicode`), by an encoding that everybody knows, or by the names of its glyphs
(ISO 32000-1 section 9.10.2).  Without any of these a library takes the numbers of glyphs for letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.message import pdf_syntax

_OBJECT: Final = re.compile(rb"(?s)\b(\d{1,10})\s+\d{1,5}\s+obj\b(.*?)(?=\bendobj\b|\bstream\b|\Z)")
_IS_FONT: Final = re.compile(rb"/Type\s*/Font\b(?!Descriptor)")
_NAMED: Final = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d{1,10})\s+\d{1,5}\s+R")
_INLINE: Final = re.compile(rb"/([^\s/<>\[\]()]+)\s*<<([^<>]*/Type\s*/Font\b[^<>]*)>>")
_TOLD: Final = re.compile(rb"/ToUnicode\b")
_COMPOSITE: Final = re.compile(rb"/Subtype\s*/Type0\b")
_IDENTITY: Final = re.compile(rb"/Encoding\s*(?:/Identity-[HV]|\d)")
_TRUE_TYPE: Final = re.compile(rb"/Subtype\s*/TrueType\b")
_SUBSET: Final = re.compile(rb"/BaseFont\s*/[A-Z]{6}\+")
_ENCODING: Final = re.compile(rb"/Encoding\s*(?:/(\w+)|(\d{1,10})\s+\d{1,5}\s+R|<<)")
_DIFFERENCES: Final = re.compile(rb"/Differences\s*\[([^\]]*)\]")
_GLYPH: Final = re.compile(rb"/([^\s/\[\]]+)")
_NUMBERED: Final = re.compile(rb"(?!uni[0-9A-F]{4}|u[0-9A-F]{4,6}\Z)[A-Za-z]{0,6}[._]?\d{1,5}\Z")
"""A glyph named by a number: `g17`, `cid_4`, `C0`."""
_SHOWS: Final = re.compile(
    rb"/([^\s/<>\[\]()]+)\s+[-+.\d]+\s+Tf\b|(?<!\\)\(((?:[^()\\]++|\\.)*+)\)|<([0-9A-Fa-f\s]++)>", re.S
)
_FEW: Final = 8
"""Glyphs of one stream that may differ: marks before list items are one to three, a word of text has more."""
_KEPT: Final = 67_108_864
"""Bytes of what draws pages that are kept until all fonts are known."""


@dataclass(slots=True)
class Fonts:
    """The objects of a file that matter here, and what draws with them."""

    bodies: dict[int, bytes] = field(default_factory=dict)
    names: list[tuple[bytes, int]] = field(default_factory=list)
    inline: dict[bytes, bytes] = field(default_factory=dict)
    drawn: list[bytes] = field(default_factory=list)
    size: int = 0

    def objects(self, source: bytes) -> None:
        """Take the objects of a stretch of the file between two streams."""
        for match in _OBJECT.finditer(source):
            self.object(int(match[1]), match[2])

    def packed(self, told: bytes, content: bytes) -> None:
        """Take the objects of an object stream: pairs of number and place before the first of them (section 7.5.7)."""
        match = re.search(rb"/First\s+(\d{1,10})", told)
        first = int(match[1]) if match is not None else 0
        pairs = [int(number) for number in content[:first].split() if number.isdigit()]
        places = [first + place for place in pairs[1::2]]
        for number, start, end in zip(pairs[::2], places, [*places[1:], len(content)], strict=False):
            self.object(number, content[start:end])

    def object(self, number: int, body: bytes) -> None:
        """Take one object."""
        if b"/Font" in body or b"/Differences" in body or b"/Encoding" in body:
            self.bodies[number] = body
        if b" R" in body:
            self.names += ((match[1], int(match[2])) for match in _NAMED.finditer(body))
        self.inline.update(_INLINE.findall(body))

    def draws(self, content: bytes) -> None:
        """Keep what a stream draws."""
        self.size += len(content)
        if self.size <= _KEPT:
            self.drawn.append(content)

    def untold(self) -> bool:
        """Whether text is drawn with a font that does not say which letters it draws."""
        names = {name for name, body in self.inline.items() if self._is_untold(body)}
        closed = {
            number for number, body in self.bodies.items() if _IS_FONT.search(body) and self._is_untold(body)
        }
        names |= {name for name, number in self.names if number in closed}
        return bool(names) and any(_is_text(content, names) for content in self.drawn)

    def _is_untold(self, font: bytes) -> bool:
        if _TOLD.search(font):
            return False
        if _COMPOSITE.search(font):
            return _IDENTITY.search(font) is not None
        if b"CIDFont" in font:
            return False
        match = _ENCODING.search(font)
        if match is None:
            return _TRUE_TYPE.search(font) is not None and _SUBSET.search(font) is not None
        encoding = self.bodies.get(int(match[2]), b"") if match[2] else font
        return match[1] is None and _by_number(encoding)


def _by_number(encoding: bytes) -> bool:
    """Whether an encoding names its glyphs by numbers rather than by letters."""
    match = _DIFFERENCES.search(encoding)
    names = _GLYPH.findall(match[1]) if match is not None else []
    numbered = sum(_NUMBERED.match(name) is not None for name in names)
    return numbered * 2 > len(names)


def _is_text(content: bytes, names: set[bytes]) -> bool:
    """Whether a stream draws more than a few glyphs that differ with one of these fonts."""
    shown: set[bytes] = set()
    for codes in _codes(content, names):
        shown.update(codes)
        if len(shown) >= _FEW:
            return True
    return False


def _codes(content: bytes, names: set[bytes]) -> Iterator[Iterable[bytes]]:
    """Codes of the glyphs that are drawn with these fonts, string by string; two bytes or one, as it may be."""
    current = False
    for match in _SHOWS.finditer(content):
        if match[1] is not None:
            current = match[1] in names
        elif current:
            raw = pdf_syntax.raw(match[2], match[3])
            yield (
                (raw[at : at + 2] for at in range(0, len(raw), 2))
                if b"\0" in raw
                else (raw[at : at + 1] for at in range(len(raw)))
            )
