"""Tables written as text: rows of SYLK and DIF files as they are shown, and the words of each column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_SYLK: Final = "ID;P"
_DIF: Final = re.compile(r"TABLE\s*\n0,1\s*\n")
_RECORD: Final = re.compile(r"^[CF];(.*)$", re.M)
_FIELD: Final = re.compile(r"(?:^|;)([XYK])((?:[^;\n]|;;)*)")
_PIECE: Final = re.compile(
    r"^(?:(-1),0\s*\nBOT|0,(\S*)\s*\n(?:V|TRUE|FALSE)\b|1,0\s*\n\"?([^\n]*?)\"?\s*?$)", re.M
)
"""A row begins, a number, a text."""
_SEPARATORS: Final = ",;\t|"
_FEWEST: Final = 3
"""Rows of a table whose columns say something."""
_MOST: Final = 64
"""Columns that are looked at."""
_LARGEST: Final = 1_048_576
"""Characters of a table whose columns are read: words that are strewn down a column are few."""
_BANNER: Final = re.compile(
    r"\d[:.]\d\d ?[ap]\.?m|\d:\d\d|embargo|restricted|confidential|release"
    r"|\bnot (?:for|to|be|forward|share|circulate|disclose|discuss|distribute|quote|publish)\b"
    r"|\buntil (?:it|they|published)\b|\byoursel(?:f|ves)\b|for publication|discuss the contents|must replicate"
    r"|invited to preview",
    re.I,
)
"""What a banner down a column has, and next to no column of a table: the names of regions stand in all of them.

Without it two tables of the same regions would seem to be copied from one another.
"""


def other_forms(text: str) -> Iterator[str]:
    """A table as its reader sees it, where the text is one.  Total, linear."""
    if text.startswith(_SYLK):
        yield _sylk(text)
    elif text.startswith("TABLE") and _DIF.match(text):
        yield _dif(text)
    else:
        yield from columns(text)


def columns(text: str) -> Iterator[str]:
    """What the cells of a table say column by column, where that may be a banner."""
    if len(text) > _LARGEST:
        return
    lines = text.splitlines()
    separator = max(_SEPARATORS, key=lambda sign: sum(sign in line for line in lines))
    rows = [line.split(separator, _MOST) for line in lines if separator in line]
    if len(rows) < _FEWEST:
        return
    for number in range(min(_MOST, max(map(len, rows)))):
        cells = (row[number].strip(" \"'") for row in rows if number < len(row))
        said = " ".join(cell for cell in cells if cell)
        if may_be_banner(said):
            yield said


def may_be_banner(said: str) -> bool:
    """Whether words that stand below one another are worth reading in that order."""
    return _BANNER.search(said) is not None


def _sylk(text: str) -> str:
    """Cells with their place where it changes (X, Y) and what they keep (K); texts in quotes."""
    pieces, row = list[str](), ""
    for record in _RECORD.finditer(text):
        fields = dict(_FIELD.findall(record[1]))
        if (place := fields.get("Y", row)) != row:
            pieces.append("\n")
            row = place
        if "K" in fields:
            pieces.append(fields["K"].replace(";;", ";").strip('"') + "\t")
    return "".join(pieces)


def _dif(text: str) -> str:
    pieces = _PIECE.finditer(text)
    return "".join("\n" if piece[1] else f"{piece[2] or piece[3]}\t" for piece in pieces)
