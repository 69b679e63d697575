"""Boxes of mails (mbox): each mail in them, told by the line that stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gateway.message.entries import Budget, Entry

Bytes = bytes | memoryview

_FROM: Final = re.compile(rb"(?:\A|\n\r?\n)From [^\n]{3,200}\n(?=[!-9;-~]{1,100}:)")
_QUOTED: Final = re.compile(rb"^>(>*From )", re.M)
NAME: Final = "mail.eml"
"""What each mail is called: the name says how to read it."""


def mails(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """The mails of a box, without the quotation marks that keep their lines apart from those of the box."""
    box = bytes(data)
    starts = [match.span() for match in _FROM.finditer(box)]
    ends = [start for start, _ in starts[1:]] + [len(box)]
    for (_, begin), end in zip(starts, ends, strict=True):
        yield Entry(NAME, _QUOTED.sub(rb"\1", box[begin:end]))
