"""Notebooks and data files that nothing here reads: they are named as such, but what looks like text in them is seen.

So a banner in them, or a table of words, is found for a sender who is on no list, too.
"""

from __future__ import annotations

import re
from typing import Final

Bytes = bytes | memoryview

_KNOWN: Final = re.compile(
    rb"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"  # OneNote
    rb"|SQLite format 3\x00"  # SQLite, GeoPackage
    rb"|\x00\x01\x00\x00Standard (?:Jet|ACE) DB"  # Access
    rb"|\$FL[23]@\(#\)"  # SPSS
    rb"|<stata_dta>|[\x69-\x76][\x01\x02]\x01\x00"  # Stata
    rb"|\x00{12}\xc2\xea\x81\x60"  # SAS
    rb"|!BDN"  # Outlook's own folders
    rb"|\x80[\x02-\x05][\x95}\](cX]"  # pickles, which are never opened: that would run them
    rb"|RD[XA][23]\n|PAR1|ARROW1|FEA1"
)
_WIDE: Final = re.compile(rb"(?:[\x20-\x7e\xa0-\xff\t\r\n]\x00|[\x10-\x2f]\x20){4,}")
_NARROW: Final = re.compile(rb"[\x20-\x7e\t\r\n]{6,}")
_MOST: Final = 33_554_432
"""Bytes of a file that are looked through."""


def said(data: Bytes) -> str:
    """What looks like text in a data file of a known form; nothing of any other file."""
    if _KNOWN.match(bytes(data[:40])) is None:
        return ""
    start = bytes(data[:_MOST])
    wide = (match[0].decode("utf-16-le", "replace") for match in _WIDE.finditer(start))
    narrow = (match[0].decode("ascii") for match in _NARROW.finditer(start))
    return "\n".join([*wide, *narrow])
