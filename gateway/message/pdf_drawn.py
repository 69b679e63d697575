"""What a stream of a PDF file draws, where its font has the letters of a typewriter: of whatever page, or of none.

Text that is placed letter by letter, far apart, is put together by the places of its letters (ISO 32000-2 section 9.4).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import Final

from gateway.message import pdf_syntax

_SHOWN: Final = rb"(?<!\\)\((" + pdf_syntax.LITERAL + rb")\)|<([0-9A-Fa-f\s]++)>"
_GAP: Final = rb"(-(?:[2-9]\d\d|\d{4,5})(?:\.\d*)?)\s*(?=[(<])"
"""Thousandths of a letter's height that are left out within a line: as wide as a blank."""
_DRAWING: Final = re.compile(_SHOWN + rb"|" + _GAP + rb"|\bT[dDm]\b|\bT\*|\bET\b", re.S)
_NUMBER: Final = rb"(?<![-+.\d])([-+]?[.\d]{1,20}+)"
_PLACING: Final = re.compile(
    _SHOWN + rb"|" + _GAP + rb"|" + _NUMBER + rb"\s+" + _NUMBER + rb"\s+(T[dDm]|cm)\b", re.S
)
MIRRORED: Final = re.compile(
    rb"(?<![-.\d])-[.\d]{1,12}(?:\s+-?0(?:\.0{0,9})?){2}\s+[.\d]{1,12}\s+\S{1,12}\s+\S{1,12}\s+(?:cm|Tm)\b"
)
"""Draws from right to left from here on: what is written backwards reads forwards."""
_APART: Final = re.compile(rb"\b([2-9]|\d\d+)(?:\.\d*)?\s+Tc\b")
"""Letters set apart by two points and more."""
_WORD: Final = re.compile(r"[A-Za-z]+")
_FEWEST: Final = 60
"""Letters of a page by whose words it can be told whether they are words."""
_SHORTEST: Final = 2.5
"""Letters of a word, on average: English has 4.7, a page of abbreviations 3."""
_LONGEST: Final = 15
"""Letters of a word; only chemists and Germans have longer ones."""
_PAGE: Final = 1_048_576
"""Bytes of a page of letters, each with its place; more draws a map."""
_STEP: Final = 1.5
"""Times the usual step from letter to letter that goes to the next word."""


def text(content: bytes) -> str:
    """All strings of a stream in the order in which they are drawn; a line ends where the pen is moved."""
    return "".join(_piece(match) for match in _DRAWING.finditer(content))


def _piece(match: re.Match[bytes]) -> str:
    if match[1] is None and match[2] is None:
        return " " if match[3] else "\n"
    behind = match.string[match.end() : match.end() + 2].lstrip()[:1]
    # These orders go to the next line before they draw.
    return ("\n" if behind in (b"'", b'"') else "") + _said(match)


def _said(match: re.Match[bytes]) -> str:
    raw = pdf_syntax.raw(match[1], match[2])
    # Two bytes for a glyph are no letters, unless they say themselves that they are.
    return "" if match[2] and b"\0" in raw and raw[:2] not in pdf_syntax.WIDE else pdf_syntax.decoded(raw)


def _placed(content: bytes) -> Iterator[tuple[str, tuple[float, float]]]:
    """What is drawn, and where."""
    place = 0.0, 0.0
    for match in _PLACING.finditer(content):
        if match[1] is not None or match[2] is not None:
            yield _said(match), place
        elif match[3]:
            yield " ", place
        else:
            place = _moved(place, match)


def _moved(here: tuple[float, float], match: re.Match[bytes]) -> tuple[float, float]:
    try:
        right, up = float(match[4]), float(match[5])
    except ValueError:
        return here
    return (here[0] + right, here[1] + up) if match[6] in (b"Td", b"TD") else (right, up)


def are_words(said: str) -> bool:
    """Whether words are as long as words are, but for one letter in seven; a few letters do not tell."""
    words = list(map(len, _WORD.findall(said)))
    odd = sum(size for size in words if not 1 < size <= _LONGEST)
    return sum(words) < _FEWEST or (sum(words) >= _SHORTEST * len(words) and odd * 7 <= sum(words))


def is_spelled(content: bytes) -> bool:
    """Whether a stream draws its text letter by letter, or far apart."""
    if len(content) > _PAGE or b"BT" not in content:
        return False
    shows = [match[1] or match[2] or b"" for match in _DRAWING.finditer(content) if match[0][:1] in b"(<"]
    single = sum(0 < len(show) <= 4 for show in shows)
    return _APART.search(content) is not None or 2 * single > len(shows)


def spelled(content: bytes) -> str:
    """Letters that are drawn one by one put together to words, by the steps from one to the next."""
    letters = list(_placed(content))
    steps = [math.dist(last[1], place) for last, (_, place) in pairwise(letters)]
    usual = median(steps) if steps else 0.0
    gaps = [" " if step > _STEP * usual else "" for step in steps]
    return "".join(gap + letter for gap, (letter, _) in zip(["", *gaps], letters, strict=True))
