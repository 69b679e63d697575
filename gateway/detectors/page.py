"""A part of a mail with its folded text: what detectors of wording read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.model import Message, Part, PartKind
from gateway.text import fold, translate

AROUND = 10_000
"""Characters on either side of a banner in which the words of a title are looked for."""
_WINDOW, _OVERLAP = 1_000_000, 4 * AROUND
"""Characters of a part that are folded at a time, and how many of them the next window has again."""
LETTERS = str.maketrans("01345678@$", "oieasgtbas")
"""Figures and signs as the letters that they look like."""


@dataclass(frozen=True, slots=True)
class Page:
    """One part, folded once for all detectors.

    `letters` is the text with figures read as the letters they look like (RESTR1CTED), place for
    place; `header` is the folded text of the mail's own header; `fresh` is what no page before it has.
    `endless`: it was put together from pieces of a part that has more of them.
    """

    path: str
    text: str
    letters: str
    header: str = ""
    fresh: str = ""
    endless: bool = False


def pages(message: Message) -> Iterator[Page]:
    """The parts of a message, folded, in their order; a very long part comes in windows that overlap.

    One at a time, so that a mail of many megabytes of text is not in memory several times over.
    """
    headers = {at: fold(part.text) for at, part in enumerate(message.parts) if part.kind is PartKind.HEADER}
    header = " ".join(headers.values())
    for at, part in enumerate(message.parts):
        if len(part.text) <= _WINDOW + _OVERLAP:
            text = headers.pop(at, None) or fold(part.text)
            yield Page(part.path, text, translate(text, LETTERS), header, text)
        else:
            yield from _windows(part, header)


def _windows(part: Part, header: str) -> Iterator[Page]:
    """Pieces of a long text that share what a banner and the words around it can span."""
    last = len(part.text) - _OVERLAP
    for start in range(0, last, _WINDOW):
        text = fold(part.text[start : start + _WINDOW + _OVERLAP])
        end = start + _WINDOW if start + _WINDOW < last else len(part.text)
        yield Page(part.path, text, translate(text, LETTERS), header, fold(part.text[start:end]))
